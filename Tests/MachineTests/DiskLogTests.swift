import ABI
import ServerKit
import TestSupport
import Testing

@testable import Machine

/// A toy of a journal: a transaction changes all home blocks at once, by way of a log. Home blocks that do not agree are damage.
///
/// Block 0 holds the number of the last committed transaction, blocks 1 to 4 the log, blocks 5 to 8 the homes; a sector begins with the number
/// of its transaction. A transaction: log, flush, commit, flush (now it is acknowledged), homes, flush. Recovery copies to the homes
/// what of the log bears the committed number; a log that bears another number is of a transaction that never was.
struct Ledger: Reactor, Checkpointable, Sendable {
    /// What this ledger leaves out.
    enum Flaw: UInt8, CaseIterable, Sendable {
        case none = 0
        /// The log may be torn or lost when the commit is there.
        case noFlushBeforeCommit = 1
        /// The commit may be lost when it is acknowledged, and when homes are written.
        case noFlushAfterCommit = 2
        /// The log is used again while homes may be lost.
        case noFlushAfterHomes = 3
        /// Log and commit are under way together.
        case commitWithLog = 4
    }

    private enum Phase: UInt8, CaseIterable {
        case recovery = 0
        case replay, replayFlush, check, log, logFlush, commit, commitFlush, homes, homesFlush
    }

    private static let homes = 4
    /// A sector takes part.
    private static let sectors = homes * 2
    static let size = (1 + 2 * homes) * 1024

    private let flaw: Flaw
    private var phase = Phase.recovery
    private var waiting = 0
    /// The transaction under way, or the last one.
    private(set) var transaction: UInt64 = 0
    /// The last transaction of which it was said that it is done.
    private(set) var acknowledged: UInt64 = 0
    /// The transaction that it found at its start; nil until the homes are recovered and checked.
    private(set) var recovered: UInt64?
    /// What is wrong.
    private(set) var damage: String?

    init(_ flaw: Flaw) { self.flaw = flaw }

    mutating func handle(_ input: Input, now: Nanoseconds, into effects: inout Effects) {
        switch input {
        case .start: call([.read(0, 9)], &effects)
        case .device(let bytes):
            var reader = Reader(bytes)
            guard let answer = try? DeviceMessage(from: &reader), answer.error == nil else {
                damage = "a call failed"
                return
            }
            waiting -= 1
            if waiting == 0 { go(answer.bytes, &effects) }
        default: break
        }
    }

    private mutating func call(_ calls: [DeviceMessage], _ effects: inout Effects) {
        waiting = calls.count
        for call in calls { effects.append(.device(call.encoded)) }
    }

    /// All calls of the phase are answered.
    private mutating func go(_ bytes: [UInt8], _ effects: inout Effects) {
        switch phase {
        case .recovery: replay(bytes, &effects)
        case .replay: enter(.replayFlush, [.flush], &effects)
        case .replayFlush: enter(.check, [.read(0, 9)], &effects)
        case .check:
            let numbers = (0..<9 * 2).map { Ledger.number(bytes, $0) }
            let homes = numbers[(1 + Ledger.homes) * 2..<9 * 2]
            if homes.contains(where: { $0 != transaction }) { damage = "transaction \(transaction), homes \(Array(homes))" }
            recovered = transaction
            begin(&effects)
        case .log:
            if flaw == .commitWithLog { return enter(.commitFlush, [.flush], &effects) }
            if flaw == .noFlushBeforeCommit { return enter(.commit, [.write(0, block)], &effects) }
            enter(.logFlush, [.flush], &effects)
        case .logFlush: enter(.commit, [.write(0, block)], &effects)
        case .commit:
            if flaw != .noFlushAfterCommit { return enter(.commitFlush, [.flush], &effects) }
            acknowledge(&effects)
        case .commitFlush: acknowledge(&effects)
        case .homes:
            if flaw == .noFlushAfterHomes { return begin(&effects) }
            enter(.homesFlush, [.flush], &effects)
        case .homesFlush: begin(&effects)
        }
    }

    private mutating func enter(_ next: Phase, _ calls: [DeviceMessage], _ effects: inout Effects) {
        phase = next
        call(calls, &effects)
    }

