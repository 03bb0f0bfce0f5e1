package import ABI
import ServerKit

/// All processes, by identity and by pid, with their groups and sessions.
///
/// A pid is not given out again while a process, a group or a session bears it; numbers rise until they wrap.
package struct ProcessTable: Sendable {
    /// What is known of a session beside its members.
    package struct Session: Sendable {
        /// Minor number of its controlling terminal.
        package var terminal: UInt32?
        fileprivate var members = 0
    }

    private struct Group: Sendable {
        var session: SessionID
        var members = 0
    }

    private var slots: SlotTable<Process>
    private var byID = OrderedMap<ProcessID, ProcessIdentity>()
    private var sessions = OrderedMap<SessionID, Session>()
    private var groups = OrderedMap<ProcessGroupID, Group>()
    private var last = ProcessID.initial

    package init(capacity: Int = Limits.processes) { slots = SlotTable(capacity: capacity) }

    /// How many processes there are, ended ones that nobody waited for included.
    package var count: Int { slots.count }
    /// All pids, ascending.
    package var ids: [ProcessID] { byID.keys }

    /// The process of that identity, or `nil`.
    package subscript(identity: ProcessIdentity) -> Process? {
        guard identity.node == 0 else { return nil }
        return slots[identity.index, identity.generation]
    }

    /// The process of that pid, or `nil`.
    package subscript(id: ProcessID) -> Process? {
        guard let identity = byID[id] else { return nil }
        return self[identity]
    }

    /// The process with the least pid greater than `id`, or `nil`.
    package func next(after id: ProcessID) -> Process? {
        guard let entry = byID.next(after: id) else { return nil }
        return self[entry.value]
    }

    /// Changes a process where it is; nothing happens if it is gone.
    package mutating func update(_ identity: ProcessIdentity, _ change: (inout Process) -> Void) {
        guard var process = self[identity] else { return }
        change(&process)
        slots[identity.index, identity.generation] = process
    }

    /// Takes a slot and a pid (`id` if given, which must be free). Throws `resourceTemporarilyUnavailable` when the table is full,
    /// `notPermitted` for a group that is not one of the session.
    package mutating func add(
        _ placement: Placement, id wanted: ProcessID? = nil, isServer: Bool = false, started: Nanoseconds, command: [ByteString]
    ) throws(Errno) -> Process {
        if let session = placement.session, let group = placement.group, groups[group]?.session != session {
            throw .notPermitted
        }
        if let wanted, isTaken(wanted) { throw .resourceBusy }
        let id = wanted ?? nextID()
        let blank = Process(
            id: id, identity: .nobody, placement: placement, isServer: isServer, started: started, command: [])
        guard let (index, generation) = slots.insert(blank) else { throw .resourceTemporarilyUnavailable }
        let process = Process(
            id: id, identity: ProcessIdentity(node: 0, index: index, generation: generation), placement: placement,
            isServer: isServer, started: started, command: command)
        slots[index, generation] = process
        byID[id] = process.identity
        if wanted == nil { last = id }
        join(process)
        return process
    }

    /// Takes a process out: waited for, or never started.
    package mutating func remove(_ identity: ProcessIdentity) {
        guard let process = self[identity] else { return }
        slots.remove(index: identity.index, generation: identity.generation)
        byID[process.id] = nil
        leave(process)
    }

    /// Its program runs.
    package mutating func markRunning(_ identity: ProcessIdentity) { update(identity) { $0.isRunning = true } }

    /// It is over; it stays in the table until it is removed.
    package mutating func markEnded(_ identity: ProcessIdentity, _ end: ProcessEnd) { update(identity) { $0.end = end } }

    /// Another process is its parent now.
    package mutating func setParent(_ identity: ProcessIdentity, _ parent: ProcessID) { update(identity) { $0.parent = parent } }

    /// Moves a process to a group of its session, which is made if its number is the process's own.
    package mutating func setGroup(_ identity: ProcessIdentity, _ group: ProcessGroupID) {
        guard var process = self[identity], process.group != group else { return }
        let before = process
        process.group = group
        slots[identity.index, identity.generation] = process
        // In this order, so that the session is never without members and keeps its terminal.
        join(process)
        leave(before)
    }

    /// The children of a process, ascending by pid, ended ones included.
    package func children(of parent: ProcessID) -> [Process] { all.filter { $0.parent == parent && !$0.isServer } }

    /// The members of a group, ascending by pid.
    package func members(of group: ProcessGroupID) -> [Process] {
        group == .none ? [] : all.filter { $0.group == group }
    }

    /// All processes, ascending by pid.
    package var all: [Process] {
        var result: [Process] = []
        result.reserveCapacity(count)
        for identity in byID.values {
            if let process = self[identity] { result.append(process) }
        }
        return result
    }

    /// The session of a group, or `nil` if there is no such group.
    package func session(of group: ProcessGroupID) -> SessionID? { groups[group]?.session }

    /// Minor number of a session's controlling terminal, or `nil`.
    package func terminal(of session: SessionID) -> UInt32? { sessions[session]?.terminal }

    /// Gives a session its controlling terminal; another session that had it has none from now on.
    package mutating func setTerminal(of session: SessionID, _ minor: UInt32?) {
        if let minor {
            for other in sessions.keys where sessions[other]?.terminal == minor { sessions.update(other) { $0.terminal = nil } }
        }
        sessions.update(session) { $0.terminal = minor }
    }

    private func isTaken(_ id: ProcessID) -> Bool {
        byID[id] != nil || groups[ProcessGroupID(rawValue: id.rawValue)] != nil
            || sessions[SessionID(rawValue: id.rawValue)] != nil
    }

    /// The next free pid. There are far more numbers than processes, so one is found.
    private func nextID() -> ProcessID {
        var candidate = last
        repeat {
            candidate = ProcessID(rawValue: candidate.rawValue == .max ? 2 : candidate.rawValue + 1)
        } while isTaken(candidate)
        return candidate
    }

    private mutating func join(_ process: Process) {
        guard !process.isServer else { return }
        if sessions[process.session] == nil { sessions[process.session] = Session() }
        sessions.update(process.session) { $0.members += 1 }
        if groups[process.group] == nil { groups[process.group] = Group(session: process.session) }
        groups.update(process.group) { $0.members += 1 }
    }

    private mutating func leave(_ process: Process) {
        guard !process.isServer else { return }
        groups.update(process.group) { $0.members -= 1 }
        if groups[process.group]?.members == 0 { groups[process.group] = nil }
        sessions.update(process.session) { $0.members -= 1 }
        if sessions[process.session]?.members == 0 { sessions[process.session] = nil }
    }

    /// Appends the table; groups and sessions follow from the processes, but for the terminals.
    package func encode(into writer: inout Writer) {
        slots.encode(into: &writer) { process, writer in writer.value(process) }
        writer.value(last)
        writer.u32(UInt32(sessions.count))
        for session in sessions.keys {
            writer.value(session)
            writer.bool(sessions[session]?.terminal != nil)
            if let terminal = sessions[session]?.terminal { writer.u32(terminal) }
        }
    }

    /// Reads a table that `encode` wrote.
    package init(capacity: Int = Limits.processes, decoding reader: inout Reader) throws(Errno) {
        slots = try SlotTable(capacity: capacity, decoding: &reader) { reader throws(Errno) in try reader.value(Process.self) }
        last = try reader.value(ProcessID.self)
        for number in slots.numbers {
            guard let process = slots[number.index, number.generation],
                process.identity == ProcessIdentity(node: 0, index: number.index, generation: number.generation),
                byID[process.id] == nil
            else { throw .badMessage }
            byID[process.id] = process.identity
            join(process)
        }
        for _ in 0..<(try reader.u32()) {
            let session = try reader.value(SessionID.self)
            guard sessions[session] != nil else { throw .badMessage }
            if try reader.bool() { setTerminal(of: session, try reader.u32()) }
        }
    }

    /// Whether counts and indices agree with the processes; for tests.
    package var isConsistent: Bool {
        var inGroups = 0
        var inSessions = 0
        for group in groups.values { inGroups += group.members }
        for session in sessions.values { inSessions += session.members }
        let members = all.count { !$0.isServer }
        return byID.count == slots.count && all.count == slots.count && inGroups == members && inSessions == members
            && all.allSatisfy { $0.isServer || groups[$0.group]?.session == $0.session }
    }
}
