// Builtins that change what runs next.

import Martlet

extension Shell {
    /// A number that a builtin was given, or `nil` with the failure told.
    private func number(_ name: StaticString, _ text: [UInt8]) -> Int? {
        guard let value = text.decimal, value >= 0, value <= Int64(Int32.max) else {
            _ = refuse(name, [UInt8]("Illegal number: ") + text)
            return nil
        }
        return Int(value)
    }

    func leaveLoop(_ arguments: [[UInt8]], isBreak: Bool) -> Flow {
        var count = 1
        if let first = arguments.first {
            guard let value = number(isBreak ? "break" : "continue", first), value > 0 else { return .abandon }
            count = value
        }
        state.status = 0
        if state.loopDepth == 0 { return .normal }
        count = min(count, state.loopDepth)
        return isBreak ? .leave(loops: count) : .next(loops: count)
    }

    func exit(_ arguments: [[UInt8]]) -> Flow {
        if let first = arguments.first {
            guard let value = number("exit", first) else { return .exit }
            state.status = UInt8(truncatingIfNeeded: value)
        }
        return .exit
    }

    func returnFromFunction(_ arguments: [[UInt8]]) -> Flow {
        if let first = arguments.first {
            guard let value = number("return", first) else { return .abandon }
            state.status = UInt8(truncatingIfNeeded: value)
        }
        return .finish
    }

    func shift(_ arguments: [[UInt8]]) -> Flow {
        var count = 1
        if let first = arguments.first {
            guard let value = number("shift", first) else { return .abandon }
            count = value
        }
        guard count <= state.positional.count else {
            _ = refuse("shift", "can't shift that many")
            return isInteractive ? .normal : .abandon
        }
        state.positional.removeFirst(count)
        return end(0)
    }

    func eval(_ arguments: [[UInt8]]) -> Flow {
        var text: [UInt8] = []
        for (index, argument) in arguments.enumerated() {
            if index > 0 { text.append(0x20) }
            text += argument
        }
        state.status = 0
        return run(program: text)
    }

    func dot(_ arguments: [[UInt8]]) -> Flow {
        guard let name = arguments.first else { return refuse(".", "a file is missing") }
        var path = name
        if !name.contains(UInt8(ascii: "/")) {
            for directory in (state.variables.value("PATH") ?? []).pieces(separator: UInt8(ascii: ":")) {
                let candidate = directory.isEmpty ? name : Path.join(directory, name)
                if (try? Path.checkAccess(candidate, .read)) != nil {
                    path = candidate
                    break
                }
            }
        }
        let text: [UInt8]
        do {
            text = try Path.contents(path)
        } catch {
            _ = refuse(".", [UInt8]("cannot open ") + name + [UInt8](": ") + error.message)
            return isInteractive ? .normal : .abandon
        }
        let positional = state.positional
        if arguments.count > 1 { state.positional = [[UInt8]](arguments.dropFirst()) }
        state.status = 0
        let flow = run(program: text)
        if arguments.count > 1 { state.positional = positional }
        return flow == .finish ? .normal : flow
    }

    /// Without a command the redirections stay. There is no call that replaces a program, so the shell waits for the command
    /// and ends as it did.
    func exec(_ arguments: [[UInt8]]) -> Flow {
        if arguments.isEmpty { return end(0) }
        switch start(arguments, state.variables.environment, Process.Placement()) {
        case .process(let process): _ = waitInForeground([process])
        case .status(let status): state.status = status
        }
        state.traps.removeAll { $0.signal == 0 }
        return .exit
    }

    func command(_ arguments: [[UInt8]]) -> Flow {
        guard let first = arguments.first else { return end(0) }
        if first.equals("-v") || first.equals("-V") {
            guard arguments.count > 1 else { return end(0) }
            return first.equals("-V") ? type([arguments[1]]) : printPlace(arguments[1])
        }
        if first.equals("-p") || first.equals("--") { return command([[UInt8]](arguments.dropFirst())) }
        if let builtin = Builtins.find(first) { return builtin(self, [[UInt8]](arguments.dropFirst())) }
        switch start(arguments, state.variables.environment, foregroundPlacement()) {
        case .process(let process): return waitInForeground([process]) { [UInt8](arguments.joined(separator: [0x20])) }
        case .status(let status): return end(status)
        }
    }

    private static let keywords: [StaticString] = [
        "!", "{", "}", "case", "do", "done", "elif", "else", "esac", "fi", "for", "if", "in", "then", "until", "while",
    ]

    private func printPlace(_ name: [UInt8]) -> Flow {
        let isKnown =
            Shell.keywords.contains { name.equals($0) } || Builtins.find(name) != nil || state.functions.contains { $0.name == name }
        if isKnown {
            output += name + [0x0A]
            return end(0)
        }
        guard let path = place(name) else { return end(127) }
        output += path + [0x0A]
        return end(0)
    }

