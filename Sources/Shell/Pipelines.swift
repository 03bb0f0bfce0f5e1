// Pipelines, command substitution and background jobs: whatever runs beside the shell.

import Martlet

/// What was started in the background.
struct Job {
    var number: Int
    /// In the order of the pipeline; those that have ended are gone, but the last one stays until its status is taken.
    var processes: [Int32]
    var last: Int32
    var text: [UInt8]
    /// Their group, under job control.
    var group: Int32
    /// How the last process ended.
    var end: ProcessEnd?
    /// The signal that stopped it, if it is stopped.
    var stop: Signal?
}

/// The output of a command substitution on its way.
struct Capture {
    var reader: File
    var writer: File
    var output: [UInt8] = []
    var isWriterOpen = true
}

extension Shell {
    /// Where a foreground process goes: under job control into a new group that has the terminal.
    func foregroundPlacement(group: Int32 = 0) -> Process.Placement {
        controlsJobs ? Process.Placement(group: group, foreground: ownsTerminal) : Process.Placement()
    }

    /// Starts the commands of a pipeline and returns those that run, and the status of the last one if it does not.
    private func startPipeline(_ commands: [Syntax], isForeground: Bool) -> (processes: [Int32], last: Started) {
        var processes: [Int32] = []
        var last = Started.status(0)
        var input: File?
        for (index, command) in commands.enumerated() {
            let saved = state.descriptors
            var pipe: Pipe?
            if index < commands.count - 1 {
                do {
                    pipe = try Pipe()
                } catch {
                    report([UInt8]("cannot make a pipe: ") + error.message)
                    try? input?.close()
                    return (processes, .status(2))
                }
            }
            if let input { state.descriptors[0] = input }
            if let pipe { state.descriptors[1] = pipe.writeEnd }
            let group = processes.first ?? 0
            let placement =
                isForeground
                ? foregroundPlacement(group: group) : controlsJobs ? Process.Placement(group: group) : Process.Placement()
            last = startStage(command, placement)
            if case .process(let process) = last { processes.append(process) }
            state.descriptors = saved
            try? input?.close()
            try? pipe?.writeEnd.close()
            input = pipe?.readEnd
        }
        return (processes, last)
    }

    /// Starts one command in a process of its own. Expansion happens here, in a copy of the state.
    private func startStage(_ command: Syntax, _ placement: Process.Placement) -> Started {
        let saved = state
        defer {
            let opened = state.descriptors
            state = saved
            close(opened, unless: saved.descriptors)
        }
        guard case .simple(let simple) = command else {
            var unparser = Unparser()
            unparser.command(command)
            unparser.newline()
            return startSubshell(unparser.text, placement)
        }
        do {
            let words = try expandArguments(simple)
            var assignments: [(name: [UInt8], value: [UInt8])] = []
            for assignment in simple.assignments {
                assignments.append((assignment.name, try expandSingle(assignment.value, isAssignment: true)))
            }
            let name = words.first ?? []
            let isInternal = words.isEmpty || state.functions.contains { $0.name == name } || Builtins.find(name) != nil
            // A builtin that is also a program needs no shell around it.
            if !isInternal || (Builtins.isProgram(name) && !candidates(name).isEmpty) {
                try redirect(simple.redirections)
                for assignment in assignments {
                    try assign(assignment.name, assignment.value)
                    state.variables.export(assignment.name)
                }
                return start(words, state.variables.environment, placement)
            }
            var expanded = SimpleCommand()
            for assignment in assignments {
                let value = Word(parts: [], source: Unparser.quoted(assignment.value))
                expanded.assignments.append(SimpleCommand.Assignment(name: assignment.name, value: value))
            }
            for (index, word) in words.enumerated() {
                // A quoted first word would be no keyword, and is none.
                expanded.words.append(Word(parts: [], source: index == 0 && Parser.isName(word) ? word : Unparser.quoted(word)))
            }
            expanded.redirections = simple.redirections
            var unparser = Unparser()
            unparser.command(.simple(expanded))
            unparser.newline()
            return startSubshell(unparser.text, placement)
        } catch {
            report(error.message)
            return .status(error.status)
        }
    }

    func runPipeline(_ commands: [Syntax]) -> Flow {
        let (processes, last) = startPipeline(commands, isForeground: true)
        let flow = waitInForeground(processes) { Shell.text(of: commands) }
        if case .status(let status) = last { state.status = status }
        return flow == .exit ? .normal : flow
    }

    /// Waits for all of a foreground job's processes; the last one's end is the status. Under job control one that stops is a job from
    /// then on, of that number if it had one, and its command is asked for.
    func waitInForeground(_ processes: [Int32], number: Int? = nil, _ text: () -> [UInt8] = { [] }) -> Flow {
        drainCapture()
        var last: ProcessEnd?
        for (index, process) in processes.enumerated() {
            switch waitForChange(of: process) {
            case .ended(let end): last = end
            case .stopped(let signal):
                takeTerminalBack(restoringAttributes: true)
                noteStopped([Int32](processes[index...]), signal, text(), number: number)
                state.status = 128 &+ signal.rawValue
                return .normal
            case .continued: break
            }
        }
        if !processes.isEmpty { takeTerminalBack(restoringAttributes: false) }
        guard let last else { return .normal }
        state.status = last.status
        if case .signaled(let signal) = last {
            if ownsTerminal, let terminalAttributes { try? File.standardInput.setTerminalAttributes(terminalAttributes) }
            if signal == .interrupt, isInteractive {
                write([0x0A], to: 2)
                wasInterrupted = true
                return .abandon
            }
            if !signal.message.isEmpty { write(signal.message + [0x0A], to: 2) }
        }
        return checkStatus()
    }

