/// A checked reader of the binary format's elements (5.1 to 5.2): bytes, LEB128 integers, names and vectors.

/// Reads forward through bytes. Whatever they are, it gives a value or throws; offsets are indices of the slice.
struct ByteReader {
    let bytes: ArraySlice<UInt8>
    /// The offset of the next byte.
    private(set) var position: Int
    /// The offset after the last byte.
    let end: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
        end = bytes.endIndex
    }

    /// A reader of the same bytes that goes on at an offset, which must be one that a reader of them was at.
    init(_ bytes: ArraySlice<UInt8>, at position: Int) {
        self.init(bytes)
        precondition(position >= bytes.startIndex && position <= end, "a reader stays within its bytes")
        self.position = position
    }

    var isAtEnd: Bool { position == end }
    /// Bytes that are left.
    var remaining: Int { end - position }

    /// The next byte. Throws `unexpectedEnd`.
    @inline(__always)
    mutating func byte() throws(ModuleError) -> UInt8 {
        guard position < end else { throw error(.unexpectedEnd) }
        let byte = bytes[position]
        position += 1
        return byte
    }

    /// The next byte, which stays unread; nil at the end.
    var nextByte: UInt8? { position < end ? bytes[position] : nil }

    /// The next bytes. Throws `lengthOutOfBounds` if there are not so many.
    mutating func slice(_ count: Int) throws(ModuleError) -> ArraySlice<UInt8> {
        guard count <= remaining else { throw error(.lengthOutOfBounds) }
        defer { position += count }
        return bytes[position..<position + count]
    }

    /// An unsigned integer of 32 bits (5.2.2, LEB128). Throws `unexpectedEnd`, `integerTooLong`, `integerTooLarge`.
    @inline(__always)
    mutating func u32() throws(ModuleError) -> UInt32 {
        if position < end {
            let byte = bytes[position]
            if byte < 0x80 {
                position += 1
                return UInt32(byte)
            }
        }
        return try longU32()
    }

    private mutating func longU32() throws(ModuleError) -> UInt32 { UInt32(truncatingIfNeeded: try unsigned(bits: 32)) }

    /// An unsigned integer of 64 bits. Throws like `u32`.
    @inline(__always)
    mutating func u64() throws(ModuleError) -> UInt64 {
        if position < end {
            let byte = bytes[position]
            if byte < 0x80 {
                position += 1
                return UInt64(byte)
            }
        }
        return try unsigned(bits: 64)
    }

    /// An unsigned integer of 32 or 64 bits.
    private mutating func unsigned(bits: UInt64) throws(ModuleError) -> UInt64 {
        let begin = position
        var result: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try byte()
            let left = bits - shift
            if left <= 7 {
                guard byte < 0x80 else { throw error(.integerTooLong, at: begin) }
                guard byte >> left == 0 else { throw error(.integerTooLarge, at: begin) }
            }
            result |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return result }
            shift += 7
        }
    }

    /// A signed integer of 32 bits. Throws like `u32`.
    @inline(__always)
    mutating func s32() throws(ModuleError) -> Int32 {
        if position < end {
            let byte = bytes[position]
            if byte < 0x80 {
                position += 1
                return Int32(Int8(bitPattern: byte << 1) >> 1)
            }
        }
        return Int32(truncatingIfNeeded: try signed(bits: 32))
    }

    /// A signed integer of 33 bits, as block types need it (5.4.1). Throws like `u32`.
    mutating func s33() throws(ModuleError) -> Int64 { try signed(bits: 33) }

    /// A signed integer of 64 bits. Throws like `u32`.
    mutating func s64() throws(ModuleError) -> Int64 { try signed(bits: 64) }

    /// A signed integer of 32, 33 or 64 bits, sign-extended.
    private mutating func signed(bits: Int64) throws(ModuleError) -> Int64 {
        let begin = position
        var result: Int64 = 0
        var shift: Int64 = 0
        while true {
            let byte = try byte()
            let left = bits - shift
            if left <= 7 {
                guard byte < 0x80 else { throw error(.integerTooLong, at: begin) }
                // The bits above the integer's sign bit must repeat it.
                let spare = Int8(bitPattern: byte << 1) >> Int8(left)
                guard spare == 0 || spare == -1 else { throw error(.integerTooLarge, at: begin) }
            }
            result |= Int64(byte & 0x7F) << shift
            shift += 7
            if byte < 0x80 {
                let unused = max(64 - shift, 0)
                return (result << unused) >> unused
            }
        }
    }

    /// Four bytes, little-endian. Throws `unexpectedEnd`.
    mutating func fixed32() throws(ModuleError) -> UInt32 {
        UInt32(truncatingIfNeeded: try fixed(bytes: 4))
    }

    /// Eight bytes, little-endian. Throws `unexpectedEnd`.
    mutating func fixed64() throws(ModuleError) -> UInt64 { try fixed(bytes: 8) }

    private mutating func fixed(bytes count: Int) throws(ModuleError) -> UInt64 {
        guard count <= remaining else { throw error(.unexpectedEnd, at: end) }
        var result: UInt64 = 0
        for index in 0..<count { result |= UInt64(bytes[position + index]) << UInt64(8 * index) }
        position += count
        return result
    }

    /// A name (5.2.4). Throws `lengthOutOfBounds`, `utf8` and what `u32` throws.
    mutating func name() throws(ModuleError) -> Name {
        let length = try u32()
        guard length <= remaining else { throw error(.lengthOutOfBounds) }
        let begin = position
        guard let name = Name(utf8: [UInt8](try slice(Int(length)))) else { throw error(.utf8, at: begin) }
        return name
    }

    /// The number of elements of a vector (5.1.3), each of at least one byte. Throws `lengthOutOfBounds` if that is more than
    /// the bytes left, so that it is safe to reserve that many, and `tooLarge` if it is more than `bound`.
    mutating func count(_ bound: Bound? = nil) throws(ModuleError) -> Int {
        let begin = position
        let count = try u32()
        if let bound, count > bound.limit { throw ModuleError(.tooLarge(bound), at: begin) }
        guard count <= remaining else { throw error(.lengthOutOfBounds, at: begin) }
        return Int(count)
    }

    /// A vector (5.1.3) whose elements take at least one byte each. Throws what `count` and the reading of an element throw.
    mutating func vector<Element>(
        _ bound: Bound?, of element: (inout ByteReader) throws(ModuleError) -> Element
    ) throws(ModuleError) -> [Element] {
        let count = try count(bound)
        var elements: [Element] = []
        elements.reserveCapacity(count)
        for _ in 0..<count { elements.append(try element(&self)) }
        return elements
    }

    /// An error at the next byte.
    func error(_ malformation: Malformation) -> ModuleError { error(malformation, at: position) }

    func error(_ malformation: Malformation, at offset: Int) -> ModuleError { ModuleError(.malformed(malformation), at: offset) }
}
