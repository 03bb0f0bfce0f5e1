import ABI
import Foundation
import Processes
import ResourceManager
import ServerKit
import Testing
import VFS

/// How much of the random tests runs: a share that rotates with the seed, or all.
enum Run {
    private static func variable(_ name: String) -> UInt64 { getenv(name).flatMap { UInt64(String(cString: $0)) } ?? 0 }
    static let isLong = variable("MARTLET_TEST_LONG") == 1
    static let seed = withUnsafeBytes(of: variable("MARTLET_TEST_SEED").littleEndian) { Array($0) }
}

/// Messages made of valid ones by changing bytes, and wholly random ones.
struct Mutator {
    var random: RandomGenerator

    mutating func below(_ bound: Int) -> Int { Int(random.number() % UInt64(bound)) }

    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

    /// Changes some bytes at `from` or behind it, or cuts or lengthens the message; the header's length is put right again.
    mutating func mutate(_ message: [UInt8], from start: Int) -> [UInt8] {
        var bytes = message
        for _ in 0...below(3) {
            switch below(4) {
            case 0 where bytes.count > Header.size: bytes.removeLast(1 + below(bytes.count - Header.size))
            case 1: bytes.append(contentsOf: random.bytes(1 + below(8)))
            default:
                guard bytes.count > start else { continue }
                bytes[start + below(bytes.count - start)] = chance(30) ? 0xFF : UInt8(below(256))
            }
        }
        guard bytes.count >= Header.size else { return bytes }
        let length = UInt32(bytes.count - Header.size)
        for index in 0..<4 { bytes[12 + index] = UInt8(truncatingIfNeeded: length >> (8 * UInt32(index))) }
        return bytes
    }
}

@Suite struct FuzzTests {
    static let paths = [
        "/", "/etc", "/dev/null", "/dev/tty", "/dev/console", "/tmp", "/tmp/a", "/home/b", "..", "a/../..", "/mnt", "",
        "/bin/program", "/bin/data", "/dev/../tmp/..", "/tmp/a/b",
    ]

    /// A request that may make sense.
    private func request(_ world: World, _ hart: FakeHart, _ mutator: inout Mutator) -> [UInt8] {
        let id = RequestID(rawValue: hart.nextRequest)
        let pid = Int32(mutator.below(40)) - 3
        let space = mutator.chance(90) ? 8192 : mutator.below(300)
        let path = FuzzTests.paths[mutator.below(FuzzTests.paths.count)]
        let other = Array(FuzzTests.paths[mutator.below(FuzzTests.paths.count)].utf8)
        var start = World.rootStart
        if mutator.chance(30), let directory = hart.started?.workingDirectory {
            start = PathStart(connection: directory.connection, handle: directory.handle)
        }
        func message(_ operation: ABI.Operation, _ body: some Wire) -> [UInt8] {
            Message.request(operation, id: id, replySpace: space, body)
        }
        let flags = PathFlags(rawValue: UInt8(mutator.below(8)))
        switch mutator.below(16) {
        case 0: return message(.wait, Wait(target: pid, flags: mutator.chance(60) ? .noHang : []))
        case 1: return message(.kill, Kill(target: pid == 1 ? 9 : pid, signal: UInt8(mutator.below(32))))
        case 2:
            return message(
                .setProcessGroup,
                SetProcessGroup(process: ProcessID(rawValue: pid), group: ProcessGroupID(rawValue: Int32(mutator.below(30)))))
        case 3: return message(.processStatus, OneProcess(process: ProcessID(rawValue: pid)))
        case 4:
            return message(
                .setDisposition,
                SetDisposition(
                    signal: Signal(rawValue: UInt8(1 + mutator.below(31)))!,
                    disposition: [.standard, .ignore, .interrupt][mutator.below(3)]))
        case 5: return message(.processes, OneProcess(process: ProcessID(rawValue: pid)))
        case 6: return message(.connect, Connect(service: [.none, .fileSystem, .pipe, .terminal][mutator.below(4)]))
        case 7:
            return message(
                .rename,
                TwoPaths(fromStart: start, fromFlags: flags, from: Array(path.utf8), toStart: start, toFlags: [], to: other))
        case 8:
            return message(
                .link,
                TwoPaths(fromStart: start, fromFlags: flags, from: Array(path.utf8), toStart: start, toFlags: [], to: other))
        case 9: return message(.location, start)
        case 10:
            return message(.mount, Mount(start: start, target: Array(path.utf8), type: Array("tmpfs".utf8), options: []))
        case 11: return message(.unmount, Unmount(start: start, target: Array(path.utf8)))
        case 12: return message(.mounts, Nothing())
        case 13:
            return message(
                .spawn, world.spawnRequest(hart, path, flags: SpawnFlags(rawValue: UInt32(mutator.below(16)))))
        default:
            let operations: [FinalOperation] = [
                .status, .open(OpenFile(access: .read)), .makeDirectory(0o755), .unlink, .readLink, .resolve, .access(4),
            ]
            return message(
                .path,
                world.pathRequest(path, operations[mutator.below(operations.count)], start: start, flags: flags))
        }
    }

