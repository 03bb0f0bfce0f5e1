import ABI
import Processes
import ResourceManager
import ServerKit
import Testing
import VFS

extension World {
    /// A machine that is up.
    static func booted(prepare: @escaping (FakeFileServer, String) -> Void = { _, _ in }) -> World {
        let world = World()
        world.prepare = prepare
        world.start()
        world.pump()
        #expect(world.isBooted)
        // What the start does not wait for is started after init.
        world.expire()
        return world
    }

    func start(_ configuration: String = "manifest=abc\n") {
        handle(
            .start(
                Start(
                    realTime: Nanoseconds(rawValue: 1), entropy: (0..<32).map { UInt8($0) },
                    configuration: Array(configuration.utf8))))
    }

    /// The timer that resmgr set goes off.
    func expire() {
        guard deadline != .never else {
            Issue.record("no timer is set")
            return
        }
        now = max(now, deadline.rawValue)
        handle(.timer)
        pump()
    }

    /// The present hart of a server.
    func server(_ module: String) -> FakeHart {
        harts.values.filter { $0.module == module && $0.role == .server }.max { $0.id < $1.id }!
    }

    /// The hart of a process that was started.
    func process(_ pid: Int32) -> FakeHart { hartOfProcess[pid]! }

    var initial: FakeHart { process(1) }

    /// Sends a request and says its number.
    @discardableResult
    func ask(_ hart: FakeHart, _ operation: ABI.Operation, _ body: some Wire, space: Int = 65536) -> UInt32 {
        let id = hart.nextRequest
        hart.nextRequest += 1
        hart.asks(id)
        send(hart.id.rawValue, Message.request(operation, id: RequestID(rawValue: id), replySpace: space, body))
        return id
    }

    /// Sends a request and carries messages until all is still. Throws the error it is answered with.
    @discardableResult
    func call<T: Wire>(_ hart: FakeHart, _ operation: ABI.Operation, _ body: some Wire, _ type: T.Type) throws(Errno) -> T {
        let id = ask(hart, operation, body)
        pump()
        return try result(hart, id, type)
    }

    func result<T: Wire>(_ hart: FakeHart, _ id: UInt32, _ type: T.Type) throws(Errno) -> T {
        guard let answer = hart.answers[id] else {
            Issue.record("request \(id) is not answered")
            throw .timedOut
        }
        if let error = answer.error { throw error }
        var reader = Reader(answer.payload)
        return try reader.value(type)
    }

    func notify(_ hart: FakeHart, _ operation: ABI.Operation, _ body: some Wire) {
        send(hart.id.rawValue, Message.notice(operation, body))
    }

    static var rootStart: PathStart { PathStart(connection: ConnectionID(rawValue: 0), handle: .none) }

    func pathRequest(
        _ path: String, _ operation: FinalOperation, start: PathStart = World.rootStart, flags: PathFlags = .followLast
    ) -> PathRequest { PathRequest(start: start, flags: flags, path: Array(path.utf8), operation: operation) }

    func path(
        _ hart: FakeHart, _ path: String, _ operation: FinalOperation, start: PathStart = World.rootStart,
        flags: PathFlags = .followLast
    ) throws(Errno) -> PathResult {
        try call(hart, .path, pathRequest(path, operation, start: start, flags: flags), PathResult.self)
    }

    /// Opens a directory and says where paths can start.
    func directory(_ hart: FakeHart, _ path: String) throws(Errno) -> PathStart {
        guard case .opened(let connection, let opened) = try self.path(hart, path, .open(OpenFile(access: .read))) else {
            throw .ioError
        }
        return PathStart(connection: connection, handle: opened.handle)
    }

