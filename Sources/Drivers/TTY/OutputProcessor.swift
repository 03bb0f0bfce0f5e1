import ABI

/// Output processing (POSIX XBD 11.2.3) and the column of the cursor, as far as the bytes tell it.
struct OutputProcessor: Sendable {
    /// Most bytes that one byte becomes: a tab.
    static let growth = 8

    /// 0 is the left edge.
    var column = 0

    /// Appends to `output` what becomes of `bytes`, at most `limit` bytes; answers how many of `bytes` that were.
    mutating func process(
        _ bytes: ArraySlice<UInt8>, _ attributes: TerminalAttributes, limit: Int = .max, into output: inout [UInt8]
    ) -> Int {
        let mask = attributes.byteMask
        let begin = output.count
        // Bytes of fewer bits are a rarity: what passes of each is cut out afterwards.
        defer { if mask != 0xFF { for index in begin..<output.count { output[index] &= mask } } }
        let flags = attributes.output
        guard flags & TerminalOutput.process != 0 else {
            let part = bytes.prefix(limit)
            output.append(contentsOf: part)
            return part.count
        }
        let isUTF8 = attributes.input & TerminalInput.utf8 != 0
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let room = limit - (output.count - begin)
            if OutputProcessor.isPlain(bytes[index]) {
                guard room > 0 else { break }
                var end = index + 1
                while end < bytes.endIndex && end - index < room && OutputProcessor.isPlain(bytes[end]) { end += 1 }
                output.append(contentsOf: bytes[index..<end])
                column += end - index
                index = end
            } else {
                guard room >= OutputProcessor.growth else { break }
                special(bytes[index], flags, isUTF8, into: &output)
                index += 1
            }
        }
        return index - bytes.startIndex
    }

    /// A byte that stands for itself and takes one column.
    private static func isPlain(_ byte: UInt8) -> Bool { byte >= 0x20 && byte < 0x7F }

    private mutating func special(_ byte: UInt8, _ flags: UInt32, _ isUTF8: Bool, into output: inout [UInt8]) {
        switch byte {
        case 0x0A:
            if flags & TerminalOutput.newlineReturns != 0 { column = 0 }
            if flags & TerminalOutput.newlineToReturnNewline != 0 {
                column = 0
                output.append(0x0D)
            }
            output.append(byte)
        case 0x0D:
            if flags & TerminalOutput.noReturnAtStart != 0 && column == 0 { return }
            if flags & TerminalOutput.returnToNewline != 0 {
                if flags & TerminalOutput.newlineReturns != 0 { column = 0 }
                output.append(0x0A)
            } else {
                column = 0
                output.append(byte)
            }
        case 0x09:
            let width = 8 - column % 8
            column += width
            if flags & TerminalOutput.expandTabs == TerminalOutput.expandTabs {
                for _ in 0..<width { output.append(0x20) }
            } else {
                output.append(byte)
            }
        case 0x08:
            column = max(0, column - 1)
            output.append(byte)
        default:
            // Of a code point in UTF-8 only the first byte takes a column.
            if byte >= 0x80 && !(isUTF8 && byte & 0xC0 == 0x80) { column += 1 }
            output.append(byte)
        }
    }
}
