// Word expansions (POSIX, Shell Command Language 2.6): tilde, parameters, commands, arithmetic; then field splitting, pathname
// expansion and quote removal.

import Martlet

/// Collects the fields that words expand to.
private struct FieldBuilder {
    /// A field: bytes, and which of them are quoted.
    struct Field {
        var bytes: [UInt8] = []
        var quoted: [Bool] = []

        /// As a pattern: what is quoted has a backslash before it.
        var pattern: [UInt8] {
            var result: [UInt8] = []
            for (byte, isQuoted) in zip(bytes, quoted) {
                if isQuoted { result += Pattern.escaped([byte]) } else { result.append(byte) }
            }
            return result
        }
    }

    /// Separators; empty: nothing is split.
    let separators: [UInt8]
    private(set) var fields: [Field] = []
    private var current: Field?
    /// The last field was ended by white space, which may be a part of the separator that follows.
    private var endedBySpace = false

    init(separators: [UInt8]) { self.separators = separators }

    mutating func append(_ bytes: [UInt8], isQuoted: Bool) {
        var field = current ?? Field()
        field.bytes += bytes
        field.quoted += repeatElement(isQuoted, count: bytes.count)
        current = field
        endedBySpace = false
    }

    /// Ends the field if one has begun.
    mutating func end() {
        if let current { fields.append(current) }
        current = nil
    }

    /// Adds the result of an unquoted expansion.
    mutating func split(_ bytes: [UInt8]) {
        if separators.isEmpty {
            if !bytes.isEmpty { append(bytes, isQuoted: false) }
            return
        }
        for byte in bytes {
            guard separators.contains(byte) else {
                append([byte], isQuoted: false)
                continue
            }
            let isSpace = byte == 0x20 || byte == 0x09 || byte == 0x0A
            if current != nil {
                end()
                endedBySpace = isSpace
            } else if !isSpace {
                if endedBySpace { endedBySpace = false } else { fields.append(Field()) }
            }
        }
    }
}

extension Shell {
    /// What a word expands to: any number of fields.
    func expand(_ words: [Word]) throws(ShellFailure) -> [[UInt8]] {
        var result: [[UInt8]] = []
        for word in words {
            if let plain = word.plain, !plain.contains(where: Shell.needsExpansion) {
                result.append(plain)
                continue
            }
            var builder = FieldBuilder(separators: separators)
            try expand(word.parts, &builder, tildes: .first)
            builder.end()
            for field in builder.fields {
                if !state.options.hasNoGlob, field.bytes.contains(where: Shell.isGlob) {
                    let pattern = field.pattern
                    if Pattern(pattern).isSpecial {
                        let paths = Glob.paths(pattern)
                        if !paths.isEmpty {
                            result += paths
                            continue
                        }
                    }
                }
                result.append(field.bytes)
            }
        }
        return result
    }

