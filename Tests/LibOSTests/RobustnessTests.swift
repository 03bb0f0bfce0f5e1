import ABI
import Testing

@testable import LibOS

/// A generator with a seed, so that a failure can be repeated.
struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        var word = state
        word ^= word >> 33
        word = word &* 0xFF51_AFD7_ED55_8CCD
        return word ^ word >> 33
    }
}

/// Whatever arrives, nothing traps and the state stays bounded; and the state can be encoded at any moment.
@Suite struct RobustnessTests {
    /// Starts some call with arguments that are often valid.
    func someCall(_ scene: inout Scene, _ random: inout Generator) {
        let descriptor = UInt32.random(in: 0..<8, using: &random)
        let address = Address.random(in: 0..<70_000, using: &random)
        let length = UInt32.random(in: 0..<64, using: &random)
        let id = ThreadID(rawValue: Int32.random(in: 0..<3, using: &random))
        switch UInt8.random(in: 0..<24, using: &random) {
        case 0: _ = scene.libOS.fdRead(id, descriptor, 200, 2, address, host: &scene.host)
        case 1: _ = scene.libOS.fdWrite(id, descriptor, 200, 2, address, host: &scene.host)
        case 2: _ = scene.libOS.fdReadDirectory(id, descriptor, 5000, length * 10, 0, address, host: &scene.host)
        case 3: _ = scene.libOS.pollOneOff(id, 1000, 3000, length % 8, address, host: &scene.host)
        case 4, 5: _ = scene.libOS.pathOpen(id, descriptor, 1, 100, length, 0, .max, .max, 0, address, host: &scene.host)
        case 6: _ = scene.libOS.fdClose(id, descriptor, host: &scene.host)
        case 7: _ = scene.libOS.descriptorDuplicateTo(id, descriptor, length, host: &scene.host)
        case 8: _ = scene.libOS.processWait(id, -1, 0, address, 400, host: &scene.host)
        case 9: _ = scene.libOS.processSpawn(id, 100, length, 1100, 24, address, 500, 10, 404, host: &scene.host)
        case 10: _ = scene.libOS.pipeCreate(id, address, 400, 0, host: &scene.host)
        case 11: _ = scene.libOS.directoryChange(id, 100, length, host: &scene.host)
        case 12: _ = scene.libOS.directoryCurrent(id, address, length, 400, host: &scene.host)
        case 13: _ = scene.libOS.fdFileStatGet(id, descriptor, address, host: &scene.host)
        case 14: _ = scene.libOS.pathReadLink(id, descriptor, 100, length, address, length, 400, host: &scene.host)
        case 15: _ = scene.libOS.terminalAttributesGet(id, descriptor, address, host: &scene.host)
        case 16: _ = scene.libOS.signalDisposition(id, length, 2, host: &scene.host)
        case 17: _ = scene.libOS.processGroupGet(id, 0, address, 400, host: &scene.host)
        case 18: _ = scene.libOS.fdSeek(id, descriptor, Int64(length), 0, address, host: &scene.host)
        case 19: _ = scene.libOS.fdRenumber(id, descriptor, length % 8, host: &scene.host)
        case 20: _ = scene.libOS.processList(id, 0, address, 4096, 400, host: &scene.host)
        case 21: _ = scene.libOS.fdStatSetFlags(id, descriptor, 4, host: &scene.host)
        case 22: _ = scene.libOS.pathFileStatGet(id, descriptor, 0, 100, length, address, host: &scene.host)
        default: _ = scene.libOS.descriptorDuplicate(id, descriptor, 0, address, host: &scene.host)
        }
    }

