import ABI
import Testing

@testable import LibOS

/// Calls on open files, and directories.
@Suite struct FileTests {
    @Test func fileStat() throws {
        var scene = try Scene()
        #expect(scene.libOS.fdFileStatGet(thread, 2, 400, host: &scene.host) == pending)
        #expect(try scene.asked(.status, OneHandle.self, on: files).handle == handle(12))
        #expect(try scene.resume(status(.regular, size: 1 << 33)) == 0)
        #expect(scene.word(400, 8) == 5)
        #expect(scene.word(408, 8) == 1 << 32 | 6)
        #expect(scene.word(416, 8) == 4)
        #expect(scene.word(424, 8) == 3)
        #expect(scene.word(432, 8) == 1 << 33)
        #expect([scene.word(440, 8), scene.word(448, 8), scene.word(456, 8)] == [11, 12, 13])
        #expect(scene.get(464, 1) == [0xAA])
        #expect(scene.libOS.fdFileStatGet(thread, 2, 400, host: &scene.host) == pending)
        #expect(try scene.resume(RawBytes([1, 2])) == code(.ioError))
    }

    @Test func descriptorStatusIsTheEncodedStatus() throws {
        var scene = try Scene()
        #expect(scene.libOS.descriptorStatus(thread, 1, 400, host: &scene.host) == pending)
        #expect(try scene.resume(status(.pipe)) == 0)
        var reader = Reader(scene.get(400, Int(StatusForm.martlet.size)))
        #expect(try reader.value(FileStatus.self) == status(.pipe))
        try reader.finish()
    }

    @Test func sizeAndAllocate() throws {
        var scene = try Scene()
        #expect(scene.libOS.fdFileStatSetSize(thread, 2, 100, host: &scene.host) == pending)
        #expect(try scene.asked(.setSize, SetSize.self) == SetSize(handle: handle(12), size: 100))
        #expect(try scene.resume(failing: .noSpace) == code(.noSpace))
        #expect(scene.libOS.fdFileStatSetSize(thread, 2, 1 << 63, host: &scene.host) == code(.fileTooLarge))
        #expect(scene.libOS.fdFileStatSetSize(thread, 1, 1, host: &scene.host) == code(.notCapable))
        #expect(scene.libOS.fdAllocate(thread, 2, 5, 0, host: &scene.host) == code(.invalidArgument))
        #expect(scene.libOS.fdAllocate(thread, 2, .max, 2, host: &scene.host) == code(.fileTooLarge))
        #expect(scene.libOS.fdAllocate(thread, 3, 0, 1, host: &scene.host) == code(.notCapable))
        #expect(scene.libOS.fdAllocate(thread, 2, 5, 6, host: &scene.host) == pending)
        #expect(try scene.asked(.allocate, Allocate.self) == Allocate(handle: handle(12), offset: 5, length: 6))
        #expect(try scene.resume(Nothing()) == 0)
    }

