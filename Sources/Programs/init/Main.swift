// init: the first process. Starts what /etc/inittab names, starts it again when it ends, adopts orphans, changes runlevels.
// Under the name telinit (or with another pid than 1) it tells the first process to: `telinit 0…6|S|s|q`; `halt` and `poweroff` mean
// `telinit 0`. In runlevel 0 everything is ended, and then init itself: the machine halts.
//
// A request is the file /tmp/initctl (one character), and then HUP. Only root may signal init, and the file must be root's: the
// folder is everybody's.

import Martlet
import SystemV

@main struct Main {
    static let tablePath = [UInt8]("/etc/inittab")
    static let requestPath = [UInt8]("/tmp/initctl")

    static func main() {
        let arguments = Program.arguments
        if !Path.baseName(arguments[0]).equals("init") || Process.current != 1 { Telinit.run(arguments) }
        var system = SystemStart()
        system.run()
    }
}

enum Telinit {
    static func run(_ arguments: [[UInt8]]) -> Never {
        let command = Command(name: Path.baseName(arguments[0]), arguments: [[UInt8]](arguments.dropFirst()), usage: "0|1|2|3|4|5|6|S|q")
        var operands = command.options("").operands
        let isHalt = [UInt8]("halt")
        let isPowerOff = [UInt8]("poweroff")
        if operands.isEmpty, command.name == isHalt || command.name == isPowerOff { operands = [[UInt8(ascii: "0")]] }
        guard operands.count == 1, operands[0].equals("q") || operands[0].equals("Q") || Runlevel(operands[0]) != nil else {
            command.failUsage("a runlevel or q is wanted")
        }
        do {
            // Never through a link that somebody has put there.
            try? Path.unlink(Main.requestPath)
            let file = try File.open(Main.requestPath, .write, [.create, .exclusive, .noFollow])
            try file.write(operands[0])
            try file.close()
            try Process.kill(1, .hangUp)
        } catch {
            command.end([UInt8]("cannot tell init: ") + error.message)
        }
        Program.exit(0)
    }
}

/// The work of the first process.
struct SystemStart {
    private var supervisor = Supervisor(entries: [], level: .single)
    private var environment: [[UInt8]] = []
    /// Told to end and not yet gone: KILL follows at this time.
    private var ending: [(process: Int32, deadline: UInt64)] = []
    private static let grace: UInt64 = 5_000_000_000

    /// Writes a line to the console.
    private func say(_ text: [UInt8]) {
        guard let console = try? File.open([UInt8]("/dev/console"), .write) else { return }
        try? console.write([UInt8]("init: ") + text + [0x0A])
        try? console.close()
    }

    mutating func run() -> Never {
        for signal in [Signal.hangUp, .child, .interrupt] { try? Signal.set(signal, .interrupt) }
        environment = SystemStart.makeEnvironment()
        let entries = readTable()
        supervisor = Supervisor(entries: entries, level: .single)
        for action in [Action.systemInitialization, .bootWait, .boot] {
            for index in supervisor.services.indices where supervisor.services[index].entry.action == action {
                start(index, waits: action != .boot)
            }
        }
        if let entry = entries.first(where: { $0.action == .initialDefault }) {
            _ = supervisor.enter(Runlevel(letter: entry.runlevels[0]))
        } else {
            say([UInt8]("there is no initdefault: going to runlevel S"))
        }
        while true {
            startDue()
            waitForEvent()
            if supervisor.level == .halt && ending.isEmpty { halt() }
        }
    }

    private static func makeEnvironment() -> [[UInt8]] {
        var host = (try? Path.contents([UInt8]("/etc/hostname"))) ?? []
        host = host.pieces(separator: 0x0A)[0].words.first ?? [UInt8]("martlet")
        return [
            [UInt8]("PATH=/bin:/sbin"), [UInt8]("HOME=/home"), [UInt8]("TERM=xterm-256color"), [UInt8]("USER=root"),
            [UInt8]("SHELL=/bin/sh"), [UInt8]("HOSTNAME=") + host,
        ]
    }

    /// The table. A file system that was lost while it was read is there again soon.
    private static func readTableText() throws(Errno) -> [UInt8] {
        for _ in 0..<10 {
            do throws(Errno) { return try Path.contents(Main.tablePath) } catch {
                guard error == .ioError else { throw error }
                try? Clock.sleep(nanoseconds: 100_000_000)
            }
        }
        return try Path.contents(Main.tablePath)
    }

    /// The entries of the table; without one there is a shell.
    private func readTable() -> [InittabEntry] {
        let text: [UInt8]
        do {
            text = try SystemStart.readTableText()
        } catch {
            say(Main.tablePath + [UInt8](": ") + error.message + [UInt8]("; starting a shell"))
            return Inittab.parse([UInt8]("sh::respawn:/bin/sh -l")).entries
        }
        let (entries, complaints) = Inittab.parse(text)
        for complaint in complaints {
            say(Main.tablePath + [UInt8](":") + [UInt8](decimal: complaint.line) + [UInt8](": ") + complaint.reason)
        }
        return entries
    }

