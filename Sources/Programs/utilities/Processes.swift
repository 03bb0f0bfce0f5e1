// ps, kill, env: processes.

import Martlet

enum Ps {
    @Sendable static func run(_ command: Command) {
        _ = command.options("efalx")
        let processes: [Process.Record]
        do {
            processes = try Process.list()
        } catch {
            command.end(error.message)
        }
        let accounts = Accounts()
        let now = Clock.monotonic()
        command.output.write("  PID  PPID  PGID USER     S     TIME COMMAND\n")
        for process in processes {
            var line: [UInt8] = []
            line.append(decimal: process.process, width: 5)
            line.append(decimal: process.parent, width: 6)
            line.append(decimal: process.group, width: 6)
            line.append(" ")
            line.append(accounts.user(process.user), width: 8, isLeft: true)
            line.append(process.hasEnded ? " Z " : process.isStopped ? " T " : " S ")
            // Since its start: nobody counts processor time.
            let seconds = now > process.started ? (now - process.started) / 1_000_000_000 : 0
            var time: [UInt8] = []
            time.append(decimal: seconds / 3600)
            time.append(":")
            time.append(decimal: seconds / 60 % 60, width: 2, padding: 0x30)
            time.append(":")
            time.append(decimal: seconds % 60, width: 2, padding: 0x30)
            line.append(time, width: 8)
            line.append(" ")
            if process.isServer { line.append("[") }
            for (index, word) in process.command.enumerated() {
                if index > 0 { line.append(" ") }
                // Control characters of a name are not for the terminal.
                line += word.map { $0 < 0x20 || $0 == 0x7F ? UInt8(ascii: "?") : $0 }
            }
            if process.isServer { line.append("]") }
            if process.hasEnded { line.append(" <defunct>") }
            command.output.writeLine(line)
        }
    }
}

enum Kill {
    @Sendable static func run(_ command: Command) {
        var words = command.arguments
        var signal: Signal? = .terminate
        if let first = words.first, first.count > 1, first[0] == UInt8(ascii: "-") {
            words.removeFirst()
            if first.equals("-l") { return list(words, command) }
            if first.equals("--help") { _ = command.options("") }
            if first.equals("-s") {
                guard !words.isEmpty else { command.failUsage("-s needs a signal") }
                signal = parse(words.removeFirst(), command)
            } else if !first.equals("--") {
                signal = parse([UInt8](first.dropFirst()), command)
            }
            if words.first?.equals("--") == true { words.removeFirst() }
        }
        if words.isEmpty { command.failUsage("a process is missing") }
        for word in words {
            guard let process = word.decimal, let target = Int32(exactly: process) else {
                command.fail(word, "is no process")
                continue
            }
            do {
                try Process.kill(target, signal)
            } catch {
                command.fail(word, error)
            }
        }
    }

    /// A name or a number; 0 is no signal, which only asks.
    private static func parse(_ text: [UInt8], _ command: Command) -> Signal? {
        if let number = text.decimal {
            guard (0...64).contains(number) else { command.failUsage(text + [UInt8](" is no signal")) }
            return number == 0 ? nil : Signal(rawValue: UInt8(number))
        }
        guard let signal = Signal(name: text) else { command.failUsage(text + [UInt8](" is no signal")) }
        return signal
    }

    private static func list(_ words: [[UInt8]], _ command: Command) {
        if words.isEmpty {
            for number in 1..<UInt8(32) { command.output.writeLine(Signal(rawValue: number).name ?? []) }
        }
        for word in words {
            if let number = word.decimal {
                // An exit status of a shell is taken too.
                let signal = number > 128 ? number - 128 : number
                if let name = Signal(rawValue: UInt8(truncatingIfNeeded: signal)).name {
                    command.output.writeLine(name)
                    continue
                }
            } else if let signal = Signal(name: word) {
                command.output.writeLine([UInt8](decimal: signal.rawValue))
                continue
            }
            command.fail(word, "is no signal")
        }
    }
}

enum Env {
    @Sendable static func run(_ command: Command) {
        let options = command.options("iu:")
        var environment = options.has("i") ? [] : Program.environment
        func remove(_ name: [UInt8]) { environment.removeAll { $0.hasPrefix(name + [UInt8](ascii: "=")) } }
        for option in options.all where option.letter == UInt8(ascii: "u") { remove(option.value) }
        var words = options.operands[...]
        while let first = words.first, let equals = first.firstIndex(of: UInt8(ascii: "=")) {
            remove([UInt8](first[0..<equals]))
            environment.append(first)
            words = words.dropFirst()
        }
        guard let name = words.first else {
            for entry in environment { command.output.writeLine(entry) }
            return
        }
        var failure = SpawnFailure(error: .noSuchFileOrDirectory, reason: [])
        for path in candidates(name, environment) {
            do {
                let process = try Process.spawn(path, [[UInt8]](words), environment: environment)
                command.status = end(of: process)
                return
            } catch {
                if error.error != .noSuchFileOrDirectory { failure = error }
            }
        }
        var message = failure.error.message
        if !failure.reason.isEmpty { message += [UInt8](": ") + failure.reason }
        command.fail(name, message, status: failure.error == .noSuchFileOrDirectory ? 127 : 126)
    }

    private static func candidates(_ name: [UInt8], _ environment: [[UInt8]]) -> [[UInt8]] {
        if name.contains(UInt8(ascii: "/")) { return [name] }
        let entry = environment.first { $0.hasPrefix("PATH=") } ?? [UInt8]("PATH=/bin:/sbin")
        return [UInt8](entry.dropFirst(5)).pieces(separator: UInt8(ascii: ":")).map { $0.isEmpty ? name : Path.join($0, name) }
    }

    private static func end(of process: Int32) -> UInt8 {
        while true {
            do {
                return try Process.wait(process).end.status
            } catch {
                if error != .interrupted { return 127 }
            }
        }
    }
}

extension [UInt8] {
    /// One byte.
    init(ascii: Unicode.Scalar) { self = [UInt8(ascii: ascii)] }
}
