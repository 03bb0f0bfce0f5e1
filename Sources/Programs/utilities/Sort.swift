// sort, uniq.

import Martlet

/// What is compared, and how.
private struct SortKey {
    struct Order {
        var isNumeric = false
        var isReversed = false
        var foldsCase = false
        var skipsBlanks = false
        var isMonth = false

        /// False if there is no such letter.
        mutating func set(_ letter: UInt8) -> Bool {
            switch letter {
            case UInt8(ascii: "n"): isNumeric = true
            case UInt8(ascii: "r"): isReversed = true
            case UInt8(ascii: "f"): foldsCase = true
            case UInt8(ascii: "b"): skipsBlanks = true
            case UInt8(ascii: "M"): isMonth = true
            default: return false
            }
            return true
        }

        var isPlain: Bool { !isNumeric && !isReversed && !foldsCase && !skipsBlanks && !isMonth }
    }

    /// Field and character of the start, from 1; character 0: none given.
    var startField = 1
    var startCharacter = 1
    /// Field 0: the end of the line. Character 0: the end of the field.
    var endField = 0
    var endCharacter = 0
    var order = Order()
    var skipsEndBlanks = false

    /// `F[.C][letters][,F[.C][letters]]`; `nil` if the text is none.
    init?(_ text: [UInt8]) {
        let parts = text.pieces(separator: UInt8(ascii: ","))
        guard parts.count <= 2, let start = SortKey.position(parts[0], &order), start.field > 0 else { return nil }
        startField = start.field
        startCharacter = max(start.character, 1)
        if parts.count == 2 {
            guard let end = SortKey.position(parts[1], &order), end.field > 0 else { return nil }
            endField = end.field
            endCharacter = end.character
        }
        skipsEndBlanks = order.skipsBlanks
    }

    /// The whole line.
    init(_ order: Order) { self.order = order }

