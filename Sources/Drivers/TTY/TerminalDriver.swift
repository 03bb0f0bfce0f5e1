package import ABI
package import ServerKit

/// The driver of terminals. There is one, the console, minor 1; the page's terminal is its device.
package struct TerminalDriver: Server {
    /// An open file description. It lives as long as a handle names it.
    struct Description: Sendable {
        /// Index of its terminal.
        var terminal: Int
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

    var terminals = [Terminal(minor: 1)]
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
    /// The deadline last asked for.
    var deadline = Nanoseconds.never

    package init() {}

    /// How many descriptions there are.
    package var descriptionCount: Int { descriptions.count }
    /// How many handles there are.
    package var handleCount: Int { handles.count }
    /// How many requests wait.
    package var waitingCount: Int { waiting.count }
    /// How many `ready` notices are armed.
    package var armedCount: Int { readiness.count }

    package var registration: Register {
        Register(name: ByteString("tty").bytes, service: .terminal, majors: [.terminal])
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
        case .openDevice: return try openDevice(request)
        case .read: return try read(request, &context)
        case .write: return try write(request, &context)
        case .close: return try close(request, &context)
        case .poll: return try poll(request)
        case .status: return try status(request)
        case .setDescriptionFlags: return try setDescriptionFlags(request)
        case .share: return try share(request)
        case .drop: return try drop(request, &context)
        case .getTerminalAttributes: return try getTerminalAttributes(request)
        case .setTerminalAttributes: return try setTerminalAttributes(request, &context)
        case .getWindowSize: return try getWindowSize(request)
        case .setWindowSize: return try setWindowSize(request, &context)
        case .getForegroundGroup: return try getForegroundGroup(request)
        case .setForegroundGroup: return try setForegroundGroup(request)
        case .foreground: return try foreground(request, &context)
        case .groupSignaled: return try groupSignaled(request, &context)
        case .setControllingTerminal: return try setControllingTerminal(request)
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
        if forgetHeld(key) { return context.fail(key, .interrupted) }
        guard let index = waiting[key], let written = terminals[index].withdraw(key) else { return }
        waiting[key] = nil
        settle(index, [written > 0 ? .count(key, written) : .failed(key, .interrupted)], &context)
    }

    package mutating func abandon(_ key: RequestKey, _ context: inout Context) {
        if forgetHeld(key) { return }
        guard let index = waiting[key] else { return }
        waiting[key] = nil
        _ = terminals[index].withdraw(key)
        settle(index, [], &context)
    }

    package mutating func processGone(_ process: ProcessIdentity, _ context: inout Context) {
        ended.removeAll { $0 == process }
        for (handle, number) in handles.releaseAll(of: process) { release(handle, number, &context) }
    }

    package mutating func timer(_ context: inout Context) {
        deadline = .never
        for index in terminals.indices { settle(index, [], &context) }
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
            case .show(let token, let bytes):
                context.device(DeviceMessage(.consoleWrite, token: token, bytes: bytes))
            case .taken(let count):
                var writer = Writer(capacity: 4)
                writer.u32(UInt32(count))
                context.device(DeviceMessage(.consoleTaken, bytes: writer.bytes))
            }
        }
        announce(index, &context)
        var earliest = Nanoseconds.never
        for terminal in terminals { earliest = min(earliest, terminal.deadline) }
        if earliest != deadline {
            deadline = earliest
            context.setTimer(earliest)
        }
    }

    /// Tells those who asked with `poll` what holds now.
    private mutating func announce(_ index: Int, _ context: inout Context) {
        guard readiness.count > 0 else { return }
        let events = terminals[index].events
        for number in descriptions.numbers {
            guard let description = descriptions[number.index, number.generation], description.terminal == index else { continue }
            for handle in description.handles { readiness.changed(handle, state: events, &context) }
        }
    }

    /// A handle was taken out of the table: its description loses a holder and may end.
    mutating func release(_ handle: Handle, _ number: NodeID, _ context: inout Context) {
        readiness.forget(handle)
        failHeld(handle, &context)
        guard var description = descriptions[number.index, number.generation] else { return }
        description.handles.removeAll { $0 == handle }
        if description.handles.isEmpty {
            descriptions.remove(index: number.index, generation: number.generation)
        } else {
            descriptions[number.index, number.generation] = description
        }
        var actions: [Terminal.Action] = []
        terminals[description.terminal].release(handle, into: &actions)
        settle(description.terminal, actions, &context)
    }

    /// The description behind a handle of the asker. Throws `badFileDescriptor`.
    func description(_ handle: Handle, _ request: Request) throws(Errno) -> Description {
        let number = try handles.object(handle, of: request.stamp.process)
        guard let description = descriptions[number.index, number.generation] else { throw .badFileDescriptor }
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
