// Open files, by handle: from the libOS to the driver that keeps the description.

/// Reads at an offset. At the end of a file: an empty reply. Waits where the kind of file waits, unless `nonBlocking`.
package struct Read: Wire, Equatable, Sendable {
    /// Open for reading or execution, else `badFileDescriptor`.
    package var handle: Handle
    /// Where.
    package var position: Position
    /// At most so many bytes (1…`Limits.transfer`).
    package var count: UInt32

    package init(handle: Handle, position: Position, count: UInt32) {
        self.handle = handle
        self.position = position
        self.count = count
    }

    package init(from reader: inout Reader) throws(Errno) {
        handle = try reader.value(Handle.self)
        position = try reader.value(Position.self)
        count = try reader.u32()
    }

    package func encode(into writer: inout Writer) {
        writer.value(handle)
        writer.value(position)
        writer.u32(count)
    }
}

/// Writes at an offset; the reply says how much. Waits where the kind of file waits, unless `nonBlocking`.
package struct Write: Wire, Equatable, Sendable {
    /// Open for writing, else `badFileDescriptor`.
    package var handle: Handle
    /// Where; of no account under `append`.
    package var position: Position
    /// What.
    package var data: [UInt8]

    package init(handle: Handle, position: Position, data: [UInt8]) {
        self.handle = handle
        self.position = position
        self.data = data
    }

    package init(from reader: inout Reader) throws(Errno) {
        handle = try reader.value(Handle.self)
        position = try reader.value(Position.self)
        data = reader.rest()
    }

    package func encode(into writer: inout Writer) {
        writer.value(handle)
        writer.value(position)
        writer.raw(data)
    }
}

/// A number of bytes.
package struct Count: Wire, Equatable, Sendable {
    /// 0…`Limits.transfer`.
    package var count: UInt32

    package init(count: UInt32) {
        self.count = count
    }

    package init(from reader: inout Reader) throws(Errno) {
        count = try reader.u32()
    }

    package func encode(into writer: inout Writer) {
        writer.u32(count)
    }
}

/// Where a seek counts from (WASI preview 1 `whence`).
package enum Whence: UInt8, Wire, CaseIterable, Sendable {
    case start = 0
    case current = 1
    case end = 2

    package init(from reader: inout Reader) throws(Errno) {
        guard let value = Whence(rawValue: try reader.u8()) else { throw .badMessage }
        self = value
    }

    package func encode(into writer: inout Writer) { writer.u8(rawValue) }
}

