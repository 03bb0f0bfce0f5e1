// cut, tr: parts of lines, translated bytes.

import Martlet
import Shell

enum Cut {
    @Sendable static func run(_ command: Command) {
        let options = command.options("b:c:f:d:s")
        guard let list = options.value("b") ?? options.value("c") ?? options.value("f"), let ranges = ranges(list) else {
            command.failUsage("a list of numbers is missing or malformed")
        }
        let delimiter = options.value("d") ?? [0x09]
        guard delimiter.count == 1 else { command.failUsage("the delimiter is one character") }
        func isChosen(_ number: Int) -> Bool { ranges.contains { $0.contains(number) } }
        Files.each(options.operands, command) { file, _ throws(Errno) in
            let input = Input(file)
            while let line = try input.line() {
                guard options.value("f") != nil else {
                    var result: [UInt8] = []
                    for (index, byte) in line.enumerated() where isChosen(index + 1) { result.append(byte) }
                    command.output.writeLine(result)
                    continue
                }
                let fields = line.pieces(separator: delimiter[0])
                if fields.count == 1 {
                    if !options.has("s") { command.output.writeLine(line) }
                    continue
                }
                var result: [UInt8] = []
                var isFirst = true
                for (index, field) in fields.enumerated() where isChosen(index + 1) {
                    if !isFirst { result += delimiter }
                    isFirst = false
                    result += field
                }
                command.output.writeLine(result)
                command.checkOutput()
            }
        }
    }

    /// `1,3-5,7-`; `nil` if the text is none.
    private static func ranges(_ text: [UInt8]) -> [ClosedRange<Int>]? {
        var result: [ClosedRange<Int>] = []
        for piece in text.pieces(separator: UInt8(ascii: ",")) {
            let ends = piece.pieces(separator: UInt8(ascii: "-"))
            guard ends.count <= 2, !piece.isEmpty, !(ends.count == 2 && ends[0].isEmpty && ends[1].isEmpty) else { return nil }
            var numbers: [Int] = []
            for (index, end) in ends.enumerated() {
                if end.isEmpty {
                    numbers.append(index == 0 ? 1 : Int.max)
                } else {
                    guard let value = end.decimal, value > 0 else { return nil }
                    numbers.append(Int(clamping: value))
                }
            }
            guard let first = numbers.first, let last = numbers.last, first <= last else { return nil }
            result.append(first...last)
        }
        return result
    }
}

enum Tr {
    @Sendable static func run(_ command: Command) {
        let options = command.options("cCds")
        let deletes = options.has("d")
        let squeezes = options.has("s")
        let operands = options.operands
        let wanted = deletes == squeezes ? 2...2 : deletes ? 1...1 : 1...2
        guard wanted.contains(operands.count) else { command.failUsage("the number of sets is wrong") }
        guard var first = set(operands[0]), let second = operands.count > 1 ? set(operands[1]) : [] else {
            command.failUsage("a set is malformed")
        }
        if options.has("c") || options.has("C") { first = (UInt8.min...UInt8.max).filter { !first.contains($0) } }
        var table = [UInt8](UInt8.min...UInt8.max)
        var isDeleted = [Bool](repeating: false, count: 256)
        var isSqueezed = [Bool](repeating: false, count: 256)
        if deletes {
            for byte in first { isDeleted[Int(byte)] = true }
        } else if let last = second.last {
            for (index, byte) in first.enumerated() { table[Int(byte)] = index < second.count ? second[index] : last }
        }
        if squeezes { for byte in operands.count > 1 ? second : first { isSqueezed[Int(byte)] = true } }
        var previous: UInt8?
        do {
            while true {
                let piece = try File.standardInput.read(count: 65536)
                if piece.isEmpty { return }
                var result: [UInt8] = []
                result.reserveCapacity(piece.count)
                for byte in piece where !isDeleted[Int(byte)] {
                    let new = table[Int(byte)]
                    if isSqueezed[Int(new)], new == previous { continue }
                    previous = new
                    result.append(new)
                }
                command.output.write(result)
                command.checkOutput()
            }
        } catch {
            command.fail([UInt8]("standard input"), error)
        }
    }

    /// The bytes of `a-z`, `\n`, `[:upper:]`; `nil` if the text is malformed.
    private static func set(_ text: [UInt8]) -> [UInt8]? {
        var result: [UInt8] = []
        var index = 0
        func element() -> UInt8 {
            guard text[index] == UInt8(ascii: "\\"), index + 1 < text.count else {
                index += 1
                return text[index - 1]
            }
            let letter = text[index + 1]
            index += 2
            switch letter {
            case UInt8(ascii: "n"): return 10
            case UInt8(ascii: "t"): return 9
            case UInt8(ascii: "r"): return 13
            case UInt8(ascii: "a"): return 7
            case UInt8(ascii: "b"): return 8
            case UInt8(ascii: "f"): return 12
            case UInt8(ascii: "v"): return 11
            case 0x30...0x37:
                var value = UInt32(letter - 0x30)
                var count = 1
                while count < 3, index < text.count, text[index] >= 0x30, text[index] <= 0x37 {
                    value = value * 8 + UInt32(text[index] - 0x30)
                    index += 1
                    count += 1
                }
                return UInt8(truncatingIfNeeded: value)
            default: return letter
            }
        }
        while index < text.count {
            if text[index] == UInt8(ascii: "["), index + 1 < text.count, text[index + 1] == UInt8(ascii: ":") {
                var end = index + 2
                while end + 1 < text.count, text[end].isLetter { end += 1 }
                if end + 1 < text.count, text[end] == UInt8(ascii: ":"), text[end + 1] == UInt8(ascii: "]") {
                    let name = [UInt8](text[(index + 2)..<end])
                    let members = (UInt8.min...UInt8.max).filter { Bracket.isMember(name, $0) }
                    if members.isEmpty { return nil }
                    result += members
                    index = end + 2
                    continue
                }
            }
            let low = element()
            guard index + 1 < text.count, text[index] == UInt8(ascii: "-") else {
                result.append(low)
                continue
            }
            index += 1
            let high = element()
            guard low <= high else { return nil }
            result += low...high
        }
        return result
    }
}
