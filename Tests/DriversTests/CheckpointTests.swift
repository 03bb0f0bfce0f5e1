import ABI
import Pipe
import ServerKit
import TTY
import Testing

extension Harness where Logic: Checkpointable {
    /// Goes on with a copy of the reactor that was written down and read back.
    mutating func restore() throws {
        var writer = Writer()
        reactor.encode(into: &writer)
        var reader = Reader(writer.bytes)
        reactor = try ServerReactor<Logic>(decoding: &reader)
        try reader.finish()
        var again = Writer()
        reactor.encode(into: &again)
        #expect(again.bytes == writer.bytes, "what was read back is written down the same")
    }

    /// Checks that no shorter state is taken, nor one of another version.
    func refusesPartsOfItself(step: Int) {
        var writer = Writer()
        reactor.logic.encode(into: &writer)
        for length in stride(from: 0, to: writer.bytes.count, by: step) {
            var reader = Reader(Array(writer.bytes[..<length]))
            #expect(throws: Errno.badMessage) { try Logic(decoding: &reader) }
        }
        var other = writer.bytes
        other[0] += 1
        var reader = Reader(other)
        #expect(throws: Errno.badMessage) { try Logic(decoding: &reader) }
    }
}

@Suite struct CheckpointTests {
    @Test func aPipeGoesOnInTheMiddleOfAWrite() throws {
        var (harness, ends) = try PipeTests.pipe()
        let data = PipeTests.bytes(150_000)
        let write = harness.sendWrite(ends.writeEnd, from: 1, data)
        let second = harness.sendWrite(ends.writeEnd, from: 1, [9])
        #expect(harness.read(ends.readEnd, from: 1, 1000) == .done(Array(data[..<1000])))
        try harness.restore()
        harness.refusesPartsOfItself(step: 997)
        #expect(harness.read(ends.readEnd, from: 1, 200_000) == .done(data[1000...] + [9]))
        #expect(harness.outcome(write) == .count(150_000))
        #expect(harness.outcome(second) == .count(1))
        let read = harness.sendRead(ends.readEnd, from: 1)
        let poll = harness.call(.poll, from: 1, Poll(handle: ends.readEnd, events: .readable))
        #expect(poll == .done([0, 0, 0, 0, 0, 0, 0, 0, 0, 0]))
        try harness.restore()
        harness.refusesPartsOfItself(step: 1)
        _ = harness.write(ends.writeEnd, from: 1, "abc")
        #expect(harness.outcome(read) == .text("abc"))
        harness.gone(1)
        #expect(harness.reactor.logic.pipeCount == 0)
        #expect(harness.reactor.logic.armedCount == 0)
    }

    @Test func aTerminalGoesOnInTheMiddleOfEverything() throws {
        var bench = try Bench()
        try bench.control()
        bench.type("one\rtwo\rthr\u{16}")
        #expect(bench.read() == .text("one\n"))
        let write = bench.harness.sendWrite(bench.handles[1], from: 1, [UInt8](repeating: 0x78, count: 100_000))
        let set = bench.harness.send(
            .setTerminalAttributes, from: 2,
            SetTerminalAttributes(handle: bench.handles[2], action: .drain, attributes: .standard))
        try bench.harness.restore()
        bench.harness.refusesPartsOfItself(step: 499)
        bench.type("\u{3}ee\r")
        #expect(bench.read() == .text("two\n"))
        #expect(bench.read() == .text("thr\u{3}ee\n"), "the key after VLNEXT is literal though the state was written down between them")
        for _ in 0..<20 { bench.showOutput() }
        #expect(bench.harness.outcome(write) == .count(100_000))
        #expect(bench.harness.outcome(set) == .empty)
        bench.raw(minimum: 0, time: 3)
        let read = bench.sendRead()
        try bench.harness.restore()
        bench.harness.refusesPartsOfItself(step: 1)
        bench.at(bench.harness.timer.rawValue)
        #expect(bench.harness.outcome(read) == .empty)
        bench.type("\u{3}")
        #expect(bench.signals.count == 1)
    }
}
