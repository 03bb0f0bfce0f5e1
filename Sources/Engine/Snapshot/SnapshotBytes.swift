/// The elements of saved state: numbers of 64 bits, little-endian, and lists with their length before them.

/// Why bytes are no saved state.
package enum SnapshotError: Error, Equatable, Sendable {
    /// They do not begin with the mark of saved state.
    case mark
    /// They were saved in another version of the format.
    case version
    /// They end too early, or go on behind the end.
    case length
    /// A module in them is none, or not valid.
    case module
    /// A number is out of its range, or two parts contradict each other.
    case inconsistent
}

/// Appends the elements.
struct SnapshotWriter {
    private(set) var bytes: [UInt8] = []

    mutating func number(_ number: UInt64) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func number(_ number: Int) { self.number(UInt64(bitPattern: Int64(number))) }

    mutating func number(_ number: UInt32) { self.number(UInt64(number)) }

    /// A number that may be absent: 0, or the number plus one.
    mutating func optional(_ number: UInt32?) { self.number(number.map { UInt64($0) + 1 } ?? 0) }

    mutating func data(_ data: ArraySlice<UInt8>) {
        number(data.count)
        bytes.append(contentsOf: data)
    }

    mutating func list<Element>(_ elements: [Element], _ write: (inout SnapshotWriter, Element) -> Void) {
        number(elements.count)
        for element in elements { write(&self, element) }
    }

    mutating func numbers(_ numbers: [UInt64]) { list(numbers) { $0.number($1) } }

    mutating func numbers(_ numbers: [UInt32]) { list(numbers) { $0.number($1) } }
}

/// Reads them again. Whatever the bytes are, it gives a value or throws.
struct SnapshotReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private var remaining: Int { bytes.count - position }

    mutating func number() throws(SnapshotError) -> UInt64 {
        guard remaining >= 8 else { throw .length }
        var number: UInt64 = 0
        for index in 0..<8 { number |= UInt64(bytes[position + index]) << UInt64(8 * index) }
        position += 8
        return number
    }

    /// A number that is less than a bound. Throws `inconsistent` if it is not.
    mutating func number(below bound: Int) throws(SnapshotError) -> Int {
        let number = try number()
        guard number < UInt64(max(bound, 0)) else { throw .inconsistent }
        return Int(number)
    }

    mutating func word() throws(SnapshotError) -> UInt32 {
        guard let word = UInt32(exactly: try number()) else { throw .inconsistent }
        return word
    }

    mutating func optional() throws(SnapshotError) -> UInt32? {
        let number = try number()
        if number == 0 { return nil }
        guard let word = UInt32(exactly: number - 1) else { throw .inconsistent }
        return word
    }

    /// Throws `length` if there are fewer bytes than the length says, so that no more is allocated than there is.
    mutating func data() throws(SnapshotError) -> [UInt8] {
        let count = try number()
        guard count <= UInt64(remaining) else { throw .length }
        defer { position += Int(count) }
        return Array(bytes[position..<position + Int(count)])
    }

    mutating func list<Element>(
        _ read: (inout SnapshotReader) throws(SnapshotError) -> Element
    ) throws(SnapshotError) -> [Element] {
        let count = try number()
        // Each element takes at least a number.
        guard count <= UInt64(remaining / 8) else { throw .length }
        var elements: [Element] = []
        elements.reserveCapacity(Int(count))
        for _ in 0..<count { elements.append(try read(&self)) }
        return elements
    }

    mutating func numbers() throws(SnapshotError) -> [UInt64] {
        try list { reader throws(SnapshotError) in try reader.number() }
    }

    mutating func words() throws(SnapshotError) -> [UInt32] {
        try list { reader throws(SnapshotError) in try reader.word() }
    }

    /// Throws `length` unless everything was read.
    func finish() throws(SnapshotError) {
        guard remaining == 0 else { throw .length }
    }
}
