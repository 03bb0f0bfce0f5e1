// Processes: starting, waiting, signalling, listing.

internal import ProgramPort

/// How a process ended.
public enum ProcessEnd: Equatable, Sendable {
    /// By itself, with this exit status.
    case exited(UInt8)
    /// By this signal.
    case signaled(Signal)

    /// As a shell tells it: the exit status, or 128 and the signal's number.
    public var status: UInt8 {
        switch self {
        case .exited(let status): return status
        case .signaled(let signal): return 128 &+ signal.rawValue
        }
    }
}

/// What became of a child.
public enum ChildChange: Equatable, Sendable {
    case ended(ProcessEnd)
    /// By this signal.
    case stopped(Signal)
    case continued
}

/// A program could not be started.
public struct SpawnFailure: Error, Sendable {
    /// Why.
    public var error: Errno
    /// More of it for people, if the system knows more (`execFormatError`); else empty.
    public var reason: [UInt8]

    public init(error: Errno, reason: [UInt8]) {
        self.error = error
        self.reason = reason
    }
}

/// C: the calls around fork(2), exec(3), wait(2), kill(2).
public enum Process {
    /// Where a child is placed.
    public struct Placement: Sendable {
        /// Group to put it into: `nil` the caller's, 0 a new one that it leads.
        public var group: Int32?
        /// A session and group of its own, without a terminal (C: setsid(2)).
        public var newSession = false
        /// Its group becomes the foreground group of the controlling terminal before it runs.
        public var foreground = false
        /// With `newSession`: its descriptor 0, a terminal, becomes the session's controlling terminal.
        public var controllingTerminal = false

        public init(
            group: Int32? = nil, newSession: Bool = false, foreground: Bool = false, controllingTerminal: Bool = false
        ) {
            self.group = group
            self.newSession = newSession
            self.foreground = foreground
            self.controllingTerminal = controllingTerminal
        }
    }

    /// A descriptor that a child gets: `child` there is `parent` here.
    public struct Inherited: Sendable {
        public var child: Int32
        public var parent: File
        public init(_ child: Int32, _ parent: File) {
            self.child = child
            self.parent = parent
        }
    }

    /// The standard descriptors, as they are here.
    public static let standardDescriptors = [
        Inherited(0, .standardInput), Inherited(1, .standardOutput), Inherited(2, .standardError),
    ]

    /// Starts a program and returns its pid (C: posix_spawn(3)). It ignores the signals that are ignored here, all others have
    /// their defaults; of descriptors it has the preopened ones and `descriptors` alone.
    ///
    /// Fails with `noSuchFileOrDirectory`, `permissionDenied`, `execFormatError` (no program, or imports that are not there; with a
    /// reason), `argumentListTooLong`, `badFileDescriptor`, `resourceTemporarilyUnavailable` (too many processes). Waits until
    /// the program is compiled and linked.
    public static func spawn(
        _ path: [UInt8], _ arguments: [[UInt8]], environment: [[UInt8]] = Program.environment,
        descriptors: [Inherited] = Process.standardDescriptors, placement: Placement = Placement()
    ) throws(SpawnFailure) -> Int32 {
        if path.isEmpty { throw SpawnFailure(error: .noSuchFileOrDirectory, reason: []) }
        var process: Int32 = 0
        var reason: [UInt8] = []
        let code = Port.spawn(path, block(arguments, environment, descriptors, placement), &process, &reason)
        if code != 0 { throw SpawnFailure(error: Errno(code: code), reason: reason) }
        return process
    }

    /// The block of a spawn, as the program ABI takes it.
    static func block(
        _ arguments: [[UInt8]], _ environment: [[UInt8]], _ descriptors: [Inherited], _ placement: Placement
    ) -> [UInt8] {
        var block = ByteWriter()
        var flags: UInt32 = placement.group == nil ? 0 : Port.Number.SpawnFlag.setGroup
        if placement.newSession { flags |= Port.Number.SpawnFlag.newSession }
        if placement.foreground { flags |= Port.Number.SpawnFlag.foreground }
        if placement.controllingTerminal { flags |= Port.Number.SpawnFlag.controllingTerminal }
        block.integer(flags)
        block.integer(placement.group ?? 0)
        block.strings(arguments)
        block.strings(environment)
        block.integer(UInt32(descriptors.count))
        for descriptor in descriptors {
            block.integer(descriptor.child)
            block.integer(descriptor.parent.descriptor)
        }
        return block.bytes
    }

    /// Waits for a child's end and takes its status (C: waitpid(2)): of child `target`; with -1 of any; with 0 of one in the
    /// caller's group; below -1 of one in group `-target`.
    ///
    /// Throws `noChildProcess`, `interrupted`.
    public static func wait(_ target: Int32 = -1) throws(Errno) -> (process: Int32, end: ProcessEnd) {
        guard let (process, change) = try wait(target, flags: 0), case .ended(let end) = change else { throw .ioError }
        return (process, end)
    }

    /// As `wait`, but returns `nil` at once if none has ended (C: WNOHANG).
    public static func poll(_ target: Int32 = -1) throws(Errno) -> (process: Int32, end: ProcessEnd)? {
        guard let (process, change) = try wait(target, flags: Port.Number.WaitFlag.noHang) else { return nil }
        guard case .ended(let end) = change else { throw .ioError }
        return (process, end)
    }

