import ABI

/// Input not read yet: first what can be read, then the line that is still edited. In non-canonical mode all of it can be read
/// and the marks mean nothing.
struct InputQueue: Sendable {
    /// What stands at a place of the queue.
    enum Mark: UInt8, Sendable {
        case ordinary = 0
        /// The byte ends a line and belongs to it.
        case endOfLine = 1
        /// No byte: VEOF was typed here.
        case endOfFile = 2
    }

    private(set) var bytes: [UInt8] = []
    private(set) var marks: [Mark] = []
    /// Where the edited line begins. What stands before it is whole lines: it ends in a mark.
    private(set) var lineStart = 0

    var count: Int { bytes.count }
    /// Whether a whole line is there.
    var hasLine: Bool { lineStart > 0 }
    /// The line that is edited.
    var edited: ArraySlice<UInt8> { bytes[lineStart...] }

    /// Adds a byte to the edited line.
    mutating func append(_ byte: UInt8) {
        bytes.append(byte)
        marks.append(.ordinary)
    }

    /// Ends the edited line with a delimiter (or, for `endOfFile`, with none).
    mutating func endLine(_ byte: UInt8, _ mark: Mark) {
        bytes.append(byte)
        marks.append(mark)
        lineStart = bytes.count
    }

    /// Takes the last byte of the edited line away.
    mutating func removeLast() -> UInt8? {
        guard bytes.count > lineStart else { return nil }
        marks.removeLast()
        return bytes.removeLast()
    }

    mutating func flush() { self = InputQueue() }

    /// Bytes of the first line, without an end of file; `nil` if there is none.
    var lineLength: Int? {
        guard hasLine, let end = marks.firstIndex(where: { $0 != .ordinary }) else { return nil }
        return marks[end] == .endOfFile ? end : end + 1
    }

    /// Takes up to `limit` bytes of the first line; `nil` if there is none. The rest of the line stays. An end of file goes with
    /// the last byte before it, so that a line which ends by it is not followed by an empty read.
    mutating func takeLine(_ limit: Int) -> [UInt8]? {
        guard hasLine, let end = marks.firstIndex(where: { $0 != .ordinary }) else { return nil }
        let length = marks[end] == .endOfFile ? end : end + 1
        let taken = Array(bytes[..<min(limit, length)])
        remove(taken.count == length ? end + 1 : taken.count)
        return taken
    }

    /// Takes up to `limit` bytes whatever they are.
    mutating func takeBytes(_ limit: Int) -> [UInt8] {
        let taken = Array(bytes.prefix(limit))
        remove(taken.count)
        return taken
    }

    private mutating func remove(_ count: Int) {
        bytes.removeFirst(count)
        marks.removeFirst(count)
        lineStart = max(0, lineStart - count)
    }

    /// Goes over to non-canonical mode: an end of file is no byte and goes.
    mutating func dissolveLines() {
        var plain = InputQueue()
        for (byte, mark) in zip(bytes, marks) where mark != .endOfFile { plain.append(byte) }
        self = plain
    }

    /// Goes over to canonical mode: what is there becomes lines, the last one whole too, so that it can be read (as on Linux).
    mutating func formLines(_ isDelimiter: (UInt8) -> Bool) {
        for index in bytes.indices {
            marks[index] = isDelimiter(bytes[index]) || index == bytes.count - 1 ? .endOfLine : .ordinary
        }
        lineStart = bytes.count
    }

    func encode(into writer: inout Writer) {
        writer.bytes(bytes)
        for mark in marks { writer.u8(mark.rawValue) }
        writer.u32(UInt32(lineStart))
    }

    init() {}

    init(decoding reader: inout Reader) throws(Errno) {
        bytes = try reader.bytes(limit: Limits.terminalLine)
        for _ in bytes {
            guard let mark = Mark(rawValue: try reader.u8()) else { throw .badMessage }
            marks.append(mark)
        }
        lineStart = Int(try reader.u32())
        guard lineStart <= bytes.count, lineStart == 0 || marks[lineStart - 1] != .ordinary else { throw .badMessage }
    }
}
