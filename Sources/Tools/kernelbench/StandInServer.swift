import ABI
import Pipe
import ServerKit
import TmpFS

/// A driver of the benchmark's system: a real core under any driver's name, so that every walk is one in a real tree.
struct StandInServer {
    private enum Core {
        case files(ServerReactor<TmpFS>)
        case pipes(ServerReactor<PipeDriver>)
        /// It registers, and is never asked.
        case terminals
    }

    let hart: UInt32
    private let name: [UInt8]
    private var core: Core
    private var inputs: [Input] = []
    /// What was prepared before any input of the system.
    private var early: [Effect] = []

    /// Inputs that it has not taken yet.
    var waiting: Int { inputs.count }

    init(_ order: CreateHart) {
        hart = order.hart.rawValue
        name = order.module
        let start = Input.start(
            Start(realTime: Nanoseconds(rawValue: 1), entropy: [UInt8](0..<32), configuration: order.configuration))
        switch String(decoding: order.module, as: UTF8.self) {
        case "tty":
            core = .terminals
            let registration = Register(name: order.module, service: .terminal, majors: [.terminal])
            early = [
                .send(.resourceManager, Message.request(.register, id: RequestID(rawValue: 1), replySpace: 256, registration))
            ]
        case "pipe":
            core = .pipes(ServerReactor(PipeDriver()))
            inputs = [start]
        default:
            core = .files(ServerReactor(TmpFS()))
            // It keeps file system 1 from its start, as netfs and devfs do.
            let isProvided = order.module != Array("tmpfs".utf8)
            inputs = [start]
            if isProvided { prepare(order.module == Array("netfs".utf8) ? ["/dev", "/tmp", "/home", "/mnt", "/bin"] : []) }
        }
    }

    /// Makes file system 1 with directories and a program.
    private mutating func prepare(_ directories: [StaticString]) {
        add(management(.createFileSystem, CreateFileSystem(options: [], credentials: .superuser)))
        for directory in directories { add(walk(directory, .makeDirectory(0o777))) }
        guard !directories.isEmpty else { return }
        let program = OpenFile(access: .write, open: .create, mode: 0o755)
        add(walk("/bin/init", .open(program)))
    }

    private func walk(_ path: StaticString, _ operation: FinalOperation) -> Input {
        management(
            .walk,
            Walk(
                fileSystem: FileSystemID(rawValue: 1), start: .root, flags: .followLast, depth: 0, linksLeft: 40,
                path: ByteString(path).bytes, credentials: .superuser, process: .nobody, operation: operation))
    }

    private func management(_ operation: ABI.Operation, _ body: some Wire) -> Input {
        .message(.resourceManager, Message.request(operation, id: RequestID(rawValue: UInt32.max), body))
    }

    /// Adds an input.
    mutating func add(_ input: Input) { inputs.append(input) }

    /// Takes all inputs that are there.
    mutating func takeAll(now: Nanoseconds) -> [Effect] {
        let round = inputs
        inputs = []
        let before = early
        early = []
        switch core {
        case .terminals: return before
        case .files(var reactor):
            core = .terminals
            defer { core = .files(reactor) }
            return reactor.take(round, now: now)
        case .pipes(var reactor):
            core = .terminals
            defer { core = .pipes(reactor) }
            return reactor.take(round, now: now)
        }
    }

    /// A message of the core as one of the driver that it stands in for. What it was prepared with has no answer that resmgr waits for.
    func renamed(_ message: [UInt8]) -> [UInt8]? {
        var reader = Reader(message)
        guard let header = try? Header(from: &reader) else { return nil }
        if header.kind == .reply && header.request.rawValue == .max { return nil }
        guard header.operation == .register, case .files = core, let registration = try? Register(from: &reader) else { return message }
        return Message.request(
            .register, id: header.request, replySpace: 256,
            Register(name: name, service: registration.service, majors: registration.majors))
    }
}
