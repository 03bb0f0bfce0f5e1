import ABI
import ServerKit
import Testing

@testable import Machine

// A machine of two servers for the tests of the disk: one in resmgr's place that orders the other's hart, and the other, which uses the
// disk.

/// What stands in resmgr's place: it has one server created, with the grants it is told.
struct Starter: Reactor, Checkpointable {
    let grants: DeviceGrant

    init(grants: DeviceGrant) { self.grants = grants }

    mutating func handle(_ input: Input, now: Nanoseconds, into effects: inout Effects) {
        guard case .start = input else { return }
        let order = CreateHart(
            hart: DiskMachine.user, role: .server, module: Array("user".utf8), grants: grants, channel: ChannelName(high: 1, low: 2),
            stamp: .unstamped, configuration: [])
        effects.append(.send(.resourceManager, Message.request(.createHart, id: RequestID(rawValue: 1), order)))
    }

    func encode(into writer: inout Writer) { writer.value(grants) }
    init(decoding reader: inout Reader) throws(Errno) { grants = try reader.value(DeviceGrant.self) }
}

enum DiskMachine {
    /// The hart of the server that uses the disk.
    static let user = HartID(rawValue: 1)

    /// A machine whose only driver is `user`.
    static func make(seed: UInt64, disk: Disk?, grants: DeviceGrant = .block, user: some Reactor & Sendable) -> Machine {
        let servers = ServerSet(
            make: { name in
                if name == "resmgr" { return Starter(grants: grants) }
                return user
            },
            restore: { _, _ throws(Errno) in throw .badMessage })
        return make(seed: seed, disk: disk, servers: servers)
    }

    /// A machine of these servers.
    static func make(seed: UInt64, disk: Disk?, servers: ServerSet) -> Machine {
        var options = Machine.Options()
        options.seed = seed
        options.disk = disk
        return Machine(options, servers: servers)
    }
}

extension Machine {
    /// The state of the server that uses the disk.
    func user<User: Reactor>(_ type: User.Type) -> User? {
        hartOrder.compactMap { (harts[$0] as? ServerHart)?.state as? User }.first
    }
}

/// A server that makes batches of calls, each batch when the one before it is answered, and keeps the answers.
struct Caller: Reactor, Sendable {
    private var batches: [[DeviceMessage]]
    /// What came, in its order.
    private(set) var answers: [DeviceMessage] = []
    private var waiting = 0

    /// The calls get their numbers as tokens, from 1 on.
    init(_ batches: [[DeviceMessage]]) {
        var token: UInt32 = 0
        self.batches = batches.map { batch in
            batch.map { call in
                token += 1
                var call = call
                call.token = token
                return call
            }
        }
    }

    /// Whether all calls are answered.
    var isDone: Bool { waiting == 0 && batches.isEmpty && !answers.isEmpty }

    /// The answer to the call of this number, from 1 on.
    func answer(_ token: UInt32) -> DeviceMessage? { answers.first { $0.token == token } }

    mutating func handle(_ input: Input, now: Nanoseconds, into effects: inout Effects) {
        if case .device(let bytes) = input {
            var reader = Reader(bytes)
            guard let answer = try? DeviceMessage(from: &reader) else {
                Issue.record("an event that is none")
                return
            }
            answers.append(answer)
            waiting -= 1
        }
        guard waiting == 0, !batches.isEmpty else { return }
        let batch = batches.removeFirst()
        waiting = batch.count
        for call in batch { effects.append(.device(call.encoded)) }
    }
}

extension DeviceMessage {
    static let geometry = DeviceMessage(.blockGeometry)
    static let flush = DeviceMessage(.blockFlush)
    static func read(_ first: UInt64, _ count: UInt32 = 1) -> DeviceMessage {
        DeviceMessage(.blockRead, body: BlockRange(first: first, count: count))
    }
    static func write(_ first: UInt64, _ bytes: [UInt8]) -> DeviceMessage {
        DeviceMessage(.blockWrite, body: BlockWrite(first: first, bytes: bytes))
    }
}

/// Blocks that hold one value.
func blocks(_ value: UInt8, _ count: Int = 1, size: Int = 1024) -> [UInt8] { [UInt8](repeating: value, count: count * size) }

/// Makes calls on a disk in a machine, batch by batch, and answers the server and the machine when all are answered.
func run(
    _ batches: [[DeviceMessage]], on disk: Disk?, seed: UInt64 = 1, grants: DeviceGrant = .block,
    failing fault: ((DiskOperation) -> DiskFault?)? = nil, sourceLocation: SourceLocation = #_sourceLocation
) throws -> (caller: Caller, machine: Machine) {
    let machine = DiskMachine.make(seed: seed, disk: disk, grants: grants, user: Caller(batches))
    machine.onDiskOperation = fault
    #expect(machine.run(limit: 100_000) { machine.user(Caller.self)?.isDone == true }, sourceLocation: sourceLocation)
    return (try #require(machine.user(Caller.self), sourceLocation: sourceLocation), machine)
}
