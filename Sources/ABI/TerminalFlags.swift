/// C: the flags of c_iflag, with Linux's numbers. Those that are not named here are stored and have no effect; so are IGNBRK, BRKINT and
/// INPCK, since no line of ours has breaks or parity.
package enum TerminalInput {
    /// C: IGNPAR. Takes the effect of `markErrors` away; a byte with an error never comes.
    package static let ignoreErrors: UInt32 = 0o4
    /// C: PARMRK. The byte 0xFF is doubled, so that a mark could be told from it.
    package static let markErrors: UInt32 = 0o10
    /// C: ISTRIP. Only seven bits count.
    package static let strip: UInt32 = 0o40
    /// C: INLCR. Newline becomes carriage return.
    package static let newlineToReturn: UInt32 = 0o100
    /// C: IGNCR. Carriage return is left out.
    package static let ignoreReturn: UInt32 = 0o200
    /// C: ICRNL. Carriage return becomes newline.
    package static let returnToNewline: UInt32 = 0o400
    /// C: IXON. VSTOP and VSTART hold and release output.
    package static let outputControl: UInt32 = 0o2000
    /// C: IXANY. Every character releases output.
    package static let anyReleases: UInt32 = 0o4000
    /// C: IXOFF. VSTOP is sent when the input queue is nearly full, and VSTART when it has emptied.
    package static let inputControl: UInt32 = 0o10000
    /// C: IMAXBEL. A bell when the line is full.
    package static let bellWhenFull: UInt32 = 0o20000
    /// C: IUTF8. VERASE takes whole code points.
    package static let utf8: UInt32 = 0o40000
}

/// C: the flags of c_oflag, with Linux's numbers.
package enum TerminalOutput {
    /// C: OPOST. Without it no other flag counts.
    package static let process: UInt32 = 0o1
    /// C: ONLCR. Newline becomes carriage return and newline.
    package static let newlineToReturnNewline: UInt32 = 0o4
    /// C: OCRNL. Carriage return becomes newline.
    package static let returnToNewline: UInt32 = 0o10
    /// C: ONOCR. No carriage return in column 0.
    package static let noReturnAtStart: UInt32 = 0o20
    /// C: ONLRET. Newline goes to column 0 too.
    package static let newlineReturns: UInt32 = 0o40
    /// C: XTABS (TABDLY as a whole). Tabs become spaces.
    package static let expandTabs: UInt32 = 0o14000
}

/// C: the flags of c_cflag, with Linux's numbers. Those that are not named here are stored and have no effect.
package enum TerminalControl {
    /// C: CSIZE. The bits of a byte that pass: five, six, seven or eight, as a number of 0 to 3 in this place.
    package static let size: UInt32 = 0o60
    /// C: CS8.
    package static let eightBits: UInt32 = 0o60
    /// C: CREAD. Without it no input is received.
    package static let receive: UInt32 = 0o200
    /// C: CLOCAL. The loss of the line is not noticed: output speed 0 does not hang up.
    package static let local: UInt32 = 0o4000
    /// C: HUPCL. Stored: a console is never hung up by its last close, and a pair ends by its master's.
    package static let hangUpOnClose: UInt32 = 0o2000
}

/// C: the flags of c_lflag, with Linux's numbers.
package enum TerminalLocal {
    /// C: ISIG. VINTR, VQUIT and VSUSP signal.
    package static let signals: UInt32 = 0o1
    /// C: ICANON. Input is read in lines, which can be edited.
    package static let canonical: UInt32 = 0o2
    /// C: ECHO.
    package static let echo: UInt32 = 0o10
    /// C: ECHOE. VERASE and VWERASE wipe what they take.
    package static let echoErase: UInt32 = 0o20
    /// C: ECHOK. VKILL goes to a new line.
    package static let echoKill: UInt32 = 0o40
    /// C: ECHONL. Newline is echoed even without `echo`.
    package static let echoNewline: UInt32 = 0o100
    /// C: NOFLSH. Signals leave input and output as they are.
    package static let noFlush: UInt32 = 0o200
    /// C: ECHOPRT. VERASE and VWERASE show what they take, between a backslash and a slash.
    package static let echoPrint: UInt32 = 0o2000
    /// C: TOSTOP.
    package static let stopBackgroundOutput: UInt32 = 0o400
    /// C: ECHOCTL. Control characters are echoed as `^X`.
    package static let echoControl: UInt32 = 0o1000
    /// C: ECHOKE. VKILL wipes the line.
    package static let echoKillErase: UInt32 = 0o4000
    /// C: IEXTEN. VLNEXT, VWERASE, VREPRINT and VEOL2 count.
    package static let extended: UInt32 = 0o100000
}

/// Indices of `ControlCharacters`, with Linux's numbers.
package enum ControlCharacter {
    /// C: VINTR.
    package static let interrupt = 0
    /// C: VQUIT.
    package static let quit = 1
    /// C: VERASE.
    package static let erase = 2
    /// C: VKILL.
    package static let kill = 3
    /// C: VEOF.
    package static let endOfFile = 4
    /// C: VTIME, in tenths of a second.
    package static let time = 5
    /// C: VMIN, in bytes.
    package static let minimum = 6
    /// C: VSTART.
    package static let start = 8
    /// C: VSTOP.
    package static let stop = 9
    /// C: VSUSP.
    package static let suspend = 10
    /// C: VEOL.
    package static let endOfLine = 11
    /// C: VREPRINT.
    package static let reprint = 12
    /// C: VWERASE.
    package static let wordErase = 14
    /// C: VLNEXT.
    package static let literalNext = 15
    /// C: VEOL2.
    package static let secondEndOfLine = 16
}

extension TerminalAttributes {
    /// What passes of a byte under CSIZE.
    package var byteMask: UInt8 {
        switch control & TerminalControl.size {
        case 0: return 0x1F
        case 0o20: return 0x3F
        case 0o40: return 0x7F
        default: return 0xFF
        }
    }

    /// What a terminal starts with: lines that can be edited, echo, signals, flow control, UTF-8.
    package static var standard: TerminalAttributes {
        TerminalAttributes(
            input: TerminalInput.returnToNewline | TerminalInput.outputControl | TerminalInput.bellWhenFull | TerminalInput.utf8,
            output: TerminalOutput.process | TerminalOutput.newlineToReturnNewline,
            control: TerminalControl.eightBits | TerminalControl.receive | TerminalControl.hangUpOnClose,
            local: TerminalLocal.signals | TerminalLocal.canonical | TerminalLocal.echo | TerminalLocal.echoErase
                | TerminalLocal.echoKill | TerminalLocal.echoControl | TerminalLocal.echoKillErase | TerminalLocal.extended,
            inputSpeed: 38400, outputSpeed: 38400, controlCharacters: ControlCharacters())
    }
}
