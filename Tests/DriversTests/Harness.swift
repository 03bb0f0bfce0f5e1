import ABI
import ServerKit
import TestSupport
import Testing

/// What became of a request.
enum Outcome: Equatable {
    case pending
    case done([UInt8])
    case failed(Errno)

    static func count(_ number: Int) -> Outcome {
        var writer = Writer()
        writer.u32(UInt32(number))
        return .done(writer.bytes)
    }
    static func text(_ text: String) -> Outcome { .done(Array(text.utf8)) }
    static let empty = Outcome.done([])
}

/// A process as the tests number it.
func identity(_ number: UInt32) -> ProcessIdentity { ProcessIdentity(node: 0, index: number, generation: 1) }

/// Runs a driver under its reactor: inputs go in, effects are sorted into replies, notices, device calls and the timer.
struct Harness<Logic: Server> {
    var reactor: ServerReactor<Logic>
    var now: UInt64 = 1_000
    var session: Int32 = 7
    /// The group that processes are of, unless told otherwise.
    var group: Int32 = 70
    private(set) var answers: [RequestKey: Outcome] = [:]
    private(set) var asked: Set<RequestKey> = []
    var notices: [(connection: UInt32, operation: ABI.Operation, body: [UInt8])] = []
    var calls: [DeviceMessage] = []
    private(set) var timer = Nanoseconds.never
    private(set) var requestsToManager: [ABI.Operation] = []
    /// The last question to resmgr: its number and its body.
    private(set) var question: (id: RequestID, body: [UInt8]) = (RequestID(rawValue: 0), [])
    /// What resmgr was asked and has not answered, of what comes from the background.
    var questions: [RequestID] = []
    /// Whether replies are matched with requests sent by `send`.
    var checksReplies = true
    /// How requests were answered.
    var coverage = Coverage()
    private var next: UInt32 = 1

    init(_ logic: Logic, configuration: [UInt8] = []) {
        reactor = ServerReactor(logic)
        input(
            .start(
                Start(
                    realTime: Nanoseconds(rawValue: 5_000_000), entropy: [UInt8](repeating: 0, count: 32),
                    configuration: configuration)))
    }

    mutating func input(_ input: Input) {
        var effects = Effects()
        reactor.handle(input, now: Nanoseconds(rawValue: now), into: &effects)
        for effect in effects.take() { take(effect) }
    }

    private mutating func take(_ effect: Effect) {
        switch effect {
        case .send(let connection, let bytes):
            var reader = Reader(bytes)
            guard let header = try? Header(from: &reader) else {
                Issue.record("the driver sent a malformed message")
                return
            }
            let body = reader.rest()
            switch header.kind {
            case .request:
                requestsToManager.append(header.operation)
                question = (header.request, body)
                if header.operation == .backgroundAccess { questions.append(header.request) }
            case .notice: notices.append((connection.rawValue, header.operation, body))
            case .reply:
                coverage.note("\(header.operation)", Errno.decode(header.argument))
                guard checksReplies else { return }
                let key = RequestKey(connection: connection, request: header.request)
                #expect(asked.contains(key), "a reply to a request that was never made")
                #expect(answers[key] == nil, "two replies to one request")
                answers[key] = Errno.decode(header.argument).map { .failed($0) } ?? .done(body)
            }
        case .setTimer(let deadline): timer = deadline
        case .device(let bytes):
            var reader = Reader(bytes)
            if let call = try? DeviceMessage(from: &reader) { calls.append(call) } else { Issue.record("malformed device call") }
        default: break
        }
    }

    /// Process `number` is connected by the connection of that number; 0 is resmgr.
    mutating func connect(_ number: UInt32) { input(.connected(ConnectionID(rawValue: number), identity(number))) }

    mutating func gone(_ number: UInt32) {
        message(Message.notice(.last, Nothing()), from: number)
    }

    mutating func message(_ bytes: [UInt8], from number: UInt32, group: Int32? = nil) {
        var stamped = bytes
        var writer = Writer()
        writer.value(
            Stamp(
                process: number == 0 ? .nobody : identity(number), credentials: CredentialsID(rawValue: 0),
                group: ProcessGroupID(rawValue: group ?? self.group), session: SessionID(rawValue: session)))
        if stamped.count >= 36 { stamped.replaceSubrange(16..<36, with: writer.bytes) }
        input(.message(ConnectionID(rawValue: number), stamped))
    }

    /// Sends a request; its outcome is asked by `outcome`.
    @discardableResult
    mutating func send(_ operation: ABI.Operation, from number: UInt32, _ body: some Wire, space: Int = 4096) -> RequestKey {
        let key = RequestKey(connection: ConnectionID(rawValue: number), request: RequestID(rawValue: next))
        next += 1
        asked.insert(key)
        message(Message.request(operation, id: key.request, replySpace: space, body), from: number)
        return key
    }

    func outcome(_ key: RequestKey) -> Outcome { answers[key] ?? .pending }

    /// Sends a request and answers its outcome now.
    mutating func call(_ operation: ABI.Operation, from number: UInt32, _ body: some Wire, space: Int = 4096) -> Outcome {
        let key = send(operation, from: number, body, space: space)
        return outcome(key)
    }

    /// The same, decoded; records an issue unless it succeeded.
    mutating func get<T: Wire>(_ type: T.Type, _ operation: ABI.Operation, from number: UInt32, _ body: some Wire) throws -> T {
        let outcome = call(operation, from: number, body)
        guard case .done(let bytes) = outcome else {
            Issue.record("\(operation) came to \(outcome)")
            throw Errno.ioError
        }
        var reader = Reader(bytes)
        let value = try reader.value(T.self)
        try reader.finish()
        return value
    }

    /// resmgr tells what a signal to a group has done.
    mutating func confirm(group: Int32, ended: [UInt32]) {
        let body = GroupSignaled(group: ProcessGroupID(rawValue: group), ended: ended.map { identity($0) })
        message(Message.notice(.groupSignaled, body), from: 0)
    }

    mutating func cancel(_ key: RequestKey) {
        message(Message.notice(.cancel, Cancel(request: key.request)), from: key.connection.rawValue)
    }

    mutating func read(_ handle: Handle, from number: UInt32, _ count: Int = 4096) -> Outcome {
        let key = sendRead(handle, from: number, count)
        return outcome(key)
    }

    @discardableResult
    mutating func sendRead(_ handle: Handle, from number: UInt32, _ count: Int = 4096) -> RequestKey {
        send(.read, from: number, Read(handle: handle, position: .shared, count: UInt32(count)), space: count)
    }

    mutating func write(_ handle: Handle, from number: UInt32, _ bytes: [UInt8]) -> Outcome {
        let key = sendWrite(handle, from: number, bytes)
        return outcome(key)
    }

    mutating func write(_ handle: Handle, from number: UInt32, _ text: String) -> Outcome {
        write(handle, from: number, Array(text.utf8))
    }

    @discardableResult
    mutating func sendWrite(_ handle: Handle, from number: UInt32, _ bytes: [UInt8]) -> RequestKey {
        send(.write, from: number, Write(handle: handle, position: .shared, data: bytes), space: 16)
    }

    /// resmgr gives `to` the same description.
    mutating func share(_ handle: Handle, from: UInt32, to: UInt32) throws -> Handle {
        let result = try get(
            ShareResult.self, .share, from: 0, Share(from: identity(from), to: identity(to), handles: [handle]))
        return try #require(result.handles.first)
    }
}
