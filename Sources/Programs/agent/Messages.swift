// The messages between page and agent. Decoding any bytes gives a message or `badMessage`.

import Martlet

/// What the page asks for.
enum PageRequest {
    case run(directory: [UInt8], arguments: [[UInt8]], environment: [[UInt8]], input: [UInt8])
    case input([UInt8])
    case inputEnd
    case readFile(path: [UInt8], offset: UInt64, count: UInt32)
    case writeFile(path: [UInt8], mode: UInt16, isFirst: Bool, isLast: Bool, bytes: [UInt8])
    case kill(signal: Int32)
    case status(path: [UInt8])
    case makeDirectory(path: [UInt8], mode: UInt16)

    /// The numbers of the messages; `web/agent.js` has the same.
    enum Kind: UInt8, CaseIterable {
        case run = 1
        case input = 2
        case inputEnd = 3
        case readFile = 4
        case writeFile = 5
        case kill = 6
        case status = 7
        case makeDirectory = 8
    }

    /// Largest message either way, in bytes.
    static let size = 1 << 20

    /// Reads a message behind its number.
    init(kind: UInt8, _ reader: inout ByteReader) throws(Errno) {
        guard let kind = Kind(rawValue: kind) else { throw .badMessage }
        switch kind {
        case .run:
            self = .run(
                directory: try reader.string(), arguments: try reader.strings(), environment: try reader.strings(),
                input: try reader.string())
        case .input: self = .input(reader.rest())
        case .inputEnd: self = .inputEnd
        case .readFile:
            self = .readFile(
                path: try reader.string(), offset: try reader.integer(UInt64.self), count: try reader.integer(UInt32.self))
        case .writeFile:
            let path = try reader.string()
            let mode = try reader.integer(UInt16.self)
            let flags = try reader.integer(UInt8.self)
            self = .writeFile(path: path, mode: mode, isFirst: flags & 1 != 0, isLast: flags & 2 != 0, bytes: reader.rest())
        case .kill: self = .kill(signal: try reader.integer(Int32.self))
        case .status: self = .status(path: try reader.string())
        case .makeDirectory: self = .makeDirectory(path: try reader.string(), mode: try reader.integer(UInt16.self))
        }
        if reader.remaining > 0 { throw .badMessage }
    }
}

/// What the agent answers.
enum AgentMessage {
    case output(stream: UInt8, [UInt8])
    case ended(ProcessEnd)
    case data([UInt8])
    case done
    case failed(Errno, [UInt8])
    case status(FileStatus)

    /// The numbers of the messages; `web/agent.js` has the same.
    enum Kind: UInt8, CaseIterable {
        case output = 64
        case ended = 65
        case data = 66
        case done = 67
        case failed = 68
        case status = 69
    }

    /// The whole message for request `number`.
    func encoded(_ number: UInt32) -> [UInt8] {
        var writer = ByteWriter()
        func begin(_ kind: Kind) {
            writer.integer(kind.rawValue)
            writer.integer(number)
        }
        switch self {
        case .output(let stream, let bytes):
            begin(.output)
            writer.integer(stream)
            writer.raw(bytes)
        case .ended(let end):
            begin(.ended)
            switch end {
            case .exited(let status):
                writer.integer(UInt8(0))
                writer.integer(status)
            case .signaled(let signal):
                writer.integer(UInt8(1))
                writer.integer(signal.rawValue)
            }
        case .data(let bytes):
            begin(.data)
            writer.raw(bytes)
        case .done: begin(.done)
        case .failed(let error, let text):
            begin(.failed)
            writer.integer(error.rawValue)
            writer.raw(text)
        case .status(let status):
            begin(.status)
            writer.raw(status.encoded)
        }
        return writer.bytes
    }
}
