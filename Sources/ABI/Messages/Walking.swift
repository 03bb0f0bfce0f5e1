// The enumerations with payloads of the path and file-system protocols.

/// Device number of a driver (C: major(3)).
package struct MajorNumber: Identifier {
    package var rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    /// Not a device.
    package static let none = MajorNumber(rawValue: 0)
    /// `null` 3, `zero` 5, `full` 7, `random` 8, `urandom` 9: devfs itself. Minors as on Linux.
    package static let memory = MajorNumber(rawValue: 1)
    /// Terminals: minors from 1 on are consoles, those from `Limits.consoles` + 1 on pseudo-terminals.
    package static let terminal = MajorNumber(rawValue: 4)
    /// Minor 0: `tty`, the caller's controlling terminal; minor 1: `console`. resmgr resolves both to a terminal. Minor 2: `ptmx`, whose
    /// open makes a pseudo-terminal.
    package static let controllingTerminal = MajorNumber(rawValue: 5)
    /// Minor 0: the page's requests, root only.
    package static let page = MajorNumber(rawValue: 10)
}

/// Where a walk begins.
package enum WalkStart: Wire, Equatable, Sendable {
    /// The file system's root.
    case root
    /// A directory that resmgr learned of in an earlier answer; `noSuchFileOrDirectory` if it is gone.
    case node(NodeID)
    /// A directory that a process holds open; `badFileDescriptor` if it does not.
    case handle(ProcessIdentity, Handle)

    package init(from reader: inout Reader) throws(Errno) {
        switch try reader.u8() {
        case 0: self = .root
        case 1: self = .node(try reader.value(NodeID.self))
        case 2: self = .handle(try reader.value(ProcessIdentity.self), try reader.value(Handle.self))
        default: throw .badMessage
        }
    }

    package func encode(into writer: inout Writer) {
        switch self {
        case .root: writer.u8(0)
        case .node(let node):
            writer.u8(1)
            writer.value(node)
        case .handle(let process, let handle):
            writer.u8(2)
            writer.value(process)
            writer.value(handle)
        }
    }
}

/// What an open asks for besides the access.
package struct OpenFlags: OptionSet, Identifier {
    package var rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }
    /// Make the file if it is absent (C: O_CREAT).
    package static let create = OpenFlags(rawValue: 1 << 0)
    /// Fail unless it is a directory (C: O_DIRECTORY).
    package static let directory = OpenFlags(rawValue: 1 << 1)
    /// With `create`: fail with `fileExists` if it is there (C: O_EXCL).
    package static let exclusive = OpenFlags(rawValue: 1 << 2)
    /// Cut a regular file to nothing (C: O_TRUNC); needs permission to write.
    package static let truncate = OpenFlags(rawValue: 1 << 3)
}

/// How a file is opened.
package struct OpenFile: Wire, Equatable, Sendable {
    package var access: AccessMode
    package var open: OpenFlags
    package var flags: DescriptionFlags
    /// Permission bits of a file that is made, the mask already taken off.
    package var mode: UInt16

    package init(access: AccessMode, open: OpenFlags = [], flags: DescriptionFlags = [], mode: UInt16 = 0) {
        self.access = access
        self.open = open
        self.flags = flags
        self.mode = mode
    }

    package init(from reader: inout Reader) throws(Errno) {
        access = try reader.value(AccessMode.self)
        open = try reader.value(OpenFlags.self)
        flags = try reader.value(DescriptionFlags.self)
        mode = try reader.u16()
    }

    package func encode(into writer: inout Writer) {
        writer.value(access)
        writer.value(open)
        writer.value(flags)
        writer.u16(mode)
    }
}

