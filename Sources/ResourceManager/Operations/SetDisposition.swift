import ABI
import Processes

extension ResourceManager {
    /// C: sigaction(2), as far as no handler runs. `invalidArgument` for `kill` and `stop`.
    mutating func setDisposition(_ call: Call) throws(Errno) -> Answer {
        let request = try call.decode(SetDisposition.self)
        var dispositions = call.process.dispositions
        try dispositions.set(request.signal, request.disposition)
        processes.update(call.process.identity) { $0.dispositions = dispositions }
        return .done
    }
}
