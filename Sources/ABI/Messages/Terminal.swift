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
    /// Bits per second, stored only.
    package var inputSpeed: UInt32
    /// Bits per second, stored only.
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
