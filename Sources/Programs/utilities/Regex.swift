// Regular expressions (POSIX, Base Definitions, chapter 9): basic and extended, without back-references. They are turned into
// a nondeterministic automaton that is run over all its states at once, so time grows linearly with the text.

import Martlet
import Shell

/// One set of bytes.
struct ByteSet {
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    func contains(_ byte: UInt8) -> Bool {
        let bit: UInt64 = 1 << UInt64(byte & 63)
        switch byte >> 6 {
        case 0: return words.0 & bit != 0
        case 1: return words.1 & bit != 0
        case 2: return words.2 & bit != 0
        default: return words.3 & bit != 0
        }
    }

    mutating func insert(_ byte: UInt8) {
        let bit: UInt64 = 1 << UInt64(byte & 63)
        switch byte >> 6 {
        case 0: words.0 |= bit
        case 1: words.1 |= bit
        case 2: words.2 |= bit
        default: words.3 |= bit
        }
    }
}

/// A compiled regular expression.
struct Regex {
    /// Why an expression was refused.
    struct Failure: Error { var message: StaticString }

    private indirect enum Node {
        case empty
        case bytes(ByteSet)
        case lineStart
        case lineEnd
        case wordStart
        case wordEnd
        case sequence(Node, Node)
        case either(Node, Node)
        case `repeat`(Node, least: Int, most: Int?)
    }

    private enum State {
        case bytes(ByteSet, next: Int)
        case split(Int, Int)
        case lineStart(next: Int)
        case lineEnd(next: Int)
        case wordStart(next: Int)
        case wordEnd(next: Int)
        case match
    }

    private var states: [State] = []
    private var start = 0

    /// Compiles an expression.
    init(_ text: [UInt8], isExtended: Bool, ignoresCase: Bool) throws(Failure) {
        var parser = RegexParser(text: text, isExtended: isExtended, ignoresCase: ignoresCase)
        let node = try parser.expression()
        states.append(.match)
        start = try add(node, 0)
    }

    /// Adds the states of a node that go on at `next`; returns the first one.
    private mutating func add(_ node: Node, _ next: Int) throws(Failure) -> Int {
        // Nested counts multiply; an automaton has its bounds.
        if states.count > 20000 { throw Failure(message: "regular expression too big") }
        switch node {
        case .empty: return next
        case .bytes(let set): states.append(.bytes(set, next: next))
        case .lineStart: states.append(.lineStart(next: next))
        case .lineEnd: states.append(.lineEnd(next: next))
        case .wordStart: states.append(.wordStart(next: next))
        case .wordEnd: states.append(.wordEnd(next: next))
        case .sequence(let first, let second): return try add(first, try add(second, next))
        case .either(let first, let second): states.append(.split(try add(first, next), try add(second, next)))
        case .repeat(let inner, let least, let most):
            var tail = next
            if let most {
                if most > least {
                    for _ in least..<most {
                        states.append(.split(try add(inner, tail), next))
                        tail = states.count - 1
                    }
                }
            } else {
                let loop = states.count
                states.append(.split(0, next))
                states[loop] = .split(try add(inner, loop), next)
                tail = loop
            }
            for _ in 0..<least { tail = try add(inner, tail) }
            return tail
        }
        return states.count - 1
    }

    /// The states in which a run is, each once.
    private struct Active {
        var list: [Int] = []
        var marks: [Int]
        var generation = 0

        init(_ count: Int) { marks = [Int](repeating: -1, count: count) }

        mutating func clear() {
            list.removeAll(keepingCapacity: true)
            generation += 1
        }
    }

    private func follow(_ first: Int, _ text: [UInt8], _ position: Int, _ active: inout Active, _ stack: inout [Int]) {
        stack.append(first)
        func isWord(_ index: Int) -> Bool {
            index >= 0 && index < text.count && (text[index].isLetter || text[index].isDigit || text[index] == UInt8(ascii: "_"))
        }
        while let state = stack.popLast() {
            if active.marks[state] == active.generation { continue }
            active.marks[state] = active.generation
            switch states[state] {
            case .split(let one, let other):
                stack.append(other)
                stack.append(one)
            case .lineStart(let next): if position == 0 { stack.append(next) }
            case .lineEnd(let next): if position == text.count { stack.append(next) }
            case .wordStart(let next): if !isWord(position - 1), isWord(position) { stack.append(next) }
            case .wordEnd(let next): if isWord(position - 1), !isWord(position) { stack.append(next) }
            default: active.list.append(state)
            }
        }
    }

