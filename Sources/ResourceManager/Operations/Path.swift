import ABI
import Processes
import ServerKit
import VFS

/// A path request of a process.
struct PathTask {
    let key: RequestKey
    let hart: HartID
    let process: ProcessIdentity
    var opening: Opening
    /// The request, if it can be made again after a driver was lost.
    var again: PostponedTask?
    /// The handle that was made, while the process is connected to its server.
    var grant: Grant?
}

extension ResourceManager {
    /// Resolves a path and does one thing at its end. `invalidArgument` for an operation that is resmgr's own, `overflow` if the
    /// reply has no room for an opened file; else what the file systems answer.
    mutating func path(_ call: Call) throws(Errno) -> Answer {
        let request = try call.decode(PathRequest.self)
        switch request.operation {
        case .resolve, .parent: throw .invalidArgument
        case .open: try call.requireReplySpace(256)
        default: break
        }
        let walk = try PathWalk(
            from: try directory(request.start, of: call), flags: request.flags, path: request.path,
            credentials: credentials[call.process.credentials], process: call.process.identity, operation: request.operation,
            in: mounts)
        var state = PathTask(
            key: call.key, hart: call.hart, process: call.process.identity,
            opening: Opening(walk, session: call.process.session, group: call.process.group),
            again: request.operation.isRepeatable ? PostponedTask(call) : nil)
        let task = newTask()
        guard try advance(&state.opening, nil, task, 0) == nil else { throw .ioError }
        addTask(task, .path(state))
        return .pending
    }

    mutating func resume(_ task: TaskID, _ state: inout PathTask, _ reply: Reply) -> Progress {
        do throws(Errno) {
            if let grant = state.grant {
                do throws(Errno) {
                    try reply.check()
                } catch {
                    drop([grant.opened.handle], of: state.process, at: grant.server)
                    throw error
                }
                finish(state, grant)
                return .done
            }
            guard let outcome = try advance(&state.opening, reply, task, 0) else { return .waiting }
            switch outcome {
            case .opened(let grant):
                return try deliver(grant, task, &state)
            case .other(let result, _):
                self.reply(state.key, try PathResult(result))
            }
        } catch {
            fail(state.key, error, again: state.again)
        }
        return .done
    }

    /// The handle is told only when the process can use it; if it cannot any more, it is taken back.
    private mutating func deliver(_ grant: Grant, _ task: TaskID, _ state: inout PathTask) throws(Errno) -> Progress {
        do throws(Errno) {
            guard isLiving(state.process) else { throw .ioError }
            if try connect(state.hart, grant.server, task, 0) == nil {
                state.grant = grant
                return .waiting
            }
        } catch {
            drop([grant.opened.handle], of: state.process, at: grant.server)
            throw error
        }
        finish(state, grant)
        return .done
    }

    private mutating func finish(_ state: PathTask, _ grant: Grant) {
        guard isLiving(state.process), let connection = connection(state.hart, grant.server) else {
            drop([grant.opened.handle], of: state.process, at: grant.server)
            return fail(state.key, .ioError)
        }
        if let fileSystem = grant.fileSystem {
            harts.update(state.hart) { $0.directories.remember(grant.server, grant.opened.handle, fileSystem) }
        }
        reply(state.key, PathResult.opened(connection, grant.opened))
    }
}

extension PathResult {
    /// What a process is told. Throws `ioError` for a result that is resmgr's own.
    fileprivate init(_ result: WalkResult) throws(Errno) {
        switch result {
        case .nothing: self = .nothing
        case .status(let status): self = .status(status)
        case .target(let target): self = .target(target)
        case .descriptor(let descriptor): self = .descriptor(descriptor)
        case .opened, .node, .parent, .entersMount, .leavesRoot, .absoluteLink, .device: throw .ioError
        }
    }
}
