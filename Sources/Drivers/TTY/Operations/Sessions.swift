import ABI
import ServerKit

extension TerminalDriver {
    /// `inappropriateIOControl` unless it is the controlling terminal of the asker's session. C: tcgetpgrp(3).
    func getForegroundGroup(_ request: Request) throws(Errno) -> Answer {
        let body = try request.decode(OneHandle.self)
        let description = try connected(body.handle, request)
        // The master has no session to be compared with: it is told whom its keys signal.
        if description.isMaster { return .body(ForegroundGroup(group: terminals[description.terminal].foreground)) }
        return .body(ForegroundGroup(group: terminals[try ownTerminal(body.handle, request)].foreground))
    }

    /// `inappropriateIOControl` unless it is the controlling terminal of the asker's session, or the master of one of a session. C:
    /// tcgetsid(3).
    func getTerminalSession(_ request: Request) throws(Errno) -> Answer {
        let body = try request.decode(OneHandle.self)
        let description = try connected(body.handle, request)
        let index = description.isMaster ? description.terminal : try ownTerminal(body.handle, request)
        guard terminals[index].session != .none else { throw .inappropriateIOControl }
        return .body(TerminalSession(session: terminals[index].session))
    }

    /// `inappropriateIOControl` unless it is the controlling terminal of the asker's session, `invalidArgument` for a group that cannot
    /// be. Whether the group is of the session is resmgr's to know. C: tcsetpgrp(3).
    mutating func setForegroundGroup(_ request: Request, _ context: inout Context) throws(Errno) -> Answer {
        let body = try request.decode(SetForegroundGroup.self)
        let index = try ownTerminal(body.handle, request)
        guard body.group > .none else { throw .invalidArgument }
        terminals[index].foreground = body.group
        tellRecord(&context)
        return .done
    }

    /// The terminal behind a handle, which must be the controlling terminal of the asker's session.
    private func ownTerminal(_ handle: Handle, _ request: Request) throws(Errno) -> Int {
        let index = try connected(handle, request).terminal
        let session = terminals[index].session
        guard session != .none, session == request.stamp.session else { throw .inappropriateIOControl }
        return index
    }

    /// resmgr sets the foreground group of a session's terminal, or says by group 0 that its leader ended: the group is hung up and the
    /// terminal is nobody's. Answers the group before. `inappropriateIOControl` if no terminal is that session's.
    mutating func foreground(_ request: Request, _ context: inout Context) throws(Errno) -> Answer {
        guard request.isFromResourceManager else { throw .notPermitted }
        let body = try request.decode(Foreground.self)
        guard body.group >= .none else { throw .invalidArgument }
        guard body.session != .none, let index = terminals.firstIndex(where: { $0.session == body.session }) else {
            throw .inappropriateIOControl
        }
        let before = terminals[index].foreground
        var actions: [Terminal.Action] = []
        if body.group == .none {
            terminals[index].signal(.hangUp, into: &actions)
            terminals[index].session = .none
        }
        terminals[index].foreground = body.group
        settle(index, actions + [.recorded], &context)
        reuse(index)
        return .body(ForegroundGroup(group: before))
    }

    /// resmgr makes a terminal the controlling terminal of a session, which has no other from then on; a session that had it loses it.
    /// `badFileDescriptor` unless the handle is the process's, `invalidArgument` for a session or group that cannot be.
    mutating func setControllingTerminal(_ request: Request, _ context: inout Context) throws(Errno) -> Answer {
        guard request.isFromResourceManager else { throw .notPermitted }
        let body = try request.decode(SetControllingTerminal.self)
        let number = try handles.object(body.handle, of: body.process)
        guard let description = descriptions[number.index, number.generation] else { throw .badFileDescriptor }
        guard body.session > .none, body.group > .none else { throw .invalidArgument }
        if isHungUp(description) { throw .ioError }
        if description.isMaster { throw .inappropriateIOControl }
        for index in terminals.indices where terminals[index].session == body.session && index != description.terminal {
            terminals[index].session = .none
            terminals[index].foreground = .none
            reuse(index)
        }
        terminals[description.terminal].session = body.session
        terminals[description.terminal].foreground = body.group
        tellRecord(&context)
        return .body(SessionTerminal(minor: terminals[description.terminal].minor))
    }

    /// A signal to a group has reached whom it meant: those whom it ended read no more, and others may read again.
    mutating func groupSignaled(_ request: Request, _ context: inout Context) throws(Errno) -> Answer {
        guard request.isFromResourceManager else { throw .notPermitted }
        let body = try request.decode(GroupSignaled.self)
        for process in body.ended where context.isConnected(process) && !ended.contains(process) { ended.append(process) }
        var isConfirmed = false
        for index in terminals.indices {
            var actions: [Terminal.Action] = []
            for process in body.ended { terminals[index].interruptReads(of: process, into: &actions) }
            if !isConfirmed { isConfirmed = terminals[index].confirmSignal(to: body.group) }
            settle(index, actions, &context)
        }
        return .done
    }
}
