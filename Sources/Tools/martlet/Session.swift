import ABI
import Glibc
import HostFS
import HostSupport
import Machine
import ServerKit

// A machine between this process's streams: the loop that lets it run, hands it what comes and waits when it has nothing to do.

/// One run of the machine.
final class Session {
    let machine: Machine
    let agent: AgentClient
    private let options: Options
    private let began = hostTime(CLOCK_MONOTONIC)
    private var input: Int32? = 0
    private var exitStatus: Int32?

    /// Bytes of standard input read at once.
    private static let inputPiece = 64 << 10
    /// Pages of 64 KiB.
    private static let pagesOfMebibyte = 16

    init(_ options: Options, _ image: SystemImage, _ mounts: HostMounts) {
        self.options = options
        var machineOptions = Machine.Options()
        machineOptions.seed = options.seed ?? hostTime(CLOCK_REALTIME)
        machineOptions.site = { image.file($0) }
        machineOptions.configuration =
            "manifest=\(image.manifestHash)\nabi=\(Header.version)\nwait=native\ninit=/sbin/init\n" + mounts.configuration
        if let limit = options.memoryLimit { machineOptions.programPages = limit * Session.pagesOfMebibyte }
        if !options.isSimulated {
            machineOptions.time = .real(
                monotonic: { Nanoseconds(rawValue: hostTime(CLOCK_MONOTONIC)) },
                real: { Nanoseconds(rawValue: hostTime(CLOCK_REALTIME)) })
        }
        if options.traces { machineOptions.trace = { writeAll(2, Array("\($0)\n".utf8)) } }
        let directories = mounts.directories
        var servers = options.usesImageServers ? ServerSet.image(ServerModules { image.file($0) }) : .native
        // Whatever the others are: it speaks to the host.
        let make = servers.make
        servers.make = { $0 == "hostfs" ? ServerReactor(HostFS(directories)) : make($0) }
        let machine = Machine(machineOptions, servers: servers)
        self.machine = machine
        agent = AgentClient { [unowned machine] in machine.sendFromPage($0) }
        machine.onPageMessage = { [unowned agent] in agent.receive($0) }
        machine.onPageClosed = { [unowned agent] in agent.failAll() }
        machine.onLog = { _ in }
    }

    /// The console on the terminal, until the machine halts.
    func runInteractively() -> Int32 {
        machine.onConsole = { writeAll(1, $0) }
        HostTerminal.makeRaw()
        defer { HostTerminal.restore() }
        return loop { [self] bytes in
            if bytes.isEmpty { input = nil } else { machine.type(bytes) }
        }
    }

    /// A command with this process's streams.
    ///
    /// - Parameters:
    ///   - program: its path, if that is not the first word of the command.
    ///   - directory: where it starts.
    func run(_ command: [String], program: String? = nil, directory: String = "/") -> Int32 {
        signal(SIGPIPE, SIG_IGN)
        var console: [UInt8] = []
        // The console is for what the system says of itself; its last lines are shown if the command cannot be run.
        machine.onConsole = { console = (console + $0).suffix(4096) }
        // Of a system that comes up as it should nothing is said.
        machine.onLog = { complain($0) }
        guard boot() else {
            if isOverTime { return timedOut() }
            writeAll(2, console)
            return 1
        }
        // What it says of the command from here on, the command's shell says, too.
        machine.onLog = { _ in }
        let running = agent.run(
            command.map { Array($0.utf8) }, program: program.map { Array($0.utf8) }, directory: Array(directory.utf8), endsInput: false)
        running.onOutput = { [unowned self, unowned running] stream, bytes in
            if !writeAll(stream == .output ? 1 : 2, bytes) { agent.signal(.brokenPipe, to: running) }
        }
        let ended = { running.end?.status }
        let status = loop(until: ended) { [self] bytes in
            if bytes.isEmpty {
                input = nil
                agent.endInput(of: running)
            } else {
                agent.send(bytes, to: running)
            }
        }
        if case .failed(let error, let text) = running.end {
            if machine.panic == nil && text == AgentClient.lost { writeAll(2, console) }
            complain(text.isEmpty ? "\(error)" : text)
        }
        return status
    }

    /// Runs until the agent answers.
    private func boot() -> Bool {
        var isUp = false
        while !isUp {
            guard step() else { return false }
            guard machine.isBooted else { continue }
            // The agent may not be there yet: a question that nobody hears is asked again.
            var isAnswered = false
            agent.status(Array("/".utf8)) { result in
                isAnswered = true
                if case .success = result { isUp = true }
            }
            let limit = machine.now.adding(100_000_000)
            while !isAnswered && machine.now < limit { guard step() else { return false } }
        }
        return true
    }

    /// One turn, or a wait for time alone.
    private func step() -> Bool {
        switch machine.turn() {
        case .worked: return true
        case .stopped: return false
        case .waits(let deadline):
            if isOverTime { return false }
            if options.isSimulated {
                guard deadline != .never else { return false }
                machine.advance(to: deadline)
            } else {
                wait(until: deadline, listens: false) { _ in }
            }
            return true
        }
    }

    /// Runs until the machine stops, a status is there, or a signal asks to end.
    private func loop(until status: () -> Int32? = { nil }, _ receive: ([UInt8]) -> Void) -> Int32 {
        var turns = 0
        while true {
            if let status = status() { return status }
            if let number = HostTerminal.endingSignal { return 128 + number }
            if let (rows, columns) = HostTerminal.takeNewSize() { machine.resizeConsole(rows: rows, columns: columns) }
            switch machine.turn() {
            case .worked:
                turns += 1
                // Now and then something may have come meanwhile.
                if turns % 256 == 0 {
                    if isOverTime { return timedOut() }
                    wait(until: .zero, listens: true, receive)
                }
            case .stopped:
                if let panic = machine.panic {
                    HostTerminal.restore()
                    complain("panic: \(panic)")
                    return 1
                }
                return status() ?? 0
            case .waits(let deadline):
                if isOverTime { return timedOut() }
                if options.isSimulated && deadline != .never && input == nil {
                    machine.advance(to: deadline)
                } else if options.isSimulated && deadline != .never {
                    // What comes from outside is for a moment in which nothing else can happen.
                    wait(until: .zero, listens: true, receive)
                    machine.advance(to: deadline)
                } else {
                    wait(until: deadline, listens: true, receive)
                }
            }
        }
    }

    private var isOverTime: Bool {
        guard let limit = options.timeLimit else { return false }
        return Double(hostTime(CLOCK_MONOTONIC) - began) > limit * 1e9
    }

    private func timedOut() -> Int32 {
        HostTerminal.restore()
        complain("stopped after \(options.timeLimit ?? 0) s")
        return 124
    }

    /// Waits for standard input or a time of the machine, at most a second; reads what is there.
    private func wait(until deadline: Nanoseconds, listens: Bool, _ receive: ([UInt8]) -> Void) {
        var milliseconds: Int32 = 1000
        if deadline <= machine.now {
            milliseconds = 0
        } else if deadline != .never {
            milliseconds = Int32(min(1000, (deadline.rawValue - machine.now.rawValue + 999_999) / 1_000_000))
        }
        guard listens, let input else {
            _ = poll(nil, 0, milliseconds)
            return
        }
        var wait = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
        guard poll(&wait, 1, milliseconds) > 0 else { return }
        receive(readAvailable(input, Session.inputPiece) ?? [])
    }
}
