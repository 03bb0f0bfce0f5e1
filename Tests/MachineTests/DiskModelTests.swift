import ABI
import ServerKit
import TestSupport
import Testing

@testable import Machine

/// One call of a `Scribbler`, as the server saw it. Times are its own: it counts its calls and answers.
struct Deed: Sendable {
    var operation: DeviceOperation
    /// In sectors.
    var range: Range<Int>
    var called: Int
    /// When the answer came; nil before.
    var completed: Int?
    /// Of a read, the writer's number that each sector bore.
    var seen: [Int] = []
}

/// A server that writes, reads and flushes at random, several calls at a time. Every sector that it writes bears the number of the write
/// and its own place, from beginning to end.
struct Scribbler: Reactor, Sendable {
    private static let depth = 6
    private let geometry: BlockGeometry
    private var random: Seeded
    /// Everything it did; a deed's place is its token. The first is the disk's making: a durable write of zeros.
    private(set) var deeds: [Deed]
    private(set) var problems: [String] = []
    private var clock = 1
    private var underWay = 0

    init(_ geometry: BlockGeometry, seed: UInt64) {
        self.geometry = geometry
        random = Seeded(seed)
        let size = Int(geometry.blockCount) * Int(geometry.blockSize) / BlockGeometry.sector
        deeds = [Deed(operation: .blockWrite, range: 0..<size, called: 0, completed: 0)]
    }

    /// What a sector holds after that write.
    static func sector(_ number: Int, _ place: Int) -> [UInt8] {
        if number == 0 { return [UInt8](repeating: 0, count: BlockGeometry.sector) }
        let mark = mark(number, place)
        return (0..<BlockGeometry.sector / mark.count).flatMap { _ in mark }
    }

    private static func mark(_ number: Int, _ place: Int) -> [UInt8] {
        var writer = Writer()
        writer.u32(UInt32(number))
        writer.u32(UInt32(place))
        return writer.bytes
    }

    /// Which write each of some sectors is of. A sector that is not whole or not in its place is of none: -1.
    static func writers(of bytes: [UInt8], from place: Int) -> [Int] {
        stride(from: 0, to: bytes.count, by: BlockGeometry.sector).map { start in
            let sector = bytes[start..<start + BlockGeometry.sector]
            var reader = Reader(bytes, from: start)
            let number = Int((try? reader.u32()) ?? 0)
            // It begins as it should and repeats itself.
            let begin = number == 0 ? [UInt8](repeating: 0, count: 8) : mark(number, place + start / BlockGeometry.sector)
            return sector.prefix(8) == begin[...] && sector.dropFirst(8) == sector.dropLast(8) ? number : -1
        }
    }

    mutating func handle(_ input: Input, now: Nanoseconds, into effects: inout Effects) {
        clock += 1
        if case .device(let bytes) = input { take(bytes) }
        while underWay < Scribbler.depth, !random.chance(30) { effects.append(.device(call().encoded)) }
        if underWay == 0 { effects.append(.device(call().encoded)) }
    }

    private mutating func take(_ bytes: [UInt8]) {
        var reader = Reader(bytes)
        guard let answer = try? DeviceMessage(from: &reader), Int(answer.token) < deeds.count else {
            return problems.append("an event that is none")
        }
        let index = Int(answer.token)
        if answer.operation != deeds[index].operation || answer.error != nil { problems.append("\(answer)") }
        if deeds[index].completed != nil { problems.append("call \(index) was answered twice") }
        deeds[index].completed = clock
        deeds[index].seen = Scribbler.writers(of: answer.bytes, from: deeds[index].range.lowerBound)
        underWay -= 1
    }

    private mutating func call() -> DeviceMessage {
        clock += 1
        underWay += 1
        let operation = random.pick([DeviceOperation.blockWrite, .blockWrite, .blockWrite, .blockWrite, .blockRead, .blockFlush])
        let count = operation == .blockFlush ? 0 : 1 + random.below(4)
        let first = random.below(Int(geometry.blockCount) - count + 1)
        let unit = Int(geometry.blockSize) / BlockGeometry.sector
        let range = first * unit..<(first + count) * unit
        let number = deeds.count
        deeds.append(Deed(operation: operation, range: range, called: clock))
        var message: DeviceMessage
        switch operation {
        case .blockWrite: message = .write(UInt64(first), range.flatMap { Scribbler.sector(number, $0) })
        case .blockRead: message = .read(UInt64(first), UInt32(count))
        default: message = .flush
        }
        message.token = UInt32(number)
        return message
    }
}

