// head, tail, wc, tee: streams.

import Martlet

/// `-5` as an old way to write `-n 5`.
private func modernized(_ command: Command) -> Command {
    guard let first = command.arguments.first, first.count > 1, first[0] == UInt8(ascii: "-"), first[1].isDigit else { return command }
    return Command(
        name: command.name, arguments: [[UInt8]("-n"), [UInt8](first.dropFirst())] + command.arguments.dropFirst(),
        usage: command.usage, usageStatus: command.usageStatus)
}

private func heading(_ name: [UInt8], isFirst: Bool) -> [UInt8] {
    [UInt8](isFirst ? "==> " : "\n==> ") + (name.equals("-") ? [UInt8]("standard input") : name) + [UInt8](" <==\n")
}

enum Head {
    @Sendable static func run(_ original: Command) {
        let command = modernized(original)
        let options = command.options("n:c:q")
        let lines = options.value("n").map { Files.number($0, command) } ?? 10
        let bytes = options.value("c").map { Files.number($0, command) }
        if lines < 0 || (bytes ?? 0) < 0 { command.failUsage("a count is negative") }
        var isFirst = true
        let hasHeadings = options.operands.count > 1 && !options.has("q")
        Files.each(options.operands, command) { file, name throws(Errno) in
            if hasHeadings { command.output.write(heading(name, isFirst: isFirst)) }
            isFirst = false
            if let bytes {
                try? command.output.flush()
                try Files.copy(file, to: .standardOutput, command, limit: UInt64(bytes))
            } else {
                try copyLines(file, lines, command)
            }
        }
        original.status = command.status
    }

    private static func copyLines(_ file: File, _ lines: Int64, _ command: Command) throws(Errno) {
        var left = lines
        while left > 0 {
            let piece = try file.read(count: 65536)
            if piece.isEmpty { return }
            var end = 0
            piece.withUnsafeBufferPointer { bytes in
                while end < bytes.count, left > 0 {
                    if bytes[end] == 0x0A { left -= 1 }
                    end += 1
                }
            }
            command.output.write(piece[0..<end])
            // What was read too much is given back where that can be, for those who read on.
            if end < piece.count { _ = try? file.seek(Int64(end - piece.count), from: .current) }
        }
    }
}

enum Tail {
    @Sendable static func run(_ original: Command) {
        let command = modernized(original)
        let options = command.options("fn:c:q")
        let text = options.value("c") ?? options.value("n") ?? [UInt8]("10")
        let isFromStart = text.first == UInt8(ascii: "+")
        let count = Int(clamping: Files.number(text, command).magnitude)
        let countsBytes = options.value("c") != nil
        var isFirst = true
        let hasHeadings = options.operands.count > 1 && !options.has("q")
        var followed: File?
        for name in options.operands.isEmpty ? [[UInt8]("-")] : options.operands {
            do {
                let file = try Files.open(name)
                if hasHeadings { command.output.write(heading(name, isFirst: isFirst)) }
                isFirst = false
                if isFromStart {
                    try writeFrom(file, count, countsBytes, command)
                } else {
                    try writeLast(file, count, countsBytes, command)
                }
                if options.has("f") { followed = file } else { Files.close(file) }
            } catch {
                command.fail(name, error)
            }
        }
        if let followed { follow(followed, command) }
        original.status = command.status
    }

    private static func writeFrom(_ file: File, _ count: Int, _ countsBytes: Bool, _ command: Command) throws(Errno) {
        var skipped = max(count - 1, 0)
        while true {
            let piece = try file.read(count: 65536)
            if piece.isEmpty { return }
            var start = 0
            while start < piece.count, skipped > 0 {
                if countsBytes || piece[start] == 0x0A { skipped -= 1 }
                start += 1
            }
            command.output.write(piece[start...])
        }
    }

    private static func writeLast(_ file: File, _ count: Int, _ countsBytes: Bool, _ command: Command) throws(Errno) {
        var kept: [UInt8] = []
        // Of a file that can be read anywhere only the end is needed.
        if let size = try? file.seek(0, from: .end) {
            var start = size
            var newlines = 0
            while start > 0, countsBytes ? kept.count < count : newlines <= count {
                let piece = min(start, 65536)
                start -= piece
                try file.seek(Int64(start))
                let bytes = try readFully(file, Int(piece))
                newlines += bytes.reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
                kept = bytes + kept
            }
            try file.seek(Int64(size))
        } else {
            while true {
                let piece = try file.read(count: 65536)
                if piece.isEmpty { break }
                kept += piece
                if kept.count > 1 << 20 { kept = [UInt8](kept[firstKept(kept, count, countsBytes)...]) }
            }
        }
        command.output.write(kept[firstKept(kept, count, countsBytes)...])
    }

