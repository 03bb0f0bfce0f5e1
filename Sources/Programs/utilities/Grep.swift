// grep: finds lines.

import Martlet

enum Grep {
    private enum Matcher {
        case text([UInt8])
        case expression(Regex)
    }

    private struct Search {
        var matchers: [Matcher]
        let options: Options
        let hasNames: Bool
        var isFound = false
        /// `-m`
        var most = Int64.max

        /// Whether a line is selected.
        func selects(_ line: [UInt8]) -> Bool {
            var isMatch = false
            for matcher in matchers where !isMatch {
                if options.has("x") || options.has("w") {
                    isMatch = span(matcher, line, from: 0) != nil
                } else {
                    switch matcher {
                    case .text(let text): isMatch = Grep.find(text, in: line, from: 0, ignoresCase: options.has("i")) != nil
                    case .expression(let regex): isMatch = regex.matches(line)
                    }
                }
            }
            return isMatch != options.has("v")
        }

        /// The first, longest match from `first` on that `-x` and `-w` allow.
        func span(_ matcher: Matcher, _ line: [UInt8], from first: Int) -> Range<Int>? {
            var start = first
            while start <= line.count {
                var end: Int?
                switch matcher {
                case .text(let text):
                    guard let found = Grep.find(text, in: line, from: start, ignoresCase: options.has("i")) else { return nil }
                    start = found
                    end = found + text.count
                case .expression(let regex): end = regex.longestMatch(line, from: start)
                }
                if let end, isAllowed(start..<end, line) { return start..<end }
                start += 1
            }
            return nil
        }

        private func isAllowed(_ range: Range<Int>, _ line: [UInt8]) -> Bool {
            if options.has("x") { return range == 0..<line.count }
            guard options.has("w") else { return true }
            func isWord(_ index: Int) -> Bool {
                index >= 0 && index < line.count && (line[index].isLetter || line[index].isDigit || line[index] == UInt8(ascii: "_"))
            }
            return !range.isEmpty && !isWord(range.lowerBound - 1) && !isWord(range.upperBound)
        }

        /// The first match of any pattern; of several at one place the longest.
        func first(_ line: [UInt8], from start: Int) -> Range<Int>? {
            var best: Range<Int>?
            for matcher in matchers {
                guard let range = span(matcher, line, from: start) else { continue }
                guard let old = best else {
                    best = range
                    continue
                }
                if range.lowerBound < old.lowerBound || (range.lowerBound == old.lowerBound && range.count > old.count) { best = range }
            }
            return best
        }
    }

    @Sendable static func run(_ command: Command) {
        let options = command.options("EFGcivlnoqrRswxHhLe:f:m:")
        var operands = options.operands[...]
        var patterns: [[UInt8]] = []
        for option in options.all {
            if option.letter == UInt8(ascii: "e") { patterns += option.value.pieces(separator: 0x0A) }
            if option.letter == UInt8(ascii: "f") {
                do {
                    var text = try Path.contents(option.value)
                    if text.last == 0x0A { text.removeLast() }
                    patterns += text.pieces(separator: 0x0A)
                } catch {
                    command.end(option.value + [UInt8](": ") + error.message, status: 2)
                }
            }
        }
        if !options.has("e"), !options.has("f") {
            guard let pattern = operands.popFirst() else { command.failUsage("a pattern is missing") }
            patterns = pattern.pieces(separator: 0x0A)
        }
        var matchers: [Matcher] = []
        for pattern in patterns {
            if options.has("F") || !pattern.contains(where: isSpecial) {
                matchers.append(.text(pattern))
                continue
            }
            do {
                matchers.append(
                    .expression(try Regex(pattern, isExtended: options.has("E"), ignoresCase: options.has("i"))))
            } catch {
                command.end([UInt8](error.message), status: 2)
            }
        }
        let isRecursive = options.has("r") || options.has("R")
        var files = [[UInt8]](operands)
        if files.isEmpty { files = [[UInt8](isRecursive ? "." : "-")] }
        let hasNames = options.last(of: "Hh").map { $0 == UInt8(ascii: "H") } ?? (files.count > 1 || isRecursive)
        var search = Search(matchers: matchers, options: options, hasNames: hasNames)
        if let most = options.value("m") { search.most = Files.number(most, command) }
        for file in files { scan(file, isRecursive, &search, command) }
        // A match counts more than an error under -q.
        if command.status == 0 || (search.isFound && options.has("q")) { command.status = search.isFound ? 0 : 1 }
    }

    private static func isSpecial(_ byte: UInt8) -> Bool { [UInt8]("\\.[]*^$+?{}()|").contains(byte) }

    private static func scan(_ path: [UInt8], _ isRecursive: Bool, _ search: inout Search, _ command: Command) {
        do throws(Errno) {
            if !path.equals("-"), let status = try? Path.status(path), status.kind == .directory {
                guard isRecursive else { throw Errno.isDirectory }
                for name in try Files.names(path) {
                    let inner = path.equals(".") ? name : Path.join(path, name)
                    if try Path.status(inner, follow: false).kind != .symbolicLink { scan(inner, true, &search, command) }
                }
                return
            }
            let file = try Files.open(path)
            defer { Files.close(file) }
            try scan(file, path.equals("-") ? [UInt8]("(standard input)") : path, &search, command)
        } catch {
            if search.options.has("s") { command.status = 2 } else { command.fail(path, error, status: 2) }
        }
    }

    private static func scan(_ file: File, _ name: [UInt8], _ search: inout Search, _ command: Command) throws(Errno) {
        let input = Input(file)
        let options = search.options
        let prefix = search.hasNames ? name + [UInt8](ascii: ":") : []
        var number: Int64 = 0
        var count: Int64 = 0
        while count < search.most, let line = try input.line() {
            number += 1
            guard search.selects(line) else { continue }
            count += 1
            search.isFound = true
            if options.has("q") { Program.exit(0) }
            if options.has("l") || options.has("L") { break }
            if options.has("c") { continue }
            var head = prefix
            if options.has("n") {
                head.append(decimal: number)
                head.append(":")
            }
            if options.has("o") {
                var start = 0
                while !options.has("v"), let range = search.first(line, from: start) {
                    if !range.isEmpty { command.output.writeLine(head + line[range]) }
                    start = max(range.upperBound, range.lowerBound + 1)
                }
            } else {
                command.output.write(head)
                command.output.writeLine(line)
            }
            command.checkOutput()
        }
        if options.has("l") {
            if count > 0 { command.output.writeLine(name) }
        } else if options.has("L") {
            if count == 0 { command.output.writeLine(name) }
        } else if options.has("c") {
            command.output.writeLine(prefix + [UInt8](decimal: count))
        }
    }

    /// Where `text` lies in `line`, from `start` on.
    fileprivate static func find(_ text: [UInt8], in line: [UInt8], from start: Int, ignoresCase: Bool) -> Int? {
        guard line.count >= text.count + start else { return nil }
        guard let first = text.first else { return start }
        return line.withUnsafeBufferPointer { line in
            text.withUnsafeBufferPointer { text in
                var index = start
                let last = line.count - text.count
                while index <= last {
                    if !ignoresCase, line[index] != first {
                        index += 1
                        continue
                    }
                    var offset = 0
                    while offset < text.count,
                        line[index + offset] == text[offset]
                            || (ignoresCase && line[index + offset].lowercased == text[offset].lowercased)
                    { offset += 1 }
                    if offset == text.count { return index }
                    index += 1
                }
                return nil
            }
        }
    }
}
