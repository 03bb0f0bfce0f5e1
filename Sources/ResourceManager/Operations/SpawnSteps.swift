import ABI
import Processes
import ServerKit
import VFS

// The steps of a spawn: each puts its questions and takes their answers.

extension ResourceManager {
    /// Opens and shares everything at once. The task stands from here on.
    mutating func acquire(_ task: TaskID, _ state: inout SpawnTask) {
        state.missing = state.opens.count + state.shares.count
        for index in state.opens.indices {
            do throws(Errno) {
                guard try advance(&state.opens[index].opening, nil, task, UInt32(index)) == nil else { throw .ioError }
            } catch {
                answerLater(task, index, error)
            }
        }
        for index in state.shares.indices {
            let part = state.shares[index]
            let number = state.opens.count + index
            guard isAlive(part.server) else {
                answerLater(task, number, .ioError)
                continue
            }
            request(
                part.server.connection, .share, Share(from: state.parent, to: state.child, handles: part.handles),
                replySpace: 16 + 8 * part.handles.count, for: .task(task, UInt32(number)))
        }
        addTask(task, .spawn(state))
    }

    /// A question that could not even be put is answered like the others.
    private mutating func answerLater(_ task: TaskID, _ part: Int, _ error: Errno) {
        completions.append(
            Completion(task: task, part: UInt32(part), reply: Reply(from: HartID(rawValue: 0), error: error)))
    }

    /// A file is opened or descriptions are shared, or not.
    mutating func acquired(_ task: TaskID, _ state: inout SpawnTask, _ part: Int, _ reply: Reply) {
        do throws(Errno) {
            if part < state.opens.count {
                guard let outcome = try advance(&state.opens[part].opening, reply, task, UInt32(part)) else { return }
                // The path names a descriptor of the caller, or nothing that can be opened.
                guard case .opened(let grant) = outcome else { throw .permissionDenied }
                state.opens[part].grant = grant
            } else if part - state.opens.count < state.shares.count {
                let index = part - state.opens.count
                let granted = try reply.result(ShareResult.self).handles
                state.shares[index].granted = granted
                guard granted.count == state.shares[index].handles.count else { throw .ioError }
                for (member, handle) in zip(state.shares[index].members, granted) { state.inherited[member].handle = handle }
            }
        } catch {
            if part < state.opens.count && state.opens[part].isOptional {
                say([UInt8]("init starts without a console: ") + error.text)
            } else {
                state.fail(error)
            }
        }
        state.missing -= 1
    }

    /// Only a regular file that is not too large is a program. What was opened for init is like what others inherit.
    mutating func checkImage(_ state: inout SpawnTask) {
        guard let image = state.grant(.image) else { return state.fail(.ioError) }
        guard image.opened.status.kind == .regular else { return state.fail(.permissionDenied) }
        guard image.opened.status.size <= UInt64(Limits.image) else { return state.fail(.fileTooLarge) }
        for part in state.opens {
            guard let grant = part.grant else { continue }
            var descriptor: Descriptor?
            switch part.role {
            case .image, .root: continue
            case .workingDirectory: break
            case .descriptor(let number): descriptor = number
            }
            state.inherited.append(
                SpawnTask.Inherited(
                    descriptor: descriptor, server: grant.server, handle: grant.opened.handle, kind: grant.opened.status.kind,
                    access: grant.opened.access, flags: grant.opened.flags, fileSystem: grant.fileSystem))
        }
    }

    mutating func orderHart(_ task: TaskID, _ state: inout SpawnTask) {
        guard let child = processes[state.child] else { return state.fail(.ioError) }
        state.missing = 1
        let hart = createHart(for: child) { _ in .task(task, 0) }
        for description in state.inherited {
            guard let fileSystem = description.fileSystem else { continue }
            harts.update(hart) { $0.directories.remember(description.server, description.handle, fileSystem) }
        }
    }

    mutating func hartCreated(_ state: inout SpawnTask, _ reply: Reply) {
        state.missing = 0
        // A child that was killed meanwhile may be waited for already; then its hart is being ended.
        guard let hart = processes[state.child]?.hart else { return }
        if let error = reply.error {
            hartWasNotCreated(hart)
            state.fail(error, reply.payload)
        } else if self.state(of: hart) == .creating {
            harts.update(hart) { $0.state = .alive }
        } else if harts[hart] == nil {
            state.fail(.ioError)
        }
    }

    mutating func openConnections(_ task: TaskID, _ state: inout SpawnTask) throws(Errno) {
        guard let hart = livingHart(of: state.child) else { throw .ioError }
        for (index, server) in state.serverHarts.enumerated() {
            do throws(Errno) {
                if try connect(hart, server, task, UInt32(index)) == nil { state.missing += 1 }
            } catch {
                state.fail(error)
            }
        }
    }

    mutating func connected(_ state: inout SpawnTask, _ reply: Reply) {
        state.missing -= 1
        if let error = reply.error { state.fail(error) }
    }

