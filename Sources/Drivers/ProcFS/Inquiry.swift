import ABI
import FileServer
import ServerKit

// Opens that wait for an answer of resmgr. Of each question at most one is under way, however many processes open files: those that
// come meanwhile wait for the next one, since what they are told must not be older than their open.

/// An open that waits.
struct WaitingOpen {
    var key: RequestKey
    var open: GeneratedOpen
}

/// One question and who waits for it.
struct Inquiry {
    /// Whether resmgr has been asked and has not answered.
    var isUnderWay = false
    /// Who gets the answer that is under way.
    var asked: [WaitingOpen] = []
    /// Who came later.
    var next: [WaitingOpen] = []
}

extension ProcFS {
    /// Bytes that an answer of resmgr may have: enough for as many steps as there can be, and for a hundred servers.
    static let replySpace = 64 << 10

    /// Makes the text of a file that is being opened, or asks for what it takes. Throws `badFileDescriptor` (the handle is gone).
    mutating func make(_ open: GeneratedOpen, _ key: RequestKey, _ context: inout Context) throws(Errno) -> Answer {
        // The tree has no other files.
        guard let file = ProcFile(rawValue: open.file) else { throw .ioError }
        guard let source = file.source else {
            try files.finish(open, file == .version ? ProcFS.version : ProcFS.uptime(context.now))
            return .body(WalkResult.opened(open.opened))
        }
        inquiries[source.rawValue].next.append(WaitingOpen(key: key, open: open))
        ask(source, &context)
        return .pending
    }

    /// Asks for those who wait, unless an answer is under way.
    private mutating func ask(_ source: ManagerSource, _ context: inout Context) {
        guard !inquiries[source.rawValue].isUnderWay, !inquiries[source.rawValue].next.isEmpty else { return }
        inquiries[source.rawValue].isUnderWay = true
        inquiries[source.rawValue].asked = inquiries[source.rawValue].next
        inquiries[source.rawValue].next = []
        context.ask(source.operation, Nothing(), replySpace: ProcFS.replySpace)
    }

    /// An answer came.
    mutating func take(_ response: Response, _ source: ManagerSource, _ context: inout Context) {
        guard inquiries[source.rawValue].isUnderWay else { return }
        inquiries[source.rawValue].isUnderWay = false
        let waiting = inquiries[source.rawValue].asked
        inquiries[source.rawValue].asked = []
        let text = text(response, source)
        for waiting in waiting {
            do throws(Errno) {
                guard let text else { throw .ioError }
                try files.finish(waiting.open, text)
                context.reply(waiting.key, WalkResult.opened(waiting.open.opened))
            } catch {
                files.abandon(waiting.open)
                context.fail(waiting.key, .ioError)
            }
        }
        ask(source, &context)
    }

    /// The text that an answer makes; `nil` if it is none.
    private func text(_ response: Response, _ source: ManagerSource) -> [UInt8]? {
        switch source {
        case .systemStatus: return (try? response.result(SystemStatus.self)).map { ProcFS.martlet($0) }
        case .bootSteps: return (try? response.result(BootSteps.self)).map { ProcFS.boot($0) }
        }
    }

    /// Takes an open out that waits; `nil` if there is none.
    mutating func forget(_ key: RequestKey) -> GeneratedOpen? {
        for index in inquiries.indices {
            if let found = inquiries[index].asked.firstIndex(where: { $0.key == key }) {
                return inquiries[index].asked.remove(at: found).open
            }
            if let found = inquiries[index].next.firstIndex(where: { $0.key == key }) {
                return inquiries[index].next.remove(at: found).open
            }
        }
        return nil
    }
}
