// Signals: dispositions, pending signals, and what they do to a waiting call.
//
// The resource manager carries out default actions and tells the libOS only of signals with disposition `interrupt`. Such a
// signal ends a waiting call; one that comes while nothing waits ends the next call that would wait, so that a program that
// looks for signals before it waits cannot miss one.

import ABI

extension LibOS {
    /// A signal with disposition `interrupt` arrived.
    mutating func signalArrived(_ signal: Signal, _ host: inout some ProgramHost) {
        // The disposition may have changed while the notice was under way.
        guard dispositions[Int(signal.rawValue)] == .interrupt else { return }
        pendingSignals |= signal.bit
        hasUnreportedSignal = true
        for index in 0..<threads.count {
            guard let call = threads[index].call, call.isInterruptible, !threads[index].isInterrupted else { continue }
            interrupt(index, &host)
            return
        }
    }

    /// Ends a thread's waiting call: with its result if it took effect already, else with `interrupted`.
    mutating func interrupt(_ index: Int, _ host: inout some ProgramHost) {
        hasUnreportedSignal = false
        threads[index].isInterrupted = true
        if case .poll = threads[index].call {
            pollCheck(index, &host)
        } else {
            cancelRequests(of: threads[index].id, &host)
        }
    }

    /// What a write to a pipe without readers does beside failing. Answers whether it ended the program.
    mutating func raiseBrokenPipe(_ host: inout some ProgramHost) -> Bool {
        switch dispositions[Int(Signal.brokenPipe.rawValue)] {
        case .standard:
            endProgram(ProcessEnd(kind: .signaled, code: Signal.brokenPipe.rawValue), reason: [], &host)
            return true
        case .ignore: return false
        case .interrupt:
            pendingSignals |= Signal.brokenPipe.bit
            return false
        }
    }

    /// The resource manager took a disposition over. Ignoring a signal discards a pending one (POSIX sigaction).
    mutating func setDisposition(_ signal: Signal, _ disposition: Disposition) {
        dispositions[Int(signal.rawValue)] = disposition
        guard disposition == .ignore else { return }
        pendingSignals &= ~signal.bit
        if pendingSignals == 0 { hasUnreportedSignal = false }
    }

    /// Sets what a signal does (C: sigaction(2)): 0 its default, 1 nothing, 2 it ends waiting calls and stays to be taken.
    /// `invalidArgument` for an unknown signal or disposition, and for SIGKILL and SIGSTOP.
    package mutating func signalDisposition(
        _ thread: ThreadID, _ signal: UInt32, _ disposition: UInt32, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            guard signal <= 64, let signal = Signal(rawValue: UInt8(signal)), signal != .kill, signal != .stop, disposition <= 2,
                let disposition = Disposition(rawValue: UInt8(disposition))
            else { throw .invalidArgument }
            try libOS.request(
                .setDisposition, to: .resourceManager, SetDisposition(signal: signal, disposition: disposition), replySpace: 256,
                owner: .thread(thread), host: &host)
            return .waiting(.disposition(signal, disposition))
        }
    }

    /// Tells the pending signals as a set and takes them (bit N - 1: signal N). `badAddress`, and then none is taken.
    package mutating func signalTake(_ thread: ThreadID, _ result: Address, host: inout some ProgramHost) -> Int32 {
        call(thread, &host, mayWait: false) { libOS, host throws(Errno) in
            try host.storeProgram(result, libOS.pendingSignals, size: 8)
            libOS.pendingSignals = 0
            libOS.hasUnreportedSignal = false
            return .done
        }
    }

    /// Sends a signal (C: kill(2)). `invalidArgument` for an unknown one, `noSuchProcess`, `notPermitted`.
    package mutating func processKill(
        _ thread: ThreadID, _ target: Int32, _ signal: UInt32, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            guard signal <= 64 else { throw .invalidArgument }
            return try libOS.kill(thread, target, UInt8(signal), &host)
        }
    }

    /// Sends a signal to the program itself (WASI `proc_raise`, with WASI's numbers). `invalidArgument` for an unknown one.
    package mutating func processRaise(_ thread: ThreadID, _ signal: UInt32, host: inout some ProgramHost) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            // WASI's numbers are Linux's without SIGSTKFLT (16).
            guard signal <= 30 else { throw .invalidArgument }
            return try libOS.kill(thread, libOS.process.rawValue, UInt8(signal < 16 ? signal : signal + 1), &host)
        }
    }

    private mutating func kill(
        _ thread: ThreadID, _ target: Int32, _ signal: UInt8, _ host: inout some ProgramHost
    ) throws(Errno) -> Outcome {
        try request(
            .kill, to: .resourceManager, Kill(target: target, signal: signal), replySpace: 256, owner: .thread(thread), host: &host)
        return .waiting(.result)
    }
}
