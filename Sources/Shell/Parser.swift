// From tokens to the tree: recursive descent over the grammar of POSIX, Shell Command Language 2.10.

import Martlet

/// Parses one program, command by command.
package struct Parser {
    var lexer: Lexer
    /// The next token, if it was looked at.
    private var lookahead: Token?

    package init(_ source: [UInt8]) { lexer = Lexer(source) }
    init(_ lexer: Lexer) {
        self.lexer = lexer
        self.lexer.pendingDocuments = []
    }

    /// Line of the next token.
    package var line: Int { lexer.line }
    /// How much of the source is parsed.
    package var position: Int { lexer.position }

    private mutating func peek() throws(SyntaxFailure) -> Token {
        if let lookahead { return lookahead }
        let token = try lexer.next()
        lookahead = token
        return token
    }

    private mutating func take() throws(SyntaxFailure) -> Token {
        let token = try peek()
        lookahead = nil
        return token
    }

    private mutating func accept(_ symbol: Operator) throws(SyntaxFailure) -> Bool {
        if case .symbol(symbol) = try peek() {
            lookahead = nil
            return true
        }
        return false
    }

    private mutating func skipNewlines() throws(SyntaxFailure) {
        while case .newline = try peek() { lookahead = nil }
    }

    /// The failure of a token that may not stand here.
    private mutating func unexpected(_ expected: StaticString = "") throws(SyntaxFailure) -> SyntaxFailure {
        var text: [UInt8]
        switch try peek() {
        case .end:
            text = [UInt8]("unexpected end of file")
            if expected.utf8CodeUnitCount > 0 { text += [UInt8](" (expecting \"") + [UInt8](expected) + [UInt8]("\")") }
            return .incomplete(text)
        case .newline: text = [UInt8]("newline unexpected")
        case .word(let word): text = [0x22] + word.source + [UInt8]("\" unexpected")
        case .number: text = [UInt8]("redirection unexpected")
        case .symbol(let symbol): text = [0x22] + Unparser.text(symbol) + [UInt8]("\" unexpected")
        }
        if expected.utf8CodeUnitCount > 0 { text += [UInt8](" (expecting \"") + [UInt8](expected) + [UInt8]("\")") }
        return .malformed(text)
    }

    /// The next complete command, up to its newline; `nil` at the end.
    package mutating func completeCommand() throws(SyntaxFailure) -> List? {
        try skipNewlines()
        if case .end = try peek() { return nil }
        var list = List()
        while true {
            var item = try andOr()
            let isEnd: Bool
            switch try peek() {
            case .symbol(.semicolon):
                lookahead = nil
                isEnd = false
            case .symbol(.background):
                lookahead = nil
                item.isBackground = true
                isEnd = false
            default: isEnd = true
            }
            list.items.append(item)
            switch try peek() {
            case .newline:
                lookahead = nil
                return list
            case .end: return list
            default: if isEnd { throw try unexpected() }
            }
        }
    }

    /// All of it.
    package mutating func program() throws(SyntaxFailure) -> List {
        var result = List()
        while let list = try completeCommand() { result.items += list.items }
        return result
    }

    /// The inside of `$(…)`, and its closing parenthesis.
    mutating func substitution() throws(SyntaxFailure) -> List {
        let list = try self.list(mayBeEmpty: true)
        guard try accept(.rightParenthesis) else { throw try unexpected(")") }
        return list
    }

    /// Commands up to a token that cannot begin one.
    private mutating func list(mayBeEmpty: Bool = false) throws(SyntaxFailure) -> List {
        var list = List()
        try skipNewlines()
        while try beginsCommand() {
            var item = try andOr()
            var isSeparated = true
            switch try peek() {
            case .symbol(.semicolon): lookahead = nil
            case .symbol(.background):
                lookahead = nil
                item.isBackground = true
            case .newline: break
            default: isSeparated = false
            }
            list.items.append(item)
            try skipNewlines()
            if !isSeparated { break }
        }
        if list.items.isEmpty, !mayBeEmpty { throw try unexpected() }
        return list
    }

    private mutating func beginsCommand() throws(SyntaxFailure) -> Bool {
        switch try peek() {
        case .word(let word):
            guard let text = word.plain else { return true }
            switch text {
            case "then", "else", "elif", "fi", "do", "done", "esac", "}": return false
            default: return true
            }
        case .number: return true
        case .symbol(let symbol):
            switch symbol {
            case .leftParenthesis, .less, .greater, .doubleGreater, .lessAnd, .greaterAnd, .lessGreater, .clobber, .doubleLess,
                .doubleLessDash:
                return true
            default: return false
            }
        default: return false
        }
    }

    private mutating func andOr() throws(SyntaxFailure) -> AndOr {
        var result = AndOr(first: try pipeline(), rest: [], isBackground: false)
        while true {
            let isAnd = try accept(.and)
            if !isAnd {
                guard try accept(.or) else { return result }
            }
            try skipNewlines()
            result.rest.append((isAnd, try pipeline()))
        }
    }

    private mutating func pipeline() throws(SyntaxFailure) -> Pipeline {
        var isNegated = false
        while try acceptKeyword("!") { isNegated.toggle() }
        var commands = [try command()]
        while try accept(.pipe) {
            try skipNewlines()
            commands.append(try command())
        }
        return Pipeline(isNegated: isNegated, commands: commands)
    }

    private mutating func peekKeyword(_ keyword: StaticString) throws(SyntaxFailure) -> Bool {
        if case .word(let word) = try peek(), let text = word.plain, text.equals(keyword) { return true }
        return false
    }

    private mutating func acceptKeyword(_ keyword: StaticString) throws(SyntaxFailure) -> Bool {
        guard try peekKeyword(keyword) else { return false }
        lookahead = nil
        return true
    }

    private mutating func expectKeyword(_ keyword: StaticString) throws(SyntaxFailure) {
        guard try acceptKeyword(keyword) else { throw try unexpected(keyword) }
    }

    private mutating func command() throws(SyntaxFailure) -> Syntax {
        guard let compound = try compound() else { return try simple() }
        var redirections: [Redirection] = []
        while let redirection = try redirection() { redirections.append(redirection) }
        return redirections.isEmpty ? compound : .redirected(compound, redirections)
    }

    /// A compound command, or `nil` if none begins here.
    private mutating func compound() throws(SyntaxFailure) -> Syntax? {
        if try accept(.leftParenthesis) {
            let body = try list()
            guard try accept(.rightParenthesis) else { throw try unexpected(")") }
            return .subshell(body)
        }
        guard case .word(let word) = try peek(), let keyword = word.plain else { return nil }
        switch keyword {
        case "{":
            lookahead = nil
            let body = try list()
            try expectKeyword("}")
            return .group(body)
        case "if":
            lookahead = nil
            return try ifElse()
        case "while", "until":
            lookahead = nil
            let condition = try list()
            return .loop(isUntil: keyword.equals("until"), condition: condition, body: try doGroup())
        case "for":
            lookahead = nil
            return try forEach()
        case "case":
            lookahead = nil
            return try select()
        case "then", "else", "elif", "fi", "do", "done", "esac", "}": throw try unexpected()
        default: return nil
        }
    }

    private mutating func ifElse() throws(SyntaxFailure) -> Syntax {
        var branches: [(condition: List, body: List)] = []
        repeat {
            let condition = try list()
            try expectKeyword("then")
            branches.append((condition, try list()))
        } while try acceptKeyword("elif")
        var otherwise: List?
        if try acceptKeyword("else") { otherwise = try list() }
        try expectKeyword("fi")
        return .ifElse(branches: branches, otherwise: otherwise)
    }

    private mutating func doGroup() throws(SyntaxFailure) -> List {
        try skipNewlines()
        try expectKeyword("do")
        let body = try list()
        try expectKeyword("done")
        return body
    }

    private mutating func forEach() throws(SyntaxFailure) -> Syntax {
        guard case .word(let word) = try peek(), let name = word.plain, Parser.isName(name) else { throw try unexpected() }
        lookahead = nil
        try skipNewlines()
        var words: [Word]?
        if try acceptKeyword("in") {
            var list: [Word] = []
            while case .word(let word) = try peek() {
                lookahead = nil
                list.append(word)
            }
            words = list
            switch try peek() {
            case .newline, .symbol(.semicolon): lookahead = nil
            default: throw try unexpected()
            }
        } else {
            _ = try accept(.semicolon)
        }
        return .forEach(name: name, words: words, body: try doGroup())
    }

    private mutating func select() throws(SyntaxFailure) -> Syntax {
        guard case .word(let word) = try take() else { throw try unexpected() }
        try skipNewlines()
        try expectKeyword("in")
        try skipNewlines()
        var items: [(patterns: [Word], body: List)] = []
        while try !acceptKeyword("esac") {
            _ = try accept(.leftParenthesis)
            var patterns: [Word] = []
            repeat {
                guard case .word(let pattern) = try peek() else { throw try unexpected("pattern") }
                lookahead = nil
                patterns.append(pattern)
            } while try accept(.pipe)
            guard try accept(.rightParenthesis) else { throw try unexpected(")") }
            items.append((patterns, try list(mayBeEmpty: true)))
            if try accept(.doubleSemicolon) {
                try skipNewlines()
            } else if try !peekKeyword("esac") {
                throw try unexpected(";;")
            }
        }
        return .select(word: word, items: items)
    }

    private mutating func simple() throws(SyntaxFailure) -> Syntax {
        var command = SimpleCommand()
        while true {
            if let redirection = try redirection() {
                command.redirections.append(redirection)
                continue
            }
            guard case .word(let word) = try peek() else { break }
            lookahead = nil
            if command.words.isEmpty, let assignment = Parser.assignment(word) {
                command.assignments.append(assignment)
                continue
            }
            command.words.append(word)
            if command.words.count == 1, command.assignments.isEmpty, command.redirections.isEmpty,
                case .symbol(.leftParenthesis) = try peek()
            {
                guard let name = word.plain, Parser.isName(name) else { throw try unexpected() }
                lookahead = nil
                guard try accept(.rightParenthesis) else { throw try unexpected(")") }
                try skipNewlines()
                return .function(name: name, body: try self.command())
            }
        }
        if command.words.isEmpty, command.assignments.isEmpty, command.redirections.isEmpty { throw try unexpected() }
        return .simple(command)
    }

    private mutating func redirection() throws(SyntaxFailure) -> Redirection? {
        var descriptor: Int32?
        if case .number(let number) = try peek() {
            descriptor = number
            lookahead = nil
        }
        guard case .symbol(let symbol) = try peek() else { return nil }
        switch symbol {
        case .less, .greater, .doubleGreater, .lessAnd, .greaterAnd, .lessGreater, .clobber, .doubleLess, .doubleLessDash: break
        default: return nil
        }
        lookahead = nil
        guard case .word(let word) = try peek() else { throw try unexpected() }
        lookahead = nil
        switch symbol {
        case .less: return Redirection(descriptor: descriptor ?? 0, operation: .input(word))
        case .lessGreater: return Redirection(descriptor: descriptor ?? 0, operation: .inputOutput(word))
        case .lessAnd: return Redirection(descriptor: descriptor ?? 0, operation: .duplicate(word))
        case .greaterAnd: return Redirection(descriptor: descriptor ?? 1, operation: .duplicate(word))
        case .doubleGreater: return Redirection(descriptor: descriptor ?? 1, operation: .append(word))
        case .doubleLess, .doubleLessDash:
            guard let delimiter = word.literal else { throw .malformed([UInt8]("the end of a here-document is not expanded")) }
            let document = HereDocument(
                delimiter: delimiter, isQuoted: word.source != delimiter, dropsTabs: symbol == .doubleLessDash)
            lexer.pendingDocuments.append(document)
            return Redirection(descriptor: descriptor ?? 0, operation: .hereDocument(document))
        default: return Redirection(descriptor: descriptor ?? 1, operation: .output(word, clobber: symbol == .clobber))
        }
    }

    /// `NAME=value`, or `nil` if the word is none.
    private static func assignment(_ word: Word) -> SimpleCommand.Assignment? {
        guard case .text(let text, isQuoted: false)? = word.parts.first, let equals = text.firstIndex(of: UInt8(ascii: "="))
        else { return nil }
        let name = [UInt8](text[0..<equals])
        guard isName(name), let start = word.source.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        var parts = word.parts
        parts[0] = .text([UInt8](text[(equals + 1)...]), isQuoted: false)
        if equals + 1 == text.count { parts.removeFirst() }
        return SimpleCommand.Assignment(name: name, value: Word(parts: parts, source: [UInt8](word.source[(start + 1)...])))
    }

    /// Whether these bytes are a name: letters, digits and underscores, no digit first.
    package static func isName(_ text: [UInt8]) -> Bool {
        guard let first = text.first, !first.isDigit else { return false }
        return text.allSatisfy { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") }
    }
}
