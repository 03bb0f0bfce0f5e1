import ABI
import ServerKit
import TestSupport
import Testing

@testable import Pipe
@testable import TTY

/// Makes messages that are nearly right: real operations and handles, random fields, sometimes cut or flipped.
struct MessageFuzzer {
    var random: Seeded
    var nextRequest: UInt32 = 1
    /// The last requests of each process: what a cancel is for.
    private var asked: [UInt32: [UInt32]] = [:]
    /// Who speaks; 0 is resmgr.
    private var sender: UInt32 = 0
    /// What the last message was made for.
    private(set) var operation = ABI.Operation.last
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
            let count = [0, 1, 100, 4096, 4097, 30_000, 60_000, 60_000][number(0..<8)]
            let byte = UInt8(number(0..<256))
            writer.value(Write(handle: handle(), position: position(), data: [UInt8](repeating: byte, count: count)))
        case .close, .status, .sync, .getTerminalAttributes, .getWindowSize, .getForegroundGroup, .getTerminalSession, .getPseudoTerminal:
            writer.value(OneHandle(handle: handle()))
        case .setSize: writer.value(SetSize(handle: handle(), size: random.next()))
        case .allocate: writer.value(Allocate(handle: handle(), offset: random.next(), length: random.next()))
        case .readDirectory: writer.value(ReadDirectory(handle: handle(), cookie: 0, count: 100))
        case .poll: writer.value(Poll(handle: handle(), events: PollEvents(rawValue: UInt16(number(0..<16)))))
        case .setDescriptionFlags: writer.value(SetDescriptionFlags(handle: handle(), flags: flags()))
        case .seek: writer.value(Seek(handle: handle(), offset: Int64(number(-5..<5)), whence: .current))
        case .setTimes: writer.value(SetTimes(handle: handle(), times: TimeChange(access: .now, modification: .keep)))
        case .share:
            var list: [Handle] = []
            for _ in 0..<number(0..<4) { list.append(handle()) }
            writer.value(Share(from: process(), to: process(), handles: list))
        case .drop: writer.value(Drop(process: process(), handles: [handle()]))
        case .openDevice:
            // Consoles, numbers that pairs may have, and masters.
            let minors = [0, 1, 1, 2, 5, 5, 6, 7]
            var open = Bench.open(UInt32(number(1..<5)), [.read, .write], flags(), minor: UInt32(minors[number(0..<minors.count)]))
            open.node.major = .none
            if number(0..<8) == 0 { (open.major, open.minor) = (.controllingTerminal, 2) }
            writer.value(open)
        case .controlTerminal:
            writer.value(handle())
            // Half of them unlock: most are asked of no master.
            writer.u8(number(0..<2) == 0 ? 9 : UInt8(number(0..<11)))
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
        case .cancel:
            let recent = asked[sender] ?? []
            writer.value(Cancel(request: RequestID(rawValue: recent.isEmpty ? nextRequest : random.pick(recent))))
        case .processGone: writer.value(ProcessGone(process: process()))
        case .groupSignaled:
            let group = ProcessGroupID(rawValue: Int32(number(0..<3)))
            writer.value(GroupSignaled(group: group, ended: number(0..<4) == 0 ? [process()] : []))
        default: writer.raw(random.bytes(number(0..<30)))
        }
        return writer.bytes
    }

    /// A message out of `operations`: one that makes sense, or so many times of a hundred one that is damaged or none at all. (A
    /// process that breaks the protocol loses all it has, so that most should keep it.)
    mutating func message(_ operations: [ABI.Operation], from sender: UInt32, broken: Int) -> [UInt8] {
        self.sender = sender
        if random.below(200) < broken { return random.bytes(number(0..<200)) }
        let choices = number(0..<50) == 0 ? ABI.Operation.allCases : operations
        operation = choices[number(0..<choices.count)]
        let isNotice = [.cancel, .drop, .processGone, .groupSignaled, .last, .ready].contains(operation)
        var bytes: [UInt8]
        if isNotice {
            bytes = Message.notice(operation, RawBytes(body(operation)))
        } else {
            bytes = Message.request(
                operation, id: RequestID(rawValue: nextRequest), replySpace: [0, 16, 16, 4096, 4096, 9000, 9000][number(0..<7)],
                RawBytes(body(operation)))
            asked[sender] = (asked[sender] ?? []).suffix(5) + [nextRequest]
            nextRequest += random.below(200) < broken ? 0 : 1
        }
        guard random.below(100) < broken else { return bytes }
        switch number(0..<4) {
        case 0: bytes.removeLast(number(0..<bytes.count))
        case 1: bytes.append(0)
        default: bytes[number(0..<bytes.count)] ^= UInt8(1 << number(0..<8))
        }
        return bytes
    }
}

