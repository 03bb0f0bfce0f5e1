// Arithmetic expansion: C's integer expressions on 64-bit numbers (POSIX, Shell Command Language 2.6.4).

import Martlet

/// Evaluates one expression. Variables are read and assigned through the shell's.
struct Arithmetic {
    private let text: [UInt8]
    private var position = 0
    private var variables: Variables
    /// Depth of parts that are parsed but not evaluated: the unused side of `&&`, `||`, `?:`.
    private var skipped = 0

    private init(_ text: [UInt8], _ variables: Variables) {
        self.text = text
        self.variables = variables
    }

    /// The value of an expression.
    static func evaluate(_ text: [UInt8], _ variables: inout Variables) throws(ShellFailure) -> Int64 {
        var expression = Arithmetic(text, variables)
        expression.skipSpace()
        if expression.position == text.count { return 0 }
        let value = try expression.assignment()
        if expression.position != text.count { throw expression.failure("expecting EOF") }
        variables = expression.variables
        return value
    }

    private func failure(_ message: StaticString) -> ShellFailure {
        ShellFailure([UInt8]("arithmetic expression: ") + [UInt8](message) + [UInt8](": \"") + text + [0x22])
    }

    private mutating func skipSpace() { while position < text.count, text[position].isSpace { position += 1 } }

    private func byte(_ offset: Int = 0) -> UInt8 { position + offset < text.count ? text[position + offset] : 0 }

    /// Passes an operator, unless it is the beginning of a longer one.
    private mutating func accept(_ symbol: StaticString, not next: StaticString = "") -> Bool {
        let bytes = [UInt8](symbol)
        for (index, expected) in bytes.enumerated() where byte(index) != expected { return false }
        if [UInt8](next).contains(byte(bytes.count)) { return false }
        position += bytes.count
        skipSpace()
        return true
    }

    private mutating func assignment() throws(ShellFailure) -> Int64 {
        let start = position
        if let name = name() {
            let isCompound: UInt8
            if byte() == UInt8(ascii: "="), byte(1) != UInt8(ascii: "=") {
                _ = accept("=")
                return try assign(name, try assignment())
            }
            isCompound = byte()
            let isShift = (isCompound == UInt8(ascii: "<") || isCompound == UInt8(ascii: ">")) && byte(1) == isCompound
            if [UInt8]("*/%+-&^|").contains(isCompound) || isShift, byte(isShift ? 2 : 1) == UInt8(ascii: "=") {
                position += isShift ? 3 : 2
                skipSpace()
                let old = try value(of: name)
                let right = try assignment()
                return try assign(name, try apply(isCompound, old, right))
            }
            position = start
        }
        return try conditional()
    }

    private mutating func assign(_ name: [UInt8], _ value: Int64) throws(ShellFailure) -> Int64 {
        if skipped == 0 { try variables.set(name, [UInt8](decimal: value)) }
        return value
    }

    private mutating func name() -> [UInt8]? {
        guard byte().isLetter || byte() == UInt8(ascii: "_") else { return nil }
        let start = position
        while byte().isLetter || byte().isDigit || byte() == UInt8(ascii: "_") { position += 1 }
        defer { skipSpace() }
        return [UInt8](text[start..<position])
    }

    private func value(of name: [UInt8]) throws(ShellFailure) -> Int64 {
        guard let text = variables.value(name), !text.isEmpty else { return 0 }
        guard let number = Arithmetic.number(text) else {
            throw ShellFailure([UInt8]("Illegal number: ") + text)
        }
        return number
    }

