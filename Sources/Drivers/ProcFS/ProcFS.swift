package import ABI
package import FileServer
package import ServerKit

// `/proc`: what the system tells of itself, as text. A file is made when it is opened, so all reads of one open see one state of the
// system; what only resmgr knows is asked for then.

/// The `procfs` driver.
package struct ProcFS: Server {
    /// The tree and what is open in it.
    package internal(set) var files = FileSystems()
    /// What is asked of resmgr, by source.
    var inquiries = [Inquiry](repeating: Inquiry(), count: ManagerSource.allCases.count)

    package init() {}

    package var registration: Register { Register(name: Array("procfs".utf8), service: .fileSystem, majors: []) }

    package var isReady: Bool { !files.trees.isEmpty }

    package mutating func start(_ start: Start, _ context: inout Context) {
        guard files.trees.isEmpty else { return }
        let now = context.realTime
        files.add { ProcFS.tree($0, now) }
    }

    package mutating func request(_ request: Request, _ context: inout Context) throws(Errno) -> Answer {
        switch request.operation {
        case .createFileSystem, .destroyFileSystem:
            guard request.isFromResourceManager else { throw .notPermitted }
            // There is one system to tell of: a second mount of it could not be told from the first.
            throw .resourceBusy
        default:
            switch try files.request(request, &context) {
            case .answer(let answer): return answer
            case .generated(let open): return try make(open, request.key, &context)
            case .external, .device: throw .notSupported
            }
        }
    }

    package mutating func cancel(_ key: RequestKey, _ context: inout Context) {
        if files.cancel(key, &context) { return }
        guard let open = forget(key) else { return }
        files.abandon(open)
        context.fail(key, .interrupted)
    }

    package mutating func abandon(_ key: RequestKey, _ context: inout Context) {
        files.abandon(key)
        if let open = forget(key) { files.abandon(open) }
    }

    package mutating func processGone(_ process: ProcessIdentity, _ context: inout Context) { files.processGone(process, &context) }

    package mutating func answered(_ response: Response, _ context: inout Context) {
        for source in ManagerSource.allCases where source.operation == response.operation { take(response, source, &context) }
    }

    private static func tree(_ id: FileSystemID, _ now: Nanoseconds) -> Tree {
        let tree = Tree(id, protection: .generated, mode: 0o555, now: now)
        for file in ProcFile.allCases {
            // The tree is empty and has no limit, so this cannot fail.
            _ = try? tree.build(file.path.withUTF8Buffer { Array($0) }, .generated(file.rawValue), mode: 0o444, now: now)
        }
        return tree
    }
}

extension ProcFS {
    /// Opens that wait for resmgr.
    package var waitingCount: Int { inquiries.reduce(0) { $0 + $1.asked.count + $1.next.count } }
}