    private func isMatch(_ state: Int) -> Bool {
        if case .match = states[state] { return true }
        return false
    }

    /// Whether the expression matches anywhere in `text`.
    func matches(_ text: [UInt8]) -> Bool {
        var current = Active(states.count)
        var next = Active(states.count)
        var stack: [Int] = []
        current.clear()
        for position in 0...text.count {
            follow(start, text, position, &current, &stack)
            if current.list.contains(where: isMatch) { return true }
            if position == text.count { return false }
            next.clear()
            for state in current.list {
                if case .bytes(let set, let target) = states[state], set.contains(text[position]) {
                    follow(target, text, position + 1, &next, &stack)
                }
            }
            swap(&current, &next)
        }
        return false
    }

    /// The end of the longest match that begins at `first`, or `nil`.
    func longestMatch(_ text: [UInt8], from first: Int) -> Int? {
        var current = Active(states.count)
        var next = Active(states.count)
        var stack: [Int] = []
        var end: Int?
        current.clear()
        follow(start, text, first, &current, &stack)
        for position in first...text.count {
            if current.list.contains(where: isMatch) { end = position }
            if position == text.count || current.list.isEmpty { break }
            next.clear()
            for state in current.list {
                if case .bytes(let set, let target) = states[state], set.contains(text[position]) {
                    follow(target, text, position + 1, &next, &stack)
                }
            }
            swap(&current, &next)
        }
        return end
    }

    /// Recursive descent over both grammars.
    private struct RegexParser {
        let text: [UInt8]
        let isExtended: Bool
        let ignoresCase: Bool
        private var position = 0
        private var depth = 0

        init(text: [UInt8], isExtended: Bool, ignoresCase: Bool) {
            self.text = text
            self.isExtended = isExtended
            self.ignoresCase = ignoresCase
        }

        mutating func expression() throws(Failure) -> Node {
            let node = try alternatives()
            if position < text.count { throw Failure(message: "Unmatched ) or \\)") }
            return node
        }

        /// Whether the operator comes next: bare in the extended grammar, behind a backslash in the basic one.
        private func isNext(_ symbol: UInt8) -> Bool {
            if isExtended { return position < text.count && text[position] == symbol }
            return position + 1 < text.count && text[position] == UInt8(ascii: "\\") && text[position + 1] == symbol
        }

        private mutating func accept(_ symbol: UInt8) -> Bool {
            guard isNext(symbol) else { return false }
            position += isExtended ? 1 : 2
            return true
        }

        private mutating func alternatives() throws(Failure) -> Node {
            var node = try sequence()
            while accept(UInt8(ascii: "|")) { node = .either(node, try sequence()) }
            return node
        }

        private mutating func sequence() throws(Failure) -> Node {
            var node = Node.empty
            var isFirst = true
            while position < text.count, !isNext(UInt8(ascii: "|")), !(depth > 0 && isNext(UInt8(ascii: ")"))) {
                if !isExtended, isNext(UInt8(ascii: ")")) { throw Failure(message: "Unmatched ) or \\)") }
                node = .sequence(node, try repeated(isFirst: isFirst))
                isFirst = false
            }
            return node
        }

        private mutating func repeated(isFirst: Bool) throws(Failure) -> Node {
            var node = try atom(isFirst: isFirst)
            if case .lineStart = node, !isExtended {
                // In the basic grammar a star behind the anchor is a plain one.
                if position < text.count, text[position] == UInt8(ascii: "*") {
                    position += 1
                    return .sequence(node, .bytes(single(UInt8(ascii: "*"))))
                }
                return node
            }
            while position < text.count {
                if text[position] == UInt8(ascii: "*") {
                    position += 1
                    node = .repeat(node, least: 0, most: nil)
                } else if accept(UInt8(ascii: "+")) {
                    node = .repeat(node, least: 1, most: nil)
                } else if accept(UInt8(ascii: "?")) {
                    node = .repeat(node, least: 0, most: 1)
                } else if accept(UInt8(ascii: "{")) {
                    node = try counted(node)
                } else {
                    break
                }
            }
            return node
        }