/// What the rules say of what a sector may hold.
struct Rules {
    /// Of all deeds, the writes and their numbers. The first is the disk's making.
    let writes: [(number: Int, deed: Deed)]
    private let deeds: [Deed]
    /// When the last flush was called that was answered.
    private let lastFlush: Int

    init(_ deeds: [Deed]) {
        self.deeds = deeds
        writes = deeds.enumerated().filter { $0.element.operation == .blockWrite }.map { ($0.offset, $0.element) }
        lastFlush = deeds.filter { $0.operation == .blockFlush && $0.completed != nil }.map { $0.called }.max() ?? 1
    }

    /// Whether a flush that was answered covers a write.
    func isDurable(_ write: Deed) -> Bool { write.completed.map { $0 < lastFlush } ?? false }

    /// Of each sector of a range, when the last of those writes was called that are there for certain.
    private func last(in range: Range<Int>, where isCertain: (Deed) -> Bool) -> [Int] {
        var last = [Int](repeating: 0, count: range.count)
        for (_, write) in writes where write.range.overlaps(range) && isCertain(write) {
            for place in write.range.clamped(to: range) {
                last[place - range.lowerBound] = max(last[place - range.lowerBound], write.called)
            }
        }
        return last
    }

    /// Why a sector may not be as that write left it, if another was called at that time and is there for certain. Nil: it may.
    private func objection(_ number: Int, at place: Int, last: Int) -> String? {
        guard deeds.indices.contains(number), deeds[number].operation == .blockWrite, deeds[number].range.contains(place) else {
            return "sector \(place) is of no write to it (\(number))"
        }
        guard let completed = deeds[number].completed, completed < last else { return nil }
        return "sector \(place) is of write \(number), although a later one is there for certain"
    }

    /// What is wrong with a disk after a cut.
    func objections(afterCut contents: DiskContents) -> [String] {
        let last = last(in: deeds[0].range, where: isDurable)
        return Scribbler.writers(of: contents.bytes, from: 0).enumerated().compactMap {
            objection($0.element, at: $0.offset, last: last[$0.offset])
        }
    }

    /// What is wrong with what a read saw.
    func objections(to read: Deed) -> [String] {
        let last = last(in: read.range) { ($0.completed ?? .max) < read.called }
        return zip(read.range, read.seen).compactMap { place, number in
            if deeds.indices.contains(number), deeds[number].called > read.completed ?? 0 {
                return "sector \(place) is of write \(number), which was called after the read"
            }
            return objection(number, at: place, last: last[place - read.range.lowerBound])
        }
    }
}

/// The disk of random servers keeps to its rules, and uses the freedom that they leave.
@Suite struct DiskModelTests {
    /// How many writes that no flush covers a cut kept, lost and tore, and other things that must come up.
    struct Seen {
        var kept = 0
        var lost = 0
        var torn = 0
        /// Cuts that kept a write and lost one that was completed before it was called.
        var reordered = 0
        /// Of the torn ones, those that had been completed.
        var tornLate = 0
        var durable = 0
        var outOfOrder = 0
        var reads = 0

        mutating func note(_ rules: Rules, _ contents: DiskContents) {
            let now = Scribbler.writers(of: contents.bytes, from: 0)
            var lostAt = Int.max
            for (number, write) in rules.writes.dropFirst() {
                if rules.isDurable(write) {
                    durable += 1
                    continue
                }
                // One that shares no sector with another: what is there now tells what became of it.
                let isAlone = rules.writes.dropFirst().allSatisfy { $0.number == number || !$0.deed.range.overlaps(write.range) }
                guard isAlone, write.range.count > 1 else { continue }
                let count = now[write.range].count { $0 == number }
                if count == write.range.count {
                    kept += 1
                    if lostAt < write.called { reordered += 1 }
                } else if count == 0 {
                    lost += 1
                    lostAt = min(lostAt, write.completed ?? .max)
                } else {
                    torn += 1
                    if write.completed != nil { tornLate += 1 }
                }
            }
        }
    }

