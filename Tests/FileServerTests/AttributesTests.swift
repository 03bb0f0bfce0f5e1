import ABI
import FileServer
import ServerKit
import Testing
import TmpFS

@Suite struct AttributesTests {
    private let keepUser = UserID(rawValue: .max)
    private let keepGroup = GroupID(rawValue: .max)

    @Test func modes() throws {
        let client = try Client.tmpfs("mode=777")
        try client.make("f", as: alice)
        #expect(try client.walk("f", .setMode(0o4755), as: alice) == .nothing)
        #expect(try client.status("f").mode == 0o4755)
        #expect(throws: Errno.notPermitted) { try client.walk("f", .setMode(0o777), as: bob) }
        #expect(throws: Errno.noSuchFileOrDirectory) { try client.walk("x", .setMode(0o777)) }
        // Who is not of the file's group cannot give its rights away.
        #expect(try client.walk("f", .setOwner(keepUser, GroupID(rawValue: 99))) == .nothing)
        #expect(try client.walk("f", .setMode(0o2755), as: alice) == .nothing)
        #expect(try client.status("f").mode == 0o755)
        #expect(try client.walk("f", .setMode(0o2755)) == .nothing)
        #expect(try client.status("f").mode == 0o2755)
    }

    @Test func owners() throws {
        let client = try Client.tmpfs("mode=777")
        try client.make("f", mode: 0o6755, as: alice)
        #expect(throws: Errno.notPermitted) { try client.walk("f", .setOwner(bob.user, keepGroup), as: alice) }
        #expect(throws: Errno.notPermitted) { try client.walk("f", .setOwner(keepUser, bob.group), as: alice) }
        #expect(throws: Errno.notPermitted) { try client.walk("f", .setOwner(bob.user, bob.group), as: bob) }
        #expect(try client.status("f").mode == 0o6755)
        #expect(try client.walk("f", .setOwner(keepUser, GroupID(rawValue: 7)), as: alice) == .nothing)
        var status = try client.status("f")
        #expect(status.user == alice.user && status.group.rawValue == 7 && status.mode == 0o755)
        #expect(try client.walk("f", .setOwner(bob.user, keepGroup)) == .nothing)
        status = try client.status("f")
        #expect(status.user == bob.user && status.group.rawValue == 7)
        try client.makeDirectory("d", mode: 0o777)
        #expect(try client.walk("d", .setMode(0o3777)) == .nothing)
        #expect(try client.walk("d", .setOwner(bob.user, bob.group)) == .nothing)
        #expect(try client.status("d").mode == 0o3777)
    }

