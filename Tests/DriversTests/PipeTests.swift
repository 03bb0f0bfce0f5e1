import ABI
import Pipe
import ServerKit
import Testing

@Suite struct PipeTests {
    /// Processes 1, 2 and 3 are connected; 1 has a pipe.
    static func pipe(_ flags: DescriptionFlags = []) throws -> (Harness<PipeDriver>, PipeEnds) {
        var harness = Harness(PipeDriver())
        for process in 1...3 { harness.connect(UInt32(process)) }
        let ends = try harness.get(PipeEnds.self, .createPipe, from: 1, CreatePipe(flags: flags))
        return (harness, ends)
    }

    static func bytes(_ count: Int, from start: Int = 0) -> [UInt8] { (start..<start + count).map { UInt8($0 % 251) } }

    @Test func registersAsThePipeService() {
        let harness = Harness(PipeDriver())
        #expect(harness.requestsToManager == [.register])
        #expect(harness.reactor.logic.registration.service == .pipe)
    }

    @Test func whatIsWrittenIsReadInOrder() throws {
        var (harness, ends) = try Self.pipe()
        #expect(harness.write(ends.writeEnd, from: 1, "one ") == .count(4))
        #expect(harness.write(ends.writeEnd, from: 1, "two") == .count(3))
        #expect(harness.read(ends.readEnd, from: 1, 2) == .text("on"))
        #expect(harness.read(ends.readEnd, from: 1) == .text("e two"))
    }

    @Test func aReadWaitsForDataAndGetsItAtOnce() throws {
        var (harness, ends) = try Self.pipe()
        let read = harness.sendRead(ends.readEnd, from: 1)
        #expect(harness.outcome(read) == .pending)
        #expect(harness.write(ends.writeEnd, from: 1, "x") == .count(1))
        #expect(harness.outcome(read) == .text("x"))
    }

    @Test func readersAreServedInTheirOrder() throws {
        var (harness, ends) = try Self.pipe()
        let first = harness.sendRead(ends.readEnd, from: 1, 2)
        let second = harness.sendRead(ends.readEnd, from: 1, 2)
        _ = harness.write(ends.writeEnd, from: 1, "abc")
        #expect(harness.outcome(first) == .text("ab"))
        #expect(harness.outcome(second) == .text("c"))
    }

    @Test func readersSeeTheEndWhenTheLastWriterCloses() throws {
        var (harness, ends) = try Self.pipe()
        let other = try harness.share(ends.writeEnd, from: 1, to: 2)
        let read = harness.sendRead(ends.readEnd, from: 1)
        #expect(harness.call(.close, from: 1, OneHandle(handle: ends.writeEnd)) == .empty)
        #expect(harness.outcome(read) == .pending)
        #expect(harness.call(.close, from: 2, OneHandle(handle: other)) == .empty)
        #expect(harness.outcome(read) == .empty)
        #expect(harness.read(ends.readEnd, from: 1) == .empty)
    }

    @Test func whatIsLeftIsReadBeforeTheEnd() throws {
        var (harness, ends) = try Self.pipe()
        _ = harness.write(ends.writeEnd, from: 1, "rest")
        _ = harness.call(.close, from: 1, OneHandle(handle: ends.writeEnd))
        #expect(harness.read(ends.readEnd, from: 1) == .text("rest"))
        #expect(harness.read(ends.readEnd, from: 1) == .empty)
    }

    @Test func aSmallWriteWaitsUntilItFitsWhole() throws {
        var (harness, ends) = try Self.pipe()
        #expect(harness.write(ends.writeEnd, from: 1, Self.bytes(Limits.pipe - 100)) == .count(Limits.pipe - 100))
        let write = harness.sendWrite(ends.writeEnd, from: 1, Self.bytes(101))
        #expect(harness.outcome(write) == .pending)
        #expect(harness.read(ends.readEnd, from: 1, 1) == .done([0]))
        #expect(harness.outcome(write) == .count(101))
    }

    @Test func aLargeWriteGoesInByPartsAndWaitsForTheRest() throws {
        var (harness, ends) = try Self.pipe()
        let data = Self.bytes(150_000)
        let write = harness.sendWrite(ends.writeEnd, from: 1, data)
        #expect(harness.outcome(write) == .pending)
        var read: [UInt8] = []
        while read.count < data.count {
            guard case .done(let part) = harness.read(ends.readEnd, from: 1, 10_007), !part.isEmpty else { break }
            read += part
        }
        #expect(read == data)
        #expect(harness.outcome(write) == .count(150_000))
    }

