// Input by lines that others read on behind.

import Martlet

/// Reads a line without taking more from the file than the line: others read on behind it.
struct LineReader {
    private let file: File
    private var buffer: [UInt8] = []
    private var position = 0
    /// Of `line`: what it has read.
    private var partial: [UInt8] = []
    /// The offset can be put back, or a terminal gives a line at most.
    private let size: Int
    private let isSeekable: Bool

    init(_ file: File) {
        self.file = file
        isSeekable = (try? file.seek(0, from: .current)) != nil
        size = isSeekable || file.isTerminal ? 4096 : 1
    }

    /// The next line with its newline, if it has one; empty at the end. What an error interrupts goes on with the next call.
    mutating func line() throws(Errno) -> [UInt8] {
        while let byte = try next() {
            partial.append(byte)
            if byte == 0x0A { break }
        }
        finish()
        defer { partial = [] }
        return partial
    }

    /// The next byte; `nil` at the end.
    mutating func next() throws(Errno) -> UInt8? {
        if position >= buffer.count {
            buffer = try file.read(count: size)
            position = 0
            if buffer.isEmpty { return nil }
        }
        position += 1
        return buffer[position - 1]
    }

    /// Gives back what was read too much.
    mutating func finish() {
        guard isSeekable else { return }
        if position < buffer.count { _ = try? file.seek(Int64(position - buffer.count), from: .current) }
        buffer = []
        position = 0
    }
}