    @Test func times() throws {
        let client = try Client.tmpfs("mode=777")
        try client.make("f", mode: 0o666, as: alice)
        let one = TimeSetting.to(Nanoseconds(rawValue: 1))
        let two = TimeSetting.to(Nanoseconds(rawValue: 2))
        client.time += 10
        #expect(try client.walk("f", .setTimes(TimeChange(access: one, modification: two)), as: alice) == .nothing)
        var status = try client.status("f")
        #expect(status.accessTime.rawValue == 1 && status.modificationTime.rawValue == 2 && status.changeTime == client.now)
        #expect(throws: Errno.notPermitted) { try client.walk("f", .setTimes(TimeChange(access: one, modification: .now)), as: bob) }
        #expect(throws: Errno.notPermitted) { try client.walk("f", .setTimes(TimeChange(access: .now, modification: .keep)), as: bob) }
        #expect(try client.walk("f", .setTimes(TimeChange(access: .keep, modification: .keep)), as: bob) == .nothing)
        #expect(try client.walk("f", .setTimes(TimeChange(access: .now, modification: .now)), as: bob) == .nothing)
        #expect(try client.status("f").modificationTime == client.now)
        #expect(try client.walk("f", .setMode(0o644)) == .nothing)
        #expect(throws: Errno.permissionDenied) { try client.walk("f", .setTimes(TimeChange(access: .now, modification: .now)), as: bob) }
        // By handle the opener counts.
        let handle = try client.open("f", .read, as: bob)
        #expect(throws: Errno.permissionDenied) {
            try client.call(
                .setTimes, SetTimes(handle: handle, times: TimeChange(access: .now, modification: .now)), as: process(1), Nothing.self)
        }
        let own = try client.open("f", .read, as: alice)
        _ = try client.call(
            .setTimes, SetTimes(handle: own, times: TimeChange(access: .keep, modification: one)), as: process(1), Nothing.self)
        status = try client.call(.status, OneHandle(handle: own), as: process(1), FileStatus.self)
        #expect(status.modificationTime.rawValue == 1)
    }

    @Test func sizes() throws {
        let client = try Client.tmpfs("mode=777")
        try client.make("f", "hello", mode: 0o4755, as: alice)
        try client.makeDirectory("d")
        #expect(throws: Errno.isDirectory) { try client.walk("d", .setSize(0)) }
        #expect(throws: Errno.permissionDenied) { try client.walk("f", .setSize(0), as: bob) }
        #expect(try client.walk("f", .setSize(2), as: alice) == .nothing)
        #expect(try client.content("f") == "he")
        #expect(try client.status("f").mode == 0o755)
    }

    @Test func access() throws {
        let client = try Client.tmpfs("mode=777")
        try client.make("f", mode: 0o640, as: alice)
        #expect(try client.walk("f", .access(0), as: bob) == .nothing)
        #expect(try client.walk("f", .access(6), as: alice) == .nothing)
        #expect(try client.walk("f", .access(6)) == .nothing)
        #expect(throws: Errno.permissionDenied) { try client.walk("f", .access(4), as: bob) }
        #expect(throws: Errno.permissionDenied) { try client.walk("f", .access(1)) }
        #expect(throws: Errno.noSuchFileOrDirectory) { try client.walk("x", .access(0)) }
    }

    @Test func fileSystemsComeAndGo() throws {
        let client = try Client.tmpfs()
        func create(_ options: String) throws(Errno) -> UInt32 {
            try client.call(
                .createFileSystem, CreateFileSystem(options: bytes(options), credentials: alice), FileSystemCreated.self
            ).fileSystem.rawValue
        }
        func destroy(_ number: UInt32) throws(Errno) {
            _ = try client.call(.destroyFileSystem, OneFileSystem(fileSystem: FileSystemID(rawValue: number)), Nothing.self)
        }
        for wrong in [
            "x", "mode", "mode=", "mode=9", "mode=10000", "size=", "size=0", "size=-1", "size=1q", "size=4g", "mode=755,", ",", "size=k",
        ] {
            #expect(throws: Errno.invalidArgument, "\(wrong)") { try create(wrong) }
        }
        #expect(try create("mode=1770,size=64k") == 2)
        guard case .status(let status) = try client.walk("/", .status, fileSystem: 2) else { return }
        #expect(status.mode == 0o1770 && status.user == alice.user && status.group == alice.group)
        #expect(try client.walk("f", .makeDirectory(0o755), fileSystem: 2) == .nothing)
        #expect(throws: Errno.noSuchFileOrDirectory) { try client.status("f") }
        let opened = try client.walk("f", .open(OpenFile(access: .read)), fileSystem: 2)
        guard case .opened(let file) = opened else { return }
        #expect(throws: Errno.badFileDescriptor) { try client.walk("x", .status, start: .handle(process(1), file.handle)) }
        #expect(throws: Errno.resourceBusy) { try destroy(2) }
        try client.close(file.handle)
        try destroy(2)
        #expect(throws: Errno.invalidArgument) { try destroy(2) }
        #expect(throws: Errno.staleFileHandle) { try client.walk("f", .status, fileSystem: 2) }
        #expect(try create("size=1g") == 3)
        #expect(throws: Errno.notEnoughMemory) { try create("size=1g") }
    }
}
