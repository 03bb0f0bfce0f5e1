import ABI
import Testing

@testable import LibOS

/// The start: the order, the image, the answer.
@Suite struct StartTests {
    /// The image's byte at an offset.
    static func byte(_ offset: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: offset &* 31 &+ offset >> 11) }

    func begin(_ start: StartProgram) -> Scene {
        var scene = Scene(idle: ())
        scene.libOS.deliver(.resourceManager, Message.request(.startProgram, id: RequestID(rawValue: 7), start), host: &scene.host)
        return scene
    }

    func data(_ sent: FakeHost.Sent, _ limit: UInt32 = .max) throws -> RawBytes {
        let read = try sent.body(Read.self)
        guard case .explicit(let offset) = read.position else { throw Errno.invalidArgument }
        return RawBytes((0..<UInt64(min(read.count, limit))).map { StartTests.byte(offset + $0) })
    }

    @Test(arguments: [1, 2, 3]) func theImageComesInOrderWhateverTheAnswers(_ order: Int) throws {
        let size = ImageLoad.piece * 6 + 1234
        var scene = begin(Scene.order(descriptors: [], imageSize: size))
        scene.host.credit = 4
        #expect(scene.host.imageSize == size)
        #expect(scene.host.sent.count == 4)
        var waiting = scene.host.sent
        var seen = scene.host.sent.count
        var step = 0
        while !waiting.isEmpty {
            step += 1
            let index = order == 1 ? 0 : order == 2 ? waiting.count - 1 : step * 7 % waiting.count
            let sent = waiting.remove(at: index)
            #expect(sent.header.operation == .read)
            // Every third answer is short.
            scene.answer(sent, try data(sent, step % 3 == 0 ? 5000 : .max))
            let reads = scene.host.sent[seen...].filter { $0.header.operation == .read }
            seen = scene.host.sent.count
            waiting += reads
            #expect(waiting.count <= 4)
            if step > 40 { break }
        }
        #expect(scene.host.image.count == Int(size))
        #expect(scene.host.image.indices.allSatisfy { scene.host.image[$0] == StartTests.byte(UInt64($0)) })
        #expect(scene.host.imageEnded)
        #expect(try scene.asked(.close, OneHandle.self, on: files).handle == handle(99))
        scene.libOS.imageResult(nil, reason: [], host: &scene.host)
        let answer = try scene.last
        #expect(answer.connection == .resourceManager && answer.header.kind == .reply && answer.header.operation == .startProgram)
        #expect(answer.header.request == RequestID(rawValue: 7) && answer.header.argument == 0)
        #expect(scene.libOS.isRunning)
    }

    @Test func theWindowFitsTheCredits() throws {
        let scene = begin(Scene.order(descriptors: [], imageSize: UInt64(Limits.image)))
        var bytes = 0
        for sent in scene.host.sent { bytes += Int(sent.header.argument) + Int(sent.header.payloadLength) }
        #expect(scene.host.sent.count > 1 && scene.host.sent.count <= Limits.credits && bytes <= Limits.creditBytes)
    }

    func failure(_ scene: Scene) throws -> (Errno?, [UInt8]) {
        let answer = try scene.last
        #expect(answer.header.kind == .reply && answer.header.operation == .startProgram)
        return (Errno.decode(answer.header.argument), Array(answer.message[Header.size...]))
    }

    @Test func aReadErrorIsAnswered() throws {
        var scene = begin(Scene.order(descriptors: [], imageSize: 10))
        scene.refuse(try scene.last, .staleFileHandle)
        #expect(try failure(scene) == (.staleFileHandle, text("the image cannot be read")))
        #expect(!scene.libOS.isRunning)
        scene = begin(Scene.order(descriptors: [], imageSize: 10))
        scene.answer(try scene.last, RawBytes([]))
        #expect(try failure(scene).0 == .ioError)
        scene = begin(Scene.order(descriptors: [], imageSize: 10))
        scene.libOS.deliver(files, Message.notice(.last, Nothing()), host: &scene.host)
        #expect(try failure(scene).0 == .ioError)
    }

    @Test func anImageThatDoesNotLinkIsAnswered() throws {
        var scene = begin(Scene.order(descriptors: [], imageSize: 3))
        scene.libOS.imageResult(nil, reason: [], host: &scene.host)
        #expect(!scene.libOS.isRunning)
        scene.answer(try scene.last, RawBytes([1, 2, 3]))
        scene.libOS.imageResult(.execFormatError, reason: text("unknown import a.b"), host: &scene.host)
        #expect(try failure(scene) == (.execFormatError, text("unknown import a.b")))
        #expect(scene.libOS.processExit(thread, 0, host: &scene.host) == pending)
        #expect(!scene.host.ended)
    }

    @Test func insaneOrders() throws {
        var order = Scene.order(imageSize: 0)
        #expect(try failure(begin(order)).0 == .execFormatError)
        order = Scene.order(imageSize: UInt64(Limits.image) + 1)
        #expect(try failure(begin(order)).0 == .execFormatError)
        order = Scene.order(descriptors: [inherited(2, files, 1, .regular), inherited(1, files, 2, .regular)], imageSize: 3)
        #expect(try failure(begin(order)).0 == .invalidArgument)
        order = Scene.order(descriptors: [inherited(2, files, 1, .regular), inherited(2, files, 2, .regular)], imageSize: 3)
        #expect(try failure(begin(order)).0 == .invalidArgument)
        order = Scene.order(descriptors: [inherited(UInt32(Limits.descriptors), files, 1, .regular)], imageSize: 3)
        #expect(try failure(begin(order)).0 == .invalidArgument)
        order = Scene.order(imageSize: 3)
        order.arguments = [ByteString([UInt8](repeating: 0x61, count: Limits.arguments))]
        #expect(try failure(begin(order)).0 == .argumentListTooLong)
        order.arguments = [ByteString([0x61, 0])]
        #expect(try failure(begin(order)).0 == .invalidArgument)
        var scene = Scene(idle: ())
        scene.libOS.deliver(
            .resourceManager, Message.request(.startProgram, id: RequestID(rawValue: 7), RawBytes([1, 2])), host: &scene.host)
        #expect(try failure(scene).0 == .badMessage)
        // On another connection than the resource manager's it is no order.
        scene.libOS.deliver(
            files, Message.request(.startProgram, id: RequestID(rawValue: 7), Scene.order(imageSize: 3)), host: &scene.host)
        #expect(try failure(scene).0 == .functionNotImplemented)
    }

    @Test func aSecondOrderIsRefused() throws {
        var scene = try Scene()
        scene.libOS.deliver(
            .resourceManager, Message.request(.startProgram, id: RequestID(rawValue: 8), Scene.order(imageSize: 3)), host: &scene.host)
        #expect(try failure(scene).0 == .alreadyInProgress)
        #expect(scene.libOS.isRunning)
    }

    @Test func callsBeforeTheStart() {
        var scene = begin(Scene.order(imageSize: 3))
        #expect(scene.libOS.fdClose(thread, 0, host: &scene.host) == code(.notPermitted))
    }

    @Test func argumentsAndEnvironment() throws {
        var scene = try Scene(environment: ["HOSTNAME=nest", "X="])
        #expect(scene.libOS.argumentSizesGet(thread, 300, 304, host: &scene.host) == 0)
        #expect(scene.word(300) == 2 && scene.word(304) == 8)
        #expect(scene.libOS.argumentsGet(thread, 300, 320, host: &scene.host) == 0)
        #expect(scene.word(300) == 320 && scene.word(304) == 325)
        #expect(scene.get(320, 9) == text("true\0-x\0") + [0xAA])
        #expect(scene.libOS.environmentSizesGet(thread, 300, 304, host: &scene.host) == 0)
        #expect(scene.word(300) == 2 && scene.word(304) == 17)
        #expect(scene.libOS.environmentGet(thread, 300, 320, host: &scene.host) == 0)
        #expect(scene.get(320, 17) == text("HOSTNAME=nest\0X=\0"))
        #expect(scene.libOS.systemName(thread, 500, 300, 400, host: &scene.host) == 0)
        let name = scene.get(500, Int(scene.word(400)))
        #expect(name.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }.prefix(3) == ["Martlet", "nest", "0.1"])
        #expect(name.suffix(7) == text("wasm32\0")[...])
        #expect(scene.libOS.systemName(thread, 500, 5, 400, host: &scene.host) == code(.resultTooLarge))
    }

    @Test func clocksAndRandom() throws {
        var scene = try Scene()
        let started = scene.host.now
        scene.host.now += 500
        for (clock, time) in [(UInt32(0), scene.host.real), (1, started + 500), (2, 500), (3, 500)] {
            #expect(scene.libOS.clockTimeGet(thread, clock, 0, 400, host: &scene.host) == 0)
            #expect(scene.word(400, 8) == time)
            #expect(scene.libOS.clockResolutionGet(thread, clock, 400, host: &scene.host) == 0)
            #expect(scene.word(400, 8) == 100_000)
        }
        #expect(scene.libOS.clockTimeGet(thread, 4, 0, 400, host: &scene.host) == code(.invalidArgument))
        #expect(scene.libOS.clockResolutionGet(thread, 4, 400, host: &scene.host) == code(.invalidArgument))
        scene.host.memory = [UInt8](repeating: 0xAA, count: 1 << 18)
        #expect(scene.libOS.randomGet(thread, 1000, 70000, host: &scene.host) == 0)
        #expect(scene.get(1000, 2) == [1, 8] && scene.get(1000 + 65536, 2) == [1, 8] && scene.get(71000, 1) == [0xAA])
        #expect(scene.libOS.randomGet(thread, 1000, 0, host: &scene.host) == 0)
    }
}
