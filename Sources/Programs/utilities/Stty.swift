// stty: shows and sets the attributes of the terminal that is standard input.

import Martlet

enum Stty {
    enum Part { case input, output, control, local }

    /// Name, where its bit is, and the bit.
    static let flags: [(name: StaticString, part: Part, bit: UInt32)] = [
        ("ignbrk", .input, 1), ("brkint", .input, 2), ("ignpar", .input, 4), ("parmrk", .input, 0o10), ("inpck", .input, 0o20),
        ("istrip", .input, 0o40), ("inlcr", .input, 0o100), ("igncr", .input, 0o200), ("icrnl", .input, 0o400),
        ("ixon", .input, 0o2000), ("ixany", .input, 0o4000), ("ixoff", .input, 0o10000), ("imaxbel", .input, 0o20000),
        ("iutf8", .input, 0o40000), ("opost", .output, 1), ("onlcr", .output, 4), ("ocrnl", .output, 0o10), ("onocr", .output, 0o20),
        ("onlret", .output, 0o40), ("isig", .local, 1), ("icanon", .local, 2), ("echo", .local, 0o10), ("echoe", .local, 0o20),
        ("echok", .local, 0o40), ("echonl", .local, 0o100), ("noflsh", .local, 0o200), ("tostop", .local, 0o400),
        ("echoctl", .local, 0o1000), ("echoke", .local, 0o4000), ("iexten", .local, 0o100000),
    ]

    /// Indexed as in the attributes; an empty name is not shown.
    static let characters: [StaticString] = [
        "intr", "quit", "erase", "kill", "eof", "time", "min", "", "start", "stop", "susp", "eol", "rprnt", "discard", "werase",
        "lnext", "eol2",
    ]
    private static let saneCharacters: [UInt8] = [3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22, 0]

    @Sendable static func run(_ command: Command) {
        if command.arguments.first?.equals("--help") == true { _ = command.options("") }
        let terminal = File.standardInput
        do {
            var attributes = try terminal.terminalAttributes()
            if command.arguments.isEmpty || command.arguments == [[UInt8]("-a")] {
                return show(attributes, try terminal.windowSize(), isAll: !command.arguments.isEmpty, command)
            }
            var size = try terminal.windowSize()
            let before = size
            var index = 0
            while index < command.arguments.count {
                let word = command.arguments[index]
                index += 1
                let next = index < command.arguments.count ? command.arguments[index] : nil
                switch word {
                case "size":
                    var line = [UInt8](decimal: size.rows)
                    line.append(" ")
                    line.append(decimal: size.columns)
                    command.output.writeLine(line)
                case "rows", "cols", "columns":
                    guard let next, let value = next.decimal, (0...65535).contains(value) else {
                        command.failUsage(word + [UInt8](" needs a number"))
                    }
                    if word.equals("rows") { size.rows = UInt16(value) } else { size.columns = UInt16(value) }
                    index += 1
                default:
                    guard let used = set(word, next, &attributes) else { command.failUsage(word + [UInt8](" is no setting")) }
                    index += used
                }
            }
            try terminal.setTerminalAttributes(attributes)
            if size != before { try terminal.setWindowSize(size) }
        } catch {
            command.fail([UInt8]("standard input"), error)
        }
    }

    /// Changes one setting and says how many further words it took; `nil` if there is none of that name.
    private static func set(_ word: [UInt8], _ next: [UInt8]?, _ attributes: inout TerminalAttributes) -> Int? {
        switch word {
        case "raw", "-cooked":
            attributes.input = 0
            change(&attributes, "opost", false)
            for name in ["isig", "icanon"] as [StaticString] { change(&attributes, name, false) }
            attributes.characters[5] = 0
            attributes.characters[6] = 1
            return 0
        case "cooked", "-raw":
            for name in ["brkint", "ignpar", "istrip", "icrnl", "ixon", "opost", "isig", "icanon"] as [StaticString] {
                if name.utf8CodeUnitCount != 6 || ![UInt8](name).equals("istrip") { change(&attributes, name, true) }
            }
            return 0
        case "sane":
            attributes.input = 0o2402
            attributes.output = 5
            attributes.local = 0o105073
            attributes.characters = saneCharacters
            return 0
        default: break
        }
        let isOn = word.first != UInt8(ascii: "-")
        let name = isOn ? word : [UInt8](word.dropFirst())
        for flag in flags where name.equals(flag.name) {
            change(&attributes, flag.name, isOn)
            return 0
        }
        guard let index = characters.firstIndex(where: { $0.utf8CodeUnitCount > 0 && word.equals($0) }), let next else { return nil }
        if index == 5 || index == 6 {
            guard let number = next.decimal, (0...255).contains(number) else { return nil }
            attributes.characters[index] = UInt8(number)
        } else if next.equals("undef") || next.equals("^-") {
            attributes.characters[index] = 0
        } else if next.count == 2, next[0] == UInt8(ascii: "^") {
            attributes.characters[index] = next[1] == UInt8(ascii: "?") ? 127 : next[1] & 0x1F
        } else if next.count == 1 {
            attributes.characters[index] = next[0]
        } else {
            return nil
        }
        return 1
    }

    private static func change(_ attributes: inout TerminalAttributes, _ name: StaticString, _ isOn: Bool) {
        let wanted = [UInt8](name)
        guard let flag = flags.first(where: { wanted.equals($0.name) }) else { return }
        func apply(_ word: inout UInt32) { word = isOn ? word | flag.bit : word & ~flag.bit }
        switch flag.part {
        case .input: apply(&attributes.input)
        case .output: apply(&attributes.output)
        case .control: apply(&attributes.control)
        case .local: apply(&attributes.local)
        }
    }

    private static func show(_ attributes: TerminalAttributes, _ size: WindowSize, isAll: Bool, _ command: Command) {
        var line = [UInt8]("rows ")
        line.append(decimal: size.rows)
        line.append("; columns ")
        line.append(decimal: size.columns)
        command.output.writeLine(line + [UInt8](";"))
        line = []
        for (index, name) in characters.enumerated() where name.utf8CodeUnitCount > 0 {
            let value = attributes.characters[index]
            if !isAll, value == saneCharacters[index] { continue }
            line.append(name)
            line.append(" = ")
            if index == 5 || index == 6 {
                line.append(decimal: value)
            } else if value == 0 {
                line.append("<undef>")
            } else if value == 127 {
                line.append("^?")
            } else if value < 32 {
                line += [UInt8(ascii: "^"), value | 0x40]
            } else {
                line.append(value)
            }
            line.append("; ")
        }
        if !line.isEmpty { command.output.writeLine([UInt8](line.dropLast())) }
        var sane = attributes
        _ = set([UInt8]("sane"), nil, &sane)
        for part in [Part.input, .output, .local] {
            line = []
            for flag in flags where flag.part == part {
                func word(_ attributes: TerminalAttributes) -> UInt32 {
                    part == .input ? attributes.input : part == .output ? attributes.output : attributes.local
                }
                let isOn = word(attributes) & flag.bit != 0
                if !isAll, isOn == (word(sane) & flag.bit != 0) { continue }
                if !line.isEmpty { line.append(" ") }
                if !isOn { line.append("-") }
                line.append(flag.name)
            }
            if !line.isEmpty { command.output.writeLine(line) }
        }
    }
}
