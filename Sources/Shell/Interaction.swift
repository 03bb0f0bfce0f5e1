// Reading commands from standard input, with prompts if the shell is interactive.

import Martlet

extension Shell {
    /// Reads commands from standard input and runs them, up to the end of the input or `exit`.
    package func runInput() {
        if isInteractive { prepareInteraction() }
        // What stands behind a command in a script is for that command to read (POSIX sh, "STDIN").
        var input = newInput
        var pending: [UInt8] = []
        while true {
            if isInteractive {
                updateJobs(isTold: true)
                write(pending.isEmpty ? prompt : state.variables.value("PS2") ?? [UInt8]("> "), to: 2)
            }
            let line: [UInt8]
            do {
                line = try input.line()
            } catch {
                guard error == .interrupted else {
                    report(error.message)
                    state.status = 1
                    break
                }
                // The interrupt key: a new line, and what was typed is forgotten.
                noteSignals()
                if wasInterrupted {
                    wasInterrupted = false
                    input = newInput
                    pending = []
                    state.status = 130
                    if isInteractive { write([0x0A], to: 2) }
                }
                if runPendingTraps() == .exit { break }
                continue
            }
            if line.isEmpty {
                if !pending.isEmpty {
                    let flow = run(program: pending)
                    pending = []
                    if flow == .abandon, isInteractive { continue }
                }
                if isInteractive { write([0x0A], to: 2) }
                break
            }
            if state.options.isVerbose { write(line, to: 2) }
            pending += line
            if !isComplete(pending) { continue }
            let text = pending
            pending = []
            let flow = run(program: text)
            // It may have put something else in the place of standard input.
            if !isInteractive { input = newInput }
            if isInteractive, flow == .abandon || flow == .normal {
                wasInterrupted = false
                conditionDepth = 0
                state.loopDepth = 0
                state.functionDepth = 0
                state.locals = []
                continue
            }
            if flow != .normal { break }
        }
        runExitTrap()
    }

    private var newInput: LineReader { LineReader(state.descriptors[0] ?? .standardInput) }

    /// Whether no more lines are needed. What is wrong is complete too: it is told when it runs.
    private func isComplete(_ text: [UInt8]) -> Bool {
        if text.hasSuffix("\\\n") { return false }
        var parser = Parser(text)
        do {
            _ = try parser.program()
        } catch {
            if case .incomplete = error { return false }
        }
        return true
    }

    /// The primary prompt. Beside expansions it knows `\u` user, `\h` host, `\w` working directory (`\W` its last name),
    /// `\$`, `\n`, `\e`, `\[` and `\]` (nothing), `\\`.
    private var prompt: [UInt8] {
        let text = state.variables.value("PS1") ?? [UInt8]("\\$ ")
        var result: [UInt8] = []
        var index = 0
        while index < text.count {
            guard text[index] == UInt8(ascii: "\\"), index + 1 < text.count else {
                result.append(text[index])
                index += 1
                continue
            }
            let letter = text[index + 1]
            index += 2
            switch letter {
            case UInt8(ascii: "u"): result += state.variables.value("USER") ?? []
            case UInt8(ascii: "h"):
                result += (state.variables.value("HOSTNAME") ?? (try? SystemName.current().node) ?? []).prefix { $0 != UInt8(ascii: ".") }
            case UInt8(ascii: "w"): result += shortDirectory
            case UInt8(ascii: "W"): result += shortDirectory.equals("~") ? shortDirectory : Path.baseName(shortDirectory)
            case UInt8(ascii: "$"): result += [UInt8](state.variables.value("USER")?.equals("root") == true ? "#" : "$")
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "e"): result.append(0x1B)
            case UInt8(ascii: "["), UInt8(ascii: "]"): break
            case UInt8(ascii: "\\"): result.append(letter)
            default: result += [UInt8(ascii: "\\"), letter]
            }
        }
        return result
    }

    /// The working directory, with `~` for the home directory.
    private var shortDirectory: [UInt8] {
        let directory = (try? workingDirectory()) ?? state.variables.value("PWD") ?? []
        guard let home = state.variables.value("HOME"), home.count > 1, directory.hasPrefix(home) else { return directory }
        let rest = [UInt8](directory[home.count...])
        return rest.isEmpty || rest.first == UInt8(ascii: "/") ? [UInt8(ascii: "~")] + rest : directory
    }
}

extension [UInt8] {
    func hasSuffix(_ suffix: StaticString) -> Bool {
        let bytes = [UInt8](suffix)
        return count >= bytes.count && [UInt8](self[(count - bytes.count)...]) == bytes
    }
}
