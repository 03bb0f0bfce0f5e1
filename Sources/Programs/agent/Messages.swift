// The messages between page and agent. Decoding any bytes gives a message or `badMessage`.

import Martlet

/// What the page asks for.
enum PageRequest {
    case run(program: [UInt8]?, directory: [UInt8], arguments: [[UInt8]], environment: [[UInt8]], input: [UInt8])
    case input([UInt8])
    case inputEnd
    case readFile(path: [UInt8], offset: UInt64, count: UInt32)
    case writeFile(path: [UInt8], mode: UInt16, isFirst: Bool, isLast: Bool, bytes: [UInt8])
    case kill(signal: Int32)
    case status(path: [UInt8])
    case makeDirectory(path: [UInt8], mode: UInt16)

    /// Largest message either way, in bytes.
    static let size = 1 << 20

    /// Reads a message behind its number.
    init(kind: UInt8, _ reader: inout ByteReader) throws(Errno) {
        switch kind {
        case 1, 9:
            self = .run(
                program: kind == 9 ? try reader.string() : nil, directory: try reader.string(), arguments: try reader.strings(),
                environment: try reader.strings(),
                input: try reader.string())
        case 2: self = .input(reader.rest())
        case 3: self = .inputEnd
        case 4:
            self = .readFile(
                path: try reader.string(), offset: try reader.integer(UInt64.self), count: try reader.integer(UInt32.self))
        case 5:
            let path = try reader.string()
            let mode = try reader.integer(UInt16.self)
            let flags = try reader.integer(UInt8.self)
            self = .writeFile(path: path, mode: mode, isFirst: flags & 1 != 0, isLast: flags & 2 != 0, bytes: reader.rest())
        case 6: self = .kill(signal: try reader.integer(Int32.self))
        case 7: self = .status(path: try reader.string())
        case 8: self = .makeDirectory(path: try reader.string(), mode: try reader.integer(UInt16.self))
        default: throw .badMessage
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

    /// The whole message for request `number`.
    func encoded(_ number: UInt32) -> [UInt8] {
        var writer = ByteWriter()
        func begin(_ kind: UInt8) {
            writer.integer(kind)
            writer.integer(number)
        }
        switch self {
        case .output(let stream, let bytes):
            begin(64)
            writer.integer(stream)
            writer.raw(bytes)
        case .ended(let end):
            begin(65)
            switch end {
            case .exited(let status):
                writer.integer(UInt8(0))
                writer.integer(status)
            case .signaled(let signal):
                writer.integer(UInt8(1))
                writer.integer(signal.rawValue)
            }
        case .data(let bytes):
            begin(66)
            writer.raw(bytes)
        case .done: begin(67)
        case .failed(let error, let text):
            begin(68)
            writer.integer(error.rawValue)
            writer.raw(text)
        case .status(let status):
            begin(69)
            writer.raw(status.encoded)
        }
        return writer.bytes
    }
}
