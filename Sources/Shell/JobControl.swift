// Job control (POSIX, Shell Command Language 2.11; jobs, fg, bg, kill): jobs in groups of their own, stopped and continued.

import Martlet

extension Shell {
    /// `set -m`, `set +m`: whether what is started goes into a group of its own. The terminal goes along if the shell has one.
    func monitorJobs(_ isOn: Bool) {
        ownGroup = (try? Process.group().group) ?? 0
        controlsJobs = isOn && ownGroup > 0
        ownsTerminal = controlsJobs && (try? File.standardInput.foregroundGroup()) == ownGroup
        state.options.monitors = controlsJobs
    }

    /// Gives the terminal to a group. The shell may be in the background then, which SIGTTOU would tell it; the commands that it starts
    /// must not inherit that it ignores it.
    func giveTerminal(to group: Int32) {
        let trapped: Signal.Disposition? = trap(Signal.terminalOutput.rawValue).map { $0.command.isEmpty ? .ignore : .interrupt }
        try? Signal.set(.terminalOutput, .ignore)
        try? File.standardInput.setForegroundGroup(group)
        let standard = isInteractive ? Shell.interactiveDisposition(Signal.terminalOutput.rawValue) : .standard
        try? Signal.set(.terminalOutput, trapped ?? standard)
    }

    /// Notes a job that a signal stopped, and says so.
    func noteStopped(_ processes: [Int32], _ signal: Signal, _ text: [UInt8], number: Int?) {
        let number = number ?? (jobs.last?.number ?? 0) + 1
        guard let last = processes.last else { return }
        jobs.append(
            Job(
                number: number, processes: processes, last: last, text: text, group: (try? Process.group(of: last).group) ?? last,
                stop: signal))
        jobs.sort { $0.number < $1.number }
        state.lastStopped = number
        write([0x0A] + line(of: jobs.first { $0.number == number }) + [0x0A], to: 2)
    }

    /// What `jobs` says of a job (POSIX, jobs, STDOUT): its number, `+` for the current one and `-` for the one before, its state, its
    /// command.
    /// - Parameter isLong: with the number of its group
    func line(of job: Job?, isLong: Bool = false) -> [UInt8] {
        guard let job else { return [] }
        var line = [UInt8]("[")
        line.append(decimal: job.number)
        line.append("] ")
        let current = self.job(nil).map { jobs[$0].number }
        let previous = self.job([UInt8]("%-")).map { jobs[$0].number }
        line.append(job.number == current ? "+ " : job.number == previous ? "- " : "  ")
        if isLong {
            line.append(decimal: job.group)
            line.append(" ")
        }
        if let stop = job.stop {
            line.append("Stopped")
            // That of the key needs no word.
            if stop != .terminalStop { line += [UInt8](" (SIG") + (stop.name ?? []) + [UInt8](")") }
        } else if !job.processes.isEmpty {
            line.append("Running")
        } else {
            switch job.end ?? .exited(0) {
            case .exited(0): line.append("Done")
            case .exited(let status):
                line.append("Done(")
                line.append(decimal: status)
                line.append(")")
            case .signaled(let signal): line += signal.message.isEmpty ? [UInt8]("Interrupted") : signal.message
            }
        }
        line.append(" ")
        return line + job.text
    }

    /// The index of the job that an operand names: `%N`, `%%`, `%+` or none for the one that stopped last, or else began last; `%-`
    /// the one before; `%TEXT` one whose command begins so, `%?TEXT` one that contains it.
    func job(_ operand: [UInt8]?) -> Int? {
        let name = operand.map { [UInt8]($0.dropFirst()) } ?? []
        let current = jobs.firstIndex { $0.number == state.lastStopped && $0.stop != nil } ?? jobs.lastIndex { $0.stop != nil }
        let first = current ?? (jobs.isEmpty ? nil : jobs.count - 1)
        if name.isEmpty || name.equals("%") || name.equals("+") { return first }
        if name.equals("-") { return jobs.indices.last { $0 != first } ?? first }
        if let number = name.decimal { return jobs.firstIndex { $0.number == Int(number) } }
        if name.first == UInt8(ascii: "?") {
            let text = [UInt8](name.dropFirst())
            return jobs.firstIndex { job in job.text.indices.contains { [UInt8](job.text[$0...].prefix(text.count)) == text } }
        }
        return jobs.firstIndex { [UInt8]($0.text.prefix(name.count)) == name }
    }

    /// The job of a builtin's operand, or `nil` with the failure told.
    private func job(for builtin: StaticString, _ arguments: [[UInt8]]) -> Int? {
        guard controlsJobs else {
            _ = refuse(builtin, "no job control", status: 1)
            return nil
        }
        updateJobs(isTold: false)
        guard let index = job(arguments.first), !jobs[index].processes.isEmpty else {
            _ = refuse(builtin, (arguments.first ?? [UInt8]("current")) + [UInt8](": no such job"), status: 1)
            return nil
        }
        return index
    }

    /// fg: the job gets the terminal and goes on.
    func bringToForeground(_ arguments: [[UInt8]]) -> Flow {
        guard let index = job(for: "fg", arguments) else { return .normal }
        let job = jobs.remove(at: index)
        output += job.text + [0x0A]
        flushOutput()
        if ownsTerminal { giveTerminal(to: job.group) }
        try? Process.kill(-job.group, .continue)
        return waitInForeground(job.processes, number: job.number) { job.text }
    }

    /// bg: the job goes on where it is.
    func continueInBackground(_ arguments: [[UInt8]]) -> Flow {
        guard let index = job(for: "bg", arguments) else { return .normal }
        jobs[index].stop = nil
        state.lastBackground = jobs[index].last
        try? Process.kill(-jobs[index].group, .continue)
        output.append("[")
        output.append(decimal: jobs[index].number)
        output.append("] ")
        output += jobs[index].text + [0x0A]
        return end(0)
    }

    /// kill: a job's operand stands for its group. All else is the program's.
    func kill(_ arguments: [[UInt8]]) -> Flow {
        var words = [[UInt8]("kill")]
        var hasJobs = false
        for argument in arguments {
            guard argument.first == UInt8(ascii: "%") else {
                words.append(argument)
                continue
            }
            guard let index = job(argument) else { return refuse("kill", argument + [UInt8](": no such job"), status: 1) }
            // Without job control its processes are no group of their own.
            let targets = controlsJobs ? [-jobs[index].group] : jobs[index].processes
            if !hasJobs && words.count == 1 { words.append([UInt8]("-TERM")) }
            hasJobs = true
            for target in targets {
                words.append((target < 0 ? [UInt8]("-") : []) + [UInt8](decimal: abs(target)))
            }
        }
        switch start(words, state.variables.environment, Process.Placement()) {
        case .process(let process): return waitInForeground([process])
        case .status(let status): return end(status)
        }
    }
}
