package import ABI
import Engine
import ServerKit

/// A simulated computer that runs the resource manager, the drivers and the libOS natively. One seeded scheduler decides what happens
/// next. In virtual time the same seed and the same inputs give the same run.
package final class Machine {
    static let resourceManagerHart = HartID(rawValue: 0)

    /// How a machine is made.
    package struct Options {
        /// Decides every choice of the scheduler.
        package var seed: UInt64 = 0
        /// The files that a static host would serve: name (`image/manifest`) and bytes.
        package var site: (String) -> [UInt8]? = { _ in nil }
        /// Lines `key=value` for resmgr.
        package var configuration = ""
        /// WebAssembly memories that the machine has: a server takes one, a program two.
        package var memories = 1000
        /// Most pages of 64 KiB of a program's memory.
        package var programPages = 65536
        /// Where time comes from.
        package var time = Time.virtual
        /// Modules of programs that were compiled before.
        package var modules = ModuleCache()
        /// The block device as it is at the start. (A machine that was written down goes on with its own.)
        package var disk: Disk?

        /// Called with a line for each message that is sent.
        package var trace: ((String) -> Void)?

        package init() {}
    }

    /// Where time comes from.
    package enum Time {
        /// It passes by a microsecond with every turn, and jumps to the next deadline when nothing else can happen.
        case virtual
        /// The host's clocks: monotonic, which begins anywhere, and real.
        case real(monotonic: () -> Nanoseconds, real: () -> Nanoseconds)
    }

    package let options: Options
    /// Monotonic time.
    package internal(set) var now = Nanoseconds(rawValue: 1_000_000)
    /// Called with what the console is sent. Without it, that gathers in `console`.
    package var onConsole: (([UInt8]) -> Void)?
    /// What the console was sent.
    package internal(set) var console: [UInt8] = []
    /// Bytes typed that the terminal has not asked for, and how many are under way to it.
    var typed: [UInt8] = []
    var typedUnderWay = 0
    /// The console's window, once it is known.
    var consoleSize: WindowSize?
    /// Called with each line written with `log`.
    package var onLog: ((String) -> Void)?
    /// Lines written with `log` and console messages, in order.
    package internal(set) var logs: [String] = []
    /// Answers that came to a program which was not waiting for them: to no request, or to one that had been answered.
    package internal(set) var strayReplies = 0
    /// Why resmgr gave up, if it did.
    package internal(set) var panic: String?
    /// Whether resmgr has said that the system is up.
    package internal(set) var isBooted = false
    /// The block device, if there is one.
    package internal(set) var disk: Disk?
    /// Asked about each call to the disk before it completes: how it fails, or nil.
    package var onDiskOperation: ((DiskOperation) -> DiskFault?)?
    /// Whether the power was cut.
    package internal(set) var isOff = false
    /// Whether init has ended well.
    package internal(set) var isHalted = false
    /// Called with each message from the agent to the page. Without it, they gather in `pageMessages`.
    package var onPageMessage: (([UInt8]) -> Void)?
    /// Called when nobody reads what the page sends any more: the agent is gone, or the driver of its device.
    package var onPageClosed: (() -> Void)?
    /// Messages from the agent to the page.
    package internal(set) var pageMessages: [[UInt8]] = []
    let servers: ServerSet
    /// What a program does that this name in its image stands for.
    let scripts: [String: Script]
    /// Most instructions that a program runs at a time.
    private static let longestSlice = 200_000

    var chance: Chance
    private var channels: [ChannelKey: Channel] = [:]
    private(set) var channelOrder: [Channel] = []
    var harts: [HartID: Hart] = [:]
    var hartOrder: [HartID] = []
    /// Work of the machine itself that is due: device events, monitor replies.
    var due: [Event] = []

    struct ChannelKey: Hashable {
        var high: UInt64
        var low: UInt64
    }

    /// What the host's monotonic clock showed when the machine was made.
    private var origin = Nanoseconds.zero

    /// Makes the machine and starts resmgr; nothing runs before `step`.
    ///
    /// - Parameters:
    ///   - servers: `resmgr` must be among them.
    ///   - scripts: programs by name. An image whose bytes are `script:NAME` is such a program.
    package convenience init(_ options: Options, servers: ServerSet, scripts: [String: Script] = [:]) {
        self.init(empty: options, servers, scripts)
        disk = options.disk
        let code: any ServerCode
        do throws(ServerFailure) {
            guard let made = try servers.code(of: "resmgr") else { throw ServerFailure(text: "there is none") }
            code = made
        } catch {
            panic = "the resource manager: \(error.text)"
            return
        }
        let hart = ServerHart(
            id: Machine.resourceManagerHart, machine: self, stamp: .unstamped, module: "resmgr", grants: [], code: code)
        add(hart)
        hart.input(.start(Start(realTime: realTime, entropy: entropy(), configuration: Array(options.configuration.utf8))))
    }

    /// A machine without harts.
    init(empty options: Options, _ servers: ServerSet, _ scripts: [String: Script]) {
        self.options = options
        self.servers = servers
        self.scripts = scripts
        chance = Chance(seed: options.seed)
        if case .real(let monotonic, _) = options.time { origin = monotonic() }
    }

    deinit {
        for hart in harts.values { (hart as? ProgramHart)?.abandon() }
    }

    /// Nanoseconds since 1970-01-01 UTC; of a virtual machine a fixed date plus the virtual time.
    package var realTime: Nanoseconds {
        switch options.time {
        case .virtual: now.adding(1_700_000_000_000_000_000)
        case .real(_, let real): real()
        }
    }

    /// Time goes on by a turn.
    func passTime() {
        switch options.time {
        case .virtual: now = now.adding(1_000)
        case .real(let monotonic, _): now = max(now, Nanoseconds(rawValue: monotonic().rawValue &- origin.rawValue))
        }
    }

    /// Virtual time goes on to a deadline.
    package func advance(to deadline: Nanoseconds) { now = max(now, deadline) }

    func entropy() -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<4 {
            let number = chance.number()
            for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(8 * shift))) }
        }
        return bytes
    }

    // MARK: Harts and channels

    func add(_ hart: Hart) {
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

    /// Takes up a channel that was written down.
    func restore(_ channel: Channel) {
        channels[ChannelKey(high: channel.name.high, low: channel.name.low)] = channel
        channelOrder.append(channel)
    }

    /// Takes up a hart that was written down.
    func restore(_ hart: Hart) { add(hart) }

    func forgetIfUnused(_ channel: Channel) {
        guard channel.isUnused else { return }
        channels[ChannelKey(high: channel.name.high, low: channel.name.low)] = nil
        channelOrder.removeAll { $0 === channel }
    }

    /// How many channels have an open end.
    package var channelCount: Int { channelOrder.count }
    /// How many harts there are.
    package var hartCount: Int { hartOrder.count }

    var memoriesInUse: Int {
        var count = 0
        for id in hartOrder { count += harts[id] is ServerHart ? 1 : 2 }
        return count
    }

    // MARK: Programs

    /// Makes a program of an image: a WebAssembly module, or bytes `script:NAME` for that script.
    func guest(of image: [UInt8]) throws(ImageError) -> any Guest {
        let mark = Array("script:".utf8)
        if image.starts(with: mark), let script = scripts[String(decoding: image[mark.count...], as: UTF8.self)] {
            return ScriptGuest(script) { [unowned self] text in log(Array(text.utf8)) }
        }
        let limits = StoreLimits(memoryPages: options.programPages)
        return try WasmGuest(try options.modules.module(image), limits: limits) { [unowned self] in nextSlice() }
    }

    /// Makes a program of what `Guest.encoded` wrote. Throws `badMessage`.
    func guest(restoring bytes: [UInt8]) throws(Errno) -> any Guest {
        let limits = StoreLimits(memoryPages: options.programPages)
        return try WasmGuest(restoring: bytes, limits: limits, modules: options.modules.all) { [unowned self] in nextSlice() }
    }

    /// For how many instructions the program that runs next does so.
    private func nextSlice() -> Int64 {
        switch options.time {
        case .virtual: Int64(1 + chance.below(Machine.longestSlice))
        case .real: Int64(Machine.longestSlice)
        }
    }

    // MARK: What is seen

    func log(_ text: [UInt8]) {
        let line = String(decoding: text, as: UTF8.self)
        if let onLog { onLog(line) } else { logs.append(line) }
    }

    /// FNV-1a, 32 bits: by it two messages of a trace can be told apart.
    private static func sum(_ bytes: [UInt8]) -> UInt32 {
        var sum: UInt32 = 0x811C_9DC5
        for byte in bytes { sum = (sum ^ UInt32(byte)) &* 0x0100_0193 }
        return sum
    }

    func trace(_ hart: Hart, _ connection: ConnectionID, _ message: [UInt8]) {
        guard let report = options.trace else { return }
        var reader = Reader(message)
        let place = "\(now.rawValue) hart \(hart.id.rawValue) → \(connection.rawValue): "
        guard let header = try? Header(from: &reader) else { return report(place + "malformed") }
        report(
            place + "\(header.kind) \(header.operation) #\(header.request.rawValue) \(header.argument) "
                + "(\(header.payloadLength) bytes, sum \(String(Machine.sum(message), radix: 16)))")
    }
}

/// Why an image is no program.
struct ImageError: Error {
    var error: Errno
    var reason: [UInt8]
}
