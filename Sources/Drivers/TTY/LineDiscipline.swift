package import ABI

/// What stands between the device and the readers of a terminal (POSIX XBD 11.1): bytes come in; echo, signals and readable
/// input come out. No time, no requests: those are the terminal's.
package struct LineDiscipline: Sendable {
    /// What input causes.
    package struct Reaction: Sendable {
        /// To be shown, output processing done.
        package var echo: [UInt8] = []
        /// For the foreground group, in order.
        package var signals: [Signal] = []
        /// Whether output that the device was not given yet is dropped before `echo`.
        package var flushesOutput = false

        package init() {}
    }

    /// C: struct termios; changed by `setAttributes`.
    package private(set) var attributes: TerminalAttributes
    /// Whether VSTOP holds output.
    package private(set) var isStopped = false
    var queue = InputQueue()
    var output = OutputProcessor()
    /// Whether VLNEXT was typed last.
    private var isLiteral = false
    /// The column at which the edited line began.
    var lineColumn = 0
    /// Whether ECHOPRT shows what is erased: a backslash was shown, and no slash yet.
    var isErasing = false

    package init(attributes: TerminalAttributes = .standard) { self.attributes = attributes }

    // MARK: Attributes

    func has(input flag: UInt32) -> Bool { attributes.input & flag != 0 }
    func has(local flag: UInt32) -> Bool { attributes.local & flag != 0 }
    var isCanonical: Bool { has(local: TerminalLocal.canonical) }

    /// Whether `byte` is that control character; 0 disables one.
    func isCharacter(_ byte: UInt8, _ index: Int) -> Bool { byte != 0 && byte == attributes.controlCharacters[index] }

    /// Whether `byte` ends a line.
    private func isDelimiter(_ byte: UInt8) -> Bool {
        byte == 0x0A || isCharacter(byte, ControlCharacter.endOfLine)
            || (has(local: TerminalLocal.extended) && isCharacter(byte, ControlCharacter.secondEndOfLine))
    }

    /// VSTOP holds output, or it goes on. C: tcflow(3), TCOOFF and TCOON.
    package mutating func holdOutput(_ isHeld: Bool) { isStopped = isHeld }

    /// Takes new attributes. Unread input stays; between the modes it becomes lines or loses its lines.
    package mutating func setAttributes(_ new: TerminalAttributes) {
        let wasCanonical = isCanonical
        attributes = new
        // POSIX, tcsetattr: an input speed of 0 is that of output.
        if new.inputSpeed == 0 { attributes.inputSpeed = new.outputSpeed }
        if !has(input: TerminalInput.outputControl) { isStopped = false }
        guard isCanonical != wasCanonical else { return }
        isLiteral = false
        if isCanonical {
            var lines = queue
            lines.formLines { isDelimiter($0) }
            queue = lines
        } else {
            queue.dissolveLines()
        }
    }

    /// Drops unread input.
    package mutating func flushInput() {
        queue.flush()
        isLiteral = false
        isErasing = false
    }

    // MARK: Reading

    /// Whether a further byte can be taken without losing one. (A line too long loses bytes, since nobody could read it before its end.)
    package var hasRoom: Bool { queue.count < Limits.terminalLine || (isCanonical && !queue.hasLine) }

    /// Whether a read has something to return: a line, or in non-canonical mode as many bytes as VMIN asks for.
    package var isReadable: Bool {
        if isCanonical { return queue.hasLine }
        let characters = attributes.controlCharacters
        let least = characters[ControlCharacter.time] == 0 ? max(1, Int(characters[ControlCharacter.minimum])) : 1
        return queue.count >= least
    }

    /// Bytes that a read would return.
    package var available: Int { isCanonical ? queue.lineLength ?? 0 : queue.count }

    /// Takes up to `limit` bytes of one line; empty at an end of file, `nil` if there is no whole line. Canonical mode only.
    package mutating func takeLine(_ limit: Int) -> [UInt8]? { queue.takeLine(limit) }

    /// Takes up to `limit` bytes. Non-canonical mode only.
    package mutating func takeBytes(_ limit: Int) -> [UInt8] { queue.takeBytes(limit) }

    // MARK: Input

    /// Whether `byte` acts although unread input leaves no room: it signals, or it holds or releases output.
    package func isUrgent(_ byte: UInt8) -> Bool {
        if has(input: TerminalInput.outputControl) {
            if isCharacter(byte, ControlCharacter.start) || isCharacter(byte, ControlCharacter.stop) { return true }
        }
        return signal(of: byte) != nil
    }

    /// The signal that `byte` sends, if any.
    package func signal(of byte: UInt8) -> Signal? {
        guard has(local: TerminalLocal.signals) else { return nil }
        if isCharacter(byte, ControlCharacter.interrupt) { return .interrupt }
        if isCharacter(byte, ControlCharacter.quit) { return .quit }
        if isCharacter(byte, ControlCharacter.suspend) { return .terminalStop }
        return nil
    }

    /// Takes one byte from the device.
    package mutating func receive(_ received: UInt8, into reaction: inout Reaction) {
        guard attributes.control & TerminalControl.receive != 0 else { return }
        var byte = received & attributes.byteMask
        if has(input: TerminalInput.strip) { byte &= 0x7F }
        if isLiteral {
            isLiteral = false
            accept(byte, into: &reaction)
            return
        }
        if has(input: TerminalInput.outputControl) {
            let isStop = isCharacter(byte, ControlCharacter.stop)
            if isCharacter(byte, ControlCharacter.start) && (isStopped || !isStop) {
                isStopped = false
                return
            }
            if isStop {
                isStopped = true
                return
            }
            if has(input: TerminalInput.anyReleases) { isStopped = false }
        }
        if let signal = signal(of: byte) {
            raise(signal, byte, into: &reaction)
            return
        }
        if byte == 0x0D {
            if has(input: TerminalInput.ignoreReturn) { return }
            if has(input: TerminalInput.returnToNewline) { byte = 0x0A }
        } else if byte == 0x0A && has(input: TerminalInput.newlineToReturn) {
            byte = 0x0D
        }
        if isCanonical { edit(byte, into: &reaction) } else { accept(byte, into: &reaction) }
    }

    private mutating func raise(_ signal: Signal, _ byte: UInt8, into reaction: inout Reaction) {
        if !has(local: TerminalLocal.noFlush) {
            flushInput()
            reaction.echo = []
            reaction.flushesOutput = true
        }
        isStopped = false
        if has(local: TerminalLocal.echo) { echo(byte, into: &reaction) }
        reaction.signals.append(signal)
    }

    /// Puts an ordinary byte into the queue.
    mutating func accept(_ byte: UInt8, into reaction: inout Reaction) {
        // The last place is the delimiter's.
        if isCanonical && queue.edited.count + (isDoubled(byte) ? 2 : 1) >= Limits.terminalLine {
            if has(input: TerminalInput.bellWhenFull) { show([0x07], into: &reaction) }
            return
        }
        if has(local: TerminalLocal.echo) {
            finishErasing(into: &reaction)
            if queue.edited.isEmpty { lineColumn = output.column }
            if !isCanonical && byte == 0x0A { show([byte], into: &reaction) } else { echo(byte, into: &reaction) }
        }
        if isDoubled(byte) { queue.append(byte) }
        queue.append(byte)
    }

    /// A byte of canonical mode: it edits the line, ends it, or belongs to it.
    private mutating func edit(_ byte: UInt8, into reaction: inout Reaction) {
        let isExtended = has(local: TerminalLocal.extended)
        let isEchoing = has(local: TerminalLocal.echo)
        if isCharacter(byte, ControlCharacter.erase) {
            erase(byte, into: &reaction)
        } else if isCharacter(byte, ControlCharacter.kill) {
            kill(byte, into: &reaction)
        } else if isExtended && isCharacter(byte, ControlCharacter.wordErase) {
            eraseWord(into: &reaction)
        } else if isExtended && isCharacter(byte, ControlCharacter.literalNext) {
            isLiteral = true
            finishErasing(into: &reaction)
            if isEchoing && has(local: TerminalLocal.echoControl) { show([0x5E, 0x08], into: &reaction) }
        } else if isExtended && isEchoing && isCharacter(byte, ControlCharacter.reprint) {
            reprint(byte, into: &reaction)
        } else if byte == 0x0A {
            finishErasing(into: &reaction)
            if isEchoing || has(local: TerminalLocal.echoNewline) { show([byte], into: &reaction) }
            queue.endLine(byte, .endOfLine)
        } else if isCharacter(byte, ControlCharacter.endOfFile) {
            queue.endLine(0, .endOfFile)
        } else if isDelimiter(byte) {
            if isEchoing { echo(byte, into: &reaction) }
            queue.endLine(byte, .endOfLine)
        } else {
            accept(byte, into: &reaction)
        }
    }

    // MARK: State

    package func encode(into writer: inout Writer) {
        writer.value(attributes)
        writer.bool(isStopped)
        queue.encode(into: &writer)
        writer.u64(UInt64(output.column))
        writer.bool(isLiteral)
        writer.u64(UInt64(lineColumn))
        writer.bool(isErasing)
    }

    package init(decoding reader: inout Reader) throws(Errno) {
        attributes = try reader.value(TerminalAttributes.self)
        isStopped = try reader.bool()
        queue = try InputQueue(decoding: &reader)
        guard let column = Int(exactly: try reader.u64()) else { throw .badMessage }
        output.column = column
        isLiteral = try reader.bool()
        guard let start = Int(exactly: try reader.u64()) else { throw .badMessage }
        lineColumn = start
        isErasing = try reader.bool()
    }
}