    private func say(_ world: World, _ mutator: inout Mutator, breaks: Bool) {
        let harts = world.harts.values.filter { $0.role == .program && !$0.isGone && $0.started != nil }.sorted { $0.id < $1.id }
        guard !harts.isEmpty else { return }
        let hart = harts[mutator.below(harts.count)]
        let isInit = hart.started?.process == .initial
        guard hart.asked.count < 14 else {
            // Its credit is spent: it gives something up.
            if let id = hart.asked.min() { world.notify(hart, .cancel, Cancel(request: RequestID(rawValue: id))) }
            return
        }
        var message = request(world, hart, &mutator)
        let id = hart.nextRequest
        if breaks && mutator.chance(40) {
            // init must not break the protocol; what it asks for may be nonsense.
            message = mutator.mutate(message, from: isInit || mutator.chance(90) ? Header.size : 0)
        }
        if !isInit && mutator.chance(1) { message = mutator.random.bytes(mutator.below(120)) }
        var reader = Reader(message)
        if let header = try? Header(from: &reader), header.kind == .request {
            hart.nextRequest += 1
            hart.asked.insert(header.request.rawValue)
        } else if isInit {
            return
        }
        world.send(hart.id.rawValue, message)
        if mutator.chance(5) { world.notify(hart, .cancel, Cancel(request: RequestID(rawValue: id))) }
        if !isInit && mutator.chance(3) {
            world.notify(hart, .exit, Exit(end: ProcessEnd(kind: .exited, code: 1), reason: []))
            world.notify(hart, .last, Nothing())
        }
        if !isInit && mutator.chance(1) { world.die(hart.id.rawValue) }
    }

    /// Ends everything but init, and looks for what is left.
    private func close(_ world: World) throws {
        world.treat = { _, _, _ in .normal }
        world.pump()
        for module in ["tty", "netfs", "pipe", "tmpfs", "devfs"] {
            #expect(world.created.last { $0 == module } != nil)
        }
        #expect(world.panic == nil)
        for _ in 0..<3 {
            for hart in world.harts.values where hart.role == .program && !hart.isGone && hart.started?.process != .initial {
                world.die(hart.id.rawValue)
            }
            world.pump()
        }
        let initial = world.initial
        for id in initial.asked { world.notify(initial, .cancel, Cancel(request: RequestID(rawValue: id))) }
        world.pump()
        let last = world.ask(initial, .setDisposition, SetDisposition(signal: .child, disposition: .standard))
        world.pump()
        #expect(initial.answers[last] != nil)
        for _ in 0..<2000 {
            let id = world.ask(initial, .wait, Wait(target: -1, flags: .noHang))
            world.pump()
            guard initial.answers[id]?.error == nil else { break }
        }
        #expect(world.manager.processes.count == 6)
        #expect(world.manager.hartCount == 6)
        #expect(world.manager.taskCount == 0)
        #expect(world.manager.pendingCount == 0)
        #expect(world.manager.outgoingCount == 0)
        #expect(initial.asked.isEmpty)
    }

    /// Requests of processes, sensible and not: nothing traps, everything is answered, nothing is left.
    @Test(arguments: [UInt8(1), 2, 3, 4]) func processesSayAnything(seed: UInt8) throws {
        let world = World.booted()
        world.checkEvery = 64
        world.keepsNoDead = true
        world.random = RandomGenerator(seed: [seed] + Run.seed)
        var mutator = Mutator(random: RandomGenerator(seed: [seed, 1] + Run.seed))
        let initial = world.initial
        for round in 0..<(Run.isLong ? 20_000 : 1_500) {
            if round % 8 == 0, initial.asked.count < 12 {
                world.ask(initial, .spawn, world.spawnRequest(initial, flags: SpawnFlags(rawValue: UInt32(mutator.below(4)))))
            }
            if round % 16 == 0, initial.asked.count < 12 { world.ask(initial, .wait, Wait(target: -1, flags: .noHang)) }
            say(world, &mutator, breaks: true)
            for _ in 0..<mutator.below(12) { _ = world.step() }
            if world.panic != nil { break }
        }
        try close(world)
        world.expectQuiet()
        #expect(world.inputs > (Run.isLong ? 30_000 : 3_000))
    }