    @Test func oneReadTakesWhatAWaitingWriterHas() throws {
        var (harness, ends) = try Self.pipe()
        let data = Self.bytes(500_000)
        let write = harness.sendWrite(ends.writeEnd, from: 1, data)
        #expect(harness.read(ends.readEnd, from: 1, 500_000) == .done(data))
        #expect(harness.outcome(write) == .count(500_000))
    }

    @Test func writersAreServedInTheirOrder() throws {
        var (harness, ends) = try Self.pipe()
        _ = harness.write(ends.writeEnd, from: 1, Self.bytes(Limits.pipe))
        let large = harness.sendWrite(ends.writeEnd, from: 1, [UInt8](repeating: 1, count: 5000))
        let small = harness.sendWrite(ends.writeEnd, from: 1, [2])
        _ = harness.read(ends.readEnd, from: 1, 3000)
        #expect(harness.outcome(large) == .pending)
        #expect(harness.outcome(small) == .pending)
        _ = harness.read(ends.readEnd, from: 1, 3000)
        #expect(harness.outcome(large) == .count(5000))
        #expect(harness.outcome(small) == .count(1))
    }

    @Test func aWriteWithoutAReaderIsABrokenPipe() throws {
        var (harness, ends) = try Self.pipe()
        _ = harness.call(.close, from: 1, OneHandle(handle: ends.readEnd))
        #expect(harness.write(ends.writeEnd, from: 1, "x") == .failed(.brokenPipe))
        #expect(harness.write(ends.writeEnd, from: 1, "") == .count(0))
    }

    @Test func theDeathOfTheLastReaderEndsWaitingWrites() throws {
        var (harness, ends) = try Self.pipe()
        let reader = try harness.share(ends.readEnd, from: 1, to: 2)
        _ = harness.call(.close, from: 1, OneHandle(handle: ends.readEnd))
        let partial = harness.sendWrite(ends.writeEnd, from: 1, Self.bytes(Limits.pipe + 5000))
        let whole = harness.sendWrite(ends.writeEnd, from: 1, Self.bytes(10))
        _ = harness.read(reader, from: 2, 1000)
        harness.gone(2)
        #expect(harness.outcome(partial) == .count(Limits.pipe + 1000))
        #expect(harness.outcome(whole) == .failed(.brokenPipe))
    }

    @Test func theDeathOfAWriterLetsTheNextOneIn() throws {
        var (harness, ends) = try Self.pipe()
        let writer = try harness.share(ends.writeEnd, from: 1, to: 2)
        _ = harness.write(ends.writeEnd, from: 1, Self.bytes(Limits.pipe - 10))
        harness.sendWrite(writer, from: 2, Self.bytes(4096))
        let small = harness.sendWrite(ends.writeEnd, from: 1, Self.bytes(10))
        #expect(harness.outcome(small) == .pending)
        harness.gone(2)
        #expect(harness.outcome(small) == .count(10))
    }

    @Test func cancelAnswersInterruptedOrThePartialCount() throws {
        var (harness, ends) = try Self.pipe()
        let read = harness.sendRead(ends.readEnd, from: 1)
        harness.cancel(read)
        #expect(harness.outcome(read) == .failed(.interrupted))
        let large = harness.sendWrite(ends.writeEnd, from: 1, Self.bytes(Limits.pipe + 1))
        let small = harness.sendWrite(ends.writeEnd, from: 1, Self.bytes(1))
        harness.cancel(large)
        harness.cancel(small)
        #expect(harness.outcome(large) == .count(Limits.pipe))
        #expect(harness.outcome(small) == .failed(.interrupted))
        harness.cancel(small)
        #expect(harness.reactor.pendingCount == 0)
        #expect(harness.read(ends.readEnd, from: 1, Limits.pipe) == .done(Self.bytes(Limits.pipe)))
    }

