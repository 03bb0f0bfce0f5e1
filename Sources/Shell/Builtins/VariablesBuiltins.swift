// Builtins around variables and options.

import Martlet

extension Shell {
    /// `NAME` or `NAME=value` of `export`, `readonly`, `local`; `nil` with the failure told.
    private func declaration(_ command: StaticString, _ word: [UInt8]) -> (name: [UInt8], value: [UInt8]?)? {
        let equals = word.firstIndex(of: UInt8(ascii: "="))
        let name = [UInt8](word[0..<(equals ?? word.count)])
        guard Parser.isName(name) else {
            _ = refuse(command, name + [UInt8](": bad variable name"))
            return nil
        }
        return (name, equals.map { [UInt8](word[($0 + 1)...]) })
    }

    private func declare(_ command: StaticString, _ arguments: [[UInt8]], _ mark: (inout Variables, [UInt8]) -> Void) -> Flow {
        state.status = 0
        for argument in arguments where !argument.equals("-p") {
            guard let (name, value) = declaration(command, argument) else { return isInteractive ? .normal : .abandon }
            if let value {
                do {
                    try assign(name, value)
                } catch {
                    return fail(error)
                }
            }
            mark(&state.variables, name)
        }
        return .normal
    }

    func export(_ arguments: [[UInt8]]) -> Flow {
        if arguments.isEmpty || arguments[0].equals("-p") {
            for variable in state.variables.all where variable.isExported { list("export ", variable) }
        }
        return declare("export", arguments) { $0.export($1) }
    }

    func makeReadOnly(_ arguments: [[UInt8]]) -> Flow {
        if arguments.isEmpty || arguments[0].equals("-p") {
            for variable in state.variables.all where variable.isReadOnly { list("readonly ", variable) }
        }
        return declare("readonly", arguments) { $0.makeReadOnly($1) }
    }

    private func list(_ command: StaticString, _ variable: Variable) {
        output.append(command)
        output += variable.name
        if let value = variable.value { output += [UInt8(ascii: "=")] + Unparser.quoted(value) }
        output.append(0x0A)
    }

    /// Variables that have their old values again when the function returns.
    func local(_ arguments: [[UInt8]]) -> Flow {
        guard let depth = state.locals.indices.last else { return refuse("local", "not in a function") }
        state.status = 0
        for argument in arguments {
            guard let (name, value) = declaration("local", argument) else { return .abandon }
            if !state.locals[depth].contains(where: { $0.name == name }) {
                state.locals[depth].append((name, state.variables.variable(name)))
            }
            do {
                if let value { try assign(name, value) }
            } catch {
                return fail(error)
            }
        }
        return .normal
    }

    func unset(_ arguments: [[UInt8]]) -> Flow {
        var isFunction = false
        state.status = 0
        for argument in arguments {
            if argument.equals("-f") {
                isFunction = true
            } else if argument.equals("-v") {
                isFunction = false
            } else if isFunction {
                state.functions.removeAll { $0.name == argument }
            } else {
                do {
                    try state.variables.unset(argument)
                } catch {
                    return fail(error)
                }
            }
        }
        return .normal
    }

    func set(_ arguments: [[UInt8]]) -> Flow {
        if arguments.isEmpty {
            for variable in state.variables.all where variable.value != nil { list("", variable) }
            return end(0)
        }
        var index = 0
        while index < arguments.count {
            let word = arguments[index]
            guard word.count > 1, let sign = word.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") else { break }
            index += 1
            if word.equals("--") {
                state.positional = [[UInt8]](arguments[index...])
                return end(0)
            }
            let isOn = sign == UInt8(ascii: "-")
            for letter in word.dropFirst() {
                if letter == UInt8(ascii: "o"), index < arguments.count {
                    guard let letter = Shell.letter(ofOption: arguments[index]), state.options.set(letter, isOn) else {
                        _ = refuse("set", [UInt8]("Illegal option -o ") + arguments[index])
                        return isInteractive ? .normal : .abandon
                    }
                    if letter == UInt8(ascii: "m") { monitorJobs(isOn) }
                    index += 1
                } else if letter == UInt8(ascii: "m") {
                    monitorJobs(isOn)
                } else if !state.options.set(letter, isOn) {
                    _ = refuse("set", [UInt8]("Illegal option ") + [sign, letter])
                    return isInteractive ? .normal : .abandon
                }
            }
        }
        if index < arguments.count { state.positional = [[UInt8]](arguments[index...]) }
        return end(0)
    }

    private static func letter(ofOption name: [UInt8]) -> UInt8? {
        switch name {
        case "allexport": return UInt8(ascii: "a")
        case "errexit": return UInt8(ascii: "e")
        case "noglob": return UInt8(ascii: "f")
        case "noexec": return UInt8(ascii: "n")
        case "nounset": return UInt8(ascii: "u")
        case "verbose": return UInt8(ascii: "v")
        case "xtrace": return UInt8(ascii: "x")
        case "noclobber": return UInt8(ascii: "C")
        case "monitor": return UInt8(ascii: "m")
        default: return nil
        }
    }

