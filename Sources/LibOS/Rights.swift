// Rights of WASI preview 1: what a descriptor may be used for, and what a descriptor opened from it may be used for.

package import ABI

/// WASI preview 1 `rights`.
package struct Rights: OptionSet, Sendable, Wire {
    package var rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
    package init(from reader: inout Reader) throws(Errno) { rawValue = try reader.u64() }
    package func encode(into writer: inout Writer) { writer.u64(rawValue) }

    package static let dataSync = Rights(rawValue: 1 << 0)
    package static let read = Rights(rawValue: 1 << 1)
    package static let seek = Rights(rawValue: 1 << 2)
    package static let setFlags = Rights(rawValue: 1 << 3)
    package static let sync = Rights(rawValue: 1 << 4)
    package static let tell = Rights(rawValue: 1 << 5)
    package static let write = Rights(rawValue: 1 << 6)
    package static let advise = Rights(rawValue: 1 << 7)
    package static let allocate = Rights(rawValue: 1 << 8)
    package static let createDirectory = Rights(rawValue: 1 << 9)
    package static let createFile = Rights(rawValue: 1 << 10)
    package static let linkSource = Rights(rawValue: 1 << 11)
    package static let linkTarget = Rights(rawValue: 1 << 12)
    package static let open = Rights(rawValue: 1 << 13)
    package static let readDirectory = Rights(rawValue: 1 << 14)
    package static let readLink = Rights(rawValue: 1 << 15)
    package static let renameSource = Rights(rawValue: 1 << 16)
    package static let renameTarget = Rights(rawValue: 1 << 17)
    package static let pathStatus = Rights(rawValue: 1 << 18)
    package static let pathSetSize = Rights(rawValue: 1 << 19)
    package static let pathSetTimes = Rights(rawValue: 1 << 20)
    package static let status = Rights(rawValue: 1 << 21)
    package static let setSize = Rights(rawValue: 1 << 22)
    package static let setTimes = Rights(rawValue: 1 << 23)
    package static let symbolicLink = Rights(rawValue: 1 << 24)
    package static let removeDirectory = Rights(rawValue: 1 << 25)
    package static let unlinkFile = Rights(rawValue: 1 << 26)
    package static let poll = Rights(rawValue: 1 << 27)

    /// All that are defined for files and sockets (30 bits).
    package static let all = Rights(rawValue: 1 << 30 - 1)

    /// Any of these in an open asks for reading.
    static let needRead: Rights = [.read, .readDirectory]
    /// Any of these in an open asks for writing.
    static let needWrite: Rights = [.write, .allocate, .setSize]

    private static let path: Rights = [
        .createDirectory, .createFile, .linkSource, .linkTarget, .open, .readLink, .renameSource, .renameTarget, .pathStatus,
        .pathSetSize, .pathSetTimes, .symbolicLink, .removeDirectory, .unlinkFile,
    ]

    /// The most that a description can be used for.
    ///
    /// A terminal has neither `seek` nor `tell`: that is how C libraries tell one (isatty(3)).
    static func maximum(_ kind: FileKind, _ access: AccessMode, isTerminal: Bool) -> Rights {
        var rights: Rights = [.setFlags, .sync, .dataSync, .status, .setTimes]
        if kind == .directory { return rights.union(path).union(.readDirectory) }
        rights.formUnion(.poll)
        if access.contains(.read) || access.contains(.execute) { rights.formUnion(.read) }
        if access.contains(.write) { rights.formUnion(.write) }
        switch kind {
        case .pipe, .streamSocket, .datagramSocket: return rights
        case .characterDevice: return isTerminal ? rights : rights.union([.seek, .tell])
        case .unknown, .blockDevice, .regular, .symbolicLink, .directory:
            rights.formUnion([.seek, .tell, .advise])
            return access.contains(.write) ? rights.union([.allocate, .setSize]) : rights
        }
    }
}
