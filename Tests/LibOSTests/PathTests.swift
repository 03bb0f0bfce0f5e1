import ABI
import Testing

@testable import LibOS

/// The path calls: where they start, what they ask for, what they refuse.
@Suite struct PathTests {
    typealias Call = @Sendable (inout Scene, UInt32, UInt32) -> Int32
    /// Each call with a directory and a path length (the path is at 100), and what it asks for.
    static let cases: [(String, FinalOperation?, Call)] = [
        ("create_directory", .makeDirectory(0o755), { $0.libOS.pathCreateDirectory(thread, $1, 100, $2, host: &$0.host) }),
        ("filestat_get", .status, { $0.libOS.pathFileStatGet(thread, $1, 0, 100, $2, 400, host: &$0.host) }),
        (
            "filestat_set_times", .setTimes(TimeChange(access: .now, modification: .keep)),
            { $0.libOS.pathFileStatSetTimes(thread, $1, 0, 100, $2, 0, 0, 2, host: &$0.host) }
        ),
        ("link from", nil, { $0.libOS.pathLink(thread, $1, 0, 100, $2, 4, 90, 1, host: &$0.host) }),
        ("link to", nil, { $0.libOS.pathLink(thread, 4, 0, 90, 1, $1, 100, $2, host: &$0.host) }),
        ("rename from", nil, { $0.libOS.pathRename(thread, $1, 100, $2, 4, 90, 1, host: &$0.host) }),
        ("rename to", nil, { $0.libOS.pathRename(thread, 4, 90, 1, $1, 100, $2, host: &$0.host) }),
        (
            "open", .open(OpenFile(access: .read, open: .create, flags: .append, mode: 0o644)),
            { $0.libOS.pathOpen(thread, $1, 0, 100, $2, 1, 2, 0, 1, 400, host: &$0.host) }
        ),
        ("readlink", .readLink, { $0.libOS.pathReadLink(thread, $1, 100, $2, 500, 10, 400, host: &$0.host) }),
        ("remove_directory", .removeDirectory, { $0.libOS.pathRemoveDirectory(thread, $1, 100, $2, host: &$0.host) }),
        ("symlink", .symbolicLink([0x78]), { $0.libOS.pathSymbolicLink(thread, 90, 1, $1, 100, $2, host: &$0.host) }),
        ("unlink_file", .unlink, { $0.libOS.pathUnlinkFile(thread, $1, 100, $2, host: &$0.host) }),
    ]

    /// The root is a place, whoever keeps it: a path from there goes on when the server that kept it was started again.
    @Test func aRootOutlivesItsServer() throws {
        var scene = try Scene()
        let length = scene.put(path: "some/path")
        scene.libOS.deliver(
            .resourceManager, Message.notice(.connectionLost, ConnectionLost(connection: files)), host: &scene.host)
        #expect(scene.libOS.pathUnlinkFile(thread, 3, 100, length, host: &scene.host) == pending)
        let asked = try scene.asked(.path, PathRequest.self, on: .resourceManager)
        #expect(asked.start == PathStart(connection: .resourceManager, handle: .none) && asked.path == text("some/path"))
        #expect(try scene.resume(Nothing()) == 0)
        // Any other directory is gone with its server, and the resource manager says so.
        #expect(scene.libOS.pathUnlinkFile(thread, 4, 100, length, host: &scene.host) == pending)
        #expect(try scene.asked(.path, PathRequest.self).start == PathStart(connection: files, handle: handle(21)))
    }

    @Test(arguments: cases.indices) func everyPathCall(_ index: Int) throws {
        let (name, operation, call) = PathTests.cases[index]
        var scene = try Scene()
        let directory = try scene.open(.directory, 60, access: .read)
        scene.put([0x78, 0], 90)
        let length = scene.put(path: "some/path")
        // Below an ordinary directory, from the working directory, from the root.
        for (start, flags, number) in [(directory, PathFlags.beneath, UInt32(60)), (4, [], 21), (3, [], 20)] {
            #expect(call(&scene, start, length) == pending, "\(name)")
            if let operation {
                let asked = try scene.asked(.path, PathRequest.self, on: .resourceManager)
                #expect(asked.start == PathStart(connection: files, handle: handle(number)), "\(name)")
                #expect(asked.flags == flags && asked.path == text("some/path") && asked.operation == operation, "\(name)")
            } else {
                let asked = try scene.last.body(TwoPaths.self)
                let to = name.hasSuffix("to")
                #expect((to ? asked.toStart : asked.fromStart).handle == handle(number), "\(name)")
                #expect((to ? asked.toFlags : asked.fromFlags) == flags, "\(name)")
                #expect((to ? asked.to : asked.from) == text("some/path") && (to ? asked.from : asked.to) == text("x"), "\(name)")
            }
            #expect(try scene.resume(failing: .permissionDenied) == code(.permissionDenied), "\(name)")
        }
        scene.host.sent = []
        // What is refused at once.
        #expect(call(&scene, 40, length) == code(.badFileDescriptor), "\(name)")
        #expect(call(&scene, 2, length) == code(.notDirectory), "\(name)")
        #expect(call(&scene, 4, UInt32(Limits.path)) == code(.fileNameTooLong), "\(name)")
        scene.put([0], 103)
        #expect(call(&scene, 4, length) == code(.invalidArgument), "\(name)")
        #expect(call(&scene, 3, scene.put(path: "/etc")) == code(.notPermitted), "\(name)")
        #expect(scene.libOS.fdStatSetRights(thread, directory, 0, 0, host: &scene.host) == 0)
        #expect(call(&scene, directory, scene.put(path: "x")) == code(.notCapable), "\(name)")
        #expect(scene.host.sent.isEmpty, "\(name)")
    }

