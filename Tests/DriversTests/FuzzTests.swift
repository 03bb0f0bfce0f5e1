import ABI
import ServerKit
import Testing

@testable import Pipe
@testable import TTY

/// Makes messages that are nearly right: real operations and handles, random fields, sometimes cut or flipped.
struct MessageFuzzer {
    var random: Seeded
    var nextRequest: UInt32 = 1
    /// A handle that exists, and its owner.
    var present: (owner: ProcessIdentity, handle: Handle)?

    init(_ seed: UInt64) { random = Seeded(seed) }

    mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }

    mutating func handle() -> Handle {
        if let present, number(0..<10) != 0 { return present.handle }
        return Handle(index: UInt32(number(0..<12)), generation: UInt32(number(1..<6)))
    }

    mutating func position() -> Position { number(0..<10) == 0 ? .explicit(random.next()) : .shared }

    mutating func process() -> ProcessIdentity {
        if let present, number(0..<2) == 0 { return present.owner }
        return identity(UInt32(number(1..<5)))
    }

    mutating func flags() -> DescriptionFlags {
        [[], [], .nonBlocking, DescriptionFlags(rawValue: UInt16(number(0..<65536)))][number(0..<4)]
    }

    mutating func attributes() -> TerminalAttributes {
        var attributes = TerminalAttributes.standard
        if number(0..<2) == 0 { attributes.local ^= 1 << UInt32(number(0..<17)) }
        if number(0..<2) == 0 { attributes.input ^= 1 << UInt32(number(0..<15)) }
        if number(0..<2) == 0 { attributes.output ^= 1 << UInt32(number(0..<15)) }
        if number(0..<2) == 0 { attributes.controlCharacters[number(0..<17)] = UInt8(number(0..<256)) }
        return attributes
    }

    mutating func body(_ operation: ABI.Operation) -> [UInt8] {
        var writer = Writer()
        switch operation {
        case .createPipe: writer.value(CreatePipe(flags: flags()))
        case .read: writer.value(Read(handle: handle(), position: position(), count: UInt32(number(0..<9000))))
        case .write:
            let count = [0, 1, 100, 4096, 4097, 30_000][number(0..<6)]
            let byte = UInt8(number(0..<256))
            writer.value(Write(handle: handle(), position: position(), data: [UInt8](repeating: byte, count: count)))
        case .close, .status, .sync, .getTerminalAttributes, .getWindowSize, .getForegroundGroup:
            writer.value(OneHandle(handle: handle()))
        case .poll: writer.value(Poll(handle: handle(), events: PollEvents(rawValue: UInt16(number(0..<16)))))
        case .setDescriptionFlags: writer.value(SetDescriptionFlags(handle: handle(), flags: flags()))
        case .seek: writer.value(Seek(handle: handle(), offset: Int64(number(-5..<5)), whence: .current))
        case .setTimes: writer.value(SetTimes(handle: handle(), times: TimeChange(access: .now, modification: .keep)))
        case .share:
            var list: [Handle] = []
            for _ in 0..<number(0..<4) { list.append(handle()) }
            writer.value(Share(from: process(), to: process(), handles: list))
        case .drop: writer.value(Drop(process: process(), handles: [handle()]))
        case .openDevice: writer.value(Bench.open(UInt32(number(1..<5)), [.read, .write], flags(), minor: UInt32(number(0..<3))))
        case .setTerminalAttributes:
            let action = AttributeAction.allCases[number(0..<3)]
            writer.value(SetTerminalAttributes(handle: handle(), action: action, attributes: attributes()))
        case .setWindowSize:
            let size = WindowSize(rows: UInt16(number(0..<3)), columns: 80, width: 0, height: 0)
            writer.value(SetWindowSize(handle: handle(), size: size))
        case .setForegroundGroup:
            writer.value(SetForegroundGroup(handle: handle(), group: ProcessGroupID(rawValue: Int32(number(-1..<5)))))
        case .foreground:
            writer.value(
                Foreground(session: SessionID(rawValue: Int32(number(6..<9))), group: ProcessGroupID(rawValue: Int32(number(-1..<3)))))
        case .setControllingTerminal:
            writer.value(
                SetControllingTerminal(
                    process: process(), handle: handle(), session: SessionID(rawValue: Int32(number(0..<9))),
                    group: ProcessGroupID(rawValue: Int32(number(0..<3)))))
        case .cancel: writer.value(Cancel(request: RequestID(rawValue: nextRequest - min(nextRequest, UInt32(number(0..<20))))))
        case .processGone: writer.value(ProcessGone(process: process()))
        case .groupSignaled:
            let group = ProcessGroupID(rawValue: Int32(number(0..<3)))
            writer.value(GroupSignaled(group: group, ended: number(0..<4) == 0 ? [process()] : []))
        default: for _ in 0..<number(0..<30) { writer.u8(UInt8(number(0..<256))) }
        }
        return writer.bytes
    }

    /// A message as process `number` (0: resmgr) would send it.
    mutating func message(_ operations: [ABI.Operation], from sender: UInt32) -> [UInt8] {
        let choices = number(0..<50) == 0 ? ABI.Operation.allCases : operations
        let operation = choices[number(0..<choices.count)]
        let isNotice = [.cancel, .drop, .processGone, .groupSignaled, .last, .ready].contains(operation)
        var bytes: [UInt8]
        if isNotice {
            bytes = Message.notice(operation, RawBytes(body(operation)))
        } else {
            bytes = Message.request(
                operation, id: RequestID(rawValue: nextRequest), replySpace: [0, 16, 4096, 9000][number(0..<4)], RawBytes(body(operation)))
            nextRequest += number(0..<100) == 0 ? 0 : 1
        }
        switch number(0..<200) {
        case 0: bytes.removeLast(number(0..<bytes.count))
        case 1: bytes[number(0..<bytes.count)] ^= UInt8(1 << number(0..<8))
        case 2: bytes.append(0)
        default: break
        }
        return bytes
    }
}

