// Between the resource manager and every server.

/// What a server serves beside files by path.
package enum Service: UInt16, Wire, CaseIterable, Sendable {
    case none = 0
    /// It answers the file system protocol.
    case fileSystem = 1
    /// It makes pipes.
    case pipe = 2
    /// It makes terminals.
    case terminal = 3

    package init(from reader: inout Reader) throws(Errno) {
        guard let value = Service(rawValue: try reader.u16()) else { throw .badMessage }
        self = value
    }

    package func encode(into writer: inout Writer) { writer.u16(rawValue) }
}

/// A server is ready.
package struct Register: Wire, Equatable, Sendable {
    /// `tty`; of a file system, the type that mount takes.
    package var name: [UInt8]
    /// What it serves.
    package var service: Service
    /// Device numbers that it opens.
    package var majors: [MajorNumber]

    package init(name: [UInt8], service: Service, majors: [MajorNumber]) {
        self.name = name
        self.service = service
        self.majors = majors
    }

    package init(from reader: inout Reader) throws(Errno) {
        name = try reader.bytes(limit: Limits.name)
        service = try reader.value(Service.self)
        majors = try reader.list(MajorNumber.self)
    }

    package func encode(into writer: inout Writer) {
        writer.bytes(name)
        writer.value(service)
        writer.list(majors)
    }
}