    /// Reads a line and assigns its fields.
    func read(_ arguments: [[UInt8]]) -> Flow {
        let options: Options
        do {
            options = try Options(arguments, known: "rp:")
        } catch {
            return refuse("read", "usage: read [-r] [-p prompt] name...")
        }
        if let prompt = options.value("p") { write(prompt, to: 2) }
        guard !options.operands.isEmpty else { return refuse("read", "arg count") }
        guard let file = state.descriptors[0] else { return refuse("read", Errno.badFileDescriptor.message, status: 1) }
        var line: [UInt8] = []
        /// Which bytes a backslash protects from being separators.
        var quoted: [Bool] = []
        var isEnded = false
        var isEscaped = false
        var reader = LineReader(file)
        while !isEnded {
            let byte: UInt8
            do {
                guard let next = try reader.next() else { break }
                byte = next
            } catch {
                if error == .interrupted {
                    noteSignals()
                    if wasInterrupted { return .abandon }
                    if arrivedSignals == 0 { continue }
                }
                return refuse("read", error.message, status: 1)
            }
            if isEscaped {
                isEscaped = false
                if byte != 0x0A {
                    line.append(byte)
                    quoted.append(true)
                }
            } else if byte == UInt8(ascii: "\\"), !options.has("r") {
                isEscaped = true
            } else if byte == 0x0A {
                isEnded = true
            } else if byte != 0 {
                line.append(byte)
                quoted.append(false)
            }
        }
        reader.finish()
        do {
            try assignFields(line, quoted, options.operands)
        } catch {
            return fail(error)
        }
        return end(isEnded ? 0 : 1)
    }

    /// The first fields go to the first names; the last name gets all the rest.
    private func assignFields(_ line: [UInt8], _ quoted: [Bool], _ names: [[UInt8]]) throws(ShellFailure) {
        let separators = state.variables.value("IFS") ?? [0x20, 0x09, 0x0A]
        func isSeparator(_ index: Int) -> Bool { !quoted[index] && separators.contains(line[index]) }
        func isSpace(_ index: Int) -> Bool { isSeparator(index) && (line[index] == 0x20 || line[index] == 0x09) }
        var index = 0
        while index < line.count, isSpace(index) { index += 1 }
        for (place, name) in names.enumerated() {
            guard Parser.isName(name) else { throw ShellFailure([UInt8]("read: ") + name + [UInt8](": bad variable name")) }
            let start = index
            if place == names.count - 1 {
                var end = line.count
                while end > start, isSpace(end - 1) { end -= 1 }
                // One separator behind the last field ends it, unless there are more fields.
                if end > start, isSeparator(end - 1), !(start..<end - 1).contains(where: isSeparator) {
                    end -= 1
                    while end > start, isSpace(end - 1) { end -= 1 }
                }
                try assign(name, [UInt8](line[start..<end]))
                return
            }
            while index < line.count, !isSeparator(index) { index += 1 }
            try assign(name, [UInt8](line[start..<index]))
            while index < line.count, isSpace(index) { index += 1 }
            if index < line.count, isSeparator(index), index > start || !isSpace(index) {
                index += 1
                while index < line.count, isSpace(index) { index += 1 }
            }
        }
    }

    func getOptions(_ arguments: [[UInt8]]) -> Flow {
        guard arguments.count >= 2 else { return refuse("getopts", "usage: getopts options name [argument...]") }
        let letters = arguments[0]
        let words = arguments.count > 2 ? [[UInt8]](arguments.dropFirst(2)) : state.positional
        let isSilent = letters.first == UInt8(ascii: ":")
        var index = Int(state.variables.value("OPTIND")?.decimal ?? 1)
        if index < 1 { index = 1 }
        // Where inside a word of several options we are.
        if index != optionPlace.word { optionPlace = (index, 1) }
        do {
            guard index <= words.count, words[index - 1].count > 1, words[index - 1][0] == UInt8(ascii: "-"),
                !words[index - 1].equals("--")
            else {
                if index <= words.count, words[index - 1].equals("--") { index += 1 }
                try assign([UInt8]("OPTIND"), [UInt8](decimal: index))
                try assign(arguments[1], [UInt8(ascii: "?")])
                optionPlace = (0, 1)
                return end(1)
            }
            let word = words[index - 1]
            let letter = word[optionPlace.letter]
            optionPlace.letter += 1
            let isLast = optionPlace.letter >= word.count
            var result = letter
            var value: [UInt8]?
            let place = letter == UInt8(ascii: ":") ? nil : letters.firstIndex(of: letter)
            if let place, place + 1 < letters.count, letters[place + 1] == UInt8(ascii: ":") {
                if !isLast {
                    value = [UInt8](word[optionPlace.letter...])
                    index += 1
                } else if index < words.count {
                    value = words[index]
                    index += 2
                } else {
                    index += 1
                    result = isSilent ? UInt8(ascii: ":") : UInt8(ascii: "?")
                    value = isSilent ? [letter] : nil
                    if !isSilent { report([UInt8]("No arg for -") + [letter] + [UInt8](" option")) }
                }
                optionPlace = (index, 1)
            } else {
                if place == nil {
                    result = UInt8(ascii: "?")
                    value = isSilent ? [letter] : nil
                    if !isSilent { report([UInt8]("Illegal option -") + [letter]) }
                }
                if isLast {
                    index += 1
                    optionPlace = (index, 1)
                }
            }
            try assign([UInt8]("OPTIND"), [UInt8](decimal: index))
            try assign(arguments[1], [result])
            if let value { try assign([UInt8]("OPTARG"), value) } else { try state.variables.unset([UInt8]("OPTARG")) }
        } catch {
            return fail(error)
        }
        return end(0)
    }
}
