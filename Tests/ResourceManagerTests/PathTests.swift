import ABI
import Processes
import ResourceManager
import ServerKit
import TestSupport
import Testing
import VFS

@Suite struct PathTests {
    static func world() -> World {
        World.booted { files, module in
            guard module == "netfs" else { return }
            files.make("/etc/motd", .regular)
            files.make("/a/b/c", .directory)
            files.make("/a/up", .symbolicLink, target: "../etc/motd")
            files.make("/a/absolute", .symbolicLink, target: "/etc/motd")
            files.make("/a/device", .symbolicLink, target: "/dev/null")
            files.make("/a/loop", .symbolicLink, target: "/a/loop")
            files.make("/a/circle", .symbolicLink, target: "circle")
            files.make("/a/tmp", .symbolicLink, target: "../tmp/")
            files.make("/a/long", .symbolicLink, target: "/" + String(repeating: "x", count: 5000))
            for index in 0..<41 {
                files.make("/links/\(index)", .symbolicLink, target: index == 0 ? "/etc/motd" : "/links/\(index - 1)")
            }
        }
    }

    private func status(_ world: World, _ path: String, start: PathStart = World.rootStart, flags: PathFlags = .followLast) throws(Errno)
        -> FileStatus
    {
        guard case .status(let status) = try world.path(world.initial, path, .status, start: start, flags: flags) else {
            throw .ioError
        }
        return status
    }

    @Test func walksAcrossMounts() throws {
        let world = PathTests.world()
        let root = try status(world, "/")
        #expect(root.kind == .directory)
        let dev = try status(world, "/dev")
        #expect(dev.device != root.device)
        #expect(try status(world, "/dev/../etc/motd").device == root.device)
        #expect(try status(world, "/dev/..") == root)
        #expect(try status(world, "/../../..//.././etc/..") == root)
        #expect(try status(world, "/dev/null").kind == .characterDevice)
        #expect(try status(world, "/dev/null").device == dev.device)
        #expect(try status(world, "/dev/../dev/../tmp/.").device != dev.device)
        #expect(try status(world, "/tmp").device != (try status(world, "/home").device))
        #expect(try status(world, "/a/up").kind == .regular)
        #expect(try status(world, "/a/absolute").kind == .regular)
        #expect(try status(world, "/a/absolute", flags: []).kind == .symbolicLink)
        #expect(try status(world, "/a/tmp").device == (try status(world, "/tmp")).device)
        #expect(throws: Errno.noSuchFileOrDirectory) { try status(world, "/dev/nothing") }
        #expect(throws: Errno.notDirectory) { try status(world, "/etc/motd/x") }
        #expect(throws: Errno.noSuchFileOrDirectory) { try status(world, "") }
        #expect(try status(world, "", flags: .empty) == root)
        world.expectQuiet()
    }

    @Test func linksAreCountedAcrossFileSystems() throws {
        let world = PathTests.world()
        #expect(throws: Errno.tooManySymbolicLinkLevels) { try status(world, "/a/loop") }
        #expect(throws: Errno.tooManySymbolicLinkLevels) { try status(world, "/a/circle") }
        #expect(try status(world, "/links/39").kind == .regular)
        #expect(throws: Errno.tooManySymbolicLinkLevels) { try status(world, "/links/40") }
        // The target is longer than a path may be; a file system cannot even say it.
        #expect(throws: (any Error).self) { try status(world, "/a/long") }
        world.expectQuiet()
    }

    @Test func startsAtOpenDirectories() throws {
        let world = PathTests.world()
        let directory = try world.directory(world.initial, "/a/b")
        #expect(try status(world, "c", start: directory).kind == .directory)
        #expect(try status(world, "../../dev/null", start: directory).kind == .characterDevice)
        #expect(try status(world, "/etc/motd", start: directory).kind == .regular)
        let temporary = try world.directory(world.initial, "/tmp")
        _ = try world.path(world.initial, "sub", .makeDirectory(0o755), start: temporary)
        let sub = try world.directory(world.initial, "/tmp/sub")
        #expect(try status(world, "..", start: sub) == (try status(world, "/tmp")))
        #expect(try status(world, "../..", start: sub) == (try status(world, "/")))
        // More directories than are remembered: the server is asked.
        for _ in 0..<150 { _ = try world.directory(world.initial, "/home") }
        #expect(try status(world, "..", start: sub) == (try status(world, "/tmp")))
        let wrong = PathStart(connection: sub.connection, handle: Handle(index: 500, generation: 1))
        #expect(throws: Errno.badFileDescriptor) { try status(world, "x", start: wrong) }
        let unknown = PathStart(connection: ConnectionID(rawValue: 999), handle: sub.handle)
        #expect(throws: Errno.badFileDescriptor) { try status(world, "x", start: unknown) }
        world.expectQuiet()
    }