@Suite struct FuzzTests {
    /// What a process may ask of either driver.
    static let handleOperations: [ABI.Operation] = [
        .read, .read, .write, .write, .write, .close, .poll, .status, .setDescriptionFlags, .cancel, .cancel, .seek, .setTimes, .setSize,
        .allocate, .readDirectory, .sync,
    ]
    static let terminalOperations: [ABI.Operation] = [
        .setTerminalAttributes, .getTerminalAttributes, .setWindowSize, .getWindowSize, .setForegroundGroup, .getForegroundGroup,
        .controlTerminal, .controlTerminal, .getTerminalSession, .getPseudoTerminal,
    ]

    /// Sends random messages of five processes, the last of which mostly talks nonsense, and of resmgr; a faulted process comes
    /// back. At the end all are gone, and nothing is left of them.
    static func run<Logic: Server & Checkpointable>(
        _ logic: Logic, seed: UInt64, process operations: [ABI.Operation], manager: [ABI.Operation],
        handles: (Logic) -> [(owner: ProcessIdentity, handle: Handle)],
        device: (inout MessageFuzzer, inout Harness<Logic>) -> Void
    ) throws -> Harness<Logic> {
        var fuzzer = MessageFuzzer(Run.seed &+ seed)
        var harness = Harness(logic)
        // Request numbers repeat here.
        harness.checksReplies = false
        var messages = 0
        var round = 0
        while messages < Run.messages {
            for process in UInt32(1)...5 where !harness.reactor.isConnected(identity(process)) { harness.connect(process) }
            // In every state that the messages lead to, the driver can be written down and goes on.
            if round % 101 == 0 { try harness.restore() }
            round += 1
            harness.now += UInt64(fuzzer.number(0..<50_000_000))
            let present = handles(harness.reactor.logic)
            fuzzer.present = present.isEmpty ? nil : present[fuzzer.number(0..<present.count)]
            switch fuzzer.number(0..<200) {
            case 0...149:
                let owner = fuzzer.number(0..<10) == 0 ? nil : fuzzer.present?.owner.index
                let process = owner ?? UInt32(fuzzer.number(1..<6))
                harness.message(fuzzer.message(operations, from: process, broken: process == 5 ? 50 : 0), from: process)
                messages += 1
            case 150...168:
                harness.message(fuzzer.message(manager, from: 0, broken: 2), from: 0)
                messages += 1
                // A notice has no answer; its effect shows.
                if fuzzer.operation == .drop && handles(harness.reactor.logic).count < present.count { harness.coverage.note("drop", nil) }
            case 169 where fuzzer.random.chance(30):
                let process = UInt32(fuzzer.number(1..<5))
                if fuzzer.number(0..<2) == 0 {
                    harness.input(.disconnected(ConnectionID(rawValue: process)))
                } else {
                    harness.gone(process)
                }
            case 170...174: harness.input(.timer)
            default: device(&fuzzer, &harness)
            }
        }
        leave(&harness, handles(harness.reactor.logic))
        return harness
    }

    /// All processes are over.
    private static func leave<Logic: Server>(_ harness: inout Harness<Logic>, _ handles: [(owner: ProcessIdentity, handle: Handle)]) {
        // A damaged request may have named any process.
        for (owner, _) in handles {
            harness.message(Message.notice(.processGone, ProcessGone(process: owner)), from: 0)
        }
        for process in UInt32(1)...5 {
            harness.message(Message.notice(.processGone, ProcessGone(process: identity(process))), from: 0)
        }
        #expect(harness.reactor.connectionCount == 0)
        // resmgr itself asks for nothing that could wait.
        #expect(harness.reactor.pendingCount == 0)
        let counters = harness.reactor.counters
        #expect(counters.requests == counters.answers + counters.abandoned && counters.unanswered == 0)
        #expect(counters.answers > 0 && counters.abandoned > 0)
    }

