import ABI
import Processes
import ServerKit
import VFS

// Messages from the monitor, from libOSes and from servers: checked here, then given to the operation.

/// A request that passed the checks of stamp, credit and form.
struct Call {
    let key: RequestKey
    let operation: Operation
    let process: Process
    let hart: HartID
    /// Most bytes of payload that the reply may have.
    let replySpace: Int
    let body: Reader

    /// Decodes the whole body. Throws `badMessage` if it is short or has a tail.
    func decode<T: Wire>(_ type: T.Type) throws(Errno) -> T { try body.whole(type) }

    /// Throws `overflow` unless the reply may have that many bytes: an answer that grants something must arrive.
    func requireReplySpace(_ count: Int) throws(Errno) {
        guard replySpace >= count else { throw .overflow }
    }
}

/// What a request came to.
enum Answer {
    case finished(ReplyDraft)
    /// A task answers it.
    case pending

    static func body(_ value: some Wire) -> Answer { .finished(ReplyDraft(value)) }

    static var done: Answer { .finished(ReplyDraft(Nothing())) }
}

extension ResourceManager {
    mutating func receive(_ connection: ConnectionID, _ bytes: [UInt8]) {
        // What was under way when a connection was closed is lost.
        guard let speaker = callers.process(of: connection) else { return }
        if connection != .resourceManager, state(of: connection.hart) == .ending { return }
        var reader = Reader(bytes)
        guard let header = try? Header(from: &reader) else { return fault(connection, [UInt8]("a malformed message")) }
        callers.countReceived(header.kind, bytes: bytes.count)
        if header.kind == .reply {
            // The hart itself answers too; what counts is the connection and that somebody waits.
            if !answered(connection, header, reader) { fault(connection, [UInt8]("an answer that nobody waits for")) }
            return
        }
        guard connection != .resourceManager else { return receiveFromMonitor(header, reader) }
        guard speaker == header.stamp.process else { return fault(connection, [UInt8]("a wrong stamp")) }
        guard let process = processes[speaker] else { return }
        if header.kind == .notice {
            do throws(Errno) {
                try serve(notice: header, process, connection.hart, reader)
            } catch {
                fault(connection, [UInt8]("a malformed notice"))
            }
            return
        }
        let key = RequestKey(connection: connection, request: header.request)
        guard callers.begin(key, header) else { return fault(connection, [UInt8]("a request beyond its credit")) }
        let call = Call(
            key: key, operation: header.operation, process: process, hart: connection.hart, replySpace: Int(header.argument),
            body: reader)
        answer(call)
    }

    /// Serves a request, now or when the drivers that it may need are back.
    mutating func answer(_ call: Call) {
        if call.operation.needsDrivers && !call.process.isServer && isRepairing { return postpone(PostponedTask(call)) }
        do throws(Errno) {
            switch try serve(call) {
            case .finished(let draft): reply(call.key, draft)
            case .pending: break
            }
        } catch {
            fail(call.key, error)
        }
    }

    /// Answers a request. Nothing happens if its asker is gone.
    mutating func reply(_ key: RequestKey, _ body: some Wire) { reply(key, ReplyDraft(body)) }

    private mutating func reply(_ key: RequestKey, _ draft: consuming ReplyDraft) {
        guard let pending = callers.finish(key) else { return }
        if draft.count <= pending.replySpace {
            send(key.connection, draft.message(pending.operation, id: key.request))
        } else {
            send(key.connection, Message.failure(pending.operation, id: key.request, .overflow))
        }
    }

    /// Answers a request with an error.
    mutating func fail(_ key: RequestKey, _ error: Errno, reason: [UInt8] = []) {
        guard let pending = callers.finish(key) else { return }
        let text = Array(reason.prefix(pending.replySpace))
        send(key.connection, Message.failure(pending.operation, id: key.request, error, reason: text))
    }

    private mutating func receiveFromMonitor(_ header: Header, _ body: Reader) {
        if header.kind == .request {
            let key = RequestKey(connection: .resourceManager, request: header.request)
            if callers.begin(key, header) { fail(key, .notSupported) }
            return
        }
        guard header.operation == .hartGone, let gone = try? body.whole(HartGone.self) else {
            return effects.append(.log([UInt8]("resmgr: the monitor sent a notice that has no meaning")))
        }
        hartGone(gone)
    }

