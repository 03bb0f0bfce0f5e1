// Little-endian layouts: those of the program ABI, and of programs that speak binary protocols.

/// Collects bytes.
public struct ByteWriter: Sendable {
    /// What was written so far.
    public private(set) var bytes: [UInt8] = []

    public init() {}

    /// Appends an integer, least significant byte first.
    public mutating func integer<T: FixedWidthInteger>(_ value: T) {
        for index in 0..<(T.bitWidth / 8) { bytes.append(UInt8(truncatingIfNeeded: value >> T(8 * index))) }
    }
    /// Appends bytes without a length.
    public mutating func raw(_ value: [UInt8]) { bytes.append(contentsOf: value) }
    /// Appends a 32-bit length and bytes.
    public mutating func string(_ value: [UInt8]) {
        integer(UInt32(truncatingIfNeeded: value.count))
        raw(value)
    }
    /// Appends a 32-bit count and strings.
    public mutating func strings(_ values: [[UInt8]]) {
        integer(UInt32(truncatingIfNeeded: values.count))
        for value in values { string(value) }
    }
}

/// Reads bytes from outside. Every method throws `badMessage` when too few are left.
public struct ByteReader: Sendable {
    private let bytes: [UInt8]
    private var position: Int

    /// Reads `bytes`.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        position = 0
    }

    /// How many bytes are left.
    public var remaining: Int { bytes.count - position }

    /// An integer, least significant byte first.
    public mutating func integer<T: FixedWidthInteger>(_ type: T.Type) throws(Errno) -> T {
        let size = T.bitWidth / 8
        guard remaining >= size else { throw .badMessage }
        var value: T = 0
        for index in 0..<size { value |= T(truncatingIfNeeded: bytes[position + index]) << T(8 * index) }
        position += size
        return value
    }

    /// A 32-bit length and bytes.
    public mutating func string() throws(Errno) -> [UInt8] {
        let count = try integer(UInt32.self)
        guard UInt64(count) <= UInt64(remaining) else { throw .badMessage }
        let result = [UInt8](bytes[position..<position + Int(count)])
        position += Int(count)
        return result
    }

    /// A 32-bit count and strings.
    public mutating func strings() throws(Errno) -> [[UInt8]] {
        let count = try integer(UInt32.self)
        // A string takes four bytes at least, so a count beyond what is left is a lie and reserves nothing.
        guard UInt64(count) * 4 <= UInt64(remaining) else { throw .badMessage }
        var result: [[UInt8]] = []
        result.reserveCapacity(Int(count))
        for _ in 0..<count { result.append(try string()) }
        return result
    }

    /// Everything that is left.
    public mutating func rest() -> [UInt8] {
        let result = [UInt8](bytes[position...])
        position = bytes.count
        return result
    }
}
