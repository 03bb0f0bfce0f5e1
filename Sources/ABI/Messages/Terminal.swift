// Terminals, by handle: from the libOS to the tty driver.

/// When new attributes take effect (C: the action of tcsetattr).
package enum AttributeAction: UInt8, Wire, CaseIterable, Sendable {
    case now = 0
    /// After all output was shown.
    case drain = 1
    /// After all output was shown; unread input is lost.
    case flush = 2

    package init(from reader: inout Reader) throws(Errno) {
        guard let value = AttributeAction(rawValue: try reader.u8()) else { throw .badMessage }
        self = value
    }

    package func encode(into writer: inout Writer) { writer.u8(rawValue) }
}

/// C: struct termios. Flag bits have Linux's numbers; `controlCharacters` are indexed as there (VINTR 0 … VEOL2 16).
package struct TerminalAttributes: Wire, Equatable, Sendable {
    /// C: c_iflag.
    package var input: UInt32
    /// C: c_oflag.
    package var output: UInt32
    /// C: c_cflag.
    package var control: UInt32
    /// C: c_lflag.
    package var local: UInt32
    /// Bits per second, stored. Setting 0 means the output speed.
    package var inputSpeed: UInt32
    /// Bits per second, stored. Setting 0 hangs up.
    package var outputSpeed: UInt32
    /// The characters.
    package var controlCharacters: ControlCharacters

    package init(
        input: UInt32, output: UInt32, control: UInt32, local: UInt32, inputSpeed: UInt32, outputSpeed: UInt32,
        controlCharacters: ControlCharacters
    ) {
        self.input = input
        self.output = output
        self.control = control
        self.local = local
        self.inputSpeed = inputSpeed
        self.outputSpeed = outputSpeed
        self.controlCharacters = controlCharacters
    }

    package init(from reader: inout Reader) throws(Errno) {
        input = try reader.u32()
        output = try reader.u32()
        control = try reader.u32()
        local = try reader.u32()
        inputSpeed = try reader.u32()
        outputSpeed = try reader.u32()
        controlCharacters = try reader.value(ControlCharacters.self)
    }

    package func encode(into writer: inout Writer) {
        writer.u32(input)
        writer.u32(output)
        writer.u32(control)
        writer.u32(local)
        writer.u32(inputSpeed)
        writer.u32(outputSpeed)
        writer.value(controlCharacters)
    }
}