    @Test func aThousandCutsKeepToTheRules() throws {
        var seen = Seen()
        for seed in Run.seed..<Run.seed + (Run.isLong ? 10_000 : 1000) {
            var random = Seeded(seed)
            let blockSize = random.pick([512, 1024, 4096])
            let contents = DiskContents(size: blockSize * (8 + random.below(blockSize == 4096 ? 50 : 150)))
            let disk = Disk(contents, blockSize: blockSize, seed: random.next())
            let machine = DiskMachine.make(seed: seed, disk: disk, user: Scribbler(disk.geometry, seed: random.next()))
            machine.run(limit: random.below(60)) { false }
            let user = try #require(machine.user(Scribbler.self))
            let rules = Rules(user.deeds)
            let left = try #require(machine.powerCut())
            seen.note(rules, left)
            var objections = user.problems + rules.objections(afterCut: left)
            let answered = user.deeds.filter { $0.completed != nil }
            for read in answered where read.operation == .blockRead {
                objections += rules.objections(to: read)
                seen.reads += 1
            }
            for (earlier, later) in zip(answered, answered.dropFirst()) where (later.completed ?? 0) < (earlier.completed ?? 0) {
                seen.outOfOrder += 1
            }
            if !objections.isEmpty { Issue.record("seed \(seed): \(objections.prefix(3))") }
        }
        for (name, count) in [
            ("kept", seen.kept), ("lost", seen.lost), ("torn", seen.torn), ("torn after its completion", seen.tornLate),
            ("kept, one before it lost", seen.reordered), ("durable", seen.durable), ("completed out of order", seen.outOfOrder),
            ("read", seen.reads),
        ] {
            #expect(count >= 100, "\(name): \(count)")
        }
    }

    @Test func theRulesObject() {
        // The judge itself: each thing that must not be is refused.
        let making = Deed(operation: .blockWrite, range: 0..<8, called: 0, completed: 0)
        let first = Deed(operation: .blockWrite, range: 2..<4, called: 1, completed: 2)
        let flush = Deed(operation: .blockFlush, range: 0..<0, called: 3, completed: 4)
        let second = Deed(operation: .blockWrite, range: 3..<5, called: 5)
        let rules = Rules([making, first, flush, second])
        func contents(_ numbers: [Int]) -> DiskContents {
            DiskContents(numbers.enumerated().flatMap { Scribbler.sector($0.element, $0.offset) })
        }
        #expect(rules.objections(afterCut: contents([0, 0, 1, 1, 0, 0, 0, 0])).isEmpty)
        #expect(rules.objections(afterCut: contents([0, 0, 1, 3, 0, 0, 0, 0])).isEmpty)
        #expect(rules.objections(afterCut: contents([0, 0, 1, 0, 0, 0, 0, 0])).count == 1, "a durable write is lost")
        #expect(rules.objections(afterCut: contents([0, 3, 1, 1, 0, 0, 0, 0])).count == 1, "a write lies where it was not written")
        #expect(rules.objections(afterCut: contents([9, 0, 1, 1, 0, 0, 0, 0])).count == 1, "nobody wrote that")
        var torn = contents([0, 0, 1, 3, 0, 0, 0, 0]).bytes
        torn[3 * 512 + 100] ^= 1
        #expect(rules.objections(afterCut: DiskContents(torn)).count == 1, "a sector is not whole")
        let late = Rules([making, first, Deed(operation: .blockFlush, range: 0..<0, called: 1, completed: 4)])
        #expect(late.objections(afterCut: DiskContents(size: 4096)).isEmpty, "the flush was called before the write was completed")
        var read = Deed(operation: .blockRead, range: 2..<4, called: 3, completed: 4, seen: [1, 1])
        #expect(rules.objections(to: read).isEmpty)
        read.seen = [1, 0]
        #expect(rules.objections(to: read).count == 1, "a read sees what was before")
        read.seen = [1, 3]
        #expect(rules.objections(to: read).count == 1, "a read sees what comes later")
    }
}
