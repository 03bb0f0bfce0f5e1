import ABI
import Processes
import ResourceManager
import ServerKit
import TestSupport
import Testing
import VFS

@Suite struct ServerTests {
    @Test func connectsToServices() throws {
        let world = World.booted()
        let first = try world.call(world.initial, .connect, Connect(service: .pipe), Connected.self).connection
        #expect(world.initial.connections[first.rawValue] == world.server("pipe").stamp.process)
        #expect(try world.call(world.initial, .connect, Connect(service: .pipe), Connected.self).connection == first)
        for service in [Service.none, .fileSystem] {
            #expect(throws: Errno.noSuchAddressOrDevice) {
                try world.call(world.initial, .connect, Connect(service: service), Connected.self)
            }
        }
        // Asked twice at once, it is one connection.
        let child = try world.spawn(world.initial)
        let one = world.ask(child, .connect, Connect(service: .pipe))
        let two = world.ask(child, .connect, Connect(service: .pipe))
        world.pump()
        #expect(try world.result(child, one, Connected.self) == world.result(child, two, Connected.self))
        world.expectQuiet()
    }

    @Test func aServerThatDiesIsStartedAgain() throws {
        let world = World.booted()
        let old = world.server("pipe")
        let connection = try world.call(world.initial, .connect, Connect(service: .pipe), Connected.self).connection
        world.die(old.id.rawValue, "unreachable")
        world.pump()
        #expect(world.console == ["pipe: it trapped: unreachable; it is started again"])
        #expect(world.server("pipe") !== old)
        let notice = try #require(world.initial.notices.last)
        #expect(notice.0 == .connectionLost)
        var reader = Reader(notice.1)
        #expect(try reader.value(ConnectionLost.self).connection == connection)
        #expect(world.initial.connections[connection.rawValue] == nil)
        let next = try world.call(world.initial, .connect, Connect(service: .pipe), Connected.self).connection
        #expect(next != connection)
        #expect(world.initial.connections[next.rawValue] == world.server("pipe").stamp.process)
        let lost = PathStart(connection: connection, handle: Handle(index: 0, generation: 1))
        #expect(throws: Errno.ioError) { try world.path(world.initial, "x", .status, start: lost) }
        world.expectQuiet()
        #expect(world.manager.processes.all.count { $0.isServer } == 6)
    }

    @Test func outstandingRequestsAreMadeAgainOrFail() throws {
        let world = World.booted()
        world.treat = { hart, header, _ in hart?.module == "netfs" && header.operation == .walk ? .lose : .normal }
        let path = world.ask(world.initial, .path, world.pathRequest("/bin", .open(OpenFile(access: .read))))
        let making = world.ask(world.initial, .path, world.pathRequest("/new", .makeDirectory(0o755)))
        let creating = world.ask(world.initial, .path, world.pathRequest("/new", .open(OpenFile(access: .write, open: .create))))
        let spawn = world.ask(world.initial, .spawn, world.spawnRequest(world.initial))
        world.pump()
        #expect(world.initial.answers[path] == nil)
        world.treat = { _, _, _ in .normal }
        world.die(world.server("netfs").id.rawValue)
        world.pump()
        #expect(world.initial.answers[path]?.error == nil, "what only looks is looked at once more")
        for lost in [making, creating, spawn] { #expect(world.initial.answers[lost]?.error == .ioError) }
        world.expectQuiet()
    }

    @Test func requestsWaitWhileADriverComesBack() throws {
        let world = World.booted()
        _ = try world.path(world.initial, "/tmp/sub", .makeDirectory(0o755))
        // netfs is started again and says that it is ready, but what is mounted on its directories is not yet marked there.
        world.treat = { hart, header, _ in hart?.module == "netfs" && header.operation == .setMountPoint ? .lose : .normal }
        world.die(world.server("netfs").id.rawValue)
        world.pump()
        let status = world.ask(world.initial, .path, world.pathRequest("/dev/null", .status))
        let sub = world.ask(world.initial, .path, world.pathRequest("/tmp/sub", .status))
        let cancelled = world.ask(world.initial, .path, world.pathRequest("/bin", .status))
        world.pump()
        for waiting in [status, sub, cancelled] { #expect(world.initial.answers[waiting] == nil) }
        world.notify(world.initial, .cancel, Cancel(request: RequestID(rawValue: cancelled)))
        world.pump()
        #expect(world.initial.answers[cancelled]?.error == .interrupted)
        // It dies once more on the way; the next one is answered.
        world.treat = { _, _, _ in .normal }
        world.die(world.server("netfs").id.rawValue)
        world.pump()
        #expect(world.initial.answers[status]?.error == nil && world.initial.answers[status] != nil)
        #expect(world.initial.answers[sub]?.error == nil && world.initial.answers[sub] != nil)
        world.expectQuiet()
    }

    @Test func requestsDoNotWaitForADriverThatStaysAway() throws {
        let world = World.booted()
        world.silent = ["pipe"]
        world.die(world.server("pipe").id.rawValue)
        world.pump()
        let status = world.ask(world.initial, .path, world.pathRequest("/bin", .status))
        world.pump()
        #expect(world.initial.answers[status] == nil)
        world.expire()
        #expect(world.initial.answers[status]?.error == nil && world.initial.answers[status] != nil)
    }

    @Test func mountsComeBack() throws {
        let world = World.booted()
        _ = try world.path(world.initial, "/tmp/sub", .makeDirectory(0o755))
        world.die(world.server("tmpfs").id.rawValue)
        world.pump()
        #expect(world.console.contains("tmpfs: what was in /tmp is lost"))
        #expect(throws: Errno.noSuchFileOrDirectory) { try world.path(world.initial, "/tmp/sub", .status) }
        _ = try world.path(world.initial, "/tmp/sub", .makeDirectory(0o755))
        world.die(world.server("netfs").id.rawValue)
        world.pump()
        _ = try world.path(world.initial, "/tmp/sub", .status)
        _ = try world.path(world.initial, "/dev/null", .status)
        world.die(world.server("devfs").id.rawValue)
        world.pump()
        guard case .opened = try world.path(world.initial, "/dev/null", .open(OpenFile(access: .read))) else {
            Issue.record("not opened")
            return
        }
        #expect(try world.call(world.initial, .mounts, Nothing(), MountList.self).mounts.count == 7)
        #expect(world.panic == nil)
        world.expectQuiet()
    }

    @Test func aMountWhoseDirectoryIsLostIsTakenAway() throws {
        let world = World.booted()
        _ = try world.path(world.initial, "/mnt/inner", .makeDirectory(0o755))
        try world.call(
            world.initial, .mount,
            Mount(start: World.rootStart, target: Array("/mnt/inner".utf8), type: Array("tmpfs".utf8), options: []), Nothing.self)
        world.die(world.server("tmpfs").id.rawValue)
        world.pump()
        #expect(world.console.contains("/mnt/inner is no longer mounted: no such file or directory"))
        #expect(try world.call(world.initial, .mounts, Nothing(), MountList.self).mounts.count == 7)
        world.expectQuiet()
    }

    @Test func rootCanKillAServer() throws {
        let world = World.booted()
        let list = try world.call(world.initial, .processes, OneProcess(process: ProcessID(rawValue: 0)), ProcessList.self)
        let pipe = try #require(list.processes.first { $0.command == [ByteString("pipe")] })
        #expect(pipe.isServer)
        try world.kill(world.initial, pipe.process.rawValue, .terminate)
        #expect(world.created.count { $0 == "pipe" } == 1)
        try world.kill(world.initial, pipe.process.rawValue, .kill)
        #expect(world.created.count { $0 == "pipe" } == 2)
        #expect(world.console == ["pipe: it was killed; it is started again"])
        world.expectQuiet()
    }

    @Test func tooManyDeathsAreEnough() throws {
        let world = World.booted()
        for _ in 0..<6 {
            world.die(world.server("pipe").id.rawValue)
            world.pump()
        }
        #expect(world.created.count { $0 == "pipe" } == 6)
        #expect(world.console.last == "pipe: it trapped: injected; it ended too often and is not started again")
        #expect(throws: Errno.noSuchAddressOrDevice) {
            try world.call(world.initial, .connect, Connect(service: .pipe), Connected.self)
        }
        // Deaths that are far apart are forgiven.
        let other = World.booted()
        for _ in 0..<20 {
            other.now += 20_000_000_000
            other.die(other.server("pipe").id.rawValue)
            other.pump()
        }
        #expect(other.created.count { $0 == "pipe" } == 21)
    }

    @Test func withoutRootItIsOver() throws {
        let world = World.booted()
        for _ in 0..<6 where world.panic == nil {
            world.die(world.server("netfs").id.rawValue)
            world.pump()
        }
        #expect(world.panic == "there is no root file system: netfs: it trapped: injected")
    }

    @Test func aServerThatBreaksTheProtocolIsReplaced() throws {
        let world = World.booted()
        let first = world.server("tmpfs")
        world.send(first.id.rawValue, [0, 1, 2])
        world.pump()
        #expect(world.server("tmpfs") !== first)
        #expect(world.console.first == "tmpfs: it sent a malformed message; it is started again")
        #expect(throws: Errno.notPermitted) {
            try world.call(world.server("pipe"), .kill, Kill(target: 1, signal: 9), Nothing.self)
        }
        #expect(throws: Errno.alreadyInProgress) {
            try world.call(world.server("pipe"), .register, Register(name: [65], service: .none, majors: []), Nothing.self)
        }
        world.expectQuiet()
    }

    @Test(arguments: 0..<80) func aServerDiesAtEveryPointOfAnOpen(step: Int) throws {
        for module in ["netfs", "devfs"] {
            let world = World.booted()
            if step % 2 == 1 { world.random = Seeded(UInt64(step)) }
            let child = try world.spawn(world.initial)
            let ids = ["/bin/data", "/dev/null", "/dev/console"].map {
                world.ask(child, .path, world.pathRequest($0, .open(OpenFile(access: .read))))
            }
            let mount = world.ask(
                child, .mount,
                Mount(start: World.rootStart, target: Array("/etc".utf8), type: Array("tmpfs".utf8), options: []))
            for _ in 0..<step { _ = world.step() }
            world.die(world.server(module).id.rawValue)
            world.pump()
            for id in ids + [mount] { #expect(child.answers[id] != nil) }
            #expect(world.panic == nil)
            world.exit(child)
            world.expectQuiet()
            _ = try world.path(world.initial, "/dev/null", .status)
        }
    }
}
