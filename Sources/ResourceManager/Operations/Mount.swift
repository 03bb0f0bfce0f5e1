import ABI
import Processes
import ServerKit
import VFS

/// A file system that is being mounted.
struct MountTask {
    enum Stage: Equatable {
        /// The directory is looked for.
        case resolving(PathWalk)
        /// A directory on the way to it is made, the component of that index; then it is looked for once more.
        case making(PathWalk, Int)
        /// Its absolute path is looked for.
        case locating(LocationWalk)
        /// The server makes the file system.
        case creating
        /// The server is asked for its root directory.
        case rooting
        /// The directory is marked as covered; the table has the mount already, for walks that come to it from now on.
        case covering(MountNumber)
    }

    let origin: Origin
    /// Of `Boot.mounts`, or `nil`.
    let bootIndex: Int?
    let server: ServerNumber
    /// The server's hart: what a restarted server made is another thing. `nil`: the directory is covered before the server is ready.
    let hart: HartID?
    let credentials: Credentials
    var record: MountRecord
    var stage: Stage
    /// `nil` as long as it is not made; the server's first one exists from the start.
    var fileSystem: FileSystemID?
    let provided: FileSystemID?
    /// Whether the directory may still be made.
    var mayMake = true
    var root = NodeID.none
    var point: MountPoint?
}

extension ResourceManager {
    /// C: mount(2). `notPermitted` unless root asks, `operationNotSupportedByDevice` for a type that no server has,
    /// `notDirectory`, `resourceBusy` if something is mounted there; else what the file system answers.
    mutating func mount(_ call: Call) throws(Errno) -> Answer {
        let request = try call.decode(Mount.self)
        let credentials = credentials[call.process.credentials]
        guard credentials.user == .root else { throw .notPermitted }
        guard let server = server(ofType: request.type), let hart = registeredHart(of: server) else {
            throw .operationNotSupportedByDevice
        }
        var walk = try PathWalk(
            from: try directory(request.start, of: call), flags: .followLast, path: request.target, credentials: credentials,
            process: call.process.identity, operation: .resolve, in: mounts)
        let task = newTask()
        guard try advance(&walk, nil, task, 0) == nil else { throw .ioError }
        addTask(
            task,
            .mount(
                MountTask(
                    origin: .call(call.key), bootIndex: nil, server: server, hart: hart, credentials: credentials,
                    record: MountRecord(target: [], type: request.type, options: request.options), stage: .resolving(walk),
                    provided: nil)))
        return .pending
    }

    mutating func resume(_ task: TaskID, _ state: inout MountTask, _ reply: Reply) -> Progress {
        do throws(Errno) {
            return try advance(task, &state, reply)
        } catch {
            abandon(state)
            mounted(state, error)
            return .done
        }
    }

    private mutating func advance(_ task: TaskID, _ state: inout MountTask, _ reply: Reply) throws(Errno) -> Progress {
        switch state.stage {
        case .resolving(var walk):
            let step: (WalkResult, MountNumber)?
            do throws(Errno) {
                step = try advance(&walk, reply, task, 0)
            } catch {
                guard error == .noSuchFileOrDirectory, makesTarget(state) else { throw error }
                return try makeDirectory(0, task, &state)
            }
            guard let (result, mount) = step else {
                state.stage = .resolving(walk)
                return .waiting
            }
            guard case .node(let node, let kind) = result else { throw .ioError }
            guard kind == .directory else { throw .notDirectory }
            guard mounts[mount]?.root != node else { throw .resourceBusy }
            state.point = MountPoint(mount: mount, node: node)
            // The system's own mounts are told by their path.
            guard state.origin != .system else { return state.hart == nil ? try cover(task, &state) : try create(task, &state) }
            var location = LocationWalk(of: .known(mount, .node(node)))
            guard try advance(&location, nil, task, 0) == nil else { throw .ioError }
            state.stage = .locating(location)
        case .making(var walk, let index):
            do throws(Errno) {
                guard try advance(&walk, reply, task, 0) != nil else {
                    state.stage = .making(walk, index)
                    return .waiting
                }
            } catch {
                // What is there already is as good.
                guard error == .fileExists else { throw error }
            }
            return try makeDirectory(index + 1, task, &state)
        case .locating(var walk):
            guard let path = try advance(&walk, reply, task, 0) else {
                state.stage = .locating(walk)
                return .waiting
            }
            state.record.target = path
            return try create(task, &state)
        case .creating:
            state.fileSystem = try reply.result(FileSystemCreated.self).fileSystem
            try findRoot(task, &state)
        case .rooting:
            guard case .node(let node, .directory) = try reply.result(WalkResult.self) else { throw .ioError }
            state.root = node
            return try cover(task, &state)
        case .covering:
            _ = try reply.result(Nothing.self)
            mounted(state, nil)
            return .done
        }
        return .waiting
    }