    @Test func nonBlockingNeverWaits() throws {
        var (harness, ends) = try Self.pipe(.nonBlocking)
        #expect(harness.read(ends.readEnd, from: 1) == .failed(.resourceTemporarilyUnavailable))
        #expect(harness.write(ends.writeEnd, from: 1, Self.bytes(70_000)) == .count(Limits.pipe))
        #expect(harness.write(ends.writeEnd, from: 1, Self.bytes(70_000)) == .failed(.resourceTemporarilyUnavailable))
        _ = harness.read(ends.readEnd, from: 1, 100)
        #expect(harness.write(ends.writeEnd, from: 1, Self.bytes(101)) == .failed(.resourceTemporarilyUnavailable))
        #expect(harness.write(ends.writeEnd, from: 1, Self.bytes(5000)) == .count(100))
        let flags = SetDescriptionFlags(handle: ends.writeEnd, flags: [])
        #expect(harness.call(.setDescriptionFlags, from: 1, flags) == .empty)
        #expect(harness.write(ends.writeEnd, from: 1, Self.bytes(1)) == .pending)
    }

    @Test func flagsAreOfTheDescriptionNotTheHandle() throws {
        var (harness, ends) = try Self.pipe()
        let other = try harness.share(ends.readEnd, from: 1, to: 2)
        _ = harness.call(.setDescriptionFlags, from: 2, SetDescriptionFlags(handle: other, flags: .nonBlocking))
        #expect(harness.read(ends.readEnd, from: 1) == .failed(.resourceTemporarilyUnavailable))
    }