    @Test func lookUpFlags() throws {
        var scene = try Scene()
        let length = scene.put(path: "x")
        #expect(scene.libOS.pathFileStatGet(thread, 4, 1, 100, length, 400, host: &scene.host) == pending)
        #expect(try scene.asked(.path, PathRequest.self).flags == .followLast)
        #expect(try scene.resume(PathResult.status(status(.directory))) == 0)
        #expect(scene.word(416) == 3)
        #expect(scene.libOS.pathFileStatGet(thread, 4, 2, 100, length, 400, host: &scene.host) == code(.invalidArgument))
        #expect(scene.libOS.pathLink(thread, 4, 1, 100, length, 3, 100, length, host: &scene.host) == pending)
        #expect(try scene.asked(.link, TwoPaths.self).fromFlags == .followLast)
        #expect(try scene.resume(Nothing()) == 0)
        #expect(scene.libOS.pathFileStatGet(thread, 4, 0, 100, length, 400, host: &scene.host) == pending)
        #expect(try scene.resume(PathResult.nothing) == code(.ioError))
    }

    @Test func openChecksItsFlags() throws {
        var scene = try Scene()
        let length = scene.put(path: "x")
        for (open, flags) in [(UInt32(16), UInt32(0)), (0, 32), (2 | 1, 0), (2 | 8, 0), (2 | 4, 0)] {
            #expect(
                scene.libOS.pathOpen(thread, 4, 0, 100, length, open, 2, 0, flags, 400, host: &scene.host) == code(.invalidArgument))
        }
        #expect(scene.host.sent.isEmpty)
    }

    @Test func accessFollowsFromTheRights() throws {
        var scene = try Scene()
        let length = scene.put(path: "x")
        for (rights, access) in [
            (Rights([]), AccessMode([])), (.status, []), (.read, .read), (.readDirectory, .read), (.write, .write),
            (.setSize, .write), (.all, [.read, .write]),
        ] {
            #expect(scene.libOS.pathOpen(thread, 4, 1, 100, length, 0, rights.rawValue, 0, 0, 400, host: &scene.host) == pending)
            let asked = try scene.asked(.path, PathRequest.self)
            #expect(asked.operation == .open(OpenFile(access: access, mode: 0o644)))
            #expect(asked.flags == .followLast)
            _ = try scene.resume(failing: .noSuchFileOrDirectory)
        }
    }

    @Test func rightsAreInherited() throws {
        var scene = try Scene()
        let directory = try scene.open(.directory, 60, rights: [.open, .createFile], inheriting: [.read, .seek])
        let length = scene.put(path: "x")
        let call = { (scene: inout Scene, base: Rights, inheriting: Rights, flags: UInt32) -> Int32 in
            scene.libOS.pathOpen(
                thread, directory, 0, 100, length, flags, base.rawValue, inheriting.rawValue, 0, 400, host: &scene.host)
        }
        #expect(call(&scene, .write, [], 0) == code(.notCapable))
        #expect(call(&scene, .read, .write, 0) == code(.notCapable))
        #expect(call(&scene, .read, [], 8) == code(.notCapable))
        #expect(call(&scene, .read, [], 1) == pending)
        let opened = FileOpened(handle: handle(61), access: .read, flags: .append, status: status(.regular))
        #expect(try scene.resume(PathResult.opened(files, opened)) == 0)
        let descriptor = UInt32(scene.word(400))
        #expect(scene.libOS.fdStatGet(thread, descriptor, 300, host: &scene.host) == 0)
        #expect(scene.word(308, 8) == Rights.read.rawValue)
        #expect(scene.word(302, 2) == 1)
    }

    @Test func aDirectoryNeverGetsTheRightToSeek() throws {
        var scene = try Scene()
        let directory = try scene.open(.directory, 60, rights: .all)
        #expect(scene.libOS.fdStatGet(thread, directory, 300, host: &scene.host) == 0)
        #expect(Rights(rawValue: scene.word(308, 8)).isDisjoint(with: [.seek, .read, .write, .setSize]))
    }

    @Test func openingAnAliasOfADescriptor() throws {
        var scene = try Scene()
        let length = scene.put(path: "dev/stdout")
        #expect(scene.libOS.pathOpen(thread, 3, 1, 100, length, 0, Rights.write.rawValue, 0, 0, 400, host: &scene.host) == pending)
        #expect(try scene.resume(PathResult.descriptor(Descriptor(rawValue: 1))) == 0)
        #expect(scene.word(400) == 5)
        #expect(scene.libOS.fdClose(thread, 1, host: &scene.host) == 0)
        #expect(scene.libOS.fdClose(thread, 5, host: &scene.host) == pending)
        _ = try scene.resume(Nothing())
        #expect(scene.libOS.pathOpen(thread, 3, 1, 100, length, 0, 2, 0, 0, 400, host: &scene.host) == pending)
        #expect(try scene.resume(PathResult.descriptor(Descriptor(rawValue: 1))) == code(.badFileDescriptor))
    }

    @Test func readLinkCutsOff() throws {
        var scene = try Scene()
        let length = scene.put(path: "x")
        #expect(scene.libOS.pathReadLink(thread, 4, 100, length, 500, 4, 400, host: &scene.host) == pending)
        #expect(try scene.resume(PathResult.target(text("target"))) == 0)
        #expect(scene.word(400) == 4 && scene.get(500, 5) == text("targ") + [0xAA])
        #expect(scene.libOS.pathReadLink(thread, 4, 100, length, 500, 10, 400, host: &scene.host) == pending)
        #expect(try scene.resume(PathResult.target(text("ab"))) == 0)
        #expect(scene.word(400) == 2 && scene.get(502, 1) == text("r"))
        #expect(scene.libOS.pathSymbolicLink(thread, 100, 0, 4, 100, 1, host: &scene.host) == code(.noSuchFileOrDirectory))
    }

    @Test func martletPathsMayBeAbsolute() throws {
        var scene = try Scene()
        let length = scene.put(path: "/etc/passwd")
        let calls: [(FinalOperation, PathFlags, (inout Scene) -> Int32)] = [
            (.status, .followLast, { $0.libOS.pathStatus(thread, 2, 1, 100, length, 400, host: &$0.host) }),
            (.setMode(0o4755), [], { $0.libOS.pathModeSet(thread, 2, 0, 100, length, 0o4755, host: &$0.host) }),
            (
                .setOwner(UserID(rawValue: 1), GroupID(rawValue: .max)), .followLast,
                { $0.libOS.pathOwnerSet(thread, 2, 1, 100, length, 1, .max, host: &$0.host) }
            ),
            (.access(6), .followLast, { $0.libOS.pathAccess(thread, 2, 100, length, 6, host: &$0.host) }),
        ]
        for (operation, flags, call) in calls {
            #expect(call(&scene) == pending)
            let asked = try scene.asked(.path, PathRequest.self)
            #expect(asked.start == PathStart(connection: .resourceManager, handle: .none))
            #expect(asked.operation == operation && asked.flags == flags && asked.path == text("/etc/passwd"))
            _ = try scene.resume(failing: .ioError)
        }
        #expect(scene.libOS.pathStatus(thread, 2, 0, 101, 3, 400, host: &scene.host) == code(.notDirectory))
        #expect(scene.libOS.pathStatus(thread, 4, 2, 101, 3, 400, host: &scene.host) == code(.invalidArgument))
        #expect(scene.libOS.pathModeSet(thread, 4, 0, 101, 3, 0o10000, host: &scene.host) == code(.invalidArgument))
        #expect(scene.libOS.pathAccess(thread, 4, 101, 3, 8, host: &scene.host) == code(.invalidArgument))
        #expect(scene.libOS.pathStatus(thread, 4, 0, 101, 3, 400, host: &scene.host) == pending)
        #expect(try scene.resume(PathResult.status(status(.pipe))) == 0)
        var reader = Reader(scene.get(400, 79))
        #expect(try reader.value(FileStatus.self) == status(.pipe))
    }

    @Test func mounting() throws {
        var scene = try Scene()
        let length = scene.put(path: "/mnt")
        scene.put(text("tmpfs"), 200)
        #expect(scene.libOS.mount(thread, 100, length, 200, 5, 0, 0, host: &scene.host) == pending)
        let asked = try scene.asked(.mount, Mount.self)
        #expect(asked.start.handle == .none && asked.target == text("/mnt") && asked.type == text("tmpfs") && asked.options == [])
        #expect(try scene.resume(Nothing()) == 0)
        #expect(scene.libOS.mount(thread, 100, length, 200, 256, 0, 0, host: &scene.host) == code(.fileNameTooLong))
        #expect(scene.libOS.mountList(thread, 500, 8, 400, host: &scene.host) == pending)
        #expect(try scene.resume(RawBytes([1, 2, 3])) == 0)
        #expect(scene.word(400) == 3 && scene.get(500, 3) == [1, 2, 3])
    }

    @Test func theMaskIsTakenOff() throws {
        var scene = try Scene()
        #expect(scene.libOS.maskSet(thread, 0o7077, 400, host: &scene.host) == 0)
        #expect(scene.word(400) == 0o022)
        let length = scene.put(path: "x")
        #expect(scene.libOS.pathCreateDirectory(thread, 4, 100, length, host: &scene.host) == pending)
        #expect(try scene.asked(.path, PathRequest.self).operation == .makeDirectory(0o700))
    }
}