    private mutating func replay(_ bytes: [UInt8], _ effects: inout Effects) {
        transaction = Ledger.number(bytes, 0)
        acknowledged = transaction
        var homes = Array(bytes[(1 + Ledger.homes) * 1024..<9 * 1024])
        for sector in 0..<Ledger.sectors where Ledger.number(bytes, 2 + sector) == transaction {
            homes.replaceSubrange(sector * 512..<sector * 512 + 512, with: bytes[1024 + sector * 512..<1024 + sector * 512 + 512])
        }
        let blocks = (0..<Ledger.homes).map { Array(homes[$0 * 1024..<$0 * 1024 + 1024]) }
        enter(.replay, blocks.enumerated().map { .write(UInt64(1 + Ledger.homes + $0.offset), $0.element) }, &effects)
    }

    private mutating func begin(_ effects: inout Effects) {
        transaction += 1
        var calls = (0..<Ledger.homes).map { DeviceMessage.write(UInt64(1 + $0), block) }
        if flaw == .commitWithLog { calls.append(.write(0, block)) }
        enter(.log, calls, &effects)
    }

    private mutating func acknowledge(_ effects: inout Effects) {
        acknowledged = transaction
        enter(.homes, (0..<Ledger.homes).map { .write(UInt64(1 + Ledger.homes + $0), block) }, &effects)
    }

    /// A block of the transaction. (A commit is its first sector: a block may be torn, a sector not.)
    private var block: [UInt8] {
        var writer = Writer(capacity: 1024)
        for _ in 0..<2 {
            writer.u64(transaction)
            writer.raw([UInt8](repeating: 0xEE, count: BlockGeometry.sector - 8))
        }
        return writer.bytes
    }

    private static func number(_ bytes: [UInt8], _ sector: Int) -> UInt64 {
        var reader = Reader(bytes, from: sector * BlockGeometry.sector)
        return (try? reader.u64()) ?? .max
    }

    func encode(into writer: inout Writer) {
        writer.u8(flaw.rawValue)
        writer.u8(phase.rawValue)
        writer.u32(UInt32(waiting))
        writer.u64(transaction)
        writer.u64(acknowledged)
        writer.bool(recovered != nil)
        writer.u64(recovered ?? 0)
    }

    init(decoding reader: inout Reader) throws(Errno) {
        guard let flaw = Flaw(rawValue: try reader.u8()), let phase = Phase(rawValue: try reader.u8()) else { throw .badMessage }
        self.flaw = flaw
        self.phase = phase
        waiting = Int(try reader.u32())
        transaction = try reader.u64()
        acknowledged = try reader.u64()
        let isRecovered = try reader.bool()
        let number = try reader.u64()
        recovered = isRecovered ? number : nil
    }
}

/// The disk is hard enough: a journal that is right survives every cut, and one that is not does not.
@Suite struct DiskLogTests {
    /// Runs a ledger through some cuts, the last ones in the midst of recovery too. What was lost or damaged, or nil.
    private func loss(_ flaw: Ledger.Flaw, seed: UInt64, counting recoveries: inout Int) -> String? {
        var random = Seeded(seed)
        var contents = DiskContents(size: Ledger.size)
        var acknowledged: UInt64 = 0
        for life in 0..<5 {
            let disk = Disk(contents, seed: random.next())
            let machine = DiskMachine.make(seed: random.next(), disk: disk, user: Ledger(flaw))
            machine.run(limit: random.below(life % 2 == 0 ? 200 : 30)) { false }
            if life == 4 { machine.run(limit: 1000) { machine.user(Ledger.self)?.recovered != nil } }
            guard let ledger = machine.user(Ledger.self), let left = machine.powerCut() else { return "there is no ledger" }
            if let damage = ledger.damage { return damage }
            if let recovered = ledger.recovered {
                if recovered < acknowledged { return "\(acknowledged) was acknowledged, \(recovered) is there" }
                acknowledged = ledger.acknowledged
                recoveries += 1
            } else if life == 4 {
                return "it did not recover"
            }
            contents = left
        }
        return nil
    }

    @Test func aRightJournalSurvivesEveryCut() {
        var recoveries = 0
        for seed in Run.seed..<Run.seed + (Run.isLong ? 10_000 : 1000) {
            if let loss = loss(.none, seed: seed, counting: &recoveries) { Issue.record("seed \(seed): \(loss)") }
        }
        #expect(recoveries > 2000, "\(recoveries)")
    }

    @Test(arguments: Ledger.Flaw.allCases.dropFirst()) func aWrongJournalIsCaught(_ flaw: Ledger.Flaw) {
        var caught = 0
        var recoveries = 0
        for seed in Run.seed..<Run.seed + 300 where loss(flaw, seed: seed, counting: &recoveries) != nil { caught += 1 }
        #expect(caught >= 10, "\(flaw): \(caught) of 300")
    }
}
