// Scanning words: quoting and the beginnings of expansions (POSIX, Shell Command Language 2.2, 2.6).

import Martlet

extension Lexer {
    /// Where a word stands, which says what ends it and what quotes in it.
    enum Place: Equatable {
        /// In a command; ended by a blank or an operator.
        case plain
        /// Between double quotes.
        case doubleQuotes
        /// After an operator in `${…}`, outside or inside double quotes; ended by `}`.
        case braces(isQuoted: Bool)
        /// In `$((…))`; ended by `))`.
        case arithmetic
        /// A here-document; ended by the end of the text.
        case document

        /// Expansions in it are quoted.
        var isQuoted: Bool {
            switch self {
            case .plain, .braces(isQuoted: false): return false
            default: return true
            }
        }
    }

    /// Scans a word. For `doubleQuotes` and `braces` the closing character is passed, for `arithmetic` both of them.
    mutating func word(_ place: Place) throws(SyntaxFailure) -> Word {
        let start = position
        var parts: [WordPart] = []
        var text: [UInt8] = []
        var depth = 0

        func flush(_ isQuoted: Bool) {
            if !text.isEmpty { parts.append(.text(text, isQuoted: isQuoted)) }
            text = []
        }

        scan: while true {
            if isAtEnd {
                switch place {
                case .plain, .document: break scan
                case .doubleQuotes: throw .incomplete([UInt8]("unterminated quoted string"))
                case .braces: throw .incomplete([UInt8]("missing }"))
                case .arithmetic: throw .incomplete([UInt8]("missing ))"))
                }
            }
            let next = byte()
            switch next {
            case UInt8(ascii: "\\"):
                if byte(1) == UInt8(ascii: "\n") {
                    position += 2
                    line += 1
                } else if place.isQuoted, !Lexer.isEscapable(byte(1), place) {
                    text.append(next)
                    position += 1
                } else if position + 1 >= source.count {
                    text.append(next)
                    position += 1
                } else {
                    flush(place.isQuoted)
                    parts.append(.text([byte(1)], isQuoted: true))
                    position += 1
                    advance()
                }
            case UInt8(ascii: "'") where !place.isQuoted:
                flush(false)
                parts.append(.text(try singleQuoted(), isQuoted: true))
            case UInt8(ascii: "\"") where place == .doubleQuotes:
                position += 1
                break scan
            case UInt8(ascii: "\"") where place != .document && place != .arithmetic:
                flush(place.isQuoted)
                position += 1
                let inner = try word(.doubleQuotes)
                parts += inner.parts.isEmpty ? [.text([], isQuoted: true)] : inner.parts
            case UInt8(ascii: "$"):
                if let part = try dollar(place) {
                    flush(place.isQuoted)
                    parts.append(part)
                } else {
                    text.append(next)
                    position += 1
                }
            case UInt8(ascii: "`"):
                flush(place.isQuoted)
                parts.append(try backquoted(place))
            case UInt8(ascii: "}") where Lexer.isBraces(place):
                position += 1
                break scan
            case UInt8(ascii: "(") where place == .arithmetic:
                depth += 1
                text.append(next)
                position += 1
            case UInt8(ascii: ")") where place == .arithmetic:
                if depth == 0 {
                    guard byte(1) == UInt8(ascii: ")") else { throw .malformed([UInt8]("missing ))")) }
                    position += 2
                    break scan
                }
                depth -= 1
                text.append(next)
                position += 1
            default:
                if place == .plain, Lexer.endsWord(next) { break scan }
                text.append(next)
                advance()
            }
        }
        flush(place.isQuoted)
        return Word(parts: parts, source: [UInt8](source[start..<position]))
    }

    private static func isBraces(_ place: Place) -> Bool {
        if case .braces = place { return true }
        return false
    }