/// What happens at the end of a path.
package enum FinalOperation: Wire, Equatable, Sendable {
    /// C: openat(2). Result `opened` (or `device`, `descriptor` in a walk). Opening a directory for writing: `isDirectory`.
    case open(OpenFile)
    /// C: fstatat(2). Result `status`.
    case status
    /// C: utimensat(2). Result `nothing`.
    case setTimes(TimeChange)
    /// C: fchmodat(2). Result `nothing`. Owner or root only (`notPermitted`).
    case setMode(UInt16)
    /// C: fchownat(2); all ones leaves an id as it is. Result `nothing`. Root only, but an owner may give a group of its own.
    case setOwner(UserID, GroupID)
    /// C: truncate(2). Result `nothing`.
    case setSize(UInt64)
    /// C: faccessat(2) with effective ids; bits 4 read, 2 write, 1 execute. Result `nothing`.
    case access(UInt8)
    /// C: mkdirat(2). Permission bits, mask taken off. Result `nothing`.
    case makeDirectory(UInt16)
    /// C: unlinkat(2) with AT_REMOVEDIR. Result `nothing`.
    case removeDirectory
    /// C: unlinkat(2). Result `nothing`.
    case unlink
    /// C: symlinkat(2), with the link's target. Result `nothing`.
    case symbolicLink([UInt8])
    /// C: readlinkat(2). Result `target`.
    case readLink
    /// resmgr's own: which node is this? Result `node`.
    case resolve
    /// resmgr's own, for operations on two paths: the directory that the last component is in, and the component. Result `parent`.
    case parent

    package init(from reader: inout Reader) throws(Errno) {
        switch try reader.u8() {
        case 1: self = .open(try reader.value(OpenFile.self))
        case 2: self = .status
        case 3: self = .setTimes(try reader.value(TimeChange.self))
        case 4: self = .setMode(try reader.u16() & 0o7777)
        case 5: self = .setOwner(try reader.value(UserID.self), try reader.value(GroupID.self))
        case 6: self = .setSize(try reader.u64())
        case 7: self = .access(try reader.u8() & 7)
        case 8: self = .makeDirectory(try reader.u16() & 0o7777)
        case 9: self = .removeDirectory
        case 10: self = .unlink
        case 11: self = .symbolicLink(try reader.bytes(limit: Limits.path))
        case 12: self = .readLink
        case 13: self = .resolve
        case 14: self = .parent
        default: throw .badMessage
        }
    }

    package func encode(into writer: inout Writer) {
        switch self {
        case .open(let file):
            writer.u8(1)
            writer.value(file)
        case .status: writer.u8(2)
        case .setTimes(let times):
            writer.u8(3)
            writer.value(times)
        case .setMode(let mode):
            writer.u8(4)
            writer.u16(mode)
        case .setOwner(let user, let group):
            writer.u8(5)
            writer.value(user)
            writer.value(group)
        case .setSize(let size):
            writer.u8(6)
            writer.u64(size)
        case .access(let mask):
            writer.u8(7)
            writer.u8(mask)
        case .makeDirectory(let mode):
            writer.u8(8)
            writer.u16(mode)
        case .removeDirectory: writer.u8(9)
        case .unlink: writer.u8(10)
        case .symbolicLink(let target):
            writer.u8(11)
            writer.bytes(target)
        case .readLink: writer.u8(12)
        case .resolve: writer.u8(13)
        case .parent: writer.u8(14)
        }
    }
}

/// How a file system answers a walk.
package enum WalkResult: Wire, Equatable, Sendable {
    /// Done, and there is nothing to tell.
    case nothing
    case opened(FileOpened)
    case status(FileStatus)
    /// The target of a symbolic link.
    case target([UInt8])
    case node(NodeID, FileKind)
    /// The last component's directory and its name; the name may be `.` or `..`, or end in a slash.
    case parent(NodeID, [UInt8])
    /// The walk came to a covered directory `node`; go on at the root of what is mounted there, with `rest` (may be empty: the
    /// mounted root itself is meant), `depth` and `linksLeft`.
    case entersMount(NodeID, rest: [UInt8], depth: UInt32, linksLeft: UInt8)
    /// `..` at the root. Go on at the directory that this file system is mounted on, with `rest`, which begins with `..`.
    case leavesRoot(rest: [UInt8], depth: UInt32, linksLeft: UInt8)
    /// An absolute symbolic link: go on at the process's root with `rest`, the target and what followed it.
    case absoluteLink(rest: [UInt8], linksLeft: UInt8)
    /// An open came to a device node: open the device.
    case device(MajorNumber, UInt32, FileStatus)
    /// An open came to an alias of the caller's own descriptor (`/dev/fd/3`, `/dev/stdin`).
    case descriptor(Descriptor)

    package init(from reader: inout Reader) throws(Errno) {
        switch try reader.u8() {
        case 0: self = .nothing
        case 1: self = .opened(try reader.value(FileOpened.self))
        case 2: self = .status(try reader.value(FileStatus.self))
        case 3: self = .target(try reader.bytes(limit: Limits.path))
        case 4: self = .node(try reader.value(NodeID.self), try reader.value(FileKind.self))
        case 5: self = .parent(try reader.value(NodeID.self), try reader.bytes(limit: Limits.path))
        case 6:
            self = .entersMount(
                try reader.value(NodeID.self), rest: try reader.bytes(limit: Limits.path), depth: try reader.u32(),
                linksLeft: try reader.u8())
        case 7:
            self = .leavesRoot(rest: try reader.bytes(limit: Limits.path), depth: try reader.u32(), linksLeft: try reader.u8())
        case 8: self = .absoluteLink(rest: try reader.bytes(limit: 2 * Limits.path), linksLeft: try reader.u8())
        case 9: self = .device(try reader.value(MajorNumber.self), try reader.u32(), try reader.value(FileStatus.self))
        case 10: self = .descriptor(try reader.value(Descriptor.self))
        default: throw .badMessage
        }
    }

    package func encode(into writer: inout Writer) {
        switch self {
        case .nothing: writer.u8(0)
        case .opened(let opened):
            writer.u8(1)
            writer.value(opened)
        case .status(let status):
            writer.u8(2)
            writer.value(status)
        case .target(let target):
            writer.u8(3)
            writer.bytes(target)
        case .node(let node, let kind):
            writer.u8(4)
            writer.value(node)
            writer.value(kind)
        case .parent(let node, let name):
            writer.u8(5)
            writer.value(node)
            writer.bytes(name)
        case .entersMount(let node, let rest, let depth, let linksLeft):
            writer.u8(6)
            writer.value(node)
            writer.bytes(rest)
            writer.u32(depth)
            writer.u8(linksLeft)
        case .leavesRoot(let rest, let depth, let linksLeft):
            writer.u8(7)
            writer.bytes(rest)
            writer.u32(depth)
            writer.u8(linksLeft)
        case .absoluteLink(let rest, let linksLeft):
            writer.u8(8)
            writer.bytes(rest)
            writer.u8(linksLeft)
        case .device(let major, let minor, let status):
            writer.u8(9)
            writer.value(major)
            writer.u32(minor)
            writer.value(status)
        case .descriptor(let descriptor):
            writer.u8(10)
            writer.value(descriptor)
        }
    }
}

