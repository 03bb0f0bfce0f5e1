import ABI
import Machine

/// One run of the image's programs on the engine, in which drivers and processes are killed at any message.
struct ImageRun {
    /// One run in so many boots instead of beginning with a snapshot.
    private static let boots: UInt64 = 10

    private let machine: Machine
    private let page: Page
    private let rest: Load
    private let boots: Bool
    private var killer: Killer

    init(_ system: ImageSystem, seed: UInt64, trace: ((String) -> Void)?) throws(Errno) {
        boots = seed / 10 % ImageRun.boots == 0
        machine = try system.machine(seed: seed, boots: boots, trace: trace)
        page = Page(machine)
        rest = system.rest
        killer = Killer(seed: seed)
    }

    /// Runs it to its end; why it failed, or nil.
    mutating func failure() -> String? {
        // A machine that boots is hurt while it does, too; but not before there is anything to hurt.
        if boots {
            guard machine.run(limit: ImageSystem.patience, until: { machine.isBooted }) else { return "it does not boot" }
        }
        _ = page.begin()
        killer.kill(machine, within: 1500)
        var works = false
        // Drivers may still be on their way back, and the agent too.
        for _ in 0..<40 where !works {
            works = page.works()
            if machine.panic != nil { break }
            let later = machine.now.adding(500_000_000)
            machine.run(limit: 2_000) { machine.now >= later }
        }
        guard works else { return "it does not come back: \(machine.panic ?? page.last); \(machine.logs.suffix(6))" }
        // What is on its way arrives.
        machine.run(limit: ImageSystem.patience) { false }
        for _ in 0..<4 where !hearsOfBothEnds() { return "a command's end was not told" }
        return machine.breach ?? machine.load.excess(over: rest)
    }

    /// Ends a command while the end of another is told, when nothing else is left that would wake the agent.
    private mutating func hearsOfBothEnds() -> Bool {
        let endless = page.begin("exec >&- 2>&-; cat </dev/console")
        machine.run(limit: ImageSystem.patience) { false }
        let before = machine.killable
        let short = page.begin("exit")
        machine.run(limit: ImageSystem.patience) { machine.killable.count > before.count }
        machine.run(limit: ImageSystem.patience) { machine.killable.count == before.count }
        machine.run(limit: killer.below(40)) { false }
        if endless.end == nil, let last = before.last { machine.crash(last, "killed") }
        machine.run(limit: ImageSystem.patience) { false }
        return short.end != nil && endless.end != nil
    }
}
