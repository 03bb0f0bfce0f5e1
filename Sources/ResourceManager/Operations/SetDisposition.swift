import ABI
import Processes

extension ResourceManager {
    /// C: sigaction(2). `invalidArgument` for `kill` and `stop`. A signal that does nothing from now on is not pending any more; one
    /// that has its default action, and is let through, is carried out.
    mutating func setDisposition(_ call: Call) throws(Errno) -> Answer {
        let request = try call.decode(SetDisposition.self)
        var dispositions = call.process.dispositions
        try dispositions.set(request.signal, request.disposition, request.flags)
        processes.update(call.process.identity) { $0.signals.dispositions = dispositions }
        if dispositions.isWithoutEffect(request.signal) { processes.discardSignals(call.process.identity, request.signal.bit) }
        carryOutSignals(of: call.process.identity)
        return .done
    }
}
