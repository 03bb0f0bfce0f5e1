import ABI
import Processes
import ServerKit
import VFS

/// A file system that is being taken away.
struct UnmountTask {
    enum Stage: Equatable {
        case resolving(PathWalk)
        case destroying(MountNumber)
        case uncovering(MountNumber)
    }

    let key: RequestKey
    var stage: Stage
}

extension ResourceManager {
    /// C: umount(2). `notPermitted` unless root asks, `invalidArgument` unless the path is the root directory of a mounted file
    /// system, `resourceBusy` for one that the system needs (the root, and those a server has from its start), that has another
    /// mounted inside, or that has open files.
    mutating func unmount(_ call: Call) throws(Errno) -> Answer {
        let request = try call.decode(Unmount.self)
        let credentials = credentials[call.process.credentials]
        guard credentials.user == .root else { throw .notPermitted }
        var walk = try PathWalk(
            from: try directory(request.start, of: call), flags: .followLast, path: request.target, credentials: credentials,
            process: call.process.identity, operation: .resolve, in: mounts)
        let task = newTask()
        guard try advance(&walk, nil, task, 0) == nil else { throw .ioError }
        addTask(task, .unmount(UnmountTask(key: call.key, stage: .resolving(walk))))
        return .pending
    }

    mutating func resume(_ task: TaskID, _ state: inout UnmountTask, _ reply: Reply) -> Progress {
        do throws(Errno) {
            switch state.stage {
            case .resolving(var walk):
                guard let (result, number) = try advance(&walk, reply, task, 0) else {
                    state.stage = .resolving(walk)
                    return .waiting
                }
                guard case .node(let node, _) = result, let mounted = mounts[number] else { throw .ioError }
                guard mounted.root == node else { throw .invalidArgument }
                guard mounted.point != nil, mounted.isMade, !mounts.isCovered(number) else { throw .resourceBusy }
                guard let fileSystem = mounted.fileSystem else { throw .ioError }
                try ask(mounted.server, .destroyFileSystem, OneFileSystem(fileSystem: fileSystem), task, 0)
                state.stage = .destroying(number)
                return .waiting
            case .destroying(let number):
                _ = try reply.result(Nothing.self)
                if try uncover(number, task) {
                    state.stage = .uncovering(number)
                    return .waiting
                }
            case .uncovering(let number):
                // Whatever the answer is, the file system is gone.
                mounts.remove(number)
            }
            self.reply(state.key, Nothing())
        } catch {
            fail(state.key, error)
        }
        return .done
    }

    /// Asks for the mark on the directory to be taken off; `false` if there is nobody to ask.
    private mutating func uncover(_ number: MountNumber, _ task: TaskID) throws(Errno) -> Bool {
        guard let point = mounts[number]?.point, let parent = mounts[point.mount], let fileSystem = parent.fileSystem,
            registeredHart(of: parent.server) != nil
        else {
            mounts.remove(number)
            return false
        }
        try ask(
            parent.server, .setMountPoint, SetMountPoint(fileSystem: fileSystem, node: point.node, isCovered: false), task, 0)
        return true
    }
}
