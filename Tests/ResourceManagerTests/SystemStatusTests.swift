import ABI
import ResourceManager
import ServerKit
import TestSupport
import Testing

@Suite struct SystemStatusTests {
    private static let names = ["resmgr", "tty", "netfs", "pipe", "tmpfs", "devfs", "procfs"]

    private func counters(_ requests: UInt64) -> Counters {
        var counters = Counters()
        counters.requests = requests
        return counters
    }

    private func status(_ world: World) throws -> SystemStatus {
        try world.call(world.server("procfs"), .systemStatus, Nothing(), SystemStatus.self)
    }

    private func server(_ status: SystemStatus, _ name: String) throws -> ServerStatus {
        try #require(status.servers.first { $0.name == Array(name.utf8) })
    }

    /// Loses what a server is asked for its counters.
    private func silence(_ world: World, _ module: String) {
        world.treat = { hart, header, _ in hart?.module == module && header.operation == .counters ? .lose : .normal }
    }

    @Test func tellsOfEveryServer() throws {
        let world = World()
        world.start("manifest=abc\nwait=park\n")
        world.pump()
        world.expire()
        for (index, name) in Self.names.dropFirst().enumerated() { world.server(name).counters = counters(UInt64(index) + 100) }
        let status = try status(world)
        #expect(status.wait == Array("park".utf8))
        #expect(status.servers.map { String(decoding: $0.name, as: UTF8.self) } == Self.names)
        #expect(status.servers.allSatisfy { $0.restarts == 0 && $0.report?.age == .zero })
        #expect(status.servers.dropFirst().map { $0.report?.counters } == (100..<106).map { counters($0) })
        #expect(world.deadline == .never, "nobody waits any more")
        world.expectQuiet()
    }

    @Test func resmgrCountsItself() throws {
        let world = World.booted()
        let before = try #require(try server(try status(world), "resmgr").report).counters
        let child = try world.spawn(world.initial)
        world.ask(world.initial, .wait, Wait(target: -1, flags: []))
        world.ask(child, .wait, Wait(target: -1, flags: []))
        world.notify(child, .cancel, Cancel(request: RequestID(rawValue: 77)))
        world.pump()
        var after = try #require(try server(try status(world), "resmgr").report).counters
        // The question itself is unanswered each time; init waits, its child has nothing to wait for.
        #expect(before.unanswered == 1 && after.unanswered == 2)
        // The first question, the spawn and the child's wait were answered.
        #expect(after.answers == before.answers + 3)
        #expect(after.requests == before.requests + 4)
        #expect(after.noticesReceived == before.noticesReceived + 1)
        #expect(after.bytesReceived > before.bytesReceived && after.bytesSent > before.bytesSent)
        // What a process that is over waited for is answered to nobody.
        let grandchild = try world.spawn(child)
        world.ask(child, .wait, Wait(target: -1, flags: []))
        world.pump()
        world.exit(child)
        world.exit(grandchild)
        after = try #require(try server(try status(world), "resmgr").report).counters
        #expect(after.abandoned == before.abandoned + 1)
        #expect(after.requests == after.answers + after.abandoned + after.unanswered)
        #expect(after.noticesSent > before.noticesSent)
    }

