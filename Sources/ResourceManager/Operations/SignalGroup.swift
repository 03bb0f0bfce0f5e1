import ABI
import Processes

extension ResourceManager {
    /// A terminal's key or hang-up: every process of the group gets the signal.
    mutating func signalGroup(_ notice: SignalGroup) {
        for process in processes.members(of: notice.group) { deliver(notice.signal, to: process) }
    }
}
