import ABI
import Processes
import ServerKit

/// A process that waits for a child.
struct WaitTask {
    let key: RequestKey
    let process: ProcessIdentity
    let target: WaitTarget
    let flags: WaitFlags
}

extension ResourceManager {
    /// C: waitpid(2). `noChildProcess` if no child is meant, `invalidArgument` for unknown options. Waits.
    mutating func wait(_ call: Call) throws(Errno) -> Answer {
        let request = try call.decode(Wait.self)
        guard request.flags.subtracting([.noHang, .stopped, .continued]).isEmpty else { throw .invalidArgument }
        try call.requireReplySpace(6)
        let target = try WaitTarget(request.target, callerGroup: call.process.group)
        if let result = try changedChild(of: call.process.id, target, request.flags) {
            take(result)
            return .body(result)
        }
        if request.flags.contains(.noHang) {
            return .body(WaitResult(process: ProcessID(rawValue: 0), change: ChildChange(kind: .exited, code: 0)))
        }
        addTask(newTask(), .wait(WaitTask(key: call.key, process: call.process.identity, target: target, flags: request.flags)))
        return .pending
    }

    /// The meant child with the least pid that ended, or else one that stopped or went on if that is asked for; or `nil`. Throws
    /// `noChildProcess` if there is no child to wait for.
    private func changedChild(of parent: ProcessID, _ target: WaitTarget, _ flags: WaitFlags) throws(Errno) -> WaitResult? {
        if let child = processes.endedChild(of: parent, target), let end = child.end {
            return WaitResult(process: child.id, change: ChildChange(end))
        }
        if let child = processes.changedChild(of: parent, target, flags), let change = child.change {
            return WaitResult(process: child.id, change: change)
        }
        guard processes.hasChild(of: parent, target) else { throw .noChildProcess }
        return nil
    }

    private mutating func take(_ result: WaitResult) {
        guard let child = processes[result.process] else { return }
        if child.end != nil { processes.remove(child.identity) } else { processes.forgetChange(child.identity) }
    }

    /// A child of this process ended, stopped, went on, left it or changed its group: answers the waits that have an answer now.
    mutating func answerWaits(of parent: ProcessIdentity) {
        for id in underWay(for: parent) {
            guard case .wait(let state)? = tasks[id], let process = processes[parent] else { continue }
            do throws(Errno) {
                guard let result = try changedChild(of: process.id, state.target, state.flags) else { continue }
                take(result)
                reply(state.key, result)
            } catch {
                fail(state.key, error)
            }
            removeTask(id, state.key)
        }
    }
}
