// Signals: what the program does about them, and what they do to its calls.
//
// The resource manager owns what is pending and carries out default actions. When there is something for the program, it sends a
// notice, and the libOS takes one signal (`takeSignal`), telling the mask with the same message. What was taken is for a handler, or,
// where the program named none, for `signal_take`. It ends a waiting call; one that comes while nothing waits and that has no handler
// ends the next call that would wait, so that a program that looks for signals before it waits cannot miss one.
//
// No call returns to the program while a question to the resource manager about signals is unanswered. So what a call lets through
// (kill(2) of the process itself, sigprocmask(2)) has had its effect when the call returns.

import ABI

/// What a signal does (C: struct sigaction).
struct SignalAction: Wire, Equatable, Sendable {
    var disposition = Disposition.standard
    /// Of `interrupt`: the handler's place in the program's table of functions; 0: none, the signal stays to be taken.
    var function: UInt32 = 0
    var flags = ActionFlags()
    /// Where the program wants to be told of the signal under `information`; 0: nowhere.
    var information: Address = 0
    /// Blocked beside the signal while its handler runs.
    var mask: UInt64 = 0

    init() {}

    init(from reader: inout Reader) throws(Errno) {
        disposition = try reader.value(Disposition.self)
        function = try reader.u32()
        flags = try reader.value(ActionFlags.self)
        information = try reader.u32()
        mask = try reader.u64()
    }

    func encode(into writer: inout Writer) {
        writer.value(disposition)
        writer.u32(function)
        writer.value(flags)
        writer.u32(information)
        writer.u64(mask)
    }
}

/// What the process knows of its signals.
struct SignalState: Wire, Equatable, Sendable {
    /// By signal number; 0 is unused.
    var actions = [SignalAction](repeating: SignalAction(), count: 65)
    /// The mask: bit N - 1, signal N.
    var blocked: UInt64 = 0
    /// There is something to take that was not there when the libOS asked last.
    var isTold = false
    /// A `takeSignal` is unanswered.
    var isTaking = false
    /// Taken; its handler is the next thing that a thread does.
    var next: SignalInfo?
    /// Handlers that have not returned, each above the one before it.
    var frames: [HandlerFrame] = []
    /// No call returns.
    var isStopped = false
    /// The program ended with this status while it was stopped.
    var heldExit: UInt8?
    /// Signals without a handler that arrived and were not taken by the program (`Signal.bit`).
    var arrived: UInt64 = 0
    /// Such a one arrived, and no waiting call was interrupted for it.
    var isUnreported = false

    init() {}

    init(from reader: inout Reader) throws(Errno) {
        actions = try reader.list(SignalAction.self, limit: 65)
        guard actions.count == 65 else { throw .badMessage }
        blocked = try reader.u64()
        isTold = try reader.bool()
        isTaking = try reader.bool()
        next = try reader.bool() ? try reader.value(SignalInfo.self) : nil
        frames = try reader.list(HandlerFrame.self, limit: LibOS.handlerLimit)
        isStopped = try reader.bool()
        heldExit = try reader.bool() ? try reader.u8() : nil
        arrived = try reader.u64()
        isUnreported = try reader.bool()
    }

    func encode(into writer: inout Writer) {
        writer.list(actions)
        writer.u64(blocked)
        writer.bool(isTold)
        writer.bool(isTaking)
        writer.bool(next != nil)
        if let next { writer.value(next) }
        writer.list(frames)
        writer.bool(isStopped)
        writer.bool(heldExit != nil)
        if let heldExit { writer.u8(heldExit) }
        writer.u64(arrived)
        writer.bool(isUnreported)
    }

    /// What a signal does.
    func action(of signal: Signal) -> SignalAction { actions[Int(signal.rawValue)] }
}

extension LibOS {
    /// The resource manager has something to take.
    mutating func signalTold(_ host: inout some ProgramHost) {
        signals.isTold = true
        takeIfTold(&host)
    }

    private mutating func takeIfTold(_ host: inout some ProgramHost) {
        if signals.isTold && !signals.isTaking && signals.next == nil { take(&host) }
    }