/// How resmgr answers a path request of a process.
package enum PathResult: Wire, Equatable, Sendable {
    case nothing
    /// An open file, and the caller's connection to the server that keeps it.
    case opened(ConnectionID, FileOpened)
    case status(FileStatus)
    case target([UInt8])
    /// The path names the caller's own descriptor: duplicate it.
    case descriptor(Descriptor)

    package init(from reader: inout Reader) throws(Errno) {
        switch try reader.u8() {
        case 0: self = .nothing
        case 1: self = .opened(try reader.value(ConnectionID.self), try reader.value(FileOpened.self))
        case 2: self = .status(try reader.value(FileStatus.self))
        case 3: self = .target(try reader.bytes(limit: Limits.path))
        case 4: self = .descriptor(try reader.value(Descriptor.self))
        default: throw .badMessage
        }
    }

    package func encode(into writer: inout Writer) {
        switch self {
        case .nothing: writer.u8(0)
        case .opened(let connection, let opened):
            writer.u8(1)
            writer.value(connection)
            writer.value(opened)
        case .status(let status):
            writer.u8(2)
            writer.value(status)
        case .target(let target):
            writer.u8(3)
            writer.bytes(target)
        case .descriptor(let descriptor):
            writer.u8(4)
            writer.value(descriptor)
        }
    }
}

/// Where a read or write happens.
package enum Position: Wire, Equatable, Sendable {
    /// At the description's shared offset, which moves on.
    case shared
    /// At this many bytes from the start (C: pread, pwrite); `illegalSeek` on pipes and terminals.
    case explicit(UInt64)

    package init(from reader: inout Reader) throws(Errno) {
        switch try reader.u8() {
        case 0: self = .shared
        case 1: self = .explicit(try reader.u64())
        default: throw .badMessage
        }
    }

    package func encode(into writer: inout Writer) {
        switch self {
        case .shared: writer.u8(0)
        case .explicit(let offset):
            writer.u8(1)
            writer.u64(offset)
        }
    }
}

/// What becomes of one time of a file.
package enum TimeSetting: Wire, Equatable, Sendable {
    /// It stays (C: UTIME_OMIT).
    case keep
    /// The server's present real time (C: UTIME_NOW).
    case now
    /// This real time.
    case to(Nanoseconds)

    package init(from reader: inout Reader) throws(Errno) {
        switch try reader.u8() {
        case 0: self = .keep
        case 1: self = .now
        case 2: self = .to(try reader.value(Nanoseconds.self))
        default: throw .badMessage
        }
    }

    package func encode(into writer: inout Writer) {
        switch self {
        case .keep: writer.u8(0)
        case .now: writer.u8(1)
        case .to(let time):
            writer.u8(2)
            writer.value(time)
        }
    }
}

/// C: the array c_cc, 17 characters; 0 disables one.
package struct ControlCharacters: Wire, Equatable, Sendable {
    package static let count = 17
    /// Exactly `count` bytes, indexed as Linux does: 0 VINTR, 1 VQUIT, 2 VERASE, 3 VKILL, 4 VEOF, 5 VTIME, 6 VMIN, 7 VSWTC,
    /// 8 VSTART, 9 VSTOP, 10 VSUSP, 11 VEOL, 12 VREPRINT, 13 VDISCARD, 14 VWERASE, 15 VLNEXT, 16 VEOL2.
    package private(set) var bytes: [UInt8]

    /// `intr=^C quit=^\ erase=^? kill=^U eof=^D time=0 min=1 start=^Q stop=^S susp=^Z reprint=^R discard=^O werase=^W lnext=^V`.
    package init() { bytes = [3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22, 0] }
    package init(from reader: inout Reader) throws(Errno) { bytes = try reader.raw(ControlCharacters.count) }
    package func encode(into writer: inout Writer) { writer.raw(bytes) }
    package subscript(index: Int) -> UInt8 {
        get { bytes[index] }
        set { bytes[index] = newValue }
    }
}
