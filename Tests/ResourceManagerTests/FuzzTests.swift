import ABI
import Processes
import ResourceManager
import ServerKit
import TestSupport
import Testing
import VFS

/// Messages made of valid ones by changing bytes, and wholly random ones.
struct Mutator {
    var random: Seeded

    mutating func below(_ bound: Int) -> Int { random.below(bound) }

    mutating func chance(_ percent: Int) -> Bool { random.chance(percent) }

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
        "/bin/program", "/bin/data", "/dev/../tmp/..", "/tmp/a/b", "/etc/link", "/etc/link/data", "/etc/link", "/proc",
        "/proc/../etc", "/proc/file",
    ]

    /// Rounds after which a new machine takes the place of one whose file names went astray and whose init lost its drivers.
    static let epoch = 500

    private static func world(_ random: Seeded, _ coverage: Coverage) -> World {
        let world = World.booted { files, module in
            if module == "netfs" { files.make("/etc/link", .symbolicLink, target: "/bin") }
        }
        world.checkEvery = 64
        world.keepsNoDead = true
        world.random = random
        world.coverage = coverage
        return world
    }

    /// A generator that closures share.
    private final class Source {
        private var random: Seeded
        init(_ seed: UInt64) { random = Seeded(seed) }
        func below(_ bound: Int) -> Int { random.below(bound) }
    }

    static let finals: [FinalOperation] = [
        .open(OpenFile(access: .read)), .open(OpenFile(access: .execute)), .status, .makeDirectory(0o755), .symbolicLink(Array("a".utf8)),
        .unlink, .removeDirectory, .removeDirectory, .readLink, .readLink, .readLink, .access(4), .setMode(0o644),
        .setOwner(.root, GroupID(rawValue: 1)), .setSize(5),
        .setTimes(TimeChange(access: .now, modification: .keep)), .resolve, .parent,
    ]
    /// What a program's requests must all have come to.
    static let served = [
        "spawn", "wait", "kill", "setProcessGroup", "processStatus", "setDisposition", "processes", "connect", "rename", "link",
        "location", "mount", "unmount", "mounts", "path open", "path status", "path makeDirectory", "path symbolicLink", "path unlink",
        "path removeDirectory", "path readLink", "path access", "path setMode", "path setOwner", "path setSize", "path setTimes",
    ]
    static let refused: [(String, Errno)] = [
        ("path resolve", .invalidArgument), ("path parent", .invalidArgument), ("wait", .interrupted), ("wait", .noChildProcess),
        ("kill", .noSuchProcess), ("spawn", .execFormatError), ("unmount", .resourceBusy), ("rename", .improperLink),
    ]

    /// The number of a program that runs, or any other but a driver's: those end in `serversSayAnything`.
    private func pid(_ world: World, _ mutator: inout Mutator) -> Int32 {
        var running: [Int32] = []
        for hart in world.harts.values where !hart.isGone {
            if let started = hart.started { running.append(started.process.rawValue) }
        }
        let pid = mutator.chance(70) && !running.isEmpty ? running.sorted()[mutator.below(running.count)] : Int32(mutator.below(60)) - 3
        let isServer = world.manager.processes.all.contains { $0.isServer && $0.id.rawValue == pid }
        return isServer ? 0 : pid
    }

    /// Two paths: any, or such that a file can be given another name.
    private func twoPaths(_ start: PathStart, _ flags: PathFlags, _ mutator: inout Mutator) -> TwoPaths {
        let isAny = mutator.chance(25)
        let from = mutator.random.pick(isAny ? FuzzTests.paths : ["/bin/data", "/bin/x", "/etc/y"])
        let to = mutator.random.pick(isAny ? FuzzTests.paths : ["/bin/data", "/bin/x", "/etc/y", "/mnt/z"])
        return TwoPaths(
            fromStart: start, fromFlags: flags, from: Array(from.utf8), toStart: start, toFlags: [], to: Array(to.utf8))
    }

    /// A request that may make sense.
    private func request(_ world: World, _ hart: FakeHart, _ mutator: inout Mutator) -> [UInt8] {
        let id = RequestID(rawValue: hart.nextRequest)
        let pid = self.pid(world, &mutator)
        let space = mutator.chance(90) ? 8192 : mutator.below(300)
        let path = FuzzTests.paths[mutator.below(FuzzTests.paths.count)]
        var start = World.rootStart
        if mutator.chance(30), let directory = hart.started?.workingDirectory {
            start = PathStart(connection: directory.connection, handle: directory.handle)
        }
        func message(_ operation: ABI.Operation, _ body: some Wire) -> [UInt8] {
            Message.request(operation, id: id, replySpace: space, body)
        }
        var flags = PathFlags(rawValue: UInt8(mutator.below(8)))
        if mutator.chance(70) { flags.remove(.beneath) }
        switch mutator.below(24) {
        case 0: return message(.wait, Wait(target: mutator.chance(50) ? -1 : pid, flags: mutator.chance(60) ? .noHang : []))
        case 1: return message(.kill, Kill(target: pid == 1 ? 9 : pid, signal: UInt8(mutator.below(32))))
        case 2:
            return message(
                .setProcessGroup,
                SetProcessGroup(
                    process: ProcessID(rawValue: mutator.chance(50) ? 0 : pid),
                    group: ProcessGroupID(rawValue: mutator.chance(50) ? 0 : self.pid(world, &mutator))))
        case 3: return message(.processStatus, OneProcess(process: ProcessID(rawValue: pid)))
        case 4:
            return message(
                .setDisposition,
                SetDisposition(
                    signal: Signal(rawValue: UInt8(1 + mutator.below(31)))!,
                    disposition: [.standard, .ignore, .interrupt][mutator.below(3)]))
        case 5: return message(.processes, OneProcess(process: ProcessID(rawValue: pid)))
        case 6: return message(.connect, Connect(service: [.none, .fileSystem, .pipe, .terminal][mutator.below(4)]))
        case 7, 8:
            return message(mutator.chance(50) ? .rename : .link, twoPaths(start, flags, &mutator))
        case 9: return message(.location, start)
        case 10:
            return message(.mount, Mount(start: start, target: Array(path.utf8), type: Array("tmpfs".utf8), options: []))
        case 11: return message(.unmount, Unmount(start: start, target: Array(path.utf8)))
        case 12: return message(.mounts, Nothing())
        case 13:
            return message(
                .spawn, world.spawnRequest(hart, path, flags: SpawnFlags(rawValue: UInt32(mutator.below(16)))))
        default:
            let operation = FuzzTests.finals[mutator.below(FuzzTests.finals.count)]
            hart.steps[id.rawValue] = "path \(operation.name)"
            return message(.path, world.pathRequest(path, operation, start: start, flags: flags))
        }
    }

    /// One of the programs says something; false if there is none, or it may not say more now.
    @discardableResult
    private func say(_ world: World, _ mutator: inout Mutator, breaks: Bool) -> Bool {
        let harts = world.harts.values.filter { $0.role == .program && !$0.isGone && $0.started != nil }.sorted { $0.id < $1.id }
        guard !harts.isEmpty else { return false }
        let hart = harts[mutator.below(harts.count)]
        let isInit = hart.started?.process == .initial
        guard hart.asked.count < 14 else {
            // Its credit is spent: it gives something up.
            if let id = hart.asked.min() { world.notify(hart, .cancel, Cancel(request: RequestID(rawValue: id))) }
            return false
        }
        var message = request(world, hart, &mutator)
        let isWait = message[2..<4].elementsEqual([
            UInt8(truncatingIfNeeded: ABI.Operation.wait.rawValue), UInt8(ABI.Operation.wait.rawValue >> 8),
        ])
        let id = hart.nextRequest
        if breaks && mutator.chance(25) {
            // init must not break the protocol; what it asks for may be nonsense.
            message = mutator.mutate(message, from: isInit || mutator.chance(90) ? Header.size : 0)
            // Whatever is asked for now, it counts under its operation's name alone.
            if hart.steps[id] != nil { hart.steps[id] = "path" }
        }
        if !isInit && mutator.chance(1) { message = mutator.random.bytes(mutator.below(120)) }
        var reader = Reader(message)
        if let header = try? Header(from: &reader), header.kind == .request {
            hart.nextRequest += 1
            hart.asks(header.request.rawValue)
        } else if isInit {
            return false
        }
        world.send(hart.id.rawValue, message)
        // A wait is what mostly waits.
        if mutator.chance(isWait ? 50 : 10) { world.notify(hart, .cancel, Cancel(request: RequestID(rawValue: id))) }
        if !isInit && mutator.chance(3) {
            world.notify(hart, .exit, Exit(end: ProcessEnd(kind: .exited, code: 1), reason: []))
            world.notify(hart, .last, Nothing())
        }
        if !isInit && mutator.chance(1) { world.die(hart.id.rawValue) }
        return true
    }

    /// Ends everything but init, and looks for what is left.
    private func close(_ world: World) throws {
        world.treat = { _, _, _ in .normal }
        world.pump()
        for module in ["tty", "netfs", "pipe", "tmpfs", "devfs", "procfs"] {
            #expect(world.created.last { $0 == module } != nil)
        }
        #expect(world.panic == nil)
        // Requests may wait for a driver whose time is not up yet.
        for _ in 0..<100 where world.deadline != .never { world.expire() }
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
        #expect(world.manager.processes.count == 7)
        #expect(world.manager.hartCount == 7)
        #expect(world.manager.taskCount == 0)
        #expect(world.manager.pendingCount == 0)
        #expect(world.manager.outgoingCount == 0)
        #expect(initial.asked.isEmpty)
    }

    /// Requests of processes, sensible and not: nothing traps, everything is answered, nothing is left.
    @Test(arguments: [UInt64(1), 2, 3, 4]) func processesSayAnything(seed: UInt64) throws {
        var mutator = Mutator(random: Seeded(1000 &+ seed &+ Run.seed))
        var coverage = Coverage()
        var messages = 0
        while messages < Run.messages / 4 {
            let world = FuzzTests.world(Seeded(mutator.random.next()), coverage)
            let images = Source(mutator.random.next())
            world.treat = { _, header, _ in header.operation == .startProgram && images.below(20) == 0 ? .fail(.execFormatError) : .normal }
            let initial = world.initial
            for round in 0..<FuzzTests.epoch {
                if round % 8 == 0, initial.asked.count < 12 {
                    world.ask(initial, .spawn, world.spawnRequest(initial, flags: SpawnFlags(rawValue: UInt32(mutator.below(4)))))
                }
                if round % 16 == 0, initial.asked.count < 12 { world.ask(initial, .wait, Wait(target: -1, flags: .noHang)) }
                if say(world, &mutator, breaks: true) { messages += 1 }
                for _ in 0..<mutator.below(12) { _ = world.step() }
                if world.panic != nil { break }
            }
            coverage = world.coverage
            try close(world)
            world.expectQuiet()
        }
        #expect(coverage.gaps(served: FuzzTests.served + ["path"], refused: FuzzTests.refused) == [])
    }

    /// Messages to resmgr of which some answers and notices of servers and of the monitor are changed.
    @Test(arguments: [UInt64(11), 12, 13, 14]) func serversSayAnything(seed: UInt64) throws {
        var mutator = Mutator(random: Seeded(1000 &+ seed &+ Run.seed))
        var coverage = Coverage()
        var carried = 0
        while carried < Run.messages / 4 {
            let world = FuzzTests.world(Seeded(mutator.random.next()), coverage)
            let initial = world.initial
            for _ in 0..<FuzzTests.epoch where world.panic == nil {
                if initial.asked.count < 12 { world.ask(initial, .spawn, world.spawnRequest(initial)) }
                if initial.asked.count < 12 { world.ask(initial, .wait, Wait(target: -1, flags: .noHang)) }
                say(world, &mutator, breaks: false)
                for _ in 0..<mutator.below(20) {
                    disturb(world, &mutator)
                    if world.step() { carried += 1 }
                }
            }
            coverage = world.coverage
            try close(world)
        }
        let gaps = coverage.gaps(
            served: ["spawn", "wait", "kill", "connect", "location", "mounts", "path open", "path status"],
            refused: [("spawn", .ioError)], others: FuzzTests.served)
        #expect(gaps == [])
    }

    /// Sometimes a server or the monitor says or does what it should not.
    private func disturb(_ world: World, _ mutator: inout Mutator) {
        let servers = world.harts.values.filter { $0.role == .server && !$0.isGone }.sorted { $0.id < $1.id }
        guard !servers.isEmpty else { return }
        let server = servers[mutator.below(servers.count)]
        if mutator.chance(4), let message = world.inbound[server.id.rawValue]?.first, message.count > Header.size {
            // An answer under way is changed behind its header, so that the driver goes on living.
            world.inbound[server.id.rawValue]![0] = mutator.mutate(message, from: Header.size)
        }
        if mutator.below(1500) == 0 {
            // A whole message is changed, and the driver replaced; far enough from the last time.
            world.now += 15_000_000_000
            world.send(server.id.rawValue, mutator.random.bytes(mutator.below(100)))
        }
        if mutator.below(1500) == 0 {
            world.now += 15_000_000_000
            world.die(server.id.rawValue)
        }
        if mutator.chance(1) {
            world.notify(server, .signalGroup, SignalGroup(group: ProcessGroupID(rawValue: pid(world, &mutator)), signal: .hangUp))
        }
        if mutator.below(500) == 0 {
            world.notify(server, .fault, ProcessGone(process: ProcessIdentity(rawValue: mutator.random.next())))
        }
        if mutator.below(500) == 0 { world.send(0, mutator.mutate(Message.notice(.hartGone, RawBytes([1])), from: 0)) }
        if mutator.below(500) == 0 { world.handle(.timer) }
    }

    /// The state can be written down at any time and goes on as if nothing had happened.
    @Test(arguments: [UInt64(21), 22, 23]) func checkpointsAtAnyTime(seed: UInt64) throws {
        let world = World.booted()
        world.checkEvery = 16
        world.keepsNoDead = true
        world.random = Seeded(seed &+ Run.seed)
        var mutator = Mutator(random: Seeded(1000 &+ seed &+ Run.seed))
        let initial = world.initial
        for round in 0..<(Run.isLong ? 3_000 : 400) {
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
            world.random = Seeded(5)
            var mutator = Mutator(random: Seeded(6))
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