    func spawnRequest(
        _ hart: FakeHart, _ path: String = "/bin/program", flags: SpawnFlags = [], group: ProcessGroupID = .none,
        arguments: [ByteString] = [ByteString("program"), ByteString("-x")], descriptors: [InheritedDescriptor]? = nil
    ) -> Spawn {
        func describe(_ inherited: InheritedDescriptor) -> SpawnDescriptor {
            SpawnDescriptor(
                descriptor: inherited.descriptor, connection: inherited.connection, handle: inherited.handle,
                kind: inherited.kind, access: inherited.access, flags: inherited.flags)
        }
        return Spawn(
            start: World.rootStart, path: Array(path.utf8), workingDirectory: describe(hart.started!.workingDirectory),
            flags: flags, group: group, mask: 0o022, arguments: arguments, environment: [ByteString("A=B")],
            descriptors: (descriptors ?? hart.started!.descriptors).map(describe))
    }

    @discardableResult
    func spawn(_ hart: FakeHart, flags: SpawnFlags = [], group: ProcessGroupID = .none) throws(Errno) -> FakeHart {
        let result = try call(hart, .spawn, spawnRequest(hart, flags: flags, group: group), SpawnResult.self)
        return process(result.process.rawValue)
    }

    func exit(_ hart: FakeHart, _ code: UInt8 = 0) {
        notify(hart, .exit, Exit(end: ProcessEnd(kind: .exited, code: code), reason: []))
        notify(hart, .last, Nothing())
        pump()
    }

    func kill(_ hart: FakeHart, _ target: Int32, _ signal: Signal) throws(Errno) {
        try call(hart, .kill, Kill(target: target, signal: signal.rawValue), Nothing.self)
    }

    /// The signals that a libOS is told of and takes.
    func signals(_ hart: FakeHart) throws(Errno) -> [UInt8] { try taken(hart).map { $0.signal.rawValue } }

    /// What a libOS takes when it is told that there is something to take.
    func taken(_ hart: FakeHart, blocked: UInt64 = 0) throws(Errno) -> [SignalInfo] {
        var taken: [SignalInfo] = []
        while hart.notices.contains(where: { $0.0 == .signal }) {
            hart.notices.removeAll { $0.0 == .signal }
            var answer = try call(hart, .takeSignal, TakeSignal(blocked: blocked, takes: true), TakenSignal.self)
            while let info = answer.info {
                taken.append(info)
                guard answer.isMore else { break }
                answer = try call(hart, .takeSignal, TakeSignal(blocked: blocked, takes: true), TakenSignal.self)
            }
        }
        return taken
    }

    /// Whether a libOS was told last that its process is stopped; nil: it was told nothing of that.
    func isStopped(_ hart: FakeHart) -> Bool? { hart.notices.last { $0.0 == .stopped }.map { $0.1 == [1] } }

    /// Nothing is under way and nothing is held for a process that is over.
    func expectQuiet(_ location: SourceLocation = #_sourceLocation) {
        #expect(manager.taskCount == 0, sourceLocation: location)
        #expect(manager.outgoingCount == 0, sourceLocation: location)
        #expect(manager.pendingCount == 0, sourceLocation: location)
        var living: [ProcessIdentity] = []
        for hart in harts.values where !hart.isGone { living.append(hart.stamp.process) }
        for hart in harts.values where !hart.isGone {
            for grant in hart.files?.handles.all ?? [] {
                #expect(living.contains(grant.owner), "\(hart.module) keeps a file of a process that is over", sourceLocation: location)
            }
            for grant in hart.terminals?.handles.all ?? [] {
                #expect(living.contains(grant.owner), "\(hart.module) keeps a terminal", sourceLocation: location)
            }
            for (number, peer) in hart.connections {
                #expect(living.contains(peer), "connection \(number) of \(hart.module) leads nowhere", sourceLocation: location)
            }
        }
    }

    /// Handles that are open at all servers.
    var openHandles: Int {
        var count = 0
        for hart in harts.values where !hart.isGone {
            count += (hart.files?.handles.count ?? 0) + (hart.terminals?.handles.count ?? 0)
        }
        return count
    }
}
