import ABI
import Testing

@testable import LibOS

/// Descriptor numbers, rights, flags, duplicates, and the preopened directories.
@Suite struct DescriptorTests {
    @Test func preopenedDirectories() throws {
        var scene = try Scene()
        for (number, name) in [(UInt32(3), "/"), (4, ".")] {
            #expect(scene.libOS.fdPrestatGet(thread, number, 300, host: &scene.host) == 0)
            #expect(scene.word(300, 8) == 1 << 32)
            #expect(scene.libOS.fdPrestatDirName(thread, number, 310, 1, host: &scene.host) == 0)
            #expect(scene.get(310, 1) == text(name))
            #expect(scene.libOS.fdPrestatDirName(thread, number, 310, 0, host: &scene.host) == code(.fileNameTooLong))
        }
        #expect(scene.libOS.fdPrestatDirName(thread, 0, 310, 1, host: &scene.host) == code(.badFileDescriptor))
        // Behind `.` the folders of the root.
        #expect(scene.libOS.fdPrestatGet(thread, 5, 300, host: &scene.host) == pending)
        let list = try scene.asked(.readDirectory, ReadDirectory.self, on: files)
        #expect(list.handle == handle(20) && list.cookie == 0)
        #expect(try scene.resume(Scene.entries([(".", .directory), ("..", .directory), ("tmp", .directory)])) == pending)
        #expect(try scene.asked(.readDirectory, ReadDirectory.self, on: files).cookie == 3)
        #expect(try scene.resume(Scene.entries([("file", .regular), ("bin", .symbolicLink)], from: 3)) == pending)
        #expect(try scene.resume(Scene.entries([])) == 0)
        #expect(scene.word(300, 8) == 4 << 32)
        for (number, name) in [(UInt32(5), "/tmp"), (6, "/bin")] {
            #expect(scene.libOS.fdPrestatGet(thread, number, 300, host: &scene.host) == 0)
            #expect(scene.libOS.fdPrestatDirName(thread, number, 310, 4, host: &scene.host) == 0)
            #expect(scene.get(310, 4) == text(name))
        }
        #expect(scene.libOS.fdPrestatGet(thread, 7, 300, host: &scene.host) == code(.badFileDescriptor))
    }

    @Test func aRootThatCannotBeListedHasNoFolders() throws {
        var scene = try Scene()
        #expect(scene.libOS.fdPrestatGet(thread, 5, 300, host: &scene.host) == pending)
        #expect(try scene.resume(failing: .permissionDenied) == code(.badFileDescriptor))
        #expect(scene.libOS.fdPrestatGet(thread, 5, 300, host: &scene.host) == code(.badFileDescriptor))
    }

    @Test func pathsThroughAFolderOfTheRoot() throws {
        var scene = try Scene()
        try scene.listFolders(["tmp"])
        let length = scene.put(path: "a/b")
        #expect(scene.libOS.pathFileStatGet(thread, 5, 1, 100, length, 300, host: &scene.host) == pending)
        var asked = try scene.asked(.path, PathRequest.self)
        #expect(asked.start == PathStart(connection: files, handle: handle(20)) && asked.path == text("tmp/a/b"))
        #expect(!asked.flags.contains(.beneath), "`..` leads out of it as out of `/`")
        #expect(try scene.resume(failing: .noSuchFileOrDirectory) == code(.noSuchFileOrDirectory))
        // A duplicate stands for the same folder, and is not listed.
        #expect(scene.libOS.descriptorDuplicate(thread, 5, 0, 300, host: &scene.host) == 0)
        #expect(scene.word(300) == 6)
        #expect(scene.libOS.fdPrestatGet(thread, 6, 300, host: &scene.host) == code(.badFileDescriptor))
        #expect(scene.libOS.pathUnlinkFile(thread, 6, 100, length, host: &scene.host) == pending)
        asked = try scene.asked(.path, PathRequest.self)
        #expect(asked.path == text("tmp/a/b"))
        #expect(try scene.resume(PathResult.nothing) == 0)
        // No path is no path, also here; one that does not fit is refused.
        #expect(scene.libOS.pathUnlinkFile(thread, 5, 100, 0, host: &scene.host) == pending)
        #expect(try scene.asked(.path, PathRequest.self).path.isEmpty)
        #expect(try scene.resume(failing: .noSuchFileOrDirectory) == code(.noSuchFileOrDirectory))
        let long = scene.put(path: String(repeating: "x", count: Limits.path))
        #expect(scene.libOS.pathUnlinkFile(thread, 5, 100, long, host: &scene.host) == code(.fileNameTooLong))
    }

