import ABI
import ServerKit
import TestSupport
import Testing

@testable import Machine

/// A disk is a value: it can be written down at any moment, and takes the room of what was written to it.
@Suite struct DiskStateTests {
    private let servers = ServerSet(
        make: { name in
            if name == "resmgr" { return Starter(grants: .block) }
            return Ledger(.none)
        },
        restore: { name, reader throws(Errno) in
            if name == "resmgr" { return try Starter(decoding: &reader) }
            return try Ledger(decoding: &reader)
        })

    @Test func aMachineRestoredAmidWritesGoesOnAsItWouldHave() throws {
        var underWay = 0
        for seed in UInt64(0)..<100 {
            let disk = Disk(DiskContents(size: Ledger.size), seed: seed)
            let machine = DiskMachine.make(seed: seed, disk: disk, servers: servers)
            machine.run(limit: Int(seed) * 3) { false }
            let bytes = try machine.encoded()
            if let calls = machine.disk?.callCount, calls > 1 { underWay += 1 }
            var options = machine.options
            options.disk = nil
            let restored = try Machine(options, servers: servers, restoring: bytes)
            #expect(try restored.encoded() == bytes, "seed \(seed): what was read back is written down the same")
            for machine in [machine, restored] { machine.run(limit: 100) { false } }
            #expect(try restored.encoded() == machine.encoded(), "seed \(seed)")
            #expect(restored.powerCut() == machine.powerCut(), "seed \(seed)")
            #expect(try Machine(options, servers: servers, restoring: machine.encoded()).turn() == .stopped)
        }
        #expect(underWay > 20, "\(underWay)")
    }

    /// A disk on which random calls are under way and others were completed, and failed.
    private func worn(_ random: inout Seeded, hasWriteCache: Bool = true) throws -> Disk {
        let contents = DiskContents(size: 24 * 512)
        var disk = Disk(contents, blockSize: 512, hasWriteCache: hasWriteCache, seed: random.next())
        for _ in 0..<random.below(40) { try wear(&disk, &random) }
        return disk
    }

    @discardableResult
    private func wear(_ disk: inout Disk, _ random: inout Seeded) throws -> DeviceMessage? {
        if disk.callCount > 0, random.chance(50) {
            let fault = random.chance(20) ? random.pick(DiskFault.allCases) : nil
            return disk.complete(random.below(disk.callCount), fault)
        }
        let first = UInt64(random.below(20))
        let bytes = [UInt8](repeating: UInt8(1 + random.below(255)), count: 512 * (1 + random.below(4)))
        try disk.begin(HartID(rawValue: 1), random.pick([.write(first, bytes), .write(first, bytes), .read(first, 4), .flush]))
        return nil
    }

    private func encoded(_ disk: Disk) -> [UInt8] {
        var writer = Writer()
        disk.encode(into: &writer)
        return writer.bytes
    }

    @Test func aDiskReadBackGoesOnAsItWouldHave() throws {
        var random = Seeded(Run.seed)
        for _ in 0..<300 {
            var disk = try worn(&random)
            let bytes = encoded(disk)
            var reader = Reader(bytes)
            var again = try Disk(from: &reader)
            try reader.finish()
            #expect(encoded(again) == bytes)
            #expect(again.visible == disk.visible)
            for _ in 0..<20 {
                var same = random
                #expect(try wear(&disk, &random) == wear(&again, &same))
            }
            #expect(encoded(again) == encoded(disk))
            #expect(again.contents(afterPowerCut: 5) == disk.contents(afterPowerCut: 5))
        }
    }

    @Test func whatIsReadIsTheMediumAndTheCacheOverIt() throws {
        var random = Seeded(Run.seed)
        for round in 0..<300 {
            let disk = try worn(&random, hasWriteCache: round % 4 != 0)
            var expected = disk.durable
            for write in disk.cache { expected.write(write.bytes[...], at: write.offset) }
            #expect(disk.visible == expected)
            #expect(disk.cachedBytes == disk.cache.reduce(0) { $0 + $1.bytes.count })
        }
    }