@Suite struct FuzzTests {
    /// 100,000, or a tenth that rotates with the seed.
    static let messages = Run.isLong ? 100_000 : 10_000
    /// What must have succeeded, per 100,000 messages.
    static func share(_ count: Int) -> Int { count * messages / 100_000 }
    static let handleOperations: [ABI.Operation] = [
        .read, .read, .write, .write, .write, .close, .poll, .status, .setDescriptionFlags, .cancel, .cancel, .seek, .setTimes,
    ]

    /// Sends random messages of four processes and resmgr; a faulted process comes back. At the end all are gone.
    static func run<Logic: Server & Checkpointable>(
        _ logic: Logic, seed: UInt64, process operations: [ABI.Operation], manager: [ABI.Operation],
        handles: (Logic) -> [(owner: ProcessIdentity, handle: Handle)],
        device: (inout MessageFuzzer, inout Harness<Logic>) -> Void
    ) throws -> Harness<Logic> {
        var fuzzer = MessageFuzzer(Run.seed &+ seed)
        var harness = RawHarness(Harness(logic))
        for process in UInt32(1)...4 { harness.inner.connect(process) }
        for round in 0..<messages {
            // In every state that the messages lead to, the driver can be written down and goes on.
            if round % 101 == 0 { try harness.inner.restore() }
            harness.inner.now += UInt64(fuzzer.number(0..<50_000_000))
            let present = handles(harness.inner.reactor.logic)
            fuzzer.present = present.isEmpty ? nil : present[fuzzer.number(0..<present.count)]
            switch fuzzer.number(0..<200) {
            case 0...149:
                let owner = fuzzer.number(0..<10) == 0 ? nil : fuzzer.present?.owner.index
                let process = owner ?? UInt32(fuzzer.number(1..<5))
                harness.send(fuzzer.message(operations, from: process), from: process)
            case 150...168: harness.send(fuzzer.message(manager, from: 0), from: 0)
            case 169:
                let process = UInt32(fuzzer.number(1..<5))
                harness.inner.input(.disconnected(ConnectionID(rawValue: process)))
            case 170...174: harness.inner.input(.timer)
            default: device(&fuzzer, &harness.inner)
            }
            for process in UInt32(1)...4 where !harness.isConnected(process) { harness.inner.connect(process) }
        }
        for process in UInt32(1)...4 {
            harness.inner.message(Message.notice(.processGone, ProcessGone(process: identity(process))), from: 0)
        }
        return harness.inner
    }

