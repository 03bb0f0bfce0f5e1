// Advisory locks on open files, by handle: from the libOS to the server that keeps the description.

/// What a lock leaves to others.
package enum LockKind: UInt8, Wire, CaseIterable, Sendable {
    /// C: F_UNLCK, LOCK_UN. None is held.
    case none = 0
    /// C: F_RDLCK, LOCK_SH. Others may share it.
    case shared = 1
    /// C: F_WRLCK, LOCK_EX. Nobody else has one.
    case exclusive = 2

    package init(from reader: inout Reader) throws(Errno) {
        guard let value = LockKind(rawValue: try reader.u8()) else { throw .badMessage }
        self = value
    }

    package func encode(into writer: inout Writer) { writer.u8(rawValue) }
}

/// Whose a lock is. Locks of the two sorts know nothing of each other.
package enum LockScope: UInt8, Wire, CaseIterable, Sendable {
    /// The process's, on a range (POSIX, fcntl: record locks). It goes when the process closes any descriptor of the file.
    case process = 0
    /// The open file description's, on the whole file (C: flock(2)). It goes with the last descriptor of that.
    case description = 1

    package init(from reader: inout Reader) throws(Errno) {
        guard let value = LockScope(rawValue: try reader.u8()) else { throw .badMessage }
        self = value
    }

    package func encode(into writer: inout Writer) { writer.u8(rawValue) }
}

/// What is done about a lock.
package enum LockAction: UInt8, Wire, CaseIterable, Sendable {
    /// C: F_SETLK, LOCK_NB. Set now, or `resourceTemporarilyUnavailable`.
    case set = 0
    /// C: F_SETLKW. Waits until it can be set.
    case wait = 1
    /// C: F_GETLK. Tells which lock would be in the way.
    case ask = 2

    package init(from reader: inout Reader) throws(Errno) {
        guard let value = LockAction(rawValue: try reader.u8()) else { throw .badMessage }
        self = value
    }

    package func encode(into writer: inout Writer) { writer.u8(rawValue) }
}

/// Sets, takes back or looks for an advisory lock (POSIX, fcntl). The reply is a `LockStatus`, which says something under `ask` alone.
///
/// - `badFileDescriptor`: a record lock that the description's access mode does not allow;
/// - `invalidArgument`: a range that begins before the file does; `ask` for `none` or of a description's lock;
/// - `overflow`: a range that goes beyond 2^63−1;
/// - `resourceTemporarilyUnavailable`: another's lock is in the way (`set`);
/// - `deadlock`: whoever is in the way waits, through others perhaps, for a record lock of the asker's (`wait`);
/// - `noLocks`: the asker has `Limits.locks` on this file;
/// - `notSupported`: the file is a device, or its server has no locks;
/// - `interrupted`: cancelled while it waited.
package struct SetLock: Wire, Equatable, Sendable {
    /// Any open file.
    package var handle: Handle
    package var scope: LockScope
    package var action: LockAction
    package var kind: LockKind
    /// Where `start` counts from; of no account for a description's lock, nor are the two that follow.
    package var whence: Whence
    /// First byte, may be negative.
    package var start: Int64
    /// Bytes; 0: up to the end of all files; less than 0: those before `start`.
    package var length: Int64
    /// The number that the asker's process goes by, told to those whom the lock is in the way of.
    package var process: ProcessID

    package init(
        handle: Handle, scope: LockScope, action: LockAction, kind: LockKind, whence: Whence = .start, start: Int64 = 0, length: Int64 = 0,
        process: ProcessID
    ) {
        self.handle = handle
        self.scope = scope
        self.action = action
        self.kind = kind
        self.whence = whence
        self.start = start
        self.length = length
        self.process = process
    }

    package init(from reader: inout Reader) throws(Errno) {
        handle = try reader.value(Handle.self)
        scope = try reader.value(LockScope.self)
        action = try reader.value(LockAction.self)
        kind = try reader.value(LockKind.self)
        whence = try reader.value(Whence.self)
        start = try reader.i64()
        length = try reader.i64()
        process = try reader.value(ProcessID.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(handle)
        writer.value(scope)
        writer.value(action)
        writer.value(kind)
        writer.value(whence)
        writer.i64(start)
        writer.i64(length)
        writer.value(process)
    }
}

/// A lock that is in the way, or that none is. 24 bytes, which a program gets as they are.
package struct LockStatus: Wire, Equatable, Sendable {
    /// `none`: nothing is in the way, and the rest says nothing.
    package var kind: LockKind
    /// Whose it is.
    package var process: ProcessID
    /// First byte.
    package var start: UInt64
    /// Bytes; 0: up to the end of all files.
    package var length: UInt64

    /// Nothing is in the way.
    package static let free = LockStatus(kind: .none, process: ProcessID(rawValue: 0), start: 0, length: 0)

    package init(kind: LockKind, process: ProcessID, start: UInt64, length: UInt64) {
        self.kind = kind
        self.process = process
        self.start = start
        self.length = length
    }

    package init(from reader: inout Reader) throws(Errno) {
        guard let kind = LockKind(rawValue: UInt8(truncatingIfNeeded: try reader.u32())) else { throw .badMessage }
        self.kind = kind
        process = try reader.value(ProcessID.self)
        start = try reader.u64()
        length = try reader.u64()
    }

    package func encode(into writer: inout Writer) {
        writer.u32(UInt32(kind.rawValue))
        writer.value(process)
        writer.u64(start)
        writer.u64(length)
    }
}
