package import ABI

/// What each signal does to a process (POSIX, Signal Concepts), as far as no handler runs. `kill` and `stop` keep their default.
package struct Dispositions: Wire, Equatable, Sendable {
    /// Bit N-1: signal N does nothing.
    package private(set) var ignored: UInt64 = 0
    /// Bit N-1: signal N interrupts a waiting call.
    package private(set) var interrupting: UInt64 = 0

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
    package mutating func set(_ signal: Signal, _ disposition: Disposition) throws(Errno) {
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
    }

    /// What `signal` does.
    package func disposition(of signal: Signal) -> Disposition {
        if ignored & signal.bit != 0 { return .ignore }
        return interrupting & signal.bit != 0 ? .interrupt : .standard
    }

    package init(from reader: inout Reader) throws(Errno) {
        ignored = try reader.u64()
        interrupting = try reader.u64()
    }

    package func encode(into writer: inout Writer) {
        writer.u64(ignored)
        writer.u64(interrupting)
    }
}

/// What a signal that was sent comes to.
package enum SignalEffect: Equatable, Sendable {
    case nothing
    /// The process is told.
    case interrupt
    /// The process ends.
    case terminate
}

extension Process {
    /// What `signal` does to it now.
    ///
    /// A server takes `kill` alone. init takes only what it asked for. There is no job control yet: a signal whose default is to
    /// stop or to continue does nothing by default.
    package func effect(of signal: Signal) -> SignalEffect {
        if end != nil { return .nothing }
        if isServer { return signal == .kill ? .terminate : .nothing }
        switch dispositions.disposition(of: signal) {
        case .ignore: return .nothing
        case .interrupt: return .interrupt
        case .standard:
            guard signal.defaultAction == .terminate, id != .initial else { return .nothing }
            return .terminate
        }
    }
}
