import ABI
import Pipe
import ServerKit
import TmpFS

// What drivers are asked for by processes that are connected to them, and what nothing can be below.

extension ProcessIdentity {
    /// Who a client is.
    init(client: Int) { self.init(node: 0, index: UInt32(client), generation: 1) }
}

/// A driver with many clients, without a resource manager.
struct Clients<Logic: Server> {
    private var reactor: ServerReactor<Logic>
    private var meter = Meter()
    private var next: UInt32 = 0
    private let now = Nanoseconds(rawValue: 1_000_000_000)

    /// - Parameter count: how many clients there are.
    init(_ logic: Logic, _ count: Int) {
        reactor = ServerReactor(logic)
        var inputs: [Input] = [.start(Start(realTime: now, entropy: [UInt8](0..<32)))]
        for client in 0..<count {
            inputs.append(.connected(ConnectionID(rawValue: UInt32(client + 1)), ProcessIdentity(client: client)))
        }
        _ = reactor.take(inputs, now: now)
    }

    /// Sends requests, of clients or of resmgr (`nil`), one after the other. Answers what each came to.
    mutating func run(_ requests: [(client: Int?, operation: ABI.Operation, body: any Wire)], replySpace: Int = 4096) -> [[UInt8]] {
        var inputs: [Input] = []
        for (client, operation, body) in requests {
            next &+= 1
            var message = Message.request(operation, id: RequestID(rawValue: next), replySpace: replySpace, body)
            var stamp = Writer()
            stamp.value(client.map { ProcessIdentity(client: $0) } ?? .nobody)
            message.replaceSubrange(16..<24, with: stamp.bytes)
            inputs.append(.message(ConnectionID(rawValue: client.map { UInt32($0 + 1) } ?? 0), message))
        }
        let begin = Meter.now
        let effects = reactor.take(inputs, now: now)
        meter.add(since: begin, inputs: inputs.count)
        var answers: [[UInt8]] = []
        for case .send(_, let message) in effects {
            var reader = Reader(message)
            guard let header = try? Header(from: &reader), header.kind == .reply else { continue }
            if let error = Errno.decode(header.argument) { refuse("\(header.operation) failed: \(error)") }
            answers.append(reader.rest())
        }
        guard answers.count == requests.count else { refuse("\(answers.count) answers instead of \(requests.count)") }
        return answers
    }

    /// Measures an operation of as many requests as `requests` says for a client.
    mutating func sample(_ count: Int, _ requests: (Int) -> [(client: Int?, operation: ABI.Operation, body: any Wire)]) -> Sample {
        var clients = self
        var turn = 0
        return Effort.sample(clients.meter) {
            var batch: [(client: Int?, operation: ABI.Operation, body: any Wire)] = []
            for _ in 0..<Effort.batch {
                batch += requests(turn % count)
                turn += 1
            }
            _ = clients.run(batch)
        }
    }
}

/// The hot operations of drivers.
enum ServerOperations {
    /// A byte through a pipe: a write and a read, each client with a pipe of its own as far as there are pipes.
    static func pipe(_ count: Int) -> Sample {
        var clients = Clients(PipeDriver(), count)
        let pipes = min(count, PipeDriver.capacity)
        let ends = (0..<pipes).map { client in
            var reader = Reader(clients.run([(client, .createPipe, CreatePipe(flags: []))])[0])
            guard let ends = try? PipeEnds(from: &reader) else { refuse("no pipe") }
            return ends
        }
        return clients.sample(pipes) { client in
            [
                (client, .write, Write(handle: ends[client].writeEnd, position: .shared, data: [1])),
                (client, .read, Read(handle: ends[client].readEnd, position: .shared, count: 1)),
            ]
        }
    }

    /// A read of 4 KiB out of a file in memory, which every client has open.
    static func file(_ count: Int) -> Sample {
        var clients = Clients(TmpFS(), count)
        _ = clients.run([(nil, .createFileSystem, CreateFileSystem(options: [], credentials: .superuser))])
        let handles = (0..<count).map { open(&clients, $0) }
        _ = clients.run([(0, .write, Write(handle: handles[0], position: .explicit(0), data: [UInt8](repeating: 7, count: 4096)))])
        return clients.sample(count) { client in
            [(client, .read, Read(handle: handles[client], position: .explicit(0), count: 4096))]
        }
    }

    private static func open(_ clients: inout Clients<TmpFS>, _ client: Int) -> Handle {
        let file = OpenFile(access: [.read, .write], open: .create, mode: 0o644)
        let walk = Walk(
            fileSystem: FileSystemID(rawValue: 1), start: .root, flags: .followLast, depth: 0, linksLeft: 40, path: Array("file".utf8),
            credentials: .superuser, process: ProcessIdentity(client: client), operation: .open(file))
        var reader = Reader(clients.run([(nil, .walk, walk)])[0])
        guard case .opened(let opened)? = try? WalkResult(from: &reader) else { refuse("no file") }
        return opened.handle
    }
}

/// What no operation can be below: a header decoded and an empty reply encoded behind the entry of every server.
struct Floor: Reactor {
    mutating func handle(_ input: Input, now: Nanoseconds, into effects: inout Effects) {
        guard case .message(let connection, let bytes) = input else { return }
        var reader = Reader(bytes)
        guard let header = try? Header(from: &reader) else { return }
        effects.append(.send(connection, Message.reply(header.operation, id: header.request, Nothing())))
    }

    /// Measures it.
    static func sample() -> Sample {
        var floor = Floor()
        var meter = Meter()
        let now = Nanoseconds(rawValue: 1)
        return Effort.sample(meter) {
            let inputs = (0..<Effort.batch).map { number in
                Input.message(
                    ConnectionID(rawValue: 1), Message.request(.processStatus, id: RequestID(rawValue: UInt32(number)), Nothing()))
            }
            let begin = Meter.now
            let effects = floor.take(inputs, now: now)
            meter.add(since: begin, inputs: inputs.count)
            guard effects.count == inputs.count else { refuse("the floor does not answer") }
        }
    }
}
