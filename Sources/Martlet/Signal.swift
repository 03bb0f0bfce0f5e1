// Signals. No handler runs: a program chooses what a signal does, and takes those that interrupted it.

internal import ProgramPort

/// A signal, with Linux's numbers, 1…64.
public struct Signal: Equatable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// C: SIGHUP
    public static let hangUp = Signal(rawValue: Port.Number.Signal.hangUp)
    /// C: SIGINT
    public static let interrupt = Signal(rawValue: Port.Number.Signal.interrupt)
    /// C: SIGQUIT
    public static let quit = Signal(rawValue: Port.Number.Signal.quit)
    /// C: SIGKILL
    public static let kill = Signal(rawValue: Port.Number.Signal.kill)
    /// C: SIGPIPE
    public static let brokenPipe = Signal(rawValue: Port.Number.Signal.brokenPipe)
    /// C: SIGTERM
    public static let terminate = Signal(rawValue: Port.Number.Signal.terminate)
    /// C: SIGCHLD
    public static let child = Signal(rawValue: Port.Number.Signal.child)
    /// C: SIGCONT
    public static let `continue` = Signal(rawValue: Port.Number.Signal.continue)
    /// C: SIGSTOP
    public static let stop = Signal(rawValue: Port.Number.Signal.stop)
    /// C: SIGTSTP
    public static let terminalStop = Signal(rawValue: Port.Number.Signal.terminalStop)
    /// C: SIGTTIN
    public static let terminalInput = Signal(rawValue: Port.Number.Signal.terminalInput)
    /// C: SIGTTOU
    public static let terminalOutput = Signal(rawValue: Port.Number.Signal.terminalOutput)
    /// C: SIGWINCH
    public static let windowChange = Signal(rawValue: Port.Number.Signal.windowChange)

    /// Indexed by number; an empty one has no name.
    private static let names: [StaticString] = [
        "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM",
        "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "POLL", "PWR",
        "SYS",
    ]

    /// Its name without `SIG`, or `nil` if it has none.
    public var name: [UInt8]? { rawValue > 0 && Int(rawValue) < Signal.names.count ? [UInt8](Signal.names[Int(rawValue)]) : nil }

    /// The signal of a name, with or without `SIG`, in either case.
    public init?(name: [UInt8]) {
        var upper = name.map { $0.isLetter ? $0 & 0xDF : $0 }
        if upper.hasPrefix("SIG") { upper.removeFirst(3) }
        if upper.equals("IO") { upper = [UInt8]("POLL") }
        guard !upper.isEmpty, let number = Signal.names.firstIndex(where: { upper.equals($0) }) else { return nil }
        rawValue = UInt8(number)
    }

    /// What a shell says of a process that it ended; empty for those whose end needs no word (an interrupt, a broken pipe).
    public var message: [UInt8] {
        switch rawValue {
        case 1: return [UInt8]("Hangup")
        case 2, 13: return []
        case 3: return [UInt8]("Quit")
        case 4: return [UInt8]("Illegal instruction")
        case 5: return [UInt8]("Trace/breakpoint trap")
        case 6: return [UInt8]("Aborted")
        case 7: return [UInt8]("Bus error")
        case 8: return [UInt8]("Floating point exception")
        case 9: return [UInt8]("Killed")
        case 10: return [UInt8]("User defined signal 1")
        case 11: return [UInt8]("Segmentation fault")
        case 12: return [UInt8]("User defined signal 2")
        case 14: return [UInt8]("Alarm clock")
        case 15: return [UInt8]("Terminated")
        case 19: return [UInt8]("Stopped (signal)")
        case 20: return [UInt8]("Stopped")
        case 21: return [UInt8]("Stopped (tty input)")
        case 22: return [UInt8]("Stopped (tty output)")
        case 31: return [UInt8]("Bad system call")
        default: return [UInt8]("Signal ") + [UInt8](decimal: rawValue)
        }
    }

    /// What a signal does.
    public enum Disposition: UInt8, Sendable {
        /// Its default action (C: SIG_DFL).
        case standard = 0
        /// Nothing (C: SIG_IGN).
        case ignore = 1
        /// A call that waits ends with `interrupted`, and the program takes the signal with `Signal.take`. One that arrived
        /// and was not yet taken ends the next wait in `Poll.wait` at once, so none is missed between look and wait.
        case interrupt = 2
    }

    /// Chooses what a signal does (C: sigaction(2)). Throws `invalidArgument` for KILL, STOP and unknown numbers. May wait.
    public static func set(_ signal: Signal, _ disposition: Disposition) throws(Errno) {
        try check(Port.setDisposition(signal.rawValue, disposition.rawValue))
    }

    /// Takes the signals that arrived with disposition `interrupt` since the last time.
    public static func take() -> Set {
        var bits: UInt64 = 0
        _ = Port.takeSignals(&bits)
        return Set(bits: bits)
    }

    /// Some signals.
    public struct Set: Sendable {
        let bits: UInt64
        public var isEmpty: Bool { bits == 0 }
        public func contains(_ signal: Signal) -> Bool { bits & 1 << UInt64(signal.rawValue - 1) != 0 }
    }
}
