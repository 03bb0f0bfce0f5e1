import ABI
package import ServerKit

/// A request by a process whose group is not in the foreground of its controlling terminal.
struct BackgroundRequest: Wire, Sendable {
    let key: RequestKey
    let operation: ABI.Operation
    let stamp: Stamp
    let replySpace: Int
    let body: [UInt8]
    /// Through which handle.
    let handle: Handle
    let terminal: Int
    /// It was given up while resmgr was asked.
    var isOver = false

    init(_ request: Request, _ handle: Handle, _ terminal: Int) {
        key = request.key
        operation = request.operation
        stamp = request.stamp
        replySpace = request.replySpace
        var reader = request.body
        body = reader.rest()
        self.handle = handle
        self.terminal = terminal
    }

    /// The request as it came.
    var request: Request {
        Request(
            key: key, operation: operation, stamp: stamp, replySpace: replySpace, isFromResourceManager: false, body: Reader(body))
    }

    init(from reader: inout Reader) throws(Errno) {
        key = try reader.value(RequestKey.self)
        guard let operation = ABI.Operation(rawValue: try reader.u16()) else { throw .badMessage }
        self.operation = operation
        stamp = try reader.value(Stamp.self)
        replySpace = Int(clamping: try reader.u32())
        body = try reader.bytes()
        handle = try reader.value(Handle.self)
        terminal = Int(clamping: try reader.u32())
        isOver = try reader.bool()
    }

    func encode(into writer: inout Writer) {
        writer.value(key)
        writer.u16(operation.rawValue)
        writer.value(stamp)
        writer.u32(UInt32(clamping: replySpace))
        writer.bytes(body)
        writer.value(handle)
        writer.u32(UInt32(clamping: terminal))
        writer.bool(isOver)
    }
}

extension TerminalDriver {
    /// Whether a request earns its group a signal because that is in the background (POSIX, XBD 11.1.4).
    func isFromBackground(_ request: Request) -> Bool {
        switch request.operation {
        case .read, .write, .setTerminalAttributes, .setForegroundGroup, .controlTerminal: break
        default: return false
        }
        guard let (_, index) = place(of: request), terminals[index].isBackground(request.stamp.session, request.stamp.group) else {
            return false
        }
        return request.operation != .write
            || terminals[index].discipline.attributes.local & TerminalLocal.stopBackgroundOutput != 0
    }

    /// The handle that a request begins with, and its terminal; `nil` if the process has no such handle, or it is a master's.
    private func place(of request: Request) -> (handle: Handle, terminal: Int)? {
        var body = request.body
        guard let handle = try? body.value(Handle.self), let description = try? description(handle, request), !description.isMaster else {
            return nil
        }
        return (handle, description.terminal)
    }

    /// Asks resmgr what becomes of a request. A read takes its place among the others, where it is not served.
    mutating func hold(_ request: Request, _ context: inout Context) throws(Errno) -> Answer {
        guard let (handle, index) = place(of: request) else { throw .badFileDescriptor }
        if request.operation == .read {
            let answer = try serve(request, &context)
            guard case .pending = answer, waiting[request.key] != nil else { return answer }
        }
        asked.append(BackgroundRequest(request, handle, index))
        if asked.count <= Limits.credits { ask(asked[asked.count - 1], &context) }
        return .pending
    }

    private mutating func ask(_ held: BackgroundRequest, _ context: inout Context) {
        let signal = held.operation == .read ? Signal.terminalInput : .terminalOutput
        context.ask(.backgroundAccess, BackgroundAccess(process: held.stamp.process, signal: signal), replySpace: 256)
    }

    /// resmgr's answers come in the order of the questions.
    package mutating func answered(_ response: Response, _ context: inout Context) {
        guard response.operation == .backgroundAccess, !asked.isEmpty else { return }
        let request = asked.removeFirst()
        if asked.count >= Limits.credits { ask(asked[Limits.credits - 1], &context) }
        guard !request.isOver else { return }
        var answer = BackgroundAnswer.orphaned
        // Who is not there any more waits for nothing.
        if let told = try? response.result(BackgroundAnswer.self) { answer = told }
        if request.operation == .read {
            guard answer != .signaled, waiting[request.key] != nil else { return }
            waiting[request.key] = nil
            _ = terminals[request.terminal].withdraw(request.key)
            return context.fail(request.key, .ioError)
        }
        switch answer {
        case .signaled:
            held.append(request)
            releaseHeld(&context)
        case .ignored: pass(request, &context)
        case .orphaned: context.fail(request.key, .ioError)
        }
    }

    /// Serves what was held back, whoever is in the foreground.
    private mutating func pass(_ held: BackgroundRequest, _ context: inout Context) {
        do throws(Errno) {
            switch try serve(held.request, &context) {
            case .finished(let draft): context.reply(held.key, draft)
            case .pending: break
            }
        } catch {
            context.fail(held.key, error)
        }
    }

    /// Serves what waits for groups that are in the foreground now.
    mutating func releaseHeld(_ context: inout Context) {
        while let index = held.firstIndex(where: { !terminals[$0.terminal].isBackground($0.stamp.session, $0.stamp.group) }) {
            pass(held.remove(at: index), &context)
        }
    }

    /// A request is given up. `false` if it is none of these, or a read, which waits with the others.
    mutating func forgetHeld(_ key: RequestKey) -> Bool {
        if let index = held.firstIndex(where: { $0.key == key }) {
            held.remove(at: index)
            return true
        }
        guard let index = asked.firstIndex(where: { $0.key == key && !$0.isOver }) else { return false }
        asked[index].isOver = true
        return asked[index].operation != .read
    }

    /// A handle is gone, and what was to be done through it cannot be done.
    mutating func failHeld(_ handle: Handle, _ context: inout Context) {
        for request in (held + asked) where request.handle == handle && request.operation != .read && !request.isOver {
            if forgetHeld(request.key) { context.fail(request.key, .badFileDescriptor) }
        }
    }
}
