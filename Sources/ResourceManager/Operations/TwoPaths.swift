import ABI
import Processes
import ServerKit
import VFS

// `rename` and `link`: both ends are found first, each in its file system, then one request does it. The file system checks the
// generations of the nodes again, so that what changed in between is an error and not another file.

/// A request on two paths.
struct TwoPathsTask {
    enum Stage: Equatable {
        case from(PathWalk)
        case to(PathWalk)
        case acting
    }

    let key: RequestKey
    /// Whether it is `link`, else `rename`.
    let isLink: Bool
    let credentials: Credentials
    var stage: Stage
    /// Begins when the first end is found.
    let second: PathWalk
    /// The request, while nothing was changed yet.
    var again: PostponedTask?
    /// The first end: its file system, its directory and name (`rename`) or itself (`link`).
    var mount: MountNumber?
    var node = NodeID.none
    var name: [UInt8] = []
}

extension ResourceManager {
    /// C: renameat(2), linkat(2). `improperLink` if the ends are in two file systems; else what the file system answers.
    mutating func twoPaths(_ call: Call, _ operation: Operation) throws(Errno) -> Answer {
        let request = try call.decode(TwoPaths.self)
        let isLink = operation == .link
        let credentials = credentials[call.process.credentials]
        let identity = call.process.identity
        // Renaming is done to the link itself, and nothing follows the new name.
        let fromFlags = isLink ? request.fromFlags.intersection([.followLast, .beneath]) : request.fromFlags.intersection(.beneath)
        var from = try PathWalk(
            from: try directory(request.fromStart, of: call), flags: fromFlags, path: request.from, credentials: credentials,
            process: identity, operation: isLink ? .resolve : .parent, in: mounts)
        let to = try PathWalk(
            from: try directory(request.toStart, of: call), flags: request.toFlags.intersection(.beneath), path: request.to,
            credentials: credentials, process: identity, operation: .parent, in: mounts)
        let task = newTask()
        guard try advance(&from, nil, task, 0) == nil else { throw .ioError }
        addTask(
            task,
            .twoPaths(
                TwoPathsTask(
                    key: call.key, isLink: isLink, credentials: credentials, stage: .from(from), second: to,
                    again: PostponedTask(call))))
        return .pending
    }

    mutating func resume(_ task: TaskID, _ state: inout TwoPathsTask, _ reply: Reply) -> Progress {
        do throws(Errno) {
            switch state.stage {
            case .from(var walk):
                if let (result, mount) = try advance(&walk, reply, task, 0) {
                    try keep(result, mount, &state)
                    var second = state.second
                    guard try advance(&second, nil, task, 0) == nil else { throw .ioError }
                    state.stage = .to(second)
                } else {
                    state.stage = .from(walk)
                }
            case .to(var walk):
                if let (result, mount) = try advance(&walk, reply, task, 0) {
                    try act(result, mount, task, state)
                    state.stage = .acting
                    state.again = nil
                } else {
                    state.stage = .to(walk)
                }
            case .acting:
                _ = try reply.result(Nothing.self)
                self.reply(state.key, Nothing())
                return .done
            }
            return .waiting
        } catch {
            fail(state.key, error, again: state.again)
            return .done
        }
    }

    private func keep(_ result: WalkResult, _ mount: MountNumber, _ state: inout TwoPathsTask) throws(Errno) {
        state.mount = mount
        switch result {
        case .parent(let node, let name):
            // A name may bear a slash at its end.
            guard name.count <= Limits.name + 1 else { throw .fileNameTooLong }
            state.node = node
            state.name = name
        case .node(let node, _): state.node = node
        default: throw .ioError
        }
    }

    private mutating func act(
        _ result: WalkResult, _ mount: MountNumber, _ task: TaskID, _ state: TwoPathsTask
    ) throws(Errno) {
        guard case .parent(let directory, let name) = result else { throw .ioError }
        guard name.count <= Limits.name + 1 else { throw .fileNameTooLong }
        guard mount == state.mount else { throw .improperLink }
        guard let mounted = mounts[mount], let fileSystem = mounted.fileSystem else { throw .ioError }
        if state.isLink {
            try ask(
                mounted.server, .linkNode,
                NodeLink(
                    fileSystem: fileSystem, node: state.node, toDirectory: directory, toName: name,
                    credentials: state.credentials), task, 0)
        } else {
            try ask(
                mounted.server, .renameNode,
                NodeRename(
                    fileSystem: fileSystem, fromDirectory: state.node, fromName: state.name, toDirectory: directory,
                    toName: name, credentials: state.credentials), task, 0)
        }
    }
}
