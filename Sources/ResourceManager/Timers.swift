import ABI
import Processes
import ServerKit

/// The time that a process set (C: ITIMER_REAL).
struct Alarm: Equatable {
    /// Monotonic time of its end.
    var deadline: Nanoseconds
    /// Nanoseconds from one end to the next; 0: it ends once.
    var interval: UInt64
}

/// What is to be done at a time.
enum TimerPurpose: Equatable {
    case alarm(ProcessIdentity)
    case signalWait(TaskID)

    /// Which of those of one time comes first.
    fileprivate var order: (UInt8, UInt64) {
        switch self {
        case .alarm(let process): return (0, process.rawValue)
        case .signalWait(let task): return (1, task.rawValue)
        }
    }
}

/// A time at which something is to be done for a process.
struct TimerEntry: Comparable {
    let deadline: Nanoseconds
    let purpose: TimerPurpose

    static func < (left: TimerEntry, right: TimerEntry) -> Bool {
        left.deadline == right.deadline ? left.purpose.order < right.purpose.order : left.deadline < right.deadline
    }
}

extension ResourceManager {
    /// Does what is due.
    mutating func fireTimers() {
        while phase == .running, let first = timers.first, first.deadline <= now {
            timers.remove(first)
            switch first.purpose {
            case .alarm(let process): alarmExpired(process)
            case .signalWait(let task): signalWaitExpired(task)
            }
        }
    }

    /// The alarms of all processes: a count, then process and alarm of each.
    func encodeAlarms(into writer: inout Writer) {
        writer.u32(UInt32(alarms.count))
        for process in alarms.keys {
            guard let alarm = alarms[process] else { continue }
            writer.value(process)
            writer.value(alarm.deadline)
            writer.u64(alarm.interval)
        }
    }

    /// Sets the timers of the alarms that are read here and of the waits, which are there. Throws `badMessage` for an alarm of nobody.
    mutating func decodeAlarms(from reader: inout Reader) throws(Errno) {
        for _ in 0..<(try reader.u32()) {
            let process = try reader.value(ProcessIdentity.self)
            let alarm = Alarm(deadline: try reader.value(Nanoseconds.self), interval: try reader.u64())
            guard processes[process] != nil else { throw .badMessage }
            alarms[process] = alarm
            timers.insert(TimerEntry(deadline: alarm.deadline, purpose: .alarm(process)))
        }
        for id in tasks.keys {
            guard case .waitSignal(let state)? = tasks[id], state.deadline != .never else { continue }
            timers.insert(TimerEntry(deadline: state.deadline, purpose: .signalWait(id)))
        }
    }
}