/// Gives descriptions a further holder; offsets and state stay common. All or none: `badFileDescriptor` if a handle is not `from`'s.
package struct Share: Wire, Equatable, Sendable {
    /// Who holds them.
    package var from: ProcessIdentity
    /// Who shall hold them too.
    package var to: ProcessIdentity
    /// `from`'s handles.
    package var handles: [Handle]

    package init(from: ProcessIdentity, to: ProcessIdentity, handles: [Handle]) {
        self.from = from
        self.to = to
        self.handles = handles
    }

    package init(from reader: inout Reader) throws(Errno) {
        from = try reader.value(ProcessIdentity.self)
        to = try reader.value(ProcessIdentity.self)
        handles = try reader.list(Handle.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(from)
        writer.value(to)
        writer.list(handles)
    }
}

/// The new holder's handles.
package struct ShareResult: Wire, Equatable, Sendable {
    /// In the order asked.
    package var handles: [Handle]

    package init(handles: [Handle]) {
        self.handles = handles
    }

    package init(from reader: inout Reader) throws(Errno) {
        handles = try reader.list(Handle.self)
    }

    package func encode(into writer: inout Writer) {
        writer.list(handles)
    }
}

/// A process is over.
package struct ProcessGone: Wire, Equatable, Sendable {
    /// Which.
    package var process: ProcessIdentity

    package init(process: ProcessIdentity) {
        self.process = process
    }

    package init(from reader: inout Reader) throws(Errno) {
        process = try reader.value(ProcessIdentity.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(process)
    }
}

/// Opens a device for a process.
package struct OpenDevice: Wire, Equatable, Sendable {
    /// One that the driver registered.
    package var major: MajorNumber
    /// Which of its devices; `noSuchAddressOrDevice` if none.
    package var minor: UInt32
    /// Who shall hold the handle.
    package var process: ProcessIdentity
    /// The process's session.
    package var session: SessionID
    /// The process's group.
    package var group: ProcessGroupID
    /// How.
    package var open: OpenFile
    /// Status of the device's node, to be reported as the device's own.
    package var node: FileStatus
    /// Effective user of the process: the owner of what the open makes.
    package var user: UserID

    package init(
        major: MajorNumber, minor: UInt32, process: ProcessIdentity, session: SessionID, group: ProcessGroupID, open: OpenFile,
        node: FileStatus, user: UserID = .root
    ) {
        self.major = major
        self.minor = minor
        self.process = process
        self.session = session
        self.group = group
        self.open = open
        self.node = node
        self.user = user
    }

    package init(from reader: inout Reader) throws(Errno) {
        major = try reader.value(MajorNumber.self)
        minor = try reader.u32()
        process = try reader.value(ProcessIdentity.self)
        session = try reader.value(SessionID.self)
        group = try reader.value(ProcessGroupID.self)
        open = try reader.value(OpenFile.self)
        node = try reader.value(FileStatus.self)
        user = try reader.value(UserID.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(major)
        writer.u32(minor)
        writer.value(process)
        writer.value(session)
        writer.value(group)
        writer.value(open)
        writer.value(node)
        writer.value(user)
    }
}

/// A terminal's key or hang-up.
package struct SignalGroup: Wire, Equatable, Sendable {
    /// To whom.
    package var group: ProcessGroupID
    /// Which.
    package var signal: Signal

    package init(group: ProcessGroupID, signal: Signal) {
        self.group = group
        self.signal = signal
    }

    package init(from reader: inout Reader) throws(Errno) {
        group = try reader.value(ProcessGroupID.self)
        signal = try reader.value(Signal.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(group)
        writer.value(signal)
    }
}

/// What a `signalGroup` did. Input that follows the key belongs to those who are left.
package struct GroupSignaled: Wire, Equatable, Sendable {
    /// To whom the signal went.
    package var group: ProcessGroupID
    /// Processes of the group that have ended. Their harts may go on for a while.
    package var ended: [ProcessIdentity]

    package init(group: ProcessGroupID, ended: [ProcessIdentity]) {
        self.group = group
        self.ended = ended
    }

    package init(from reader: inout Reader) throws(Errno) {
        group = try reader.value(ProcessGroupID.self)
        ended = try reader.list(ProcessIdentity.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(group)
        writer.list(ended)
    }
}

/// Handles to take back: the process never learned of them.
package struct Drop: Wire, Equatable, Sendable {
    /// Whose.
    package var process: ProcessIdentity
    /// Unknown ones are ignored.
    package var handles: [Handle]

    package init(process: ProcessIdentity, handles: [Handle]) {
        self.process = process
        self.handles = handles
    }

    package init(from reader: inout Reader) throws(Errno) {
        process = try reader.value(ProcessIdentity.self)
        handles = try reader.list(Handle.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(process)
        writer.list(handles)
    }
}

/// Sets the foreground group of a session's controlling terminal, as tcsetpgrp(3) would. `inappropriateIOControl` if no terminal
/// is that session's. Group 0 says that the session's leader ended: the terminal signals `hangUp` to its foreground group and is
/// nobody's from then on.
package struct Foreground: Wire, Equatable, Sendable {
    /// Whose terminal.
    package var session: SessionID
    /// A group of that session, or 0.
    package var group: ProcessGroupID

    package init(session: SessionID, group: ProcessGroupID) {
        self.session = session
        self.group = group
    }

    package init(from reader: inout Reader) throws(Errno) {
        session = try reader.value(SessionID.self)
        group = try reader.value(ProcessGroupID.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(session)
        writer.value(group)
    }
}

/// Makes an open terminal the controlling terminal of a new session, taken from the session that had it.
/// `inappropriateIOControl` if it is not a terminal, `badFileDescriptor` if the handle is not the process's.
package struct SetControllingTerminal: Wire, Equatable, Sendable {
    /// Who holds the handle: the session's leader.
    package var process: ProcessIdentity
    /// The terminal.
    package var handle: Handle
    /// The session.
    package var session: SessionID
    /// Its foreground group from now on.
    package var group: ProcessGroupID

    package init(process: ProcessIdentity, handle: Handle, session: SessionID, group: ProcessGroupID) {
        self.process = process
        self.handle = handle
        self.session = session
        self.group = group
    }

    package init(from reader: inout Reader) throws(Errno) {
        process = try reader.value(ProcessIdentity.self)
        handle = try reader.value(Handle.self)
        session = try reader.value(SessionID.self)
        group = try reader.value(ProcessGroupID.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(process)
        writer.value(handle)
        writer.value(session)
        writer.value(group)
    }
}

/// A session's controlling terminal: what `/dev/tty` means there.
package struct SessionTerminal: Wire, Equatable, Sendable {
    /// Its minor number under `MajorNumber.terminal`.
    package var minor: UInt32

    package init(minor: UInt32) {
        self.minor = minor
    }

    package init(from reader: inout Reader) throws(Errno) {
        minor = try reader.u32()
    }

    package func encode(into writer: inout Writer) {
        writer.u32(minor)
    }
}
