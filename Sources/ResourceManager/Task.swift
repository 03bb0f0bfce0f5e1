import ABI
import ServerKit

/// An operation under way, with what it waits for.
enum Task {
    case wait(WaitTask)
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

    /// Hands an answer to its task.
    mutating func complete(_ completion: Completion) {
        guard let task = tasks[completion.task] else { return }
        let id = completion.task
        let part = completion.part
        let reply = completion.reply
        switch task {
        case .wait, .postponed:
            break
        case .path(var state): settle(id, resume(id, &state, reply), .path(state))
        case .twoPaths(var state): settle(id, resume(id, &state, reply), .twoPaths(state))
        case .location(var state): settle(id, resume(id, &state, reply), .location(state))
        case .mount(var state): settle(id, resume(id, &state, reply), .mount(state))
        case .unmount(var state): settle(id, resume(id, &state, reply), .unmount(state))
        case .spawn(var state): settle(id, resume(id, &state, part, reply), .spawn(state))
        case .connect(let state): settle(id, resume(state, reply), task)
        case .setGroup(let state): settle(id, resume(state, reply), task)
        case .restore(var state): settle(id, resume(id, &state, reply), .restore(state))
        case .systemStatus(var state): settle(id, resume(id, &state, part), .systemStatus(state))
        }
    }

    private mutating func settle(_ id: TaskID, _ progress: Progress, _ task: Task) {
        tasks[id] = progress == .done ? nil : task
    }

    /// A process wants its request answered now. What only takes other servers' time is passed on to them; the rest ends soon.
    mutating func cancelTask(of key: RequestKey) {
        guard callers.isPending(key) else { return }
        for id in tasks.keys {
            guard let task = tasks[id], task.key == key else { continue }
            switch task {
            case .wait, .postponed, .systemStatus:
                tasks[id] = nil
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