    private static func isGlob(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "[")
    }

    private static func needsExpansion(_ byte: UInt8) -> Bool { isGlob(byte) || byte == UInt8(ascii: "~") }

    private var separators: [UInt8] { state.variables.value("IFS") ?? [0x20, 0x09, 0x0A] }

    /// What a word expands to where it is not split: one field.
    func expandSingle(_ word: Word, isAssignment: Bool = false) throws(ShellFailure) -> [UInt8] {
        var builder = FieldBuilder(separators: [])
        try expand(word.parts, &builder, tildes: isAssignment ? .afterColons : .first)
        builder.end()
        return Shell.joined(builder.fields.map { $0.bytes })
    }

    /// As `expandSingle`, with backslashes before what is quoted.
    func expandPattern(_ word: Word) throws(ShellFailure) -> Pattern {
        var builder = FieldBuilder(separators: [])
        try expand(word.parts, &builder, tildes: .first)
        builder.end()
        return Pattern(Shell.joined(builder.fields.map { $0.pattern }))
    }

    /// `$@` where it is not split.
    private static func joined(_ fields: [[UInt8]]) -> [UInt8] {
        var result: [UInt8] = []
        for (index, field) in fields.enumerated() {
            if index > 0 { result.append(0x20) }
            result += field
        }
        return result
    }

    /// Where a `~` names a directory.
    private enum Tildes { case none, first, afterColons }

    private func expand(_ parts: [WordPart], _ builder: inout FieldBuilder, tildes: Tildes) throws(ShellFailure) {
        for (index, part) in parts.enumerated() {
            switch part {
            case .text(let text, let isQuoted):
                if isQuoted || tildes == .none || !text.contains(UInt8(ascii: "~")) {
                    if isQuoted || !text.isEmpty { builder.append(text, isQuoted: isQuoted) }
                } else {
                    expandTildes(text, &builder, isFirst: index == 0, isLast: index == parts.count - 1, tildes)
                }
            case .parameter(let parameter, let isQuoted): try expand(parameter, isQuoted, &builder)
            case .command(let list, let isQuoted):
                let output = try substitute(list)
                if isQuoted { builder.append(output, isQuoted: true) } else { builder.split(output) }
            case .arithmetic(let word, let isQuoted):
                let text = try expandSingle(word)
                let value = [UInt8](decimal: try Arithmetic.evaluate(text, &state.variables))
                if isQuoted { builder.append(value, isQuoted: true) } else { builder.split(value) }
            }
        }
    }

    /// Unquoted text with `~` at its start (or after colons).
    private func expandTildes(_ text: [UInt8], _ builder: inout FieldBuilder, isFirst: Bool, isLast: Bool, _ tildes: Tildes) {
        let pieces = tildes == .afterColons ? text.pieces(separator: UInt8(ascii: ":")) : [text]
        for (index, piece) in pieces.enumerated() {
            if index > 0 { builder.append([UInt8(ascii: ":")], isQuoted: false) }
            let end = piece.firstIndex(of: UInt8(ascii: "/")) ?? piece.count
            // What follows in the word would belong to the name.
            let isWhole = end < piece.count || index < pieces.count - 1 || isLast
            guard isFirst || index > 0, piece.first == UInt8(ascii: "~"), isWhole, let home = home([UInt8](piece[1..<end])) else {
                if !piece.isEmpty { builder.append(piece, isQuoted: false) }
                continue
            }
            builder.append(home, isQuoted: true)
            builder.append([UInt8](piece[end...]), isQuoted: false)
        }
    }

    /// The home directory of a user; of nobody: the shell's own.
    private func home(_ user: [UInt8]) -> [UInt8]? {
        if user.isEmpty { return state.variables.value("HOME") }
        guard let accounts = try? Path.contents([UInt8]("/etc/passwd")) else { return nil }
        for line in accounts.pieces(separator: 0x0A) {
            let fields = line.pieces(separator: UInt8(ascii: ":"))
            if fields.count > 5, fields[0] == user { return fields[5] }
        }
        return nil
    }

    /// The value of a parameter that is one string; `nil` if it is unset.
    func value(of name: [UInt8]) -> [UInt8]? {
        guard let first = name.first else { return nil }
        if first.isDigit {
            guard let number = name.decimal else { return nil }
            if number == 0 { return state.name }
            return number <= Int64(state.positional.count) ? state.positional[Int(number) - 1] : nil
        }
        switch first {
        case UInt8(ascii: "?"): return [UInt8](decimal: state.status)
        case UInt8(ascii: "#"): return [UInt8](decimal: state.positional.count)
        case UInt8(ascii: "$"): return [UInt8](decimal: processID)
        case UInt8(ascii: "!"): return state.lastBackground == 0 ? nil : [UInt8](decimal: state.lastBackground)
        case UInt8(ascii: "-"): return state.options.text + (isInteractive ? [UInt8(ascii: "i")] : [])
        case UInt8(ascii: "@"), UInt8(ascii: "*"): return state.positional.isEmpty ? nil : joinedPositional
        default: return state.variables.value(name)
        }
    }

    /// The positional parameters joined by the first separator.
    private var joinedPositional: [UInt8] {
        var result: [UInt8] = []
        for (index, value) in state.positional.enumerated() {
            if index > 0, let separator = separators.first { result.append(separator) }
            result += value
        }
        return result
    }

    private func expand(_ parameter: Parameter, _ isQuoted: Bool, _ builder: inout FieldBuilder) throws(ShellFailure) {
        let value = value(of: parameter.name)
        func isSet(_ colon: Bool) -> Bool { value != nil && !(colon && value?.isEmpty == true) }
        switch parameter.operation {
        case .none: try append(parameter.name, value, isQuoted, &builder)
        case .length:
            if value == nil { try checkUnset(parameter.name) }
            var count = value?.count ?? 0
            if parameter.name.equals("@") || parameter.name.equals("*") { count = state.positional.count }
            builder.append([UInt8](decimal: count), isQuoted: isQuoted)
        case .orDefault(let word, let colon):
            if isSet(colon) {
                try append(parameter.name, value, isQuoted, &builder)
            } else {
                try expandOperand(word, isQuoted, &builder)
            }
        case .alternative(let word, let colon):
            if isSet(colon) { try expandOperand(word, isQuoted, &builder) } else if isQuoted { builder.append([], isQuoted: true) }
        case .orAssign(let word, let colon):
            if !isSet(colon) {
                guard Parser.isName(parameter.name) else { throw ShellFailure(parameter.name + [UInt8](": bad variable name")) }
                try assign(parameter.name, try expandSingle(word))
            }
            try append(parameter.name, self.value(of: parameter.name), isQuoted, &builder)
        case .orFail(let word, let colon):
            guard isSet(colon) else {
                let message = try expandSingle(word)
                throw ShellFailure(
                    parameter.name + [UInt8](": ")
                        + (message.isEmpty ? [UInt8](colon ? "parameter null or not set" : "parameter not set") : message))
            }
            try append(parameter.name, value, isQuoted, &builder)
        case .removePrefix(let word, let isLongest):
            if value == nil { try checkUnset(parameter.name) }
            let result = Shell.removePrefix(value ?? [], try expandPattern(word), isLongest)
            if isQuoted { builder.append(result, isQuoted: true) } else { builder.split(result) }
        case .removeSuffix(let word, let isLongest):
            if value == nil { try checkUnset(parameter.name) }
            let result = Shell.removeSuffix(value ?? [], try expandPattern(word), isLongest)
            if isQuoted { builder.append(result, isQuoted: true) } else { builder.split(result) }
        }
    }

    /// The word of `${name-word}`: its unquoted text is split, as the value would have been.
    private func expandOperand(_ word: Word, _ isQuoted: Bool, _ builder: inout FieldBuilder) throws(ShellFailure) {
        if isQuoted { builder.append([], isQuoted: true) }
        for (index, part) in word.parts.enumerated() {
            if case .text(let text, isQuoted: false) = part, !(index == 0 && text.first == UInt8(ascii: "~")) {
                builder.split(text)
            } else {
                try expand([part], &builder, tildes: index == 0 ? .first : .none)
            }
        }
    }

    private func checkUnset(_ name: [UInt8]) throws(ShellFailure) {
        if state.options.failsOnUnset, !name.equals("@"), !name.equals("*") {
            throw ShellFailure(name + [UInt8](": parameter not set"))
        }
    }

    private func append(_ name: [UInt8], _ value: [UInt8]?, _ isQuoted: Bool, _ builder: inout FieldBuilder) throws(ShellFailure) {
        let isAll = name.equals("@")
        if isAll || (name.equals("*") && !isQuoted) {
            for (index, parameter) in state.positional.enumerated() {
                if index > 0 {
                    if builder.separators.isEmpty, !isAll { builder.append([0x20], isQuoted: false) } else { builder.end() }
                }
                if isQuoted { builder.append(parameter, isQuoted: true) } else { builder.split(parameter) }
            }
            return
        }
        if value == nil { try checkUnset(name) }
        if isQuoted { builder.append(value ?? [], isQuoted: true) } else { builder.split(value ?? []) }
    }

    private static func removePrefix(_ value: [UInt8], _ pattern: Pattern, _ isLongest: Bool) -> [UInt8] {
        for step in 0...value.count {
            let length = isLongest ? value.count - step : step
            if pattern.matches(value[0..<length]) { return [UInt8](value[length...]) }
        }
        return value
    }

    private static func removeSuffix(_ value: [UInt8], _ pattern: Pattern, _ isLongest: Bool) -> [UInt8] {
        for step in 0...value.count {
            let start = isLongest ? step : value.count - step
            if pattern.matches(value[start...]) { return [UInt8](value[0..<start]) }
        }
        return value
    }
}