    @Test func pollReportsAndArms() throws {
        var (harness, ends) = try Self.pipe()
        let ask = Poll(handle: ends.readEnd, events: .readable)
        #expect(try harness.get(PollResult.self, .poll, from: 1, ask) == PollResult(events: [], available: 0))
        _ = harness.write(ends.writeEnd, from: 1, "abc")
        #expect(harness.notices.count == 1)
        var reader = Reader(try #require(harness.notices.first).body)
        #expect(try Ready(from: &reader) == Ready(handle: ends.readEnd, events: .readable, sequence: 1))
        #expect(try harness.get(PollResult.self, .poll, from: 1, ask) == PollResult(events: .readable, available: 3))
        #expect(harness.reactor.logic.armedCount == 0)
    }

    @Test func pollOfAWriterWantsRoomForAnAtomicWrite() throws {
        var (harness, ends) = try Self.pipe()
        let ask = Poll(handle: ends.writeEnd, events: .writable)
        #expect(try harness.get(PollResult.self, .poll, from: 1, ask).events == .writable)
        _ = harness.write(ends.writeEnd, from: 1, Self.bytes(Limits.pipe - 4095))
        #expect(try harness.get(PollResult.self, .poll, from: 1, ask).events == [])
        _ = harness.read(ends.readEnd, from: 1, 1)
        #expect(harness.notices.count == 1)
    }

    @Test func pollReportsTheEndOfTheOtherSide() throws {
        var (harness, ends) = try Self.pipe()
        _ = harness.call(.poll, from: 1, Poll(handle: ends.readEnd, events: .readable))
        _ = harness.call(.close, from: 1, OneHandle(handle: ends.writeEnd))
        #expect(harness.notices.count == 1)
        let reading = try harness.get(PollResult.self, .poll, from: 1, Poll(handle: ends.readEnd, events: .readable))
        #expect(reading.events == [.readable, .hangUp])
        var (other, otherEnds) = try Self.pipe()
        _ = other.call(.close, from: 1, OneHandle(handle: otherEnds.readEnd))
        let writing = try other.get(PollResult.self, .poll, from: 1, Poll(handle: otherEnds.writeEnd, events: .writable))
        #expect(writing.events == [.writable, .hangUp, .failed])
    }

    @Test func everyRefusalHasItsErrno() throws {
        var (harness, ends) = try Self.pipe()
        let read = ends.readEnd
        let write = ends.writeEnd
        #expect(harness.read(write, from: 1) == .failed(.badFileDescriptor))
        #expect(harness.write(read, from: 1, "x") == .failed(.badFileDescriptor))
        #expect(harness.read(read, from: 2) == .failed(.badFileDescriptor))
        #expect(harness.call(.close, from: 2, OneHandle(handle: read)) == .failed(.badFileDescriptor))
        #expect(harness.call(.read, from: 1, Read(handle: read, position: .explicit(0), count: 1)) == .failed(.illegalSeek))
        #expect(harness.call(.write, from: 1, Write(handle: write, position: .explicit(0), data: [1])) == .failed(.illegalSeek))
        #expect(harness.call(.seek, from: 1, Seek(handle: read, offset: 0, whence: .current)) == .failed(.illegalSeek))
        #expect(harness.call(.seek, from: 1, Seek(handle: .none, offset: 0, whence: .start)) == .failed(.badFileDescriptor))
        #expect(harness.call(.allocate, from: 1, Allocate(handle: write, offset: 0, length: 1)) == .failed(.illegalSeek))
        #expect(harness.call(.setSize, from: 1, SetSize(handle: write, size: 0)) == .failed(.invalidArgument))
        #expect(harness.call(.sync, from: 1, OneHandle(handle: write)) == .failed(.invalidArgument))
        #expect(harness.call(.getTerminalAttributes, from: 1, OneHandle(handle: read)) == .failed(.inappropriateIOControl))
        #expect(harness.call(.getWindowSize, from: 1, OneHandle(handle: read)) == .failed(.inappropriateIOControl))
        #expect(harness.call(.createPipe, from: 1, CreatePipe(flags: .append)) == .failed(.invalidArgument))
        #expect(harness.call(.createPipe, from: 1, Nothing()) == .failed(.badMessage))
        #expect(harness.call(.spawn, from: 1, Nothing()) == .failed(.notSupported))
        let flags = SetDescriptionFlags(handle: read, flags: DescriptionFlags(rawValue: 1 << 9))
        #expect(harness.call(.setDescriptionFlags, from: 1, flags) == .failed(.invalidArgument))
        let share = Share(from: identity(1), to: identity(2), handles: [read])
        #expect(harness.call(.share, from: 1, share) == .failed(.notPermitted))
        let terminal = SetControllingTerminal(
            process: identity(1), handle: read, session: SessionID(rawValue: 1), group: ProcessGroupID(rawValue: 1))
        #expect(harness.call(.setControllingTerminal, from: 0, terminal) == .failed(.inappropriateIOControl))
    }

    @Test func shareIsAllOrNone() throws {
        var (harness, ends) = try Self.pipe()
        let share = Share(from: identity(1), to: identity(2), handles: [ends.readEnd, Handle(rawValue: 99)])
        #expect(harness.call(.share, from: 0, share) == .failed(.badFileDescriptor))
        #expect(harness.reactor.logic.handleCount == 2)
    }

    @Test func dropTakesHandlesBackAndIgnoresUnknownOnes() throws {
        var (harness, ends) = try Self.pipe()
        harness.message(
            Message.notice(.drop, Drop(process: identity(1), handles: [ends.readEnd, ends.readEnd, ends.writeEnd])), from: 0)
        #expect(harness.reactor.logic.handleCount == 0)
        #expect(harness.reactor.logic.pipeCount == 0)
    }

    @Test func theTableIsBounded() throws {
        var harness = Harness(PipeDriver())
        var made = 0
        var process: UInt32 = 1
        harness.connect(process)
        var last = Outcome.pending
        while made <= PipeDriver.capacity {
            last = harness.call(.createPipe, from: process, CreatePipe(flags: []))
            if case .done = last {
                made += 1
            } else if last == .failed(.tooManyOpenFiles) {
                process += 1
                harness.connect(process)
            } else {
                break
            }
        }
        #expect(made == PipeDriver.capacity)
        #expect(last == .failed(.tooManyOpenFilesInSystem))
        for number in 1...process { harness.gone(number) }
        #expect(harness.reactor.logic.pipeCount == 0)
        #expect(harness.reactor.logic.handleCount == 0)
    }

    @Test func statusTellsAPipeAndItsTimes() throws {
        var (harness, ends) = try Self.pipe()
        let before = try harness.get(FileStatus.self, .status, from: 1, OneHandle(handle: ends.readEnd))
        #expect(before.kind == .pipe)
        #expect(before.mode == 0o600)
        harness.now += 50
        _ = harness.write(ends.writeEnd, from: 1, "x")
        harness.now += 50
        _ = harness.read(ends.readEnd, from: 1)
        let after = try harness.get(FileStatus.self, .status, from: 1, OneHandle(handle: ends.readEnd))
        #expect(after.modificationTime.rawValue == before.modificationTime.rawValue + 50)
        #expect(after.accessTime.rawValue == before.accessTime.rawValue + 100)
    }
}
