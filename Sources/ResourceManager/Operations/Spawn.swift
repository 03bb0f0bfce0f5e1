import ABI
import Processes
import ServerKit
import VFS

// `spawn`: its request and the order of its steps. What a step does is in `SpawnSteps.swift`.

extension ResourceManager {
    /// C: posix_spawn(3). Answered once the child's image is compiled and its imports are there.
    ///
    /// `invalidArgument` for flags without meaning together, descriptors out of order or no arguments, `argumentListTooLong` above
    /// `Limits.arguments`, `badFileDescriptor` for a description that is not the caller's, `notPermitted` for a group of another
    /// session, `ioError` for a description whose server is gone, `resourceTemporarilyUnavailable` when processes or memories run out, `permissionDenied` for an image that is not a
    /// regular file or not executable, `execFormatError` with a reason, and what the walk to the image throws.
    mutating func spawn(_ call: Call) throws(Errno) -> Answer {
        let request = try call.decode(Spawn.self)
        try call.requireReplySpace(4)
        try check(request)
        let start = try directory(request.start, of: call)
        var inherited: [SpawnTask.Inherited] = []
        do throws(Errno) {
            inherited.append(try inherit(request.workingDirectory, nil, call))
        } catch {
            // Its server is gone. The child starts at the root: it could do no better with a directory that cannot be used.
            guard error == .ioError else { throw error }
        }
        for descriptor in request.descriptors { inherited.append(try inherit(descriptor, descriptor.descriptor, call)) }

        let isNewSession = request.flags.contains(.newSession)
        let group: ProcessGroupID? =
            request.flags.contains(.setGroup) ? (request.group == .none ? nil : request.group) : call.process.group
        let child = try processes.add(
            Placement(
                parent: call.process.id, credentials: call.process.credentials, group: isNewSession ? nil : group,
                session: isNewSession ? nil : call.process.session),
            started: now, command: request.arguments)
        processes.update(child.identity) {
            $0.signals.dispositions = call.process.dispositions.inherited
            $0.signals.blocked = call.process.signals.blocked
        }
        var state = SpawnTask(
            origin: .call(call.key), child: child.identity, childID: child.id, parent: call.process.identity,
            path: request.path, arguments: request.arguments, environment: request.environment, mask: request.mask & 0o777,
            flags: request.flags, inherited: inherited)
        do throws(Errno) {
            state.opens = [
                try part(.image, from: start, request.path, .open(.image), child),
                try rootPart(child),
            ]
        } catch {
            processes.remove(child.identity)
            throw error
        }
        group_shares: for (index, description) in inherited.enumerated() {
            for part in state.shares.indices where state.shares[part].server == description.server {
                state.shares[part].handles.append(description.handle)
                state.shares[part].members.append(index)
                continue group_shares
            }
            state.shares.append(
                SpawnTask.SharePart(server: description.server, handles: [description.handle], members: [index]))
        }
        acquire(newTask(), &state)
        return .pending
    }

    /// Everything about the request that can be checked without asking anybody.
    private func check(_ request: Spawn) throws(Errno) {
        let known: SpawnFlags = [.setGroup, .newSession, .foreground, .controllingTerminal]
        guard request.flags.subtracting(known).isEmpty, !request.arguments.isEmpty, request.group.rawValue >= 0,
            !(request.flags.contains(.newSession) && request.flags.contains(.setGroup)),
            request.flags.contains(.newSession) || !request.flags.contains(.controllingTerminal)
        else { throw .invalidArgument }
        var size = 0
        for text in request.arguments + request.environment { size += text.bytes.count + 1 }
        guard size <= Limits.arguments else { throw .argumentListTooLong }
        // `startProgram` has to carry it all, too.
        size += 3 * (request.arguments.count + request.environment.count) + 32 * request.descriptors.count + request.path.count
        guard size <= Limits.payload - 1024 else { throw .argumentListTooLong }
        var last: Descriptor?
        for descriptor in request.descriptors {
            guard descriptor.descriptor.rawValue < UInt32(Limits.descriptors) else { throw .badFileDescriptor }
            if let last, descriptor.descriptor <= last { throw .invalidArgument }
            last = descriptor.descriptor
        }
        if request.flags.contains(.controllingTerminal), request.descriptors.first?.descriptor.rawValue != 0 {
            throw .inappropriateIOControl
        }
    }

    private mutating func inherit(
        _ description: SpawnDescriptor, _ number: Descriptor?, _ call: Call
    ) throws(Errno) -> SpawnTask.Inherited {
        let server = try server(at: description.connection, of: call.hart)
        var fileSystem: FileSystemID?
        if description.kind == .directory {
            harts.update(call.hart) { fileSystem = $0.directories.fileSystem(server, description.handle) }
        }
        return SpawnTask.Inherited(
            descriptor: number, server: server, handle: description.handle, kind: description.kind, access: description.access,
            flags: description.flags, fileSystem: fileSystem)
    }

