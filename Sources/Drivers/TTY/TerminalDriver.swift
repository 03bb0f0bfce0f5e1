package import ABI
import FileServer
package import ServerKit

/// The driver of terminals: consoles, of which the page shows the first, and pseudo-terminals. All are in one table, by minor number; the
/// names of the latter are a file system of its own, for `/dev/pts`.
package struct TerminalDriver: Server {
    /// An open file description. It lives as long as a handle names it.
    struct Description: Sendable {
        /// Index of its terminal.
        var terminal: Int
        /// Whether it is the other end of a pseudo-terminal.
        var isMaster = false
        /// The terminal's line when it was opened: another one now means that it was hung up.
        var line: UInt32 = 0
        var access: AccessMode
        var flags: DescriptionFlags
        /// The status of the node it was opened by.
        var node: FileStatus
        var handles: [Handle] = []
    }

    /// Most descriptions of all terminals.
    package static let capacity = 16384
    /// Index of the terminal whose device is the page's.
    static let console = 0

    /// By minor number, which begins at 1: first the consoles, then the pseudo-terminals.
    var terminals: [Terminal]
    /// Indices of pseudo-terminals that nobody has.
    var unused: [Int] = []
    /// `/dev/pts`: one tree, with a node for each pseudo-terminal whose master is open.
    var files = FileSystems(firstHandle: TerminalDriver.firstNameHandle)
    /// Terminals that wait for a time.
    var timed = OrderedSet<TimedTerminal>()
    /// By number; a `NodeID` is an index and a generation.
    var descriptions = SlotTable<Description>(capacity: TerminalDriver.capacity)
    var handles = HandleTable<NodeID>()
    var readiness = Readiness()
    /// Processes that a signal ended and that are still connected.
    var ended: [ProcessIdentity] = []
    /// At which terminal a request waits.
    var waiting = OrderedMap<RequestKey, Int>()
    /// What came from the background, while resmgr is asked, in the order of asking.
    var asked: [BackgroundRequest] = []
    /// What waits until its group is in the foreground. (Reads wait with the others.)
    var held: [BackgroundRequest] = []
    /// The restart record last told to resmgr.
    var recorded: [UInt8] = []
    /// The deadline last asked for.
    var deadline = Nanoseconds.never

    package init() {
        terminals = (1...UInt32(Limits.consoles)).map { Terminal(minor: $0) }
        terminals[TerminalDriver.console].isShown = true
    }

    /// How many descriptions there are.
    package var descriptionCount: Int { descriptions.count }
    /// How many handles there are.
    package var handleCount: Int { handles.count + files.handles.count }
    /// How many pseudo-terminals there are.
    package var pairCount: Int { terminals.count - Limits.consoles - unused.count }
    /// How many requests wait.
    package var waitingCount: Int { waiting.count }
    /// How many `ready` notices are armed.
    package var armedCount: Int { readiness.count }

    package var registration: Register {
        Register(name: ByteString("tty").bytes, service: .terminal, majors: [.terminal, .controllingTerminal])
    }

    package var isReady: Bool { !files.trees.isEmpty }

    package mutating func start(_ start: Start, _ context: inout Context) {
        makeNames(context.realTime)
        if let record = Configuration(start.configuration)["record"], let bytes = hexadecimalBytes(record) { restore(bytes) }
        recorded = restartRecord
    }

    package mutating func request(_ request: Request, _ context: inout Context) throws(Errno) -> Answer {
        if isFromBackground(request) { return try hold(request, &context) }
        let answer = try serve(request, &context)
        releaseHeld(&context)
        return answer
    }

    /// Serves a request of the foreground, or one that may pass.
    mutating func serve(_ request: Request, _ context: inout Context) throws(Errno) -> Answer {
        switch request.operation {
        case .openDevice: return try openDevice(request, &context)
        case .walk, .renameNode, .linkNode, .setMountPoint, .locate, .fileSystemOf, .createFileSystem, .destroyFileSystem:
            return try serveNames(request, &context)
        case .share: return try share(request)
        case .drop: return try drop(request, &context)
        case .foreground: return try foreground(request, &context)
        case .groupSignaled: return try groupSignaled(request, &context)
        case .setControllingTerminal: return try setControllingTerminal(request, &context)
        default: return try serveHandle(request, &context)
        }
    }

    /// What is asked by handle: of a terminal, or of the directory of their names.
    private mutating func serveHandle(_ request: Request, _ context: inout Context) throws(Errno) -> Answer {
        var body = request.body
        if let handle = try? body.value(Handle.self), handle.index >= TerminalDriver.firstNameHandle {
            return try serveNames(request, &context)
        }
        switch request.operation {
        case .read: return try read(request, &context)
        case .write: return try write(request, &context)
        case .close: return try close(request, &context)
        case .poll: return try poll(request)
        case .status: return try status(request)
        case .setDescriptionFlags: return try setDescriptionFlags(request)
        case .getTerminalAttributes: return try getTerminalAttributes(request)
        case .setTerminalAttributes: return try setTerminalAttributes(request, &context)
        case .getWindowSize: return try getWindowSize(request)
        case .setWindowSize: return try setWindowSize(request, &context)
        case .getForegroundGroup: return try getForegroundGroup(request)
        case .setForegroundGroup: return try setForegroundGroup(request, &context)
        case .getTerminalSession: return try getTerminalSession(request)
        case .getPseudoTerminal: return try getPseudoTerminal(request)
        case .controlTerminal: return try controlTerminal(request, &context)
        case .seek: throw try refusal(Seek.self, request, { $0.handle }, .illegalSeek)
        case .allocate: throw try refusal(Allocate.self, request, { $0.handle }, .illegalSeek)
        case .setSize: throw try refusal(SetSize.self, request, { $0.handle }, .invalidArgument)
        case .setTimes: throw try refusal(SetTimes.self, request, { $0.handle }, .notSupported)
        case .sync: throw try refusal(OneHandle.self, request, { $0.handle }, .invalidArgument)
        case .readDirectory: throw try refusal(ReadDirectory.self, request, { $0.handle }, .notDirectory)
        default: throw .notSupported
        }
    }

    package mutating func cancel(_ key: RequestKey, _ context: inout Context) {
        if files.cancel(key, &context) { return }
        if forgetHeld(key) { return context.fail(key, .interrupted) }
        guard let index = waiting[key], let written = terminals[index].withdraw(key) else { return }
        waiting[key] = nil
        settle(index, [written > 0 ? .count(key, written) : .failed(key, .interrupted)], &context)
    }

    package mutating func abandon(_ key: RequestKey, _ context: inout Context) {
        files.abandon(key)
        if forgetHeld(key) { return }
        guard let index = waiting[key] else { return }
        waiting[key] = nil
        _ = terminals[index].withdraw(key)
        settle(index, [], &context)
    }

    package mutating func processGone(_ process: ProcessIdentity, _ context: inout Context) {
        ended.removeAll { $0 == process }
        files.processGone(process, &context)
        for (handle, number) in handles.releaseAll(of: process) { release(handle, number, &context) }
        releaseHeld(&context)
    }

    package mutating func timer(_ context: inout Context) {
        deadline = .never
        // A read whose time has come ends, so none is met twice.
        while let first = timed.first, first.deadline <= context.now { settle(first.index, [], &context) }
        setTimer(&context)
    }

    /// Performs actions, then all that has become possible at a terminal.
    mutating func settle(_ index: Int, _ actions: [Terminal.Action], _ context: inout Context) {
        var actions = actions
        terminals[index].settle(now: context.now, realTime: context.realTime, into: &actions)
        for action in actions {
            switch action {
            case .data(let key, let bytes):
                waiting[key] = nil
                context.reply(key, RawBytes(bytes))
            case .count(let key, let count):
                waiting[key] = nil
                context.reply(key, Count(count: UInt32(count)))
            case .done(let key):
                waiting[key] = nil
                context.reply(key, Nothing())
            case .failed(let key, let error):
                waiting[key] = nil
                context.fail(key, error)
            case .signal(let group, let signal):
                context.notifyResourceManager(.signalGroup, SignalGroup(group: group, signal: signal))
            case .recorded: tellRecord(&context)
            case .show(let token, let bytes):
                context.device(DeviceMessage(.consoleWrite, token: token, bytes: bytes))
            case .taken(let count):
                // What a master wrote was no device's.
                guard terminals[index].isShown else { continue }
                var writer = Writer(capacity: 4)
                writer.u32(UInt32(count))
                context.device(DeviceMessage(.consoleTaken, bytes: writer.bytes))
            }
        }
        announce(index, &context)
        let next = terminals[index].deadline
        if next != terminals[index].announcedDeadline {
            timed.remove(TimedTerminal(deadline: terminals[index].announcedDeadline, index: index))
            if next != .never { timed.insert(TimedTerminal(deadline: next, index: index)) }
            terminals[index].announcedDeadline = next
        }
        setTimer(&context)
    }

    private mutating func setTimer(_ context: inout Context) {
        let earliest = timed.first?.deadline ?? .never
        if earliest != deadline {
            deadline = earliest
            context.setTimer(earliest)
        }
    }

    /// Tells those who asked with `poll` what holds now.
    private mutating func announce(_ index: Int, _ context: inout Context) {
        guard readiness.count > 0 else { return }
        for number in terminals[index].descriptions.elements {
            guard let description = descriptions[number.index, number.generation] else { continue }
            let events = events(of: description)
            for handle in description.handles { readiness.changed(handle, state: events, &context) }
        }
    }

    /// What `poll` reports by a description.
    func events(of description: Description) -> PollEvents {
        let terminal = terminals[description.terminal]
        if description.isMaster { return terminal.masterEvents }
        return isHungUp(description) ? [.readable, .writable, .hangUp] : terminal.events
    }

    /// Whether the line by which it was opened is gone.
    func isHungUp(_ description: Description) -> Bool {
        !description.isMaster && description.line != terminals[description.terminal].line
    }

    /// A handle was taken out of the table: its description loses a holder and may end.
    mutating func release(_ handle: Handle, _ number: NodeID, _ context: inout Context) {
        readiness.forget(handle)
        failHeld(handle, &context)
        guard var description = descriptions[number.index, number.generation] else { return }
        description.handles.removeAll { $0 == handle }
        var actions: [Terminal.Action] = []
        terminals[description.terminal].release(handle, into: &actions)
        if description.handles.isEmpty {
            descriptions.remove(index: number.index, generation: number.generation)
            leave(description, number, context.realTime, into: &actions)
        } else {
            descriptions[number.index, number.generation] = description
        }
        settle(description.terminal, actions, &context)
        reuse(description.terminal)
    }

    /// The terminal that was opened by a description loses it.
    private mutating func leave(
        _ description: Description, _ number: NodeID, _ realTime: Nanoseconds, into actions: inout [Terminal.Action]
    ) {
        let index = description.terminal
        terminals[index].descriptions.remove(number)
        if description.isMaster {
            terminals[index].masterClosed(into: &actions)
            if terminals[index].master?.holders == 0 { removeName(index, realTime) }
        } else if !isHungUp(description) {
            terminals[index].closed(into: &actions)
        }
    }

    /// The description behind a handle of the asker. Throws `badFileDescriptor`.
    func description(_ handle: Handle, _ request: Request) throws(Errno) -> Description {
        let number = try handles.object(handle, of: request.stamp.process)
        guard let description = descriptions[number.index, number.generation] else { throw .badFileDescriptor }
        return description
    }

    /// The same, of a line that was not hung up. Throws `badFileDescriptor`, `ioError`.
    func connected(_ handle: Handle, _ request: Request) throws(Errno) -> Description {
        let description = try description(handle, request)
        if isHungUp(description) { throw .ioError }
        return description
    }

    /// Why an operation that no terminal serves fails: `badMessage`, `badFileDescriptor`, else `error`.
    private func refusal<Body: Wire>(
        _ type: Body.Type, _ request: Request, _ handle: (Body) -> Handle, _ error: Errno
    ) throws(Errno) -> Errno {
        let body = try request.decode(type)
        _ = try handles.object(handle(body), of: request.stamp.process)
        return error
    }
}