    @Test func thePipeDriverBearsAnything() throws {
        let harness = try Self.run(
            PipeDriver(), seed: 11,
            process: Self.handleOperations + Self.handleOperations + Self.terminalOperations + [.createPipe, .createPipe, .createPipe],
            manager: [.share, .share, .share, .share, .drop, .drop, .processGone, .setControllingTerminal, .counters],
            handles: { $0.handles.all.map { ($0.owner, $0.handle) } }, device: { _, _ in })
        #expect(harness.reactor.logic.pipeCount == 0)
        #expect(harness.reactor.logic.handleCount == 0)
        #expect(harness.reactor.logic.waitingCount == 0)
        #expect(harness.reactor.logic.armedCount == 0)
        let gaps = harness.coverage.gaps(
            served: [
                "createPipe", "read", "write", "close", "poll", "status", "setDescriptionFlags", "setTimes", "share", "drop", "counters",
            ],
            refused: [
                ("seek", .illegalSeek), ("allocate", .illegalSeek), ("setSize", .invalidArgument), ("sync", .invalidArgument),
                ("readDirectory", .notDirectory), ("getTerminalAttributes", .inappropriateIOControl),
                ("setTerminalAttributes", .inappropriateIOControl), ("getWindowSize", .inappropriateIOControl),
                ("setWindowSize", .inappropriateIOControl), ("getForegroundGroup", .inappropriateIOControl),
                ("setForegroundGroup", .inappropriateIOControl), ("setControllingTerminal", .inappropriateIOControl),
                // Some waited and were cancelled, or waited and lost what they waited for.
                ("read", .interrupted), ("write", .brokenPipe), ("read", .resourceTemporarilyUnavailable),
            ])
        #expect(gaps == [])
    }

    @Test func theTerminalDriverBearsAnything() throws {
        let harness = try Self.run(
            TerminalDriver(), seed: 12, process: Self.handleOperations + Self.terminalOperations,
            manager: [
                .openDevice, .openDevice, .openDevice, .share, .share, .drop, .processGone, .foreground, .setControllingTerminal,
                .groupSignaled, .counters,
            ],
            handles: { $0.handles.all.map { ($0.owner, $0.handle) } },
            device: { fuzzer, harness in
                // Few pairs at a time: each keeps much output, and all is written down again and again.
                if harness.reactor.logic.pairCount > 4 { harness.gone(UInt32(fuzzer.number(1..<6))) }
                // resmgr confirms every signal.
                for notice in harness.notices where notice.operation == .signalGroup {
                    var reader = Reader(notice.body)
                    guard let signal = try? SignalGroup(from: &reader) else { continue }
                    harness.confirm(group: signal.group.rawValue, ended: fuzzer.number(0..<8) == 0 ? [1] : [])
                }
                harness.notices = []
                // resmgr answers every question, in order.
                let questions = harness.questions
                harness.questions = []
                for id in questions {
                    let answer = fuzzer.number(0..<3) == 0 ? BackgroundAnswer.allCases[fuzzer.number(0..<3)] : .ignored
                    harness.message(Message.reply(.backgroundAccess, id: id, answer), from: 0)
                }
                switch fuzzer.number(0..<7) {
                case 0: harness.input(.device(DeviceMessage(.consoleInput, bytes: Array("\u{11}line\r\n".utf8)).encoded))
                case 1...2:
                    let bytes = fuzzer.random.bytes(fuzzer.number(0..<200))
                    harness.input(.device(DeviceMessage(.consoleInput, bytes: bytes).encoded))
                case 3: harness.input(.device(fuzzer.random.bytes(fuzzer.number(0..<20))))
                case 4: harness.input(.device(DeviceMessage(.consoleSize, bytes: fuzzer.random.bytes(fuzzer.number(7..<10))).encoded))
                default:
                    for call in harness.calls where call.operation == .consoleWrite {
                        harness.input(.device(DeviceMessage(.consoleWrite, token: call.token).encoded))
                    }
                    harness.calls = []
                }
            })
        #expect(harness.reactor.logic.descriptionCount == 0)
        #expect(harness.reactor.logic.handleCount == 0)
        #expect(harness.reactor.logic.waitingCount == 0)
        #expect(harness.reactor.logic.armedCount == 0)
        #expect(harness.reactor.logic.pairCount <= 8, "only a session, of which there are eight, keeps the number of a pair")
        let gaps = harness.coverage.gaps(
            served: [
                "openDevice", "read", "write", "close", "poll", "status", "setDescriptionFlags", "share", "getTerminalAttributes",
                "setTerminalAttributes", "getWindowSize", "setWindowSize", "getForegroundGroup", "setForegroundGroup", "foreground",
                "setControllingTerminal", "drop", "counters", "controlTerminal", "getTerminalSession", "getPseudoTerminal",
            ],
            refused: [
                // Of pairs: one that is locked, one that was hung up.
                ("openDevice", .ioError), ("write", .ioError), ("getPseudoTerminal", .inappropriateIOControl),
                ("seek", .illegalSeek), ("allocate", .illegalSeek), ("setSize", .invalidArgument), ("setTimes", .notSupported),
                ("sync", .invalidArgument), ("readDirectory", .notDirectory), ("read", .interrupted),
                ("setTerminalAttributes", .interrupted), ("read", .resourceTemporarilyUnavailable),
            ])
        #expect(gaps == [])
    }
}
