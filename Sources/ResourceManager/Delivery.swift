import ABI
import Processes
import ServerKit

// What becomes of a signal (POSIX, Signal Generation and Delivery). It comes to a process (`deliver`), is dropped, taken by a wait, or
// pending; and once it is neither blocked nor the process stopped, its default action is carried out here, or the libOS is told that
// there is something to take (`carryOutSignals`).

extension ResourceManager {
    /// A signal of the system's own comes to a process.
    mutating func deliver(_ signal: Signal, to process: Process) {
        _ = deliver(SignalInfo(signal: signal, code: SignalCode.system), to: process.identity)
    }

    /// A signal comes to a process, with the permission of whoever sent it already checked. `false` if its queue is full.
    ///
    /// A server takes `kill` alone. init takes only what it asked for.
    mutating func deliver(_ info: SignalInfo, to identity: ProcessIdentity) -> Bool {
        guard let process = processes[identity], process.end == nil else { return true }
        let signal = info.signal
        if process.isServer {
            if signal == .kill, let hart = process.hart, let server = server(of: hart) {
                stopServer(server, [UInt8]("it was killed"))
            }
            return true
        }
        if signal == .kill {
            if process.id != .initial { terminate(process, .kill) }
            return true
        }
        if signal.bit & Signal.stops != 0 { processes.discardSignals(identity, Signal.continue.bit) }
        if signal == .continue {
            // Whatever it does beside: it may be blocked or ignored.
            processes.discardSignals(identity, Signal.stops)
            goOn(process)
        }
        let isBlocked = process.signals.blocked & signal.bit != 0
        if answerSignalWait(of: identity, info) { return true }
        // What is blocked is kept even if it would do nothing: a wait may be for it.
        if !isBlocked && process.dispositions.isWithoutEffect(signal) { return true }
        guard processes.addSignal(identity, info) else { return false }
        carryOutSignals(of: identity)
        return true
    }

    /// Carries out the default actions of what is pending and let through, and tells the libOS if there is something to take.
    mutating func carryOutSignals(of identity: ProcessIdentity) {
        while let process = processes[identity], process.end == nil, !process.isStopped {
            let signals = process.signals
            guard let info = processes.takeSignal(identity, from: signals.ready & ~signals.dispositions.interrupting) else {
                return tellOfSignals(process)
            }
            guard process.id != .initial, !signals.dispositions.isWithoutEffect(info.signal) else { continue }
            switch info.signal.defaultAction {
            case .terminate: terminate(process, info.signal)
            case .stop where info.signal == .stop || !processes.isOrphaned(process.group): stop(process, info.signal)
            case .stop, .ignore, .continue: break
            }
        }
    }

    private mutating func tellOfSignals(_ process: Process) {
        guard process.signals.takeable != 0, !process.signals.isTold, let hart = livingHart(of: process.identity) else { return }
        processes.update(process.identity) { $0.signals.isTold = true }
        notify(hart, .signal, Nothing())
    }

    /// A signal stops a process: none of its calls returns until it is continued.
    private mutating func stop(_ process: Process, _ signal: Signal) {
        processes.setStopped(process.identity, true, ChildChange(kind: .stopped, code: signal.rawValue))
        tellWhetherStopped(process.identity)
        announceChange(process.identity, SignalCode.stopped, signal)
    }

    /// A stopped process goes on. What came meanwhile is carried out by the caller.
    private mutating func goOn(_ process: Process) {
        guard process.isStopped else { return }
        processes.setStopped(process.identity, false, ChildChange(kind: .continued, code: Signal.continue.rawValue))
        tellWhetherStopped(process.identity)
        announceChange(process.identity, SignalCode.continued, .continue)
        carryOutSignals(of: process.identity)
    }

    /// Tells the libOS of a process whether it is stopped.
    mutating func tellWhetherStopped(_ identity: ProcessIdentity) {
        guard let process = processes[identity], let hart = livingHart(of: identity) else { return }
        notify(hart, .stopped, Stopped(isStopped: process.isStopped))
    }

    /// Tells the parent that a child stopped or goes on.
    private mutating func announceChange(_ identity: ProcessIdentity, _ code: Int32, _ signal: Signal) {
        guard let child = processes[identity], let parent = processes[child.parent], parent.end == nil, parent.id != .resourceManager
        else { return }
        if !parent.dispositions.childFlags.contains(.noChildStop) {
            _ = deliver(childSignal(child, code, UInt64(signal.rawValue)), to: parent.identity)
        }
        answerWaits(of: parent.identity)
    }

    /// What a parent is told of a child by SIGCHLD.
    func childSignal(_ child: Process, _ code: Int32, _ value: UInt64) -> SignalInfo {
        SignalInfo(
            signal: .child, code: code, process: child.id, user: credentials[child.credentials].user, value: value)
    }
}
