import ABI
import Testing

@testable import LibOS

/// WASI fd_read, fd_write, fd_pread, fd_pwrite.
@Suite struct TransferTests {
    @Test func readScattersOverTheVectors() throws {
        var scene = try Scene()
        scene.put(vectors: [(500, 2), (0, 0), (600, 10)], 200)
        #expect(scene.libOS.fdRead(thread, 2, 200, 3, 300, host: &scene.host) == pending)
        let read = try scene.asked(.read, Read.self, on: files)
        #expect(read == Read(handle: handle(12), position: .shared, count: 12))
        #expect(try scene.last.header.argument >= 12)
        #expect(try scene.resume(RawBytes(text("hello"))) == 0)
        #expect(scene.get(500, 3) == text("he") + [0xAA])
        #expect(scene.get(600, 4) == text("llo") + [0xAA])
        #expect(scene.word(300) == 5)
    }

    @Test func writeGathersInOneMessage() throws {
        var scene = try Scene()
        scene.put(text("abcdef"), 500)
        scene.put(vectors: [(500, 3), (504, 2)], 200)
        #expect(scene.libOS.fdWrite(thread, 1, 200, 2, 300, host: &scene.host) == pending)
        let write = try scene.asked(.write, Write.self, on: pipes)
        #expect(write == Write(handle: handle(11), position: .shared, data: text("abcef")))
        #expect(try scene.resume(Count(count: 5)) == 0)
        #expect(scene.word(300) == 5)
    }

    @Test func nothingToMoveSendsNothing() throws {
        var scene = try Scene()
        scene.put(vectors: [(500, 0)], 200)
        #expect(scene.libOS.fdRead(thread, 2, 200, 1, 300, host: &scene.host) == 0)
        #expect(scene.libOS.fdWrite(thread, 2, 200, 0, 304, host: &scene.host) == 0)
        #expect(scene.word(300, 8) == 0)
        #expect(scene.host.sent.isEmpty)
    }

    @Test func explicitOffsets() throws {
        var scene = try Scene()
        scene.put(vectors: [(500, 4)], 200)
        #expect(scene.libOS.fdReadAt(thread, 2, 200, 1, 7, 300, host: &scene.host) == pending)
        #expect(try scene.asked(.read, Read.self).position == .explicit(7))
        #expect(try scene.resume(RawBytes([])) == 0)
        #expect(scene.word(300) == 0)
        #expect(scene.libOS.fdWriteAt(thread, 2, 200, 1, 9, 300, host: &scene.host) == pending)
        #expect(try scene.asked(.write, Write.self).position == .explicit(9))
        #expect(try scene.resume(Count(count: 4)) == 0)
        #expect(scene.libOS.fdReadAt(thread, 0, 200, 1, 0, 300, host: &scene.host) == code(.illegalSeek))
        #expect(scene.libOS.fdWriteAt(thread, 1, 200, 1, 0, 300, host: &scene.host) == code(.illegalSeek))
        #expect(scene.libOS.fdReadAt(thread, 2, 200, 1, 1 << 63, 300, host: &scene.host) == code(.invalidArgument))
    }

    @Test func largeTransfersAreSplit() throws {
        var scene = try Scene()
        let size = Limits.transfer + 100
        scene.host.memory = [UInt8](repeating: 7, count: 4 << 20)
        scene.put(vectors: [(4096, size)], 200)
        #expect(scene.libOS.fdWrite(thread, 2, 200, 1, 300, host: &scene.host) == pending)
        #expect(try scene.asked(.write, Write.self).data.count == Limits.transfer)
        #expect(try scene.resume(Count(count: UInt32(Limits.transfer))) == pending)
        #expect(try scene.asked(.write, Write.self).data.count == 100)
        #expect(try scene.resume(Count(count: 100)) == 0)
        #expect(scene.word(300) == UInt64(size))

        #expect(scene.libOS.fdReadAt(thread, 2, 200, 1, 5, 300, host: &scene.host) == pending)
        #expect(try scene.resume(RawBytes([UInt8](repeating: 9, count: Limits.transfer))) == pending)
        #expect(try scene.asked(.read, Read.self).position == .explicit(5 + UInt64(Limits.transfer)))
        #expect(try scene.resume(RawBytes([1, 2])) == 0)
        #expect(scene.word(300) == UInt64(Limits.transfer + 2))
        #expect(scene.get(4096 + Limits.transfer - 1, 4) == [9, 1, 2, 7])
    }