    @Test func beneathStaysBeneath() throws {
        let world = PathTests.world()
        let directory = try world.directory(world.initial, "/a")
        let flags: PathFlags = [.beneath, .followLast]
        #expect(try status(world, "b/c/../..", start: directory, flags: flags).kind == .directory)
        for path in ["..", "b/../..", "/etc/motd", "up", "absolute", "b/c/../../../dev"] {
            #expect(throws: Errno.notCapable, "\(path)") { try status(world, path, start: directory, flags: flags) }
        }
        // Into a mount and back, but not further.
        let root = try world.directory(world.initial, "/")
        #expect(try status(world, "dev/../etc/motd", start: root, flags: flags).kind == .regular)
        #expect(throws: Errno.notCapable) { try status(world, "dev/../..", start: root, flags: flags) }
        world.expectQuiet()
    }

    @Test func malformedRequests() throws {
        let world = PathTests.world()
        let process = world.initial
        #expect(throws: Errno.invalidArgument) { try status(world, "/etc\0/motd") }
        #expect(throws: Errno.fileNameTooLong) { try status(world, String(repeating: "/", count: 4096)) }
        #expect(throws: Errno.invalidArgument) { try world.path(process, "/etc", .resolve) }
        #expect(throws: Errno.invalidArgument) { try world.path(process, "/etc", .parent) }
        #expect(throws: Errno.badMessage) { try world.call(process, .path, Nothing(), PathResult.self) }
        #expect(throws: Errno.notSupported) { try world.call(process, .read, Nothing(), Nothing.self) }
        #expect(throws: Errno.notPermitted) {
            try world.call(process, .register, Register(name: [65], service: .none, majors: []), Nothing.self)
        }
        let small = world.ask(process, .path, world.pathRequest("/etc/motd", .open(OpenFile(access: .read))), space: 100)
        world.pump()
        #expect(throws: Errno.overflow) { try world.result(process, small, PathResult.self) }
        world.expectQuiet()
    }

    @Test func opensFilesAndDevices() throws {
        let world = PathTests.world()
        let process = try world.spawn(world.initial, flags: [.newSession, .controllingTerminal])
        let read = FinalOperation.open(OpenFile(access: .read))
        guard case .opened(let connection, let opened) = try world.path(process, "/etc/motd", read) else {
            Issue.record("not opened")
            return
        }
        #expect(process.connections[connection.rawValue] == world.server("netfs").stamp.process)
        #expect(opened.status.device == (try status(world, "/")).device)
        guard case .opened(let second, _) = try world.path(process, "/etc/motd", read) else { return }
        #expect(second == connection, "one connection for a server")
        guard case .opened(let null, let device) = try world.path(process, "/a/device", read) else { return }
        #expect(process.connections[null.rawValue] == world.server("devfs").stamp.process)
        #expect(device.status.kind == .characterDevice)
        #expect(device.status.device == (try status(world, "/dev")).device)
        for path in ["/dev/tty", "/dev/console"] {
            guard case .opened(let terminal, _) = try world.path(process, path, read) else { return }
            #expect(process.connections[terminal.rawValue] == world.server("tty").stamp.process)
        }
        #expect(throws: Errno.noSuchAddressOrDevice) { try world.path(world.initial, "/dev/tty", read) }
        #expect(throws: Errno.noSuchAddressOrDevice) { try world.path(process, "/dev/none", read) }
        world.exit(process)
        world.expectQuiet()
    }

    @Test func aProcessThatDiesWhileItOpensLeavesNothing() throws {
        for steps in 0..<40 {
            for path in ["/etc/motd", "/dev/null", "/tmp"] {
                let world = PathTests.world()
                if steps % 2 == 1 { world.random = Seeded(UInt64(steps)) }
                let process = try world.spawn(world.initial)
                world.ask(process, .path, world.pathRequest(path, .open(OpenFile(access: .read))))
                for _ in 0..<steps { _ = world.step() }
                world.ask(world.initial, .kill, Kill(target: process.started!.process.rawValue, signal: 9))
                world.pump()
                world.expectQuiet()
                #expect(world.openHandles == 6)
            }
        }
    }

    @Test func cancelReachesTheServer() throws {
        let world = PathTests.world()
        world.treat = { hart, header, _ in header.operation == .walk ? .lose : .normal }
        let id = world.ask(world.initial, .path, world.pathRequest("/etc/motd", .status))
        world.pump()
        world.notify(world.initial, .cancel, Cancel(request: RequestID(rawValue: id)))
        world.pump()
        let notice = try #require(world.server("netfs").notices.last)
        #expect(notice.0 == .cancel)
        // The server answers then.
        var reader = Reader(notice.1)
        let request = try reader.value(Cancel.self).request
        world.send(world.server("netfs").id.rawValue, Message.failure(.walk, id: request, .interrupted))
        world.pump()
        #expect(throws: Errno.interrupted) { try world.result(world.initial, id, PathResult.self) }
        world.expectQuiet()
    }

    @Test func locations() throws {
        let world = PathTests.world()
        for path in ["/", "/a/b/c", "/tmp", "/dev"] {
            let directory = try world.directory(world.initial, path)
            #expect(try world.call(world.initial, .location, directory, RawBytes.self).bytes == Array(path.utf8))
        }
        _ = try world.path(world.initial, "/tmp/sub", .makeDirectory(0o755))
        let sub = try world.directory(world.initial, "/tmp/sub")
        #expect(try world.call(world.initial, .location, sub, RawBytes.self).bytes == Array("/tmp/sub".utf8))
        #expect(try world.call(world.initial, .location, World.rootStart, RawBytes.self).bytes == Array("/".utf8))
    }

    @Test func renameAndLink() throws {
        let world = PathTests.world()
        func two(_ operation: ABI.Operation, _ from: String, _ to: String, flags: PathFlags = []) throws(Errno) {
            try world.call(
                world.initial, operation,
                TwoPaths(
                    fromStart: World.rootStart, fromFlags: flags, from: Array(from.utf8), toStart: World.rootStart,
                    toFlags: [], to: Array(to.utf8)), Nothing.self)
        }
        try two(.rename, "/etc/motd", "/a/message")
        #expect(try status(world, "/a/message").kind == .regular)
        #expect(throws: Errno.noSuchFileOrDirectory) { try status(world, "/etc/motd") }
        try two(.link, "/a/message", "/etc/motd")
        #expect(try status(world, "/etc/motd").node == (try status(world, "/a/message")).node)
        #expect(throws: Errno.improperLink) { try two(.rename, "/a/message", "/tmp/message") }
        #expect(throws: Errno.improperLink) { try two(.link, "/a/message", "/dev/message") }
        // Two file systems of one server are two file systems.
        _ = try world.path(world.initial, "/tmp/sub", .makeDirectory(0o755))
        #expect(throws: Errno.improperLink) { try two(.rename, "/tmp/sub", "/home/sub") }
        try two(.rename, "/tmp/sub", "/tmp/other")
        #expect(try status(world, "/tmp/other").kind == .directory)
        #expect(throws: Errno.noSuchFileOrDirectory) { try two(.rename, "/none", "/a/x") }
        #expect(throws: Errno.noSuchFileOrDirectory) { try two(.rename, "/a/b", "/none/x/y") }
        #expect(throws: Errno.fileNameTooLong) { try two(.rename, "/a/b", "/" + String(repeating: "n", count: 300)) }
        world.expectQuiet()
    }
}

