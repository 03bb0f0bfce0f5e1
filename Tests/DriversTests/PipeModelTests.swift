import ABI
import Pipe
import ServerKit
import TestSupport
import Testing

/// Random readers and writers of one pipe against what a pipe must be: the writes in some order, none of up to PIPE_BUF bytes mixed
/// with another, each byte exactly once.
@Suite struct PipeModelTests {
    /// Each byte of a write bears its writer (below 64), bit 6 if the write has to be atomic, and the last one bit 7.
    static func payload(_ writer: UInt8, _ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: count <= Limits.atomicPipeWrite ? writer | 0x40 : writer, count: count)
        bytes[count - 1] |= 0x80
        return bytes
    }

    /// Whether no other byte stands between the first and the last one of each atomic write.
    static func smallWritesAreWhole(_ output: [UInt8]) -> Bool {
        var current: UInt8?
        for byte in output {
            if let current, byte & 0x7F != current { return false }
            current = byte & 0xC0 == 0x40 ? byte : nil
        }
        return true
    }

    @Test(arguments: 1...8) func bytesComeOutAsTheyWentIn(_ seed: UInt64) throws {
        var random = Seeded(Run.seed &+ seed)
        var harness = Harness(PipeDriver())
        harness.connect(1)
        let ends = try harness.get(PipeEnds.self, .createPipe, from: 1, CreatePipe(flags: []))
        var writers: [(process: UInt32, handle: Handle)] = []
        for process in UInt32(2)...5 {
            harness.connect(process)
            writers.append((process, try harness.share(ends.writeEnd, from: 1, to: process)))
        }
        var writes: [(key: RequestKey, data: [UInt8])] = []
        var reads: [(key: RequestKey, seen: Bool)] = []
        var output: [UInt8] = []
        for _ in 0..<400 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0...4:
                let writer = writers[Int.random(in: 0..<4, using: &random)]
                // No more than a hart would let through.
                let open = writes.filter { $0.key.connection.rawValue == writer.process && harness.outcome($0.key) == .pending }
                guard open.count < 8 else { break }
                let sizes = [1, 7, 500, 4095, 4096, 4097, 20_000, 65_536, 100_000]
                let count = sizes[Int.random(in: 0..<sizes.count, using: &random)]
                let data = Self.payload(UInt8(writer.process), count)
                writes.append((harness.sendWrite(writer.handle, from: writer.process, data), data))
            case 5...8:
                guard reads.filter({ harness.outcome($0.key) == .pending }).count < 8 else { break }
                let count = [1, 100, 4096, 65_536, 300_000][Int.random(in: 0..<5, using: &random)]
                reads.append((harness.sendRead(ends.readEnd, from: 1, count), false))
            default:
                let waiting = writes.filter { harness.outcome($0.key) == .pending }
                guard !waiting.isEmpty else { break }
                harness.cancel(waiting[Int.random(in: 0..<waiting.count, using: &random)].key)
            }
            // Reads end in the order in which they were made.
            var isOpen = false
            for index in reads.indices {
                let outcome = harness.outcome(reads[index].key)
                if outcome == .pending { isOpen = true }
                guard case .done(let bytes) = outcome, !reads[index].seen else { continue }
                #expect(!isOpen, "a later read ended first")
                #expect(!bytes.isEmpty)
                reads[index].seen = true
                output += bytes
            }
        }
        for (key, _) in writes where harness.outcome(key) == .pending { harness.cancel(key) }
        for (key, _) in reads where harness.outcome(key) == .pending { harness.cancel(key) }
        for (process, handle) in writers { _ = harness.call(.close, from: process, OneHandle(handle: handle)) }
        _ = harness.call(.close, from: 1, OneHandle(handle: ends.writeEnd))
        while case .done(let bytes) = harness.read(ends.readEnd, from: 1, 65_536), !bytes.isEmpty { output += bytes }

        // Per writer: exactly the bytes that its writes said they wrote, in order.
        var whole = 0
        for (process, _) in writers {
            var expected: [UInt8] = []
            for (key, data) in writes where key.connection.rawValue == process {
                guard case .done(let bytes) = harness.outcome(key) else {
                    #expect(harness.outcome(key) == .failed(.interrupted))
                    continue
                }
                var reader = Reader(bytes)
                let count = Int(try reader.u32())
                if data.count <= Limits.atomicPipeWrite { #expect(count == data.count) }
                if count == data.count { whole += 1 }
                expected += data[..<count]
            }
            #expect(output.filter { $0 & 0x3F == UInt8(process) } == expected)
        }
        #expect(whole > 20)
        #expect(Self.smallWritesAreWhole(output))
        #expect(harness.reactor.pendingCount == 0)
    }

    /// Whole small writes only, with small reads and a full pipe: every write's bytes stand together.
    @Test(arguments: 1...4) func writesOfUpToPipeBufferSizeAreAtomic(_ seed: UInt64) throws {
        var random = Seeded(Run.seed &+ seed)
        var harness = Harness(PipeDriver())
        harness.connect(1)
        let ends = try harness.get(PipeEnds.self, .createPipe, from: 1, CreatePipe(flags: []))
        var handles: [Handle] = []
        for process in UInt32(2)...7 {
            harness.connect(process)
            handles.append(try harness.share(ends.writeEnd, from: 1, to: process))
        }
        var output: [UInt8] = []
        var last: [RequestKey?] = Array(repeating: nil, count: 6)
        for _ in 0..<2000 {
            let writer = Int.random(in: 0..<6, using: &random)
            if last[writer].map({ harness.outcome($0) != .pending }) ?? true {
                let count = Int.random(in: 2...4096, using: &random)
                last[writer] = harness.sendWrite(handles[writer], from: UInt32(writer + 2), Self.payload(UInt8(writer + 2), count))
            }
            if Int.random(in: 0..<2, using: &random) == 0,
                case .done(let bytes) = harness.read(ends.readEnd, from: 1, Int.random(in: 1...5000, using: &random))
            {
                output += bytes
            }
        }
        harness.gone(1)
        #expect(Self.smallWritesAreWhole(output))
        #expect(output.count > 100_000)
    }
}
