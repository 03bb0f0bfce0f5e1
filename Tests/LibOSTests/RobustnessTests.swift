import ABI
import TestSupport
import Testing

@testable import LibOS

/// Whatever arrives, nothing traps and the state stays bounded; and the state can be encoded at any moment.
@Suite struct RobustnessTests {
    /// Some call with arguments that are often valid: its name, the thread that makes it, and what it answers.
    func someCall(_ scene: inout Scene, _ random: inout Seeded) -> (name: String, thread: ThreadID, result: Int32) {
        let (name, call) = random.pick(Scene.calls)
        let thread = ThreadID(rawValue: Int32(random.below(3)))
        return (name, thread, call(&scene, thread, Draw(&random)))
    }

    /// A body that fits an operation, more or less.
    func someBody(_ operation: Operation, _ call: PendingCall?, _ random: inout Seeded) -> [UInt8] {
        var writer = Writer()
        let number = UInt32.random(in: 0..<40, using: &random)
        switch operation {
        case .path:
            let opened = FileOpened(
                handle: handle(number), access: [.read, .write], flags: [], status: status(number % 2 == 0 ? .directory : .regular))
            switch (call, random.below(4)) {
            case (.open, 1...), (.changeDirectory, 1...): writer.value(PathResult.opened(files, opened))
            case (.readLink, 1...): writer.value(PathResult.target(text("target")))
            case (.pathStatus, 1...): writer.value(PathResult.status(status(.regular)))
            case (_, 0): writer.value(PathResult.descriptor(Descriptor(rawValue: number / 8)))
            default: writer.value(PathResult.nothing)
            }
        case .read: writer.raw([UInt8](repeating: 1, count: Int(number)))
        case .write: writer.u32(number)
        case .poll: writer.value(PollResult(events: PollEvents(rawValue: UInt16(number % 4)), available: 1))
        case .readDirectory:
            writer.value(
                DirectoryEntries(
                    entries: number < 20
                        ? [] : [DirectoryEntry(cookie: 1, node: .none, kind: .regular, name: [UInt8](repeating: 97, count: Int(number)))]))
        case .status: writer.value(status(.regular))
        case .createPipe: writer.value(PipeEnds(readEnd: handle(number), writeEnd: handle(number + 1)))
        case .connect: writer.value(Connected(connection: pipes))
        case .seek: writer.value(Offset(offset: UInt64(number)))
        case .spawn: writer.value(SpawnResult(process: .initial))
        case .processStatus:
            writer.value(
                ProcessRecord(
                    process: .initial, parent: .initial, group: ProcessGroupID(rawValue: 1), session: SessionID(rawValue: 1), user: .root,
                    state: .running, isServer: false, started: .zero, command: []))
        case .getTerminalAttributes: writer.value(TerminalAttributes.standard)
        case .getWindowSize: writer.value(WindowSize(rows: 24, columns: 80, width: 0, height: 0))
        case .getTerminalSession: writer.value(TerminalSession(session: SessionID(rawValue: 3)))
        case .getPseudoTerminal: writer.value(PseudoTerminal(number: number))
        case .lock: writer.value(LockStatus(kind: .shared, process: .initial, start: 0, length: UInt64(number)))
        case .getForegroundGroup: writer.value(ForegroundGroup(group: ProcessGroupID(rawValue: 3)))
        case .wait: writer.value(WaitResult(process: .initial, change: ChildChange(kind: .exited, code: 1)))
        case .takeSignal: writer.value(TakenSignal(info: number % 3 == 0 ? someInfo(number) : nil, isMore: number % 5 == 0))
        case .waitSignal: writer.value(someInfo(number))
        case .pendingSignals: writer.value(SignalSet(bits: UInt64(number)))
        case .setAlarm: writer.value(AlarmTime(remaining: UInt64(number), interval: 1))
        default: writer.raw([UInt8](repeating: UInt8(number), count: Int(number)))
        }
        return writer.bytes
    }

    private func someInfo(_ number: UInt32) -> SignalInfo {
        SignalInfo(signal: number % 2 == 0 ? .child : Signal(rawValue: UInt8(1 + number % 64)) ?? .hangUp, code: 0)
    }

