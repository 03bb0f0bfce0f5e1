import ABI
import ServerKit
import VFS

/// A request for a directory's path.
struct LocationTask {
    let key: RequestKey
    var walk: LocationWalk
    let again: PostponedTask
}

extension ResourceManager {
    /// C: getcwd(3) for any open directory. `noSuchFileOrDirectory` if it was removed, `badFileDescriptor` if it is not open.
    mutating func location(_ call: Call) throws(Errno) -> Answer {
        var walk = LocationWalk(of: try directory(try call.decode(PathStart.self), of: call))
        let task = newTask()
        guard try advance(&walk, nil, task, 0) == nil else { throw .ioError }
        addTask(task, .location(LocationTask(key: call.key, walk: walk, again: PostponedTask(call))))
        return .pending
    }

    mutating func resume(_ task: TaskID, _ state: inout LocationTask, _ reply: Reply) -> Progress {
        do throws(Errno) {
            guard let path = try advance(&state.walk, reply, task, 0) else { return .waiting }
            self.reply(state.key, RawBytes(path))
        } catch {
            fail(state.key, error, again: state.again)
        }
        return .done
    }
}
