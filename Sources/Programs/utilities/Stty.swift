// stty: shows and sets the attributes of the terminal that is standard input (POSIX, stty). What it can set is in SttySettings.swift.

import Martlet

enum Stty {
    @Sendable static func run(_ command: Command) {
        if command.arguments.first?.equals("--help") == true { _ = command.options("") }
        let terminal = File.standardInput
        do {
            let before = try terminal.terminalAttributes()
            let sizeBefore = try terminal.windowSize()
            switch command.arguments {
            case []: return show(before, sizeBefore, isAll: false, command)
            case [[UInt8]("-a")]: return show(before, sizeBefore, isAll: true, command)
            case [[UInt8]("-g")]: return command.output.writeLine(saved(before))
            default: break
            }
            var attributes = before
            var size = sizeBefore
            set(command, &attributes, &size)
            if attributes != before { try terminal.setTerminalAttributes(attributes) }
            if size != sizeBefore { try terminal.setWindowSize(size) }
        } catch {
            command.fail([UInt8]("standard input"), error)
        }
    }

    /// Does what the arguments say; ends with a usage error at one that is no setting.
    private static func set(_ command: Command, _ attributes: inout TerminalAttributes, _ size: inout WindowSize) {
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
                guard let value = next?.decimal, (0...65535).contains(value) else {
                    command.failUsage(word + [UInt8](" needs a number"))
                }
                if word.equals("rows") { size.rows = UInt16(value) } else { size.columns = UInt16(value) }
                index += 1
            default:
                guard let used = change(word, next, &attributes) else { command.failUsage(word + [UInt8](" is no setting")) }
                index += used
            }
        }
    }

    /// Changes one setting and says how many further words it took; `nil` if there is none of that name, or it lacks its value.
    static func change(_ word: [UInt8], _ next: [UInt8]?, _ attributes: inout TerminalAttributes) -> Int? {
        if combine(word, &attributes) || restore(word, &attributes) { return 0 }
        let isOn = word.first != UInt8(ascii: "-")
        let name = isOn ? word : [UInt8](word.dropFirst())
        if let flag = flags.first(where: { name.equals($0.name) }) {
            set(flag, isOn, &attributes)
            return 0
        }
        if let choice = choices.first(where: { word.equals($0.name) }) {
            update(choice.part, &attributes) { $0 = $0 & ~choice.mask | choice.bits }
            return 0
        }
        if word.equals("ispeed") || word.equals("ospeed") {
            guard let speed = next.flatMap(speed) else { return nil }
            if word.equals("ispeed") { attributes.inputSpeed = speed } else { attributes.outputSpeed = speed }
            return 1
        }
        if let speed = speed(word) {
            (attributes.inputSpeed, attributes.outputSpeed) = (speed, speed)
            return 0
        }
        guard let index = characters.firstIndex(where: { $0.utf8CodeUnitCount > 0 && word.equals($0) }), let next,
            let value = index == timeIndex || index == minimumIndex ? number(next) : character(next)
        else { return nil }
        attributes.characters[index] = value
        return 1
    }

    /// POSIX: `raw cooked nl ek sane evenp parity oddp tabs` and their opposites, and what is usual beside them. False for no such name.
    private static func combine(_ word: [UInt8], _ attributes: inout TerminalAttributes) -> Bool {
        switch word {
        case "raw", "-cooked":
            attributes.input = 0
            attributes.output &= ~1
            attributes.local &= ~3
            attributes.control = attributes.control & ~0o460 | 0o60
            (attributes.characters[minimumIndex], attributes.characters[timeIndex]) = (1, 0)
        case "cooked", "-raw":
            // BRKINT IGNPAR ICRNL IXON, OPOST, ISIG ICANON; VEOF and VEOL may stand where VMIN and VTIME do elsewhere, but not here.
            attributes.input |= 0o2406
            attributes.output |= 1
            attributes.local |= 3
        case "nl": (attributes.input, attributes.output) = (attributes.input & ~0o400, attributes.output & ~4)
        case "-nl":
            attributes.input = attributes.input & ~0o300 | 0o400
            attributes.output = attributes.output & ~0o50 | 4
        case "ek": for index in [eraseIndex, killIndex] { attributes.characters[index] = saneCharacters[index] }
        // POSIX: another name of `hupcl`.
        case "hup": attributes.control |= 0o2000
        case "-hup": attributes.control &= ~0o2000
        case "evenp", "parity": attributes.control = attributes.control & ~0o1060 | 0o440
        case "oddp": attributes.control = attributes.control & ~0o60 | 0o1440
        case "-evenp", "-parity", "-oddp": attributes.control = attributes.control & ~0o460 | 0o60
        case "tabs": attributes.output &= ~0o14000
        case "-tabs": attributes.output |= 0o14000
        case "sane":
            let sane = saneAttributes(attributes)
            attributes = sane
        default: return false
        }
        return true
    }

    /// All that is set for people at a terminal; speeds stay.
    static func saneAttributes(_ attributes: TerminalAttributes) -> TerminalAttributes {
        var sane = attributes
        // ICRNL IXON IMAXBEL IUTF8 BRKINT
        sane.input = 0o62402
        sane.output = 5
        sane.control = attributes.control & ~0o60 | 0o260
        sane.local = 0o105073
        sane.characters = saneCharacters
        return sane
    }

    private static func set(_ flag: Flag, _ isOn: Bool, _ attributes: inout TerminalAttributes) {
        update(flag.part, &attributes) { $0 = isOn ? $0 | flag.bit : $0 & ~flag.bit }
    }

    private static func update(_ part: Part, _ attributes: inout TerminalAttributes, _ change: (inout UInt32) -> Void) {
        switch part {
        case .input: change(&attributes.input)
        case .output: change(&attributes.output)
        case .control: change(&attributes.control)
        case .local: change(&attributes.local)
        }
    }

    private static func word(_ part: Part, _ attributes: TerminalAttributes) -> UInt32 {
        switch part {
        case .input: return attributes.input
        case .output: return attributes.output
        case .control: return attributes.control
        case .local: return attributes.local
        }
    }

    private static func number(_ text: [UInt8]) -> UInt8? { text.decimal.flatMap { UInt8(exactly: $0) } }

    /// A speed that there is, in bits per second.
    private static func speed(_ text: [UInt8]) -> UInt32? {
        guard let value = text.decimal, let speed = UInt32(exactly: value), speeds.contains(speed) else { return nil }
        return speed
    }

    /// `^c`, `^?`, `undef`, `^-` or the character itself (POSIX: table of circumflex control characters).
    private static func character(_ text: [UInt8]) -> UInt8? {
        if text.equals("undef") || text.equals("^-") { return 0 }
        if text.count == 1 { return text[0] }
        guard text.count == 2, text[0] == UInt8(ascii: "^") else { return nil }
        switch text[1] {
        case UInt8(ascii: "?"): return 127
        case 0x40...0x5F, 0x61...0x7A: return text[1] & 0x1F
        default: return nil
        }
    }

    // MARK: Saved settings

    /// All settings in one word: hexadecimal numbers with colons between.
    static func saved(_ attributes: TerminalAttributes) -> [UInt8] {
        var numbers = [
            attributes.input, attributes.output, attributes.control, attributes.local, attributes.inputSpeed, attributes.outputSpeed,
        ]
        numbers += attributes.characters.map { UInt32($0) }
        var text: [UInt8] = []
        for number in numbers {
            if !text.isEmpty { text.append(UInt8(ascii: ":")) }
            var digits: [UInt8] = []
            var rest = number
            repeat {
                digits.append([UInt8]("0123456789abcdef")[Int(rest & 15)])
                rest >>= 4
            } while rest > 0
            text += digits.reversed()
        }
        return text
    }

    /// Sets what `saved` wrote; false, and nothing is changed, for another word.
    static func restore(_ word: [UInt8], _ attributes: inout TerminalAttributes) -> Bool {
        var numbers: [UInt32] = []
        for field in word.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false) {
            guard !field.isEmpty, field.count <= 8 else { return false }
            var number: UInt32 = 0
            for digit in field {
                switch digit {
                case UInt8(ascii: "0")...UInt8(ascii: "9"): number = number << 4 | UInt32(digit - UInt8(ascii: "0"))
                case UInt8(ascii: "a")...UInt8(ascii: "f"): number = number << 4 | UInt32(digit - UInt8(ascii: "a") + 10)
                default: return false
                }
            }
            numbers.append(number)
        }
        guard numbers.count == 6 + characters.count, numbers[6...].allSatisfy({ $0 <= 255 }) else { return false }
        (attributes.input, attributes.output, attributes.control, attributes.local) = (numbers[0], numbers[1], numbers[2], numbers[3])
        (attributes.inputSpeed, attributes.outputSpeed) = (numbers[4], numbers[5])
        attributes.characters = numbers[6...].map { UInt8($0) }
        return true
    }

    // MARK: Showing

    private static func show(_ attributes: TerminalAttributes, _ size: WindowSize, isAll: Bool, _ command: Command) {
        var line = [UInt8]("speed ")
        if attributes.inputSpeed != attributes.outputSpeed {
            line = [UInt8]("ispeed ")
            line.append(decimal: attributes.inputSpeed)
            line.append(" baud; ospeed ")
        }
        line.append(decimal: attributes.outputSpeed)
        line.append(" baud; rows ")
        line.append(decimal: size.rows)
        line.append("; columns ")
        line.append(decimal: size.columns)
        command.output.writeLine(line + [UInt8](";"))
        let sane = saneAttributes(attributes)
        line = []
        for (index, name) in characters.enumerated() where name.utf8CodeUnitCount > 0 {
            let value = attributes.characters[index]
            if !isAll, value == sane.characters[index] { continue }
            line.append(name)
            line.append(" = ")
            line += index == timeIndex || index == minimumIndex ? [UInt8](decimal: value) : text(ofCharacter: value)
            line.append("; ")
        }
        if !line.isEmpty { command.output.writeLine([UInt8](line.dropLast())) }
        for part in [Part.control, .input, .output, .local] { show(part, attributes, sane, isAll: isAll, command) }
    }

    private static func show(
        _ part: Part, _ attributes: TerminalAttributes, _ sane: TerminalAttributes, isAll: Bool, _ command: Command
    ) {
        let word = word(part, attributes)
        let usual = self.word(part, sane)
        var line: [UInt8] = []
        for choice in choices where choice.part == part && word & choice.mask == choice.bits {
            if !isAll, usual & choice.mask == choice.bits { continue }
            if !line.isEmpty { line.append(" ") }
            line.append(choice.name)
        }
        for flag in flags where flag.part == part {
            let isOn = word & flag.bit != 0
            if !isAll, isOn == (usual & flag.bit != 0) { continue }
            if !line.isEmpty { line.append(" ") }
            if !isOn { line.append("-") }
            line.append(flag.name)
        }
        if !line.isEmpty { command.output.writeLine(line) }
    }

    private static func text(ofCharacter value: UInt8) -> [UInt8] {
        switch value {
        case 0: return [UInt8]("<undef>")
        case 127: return [UInt8]("^?")
        case 0..<32: return [UInt8(ascii: "^"), value | 0x40]
        default: return [value]
        }
    }
}
