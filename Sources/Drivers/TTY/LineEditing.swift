import ABI

// Echo, and what VERASE, VKILL, VWERASE and VREPRINT do to the edited line and to the screen.

extension LineDiscipline {
    private static let wipe: [UInt8] = [0x08, 0x20, 0x08]

    static func isControl(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x7F }

    private func isContinuation(_ byte: UInt8) -> Bool { has(input: TerminalInput.utf8) && byte & 0xC0 == 0x80 }

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
        guard let first = removeCharacter(), has(local: TerminalLocal.echo) else { return }
        if has(local: TerminalLocal.echoErase) { wipe(first, into: &reaction) } else { echo(byte, into: &reaction) }
    }

    /// VKILL: the line goes.
    mutating func kill(_ byte: UInt8, into reaction: inout Reaction) {
        let wipes = [TerminalLocal.echoKill, TerminalLocal.echoKillErase, TerminalLocal.echoErase].allSatisfy { has(local: $0) }
        let isEchoing = has(local: TerminalLocal.echo)
        while let first = removeCharacter() {
            if isEchoing && wipes { wipe(first, into: &reaction) }
        }
        guard isEchoing && !wipes else { return }
        echo(byte, into: &reaction)
        if has(local: TerminalLocal.echoKill) { show([0x0A], into: &reaction) }
    }

    /// VWERASE: what is no word at the end goes, then the word before it.
    mutating func eraseWord(into reaction: inout Reaction) {
        var isInWord = false
        while let last = queue.edited.last {
            if LineDiscipline.isWord(last) { isInWord = true } else if isInWord { return }
            guard let first = removeCharacter() else { return }
            if has(local: TerminalLocal.echo) { wipe(first, into: &reaction) }
        }
    }

    /// VREPRINT: the line is shown again on a new one.
    mutating func reprint(_ byte: UInt8, into reaction: inout Reaction) {
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

    /// Takes the last character off the edited line, under `utf8` with all bytes of its code point; answers its first byte.
    private mutating func removeCharacter() -> UInt8? {
        guard var byte = queue.removeLast() else { return nil }
        while isContinuation(byte), let before = queue.removeLast() { byte = before }
        return byte
    }

    /// Wipes a character off the screen that was just removed from the end of the edited line.
    private mutating func wipe(_ first: UInt8, into reaction: inout Reaction) {
        if first == 0x09 {
            // The cells of a tab are blank: going back is enough.
            for _ in 0..<(8 - editedColumn % 8) { show([0x08], into: &reaction) }
            return
        }
        var width = 1
        if LineDiscipline.isControl(first) { width = has(local: TerminalLocal.echoControl) ? 2 : 0 }
        for _ in 0..<width { show(LineDiscipline.wipe, into: &reaction) }
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
