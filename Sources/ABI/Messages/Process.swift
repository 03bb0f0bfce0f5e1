// Processes: from the libOS to the resource manager.

/// How a child is placed.
package struct SpawnFlags: OptionSet, Identifier {
    package var rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    /// Put it into the group `group` (0: a new one that it leads).
    package static let setGroup = SpawnFlags(rawValue: 1 << 0)
    /// Make it lead a session and group of its own, without a terminal.
    package static let newSession = SpawnFlags(rawValue: 1 << 1)
    /// Make its group the foreground group of the controlling terminal before it runs.
    package static let foreground = SpawnFlags(rawValue: 1 << 2)
    /// With `newSession`: descriptor 0, a terminal, becomes the session's controlling terminal.
    package static let controllingTerminal = SpawnFlags(rawValue: 1 << 3)
}

/// A description that the child shall inherit.
package struct SpawnDescriptor: Wire, Equatable, Sendable {
    /// Its number in the child.
    package var descriptor: Descriptor
    /// The parent's connection to its server.
    package var connection: ConnectionID
    /// The parent's handle.
    package var handle: Handle
    /// What it is.
    package var kind: FileKind
    /// What it may be used for.
    package var access: AccessMode
    /// State of the description.
    package var flags: DescriptionFlags

    package init(
        descriptor: Descriptor, connection: ConnectionID, handle: Handle, kind: FileKind, access: AccessMode, flags: DescriptionFlags
    ) {
        self.descriptor = descriptor
        self.connection = connection
        self.handle = handle
        self.kind = kind
        self.access = access
        self.flags = flags
    }

    package init(from reader: inout Reader) throws(Errno) {
        descriptor = try reader.value(Descriptor.self)
        connection = try reader.value(ConnectionID.self)
        handle = try reader.value(Handle.self)
        kind = try reader.value(FileKind.self)
        access = try reader.value(AccessMode.self)
        flags = try reader.value(DescriptionFlags.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(descriptor)
        writer.value(connection)
        writer.value(handle)
        writer.value(kind)
        writer.value(access)
        writer.value(flags)
    }
}

/// Starts a program in a new process. Answered once the image is compiled and its imports are there.
/// `noSuchFileOrDirectory`, `permissionDenied`, `execFormatError` (with a reason) are told of the image; `resourceTemporarilyUnavailable` when processes or memories run out.
package struct Spawn: Wire, Equatable, Sendable {
    /// Where a relative `path` starts.
    package var start: PathStart
    /// The program; no search.
    package var path: [UInt8]
    /// The child's working directory (its `descriptor` is ignored).
    package var workingDirectory: SpawnDescriptor
    /// Placement.
    package var flags: SpawnFlags
    /// For `setGroup`.
    package var group: ProcessGroupID
    /// The child's file mode creation mask.
    package var mask: UInt32
    /// At least one.
    package var arguments: [ByteString]
    /// `NAME=value`.
    package var environment: [ByteString]
    /// Ascending by number, each number once.
    package var descriptors: [SpawnDescriptor]

    package init(
        start: PathStart, path: [UInt8], workingDirectory: SpawnDescriptor, flags: SpawnFlags, group: ProcessGroupID, mask: UInt32,
        arguments: [ByteString], environment: [ByteString], descriptors: [SpawnDescriptor]
    ) {
        self.start = start
        self.path = path
        self.workingDirectory = workingDirectory
        self.flags = flags
        self.group = group
        self.mask = mask
        self.arguments = arguments
        self.environment = environment
        self.descriptors = descriptors
    }

    package init(from reader: inout Reader) throws(Errno) {
        start = try reader.value(PathStart.self)
        path = try reader.bytes(limit: Limits.path)
        workingDirectory = try reader.value(SpawnDescriptor.self)
        flags = try reader.value(SpawnFlags.self)
        group = try reader.value(ProcessGroupID.self)
        mask = try reader.u32()
        arguments = try reader.list(ByteString.self)
        environment = try reader.list(ByteString.self)
        descriptors = try reader.list(SpawnDescriptor.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(start)
        writer.bytes(path)
        writer.value(workingDirectory)
        writer.value(flags)
        writer.value(group)
        writer.u32(mask)
        writer.list(arguments)
        writer.list(environment)
        writer.list(descriptors)
    }
}

/// The new process.
package struct SpawnResult: Wire, Equatable, Sendable {
    /// Its pid.
    package var process: ProcessID

    package init(process: ProcessID) {
        self.process = process
    }

    package init(from reader: inout Reader) throws(Errno) {
        process = try reader.value(ProcessID.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(process)
    }
}

/// How a process ended.
package enum EndKind: UInt8, Wire, CaseIterable, Sendable {
    /// By itself; the code is its exit status, 0–255.
    case exited = 0
    /// By a signal; the code is its number.
    case signaled = 1

    package init(from reader: inout Reader) throws(Errno) {
        guard let value = EndKind(rawValue: try reader.u8()) else { throw .badMessage }
        self = value
    }

    package func encode(into writer: inout Writer) { writer.u8(rawValue) }
}

/// How a process ended (C: the status of waitpid).
package struct ProcessEnd: Wire, Equatable, Sendable {
    /// Exit or signal.
    package var kind: EndKind
    /// Status or signal number.
    package var code: UInt8

    package init(kind: EndKind, code: UInt8) {
        self.kind = kind
        self.code = code
    }

    package init(from reader: inout Reader) throws(Errno) {
        kind = try reader.value(EndKind.self)
        code = try reader.u8()
    }

    package func encode(into writer: inout Writer) {
        writer.value(kind)
        writer.u8(code)
    }
}

/// The program is over.
package struct Exit: Wire, Equatable, Sendable {
    /// How.
    package var end: ProcessEnd
    /// For people: what trapped and where; empty for a plain exit.
    package var reason: [UInt8]

    package init(end: ProcessEnd, reason: [UInt8]) {
        self.end = end
        self.reason = reason
    }

    package init(from reader: inout Reader) throws(Errno) {
        end = try reader.value(ProcessEnd.self)
        reason = reader.rest()
    }

    package func encode(into writer: inout Writer) {
        writer.value(end)
        writer.raw(reason)
    }
}

/// C: options of waitpid(2).
package struct WaitFlags: OptionSet, Identifier {
    package var rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    /// Answer at once; pid 0 if there is nothing to tell of any child.
    package static let noHang = WaitFlags(rawValue: 1 << 0)
    /// C: WUNTRACED: tell of children that stopped, too.
    package static let stopped = WaitFlags(rawValue: 1 << 1)
    /// C: WCONTINUED: tell of stopped children that went on, too.
    package static let continued = WaitFlags(rawValue: 1 << 3)
}

/// Waits for a child's end and takes its status, or for its stop or continuation, each told of once. `noChildProcess` if there is none to wait for.
package struct Wait: Wire, Equatable, Sendable {
    /// > 0: that child; 0: a child of the caller's group; -1: any; < -1: a child of group -target.
    package var target: Int32
    /// Options.
    package var flags: WaitFlags

    package init(target: Int32, flags: WaitFlags) {
        self.target = target
        self.flags = flags
    }

    package init(from reader: inout Reader) throws(Errno) {
        target = try reader.i32()
        flags = try reader.value(WaitFlags.self)
    }

    package func encode(into writer: inout Writer) {
        writer.i32(target)
        writer.value(flags)
    }
}

/// What a parent may wait for.
package enum ChangeKind: UInt8, Wire, CaseIterable, Sendable {
    /// It ended by itself; the code is its exit status.
    case exited = 0
    /// It ended by a signal; the code is its number.
    case signaled = 1
    /// It was stopped by a signal; the code is its number.
    case stopped = 2
    /// It was continued; the code is SIGCONT's number.
    case continued = 3

    package init(from reader: inout Reader) throws(Errno) {
        guard let value = ChangeKind(rawValue: try reader.u8()) else { throw .badMessage }
        self = value
    }

    package func encode(into writer: inout Writer) { writer.u8(rawValue) }
}

/// What became of a child (C: the status of waitpid).
package struct ChildChange: Wire, Equatable, Sendable {
    package var kind: ChangeKind
    /// Status or signal number.
    package var code: UInt8

    package init(kind: ChangeKind, code: UInt8) {
        self.kind = kind
        self.code = code
    }

    /// The end of a child.
    package init(_ end: ProcessEnd) { self.init(kind: end.kind == .exited ? .exited : .signaled, code: end.code) }

    package init(from reader: inout Reader) throws(Errno) {
        kind = try reader.value(ChangeKind.self)
        code = try reader.u8()
    }

    package func encode(into writer: inout Writer) {
        writer.value(kind)
        writer.u8(code)
    }
}

/// A child that ended, stopped or went on.
package struct WaitResult: Wire, Equatable, Sendable {
    /// Its pid; 0 under `noHang` if there is nothing to tell.
    package var process: ProcessID
    /// What became of it.
    package var change: ChildChange

    package init(process: ProcessID, change: ChildChange) {
        self.process = process
        self.change = change
    }

    package init(from reader: inout Reader) throws(Errno) {
        process = try reader.value(ProcessID.self)
        change = try reader.value(ChildChange.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(process)
        writer.value(change)
    }
}

/// Sends a signal. `noSuchProcess` if there is none, `notPermitted` if none may be signalled, `resourceTemporarilyUnavailable` if
/// it is queued and the process has `Limits.queuedSignals`.
package struct Kill: Wire, Equatable, Sendable {
    /// > 0: that process; 0: the caller's group; -1: all but resmgr and init; < -1: group -target.
    package var target: Int32
    /// 0 only checks; unknown numbers: `invalidArgument`.
    package var signal: UInt8
    /// C: sigqueue(3): what goes along. Then `target` is a process.
    package var value: UInt64?

    package init(target: Int32, signal: UInt8, value: UInt64? = nil) {
        self.target = target
        self.signal = signal
        self.value = value
    }

    package init(from reader: inout Reader) throws(Errno) {
        target = try reader.i32()
        signal = try reader.u8()
        value = try reader.bool() ? try reader.u64() : nil
    }

    package func encode(into writer: inout Writer) {
        writer.i32(target)
        writer.u8(signal)
        writer.bool(value != nil)
        if let value { writer.u64(value) }
    }
}

/// C: setpgid(2).
package struct SetProcessGroup: Wire, Equatable, Sendable {
    /// 0: the caller.
    package var process: ProcessID
    /// 0: the process's own pid.
    package var group: ProcessGroupID

    package init(process: ProcessID, group: ProcessGroupID) {
        self.process = process
        self.group = group
    }

    package init(from reader: inout Reader) throws(Errno) {
        process = try reader.value(ProcessID.self)
        group = try reader.value(ProcessGroupID.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(process)
        writer.value(group)
    }
}

/// A body that names one process.
package struct OneProcess: Wire, Equatable, Sendable {
    /// 0: the caller (`processStatus`), before the first (`processes`).
    package var process: ProcessID

    package init(process: ProcessID) {
        self.process = process
    }

    package init(from reader: inout Reader) throws(Errno) {
        process = try reader.value(ProcessID.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(process)
    }
}

/// What a signal does.
package enum Disposition: UInt8, Wire, CaseIterable, Sendable {
    /// Its default action.
    case standard = 0
    /// Nothing.
    case ignore = 1
    /// The program takes it (`takeSignal`): for a handler, or to be told of it. A waiting call ends with `interrupted`.
    case interrupt = 2

    package init(from reader: inout Reader) throws(Errno) {
        guard let value = Disposition(rawValue: try reader.u8()) else { throw .badMessage }
        self = value
    }

    package func encode(into writer: inout Writer) { writer.u8(rawValue) }
}

/// C: sigaction(2), as far as the resource manager has to know.
package struct SetDisposition: Wire, Equatable, Sendable {
    /// `kill` and `stop` have only their default: `invalidArgument`.
    package var signal: Signal
    /// What it does from now on.
    package var disposition: Disposition
    /// Of `child`: `noChildStop`, `noChildWait`.
    package var flags: ActionFlags

    package init(signal: Signal, disposition: Disposition, flags: ActionFlags = []) {
        self.signal = signal
        self.disposition = disposition
        self.flags = flags
    }

    package init(from reader: inout Reader) throws(Errno) {
        signal = try reader.value(Signal.self)
        disposition = try reader.value(Disposition.self)
        flags = try reader.value(ActionFlags.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(signal)
        writer.value(disposition)
        writer.value(flags)
    }
}

/// What a process is doing.
package enum ProcessState: UInt8, Wire, CaseIterable, Sendable {
    /// Its image is being read.
    case starting = 1
    case running = 2
    /// Its parent has not waited for it yet.
    case ended = 3
    /// A signal stopped it.
    case stopped = 4

    package init(from reader: inout Reader) throws(Errno) {
        guard let value = ProcessState(rawValue: try reader.u8()) else { throw .badMessage }
        self = value
    }

    package func encode(into writer: inout Writer) { writer.u8(rawValue) }
}

/// What `ps` shows of a process.
package struct ProcessRecord: Wire, Equatable, Sendable {
    /// Its pid.
    package var process: ProcessID
    /// Its parent's.
    package var parent: ProcessID
    /// Its process group.
    package var group: ProcessGroupID
    /// Its session.
    package var session: SessionID
    /// Its effective user.
    package var user: UserID
    /// What it is doing.
    package var state: ProcessState
    /// A driver, which is not a program.
    package var isServer: Bool
    /// Monotonic time of its start.
    package var started: Nanoseconds
    /// Its arguments.
    package var command: [ByteString]

    package init(
        process: ProcessID, parent: ProcessID, group: ProcessGroupID, session: SessionID, user: UserID, state: ProcessState, isServer: Bool,
        started: Nanoseconds, command: [ByteString]
    ) {
        self.process = process
        self.parent = parent
        self.group = group
        self.session = session
        self.user = user
        self.state = state
        self.isServer = isServer
        self.started = started
        self.command = command
    }

    package init(from reader: inout Reader) throws(Errno) {
        process = try reader.value(ProcessID.self)
        parent = try reader.value(ProcessID.self)
        group = try reader.value(ProcessGroupID.self)
        session = try reader.value(SessionID.self)
        user = try reader.value(UserID.self)
        state = try reader.value(ProcessState.self)
        isServer = try reader.bool()
        started = try reader.value(Nanoseconds.self)
        command = try reader.list(ByteString.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(process)
        writer.value(parent)
        writer.value(group)
        writer.value(session)
        writer.value(user)
        writer.value(state)
        writer.bool(isServer)
        writer.value(started)
        writer.list(command)
    }
}

/// Some processes, ascending by pid; an empty list ends the listing.
package struct ProcessList: Wire, Equatable, Sendable {
    /// As many as fit.
    package var processes: [ProcessRecord]

    package init(processes: [ProcessRecord]) {
        self.processes = processes
    }

    package init(from reader: inout Reader) throws(Errno) {
        processes = try reader.list(ProcessRecord.self)
    }

    package func encode(into writer: inout Writer) {
        writer.list(processes)
    }
}

/// Asks for a connection to a server that serves without a path. `noSuchAddressOrDevice` if it is not registered.
package struct Connect: Wire, Equatable, Sendable {
    /// Which.
    package var service: Service

    package init(service: Service) {
        self.service = service
    }

    package init(from reader: inout Reader) throws(Errno) {
        service = try reader.value(Service.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(service)
    }
}

/// The caller's connection.
package struct Connected: Wire, Equatable, Sendable {
    /// The same one each time.
    package var connection: ConnectionID

    package init(connection: ConnectionID) {
        self.connection = connection
    }

    package init(from reader: inout Reader) throws(Errno) {
        connection = try reader.value(ConnectionID.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(connection)
    }
}
