// Handlers. A call that is over answers `HANDLER` instead of its result when a signal was taken that has one. The hart calls
// `handlerBegin`, then the program's function on the program's own stack, then `handlerEnd`, and asks for the result by `resume`.
// Meanwhile the thread may make calls, whose handlers have frames above this one.

import ABI

/// A handler that has not returned, and the call that it interrupted.
struct HandlerFrame: Wire, Equatable, Sendable {
    var thread: ThreadID
    var signal: Signal
    /// What its handler is told beside the number; 0: nothing.
    var information: Address
    /// The mask from its return on.
    var mask: UInt64
    /// What the call came to.
    var result: Int32
    /// The call, if it goes on instead.
    var restart: PendingCall?

    init(thread: ThreadID, signal: Signal, information: Address, mask: UInt64, result: Int32, restart: PendingCall?) {
        self.thread = thread
        self.signal = signal
        self.information = information
        self.mask = mask
        self.result = result
        self.restart = restart
    }

    init(from reader: inout Reader) throws(Errno) {
        thread = try reader.value(ThreadID.self)
        signal = try reader.value(Signal.self)
        information = try reader.u32()
        mask = try reader.u64()
        result = try reader.i32()
        restart = try reader.bool() ? try reader.value(PendingCall.self) : nil
    }

    func encode(into writer: inout Writer) {
        writer.value(thread)
        writer.value(signal)
        writer.u32(information)
        writer.u64(mask)
        writer.i32(result)
        writer.bool(restart != nil)
        if let restart { writer.value(restart) }
    }
}

extension LibOS {
    /// Most handlers that have not returned. A program's own stack ends before.
    static let handlerLimit = 4096

    /// Whether a thread's result is held back.
    var isHeldBack: Bool { signals.isStopped || signals.isTaking }

    /// Whether a handler runs before a thread's result is told.
    var hasHandler: Bool { signals.next != nil && signals.frames.count < LibOS.handlerLimit }

    /// The hart runs a handler now: after `HANDLER`, once.
    /// - Returns: its place in the program's table of functions; 0, which no function has, if there is none to be run.
    package mutating func handlerBegin(_ thread: ThreadID, host: inout some ProgramHost) -> UInt32 {
        guard isRunning, let info = signals.next, let index = index(of: thread), let result = threads[index].result else { return 0 }
        let action = signals.action(of: info.signal)
        signals.next = nil
        var frame = HandlerFrame(
            thread: thread, signal: info.signal, information: 0, mask: threads[index].maskToRestore ?? signals.blocked, result: result,
            restart: action.flags.contains(.restart) ? threads[index].restart : nil)
        threads[index].result = nil
        threads[index].restart = nil
        threads[index].maskToRestore = nil
        if action.flags.contains(.information), action.information != 0 {
            do throws(Errno) {
                try host.write(action.information, LibOS.told(info))
                frame.information = action.information
            } catch {
                // The address was good when it was given, and memories do not shrink.
            }
        }
        signals.frames.append(frame)
        signals.blocked |= action.mask | (action.flags.contains(.noDefer) ? 0 : info.signal.bit)
        if action.flags.contains(.reset) {
            signals.actions[Int(info.signal.rawValue)] = SignalAction()
            requestForNobody(
                .setDisposition, to: .resourceManager, SetDisposition(signal: info.signal, disposition: .standard), host: &host)
        }
        // It tells of what there is to take under the new mask.
        signals.isTold = false
        requestForNobody(.takeSignal, to: .resourceManager, TakeSignal(blocked: signals.blocked, takes: false), host: &host)
        return action.function
    }

    /// The signal of the handler that was begun last.
    package func handlerSignal() -> UInt32 { UInt32(signals.frames.last?.signal.rawValue ?? 0) }

    /// Where it is told more of it; 0: nowhere.
    package func handlerInformation() -> Address { signals.frames.last?.information ?? 0 }

    /// The handler has returned. The hart asks by `resume` how to go on.
    package mutating func handlerEnd(_ thread: ThreadID, host: inout some ProgramHost) {
        guard isRunning, let top = signals.frames.lastIndex(where: { $0.thread == thread }), let index = index(of: thread) else { return }
        let frame = signals.frames.remove(at: top)
        signals.blocked = frame.mask
        threads[index].result = frame.result
        if let restart = frame.restart { goOn(index, restart, &host) }
        take(&host)
    }

    /// A call that was interrupted goes on from its beginning.
    mutating func goOn(_ index: Int, _ call: PendingCall, _ host: inout some ProgramHost) {
        threads[index].result = nil
        threads[index].isInterrupted = false
        do throws(Errno) {
            switch try repeated(threads[index].id, call, &host) {
            case .done: finish(index, 0)
            case .waiting(let call): threads[index].call = call
            }
        } catch {
            finish(index, Int32(error.rawValue))
        }
    }

    private mutating func repeated(_ thread: ThreadID, _ call: PendingCall, _ host: inout some ProgramHost) throws(Errno) -> Outcome {
        switch call {
        case .transfer(let transfer): return try sendTransfer(thread, transfer, &host)
        case .wait(let wait): return try sendWait(thread, wait, &host)
        default: throw .interrupted
        }
    }

    /// What the program is told of a signal, 24 bytes: signal, code, process i32, user u32, value u64.
    static func told(_ info: SignalInfo) -> [UInt8] {
        var writer = Writer(capacity: 24)
        writer.u32(UInt32(info.signal.rawValue))
        writer.i32(info.code)
        writer.value(info.process)
        writer.value(info.user)
        writer.u64(info.value)
        return writer.bytes
    }
}
