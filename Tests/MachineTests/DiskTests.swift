import ABI
import ServerKit
import Testing

@testable import Machine

/// The calls to the block device, as Sources/ABI/README.md, "The block device" tells them.
@Suite struct DiskTests {
    private func disk(_ blocks: Int = 16, isWritable: Bool = true, hasWriteCache: Bool = true, seed: UInt64 = 1) -> Disk {
        Disk(DiskContents(size: blocks * 1024), isWritable: isWritable, hasWriteCache: hasWriteCache, seed: seed)
    }

    @Test func theGeometryIsTold() throws {
        let disk = Disk(DiskContents(size: 7 * 4096), blockSize: 4096, isWritable: false, seed: 1)
        let answer = try run([[.geometry]], on: disk).caller.answers[0]
        var reader = Reader(answer.bytes)
        #expect(answer.error == nil)
        #expect(
            try reader.value(BlockGeometry.self)
                == BlockGeometry(blockSize: 4096, blockCount: 7, isWritable: false, hasWriteCache: true))
        #expect(reader.remaining == 0)
    }

    @Test func whatWasWrittenIsRead() throws {
        let text = blocks(1) + blocks(2)
        let (caller, _) = try run([[.write(3, text)], [.read(3, 2), .read(4), .read(2), .read(0, 16)]], on: disk())
        #expect(caller.answer(1) == DeviceMessage(.blockWrite, token: 1))
        #expect(caller.answer(2) == DeviceMessage(.blockRead, token: 2, bytes: text))
        #expect(caller.answer(3)?.bytes == blocks(2))
        #expect(caller.answer(4)?.bytes == blocks(0))
        #expect(caller.answer(5)?.bytes == blocks(0, 3) + text + blocks(0, 11))
    }

    @Test func aDiskBeginsWithItsImage() throws {
        let image = (0..<4096).map { UInt8(truncatingIfNeeded: $0 / 100) }
        let (caller, machine) = try run([[.read(0, 4)]], on: Disk(DiskContents(image), seed: 1))
        #expect(caller.answers[0].bytes == image)
        #expect(machine.powerCut()?.bytes == image)
    }

    /// A call that is refused, and why.
    struct Refusal: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var call: DeviceMessage
        var error: Errno
        var isWritable = true
        var hasDisk = true
        var grants = DeviceGrant.block

        init(
            _ name: String, _ call: DeviceMessage, _ error: Errno, isWritable: Bool = true, hasDisk: Bool = true,
            grants: DeviceGrant = .block
        ) {
            testDescription = name
            (self.call, self.error, self.isWritable, self.hasDisk, self.grants) = (call, error, isWritable, hasDisk, grants)
        }

        static let all: [Refusal] = [
            Refusal("a read from the end on", .read(16), .noSuchAddressOrDevice),
            Refusal("a read over the end", .read(15, 2), .noSuchAddressOrDevice),
            Refusal("a read whose end is beyond all numbers", .read(.max, 2), .noSuchAddressOrDevice),
            Refusal("a write over the end", .write(15, blocks(1, 2)), .noSuchAddressOrDevice),
            Refusal("a write beyond all numbers", .write(.max, blocks(1)), .noSuchAddressOrDevice),
            Refusal("a read of nothing", .read(0, 0), .invalidArgument),
            Refusal("a write of nothing", .write(0, []), .invalidArgument),
            Refusal("a write of half a block", .write(0, [UInt8](repeating: 1, count: 512)), .invalidArgument),
            Refusal("a write of a block and a byte", .write(0, blocks(1) + [1]), .invalidArgument),
            Refusal("a read that is too long", .read(0, 1025), .messageTooLong),
            Refusal("a read of all numbers", .read(0, .max), .messageTooLong),
            Refusal("a write that is too long", .write(0, blocks(1, 1025)), .messageTooLong),
            Refusal("a read without a range", DeviceMessage(.blockRead, bytes: [0, 0, 0]), .badMessage),
            Refusal("a read with a tail", DeviceMessage(.blockRead, bytes: [UInt8](repeating: 0, count: 13)), .badMessage),
            Refusal("a write without a block's number", DeviceMessage(.blockWrite, bytes: [0, 0, 0]), .badMessage),
            Refusal("a flush with a tail", DeviceMessage(.blockFlush, bytes: [0]), .badMessage),
            Refusal("a question with a tail", DeviceMessage(.blockGeometry, bytes: [0]), .badMessage),
            Refusal("a write to a disk that is not writable", .write(0, blocks(1)), .readOnlyFileSystem, isWritable: false),
            Refusal("a read without a disk", .read(0), .noSuchAddressOrDevice, hasDisk: false),
            Refusal("a question without a disk", .geometry, .noSuchAddressOrDevice, hasDisk: false),
            Refusal("a question without the grant", .geometry, .notPermitted, grants: [.console, .fetch, .page]),
            Refusal("a read without the grant", .read(0), .notPermitted, grants: [.console, .fetch, .page]),
            Refusal("a write without the grant", .write(0, blocks(1)), .notPermitted, grants: []),
            Refusal("a flush without the grant", .flush, .notPermitted, grants: []),
        ]
    }

    @Test(arguments: Refusal.all) func aWrongCallIsRefusedByOneEvent(_ refusal: Refusal) throws {
        let disk = disk(isWritable: refusal.isWritable)
        let (caller, machine) = try run([[refusal.call]], on: refusal.hasDisk ? disk : nil, grants: refusal.grants)
        machine.run(limit: 1000) { false }
        #expect(caller.answers == [DeviceMessage(refusal.call.operation, token: 1, error: refusal.error)])
        #expect(machine.disk?.visible == (refusal.hasDisk ? DiskContents(size: 16 * 1024) : nil), "it has no effect")
    }

    @Test func aCallAtTheBoundsIsServed() throws {
        let large = Disk(DiskContents(size: 2 << 20), seed: 1)
        let text = blocks(5, 1024)
        let (caller, _) = try run([[.write(1024, text)], [.read(1024, 1024), .read(2047)]], on: large)
        #expect(caller.answer(2)?.bytes == text)
        #expect(caller.answer(3)?.bytes == blocks(5))
        #expect(text.count == Limits.blockTransfer)
    }

    @Test func tooManyCallsAtOnceAreRefused() throws {
        let batch = [DeviceMessage](repeating: .flush, count: Limits.blockCalls + 3)
        let (caller, _) = try run([batch, [.flush]], on: disk())
        let refused = caller.answers.filter { $0.error == .resourceTemporarilyUnavailable }.map { $0.token }
        #expect(Set(refused) == [65, 66, 67])
        #expect(caller.answers.count(where: { $0.error == nil }) == Limits.blockCalls + 1)
    }

    @Test func callsCompleteInAnyOrder() throws {
        var orders: Set<[UInt32]> = []
        for seed in UInt64(0)..<200 {
            let (caller, _) = try run([[.write(0, blocks(1)), .write(1, blocks(2)), .read(2)]], on: disk(), seed: seed)
            orders.insert(caller.answers.map { $0.token })
        }
        #expect(orders.count == 6)
    }

    @Test func aReadSeesAnyOfTheSectorsThatAreBeingWritten() throws {
        var seen: Set<[UInt8]> = []
        for seed in UInt64(0)..<200 {
            let (caller, _) = try run([[.write(1, blocks(1)), .read(1)], [.read(1)]], on: disk(seed: seed), seed: seed)
            let bytes = try #require(caller.answer(2)?.bytes)
            seen.insert([bytes[0], bytes[512]])
            for sector in 0..<2 {
                #expect(Set(bytes[sector * 512..<sector * 512 + 512]).count == 1, "a sector is read as one")
            }
            #expect(caller.answer(3)?.bytes == blocks(1))
        }
        #expect(seen == [[0, 0], [0, 1], [1, 0], [1, 1]])
    }

    @Test func writesUnderWayTogetherMayMix() throws {
        var seen: Set<[UInt8]> = []
        for seed in UInt64(0)..<200 {
            let (caller, _) = try run([[.write(1, blocks(1)), .write(1, blocks(2))], [.read(1)]], on: disk(seed: seed), seed: seed)
            let bytes = try #require(caller.answer(3)?.bytes)
            seen.insert([bytes[0], bytes[512]])
        }
        #expect(seen == [[1, 1], [1, 2], [2, 1], [2, 2]])
    }

    // MARK: Power

    /// What cuts leave of calls: of each two-sector block the two values, over many cuts.
    private func cuts(_ batches: [[DeviceMessage]], block: Int, hasWriteCache: Bool = true) throws -> Set<[UInt8]> {
        let (_, machine) = try run(batches, on: disk(hasWriteCache: hasWriteCache))
        let disk = try #require(machine.disk)
        return Set((UInt64(0)..<500).map { disk.contents(afterPowerCut: $0).read(at: block * 1024, count: 1024) }.map { [$0[0], $0[512]] })
    }

    @Test func aCutKeepsLosesOrTearsWhatNoFlushCovers() throws {
        #expect(try cuts([[.write(2, blocks(1))]], block: 2) == [[0, 0], [1, 0], [0, 1], [1, 1]])
        // The first write is durable: it is what is left when the second is lost.
        #expect(try cuts([[.write(2, blocks(1))], [.flush], [.write(2, blocks(2))]], block: 2) == [[1, 1], [1, 2], [2, 1], [2, 2]])
        // The first of two may survive alone.
        #expect(try cuts([[.write(2, blocks(1))], [.write(2, blocks(2))]], block: 2).contains([1, 1]))
    }

    @Test func aCutLeavesWhatAFlushCovers() throws {
        #expect(try cuts([[.write(2, blocks(1))], [.flush]], block: 2) == [[1, 1]])
        #expect(try cuts([[.write(2, blocks(1))], [.write(2, blocks(2))], [.flush], [.write(3, blocks(3))]], block: 2) == [[2, 2]])
    }

    @Test func aCutThatLosesNothingLeavesWhatWasRead() throws {
        // Of writes over one another that all survive, the last is there.
        let batches = (UInt8(1)...3).map { value in (UInt64(0)..<8).map { DeviceMessage.write($0, blocks(value)) } }
        let disk = try #require(try run(batches, on: disk()).machine.disk)
        let whole = (UInt64(0)..<500).count { disk.contents(afterPowerCut: $0) == disk.visible }
        #expect(disk.visible.read(at: 0, count: 8 * 1024) == blocks(3, 8))
        #expect(whole >= 10, "\(whole) of 500")
    }

    @Test func aFlushPromisesNothingOfAWriteUnderWay() throws {
        var isEverLost = false
        for seed in UInt64(0)..<100 {
            let (caller, machine) = try run([[.write(2, blocks(1)), .flush]], on: disk(), seed: seed)
            let disk = try #require(machine.disk)
            #expect(caller.answers.allSatisfy { $0.error == nil })
            for cut in UInt64(0)..<20 where disk.contents(afterPowerCut: cut).pageCount == 0 { isEverLost = true }
        }
        #expect(isEverLost)
    }

    @Test func withoutAWriteCacheWhatIsCompletedIsDurable() throws {
        #expect(try cuts([[.write(2, blocks(1))]], block: 2, hasWriteCache: false) == [[1, 1]])
        #expect(try cuts([[.write(2, blocks(1))], [.flush]], block: 2, hasWriteCache: false) == [[1, 1]])
    }

    @Test func afterACutNothingHappens() throws {
        let machine = DiskMachine.make(seed: 1, disk: disk(), user: Caller([[.write(0, blocks(1)), .flush, .read(0)]]))
        #expect(machine.run { machine.disk?.callCount == 3 })
        #expect(machine.powerCut() != nil)
        #expect(machine.turn() == .stopped)
        #expect(machine.user(Caller.self)?.answers == [])
        #expect(DiskMachine.make(seed: 1, disk: nil, user: Caller([])).powerCut() == nil, "without a disk a cut leaves nothing")
    }

    @Test func theSameSeedLeavesTheSame() throws {
        var all: [DiskContents] = []
        for seed in UInt64(0)..<50 {
            func cut() -> DiskContents? {
                let writes = (UInt64(0)..<8).map { DeviceMessage.write($0 * 2, blocks(9, 2)) }
                let machine = DiskMachine.make(seed: seed, disk: disk(seed: seed), user: Caller([writes]))
                machine.run { machine.disk?.callCount == 4 }
                return machine.powerCut()
            }
            let first = try #require(cut())
            #expect(cut() == first)
            if !all.contains(first) { all.append(first) }
        }
        #expect(all.count > 25, "other seeds leave something else")
    }
}
