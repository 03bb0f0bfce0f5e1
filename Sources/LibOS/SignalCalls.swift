// The calls of the program that are about signals.

import ABI

extension LibOS {
    /// Bytes of an action as the program gives and is told it: disposition, function, flags, information u32, mask u64.
    static let actionSize: UInt32 = 24

    private static func signal(_ number: UInt32) throws(Errno) -> Signal {
        guard number <= 64, let signal = Signal(rawValue: UInt8(number)) else { throw .invalidArgument }
        return signal
    }

    /// Sets what a signal does, by its disposition alone: 0 its default, 1 nothing, 2 it ends waiting calls and stays to be taken.
    /// `invalidArgument` for an unknown signal or disposition, and for SIGKILL and SIGSTOP.
    package mutating func signalDisposition(
        _ thread: ThreadID, _ signal: UInt32, _ disposition: UInt32, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let signal = try LibOS.signal(signal)
            guard disposition <= 2, let disposition = Disposition(rawValue: UInt8(disposition)) else { throw .invalidArgument }
            var action = SignalAction()
            action.disposition = disposition
            return try libOS.change(thread, signal, to: action, &host)
        }
    }

    /// Tells what a signal does and sets it (C: sigaction(2)); either address may be 0.
    /// `invalidArgument` for an unknown signal, disposition or flag, and for a change of SIGKILL or SIGSTOP; `badAddress`.
    package mutating func signalAction(
        _ thread: ThreadID, _ signal: UInt32, _ action: Address, _ old: Address, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let signal = try LibOS.signal(signal)
            var new: SignalAction?
            if action != 0 { new = try LibOS.action(try host.read(action, LibOS.actionSize)) }
            if let new, new.information != 0 { try host.check(new.information, 24) }
            if old != 0 {
                let action = libOS.signals.action(of: signal)
                var writer = Writer(capacity: 24)
                writer.u32(UInt32(action.disposition.rawValue))
                writer.u32(action.function)
                writer.value(action.flags)
                writer.u32(action.information)
                writer.u64(action.mask)
                try host.write(old, writer.bytes)
            }
            guard let new else { return .done }
            return try libOS.change(thread, signal, to: new, &host)
        }
    }

    private static func action(_ bytes: [UInt8]) throws(Errno) -> SignalAction {
        var reader = Reader(bytes)
        var action = SignalAction()
        let disposition = try reader.u32()
        guard disposition <= 2, let disposition = Disposition(rawValue: UInt8(disposition)) else { throw .invalidArgument }
        action.disposition = disposition
        action.function = try reader.u32()
        action.flags = try reader.value(ActionFlags.self)
        guard ActionFlags.known.isSuperset(of: action.flags) else { throw .invalidArgument }
        action.information = try reader.u32()
        action.mask = try reader.u64() & ~Signal.unblockable
        return action
    }

    private mutating func change(
        _ thread: ThreadID, _ signal: Signal, to action: SignalAction, _ host: inout some ProgramHost
    ) throws(Errno) -> Outcome {
        guard signal.bit & Signal.unblockable == 0 else { throw .invalidArgument }
        try request(
            .setDisposition, to: .resourceManager,
            SetDisposition(signal: signal, disposition: action.disposition, flags: action.flags), replySpace: 256,
            owner: .thread(thread), host: &host)
        return .waiting(.action(signal, action))
    }

    /// Tells the signals without a handler that arrived, as a set, and takes them (bit N - 1: signal N). `badAddress`, and then none
    /// is taken.
    package mutating func signalTake(_ thread: ThreadID, _ result: Address, host: inout some ProgramHost) -> Int32 {
        call(thread, &host, mayWait: false) { libOS, host throws(Errno) in
            try host.storeProgram(result, libOS.signals.arrived, size: 8)
            libOS.signals.arrived = 0
            libOS.signals.isUnreported = false
            return .done
        }
    }

    /// Tells the mask and changes it (C: sigprocmask(2)): 0 blocks the set's signals too, 1 lets them through, 2 blocks these alone.
    /// Either address may be 0. What it lets through has had its effect when it returns. `invalidArgument`, `badAddress`.
    package mutating func signalMask(
        _ thread: ThreadID, _ how: UInt32, _ set: Address, _ old: Address, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let before = libOS.signals.blocked
            var new = before
            if set != 0 {
                let bits = try LibOS.set(at: set, &host)
                switch how {
                case 0: new |= bits
                case 1: new &= ~bits
                case 2: new = bits
                default: throw .invalidArgument
                }
            }
            if old != 0 { try host.storeProgram(old, before, size: 8) }
            guard new != before else { return .done }
            libOS.signals.blocked = new
            libOS.take(&host)
            return .done
        }
    }

    private static func set(at address: Address, _ host: inout some ProgramHost) throws(Errno) -> UInt64 {
        var reader = Reader(try host.read(address, 8))
        return try reader.u64() & ~Signal.unblockable
    }

    /// Tells the pending signals (C: sigpending(2)), as a set. `badAddress`.
    package mutating func signalPending(_ thread: ThreadID, _ result: Address, host: inout some ProgramHost) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            try host.check(result, 8)
            try libOS.request(
                .pendingSignals, to: .resourceManager, Nothing(), replySpace: 256, owner: .thread(thread), host: &host)
            return .waiting(.pendingSignals(result))
        }
    }

    /// Waits with another mask until a signal was handled (C: sigsuspend(2)). Always `interrupted`, or `badAddress`.
    package mutating func signalSuspend(_ thread: ThreadID, _ set: Address, host: inout some ProgramHost) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let mask = try LibOS.set(at: set, &host)
            guard let index = libOS.index(of: thread) else { throw .invalidArgument }
            libOS.threads[index].maskToRestore = libOS.signals.blocked
            libOS.signals.blocked = mask
            libOS.take(&host)
            return .waiting(.suspend)
        }
    }

    /// Takes a pending signal of a set, or waits for one (C: sigtimedwait(2)); tells of it in 24 bytes (`told`).
    /// `timeout` in nanoseconds; all ones: for ever. `resourceTemporarilyUnavailable` when it is over; `interrupted`; `badAddress`.
    package mutating func signalWait(
        _ thread: ThreadID, _ set: Address, _ result: Address, _ timeout: UInt64, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let bits = try LibOS.set(at: set, &host)
            try host.check(result, 24)
            try libOS.request(
                .waitSignal, to: .resourceManager, WaitSignal(set: bits, timeout: timeout), replySpace: 256, owner: .thread(thread),
                host: &host)
            return .waiting(.signalWait(result))
        }
    }

    /// Sends a signal with a value to a process (C: sigqueue(3)). `invalidArgument`, `noSuchProcess`, `notPermitted`,
    /// `resourceTemporarilyUnavailable` when its queue is full.
    package mutating func signalQueue(
        _ thread: ThreadID, _ target: Int32, _ signal: UInt32, _ value: UInt64, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            guard signal <= 64, target > 0 else { throw .invalidArgument }
            return try libOS.kill(thread, Kill(target: target, signal: UInt8(signal), value: value), &host)
        }
    }

    /// Starts the process's timer and tells what was left of it (C: setitimer(2) of ITIMER_REAL). Each is 16 bytes: nanoseconds until
    /// its end, 0 for none, and from one end to the next, 0 for one alone. The second address may be 0. `badAddress`.
    package mutating func alarmSet(_ thread: ThreadID, _ time: Address, _ old: Address, host: inout some ProgramHost) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            var reader = Reader(try host.read(time, 16))
            let alarm = AlarmTime(remaining: try reader.u64(), interval: try reader.u64())
            if old != 0 { try host.check(old, 16) }
            try libOS.request(.setAlarm, to: .resourceManager, alarm, replySpace: 256, owner: .thread(thread), host: &host)
            return .waiting(.alarm(old))
        }
    }

    /// Sends a signal (C: kill(2)). `invalidArgument` for an unknown one, `noSuchProcess`, `notPermitted`.
    package mutating func processKill(
        _ thread: ThreadID, _ target: Int32, _ signal: UInt32, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            guard signal <= 64 else { throw .invalidArgument }
            return try libOS.kill(thread, Kill(target: target, signal: UInt8(signal)), &host)
        }
    }

    /// Sends a signal to the program itself (WASI `proc_raise`, with WASI's numbers). `invalidArgument` for an unknown one.
    package mutating func processRaise(_ thread: ThreadID, _ signal: UInt32, host: inout some ProgramHost) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            // WASI's numbers are Linux's without SIGSTKFLT (16).
            guard signal <= 30 else { throw .invalidArgument }
            let number = UInt8(signal < 16 ? signal : signal + 1)
            return try libOS.kill(thread, Kill(target: libOS.process.rawValue, signal: number), &host)
        }
    }

    private mutating func kill(_ thread: ThreadID, _ kill: Kill, _ host: inout some ProgramHost) throws(Errno) -> Outcome {
        try request(.kill, to: .resourceManager, kill, replySpace: 256, owner: .thread(thread), host: &host)
        return .waiting(.result)
    }
}
