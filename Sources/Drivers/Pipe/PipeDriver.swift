package import ABI
package import ServerKit

/// The driver of pipes. A pipe lives as long as a handle names one of its ends.
package struct PipeDriver: Server {
    /// What a handle names.
    struct Opening: Sendable {
        var pipe: NodeID
        var end: PipeState.End
    }

    /// Most pipes of the system.
    package static let capacity = 4096

    var pipes = SlotTable<PipeState>(capacity: PipeDriver.capacity)
    var handles = HandleTable<Opening>()
    var readiness = Readiness()
    /// In which pipe a request waits.
    var waiting = OrderedMap<RequestKey, NodeID>()

    package init() {}

    /// How many pipes there are.
    package var pipeCount: Int { pipes.count }
    /// How many handles there are.
    package var handleCount: Int { handles.count }
    /// How many requests wait.
    package var waitingCount: Int { waiting.count }
    /// How many `ready` notices are armed.
    package var armedCount: Int { readiness.count }

    package var registration: Register { Register(name: ByteString("pipe").bytes, service: .pipe, majors: []) }

    package mutating func request(_ request: Request, _ context: inout Context) throws(Errno) -> Answer {
        switch request.operation {
        case .createPipe: return try createPipe(request, &context)
        case .read: return try read(request, &context)
        case .write: return try write(request, &context)
        case .close: return try close(request, &context)
        case .poll: return try poll(request)
        case .status: return try status(request)
        case .setDescriptionFlags: return try setDescriptionFlags(request)
        case .setTimes: return try setTimes(request, &context)
        case .share: return try share(request)
        case .drop: return try drop(request, &context)
        case .seek: throw try refusal(Seek.self, request, { $0.handle }, .illegalSeek)
        case .allocate: throw try refusal(Allocate.self, request, { $0.handle }, .illegalSeek)
        case .setSize: throw try refusal(SetSize.self, request, { $0.handle }, .invalidArgument)
        case .sync: throw try refusal(OneHandle.self, request, { $0.handle }, .invalidArgument)
        case .readDirectory: throw try refusal(ReadDirectory.self, request, { $0.handle }, .notDirectory)
        case .getTerminalAttributes, .getWindowSize, .getForegroundGroup:
            throw try refusal(OneHandle.self, request, { $0.handle }, .inappropriateIOControl)
        case .setTerminalAttributes: throw try refusal(SetTerminalAttributes.self, request, { $0.handle }, .inappropriateIOControl)
        case .setWindowSize: throw try refusal(SetWindowSize.self, request, { $0.handle }, .inappropriateIOControl)
        case .setForegroundGroup: throw try refusal(SetForegroundGroup.self, request, { $0.handle }, .inappropriateIOControl)
        case .setControllingTerminal:
            guard request.isFromResourceManager else { throw .notPermitted }
            let body = try request.decode(SetControllingTerminal.self)
            _ = try handles.object(body.handle, of: body.process)
            throw .inappropriateIOControl
        default: throw .notSupported
        }
    }

    package mutating func cancel(_ key: RequestKey, _ context: inout Context) {
        withdraw(key, isAnswered: true, &context)
    }

    package mutating func abandon(_ key: RequestKey, _ context: inout Context) {
        withdraw(key, isAnswered: false, &context)
    }

    package mutating func processGone(_ process: ProcessIdentity, _ context: inout Context) {
        for (handle, opening) in handles.releaseAll(of: process) { release(handle, opening, &context) }
    }

    /// Takes a waiting request out of its pipe; others may fit now that it is gone.
    private mutating func withdraw(_ key: RequestKey, isAnswered: Bool, _ context: inout Context) {
        guard let number = waiting[key] else { return }
        waiting[key] = nil
        let realTime = context.realTime
        var done: [PipeState.Completion] = []
        change(number) { pipe in
            guard let request = pipe.withdraw(key) else { return }
            if isAnswered { done.append(request.written > 0 ? .count(key, request.written) : .failed(key, .interrupted)) }
            pipe.advance(realTime: realTime, into: &done)
        }
        perform(done, &context)
        announce(number, &context)
    }

    /// A handle was taken out of the table: its end loses a holder, and an unused pipe goes.
    mutating func release(_ handle: Handle, _ opening: Opening, _ context: inout Context) {
        readiness.forget(handle)
        let realTime = context.realTime
        var done: [PipeState.Completion] = []
        let isUnused = change(opening.pipe) { pipe in
            pipe.release(handle, of: opening.end, realTime: realTime, into: &done)
            return pipe.isUnused
        }
        perform(done, &context)
        if isUnused == true {
            pipes.remove(index: opening.pipe.index, generation: opening.pipe.generation)
        } else {
            announce(opening.pipe, &context)
        }
    }

    /// Changes a pipe where it is; `nil` if there is none.
    @discardableResult
    mutating func change<Result, Failure: Error>(
        _ number: NodeID, _ body: (inout PipeState) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        try pipes.update(index: number.index, generation: number.generation, body)
    }

    /// Answers requests.
    mutating func perform(_ done: [PipeState.Completion], _ context: inout Context) {
        for completion in done {
            waiting[completion.key] = nil
            switch completion {
            case .data(let key, let bytes): context.reply(key, RawBytes(bytes))
            case .count(let key, let count): context.reply(key, Count(count: UInt32(count)))
            case .failed(let key, let error): context.fail(key, error)
            }
        }
    }

    /// Tells those who asked with `poll` what holds now.
    mutating func announce(_ number: NodeID, _ context: inout Context) {
        guard readiness.count > 0, let pipe = pipes[number.index, number.generation] else { return }
        let reading = pipe.events(of: .reading)
        for handle in pipe.reading.handles { readiness.changed(handle, state: reading, &context) }
        let writing = pipe.events(of: .writing)
        for handle in pipe.writing.handles { readiness.changed(handle, state: writing, &context) }
    }

    /// The pipe behind a handle of the asker. Throws `badFileDescriptor`.
    func opening(_ handle: Handle, _ request: Request) throws(Errno) -> (Opening, PipeState) {
        let opening = try handles.object(handle, of: request.stamp.process)
        guard let pipe = pipes[opening.pipe.index, opening.pipe.generation] else { throw .badFileDescriptor }
        return (opening, pipe)
    }

    /// Why an operation that no pipe serves fails: `badMessage`, `badFileDescriptor`, else `error`.
    private func refusal<Body: Wire>(
        _ type: Body.Type, _ request: Request, _ handle: (Body) -> Handle, _ error: Errno
    ) throws(Errno) -> Errno {
        let body = try request.decode(type)
        _ = try handles.object(handle(body), of: request.stamp.process)
        return error
    }
}
