import ABI
import Processes
import ServerKit

extension ResourceManager {
    /// C: kill(2). `invalidArgument` for an unknown signal, `noSuchProcess` if nobody is meant, `notPermitted` if none of those who
    /// are may be signalled. There is no job control yet: signals that stop do nothing by default, and that is success.
    mutating func kill(_ call: Call) throws(Errno) -> Answer {
        let request = try call.decode(Kill.self)
        let signal = Signal(rawValue: request.signal)
        guard signal != nil || request.signal == 0 else { throw .invalidArgument }
        if request.target > 0 {
            guard let process = processes[ProcessID(rawValue: request.target)] else { throw .noSuchProcess }
            guard credentials.maySignal(call.process, process, signal) else { throw .notPermitted }
            if let signal { deliver(signal, to: process) }
            return .done
        }
        let meant = targets(request.target, call.process)
        guard !meant.isEmpty else { throw .noSuchProcess }
        let allowed = meant.filter { credentials.maySignal(call.process, $0, signal) }
        guard !allowed.isEmpty else { throw .notPermitted }
        if let signal {
            for process in allowed { deliver(signal, to: process) }
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

    /// A signal comes to a process, with the permission of whoever sent it already checked.
    mutating func deliver(_ signal: Signal, to process: Process) {
        guard let current = processes[process.identity] else { return }
        switch current.effect(of: signal) {
        case .nothing: break
        case .interrupt:
            if let hart = livingHart(of: current.identity) { notify(hart, .signal, SignalNotice(signal: signal)) }
        case .terminate:
            if let hart = current.hart, let server = server(of: hart) {
                stopServer(server, [UInt8]("it was killed"))
            } else {
                terminate(current, signal)
            }
        }
    }
}
