// Signals: from the libOS to the resource manager, which owns what is pending, and back.

/// Why a signal was sent, beside its number (C: si_code), with Linux's numbers.
package enum SignalCode {
    /// By kill(2).
    package static let user: Int32 = 0
    /// By sigqueue(3).
    package static let queue: Int32 = -1
    /// By a timer.
    package static let timer: Int32 = -2
    /// By the system: a terminal's key, a hang-up.
    package static let system: Int32 = 0x80
    /// A child exited; the value is its status.
    package static let exited: Int32 = 1
    /// A child was ended by a signal; the value is its number.
    package static let killed: Int32 = 2
    /// A child was stopped; the value is the signal's number.
    package static let stopped: Int32 = 5
    /// A child was continued; the value is SIGCONT's number.
    package static let continued: Int32 = 6
}

/// A signal with what is told of it (C: siginfo_t).
package struct SignalInfo: Wire, Equatable, Sendable {
    /// Which.
    package var signal: Signal
    /// Why: a `SignalCode`.
    package var code: Int32
    /// Who sent it, or the child that it is about; 0: nobody.
    package var process: ProcessID
    /// The user of that process.
    package var user: UserID
    /// What sigqueue(3) sent along, or a child's status.
    package var value: UInt64

    package init(signal: Signal, code: Int32, process: ProcessID = .resourceManager, user: UserID = .root, value: UInt64 = 0) {
        self.signal = signal
        self.code = code
        self.process = process
        self.user = user
        self.value = value
    }

    package init(from reader: inout Reader) throws(Errno) {
        signal = try reader.value(Signal.self)
        code = try reader.i32()
        process = try reader.value(ProcessID.self)
        user = try reader.value(UserID.self)
        value = try reader.u64()
    }

    package func encode(into writer: inout Writer) {
        writer.value(signal)
        writer.i32(code)
        writer.value(process)
        writer.value(user)
        writer.u64(value)
    }
}

/// What a process wants of a signal beside its disposition. The resource manager looks at the flags of `child` alone.
package struct ActionFlags: OptionSet, Identifier {
    package var rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    /// C: SA_NOCLDSTOP: no signal for children that stop or go on.
    package static let noChildStop = ActionFlags(rawValue: 1 << 0)
    /// C: SA_NOCLDWAIT: children that end leave nothing to be waited for.
    package static let noChildWait = ActionFlags(rawValue: 1 << 1)
    /// C: SA_SIGINFO: the handler is told more.
    package static let information = ActionFlags(rawValue: 1 << 2)
    /// C: SA_RESTART: a call that it interrupted goes on.
    package static let restart = ActionFlags(rawValue: 1 << 28)
    /// C: SA_NODEFER: the signal is not blocked while its handler runs.
    package static let noDefer = ActionFlags(rawValue: 1 << 30)
    /// C: SA_RESETHAND: it has its default action from the moment when its handler begins.
    package static let reset = ActionFlags(rawValue: 1 << 31)

    /// All that there are.
    package static let known: ActionFlags = [.noChildStop, .noChildWait, .information, .restart, .noDefer, .reset]
}

/// Says which signals are blocked from now on, and takes one that is not.
package struct TakeSignal: Wire, Equatable, Sendable {
    /// The mask: bit N - 1, signal N. `kill` and `stop` are never blocked.
    package var blocked: UInt64
    /// Whether to take a signal.
    package var takes: Bool

    package init(blocked: UInt64, takes: Bool) {
        self.blocked = blocked
        self.takes = takes
    }

    package init(from reader: inout Reader) throws(Errno) {
        blocked = try reader.u64()
        takes = try reader.bool()
    }

    package func encode(into writer: inout Writer) {
        writer.u64(blocked)
        writer.bool(takes)
    }
}

