package import ABI
import ServerKit

/// A simulated block device with a volatile write cache. What it promises is what Sources/ABI/README.md, "The block device" says, and
/// no more: wherever that leaves something open, a seeded chance of the disk's own decides.
///
/// The sectors of a write *land* one by one, in any order, between its call and its completion; landed, they are what is read. What has
/// landed is in the cache until a flush that was called later is completed, or until the cache is full and its oldest writes go to the
/// medium.
package struct Disk: Sendable {
    /// Most bytes in the cache.
    static let cacheSize = 32 << 20

    package let geometry: BlockGeometry
    /// What a power cut cannot take any more.
    package internal(set) var durable: DiskContents
    /// What is read: the durable contents with the cache over them.
    package internal(set) var visible: DiskContents
    /// What has landed and is not durable, in the order in which it landed.
    var cache: [CachedWrite] = []
    /// How many bytes the cache holds.
    var cachedBytes = 0
    /// The calls under way, in the order in which they were made.
    var calls: [DiskCall] = []
    /// The number of the next landing.
    var nextLanding: UInt64 = 0
    /// How many calls of each kind there have been, by the kind's raw value.
    var counts: [UInt64] = [0, 0, 0]
    var chance: Chance

    /// Sectors one after another that have landed.
    struct CachedWrite: Sendable {
        /// When it landed: greater than those before.
        var landing: UInt64
        /// Bytes from the disk's beginning.
        var offset: Int
        var bytes: [UInt8]
    }

    /// A disk that holds `contents`, durably.
    ///
    /// - Parameters:
    ///   - contents: their size is a multiple of the block's.
    ///   - blockSize: bytes of a block, a power of two from 512 to 65536.
    ///   - seed: decides what the disk does where it is free to choose.
    package init(_ contents: DiskContents, blockSize: Int = 1024, isWritable: Bool = true, hasWriteCache: Bool = true, seed: UInt64) {
        geometry = BlockGeometry(
            blockSize: UInt32(blockSize), blockCount: UInt64(contents.size / blockSize), isWritable: isWritable,
            hasWriteCache: hasWriteCache)
        precondition(geometry.isValid && contents.size % blockSize == 0, "a disk is made of whole blocks")
        durable = contents
        visible = contents
        chance = Chance(seed: seed)
    }

    /// A disk that was written down. Its cache is put in by `restore`.
    init(geometry: BlockGeometry, durable: DiskContents, chance: Chance) {
        self.geometry = geometry
        self.durable = durable
        visible = durable
        self.chance = chance
    }

    // MARK: Landing

    /// Lets those sectors of a call under way land that have not and that `isChosen` names, by their number within the write.
    mutating func land(_ index: Int, where isChosen: (Int) -> Bool) {
        guard case .write(let offset, let bytes, var isOpen) = calls[index].work else { return }
        var sector = 0
        while sector < isOpen.count {
            let start = sector
            while sector < isOpen.count, isOpen[sector], isChosen(sector) {
                isOpen[sector] = false
                sector += 1
            }
            if sector == start {
                sector += 1
            } else {
                let range = start * BlockGeometry.sector..<sector * BlockGeometry.sector
                landed(Array(bytes[range]), at: offset + range.lowerBound)
            }
        }
        calls[index].work = .write(offset, bytes, isOpen: isOpen)
    }

    private mutating func landed(_ bytes: [UInt8], at offset: Int) {
        visible.write(bytes[...], at: offset)
        guard geometry.hasWriteCache else { return durable.write(bytes[...], at: offset) }
        cache.append(CachedWrite(landing: nextLanding, offset: offset, bytes: bytes))
        cachedBytes += bytes.count
        nextLanding += 1
        if cachedBytes > Disk.cacheSize {
            // An eighth at once, so that not every further write moves the whole cache.
            var excess = cachedBytes - Disk.cacheSize / 8 * 7
            writeBack { write in
                defer { excess -= write.bytes.count }
                return excess > 0
            }
        }
    }

    /// Makes durable, from the oldest on, what is due, and takes it out of the cache.
    private mutating func writeBack(while isDue: (CachedWrite) -> Bool) {
        let end = cache.firstIndex { !isDue($0) } ?? cache.count
        for write in cache[..<end] {
            durable.write(write.bytes[...], at: write.offset)
            cachedBytes -= write.bytes.count
        }
        cache.removeFirst(end)
    }

    /// Of other writes under way, the sectors that lie in these bytes land now or later, by chance.
    private mutating func landSome(of range: Range<Int>, besides index: Int) {
        for other in calls.indices where other != index {
            guard case .write(let offset, let bytes, let isOpen) = calls[other].work, range.overlaps(offset..<offset + bytes.count) else {
                continue
            }
            // Drawn before, so that `land` need not change the disk while it asks.
            var isChosen = [Bool](repeating: false, count: isOpen.count)
            for sector in isOpen.indices where range.contains(offset + sector * BlockGeometry.sector) {
                isChosen[sector] = chance.below(2) == 0
            }
            land(other) { isChosen[$0] }
        }
    }

    // MARK: Completion

    /// Completes a call under way.
    ///
    /// - Parameters:
    ///   - index: which of `calls`.
    ///   - fault: how it fails; nil: it does not.
    /// - Returns: the event that its server is told.
    mutating func complete(_ index: Int, _ fault: DiskFault?) -> DeviceMessage {
        let call = calls[index]
        var answer = call.answer(fault == nil ? nil : .ioError)
        switch call.work {
        case .read(let offset, let count):
            landSome(of: offset..<offset + count, besides: index)
            if fault == nil { answer.bytes = visible.read(at: offset, count: count) }
        case .write(let offset, let bytes, let isOpen):
            landSome(of: offset..<offset + bytes.count, besides: index)
            switch fault {
            case .withoutEffect: break
            case .withPartialEffect:
                let isChosen = torn(isOpen.count)
                land(index) { isChosen[$0] }
            case .withEffect, nil: land(index) { _ in true }
            }
        case .flush(let end):
            switch fault {
            case .withoutEffect: break
            case .withPartialEffect: settle(before: end)
            case .withEffect, nil: writeBack { $0.landing < end }
            }
        }
        calls.remove(at: index)
        return answer
    }

    private mutating func torn(_ count: Int) -> [Bool] {
        var fate = DiskFate(chance)
        defer { chance = fate.chance }
        return fate.torn(count)
    }

    /// A flush failed half-way: what it was to make durable is kept, lost or torn.
    private mutating func settle(before end: UInt64) {
        var fate = DiskFate(chance)
        durable.keep(cache.filter { $0.landing < end }, &fate)
        chance = fate.chance
        cache.removeAll { $0.landing < end }
        cachedBytes = cache.reduce(0) { $0 + $1.bytes.count }
        visible = durable
        for write in cache { visible.write(write.bytes[...], at: write.offset) }
    }

    /// A hart is over: what it has under way lands whole, not at all or in part, and is answered to nobody.
    mutating func abandon(_ hart: HartID) {
        guard calls.contains(where: { $0.hart == hart }) else { return }
        var fate = DiskFate(chance)
        for index in fate.order(calls.count) where calls[index].hart == hart {
            guard case .write(_, _, let isOpen) = calls[index].work else { continue }
            let isKept = fate.survivors(of: isOpen.count)
            land(index) { isKept[$0] }
        }
        chance = fate.chance
        calls.removeAll { $0.hart == hart }
    }

    // MARK: Power

    /// What the disk holds after a power cut at this moment. The same seed gives the same contents, another one other contents that the
    /// same cut may leave.
    package func contents(afterPowerCut seed: UInt64) -> DiskContents {
        var fate = DiskFate(Chance(seed: seed))
        var contents = durable
        contents.keep(cache, &fate)
        for index in fate.order(calls.count) {
            guard case .write(let offset, let bytes, let isOpen) = calls[index].work else { continue }
            let isKept = fate.survivors(of: isOpen.count)
            for sector in isOpen.indices where isOpen[sector] && isKept[sector] { contents.keep(sector, of: bytes, at: offset) }
        }
        return contents
    }
}

extension DiskContents {
    /// Takes of writes, in their order, what fate leaves of them.
    fileprivate mutating func keep(_ writes: [Disk.CachedWrite], _ fate: inout DiskFate) {
        for write in writes {
            let isKept = fate.survivors(of: write.bytes.count / BlockGeometry.sector)
            for sector in isKept.indices where isKept[sector] { keep(sector, of: write.bytes, at: write.offset) }
        }
    }

    /// Takes one sector of a write to `offset`.
    fileprivate mutating func keep(_ sector: Int, of bytes: [UInt8], at offset: Int) {
        let start = sector * BlockGeometry.sector
        write(bytes[start..<start + BlockGeometry.sector], at: offset + start)
    }
}
