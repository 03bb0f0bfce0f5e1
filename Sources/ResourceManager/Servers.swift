import ABI
import Processes
import ServerKit
import VFS

// Drivers: started, registered, restarted.

/// A driver that the system runs.
struct ServerRecord {
    /// A driver that ended this often within `restartWindow` is given up.
    static let restartLimit = 5
    /// Nanoseconds.
    static let restartWindow: UInt64 = 60_000_000_000

    /// Its module's.
    let name: [UInt8]
    let grants: DeviceGrant
    let configuration: [UInt8]
    /// Whether the start of the system waits for it. One that it does not wait for is started after init, or when somebody comes to a
    /// directory on which its file systems are to be mounted: those are covered ahead, and who comes there before it is ready waits.
    let isAwaited: Bool
    /// Where it runs; `nil` while it does not.
    var hart: HartID?
    /// What it serves, once it is ready.
    var registration: Register?
    /// When it has to be ready, or to be started if it does not run yet; `never` once it is ready.
    var deadline = Nanoseconds.never
    /// Why its hart is being ended, for the console.
    var reason: [UInt8] = []
    /// When it was started again, ascending, within the window.
    var restarts: [Nanoseconds] = []
    /// It ended too often.
    var isGivenUp = false
    /// It was not ready in time or ended at least once: the start of the system waits for it no longer.
    var wasLate = false
    /// It has served, ended, and is neither back with its mounts nor given up: requests that may need it wait.
    var isMissed = false
    /// It is not awaited, and its file systems are not mounted yet: requests that come to them wait.
    var isExpected: Bool
    /// How often it was started again.
    var restartCount: UInt32 = 0
    /// Its restart record.
    var restartRecord: [UInt8] = []
    /// What it told last, since it was started last, and when.
    var counters: Counters?
    var countersTime = Nanoseconds.zero
    /// Whether it was asked and has not answered.
    var isCounting = false

    init(name: [UInt8], grants: DeviceGrant = [], configuration: [UInt8] = [], isAwaited: Bool = true) {
        self.name = name
        self.grants = grants
        self.configuration = configuration
        self.isAwaited = isAwaited
        isExpected = !isAwaited
    }

    /// The line of its configuration by which it gets its restart record, in hexadecimal digits; none without one.
    var restartLine: [UInt8] {
        guard !restartRecord.isEmpty else { return [] }
        let digits = Array("0123456789abcdef".utf8)
        var line = [UInt8]("record=")
        for byte in restartRecord { line += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
        return line + "\n"
    }
}

extension ResourceManager {
    private func record(_ number: ServerNumber) -> ServerRecord? {
        number.rawValue < UInt32(servers.count) ? servers[Int(number.rawValue)] : nil
    }

    private mutating func update(_ number: ServerNumber, _ change: (inout ServerRecord) -> Void) {
        guard number.rawValue < UInt32(servers.count) else { return }
        change(&servers[Int(number.rawValue)])
    }

    /// The hart of a server that is ready, or `nil`.
    func registeredHart(of number: ServerNumber) -> HartID? {
        // Field by field, since this is asked for every path: a record as a whole is costly to copy.
        let index = Int(clamping: number.rawValue)
        guard index < servers.count, servers[index].registration != nil, let hart = servers[index].hart, isAlive(hart) else {
            return nil
        }
        return hart
    }

    private func firstRegistered(where fits: (Register) -> Bool) -> ServerNumber? {
        for index in servers.indices {
            let number = ServerNumber(rawValue: UInt32(index))
            if let registration = servers[index].registration, fits(registration), registeredHart(of: number) != nil {
                return number
            }
        }
        return nil
    }

    /// The driver of a major number, or `nil`.
    func driver(of major: MajorNumber) -> ServerNumber? { firstRegistered { $0.majors.contains(major) } }

    /// The server of a file system type, or `nil`.
    func server(ofType type: [UInt8]) -> ServerNumber? {
        firstRegistered { ($0.service == .fileSystem || $0.service == .terminal) && $0.name == type }
    }

    /// The driver of a file system type that the start does not wait for, ready or not; `nil` if there is none.
    func unawaitedServer(ofType type: [UInt8]) -> ServerNumber? {
        servers.firstIndex { !$0.isAwaited && $0.name == type }.map { ServerNumber(rawValue: UInt32($0)) }
    }

    /// The hart that serves a service, or `nil`.
    func hart(of service: Service) -> HartID? {
        guard let number = firstRegistered(where: { $0.service == service }) else { return nil }
        return registeredHart(of: number)
    }

    /// What a process or driver is called in a line for people.
    func name(of process: Process) -> [UInt8] { processes.command(of: process.identity).first?.bytes ?? [UInt8]("?") }

