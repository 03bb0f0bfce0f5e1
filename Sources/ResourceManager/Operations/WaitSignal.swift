import ABI
import Processes
import ServerKit

/// A process that waits for signals.
struct WaitSignalTask {
    let key: RequestKey
    let process: ProcessIdentity
    let set: UInt64
    /// Monotonic time; `never`: it waits for ever.
    let deadline: Nanoseconds
}

extension ResourceManager {
    /// C: sigtimedwait(2). `resourceTemporarilyUnavailable` if none comes in time. Waits, for an empty set as long as is said.
    mutating func waitSignal(_ call: Call) throws(Errno) -> Answer {
        let request = try call.decode(WaitSignal.self)
        try call.requireReplySpace(32)
        let set = request.set & ~Signal.unblockable
        if let info = processes.takeSignal(call.process.identity, from: set) { return .body(info) }
        guard request.timeout > 0 else { throw .resourceTemporarilyUnavailable }
        let deadline = request.timeout == .max ? .never : now.adding(request.timeout)
        let task = newTask()
        addTask(
            task, .waitSignal(WaitSignalTask(key: call.key, process: call.process.identity, set: set, deadline: deadline)))
        if deadline != .never { timers.insert(TimerEntry(deadline: deadline, purpose: .signalWait(task))) }
        return .pending
    }

    /// A signal goes to the first wait of its process that is for it; `false` if there is none.
    mutating func answerSignalWait(of process: ProcessIdentity, _ info: SignalInfo) -> Bool {
        for id in underWay(for: process) {
            guard case .waitSignal(let state)? = tasks[id], state.set & info.signal.bit != 0 else { continue }
            endSignalWait(id, state)
            reply(state.key, info)
            return true
        }
        return false
    }

    /// The time of a wait is over.
    mutating func signalWaitExpired(_ id: TaskID) {
        guard case .waitSignal(let state)? = tasks[id] else { return }
        endSignalWait(id, state)
        fail(state.key, .resourceTemporarilyUnavailable)
    }

    /// A wait is over; who waits is answered by the caller.
    mutating func endSignalWait(_ id: TaskID, _ state: WaitSignalTask) {
        timers.remove(TimerEntry(deadline: state.deadline, purpose: .signalWait(id)))
        removeTask(id, state.key)
    }
}