    /// Messages to resmgr of which some answers and notices of servers and of the monitor are changed.
    @Test(arguments: [UInt8(11), 12, 13, 14]) func serversSayAnything(seed: UInt8) throws {
        let world = World.booted()
        world.checkEvery = 64
        world.keepsNoDead = true
        world.random = RandomGenerator(seed: [seed] + Run.seed)
        var mutator = Mutator(random: RandomGenerator(seed: [seed, 1] + Run.seed))
        let initial = world.initial
        var mangler = Mutator(random: RandomGenerator(seed: [seed, 2] + Run.seed))
        var carried = 0
        while carried < (Run.isLong ? 60_000 : 6_000) && world.panic == nil {
            if initial.asked.count < 12 { world.ask(initial, .spawn, world.spawnRequest(initial)) }
            if initial.asked.count < 12 { world.ask(initial, .wait, Wait(target: -1, flags: .noHang)) }
            say(world, &mutator, breaks: false)
            for _ in 0..<mutator.below(20) {
                carried += 1
                let servers = world.harts.values.filter { $0.role == .server && !$0.isGone }.sorted { $0.id < $1.id }
                if mangler.chance(4) {
                    // An answer under way is changed behind its header, so that the driver goes on living.
                    let server = servers[mangler.below(servers.count)]
                    if let message = world.inbound[server.id.rawValue]?.first, message.count > Header.size {
                        world.inbound[server.id.rawValue]![0] = mangler.mutate(message, from: Header.size)
                    }
                }
                if mangler.below(1500) == 0 {
                    // A whole message is changed, and the driver replaced; far enough from the last time.
                    world.now += 15_000_000_000
                    let server = servers[mangler.below(servers.count)]
                    world.send(server.id.rawValue, mangler.random.bytes(mangler.below(100)))
                }
                if mangler.below(1500) == 0 {
                    world.now += 15_000_000_000
                    world.die(servers[mangler.below(servers.count)].id.rawValue)
                }
                if mangler.chance(1) {
                    world.notify(
                        servers[mangler.below(servers.count)], .signalGroup,
                        SignalGroup(group: ProcessGroupID(rawValue: Int32(mangler.below(20))), signal: .hangUp))
                }
                if mangler.below(500) == 0 { world.handle(.timer) }
                _ = world.step()
            }
        }
        try close(world)
    }

    /// The state can be written down at any time and goes on as if nothing had happened.
    @Test(arguments: [UInt8(21), 22, 23]) func checkpointsAtAnyTime(seed: UInt8) throws {
        let world = World.booted()
        world.checkEvery = 16
        world.keepsNoDead = true
        world.random = RandomGenerator(seed: [seed] + Run.seed)
        var mutator = Mutator(random: RandomGenerator(seed: [seed, 1] + Run.seed))
        let initial = world.initial
        for round in 0..<(Run.isLong ? 3000 : 400) {
            if round % 8 == 0, initial.asked.count < 12 { world.ask(initial, .spawn, world.spawnRequest(initial)) }
            say(world, &mutator, breaks: true)
            for _ in 0..<mutator.below(12) { _ = world.step() }
            var writer = Writer()
            world.manager.encode(into: &writer)
            var reader = Reader(writer.bytes)
            let copy = try ResourceManager(decoding: &reader)
            var again = Writer()
            copy.encode(into: &again)
            #expect(again.bytes == writer.bytes)
            world.manager = copy
            if round % 50 == 0 {
                // Other bytes are refused or read, but never trap.
                for _ in 0..<20 {
                    var bytes = writer.bytes
                    bytes[mutator.below(bytes.count)] ^= UInt8(1 + mutator.below(255))
                    if mutator.chance(20) { bytes.removeLast(1 + mutator.below(bytes.count - 1)) }
                    var reader = Reader(bytes)
                    _ = try? ResourceManager(decoding: &reader)
                }
            }
        }
        try close(world)
        world.expectQuiet()
    }

    @Test func theSameInputsGiveTheSameEffects() throws {
        func run() throws -> [[UInt8]] {
            let world = World.booted()
            world.random = RandomGenerator(seed: [5])
            var mutator = Mutator(random: RandomGenerator(seed: [6]))
            var states: [[UInt8]] = []
            for _ in 0..<300 {
                say(world, &mutator, breaks: true)
                for _ in 0..<mutator.below(8) { _ = world.step() }
                var writer = Writer()
                world.manager.encode(into: &writer)
                states.append(writer.bytes)
            }
            return states
        }
        #expect(try run() == run())
    }
}
