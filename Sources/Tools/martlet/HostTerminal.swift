import Glibc

// The terminal that the command was started in: raw while the machine's console is on it, and as it was before in any case after.

/// The host's terminal.
enum HostTerminal {
    /// The state to be put back; written once before any signal handler can run.
    nonisolated(unsafe) private static var saved = termios()
    nonisolated(unsafe) private static var isRaw: Int32 = 0
    /// Set by the handler of SIGWINCH.
    nonisolated(unsafe) private static var hasNewSize: Int32 = 0
    /// The number of a signal that asks to end, set by its handler; 0: none.
    nonisolated(unsafe) private static var endSignal: Int32 = 0

    /// Whether standard input and output are one that can be used.
    static var isPresent: Bool { isatty(0) == 1 && isatty(1) == 1 }

    /// Hands every key to the machine: no echo, no lines, no signals of the host. Puts everything back at exit and at signals that end.
    static func makeRaw() {
        guard tcgetattr(0, &saved) == 0 else { return }
        var raw = saved
        cfmakeraw(&raw)
        isRaw = 1
        atexit { HostTerminal.restore() }
        for number in [SIGTERM, SIGHUP, SIGINT, SIGQUIT] { signal(number) { HostTerminal.noteEnd($0) } }
        // A trap of this program: the terminal first, then the trap as ever.
        for number in [SIGSEGV, SIGILL, SIGBUS, SIGFPE, SIGABRT, SIGTRAP] {
            signal(number) { number in
                HostTerminal.restore()
                signal(number, SIG_DFL)
                raise(number)
            }
        }
        signal(SIGWINCH) { _ in HostTerminal.noteSize() }
        hasNewSize = 1
        tcsetattr(0, TCSAFLUSH, &raw)
    }

    /// As it was before `makeRaw`.
    static func restore() {
        guard isRaw != 0 else { return }
        isRaw = 0
        tcsetattr(0, TCSADRAIN, &saved)
    }

    private static func noteEnd(_ number: Int32) { endSignal = number }
    private static func noteSize() { hasNewSize = 1 }

    /// The window's size, if it has changed since the last question.
    static func takeNewSize() -> (rows: UInt16, columns: UInt16)? {
        guard hasNewSize != 0 else { return nil }
        hasNewSize = 0
        var size = winsize()
        guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0, size.ws_col > 0 else { return nil }
        return (size.ws_row, size.ws_col)
    }

    /// The signal that asked to end, if one came.
    static var endingSignal: Int32? { endSignal == 0 ? nil : endSignal }
}
