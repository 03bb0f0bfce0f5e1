import Machine

/// One run in which every program is a script, so that the states of all servers can be looked at and many runs fit in a second.
final class ScriptedRun {
    private let machine: Machine
    private var killer: Killer
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
        killer = Killer(seed: seed)
    }

    /// What there is when init alone waits.
    private static let rest: Load = {
        var rest = Load()
        rest.programs = 1
        rest.processes = ["init"]
        let names = ["tty", "pipe", "netfs", "tmpfs", "devfs", "procfs"]
        // resmgr's to each, and init's to the drivers.
        rest.channels = 2 * names.count + 1
        // init was given its console, and keeps a handful of handles.
        rest.drivers = names.map { Load.Driver(name: $0, connections: 1, pending: 0, handles: 8) }
        return rest
    }()

    /// Runs it to its end; why it failed, or nil.
    func failure() -> String? {
        guard machine.run(limit: 200_000, until: { self.machine.isBooted }) else { return "it does not boot" }
        killer.kill(machine, within: 3000)
        notes.killsAreOver = true
        guard machine.run(limit: 3_000_000, until: { self.notes.isDone }) else {
            return "it hangs: \(machine.panic ?? "no panic"); \(machine.logs.suffix(4))"
        }
        if notes.hasLostChild { return "a child vanished" }
        if !notes.isWell { return "not all came back: \(notes.lastEnds.sorted { $0.key < $1.key }); \(machine.logs.suffix(6))" }
        // What is on its way arrives.
        machine.run(limit: 5_000) { false }
        return machine.breach ?? machine.load.excess(over: ScriptedRun.rest)
    }
}
