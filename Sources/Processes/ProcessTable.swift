package import ABI
import ServerKit

/// All processes, by identity and by pid, with their groups and sessions.
///
/// A pid is not given out again while a process, a group or a session bears it; numbers rise until they wrap.
///
/// What is asked of a process, of its children or of a group takes no look at others: the table keeps who belongs together.
package struct ProcessTable: Sendable {
    /// What is known of a session beside its members.
    package struct Session: Sendable {
        /// Minor number of its controlling terminal.
        package var terminal: UInt32?
        fileprivate var members = 0
    }

    private struct Group: Sendable {
        var session: SessionID
        var members = OrderedSet<ProcessID>()
    }

    /// The children of a process, drivers not counted.
    private struct Family: Sendable {
        var children = OrderedSet<ProcessID>()
        /// Those of them that ended.
        var ended = OrderedSet<ProcessID>()
        /// Those of them that stopped or went on, which their parent was not told yet.
        var changed = OrderedSet<ProcessID>()
    }

    private var slots: SlotTable<Process>
    /// By slot: the arguments of its process, cut at `Process.commandLimit`.
    private var commands: [[ByteString]] = []
    private var byID = HashTable<ProcessID, ProcessIdentity>()
    /// All pids, for those who ask in their order.
    private var order = OrderedSet<ProcessID>()
    private var sessions = HashTable<SessionID, Session>()
    /// The session whose controlling terminal has that minor number.
    private var terminals = OrderedMap<UInt32, SessionID>()
    private var groups = HashTable<ProcessGroupID, Group>()
    /// By the parent's pid; a process without children has none.
    private var families = HashTable<ProcessID, Family>()
    /// What waits for a process; a process for which nothing waits has none.
    var signalQueues = HashTable<ProcessIdentity, [SignalInfo]>()
    private var last = ProcessID.initial

    package init(capacity: Int = Limits.processes) { slots = SlotTable(capacity: capacity) }

    /// How many processes there are, ended ones that nobody waited for included.
    package var count: Int { slots.count }
    /// All pids, ascending.
    package var ids: [ProcessID] { order.elements }

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
        guard let next = order.next(after: id) else { return nil }
        return self[next]
    }

    /// The arguments of a process, cut at `Process.commandLimit`; none if it is gone.
    package func command(of identity: ProcessIdentity) -> [ByteString] {
        self[identity] == nil ? [] : commands[Int(identity.index)]
    }

    private mutating func setCommand(_ command: [ByteString], of process: Process) {
        let index = Int(process.identity.index)
        while commands.count <= index { commands.append([]) }
        commands[index] = command
    }

    /// Changes a process where it is; nothing happens if it is gone.
    package mutating func update(_ identity: ProcessIdentity, _ change: (inout Process) -> Void) {
        guard identity.node == 0 else { return }
        slots.update(index: identity.index, generation: identity.generation, change)
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
            id: id, identity: .nobody, placement: placement, isServer: isServer, started: started)
        guard let (index, generation) = slots.insert(blank) else { throw .resourceTemporarilyUnavailable }
        let process = Process(
            id: id, identity: ProcessIdentity(node: 0, index: index, generation: generation), placement: placement,
            isServer: isServer, started: started)
        slots[index, generation] = process
        setCommand(Process.cut(command), of: process)
        if wanted == nil { last = id }
        enter(process)
        return process
    }

    /// Takes a process out: waited for, or never started.
    package mutating func remove(_ identity: ProcessIdentity) {
        guard identity.node == 0, let process = slots.remove(index: identity.index, generation: identity.generation) else { return }
        setCommand([], of: process)
        signalQueues.remove(identity)
        byID.remove(process.id)
        order.remove(process.id)
        leave(process)
        leaveFamily(process)
    }

    /// Its program runs.
    package mutating func markRunning(_ identity: ProcessIdentity) { update(identity) { $0.isRunning = true } }

    /// It is over; it stays in the table until it is removed.
    package mutating func markEnded(_ identity: ProcessIdentity, _ end: ProcessEnd) {
        guard let process = self[identity] else { return }
        discardSignals(identity, .max)
        update(identity) {
            $0.end = end
            $0.isStopped = false
            $0.change = nil
        }
        families.update(process.parent) { family in
            guard family.children.contains(process.id) else { return }
            family.changed.remove(process.id)
            family.ended.insert(process.id)
        }
    }

    /// A signal stopped it or let it go on: its parent may wait for that.
    package mutating func setStopped(_ identity: ProcessIdentity, _ isStopped: Bool, _ change: ChildChange) {
        guard let process = self[identity], process.end == nil else { return }
        update(identity) {
            $0.isStopped = isStopped
            $0.change = change
        }
        families.update(process.parent) { if $0.children.contains(process.id) { $0.changed.insert(process.id) } }
    }

    /// Its parent was told that it stopped or went on.
    package mutating func forgetChange(_ identity: ProcessIdentity) {
        guard let process = self[identity] else { return }
        update(identity) { $0.change = nil }
        families.update(process.parent) { $0.changed.remove(process.id) }
    }

    /// Another process is its parent now.
    package mutating func setParent(_ identity: ProcessIdentity, _ parent: ProcessID) {
        guard var process = self[identity] else { return }
        leaveFamily(process)
        process.parent = parent
        update(identity) { $0.parent = parent }
        joinFamily(process)
    }

    /// Moves a process to a group of its session, which is made if its number is the process's own.
    package mutating func setGroup(_ identity: ProcessIdentity, _ group: ProcessGroupID) {
        guard var process = self[identity], process.group != group else { return }
        let before = process
        process.group = group
        update(identity) { $0.group = group }
        // In this order, so that the session is never without members and keeps its terminal.
        join(process)
        leave(before)
    }

    /// Moves a process to a session and a group of its own; it must not lead a group.
    package mutating func setSession(_ identity: ProcessIdentity) {
        guard let before = self[identity] else { return }
        var process = before
        process.session = SessionID(rawValue: process.id.rawValue)
        process.group = ProcessGroupID(rawValue: process.id.rawValue)
        update(identity) {
            $0.session = process.session
            $0.group = process.group
        }
        join(process)
        leave(before)
    }

    /// Whether nobody of a group's session could continue it (POSIX, XBD Orphaned Process Group): the parent of each living member is
    /// itself in the group, or of another session. A group that there is not is orphaned.
    package func isOrphaned(_ group: ProcessGroupID) -> Bool {
        !(groups.look(group) { $0.members.elements } ?? []).contains { id in self[id].map { keepsGroup($0) } ?? false }
    }

    /// Whether a process's parent keeps its group from being orphaned.
    package func keepsGroup(_ process: Process) -> Bool {
        guard process.end == nil, let parent = self[process.parent], parent.end == nil else { return false }
        return parent.session == process.session && parent.group != process.group
    }

    /// The children of a process, ascending by pid, ended ones included.
    package func children(of parent: ProcessID) -> [Process] {
        (families.look(parent) { $0.children.elements } ?? []).compactMap { self[$0] }
    }

    /// Whether a process has a child, ended or not, that a wait is for.
    package func hasChild(of parent: ProcessID, _ target: WaitTarget) -> Bool {
        switch target {
        case .any: return families.contains(parent)
        case .process(let id): return self[id].map { $0.parent == parent && !$0.isServer } ?? false
        case .group(let group):
            // A family and a group may each be large; as a rule the first look is enough.
            let family = families.look(parent) { $0.children.elements } ?? []
            let members = groups.look(group) { $0.members.elements } ?? []
            if family.count < members.count { return family.contains { self[$0]?.group == group } }
            return members.contains { self[$0]?.parent == parent }
        }
    }

    /// The ended child with the least pid that a wait is for, or `nil`.
    package func endedChild(of parent: ProcessID, _ target: WaitTarget) -> Process? {
        child(of: parent, target, in: families.look(parent) { $0.ended.elements } ?? []) { $0.end != nil }
    }

    /// The child with the least pid that a wait is for and that stopped or went on, as the flags ask for it; or `nil`.
    package func changedChild(of parent: ProcessID, _ target: WaitTarget, _ flags: WaitFlags) -> Process? {
        child(of: parent, target, in: families.look(parent) { $0.changed.elements } ?? []) { child in
            switch child.change?.kind {
            case .stopped: return flags.contains(.stopped)
            case .continued: return flags.contains(.continued)
            default: return false
            }
        }
    }

    private func child(
        of parent: ProcessID, _ target: WaitTarget, in some: [ProcessID], where isWanted: (Process) -> Bool
    ) -> Process? {
        if case .process(let id) = target {
            guard let child = self[id], child.parent == parent, !child.isServer, isWanted(child) else { return nil }
            return child
        }
        for id in some {
            if let child = self[id], target.includes(child), isWanted(child) { return child }
        }
        return nil
    }

    /// The members of a group, ascending by pid.
    package func members(of group: ProcessGroupID) -> [Process] {
        (groups.look(group) { $0.members.elements } ?? []).compactMap { self[$0] }
    }

    /// All processes, ascending by pid.
    package var all: [Process] {
        var result: [Process] = []
        result.reserveCapacity(count)
        for id in order.elements {
            if let process = self[id] { result.append(process) }
        }
        return result
    }

    /// The session of a group, or `nil` if there is no such group.
    package func session(of group: ProcessGroupID) -> SessionID? { groups.look(group) { $0.session } }

    /// Minor number of a session's controlling terminal, or `nil`.
    package func terminal(of session: SessionID) -> UInt32? { sessions[session]?.terminal }

    /// Gives a session its controlling terminal; another session that had it has none from now on.
    package mutating func setTerminal(of session: SessionID, _ minor: UInt32?) {
        guard let before = sessions[session] else { return }
        if let terminal = before.terminal { terminals[terminal] = nil }
        if let minor {
            if let other = terminals[minor] { sessions.update(other) { $0.terminal = nil } }
            terminals[minor] = session
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

    /// Makes a process that has its slot known to all that look for it.
    private mutating func enter(_ process: Process) {
        byID[process.id] = process.identity
        order.insert(process.id)
        join(process)
        joinFamily(process)
    }

    private mutating func join(_ process: Process) {
        guard !process.isServer else { return }
        if !sessions.contains(process.session) { sessions[process.session] = Session() }
        sessions.update(process.session) { $0.members += 1 }
        if !groups.contains(process.group) { groups[process.group] = Group(session: process.session) }
        groups.update(process.group) { $0.members.insert(process.id) }
    }

    private mutating func leave(_ process: Process) {
        guard !process.isServer else { return }
        let isEmpty = groups.update(process.group) { group in
            group.members.remove(process.id)
            return group.members.isEmpty
        }
        if isEmpty == true { groups.remove(process.group) }
        let isOver = sessions.update(process.session) { session in
            session.members -= 1
            return session.members == 0
        }
        guard isOver == true, let session = sessions.remove(process.session) else { return }
        if let terminal = session.terminal { terminals[terminal] = nil }
    }

    private mutating func joinFamily(_ process: Process) {
        guard !process.isServer else { return }
        if !families.contains(process.parent) { families[process.parent] = Family() }
        families.update(process.parent) { family in
            family.children.insert(process.id)
            if process.end != nil { family.ended.insert(process.id) }
            if process.change != nil { family.changed.insert(process.id) }
        }
    }

    private mutating func leaveFamily(_ process: Process) {
        guard !process.isServer else { return }
        let isEmpty = families.update(process.parent) { family in
            family.children.remove(process.id)
            family.ended.remove(process.id)
            family.changed.remove(process.id)
            return family.children.isEmpty
        }
        if isEmpty == true { families.remove(process.parent) }
    }

    /// Appends the table; groups and sessions follow from the processes, but for the terminals.
    package func encode(into writer: inout Writer) {
        slots.encode(into: &writer) { process, writer in process.encode(command(of: process.identity), into: &writer) }
        writer.value(last)
        writer.u32(UInt32(sessions.count))
        for session in sessions.keys {
            writer.value(session)
            writer.bool(sessions[session]?.terminal != nil)
            if let terminal = sessions[session]?.terminal { writer.u32(terminal) }
        }
        writer.u32(UInt32(signalQueues.count))
        for identity in signalQueues.keys {
            writer.value(identity)
            writer.list(signalQueues[identity] ?? [])
        }
    }

    /// Reads a table that `encode` wrote.
    package init(capacity: Int = Limits.processes, decoding reader: inout Reader) throws(Errno) {
        var read: [(process: Process, command: [ByteString])] = []
        slots = try SlotTable(capacity: capacity, decoding: &reader) { reader throws(Errno) in
            var command: [ByteString] = []
            let process = try Process(from: &reader, command: &command)
            read.append((process, command))
            return process
        }
        last = try reader.value(ProcessID.self)
        for (number, read) in zip(slots.numbers, read) {
            guard let process = slots[number.index, number.generation],
                process.identity == ProcessIdentity(node: 0, index: number.index, generation: number.generation),
                byID[process.id] == nil
            else { throw .badMessage }
            setCommand(read.command, of: process)
            enter(process)
        }
        for _ in 0..<(try reader.u32()) {
            let session = try reader.value(SessionID.self)
            guard sessions[session] != nil else { throw .badMessage }
            if try reader.bool() { setTerminal(of: session, try reader.u32()) }
        }
        for _ in 0..<(try reader.u32()) {
            let identity = try reader.value(ProcessIdentity.self)
            guard self[identity]?.end == nil, self[identity] != nil else { throw .badMessage }
            for info in try reader.list(SignalInfo.self, limit: Limits.queuedSignals + 64) {
                guard addSignal(identity, info) else { throw .badMessage }
            }
        }
    }

    /// Whether counts and indices agree with the processes; for tests.
    package var isConsistent: Bool {
        let everybody = all
        let members = everybody.filter { !$0.isServer }
        var inGroups = 0
        var inSessions = 0
        var inFamilies = 0
        var ended = 0
        var changed = 0
        for group in groups.values { inGroups += group.members.count }
        for session in sessions.values { inSessions += session.members }
        for family in families.values {
            inFamilies += family.children.count
            ended += family.ended.count
            changed += family.changed.count
        }
        guard byID.count == slots.count, everybody.count == slots.count, inGroups == members.count, inSessions == members.count,
            inFamilies == members.count, ended == members.count(where: { $0.end != nil }),
            changed == members.count(where: { $0.change != nil }), areSignalsConsistent
        else { return false }
        for minor in terminals.keys {
            guard let session = terminals[minor], sessions[session]?.terminal == minor else { return false }
        }
        return members.allSatisfy { process in
            guard let group = groups[process.group], let family = families[process.parent] else { return false }
            return group.session == process.session && group.members.contains(process.id) && family.children.contains(process.id)
                && family.ended.contains(process.id) == (process.end != nil)
        } && sessions.values.count { $0.terminal != nil } == terminals.count
    }
}
