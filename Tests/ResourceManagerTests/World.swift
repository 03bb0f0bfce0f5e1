import ABI
import Processes
import ResourceManager
import ServerKit
import TestSupport
import Testing
import VFS

/// A hart of the fake machine.
final class FakeHart {
    let id: HartID
    let role: HartRole
    let module: String
    let stamp: Stamp
    let configuration: [UInt8]
    let grants: DeviceGrant
    var currentStamp: Stamp
    var isGone = false
    /// Its ends of channels: number and peer.
    var connections: [UInt32: ProcessIdentity] = [:]
    /// The name of each, to check that both ends have the same.
    var names: [UInt32: ChannelName] = [:]
    /// What the libOS was started with.
    var started: StartProgram?
    /// Notices that the libOS or server got.
    var notices: [(ABI.Operation, [UInt8])] = []
    /// Its unanswered requests.
    var asked: Set<UInt32> = []
    /// Numbers of further requests on their way that bear the number of one that is unanswered.
    private var askedAgain: [UInt32] = []
    var answers: [UInt32: (error: Errno?, payload: [UInt8])] = [:]
    var nextRequest: UInt32 = 1

    /// A request of that number is on its way.
    func asks(_ request: UInt32) {
        if !asked.insert(request).inserted { askedAgain.append(request) }
    }

    /// A reply of that number came; `false` if nothing was asked.
    func hears(_ request: UInt32) -> Bool {
        guard asked.remove(request) != nil else { return false }
        if let index = askedAgain.firstIndex(of: request) {
            askedAgain.remove(at: index)
            asked.insert(request)
        }
        return true
    }

    /// By request number: under which name `World.coverage` counts the answer; others count under their operation's.
    var steps: [UInt32: String] = [:]
    var files: FakeFileServer?
    var terminals: FakeTerminals?
    /// Of a server: what it tells when it is asked.
    var counters = Counters()

    init(_ order: CreateHart) {
        id = order.hart
        role = order.role
        module = String(decoding: order.module, as: UTF8.self)
        stamp = order.stamp
        currentStamp = order.stamp
        configuration = order.configuration
        grants = order.grants
    }
}

/// What becomes of a message of resmgr.
enum Treatment {
    case normal
    /// It is never answered.
    case lose
    case fail(Errno)
    /// The hart that it is for dies instead.
    case die
}

/// A whole machine around a resource manager: monitor, harts, servers, libOSes. Messages on one channel keep their order; across
/// channels it is chosen.
final class World {
    var manager = ResourceManager()
    var now: UInt64 = 1_000_000
    var deadline = Nanoseconds.never
    var harts: [UInt32: FakeHart] = [:]
    /// By pid: where its program was started last.
    var hartOfProcess: [Int32: FakeHart] = [:]
    var names: [UInt32: ChannelName] = [:]
    /// The names of all channels up to now, as their two halves.
    var allNames: Set<[UInt64]> = []
    /// Open control channels at resmgr's end.
    var open: Set<UInt32> = [0]
    /// Messages on their way, per connection.
    var outbound: [UInt32: [[UInt8]]] = [:]
    var inbound: [UInt32: [[UInt8]]] = [:]
    var console: [String] = []
    var panic: String?
    var isHalted = false
    var isBooted = false
    var logs: [String] = []
    var created: [String] = []
    /// May change what happens to a message of resmgr; gets the receiver (`nil`: monitor) and the message.
    var treat: (FakeHart?, Header, [UInt8]) -> Treatment = { _, _, _ in .normal }
    var prepare: (FakeFileServer, String) -> Void = { _, _ in }
    /// Modules that never register.
    var silent: Set<String> = []
    var random: Seeded?
    /// How requests of programs were answered.
    var coverage = Coverage()
    /// The invariants are looked at after every so many inputs.
    var checkEvery = 1
    /// Harts that are gone are forgotten, so that long runs stay quick.
    var keepsNoDead = false
    /// How many inputs resmgr had.
    private(set) var inputs = 0