    @Test func aShortCountOrAnErrorEndsASplitTransfer() throws {
        var scene = try Scene()
        scene.host.memory = [UInt8](repeating: 7, count: 4 << 20)
        scene.put(vectors: [(4096, Limits.transfer * 2)], 200)
        #expect(scene.libOS.fdWrite(thread, 2, 200, 1, 300, host: &scene.host) == pending)
        #expect(try scene.resume(Count(count: 10)) == 0)
        #expect(scene.word(300) == 10)
        #expect(scene.libOS.fdWrite(thread, 2, 200, 1, 300, host: &scene.host) == pending)
        #expect(try scene.resume(Count(count: UInt32(Limits.transfer))) == pending)
        #expect(try scene.resume(failing: .noSpace) == 0)
        #expect(scene.word(300) == UInt64(Limits.transfer))
        #expect(scene.libOS.fdWrite(thread, 2, 200, 1, 300, host: &scene.host) == pending)
        #expect(try scene.resume(failing: .noSpace) == code(.noSpace))
    }

    @Test func aTerminalReadEndsWithTheFirstMessage() throws {
        var scene = try Scene()
        scene.host.memory = [UInt8](repeating: 7, count: 4 << 20)
        scene.put(vectors: [(4096, Limits.transfer * 2)], 200)
        #expect(scene.libOS.fdRead(thread, 0, 200, 1, 300, host: &scene.host) == pending)
        #expect(try scene.resume(RawBytes([UInt8](repeating: 1, count: Limits.transfer))) == 0)
        #expect(scene.word(300) == UInt64(Limits.transfer))
    }

    @Test func aServerThatAnswersTooMuchIsAnError() throws {
        var scene = try Scene()
        scene.put(vectors: [(500, 4)], 200)
        #expect(scene.libOS.fdRead(thread, 2, 200, 1, 300, host: &scene.host) == pending)
        #expect(try scene.resume(RawBytes([1, 2, 3, 4, 5])) == code(.ioError))
        #expect(scene.libOS.fdWrite(thread, 2, 200, 1, 300, host: &scene.host) == pending)
        #expect(try scene.resume(Count(count: 5)) == code(.ioError))
        #expect(scene.libOS.fdWrite(thread, 2, 200, 1, 300, host: &scene.host) == pending)
        #expect(try scene.resume(Nothing()) == code(.ioError))
        #expect(scene.get(500, 4) == [0xAA, 0xAA, 0xAA, 0xAA])
    }

    @Test func rightsAndDescriptors() throws {
        var scene = try Scene()
        scene.put(vectors: [(500, 4)], 200)
        #expect(scene.libOS.fdRead(thread, 9, 200, 1, 300, host: &scene.host) == code(.badFileDescriptor))
        #expect(scene.libOS.fdRead(thread, .max, 200, 1, 300, host: &scene.host) == code(.badFileDescriptor))
        #expect(scene.libOS.fdRead(thread, 1, 200, 1, 300, host: &scene.host) == code(.notCapable))
        #expect(scene.libOS.fdRead(thread, 3, 200, 1, 300, host: &scene.host) == code(.notCapable))
        #expect(scene.libOS.fdWrite(thread, 3, 200, 1, 300, host: &scene.host) == code(.notCapable))
        #expect(scene.libOS.fdRead(thread, 2, 200, 1025, 300, host: &scene.host) == code(.invalidArgument))
        #expect(scene.host.sent.isEmpty)
    }

