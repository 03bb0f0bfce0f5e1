import Machine

/// One run of the system under one seed, in which drivers and processes are killed at any message.
final class FaultRun {
    /// Kills in one run. A driver that ends more often within a minute is given up, rightly.
    private static let mostKills = 4

    private let machine: Machine
    private var chance: UInt64
    /// What init is told and tells. It never runs while the test does.
    private let notes = Notes()

    private final class Notes: @unchecked Sendable {
        var killsAreOver = false
        var hasLostChild = false
        var lastEnds: [String: UInt32] = [:]
        var isWell = false
        var isDone = false
    }

    init(seed: UInt64, trace: ((String) -> Void)?) {
        var system = SimulatedSystem()
        system.files["/etc/data"] = [UInt8](repeating: 7, count: 300_000)
        for (path, script) in Workload.workers { system.programs[path] = Workload.forgiving(script) }
        system.programs["/sbin/init"] = Script { [notes] program in
            while !notes.killsAreOver {
                if try Workload.round(program) == nil { notes.hasLostChild = true }
            }
            // Drivers may still be on their way back.
            for _ in 0..<60 {
                let ends = try Workload.round(program) ?? [:]
                notes.lastEnds = ends
                notes.isWell = ends.count == Workload.workers.count - 1 && ends.values.allSatisfy { $0 == 0 }
                if notes.isWell { break }
                try program.sleep(nanoseconds: 500_000_000)
            }
            notes.isDone = true
            while true { try program.sleep(nanoseconds: 1_000_000_000_000) }
        }
        machine = system.machine(seed: seed, trace: trace)
        chance = seed ^ 0xFA17
    }

    private func below(_ bound: Int) -> Int {
        // Of the run's own, so that the schedule is that of the seed whatever is killed.
        chance = chance &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((chance >> 33) % UInt64(bound))
    }

    /// Runs it to its end; why it failed, or nil.
    func failure() -> String? {
        guard machine.run(limit: 200_000, until: { self.machine.isBooted }) else { return "it does not boot" }
        for _ in 0..<FaultRun.mostKills {
            machine.run(limit: below(3000)) { false }
            let victims = machine.killable
            if !victims.isEmpty { machine.crash(victims[below(victims.count)], "killed") }
        }
        notes.killsAreOver = true
        guard machine.run(limit: 3_000_000, until: { self.notes.isDone }) else {
            return "it hangs: \(machine.panic ?? "no panic"); \(machine.logs.suffix(4))"
        }
        if notes.hasLostChild { return "a child vanished" }
        if !notes.isWell { return "not all came back: \(notes.lastEnds.sorted { $0.key < $1.key }); \(machine.logs.suffix(6))" }
        // What is on its way arrives.
        machine.run(limit: 5_000) { false }
        return machine.leftovers
    }
}
