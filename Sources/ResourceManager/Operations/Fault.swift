import ABI
import Processes
import ServerKit

extension ResourceManager {
    /// A process broke a protocol: it alone is ended, as by a bad system call. One that is over or unknown: nothing happens.
    mutating func faultProcess(_ identity: ProcessIdentity, _ reason: [UInt8]) {
        guard let process = processes[identity], process.end == nil, !process.isServer else { return }
        say(name(of: process) + "[" + [UInt8](decimal: Int(process.id.rawValue)) + "]: ended, since " + reason)
        terminate(process, .badSystemCall)
    }
}
