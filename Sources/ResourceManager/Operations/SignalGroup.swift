import ABI
import Processes

extension ResourceManager {
    /// A terminal's key or hang-up: every process of the group gets the signal, and the terminal learns whom it ended.
    mutating func signalGroup(_ notice: SignalGroup, from server: HartID) {
        let members = processes.members(of: notice.group)
        for process in members { deliver(notice.signal, to: process) }
        let ended = members.map { $0.identity }.filter { processes[$0]?.end != nil || processes[$0] == nil }
        notify(server, .groupSignaled, GroupSignaled(group: notice.group, ended: ended))
    }
}
