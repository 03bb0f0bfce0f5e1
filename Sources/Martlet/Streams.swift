// Buffered output and input.

internal import ProgramPort

/// Bytes on their way to a file. Keeps the first error: writes after it are lost, `flush` and `finish` throw it.
// SAFETY: a program has one thread.
public final class Output: @unchecked Sendable {
    /// Standard output, written when 64 KiB have come together, at `flush`, and at `Program.exit`; line by line to a terminal.
    public static let standard = Output(.standardOutput, buffering: nil)
    /// Standard error, written at each line.
    public static let error = Output(.standardError, buffering: .lines)

    /// When bytes are handed on.
    public enum Buffering: Sendable {
        /// When 64 KiB have come together.
        case full
        /// At the last newline of each write.
        case lines
    }

    private let file: File
    private var buffering: Buffering?
    private var pending: [UInt8] = []
    private var failure: Errno?
    private static let size = 65536

    /// Writes to `file`. Without a choice of buffering: by lines if it is a terminal.
    public init(_ file: File, buffering: Buffering? = .full) {
        self.file = file
        self.buffering = buffering
    }

    private var writesLines: Bool {
        if let buffering { return buffering == .lines }
        let isTerminal = file.isTerminal
        buffering = isTerminal ? .lines : .full
        return isTerminal
    }

    private func afterWrite() {
        if pending.count >= Output.size || (writesLines && pending.contains(0x0A)) { try? flush() }
    }

    /// Adds bytes.
    public func write(_ bytes: [UInt8]) {
        pending.append(contentsOf: bytes)
        afterWrite()
    }

    /// Adds bytes.
    public func write(_ bytes: ArraySlice<UInt8>) {
        pending.append(contentsOf: bytes)
        afterWrite()
    }

    /// Adds one byte.
    public func write(_ byte: UInt8) {
        pending.append(byte)
        if pending.count >= Output.size || (byte == 0x0A && writesLines) { try? flush() }
    }

    /// Adds a literal.
    public func write(_ text: StaticString) {
        text.withUTF8Buffer { pending.append(contentsOf: $0) }
        afterWrite()
    }

    /// Adds bytes and a newline.
    public func writeLine(_ bytes: [UInt8]) {
        pending.append(contentsOf: bytes)
        write(0x0A)
    }

    /// The first error so far.
    public var error: Errno? { failure }

    /// Hands everything on. Throws the first error so far. May wait.
    public func flush() throws(Errno) {
        if let failure {
            pending.removeAll()
            throw failure
        }
        if pending.isEmpty { return }
        do {
            try file.write(pending)
        } catch {
            failure = error
        }
        pending.removeAll(keepingCapacity: true)
        if let failure { throw failure }
    }
}

/// Reads a file by lines.
public final class Input {
    private let file: File
    private var buffer: [UInt8] = []
    private var position = 0
    private var isAtEnd = false

    /// Reads `file`.
    public init(_ file: File) { self.file = file }

    /// Reads more; false at the end.
    private func refill() throws(Errno) -> Bool {
        if isAtEnd { return false }
        buffer = try file.read(count: 65536)
        position = 0
        isAtEnd = buffer.isEmpty
        return !isAtEnd
    }

    /// The next line without its newline, or `nil` at the end; `hasNewline` says whether the last one had one.
    public func line(hasNewline: inout Bool) throws(Errno) -> [UInt8]? {
        var result: [UInt8] = []
        var isEmpty = true
        while true {
            if position >= buffer.count {
                guard try refill() else {
                    hasNewline = false
                    return isEmpty ? nil : result
                }
            }
            isEmpty = false
            let start = position
            let end = buffer.withUnsafeBufferPointer { bytes in
                var index = start
                while index < bytes.count, bytes[index] != 0x0A { index += 1 }
                return index
            }
            if end < buffer.count {
                position = end + 1
                hasNewline = true
                if result.isEmpty { return [UInt8](buffer[start..<end]) }
                result += buffer[start..<end]
                return result
            }
            result += buffer[start...]
            position = buffer.count
        }
    }

    /// The next line without its newline, or `nil` at the end.
    public func line() throws(Errno) -> [UInt8]? {
        var hasNewline = false
        return try line(hasNewline: &hasNewline)
    }

    /// What comes next, as much as is there at once; empty at the end.
    public func chunk() throws(Errno) -> [UInt8] {
        if position >= buffer.count {
            guard try refill() else { return [] }
        }
        defer { position = buffer.count }
        return position == 0 ? buffer : [UInt8](buffer[position...])
    }
}
