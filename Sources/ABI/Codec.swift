// The wire codec: little-endian, explicit, never a trap. A `Writer` only grows; a `Reader` answers every shortage with
// `Errno.badMessage`.

/// A value with a byte layout of its own.
package protocol Wire {
    /// Reads one value. Throws `badMessage` when the bytes are short or hold no such value.
    init(from reader: inout Reader) throws(Errno)
    /// Appends the value's bytes.
    func encode(into writer: inout Writer)
}

/// Collects the bytes of a message or of a checkpoint.
package struct Writer: Sendable {
    /// What was written so far.
    package private(set) var bytes: [UInt8]

    /// Starts empty, with room for `capacity` bytes.
    package init(capacity: Int = 64) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// Appends an integer, least significant byte first.
    @inline(__always)
    package mutating func integer<T: FixedWidthInteger>(_ value: T) {
        switch T.bitWidth {
        case 8: u8(UInt8(truncatingIfNeeded: value))
        case 16: u16(UInt16(truncatingIfNeeded: value))
        case 32: u32(UInt32(truncatingIfNeeded: value))
        default: u64(UInt64(truncatingIfNeeded: value))
        }
    }

    // One copy of each width in a module: messages are made of integers, and a loop at each of them would be most of a server.
    @inline(never)
    package mutating func u8(_ value: UInt8) { bytes.append(value) }
    @inline(never)
    package mutating func u16(_ value: UInt16) { withUnsafeBytes(of: value.littleEndian) { append($0) } }
    @inline(never)
    package mutating func u32(_ value: UInt32) { withUnsafeBytes(of: value.littleEndian) { append($0) } }
    @inline(never)
    package mutating func u64(_ value: UInt64) { withUnsafeBytes(of: value.littleEndian) { append($0) } }
    /// What `words` appends.
    package typealias SixWords = (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)
    /// Appends six integers at once, each least significant byte first.
    @inline(never)
    package mutating func words(_ words: SixWords) { withUnsafeBytes(of: Writer.littleEndian(words)) { append($0) } }
    package mutating func i32(_ value: Int32) { u32(UInt32(bitPattern: value)) }
    package mutating func i64(_ value: Int64) { u64(UInt64(bitPattern: value)) }

    /// All appending ends here: one growth, one bulk copy.
    @inline(never)
    private mutating func append(_ source: UnsafeRawBufferPointer) { bytes.append(contentsOf: source) }

    /// One byte, 0 or 1.
    package mutating func bool(_ value: Bool) { u8(value ? 1 : 0) }
    /// Bytes without a length: the end of a message, or a field of fixed size.
    package mutating func raw(_ value: [UInt8]) { value.withUnsafeBytes { append($0) } }
    /// Bytes without a length, out of others.
    package mutating func raw(_ value: ArraySlice<UInt8>) { value.withUnsafeBytes { append($0) } }
    /// Bytes without a length, from memory.
    package mutating func raw(_ value: UnsafeBufferPointer<UInt8>) { append(UnsafeRawBufferPointer(value)) }
    /// A 32-bit length, then the bytes.
    @inline(never)
    package mutating func bytes(_ value: [UInt8]) {
        u32(UInt32(truncatingIfNeeded: value.count))
        raw(value)
    }
    /// Makes room for `count` further bytes at once, so that a large body grows the buffer only one time.
    package mutating func reserve(_ count: Int) { bytes.reserveCapacity(bytes.count + count) }
    /// The value's own layout.
    package mutating func value(_ value: some Wire) { value.encode(into: &self) }
    /// A 32-bit count, then the values.
    package mutating func list<T: Wire>(_ values: [T]) {
        u32(UInt32(truncatingIfNeeded: values.count))
        for value in values { value.encode(into: &self) }
    }
    /// Overwrites 48 bytes at `offset`, which must have been written before.
    package mutating func patch(words: SixWords, at offset: Int) {
        precondition(offset >= 0 && offset + 48 <= bytes.count, "a patch lies inside what was written")
        // SAFETY: the 48 bytes were just seen to lie inside the array.
        bytes.withUnsafeMutableBytes { $0.storeBytes(of: Writer.littleEndian(words), toByteOffset: offset, as: SixWords.self) }
    }

    @inline(__always)
    private static func littleEndian(_ words: SixWords) -> SixWords {
        (
            words.0.littleEndian, words.1.littleEndian, words.2.littleEndian, words.3.littleEndian, words.4.littleEndian,
            words.5.littleEndian
        )
    }

    /// Overwrites four bytes at `offset`, which must have been written before.
    package mutating func patch(u32 value: UInt32, at offset: Int) {
        precondition(offset >= 0 && offset + 4 <= bytes.count, "a patch lies inside what was written")
        // SAFETY: the four bytes were just seen to lie inside the array.
        bytes.withUnsafeMutableBytes { $0.storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt32.self) }
    }
}

