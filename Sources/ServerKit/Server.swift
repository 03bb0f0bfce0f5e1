package import ABI

// What every driver shares: who is connected, which requests are unanswered, credits, registration, the end of processes. A driver
// implements `Server`; `ServerReactor` makes a reactor of it.

/// One unanswered request, as the server knows it.
package struct RequestKey: Comparable, Hashable, Sendable, Wire {
    package var connection: ConnectionID
    package var request: RequestID

    package init(connection: ConnectionID, request: RequestID) {
        self.connection = connection
        self.request = request
    }

    package init(from reader: inout Reader) throws(Errno) {
        connection = try reader.value(ConnectionID.self)
        request = try reader.value(RequestID.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(connection)
        writer.value(request)
    }

    package static func < (left: RequestKey, right: RequestKey) -> Bool {
        left.connection == right.connection ? left.request < right.request : left.connection < right.connection
    }
}

/// A request that passed the checks of stamp, credit and form.
package struct Request: Sendable {
    package let key: RequestKey
    package let operation: Operation
    package let stamp: Stamp
    /// Most bytes of payload that the reply may have.
    package let replySpace: Int
    /// Whether resmgr itself asks (its operations are open to nobody else).
    package let isFromResourceManager: Bool
    /// The body, to be decoded by the operation; call `finish()` after the last field.
    package var body: Reader

    package init(
        key: RequestKey, operation: Operation, stamp: Stamp, replySpace: Int, isFromResourceManager: Bool, body: Reader
    ) {
        self.key = key
        self.operation = operation
        self.stamp = stamp
        self.replySpace = replySpace
        self.isFromResourceManager = isFromResourceManager
        self.body = body
    }

    /// Decodes the whole body. Throws `badMessage` if it is short or has a tail.
    package func decode<T: Wire>(_ type: T.Type) throws(Errno) -> T {
        var reader = body
        let value = try reader.value(T.self)
        try reader.finish()
        return value
    }
}

/// What a request came to.
package enum Answer: Sendable {
    /// Done, with this reply.
    case finished(ReplyDraft)
    /// It waits; the server finishes it later through `Context.reply` or `Context.fail`, exactly once.
    case pending

    /// Done, with this body.
    package static func body(_ value: some Wire) -> Answer { .finished(ReplyDraft(value)) }

    /// Done, with these bytes as the body.
    package static func reply(_ bytes: [UInt8]) -> Answer { .body(RawBytes(bytes)) }

    /// Done, nothing to tell.
    package static var done: Answer { .finished(ReplyDraft(Nothing())) }
}

/// A driver's logic. Every method returns at once.
package protocol Server {
    /// How it registers with resmgr, once started.
    var registration: Register { get }
    /// Takes its start input. Registration is sent when `isReady` first holds after any input.
    mutating func start(_ start: Start, _ context: inout Context)
    /// Whether it can serve.
    var isReady: Bool { get }
    /// Serves one request. What it throws is the reply. Check everything first, then change state.
    mutating func request(_ request: Request, _ context: inout Context) throws(Errno) -> Answer
    /// Give up a pending request: finish it now through `context`, with `interrupted` unless part of it took effect.
    mutating func cancel(_ key: RequestKey, _ context: inout Context)
    /// The asker of a pending request is gone: forget it, nothing may be answered.
    mutating func abandon(_ key: RequestKey, _ context: inout Context)
    /// A process is over: release what it held.
    mutating func processGone(_ process: ProcessIdentity, _ context: inout Context)
    /// A deadline that it set has passed.
    mutating func timer(_ context: inout Context)
    /// A device event.
    mutating func device(_ message: DeviceMessage, _ context: inout Context)
    /// resmgr answered what was asked by `Context.ask`.
    mutating func answered(_ response: Response, _ context: inout Context)
}

extension Server {
    package var isReady: Bool { true }
    package mutating func start(_ start: Start, _ context: inout Context) {}
    package mutating func timer(_ context: inout Context) {}
    package mutating func device(_ message: DeviceMessage, _ context: inout Context) {}
    package mutating func answered(_ response: Response, _ context: inout Context) {}
}

/// What a server may do while it handles an input.
package struct Context {
    /// Monotonic time.
    package let now: Nanoseconds
    /// Real time: nanoseconds since 1970-01-01 UTC.
    package let realTime: Nanoseconds
    var links: Links
    var questions: Questions
    var effects: Effects

    private mutating func send(_ connection: ConnectionID, _ message: [UInt8]) {
        links.countSent(message)
        effects.append(.send(connection, message))
    }

    /// Finishes a pending request with this body. Nothing happens if it is not pending (its asker is gone).
    package mutating func reply(_ key: RequestKey, _ body: some Wire) {
        guard let pending = links.finish(key) else { return }
        let message = Message.reply(pending.operation, id: key.request, body)
        guard message.count - Header.size <= pending.replySpace else {
            send(key.connection, Message.failure(pending.operation, id: key.request, .overflow))
            return
        }
        send(key.connection, message)
    }

    /// Finishes a pending request with a reply that its operation made. Nothing happens if it is not pending.
    package mutating func reply(_ key: RequestKey, _ draft: consuming ReplyDraft) {
        guard let pending = links.finish(key) else { return }
        guard draft.count <= pending.replySpace else {
            send(key.connection, Message.failure(pending.operation, id: key.request, .overflow))
            return
        }
        send(key.connection, draft.message(pending.operation, id: key.request))
    }

    /// Finishes a pending request with an error.
    package mutating func fail(_ key: RequestKey, _ error: Errno, reason: [UInt8] = []) {
        guard let pending = links.finish(key) else { return }
        let text = Array(reason.prefix(pending.replySpace))
        send(key.connection, Message.failure(pending.operation, id: key.request, error, reason: text))
    }

    /// Whether a process has a connection.
    package func isConnected(_ process: ProcessIdentity) -> Bool { links.connection(of: process) != nil }

    /// Sends a notice to a process that is connected; nothing happens if it is not.
    package mutating func notify(_ process: ProcessIdentity, _ operation: Operation, _ body: some Wire) {
        guard let connection = links.connection(of: process) else { return }
        send(connection, Message.notice(operation, body))
    }

    /// Sends a notice to resmgr.
    package mutating func notifyResourceManager(_ operation: Operation, _ body: some Wire) {
        send(.resourceManager, Message.notice(operation, body))
    }

    /// Puts a request to resmgr, which answers each one: `Server.answered`. No more than `Limits.credits` at a time.
    package mutating func ask(_ operation: Operation, _ body: some Wire, replySpace: Int) {
        send(.resourceManager, Message.request(operation, id: questions.begin(operation), replySpace: replySpace, body))
    }

    /// Tells resmgr the counters. Neither the question nor the answer is counted.
    mutating func tellCounters(_ request: RequestID) {
        effects.append(.send(.resourceManager, Message.reply(.counters, id: request, links.counters)))
    }

    /// Asks for `timer` at this monotonic time; replaces an earlier deadline; `never`: none.
    package mutating func setTimer(_ deadline: Nanoseconds) { effects.append(.setTimer(deadline)) }

    /// Makes a device call.
    package mutating func device(_ message: DeviceMessage) { effects.append(.device(message.encoded)) }

    /// Writes a line to the page's console.
    package mutating func log(_ text: [UInt8]) { effects.append(.log(text)) }
}

/// Makes a reactor of a server: decodes, checks, counts, answers.
package struct ServerReactor<Logic: Server>: Reactor {
    /// The driver itself (tests look into it).
    package var logic: Logic
    private var links = Links()
    private var questions = Questions()
    private var realTimeOffset: UInt64 = 0
    private var isRegistered = false

    package init(_ logic: Logic) { self.logic = logic }

    /// How many requests are unanswered.
    package var pendingCount: Int { links.pendingCount }
    /// How many connections are open.
    package var connectionCount: Int { links.connectionCount }
    /// What was received and sent since the start.
    package var counters: Counters { links.counters }
    /// Whether a connection to `process` is open.
    package func isConnected(_ process: ProcessIdentity) -> Bool { links.connection(of: process) != nil }

    package mutating func handle(_ input: Input, now: Nanoseconds, into effects: inout Effects) {
        if case .start(let start) = input { realTimeOffset = start.realTime.rawValue &- now.rawValue }
        var context = Context(
            now: now, realTime: Nanoseconds(rawValue: now.rawValue &+ realTimeOffset), links: links, questions: questions,
            effects: effects)
        // The context owns them while the logic runs, so that nothing is copied.
        links = .none
        questions = Questions()
        effects = Effects()
        handle(input, &context)
        if !isRegistered && logic.isReady {
            isRegistered = true
            context.ask(.register, logic.registration, replySpace: 256)
        }
        links = context.links
        questions = context.questions
        effects = context.effects
    }

    private mutating func handle(_ input: Input, _ context: inout Context) {
        switch input {
        case .start(let start):
            logic.start(start, &context)
        case .timer:
            logic.timer(&context)
        case .device(let bytes):
            var reader = Reader(bytes)
            guard let message = try? DeviceMessage(from: &reader) else { return }
            logic.device(message, &context)
        case .connected(let connection, let process):
            // A number that is used anew: what was there before is over, though nobody said so.
            drop(connection, &context)
            context.links.open(connection, process)
        case .disconnected(let connection):
            drop(connection, &context)
        case .message(let connection, let bytes):
            receive(connection, bytes, &context)
        }
    }

    private mutating func receive(_ connection: ConnectionID, _ bytes: [UInt8], _ context: inout Context) {
        var reader = Reader(bytes)
        guard let header = try? Header(from: &reader), context.links.accepts(header, from: connection) else {
            fault(connection, &context)
            return
        }
        if connection == .resourceManager && header.kind == .request && header.operation == .counters {
            return context.tellCounters(header.request)
        }
        context.links.countReceived(header.kind, bytes: bytes.count)
        switch header.kind {
        case .reply:
            guard connection == .resourceManager else { return fault(connection, &context) }
            guard context.questions.finish(header.request, header.operation) else { return }
            // Of its registration a server needs to hear nothing more.
            if header.operation != .register { logic.answered(Response(header, reader), &context) }
        case .notice:
            notice(header, connection, reader, &context)
        case .request:
            let key = RequestKey(connection: connection, request: header.request)
            guard context.links.begin(key, header) else {
                fault(connection, &context)
                return
            }
            let request = Request(
                key: key, operation: header.operation, stamp: header.stamp, replySpace: Int(header.argument),
                isFromResourceManager: connection == .resourceManager, body: reader)
            do throws(Errno) {
                switch try logic.request(request, &context) {
                case .finished(let draft): context.reply(key, draft)
                case .pending: break
                }
            } catch {
                context.fail(key, error)
            }
        }
    }

    private mutating func notice(_ header: Header, _ connection: ConnectionID, _ body: Reader, _ context: inout Context) {
        var reader = body
        switch header.operation {
        case .cancel:
            guard let cancel = try? reader.value(Cancel.self), reader.remaining == 0 else { return fault(connection, &context) }
            let key = RequestKey(connection: connection, request: cancel.request)
            if context.links.isPending(key) { logic.cancel(key, &context) }
        case .last:
            drop(connection, &context)
        case .processGone where connection == .resourceManager:
            guard let gone = try? reader.value(ProcessGone.self) else { return }
            if let connection = context.links.connection(of: gone.process) {
                drop(connection, &context)
            } else {
                logic.processGone(gone.process, &context)
            }
        case .drop where connection == .resourceManager, .groupSignaled where connection == .resourceManager:
            // A driver serves them like requests without an answer.
            let key = RequestKey(connection: connection, request: header.request)
            let request = Request(
                key: key, operation: header.operation, stamp: header.stamp, replySpace: 0, isFromResourceManager: true, body: reader)
            _ = try? logic.request(request, &context)
        default:
            if connection != .resourceManager { fault(connection, &context) }
        }
    }

    /// A peer is over: its pending requests are forgotten, its objects released.
    private mutating func drop(_ connection: ConnectionID, _ context: inout Context) {
        guard let (process, pending) = context.links.close(connection) else { return }
        for key in pending { logic.abandon(key, &context) }
        logic.processGone(process, &context)
    }

    /// A peer broke the protocol: it alone suffers. resmgr ends it when the hart reports the closed connection.
    private mutating func fault(_ connection: ConnectionID, _ context: inout Context) {
        guard connection != .resourceManager, let process = context.links.process(of: connection) else { return }
        drop(connection, &context)
        context.notifyResourceManager(.fault, ProcessGone(process: process))
    }
}

extension ServerReactor: Checkpointable where Logic: Checkpointable {
    /// Version 2: connections, what is unanswered on them and how much went over them, what it asks of resmgr, the offset of real
    /// time, whether it has registered, the server's state.
    package func encode(into writer: inout Writer) {
        writer.u8(2)
        links.encode(into: &writer)
        questions.encode(into: &writer)
        writer.u64(realTimeOffset)
        writer.bool(isRegistered)
        logic.encode(into: &writer)
    }

    package init(decoding reader: inout Reader) throws(Errno) {
        guard try reader.u8() == 2 else { throw .badMessage }
        links = try Links(decoding: &reader)
        questions = try Questions(decoding: &reader)
        realTimeOffset = try reader.u64()
        isRegistered = try reader.bool()
        logic = try Logic(decoding: &reader)
    }
}