    @Test func aPipeWithoutReadersEndsTheProgram() throws {
        var scene = try Scene()
        scene.put(vectors: [(500, 4)], 200)
        #expect(scene.libOS.fdWrite(thread, 1, 200, 1, 300, host: &scene.host) == pending)
        #expect(try scene.resume(failing: .brokenPipe) == pending)
        #expect(scene.host.ended)
        let exit = try scene.last
        #expect(exit.header.kind == .notice && exit.header.operation == .exit)
        #expect(try exit.body(Exit.self).end == ProcessEnd(kind: .signaled, code: 13))
    }

    @Test func anIgnoredBrokenPipeIsAnError() throws {
        var scene = try Scene(ignored: 1 << 13)
        scene.put(vectors: [(500, 4)], 200)
        #expect(scene.libOS.fdWrite(thread, 1, 200, 1, 300, host: &scene.host) == pending)
        #expect(try scene.resume(failing: .brokenPipe) == code(.brokenPipe))
        #expect(!scene.host.ended)
        try scene.set(.brokenPipe, .interrupt)
        #expect(scene.libOS.fdWrite(thread, 1, 200, 1, 300, host: &scene.host) == pending)
        #expect(try scene.resume(failing: .brokenPipe) == code(.brokenPipe))
        #expect(scene.libOS.signalTake(thread, 400, host: &scene.host) == 0)
        #expect(scene.word(400, 8) == Signal.brokenPipe.bit)
    }

    @Test func creditIsWaitedFor() throws {
        var scene = try Scene()
        let other = ThreadID(rawValue: 1)
        scene.put(vectors: [(500, 4)], 200)
        scene.host.credit = 1
        #expect(scene.libOS.fdRead(thread, 2, 200, 1, 300, host: &scene.host) == pending)
        #expect(scene.libOS.fdWrite(other, 2, 200, 1, 304, host: &scene.host) == pending)
        #expect(scene.host.sent.count == 1)
        scene.answer(scene.host.sent[0], RawBytes([1]))
        #expect(scene.libOS.resume(thread) == 0)
        #expect(scene.libOS.resume(other) == pending)
        #expect(scene.host.sent.count == 2)
        scene.answer(scene.host.sent[1], Count(count: 4))
        #expect(scene.libOS.resume(other) == 0)
        // Nothing is under way that could return credit: no hang.
        scene.host.credit = 0
        #expect(scene.libOS.fdRead(thread, 2, 200, 1, 300, host: &scene.host) == code(.resourceTemporarilyUnavailable))
    }

    @Test func aLostConnectionIsAnError() throws {
        var scene = try Scene()
        scene.put(vectors: [(500, 4)], 200)
        #expect(scene.libOS.fdRead(thread, 2, 200, 1, 300, host: &scene.host) == pending)
        scene.libOS.deliver(
            .resourceManager, Message.notice(.connectionLost, ConnectionLost(connection: files)), host: &scene.host)
        #expect(scene.libOS.resume(thread) == code(.ioError))
        // The hart closes its end a little later; until then it would send into the void.
        scene.host.sent = []
        #expect(scene.libOS.fdRead(thread, 2, 200, 1, 300, host: &scene.host) == code(.ioError))
        #expect(scene.host.sent.isEmpty)
    }

    @Test func aPeerThatSaysThatItIsOverIsLost() throws {
        var scene = try Scene()
        scene.put(vectors: [(500, 4)], 200)
        #expect(scene.libOS.fdRead(thread, 2, 200, 1, 300, host: &scene.host) == pending)
        scene.libOS.deliver(files, Message.notice(.last, Nothing()), host: &scene.host)
        #expect(scene.libOS.resume(thread) == code(.ioError))
        #expect(scene.libOS.fdRead(thread, 2, 200, 1, 300, host: &scene.host) == code(.ioError))
    }

    @Test func aClosedConnectionIsAnError() throws {
        var scene = try Scene()
        scene.put(vectors: [(500, 4)], 200)
        scene.host.closed = [files]
        #expect(scene.libOS.fdRead(thread, 2, 200, 1, 300, host: &scene.host) == code(.ioError))
    }
}