/// C: tcsetattr(3).
package struct SetTerminalAttributes: Wire, Equatable, Sendable {
    /// A terminal, else `inappropriateIOControl`.
    package var handle: Handle
    /// When.
    package var action: AttributeAction
    /// What.
    package var attributes: TerminalAttributes

    package init(handle: Handle, action: AttributeAction, attributes: TerminalAttributes) {
        self.handle = handle
        self.action = action
        self.attributes = attributes
    }

    package init(from reader: inout Reader) throws(Errno) {
        handle = try reader.value(Handle.self)
        action = try reader.value(AttributeAction.self)
        attributes = try reader.value(TerminalAttributes.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(handle)
        writer.value(action)
        writer.value(attributes)
    }
}

/// C: struct winsize.
package struct WindowSize: Wire, Equatable, Sendable {
    /// Character rows.
    package var rows: UInt16
    /// Character columns.
    package var columns: UInt16
    /// Pixels, 0 if unknown.
    package var width: UInt16
    /// Pixels, 0 if unknown.
    package var height: UInt16

    package init(rows: UInt16, columns: UInt16, width: UInt16, height: UInt16) {
        self.rows = rows
        self.columns = columns
        self.width = width
        self.height = height
    }

    package init(from reader: inout Reader) throws(Errno) {
        rows = try reader.u16()
        columns = try reader.u16()
        width = try reader.u16()
        height = try reader.u16()
    }

    package func encode(into writer: inout Writer) {
        writer.u16(rows)
        writer.u16(columns)
        writer.u16(width)
        writer.u16(height)
    }
}

/// Changes the size as programs see it.
package struct SetWindowSize: Wire, Equatable, Sendable {
    /// A terminal, else `inappropriateIOControl`.
    package var handle: Handle
    /// The new size.
    package var size: WindowSize

    package init(handle: Handle, size: WindowSize) {
        self.handle = handle
        self.size = size
    }

    package init(from reader: inout Reader) throws(Errno) {
        handle = try reader.value(Handle.self)
        size = try reader.value(WindowSize.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(handle)
        writer.value(size)
    }
}

/// The group that keys signal.
package struct ForegroundGroup: Wire, Equatable, Sendable {
    /// 0: none.
    package var group: ProcessGroupID

    package init(group: ProcessGroupID) {
        self.group = group
    }

    package init(from reader: inout Reader) throws(Errno) {
        group = try reader.value(ProcessGroupID.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(group)
    }
}

/// C: tcsetpgrp(3).
package struct SetForegroundGroup: Wire, Equatable, Sendable {
    /// A terminal, else `inappropriateIOControl`.
    package var handle: Handle
    /// A group of the terminal's session.
    package var group: ProcessGroupID

    package init(handle: Handle, group: ProcessGroupID) {
        self.handle = handle
        self.group = group
    }

    package init(from reader: inout Reader) throws(Errno) {
        handle = try reader.value(Handle.self)
        group = try reader.value(ProcessGroupID.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(handle)
        writer.value(group)
    }
}

/// What a terminal can be told to do.
package enum TerminalCommand: UInt8, Wire, CaseIterable, Sendable {
    /// C: tcdrain(3). Waits until all output was shown, or read by the master.
    case drain = 0
    /// C: tcflush(3), TCIFLUSH. Drops input that was not read.
    case flushInput = 1
    /// C: tcflush(3), TCOFLUSH. Drops output that was not sent.
    case flushOutput = 2
    /// C: tcflush(3), TCIOFLUSH.
    case flushBoth = 3
    /// C: tcflow(3), TCOOFF. Output waits, as after VSTOP.
    case holdOutput = 4
    /// C: tcflow(3), TCOON. Output goes on, as after VSTART.
    case releaseOutput = 5
    /// C: tcflow(3), TCIOFF. Sends VSTOP to where input comes from.
    case stopInput = 6
    /// C: tcflow(3), TCION. Sends VSTART to where input comes from.
    case startInput = 7
    /// C: tcsendbreak(3). Nothing happens: no line has breaks.
    case sendBreak = 8
    /// C: unlockpt(3). Of a master: the terminal can be opened from now on. `inappropriateIOControl` of anything else.
    case unlock = 9

    package init(from reader: inout Reader) throws(Errno) {
        guard let value = TerminalCommand(rawValue: try reader.u8()) else { throw .badMessage }
        self = value
    }

    package func encode(into writer: inout Writer) { writer.u8(rawValue) }
}

/// Tells a terminal to do something.
package struct ControlTerminal: Wire, Equatable, Sendable {
    /// A terminal, else `inappropriateIOControl`.
    package var handle: Handle
    /// What.
    package var command: TerminalCommand

    package init(handle: Handle, command: TerminalCommand) {
        self.handle = handle
        self.command = command
    }

    package init(from reader: inout Reader) throws(Errno) {
        handle = try reader.value(Handle.self)
        command = try reader.value(TerminalCommand.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(handle)
        writer.value(command)
    }
}

/// The session whose controlling terminal it is.
package struct TerminalSession: Wire, Equatable, Sendable {
    /// Its leader's number.
    package var session: SessionID

    package init(session: SessionID) {
        self.session = session
    }

    package init(from reader: inout Reader) throws(Errno) {
        session = try reader.value(SessionID.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(session)
    }
}

/// The terminal of a master.
package struct PseudoTerminal: Wire, Equatable, Sendable {
    /// Its name in `/dev/pts`, in decimal.
    package var number: UInt32

    package init(number: UInt32) {
        self.number = number
    }

    package init(from reader: inout Reader) throws(Errno) {
        number = try reader.u32()
    }

    package func encode(into writer: inout Writer) {
        writer.u32(number)
    }
}
