import ABI
import Processes
import ServerKit

extension ResourceManager {
    /// Says which signals are blocked from now on (C: sigprocmask(2)), and takes one that is not for the program to handle. What was
    /// pending and is let through has been carried out or told of before the answer is sent.
    mutating func takeSignal(_ call: Call) throws(Errno) -> Answer {
        let request = try call.decode(TakeSignal.self)
        try call.requireReplySpace(32)
        let identity = call.process.identity
        processes.update(identity) {
            $0.signals.blocked = request.blocked & ~Signal.unblockable
            // Who takes needs not be told that there is something to take.
            $0.signals.isTold = request.takes
        }
        carryOutSignals(of: identity)
        guard request.takes, let process = processes[identity], process.end == nil else {
            return .body(TakenSignal(info: nil, isMore: false))
        }
        processes.update(identity) { $0.signals.isTold = false }
        // Of a stopped process nothing is taken; it is told when it goes on.
        guard !process.isStopped, let info = processes.takeSignal(identity, from: process.signals.takeable) else {
            return .body(TakenSignal(info: nil, isMore: false))
        }
        return .body(TakenSignal(info: info, isMore: processes[identity]?.signals.takeable ?? 0 != 0))
    }

    /// C: sigpending(2).
    func pendingSignals(_ call: Call) throws(Errno) -> Answer {
        _ = try call.decode(Nothing.self)
        return .body(SignalSet(bits: call.process.signals.pending & call.process.signals.blocked))
    }
}
