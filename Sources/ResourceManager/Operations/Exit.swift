import ABI
import Processes
import ServerKit
import VFS

// The end of a process. The bookkeeping is done at once: the end is recorded, children get a new parent, the old parent learns of
// it. The hart follows; only when it is gone do the servers release what the process held.

extension ResourceManager {
    /// The program ended by itself. Throws `badMessage` for a signal that there is not.
    mutating func exit(_ process: Process, _ exit: Exit) throws(Errno) {
        if exit.end.kind == .signaled && Signal(rawValue: exit.end.code) == nil { throw .badMessage }
        guard process.end == nil else { return }
        if !exit.reason.isEmpty {
            say(name(of: process) + "[" + [UInt8](decimal: Int(process.id.rawValue)) + "]: " + Array(exit.reason.prefix(1024)))
        }
        end(process, exit.end)
    }

    /// Nothing follows on this process's connection. That it has ended was said before, or it is a fault.
    mutating func lastHeard(_ process: Process) {
        if process.isServer {
            guard let hart = process.hart, let number = server(of: hart) else { return }
            stopServer(number, [UInt8]("it said that it is over"))
        } else {
            faultProcess(process.identity, [UInt8]("it fell silent without an exit status"))
        }
    }

    /// A signal ends a process. The hart is told to abandon the program, since one that waits can be ended sooner when it knows,
    /// and the monitor to end the hart, since one that computes does not listen.
    mutating func terminate(_ process: Process, _ signal: Signal) {
        if let hart = livingHart(of: process.identity) {
            request(hart.connection, .endProgram, Nothing(), for: .nothing)
        }
        end(process, ProcessEnd(kind: .signaled, code: signal.rawValue))
    }

    /// Records the end of a process and tells everybody whom it concerns.
    mutating func end(_ process: Process, _ end: ProcessEnd) {
        guard let current = processes[process.identity], current.end == nil else { return }
        let groups = groupsKept(by: current)
        processes.markEnded(process.identity, end)
        stopAlarm(of: process.identity)
        forgetWaits(of: process.identity)
        if let hart = current.hart { endHart(hart) }
        if process.id == .initial {
            return end == ProcessEnd(kind: .exited, code: 0) ? halt() : panic([UInt8]("init ended: ") + end.text)
        }
        giveChildrenAway(process.id)
        if process.leadsSession, processes.terminal(of: process.session) != nil {
            processes.setTerminal(of: process.session, nil)
            hangUp(process.session)
        }
        hangUpOrphans(groups)
        announce(process.identity)
    }

    /// Nobody is there to be answered.
    private mutating func forgetWaits(of process: ProcessIdentity) {
        for id in underWay(for: process) {
            switch tasks[id] {
            case .wait(let state):
                callers.forget(state.key)
                removeTask(id, state.key)
            case .waitSignal(let state):
                callers.forget(state.key)
                endSignalWait(id, state)
            default: continue
            }
        }
    }

    /// The groups that may be orphaned when a process ends: its own if its parent kept that, and those of children that it kept.
    private func groupsKept(by process: Process) -> [ProcessGroupID] {
        var groups: [ProcessGroupID] = []
        if processes.keepsGroup(process) { groups.append(process.group) }
        for child in processes.children(of: process.id) where processes.keepsGroup(child) && groups.last != child.group {
            groups.append(child.group)
        }
        return groups
    }

    /// POSIX, _Exit: a group that became orphaned and has a stopped member is hung up and goes on.
    private mutating func hangUpOrphans(_ groups: [ProcessGroupID]) {
        for group in groups where processes.isOrphaned(group) {
            let members = processes.members(of: group)
            guard members.contains(where: { $0.isStopped }) else { continue }
            for member in members {
                deliver(.hangUp, to: member)
                deliver(.continue, to: member)
            }
        }
    }

    /// The leader of a session ended: its terminal is nobody's.
    private mutating func hangUp(_ session: SessionID) {
        guard let terminal = hart(of: .terminal) else { return }
        request(terminal.connection, .foreground, Foreground(session: session, group: .none), for: .nothing)
    }

    /// Children whose parent ended get init as their parent; without an init, nobody.
    private mutating func giveChildrenAway(_ parent: ProcessID) {
        let adopter: ProcessID = isLiving(.initial) ? .initial : .resourceManager
        for child in processes.children(of: parent) {
            processes.setParent(child.identity, adopter)
            if child.end != nil {
                announce(child.identity)
            } else if let hart = livingHart(of: child.identity) {
                notify(hart, .parentChanged, ParentChanged(parent: adopter))
            }
        }
    }

    private func isLiving(_ id: ProcessID) -> Bool {
        guard let process = processes[id] else { return false }
        return process.end == nil
    }

    /// Tells the parent that a child ended. A child that nobody will wait for leaves the table.
    private mutating func announce(_ identity: ProcessIdentity) {
        guard let child = processes[identity] else { return }
        guard let parent = processes[child.parent], parent.end == nil, parent.id != .resourceManager else {
            return processes.remove(identity)
        }
        guard let end = child.end else { return }
        // POSIX, _Exit: a parent that ignores SIGCHLD, or does not wait, gets no zombies.
        if parent.dispositions.disposition(of: .child) == .ignore || parent.dispositions.childFlags.contains(.noChildWait) {
            processes.remove(identity)
        }
        _ = deliver(
            childSignal(child, end.kind == .exited ? SignalCode.exited : SignalCode.killed, UInt64(end.code)), to: parent.identity)
        answerWaits(of: parent.identity)
    }
}

extension ProcessEnd {
    /// For people.
    var text: [UInt8] {
        (kind == .exited ? [UInt8]("exit status ") : [UInt8]("signal ")) + [UInt8](decimal: Int(code))
    }
}
