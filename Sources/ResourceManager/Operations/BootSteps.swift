import ABI
import ServerKit

// How the system came up: what happened, and when. The first steps are kept, since they are what is asked about; later ones only
// while there is room.

extension ResourceManager {
    /// Notes a step.
    mutating func mark(_ text: [UInt8]) {
        guard bootSteps.count < Limits.bootSteps else { return }
        bootSteps.append(BootStep(time: now, text: Array(text.prefix(Limits.bootStepText))))
    }

    /// Tells the steps, as many as the reply has room for.
    func bootSteps(_ call: Call) throws(Errno) -> Answer {
        _ = try call.decode(Nothing.self)
        var room = call.replySpace - 4
        guard room >= 0 else { throw .overflow }
        var list: [BootStep] = []
        for step in bootSteps {
            room -= 12 + step.text.count
            guard room >= 0 else { break }
            list.append(step)
        }
        return .body(BootSteps(steps: list))
    }
}