    @Test func aFolderOfTheRootIsOpenedWhenItIsUsedItself() throws {
        var scene = try Scene()
        try scene.listFolders(["tmp"])
        #expect(scene.libOS.fdFileStatGet(thread, 5, 300, host: &scene.host) == pending)
        let open = try scene.asked(.path, PathRequest.self)
        #expect(open.path == text("tmp") && open.flags == .followLast)
        let opened = FileOpened(handle: handle(31), access: .read, flags: [], status: status(.directory))
        #expect(try scene.resume(PathResult.opened(files, opened)) == pending)
        #expect(try scene.asked(.status, OneHandle.self, on: files).handle == handle(31))
        #expect(try scene.resume(status(.directory)) == 0)
        // From now on it is a directory like others, under its name.
        #expect(scene.libOS.fdReadDirectory(thread, 5, 400, 64, 0, 300, host: &scene.host) == pending)
        #expect(try scene.asked(.readDirectory, ReadDirectory.self, on: files).handle == handle(31))
        #expect(try scene.resume(Scene.entries([])) == 0)
        let length = scene.put(path: "a")
        #expect(scene.libOS.pathUnlinkFile(thread, 5, 100, length, host: &scene.host) == pending)
        let asked = try scene.asked(.path, PathRequest.self)
        #expect(asked.path == text("a") && asked.start.handle == handle(31))
        #expect(try scene.resume(PathResult.nothing) == 0)
        #expect(scene.libOS.fdPrestatDirName(thread, 5, 310, 4, host: &scene.host) == 0)
        #expect(scene.libOS.fdClose(thread, 5, host: &scene.host) == pending)
        #expect(try scene.asked(.close, OneHandle.self, on: files).handle == handle(31))
        #expect(try scene.resume(Nothing()) == 0)
    }

    @Test func inheritedNumbersMoveThePreopenedDirectories() throws {
        var scene = try Scene(descriptors: [inherited(3, files, 12, .regular), inherited(9, files, 13, .regular)])
        // C libraries stop at `badFileDescriptor`, so what lies below is told with an unknown tag.
        #expect(scene.libOS.fdPrestatGet(thread, 3, 300, host: &scene.host) == 0)
        #expect(scene.word(300, 8) == 1)
        #expect(scene.libOS.fdPrestatDirName(thread, 3, 310, 1, host: &scene.host) == code(.badFileDescriptor))
        #expect(scene.libOS.fdPrestatDirName(thread, 4, 310, 1, host: &scene.host) == 0)
        #expect(scene.get(310, 1) == text("/"))
        #expect(scene.libOS.fdPrestatDirName(thread, 5, 310, 1, host: &scene.host) == 0)
        #expect(scene.get(310, 1) == text("."))
        #expect(scene.libOS.fdPrestatGet(thread, 9, 300, host: &scene.host) == pending)
        #expect(try scene.resume(Scene.entries([])) == code(.badFileDescriptor))
        #expect(try scene.open(.regular, 30) == 0)
    }

    @Test func numbersAreHandedOutLowestFirst() throws {
        var scene = try Scene()
        #expect(try scene.open(.regular, 30) == 5)
        #expect(try scene.open(.regular, 31) == 6)
        #expect(scene.libOS.fdClose(thread, 5, host: &scene.host) == pending)
        #expect(try scene.asked(.close, OneHandle.self, on: files).handle == handle(30))
        #expect(try scene.resume(Nothing()) == 0)
        #expect(try scene.open(.regular, 32) == 5)
        #expect(scene.libOS.fdClose(thread, 7, host: &scene.host) == code(.badFileDescriptor))
    }

    @Test func aFullTable() throws {
        var scene = try Scene()
        for _ in 5..<Limits.descriptors {
            #expect(scene.libOS.descriptorDuplicate(thread, 2, 0, 300, host: &scene.host) == 0)
        }
        #expect(scene.word(300) == UInt64(Limits.descriptors - 1))
        #expect(scene.libOS.descriptorDuplicate(thread, 2, 0, 300, host: &scene.host) == code(.tooManyOpenFiles))
        let length = scene.put(path: "file")
        #expect(scene.libOS.pathOpen(thread, 4, 0, 100, length, 0, 2, 0, 0, 300, host: &scene.host) == code(.tooManyOpenFiles))
        #expect(scene.libOS.pipeCreate(thread, 300, 304, 0, host: &scene.host) == code(.tooManyOpenFiles))
        #expect(scene.host.sent.isEmpty)
        #expect(scene.libOS.fdClose(thread, 1000, host: &scene.host) == 0)
        #expect(scene.libOS.pipeCreate(thread, 300, 304, 0, host: &scene.host) == code(.tooManyOpenFiles))
        #expect(scene.libOS.descriptorDuplicate(thread, 2, 0, 300, host: &scene.host) == 0)
        #expect(scene.word(300) == 1000)
    }