    @Test func aDriverThatDoesNotAnswerIsNotWaitedForLong() throws {
        let world = World.booted()
        world.server("tty").counters = counters(1)
        _ = try status(world)
        world.server("tty").counters = counters(2)
        world.server("pipe").counters = counters(3)
        silence(world, "tty")
        world.now += 1_000_000
        let begin = world.now
        let id = world.ask(world.server("procfs"), .systemStatus, Nothing())
        world.pump()
        #expect(world.server("procfs").answers[id] == nil)
        #expect(world.deadline == Nanoseconds(rawValue: begin + Limits.counters))
        world.expire()
        let late = try world.result(world.server("procfs"), id, SystemStatus.self)
        // As it was last seen.
        #expect(
            try server(late, "tty").report
                == CountersReport(counters: counters(1), age: Nanoseconds(rawValue: Limits.counters + 1_000_000)))
        #expect(try server(late, "pipe").report?.counters == counters(3))
        #expect(world.console == [])
    }

    @Test func aDriverThatDoesNotAnswerIsAskedOnce() throws {
        let world = World.booted()
        var asked = 0
        world.treat = { hart, header, _ in
            guard hart?.module == "pipe", header.operation == .counters else { return .normal }
            asked += 1
            return .lose
        }
        for _ in 0..<20 {
            let id = world.ask(world.server("procfs"), .systemStatus, Nothing())
            world.pump()
            world.expire()
            #expect(try server(try world.result(world.server("procfs"), id, SystemStatus.self), "pipe").report == nil)
        }
        #expect(asked == 1)
        #expect(world.manager.outgoingCount == 1 && world.manager.taskCount == 0)
        // It dies, and the one that comes after it is asked again.
        world.treat = { _, _, _ in .normal }
        world.die(world.server("pipe").id.rawValue)
        world.pump()
        world.server("pipe").counters = counters(9)
        let pipe = try server(try status(world), "pipe")
        #expect(pipe.report?.counters == counters(9) && pipe.restarts == 1)
        world.expectQuiet()
    }

    @Test func anAnswerThatComesLateIsKept() throws {
        let world = World.booted()
        var late: [UInt8]?
        world.treat = { hart, header, _ in
            guard hart?.module == "pipe", header.operation == .counters else { return .normal }
            late = Message.reply(.counters, id: header.request, self.counters(5))
            return .lose
        }
        let id = world.ask(world.server("procfs"), .systemStatus, Nothing())
        world.pump()
        world.expire()
        #expect(try server(try world.result(world.server("procfs"), id, SystemStatus.self), "pipe").report == nil)
        world.send(world.server("pipe").id.rawValue, try #require(late))
        world.pump()
        // It does not answer the second time either.
        let again = world.ask(world.server("procfs"), .systemStatus, Nothing())
        world.pump()
        world.expire()
        let status = try world.result(world.server("procfs"), again, SystemStatus.self)
        #expect(
            try server(status, "pipe").report == CountersReport(counters: counters(5), age: Nanoseconds(rawValue: Limits.counters)))
        #expect(world.console == [], "nobody broke the protocol")
    }

    @Test func countersBeginAnewWithEachStart() throws {
        let world = World.booted()
        world.server("pipe").counters = counters(50)
        _ = try status(world)
        for count in 1...3 {
            world.die(world.server("pipe").id.rawValue)
            world.pump()
            let pipe = try server(try status(world), "pipe")
            #expect(pipe.restarts == UInt32(count) && pipe.report?.counters == counters(0))
        }
        // One that does not come back has no counters.
        world.silent = ["pipe"]
        world.die(world.server("pipe").id.rawValue)
        world.pump()
        let pipe = try server(try status(world), "pipe")
        #expect(pipe.restarts == 4 && pipe.report == nil)
    }

    @Test func aDriverThatDiesWhenItIsAskedIsNotWaitedFor() throws {
        for name in ["tty", "netfs", "devfs"] {
            let world = World.booted()
            world.treat = { hart, header, _ in hart?.module == name && header.operation == .counters ? .die : .normal }
            let procfs = world.server("procfs")
            let id = world.ask(procfs, .systemStatus, Nothing())
            world.pump()
            #expect(try server(try world.result(procfs, id, SystemStatus.self), name).report == nil)
            world.treat = { _, _, _ in .normal }
            #expect(try server(try status(world), name).restarts == 1)
            world.expectQuiet()
        }
    }

    @Test func nonsenseCountsAsNoAnswer() throws {
        let world = World.booted()
        world.treat = { hart, header, _ in hart?.module == "pipe" && header.operation == .counters ? .fail(.notSupported) : .normal }
        #expect(try server(try status(world), "pipe").report == nil)
        world.expectQuiet()
    }

    @Test func onlyServersMayAsk() throws {
        let world = World.booted()
        for operation in [ABI.Operation.systemStatus, .bootSteps] {
            #expect(throws: Errno.notPermitted) { try world.call(world.initial, operation, Nothing(), Nothing.self) }
        }
        #expect(throws: Errno.badMessage) { try world.call(world.server("procfs"), .systemStatus, RawBytes([1]), Nothing.self) }
        #expect(throws: Errno.badMessage) { try world.call(world.server("procfs"), .bootSteps, RawBytes([1]), Nothing.self) }
    }

    @Test func theAnswerFitsItsRoom() throws {
        let world = World.booted()
        let procfs = world.server("procfs")
        let status = try status(world)
        var writer = Writer()
        writer.value(status)
        for space in [8, 100, 200, writer.bytes.count - 1, writer.bytes.count] {
            let id = world.ask(procfs, .systemStatus, Nothing(), space: space)
            world.pump()
            let part = try world.result(procfs, id, SystemStatus.self)
            #expect(part.servers.map { $0.name } == status.servers.prefix(part.servers.count).map { $0.name })
            #expect((part.servers.count == status.servers.count) == (space == writer.bytes.count))
        }
        let none = world.ask(procfs, .systemStatus, Nothing(), space: 3)
        world.pump()
        #expect(procfs.answers[none]?.error == .overflow)
    }

    @Test(arguments: 0..<20) func theStateIsWrittenDownWhileItIsAsked(seed: Int) throws {
        let world = World.booted()
        world.random = Seeded(UInt64(seed))
        silence(world, "tty")
        let id = world.ask(world.server("procfs"), .systemStatus, Nothing())
        for _ in 0..<seed { _ = world.step() }
        var writer = Writer()
        world.manager.encode(into: &writer)
        var reader = Reader(writer.bytes)
        world.manager = try ResourceManager(decoding: &reader)
        world.pump()
        world.expire()
        let status = try world.result(world.server("procfs"), id, SystemStatus.self)
        #expect(try server(status, "tty").report == nil && status.servers.count == Self.names.count)
    }

    @Test func tellsHowTheSystemCameUp() throws {
        let world = World.booted()
        func steps() throws -> [BootStep] { try world.call(world.server("procfs"), .bootSteps, Nothing(), BootSteps.self).steps }
        let texts = try steps().map { String(decoding: $0.text, as: UTF8.self) }
        #expect(texts.first == "resmgr runs")
        #expect(texts[1...5].elementsEqual(Self.names.dropFirst().dropLast().map { "\($0) ordered" }))
        let start = try #require(texts.firstIndex(of: "/sbin/init runs"))
        #expect(texts[start...].contains("procfs ordered"))
        for name in Self.names.dropFirst() { #expect(texts.count { $0 == "\(name) registered" } == 1) }
        for target in ["/", "/dev", "/tmp", "/home", "/mnt", "/proc"] { #expect(texts.count { $0 == "\(target) mounted" } == 1) }
        #expect(texts.count { $0 == "/sbin/init runs" } == 1)
        #expect(try steps().map { $0.time } == steps().map { $0.time }.sorted())
        // A program that takes a terminal, and no other.
        for flags in [[], .newSession, [.newSession, .controllingTerminal]] as [SpawnFlags] { try world.spawn(world.initial, flags: flags) }
        #expect(try steps().map { String(decoding: $0.text, as: UTF8.self) } == texts + ["/bin/program runs on the console"])
    }

    @Test func aDriverThatEndsAgainAndAgainFillsNoMemory() throws {
        let world = World.booted()
        let first = try world.call(world.server("procfs"), .bootSteps, Nothing(), BootSteps.self).steps
        for _ in 0..<100 {
            world.now += 20_000_000_000
            world.die(world.server("pipe").id.rawValue)
            world.pump()
        }
        let steps = try world.call(world.server("procfs"), .bootSteps, Nothing(), BootSteps.self).steps
        #expect(steps.count == Limits.bootSteps)
        #expect(Array(steps.prefix(first.count)) == first)
        #expect(String(decoding: steps[first.count].text, as: UTF8.self) == "pipe ended: it trapped: injected")
    }
}

/// procfs is a driver that the start does not wait for.
@Suite struct UnawaitedServerTests {
    private func silent() -> World {
        let world = World()
        world.silent = ["procfs"]
        world.start()
        world.pump()
        return world
    }

    private func isAnswered(_ world: World, _ id: UInt32) -> Bool { world.initial.answers[id] != nil }

    @Test func theSystemIsUpBeforeIt() throws {
        let world = silent()
        #expect(world.isBooted && world.console == [])
        // Who comes to its directory waits; nobody else does.
        let root = world.ask(world.initial, .path, world.pathRequest("/proc", .status))
        let file = world.ask(world.initial, .path, world.pathRequest("/proc/file", .open(OpenFile(access: .read))))
        let given = world.ask(world.initial, .path, world.pathRequest("/proc/file", .status))
        _ = try world.path(world.initial, "/etc", .status)
        _ = try world.path(world.initial, "/dev/null", .status)
        try world.spawn(world.initial)
        #expect(!isAnswered(world, root) && !isAnswered(world, file))
        world.notify(world.initial, .cancel, Cancel(request: RequestID(rawValue: given)))
        world.pump()
        #expect(world.initial.answers[given]?.error == .interrupted)
        world.silent = []
        world.startServer(world.server("procfs"))
        world.server("procfs").files!.make("/file", .regular)
        world.pump()
        #expect(world.initial.answers[root]?.error == nil && isAnswered(world, root))
        #expect(world.initial.answers[file]?.error == nil && isAnswered(world, file))
        world.expectQuiet()
    }

    @Test func whoeverComesToItFindsItOrWaitsInEveryOrderOfMessages() throws {
        for seed in 0..<60 {
            let world = World()
            world.prepare = { files, module in if module == "procfs" { files.make("/file", .regular) } }
            world.random = Seeded(UInt64(seed))
            world.start()
            while !world.isBooted && world.step() {}
            let id = world.ask(world.initial, .path, world.pathRequest("/proc/file", .status))
            world.pump()
            #expect(isAnswered(world, id) && world.initial.answers[id]?.error == nil, "seed \(seed)")
            world.expectQuiet()
        }
    }

    @Test func oneThatNeverComesIsNotWaitedForLong() throws {
        let world = silent()
        let id = world.ask(world.initial, .path, world.pathRequest("/proc/file", .status))
        world.pump()
        #expect(!isAnswered(world, id))
        world.expire()
        #expect(world.initial.answers[id]?.error == .ioError)
        #expect(world.console == ["procfs: it did not register in time; it is started again"])
        #expect(throws: Errno.ioError) { try world.path(world.initial, "/proc", .status) }
        // It may still come.
        world.silent = []
        world.startServer(world.server("procfs"))
        world.pump()
        _ = try world.path(world.initial, "/proc", .status)
        let steps = try world.call(world.server("procfs"), .bootSteps, Nothing(), BootSteps.self).steps.map(\.text)
        #expect(steps.suffix(2) == [Array("procfs registered".utf8), Array("/proc mounted".utf8)])
        world.expectQuiet()
    }

    @Test func oneThatDiesOnTheWayIsStillExpected() throws {
        let world = silent()
        let id = world.ask(world.initial, .path, world.pathRequest("/proc", .status))
        world.pump()
        world.silent = []
        world.die(world.server("procfs").id.rawValue)
        world.pump()
        #expect(world.initial.answers[id]?.error == nil && isAnswered(world, id))
        #expect(world.console == ["procfs: it trapped: injected; it is started again"])
        // It dies between its registration and the mount.
        let other = silent()
        let waiting = other.ask(other.initial, .path, other.pathRequest("/proc", .status))
        other.pump()
        other.treat = { hart, header, _ in hart?.module == "procfs" && header.operation == .walk ? .die : .normal }
        other.silent = []
        other.startServer(other.server("procfs"))
        while other.created.count(where: { $0 == "procfs" }) == 1 && other.step() {}
        other.treat = { _, _, _ in .normal }
        other.pump()
        #expect(other.initial.answers[waiting]?.error == nil && isAnswered(other, waiting))
        other.expectQuiet()
    }

    @Test func withoutADirectoryForItTheSystemIsUpAllTheSame() throws {
        let world = World()
        world.treat = { hart, header, body in
            guard hart?.module == "netfs", header.operation == .walk else { return .normal }
            var reader = Reader(body)
            guard let walk = try? reader.value(Walk.self), walk.path == Array("/proc".utf8) else { return .normal }
            return .fail(.noSuchFileOrDirectory)
        }
        world.start()
        world.pump()
        #expect(world.isBooted)
        #expect(world.console == ["/proc cannot be mounted: no such file or directory"])
        #expect(throws: Errno.noSuchFileOrDirectory) { try world.path(world.initial, "/proc", .status) }
        world.expectQuiet()
    }

    @Test(arguments: 0..<20) func theRootFileSystemMayDieWhileItIsMounted(seed: Int) throws {
        let world = World()
        world.random = Seeded(UInt64(seed))
        var left = 1 + seed % 10
        world.treat = { hart, header, _ in
            guard hart?.module == "netfs", [.walk, .setMountPoint].contains(header.operation) else { return .normal }
            left -= 1
            return left == 0 ? .die : .normal
        }
        world.start()
        world.pump()
        #expect(world.isBooted)
        // Each mount is tried again when the root is there, and not before.
        for target in ["/dev", "/dev/pts", "/proc", "/tmp", "/home", "/mnt"] {
            #expect(world.console.count { $0.hasPrefix("\(target) cannot be mounted") } <= 1, "\(world.console)")
            _ = try world.path(world.initial, target, .status)
        }
        let mounts = try world.call(world.initial, .mounts, Nothing(), MountList.self).mounts
        #expect(
            mounts.map { String(decoding: $0.target, as: UTF8.self) }.sorted() == [
                "/", "/dev", "/dev/pts", "/home", "/mnt", "/proc", "/tmp",
            ],
            "\(world.console)")
        world.expectQuiet()
    }

    @Test func theRootFileSystemMayComeBackBeforeIt() throws {
        let world = silent()
        world.die(world.server("netfs").id.rawValue)
        world.pump()
        let id = world.ask(world.initial, .path, world.pathRequest("/proc", .status))
        world.pump()
        #expect(!isAnswered(world, id))
        world.silent = []
        world.startServer(world.server("procfs"))
        world.pump()
        #expect(world.initial.answers[id]?.error == nil && isAnswered(world, id))
        world.expectQuiet()
    }
}
