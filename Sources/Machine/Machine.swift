package import ABI
package import ServerKit

/// A simulated computer that runs the resource manager, the drivers and the libOS natively. One seeded scheduler decides what happens
/// next; time is virtual. The same seed and the same inputs give the same run.
package final class Machine {
    static let resourceManagerHart = HartID(rawValue: 0)

    /// How a machine is made.
    package struct Options {
        /// Decides every choice of the scheduler.
        package var seed: UInt64 = 0
        /// The files that a static host would serve: name (`image/manifest`) and bytes.
        package var site: [String: [UInt8]] = [:]
        /// Lines `key=value` for resmgr.
        package var configuration = ""
        /// WebAssembly memories that the machine has: a server takes one, a program two.
        package var memories = 1000
        /// Keep a line for each message.
        package var traces = false

        package init() {}
    }

    package let options: Options
    /// Monotonic time.
    package private(set) var now = Nanoseconds(rawValue: 1_000_000)
    /// What the console was sent.
    package private(set) var console: [UInt8] = []
    /// Lines written with `log`, console messages and panics, in order.
    package private(set) var logs: [String] = []
    /// One line for each message, if asked for.
    package private(set) var traceLines: [String] = []
    /// Why resmgr gave up, if it did.
    package private(set) var panic: String?
    /// Whether resmgr has said that the system is up.
    package private(set) var isBooted = false
    /// Messages from the agent to the page.
    package var pageMessages: [[UInt8]] = []
    /// Makes the reactor of a server module.
    private let servers: (String) -> (any Reactor)?
    /// What a program does that this name in its image stands for.
    let scripts: [String: Script]

    var chance: Chance
    private var channels: [ChannelKey: Channel] = [:]
    private var channelOrder: [Channel] = []
    private(set) var harts: [HartID: Hart] = [:]
    private var hartOrder: [HartID] = []
    /// Work of the machine itself that is due: device events, monitor replies.
    private var due: [Event] = []

    struct ChannelKey: Hashable {
        var high: UInt64
        var low: UInt64
    }

    /// Something that may happen next.
    enum Event {
        case device(HartID, [UInt8])
        case monitor([UInt8])
        case run(HartID)
    }

    /// Makes the machine and starts resmgr; nothing runs before `step`.
    ///
    /// - Parameters:
    ///   - servers: the reactor of a module's name, `nil` if there is none; `resmgr` must be there.
    ///   - scripts: programs by name. An image whose bytes are `script:NAME` is such a program; no other can be run.
    package init(_ options: Options, servers: @escaping (String) -> (any Reactor)?, scripts: [String: Script]) {
        self.options = options
        self.servers = servers
        self.scripts = scripts
        chance = Chance(seed: options.seed)
        guard let reactor = servers("resmgr") else {
            panic = "there is no resource manager"
            return
        }
        let hart = ServerHart(
            id: Machine.resourceManagerHart, machine: self, stamp: .unstamped, module: "resmgr", grants: [], reactor: reactor)
        add(hart)
        hart.input(.start(Start(realTime: realTime, entropy: entropy(), configuration: Array(options.configuration.utf8))))
    }

    deinit {
        for hart in harts.values { (hart as? ProgramHart)?.abandon() }
    }

    /// Real time: a fixed date plus the virtual time.
    package var realTime: Nanoseconds { now.adding(1_700_000_000_000_000_000) }

    func entropy() -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<4 {
            let number = chance.number()
            for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(8 * shift))) }
        }
        return bytes
    }

    // MARK: Harts and channels

    private func add(_ hart: Hart) {
        harts[hart.id] = hart
        hartOrder.append(hart.id)
    }

    func channel(named name: ChannelName) -> Channel {
        let key = ChannelKey(high: name.high, low: name.low)
        if let channel = channels[key] { return channel }
        let channel = Channel(name)
        channels[key] = channel
        channelOrder.append(channel)
        return channel
    }

    func forgetIfUnused(_ channel: Channel) {
        guard channel.isUnused else { return }
        channels[ChannelKey(high: channel.name.high, low: channel.name.low)] = nil
        channelOrder.removeAll { $0 === channel }
    }

    /// How many channels have an open end.
    package var channelCount: Int { channelOrder.count }
    /// How many harts there are.
    package var hartCount: Int { hartOrder.count }

    private var memoriesInUse: Int {
        var count = 0
        for id in hartOrder { count += harts[id] is ServerHart ? 1 : 2 }
        return count
    }

    /// The state of a server, by module name and in no case resmgr's own hart only: for invariant checks.
    package func states() -> [any Reactor] {
        hartOrder.compactMap { (harts[$0] as? ServerHart)?.state }
    }

    // MARK: Programs

    /// Why an image is no program.
    struct ImageError: Error {
        var error: Errno
        var reason: [UInt8]
    }

    /// Makes a program of an image: one whose bytes are `script:NAME` is that script.
    func guest(of image: [UInt8]) throws(ImageError) -> any Guest {
        let mark = Array("script:".utf8)
        if image.starts(with: mark), let script = scripts[String(decoding: image[mark.count...], as: UTF8.self)] {
            return ScriptGuest(script) { [unowned self] text in log(Array(text.utf8)) }
        }
        throw ImageError(error: .execFormatError, reason: Array("not a WebAssembly module".utf8))
    }

    // MARK: The monitor

    /// Carries out an order of resmgr. Its answer comes as an event of its own.
    func order(_ message: [UInt8]) {
        var reader = Reader(message)
        guard let header = try? Header(from: &reader) else { return log(Array("monitor: malformed order".utf8)) }
        switch header.operation {
        case .createHart:
            do throws(Errno) {
                try create(try reader.value(CreateHart.self))
                answer(Message.reply(.createHart, id: header.request, Nothing()))
            } catch {
                answer(Message.failure(.createHart, id: header.request, error))
            }
        case .endHart:
            if let order = try? reader.value(EndHart.self) { remove(order.hart) }
            answer(Message.reply(.endHart, id: header.request, Nothing()))
        case .consoleMessage:
            let text = reader.rest()
            log(text)
            console += text + Array("\r\n".utf8)
        case .panic:
            panic = String(decoding: reader.rest(), as: UTF8.self)
        case .booted:
            isBooted = true
        default:
            log(Array("monitor: unknown order".utf8))
        }
    }

    private func answer(_ message: [UInt8]) { due.append(.monitor(message)) }

    private func create(_ order: CreateHart) throws(Errno) {
        guard harts[order.hart] == nil else { throw .fileExists }
        let needed = order.role == .server ? 1 : 2
        guard memoriesInUse + needed <= options.memories else { throw .resourceTemporarilyUnavailable }
        let hart: Hart
        switch order.role {
        case .server:
            let module = String(decoding: order.module, as: UTF8.self)
            guard let reactor = servers(module) else { throw .noSuchFileOrDirectory }
            hart = ServerHart(
                id: order.hart, machine: self, stamp: order.stamp, module: module, grants: order.grants, reactor: reactor)
        case .program:
            hart = ProgramHart(id: order.hart, machine: self, stamp: order.stamp)
        }
        try hart.open(.resourceManager, order.channel)
        add(hart)
        if let server = hart as? ServerHart {
            server.input(.start(Start(realTime: realTime, entropy: entropy(), configuration: order.configuration)))
        }
    }

    /// Takes a hart away, as `terminate()` does: no word to anybody.
    func remove(_ id: HartID) {
        guard let hart = harts.removeValue(forKey: id) else { return }
        hart.isOver = true
        (hart as? ProgramHart)?.abandon()
        hart.closeAll(sayingLast: false)
        hartOrder.removeAll { $0 == id }
    }

    /// Kills a server or program as a trap or a lost worker would, and tells resmgr.
    package func crash(_ id: HartID, _ text: String) {
        guard id != Machine.resourceManagerHart, harts[id] != nil else { return }
        remove(id)
        due.append(.monitor(Message.notice(.hartGone, HartGone(hart: id, reason: .trap, text: Array(text.utf8)))))
    }

    // MARK: Devices

    func deviceCall(_ hart: HartID, _ grants: DeviceGrant, _ bytes: [UInt8]) {
        var reader = Reader(bytes)
        guard let call = try? DeviceMessage(from: &reader) else { return }
        switch call.operation {
        case .consoleWrite where grants.contains(.console):
            console += call.bytes
            due.append(.device(hart, DeviceMessage(.consoleWrite, token: call.token).encoded))
        case .consoleTaken where grants.contains(.console):
            break
        case .fetch where grants.contains(.fetch):
            fetch(hart, call)
        case .pageSend where grants.contains(.page):
            pageMessages.append(call.bytes)
        default:
            log(Array("a device call without a grant".utf8))
        }
    }

    private func fetch(_ hart: HartID, _ call: DeviceMessage) {
        guard let bytes = options.site[String(decoding: call.bytes, as: UTF8.self)] else {
            due.append(.device(hart, DeviceMessage(.fetch, token: call.token, error: .noSuchFileOrDirectory).encoded))
            return
        }
        var offset = 0
        while offset < bytes.count {
            let piece = Array(bytes[offset..<min(bytes.count, offset + Limits.payload)])
            due.append(
                .device(hart, DeviceMessage(.fetch, token: call.token, error: .operationInProgress, bytes: piece).encoded))
            offset += piece.count
        }
        due.append(.device(hart, DeviceMessage(.fetch, token: call.token).encoded))
    }

    /// Types on the console: hands bytes to the server that has the console.
    package func type(_ text: String) {
        for id in hartOrder where (harts[id] as? ServerHart)?.grants.contains(.console) == true {
            due.append(.device(id, DeviceMessage(.consoleInput, bytes: Array(text.utf8)).encoded))
        }
    }

    // MARK: Running

    /// A script has something to go on with.
    func makeRunnable(_ hart: HartID) { due.append(.run(hart)) }

    /// Lets one thing happen. `false`: nothing is left that could.
    @discardableResult
    package func step() -> Bool {
        if panic != nil { return false }
        now = now.adding(1_000)
        // What may happen: the first due event of each hart (its order holds), the first message of each queue.
        var candidates: [() -> Void] = []
        var seen: Set<UInt32> = []
        for (index, event) in due.enumerated() {
            let owner: UInt32
            switch event {
            case .device(let hart, _): owner = hart.rawValue << 1
            case .run(let hart): owner = hart.rawValue << 1 | 1
            case .monitor: owner = .max
            }
            if seen.insert(owner).inserted { candidates.append { [self] in perform(due.remove(at: index)) } }
        }
        for channel in channelOrder {
            for side in 0..<2 where !channel.queues[side].isEmpty {
                candidates.append { [self] in deliver(channel, side) }
            }
        }
        if candidates.isEmpty { return advanceToTimer() }
        candidates[chance.below(candidates.count)]()
        fireTimers()
        return true
    }

    private func perform(_ event: Event) {
        switch event {
        case .device(let id, let bytes): (harts[id] as? ServerHart)?.input(.device(bytes))
        case .monitor(let message):
            (harts[Machine.resourceManagerHart] as? ServerHart)?.input(.message(.resourceManager, message))
        case .run(let id): (harts[id] as? ProgramHart)?.run()
        }
    }

    private func deliver(_ channel: Channel, _ side: Int) {
        let message = channel.take(side)
        guard let end = channel.ends[side], let hart = harts[end.hart] else { return }
        hart.arrive(end.connection, message)
    }

    private func fireTimers() {
        for id in hartOrder {
            guard let hart = harts[id], hart.deadline <= now, hart.deadline != .never else { continue }
            hart.deadline = .never
            hart.timerFired()
        }
    }

    private func advanceToTimer() -> Bool {
        var earliest = Nanoseconds.never
        for id in hartOrder { earliest = min(earliest, harts[id]?.deadline ?? .never) }
        guard earliest != .never else { return false }
        now = max(now, earliest)
        fireTimers()
        return true
    }

    /// Steps until `condition` holds. `false` if nothing more can happen or `limit` steps were not enough.
    @discardableResult
    package func run(limit: Int = 1_000_000, until condition: () -> Bool) -> Bool {
        for _ in 0..<limit {
            if condition() { return true }
            if !step() { return condition() }
        }
        return condition()
    }

    // MARK: What is seen

    func log(_ text: [UInt8]) { logs.append(String(decoding: text, as: UTF8.self)) }

    func trace(_ hart: Hart, _ connection: ConnectionID, _ message: [UInt8]) {
        guard options.traces else { return }
        var reader = Reader(message)
        guard let header = try? Header(from: &reader) else {
            traceLines.append("\(now.rawValue) hart \(hart.id.rawValue) → \(connection.rawValue): malformed")
            return
        }
        traceLines.append(
            "\(now.rawValue) hart \(hart.id.rawValue) → \(connection.rawValue): \(header.kind) \(header.operation) "
                + "#\(header.request.rawValue) \(header.argument) (\(header.payloadLength) bytes)")
    }
}
