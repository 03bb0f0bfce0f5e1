import ABI
import Processes
import ServerKit

extension ResourceManager {
    /// A process of the background touches its controlling terminal (POSIX, XBD 11.1.4): its group is sent the signal, unless the
    /// process ignores or blocks it or nobody could continue the group. `noSuchProcess` if it is over, `invalidArgument` for another
    /// signal.
    mutating func backgroundAccess(_ call: Call) throws(Errno) -> Answer {
        let request = try call.decode(BackgroundAccess.self)
        guard request.signal == .terminalInput || request.signal == .terminalOutput else { throw .invalidArgument }
        guard let process = processes[request.process], process.end == nil, !process.isServer else { throw .noSuchProcess }
        if process.signals.blocked & request.signal.bit != 0 || process.dispositions.disposition(of: request.signal) == .ignore {
            return .body(BackgroundAnswer.ignored)
        }
        if processes.isOrphaned(process.group) { return .body(BackgroundAnswer.orphaned) }
        for member in processes.members(of: process.group) { deliver(request.signal, to: member) }
        return .body(BackgroundAnswer.signaled)
    }
}
