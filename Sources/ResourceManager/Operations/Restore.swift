import ABI
import Processes
import ServerKit
import VFS

/// The repair of the mounts that a restarted server had to do with: its file systems are made again, and its directories that
/// others are mounted on are marked again, in the order of mounting.
struct RestoreTask {
    enum Stage: Equatable {
        case creating
        case rooting(FileSystemID)
        case resolving(PathWalk)
        case covering(MountPoint)
    }

    let server: ServerNumber
    /// The server's new hart. When that is gone too, another repair follows.
    let hart: HartID
    /// What is left to do; the first is being done.
    var remaining: [MountNumber]
    var stage = Stage.creating
}

extension ResourceManager {
    /// A server is ready that may have been ready before.
    mutating func restoreMounts(of server: ServerNumber) {
        guard let hart = registeredHart(of: server) else { return }
        let concerned = mounts.numbers.filter { number in
            guard let mounted = mounts[number] else { return false }
            return mounted.server == server || isInside(mounted, server)
        }
        guard !concerned.isEmpty else { return endMissing(server) }
        let task = newTask()
        var state = RestoreTask(server: server, hart: hart, remaining: concerned)
        if next(task, &state) == .waiting { addTask(task, .restore(state)) }
    }

    /// Whether a file system is mounted on a directory of that server.
    private func isInside(_ mounted: Mounted, _ server: ServerNumber) -> Bool {
        guard let point = mounted.point else { return false }
        return mounts[point.mount]?.server == server
    }

    mutating func resume(_ task: TaskID, _ state: inout RestoreTask, _ reply: Reply) -> Progress {
        guard registeredHart(of: state.server) == state.hart else { return .done }
        do throws(Errno) {
            return try advance(task, &state, reply)
        } catch {
            return giveUp(task, &state, error)
        }
    }

    /// Begins with the first of what is left.
    private mutating func next(_ task: TaskID, _ state: inout RestoreTask) -> Progress {
        guard let number = state.remaining.first else {
            endMissing(state.server)
            return .done
        }
        do throws(Errno) {
            guard let mounted = mounts[number] else {
                state.remaining.removeFirst()
                return next(task, &state)
            }
            guard mounted.server == state.server else { return try resolve(number, task, &state) }
            if let fileSystem = mounted.provided {
                try findRoot(fileSystem, task, &state)
            } else {
                try ask(
                    state.server, .createFileSystem,
                    CreateFileSystem(options: mounted.record.options, credentials: .root), task, 0)
                state.stage = .creating
            }
            return .waiting
        } catch {
            return giveUp(task, &state, error)
        }
    }

    private mutating func findRoot(_ fileSystem: FileSystemID, _ task: TaskID, _ state: inout RestoreTask) throws(Errno) {
        try ask(state.server, .walk, Walk.root(of: fileSystem), task, 0)
        state.stage = .rooting(fileSystem)
    }

    private mutating func resolve(_ number: MountNumber, _ task: TaskID, _ state: inout RestoreTask) throws(Errno) -> Progress {
        guard let mounted = mounts[number], isInside(mounted, state.server), let root = mounts.root else {
            state.remaining.removeFirst()
            return next(task, &state)
        }
        var walk = try PathWalk(
            from: .known(root, .root), flags: [], path: mounted.record.target, credentials: .root, process: .nobody,
            operation: .resolve, in: mounts)
        guard try advance(&walk, nil, task, 0) == nil else { throw .ioError }
        state.stage = .resolving(walk)
        return .waiting
    }

    private mutating func advance(_ task: TaskID, _ state: inout RestoreTask, _ reply: Reply) throws(Errno) -> Progress {
        guard let number = state.remaining.first, let mounted = mounts[number] else { throw .ioError }
        switch state.stage {
        case .creating:
            try findRoot(try reply.result(FileSystemCreated.self).fileSystem, task, &state)
            return .waiting
        case .rooting(let fileSystem):
            guard case .node(let node, .directory) = try reply.result(WalkResult.self) else { throw .ioError }
            mounts.update(number) {
                $0.fileSystem = fileSystem
                $0.root = node
            }
            // Its directory was covered ahead: it is mounted for the first time.
            if mounted.root == .none { mark(mounted.record.target + " mounted") }
            if mounted.isMade { say(mounted.record.type + ": what was in " + mounted.record.target + " is lost") }
            return try resolve(number, task, &state)
        case .resolving(var walk):
            guard let (result, mount) = try advance(&walk, reply, task, 0) else {
                state.stage = .resolving(walk)
                return .waiting
            }
            guard case .node(let node, .directory) = result, let parent = mounts[mount], let fileSystem = parent.fileSystem,
                parent.server == state.server
            else { throw .notDirectory }
            let point = MountPoint(mount: mount, node: node)
            try ask(
                state.server, .setMountPoint, SetMountPoint(fileSystem: fileSystem, node: node, isCovered: true), task, 0)
            state.stage = .covering(point)
            return .waiting
        case .covering(let point):
            _ = try reply.result(Nothing.self)
            mounts.update(number) { $0.point = point }
            state.remaining.removeFirst()
            return next(task, &state)
        }
    }

    /// A file system that cannot be mounted again is mounted no longer; the others are.
    private mutating func giveUp(_ task: TaskID, _ state: inout RestoreTask, _ error: Errno) -> Progress {
        guard registeredHart(of: state.server) == state.hart, let number = state.remaining.first else { return .done }
        if let mounted = mounts[number] {
            say(mounted.record.target + " is no longer mounted: " + error.text)
            if mounted.isMade, let fileSystem = mounted.fileSystem, let hart = registeredHart(of: mounted.server) {
                request(hart.connection, .destroyFileSystem, OneFileSystem(fileSystem: fileSystem), for: .nothing)
            }
            if mounted.point != nil { mounts.remove(number) }
        }
        state.remaining.removeFirst()
        return next(task, &state)
    }
}