    /// Tells the mask and asks for a signal.
    mutating func take(_ host: inout some ProgramHost) {
        guard !signals.isTaking else {
            // The mask may be another than was told: once more, after the answer.
            signals.isTold = true
            return
        }
        do throws(Errno) {
            try request(
                .takeSignal, to: .resourceManager, TakeSignal(blocked: signals.blocked, takes: true), replySpace: 256, owner: .signals,
                host: &host)
            signals.isTaking = true
            signals.isTold = false
        } catch {
            // Without a resource manager there are no signals.
        }
    }

    /// The resource manager answered what there is to take.
    mutating func signalTaken(_ reply: Reply, _ host: inout some ProgramHost) {
        signals.isTaking = false
        do throws(Errno) {
            let taken = try reply.value(TakenSignal.self)
            if taken.isMore { signals.isTold = true }
            if let info = taken.info { arrived(info, &host) }
        } catch {
            // As if there were none.
        }
        takeIfTold(&host)
    }

    private mutating func arrived(_ info: SignalInfo, _ host: inout some ProgramHost) {
        let action = signals.action(of: info.signal)
        // One that the program did not ask for is of a time when it did.
        guard action.disposition == .interrupt else { return }
        if action.function != 0 {
            signals.next = info
        } else {
            signals.arrived |= info.signal.bit
            signals.isUnreported = true
        }
        for index in 0..<threads.count {
            guard let call = threads[index].call, call.isInterruptible, !threads[index].isInterrupted else { continue }
            interrupt(index, &host)
            return
        }
    }

    /// Ends a thread's waiting call: with its result if it took effect already, else with `interrupted`.
    mutating func interrupt(_ index: Int, _ host: inout some ProgramHost) {
        if signals.next == nil { signals.isUnreported = false }
        threads[index].isInterrupted = true
        switch threads[index].call {
        case .poll: pollCheck(index, &host)
        case .suspend:
            // A handler's frame restores the mask; without one nobody else does.
            if signals.next == nil, let mask = threads[index].maskToRestore {
                threads[index].maskToRestore = nil
                signals.blocked = mask
                take(&host)
            }
            finish(index, Int32(Errno.interrupted.rawValue))
        default: cancelRequests(of: threads[index].id, &host)
        }
    }

    /// What a write to a pipe without readers does beside failing. Answers whether it ended the program.
    mutating func raiseBrokenPipe(_ host: inout some ProgramHost) -> Bool {
        let action = signals.action(of: .brokenPipe)
        let isBlocked = signals.blocked & Signal.brokenPipe.bit != 0
        switch action.disposition {
        case .ignore: return false
        case .standard where !isBlocked:
            endProgram(ProcessEnd(kind: .signaled, code: Signal.brokenPipe.rawValue), reason: [], &host)
            return true
        case .interrupt where !isBlocked && action.function == 0:
            signals.arrived |= Signal.brokenPipe.bit
            return false
        case .standard, .interrupt:
            // It goes the way of all signals, and is back before the write returns.
            requestForNobody(
                .kill, to: .resourceManager, Kill(target: process.rawValue, signal: Signal.brokenPipe.rawValue), host: &host)
            take(&host)
            return false
        }
    }

    /// The resource manager took an action over. Ignoring a signal discards one that arrived (POSIX sigaction).
    mutating func setAction(_ signal: Signal, _ action: SignalAction) {
        signals.actions[Int(signal.rawValue)] = action
        guard action.disposition == .ignore else { return }
        signals.arrived &= ~signal.bit
        if signals.arrived == 0 { signals.isUnreported = false }
    }

    /// The process is stopped, or goes on. A terminal is asked again then: who goes on in the background is to be told so once more.
    mutating func stopped(_ isStopped: Bool, _ host: inout some ProgramHost) {
        signals.isStopped = isStopped
        guard !isStopped else { return }
        if let code = signals.heldExit {
            if isRunning { endProgram(ProcessEnd(kind: .exited, code: code), reason: [], &host) }
            return
        }
        for index in 0..<threads.count {
            guard case .transfer(let transfer)? = threads[index].call, !threads[index].isInterrupted, table.isTerminal(transfer.description)
            else { continue }
            threads[index].isRepeating = true
            cancelRequests(of: threads[index].id, &host)
        }
    }
}
