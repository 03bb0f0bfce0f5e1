import ABI
import Processes
import ServerKit

extension ResourceManager {
    /// C: setsid(2). `notPermitted` for the leader of a group, or if a group bears the caller's number. Answered when the process's
    /// hart stamps the new session.
    mutating func createSession(_ call: Call) throws(Errno) -> Answer {
        _ = try call.decode(Nothing.self)
        let process = call.process
        guard processes.session(of: ProcessGroupID(rawValue: process.id.rawValue)) == nil else { throw .notPermitted }
        processes.setSession(process.identity)
        stampAnew(process.identity, call)
        return .pending
    }

    /// Has the caller's hart stamp what the process is now, and answers the call when it does. Its parent may wait for its group.
    mutating func stampAnew(_ process: ProcessIdentity, _ call: Call) {
        guard let changed = processes[process] else { return }
        let task = newTask()
        request(call.hart.connection, .setStamp, SetStamp(stamp: changed.stamp), for: .task(task, 0))
        addTask(task, .setGroup(SetGroupTask(key: call.key)))
        if let parent = processes[changed.parent] { answerWaits(of: parent.identity) }
    }
}
