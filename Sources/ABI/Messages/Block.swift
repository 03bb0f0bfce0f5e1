// Between a server and the block device of its machine. What the calls promise: README.md, "The block device".

/// What a block device is like.
package struct BlockGeometry: Wire, Equatable, Sendable {
    /// Bytes of a sector: what a power cut keeps or loses whole.
    package static let sector = 512
    /// Bytes of the largest block.
    package static let largestBlock = 65536

    /// Bytes of a block, in which everything is counted: a power of two from `sector` to `largestBlock`.
    package var blockSize: UInt32
    /// How many blocks there are; all their bytes are at most 2^62.
    package var blockCount: UInt64
    /// Whether it can be written to.
    package var isWritable: Bool
    /// Whether a write is durable only by a later flush. Without such a cache it is durable when it is completed.
    package var hasWriteCache: Bool

    package init(blockSize: UInt32, blockCount: UInt64, isWritable: Bool = true, hasWriteCache: Bool = true) {
        self.blockSize = blockSize
        self.blockCount = blockCount
        self.isWritable = isWritable
        self.hasWriteCache = hasWriteCache
    }

    /// Whether size and count are such as the fields say.
    package var isValid: Bool {
        blockSize >= UInt32(BlockGeometry.sector) && blockSize <= UInt32(BlockGeometry.largestBlock)
            && blockSize & (blockSize - 1) == 0 && blockCount <= (1 << 62) / UInt64(blockSize)
    }

    /// Throws `badMessage` for a geometry that no device has.
    package init(from reader: inout Reader) throws(Errno) {
        blockSize = try reader.u32()
        blockCount = try reader.u64()
        isWritable = try reader.bool()
        hasWriteCache = try reader.bool()
        guard isValid else { throw .badMessage }
    }

    package func encode(into writer: inout Writer) {
        writer.u32(blockSize)
        writer.u64(blockCount)
        writer.bool(isWritable)
        writer.bool(hasWriteCache)
    }

    /// Throws unless the device serves a read of this range: `invalidArgument` for no blocks, `messageTooLong` for more than
    /// `Limits.blockTransfer` bytes, `noSuchAddressOrDevice` if a block is beyond the end (POSIX read(): a request outside of the
    /// capabilities of the device).
    package func check(_ range: BlockRange) throws(Errno) {
        guard range.count > 0 else { throw .invalidArgument }
        guard range.count <= UInt32(Limits.blockTransfer) / blockSize else { throw .messageTooLong }
        guard range.first < blockCount, UInt64(range.count) <= blockCount - range.first else { throw .noSuchAddressOrDevice }
    }

    /// Throws unless the device serves this write: `readOnlyFileSystem` if it cannot be written to, `invalidArgument` for bytes that
    /// are no whole blocks, and what `check` of its range throws.
    package func check(_ write: BlockWrite) throws(Errno) {
        guard isWritable else { throw .readOnlyFileSystem }
        guard write.bytes.count <= Limits.blockTransfer else { throw .messageTooLong }
        guard write.bytes.count % Int(blockSize) == 0 else { throw .invalidArgument }
        try check(BlockRange(first: write.first, count: UInt32(write.bytes.count) / blockSize))
    }
}

/// Blocks that lie one after another.
package struct BlockRange: Wire, Equatable, Sendable {
    /// The number of the first block; the device's first one is 0.
    package var first: UInt64
    /// How many blocks.
    package var count: UInt32

    package init(first: UInt64, count: UInt32) {
        self.first = first
        self.count = count
    }

    package init(from reader: inout Reader) throws(Errno) {
        first = try reader.u64()
        count = try reader.u32()
    }

    package func encode(into writer: inout Writer) {
        writer.u64(first)
        writer.u32(count)
    }
}

/// Blocks to be written one after another.
package struct BlockWrite: Wire, Equatable, Sendable {
    /// The number of the first block.
    package var first: UInt64
    /// What the blocks are to hold: the rest of the call.
    package var bytes: [UInt8]

    package init(first: UInt64, bytes: [UInt8]) {
        self.first = first
        self.bytes = bytes
    }

    package init(from reader: inout Reader) throws(Errno) {
        first = try reader.u64()
        bytes = reader.rest()
    }

    package func encode(into writer: inout Writer) {
        writer.u64(first)
        writer.raw(bytes)
    }
}
