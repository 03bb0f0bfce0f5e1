// Starting programs: the search, and what is done with files that the system cannot run.

import Martlet

/// What became of a command that was to run in a process of its own.
enum Started {
    case process(Int32)
    /// None was started; the reason is told, this is the exit status.
    case status(UInt8)
}

extension Shell {
    /// Starts a program.
    func start(_ words: [[UInt8]], _ environment: [[UInt8]], _ placement: Process.Placement) -> Started {
        let name = words[0]
        if name.contains(UInt8(ascii: "/")) { return start(name, words, environment, placement) ?? notFound(name) }
        var denied: Started?
        for path in candidates(name) {
            guard let started = start(path, words, environment, placement) else {
                remembered.places.removeAll { $0.name == name }
                continue
            }
            if case .status(126) = started {
                if denied == nil { denied = started }
                continue
            }
            return started
        }
        return denied ?? notFound(name)
    }

    private func notFound(_ name: [UInt8]) -> Started {
        report(name + [UInt8](": not found"))
        return .status(127)
    }

    /// The paths of executable files called `name`, in the order of `PATH`.
    func candidates(_ name: [UInt8]) -> [[UInt8]] {
        let search = state.variables.value("PATH") ?? []
        if search != remembered.search { remembered = (search, []) }
        if name.isEmpty { return [] }
        var result: [[UInt8]] = []
        if let known = remembered.places.first(where: { $0.name == name }) { result.append(known.path) }
        // One look-up is enough unless the program has moved; then the others are tried.
        if !result.isEmpty, (try? Path.checkAccess(result[0], .execute)) != nil { return result }
        result = []
        for directory in search.pieces(separator: UInt8(ascii: ":")) {
            let path = directory.isEmpty ? name : Path.join(directory, name)
            guard (try? Path.checkAccess(path, .execute)) != nil, let status = try? Path.status(path), status.kind != .directory
            else { continue }
            if result.isEmpty { remembered.places.append((name, path)) }
            result.append(path)
        }
        return result
    }

    /// Starts the file at `path`; `nil` if there is none.
    private func start(
        _ path: [UInt8], _ words: [[UInt8]], _ environment: [[UInt8]], _ placement: Process.Placement
    ) -> Started? {
        do {
            return .process(
                try Process.spawn(
                    path, words, environment: environment, descriptors: state.descriptors.inherited, placement: placement))
        } catch {
            switch error.error {
            case .noSuchFileOrDirectory, .notDirectory: return nil
            case .execFormatError: return startScript(path, words, environment, placement, error)
            default:
                report(words[0] + [UInt8](": ") + error.error.message)
                return .status(126)
            }
        }
    }

    /// A file that is no program may be a script: with `#!` for the interpreter that it names, other text for this shell.
    private func startScript(
        _ path: [UInt8], _ words: [[UInt8]], _ environment: [[UInt8]], _ placement: Process.Placement, _ failure: SpawnFailure
    ) -> Started {
        let beginning: [UInt8]
        do {
            let file = try File.open(path)
            defer { try? file.close() }
            beginning = try file.read(count: 512)
        } catch {
            report(words[0] + [UInt8](": ") + error.message)
            return .status(126)
        }
        let rest = [path] + words.dropFirst()
        var command = [executable] + rest
        var program = executable
        if beginning.hasPrefix("#!") {
            let end = beginning.firstIndex(of: 0x0A) ?? beginning.count
            let line = [UInt8](beginning[2..<end])
            let parts = line.words
            guard let interpreter = parts.first else {
                report(words[0] + [UInt8](": ") + Errno.execFormatError.message)
                return .status(126)
            }
            program = interpreter
            // Everything behind the interpreter is one argument, as on Linux.
            var argument = line.drop { $0 == 0x20 || $0 == 0x09 }.dropFirst(interpreter.count).drop { $0 == 0x20 || $0 == 0x09 }
            while let last = argument.last, last.isSpace { argument = argument.dropLast() }
            command = [interpreter] + (argument.isEmpty ? [] : [[UInt8](argument)]) + rest
        } else if beginning.contains(0) {
            var text = words[0] + [UInt8](": ") + Errno.execFormatError.message
            if !failure.reason.isEmpty { text += [UInt8](": ") + failure.reason }
            report(text)
            return .status(126)
        }
        do {
            return .process(
                try Process.spawn(
                    program, command, environment: environment, descriptors: state.descriptors.inherited, placement: placement))
        } catch {
            report(words[0] + [UInt8](": ") + program + [UInt8](": bad interpreter: ") + error.error.message)
            return .status(126)
        }
    }

    /// Starts a process of this shell's program that knows what this shell knows and runs `text`.
    func startSubshell(_ text: [UInt8], _ placement: Process.Placement) -> Started {
        var script: [UInt8] = []
        for variable in state.variables.all {
            if let value = variable.value, !variable.isExported {
                script += variable.name + [UInt8(ascii: "=")] + Unparser.quoted(value) + [0x0A]
            }
            if variable.isReadOnly { script += [UInt8]("readonly ") + variable.name + [0x0A] }
        }
        for function in state.functions {
            var unparser = Unparser()
            unparser.command(.function(name: function.name, body: function.body))
            unparser.newline()
            script += unparser.text
        }
        for trap in state.traps where trap.command.isEmpty {
            script += [UInt8]("trap '' ") + [UInt8](decimal: trap.signal) + [0x0A]
        }
        // A subshell has no jobs of its own to control.
        let options = [UInt8](state.options.text.filter { $0 != UInt8(ascii: "m") })
        if !options.isEmpty { script += [UInt8]("set -") + options + [0x0A] }
        script += text
        var inherited = [UInt8](decimal: processID)
        inherited.append(":")
        inherited.append(decimal: state.status)
        inherited.append(":")
        inherited.append(decimal: state.lastBackground)
        let words = [executable, [UInt8]("--within"), inherited, [UInt8]("-c"), script, state.name] + state.positional
        do {
            return .process(
                try Process.spawn(
                    executable, words, environment: state.variables.environment, descriptors: state.descriptors.inherited,
                    placement: placement))
        } catch {
            report([UInt8]("cannot start a subshell: ") + error.error.message)
            return .status(126)
        }
    }
}
