// echo, printf and test: builtins of the shell and programs of their own.

import Martlet

/// C: echo(1).
package enum Echo {
    /// What `echo` writes. `-n` first leaves the newline out; backslashes are as they are.
    package static func text(_ arguments: [[UInt8]]) -> [UInt8] {
        var words = arguments[...]
        var hasNewline = true
        while let first = words.first, first.equals("-n") {
            hasNewline = false
            words = words.dropFirst()
        }
        var result: [UInt8] = []
        for (index, word) in words.enumerated() {
            if index > 0 { result.append(0x20) }
            result += word
        }
        if hasNewline { result.append(0x0A) }
        return result
    }
}

/// C: printf(1).
package enum Printf {
    /// Formats the arguments; the format is used again until all are. Errors are told and the output goes on.
    package static func format(_ format: [UInt8], _ arguments: [[UInt8]]) -> (output: [UInt8], errors: [[UInt8]]) {
        var state = Run(arguments: arguments)
        repeat {
            let before = state.next
            state.once(format)
            if state.isEnded || state.next == before { break }
        } while state.next < arguments.count
        return (state.output, state.errors)
    }

    private struct Run {
        let arguments: [[UInt8]]
        var next = 0
        var output: [UInt8] = []
        var errors: [[UInt8]] = []
        /// `\c` was met.
        var isEnded = false

        init(arguments: [[UInt8]]) { self.arguments = arguments }

        mutating func take() -> [UInt8]? {
            guard next < arguments.count else { return nil }
            next += 1
            return arguments[next - 1]
        }

        mutating func number() -> Int64 {
            guard let text = take(), let first = text.first else { return 0 }
            if first == 0x27 || first == 0x22 { return text.count > 1 ? Int64(text[1]) : 0 }
            if let value = Arithmetic.number(text) { return value }
            errors.append(text + [UInt8](": expected numeric value"))
            let isNegative = first == UInt8(ascii: "-")
            let digits = [UInt8]((isNegative ? text.dropFirst() : text[...]).prefix { $0.isDigit })
            return (digits.decimal ?? 0) * (isNegative ? -1 : 1)
        }

        mutating func once(_ format: [UInt8]) {
            var index = 0
            while index < format.count, !isEnded {
                let byte = format[index]
                if byte == UInt8(ascii: "\\") {
                    output += Printf.escape(format, &index, isArgument: false, &isEnded)
                } else if byte == UInt8(ascii: "%") {
                    index += 1
                    if index < format.count, format[index] == UInt8(ascii: "%") {
                        output.append(byte)
                        index += 1
                    } else {
                        conversion(format, &index)
                    }
                } else {
                    output.append(byte)
                    index += 1
                }
            }
        }

        private mutating func count(_ format: [UInt8], _ index: inout Int) -> Int {
            if index < format.count, format[index] == UInt8(ascii: "*") {
                index += 1
                return Int(clamping: number())
            }
            var value = 0
            while index < format.count, format[index].isDigit, value < 100_000 {
                value = value * 10 + Int(format[index] - 0x30)
                index += 1
            }
            return value
        }

        private mutating func conversion(_ format: [UInt8], _ index: inout Int) {
            var flags: [UInt8] = []
            while index < format.count, [UInt8]("-+ 0#").contains(format[index]) {
                flags.append(format[index])
                index += 1
            }
            var width = count(format, &index)
            var isLeft = flags.contains(UInt8(ascii: "-"))
            if width < 0 {
                isLeft = true
                width = -width
            }
            width = min(width, 100_000)
            var precision: Int?
            if index < format.count, format[index] == UInt8(ascii: ".") {
                index += 1
                precision = count(format, &index)
            }
            guard index < format.count else {
                errors.append([UInt8]("%: missing format character"))
                isEnded = true
                return
            }
            let letter = format[index]
            index += 1
            var text: [UInt8]
            var isNumber = false
            switch letter {
            case UInt8(ascii: "s"):
                text = take() ?? []
                if let precision { text = [UInt8](text.prefix(precision)) }
            case UInt8(ascii: "b"):
                text = []
                let argument = take() ?? []
                var place = 0
                while place < argument.count, !isEnded {
                    if argument[place] == UInt8(ascii: "\\") {
                        text += Printf.escape(argument, &place, isArgument: true, &isEnded)
                    } else {
                        text.append(argument[place])
                        place += 1
                    }
                }
            case UInt8(ascii: "c"): text = [UInt8]((take() ?? []).prefix(1))
            case UInt8(ascii: "d"), UInt8(ascii: "i"), UInt8(ascii: "u"), UInt8(ascii: "o"), UInt8(ascii: "x"), UInt8(ascii: "X"):
                isNumber = true
                text = integer(letter, flags, precision)
            default:
                errors.append([UInt8]("%") + [letter] + [UInt8](": invalid directive"))
                isEnded = true
                return
            }
            if isNumber, flags.contains(UInt8(ascii: "0")), !isLeft, precision == nil {
                let sign = text.first.map { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") || $0 == 0x20 } ?? false
                if sign { output.append(text.removeFirst()) }
                output.append(text, width: width - (sign ? 1 : 0), padding: 0x30)
            } else {
                output.append(text, width: width, isLeft: isLeft)
            }
        }

        private mutating func integer(_ letter: UInt8, _ flags: [UInt8], _ precision: Int?) -> [UInt8] {
            let value = number()
            let isSigned = letter == UInt8(ascii: "d") || letter == UInt8(ascii: "i")
            let radix: UInt64 = letter == UInt8(ascii: "o") ? 8 : letter | 0x20 == UInt8(ascii: "x") ? 16 : 10
            var rest = isSigned ? value.magnitude : UInt64(bitPattern: value)
            let isZero = rest == 0
            var digits: [UInt8] = []
            while rest != 0 {
                let digit = UInt8(rest % radix)
                digits.append(digit < 10 ? 0x30 + digit : (letter == UInt8(ascii: "X") ? 0x41 : 0x61) + digit - 10)
                rest /= radix
            }
            while digits.count < (precision.map { min($0, 100_000) } ?? 1) { digits.append(0x30) }
            if flags.contains(UInt8(ascii: "#")), !isZero {
                if radix == 8, digits.last != 0x30 { digits.append(0x30) }
                if radix == 16 { digits += [letter, 0x30] }
            }
            if isSigned {
                if value < 0 {
                    digits.append(UInt8(ascii: "-"))
                } else if flags.contains(UInt8(ascii: "+")) {
                    digits.append(UInt8(ascii: "+"))
                } else if flags.contains(0x20) {
                    digits.append(0x20)
                }
            }
            return digits.reversed()
        }
    }

    /// The bytes of a backslash sequence; `index` moves behind it. In arguments of `%b` octal numbers begin with a zero, and
    /// `\c` ends the output.
    private static func escape(_ text: [UInt8], _ index: inout Int, isArgument: Bool, _ isEnded: inout Bool) -> [UInt8] {
        index += 1
        guard index < text.count else { return [UInt8(ascii: "\\")] }
        let letter = text[index]
        index += 1
        switch letter {
        case UInt8(ascii: "a"): return [7]
        case UInt8(ascii: "b"): return [8]
        case UInt8(ascii: "f"): return [12]
        case UInt8(ascii: "n"): return [10]
        case UInt8(ascii: "r"): return [13]
        case UInt8(ascii: "t"): return [9]
        case UInt8(ascii: "v"): return [11]
        case UInt8(ascii: "e"): return [27]
        case UInt8(ascii: "\\"): return [UInt8(ascii: "\\")]
        case UInt8(ascii: "\""): return isArgument ? [UInt8(ascii: "\\"), letter] : [letter]
        case UInt8(ascii: "c") where isArgument:
            isEnded = true
            return []
        case 0x30...0x37:
            var value = UInt32(letter - 0x30)
            let most = isArgument && letter == 0x30 ? 3 : 2
            var count = 0
            while count < most, index < text.count, text[index] >= 0x30, text[index] <= 0x37 {
                value = value * 8 + UInt32(text[index] - 0x30)
                index += 1
                count += 1
            }
            return [UInt8(truncatingIfNeeded: value)]
        default: return [UInt8(ascii: "\\"), letter]
        }
    }
}

/// C: test(1).
package enum Condition {
    /// Why an expression was refused.
    package struct Failure: Error { package var message: [UInt8] }

    /// Evaluates the arguments of `test`, or of `[`, whose last one must be `]`.
    package static func evaluate(_ arguments: [[UInt8]], isBracket: Bool) throws(Failure) -> Bool {
        var words = arguments
        if isBracket {
            guard let last = words.popLast(), last.equals("]") else { throw Failure(message: [UInt8]("missing ]")) }
        }
        // The number of arguments decides what is an operator (POSIX, test).
        switch words.count {
        case 0: return false
        case 1: return !words[0].isEmpty
        case 2:
            if words[0].equals("!") { return words[1].isEmpty }
            return try unary(words[0], words[1])
        case 3:
            if let result = try binary(words[0], words[1], words[2]) { return result }
            if words[0].equals("!") { return try !evaluate([words[1], words[2]], isBracket: false) }
            if words[0].equals("("), words[2].equals(")") { return !words[1].isEmpty }
        case 4 where words[0].equals("!"): return try !evaluate([[UInt8]](words.dropFirst()), isBracket: false)
        default: break
        }
        var expression = Expression(words: words)
        let result = try expression.or()
        if expression.index < words.count { throw Failure(message: words[expression.index] + [UInt8](": unexpected operator")) }
        return result
    }

    /// Longer expressions: `-o` under `-a` under `!`.
    private struct Expression {
        let words: [[UInt8]]
        var index = 0

        init(words: [[UInt8]]) { self.words = words }

        private func isNext(_ text: StaticString) -> Bool { index < words.count && words[index].equals(text) }

        mutating func or() throws(Failure) -> Bool {
            var result = try and()
            while isNext("-o") {
                index += 1
                let right = try and()
                result = result || right
            }
            return result
        }

        private mutating func and() throws(Failure) -> Bool {
            var result = try not()
            while isNext("-a") {
                index += 1
                let right = try not()
                result = result && right
            }
            return result
        }

        private mutating func not() throws(Failure) -> Bool {
            if isNext("!") {
                index += 1
                return try !not()
            }
            return try primary()
        }

        private mutating func primary() throws(Failure) -> Bool {
            guard index < words.count else { throw Failure(message: [UInt8]("argument expected")) }
            if index + 2 < words.count, let result = try binary(words[index], words[index + 1], words[index + 2]) {
                index += 3
                return result
            }
            if isNext("(") {
                index += 1
                let result = try or()
                guard isNext(")") else { throw Failure(message: [UInt8]("closing paren expected")) }
                index += 1
                return result
            }
            if index + 1 < words.count, words[index].count == 2, words[index][0] == UInt8(ascii: "-"), words[index][1].isLetter {
                index += 2
                return try unary(words[index - 2], words[index - 1])
            }
            index += 1
            return !words[index - 1].isEmpty
        }
    }

    private static func unary(_ operation: [UInt8], _ operand: [UInt8]) throws(Failure) -> Bool {
        guard operation.count == 2, operation[0] == UInt8(ascii: "-") else {
            throw Failure(message: operation + [UInt8](": unexpected operator"))
        }
        func status(_ follow: Bool = true) -> FileStatus? { try? Path.status(operand, follow: follow) }
        switch operation[1] {
        case UInt8(ascii: "n"): return !operand.isEmpty
        case UInt8(ascii: "z"): return operand.isEmpty
        case UInt8(ascii: "e"): return status() != nil
        case UInt8(ascii: "f"): return status()?.kind == .regular
        case UInt8(ascii: "d"): return status()?.kind == .directory
        case UInt8(ascii: "h"), UInt8(ascii: "L"): return status(false)?.kind == .symbolicLink
        case UInt8(ascii: "b"): return status()?.kind == .blockDevice
        case UInt8(ascii: "c"): return status()?.kind == .characterDevice
        case UInt8(ascii: "p"): return status()?.kind == .pipe
        case UInt8(ascii: "S"): return status()?.kind == .streamSocket
        case UInt8(ascii: "s"): return (status()?.size ?? 0) > 0
        case UInt8(ascii: "u"): return (status()?.mode ?? 0) & 0o4000 != 0
        case UInt8(ascii: "g"): return (status()?.mode ?? 0) & 0o2000 != 0
        case UInt8(ascii: "k"): return (status()?.mode ?? 0) & 0o1000 != 0
        case UInt8(ascii: "r"): return (try? Path.checkAccess(operand, .read)) != nil
        case UInt8(ascii: "w"): return (try? Path.checkAccess(operand, .write)) != nil
        case UInt8(ascii: "x"): return (try? Path.checkAccess(operand, .execute)) != nil
        case UInt8(ascii: "t"):
            return File(descriptor: Int32(try number(operand))).isTerminal
        default: throw Failure(message: operation + [UInt8](": unexpected operator"))
        }
    }

    private static func number(_ text: [UInt8]) throws(Failure) -> Int64 {
        let words = text.words
        guard words.count == 1, let value = words[0].decimal else { throw Failure(message: [UInt8]("Illegal number: ") + text) }
        return value
    }

    /// `nil` if `operation` is no operator.
    private static func binary(_ left: [UInt8], _ operation: [UInt8], _ right: [UInt8]) throws(Failure) -> Bool? {
        switch operation {
        case "=", "==": return left == right
        case "!=": return left != right
        case "<": return left.precedes(right)
        case ">": return right.precedes(left)
        case "-a": return !left.isEmpty && !right.isEmpty
        case "-o": return !left.isEmpty || !right.isEmpty
        case "-eq": return try number(left) == number(right)
        case "-ne": return try number(left) != number(right)
        case "-lt": return try number(left) < number(right)
        case "-le": return try number(left) <= number(right)
        case "-gt": return try number(left) > number(right)
        case "-ge": return try number(left) >= number(right)
        case "-nt", "-ot", "-ef":
            let first = try? Path.status(left)
            let second = try? Path.status(right)
            if operation.equals("-ef") {
                guard let first, let second else { return false }
                return first.isSameFile(as: second)
            }
            let (one, other) = operation.equals("-nt") ? (first, second) : (second, first)
            guard let one else { return false }
            return other.map { one.modificationTime > $0.modificationTime } ?? true
        default: return nil
        }
    }
}
