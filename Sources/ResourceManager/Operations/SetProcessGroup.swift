import ABI
import Processes
import ServerKit

/// A change of group that the process's hart has not acknowledged.
struct SetGroupTask {
    let key: RequestKey
}

extension ResourceManager {
    /// C: setpgid(2). `invalidArgument` for a negative group, `noSuchProcess` unless it is the caller or a child of it,
    /// `permissionDenied` for a child, which runs its program already, `notPermitted` for the leader of a session or a group
    /// that is not one of the session. Answered when the process's hart stamps the new group.
    mutating func setProcessGroup(_ call: Call) throws(Errno) -> Answer {
        let request = try call.decode(SetProcessGroup.self)
        guard request.group.rawValue >= 0 else { throw .invalidArgument }
        let target = request.process.rawValue == 0 ? call.process : processes[request.process]
        guard let target, target.end == nil, !target.isServer,
            target.identity == call.process.identity || target.parent == call.process.id
        else { throw .noSuchProcess }
        guard target.identity == call.process.identity else {
            throw target.session == call.process.session ? .permissionDenied : .notPermitted
        }
        guard !target.leadsSession else { throw .notPermitted }
        let own = ProcessGroupID(rawValue: target.id.rawValue)
        let group = request.group == .none ? own : request.group
        guard group == own || processes.session(of: group) == target.session else { throw .notPermitted }
        guard group != target.group else { return .done }
        processes.setGroup(target.identity, group)
        stampAnew(target.identity, call)
        return .pending
    }

    mutating func resume(_ state: SetGroupTask, _ reply: Reply) -> Progress {
        if let error = reply.error { fail(state.key, error) } else { self.reply(state.key, Nothing()) }
        return .done
    }
}
