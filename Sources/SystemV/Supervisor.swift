// What runs, what is to run, and what comes next. It decides and keeps the books; `Main.swift` starts, signals and waits.

import Martlet

/// Ten starts of one entry in two minutes are too many; then it rests for five. After a start that failed it pauses.
package struct RespawnLimit: Sendable {
    package static let starts = 10
    package static let window: UInt64 = 120_000_000_000
    package static let rest: UInt64 = 300_000_000_000
    /// In nanoseconds, as the others: time for a driver to be started again.
    package static let pause: UInt64 = 1_000_000_000

    private var recent: [UInt64] = []

    package init() {}

    /// No start before this time.
    package private(set) var disabledUntil: UInt64 = 0

    /// Notes a start at `now` (nanoseconds, monotonic). False: it is one too many, and the rest begins.
    package mutating func start(at now: UInt64) -> Bool {
        recent.removeAll { $0 + RespawnLimit.window <= now }
        if recent.count >= RespawnLimit.starts {
            recent = []
            disabledUntil = now + RespawnLimit.rest
            return false
        }
        recent.append(now)
        return true
    }

    /// Notes at `now` that a start failed.
    package mutating func startFailed(at now: UInt64) { disabledUntil = max(disabledUntil, now + RespawnLimit.pause) }
}

/// An entry and its process.
package struct Service: Sendable {
    package var entry: InittabEntry
    /// 0: none runs.
    package var process: Int32 = 0
    package var limit = RespawnLimit()
    /// It was started since the runlevel was entered (or, for boot entries, ever).
    package var hasStarted = false
}

/// The services of the table.
package struct Supervisor: Sendable {
    package var services: [Service] = []
    package var level: Runlevel

    package init(entries: [InittabEntry], level: Runlevel) {
        services = entries.map { Service(entry: $0) }
        self.level = level
    }

    /// Takes a table read anew; processes of entries that stay run on. Returns those whose entry is gone or off.
    package mutating func reload(_ entries: [InittabEntry]) -> [Int32] {
        let old = services
        services = entries.map { entry in
            var service = Service(entry: entry)
            if let before = old.first(where: { $0.entry.id == entry.id }) {
                service.process = before.process
                service.limit = before.limit
                service.hasStarted = before.hasStarted
            }
            return service
        }
        let gone = old.filter { before in before.process > 0 && !services.contains { $0.entry.id == before.entry.id } }
        return gone.map { $0.process } + stopped()
    }

    /// Enters a runlevel. Returns the processes that have no place in it.
    package mutating func enter(_ new: Runlevel) -> [Int32] {
        level = new
        for index in services.indices where services[index].entry.action == .once || services[index].entry.action == .wait {
            services[index].hasStarted = false
        }
        return stopped()
    }

    private func stopped() -> [Int32] {
        services.filter { $0.process > 0 && ($0.entry.action == .off || !$0.entry.applies(in: level)) }.map { $0.process }
    }

    /// The entries to start now, in the order of the table.
    package func due(at now: UInt64) -> [Int] {
        services.indices.filter { index in
            let service = services[index]
            guard service.process == 0, service.entry.applies(in: level) else { return false }
            switch service.entry.action {
            case .respawn: return service.limit.disabledUntil <= now
            case .once, .wait: return !service.hasStarted
            default: return false
            }
        }
    }

    /// When the next entry that rests is due; `nil` if none does.
    package func nextTime(after now: UInt64) -> UInt64? {
        services.filter { $0.process == 0 && $0.entry.action == .respawn && $0.entry.applies(in: level) }
            .map { $0.limit.disabledUntil }.filter { $0 > now }.min()
    }

    /// Whether the console becomes the controlling terminal of an entry's process: unless that of a later entry has it. A terminal
    /// controls one session; in the order of the table, which is that of the start, the last one would get it.
    package func takesTerminal(_ index: Int) -> Bool { !services[(index + 1)...].contains { $0.process > 0 } }

    /// Notes that a process has ended.
    package mutating func ended(_ process: Int32) {
        for index in services.indices where services[index].process == process { services[index].process = 0 }
    }
}