    private static func readFully(_ file: File, _ count: Int) throws(Errno) -> [UInt8] {
        var result: [UInt8] = []
        while result.count < count {
            let piece = try file.read(count: count - result.count)
            if piece.isEmpty { break }
            result += piece
        }
        return result
    }

    /// Where the last `count` lines or bytes begin.
    private static func firstKept(_ bytes: [UInt8], _ count: Int, _ countsBytes: Bool) -> Int {
        if countsBytes { return max(bytes.count - count, 0) }
        if count == 0 { return bytes.count }
        var index = bytes.count
        var left = count
        if bytes.last == 0x0A { index -= 1 }
        while index > 0 {
            if bytes[index - 1] == 0x0A {
                left -= 1
                if left == 0 { return index }
            }
            index -= 1
        }
        return 0
    }

    private static func follow(_ file: File, _ command: Command) -> Never {
        while true {
            do {
                try command.output.flush()
                let piece = try file.read(count: 65536)
                if piece.isEmpty {
                    // A pipe or a terminal waits by itself; its end is the end.
                    if try file.status().kind != .regular { Program.exit(command.status) }
                    try Clock.sleep(nanoseconds: 500_000_000)
                } else {
                    command.output.write(piece)
                }
            } catch {
                Files.writeFailed(error, command)
            }
        }
    }
}

enum Wc {
    private struct Counts {
        var lines: UInt64 = 0
        var words: UInt64 = 0
        var bytes: UInt64 = 0
    }

    @Sendable static func run(_ command: Command) {
        let options = command.options("clmw")
        let isAll = options.all.isEmpty
        let columns = [
            isAll || options.has("l"), isAll || options.has("w"), isAll || options.has("c") || options.has("m"),
        ]
        let needsText = columns[0] || columns[1]
        var rows: [(counts: Counts, name: [UInt8])] = []
        var total = Counts()
        Files.each(options.operands, command) { file, name throws(Errno) in
            let counts = try count(file, needsText)
            rows.append((counts, options.operands.isEmpty ? [] : name))
            total.lines += counts.lines
            total.words += counts.words
            total.bytes += counts.bytes
        }
        if options.operands.count > 1 { rows.append((total, [UInt8]("total"))) }
        // The numbers stand below each other; from pipes, whose size nobody knows, there are seven places.
        let isSingle = rows.count == 1 && columns.filter { $0 }.count == 1
        let isKnown = !options.operands.isEmpty && !options.operands.contains { $0.equals("-") }
        let width = isSingle ? 1 : isKnown ? [UInt8](decimal: total.bytes).count : 7
        for row in rows {
            var line: [UInt8] = []
            for (isShown, value) in zip(columns, [row.counts.lines, row.counts.words, row.counts.bytes]) where isShown {
                if !line.isEmpty { line.append(0x20) }
                line.append(decimal: value, width: width)
            }
            if !row.name.isEmpty { line += [0x20] + row.name }
            command.output.writeLine(line)
        }
    }

    private static func count(_ file: File, _ needsText: Bool) throws(Errno) -> Counts {
        var counts = Counts()
        var isInWord = false
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65536, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try file.read(into: buffer)
            if count == 0 { return counts }
            counts.bytes += UInt64(count)
            guard needsText else { continue }
            for index in 0..<count {
                let byte = buffer[index]
                if byte == 0x0A { counts.lines += 1 }
                let isSpace = byte.isSpace
                if isInWord == isSpace {
                    if !isInWord { counts.words += 1 }
                    isInWord.toggle()
                }
            }
        }
    }
}

enum Tee {
    @Sendable static func run(_ command: Command) {
        let options = command.options("a")
        var files: [(name: [UInt8], file: File)] = []
        for name in options.operands {
            do {
                files.append((name, try File.open(name, .write, options.has("a") ? [.create, .append] : [.create, .truncate])))
            } catch {
                command.fail(name, error)
            }
        }
        do {
            while true {
                let piece = try File.standardInput.read(count: 65536)
                if piece.isEmpty { return }
                command.output.write(piece)
                try? command.output.flush()
                for (name, file) in files {
                    do {
                        try file.write(piece)
                    } catch {
                        command.fail(name, error)
                    }
                }
                command.checkOutput()
            }
        } catch {
            command.fail([UInt8]("standard input"), error)
        }
    }
}