    private static func endsWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x20, 0x09, 0x0A, UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: ";"), UInt8(ascii: "<"), UInt8(ascii: ">"),
            UInt8(ascii: "("), UInt8(ascii: ")"):
            return true
        default: return false
        }
    }

    /// Whether a backslash quotes this byte in a quoted place.
    private static func isEscapable(_ byte: UInt8, _ place: Place) -> Bool {
        switch byte {
        case UInt8(ascii: "$"), UInt8(ascii: "`"), UInt8(ascii: "\\"): return true
        case UInt8(ascii: "\""): return place != .document
        case UInt8(ascii: "}"): return isBraces(place)
        default: return false
        }
    }

    private mutating func singleQuoted() throws(SyntaxFailure) -> [UInt8] {
        position += 1
        let start = position
        while byte() != UInt8(ascii: "'") {
            if isAtEnd { throw .incomplete([UInt8]("unterminated quoted string")) }
            advance()
        }
        position += 1
        return [UInt8](source[start..<position - 1])
    }

    /// What a `$` begins, or `nil` if it stands for itself.
    private mutating func dollar(_ place: Place) throws(SyntaxFailure) -> WordPart? {
        let next = byte(1)
        if next == UInt8(ascii: "(") {
            if byte(2) == UInt8(ascii: "(") {
                let bookmark = self
                position += 3
                do {
                    return .arithmetic(try word(.arithmetic), isQuoted: place.isQuoted)
                } catch {
                    // `$((` may also begin a command substitution with a subshell.
                    if case .incomplete = error { throw error }
                    self = bookmark
                }
            }
            position += 2
            return .command(try substitution(), isQuoted: place.isQuoted)
        }
        if next == UInt8(ascii: "{") {
            position += 2
            return .parameter(try braced(place), isQuoted: place.isQuoted)
        }
        let length = nameLength(at: 1)
        guard length > 0 else { return nil }
        position += 1
        // Without braces a positional parameter has one digit.
        let name = [UInt8](source[position..<position + (byte().isDigit ? 1 : length)])
        position += name.count
        return .parameter(Parameter(name: name, operation: .none), isQuoted: place.isQuoted)
    }

    /// The length of the parameter's name that begins `offset` bytes ahead; 0 if none does.
    private func nameLength(at offset: Int) -> Int {
        let first = byte(offset)
        if first.isDigit {
            var length = 1
            while byte(offset + length).isDigit { length += 1 }
            return length
        }
        if first.isLetter || first == UInt8(ascii: "_") {
            var length = 1
            while byte(offset + length).isLetter || byte(offset + length).isDigit || byte(offset + length) == UInt8(ascii: "_") {
                length += 1
            }
            return length
        }
        switch first {
        case UInt8(ascii: "@"), UInt8(ascii: "*"), UInt8(ascii: "#"), UInt8(ascii: "?"), UInt8(ascii: "-"), UInt8(ascii: "$"),
            UInt8(ascii: "!"):
            return 1
        default: return 0
        }
    }

    /// `${` is behind us.
    private mutating func braced(_ place: Place) throws(SyntaxFailure) -> Parameter {
        let bad = SyntaxFailure.malformed([UInt8]("bad substitution"))
        // `${#}` is the count, `${#name}` a length.
        if byte() == UInt8(ascii: "#"), byte(1) != UInt8(ascii: "}") {
            let length = nameLength(at: 1)
            if length > 0, byte(1 + length) == UInt8(ascii: "}") {
                let name = [UInt8](source[position + 1..<position + 1 + length])
                position += length + 2
                return Parameter(name: name, operation: .length)
            }
        }
        let length = nameLength(at: 0)
        guard length > 0 else {
            if isAtEnd { throw .incomplete([UInt8]("missing }")) }
            throw bad
        }
        let name = [UInt8](source[position..<position + length])
        position += length
        if byte() == UInt8(ascii: "}") {
            position += 1
            return Parameter(name: name, operation: .none)
        }
        if isAtEnd { throw .incomplete([UInt8]("missing }")) }
        let colon = byte() == UInt8(ascii: ":")
        if colon { position += 1 }
        let sign = byte()
        position += 1
        let isDouble = !colon && byte() == sign && (sign == UInt8(ascii: "#") || sign == UInt8(ascii: "%"))
        if isDouble { position += 1 }
        switch sign {
        case UInt8(ascii: "-"):
            return Parameter(name: name, operation: .orDefault(try word(.braces(isQuoted: place.isQuoted)), colon: colon))
        case UInt8(ascii: "="):
            return Parameter(name: name, operation: .orAssign(try word(.braces(isQuoted: place.isQuoted)), colon: colon))
        case UInt8(ascii: "?"):
            return Parameter(name: name, operation: .orFail(try word(.braces(isQuoted: place.isQuoted)), colon: colon))
        case UInt8(ascii: "+"):
            return Parameter(name: name, operation: .alternative(try word(.braces(isQuoted: place.isQuoted)), colon: colon))
        case UInt8(ascii: "#") where !colon:
            return Parameter(name: name, operation: .removePrefix(try word(.braces(isQuoted: false)), isLongest: isDouble))
        case UInt8(ascii: "%") where !colon:
            return Parameter(name: name, operation: .removeSuffix(try word(.braces(isQuoted: false)), isLongest: isDouble))
        default: throw bad
        }
    }

    /// `$(` is behind us; parses up to its `)`.
    private mutating func substitution() throws(SyntaxFailure) -> List {
        var parser = Parser(self)
        let list = try parser.substitution()
        position = parser.lexer.position
        line = parser.lexer.line
        return list
    }

    private mutating func backquoted(_ place: Place) throws(SyntaxFailure) -> WordPart {
        position += 1
        var text: [UInt8] = []
        while byte() != UInt8(ascii: "`") {
            if isAtEnd { throw .incomplete([UInt8]("unterminated backquote")) }
            if byte() == UInt8(ascii: "\\"), position + 1 < source.count {
                let next = byte(1)
                let quotes =
                    next == UInt8(ascii: "$") || next == UInt8(ascii: "`") || next == UInt8(ascii: "\\")
                    || (next == UInt8(ascii: "\"") && place == .doubleQuotes)
                if !quotes { text.append(byte()) }
                position += 1
            }
            text.append(byte())
            advance()
        }
        position += 1
        var parser = Parser(Lexer(text))
        do {
            return .command(try parser.program(), isQuoted: place.isQuoted)
        } catch {
            // What is missing inside cannot come after the closing backquote.
            throw .malformed(error.message)
        }
    }
}
