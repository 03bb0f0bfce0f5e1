/// A signal, with Linux's numbers. 1…64.
package struct Signal: Wire, Hashable, Sendable {
    package let rawValue: UInt8

    /// `nil` outside 1…64.
    package init?(rawValue: UInt8) {
        guard (1...64).contains(rawValue) else { return nil }
        self.rawValue = rawValue
    }

    private init(_ number: UInt8) { rawValue = number }

    package init(from reader: inout Reader) throws(Errno) {
        guard let signal = Signal(rawValue: try reader.u8()) else { throw .badMessage }
        self = signal
    }

    package func encode(into writer: inout Writer) { writer.u8(rawValue) }

    /// Its bit in a set of signals.
    package var bit: UInt64 { 1 << UInt64(rawValue - 1) }

    /// The signal with the lowest number of a set; `nil` of an empty one.
    package static func lowest(of set: UInt64) -> Signal? { Signal(rawValue: UInt8(set.trailingZeroBitCount + 1)) }

    /// Whether several are queued, in order (POSIX, Realtime Signal Generation and Delivery).
    package var isQueued: Bool { rawValue >= 34 }

    /// Those that no process can block, ignore or take.
    package static let unblockable = Signal.kill.bit | Signal.stop.bit
    /// Those that stop by default.
    package static let stops = Signal.stop.bit | Signal.terminalStop.bit | Signal.terminalInput.bit | Signal.terminalOutput.bit

    /// C: SIGHUP
    package static let hangUp = Signal(1)
    /// C: SIGINT
    package static let interrupt = Signal(2)
    /// C: SIGQUIT
    package static let quit = Signal(3)
    /// C: SIGILL
    package static let illegalInstruction = Signal(4)
    /// C: SIGABRT
    package static let abort = Signal(6)
    /// C: SIGFPE
    package static let arithmetic = Signal(8)
    /// C: SIGKILL
    package static let kill = Signal(9)
    /// C: SIGUSR1
    package static let user1 = Signal(10)
    /// C: SIGSEGV
    package static let segmentation = Signal(11)
    /// C: SIGUSR2
    package static let user2 = Signal(12)
    /// C: SIGPIPE
    package static let brokenPipe = Signal(13)
    /// C: SIGALRM
    package static let alarm = Signal(14)
    /// C: SIGTERM
    package static let terminate = Signal(15)
    /// C: SIGCHLD
    package static let child = Signal(17)
    /// C: SIGCONT
    package static let `continue` = Signal(18)
    /// C: SIGSTOP
    package static let stop = Signal(19)
    /// C: SIGTSTP
    package static let terminalStop = Signal(20)
    /// C: SIGTTIN
    package static let terminalInput = Signal(21)
    /// C: SIGTTOU
    package static let terminalOutput = Signal(22)
    /// C: SIGURG
    package static let urgent = Signal(23)
    /// C: SIGWINCH
    package static let windowChange = Signal(28)
    /// C: SIGSYS
    package static let badSystemCall = Signal(31)

    /// What a signal does by default (POSIX, <signal.h>).
    package enum DefaultAction: Sendable { case terminate, ignore, stop, `continue` }

    /// Its default action.
    package var defaultAction: DefaultAction {
        switch self {
        case .child, .urgent, .windowChange: return .ignore
        case .continue: return .continue
        case .stop, .terminalStop, .terminalInput, .terminalOutput: return .stop
        default: return .terminate
        }
    }
}
