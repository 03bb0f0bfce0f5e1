import ABI
import Processes
import ServerKit
import VFS

// Harts: ordered from the monitor, ended by order or by accident.

/// A hart from its order to its end.
struct Hart {
    enum State: UInt8 {
        /// Ordered; it hears nothing yet.
        case creating = 0
        case alive = 1
        /// Its end is ordered. What it still says is not heard.
        case ending = 2
    }

    /// Whose.
    var process: ProcessIdentity
    /// `nil` for a program.
    var server: ServerNumber?
    var state = State.creating
    /// The last connection number given out there.
    var lastConnection: UInt32 = 0
    /// Of a program's: its connections, by the server's hart.
    var channels = OrderedMap<HartID, Channel>()
    /// Of a server's: how many connections lead there.
    var connectionCount = 0
    /// What resmgr asked it or its libOS or server, and waits for.
    var requests = HashTable<RequestID, Outgoing>()
    /// The operations under way that its process asked for, in the order in which it asked.
    var tasks: [TaskID] = []
    /// Directories that the process has open.
    var directories = DirectoryCache()

    init(process: ProcessIdentity, server: ServerNumber?) {
        self.process = process
        self.server = server
    }
}

extension ResourceManager {
    /// Opens a control channel and orders a hart on it.
    mutating func createHart(
        for process: Process, server: ServerNumber? = nil, module: [UInt8] = [], grants: DeviceGrant = [],
        configuration: [UInt8] = [], _ purpose: (HartID) -> Purpose
    ) -> HartID {
        lastHart += 1
        let id = HartID(rawValue: lastHart)
        harts[id] = Hart(process: process.identity, server: server)
        processes.update(process.identity) { $0.hart = id }
        callers.open(id.connection, process.identity)
        let channel = newChannelName()
        effects.append(.openConnection(id.connection, channel))
        request(
            .resourceManager, .createHart,
            CreateHart(
                hart: id, role: server == nil ? .program : .server, module: module, grants: grants, channel: channel,
                stamp: process.stamp, configuration: configuration), for: purpose(id))
        return id
    }

    /// A name that nobody can guess.
    mutating func newChannelName() -> ChannelName { ChannelName(high: generator.number(), low: generator.number()) }

    /// The hart of a process if messages can be sent there.
    func livingHart(of process: ProcessIdentity) -> HartID? {
        guard let hart = processes[process]?.hart, isAlive(hart) else { return nil }
        return hart
    }

    /// The state of a hart; `nil` if it is gone.
    func state(of hart: HartID) -> Hart.State? { harts.look(hart) { $0.state } }

    /// The server that a hart runs; `nil` for a program's.
    func server(of hart: HartID) -> ServerNumber? { harts.look(hart) { $0.server } ?? nil }

    /// Whose a hart is; `nil` if it is gone.
    func process(of hart: HartID) -> ProcessIdentity? { harts.look(hart) { $0.process } }

    /// Whether a hart is there and messages can be sent to it.
    func isAlive(_ hart: HartID) -> Bool { state(of: hart) == .alive }

    /// The monitor could not make it: it leaves nothing behind.
    mutating func hartWasNotCreated(_ id: HartID) {
        guard harts.contains(id) else { return }
        forget(id)
    }

    /// Orders the end of a hart. Who waits for an answer of it has failed at once; its connections end when it is gone, since
    /// what it sent until then counts.
    mutating func endHart(_ id: HartID) {
        guard let hart = harts[id], hart.state != .ending else { return }
        harts.update(id) { $0.state = .ending }
        failRequests(to: id)
        for server in hart.channels.keys { failWaiting(ChannelKey(process: id, server: server)) }
        if hart.server != nil { loseChannels(to: id) }
        request(.resourceManager, .endHart, EndHart(hart: id), for: .hartEnded(id))
    }

    /// A hart is gone, by order or not. Its process or server is dealt with by the caller or already over.
    mutating func hartIsGone(_ id: HartID) {
        guard let hart = harts[id] else { return }
        if hart.server != nil { loseChannels(to: id) } else { closeChannels(of: id) }
        forget(id)
        if let server = hart.server { serverIsGone(server) }
    }

    private mutating func forget(_ id: HartID) {
        failRequests(to: id)
        _ = callers.close(id.connection)
        harts.remove(id)
        effects.append(.closeConnection(id.connection))
    }
}
