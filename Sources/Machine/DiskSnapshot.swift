import ABI

// A disk written down and read back: what it holds, what is in its cache, what is under way, and its chance.

extension Disk {
    /// Appends the whole state.
    func encode(into writer: inout Writer) {
        writer.value(geometry)
        writer.u64(chance.state)
        writer.u64(nextLanding)
        for count in counts { writer.u64(count) }
        let pages = durable.stored
        writer.u32(UInt32(pages.count))
        for page in pages {
            writer.u64(UInt64(page.offset))
            writer.bytes(page.bytes)
        }
        writer.u32(UInt32(cache.count))
        for write in cache {
            writer.u64(write.landing)
            writer.u64(UInt64(write.offset))
            writer.bytes(write.bytes)
        }
        writer.u32(UInt32(calls.count))
        for call in calls { call.encode(into: &writer) }
    }

    /// Reads a state back. Throws `badMessage` for anything `encode` did not write.
    init(from reader: inout Reader) throws(Errno) {
        let geometry = try reader.value(BlockGeometry.self)
        let size = Int(geometry.blockCount) * Int(geometry.blockSize)
        self.init(geometry: geometry, durable: DiskContents(size: size), chance: Chance(seed: try reader.u64()))
        nextLanding = try Disk.count(from: &reader)
        for kind in counts.indices { counts[kind] = try Disk.count(from: &reader) }
        for _ in 0..<(try reader.u32()) {
            let (offset, bytes) = try Disk.piece(from: &reader, within: size, of: 1)
            durable.write(bytes[...], at: offset)
        }
        visible = durable
        var landing: UInt64?
        for _ in 0..<(try reader.u32()) {
            let next = try reader.u64()
            guard next < nextLanding, landing.map({ $0 < next }) ?? true else { throw .badMessage }
            landing = next
            let (offset, bytes) = try Disk.piece(from: &reader, within: size, of: BlockGeometry.sector)
            visible.write(bytes[...], at: offset)
            cachedBytes += bytes.count
            cache.append(CachedWrite(landing: next, offset: offset, bytes: bytes))
        }
        for _ in 0..<(try reader.u32()) { calls.append(try DiskCall(from: &reader, within: size)) }
    }

    /// A number that is counted up: no machine runs until it overflows.
    private static func count(from reader: inout Reader) throws(Errno) -> UInt64 {
        let count = try reader.u64()
        guard count < 1 << 62 else { throw .badMessage }
        return count
    }

    /// An offset and bytes that lie inside of the disk, a multiple of `unit` both.
    fileprivate static func piece(from reader: inout Reader, within size: Int, of unit: Int) throws(Errno) -> (Int, [UInt8]) {
        let offset = try reader.u64()
        let bytes = try reader.bytes(limit: Limits.blockTransfer)
        guard offset <= UInt64(size), bytes.count <= size - Int(offset), Int(offset) % unit == 0, bytes.count % unit == 0 else {
            throw .badMessage
        }
        return (Int(offset), bytes)
    }
}

extension DiskCall {
    fileprivate func encode(into writer: inout Writer) {
        writer.value(hart)
        writer.u32(token)
        writer.u64(number)
        writer.u8(operation.kind.rawValue)
        switch work {
        case .read(let offset, let count):
            writer.u64(UInt64(offset))
            writer.u32(UInt32(count))
        case .write(let offset, let bytes, let isOpen):
            writer.u64(UInt64(offset))
            writer.bytes(bytes)
            for isOpen in isOpen { writer.bool(isOpen) }
        case .flush(let end):
            writer.u64(end)
        }
    }

    fileprivate init(from reader: inout Reader, within size: Int) throws(Errno) {
        hart = try reader.value(HartID.self)
        token = try reader.u32()
        number = try reader.u64()
        guard let kind = DiskOperation.Kind(rawValue: try reader.u8()) else { throw .badMessage }
        switch kind {
        case .read:
            let offset = try reader.u64()
            let count = try reader.u32()
            guard count <= UInt32(Limits.blockTransfer), UInt64(count) <= UInt64(size), offset <= UInt64(size) - UInt64(count) else {
                throw .badMessage
            }
            work = .read(Int(offset), Int(count))
        case .write:
            let (offset, bytes) = try Disk.piece(from: &reader, within: size, of: BlockGeometry.sector)
            var isOpen: [Bool] = []
            for _ in 0..<bytes.count / BlockGeometry.sector { isOpen.append(try reader.bool()) }
            work = .write(offset, bytes, isOpen: isOpen)
        case .flush:
            work = .flush(try reader.u64())
        }
    }
}