    /// The program that a name would start.
    private func place(_ name: [UInt8]) -> [UInt8]? {
        if name.contains(UInt8(ascii: "/")) { return (try? Path.checkAccess(name, .execute)) != nil ? name : nil }
        return candidates(name).first
    }

    func type(_ arguments: [[UInt8]]) -> Flow {
        state.status = 0
        for name in arguments {
            output += name
            if Shell.keywords.contains(where: { name.equals($0) }) {
                output.append(" is a shell keyword\n")
            } else if state.functions.contains(where: { $0.name == name }) {
                output.append(" is a shell function\n")
            } else if Builtins.find(name) != nil {
                output.append(Builtins.isSpecial(name) ? " is a special shell builtin\n" : " is a shell builtin\n")
            } else if let path = place(name) {
                output.append(" is ")
                output += path + [0x0A]
            } else {
                output.append(": not found\n")
                state.status = 127
            }
        }
        return .normal
    }

    func forgetPlaces() -> Flow {
        remembered = ([], [])
        return end(0)
    }

    /// jobs [-l | -p] [job...]
    func listJobs(_ arguments: [[UInt8]]) -> Flow {
        var operands = arguments[...]
        var option: UInt8?
        while let word = operands.first, word.count > 1, word[0] == UInt8(ascii: "-") {
            operands.removeFirst()
            if word.equals("--") { break }
            for letter in word.dropFirst() {
                guard letter == UInt8(ascii: "l") || letter == UInt8(ascii: "p") else {
                    return refuse("jobs", [UInt8]("-") + [letter] + [UInt8](": no such option"))
                }
                option = letter
            }
        }
        updateJobs(isTold: false)
        var chosen = [Int](jobs.indices)
        if !operands.isEmpty {
            chosen = []
            for operand in operands {
                guard let index = job(operand) else { return refuse("jobs", operand + [UInt8](": no such job"), status: 1) }
                chosen.append(index)
            }
        }
        for index in chosen {
            if option == UInt8(ascii: "p") {
                output.append(decimal: jobs[index].group)
            } else {
                output += line(of: jobs[index], isLong: option == UInt8(ascii: "l"))
            }
            output.append(0x0A)
        }
        // What was told is forgotten.
        let told = chosen.map { jobs[$0].number }
        jobs.removeAll { $0.processes.isEmpty && told.contains($0.number) }
        return end(0)
    }

    func wait(_ arguments: [[UInt8]]) -> Flow {
        if arguments.isEmpty {
            for job in jobs {
                for process in job.processes {
                    if let status = waitInterruptibly(process), status > 128, wasInterrupted || arrivedSignals != 0 { return end(status) }
                }
            }
            jobs = []
            return end(0)
        }
        for argument in arguments {
            var process = argument.decimal
            if argument.first == UInt8(ascii: "%") { process = job(argument).map { Int64(jobs[$0].last) } }
            guard let process, process > 0, process <= Int64(Int32.max) else {
                return refuse("wait", argument + [UInt8](": no such job"))
            }
            let index = jobs.firstIndex { $0.last == Int32(process) }
            if let index, let end = jobs[index].end {
                state.status = end.status
            } else {
                state.status = waitInterruptibly(Int32(process)) ?? 127
            }
            if let index { jobs.remove(at: index) }
        }
        return .normal
    }

    /// The status of a child; above 128 after a signal to the shell itself. `nil` if there is no such child.
    private func waitInterruptibly(_ process: Int32) -> UInt8? {
        while true {
            do {
                return try Process.wait(process).end.status
            } catch {
                guard error == .interrupted else { return nil }
                noteSignals()
                if wasInterrupted { return 130 }
                if arrivedSignals != 0 { return 128 + UInt8(arrivedSignals.trailingZeroBitCount) }
            }
        }
    }

    func trap(_ arguments: [[UInt8]]) -> Flow {
        var words = arguments
        if words.first?.equals("--") == true { words.removeFirst() }
        if words.isEmpty {
            for trap in state.traps {
                output.append("trap -- ")
                output += Unparser.quoted(trap.command) + [0x20]
                output += trap.signal == 0 ? [UInt8]("EXIT") : Signal(rawValue: trap.signal).name ?? [UInt8](decimal: trap.signal)
                output.append(0x0A)
            }
            return end(0)
        }
        var command: [UInt8]?
        // A number first means that all the words are signals, to be reset.
        if words[0].decimal == nil {
            command = words[0].equals("-") ? nil : words[0]
            words.removeFirst()
        }
        state.status = 0
        for word in words {
            var number: UInt8?
            if word.equals("EXIT") { number = 0 }
            if let value = word.decimal, (0...64).contains(value) { number = UInt8(value) }
            if number == nil { number = Signal(name: word)?.rawValue }
            guard let number else { return refuse("trap", word + [UInt8](": bad trap"), status: 1) }
            do {
                try setTrap(number, command)
            } catch {
                return refuse("trap", word + [UInt8](": ") + error.message, status: 1)
            }
        }
        return .normal
    }
}