@Suite struct MountTests {
    func mount(_ world: World, _ target: String, _ type: String = "tmpfs") throws(Errno) {
        try world.call(
            world.initial, .mount,
            Mount(start: World.rootStart, target: Array(target.utf8), type: Array(type.utf8), options: []), Nothing.self)
    }

    func unmount(_ world: World, _ target: String) throws(Errno) {
        try world.call(world.initial, .unmount, Unmount(start: World.rootStart, target: Array(target.utf8)), Nothing.self)
    }

    func list(_ world: World) throws -> [String] {
        try world.call(world.initial, .mounts, Nothing(), MountList.self).mounts.map { String(decoding: $0.target, as: UTF8.self) }
    }

    @Test func mountsAndUnmounts() throws {
        let world = World.booted()
        _ = try world.path(world.initial, "/mnt/one", .makeDirectory(0o755))
        try mount(world, "/mnt/../mnt/./one")
        #expect(try list(world).last == "/mnt/one")
        _ = try world.path(world.initial, "/mnt/one/two", .makeDirectory(0o755))
        try mount(world, "/mnt/one/two")
        #expect(try list(world).last == "/mnt/one/two")
        #expect(throws: Errno.resourceBusy) { try mount(world, "/mnt/one") }
        #expect(throws: Errno.resourceBusy) { try mount(world, "/") }
        #expect(throws: Errno.resourceBusy) { try mount(world, "/dev/.") }
        #expect(throws: Errno.notDirectory) { try mount(world, "/bin/program") }
        #expect(throws: Errno.noSuchFileOrDirectory) { try mount(world, "/nowhere") }
        #expect(throws: Errno.operationNotSupportedByDevice) { try mount(world, "/etc", "ext2") }
        #expect(throws: Errno.resourceBusy) { try unmount(world, "/mnt/one") }
        #expect(throws: Errno.resourceBusy) { try unmount(world, "/") }
        #expect(throws: Errno.resourceBusy) { try unmount(world, "/dev") }
        #expect(throws: Errno.invalidArgument) { try unmount(world, "/etc") }
        let start = try world.directory(world.initial, "/mnt/one/two/")
        #expect(throws: Errno.resourceBusy) { try unmount(world, "/mnt/one/two") }
        _ = try world.server("tmpfs").files?.handles.release(start.handle, of: world.initial.stamp.process)
        try unmount(world, "/mnt/one/two")
        try unmount(world, "/mnt/one/")
        #expect(try list(world).count == 7)
        #expect(throws: Errno.noSuchFileOrDirectory) { try world.path(world.initial, "/mnt/one/two", .status) }
        world.expectQuiet()
    }