    /// The first line of a pipeline's text.
    private static func text(of commands: [Syntax]) -> [UInt8] {
        var text = Unparser()
        text.andOr(AndOr(first: Pipeline(isNegated: false, commands: commands), rest: [], isBackground: false))
        return [UInt8](text.text.prefix { $0 != 0x0A })
    }

    /// Waits until a process has ended, or under job control stopped.
    private func waitForChange(of process: Int32) -> ChildChange {
        while true {
            do {
                return controlsJobs ? try Process.waitForStop(process).change : .ended(try Process.wait(process).end)
            } catch {
                guard error == .interrupted else { return .ended(.exited(127)) }
                noteSignals()
            }
        }
    }

    private func takeTerminalBack(restoringAttributes: Bool) {
        guard ownsTerminal else { return }
        giveTerminal(to: ownGroup)
        if restoringAttributes, let terminalAttributes { try? File.standardInput.setTerminalAttributes(terminalAttributes) }
    }

    // Command substitution

    /// The output of commands, without the newlines at its end.
    func substitute(_ list: List) throws(ShellFailure) -> [UInt8] {
        let outer = capture
        do {
            let pipe = try Pipe()
            capture = Capture(reader: pipe.readEnd, writer: pipe.writeEnd)
        } catch {
            throw ShellFailure([UInt8]("cannot make a pipe: ") + error.message)
        }
        let savedState = state
        let savedOutput = output
        output = []
        state.descriptors[1] = capture?.writer
        if isSimple(list) {
            state.isSubshell = true
            _ = run(list)
        } else {
            var unparser = Unparser()
            unparser.list(list)
            switch startSubshell(unparser.text, foregroundPlacement()) {
            case .process(let process): _ = waitInForeground([process])
            case .status(let status): state.status = status
            }
        }
        drainCapture()
        let status = state.status
        var result = capture?.output ?? []
        try? capture?.reader.close()
        capture = outer
        output = savedOutput
        state = savedState
        state.status = status
        substitutionStatus = status
        if wasInterrupted { throw ShellFailure([], status: 130) }
        if result.contains(0) { result.removeAll { $0 == 0 } }
        while result.last == 0x0A { result.removeLast() }
        return result
    }

    /// Whether the commands can run in this process: one pipeline of programs, or one builtin that changes nothing.
    private func isSimple(_ list: List) -> Bool {
        guard list.items.count == 1, list.items[0].rest.isEmpty, !list.items[0].isBackground else { return list.items.isEmpty }
        let commands = list.items[0].first.commands
        for command in commands {
            guard case .simple(let simple) = command, let name = simple.words.first?.plain,
                !state.functions.contains(where: { $0.name == name })
            else { return false }
            if Builtins.find(name) != nil, !(commands.count == 1 && Builtins.isProgram(name) && simple.redirections.isEmpty) {
                return false
            }
        }
        return true
    }

    /// Reads the output of the running substitution to its end.
    private func drainCapture() {
        guard var current = capture, current.isWriterOpen else { return }
        try? current.writer.close()
        current.isWriterOpen = false
        capture = current
        while true {
            do {
                let piece = try current.reader.read(count: 65536)
                if piece.isEmpty { break }
                current.output += piece
            } catch {
                if error != .interrupted { break }
                noteSignals()
            }
        }
        capture = current
    }

    // Background jobs

    func startBackground(_ item: AndOr) {
        var text = Unparser()
        text.andOr(item)
        let description = [UInt8](text.text.prefix { $0 != 0x0A })
        text.newline()
        let saved = state.descriptors
        defer { restore(saved) }
        // Whoever reads the terminal is in the foreground.
        if !isInteractive, let null = try? File.open([UInt8]("/dev/null")) { state.descriptors[0] = null }
        let processes: [Int32]
        let last: Started
        if item.rest.isEmpty, !item.first.isNegated {
            (processes, last) = startPipeline(item.first.commands, isForeground: false)
        } else {
            last = startSubshell(text.text, controlsJobs ? Process.Placement(group: 0) : Process.Placement())
            if case .process(let process) = last { processes = [process] } else { processes = [] }
        }
        guard case .process(let process) = last else {
            // The status of a background list is 0 whatever becomes of it.
            state.status = 0
            return
        }
        state.lastBackground = process
        state.status = 0
        let number = (jobs.last?.number ?? 0) + 1
        jobs.append(
            Job(number: number, processes: processes, last: process, text: description, group: processes.first ?? process))
        if isInteractive {
            write([UInt8]("[") + [UInt8](decimal: number) + [UInt8]("] ") + [UInt8](decimal: process) + [0x0A], to: 2)
        }
    }

    /// Notes which background processes have ended; `isTold`: and says so.
    func updateJobs(isTold: Bool) {
        for index in jobs.indices {
            var left: [Int32] = []
            for process in jobs[index].processes {
                do {
                    let change = try Process.pollForChange(process)?.change
                    if case .ended(let end)? = change {
                        if process == jobs[index].last { jobs[index].end = end }
                        continue
                    }
                    left.append(process)
                    if case .stopped(let signal)? = change {
                        jobs[index].stop = signal
                        state.lastStopped = jobs[index].number
                        if isTold { write(line(of: jobs[index]) + [0x0A], to: 2) }
                    } else if case .continued? = change {
                        jobs[index].stop = nil
                    }
                } catch {
                    // Of one that is gone, a wait has taken the status.
                    if error != .noChildProcess { left.append(process) }
                }
            }
            jobs[index].processes = left
        }
        guard isTold else { return }
        for job in jobs where job.processes.isEmpty { write(line(of: job) + [0x0A], to: 2) }
        jobs.removeAll { $0.processes.isEmpty }
    }
}
