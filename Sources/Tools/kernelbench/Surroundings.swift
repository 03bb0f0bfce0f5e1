import ABI
import Processes
import ResourceManager
import ServerKit

// resmgr with what a machine has around it: a monitor and harts that obey at once, and file systems that are all the real tmpfs. The
// work goes in rounds: resmgr takes all inputs that are there, then its surroundings take all messages that came of them, which makes
// the inputs of the next round. Only the time inside resmgr and inside the file servers is measured, each by a meter of its own.

/// A message on its way to resmgr, with the hart whose control channel it comes on; number 0 is the monitor.
struct Sent {
    let hart: UInt32
    let message: [UInt8]
}

/// An answer that a program got.
struct Answered {
    let hart: UInt32
    let request: RequestID
    /// `nil` for success.
    let error: Errno?
    let payload: [UInt8]

    /// The payload as that value; ends the benchmark if it is none.
    func value<T: Wire>(_ type: T.Type) -> T {
        var reader = Reader(payload)
        guard let value = try? reader.value(T.self) else { refuse("an answer that is no \(T.self)") }
        return value
    }
}

/// A hart as far as resmgr can tell.
struct StandInHart {
    var stamp: [UInt8]
    /// Index of the server that it runs.
    var server: Int?
    /// What its program was started with.
    var start: StartProgram?

    /// A message of this hart, stamped.
    func stamped(_ message: [UInt8]) -> [UInt8] {
        var message = message
        message.replaceSubrange(16..<36, with: stamp)
        return message
    }
}

/// A whole system, but for the programs.
final class Surroundings {
    private var manager = ResourceManager()
    private var servers: [StandInServer] = []
    private(set) var harts: [StandInHart?] = [nil]
    private var inputs: [Sent] = []
    private var outputs: [Effect] = []
    private(set) var answers: [Answered] = []
    /// Harts by the pid of their program, in the order in which they were started.
    private(set) var started: [(process: ProcessID, hart: UInt32)] = []
    private(set) var isBooted = false
    private(set) var kernel = Meter()
    private(set) var fileServers = Meter()
    private var now: UInt64 = 1_000_000_000

    /// Starts the system and waits until init runs.
    init() {
        var effects = Effects()
        let start = Start(
            realTime: Nanoseconds(rawValue: now), entropy: [UInt8](0..<32), configuration: Array("manifest=none\ninit=/bin/init\n".utf8))
        manager.handle(.start(start), now: Nanoseconds(rawValue: now), into: &effects)
        outputs = effects.take()
        settle()
        guard isBooted else { refuse("the system does not come up") }
    }

    /// Processes that resmgr knows, drivers not counted.
    var processCount: Int { manager.processes.all.count { !$0.isServer } }

    /// Sends what processes say, and goes on until nothing is under way. Answers what they were answered.
    @discardableResult
    func run(_ messages: [Sent]) -> [Answered] {
        answers.removeAll(keepingCapacity: true)
        inputs = messages
        settle()
        return answers
    }

    private func settle() {
        while !inputs.isEmpty || !outputs.isEmpty {
            let taken = outputs
            outputs = []
            for effect in taken { carryOut(effect) }
            for index in servers.indices { serve(index) }
            takeInputs()
        }
    }

    private func takeInputs() {
        now += 1000
        let time = Nanoseconds(rawValue: now)
        let round = inputs.map { Input.message(ConnectionID(rawValue: $0.hart), $0.message) }
        inputs = []
        let begin = Meter.now
        outputs = manager.take(round, now: time)
        kernel.add(since: begin, inputs: round.count)
    }

    private func serve(_ index: Int) {
        let count = servers[index].waiting
        let begin = Meter.now
        let effects = servers[index].takeAll(now: Nanoseconds(rawValue: now))
        fileServers.add(since: begin, inputs: count)
        for case .send(let connection, let message) in effects {
            guard connection == .resourceManager else { continue }
            if let renamed = servers[index].renamed(message) { post(servers[index].hart, renamed) }
        }
    }

    private func post(_ hart: UInt32, _ message: [UInt8]) {
        guard hart == 0 || harts[Int(hart)] != nil else { return }
        inputs.append(Sent(hart: hart, message: harts[Int(hart)]?.stamped(message) ?? message))
    }

    private func carryOut(_ effect: Effect) {
        guard case .send(let connection, let message) = effect else { return }
        var reader = Reader(message)
        guard let header = try? Header(from: &reader) else { refuse("resmgr sent a malformed message") }
        if connection == .resourceManager { obey(header, &reader) } else { receive(connection.rawValue, header, &reader, message) }
    }

    /// The monitor.
    private func obey(_ header: Header, _ body: inout Reader) {
        switch header.operation {
        case .createHart:
            guard let order = try? CreateHart(from: &body) else { refuse("an order for no hart") }
            create(order)
        case .endHart:
            guard let order = try? EndHart(from: &body) else { refuse("an end for no hart") }
            harts[Int(order.hart.rawValue)] = nil
        case .booted: isBooted = true
        case .panic: refuse("resmgr panicked: \(String(decoding: body.rest(), as: UTF8.self))")
        default: break
        }
        if header.kind == .request { post(0, Message.reply(header.operation, id: header.request, Nothing())) }
    }

    private func create(_ order: CreateHart) {
        while harts.count <= Int(order.hart.rawValue) { harts.append(nil) }
        var stamp = Writer()
        stamp.value(order.stamp)
        var hart = StandInHart(stamp: stamp.bytes)
        if order.role == .server {
            hart.server = servers.count
            servers.append(StandInServer(order))
        }
        harts[Int(order.hart.rawValue)] = hart
    }

    private func receive(_ number: UInt32, _ header: Header, _ body: inout Reader, _ message: [UInt8]) {
        guard let hart = harts[Int(number)] else { return }
        if header.kind == .reply && hart.server == nil {
            answers.append(
                Answered(
                    hart: number, request: header.request, error: Errno.decode(header.argument), payload: body.rest()))
            return
        }
        switch header.operation {
        case .openConnection:
            if let server = hart.server, let order = try? OpenConnection(from: &body) {
                servers[server].add(.connected(order.connection, order.peer))
            }
        case .closeConnection:
            if let server = hart.server, let order = try? CloseConnection(from: &body) {
                servers[server].add(.disconnected(order.connection))
            }
        case .setStamp:
            guard let order = try? SetStamp(from: &body) else { refuse("a stamp that is none") }
            var stamp = Writer()
            stamp.value(order.stamp)
            harts[Int(number)]?.stamp = stamp.bytes
        case .startProgram:
            guard let start = try? StartProgram(from: &body) else { refuse("a start that is none") }
            harts[Int(number)]?.start = start
            started.append((start.process, number))
        case .endProgram: break
        default:
            if let server = hart.server { servers[server].add(.message(.resourceManager, message)) }
            return
        }
        if header.kind == .request { post(number, Message.reply(header.operation, id: header.request, Nothing())) }
    }

    /// Forgets which programs were started until now.
    func forgetStarted() { started.removeAll(keepingCapacity: true) }
}

extension Reactor {
    /// Takes inputs one after the other, as its hart would hand them over, and gathers what is to be done.
    @inline(never)
    mutating func take(_ inputs: [Input], now: Nanoseconds) -> [Effect] {
        var all: [Effect] = []
        all.reserveCapacity(inputs.count)
        for input in inputs {
            var effects = Effects()
            handle(input, now: now, into: &effects)
            all += effects.take()
        }
        return all
    }
}