    /// Counts replies itself: request numbers repeat here.
    struct RawHarness<Logic: Server> {
        var inner: Harness<Logic>
        init(_ inner: Harness<Logic>) {
            self.inner = inner
            self.inner.checksReplies = false
        }
        mutating func send(_ bytes: [UInt8], from number: UInt32) { inner.message(bytes, from: number) }
        func isConnected(_ number: UInt32) -> Bool { inner.reactor.isConnected(identity(number)) }
    }

    @Test func thePipeDriverBearsAnything() throws {
        let harness = try Self.run(
            PipeDriver(), seed: 11, process: Self.handleOperations + [.createPipe, .createPipe],
            manager: [.share, .share, .share, .drop, .processGone],
            handles: { $0.handles.all.map { ($0.owner, $0.handle) } }, device: { _, _ in })
        #expect(harness.reactor.pendingCount == 0)
        #expect(harness.reactor.connectionCount == 0)
        #expect(harness.reactor.logic.pipeCount == 0)
        #expect(harness.reactor.logic.handleCount == 0)
        #expect(harness.reactor.logic.waitingCount == 0)
        #expect(harness.reactor.logic.armedCount == 0)
        // It must have been more than refusals.
        #expect(harness.successes[.read, default: 0] > Self.share(1000))
        #expect(harness.successes[.write, default: 0] > Self.share(1000))
        #expect(harness.successes[.share, default: 0] > Self.share(300))
    }

    @Test func theTerminalDriverBearsAnything() throws {
        let harness = try Self.run(
            TerminalDriver(), seed: 12,
            process: Self.handleOperations + [
                .setTerminalAttributes, .getTerminalAttributes, .setWindowSize, .getWindowSize, .setForegroundGroup, .getForegroundGroup,
            ],
            manager: [
                .openDevice, .openDevice, .openDevice, .share, .share, .drop, .processGone, .foreground, .setControllingTerminal,
                .groupSignaled,
            ],
            handles: { $0.handles.all.map { ($0.owner, $0.handle) } },
            device: { fuzzer, harness in
                // resmgr confirms every signal.
                for notice in harness.notices where notice.operation == .signalGroup {
                    var reader = Reader(notice.body)
                    guard let signal = try? SignalGroup(from: &reader) else { continue }
                    harness.confirm(group: signal.group.rawValue, ended: fuzzer.number(0..<8) == 0 ? [1] : [])
                }
                harness.notices = []
                switch fuzzer.number(0..<6) {
                case 0: harness.input(.device(DeviceMessage(.consoleInput, bytes: Array("\u{11}line\r\n".utf8)).encoded))
                case 1...2:
                    let bytes = (0..<fuzzer.number(0..<200)).map { _ in UInt8(fuzzer.number(0..<256)) }
                    harness.input(.device(DeviceMessage(.consoleInput, bytes: bytes).encoded))
                case 3: harness.input(.device((0..<fuzzer.number(0..<20)).map { _ in UInt8(fuzzer.number(0..<256)) }))
                default:
                    for call in harness.calls where call.operation == .consoleWrite {
                        harness.input(.device(DeviceMessage(.consoleWrite, token: call.token).encoded))
                    }
                    harness.calls = []
                }
            })
        #expect(harness.reactor.connectionCount == 0)
        // resmgr itself holds nothing that could wait.
        #expect(harness.reactor.pendingCount == 0)
        #expect(harness.reactor.logic.descriptionCount == 0)
        #expect(harness.reactor.logic.handleCount == 0)
        #expect(harness.reactor.logic.waitingCount == 0)
        #expect(harness.reactor.logic.armedCount == 0)
        #expect(harness.successes[.read, default: 0] > Self.share(300))
        #expect(harness.successes[.write, default: 0] > Self.share(200))
        #expect(harness.successes[.setTerminalAttributes, default: 0] > Self.share(100))
        #expect(harness.successes[.share, default: 0] > Self.share(300))
    }
}
