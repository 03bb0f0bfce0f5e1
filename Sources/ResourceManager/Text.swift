import ABI

// Lines for people, made of bytes: `String` would bring Unicode tables into the server.

extension Array where Element == UInt8 {
    /// The bytes of a literal.
    init(_ text: StaticString) { self = text.withUTF8Buffer { [UInt8]($0) } }

    /// Decimal digits.
    init(decimal number: Int) {
        self = []
        var rest = number.magnitude
        repeat {
            append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        if number < 0 { append(UInt8(ascii: "-")) }
        reverse()
    }

    static func + (left: [UInt8], right: StaticString) -> [UInt8] { left + [UInt8](right) }
}

extension Errno {
    /// What an error is called in a line for people: the common ones by name, others by number.
    var text: [UInt8] {
        switch self {
        case .noSuchFileOrDirectory: return [UInt8]("no such file or directory")
        case .permissionDenied: return [UInt8]("permission denied")
        case .execFormatError: return [UInt8]("not a program that can run here")
        case .resourceTemporarilyUnavailable: return [UInt8]("no memory or worker left")
        case .ioError: return [UInt8]("input/output error")
        case .noSuchAddressOrDevice: return [UInt8]("no such device")
        case .notDirectory: return [UInt8]("not a directory")
        case .invalidArgument: return [UInt8]("invalid argument")
        case .notSupported: return [UInt8]("not supported")
        case .resourceBusy: return [UInt8]("busy")
        case .fileExists: return [UInt8]("file exists")
        case .readOnlyFileSystem: return [UInt8]("read-only file system")
        case .staleFileHandle: return [UInt8]("stale file handle")
        default: return [UInt8]("error ") + [UInt8](decimal: Int(rawValue))
        }
    }
}