    func handle(_ input: Input) {
        var effects = Effects()
        manager.handle(input, now: Nanoseconds(rawValue: now), into: &effects)
        for effect in effects.take() { perform(effect) }
        check()
    }

    private func perform(_ effect: Effect) {
        switch effect {
        case .send(let connection, let message):
            #expect(open.contains(connection.rawValue), "resmgr speaks on open channels alone")
            outbound[connection.rawValue, default: []].append(message)
        case .openConnection(let connection, let name):
            let isNew = allNames.insert([name.high, name.low]).inserted
            #expect(isNew, "a channel's name is used once")
            open.insert(connection.rawValue)
            names[connection.rawValue] = name
        case .closeConnection(let connection):
            #expect(open.remove(connection.rawValue) != nil)
            outbound[connection.rawValue] = nil
            inbound[connection.rawValue] = nil
            if keepsNoDead { harts[connection.rawValue] = nil }
        case .setTimer(let time): deadline = time
        case .log(let text): logs.append(String(decoding: text, as: UTF8.self))
        case .device: Issue.record("resmgr has no devices")
        }
    }

    /// What always holds.
    func check() {
        inputs += 1
        guard inputs % checkEvery == 0 else { return }
        let isConsistent = manager.isConsistent
        #expect(isConsistent)
        let hartCount = manager.hartCount
        #expect(hartCount == open.count - 1)
    }

    /// Carries messages until none is left.
    func pump(limit: Int = 100_000) {
        var count = 0
        while step() {
            count += 1
            if count > limit {
                Issue.record("the machine comes to no rest")
                return
            }
        }
    }

    /// Carries messages until none is left, all that are there at a time: for machines with many channels, where it takes long to look
    /// for the next message each time.
    func pumpInRounds() {
        while !outbound.isEmpty || !inbound.isEmpty {
            let sent = outbound
            outbound = [:]
            for connection in World.waiting(sent) {
                for message in sent[connection]! where open.contains(connection) { receive(connection, message) }
            }
            let arrived = inbound
            inbound = [:]
            for connection in World.waiting(arrived) {
                for message in arrived[connection]! { handle(.message(ConnectionID(rawValue: connection), message)) }
            }
        }
    }

    /// Carries one message; `false` if there is none.
    func step() -> Bool {
        // In the order of connections, since dictionaries have none.
        var queues: [(isOut: Bool, connection: UInt32)] = []
        for key in World.waiting(outbound) { queues.append((true, key)) }
        for key in World.waiting(inbound) { queues.append((false, key)) }
        guard !queues.isEmpty else { return false }
        let pick = random?.below(queues.count) ?? 0
        let queue = queues[pick]
        if queue.isOut {
            let message = World.takeFirst(&outbound, queue.connection)
            receive(queue.connection, message)
        } else {
            let message = World.takeFirst(&inbound, queue.connection)
            handle(.message(ConnectionID(rawValue: queue.connection), message))
        }
        return true
    }

    /// Takes the first message of a connection, which has one. A connection without messages has no queue, so that many idle ones cost
    /// nothing.
    private static func takeFirst(_ queues: inout [UInt32: [[UInt8]]], _ connection: UInt32) -> [UInt8] {
        let first = queues[connection]!.removeFirst()
        if queues[connection]!.isEmpty { queues[connection] = nil }
        return first
    }

    private static func waiting(_ queues: [UInt32: [[UInt8]]]) -> [UInt32] {
        var keys: [UInt32] = []
        for (key, messages) in queues where !messages.isEmpty { keys.append(key) }
        return keys.sorted()
    }

    /// Sends to resmgr with the hart's stamp.
    func send(_ hart: UInt32, _ message: [UInt8]) {
        guard open.contains(hart) else { return }
        var message = message
        if let stamp = harts[hart]?.currentStamp, message.count >= Header.size {
            var writer = Writer()
            writer.value(stamp)
            message.replaceSubrange(16..<36, with: writer.bytes)
        }
        inbound[hart, default: []].append(message)
    }

