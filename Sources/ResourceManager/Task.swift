import ABI
import Processes
import ServerKit

/// An operation under way, with what it waits for.
enum Task {
    case wait(WaitTask)
    case waitSignal(WaitSignalTask)
    case path(PathTask)
    case twoPaths(TwoPathsTask)
    case location(LocationTask)
    case mount(MountTask)
    case unmount(UnmountTask)
    case spawn(SpawnTask)
    case connect(ConnectTask)
    case setGroup(SetGroupTask)
    case restore(RestoreTask)
    case postponed(PostponedTask)
    case systemStatus(SystemStatusTask)
}

/// Whether a task goes on after an answer.
enum Progress {
    case waiting
    case done
}

/// Who is told how a task ended.
enum Origin: Equatable {
    case call(RequestKey)
    /// The start of the system, or its repair.
    case system

    var key: RequestKey? {
        if case .call(let key) = self { return key }
        return nil
    }
}

extension ResourceManager {
    mutating func newTask() -> TaskID {
        lastTask += 1
        return TaskID(rawValue: lastTask)
    }

    /// An operation is under way. The hart of its asker knows which are.
    mutating func addTask(_ id: TaskID, _ task: Task) {
        if let key = task.key { harts.update(key.connection.hart) { $0.tasks.append(id) } }
        tasks[id] = task
    }

    /// An operation is over; `key` is the request that it answered.
    mutating func removeTask(_ id: TaskID, _ key: RequestKey?) {
        tasks.remove(id)
        if let key { harts.update(key.connection.hart) { hart in hart.tasks.removeAll { $0 == id } } }
    }

    /// The operations under way that a process asked for, in the order in which it asked.
    func underWay(for process: ProcessIdentity) -> [TaskID] {
        guard let hart = processes[process]?.hart else { return [] }
        return harts.look(hart) { $0.tasks } ?? []
    }

    /// Hands an answer to its task.
    mutating func complete(_ completion: Completion) {
        let id = completion.task
        // Out of the table while it goes on, so that nothing in it is copied for being changed.
        guard let task = tasks.remove(id) else { return }
        let key = task.key
        if let task = resumed(id, task, completion.part, completion.reply) {
            tasks[id] = task
        } else {
            removeTask(id, key)
        }
    }

    /// A task after an answer; `nil` if it is done.
    private mutating func resumed(_ id: TaskID, _ task: consuming Task, _ part: UInt32, _ reply: Reply) -> Task? {
        switch consume task {
        case .wait(let state): return .wait(state)
        case .waitSignal(let state): return .waitSignal(state)
        case .postponed(let state): return .postponed(state)
        case .path(var state): return resume(id, &state, reply) == .done ? nil : .path(state)
        case .twoPaths(var state): return resume(id, &state, reply) == .done ? nil : .twoPaths(state)
        case .location(var state): return resume(id, &state, reply) == .done ? nil : .location(state)
        case .mount(var state): return resume(id, &state, reply) == .done ? nil : .mount(state)
        case .unmount(var state): return resume(id, &state, reply) == .done ? nil : .unmount(state)
        case .spawn(var state): return resume(id, &state, part, reply) == .done ? nil : .spawn(state)
        case .connect(let state): return resume(state, reply) == .done ? nil : .connect(state)
        case .setGroup(let state): return resume(state, reply) == .done ? nil : .setGroup(state)
        case .restore(var state): return resume(id, &state, reply) == .done ? nil : .restore(state)
        case .systemStatus(var state): return resume(id, &state, part) == .done ? nil : .systemStatus(state)
        }
    }

    /// A process wants its request answered now. What only takes other servers' time is passed on to them; the rest ends soon.
    mutating func cancelTask(of key: RequestKey) {
        guard callers.isPending(key) else { return }
        for id in harts.look(key.connection.hart, { $0.tasks }) ?? [] {
            guard let task = tasks[id], task.key == key else { continue }
            switch task {
            case .waitSignal(let state):
                endSignalWait(id, state)
                fail(key, .interrupted)
            case .wait, .postponed, .systemStatus:
                removeTask(id, key)
                fail(key, .interrupted)
            default:
                cancelRequests(of: id)
            }
            return
        }
    }
}

extension Task {
    /// The request that it answers.
    var key: RequestKey? {
        switch self {
        case .wait(let state): return state.key
        case .waitSignal(let state): return state.key
        case .path(let state): return state.key
        case .twoPaths(let state): return state.key
        case .location(let state): return state.key
        case .mount(let state): return state.origin.key
        case .unmount(let state): return state.key
        case .spawn(let state): return state.origin.key
        case .connect(let state): return state.key
        case .setGroup(let state): return state.key
        case .restore: return nil
        case .postponed(let state): return state.key
        case .systemStatus(let state): return state.key
        }
    }
}
