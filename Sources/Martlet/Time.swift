// Clocks, waiting, random numbers.

internal import ProgramPort

/// The clocks, in nanoseconds.
public enum Clock {
    /// Since the machine's start; never goes back.
    public static func monotonic() -> UInt64 {
        var result: UInt64 = 0
        _ = Port.clock(Port.Number.Clock.monotonic, &result)
        return result
    }

    /// Since 1970-01-01 UTC.
    public static func real() -> UInt64 {
        var result: UInt64 = 0
        _ = Port.clock(Port.Number.Clock.real, &result)
        return result
    }

    /// Waits. Throws `interrupted`.
    public static func sleep(nanoseconds: UInt64) throws(Errno) {
        // All ones would wait for ever.
        _ = try Poll.wait([], nanoseconds: min(nanoseconds, .max - 1))
    }
}

/// C: poll(2).
public enum Poll {
    /// What to wait for.
    public enum Event: Sendable {
        /// A read would not wait (also at the end of the file).
        case readable(File)
        /// A write would not wait.
        case writable(File)
    }

    /// Waits until one of the events is there or the time has passed (`nil`: without end), and says of each whether it is.
    ///
    /// Throws `interrupted`, also if a signal with disposition `interrupt` arrived before and was not taken.
    public static func wait(_ events: [Event], nanoseconds: UInt64? = nil) throws(Errno) -> [Bool] {
        var waits: [Port.PollWait] = []
        for event in events {
            switch event {
            case .readable(let file): waits.append(Port.PollWait(descriptor: file.descriptor, isWrite: false))
            case .writable(let file): waits.append(Port.PollWait(descriptor: file.descriptor, isWrite: true))
            }
        }
        try check(Port.poll(&waits, timeout: nanoseconds ?? .max))
        return waits.map { $0.isReady }
    }
}

/// Numbers from the system's secure generator.
public enum Random {
    /// Random bytes (C: getentropy(3)).
    public static func bytes(_ count: Int) throws(Errno) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: count)
        try check(result.withUnsafeMutableBufferPointer { Port.random($0) })
        return result
    }
}

/// A date and a time of day, UTC (C: struct tm, gmtime(3)).
public struct CalendarTime: Sendable {
    public var year: Int
    /// 1…12.
    public var month: Int
    /// 1…31.
    public var day: Int
    public var hour: Int
    public var minute: Int
    public var second: Int
    /// 0 Sunday … 6 Saturday.
    public var weekday: Int
    /// 1…366.
    public var dayOfYear: Int

    /// The date of so many seconds since 1970-01-01 UTC, in the proleptic Gregorian calendar.
    public init(seconds: Int64) {
        var days = seconds / 86400
        var rest = Int(seconds % 86400)
        if rest < 0 {
            rest += 86400
            days -= 1
        }
        (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60)
        weekday = Int(((days % 7) + 11) % 7)
        // Years that begin in March put the leap day at their end: 400 of them have 146097 days.
        let shifted = days + 719468
        let era = (shifted >= 0 ? shifted : shifted - 146096) / 146097
        let dayOfEra = Int(shifted - era * 146097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365
        let dayOfShiftedYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfShiftedYear + 2) / 153
        day = dayOfShiftedYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + Int(era) * 400 + (month <= 2 ? 1 : 0)
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        dayOfYear = month > 2 ? dayOfShiftedYear + 60 + (isLeap ? 1 : 0) : dayOfShiftedYear - 305
    }

    private static let months: [StaticString] = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
    ]
    private static let days: [StaticString] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

    /// `January` …
    public var monthName: [UInt8] { [UInt8](CalendarTime.months[month - 1]) }
    /// `Sunday` …
    public var weekdayName: [UInt8] { [UInt8](CalendarTime.days[weekday]) }
}