    private func answer(_ connection: UInt32, _ header: Header, _ error: Errno?, _ body: [UInt8] = []) {
        send(
            connection,
            error.map { Message.failure(header.operation, id: header.request, $0, reason: body) }
                ?? Message.reply(header.operation, id: header.request, RawBytes(body)))
    }

    private func receive(_ connection: UInt32, _ message: [UInt8]) {
        var reader = Reader(message)
        guard let header = try? Header(from: &reader) else {
            Issue.record("resmgr sends well-formed messages")
            return
        }
        let body = reader.rest()
        let hart = harts[connection]
        if connection != 0 && (hart == nil || hart!.isGone) { return }
        switch treat(hart, header, body) {
        case .normal: break
        case .lose: return
        case .fail(let error): return answer(connection, header, error, Array("injected".utf8))
        case .die:
            die(connection)
            return
        }
        if connection == 0 { monitor(header, body) } else { receive(hart!, header, body) }
    }

    private func monitor(_ header: Header, _ body: [UInt8]) {
        // The monitor asks nothing; but a damaged notice of it may have become a request, which is answered.
        if header.kind == .reply { return }
        var reader = Reader(body)
        switch header.operation {
        case .createHart:
            guard let order = try? reader.value(CreateHart.self) else {
                Issue.record("createHart")
                return
            }
            #expect(names[order.hart.rawValue] == order.channel)
            let hart = FakeHart(order)
            harts[order.hart.rawValue] = hart
            created.append(hart.role == .server ? hart.module : "program")
            answer(0, header, nil)
            if hart.role == .server { startServer(hart) }
        case .endHart:
            guard let order = try? reader.value(EndHart.self) else {
                Issue.record("endHart")
                return
            }
            if let hart = harts[order.hart.rawValue] { hart.isGone = true }
            answer(0, header, nil)
        case .consoleMessage: console.append(String(decoding: body, as: UTF8.self))
        case .panic: panic = String(decoding: body, as: UTF8.self)
        case .halted: isHalted = true
        case .booted: isBooted = true
        default: Issue.record("the monitor does not know \(header.operation)")
        }
    }

    /// The server says that it is ready.
    func startServer(_ hart: FakeHart) {
        guard !silent.contains(hart.module) else { return }
        var service = Service.none
        var majors: [MajorNumber] = []
        switch hart.module {
        case "tty":
            service = .terminal
            majors = [.terminal]
            hart.terminals = FakeTerminals()
            // The names of pseudo-terminals. Handles of both are told apart.
            hart.files = FakeFileServer()
            hart.files!.handles = HandleTable(firstIndex: 1 << 16)
        case "pipe": service = .pipe
        case "netfs", "tmpfs", "devfs", "procfs", "hostfs":
            service = .fileSystem
            hart.files = FakeFileServer()
            if hart.module == "netfs" {
                for path in ["/dev", "/proc", "/tmp", "/home", "/mnt", "/etc", "/bin"] { hart.files!.make(path, .directory) }
                hart.files!.make("/sbin/init", .regular)
                hart.files!.make("/bin/program", .regular)
                hart.files!.make("/bin/data", .regular, mode: 0o644)
            }
            if hart.module == "devfs" {
                majors = [.memory, .page]
                hart.files!.make("/pts", .directory)
                hart.files!.make("/console", .characterDevice, major: .controllingTerminal, minor: 1)
                hart.files!.make("/tty", .characterDevice, major: .controllingTerminal, minor: 0)
                hart.files!.make("/null", .characterDevice, major: .memory, minor: 3)
                hart.files!.make("/none", .characterDevice, major: MajorNumber(rawValue: 99), minor: 0)
            }
            prepare(hart.files!, hart.module)
        default: Issue.record("no such module")
        }
        hart.asked.insert(1)
        hart.nextRequest = 2
        send(
            hart.id.rawValue,
            Message.request(
                .register, id: RequestID(rawValue: 1), replySpace: 256,
                Register(name: Array(hart.module.utf8), service: service, majors: majors)))
    }

