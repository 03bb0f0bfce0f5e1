// Terminals.

internal import ProgramPort

/// C: struct termios. Flag bits and indices of control characters have Linux's numbers.
///
/// Layout: input, output, control and local flags, input and output speed u32 each, 17 control characters: 41 bytes.
public struct TerminalAttributes: Equatable, Sendable {
    /// C: c_iflag
    public var input: UInt32
    /// C: c_oflag
    public var output: UInt32
    /// C: c_cflag
    public var control: UInt32
    /// C: c_lflag
    public var local: UInt32
    public var inputSpeed: UInt32
    public var outputSpeed: UInt32
    /// C: c_cc: 17 characters.
    public var characters: [UInt8]

    /// C: ICRNL
    public static let carriageReturnToNewline: UInt32 = Port.Number.TerminalFlag.returnToNewline
    /// C: IXON
    public static let startStopOutput: UInt32 = Port.Number.TerminalFlag.outputControl
    /// C: OPOST
    public static let processOutput: UInt32 = Port.Number.TerminalFlag.process
    /// C: ONLCR
    public static let newlineToCarriageReturn: UInt32 = Port.Number.TerminalFlag.newlineToReturnNewline
    /// C: ISIG
    public static let signals: UInt32 = Port.Number.TerminalFlag.signals
    /// C: ICANON
    public static let canonical: UInt32 = Port.Number.TerminalFlag.canonical
    /// C: ECHO
    public static let echo: UInt32 = Port.Number.TerminalFlag.echo

    init(encoded: [UInt8]) throws(Errno) {
        var reader = ByteReader(encoded)
        input = try reader.integer(UInt32.self)
        output = try reader.integer(UInt32.self)
        control = try reader.integer(UInt32.self)
        local = try reader.integer(UInt32.self)
        inputSpeed = try reader.integer(UInt32.self)
        outputSpeed = try reader.integer(UInt32.self)
        characters = reader.rest()
    }

    var encoded: [UInt8] {
        var writer = ByteWriter()
        for word in [input, output, control, local, inputSpeed, outputSpeed] { writer.integer(word) }
        var padded = characters
        while padded.count < Port.Number.Size.controlCharacters { padded.append(0) }
        writer.raw([UInt8](padded[0..<Port.Number.Size.controlCharacters]))
        return writer.bytes
    }
}

/// C: struct winsize.
public struct WindowSize: Equatable, Sendable {
    public var rows: UInt16
    public var columns: UInt16
    /// Pixels, 0 if unknown.
    public var width: UInt16
    /// Pixels, 0 if unknown.
    public var height: UInt16
    public init(rows: UInt16, columns: UInt16, width: UInt16 = 0, height: UInt16 = 0) {
        (self.rows, self.columns, self.width, self.height) = (rows, columns, width, height)
    }
}

/// All throw `inappropriateIOControl` if the file is no terminal, and may wait.
extension File {
    /// C: isatty(3).
    public var isTerminal: Bool { (try? terminalAttributes()) != nil }

    /// C: tcgetattr(3).
    public func terminalAttributes() throws(Errno) -> TerminalAttributes {
        var buffer = [UInt8](repeating: 0, count: Port.Number.Size.terminalAttributes)
        try check(Port.terminalAttributes(descriptor, &buffer))
        return try TerminalAttributes(encoded: buffer)
    }

    /// When new attributes take effect.
    public enum AttributeAction: UInt8, Sendable {
        case now = 0
        /// After all output was shown.
        case drain = 1
        /// After all output was shown; unread input is lost.
        case flush = 2
    }

    /// C: tcsetattr(3).
    public func setTerminalAttributes(_ attributes: TerminalAttributes, _ action: AttributeAction = .drain) throws(Errno) {
        try check(Port.setTerminalAttributes(descriptor, action.rawValue, attributes.encoded))
    }

    /// C: ioctl(2), TIOCGWINSZ.
    public func windowSize() throws(Errno) -> WindowSize {
        var size: [UInt16] = [0, 0, 0, 0]
        try check(Port.terminalSize(descriptor, &size))
        return WindowSize(rows: size[0], columns: size[1], width: size[2], height: size[3])
    }

    /// C: ioctl(2), TIOCSWINSZ.
    public func setWindowSize(_ size: WindowSize) throws(Errno) {
        try check(Port.setTerminalSize(descriptor, [size.rows, size.columns, size.width, size.height]))
    }

    /// The group that keys signal; 0 none (C: tcgetpgrp(3)).
    public func foregroundGroup() throws(Errno) -> Int32 {
        var group: Int32 = 0
        try check(Port.terminalForeground(descriptor, &group))
        return group
    }

    /// The session whose controlling terminal it is (C: tcgetsid(3)).
    public func terminalSession() throws(Errno) -> Int32 {
        var session: Int32 = 0
        try check(Port.terminalSession(descriptor, &session))
        return session
    }

    /// What is told to a terminal.
    public enum TerminalCommand: UInt8, Sendable {
        /// C: tcdrain(3): waits until all output was shown, or read by the master.
        case drain = 0
        /// C: tcflush(3), TCIFLUSH: drops unread input.
        case flushInput = 1
        /// C: tcflush(3), TCOFLUSH: drops output that was not sent.
        case flushOutput = 2
        /// C: tcflush(3), TCIOFLUSH.
        case flushBoth = 3
        /// C: tcflow(3), TCOOFF: output waits.
        case holdOutput = 4
        /// C: tcflow(3), TCOON: output goes on.
        case releaseOutput = 5
        /// C: tcflow(3), TCIOFF: sends VSTOP.
        case stopInput = 6
        /// C: tcflow(3), TCION: sends VSTART.
        case startInput = 7
        /// C: tcsendbreak(3).
        case sendBreak = 8
        /// C: unlockpt(3): of a master.
        case unlock = 9
    }

    /// Throws `ioError` after a hang-up, `interrupted` while it drains.
    public func terminalControl(_ command: TerminalCommand) throws(Errno) {
        try check(Port.terminalControl(descriptor, command.rawValue))
    }

    /// Of a master: its terminal is `/dev/pts/` and this number (C: ptsname(3)).
    public func pseudoTerminalNumber() throws(Errno) -> UInt32 {
        var number: UInt32 = 0
        try check(Port.pseudoTerminal(descriptor, &number))
        return number
    }

    /// C: tcsetpgrp(3). Throws `notPermitted` for a group of another session.
    public func setForegroundGroup(_ group: Int32) throws(Errno) { try check(Port.setTerminalForeground(descriptor, group)) }
}