    private func makesTarget(_ state: MountTask) -> Bool {
        guard let index = state.bootIndex else { return false }
        return state.mayMake && boot.mounts[index].makesTarget
    }

    /// Makes the directory that the first components of the target up to that index mean, or goes on behind the last.
    private mutating func makeDirectory(_ index: Int, _ task: TaskID, _ state: inout MountTask) throws(Errno) -> Progress {
        guard let root = mounts.root else { throw .ioError }
        let slash = UInt8(ascii: "/")
        let names = state.record.target.split(separator: slash)
        let isMade = index >= names.count
        var path: [UInt8] = []
        for name in names.prefix(index + 1) { path += [slash] + name }
        var walk = try PathWalk(
            from: .known(root, .root), flags: [], path: path, credentials: .root, process: .nobody,
            operation: isMade ? .resolve : .makeDirectory(0o755), in: mounts)
        guard try advance(&walk, nil, task, 0) == nil else { throw .ioError }
        if isMade { state.mayMake = false }
        state.stage = isMade ? .resolving(walk) : .making(walk, index)
        return .waiting
    }

    private mutating func create(_ task: TaskID, _ state: inout MountTask) throws(Errno) -> Progress {
        guard registeredHart(of: state.server) == state.hart else { throw .ioError }
        if state.fileSystem != nil {
            try findRoot(task, &state)
        } else {
            try ask(
                state.server, .createFileSystem,
                CreateFileSystem(options: state.record.options, credentials: state.credentials), task, 0)
            state.stage = .creating
        }
        return .waiting
    }

    private mutating func findRoot(_ task: TaskID, _ state: inout MountTask) throws(Errno) {
        guard let fileSystem = state.fileSystem else { throw .ioError }
        try ask(state.server, .walk, Walk.root(of: fileSystem), task, 0)
        state.stage = .rooting
    }

    private mutating func cover(_ task: TaskID, _ state: inout MountTask) throws(Errno) -> Progress {
        guard state.hart == nil || registeredHart(of: state.server) == state.hart else { throw .ioError }
        let number = try mounts.add(
            Mounted(
                server: state.server, fileSystem: state.fileSystem, provided: state.provided, root: state.root, point: state.point,
                record: state.record))
        state.stage = .covering(number)
        guard let point = state.point else {
            mounted(state, nil)
            return .done
        }
        guard let parent = mounts[point.mount], let fileSystem = parent.fileSystem else { throw .ioError }
        try ask(
            parent.server, .setMountPoint, SetMountPoint(fileSystem: fileSystem, node: point.node, isCovered: true), task, 0)
        return .waiting
    }

    /// Nothing of a mount that failed is left.
    private mutating func abandon(_ state: MountTask) {
        if case .covering(let number) = state.stage { mounts.remove(number) }
        guard state.provided == nil, let fileSystem = state.fileSystem, let hart = state.hart, registeredHart(of: state.server) == hart
        else { return }
        request(hart.connection, .destroyFileSystem, OneFileSystem(fileSystem: fileSystem), for: .nothing)
    }

    private mutating func mounted(_ state: MountTask, _ error: Errno?) {
        switch state.origin {
        case .call(let key):
            if let error { fail(key, error) } else { reply(key, Nothing()) }
        case .system:
            if let index = state.bootIndex { bootMounted(index, error) }
        }
    }
}

extension Walk {
    /// Asks for the root directory of a file system.
    static func root(of fileSystem: FileSystemID) -> Walk {
        Walk(
            fileSystem: fileSystem, start: .root, flags: .empty, depth: 0, linksLeft: 0, path: [], credentials: .root,
            process: .nobody, operation: .resolve)
    }
}

extension Credentials {
    /// Who resmgr itself is to a file system.
    static var root: Credentials { Credentials(user: .root, group: GroupID(rawValue: 0), supplementary: []) }
}