/// Reads bytes from outside. Every method throws `badMessage` when too few bytes are left.
package struct Reader: Sendable {
    private let bytes: [UInt8]
    private var position: Int
    private let end: Int

    /// Reads all of `bytes`.
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        position = 0
        end = bytes.count
    }

    /// Reads `bytes` from `start` (clamped to their end).
    package init(_ bytes: [UInt8], from start: Int) {
        self.bytes = bytes
        position = min(max(start, 0), bytes.count)
        end = bytes.count
    }

    /// How many bytes are left.
    package var remaining: Int { end - position }

    /// Throws `badMessage` unless everything was read: a message with a tail nobody reads is malformed.
    package func finish() throws(Errno) {
        if position != end { throw .badMessage }
    }

    @inline(__always)
    package mutating func integer<T: FixedWidthInteger>(_ type: T.Type) throws(Errno) -> T {
        switch T.bitWidth {
        case 8: T(truncatingIfNeeded: try u8())
        case 16: T(truncatingIfNeeded: try u16())
        case 32: T(truncatingIfNeeded: try u32())
        default: T(truncatingIfNeeded: try u64())
        }
    }

    @inline(never)
    package mutating func u8() throws(Errno) -> UInt8 { try load(UInt8.self) }
    @inline(never)
    package mutating func u16() throws(Errno) -> UInt16 { UInt16(littleEndian: try load(UInt16.self)) }
    @inline(never)
    package mutating func u32() throws(Errno) -> UInt32 { UInt32(littleEndian: try load(UInt32.self)) }
    @inline(never)
    package mutating func u64() throws(Errno) -> UInt64 { UInt64(littleEndian: try load(UInt64.self)) }
    package mutating func i32() throws(Errno) -> Int32 { Int32(bitPattern: try u32()) }
    package mutating func i64() throws(Errno) -> Int64 { Int64(bitPattern: try u64()) }

    /// The next bytes as they lie there.
    @inline(__always)
    private mutating func load<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) throws(Errno) -> T {
        let start = position
        guard end - start >= MemoryLayout<T>.size else { throw .badMessage }
        position = start + MemoryLayout<T>.size
        // SAFETY: `start` is not negative, and the value ends at `end` at the latest, which is the array's.
        return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start, as: T.self) }
    }

    /// One byte that must be 0 or 1.
    package mutating func bool() throws(Errno) -> Bool {
        switch try u8() {
        case 0: return false
        case 1: return true
        default: throw .badMessage
        }
    }
    /// `count` bytes without a length of their own.
    package mutating func raw(_ count: Int) throws(Errno) -> [UInt8] {
        guard count >= 0, count <= end - position else { throw .badMessage }
        return take(count)
    }
    /// A 32-bit length and that many bytes; more than `limit` bytes are malformed.
    package mutating func bytes(limit: Int = Limits.payload) throws(Errno) -> [UInt8] {
        let count = try u32()
        guard count <= UInt32(limit) else { throw .badMessage }
        return try raw(Int(count))
    }
    /// Everything that is left.
    package mutating func rest() -> [UInt8] { take(end - position) }

    /// The next `count` bytes, which must be there. All of them at once are the array itself.
    @inline(never)
    private mutating func take(_ count: Int) -> [UInt8] {
        let start = position
        position += count
        if count == bytes.count { return bytes }
        return bytes.withUnsafeBytes { [UInt8](copying: UnsafeRawBufferPointer(rebasing: $0[start..<start + count])) }
    }

    /// Everything that is left, without a copy: the data of a write goes straight to where it is kept.
    package mutating func restSlice() -> ArraySlice<UInt8> {
        let slice = bytes[position..<end]
        position = end
        return slice
    }
    package mutating func value<T: Wire>(_ type: T.Type) throws(Errno) -> T { try T(from: &self) }
    /// A 32-bit count and that many values; more than `limit` are malformed.
    package mutating func list<T: Wire>(_ type: T.Type, limit: Int = Limits.listLength) throws(Errno) -> [T] {
        let count = try u32()
        // Every value takes a byte at least, so a count beyond what is left is a lie and reserves nothing.
        guard count <= UInt32(limit), Int(count) <= remaining else { throw .badMessage }
        var values: [T] = []
        values.reserveCapacity(Int(count))
        for _ in 0..<count { values.append(try T(from: &self)) }
        return values
    }
}

extension [UInt8] {
    /// A copy of `source`, made at once. (Under `-Osize` the general way from a sequence to an array goes byte by byte.)
    @inline(never)
    package init(copying source: UnsafeRawBufferPointer) {
        self.init(unsafeUninitializedCapacity: source.count) { target, count in
            // SAFETY: the target is new, and as large as the source.
            UnsafeMutableRawBufferPointer(target).copyMemory(from: source)
            count = source.count
        }
    }
}

/// A length-prefixed byte string as a list element: an argument, an environment entry, a name.
package struct ByteString: Wire, Equatable, Sendable {
    package var bytes: [UInt8]
    package init(_ bytes: [UInt8]) { self.bytes = bytes }
    package init(_ text: StaticString) { bytes = text.withUTF8Buffer { Array($0) } }
    package init(from reader: inout Reader) throws(Errno) { bytes = try reader.bytes() }
    package func encode(into writer: inout Writer) { writer.bytes(bytes) }
}

/// A message body without fields.
package struct Nothing: Wire, Equatable, Sendable {
    package init() {}
    package init(from reader: inout Reader) throws(Errno) {}
    package func encode(into writer: inout Writer) {}
}
