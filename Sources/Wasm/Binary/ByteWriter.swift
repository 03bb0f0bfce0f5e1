/// A writer of the binary format's elements (5.1 to 5.2), the counterpart of `ByteReader`.

/// Appends to bytes. Integers take as few bytes as they can.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func byte(_ byte: UInt8) { bytes.append(byte) }

    mutating func raw(_ slice: ArraySlice<UInt8>) { bytes.append(contentsOf: slice) }

    /// An unsigned integer of 32 bits (5.2.2, LEB128).
    mutating func u32(_ value: UInt32) { u64(UInt64(value)) }

    /// An unsigned integer of 64 bits.
    mutating func u64(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// The length of a vector. There are never more than 2^32 - 1 elements: decoding bounds them, and so do the sizes of modules.
    mutating func count(_ count: Int) {
        guard let number = UInt32(exactly: count) else { preconditionFailure("a vector has fewer than 2^32 elements") }
        u32(number)
    }

    /// A signed integer of at most 64 bits; fewer bits need no more bytes than their type allows.
    mutating func signed(_ value: Int64) {
        var rest = value
        while rest < -0x40 || rest > 0x3F {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest) & 0x7F)
    }

    /// The low bytes of a number, little-endian.
    mutating func fixed(_ value: UInt64, bytes count: Int) {
        for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
    }

    /// A name (5.2.4).
    mutating func name(_ name: Name) {
        count(name.bytes.count)
        bytes.append(contentsOf: name.bytes)
    }

    /// Bytes with their number before them.
    mutating func sized(_ contents: ByteWriter) {
        count(contents.bytes.count)
        bytes.append(contentsOf: contents.bytes)
    }
}