    /// Orders a hart for a driver.
    mutating func startServer(_ number: ServerNumber) {
        guard let server = record(number), server.hart == nil, !server.isGivenUp else { return }
        let placement = Placement(parent: .resourceManager, credentials: CredentialsTable.root, group: nil, session: nil)
        do throws(Errno) {
            let process = try processes.add(placement, isServer: true, started: now, command: [ByteString(server.name)])
            let hart = createHart(
                for: process, server: number, module: server.name, grants: server.grants,
                configuration: server.configuration + server.restartLine
            ) { .serverCreated($0) }
            let deadline = now.adding(Limits.registration)
            update(number) {
                $0.hart = hart
                $0.deadline = deadline
                $0.reason = []
            }
            mark(server.name + " ordered")
        } catch {
            giveUp(number, [UInt8]("there is no room for its process"))
        }
    }

    /// The monitor made the hart, or could not.
    mutating func serverCreated(_ hart: HartID, _ reply: Reply) {
        guard let number = server(of: hart) else { return }
        if let error = reply.error {
            update(number) { $0.reason = [UInt8]("its hart was not made: ") + (reply.payload.isEmpty ? error.text : reply.payload) }
            removeProcess(of: hart)
            hartWasNotCreated(hart)
            serverIsGone(number)
        } else if state(of: hart) == .creating {
            harts.update(hart) { $0.state = .alive }
        }
    }

    /// Ends a driver that broke; it is started again when its hart is gone.
    mutating func stopServer(_ number: ServerNumber, _ reason: [UInt8]) {
        guard let hart = record(number)?.hart, state(of: hart) != .ending else { return }
        update(number) {
            $0.reason = reason
            $0.isMissed = $0.isMissed || $0.registration != nil
            $0.registration = nil
            $0.deadline = .never
        }
        endHart(hart)
    }

    /// The monitor found the hart of a driver gone.
    mutating func serverHartGone(_ number: ServerNumber, _ gone: HartGone) {
        guard let hart = record(number)?.hart, hart == gone.hart else { return }
        if state(of: hart) != .ending {
            let reason = gone.reason.text + (gone.text.isEmpty ? [] : [UInt8](": ") + gone.text)
            update(number) { $0.reason = reason }
        }
        hartIsGone(hart)
    }

    /// The old hart is gone, so nobody else answers in the driver's name: it can be started again.
    mutating func serverIsGone(_ number: ServerNumber) {
        guard let server = record(number) else { return }
        if let hart = server.hart { removeProcess(of: hart) }
        let now = now
        update(number) {
            $0.hart = nil
            $0.isMissed = $0.isMissed || $0.registration != nil
            $0.registration = nil
            $0.deadline = .never
            $0.wasLate = true
            $0.counters = nil
            $0.isCounting = false
            $0.restarts.removeAll { $0.adding(ServerRecord.restartWindow) <= now }
        }
        for mount in mounts.mounts(of: number) { mounts.update(mount) { $0.fileSystem = nil } }
        guard (record(number)?.restarts.count ?? 0) < ServerRecord.restartLimit else {
            return giveUp(number, server.reason)
        }
        say(server.name + ": " + server.reason + "; it is started again")
        mark(server.name + " ended: " + server.reason)
        update(number) {
            $0.restarts.append(now)
            $0.restartCount &+= 1
        }
        startServer(number)
    }

    /// The process of a driver's hart leaves the table.
    private mutating func removeProcess(of hart: HartID) {
        for process in processes.all where process.isServer && process.hart == hart { processes.remove(process.identity) }
    }

    private mutating func giveUp(_ number: ServerNumber, _ reason: [UInt8]) {
        guard let server = record(number), !server.isGivenUp else { return }
        update(number) { $0.isGivenUp = true }
        endMissing(number)
        say(server.name + ": " + reason + "; it ended too often and is not started again")
    }

    /// The drivers that the start did not wait for and that do not run yet.
    var unstarted: [ServerNumber] {
        servers.indices.filter { servers[$0].isExpected && servers[$0].hart == nil && !servers[$0].isGivenUp }
            .map { ServerNumber(rawValue: UInt32($0)) }
    }

    /// Starts the drivers whose time has come, and names those that are not ready in time and starts them again.
    mutating func checkRegistrations() {
        for index in servers.indices where servers[index].deadline <= now {
            guard servers[index].hart != nil else {
                startServer(ServerNumber(rawValue: UInt32(index)))
                continue
            }
            servers[index].wasLate = true
            // What waits for it has waited long enough.
            endMissing(ServerNumber(rawValue: UInt32(index)))
            stopServer(ServerNumber(rawValue: UInt32(index)), [UInt8]("it did not register in time"))
        }
    }
}

extension EndReason {
    /// For people.
    var text: [UInt8] {
        switch self {
        case .ordered: return [UInt8]("it was ended")
        case .trap: return [UInt8]("it trapped")
        case .failed: return [UInt8]("it failed")
        case .silent: return [UInt8]("it stopped answering")
        }
    }
}
