// Simple commands: expansion, then a builtin, a function or a program (POSIX, Shell Command Language 2.9.1).

import Martlet

extension Shell {
    func run(_ command: SimpleCommand) -> Flow {
        substitutionStatus = nil
        let words: [[UInt8]]
        do {
            words = try expandArguments(command)
        } catch {
            return fail(error)
        }
        guard let name = words.first else { return runAssignments(command) }
        let arguments = [[UInt8]](words.dropFirst())
        let function = state.functions.first { $0.name == name }
        let builtin = function == nil || Builtins.isSpecial(name) ? Builtins.find(name) : nil

        let saved = state.descriptors
        // `exec` without a command keeps what was redirected.
        let keeps = name.equals("exec") && arguments.isEmpty
        defer {
            if keeps { close(saved, unless: state.descriptors) } else { restore(saved) }
        }
        do {
            try redirect(command.redirections)
        } catch {
            report(error.message)
            state.status = error.status
            return Builtins.isSpecial(name) && !isInteractive ? .abandon : checkStatus()
        }
        do {
            if let builtin {
                let undo = try assignTemporarily(command, persist: Builtins.isSpecial(name))
                trace(command, words, saved)
                let flow = run(builtin, arguments)
                for variable in undo.reversed() { state.variables.restore(variable.name, variable.old) }
                return flow
            }
            if let function {
                let undo = try assignTemporarily(command, persist: false)
                trace(command, words, saved)
                let flow = call(function, arguments)
                for variable in undo.reversed() { state.variables.restore(variable.name, variable.old) }
                return flow == .normal ? checkStatus() : flow
            }
            let undo = try assignTemporarily(command, persist: false)
            trace(command, words, saved)
            let environment = state.variables.environment
            for variable in undo.reversed() { state.variables.restore(variable.name, variable.old) }
            switch start(words, environment, foregroundPlacement()) {
            case .process(let process): return waitInForeground([process]) { [UInt8](words.joined(separator: [0x20])) }
            case .status(let status): state.status = status
            }
            return checkStatus()
        } catch {
            return fail(error)
        }
    }

    /// The words of a command. Those of `export NAME=value` and its kin are not split behind the `=`.
    func expandArguments(_ command: SimpleCommand) throws(ShellFailure) -> [[UInt8]] {
        guard let name = command.words.first?.plain, name.equals("export") || name.equals("readonly") || name.equals("local") else {
            return try expand(command.words)
        }
        var result = [name]
        for word in command.words.dropFirst() {
            if case .text(let text, isQuoted: false)? = word.parts.first, let equals = text.firstIndex(of: UInt8(ascii: "=")),
                Parser.isName([UInt8](text[0..<equals]))
            {
                result.append(try expandSingle(word, isAssignment: true))
            } else {
                result += try expand([word])
            }
        }
        return result
    }

    /// A command of assignments (and redirections) alone.
    private func runAssignments(_ command: SimpleCommand) -> Flow {
        let saved = state.descriptors
        defer { restore(saved) }
        do {
            try redirect(command.redirections)
            for assignment in command.assignments {
                let value = try expandSingle(assignment.value, isAssignment: true)
                if state.options.traces { traceLine([assignment.name + [UInt8(ascii: "=")] + value], saved) }
                try assign(assignment.name, value)
            }
        } catch {
            return fail(error)
        }
        state.status = substitutionStatus ?? 0
        return checkStatus()
    }

    /// Makes the assignments before a command, exported, and returns what they replaced.
    private func assignTemporarily(
        _ command: SimpleCommand, persist: Bool
    ) throws(ShellFailure) -> [(name: [UInt8], old: Variable?)] {
        var undo: [(name: [UInt8], old: Variable?)] = []
        for assignment in command.assignments {
            let value = try expandSingle(assignment.value, isAssignment: true)
            if !persist { undo.append((assignment.name, state.variables.variable(assignment.name))) }
            try assign(assignment.name, value)
            if !persist { state.variables.export(assignment.name) }
        }
        return undo
    }

    /// Tells the command, where errors went before its redirections.
    private func trace(_ command: SimpleCommand, _ words: [[UInt8]], _ descriptors: DescriptorTable) {
        guard state.options.traces else { return }
        var line = words
        for assignment in command.assignments.reversed() {
            line.insert(assignment.name + [UInt8(ascii: "=")] + (state.variables.value(assignment.name) ?? []), at: 0)
        }
        traceLine(line, descriptors)
    }

    private func traceLine(_ words: [[UInt8]], _ descriptors: DescriptorTable) {
        var line = state.variables.value("PS4") ?? [UInt8]("+ ")
        for (index, word) in words.enumerated() {
            if index > 0 { line.append(0x20) }
            line += word
        }
        try? descriptors[2]?.write(line + [0x0A])
    }

    /// Runs a builtin and writes its output.
    private func run(_ builtin: Builtins.Body, _ arguments: [[UInt8]]) -> Flow {
        let flow = builtin(self, arguments)
        flushOutput()
        return flow == .normal ? checkStatus() : flow
    }

    /// Writes what a builtin has put out so far.
    func flushOutput() {
        let text = output
        output = []
        if text.isEmpty { return }
        if capture != nil, capture?.writer == state.descriptors[1] {
            capture?.output += text
            return
        }
        guard let file = state.descriptors[1] else {
            report(Errno.badFileDescriptor.message)
            state.status = 1
            return
        }
        do {
            try file.write(text)
        } catch {
            if error != .interrupted { report([UInt8]("write error: ") + error.message) }
            state.status = error == .interrupted ? 130 : 1
        }
    }
}
