// The system as a whole: its name, what is mounted.

internal import ProgramPort

/// C: struct utsname.
public struct SystemName: Sendable {
    public var system: [UInt8]
    public var node: [UInt8]
    public var release: [UInt8]
    public var version: [UInt8]
    public var machine: [UInt8]

    /// C: uname(2).
    public static func current() throws(Errno) -> SystemName {
        var buffer = [UInt8](repeating: 0, count: 1024)
        var length = 0
        try check(Port.systemName(&buffer, &length))
        let fields = [UInt8](buffer[0..<min(length, buffer.count)]).pieces(separator: 0)
        guard fields.count >= 5 else { throw .badMessage }
        return SystemName(system: fields[0], node: fields[1], release: fields[2], version: fields[3], machine: fields[4])
    }
}

/// A mounted file system.
public struct Mount: Sendable {
    /// The directory that it covers.
    public var target: [UInt8]
    public var type: [UInt8]
    public var options: [UInt8]

    /// All, in the order of mounting. Layout: u32 count, then target, type and options of each (u32 length and bytes).
    public static func list() throws(Errno) -> [Mount] {
        var size = 16384
        while true {
            var buffer = [UInt8](repeating: 0, count: size)
            var length = 0
            let code = Port.mountList(&buffer, &length)
            if Errno(rawValue: code) == .resultTooLarge, size < 1 << 20 {
                size *= 4
                continue
            }
            try check(code)
            var reader = ByteReader([UInt8](buffer[0..<min(length, buffer.count)]))
            var result: [Mount] = []
            for _ in 0..<(try reader.integer(UInt32.self)) {
                result.append(Mount(target: try reader.string(), type: try reader.string(), options: try reader.string()))
            }
            return result
        }
    }

    /// Mounts a new file system on a directory.
    ///
    /// Throws `notPermitted` (root only), `notDirectory`, `resourceBusy` (one is mounted there), `operationNotSupportedByDevice`
    /// (no such type), `invalidArgument` (options). May wait.
    public static func mount(_ type: [UInt8], on target: [UInt8], options: [UInt8] = []) throws(Errno) {
        try check(Port.mount(target, type, options))
    }

    /// Takes a mounted file system away. Throws `notPermitted`, `invalidArgument` (nothing is mounted there), `resourceBusy`.
    public static func unmount(_ target: [UInt8]) throws(Errno) { try check(Port.unmount(target)) }
}
