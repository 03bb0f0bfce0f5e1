// Paths: from the libOS to the resource manager. What happens at a path's end is one `FinalOperation`, which the file system
// carries out in one step with the last look-up.

/// Where a relative path starts.
package struct PathStart: Wire, Equatable, Sendable {
    /// The caller's connection to the file system that keeps the directory.
    package var connection: ConnectionID
    /// The caller's handle of the directory; `none`: the caller's root directory.
    package var handle: Handle

    package init(connection: ConnectionID, handle: Handle) {
        self.connection = connection
        self.handle = handle
    }

    package init(from reader: inout Reader) throws(Errno) {
        connection = try reader.value(ConnectionID.self)
        handle = try reader.value(Handle.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(connection)
        writer.value(handle)
    }
}

/// How a path is resolved.
package struct PathFlags: OptionSet, Identifier {
    package var rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Follow a symbolic link in the last component.
    package static let followLast = PathFlags(rawValue: 1 << 0)
    /// Refuse to leave the starting directory (`notCapable`).
    package static let beneath = PathFlags(rawValue: 1 << 1)
    /// An empty path names the start itself; else it is `noSuchFileOrDirectory`.
    package static let empty = PathFlags(rawValue: 1 << 2)
}

/// Resolves a path and does one thing at its end.
package struct PathRequest: Wire, Equatable, Sendable {
    /// Where a relative path starts.
    package var start: PathStart
    /// How it is resolved.
    package var flags: PathFlags
    /// Bytes without a zero.
    package var path: [UInt8]
    /// What to do at its end.
    package var operation: FinalOperation

    package init(start: PathStart, flags: PathFlags, path: [UInt8], operation: FinalOperation) {
        self.start = start
        self.flags = flags
        self.path = path
        self.operation = operation
    }

    package init(from reader: inout Reader) throws(Errno) {
        start = try reader.value(PathStart.self)
        flags = try reader.value(PathFlags.self)
        path = try reader.bytes(limit: Limits.path)
        operation = try reader.value(FinalOperation.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(start)
        writer.value(flags)
        writer.bytes(path)
        writer.value(operation)
    }
}

/// `rename` (old, new) or `link` (existing, new). `improperLink` across file systems.
package struct TwoPaths: Wire, Equatable, Sendable {
    /// Where a relative `from` starts.
    package var fromStart: PathStart
    /// `followLast` counts for `link` alone.
    package var fromFlags: PathFlags
    /// Existing.
    package var from: [UInt8]
    /// Where a relative `to` starts.
    package var toStart: PathStart
    /// `beneath` alone counts.
    package var toFlags: PathFlags
    /// New.
    package var to: [UInt8]

    package init(fromStart: PathStart, fromFlags: PathFlags, from: [UInt8], toStart: PathStart, toFlags: PathFlags, to: [UInt8]) {
        self.fromStart = fromStart
        self.fromFlags = fromFlags
        self.from = from
        self.toStart = toStart
        self.toFlags = toFlags
        self.to = to
    }

    package init(from reader: inout Reader) throws(Errno) {
        fromStart = try reader.value(PathStart.self)
        fromFlags = try reader.value(PathFlags.self)
        from = try reader.bytes(limit: Limits.path)
        toStart = try reader.value(PathStart.self)
        toFlags = try reader.value(PathFlags.self)
        to = try reader.bytes(limit: Limits.path)
    }

    package func encode(into writer: inout Writer) {
        writer.value(fromStart)
        writer.value(fromFlags)
        writer.bytes(from)
        writer.value(toStart)
        writer.value(toFlags)
        writer.bytes(to)
    }
}

/// An open description.
package struct FileOpened: Wire, Equatable, Sendable {
    /// The process's handle.
    package var handle: Handle
    /// What it may be used for.
    package var access: AccessMode
    /// Its state.
    package var flags: DescriptionFlags
    /// The file's status at the open.
    package var status: FileStatus

    package init(handle: Handle, access: AccessMode, flags: DescriptionFlags, status: FileStatus) {
        self.handle = handle
        self.access = access
        self.flags = flags
        self.status = status
    }

    package init(from reader: inout Reader) throws(Errno) {
        handle = try reader.value(Handle.self)
        access = try reader.value(AccessMode.self)
        flags = try reader.value(DescriptionFlags.self)
        status = try reader.value(FileStatus.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(handle)
        writer.value(access)
        writer.value(flags)
        writer.value(status)
    }
}

/// Mounts a new file system. Root only (`notPermitted`).
package struct Mount: Wire, Equatable, Sendable {
    /// Where a relative `target` starts.
    package var start: PathStart
    /// A directory; `notDirectory` otherwise, `resourceBusy` if something is mounted on it.
    package var target: [UInt8]
    /// A registered file system, `tmpfs`; else `operationNotSupportedByDevice`.
    package var type: [UInt8]
    /// Handed to the file system.
    package var options: [UInt8]

    package init(start: PathStart, target: [UInt8], type: [UInt8], options: [UInt8]) {
        self.start = start
        self.target = target
        self.type = type
        self.options = options
    }

    package init(from reader: inout Reader) throws(Errno) {
        start = try reader.value(PathStart.self)
        target = try reader.bytes(limit: Limits.path)
        type = try reader.bytes(limit: Limits.name)
        options = try reader.bytes(limit: Limits.name)
    }

    package func encode(into writer: inout Writer) {
        writer.value(start)
        writer.bytes(target)
        writer.bytes(type)
        writer.bytes(options)
    }
}

/// Takes a mounted file system away. `invalidArgument` if nothing is mounted there, `resourceBusy` while it is in use.
package struct Unmount: Wire, Equatable, Sendable {
    /// Where a relative `target` starts.
    package var start: PathStart
    /// Its root directory.
    package var target: [UInt8]

    package init(start: PathStart, target: [UInt8]) {
        self.start = start
        self.target = target
    }

    package init(from reader: inout Reader) throws(Errno) {
        start = try reader.value(PathStart.self)
        target = try reader.bytes(limit: Limits.path)
    }

    package func encode(into writer: inout Writer) {
        writer.value(start)
        writer.bytes(target)
    }
}

/// One mounted file system.
package struct MountRecord: Wire, Equatable, Sendable {
    /// Where.
    package var target: [UInt8]
    /// Of which kind.
    package var type: [UInt8]
    /// As given.
    package var options: [UInt8]

    package init(target: [UInt8], type: [UInt8], options: [UInt8]) {
        self.target = target
        self.type = type
        self.options = options
    }

    package init(from reader: inout Reader) throws(Errno) {
        target = try reader.bytes(limit: Limits.path)
        type = try reader.bytes(limit: Limits.name)
        options = try reader.bytes(limit: Limits.name)
    }

    package func encode(into writer: inout Writer) {
        writer.bytes(target)
        writer.bytes(type)
        writer.bytes(options)
    }
}

/// All mounted file systems, in the order of mounting.
package struct MountList: Wire, Equatable, Sendable {
    /// The root first.
    package var mounts: [MountRecord]

    package init(mounts: [MountRecord]) {
        self.mounts = mounts
    }

    package init(from reader: inout Reader) throws(Errno) {
        mounts = try reader.list(MountRecord.self)
    }

    package func encode(into writer: inout Writer) {
        writer.list(mounts)
    }
}