    @Test(arguments: [ABI.Operation.walk, .locate, .createFileSystem, .setMountPoint])
    func aMountThatFailsLeavesNothing(operation: ABI.Operation) throws {
        for step in 0..<3 {
            let world = World.booted()
            let count = world.server("tmpfs").files!.fileSystems.count
            var seen = 0
            world.treat = { _, header, _ in
                guard header.operation == operation else { return .normal }
                seen += 1
                return seen == step + 1 ? .fail(.noSpace) : .normal
            }
            let id = world.ask(
                world.initial, .mount,
                Mount(start: World.rootStart, target: Array("/etc".utf8), type: Array("tmpfs".utf8), options: []))
            world.pump()
            let mounts = seen > step ? 7 : 8
            #expect(world.initial.answers[id]?.error == (seen > step ? .noSpace : nil))
            #expect(world.server("tmpfs").files!.fileSystems.count == count + mounts - 7)
            world.treat = { _, _, _ in .normal }
            #expect(try list(world).count == mounts)
            world.expectQuiet()
        }
    }

    @Test func twoMountsRaceForOneDirectory() throws {
        for seed in 0..<20 {
            let world = World.booted()
            world.random = Seeded(UInt64(seed))
            let request = Mount(start: World.rootStart, target: Array("/etc".utf8), type: Array("tmpfs".utf8), options: [])
            let first = world.ask(world.initial, .mount, request)
            let second = world.ask(world.initial, .mount, request)
            world.pump()
            let errors = [first, second].map { world.initial.answers[$0]!.error }
            #expect(errors.contains(nil) && errors.contains(.resourceBusy))
            #expect(try list(world).count == 8)
            world.expectQuiet()
        }
    }
}
