import ABI
import Processes
import ServerKit

extension ResourceManager {
    /// C: setitimer(2) of ITIMER_REAL. Answers what was left of the time before.
    mutating func setAlarm(_ call: Call) throws(Errno) -> Answer {
        let request = try call.decode(AlarmTime.self)
        try call.requireReplySpace(16)
        let before = stopAlarm(of: call.process.identity)
        if request.remaining > 0 {
            startAlarm(of: call.process.identity, Alarm(deadline: now.adding(request.remaining), interval: request.interval))
        }
        guard let before else { return .body(AlarmTime(remaining: 0, interval: 0)) }
        // It is running, so some time is left.
        let left = before.deadline > now ? before.deadline.rawValue - now.rawValue : 1
        return .body(AlarmTime(remaining: left, interval: before.interval))
    }

    private mutating func startAlarm(of process: ProcessIdentity, _ alarm: Alarm) {
        alarms[process] = alarm
        timers.insert(TimerEntry(deadline: alarm.deadline, purpose: .alarm(process)))
    }

    /// Ends the alarm of a process; `nil` if it has none.
    @discardableResult
    mutating func stopAlarm(of process: ProcessIdentity) -> Alarm? {
        guard let alarm = alarms.remove(process) else { return nil }
        timers.remove(TimerEntry(deadline: alarm.deadline, purpose: .alarm(process)))
        return alarm
    }

    /// The time of an alarm is over. One that repeats goes on from the first time that is to come: several that fell due are one.
    mutating func alarmExpired(_ process: ProcessIdentity) {
        guard let alarm = stopAlarm(of: process) else { return }
        if alarm.interval > 0 {
            let missed = (now.rawValue - min(now.rawValue, alarm.deadline.rawValue)) / alarm.interval
            let (time, isOver) = alarm.interval.multipliedReportingOverflow(by: missed + 1)
            let deadline = isOver ? Nanoseconds.never : alarm.deadline.adding(time)
            if deadline != .never { startAlarm(of: process, Alarm(deadline: deadline, interval: alarm.interval)) }
        }
        _ = deliver(SignalInfo(signal: .alarm, code: SignalCode.system), to: process)
    }
}