/// Moves the shared offset. `illegalSeek` on pipes and terminals, `invalidArgument` before the start.
package struct Seek: Wire, Equatable, Sendable {
    /// Any open file.
    package var handle: Handle
    /// Bytes, may be negative.
    package var offset: Int64
    /// Counted from.
    package var whence: Whence

    package init(handle: Handle, offset: Int64, whence: Whence) {
        self.handle = handle
        self.offset = offset
        self.whence = whence
    }

    package init(from reader: inout Reader) throws(Errno) {
        handle = try reader.value(Handle.self)
        offset = try reader.i64()
        whence = try reader.value(Whence.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(handle)
        writer.i64(offset)
        writer.value(whence)
    }
}

/// An offset in a file.
package struct Offset: Wire, Equatable, Sendable {
    /// Bytes from the start.
    package var offset: UInt64

    package init(offset: UInt64) {
        self.offset = offset
    }

    package init(from reader: inout Reader) throws(Errno) {
        offset = try reader.u64()
    }

    package func encode(into writer: inout Writer) {
        writer.u64(offset)
    }
}

/// Truncates or extends with zeros.
package struct SetSize: Wire, Equatable, Sendable {
    /// Open for writing, else `badFileDescriptor`.
    package var handle: Handle
    /// New size in bytes.
    package var size: UInt64

    package init(handle: Handle, size: UInt64) {
        self.handle = handle
        self.size = size
    }

    package init(from reader: inout Reader) throws(Errno) {
        handle = try reader.value(Handle.self)
        size = try reader.u64()
    }

    package func encode(into writer: inout Writer) {
        writer.value(handle)
        writer.u64(size)
    }
}

/// New times of a file.
package struct TimeChange: Wire, Equatable, Sendable {
    /// Last access.
    package var access: TimeSetting
    /// Last modification.
    package var modification: TimeSetting

    package init(access: TimeSetting, modification: TimeSetting) {
        self.access = access
        self.modification = modification
    }

    package init(from reader: inout Reader) throws(Errno) {
        access = try reader.value(TimeSetting.self)
        modification = try reader.value(TimeSetting.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(access)
        writer.value(modification)
    }
}

/// C: futimens(2).
package struct SetTimes: Wire, Equatable, Sendable {
    /// Any open file.
    package var handle: Handle
    /// What to set.
    package var times: TimeChange

    package init(handle: Handle, times: TimeChange) {
        self.handle = handle
        self.times = times
    }

    package init(from reader: inout Reader) throws(Errno) {
        handle = try reader.value(Handle.self)
        times = try reader.value(TimeChange.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(handle)
        writer.value(times)
    }
}

/// C: posix_fallocate(3): the range exists afterwards; the size grows if need be.
package struct Allocate: Wire, Equatable, Sendable {
    /// Open for writing, else `badFileDescriptor`.
    package var handle: Handle
    /// Start in bytes.
    package var offset: UInt64
    /// Bytes, not 0 (`invalidArgument`).
    package var length: UInt64

    package init(handle: Handle, offset: UInt64, length: UInt64) {
        self.handle = handle
        self.offset = offset
        self.length = length
    }

    package init(from reader: inout Reader) throws(Errno) {
        handle = try reader.value(Handle.self)
        offset = try reader.u64()
        length = try reader.u64()
    }

    package func encode(into writer: inout Writer) {
        writer.value(handle)
        writer.u64(offset)
        writer.u64(length)
    }
}

/// Lists a directory from a cookie on. Entries present throughout a listing are told exactly once.
package struct ReadDirectory: Wire, Equatable, Sendable {
    /// A directory, else `notDirectory`.
    package var handle: Handle
    /// 0, or an entry's cookie: continue after it.
    package var cookie: UInt64
    /// Most bytes of encoded entries in the reply; at least one entry is told if there is one and it fits.
    package var count: UInt32

    package init(handle: Handle, cookie: UInt64, count: UInt32) {
        self.handle = handle
        self.cookie = cookie
        self.count = count
    }

    package init(from reader: inout Reader) throws(Errno) {
        handle = try reader.value(Handle.self)
        cookie = try reader.u64()
        count = try reader.u32()
    }

    package func encode(into writer: inout Writer) {
        writer.value(handle)
        writer.u64(cookie)
        writer.u32(count)
    }
}

/// One name in a directory.
package struct DirectoryEntry: Wire, Equatable, Sendable {
    /// To continue after it; never 0.
    package var cookie: UInt64
    /// Its file's number.
    package var node: NodeID
    /// What it is.
    package var kind: FileKind
    /// The name.
    package var name: [UInt8]

    package init(cookie: UInt64, node: NodeID, kind: FileKind, name: [UInt8]) {
        self.cookie = cookie
        self.node = node
        self.kind = kind
        self.name = name
    }

    package init(from reader: inout Reader) throws(Errno) {
        cookie = try reader.u64()
        node = try reader.value(NodeID.self)
        kind = try reader.value(FileKind.self)
        name = try reader.bytes(limit: Limits.name)
    }

    package func encode(into writer: inout Writer) {
        writer.u64(cookie)
        writer.value(node)
        writer.value(kind)
        writer.bytes(name)
    }
}

/// Entries in cookie order; none at the end.
package struct DirectoryEntries: Wire, Equatable, Sendable {
    /// With `.` and `..` first.
    package var entries: [DirectoryEntry]

    package init(entries: [DirectoryEntry]) {
        self.entries = entries
    }

    package init(from reader: inout Reader) throws(Errno) {
        entries = try reader.list(DirectoryEntry.self)
    }

    package func encode(into writer: inout Writer) {
        writer.list(entries)
    }
}

/// Changes `append`, `nonBlocking` and the sync flags of a description.
package struct SetDescriptionFlags: Wire, Equatable, Sendable {
    /// Any open file.
    package var handle: Handle
    /// The new state.
    package var flags: DescriptionFlags

    package init(handle: Handle, flags: DescriptionFlags) {
        self.handle = handle
        self.flags = flags
    }

    package init(from reader: inout Reader) throws(Errno) {
        handle = try reader.value(Handle.self)
        flags = try reader.value(DescriptionFlags.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(handle)
        writer.value(flags)
    }
}

/// Asks what holds. If nothing of `events` does, one `ready` notice is armed for them, which replaces an earlier one; with `events` empty it is disarmed.
package struct Poll: Wire, Equatable, Sendable {
    /// Any open file.
    package var handle: Handle
    /// What is waited for.
    package var events: PollEvents

    package init(handle: Handle, events: PollEvents) {
        self.handle = handle
        self.events = events
    }

    package init(from reader: inout Reader) throws(Errno) {
        handle = try reader.value(Handle.self)
        events = try reader.value(PollEvents.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(handle)
        writer.value(events)
    }
}

/// What holds now.
package struct PollResult: Wire, Equatable, Sendable {
    /// Of those asked for, and `hangUp`, `failed`.
    package var events: PollEvents
    /// Bytes that a read would return without waiting, where known.
    package var available: UInt64

    package init(events: PollEvents, available: UInt64) {
        self.events = events
        self.available = available
    }

    package init(from reader: inout Reader) throws(Errno) {
        events = try reader.value(PollEvents.self)
        available = try reader.u64()
    }

    package func encode(into writer: inout Writer) {
        writer.value(events)
        writer.u64(available)
    }
}

/// Makes a pipe. `tooManyOpenFilesInSystem` when the table is full.
package struct CreatePipe: Wire, Equatable, Sendable {
    /// `nonBlocking` or nothing, for both ends.
    package var flags: DescriptionFlags

    package init(flags: DescriptionFlags) {
        self.flags = flags
    }

    package init(from reader: inout Reader) throws(Errno) {
        flags = try reader.value(DescriptionFlags.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(flags)
    }
}

/// The ends of a new pipe.
package struct PipeEnds: Wire, Equatable, Sendable {
    /// For reading.
    package var readEnd: Handle
    /// For writing.
    package var writeEnd: Handle

    package init(readEnd: Handle, writeEnd: Handle) {
        self.readEnd = readEnd
        self.writeEnd = writeEnd
    }

    package init(from reader: inout Reader) throws(Errno) {
        readEnd = try reader.value(Handle.self)
        writeEnd = try reader.value(Handle.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(readEnd)
        writer.value(writeEnd)
    }
}