    private func receive(_ hart: FakeHart, _ header: Header, _ body: [UInt8]) {
        var reader = Reader(body)
        let connection = hart.id.rawValue
        if header.kind == .reply {
            #expect(hart.hears(header.request.rawValue), "every request has one reply")
            let error = Errno.decode(header.argument)
            hart.answers[header.request.rawValue] = (error, body)
            let step = hart.steps.removeValue(forKey: header.request.rawValue)
            if hart.role == .program { coverage.note(step ?? "\(header.operation)", error) }
            return
        }
        if header.kind == .notice {
            hart.notices.append((header.operation, body))
            serverNotice(hart, header.operation, body)
            return
        }
        switch header.operation {
        case .openConnection:
            guard let order = try? reader.value(OpenConnection.self) else { return }
            #expect(hart.connections[order.connection.rawValue] == nil)
            hart.connections[order.connection.rawValue] = order.peer
            hart.names[order.connection.rawValue] = order.name
            answer(connection, header, nil)
        case .closeConnection:
            guard let order = try? reader.value(CloseConnection.self) else { return }
            hart.connections[order.connection.rawValue] = nil
            answer(connection, header, nil)
        case .setStamp:
            guard let order = try? reader.value(SetStamp.self) else { return }
            answer(connection, header, nil)
            hart.currentStamp = order.stamp
        case .endProgram: answer(connection, header, nil)
        case .counters where hart.role == .server:
            var writer = Writer()
            writer.value(hart.counters)
            answer(connection, header, nil, writer.bytes)
        case .startProgram:
            guard let order = try? reader.value(StartProgram.self) else {
                Issue.record("startProgram")
                return
            }
            hart.started = order
            hartOfProcess[order.process.rawValue] = hart
            for descriptor in order.descriptors + [order.root, order.workingDirectory] {
                #expect(hart.connections[descriptor.connection.rawValue] != nil, "connections come first")
            }
            answer(connection, header, nil)
        default:
            do throws(Errno) {
                let isOfNames = [.walk, .setMountPoint, .locate, .fileSystemOf].contains(header.operation)
                if let files = hart.files, hart.terminals == nil ? header.operation != .openDevice : isOfNames {
                    answer(connection, header, nil, try files.serve(header.operation, body))
                } else if let terminals = hart.terminals {
                    answer(connection, header, nil, try terminals.serve(header.operation, body))
                } else if let files = hart.files, let open = try? reader.value(OpenDevice.self) {
                    // devfs serves its own devices.
                    let handle = try files.handles.grant(
                        FakeGrant(fileSystem: FileSystemID(rawValue: 1), node: open.node.node), to: open.process)
                    var writer = Writer()
                    writer.value(FileOpened(handle: handle, access: open.open.access, flags: [], status: open.node))
                    answer(connection, header, nil, writer.bytes)
                } else {
                    throw .notSupported
                }
            } catch {
                answer(connection, header, error)
            }
        }
    }

    private func serverNotice(_ hart: FakeHart, _ operation: ABI.Operation, _ body: [UInt8]) {
        var reader = Reader(body)
        if operation == .processGone, let gone = try? reader.value(ProcessGone.self) {
            _ = hart.files?.handles.releaseAll(of: gone.process)
            _ = hart.terminals?.handles.releaseAll(of: gone.process)
        } else if operation == .drop, let drop = try? reader.value(Drop.self) {
            for handle in drop.handles {
                _ = try? hart.files?.handles.release(handle, of: drop.process)
                _ = try? hart.terminals?.handles.release(handle, of: drop.process)
            }
        }
    }

    /// A hart dies by itself.
    func die(_ hart: UInt32, _ text: String = "injected") {
        guard let fake = harts[hart], !fake.isGone else { return }
        fake.isGone = true
        inbound[hart] = nil
        send(0, Message.notice(.hartGone, HartGone(hart: fake.id, reason: .trap, text: Array(text.utf8))))
    }
}
