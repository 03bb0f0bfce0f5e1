import ABI
import Processes
import ServerKit

extension ResourceManager {
    /// C: kill(2), sigqueue(3). `invalidArgument` for an unknown signal, or a value for more than one process; `noSuchProcess` if
    /// nobody is meant, `notPermitted` if none of those who are may be signalled, `resourceTemporarilyUnavailable` for a value when
    /// the queue is full.
    ///
    /// A signal to the caller has reached it before the answer does: what tells of it goes the same way, first.
    mutating func kill(_ call: Call) throws(Errno) -> Answer {
        let request = try call.decode(Kill.self)
        let signal = Signal(rawValue: request.signal)
        guard signal != nil || request.signal == 0, request.value == nil || request.target > 0 else { throw .invalidArgument }
        let info = signal.map { signal in
            SignalInfo(
                signal: signal, code: request.value == nil ? SignalCode.user : SignalCode.queue, process: call.process.id,
                user: credentials[call.process.credentials].user, value: request.value ?? 0)
        }
        if request.target > 0 {
            guard let process = processes[ProcessID(rawValue: request.target)] else { throw .noSuchProcess }
            guard credentials.maySignal(call.process, process, signal) else { throw .notPermitted }
            guard let info else { return .done }
            // A kill has no room to be refused (POSIX, kill): what finds none in the queue is lost.
            if !deliver(info, to: process.identity) && request.value != nil { throw .resourceTemporarilyUnavailable }
            return .done
        }
        let meant = targets(request.target, call.process)
        guard !meant.isEmpty else { throw .noSuchProcess }
        let allowed = meant.filter { credentials.maySignal(call.process, $0, signal) }
        guard !allowed.isEmpty else { throw .notPermitted }
        if let info {
            for process in allowed { _ = deliver(info, to: process.identity) }
        }
        return .done
    }

    /// Whom a number that is not positive means.
    private func targets(_ target: Int32, _ caller: Process) -> [Process] {
        if target == 0 { return processes.members(of: caller.group) }
        if target == -1 { return processes.all.filter { $0.id != .initial && !$0.isServer } }
        guard target != .min else { return [] }
        return processes.members(of: ProcessGroupID(rawValue: -target))
    }
}