    /// A decimal, octal (0…) or hexadecimal (0x…) number.
    static func number(_ text: [UInt8]) -> Int64? {
        let trimmed = text.words
        guard trimmed.count == 1 else { return nil }
        var digits = trimmed[0]
        var isNegative = false
        if let sign = digits.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            digits.removeFirst()
        }
        guard let first = digits.first, first.isDigit else { return nil }
        var radix: Int64 = 10
        if first == UInt8(ascii: "0"), digits.count > 1 {
            radix = digits[1] | 0x20 == UInt8(ascii: "x") ? 16 : 8
            digits.removeFirst(radix == 16 ? 2 : 1)
            if digits.isEmpty { return nil }
        }
        var value: Int64 = 0
        for byte in digits {
            let digit: Int64
            if byte.isDigit {
                digit = Int64(byte - 0x30)
            } else if byte.isLetter {
                digit = Int64(byte.lowercased - 0x61) + 10
            } else {
                return nil
            }
            if digit >= radix { return nil }
            value = value &* radix &+ digit
        }
        return isNegative ? 0 &- value : value
    }

    private mutating func conditional() throws(ShellFailure) -> Int64 {
        let condition = try logicalOr()
        guard accept("?") else { return condition }
        if condition == 0 { skipped += 1 }
        let first = try assignment()
        if condition == 0 { skipped -= 1 }
        guard accept(":") else { throw failure("expecting ':'") }
        if condition != 0 { skipped += 1 }
        let second = try assignment()
        if condition != 0 { skipped -= 1 }
        return condition != 0 ? first : second
    }

    private mutating func logicalOr() throws(ShellFailure) -> Int64 {
        var left = try logicalAnd()
        while accept("||") {
            if left != 0 { skipped += 1 }
            let right = try logicalAnd()
            if left != 0 { skipped -= 1 }
            left = left != 0 || right != 0 ? 1 : 0
        }
        return left
    }

    private mutating func logicalAnd() throws(ShellFailure) -> Int64 {
        var left = try binary(0)
        while accept("&&") {
            if left == 0 { skipped += 1 }
            let right = try binary(0)
            if left == 0 { skipped -= 1 }
            left = left != 0 && right != 0 ? 1 : 0
        }
        return left
    }

    /// The operators of one precedence, as numbers for `apply` (`l` and `g` are `<=` and `>=`, `e` and `n` are `==` and `!=`,
    /// `<` and `>` the shifts, `,` and `.` less and greater).
    private mutating func operation(_ level: Int) -> UInt8? {
        switch level {
        case 0: return accept("|", not: "|=") ? UInt8(ascii: "|") : nil
        case 1: return accept("^", not: "=") ? UInt8(ascii: "^") : nil
        case 2: return accept("&", not: "&=") ? UInt8(ascii: "&") : nil
        case 3:
            if accept("==") { return UInt8(ascii: "e") }
            return accept("!=") ? UInt8(ascii: "n") : nil
        case 4:
            if accept("<=") { return UInt8(ascii: "l") }
            if accept(">=") { return UInt8(ascii: "g") }
            if accept("<", not: "<") { return UInt8(ascii: ",") }
            return accept(">", not: ">") ? UInt8(ascii: ".") : nil
        case 5:
            if accept("<<", not: "=") { return UInt8(ascii: "<") }
            return accept(">>", not: "=") ? UInt8(ascii: ">") : nil
        case 6:
            if accept("+", not: "=") { return UInt8(ascii: "+") }
            return accept("-", not: "=") ? UInt8(ascii: "-") : nil
        default:
            if accept("*", not: "=") { return UInt8(ascii: "*") }
            if accept("/", not: "=") { return UInt8(ascii: "/") }
            return accept("%", not: "=") ? UInt8(ascii: "%") : nil
        }
    }

    private mutating func binary(_ level: Int) throws(ShellFailure) -> Int64 {
        if level > 7 { return try unary() }
        var left = try binary(level + 1)
        while let operation = operation(level) { left = try apply(operation, left, try binary(level + 1)) }
        return left
    }

    private func apply(_ operation: UInt8, _ left: Int64, _ right: Int64) throws(ShellFailure) -> Int64 {
        switch operation {
        case UInt8(ascii: "|"): return left | right
        case UInt8(ascii: "^"): return left ^ right
        case UInt8(ascii: "&"): return left & right
        case UInt8(ascii: "e"): return left == right ? 1 : 0
        case UInt8(ascii: "n"): return left != right ? 1 : 0
        case UInt8(ascii: "l"): return left <= right ? 1 : 0
        case UInt8(ascii: "g"): return left >= right ? 1 : 0
        case UInt8(ascii: ","): return left < right ? 1 : 0
        case UInt8(ascii: "."): return left > right ? 1 : 0
        case UInt8(ascii: "<"): return left &<< right
        case UInt8(ascii: ">"): return left &>> right
        case UInt8(ascii: "+"): return left &+ right
        case UInt8(ascii: "-"): return left &- right
        case UInt8(ascii: "*"): return left &* right
        default:
            if right == 0 {
                if skipped > 0 { return 0 }
                throw failure("division by zero")
            }
            if operation == UInt8(ascii: "/") { return left.dividedReportingOverflow(by: right).partialValue }
            return left.remainderReportingOverflow(dividingBy: right).partialValue
        }
    }

    private mutating func unary() throws(ShellFailure) -> Int64 {
        if accept("-") { return 0 &- (try unary()) }
        if accept("+") { return try unary() }
        if accept("!", not: "=") { return try unary() == 0 ? 1 : 0 }
        if accept("~") { return ~(try unary()) }
        if accept("(") {
            let value = try assignment()
            guard accept(")") else { throw failure("expecting ')'") }
            return value
        }
        if let name = name() { return try value(of: name) }
        let start = position
        while byte().isDigit || byte().isLetter { position += 1 }
        guard let number = Arithmetic.number([UInt8](text[start..<position])) else { throw failure("expecting primary") }
        skipSpace()
        return number
    }
}