    /// The call that waits for a request.
    private func call(of owner: Owner, _ scene: Scene) -> PendingCall? {
        guard case .thread(let id) = owner else { return nil }
        return scene.libOS.threads.first { $0.id == id }?.call
    }

    /// A message that may arrive: an answer to what was asked, a notice, or bytes.
    func someMessage(_ scene: Scene, _ random: inout Seeded) -> (ConnectionID, [UInt8]) {
        let connection = ConnectionID(rawValue: UInt32.random(in: 0..<4, using: &random))
        var message: [UInt8]
        var on = connection
        switch UInt8.random(in: 0..<20, using: &random) {
        case 0...15 where !scene.libOS.requests.isEmpty:
            let request = scene.libOS.requests[Int.random(in: 0..<scene.libOS.requests.count, using: &random)]
            on = request.connection
            if Bool.random(using: &random) || Bool.random(using: &random) {
                message = Message.reply(
                    request.operation, id: request.id, RawBytes(someBody(request.operation, call(of: request.owner, scene), &random)))
            } else {
                // A request that was cancelled is answered so.
                let others = Errno.allCases.filter { $0 != .brokenPipe }
                let error = random.chance(30) ? .interrupted : random.pick(others)
                message = Message.failure(request.operation, id: request.id, error, reason: text("why"))
            }
        case 16:
            message = Message.notice(
                .ready, Ready(handle: handle(UInt32.random(in: 9..<14, using: &random)), events: .readable, sequence: 1))
        case 17:
            let stops = random.chance(20)
            message = stops ? Message.notice(.stopped, Stopped(isStopped: random.chance(30))) : Message.notice(.signal, Nothing())
            on = .resourceManager
        case 18:
            message = Message.notice(
                [.last, .parentChanged, .connectionLost][random.below(3)], RawBytes([UInt8(random.below(4)), 0, 0, 0]))
            if random.chance(70) { on = .resourceManager }
        default: message = (0..<Int.random(in: 0..<90, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
        // A share of them is damaged.
        if random.chance(15), !message.isEmpty {
            for _ in 0..<UInt8.random(in: 1...4, using: &random) {
                message[Int.random(in: 0..<message.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if Bool.random(using: &random) { message.removeLast(Int.random(in: 0..<message.count, using: &random)) }
        }
        return (on, message)
    }

    func freshScene() throws -> Scene {
        var scene = try Scene()
        scene.furnish()
        try scene.set(.child, .interrupt)
        scene.host.sent = []
        return scene
    }

    /// `Run.messages` messages while the program calls: whatever comes, each call ends, and each has ended well.
    @Test func randomInputs() throws {
        var random = Seeded(Run.seed)
        var coverage = Coverage()
        var messages = 0
        while messages < Run.messages {
            // A process does not live for ever: its descriptors would all be closed.
            messages += try life(of: 250, &random, &coverage)
        }
        let names = Scene.calls.map(\.name)
        let sockets = ["sock_accept", "sock_recv", "sock_send", "sock_shutdown"]
        let gaps = coverage.gaps(
            served: names.filter { !sockets.contains($0) && $0 != "signal_suspend" },
            refused: [("signal_suspend", .interrupted), ("signal_wait", .interrupted)] + sockets.map { ($0, .notSupported) } + [
                ("poll_oneoff", .interrupted), ("process_wait", .interrupted), ("fd_read", .ioError),
                ("fd_seek", .illegalSeek), ("path_open", .notDirectory), ("fd_close", .badFileDescriptor),
            ])
        #expect(gaps == [])
    }

    /// One process and what it hears; answers how many messages that were.
    private func life(of steps: Int, _ random: inout Seeded, _ coverage: inout Coverage) throws -> Int {
        var scene = try freshScene()
        // What each thread waits in.
        var calls: [ThreadID: String] = [:]
        for step in 0..<steps {
            if step % 2 == 0 {
                let (name, thread, first) = someCall(&scene, &random)
                let result = scene.handled(thread, first)
                if result == pending || result == yielded {
                    calls[thread] = name
                } else if name == "process_id" || name == "process_parent_id" {
                    coverage.note(name, nil)
                } else {
                    coverage.note(name, Errno.decode(UInt32(result)))
                }
            }
            let (connection, message) = someMessage(scene, &random)
            scene.libOS.deliver(connection, message, host: &scene.host)
            for id in Int32(0)..<3 {
                let result = scene.handled(ThreadID(rawValue: id), scene.libOS.resume(ThreadID(rawValue: id)))
                guard result != pending, let name = calls.removeValue(forKey: ThreadID(rawValue: id)) else { continue }
                coverage.note(name, Errno.decode(UInt32(result)))
            }
            if step % 50 == 0 {
                scene.host.now += 1_000_000
                scene.libOS.timer(host: &scene.host)
            }
            scene.host.sent.removeAll(keepingCapacity: true)
            #expect(scene.libOS.requests.count <= LibOS.requestLimit)
            #expect(scene.libOS.threads.count <= 3)
            if !scene.libOS.isRunning { return step + 1 }
        }
        try checkTable(scene.libOS.table)
        try checkQuiet(&scene)
        return steps
    }

    /// Once every request is answered, no call waits for one, and once its clocks are due, none waits at all.
    private func checkQuiet(_ scene: inout Scene) throws {
        var left = 10_000
        while let request = scene.libOS.requests.first, left > 0 {
            left -= 1
            scene.libOS.deliver(
                request.connection, Message.failure(request.operation, id: request.id, .ioError), host: &scene.host)
        }
        #expect(scene.libOS.requests.isEmpty)
        for thread in scene.libOS.threads {
            guard let call = thread.call, call != .suspend else { continue }
            guard case .poll(let poll) = call else {
                Issue.record("\(call) waits for nothing")
                continue
            }
            scene.host.now = max(scene.host.now, poll.deadline == .never ? 0 : poll.deadline.rawValue)
            scene.libOS.timer(host: &scene.host)
        }
    }

    @Test(arguments: UInt64(1)...5) func randomInputsWhileLoading(_ seed: UInt64) throws {
        var random = Seeded(seed &+ 1000)
        for _ in 0..<400 {
            var scene = Scene(idle: ())
            scene.libOS.deliver(
                .resourceManager,
                Message.request(.startProgram, id: RequestID(rawValue: 7), Scene.order(imageSize: 100)), host: &scene.host)
            for _ in 0..<20 {
                let (connection, message) = someMessage(scene, &random)
                scene.libOS.deliver(connection, message, host: &scene.host)
                if Bool.random(using: &random) { scene.libOS.imageResult(nil, reason: [], host: &scene.host) }
            }
            #expect(scene.host.image.count <= 100)
            #expect(!scene.host.imageEnded || scene.host.image.count == 100)
            #expect(!scene.libOS.isRunning || scene.host.imageEnded)
        }
    }

    /// Every entry names a description, and the counts are right.
    func checkTable(_ table: DescriptorTable) throws {
        var counts = [UInt32](repeating: 0, count: table.descriptions.count)
        for entry in table.entries {
            guard let entry else { continue }
            counts[entry.description] += 1
        }
        var extra: UInt32 = 0
        for (index, description) in table.descriptions.enumerated() {
            guard let description else {
                #expect(counts[index] == 0)
                continue
            }
            #expect(description.references >= counts[index])
            extra += description.references - counts[index]
        }
        // The root and the working directory.
        #expect(extra == 2)
    }

    @Test(arguments: UInt64(1)...10) func theStateSurvivesEncodingAtAnyMoment(_ seed: UInt64) throws {
        var random = Seeded(seed &+ 77)
        var scene = try freshScene()
        var other = scene
        for step in 0..<600 {
            if !scene.libOS.isRunning { break }
            if step % 3 == 0 {
                var copy = random
                let (_, thread, result) = someCall(&scene, &random)
                _ = scene.handled(thread, result)
                _ = other.handled(thread, someCall(&other, &copy).result)
            }
            let (connection, message) = someMessage(scene, &random)
            scene.libOS.deliver(connection, message, host: &scene.host)
            other.libOS.deliver(connection, message, host: &other.host)
            for id in Int32(0)..<3 {
                let thread = ThreadID(rawValue: id)
                #expect(scene.handled(thread, scene.libOS.resume(thread)) == other.handled(thread, other.libOS.resume(thread)))
            }
            var writer = Writer()
            other.libOS.encode(into: &writer)
            var reader = Reader(writer.bytes)
            other.libOS = try LibOS(decoding: &reader)
            try reader.finish()
            var again = Writer()
            other.libOS.encode(into: &again)
            #expect(again.bytes == writer.bytes)
        }
        // Both did the same, byte for byte.
        #expect(scene.host.sent.map(\.message) == other.host.sent.map(\.message))
        #expect(scene.host.memory == other.host.memory)
        var first = Writer()
        var second = Writer()
        scene.libOS.encode(into: &first)
        other.libOS.encode(into: &second)
        #expect(first.bytes == second.bytes)
    }

    @Test func aTruncatedOrForeignStateIsRefused() throws {
        var scene = try freshScene()
        _ = scene.libOS.fdRead(thread, 0, 200, 2, 400, host: &scene.host)
        _ = scene.libOS.pollOneOff(ThreadID(rawValue: 1), 1000, 3000, 8, 400, host: &scene.host)
        var writer = Writer()
        scene.libOS.encode(into: &writer)
        for length in 0..<writer.bytes.count {
            var reader = Reader(Array(writer.bytes[0..<length]))
            #expect(throws: Errno.badMessage) { try LibOS(decoding: &reader) }
        }
        var bytes = writer.bytes
        bytes[0] = 99
        var reader = Reader(bytes)
        #expect(throws: Errno.badMessage) { try LibOS(decoding: &reader) }
        // Damaged states decode or are refused, and a decoded one takes messages.
        var random = Seeded(5)
        for _ in 0..<2000 {
            var damaged = writer.bytes
            for _ in 0..<3 { damaged[Int.random(in: 0..<damaged.count, using: &random)] = UInt8.random(in: 0...255, using: &random) }
            var reader = Reader(damaged)
            do throws(Errno) {
                var copy = scene
                copy.libOS = try LibOS(decoding: &reader)
                for _ in 0..<5 {
                    let (connection, message) = someMessage(copy, &random)
                    copy.libOS.deliver(connection, message, host: &copy.host)
                }
            } catch {
                #expect(error == .badMessage)
            }
        }
    }

    @Test func loadingSurvivesEncoding() throws {
        var scene = Scene(idle: ())
        let piece = Int(ImageLoad.piece)
        let size = UInt64(piece * 3)
        scene.libOS.deliver(
            .resourceManager, Message.request(.startProgram, id: RequestID(rawValue: 7), Scene.order(descriptors: [], imageSize: size)),
            host: &scene.host)
        let reads = scene.host.sent.filter { $0.header.operation == .read }
        scene.answer(reads[2], RawBytes([UInt8](repeating: 3, count: piece)))
        var writer = Writer()
        scene.libOS.encode(into: &writer)
        var reader = Reader(writer.bytes)
        scene.libOS = try LibOS(decoding: &reader)
        scene.answer(reads[0], RawBytes([UInt8](repeating: 1, count: piece)))
        scene.answer(reads[1], RawBytes([UInt8](repeating: 2, count: piece)))
        #expect(scene.host.imageEnded)
        #expect(scene.host.image.count == Int(size))
        #expect([scene.host.image[0], scene.host.image[piece], scene.host.image[2 * piece]] == [1, 2, 3])
    }

    @Test func requestsAreAnsweredAlways() throws {
        var scene = try Scene()
        for operation in Operation.allCases where operation != .startProgram {
            scene.libOS.deliver(files, Message.request(operation, id: RequestID(rawValue: 3), RawBytes([1])), host: &scene.host)
            let answer = try scene.last
            #expect(answer.header.kind == .reply && answer.header.operation == operation)
            #expect(Errno.decode(answer.header.argument) == .functionNotImplemented)
            scene.host.sent = []
        }
    }
}
