// basename, dirname, pwd, uname, tty, clear, sleep, seq: small ones.

import Martlet

enum Names {
    @Sendable static func baseName(_ command: Command) {
        let operands = command.options("").operands
        guard operands.count == 1 || operands.count == 2 else { command.failUsage("one path is wanted") }
        var name = Path.baseName(operands[0])
        if operands.count == 2 {
            let suffix = operands[1]
            if name.count > suffix.count, [UInt8](name[(name.count - suffix.count)...]) == suffix { name.removeLast(suffix.count) }
        }
        command.output.writeLine(name)
    }

    @Sendable static func directoryName(_ command: Command) {
        let operands = command.options("").operands
        guard operands.count == 1 else { command.failUsage("one path is wanted") }
        command.output.writeLine(Path.directoryName(operands[0]))
    }

    @Sendable static func workingDirectory(_ command: Command) {
        let options = command.options("LP")
        let isPhysical = options.all.last?.letter == UInt8(ascii: "P")
        do {
            command.output.writeLine(try Program.currentDirectory(knownAs: isPhysical ? nil : Program.variable("PWD")))
        } catch {
            command.end(error.message)
        }
    }
}

enum Uname {
    @Sendable static func run(_ command: Command) {
        let options = command.options("amnrsv")
        do {
            let name = try SystemName.current()
            var fields: [[UInt8]] = []
            let all = options.has("a")
            if all || options.has("s") || options.all.isEmpty { fields.append(name.system) }
            if all || options.has("n") { fields.append(name.node) }
            if all || options.has("r") { fields.append(name.release) }
            if all || options.has("v") { fields.append(name.version) }
            if all || options.has("m") { fields.append(name.machine) }
            var line: [UInt8] = []
            for (index, field) in fields.enumerated() {
                if index > 0 { line.append(0x20) }
                line += field
            }
            command.output.writeLine(line)
        } catch {
            command.end(error.message)
        }
    }
}

enum TtyTool {
    @Sendable static func run(_ command: Command) {
        let options = command.options("s")
        guard File.standardInput.isTerminal, let status = try? File.standardInput.status() else {
            if !options.has("s") { command.output.write("not a tty\n") }
            command.status = 1
            return
        }
        if options.has("s") { return }
        // The terminal's name is that of the device file with its number.
        for directory in [[UInt8]("/dev"), [UInt8]("/dev/pts")] {
            for entry in (try? Directory.entries(directory)) ?? [] where !entry.name.equals("tty") && !entry.name.equals("console") {
                let path = Path.join(directory, entry.name)
                guard let found = try? Path.status(path), found.kind == .characterDevice, found.major == status.major,
                    found.minor == status.minor
                else { continue }
                return command.output.writeLine(path)
            }
        }
        command.output.write("/dev/console\n")
    }
}

enum Clear {
    @Sendable static func run(_ command: Command) {
        _ = command.options("")
        command.output.write("\u{1B}[H\u{1B}[2J\u{1B}[3J")
    }
}

/// What `sane` sets, and a screen as it began (ECMA-48: RIS).
enum Reset {
    @Sendable static func run(_ command: Command) {
        _ = command.options("")
        do {
            try File.standardInput.setTerminalAttributes(Stty.saneAttributes(try File.standardInput.terminalAttributes()))
        } catch {
            command.fail([UInt8]("standard input"), error)
            return
        }
        command.output.write("\u{1B}c")
    }
}

enum Sleep {
    @Sendable static func run(_ command: Command) {
        let operands = command.options("").operands
        if operands.isEmpty { command.failUsage("a time is missing") }
        var total: UInt64 = 0
        for operand in operands {
            guard let time = nanoseconds(operand) else { command.failUsage(operand + [UInt8](" is no time")) }
            total = total.addingReportingOverflow(time).overflow ? .max - 1 : total + time
        }
        do {
            try Clock.sleep(nanoseconds: total)
        } catch {
            command.end(error.message)
        }
    }

    /// `1.5`, with `s`, `m`, `h` or `d` behind it or not.
    private static func nanoseconds(_ text: [UInt8]) -> UInt64? {
        var digits = text
        var unit: UInt64 = 1
        if let last = digits.last, last.isLetter {
            switch last {
            case UInt8(ascii: "s"): unit = 1
            case UInt8(ascii: "m"): unit = 60
            case UInt8(ascii: "h"): unit = 3600
            case UInt8(ascii: "d"): unit = 86400
            default: return nil
            }
            digits.removeLast()
        }
        let parts = digits.pieces(separator: UInt8(ascii: "."))
        guard parts.count <= 2, !(parts[0].isEmpty && (parts.count < 2 || parts[1].isEmpty)), parts[0].count <= 10 else { return nil }
        var value: UInt64 = 0
        for byte in parts[0] {
            guard byte.isDigit else { return nil }
            value = value * 10 + UInt64(byte - 0x30)
        }
        value *= 1_000_000_000
        var place: UInt64 = 100_000_000
        for byte in parts.count > 1 ? parts[1] : [] {
            guard byte.isDigit else { return nil }
            value += UInt64(byte - 0x30) * place
            place /= 10
        }
        let (product, overflow) = value.multipliedReportingOverflow(by: unit)
        return overflow ? .max - 1 : product
    }
}

enum Seq {
    @Sendable static func run(_ command: Command) {
        // `seq -5 5` counts from -5: numbers are no options.
        var words = command.arguments
        var separator: [UInt8] = [0x0A]
        var isWide = false
        while let first = words.first, first.count > 1, first[0] == UInt8(ascii: "-"), !first[1].isDigit {
            words.removeFirst()
            if first.equals("--") { break }
            if first.equals("-w") {
                isWide = true
            } else if first.equals("-s"), !words.isEmpty {
                separator = words.removeFirst()
            } else if first.hasPrefix("-s") {
                separator = [UInt8](first.dropFirst(2))
            } else if first.equals("--help") {
                _ = command.options("")
            } else {
                command.failUsage([UInt8]("unknown option ") + first)
            }
        }
        guard (1...3).contains(words.count) else { command.failUsage("one to three numbers are wanted") }
        let numbers = words.map { Files.number($0, command) }
        let first = numbers.count > 1 ? numbers[0] : 1
        let step = numbers.count > 2 ? numbers[1] : 1
        let last = numbers[numbers.count - 1]
        if step == 0 { command.failUsage("the step is 0") }
        let width = isWide ? max([UInt8](decimal: first).count, [UInt8](decimal: last).count) : 0
        var value = first
        var isFirst = true
        while step > 0 ? value <= last : value >= last {
            var text: [UInt8] = isFirst ? [] : separator
            if value < 0, width > 0 {
                text.append("-")
                text.append(decimal: value.magnitude, width: width - 1, padding: 0x30)
            } else {
                text.append(decimal: value, width: width, padding: 0x30)
            }
            command.output.write(text)
            isFirst = false
            command.checkOutput()
            let (next, overflow) = value.addingReportingOverflow(step)
            if overflow { break }
            value = next
        }
        if !isFirst { command.output.write(0x0A) }
    }
}