    @Test(arguments: [
        (UInt32(0), TimeSetting.keep, TimeSetting.keep), (1, .to(Nanoseconds(rawValue: 7)), .keep), (2, .now, .keep),
        (4, .keep, .to(Nanoseconds(rawValue: 8))), (8, .keep, .now), (10, .now, .now),
    ]) func times(_ flags: UInt32, _ access: TimeSetting, _ modification: TimeSetting) throws {
        var scene = try Scene()
        #expect(scene.libOS.fdFileStatSetTimes(thread, 2, 7, 8, flags, host: &scene.host) == pending)
        #expect(
            try scene.asked(.setTimes, SetTimes.self)
                == SetTimes(handle: handle(12), times: TimeChange(access: access, modification: modification)))
        #expect(try scene.resume(Nothing()) == 0)
        let length = scene.put(path: "f")
        #expect(scene.libOS.pathFileStatSetTimes(thread, 4, 1, 100, length, 7, 8, flags, host: &scene.host) == pending)
        let asked = try scene.asked(.path, PathRequest.self)
        #expect(asked.operation == .setTimes(TimeChange(access: access, modification: modification)))
        #expect(asked.flags == .followLast)
    }

    @Test(arguments: [UInt32(3), 12, 15, 16, .max]) func contradictingTimes(_ flags: UInt32) throws {
        var scene = try Scene()
        #expect(scene.libOS.fdFileStatSetTimes(thread, 2, 7, 8, flags, host: &scene.host) == code(.invalidArgument))
        let length = scene.put(path: "f")
        #expect(
            scene.libOS.pathFileStatSetTimes(thread, 4, 0, 100, length, 7, 8, flags, host: &scene.host) == code(.invalidArgument))
    }

    @Test func seekAndTell() throws {
        var scene = try Scene()
        #expect(scene.libOS.fdSeek(thread, 2, -5, 2, 400, host: &scene.host) == pending)
        #expect(try scene.asked(.seek, Seek.self) == Seek(handle: handle(12), offset: -5, whence: .end))
        #expect(try scene.resume(Offset(offset: 1 << 40)) == 0)
        #expect(scene.word(400, 8) == 1 << 40)
        #expect(scene.libOS.fdTell(thread, 2, 400, host: &scene.host) == pending)
        #expect(try scene.asked(.seek, Seek.self) == Seek(handle: handle(12), offset: 0, whence: .current))
        #expect(try scene.resume(failing: .invalidArgument) == code(.invalidArgument))
        #expect(scene.libOS.fdSeek(thread, 2, 0, 3, 400, host: &scene.host) == code(.invalidArgument))
        #expect(scene.libOS.fdSeek(thread, 0, 0, 0, 400, host: &scene.host) == code(.illegalSeek))
        #expect(scene.libOS.fdTell(thread, 1, 400, host: &scene.host) == code(.illegalSeek))
        #expect(scene.libOS.fdSeek(thread, 3, 0, 1, 400, host: &scene.host) == code(.notCapable))
        #expect(scene.libOS.fdStatSetRights(thread, 2, Rights.tell.rawValue, 0, host: &scene.host) == 0)
        #expect(scene.libOS.fdSeek(thread, 2, 0, 0, 400, host: &scene.host) == code(.notCapable))
        #expect(scene.libOS.fdSeek(thread, 2, 0, 1, 400, host: &scene.host) == pending)
    }

    @Test func syncAndAdvise() throws {
        var scene = try Scene()
        #expect(scene.libOS.fdSync(thread, 2, host: &scene.host) == pending)
        #expect(try scene.resume(Nothing()) == 0)
        #expect(scene.libOS.fdDataSync(thread, 2, host: &scene.host) == pending)
        #expect(try scene.asked(.sync, OneHandle.self).handle == handle(12))
        #expect(try scene.resume(failing: .ioError) == code(.ioError))
        #expect(scene.libOS.fdSync(thread, 22, host: &scene.host) == code(.badFileDescriptor))
        #expect(scene.libOS.fdAdvise(thread, 2, 0, 10, 5, host: &scene.host) == 0)
        #expect(scene.libOS.fdAdvise(thread, 2, 0, 10, 6, host: &scene.host) == code(.invalidArgument))
        #expect(scene.libOS.fdAdvise(thread, 2, .max, 1, 0, host: &scene.host) == code(.invalidArgument))
        #expect(scene.libOS.fdAdvise(thread, 1, 0, 0, 0, host: &scene.host) == code(.illegalSeek))
        #expect(scene.libOS.fdAdvise(thread, 3, 0, 0, 0, host: &scene.host) == code(.notCapable))
    }

    // MARK: Directories

    private func entry(_ cookie: UInt64, _ name: String) -> DirectoryEntry {
        DirectoryEntry(cookie: cookie, node: NodeID(index: UInt32(cookie), generation: 0), kind: .regular, name: text(name))
    }

    @Test func aListingGoesOnUntilNothingIsLeft() throws {
        var scene = try Scene()
        #expect(scene.libOS.fdReadDirectory(thread, 3, 500, 200, 0, 400, host: &scene.host) == pending)
        let asked = try scene.asked(.readDirectory, ReadDirectory.self, on: files)
        #expect(asked.handle == handle(20) && asked.cookie == 0 && asked.count >= 280)
        #expect(try scene.resume(DirectoryEntries(entries: [entry(1, "."), entry(2, "..")])) == pending)
        #expect(try scene.asked(.readDirectory, ReadDirectory.self).cookie == 2)
        #expect(try scene.resume(DirectoryEntries(entries: [entry(7, "name")])) == pending)
        #expect(try scene.resume(DirectoryEntries(entries: [])) == 0)
        #expect(scene.word(400) == 25 + 26 + 28)
        #expect(scene.word(500, 8) == 1 && scene.word(508, 8) == 1 && scene.word(516) == 1 && scene.word(520) == 4)
        #expect(scene.get(524, 1) == text("."))
        #expect(scene.word(551, 8) == 7 && scene.get(575, 5) == text("name") + [0xAA])
    }

    @Test func theLastEntryIsCutOffAndFillsTheBuffer() throws {
        var scene = try Scene()
        #expect(scene.libOS.fdReadDirectory(thread, 3, 500, 30, 0, 400, host: &scene.host) == pending)
        #expect(try scene.resume(DirectoryEntries(entries: [entry(1, "a"), entry(2, "b"), entry(3, "c")])) == 0)
        #expect(scene.word(400) == 30)
        #expect(scene.word(525) == 2)
        #expect(scene.get(530, 2) == [0xAA, 0xAA])
    }

    @Test func listingErrors() throws {
        var scene = try Scene()
        #expect(scene.libOS.fdReadDirectory(thread, 2, 500, 30, 0, 400, host: &scene.host) == code(.notDirectory))
        #expect(scene.libOS.fdReadDirectory(thread, 22, 500, 30, 0, 400, host: &scene.host) == code(.badFileDescriptor))
        #expect(scene.libOS.fdReadDirectory(thread, 3, 500, 0, 0, 400, host: &scene.host) == 0)
        #expect(scene.libOS.fdReadDirectory(thread, 3, 500, 64, 0, 400, host: &scene.host) == pending)
        #expect(try scene.resume(failing: .noSuchFileOrDirectory) == code(.noSuchFileOrDirectory))
        #expect(scene.libOS.fdReadDirectory(thread, 3, 500, 64, 0, 400, host: &scene.host) == pending)
        #expect(try scene.resume(DirectoryEntries(entries: [entry(1, "a")])) == pending)
        #expect(try scene.resume(failing: .ioError) == 0)
        #expect(scene.word(400) == 25)
        #expect(scene.libOS.fdReadDirectory(thread, 3, 500, 64, 0, 400, host: &scene.host) == pending)
        #expect(try scene.resume(RawBytes([9, 9])) == code(.ioError))
    }

    @Test func changingTheWorkingDirectory() throws {
        var scene = try Scene()
        let length = scene.put(path: "usr")
        #expect(scene.libOS.directoryChange(thread, 100, length, host: &scene.host) == pending)
        let asked = try scene.asked(.path, PathRequest.self, on: .resourceManager)
        #expect(asked.start == PathStart(connection: files, handle: handle(21)))
        #expect(asked.path == text("usr/.") && asked.flags == .followLast)
        #expect(asked.operation == .open(OpenFile(access: .read, open: .directory)))
        // A directory that may be searched but not listed.
        #expect(try scene.resume(failing: .permissionDenied) == pending)
        #expect(try scene.asked(.path, PathRequest.self).operation == .open(OpenFile(access: [], open: .directory)))
        let opened = FileOpened(handle: handle(50), access: [], flags: [], status: status(.directory))
        #expect(try scene.resume(PathResult.opened(files, opened)) == 0)
        #expect(try scene.asked(.close, OneHandle.self).handle == handle(21))
        // The preopened `.` is the new one.
        #expect(scene.libOS.pathUnlinkFile(thread, 4, 100, length, host: &scene.host) == pending)
        #expect(try scene.asked(.path, PathRequest.self).start.handle == handle(50))
        _ = try scene.resume(PathResult.nothing)
        #expect(scene.libOS.directoryCurrent(thread, 500, 3, 400, host: &scene.host) == pending)
        #expect(try scene.asked(.location, PathStart.self).handle == handle(50))
        #expect(try scene.resume(RawBytes(text("/usr"))) == code(.resultTooLarge))
        #expect(scene.libOS.directoryCurrent(thread, 500, 4, 400, host: &scene.host) == pending)
        #expect(try scene.resume(RawBytes(text("/usr"))) == 0)
        #expect(scene.word(400) == 4 && scene.get(500, 5) == text("/usr") + [0xAA])
        #expect(scene.libOS.directoryChange(thread, 100, 0, host: &scene.host) == code(.noSuchFileOrDirectory))
    }

    @Test func theWorkingDirectoryOutlivesItsDescriptor() throws {
        var scene = try Scene()
        #expect(scene.libOS.fdClose(thread, 4, host: &scene.host) == 0)
        #expect(scene.host.sent.isEmpty)
        let length = scene.put(path: "x")
        #expect(scene.libOS.unmount(thread, 100, length, host: &scene.host) == pending)
        #expect(try scene.asked(.unmount, Unmount.self).start.handle == handle(21))
    }
}