    private static func position(_ text: [UInt8], _ order: inout Order) -> (field: Int, character: Int)? {
        var index = 0
        func number() -> Int? {
            var value = 0
            let start = index
            while index < text.count, text[index].isDigit, value < 1_000_000 {
                value = value * 10 + Int(text[index] - 0x30)
                index += 1
            }
            return index > start ? value : nil
        }
        guard let field = number() else { return nil }
        var character = 0
        if index < text.count, text[index] == UInt8(ascii: ".") {
            index += 1
            guard let value = number() else { return nil }
            character = value
        }
        while index < text.count {
            guard order.set(text[index]) else { return nil }
            index += 1
        }
        return (field, character)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// Where the key lies in a line.
    func range(_ bytes: UnsafeBufferPointer<UInt8>, _ line: Range<Int>, _ separator: UInt8?) -> Range<Int> {
        var start = SortKey.fieldStart(startField, bytes, line, separator)
        if order.skipsBlanks { while start < line.upperBound, SortKey.isBlank(bytes[start]) { start += 1 } }
        start = min(start + startCharacter - 1, line.upperBound)
        guard endField > 0 else { return start..<line.upperBound }
        var end: Int
        if endCharacter == 0 {
            end = SortKey.fieldEnd(endField, bytes, line, separator)
        } else {
            end = SortKey.fieldStart(endField, bytes, line, separator)
            if skipsEndBlanks { while end < line.upperBound, SortKey.isBlank(bytes[end]) { end += 1 } }
            end = min(end + endCharacter, line.upperBound)
        }
        return start..<max(start, end)
    }

    /// Without a separator a field begins with the blanks before it.
    private static func fieldStart(_ field: Int, _ bytes: UnsafeBufferPointer<UInt8>, _ line: Range<Int>, _ separator: UInt8?) -> Int {
        var index = line.lowerBound
        for _ in 1..<max(field, 1) {
            if let separator {
                while index < line.upperBound, bytes[index] != separator { index += 1 }
                if index < line.upperBound { index += 1 }
            } else {
                while index < line.upperBound, isBlank(bytes[index]) { index += 1 }
                while index < line.upperBound, !isBlank(bytes[index]) { index += 1 }
            }
        }
        return index
    }

    private static func fieldEnd(_ field: Int, _ bytes: UnsafeBufferPointer<UInt8>, _ line: Range<Int>, _ separator: UInt8?) -> Int {
        var index = fieldStart(field, bytes, line, separator)
        if let separator {
            while index < line.upperBound, bytes[index] != separator { index += 1 }
        } else {
            while index < line.upperBound, isBlank(bytes[index]) { index += 1 }
            while index < line.upperBound, !isBlank(bytes[index]) { index += 1 }
        }
        return index
    }

    /// Negative, zero or positive, as the first key comes before, with, or after the second one.
    func compare(_ bytes: UnsafeBufferPointer<UInt8>, _ left: Range<Int>, _ right: Range<Int>) -> Int {
        let result: Int
        if order.isNumeric {
            result = Number(bytes, left).compare(Number(bytes, right), bytes)
        } else if order.isMonth {
            result = SortKey.month(bytes, left) - SortKey.month(bytes, right)
        } else {
            result = order.foldsCase ? SortKey.compareFolded(bytes, left, right) : SortKey.compareBytes(bytes, left, right)
        }
        return order.isReversed ? -result : result
    }

    static func compareBytes(_ bytes: UnsafeBufferPointer<UInt8>, _ left: Range<Int>, _ right: Range<Int>) -> Int {
        let common = min(left.count, right.count)
        var index = 0
        while index < common {
            let (one, other) = (bytes[left.lowerBound + index], bytes[right.lowerBound + index])
            if one != other { return one < other ? -1 : 1 }
            index += 1
        }
        return left.count - right.count
    }

    private static func compareFolded(_ bytes: UnsafeBufferPointer<UInt8>, _ left: Range<Int>, _ right: Range<Int>) -> Int {
        func upper(_ byte: UInt8) -> UInt8 { byte >= 0x61 && byte <= 0x7A ? byte & 0xDF : byte }
        let common = min(left.count, right.count)
        for index in 0..<common {
            let (one, other) = (upper(bytes[left.lowerBound + index]), upper(bytes[right.lowerBound + index]))
            if one != other { return one < other ? -1 : 1 }
        }
        return left.count - right.count
    }

    private static func month(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Int {
        var start = range.lowerBound
        while start < range.upperBound, isBlank(bytes[start]) { start += 1 }
        guard range.upperBound - start >= 3 else { return 0 }
        let names = [UInt8]("janfebmaraprmayjunjulaugsepoctnovdec")
        for month in 0..<12
        where (0..<3).allSatisfy({ bytes[start + $0].lowercased == names[month * 3 + $0] }) { return month + 1 }
        return 0
    }

    /// The decimal number that a key begins with, of any length.
    private struct Number {
        private var isNegative = false
        private var whole: Range<Int>
        private var fraction: Range<Int>

        init(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
            var index = range.lowerBound
            while index < range.upperBound, bytes[index].isSpace { index += 1 }
            if index < range.upperBound, bytes[index] == UInt8(ascii: "-") {
                isNegative = true
                index += 1
            }
            while index < range.upperBound, bytes[index] == 0x30 { index += 1 }
            let start = index
            while index < range.upperBound, bytes[index].isDigit { index += 1 }
            whole = start..<index
            fraction = index..<index
            if index < range.upperBound, bytes[index] == UInt8(ascii: ".") {
                index += 1
                let start = index
                while index < range.upperBound, bytes[index].isDigit { index += 1 }
                var end = index
                while end > start, bytes[end - 1] == 0x30 { end -= 1 }
                fraction = start..<end
            }
            if whole.isEmpty, fraction.isEmpty { isNegative = false }
        }

        func compare(_ other: Number, _ bytes: UnsafeBufferPointer<UInt8>) -> Int {
            if isNegative != other.isNegative { return isNegative ? -1 : 1 }
            var result = whole.count - other.whole.count
            if result == 0 { result = SortKey.compareBytes(bytes, whole, other.whole) }
            if result == 0 { result = SortKey.compareBytes(bytes, fraction, other.fraction) }
            return isNegative ? -result : result
        }
    }
}

enum Sort {
    @Sendable static func run(_ command: Command) {
        let options = command.options("bcfmnrsuMk:t:o:")
        var global = SortKey.Order()
        for option in options.all where option.value.isEmpty { _ = global.set(option.letter) }
        var keys: [SortKey] = []
        for option in options.all where option.letter == UInt8(ascii: "k") {
            guard var key = SortKey(option.value) else { command.failUsage(option.value + [UInt8](" is no key")) }
            if key.order.isPlain {
                key.order = global
                key.skipsEndBlanks = global.skipsBlanks
            }
            keys.append(key)
        }
        if keys.isEmpty { keys = [SortKey(global)] }
        var separator: UInt8?
        if let text = options.value("t") {
            guard text.count == 1 || text.equals("\\0") else { command.failUsage("-t needs one character") }
            separator = text.count == 1 ? text[0] : 0
        }
        var text: [UInt8] = []
        Files.each(
            options.operands, command,
            { file, _ throws(Errno) in
                let contents = try file.readAll()
                text = text.isEmpty ? contents : text + contents
                if let last = text.last, last != 0x0A { text.append(0x0A) }
            }, status: 2)
        if command.status != 0 { return }
        let isUnique = options.has("u")
        let hasLastResort = !isUnique && !options.has("s")
        let isReversed = global.isReversed
        let path = options.value("o")
        let checks = options.has("c")
        var output: [UInt8] = []
        text.withUnsafeBufferPointer { bytes in
            var lines = Sort.lines(bytes)
            let places = keys.map { key in lines.map { key.range(bytes, $0, separator) } }
            func compareKeys(_ left: Int, _ right: Int) -> Int {
                for (key, ranges) in zip(keys, places) {
                    let result = key.compare(bytes, ranges[left], ranges[right])
                    if result != 0 { return result }
                }
                return 0
            }
            func precedes(_ left: Int, _ right: Int) -> Bool {
                var result = compareKeys(left, right)
                if result == 0, hasLastResort {
                    result = SortKey.compareBytes(bytes, lines[left], lines[right])
                    if isReversed { result = -result }
                }
                return result == 0 ? left < right : result < 0
            }
            if checks {
                for index in lines.indices.dropFirst() where compareKeys(index - 1, index) > (isUnique ? -1 : 0) {
                    command.report([UInt8]("-: disorder: ") + [UInt8](bytes[lines[index]]))
                    command.status = 1
                    return
                }
                return
            }
            var order = Array(lines.indices)
            order.sort(by: precedes)
            var previous: Int?
            for index in order {
                if isUnique, let previous, compareKeys(previous, index) == 0 { continue }
                previous = index
                if path == nil {
                    command.output.write([UInt8](bytes[lines[index]]))
                    command.output.write(0x0A)
                } else {
                    output += bytes[lines[index]]
                    output.append(0x0A)
                }
            }
            lines = []
        }
        guard let path, !checks else { return }
        do {
            // Written last: the output may be one of the inputs.
            try Path.write(output, to: path)
        } catch {
            command.fail(path, error, status: 2)
        }
    }

    private static func lines(_ bytes: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        var start = 0
        for index in bytes.indices where bytes[index] == 0x0A {
            lines.append(start..<index)
            start = index + 1
        }
        return lines
    }
}

enum Uniq {
    @Sendable static func run(_ command: Command) {
        let options = command.options("cdu")
        guard options.operands.count <= 2 else { command.failUsage("too many operands") }
        do {
            let input = Input(try Files.open(options.operands.first ?? [UInt8]("-")))
            var output = command.output
            if options.operands.count == 2 { output = Output(try File.open(options.operands[1], .write, [.create, .truncate])) }
            var current: [UInt8]?
            var count = 0
            func finish() {
                guard let line = current else { return }
                if options.has("d"), count < 2 { return }
                if options.has("u"), count > 1 { return }
                if options.has("c") {
                    var text: [UInt8] = []
                    text.append(decimal: count, width: 7)
                    text.append(" ")
                    output.write(text)
                }
                output.writeLine(line)
            }
            while let line = try input.line() {
                if line == current {
                    count += 1
                } else {
                    finish()
                    current = line
                    count = 1
                }
            }
            finish()
            try output.flush()
        } catch {
            command.fail(options.operands.first ?? [UInt8]("-"), error)
        }
    }
}
