import ABI
import Testing

@testable import LibOS

/// Advisory locks (POSIX, fcntl), as far as they are the libOS's.
@Suite struct LockTests {
    private func lock(
        _ scene: inout Scene, _ descriptor: UInt32, action: UInt32 = 0, kind: UInt32 = 2, whence: UInt32 = 0, start: Int64 = 0
    ) -> Int32 {
        scene.libOS.descriptorLock(thread, descriptor, 0, action, kind, whence, start, 5, 400, host: &scene.host)
    }

    @Test func theOffsetIsTheLibOSs() throws {
        var scene = try OffsetTests().opened()
        #expect(scene.libOS.fdSeek(thread, 5, 7, 0, 400, host: &scene.host) == 0)
        #expect(lock(&scene, 5, whence: 1, start: -2) == pending)
        let asked = try scene.asked(.lock, SetLock.self, on: files)
        #expect(asked.whence == .start && asked.start == 5 && asked.length == 5 && asked.process == scene.libOS.process)
        #expect(try scene.resume(LockStatus.free) == 0)
        #expect(lock(&scene, 5, whence: 1, start: .max) == code(.overflow))
        // A description of the server's has it there.
        var other = try OffsetTests().opened(.append)
        #expect(lock(&other, 5, whence: 1, start: -2) == pending)
        let far = try other.asked(.lock, SetLock.self, on: files)
        #expect(far.whence == .current && far.start == -2)
    }

    @Test func whatIsInTheWayIsTold() throws {
        var scene = try OffsetTests().opened()
        #expect(lock(&scene, 5, action: 2) == pending)
        #expect(try scene.resume(LockStatus(kind: .shared, process: ProcessID(rawValue: 77), start: 3, length: 9)) == 0)
        #expect([scene.word(400), scene.word(404), scene.word(408, 8), scene.word(416, 8)] == [1, 77, 3, 9])
        for (action, kind, whence) in [(3, 1, 0), (0, 3, 0), (0, 1, 3), (256, 1, 0)] as [(UInt32, UInt32, UInt32)] {
            #expect(lock(&scene, 5, action: action, kind: kind, whence: whence) == code(.invalidArgument))
        }
        #expect(lock(&scene, 9) == code(.badFileDescriptor))
    }

    @Test func anyCloseOfAFileThatMayBeLockedIsTold() throws {
        var scene = try OffsetTests().opened()
        #expect(scene.libOS.descriptorDuplicate(thread, 5, 6, 8, host: &scene.host) == 0)
        #expect(scene.libOS.descriptorDuplicate(thread, 5, 7, 8, host: &scene.host) == 0)
        // Nothing was ever locked: no message.
        #expect(scene.libOS.fdClose(thread, 7, host: &scene.host) == 0)
        #expect(lock(&scene, 5) == pending)
        #expect(try scene.resume(LockStatus.free) == 0)
        #expect(scene.libOS.fdClose(thread, 6, host: &scene.host) == pending)
        let asked = try scene.asked(.lock, SetLock.self, on: files)
        #expect(asked.kind == .none && asked.scope == .process && asked.start == 0 && asked.length == 0 && asked.handle == handle(60))
        #expect(try scene.resume(LockStatus.free) == 0)
        // dup2(2) closes too.
        #expect(scene.libOS.descriptorDuplicate(thread, 5, 6, 8, host: &scene.host) == 0)
        #expect(scene.libOS.descriptorDuplicateTo(thread, 0, 6, host: &scene.host) == pending)
        #expect(try scene.asked(.lock, SetLock.self, on: files).kind == .none)
        #expect(try scene.resume(LockStatus.free) == 0)
        // The last one is closed, which says as much.
        #expect(scene.libOS.fdClose(thread, 5, host: &scene.host) == pending)
        #expect(try scene.last.header.operation == .close)
    }
}
