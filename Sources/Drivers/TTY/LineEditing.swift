import ABI

// Echo, and what VERASE, VKILL, VWERASE and VREPRINT do to the edited line and to the screen.

extension LineDiscipline {
    private static let wipe: [UInt8] = [0x08, 0x20, 0x08]

    static func isControl(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x7F }

    private func isContinuation(_ byte: UInt8) -> Bool { has(input: TerminalInput.utf8) && byte & 0xC0 == 0x80 }

    /// Whether PARMRK doubles `byte` (POSIX XBD 11.2.2): only where a mark could stand, and in no byte of seven bits.
    func isDoubled(_ byte: UInt8) -> Bool {
        byte == 0xFF && has(input: TerminalInput.markErrors) && !has(input: TerminalInput.ignoreErrors)
    }

    /// Shows bytes, output processing done.
    mutating func show(_ bytes: [UInt8], into reaction: inout Reaction) {
        _ = output.process(bytes[...], attributes, into: &reaction.echo)
    }

    /// Echoes one byte as input is echoed: a control character as `^X` under `echoControl`, but a tab as it is.
    mutating func echo(_ byte: UInt8, into reaction: inout Reaction) {
        if has(local: TerminalLocal.echoControl) && LineDiscipline.isControl(byte) && byte != 0x09 {
            show([0x5E, byte ^ 0x40], into: &reaction)
        } else {
            show([byte], into: &reaction)
        }
    }

    /// VERASE: the last character goes.
    mutating func erase(_ byte: UInt8, into reaction: inout Reaction) {
        guard let taken = removeCharacter(), has(local: TerminalLocal.echo) else { return }
        if has(local: TerminalLocal.echoErase) || has(local: TerminalLocal.echoPrint) {
            wipe(taken, into: &reaction)
        } else {
            echo(byte, into: &reaction)
        }
        if queue.edited.isEmpty { finishErasing(into: &reaction) }
    }

    /// VKILL: the line goes.
    mutating func kill(_ byte: UInt8, into reaction: inout Reaction) {
        let wipes = [TerminalLocal.echoKill, TerminalLocal.echoKillErase, TerminalLocal.echoErase].allSatisfy { has(local: $0) }
        let isEchoing = has(local: TerminalLocal.echo)
        while let taken = removeCharacter() {
            if isEchoing && wipes { wipe(taken, into: &reaction) }
        }
        finishErasing(into: &reaction)
        guard isEchoing && !wipes else { return }
        echo(byte, into: &reaction)
        if has(local: TerminalLocal.echoKill) { show([0x0A], into: &reaction) }
    }

    /// VWERASE: what is no word at the end goes, then the word before it.
    mutating func eraseWord(into reaction: inout Reaction) {
        var isInWord = false
        while let last = queue.edited.last {
            if LineDiscipline.isWord(last) { isInWord = true } else if isInWord { return }
            guard let taken = removeCharacter() else { return }
            if has(local: TerminalLocal.echo) { wipe(taken, into: &reaction) }
        }
        finishErasing(into: &reaction)
    }

    /// VREPRINT: the line is shown again on a new one.
    mutating func reprint(_ byte: UInt8, into reaction: inout Reaction) {
        finishErasing(into: &reaction)
        echo(byte, into: &reaction)
        show([0x0A], into: &reaction)
        lineColumn = output.column
        for byte in Array(queue.edited) { echo(byte, into: &reaction) }
    }

    /// Letters, digits, underscore, and all that is not ASCII.
    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x80...0xFF: return true
        default: return false
        }
    }

    /// Takes the last character off the edited line, under `utf8` with all bytes of its code point; answers its bytes.
    private mutating func removeCharacter() -> [UInt8]? {
        guard var byte = queue.removeLast() else { return nil }
        if isDoubled(byte) && queue.edited.last == byte {
            _ = queue.removeLast()
            return [byte]
        }
        var taken = [byte]
        while isContinuation(byte), let before = queue.removeLast() {
            byte = before
            taken.insert(byte, at: 0)
        }
        return taken
    }

    /// Wipes a character off the screen that was just removed from the end of the edited line; under ECHOPRT it is shown instead.
    private mutating func wipe(_ character: [UInt8], into reaction: inout Reaction) {
        let first = character[0]
        if has(local: TerminalLocal.echoPrint) {
            if !isErasing { show([0x5C], into: &reaction) }
            isErasing = true
            for byte in character { echo(byte, into: &reaction) }
            return
        }
        if first == 0x09 {
            // The cells of a tab are blank: going back is enough.
            for _ in 0..<(8 - editedColumn % 8) { show([0x08], into: &reaction) }
            return
        }
        var width = 1
        if LineDiscipline.isControl(first) { width = has(local: TerminalLocal.echoControl) ? 2 : 0 }
        for _ in 0..<width { show(LineDiscipline.wipe, into: &reaction) }
    }

    /// What ECHOPRT showed as erased ends.
    mutating func finishErasing(into reaction: inout Reaction) {
        guard isErasing else { return }
        isErasing = false
        show([0x2F], into: &reaction)
    }

    /// The column behind the edited line as it was echoed.
    private var editedColumn: Int {
        var column = lineColumn
        for byte in queue.edited {
            if byte == 0x09 {
                column += 8 - column % 8
            } else if LineDiscipline.isControl(byte) {
                column += has(local: TerminalLocal.echoControl) ? 2 : 0
            } else if !isContinuation(byte) {
                column += 1
            }
        }
        return column
    }
}