    /// As `wait`, but also tells of a child that stopped (C: WUNTRACED).
    public static func waitForStop(_ target: Int32 = -1) throws(Errno) -> (process: Int32, change: ChildChange) {
        guard let result = try wait(target, flags: Port.Number.WaitFlag.stopped) else { throw .ioError }
        return result
    }

    /// What became of a child, or `nil` at once if there is nothing to tell (C: WNOHANG, WUNTRACED, WCONTINUED).
    public static func pollForChange(_ target: Int32 = -1) throws(Errno) -> (process: Int32, change: ChildChange)? {
        try wait(target, flags: Port.Number.WaitFlag.noHang | Port.Number.WaitFlag.stopped | Port.Number.WaitFlag.continued)
    }

    private static func wait(_ target: Int32, flags: UInt32) throws(Errno) -> (process: Int32, change: ChildChange)? {
        var process: Int32 = 0
        var status: UInt32 = 0
        try check(Port.wait(target, flags, &process, &status))
        if process == 0 { return nil }
        let code = UInt8(truncatingIfNeeded: status)
        switch status >> 8 {
        case Port.Number.ChangeKind.exited: return (process, .ended(.exited(code)))
        case Port.Number.ChangeKind.signaled: return (process, .ended(.signaled(Signal(rawValue: code))))
        case Port.Number.ChangeKind.stopped: return (process, .stopped(Signal(rawValue: code)))
        default: return (process, .continued)
        }
    }

    /// Sends a signal (C: kill(2)): to process `target`; with 0 to the caller's group; with -1 to all; below -1 to group `-target`.
    /// No signal only checks.
    ///
    /// Throws `noSuchProcess`, `notPermitted`, `invalidArgument` (no such signal). May wait.
    public static func kill(_ target: Int32, _ signal: Signal?) throws(Errno) {
        try check(Port.kill(target, signal?.rawValue ?? 0))
    }

    /// C: getpid(2).
    public static var current: Int32 { Port.processID() }
    /// C: getppid(2).
    public static var parent: Int32 { Port.parentID() }

    /// The group and the session of a process; 0 is the caller (C: getpgid(2), getsid(2)). Throws `noSuchProcess`.
    public static func group(of process: Int32 = 0) throws(Errno) -> (group: Int32, session: Int32) {
        var group: Int32 = 0
        var session: Int32 = 0
        try check(Port.processGroup(process, &group, &session))
        return (group, session)
    }

    /// Moves a process into a group; 0 is the caller, and its own pid (C: setpgid(2)).
    ///
    /// Throws `noSuchProcess`, `notPermitted`, `permissionDenied` (the child runs its own program).
    public static func setGroup(of process: Int32 = 0, to group: Int32 = 0) throws(Errno) {
        try check(Port.setProcessGroup(process, group))
    }

    /// What `ps` shows of a process.
    public struct Record: Sendable {
        public var process: Int32
        public var parent: Int32
        public var group: Int32
        public var session: Int32
        public var user: UInt32
        /// It has ended, and its parent has not waited for it yet.
        public var hasEnded: Bool
        /// A signal stopped it.
        public var isStopped: Bool
        /// A driver, which is not a program.
        public var isServer: Bool
        /// Monotonic time of its start, in nanoseconds.
        public var started: UInt64
        public var command: [[UInt8]]
    }

    /// All processes, ascending by pid. May wait.
    ///
    /// Layout of the list: u32 count; each: pid, parent, group, session i32, user u32, state u8 (1 starting, 2 running,
    /// 3 ended, 4 stopped), server u8, started u64, command (u32 count, each u32 length and bytes).
    public static func list() throws(Errno) -> [Record] {
        var result: [Record] = []
        var after: Int32 = -1
        while true {
            var buffer = [UInt8](repeating: 0, count: 65536)
            var length = 0
            try check(Port.processList(after, &buffer, &length))
            var reader = ByteReader([UInt8](buffer[0..<min(length, buffer.count)]))
            let count = try reader.integer(UInt32.self)
            if count == 0 { return result }
            for _ in 0..<count {
                let process = try reader.integer(Int32.self)
                let parent = try reader.integer(Int32.self)
                let group = try reader.integer(Int32.self)
                let session = try reader.integer(Int32.self)
                let user = try reader.integer(UInt32.self)
                let state = try reader.integer(UInt8.self)
                let isServer = try reader.integer(UInt8.self) != 0
                let started = try reader.integer(UInt64.self)
                result.append(
                    Record(
                        process: process, parent: parent, group: group, session: session, user: user,
                        hasEnded: state == Port.Number.ProcessState.ended,
                        isStopped: state == Port.Number.ProcessState.stopped,
                        isServer: isServer, started: started, command: try reader.strings()))
                // A list that does not go on would never end.
                guard process > after else { throw .badMessage }
                after = process
            }
        }
    }
}

/// The two ends of a pipe.
public struct Pipe: Sendable {
    public var readEnd: File
    public var writeEnd: File

    /// C: pipe(2). Throws `tooManyOpenFiles`, `tooManyOpenFilesInSystem`.
    public init(nonBlocking: Bool = false) throws(Errno) {
        var read: Int32 = -1
        var write: Int32 = -1
        try check(Port.pipe(&read, &write, nonBlocking ? Port.Number.DescriptionFlag.nonBlocking : 0))
        readEnd = File(descriptor: read)
        writeEnd = File(descriptor: write)
    }
}