    /// A body that fits an operation, more or less.
    func someBody(_ operation: Operation, _ random: inout Generator) -> [UInt8] {
        var writer = Writer()
        let number = UInt32.random(in: 0..<40, using: &random)
        switch operation {
        case .path:
            let opened = FileOpened(
                handle: handle(number), access: [.read, .write], flags: [], status: status(number % 2 == 0 ? .directory : .regular))
            switch number % 4 {
            case 0, 1: writer.value(PathResult.opened(files, opened))
            case 2: writer.value(PathResult.target(text("target")))
            default: writer.value(PathResult.descriptor(Descriptor(rawValue: number % 8)))
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
        case .wait: writer.value(WaitResult(process: .initial, end: ProcessEnd(kind: .exited, code: 1)))
        default: writer.raw([UInt8](repeating: UInt8(number), count: Int(number)))
        }
        return writer.bytes
    }

    /// A message that may arrive: an answer to what was asked, a notice, or bytes.
    func someMessage(_ scene: Scene, _ random: inout Generator) -> (ConnectionID, [UInt8]) {
        let connection = ConnectionID(rawValue: UInt32.random(in: 0..<4, using: &random))
        var message: [UInt8]
        var on = connection
        switch UInt8.random(in: 0..<10, using: &random) {
        case 0...5 where !scene.libOS.requests.isEmpty:
            let request = scene.libOS.requests[Int.random(in: 0..<scene.libOS.requests.count, using: &random)]
            on = request.connection
            if Bool.random(using: &random) || Bool.random(using: &random) {
                message = Message.reply(request.operation, id: request.id, RawBytes(someBody(request.operation, &random)))
            } else {
                let error = Errno.allCases.filter { $0 != .brokenPipe }.randomElement(using: &random) ?? .ioError
                message = Message.failure(request.operation, id: request.id, error, reason: text("why"))
            }
        case 6:
            message = Message.notice(
                .ready, Ready(handle: handle(UInt32.random(in: 9..<14, using: &random)), events: .readable, sequence: 1))
        case 7:
            message = Message.notice(.signal, SignalNotice(signal: Signal(rawValue: UInt8.random(in: 1...64, using: &random)) ?? .hangUp))
            on = .resourceManager
        case 8: message = Message.notice(Bool.random(using: &random) ? .last : .parentChanged, RawBytes([1, 0, 0, 0]))
        default: message = (0..<Int.random(in: 0..<90, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
        // A share of them is damaged.
        if UInt8.random(in: 0..<3, using: &random) == 0, !message.isEmpty {
            for _ in 0..<UInt8.random(in: 1...4, using: &random) {
                message[Int.random(in: 0..<message.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if Bool.random(using: &random) { message.removeLast(Int.random(in: 0..<message.count, using: &random)) }
        }
        return (on, message)
    }

    func freshScene() throws -> Scene {
        var scene = try Scene()
        _ = scene.put(path: "some/file")
        scene.put(vectors: [(5000, 7), (6000, 20)], 200)
        var subscriptions = Writer()
        for index in 0..<8 {
            subscriptions.u64(UInt64(index))
            subscriptions.u64(UInt64(index % 3))
            subscriptions.u64(UInt64(index % 4))
            subscriptions.u64(UInt64(index) * 1_000_000)
            subscriptions.u64(0)
            subscriptions.u64(0)
        }
        scene.put(subscriptions.bytes, 1000)
        var block = Writer()
        block.value(SpawnBlock(arguments: [ByteString("x")]))
        scene.put(block.bytes, 1800)
        return scene
    }

    @Test(arguments: UInt64(1)...10) func randomInputs(_ seed: UInt64) throws {
        var random = Generator(state: seed)
        var scene = try freshScene()
        var restarts = 0
        for step in 0..<10_000 {
            if !scene.libOS.isRunning {
                scene = try freshScene()
                restarts += 1
            }
            if step % 3 == 0 { someCall(&scene, &random) }
            let (connection, message) = someMessage(scene, &random)
            scene.libOS.deliver(connection, message, host: &scene.host)
            for id in Int32(0)..<3 { _ = scene.libOS.resume(ThreadID(rawValue: id)) }
            if step % 50 == 0 {
                scene.host.now += 1_000_000
                scene.libOS.timer(host: &scene.host)
            }
            scene.host.sent.removeAll(keepingCapacity: true)
            #expect(scene.libOS.requests.count <= LibOS.requestLimit)
            #expect(scene.libOS.threads.count <= 3)
            if step % 500 == 0 { try checkTable(scene.libOS.table) }
        }
        #expect(restarts < 100)
    }

    @Test(arguments: UInt64(1)...5) func randomInputsWhileLoading(_ seed: UInt64) throws {
        var random = Generator(state: seed &+ 1000)
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
        var random = Generator(state: seed &+ 77)
        var scene = try freshScene()
        var other = scene
        for step in 0..<600 {
            if !scene.libOS.isRunning { break }
            if step % 3 == 0 {
                var copy = random
                someCall(&scene, &random)
                someCall(&other, &copy)
            }
            let (connection, message) = someMessage(scene, &random)
            scene.libOS.deliver(connection, message, host: &scene.host)
            other.libOS.deliver(connection, message, host: &other.host)
            for id in Int32(0)..<3 {
                #expect(scene.libOS.resume(ThreadID(rawValue: id)) == other.libOS.resume(ThreadID(rawValue: id)))
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
        var random = Generator(state: 5)
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
        let size = UInt64(Limits.transfer * 3)
        scene.libOS.deliver(
            .resourceManager, Message.request(.startProgram, id: RequestID(rawValue: 7), Scene.order(descriptors: [], imageSize: size)),
            host: &scene.host)
        let reads = scene.host.sent.filter { $0.header.operation == .read }
        scene.answer(reads[2], RawBytes([UInt8](repeating: 3, count: Limits.transfer)))
        var writer = Writer()
        scene.libOS.encode(into: &writer)
        var reader = Reader(writer.bytes)
        scene.libOS = try LibOS(decoding: &reader)
        scene.answer(reads[0], RawBytes([UInt8](repeating: 1, count: Limits.transfer)))
        scene.answer(reads[1], RawBytes([UInt8](repeating: 2, count: Limits.transfer)))
        #expect(scene.host.imageEnded)
        #expect(scene.host.image.count == Int(size))
        #expect([scene.host.image[0], scene.host.image[Limits.transfer], scene.host.image[2 * Limits.transfer]] == [1, 2, 3])
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
