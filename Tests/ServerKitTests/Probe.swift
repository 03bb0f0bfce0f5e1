import ABI
import ServerKit
import Testing

/// A server that does what the operation says, and remembers what it was told.
///
/// `status`: answers at once. `read`: waits. `write`: answers what waits, oldest first. `sync`: fails. `seek`: answers, then answers again.
/// `poll`: answers more than there is room for. `readDirectory`: throws after it has answered. `allocate`: asks resmgr.
struct Probe: Server {
    var isReady = true
    var waiting: [RequestKey] = []
    var cancelled: [RequestKey] = []
    var abandoned: [RequestKey] = []
    var gone: [ProcessIdentity] = []
    var dropped: [Drop] = []
    var timers = 0
    /// What resmgr answered: how many servers there are, or why not.
    var responses: [Result<Int, Errno>] = []
    var devices: [DeviceMessage] = []
    var started: Start?
    var realTime = Nanoseconds.zero

    var registration: Register { Register(name: ByteString("probe").bytes, service: .none, majors: []) }

    mutating func start(_ start: Start, _ context: inout Context) {
        started = start
        realTime = context.realTime
    }

    mutating func request(_ request: Request, _ context: inout Context) throws(Errno) -> Answer {
        switch request.operation {
        case .status:
            _ = try request.decode(OneHandle.self)
            return .body(Count(count: 1))
        case .read:
            waiting.append(request.key)
            return .pending
        case .write:
            let keys = waiting
            waiting = []
            for key in keys { context.reply(key, Count(count: 2)) }
            return .done
        case .sync: throw .ioError
        case .seek:
            context.reply(request.key, Count(count: 3))
            context.reply(request.key, Count(count: 4))
            return .body(Count(count: 5))
        case .poll: return .reply([UInt8](repeating: 7, count: request.replySpace + 1))
        case .readDirectory:
            context.reply(request.key, Nothing())
            throw .ioError
        case .allocate:
            context.ask(.systemStatus, Nothing(), replySpace: 500)
            return .done
        case .share:
            guard request.isFromResourceManager else { throw .notPermitted }
            return .done
        case .drop:
            dropped.append(try request.decode(Drop.self))
            return .done
        default: throw .notSupported
        }
    }

    mutating func cancel(_ key: RequestKey, _ context: inout Context) {
        cancelled.append(key)
        waiting.removeAll { $0 == key }
        context.fail(key, .interrupted, reason: Array("cancelled".utf8))
    }

    mutating func abandon(_ key: RequestKey, _ context: inout Context) {
        abandoned.append(key)
        waiting.removeAll { $0 == key }
        context.reply(key, Nothing())
    }

    mutating func processGone(_ process: ProcessIdentity, _ context: inout Context) { gone.append(process) }
    mutating func timer(_ context: inout Context) {
        timers += 1
        realTime = context.realTime
    }
    mutating func device(_ message: DeviceMessage, _ context: inout Context) { devices.append(message) }

    mutating func answered(_ response: Response, _ context: inout Context) {
        do throws(Errno) {
            responses.append(.success(try response.result(SystemStatus.self).servers.count))
        } catch {
            responses.append(.failure(error))
        }
    }
}

/// What was sent to a connection.
struct Sent: Equatable {
    var connection: UInt32
    var kind: MessageKind
    var operation: ABI.Operation
    var status: UInt32
    var request: UInt32
    var body: [UInt8]
}

struct Bench {
    var reactor = ServerReactor(Probe())
    var now: UInt64 = 1000
    var sent: [Sent] = []
    /// Bytes of all messages that it was given and that it sent.
    var bytesReceived = 0
    var bytesSent = 0

    static let start = Input.start(
        Start(realTime: Nanoseconds(rawValue: 9_000), entropy: [UInt8](repeating: 1, count: 32), configuration: [1, 2]))

    init(isReady: Bool = true) {
        reactor.logic.isReady = isReady
        input(Bench.start)
    }

    mutating func input(_ input: Input) {
        var effects = Effects()
        reactor.handle(input, now: Nanoseconds(rawValue: now), into: &effects)
        for effect in effects.take() {
            guard case .send(let connection, let bytes) = effect else { continue }
            bytesSent += bytes.count
            var reader = Reader(bytes)
            guard let header = try? Header(from: &reader) else {
                Issue.record("malformed message")
                continue
            }
            sent.append(
                Sent(
                    connection: connection.rawValue, kind: header.kind, operation: header.operation, status: header.argument,
                    request: header.request.rawValue, body: reader.rest()))
        }
    }

    static func process(_ number: UInt32) -> ProcessIdentity { ProcessIdentity(node: 0, index: number, generation: 1) }

    mutating func connect(_ number: UInt32) { input(.connected(ConnectionID(rawValue: number), Bench.process(number))) }

    /// A message stamped as process `speaker` (by default the connection's own) would stamp it.
    mutating func message(_ bytes: [UInt8], on connection: UInt32, as speaker: UInt32? = nil) {
        var stamped = bytes
        var writer = Writer()
        writer.value(
            Stamp(
                process: Bench.process(speaker ?? connection), credentials: CredentialsID(rawValue: 0), group: .none, session: .none))
        if stamped.count >= 36 { stamped.replaceSubrange(16..<36, with: writer.bytes) }
        bytesReceived += stamped.count
        input(.message(ConnectionID(rawValue: connection), stamped))
    }

    mutating func request(
        _ operation: ABI.Operation, _ id: UInt32, on connection: UInt32, space: Int = 16, body: some Wire = RawBytes([]),
        as speaker: UInt32? = nil
    ) {
        message(
            Message.request(operation, id: RequestID(rawValue: id), replySpace: space, body), on: connection, as: speaker)
    }

    /// Replies since the last call, and forgets all that was sent.
    mutating func replies() -> [Sent] {
        defer { sent = [] }
        return sent.filter { $0.kind == .reply }
    }

    /// Processes that resmgr was told to end.
    var faults: [ProcessIdentity] {
        sent.filter { $0.connection == 0 && $0.operation == .fault }.compactMap {
            var reader = Reader($0.body)
            return (try? ProcessGone(from: &reader))?.process
        }
    }
}