    /// A peer broke the protocol: it alone suffers.
    mutating func fault(_ connection: ConnectionID, _ reason: [UInt8]) {
        guard connection != .resourceManager else {
            return effects.append(.log([UInt8]("resmgr: the monitor sent ") + reason))
        }
        guard let hart = harts[connection.hart] else { return }
        if let server = hart.server {
            stopServer(server, [UInt8]("it sent ") + reason)
        } else {
            faultProcess(hart.process, [UInt8]("it sent ") + reason)
        }
    }

    /// Throws `badMessage` for a notice that this peer may not send, or a malformed one.
    private mutating func serve(notice header: Header, _ process: Process, _ hart: HartID, _ body: Reader) throws(Errno) {
        switch header.operation {
        case .cancel:
            let cancel = try body.whole(Cancel.self)
            cancelTask(of: RequestKey(connection: hart.connection, request: cancel.request))
        case .last:
            _ = try body.whole(Nothing.self)
            lastHeard(process)
        case .exit where !process.isServer:
            try exit(process, try body.whole(Exit.self))
        case .signalGroup where process.isServer:
            signalGroup(try body.whole(SignalGroup.self), from: hart)
        case .restartRecord where process.isServer:
            let record = try body.whole(RawBytes.self).bytes
            guard record.count <= Limits.restartRecord, let number = server(of: hart) else { throw .badMessage }
            servers[Int(number.rawValue)].restartRecord = record
        case .fault where process.isServer:
            let faulty = try body.whole(ProcessGone.self)
            faultProcess(faulty.process, [UInt8]("it broke the protocol of ") + name(of: process))
        default:
            throw .badMessage
        }
    }

    private mutating func serve(_ call: Call) throws(Errno) -> Answer {
        if call.process.isServer {
            switch call.operation {
            case .register: return try register(call)
            case .systemStatus: return try systemStatus(call)
            case .backgroundAccess: return try backgroundAccess(call)
            case .bootSteps: return try bootSteps(call)
            default: throw .notPermitted
            }
        }
        switch call.operation {
        case .spawn: return try spawn(call)
        case .wait: return try wait(call)
        case .kill: return try kill(call)
        case .setProcessGroup: return try setProcessGroup(call)
        case .processStatus: return try processStatus(call)
        case .setDisposition: return try setDisposition(call)
        case .takeSignal: return try takeSignal(call)
        case .waitSignal: return try waitSignal(call)
        case .pendingSignals: return try pendingSignals(call)
        case .createSession: return try createSession(call)
        case .setAlarm: return try setAlarm(call)
        case .processes: return try processes(call)
        case .connect: return try connect(call)
        case .path: return try path(call)
        case .rename: return try twoPaths(call, .rename)
        case .link: return try twoPaths(call, .link)
        case .location: return try location(call)
        case .mount: return try mount(call)
        case .unmount: return try unmount(call)
        case .mounts: return try mounts(call)
        case .register, .systemStatus, .bootSteps, .backgroundAccess: throw .notPermitted
        case .cancel, .last, .ready, .openConnection, .closeConnection, .setStamp, .endProgram, .startProgram, .signal,
            .parentChanged, .stopped, .connectionLost, .createHart, .endHart, .hartGone, .consoleMessage, .panic, .booted, .halted, .exit,
            .share,
            .processGone, .openDevice, .signalGroup, .drop, .fault, .foreground, .setControllingTerminal, .walk, .renameNode,
            .linkNode, .setMountPoint, .createFileSystem, .destroyFileSystem, .locate, .fileSystemOf, .read, .write, .seek,
            .status, .setSize, .setTimes, .sync, .allocate, .readDirectory, .close, .setDescriptionFlags, .poll, .createPipe,
            .getTerminalAttributes, .setTerminalAttributes, .getWindowSize, .setWindowSize, .getForegroundGroup,
            .setForegroundGroup, .controlTerminal, .getTerminalSession, .getPseudoTerminal, .restartRecord, .groupSignaled, .counters,
            .lock:
            throw .notSupported
        }
    }
}

extension Reader {
    /// One value that is all there is. Throws `badMessage` if it is short or has a tail.
    func whole<T: Wire>(_ type: T.Type) throws(Errno) -> T {
        var reader = self
        let value = try reader.value(T.self)
        try reader.finish()
        return value
    }
}