    @Test func damagedBytesAreRefusedOrADisk() throws {
        var random = Seeded(Run.seed)
        var refused = 0
        for _ in 0..<2000 {
            var bytes = encoded(try worn(&random))
            if random.chance(30) {
                bytes.removeLast(1 + random.below(bytes.count - 1))
            } else {
                for _ in 0..<3 { bytes[random.below(min(bytes.count, 400))] = random.pick([0, 1, 2, 0x7F, 0x80, 0xFF]) }
            }
            var reader = Reader(bytes)
            do throws(Errno) {
                var disk = try Disk(from: &reader)
                while disk.callCount > 0 { _ = disk.complete(0, nil) }
                _ = disk.contents(afterPowerCut: 1)
            } catch {
                #expect(error == .badMessage)
                refused += 1
            }
        }
        #expect(refused > 500, "\(refused)")
    }

    @Test func anEmptyDiskTakesNoRoom() throws {
        var disk = Disk(DiskContents(size: 1 << 30), blockSize: 4096, seed: 1)
        #expect(disk.durable.pageCount == 0)
        #expect(encoded(disk).count < 200)
        try disk.begin(HartID(rawValue: 1), .write((1 << 18) - 1, blocks(7, size: 4096)))
        try disk.begin(HartID(rawValue: 1), .write(9, blocks(0, 4, size: 4096)))
        try disk.begin(HartID(rawValue: 1), .read((1 << 18) - 1))
        for _ in 0..<2 { _ = disk.complete(0, nil) }
        #expect(disk.complete(0, nil).bytes == blocks(7, size: 4096))
        #expect(disk.visible.pageCount == 1)
        #expect(disk.contents(afterPowerCut: 1).pageCount <= 1)
        #expect(encoded(disk).count < 3 * 10_000 + 200)
    }

    @Test func aCacheThatIsFullWritesItsOldestBack() throws {
        var disk = Disk(DiskContents(size: 64 << 20), blockSize: 4096, seed: 1)
        for piece in 0..<34 {
            try disk.begin(HartID(rawValue: 1), .write(UInt64(piece * 256), blocks(UInt8(piece + 1), 256, size: 4096)))
            _ = disk.complete(0, nil)
            #expect(disk.cachedBytes <= Disk.cacheSize)
        }
        #expect(disk.cachedBytes > Disk.cacheSize / 2)
        #expect(disk.durable.read(at: 1 << 20, count: 1 << 20) == blocks(2, 256, size: 4096))
        #expect(disk.durable.read(at: 20 << 20, count: 4096) == blocks(0, size: 4096))
        #expect(disk.visible.read(at: 20 << 20, count: 4096) == blocks(21, size: 4096))
    }
}

/// The sparse bytes of a disk.
@Suite struct DiskContentsTests {
    @Test func writesAndReadsAreThoseOfPlainBytes() {
        var random = Seeded(Run.seed)
        for size in [0, 512, 4096, 5 * 4096 + 512] {
            var plain = [UInt8](repeating: 0, count: size)
            var contents = DiskContents(size: size)
            for _ in 0..<200 {
                let offset = random.below(size + 1)
                let count = random.below(size - offset + 1)
                let bytes = random.chance(40) ? [UInt8](repeating: 0, count: count) : random.bytes(count)
                contents.write(bytes[...], at: offset)
                plain.replaceSubrange(offset..<offset + count, with: bytes)
                let from = random.below(size + 1)
                #expect(contents.read(at: from, count: size - from) == Array(plain[from...]))
            }
            #expect(contents.bytes == plain)
            #expect(contents == DiskContents(plain), "equal bytes are equal contents, however they came")
            contents.write([UInt8](repeating: 0, count: size)[...], at: 0)
            #expect(contents.pageCount == 0)
        }
    }
}
