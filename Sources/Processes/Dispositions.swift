package import ABI

/// What each signal does to a process (POSIX, Signal Concepts). `kill` and `stop` keep their default.
package struct Dispositions: Wire, Equatable, Sendable {
    /// Bit N-1: signal N does nothing.
    package private(set) var ignored: UInt64 = 0
    /// Bit N-1: the program takes signal N.
    package private(set) var interrupting: UInt64 = 0
    /// Of `child`: `noChildStop` and `noChildWait`.
    package private(set) var childFlags = ActionFlags()

    package init() {}

    /// What a new program starts with: what was ignored stays ignored, all else has its default (POSIX, exec).
    package var inherited: Dispositions {
        var result = Dispositions()
        result.ignored = ignored
        return result
    }

    /// The ignored signals as `StartProgram` tells them: bit N, signal N.
    package var ignoredBits: UInt64 { ignored << 1 }

    /// Changes one. Throws `invalidArgument` for `kill` and `stop` unless it is `standard`.
    package mutating func set(_ signal: Signal, _ disposition: Disposition, _ flags: ActionFlags = []) throws(Errno) {
        if signal == .kill || signal == .stop {
            guard disposition == .standard else { throw .invalidArgument }
        }
        ignored &= ~signal.bit
        interrupting &= ~signal.bit
        switch disposition {
        case .standard: break
        case .ignore: ignored |= signal.bit
        case .interrupt: interrupting |= signal.bit
        }
        if signal == .child { childFlags = flags.intersection([.noChildStop, .noChildWait]) }
    }

    /// What `signal` does.
    package func disposition(of signal: Signal) -> Disposition {
        if ignored & signal.bit != 0 { return .ignore }
        return interrupting & signal.bit != 0 ? .interrupt : .standard
    }

    /// Whether `signal` does nothing, by choice or by default.
    package func isWithoutEffect(_ signal: Signal) -> Bool {
        switch disposition(of: signal) {
        case .ignore: return true
        case .interrupt: return false
        case .standard: return signal.defaultAction == .ignore || signal.defaultAction == .continue
        }
    }

    package init(from reader: inout Reader) throws(Errno) {
        ignored = try reader.u64()
        interrupting = try reader.u64()
        childFlags = try reader.value(ActionFlags.self)
    }

    package func encode(into writer: inout Writer) {
        writer.u64(ignored)
        writer.u64(interrupting)
        writer.value(childFlags)
    }
}

/// What is known of a process's signals, as numbers: those that wait have more in `ProcessTable`.
package struct SignalState: Wire, Equatable, Sendable {
    package var dispositions = Dispositions()
    /// Bit N-1: signal N waits as long as the bit stands.
    package var blocked: UInt64 = 0
    /// Bit N-1: at least one signal N waits to be taken or carried out.
    package internal(set) var pending: UInt64 = 0
    /// The libOS was told that there is something to take, and has not taken since.
    package var isTold = false

    package init() {}

    /// What is pending and not blocked.
    package var ready: UInt64 { pending & ~blocked }
    /// What of it the program takes.
    package var takeable: UInt64 { ready & dispositions.interrupting }

    package init(from reader: inout Reader) throws(Errno) {
        dispositions = try reader.value(Dispositions.self)
        blocked = try reader.u64()
        pending = try reader.u64()
        isTold = try reader.bool()
    }

    package func encode(into writer: inout Writer) {
        writer.value(dispositions)
        writer.u64(blocked)
        writer.u64(pending)
        writer.bool(isTold)
    }
}