        private mutating func counted(_ node: Node) throws(Failure) -> Node {
            let failure = Failure(message: "Invalid content of \\{\\}")
            func number() -> Int? {
                let start = position
                var value = 0
                while position < text.count, text[position].isDigit, value < 10000 {
                    value = value * 10 + Int(text[position] - 0x30)
                    position += 1
                }
                return position > start ? value : nil
            }
            let least = number()
            var most = least
            if position < text.count, text[position] == UInt8(ascii: ",") {
                position += 1
                most = number()
            }
            guard accept(UInt8(ascii: "}")) else { throw failure }
            if let most, most < least ?? 0 { throw failure }
            guard (least ?? 0) <= 255, (most ?? 0) <= 255 else { throw Failure(message: "Regular expression too big") }
            return .repeat(node, least: least ?? 0, most: most)
        }

        private func single(_ byte: UInt8) -> ByteSet {
            var set = ByteSet()
            set.insert(byte)
            if ignoresCase, byte.isLetter { set.insert(byte ^ 0x20) }
            return set
        }

        private mutating func atom(isFirst: Bool) throws(Failure) -> Node {
            if accept(UInt8(ascii: "(")) {
                depth += 1
                if depth > 200 { throw Failure(message: "Regular expression too deep") }
                let node = try alternatives()
                guard accept(UInt8(ascii: ")")) else { throw Failure(message: "Unmatched ( or \\(") }
                depth -= 1
                return node
            }
            let byte = text[position]
            position += 1
            switch byte {
            case UInt8(ascii: "."):
                var set = ByteSet()
                for value in UInt8.min...UInt8.max where value != 0x0A { set.insert(value) }
                return .bytes(set)
            case UInt8(ascii: "["):
                guard let end = Bracket.end(text, position - 1) else { throw Failure(message: "Unmatched [, [^, [:, [., or [=") }
                return .bytes(bracket(position - 1, end))
            case UInt8(ascii: "^") where isExtended || isFirst: return .lineStart
            case UInt8(ascii: "$") where isExtended || position == text.count || isNext(UInt8(ascii: ")")) || isNext(UInt8(ascii: "|")):
                return .lineEnd
            case UInt8(ascii: "*") where isExtended && isFirst: return .bytes(single(byte))
            case UInt8(ascii: "\\"):
                guard position < text.count else { throw Failure(message: "Trailing backslash") }
                position += 1
                return try escaped(text[position - 1])
            default: return .bytes(single(byte))
            }
        }

        private func escaped(_ byte: UInt8) throws(Failure) -> Node {
            switch byte {
            case UInt8(ascii: "1")...UInt8(ascii: "9"): throw Failure(message: "back-references are not supported")
            case UInt8(ascii: "<"): return .wordStart
            case UInt8(ascii: ">"): return .wordEnd
            case UInt8(ascii: "b"): return .either(.wordStart, .wordEnd)
            case UInt8(ascii: "w"), UInt8(ascii: "W"), UInt8(ascii: "s"), UInt8(ascii: "S"):
                var set = ByteSet()
                for value in UInt8.min...UInt8.max {
                    let isWord = value.isLetter || value.isDigit || value == UInt8(ascii: "_")
                    let isMember = byte | 0x20 == UInt8(ascii: "w") ? isWord : value.isSpace
                    if isMember == (byte & 0x20 != 0) { set.insert(value) }
                }
                return .bytes(set)
            default: return .bytes(single(byte))
            }
        }

        /// A bracket expression; in it a backslash is a plain byte, unlike in the shell's patterns.
        private mutating func bracket(_ start: Int, _ end: Int) -> ByteSet {
            position = end + 1
            var escaped: [UInt8] = []
            for byte in text[start...end] {
                if byte == UInt8(ascii: "\\") { escaped.append(byte) }
                escaped.append(byte == UInt8(ascii: "!") && escaped.count == 1 ? UInt8(ascii: "!") : byte)
            }
            // A `!` first is a plain byte here.
            if escaped.count > 1, escaped[1] == UInt8(ascii: "!") { escaped.insert(UInt8(ascii: "\\"), at: 1) }
            var set = ByteSet()
            let last = escaped.count - 1
            for value in UInt8.min...UInt8.max {
                var isMember = Bracket.contains(escaped, 0, last, value)
                if ignoresCase, value.isLetter {
                    let other = Bracket.contains(escaped, 0, last, value ^ 0x20)
                    isMember = escaped[1] == UInt8(ascii: "^") ? isMember && other : isMember || other
                }
                if isMember { set.insert(value) }
            }
            return set
        }
    }
}