    private mutating func startDue() {
        while let index = supervisor.due(at: Clock.monotonic()).first {
            start(index, waits: supervisor.services[index].entry.action == .wait)
        }
    }

    /// Starts an entry's process and, if asked for, waits until it has ended.
    private mutating func start(_ index: Int, waits: Bool) {
        let entry = supervisor.services[index].entry
        supervisor.services[index].hasStarted = true
        if entry.action == .respawn, !supervisor.services[index].limit.start(at: Clock.monotonic()) {
            return say([UInt8]("Id \"") + entry.id + [UInt8]("\" respawning too fast: disabled for 5 minutes"))
        }
        let process: Int32
        do {
            process = try spawn(entry, takesTerminal: supervisor.takesTerminal(index))
        } catch {
            supervisor.services[index].limit.startFailed(at: Clock.monotonic())
            var text = [UInt8]("Id \"") + entry.id + [UInt8]("\": ") + entry.process + [UInt8](": ") + error.error.message
            if !error.reason.isEmpty { text += [UInt8](": ") + error.reason }
            return say(text)
        }
        supervisor.services[index].process = process
        while waits, supervisor.services[index].process == process {
            do {
                supervisor.ended(try Process.wait().process)
            } catch {
                if error == .noChildProcess { supervisor.ended(process) }
            }
        }
    }

    /// Starts a process with the console as its standard descriptors, and as its terminal if it takes it.
    private func spawn(_ entry: InittabEntry, takesTerminal: Bool) throws(SpawnFailure) -> Int32 {
        let command = Inittab.command(entry.process)
        let console: File
        do {
            console = try File.open([UInt8]("/dev/console"), .readWrite)
        } catch {
            throw SpawnFailure(error: error, reason: [UInt8]("/dev/console"))
        }
        defer { try? console.close() }
        return try Process.spawn(
            command[0], command, environment: environment,
            descriptors: [Process.Inherited(0, console), Process.Inherited(1, console), Process.Inherited(2, console)],
            placement: Process.Placement(newSession: true, controllingTerminal: takesTerminal))
    }

    /// Waits for a child's end, a request or a time, and acts on it.
    private mutating func waitForEvent() {
        let now = Clock.monotonic()
        var deadline = supervisor.nextTime(after: now)
        for (_, time) in ending { deadline = min(deadline ?? time, time) }
        // Signals are looked for before the wait: one that came since may have ended another call. From here on one ends the
        // wait, which is all that its error says.
        var signals = Signal.take()
        if signals.isEmpty {
            _ = try? Poll.wait([], nanoseconds: deadline.map { $0 > now ? $0 - now : 0 })
            signals = Signal.take()
        }
        reap()
        if signals.contains(.hangUp) { handleRequest() }
        if signals.contains(.interrupt) {
            for index in supervisor.services.indices where supervisor.services[index].entry.action == .controlAltDelete {
                start(index, waits: false)
            }
        }
        let later = Clock.monotonic()
        for (process, time) in ending where time <= later { try? Process.kill(-process, .kill) }
        ending.removeAll { $0.deadline <= later }
    }

    /// Ends what is left, and then itself.
    private mutating func halt() -> Never {
        for signal in [Signal.terminate, .kill] {
            guard (try? Process.kill(-1, signal)) != nil else { break }
            let deadline = Clock.monotonic() + SystemStart.grace / 5
            while Clock.monotonic() < deadline {
                do {
                    if try Process.poll() == nil { _ = try? Poll.wait([], nanoseconds: 20_000_000) }
                } catch {
                    if error == .noChildProcess { break }
                }
            }
        }
        Program.exit(0)
    }

    /// Takes the ends that are there.
    private mutating func reap() {
        while true {
            do {
                guard let ended = try Process.poll() else { return }
                supervisor.ended(ended.process)
                ending.removeAll { $0.process == ended.process }
            } catch {
                if error != .interrupted { return }
            }
        }
    }

    private mutating func handleRequest() {
        guard let status = try? Path.status(Main.requestPath, follow: false), status.kind == .regular, status.user == 0,
            let text = try? Path.contents(Main.requestPath)
        else { return say([UInt8]("there is no valid request in ") + Main.requestPath) }
        try? Path.unlink(Main.requestPath)
        if text.equals("q") || text.equals("Q") {
            end(supervisor.reload(readTable()))
        } else if let level = Runlevel(text) {
            say([UInt8]("Switching to runlevel: ") + [level.letter])
            end(supervisor.enter(level))
        } else {
            say([UInt8]("an unknown request"))
        }
    }

    /// Tells processes to end, and makes them after a while.
    private mutating func end(_ processes: [Int32]) {
        let deadline = Clock.monotonic() + SystemStart.grace
        for process in processes {
            // Each leads a session, so its group is its own. Interactive shells ignore TERM; hanging up is for them.
            try? Process.kill(-process, .terminate)
            try? Process.kill(-process, .hangUp)
            ending.append((process, deadline))
        }
    }
}
