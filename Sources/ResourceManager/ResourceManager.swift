package import ABI
package import Processes
package import ServerKit
package import VFS

/// The resource manager, pid 0: processes, signals, mounts, paths, drivers.
///
/// A pure state machine. Its connection 0 is the monitor; every other connection is the control channel of a hart and bears the
/// hart's number. An operation that cannot be answered at once becomes a `Task`, which is resumed by each answer that it waits
/// for. An answer that will never come, since its hart is gone, is a failed one (`ioError`), so every task ends and every request
/// gets its reply.
package struct ResourceManager: Reactor {
    enum Phase: UInt8 {
        case created = 0
        case running = 1
        /// Something without which there is no system is missing. Nothing is done any more.
        /// It gave up, or the system is down: nothing is served.
        case panicked = 2
    }

    var phase = Phase.created
    var now = Nanoseconds.zero
    /// Only while an input is handled.
    var effects = Effects()
    var generator = RandomGenerator(seed: [])
    var boot = Boot()
    /// How the system came up: the first `Limits.bootSteps` steps.
    var bootSteps: [BootStep] = []
    /// When the first of those that ask for counters is answered in any case; `never`: nobody does.
    var statusDeadline = Nanoseconds.never
    /// What is to be done for processes, and when.
    var timers = OrderedSet<TimerEntry>()
    var alarms = HashTable<ProcessIdentity, Alarm>()
    /// Deadline that the port was told last.
    var timerDeadline = Nanoseconds.never

    package internal(set) var processes = ProcessTable()
    var credentials = CredentialsTable()
    package internal(set) var mounts = MountTable()
    var servers: [ServerRecord] = []

    var harts = HashTable<HartID, Hart>()
    var lastHart: UInt32 = 0
    /// Who speaks on which control channel, and what is unanswered there.
    var callers = Links()

    var tasks = HashTable<TaskID, Task>()
    var lastTask: UInt64 = 0
    /// Requests to the monitor that resmgr waits for; those to a hart are with the hart.
    var monitorRequests = HashTable<RequestID, Outgoing>()
    var lastRequest: UInt32 = 0
    /// Answers to be handed to their tasks; empty between two inputs.
    var completions: [Completion] = []
    /// The last driver that was missed is back or given up; only while an input is handled.
    var mayServePostponed = false

    package init() {}

    /// Unanswered requests of processes and servers.
    package var pendingCount: Int { callers.pendingCount }
    /// Operations under way, those that no process asked for included.
    package var taskCount: Int { tasks.count }
    /// Harts that were ordered and are not gone.
    package var hartCount: Int { harts.count }
    /// Connections between processes and servers.
    package var channelCount: Int { harts.values.reduce(0) { $0 + $1.channels.count } }
    /// Requests that resmgr waits for.
    package var outgoingCount: Int { outgoing.count }

    package mutating func handle(_ input: Input, now: Nanoseconds, into effects: inout Effects) {
        guard phase != .panicked else { return }
        self.now = max(self.now, now)
        // The effects are owned here while the input is handled, so that no copy is made.
        self.effects = effects
        effects = Effects()
        switch input {
        case .start(let start):
            if phase == .created { self.start(start) }
        case .message(let connection, let bytes):
            receive(connection, bytes)
        case .timer:
            // The port's deadline is spent.
            timerDeadline = .never
            checkRegistrations()
            checkStatusDeadline()
            fireTimers()
        case .device, .connected, .disconnected:
            // resmgr has no devices, and opens its own ends itself.
            break
        }
        settle()
        effects = self.effects
        self.effects = Effects()
    }

    /// Resumes tasks until none has an answer left, then sets the timer.
    private mutating func settle() {
        repeat {
            var next = 0
            while next < completions.count && phase == .running {
                let completion = completions[next]
                next += 1
                complete(completion)
            }
            completions = []
            if phase == .running {
                advanceBoot()
                servePostponed()
            }
        } while !completions.isEmpty && phase == .running
        guard phase == .running else { return }
        var deadline = statusDeadline
        for server in servers { deadline = min(deadline, server.deadline) }
        if let first = timers.first { deadline = min(deadline, first.deadline) }
        if deadline != timerDeadline {
            timerDeadline = deadline
            effects.append(.setTimer(deadline))
        }
    }

    /// resmgr cannot go on.
    mutating func panic(_ text: [UInt8]) {
        guard phase == .running else { return }
        send(.resourceManager, Message.notice(.panic, RawBytes(text)))
        phase = .panicked
        completions = []
    }

    /// init has ended well: the system is down.
    mutating func halt() {
        guard phase == .running else { return }
        send(.resourceManager, Message.notice(.halted, Nothing()))
        phase = .panicked
        completions = []
    }

    /// A line for the console and the page's log.
    mutating func say(_ text: [UInt8]) {
        send(.resourceManager, Message.notice(.consoleMessage, RawBytes(text)))
    }

    mutating func send(_ connection: ConnectionID, _ message: [UInt8]) {
        callers.countSent(message)
        effects.append(.send(connection, message))
    }
}

extension ResourceManager {
    /// Whether the tables agree with each other between two inputs; for tests.
    package var isConsistent: Bool {
        guard processes.isConsistent, completions.isEmpty, callers.connectionCount == harts.count else { return false }
        for process in alarms.keys where processes[process] == nil { return false }
        for hart in harts.values {
            if hart.state == .ending && !hart.requests.isEmpty { return false }
            for server in hart.channels.keys where !harts.contains(server) { return false }
            for id in hart.tasks where tasks[id]?.key.flatMap({ harts[$0.connection.hart]?.process }) != hart.process { return false }
        }
        var connections = 0
        for hart in harts.values { connections += hart.connectionCount }
        guard connections == channelCount else { return false }
        for task in tasks.keys {
            // What a task answers is unanswered, or its asker is gone.
            guard let key = tasks[task]?.key, let hart = harts[key.connection.hart] else { continue }
            guard callers.isPending(key) || callers.process(of: key.connection) == nil, hart.tasks.contains(task) else { return false }
        }
        for (_, entry) in outgoing {
            if case .task(let task, _) = entry.purpose, !tasks.contains(task), phase == .running { return false }
        }
        // Every accepted request is some task's.
        return phase != .running || callers.pendingCount <= tasks.count
    }
}