/// What was taken: the lowest of the signals that were pending, not blocked and of disposition `interrupt`.
package struct TakenSignal: Wire, Equatable, Sendable {
    /// `nil`: there was none.
    package var info: SignalInfo?
    /// Whether there are more.
    package var isMore: Bool

    package init(info: SignalInfo?, isMore: Bool) {
        self.info = info
        self.isMore = isMore
    }

    package init(from reader: inout Reader) throws(Errno) {
        info = try reader.bool() ? try reader.value(SignalInfo.self) : nil
        isMore = try reader.bool()
    }

    package func encode(into writer: inout Writer) {
        writer.bool(info != nil)
        if let info { writer.value(info) }
        writer.bool(isMore)
    }
}

/// Waits for one of some signals and takes it. `resourceTemporarilyUnavailable` if none comes in time.
package struct WaitSignal: Wire, Equatable, Sendable {
    /// Which: bit N - 1, signal N.
    package var set: UInt64
    /// Nanoseconds from now; all ones: for ever.
    package var timeout: UInt64

    package init(set: UInt64, timeout: UInt64) {
        self.set = set
        self.timeout = timeout
    }

    package init(from reader: inout Reader) throws(Errno) {
        set = try reader.u64()
        timeout = try reader.u64()
    }

    package func encode(into writer: inout Writer) {
        writer.u64(set)
        writer.u64(timeout)
    }
}

/// A set of signals: bit N - 1, signal N.
package struct SignalSet: Wire, Equatable, Sendable {
    package var bits: UInt64

    package init(bits: UInt64) { self.bits = bits }
    package init(from reader: inout Reader) throws(Errno) { bits = try reader.u64() }
    package func encode(into writer: inout Writer) { writer.u64(bits) }
}

/// C: struct itimerval of ITIMER_REAL. At the end of its time the process is sent `alarm`.
package struct AlarmTime: Wire, Equatable, Sendable {
    /// Nanoseconds until it ends; 0: it does not run.
    package var remaining: UInt64
    /// Nanoseconds from one end to the next; 0: it ends once.
    package var interval: UInt64

    package init(remaining: UInt64, interval: UInt64) {
        self.remaining = remaining
        self.interval = interval
    }

    package init(from reader: inout Reader) throws(Errno) {
        remaining = try reader.u64()
        interval = try reader.u64()
    }

    package func encode(into writer: inout Writer) {
        writer.u64(remaining)
        writer.u64(interval)
    }
}

/// Whether a process is stopped from now on.
package struct Stopped: Wire, Equatable, Sendable {
    package var isStopped: Bool

    package init(isStopped: Bool) { self.isStopped = isStopped }
    package init(from reader: inout Reader) throws(Errno) { isStopped = try reader.bool() }
    package func encode(into writer: inout Writer) { writer.bool(isStopped) }
}

/// A process of the background touches its controlling terminal (POSIX, XBD 11.1.4).
package struct BackgroundAccess: Wire, Equatable, Sendable {
    /// Who.
    package var process: ProcessIdentity
    /// `terminalInput` for a read, `terminalOutput` for a write or a change.
    package var signal: Signal

    package init(process: ProcessIdentity, signal: Signal) {
        self.process = process
        self.signal = signal
    }

    package init(from reader: inout Reader) throws(Errno) {
        process = try reader.value(ProcessIdentity.self)
        signal = try reader.value(Signal.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(process)
        writer.value(signal)
    }
}

/// What becomes of such an access.
package enum BackgroundAnswer: UInt8, Wire, CaseIterable, Sendable {
    /// The group was sent the signal: the access waits until the group is in the foreground or the call is cancelled.
    case signaled = 0
    /// The process ignores or blocks the signal.
    case ignored = 1
    /// The group is orphaned.
    case orphaned = 2

    package init(from reader: inout Reader) throws(Errno) {
        guard let value = BackgroundAnswer(rawValue: try reader.u8()) else { throw .badMessage }
        self = value
    }

    package func encode(into writer: inout Writer) { writer.u8(rawValue) }
}