    /// init: as `spawn`, but nobody is its parent, and what others inherit is opened for it.
    mutating func startInit() {
        guard let root = mounts.root else { return }
        boot.initState = .underWay
        do throws(Errno) {
            let child = try processes.add(
                Placement(parent: .resourceManager, credentials: CredentialsTable.root, group: nil, session: nil),
                id: .initial, started: now, command: [ByteString("init")])
            let start = DirectoryReference.known(root, .root)
            var state = SpawnTask(
                origin: .system, child: child.identity, childID: child.id, parent: .nobody, path: boot.initPath,
                arguments: [ByteString("init")],
                environment: [ByteString("PATH=/bin:/sbin"), ByteString("HOME=/home"), ByteString("TERM=xterm-256color")],
                mask: 0o022, flags: .newSession)
            state.opens = [
                try part(.image, from: start, boot.initPath, .open(.image), child),
                try rootPart(child),
                try part(.workingDirectory, from: start, [UInt8]("/"), .open(.directory), child),
            ]
            for number in 0..<UInt32(3) {
                state.opens.append(
                    try part(
                        .descriptor(Descriptor(rawValue: number)), from: start, [UInt8]("/dev/console"), .open(.console), child))
            }
            acquire(newTask(), &state)
        } catch {
            initFailed(error, [])
        }
    }

    private func part(
        _ role: SpawnTask.Role, from start: DirectoryReference, _ path: [UInt8], _ operation: FinalOperation, _ child: Process
    ) throws(Errno) -> SpawnTask.OpenPart {
        let walk = try PathWalk(
            from: start, flags: .followLast, path: path, credentials: credentials[child.credentials], process: child.identity,
            operation: operation, in: mounts)
        return SpawnTask.OpenPart(role: role, opening: Opening(walk, session: child.session, group: child.group))
    }

    /// Every process has a handle of the root directory, whatever it may do there itself.
    private func rootPart(_ child: Process) throws(Errno) -> SpawnTask.OpenPart {
        guard let root = mounts.root else { throw .ioError }
        let walk = try PathWalk(
            from: .known(root, .root), flags: .empty, path: [], credentials: .root, process: child.identity,
            operation: .open(.directory), in: mounts)
        return SpawnTask.OpenPart(role: .root, opening: Opening(walk, session: child.session, group: child.group))
    }

    /// An answer to one of the questions of a stage; the next stage begins when all are there.
    mutating func resume(_ task: TaskID, _ state: inout SpawnTask, _ part: UInt32, _ reply: Reply) -> Progress {
        switch state.stage {
        case .acquiring: acquired(task, &state, Int(part), reply)
        case .creatingHart: hartCreated(&state, reply)
        case .connecting: connected(&state, reply)
        case .takingTerminal: terminalTaken(&state, reply)
        case .movingToForeground: movedToForeground(&state, reply)
        case .starting: started(&state, reply)
        }
        guard state.missing == 0 else { return .waiting }
        return nextStage(task, &state)
    }

    /// All answers of a stage are there.
    func stageAfter(_ state: SpawnTask) -> SpawnTask.Stage? {
        let takesTerminal = state.flags.contains(.controllingTerminal)
        switch state.stage {
        case .acquiring: return .creatingHart
        case .creatingHart: return .connecting
        case .connecting:
            // A terminal that is taken has the child's group in its foreground from the start.
            return takesTerminal ? .takingTerminal : state.flags.contains(.foreground) ? .movingToForeground : .starting
        case .takingTerminal, .movingToForeground: return .starting
        case .starting: return nil
        }
    }

    private mutating func nextStage(_ task: TaskID, _ state: inout SpawnTask) -> Progress {
        while state.missing == 0 {
            if state.error == nil && state.stage == .acquiring { checkImage(&state) }
            guard isLiving(state.child) else { return finishEnded(state) }
            if let error = state.error { return finishFailed(state, error) }
            guard let stage = stageAfter(state) else { return finishStarted(state) }
            state.stage = stage
            do throws(Errno) {
                switch stage {
                case .acquiring: break
                case .creatingHart: orderHart(task, &state)
                case .connecting: try openConnections(task, &state)
                case .takingTerminal: try takeTerminal(task, &state)
                case .movingToForeground: try moveToForeground(task, &state)
                case .starting: try startProgram(task, &state)
                }
            } catch {
                state.fail(error)
            }
        }
        return .waiting
    }

    /// The child runs.
    private mutating func finishStarted(_ state: SpawnTask) -> Progress {
        processes.markRunning(state.child)
        // Those that init starts on the console, the login shell among them.
        if state.flags.contains(.controllingTerminal) { mark(state.path + " runs on the console") }
        switch state.origin {
        case .call(let key): reply(key, SpawnResult(process: state.childID))
        case .system: initStarted()
        }
        return .done
    }

    /// The child was killed before it ran: it is a process that ended, and the parent may wait for it.
    private mutating func finishEnded(_ state: SpawnTask) -> Progress {
        dropEverything(state)
        if case .call(let key) = state.origin { reply(key, SpawnResult(process: state.childID)) }
        return .done
    }

    /// There was never a child.
    private mutating func finishFailed(_ state: SpawnTask, _ error: Errno) -> Progress {
        dropEverything(state)
        undoTerminal(state)
        if let hart = processes[state.child]?.hart { endHart(hart) }
        processes.remove(state.child)
        answerWaits(of: state.parent)
        switch state.origin {
        case .call(let key): fail(key, error, reason: state.reason)
        case .system: initFailed(error, state.reason)
        }
        return .done
    }
}

extension OpenFile {
    /// A program's image.
    fileprivate static var image: OpenFile { OpenFile(access: .execute) }
    /// A directory to start paths at.
    fileprivate static var directory: OpenFile { OpenFile(access: .read, open: .directory) }
    /// init's standard descriptors.
    fileprivate static var console: OpenFile { OpenFile(access: [.read, .write]) }
}