    /// The terminal of descriptor 0 becomes the new session's. Throws `ioError` if its server is gone.
    mutating func takeTerminal(_ task: TaskID, _ state: inout SpawnTask) throws(Errno) {
        guard let child = processes[state.child],
            let terminal = state.inherited.first(where: { $0.descriptor?.rawValue == 0 }), isAlive(terminal.server)
        else { throw .ioError }
        state.missing = 1
        request(
            terminal.server.connection, .setControllingTerminal,
            SetControllingTerminal(
                process: state.child, handle: terminal.handle, session: child.session, group: child.group),
            for: .task(task, 0))
    }

    mutating func terminalTaken(_ state: inout SpawnTask, _ reply: Reply) {
        state.missing = 0
        do throws(Errno) {
            let terminal = try reply.result(SessionTerminal.self)
            if let child = processes[state.child] { processes.setTerminal(of: child.session, terminal.minor) }
        } catch {
            // A server that does not know the question has no terminals.
            state.fail(error == .notSupported ? .inappropriateIOControl : error)
        }
    }

    /// The child's group gets the session's terminal. Throws `inappropriateIOControl` if there is none.
    mutating func moveToForeground(_ task: TaskID, _ state: inout SpawnTask) throws(Errno) {
        guard let child = processes[state.child], processes.terminal(of: child.session) != nil,
            let terminal = hart(of: .terminal)
        else { throw .inappropriateIOControl }
        state.missing = 1
        request(
            terminal.connection, .foreground, Foreground(session: child.session, group: child.group), for: .task(task, 0))
    }

    mutating func movedToForeground(_ state: inout SpawnTask, _ reply: Reply) {
        state.missing = 0
        do throws(Errno) {
            state.previousForeground = try reply.result(ForegroundGroup.self).group
        } catch {
            state.fail(error)
        }
    }

    /// A child that never runs leaves the terminal as it was.
    mutating func undoTerminal(_ state: SpawnTask) {
        guard let child = processes[state.child], let terminal = hart(of: .terminal) else { return }
        if let previous = state.previousForeground, previous != .none {
            request(
                terminal.connection, .foreground, Foreground(session: child.session, group: previous), for: .nothing)
        } else if child.leadsSession, processes.terminal(of: child.session) != nil {
            processes.setTerminal(of: child.session, nil)
            request(terminal.connection, .foreground, Foreground(session: child.session, group: .none), for: .nothing)
        }
    }

    mutating func startProgram(_ task: TaskID, _ state: inout SpawnTask) throws(Errno) {
        guard let child = processes[state.child], let hart = livingHart(of: state.child), let image = state.grant(.image),
            let imageConnection = connection(hart, image.server), let root = state.grant(.root)
        else { throw .ioError }
        var descriptors: [InheritedDescriptor] = []
        var workingDirectory: InheritedDescriptor?
        for description in state.inherited {
            let inherited = try describe(description, hart)
            if description.descriptor == nil { workingDirectory = inherited } else { descriptors.append(inherited) }
        }
        let rootDirectory = try describe(
            SpawnTask.Inherited(
                descriptor: nil, server: root.server, handle: root.opened.handle, kind: .directory, access: root.opened.access,
                flags: root.opened.flags), hart)
        state.missing = 1
        request(
            hart.connection, .startProgram,
            StartProgram(
                process: child.id, parent: child.parent, group: child.group, session: child.session,
                credentials: credentials[child.credentials], mask: state.mask, ignored: child.dispositions.ignoredBits,
                imageConnection: imageConnection, imageHandle: image.opened.handle, imageSize: image.opened.status.size,
                path: state.path, arguments: state.arguments, environment: state.environment, root: rootDirectory,
                workingDirectory: workingDirectory ?? rootDirectory, descriptors: descriptors, wait: boot.wait,
                blocked: child.signals.blocked),
            for: .task(task, 0))
        if child.isStopped { tellWhetherStopped(child.identity) }
    }

    private func describe(_ description: SpawnTask.Inherited, _ hart: HartID) throws(Errno) -> InheritedDescriptor {
        guard let connection = connection(hart, description.server) else { throw .ioError }
        return InheritedDescriptor(
            descriptor: description.descriptor ?? Descriptor(rawValue: 0), connection: connection, handle: description.handle,
            kind: description.kind, access: description.access, flags: description.flags)
    }

    mutating func started(_ state: inout SpawnTask, _ reply: Reply) {
        state.missing = 0
        if let error = reply.error { state.fail(error, reply.payload) }
    }

    /// Takes back every handle that was made for a child that will not use it.
    mutating func dropEverything(_ state: SpawnTask) {
        for server in state.serverHarts {
            var handles: [Handle] = []
            for part in state.opens {
                if let grant = part.grant, grant.server == server { handles.append(grant.opened.handle) }
            }
            for part in state.shares where part.server == server { handles += part.granted }
            drop(handles, of: state.child, at: server)
        }
    }
}
