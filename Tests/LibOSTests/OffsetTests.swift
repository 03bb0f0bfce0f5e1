import ABI
import Testing

@testable import LibOS

/// Whose the offset of an open file description is, and where it is (POSIX.1-2024, XSH lseek, read, write, dup, posix_spawn, and 2.9.7).
@Suite struct OffsetTests {
    /// A process with 5 a regular file (handle 60) that it opened, vectors of 8 bytes at 200 and no message on its way.
    func opened(_ flags: DescriptionFlags = []) throws -> Scene {
        var scene = try Scene()
        let length = scene.put(path: "file")
        #expect(
            scene.libOS.pathOpen(thread, 4, 0, 100, length, 0, Rights.all.rawValue, 0, UInt32(flags.rawValue), 8, host: &scene.host)
                == pending)
        let opened = FileOpened(handle: handle(60), access: [.read, .write], flags: flags, status: status(.regular))
        #expect(try scene.resume(PathResult.opened(files, opened)) == 0)
        #expect(scene.word(8) == 5)
        scene.put(vectors: [(500, 8)], 200)
        scene.host.sent = []
        return scene
    }

    func read(_ scene: inout Scene, _ descriptor: UInt32 = 5) -> Int32 {
        scene.libOS.fdRead(thread, descriptor, 200, 1, 300, host: &scene.host)
    }

    func write(_ scene: inout Scene, _ descriptor: UInt32 = 5) -> Int32 {
        scene.libOS.fdWrite(thread, descriptor, 200, 1, 300, host: &scene.host)
    }

    /// The offset as the program is told it, without a message.
    func offset(_ scene: inout Scene, _ descriptor: UInt32 = 5) -> UInt64 {
        let before = scene.host.sent.count
        #expect(scene.libOS.fdTell(thread, descriptor, 400, host: &scene.host) == 0)
        #expect(scene.host.sent.count == before)
        return scene.word(400, 8)
    }

    func seek(_ scene: inout Scene, _ distance: Int64, _ whence: Whence, _ descriptor: UInt32 = 5) -> Int32 {
        scene.libOS.fdSeek(thread, descriptor, distance, UInt32(whence.rawValue), 400, host: &scene.host)
    }

    /// Starts a program that inherits these descriptors of the process under their own numbers.
    func spawn(_ scene: inout Scene, _ descriptors: [UInt32], by thread: ThreadID = thread) -> Int32 {
        var writer = Writer()
        writer.value(
            SpawnBlock(
                arguments: [ByteString("a")],
                descriptors: descriptors.map {
                    SpawnBlock.Mapping(child: Descriptor(rawValue: $0), parent: Descriptor(rawValue: $0))
                }))
        scene.put(writer.bytes, 1000)
        let length = scene.put(path: "x")
        return scene.libOS.processSpawn(thread, 100, length, 1000, UInt32(writer.bytes.count), 600, 700, 8, 604, host: &scene.host)
    }

    let child = SpawnResult(process: ProcessID(rawValue: 55))

    // What takes messages.

    @Test func aSequentialReadTakesOneMessageForEachCallAndNoneForTheOffset() throws {
        var scene = try opened()
        for round in UInt64(0)..<4 {
            #expect(offset(&scene) == 8 * round)
            #expect(read(&scene) == pending)
            #expect(try scene.asked(.read, Read.self, on: files) == Read(handle: handle(60), position: .explicit(8 * round), count: 8))
            #expect(try scene.resume(RawBytes([UInt8](repeating: 1, count: 8))) == 0)
        }
        #expect(read(&scene) == pending)
        #expect(try scene.resume(RawBytes([])) == 0)
        #expect(offset(&scene) == 32)
        #expect(seek(&scene, 3, .start) == 0 && seek(&scene, -1, .current) == 0 && seek(&scene, 0, .current) == 0)
        #expect(scene.word(400, 8) == 2)
        #expect(scene.host.sent.count == 5)
    }

    @Test func onlyTheEndHasToBeAskedFor() throws {
        var scene = try opened()
        #expect(seek(&scene, 70, .start) == 0)
        #expect(seek(&scene, -5, .end) == pending)
        #expect(try scene.asked(.seek, Seek.self, on: files) == Seek(handle: handle(60), offset: -5, whence: .end))
        #expect(try scene.resume(Offset(offset: 95)) == 0)
        #expect(scene.word(400, 8) == 95)
        #expect(offset(&scene) == 95)
        #expect(seek(&scene, -200, .end) == pending)
        #expect(try scene.resume(failing: .invalidArgument) == code(.invalidArgument))
        #expect(seek(&scene, 0, .end) == pending)
        #expect(try scene.resume(Offset(offset: 1 << 63)) == code(.ioError), "no file is as large")
        #expect(offset(&scene) == 95)
        #expect(write(&scene) == pending)
        #expect(try scene.asked(.write, Write.self).position == .explicit(95))
    }

    // Where the offset is.

    @Test func whatWasDoneMovesTheOffset() throws {
        var scene = try opened()
        #expect(write(&scene) == pending)
        #expect(try scene.asked(.write, Write.self).position == .explicit(0))
        #expect(try scene.resume(Count(count: 5)) == 0)
        #expect(offset(&scene) == 5)
        #expect(write(&scene) == pending)
        #expect(try scene.resume(failing: .noSpace) == code(.noSpace))
        #expect(read(&scene) == pending)
        #expect(try scene.resume(failing: .ioError) == code(.ioError))
        #expect(read(&scene) == pending)
        #expect(try scene.resume(RawBytes([UInt8](repeating: 1, count: 9))) == code(.ioError), "more than was asked for")
        #expect(offset(&scene) == 5)
        #expect(read(&scene) == pending)
        #expect(try scene.asked(.read, Read.self).position == .explicit(5))
        #expect(try scene.resume(RawBytes([1, 2])) == 0)
        #expect(offset(&scene) == 7)
    }

    @Test func aTransferInPartsMovesTheOffsetByAllThatWasDone() throws {
        var scene = try opened()
        let size = UInt64(Limits.transfer)
        scene.host.memory = [UInt8](repeating: 7, count: 4 << 20)
        scene.put(vectors: [(4096, 2 * Limits.transfer)], 200)
        #expect(seek(&scene, 10, .start) == 0)
        #expect(read(&scene) == pending)
        #expect(try scene.resume(RawBytes([UInt8](repeating: 1, count: Limits.transfer))) == pending)
        #expect(try scene.asked(.read, Read.self).position == .explicit(10 + size))
        #expect(try scene.resume(RawBytes([1, 2, 3])) == 0)
        #expect(offset(&scene) == 13 + size)
        #expect(write(&scene) == pending)
        #expect(try scene.resume(Count(count: UInt32(Limits.transfer))) == pending)
        #expect(try scene.resume(failing: .noSpace) == 0)
        #expect(offset(&scene) == 13 + 2 * size)
    }

    @Test func offsetsOfTheirOwnMoveNothing() throws {
        var scene = try opened()
        #expect(seek(&scene, 10, .start) == 0)
        #expect(scene.libOS.fdReadAt(thread, 5, 200, 1, 70, 300, host: &scene.host) == pending)
        #expect(try scene.resume(RawBytes([1])) == 0)
        #expect(scene.libOS.fdWriteAt(thread, 5, 200, 1, 70, 300, host: &scene.host) == pending)
        #expect(try scene.resume(Count(count: 8)) == 0)
        #expect(offset(&scene) == 10)
    }

    @Test func anOffsetHasBounds() throws {
        var scene = try opened()
        #expect(seek(&scene, .max, .start) == 0)
        #expect(scene.word(400, 8) == UInt64(Int64.max))
        #expect(seek(&scene, 1, .current) == code(.overflow))
        #expect(seek(&scene, -1, .start) == code(.invalidArgument))
        #expect(seek(&scene, .min, .current) == code(.invalidArgument))
        #expect(offset(&scene) == UInt64(Int64.max))
        #expect(seek(&scene, -.max, .current) == 0)
        #expect(offset(&scene) == 0)
        #expect(scene.libOS.fdSeek(thread, 5, 4, 0, 65_530, host: &scene.host) == code(.badAddress))
        #expect(offset(&scene) == 0)
        #expect(scene.host.sent.isEmpty)
    }

    @Test func aServerThatGoesBeyondAllFilesDoesNoHarm() throws {
        var scene = try opened()
        #expect(seek(&scene, .max, .start) == 0)
        for _ in 0..<2 {
            #expect(write(&scene) == pending)
            #expect(try scene.asked(.write, Write.self).position == .explicit(UInt64(Int64.max)))
            #expect(try scene.resume(Count(count: 8)) == 0)
        }
        #expect(offset(&scene) == UInt64(Int64.max))
        #expect(seek(&scene, 1, .current) == code(.overflow))
        scene = try again(scene)
        #expect(spawn(&scene, [5]) == pending)
        #expect(try scene.asked(.seek, Seek.self).offset == .max)
    }

    @Test func duplicatesShareTheOffset() throws {
        var scene = try opened()
        #expect(scene.libOS.descriptorDuplicate(thread, 5, 0, 300, host: &scene.host) == 0)
        #expect(scene.word(300) == 6)
        #expect(seek(&scene, 4, .start, 6) == 0)
        #expect(offset(&scene) == 4)
        #expect(read(&scene) == pending)
        #expect(try scene.resume(RawBytes([1, 2])) == 0)
        #expect(scene.libOS.descriptorDuplicateTo(thread, 6, 9, host: &scene.host) == 0)
        #expect(scene.libOS.fdRenumber(thread, 6, 7, host: &scene.host) == 0)
        #expect(scene.libOS.fdClose(thread, 5, host: &scene.host) == 0)
        #expect(offset(&scene, 7) == 6 && offset(&scene, 9) == 6)
        // Another open of the same file has an offset of its own.
        let other = try scene.open(.regular, 61)
        #expect(offset(&scene, other) == 0 && offset(&scene, 7) == 6)
    }

    @Test func aReadThatASignalEndsMovesTheOffsetByWhatItGot() throws {
        var scene = try opened()
        try scene.set(.child, .interrupt)
        let ends: [(Errno?, Int32, UInt64)] = [(.interrupted, code(.interrupted), 3), (nil, 0, 5)]
        #expect(seek(&scene, 3, .start) == 0)
        for (error, result, after) in ends {
            #expect(read(&scene) == pending)
            let asked = try scene.last
            scene.signal(.child)
            #expect(try scene.last.header.operation == .cancel)
            #expect(scene.libOS.resume(thread) == pending)
            if let error { scene.refuse(asked, error) } else { scene.answer(asked, RawBytes([1, 2])) }
            #expect(scene.libOS.resume(thread) == result)
            #expect(scene.libOS.signalTake(thread, 400, host: &scene.host) == 0)
            #expect(offset(&scene) == after)
        }
    }

    @Test func theLineAboutATrapGoesWhereTheNextWriteWould() throws {
        var scene = try opened()
        #expect(scene.libOS.descriptorDuplicateTo(thread, 5, 2, host: &scene.host) == pending)
        #expect(try scene.resume(Nothing()) == 0)
        #expect(seek(&scene, 30, .start) == 0)
        scene.libOS.trap(kind: 11, text: text("why"), host: &scene.host)
        #expect(try scene.asked(.write, Write.self).position == .explicit(30))
    }

    // Whose the offset is.

    @Test(arguments: [(FileKind.pipe, MajorNumber.none), (.characterDevice, .terminal), (.characterDevice, .memory), (.unknown, .none)])
    func allButRegularFilesLeaveTheOffsetToTheServer(_ kind: FileKind, _ major: MajorNumber) throws {
        var scene = try Scene()
        scene.put(vectors: [(500, 8)], 200)
        let descriptor = try scene.open(kind, 60, major: major)
        #expect(read(&scene, descriptor) == pending)
        #expect(try scene.asked(.read, Read.self).position == .shared)
        #expect(try scene.resume(RawBytes([1])) == 0)
        #expect(write(&scene, descriptor) == pending)
        #expect(try scene.asked(.write, Write.self).position == .shared)
    }

    @Test func anInheritedOffsetIsTheServers() throws {
        var scene = try Scene()
        scene.put(vectors: [(500, 8)], 200)
        for descriptor in [UInt32(2), 9] {
            #expect(scene.libOS.descriptorDuplicateTo(thread, 2, 9, host: &scene.host) == 0)
            #expect(read(&scene, descriptor) == pending)
            #expect(try scene.asked(.read, Read.self).position == .shared)
            #expect(try scene.resume(RawBytes([1])) == 0)
            #expect(seek(&scene, 0, .start, descriptor) == pending)
            #expect(try scene.asked(.seek, Seek.self) == Seek(handle: handle(12), offset: 0, whence: .start))
            #expect(try scene.resume(Offset(offset: 0)) == 0)
            #expect(scene.libOS.fdTell(thread, descriptor, 400, host: &scene.host) == pending)
            #expect(try scene.resume(Offset(offset: 0)) == 0)
            _ = scene.libOS.fdClose(thread, 9, host: &scene.host)
        }
    }

    @Test func whatIsAppendedMovesTheServersOffset() throws {
        var scene = try opened(.append)
        #expect(write(&scene) == pending)
        #expect(try scene.asked(.write, Write.self).position == .shared)
        #expect(try scene.resume(Count(count: 8)) == 0)
        #expect(scene.libOS.fdTell(thread, 5, 400, host: &scene.host) == pending)
        #expect(try scene.asked(.seek, Seek.self) == Seek(handle: handle(60), offset: 0, whence: .current))
    }

    @Test func toAppendFromNowOnTheServerIsToldTheOffsetFirst() throws {
        var scene = try opened()
        #expect(seek(&scene, 9, .start) == 0)
        // Other flags are none of the offset's business.
        #expect(scene.libOS.fdStatSetFlags(thread, 5, UInt32(DescriptionFlags.nonBlocking.rawValue), host: &scene.host) == pending)
        #expect(try scene.last.header.operation == .setDescriptionFlags)
        #expect(try scene.resume(Nothing()) == 0)
        let append = UInt32(DescriptionFlags.append.rawValue)
        #expect(scene.libOS.fdStatSetFlags(thread, 5, append, host: &scene.host) == pending)
        #expect(try scene.resume(failing: .ioError) == code(.ioError))
        #expect(offset(&scene) == 9)
        #expect(scene.libOS.fdStatSetFlags(thread, 5, append, host: &scene.host) == pending)
        #expect(try scene.asked(.seek, Seek.self) == Seek(handle: handle(60), offset: 9, whence: .start))
        #expect(try scene.resume(Offset(offset: 9)) == pending)
        #expect(try scene.asked(.setDescriptionFlags, SetDescriptionFlags.self).flags == .append)
        // Though the flag is not set, the offset is right where it is now.
        #expect(try scene.resume(failing: .notSupported) == code(.notSupported))
        #expect(read(&scene) == pending)
        #expect(try scene.asked(.read, Read.self).position == .shared)
    }

    @Test func aChildThatInheritsAFileFindsItsOffset() throws {
        var scene = try opened()
        let other = try scene.open(.regular, 61)
        #expect(seek(&scene, 12, .start) == 0 && seek(&scene, 5, .start, other) == 0)
        #expect(scene.libOS.descriptorDuplicate(thread, 5, 0, 300, host: &scene.host) == 0)
        scene.host.sent = []
        #expect(spawn(&scene, [1, 2, 5, 7]) == pending)
        #expect(try scene.asked(.seek, Seek.self, on: files) == Seek(handle: handle(60), offset: 12, whence: .start))
        #expect(try scene.resume(Offset(offset: 12)) == pending)
        #expect(try scene.asked(.spawn, Spawn.self, on: .resourceManager).descriptors.map(\.handle) == [11, 12, 60, 60].map(handle))
        #expect(try scene.resume(child) == 0)
        #expect(scene.word(600) == 55)
        #expect(scene.host.sent.count == 2)
        // For good, also when the child has ended.
        #expect(read(&scene, 7) == pending)
        #expect(try scene.asked(.read, Read.self).position == .shared)
        #expect(try scene.resume(RawBytes([1])) == 0)
        #expect(scene.libOS.fdTell(thread, 5, 400, host: &scene.host) == pending)
        #expect(try scene.resume(Offset(offset: 13)) == 0)
        #expect(spawn(&scene, [5]) == pending)
        #expect(try scene.last.header.operation == .spawn)
        #expect(try scene.resume(child) == 0)
        // What the child did not inherit is nobody else's.
        #expect(offset(&scene, other) == 5)
    }

    @Test func anOffsetThatTheServerHasRightIsNotTold() throws {
        var scene = try opened()
        #expect(seek(&scene, 5, .start) == 0 && seek(&scene, 0, .start) == 0)
        let other = try scene.open(.regular, 61)
        #expect(seek(&scene, 0, .end, other) == pending)
        #expect(try scene.resume(Offset(offset: 44)) == 0)
        scene.host.sent = []
        #expect(spawn(&scene, [5, other]) == pending)
        #expect(try scene.last.header.operation == .spawn)
        #expect(scene.host.sent.count == 1)
        #expect(try scene.resume(child) == 0)
        for descriptor in [5, other] {
            #expect(read(&scene, descriptor) == pending)
            #expect(try scene.asked(.read, Read.self).position == .shared)
            #expect(try scene.resume(RawBytes([])) == 0)
        }
        // It moves after an end was asked for, and then the server has it wrong.
        let third = try scene.open(.regular, 62)
        #expect(seek(&scene, 0, .end, third) == pending)
        #expect(try scene.resume(Offset(offset: 44)) == 0)
        #expect(seek(&scene, 0, .start, third) == 0)
        #expect(spawn(&scene, [third]) == pending)
        #expect(try scene.asked(.seek, Seek.self) == Seek(handle: handle(62), offset: 0, whence: .start))
    }

    // Failure in the middle.

    @Test func aSpawnThatFailsLeavesTheOffsetWithTheServer() throws {
        var scene = try opened()
        #expect(seek(&scene, 12, .start) == 0)
        #expect(spawn(&scene, [5]) == pending)
        #expect(try scene.resume(Offset(offset: 12)) == pending)
        scene.refuse(try scene.last, .execFormatError, "reason")
        #expect(scene.libOS.resume(thread) == code(.execFormatError))
        #expect(scene.get(700, 6) == text("reason"))
        #expect(write(&scene) == pending)
        #expect(try scene.asked(.write, Write.self).position == .shared)
    }

    @Test func anOffsetThatTheServerDoesNotTakeStays() throws {
        var scene = try opened()
        let other = try scene.open(.regular, 61)
        #expect(seek(&scene, 12, .start) == 0 && seek(&scene, 5, .start, other) == 0)
        #expect(spawn(&scene, [5, other]) == pending)
        #expect(try scene.resume(Offset(offset: 12)) == pending)
        #expect(try scene.asked(.seek, Seek.self) == Seek(handle: handle(61), offset: 5, whence: .start))
        #expect(try scene.resume(failing: .ioError) == code(.ioError))
        #expect(!scene.host.sent.contains { $0.header.operation == .spawn })
        #expect(offset(&scene, other) == 5)
        #expect(read(&scene) == pending)
        #expect(try scene.asked(.read, Read.self).position == .shared)
    }

    @Test func aServerThatIsGoneFailsTheSpawn() throws {
        var scene = try opened()
        #expect(seek(&scene, 12, .start) == 0)
        #expect(spawn(&scene, [5]) == pending)
        scene.libOS.deliver(
            .resourceManager, Message.notice(.connectionLost, ConnectionLost(connection: files)), host: &scene.host)
        #expect(scene.libOS.resume(thread) == code(.ioError))
        #expect(!scene.host.sent.contains { $0.header.operation == .spawn })
        #expect(offset(&scene) == 12)
        #expect(spawn(&scene, [5]) == code(.ioError))
        #expect(spawn(&scene, []) == pending)
    }

    @Test func aSpawnThatIsRefusedAtOnceTellsNothing() throws {
        var scene = try opened()
        #expect(seek(&scene, 12, .start) == 0)
        #expect(spawn(&scene, [5, 5]) == code(.invalidArgument))
        #expect(spawn(&scene, [5, 30]) == code(.badFileDescriptor))
        #expect(scene.host.sent.isEmpty)
        #expect(offset(&scene) == 12)
        // Nothing is under way that could return credit.
        scene.host.credit = 0
        #expect(spawn(&scene, [5]) == code(.resourceTemporarilyUnavailable))
        #expect(offset(&scene) == 12)
    }

    @Test func aDescriptionThatAnotherThreadClosesIsNoHindrance() throws {
        var scene = try opened()
        let second = ThreadID(rawValue: 1)
        let other = try scene.open(.regular, 61)
        #expect(seek(&scene, 12, .start) == 0 && seek(&scene, 5, .start, other) == 0)
        #expect(spawn(&scene, [5, other]) == pending)
        let told = try scene.last
        #expect(scene.libOS.fdClose(second, other, host: &scene.host) == pending)
        scene.answer(told, Offset(offset: 12))
        #expect(try scene.last.header.operation == .spawn)
    }

    @Test func oneCallAtATimeUsesAKeptOffset() throws {
        var scene = try opened()
        let second = ThreadID(rawValue: 1)
        func others(_ scene: inout Scene) -> [Int32] {
            [
                scene.libOS.fdRead(second, 5, 200, 1, 304, host: &scene.host),
                scene.libOS.fdSeek(second, 5, 0, 0, 400, host: &scene.host),
                scene.libOS.fdTell(second, 5, 400, host: &scene.host),
                scene.libOS.fdStatSetFlags(second, 5, UInt32(DescriptionFlags.append.rawValue), host: &scene.host),
                spawn(&scene, [5], by: second),
            ]
        }
        let busy = [Int32](repeating: code(.resourceBusy), count: 5)
        #expect(read(&scene) == pending)
        let asked = try scene.last
        #expect(others(&scene) == busy)
        // With an offset of its own a read is in nobody's way.
        #expect(scene.libOS.fdReadAt(second, 5, 200, 1, 0, 304, host: &scene.host) == pending)
        scene.answer(try scene.last, RawBytes([]))
        #expect(scene.libOS.resume(second) == 0)
        scene.answer(asked, RawBytes([1, 2]))
        #expect(scene.libOS.resume(thread) == 0)
        #expect(seek(&scene, 0, .end) == pending)
        #expect(others(&scene) == busy)
        #expect(try scene.resume(Offset(offset: 9)) == 0)
        #expect(seek(&scene, 2, .start) == 0)
        #expect(spawn(&scene, [5]) == pending)
        #expect(others(&scene) == busy)
        #expect(try scene.resume(Offset(offset: 2)) == pending)
        #expect(scene.libOS.fdTell(second, 5, 400, host: &scene.host) == pending)
    }

    @Test func aTransferEndsAfterItsFileIsClosed() throws {
        var scene = try opened()
        let second = ThreadID(rawValue: 1)
        #expect(read(&scene) == pending)
        let asked = try scene.last
        #expect(scene.libOS.fdClose(second, 5, host: &scene.host) == pending)
        scene.answer(try scene.last, Nothing())
        #expect(scene.libOS.resume(second) == 0)
        let other = try scene.open(.regular, 61, by: second)
        #expect(other == 5)
        scene.answer(asked, RawBytes([1, 2]))
        #expect(scene.libOS.resume(thread) == 0)
        #expect(offset(&scene, other) == 0, "it is that of another description")
    }

    // The state as bytes.

    /// The same process, written down and read.
    func again(_ scene: Scene) throws -> Scene {
        var writer = Writer()
        scene.libOS.encode(into: &writer)
        var reader = Reader(writer.bytes)
        var copy = scene
        copy.libOS = try LibOS(decoding: &reader)
        try reader.finish()
        return copy
    }

    @Test func theOffsetIsPartOfTheState() throws {
        var scene = try again(opened())
        #expect(seek(&scene, 12, .start) == 0)
        scene = try again(scene)
        #expect(offset(&scene) == 12)
        #expect(read(&scene) == pending)
        scene = try again(scene)
        #expect(try scene.resume(RawBytes([1, 2])) == 0)
        #expect(offset(&scene) == 14)
        #expect(seek(&scene, -1, .end) == pending)
        scene = try again(scene)
        #expect(try scene.resume(Offset(offset: 20)) == 0)
        #expect(offset(&scene) == 20)
        #expect(seek(&scene, 1, .current) == 0)
        scene = try again(scene)
        #expect(spawn(&scene, [5]) == pending)
        #expect(try scene.asked(.seek, Seek.self).offset == 21)
        scene = try again(scene)
        #expect(try scene.resume(Offset(offset: 21)) == pending)
        #expect(try scene.asked(.spawn, Spawn.self).descriptors.map(\.handle) == [handle(60)])
        scene = try again(scene)
        #expect(try scene.resume(child) == 0)
        #expect(read(&scene) == pending)
        #expect(try scene.asked(.read, Read.self).position == .shared)
    }

    @Test func anOffsetThatCannotBeIsNotRead() throws {
        let opened = FileOpened(handle: handle(60), access: .read, flags: [], status: status(.regular))
        for (kind, value, isRefused) in [(FileKind.regular, UInt64(5), false), (.regular, 1 << 63, true), (.pipe, 5, true)] {
            var description = Description(files, opened)
            description.kind = kind
            description.kept = KeptOffset(value)
            var writer = Writer()
            writer.value(description)
            var reader = Reader(writer.bytes)
            if isRefused {
                #expect(throws: Errno.badMessage) { try reader.value(Description.self) }
            } else {
                #expect(try reader.value(Description.self) == description)
            }
        }
    }
}
