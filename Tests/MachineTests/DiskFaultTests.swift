import ABI
import ServerKit
import TestSupport
import Testing

@testable import Machine

/// A disk that fails on request tells its server so, and has the effect that was asked for.
@Suite struct DiskFaultTests {
    private func disk(seed: UInt64 = 1) -> Disk { Disk(DiskContents(size: 16 * 1024), seed: seed) }

    /// Which of a block's two sectors hold `value` in a disk.
    private func sectors(_ contents: DiskContents?, _ block: Int, are value: UInt8) -> [Bool] {
        guard let bytes = contents?.read(at: block * 1024, count: 1024) else { return [] }
        return [bytes[0] == value, bytes[512] == value]
    }

    @Test(arguments: [DiskOperation.Kind.read, .write, .flush], DiskFault.allCases)
    func theCallThatWasNamedFailsAndNoOther(_ kind: DiskOperation.Kind, _ fault: DiskFault) throws {
        let batches = (0..<4).map { [DeviceMessage.write(UInt64($0), blocks(1)), .flush, .read(8)] }
        for number in UInt64(0)..<4 {
            let (caller, _) = try run(batches, on: disk()) { $0.kind == kind && $0.number == number ? fault : nil }
            let failed = caller.answers.filter { $0.error != nil }
            let token = UInt32(number * 3) + [.write: 1, .flush: 2, .read: 3][kind, default: 0]
            #expect(failed.map { $0.token } == [token])
            #expect(failed.allSatisfy { $0.error == .ioError && $0.bytes.isEmpty })
            #expect(caller.answers.count == 12)
        }
    }

    @Test func theRuleIsAskedOfEachCallOnce() throws {
        var asked: [DiskOperation] = []
        let batches: [[DeviceMessage]] = [
            [.geometry], [.write(2, blocks(1, 3))], [.read(16)], [.read(4, 2)], [.flush], [.write(0, blocks(1))],
        ]
        _ = try run(batches, on: disk()) {
            asked.append($0)
            return nil
        }
        #expect(
            asked == [
                DiskOperation(kind: .write, number: 0, offset: 2048, count: 3072),
                DiskOperation(kind: .read, number: 0, offset: 4096, count: 2048),
                DiskOperation(kind: .flush, number: 0, offset: 0, count: 0),
                DiskOperation(kind: .write, number: 1, offset: 0, count: 1024),
            ])
    }

    @Test func aWriteThatFailsMayHaveChangedNothingSomethingOrAll() throws {
        var seen: [DiskFault: Set<[Bool]>] = [:]
        for seed in UInt64(0)..<100 {
            for fault in DiskFault.allCases {
                let (_, machine) = try run([[.write(3, blocks(1))]], on: disk(seed: seed)) { _ in fault }
                seen[fault, default: []].insert(sectors(machine.disk?.visible, 3, are: 1))
                #expect(machine.disk?.visible.read(at: 0, count: 3072) == blocks(0, 3), "no other block changes")
            }
        }
        #expect(seen[.withoutEffect] == [[false, false]])
        #expect(seen[.withPartialEffect] == [[false, false], [false, true], [true, false], [true, true]])
        #expect(seen[.withEffect] == [[true, true]])
    }

    @Test func aFlushThatFailsPromisesNothing() throws {
        var durable: [DiskFault: Set<[Bool]>] = [:]
        for seed in UInt64(0)..<100 {
            for fault in DiskFault.allCases {
                let (_, machine) = try run([[.write(3, blocks(1))], [.flush]], on: disk(seed: seed)) { $0.kind == .flush ? fault : nil }
                let now = sectors(machine.disk?.durable, 3, are: 1)
                durable[fault, default: []].insert(now)
                // What is lost is lost at once: it is not read any more.
                if fault == .withPartialEffect { #expect(sectors(machine.disk?.visible, 3, are: 1) == now) }
            }
        }
        #expect(durable[.withoutEffect] == [[false, false]])
        #expect(durable[.withPartialEffect] == [[false, false], [false, true], [true, false], [true, true]])
        #expect(durable[.withEffect] == [[true, true]])
    }

    @Test func aFlushThatFailedWithoutEffectMayBeRepeated() throws {
        let (caller, machine) = try run([[.write(3, blocks(1))], [.flush], [.flush]], on: disk()) {
            $0.kind == .flush && $0.number == 0 ? .withoutEffect : nil
        }
        #expect(caller.answers.map { $0.error } == [nil, .ioError, nil])
        #expect(sectors(machine.disk?.durable, 3, are: 1) == [true, true])
    }

    @Test func aFlushThatFailsHalfwayLeavesLaterWritesAlone() throws {
        for seed in UInt64(0)..<50 {
            // The write after the flush's call lies over the one before: it is what is read, whatever becomes of the first.
            let (_, machine) = try run([[.write(3, blocks(1))], [.write(3, blocks(2)), .flush]], on: disk(seed: seed), seed: seed) {
                $0.kind == .flush ? .withPartialEffect : nil
            }
            #expect(sectors(machine.disk?.visible, 3, are: 2) == [true, true])
        }
    }

    // MARK: The end of a server

    @Test func whatADeadServerHadUnderWayIsSettledAtOnce() throws {
        var seen: Set<[Bool]> = []
        for seed in UInt64(0)..<200 {
            let calls: [[DeviceMessage]] = [[.write(1, blocks(1))], [.write(3, blocks(1)), .read(0), .flush]]
            let machine = DiskMachine.make(seed: seed, disk: disk(seed: seed), user: Caller(calls))
            #expect(machine.run { machine.disk?.callCount == 3 })
            machine.crash(DiskMachine.user, "killed")
            #expect(machine.disk?.callCount == 0)
            let after = machine.disk?.visible
            machine.run(limit: 1000) { false }
            #expect(machine.disk?.visible == after, "nothing happens later")
            #expect(sectors(after, 1, are: 1) == [true, true], "what was completed stays")
            seen.insert(sectors(after, 3, are: 1))
        }
        #expect(seen == [[false, false], [false, true], [true, false], [true, true]])
    }

    @Test func theCallsOfOthersGoOn() throws {
        var disk = disk()
        let (mine, other) = (HartID(rawValue: 1), HartID(rawValue: 2))
        try disk.begin(mine, .write(1, blocks(1)))
        try disk.begin(other, .write(2, blocks(2)))
        try disk.begin(mine, .flush)
        disk.abandon(mine)
        #expect(disk.calls.map { $0.hart } == [other])
        #expect(disk.complete(0, nil).error == nil)
        #expect(disk.visible.read(at: 2048, count: 1024) == blocks(2))
    }
}