    @Test func onlyTheLastCloseAsksTheServer() throws {
        var scene = try Scene()
        #expect(scene.libOS.descriptorDuplicate(thread, 2, 10, 300, host: &scene.host) == 0)
        #expect(scene.word(300) == 10)
        #expect(scene.libOS.fdClose(thread, 2, host: &scene.host) == 0)
        #expect(scene.host.sent.isEmpty)
        #expect(scene.libOS.fdClose(thread, 10, host: &scene.host) == pending)
        #expect(try scene.resume(failing: .ioError) == code(.ioError))
        #expect(scene.libOS.fdClose(thread, 10, host: &scene.host) == code(.badFileDescriptor))
    }

    @Test func duplicateErrors() throws {
        var scene = try Scene()
        #expect(scene.libOS.descriptorDuplicate(thread, 8, 0, 300, host: &scene.host) == code(.badFileDescriptor))
        #expect(
            scene.libOS.descriptorDuplicate(thread, 2, UInt32(Limits.descriptors), 300, host: &scene.host) == code(.invalidArgument))
        #expect(scene.libOS.descriptorDuplicateTo(thread, 8, 1, host: &scene.host) == code(.badFileDescriptor))
        #expect(
            scene.libOS.descriptorDuplicateTo(thread, 2, UInt32(Limits.descriptors), host: &scene.host) == code(.badFileDescriptor))
        #expect(scene.libOS.descriptorDuplicateTo(thread, 2, 2, host: &scene.host) == 0)
    }

    @Test func duplicateToClosesWhatWasThere() throws {
        var scene = try Scene()
        #expect(scene.libOS.descriptorDuplicateTo(thread, 2, 1, host: &scene.host) == pending)
        #expect(try scene.asked(.close, OneHandle.self, on: pipes).handle == handle(11))
        // Errors of that close are nobody's (POSIX dup2).
        #expect(try scene.resume(failing: .ioError) == 0)
        #expect(scene.libOS.descriptorDuplicateTo(thread, 1, 7, host: &scene.host) == 0)
        #expect(scene.libOS.fdClose(thread, 1, host: &scene.host) == 0)
        #expect(scene.libOS.fdClose(thread, 2, host: &scene.host) == 0)
        #expect(scene.libOS.fdClose(thread, 7, host: &scene.host) == pending)
    }

    @Test func renumber() throws {
        var scene = try Scene()
        #expect(scene.libOS.fdRenumber(thread, 2, UInt32(Limits.descriptors), host: &scene.host) == code(.badFileDescriptor))
        #expect(scene.libOS.fdRenumber(thread, 9, 2, host: &scene.host) == code(.badFileDescriptor))
        // Into a gap, and back.
        #expect(scene.libOS.fdRenumber(thread, 2, 9, host: &scene.host) == 0)
        #expect(scene.libOS.fdRenumber(thread, 2, 3, host: &scene.host) == code(.badFileDescriptor))
        #expect(scene.libOS.fdRenumber(thread, 9, 2, host: &scene.host) == 0)
        #expect(scene.libOS.fdRenumber(thread, 2, 2, host: &scene.host) == 0)
        // The libOS keeps the root for itself.
        #expect(scene.libOS.fdRenumber(thread, 2, 3, host: &scene.host) == 0)
        #expect(scene.libOS.fdRenumber(thread, 3, 1, host: &scene.host) == pending)
        #expect(try scene.asked(.close, OneHandle.self).handle == handle(11))
        #expect(try scene.resume(Nothing()) == 0)
        #expect(scene.libOS.fdRenumber(thread, 1, 3, host: &scene.host) == 0)
        #expect(scene.libOS.fdStatGet(thread, 2, 300, host: &scene.host) == code(.badFileDescriptor))
        #expect(scene.libOS.fdStatGet(thread, 3, 300, host: &scene.host) == 0)
        #expect(scene.get(300, 1) == [4])
    }

    @Test func fdStat() throws {
        var scene = try Scene()
        #expect(scene.libOS.fdStatGet(thread, 0, 300, host: &scene.host) == 0)
        #expect(scene.get(300, 1) == [2])
        let terminal = Rights(rawValue: scene.word(308, 8))
        #expect(terminal.isDisjoint(with: [.seek, .tell]))
        #expect(terminal.isSuperset(of: [.read, .write, .poll]))
        #expect(scene.libOS.fdStatGet(thread, 1, 300, host: &scene.host) == 0)
        #expect(scene.get(300, 1) == [0])
        #expect(!Rights(rawValue: scene.word(308, 8)).contains(.read))
        #expect(scene.libOS.fdStatGet(thread, 3, 300, host: &scene.host) == 0)
        #expect(scene.get(300, 1) == [3])
        #expect(Rights(rawValue: scene.word(308, 8)).isDisjoint(with: [.read, .write, .seek, .setSize]))
        #expect(scene.word(316, 8) == Rights.all.rawValue)
        #expect(scene.libOS.fdStatGet(thread, 30, 300, host: &scene.host) == code(.badFileDescriptor))
    }

    @Test func rightsCanOnlyBeGivenUp() throws {
        var scene = try Scene()
        let some: Rights = [.seek, .tell, .status]
        #expect(scene.libOS.fdStatSetRights(thread, 2, some.rawValue, 0, host: &scene.host) == 0)
        #expect(scene.libOS.fdStatGet(thread, 2, 300, host: &scene.host) == 0)
        #expect(scene.word(308, 8) == some.rawValue)
        #expect(
            scene.libOS.fdStatSetRights(thread, 2, some.union(.read).rawValue, 0, host: &scene.host) == code(.notCapable))
        #expect(scene.libOS.fdRead(thread, 2, 200, 0, 300, host: &scene.host) == code(.notCapable))
        // Real programs name rights that the kind of file cannot have.
        #expect(scene.libOS.fdStatSetRights(thread, 0, .max, 0, host: &scene.host) == 0)
        #expect(scene.libOS.fdStatSetRights(thread, 8, 0, 0, host: &scene.host) == code(.badFileDescriptor))
    }

    @Test func flags() throws {
        var scene = try Scene()
        #expect(scene.libOS.fdStatSetFlags(thread, 2, 32, host: &scene.host) == code(.invalidArgument))
        #expect(scene.libOS.fdStatSetFlags(thread, 2, 5, host: &scene.host) == pending)
        let asked = try scene.asked(.setDescriptionFlags, SetDescriptionFlags.self, on: files)
        #expect(asked == SetDescriptionFlags(handle: handle(12), flags: [.append, .nonBlocking]))
        #expect(try scene.resume(Nothing()) == 0)
        #expect(scene.libOS.fdStatGet(thread, 2, 300, host: &scene.host) == 0)
        #expect(scene.word(302, 2) == 5)
        #expect(scene.libOS.fdStatSetFlags(thread, 2, 0, host: &scene.host) == pending)
        #expect(try scene.resume(failing: .notSupported) == code(.notSupported))
        #expect(scene.libOS.fdStatGet(thread, 2, 300, host: &scene.host) == 0)
        #expect(scene.word(302, 2) == 5)
    }

    @Test func aCharacterDeviceThatIsNoTerminalSeeks() throws {
        var scene = Scene(idle: ())
        let start = Scene.order(descriptors: [inherited(0, files, 10, .characterDevice)], ignored: 0, imageSize: 3)
        scene.libOS.deliver(.resourceManager, Message.request(.startProgram, id: RequestID(rawValue: 1), start), host: &scene.host)
        scene.answer(try #require(scene.host.sent.first { $0.header.operation == .read }), RawBytes([1, 2, 3]))
        // The program runs as soon as it is linked, so the hart is not told to link it before the answer.
        #expect(!scene.host.imageEnded)
        scene.refuse(try #require(scene.host.sent.first { $0.header.operation == .getWindowSize }), .inappropriateIOControl)
        #expect(scene.host.imageEnded)
        scene.libOS.imageResult(nil, reason: [], host: &scene.host)
        #expect(scene.libOS.isRunning)
        #expect(scene.libOS.fdStatGet(thread, 0, 300, host: &scene.host) == 0)
        #expect(Rights(rawValue: scene.word(308, 8)).isSuperset(of: [.seek, .tell]))
        #expect(scene.libOS.terminalSizeGet(thread, 0, 300, host: &scene.host) == code(.inappropriateIOControl))
    }

    @Test func socketsAreNotSupported() throws {
        var scene = try Scene()
        #expect(scene.libOS.socketAccept(thread, 2, 0, 300, host: &scene.host) == code(.notSupported))
        #expect(scene.libOS.socketReceive(thread, 2, 0, 0, 0, 0, 0, host: &scene.host) == code(.notSupported))
        #expect(scene.libOS.socketSend(thread, 2, 0, 0, 0, 0, host: &scene.host) == code(.notSupported))
        #expect(scene.libOS.socketShutdown(thread, 2, 0, host: &scene.host) == code(.notSupported))
        #expect(scene.libOS.socketShutdown(thread, 20, 0, host: &scene.host) == code(.badFileDescriptor))
    }
}
