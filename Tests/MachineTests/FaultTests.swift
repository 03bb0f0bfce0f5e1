import ABI
import Glibc
import Testing

@testable import Machine

/// The system under random kills of drivers and processes, at any message: nothing hangs, nothing is left over, everything comes back.
@Suite struct FaultTests {
    private static func variable(_ name: String, else value: UInt64 = 0) -> UInt64 {
        getenv(name).flatMap { UInt64(String(cString: $0)) } ?? value
    }
    /// 10,000 in the long run, else 50 that rotate with the base seed; `MARTLET_TEST_SEEDS` says another number.
    static let seeds = variable("MARTLET_TEST_SEEDS", else: variable("MARTLET_TEST_LONG") == 1 ? 10_000 : 50)
    static let base = variable("MARTLET_TEST_SEED")
    /// Kills in one run. A driver that ends more often within a minute is given up, rightly.
    static let mostKills = 4

    /// Does something with every driver, and ends whatever befalls it.
    static let workers: [(String, Script)] = [
        (
            "/bin/files",
            Script { program in
                let name = "/tmp/f\(try program.processID())"
                let file = try program.open(name, create: true, write: true)
                try program.writeAll(file, [UInt8](repeating: 65, count: 100_000))
                try program.close(file)
                let again = try program.open(name)
                let count = try program.readAll(again).count
                try program.unlink(name)
                return count == 100_000 ? 0 : 2
            }
        ),
        (
            "/bin/pipes",
            Script { program in
                let pipe = try program.pipe()
                let child = try program.spawn("/bin/writer", descriptors: [(1, pipe.write)])
                try program.close(pipe.write)
                let count = try program.readAll(pipe.read).count
                return try program.wait(child).code == 0 && count == 70_000 ? 0 : 2
            }
        ),
        (
            "/bin/writer",
            Script { program in
                try program.writeAll(1, [UInt8](repeating: 66, count: 70_000))
                return 0
            }
        ),
        (
            "/bin/reader",
            Script { program in
                let file = try program.open("/etc/data")
                return try program.readAll(file).count == 300_000 ? 0 : 2
            }
        ),
        (
            "/bin/console",
            Script { program in
                let console = try program.open("/dev/console", write: true)
                try program.writeAll(console, Array("a line of a worker\n".utf8))
                try program.sleep(nanoseconds: 3_000_000)
                let zero = try program.open("/dev/zero")
                return try program.read(zero, 1000).count == 1000 ? 0 : 2
            }
        ),
    ]

    /// The end of a worker: an error of the system is a status of its own, not a failure of the test.
    private static func forgiving(_ script: Script) -> Script {
        Script { program in
            do { return try script.body(program) } catch is Errno { return 77 }
        }
    }

    /// Starts all workers at once and waits for every one; answers how each ended.
    private static func round(_ program: ScriptProgram) throws -> [String: UInt32] {
        var children: [Int32: String] = [:]
        var ends: [String: UInt32] = [:]
        for (path, _) in workers where path != "/bin/writer" {
            do { children[try program.spawn(path, descriptors: [])] = path } catch is Errno { ends[path] = 77 }
        }
        while !children.isEmpty {
            do {
                let end = try program.wait()
                if let path = children.removeValue(forKey: end.process) { ends[path] = end.kind == 0 ? end.code : 128 + end.code }
            } catch let error as Errno {
                if error == .noChildProcess { break }
            }
        }
        for path in children.values { ends[path] = 99 }
        return ends
    }

    private struct Run {
        let machine: Machine
        let results: Results
    }

    /// A booted system whose init does rounds until the test says that the kills are over, and then one that has to succeed.
    private static func system(_ seed: UInt64, trace: ((String) -> Void)? = nil) -> Run {
        let results = Results()
        var system = SimulatedSystem()
        system.files["/etc/data"] = [UInt8](repeating: 7, count: 300_000)
        for (path, script) in workers { system.programs[path] = forgiving(script) }
        system.programs["/sbin/init"] = Script { program in
            while !results.lines.contains("enough") {
                let ends = try round(program)
                results.note(ends.values.contains(99) ? "a child vanished" : "round")
            }
            // Drivers may still be on their way back.
            for _ in 0..<60 {
                let ends = try round(program)
                if ends.values.allSatisfy({ $0 == 0 }) && ends.count == workers.count - 1 {
                    results.note("well")
                    break
                }
                results.note("ends: \(ends.sorted { $0.key < $1.key })")
                try program.sleep(nanoseconds: 500_000_000)
            }
            results.note("done")
            while true { try program.sleep(nanoseconds: 1_000_000_000_000) }
        }
        return Run(machine: system.machine(seed: seed, trace: trace), results: results)
    }

    /// Runs one seed; the reason why it failed, if it did.
    private static func failure(_ seed: UInt64) -> String? {
        let run = system(seed, trace: variable("MARTLET_TEST_TRACE") == 1 ? { print($0) } : nil)
        let machine = run.machine
        var chance = Chance(seed: seed ^ 0xFA17)
        guard machine.run(limit: 200_000, until: { machine.isBooted }) else { return "no boot" }
        for _ in 0..<mostKills {
            let steps = chance.below(3000)
            var taken = 0
            machine.run(limit: steps) {
                taken += 1
                return taken > steps
            }
            let victims = machine.harts.keys.sorted().filter { id in
                id != Machine.resourceManagerHart && !machine.isInit(id)
            }
            guard !victims.isEmpty else { continue }
            machine.crash(victims[chance.below(victims.count)], "killed by the test")
        }
        run.results.note("enough")
        guard machine.run(limit: 3_000_000, until: { run.results.lines.last == "done" }) else {
            return "it hangs (\(machine.panic ?? "no panic")) after \(run.results.lines.count) rounds; \(machine.logs.suffix(4))"
        }
        if run.results.lines.contains("a child vanished") { return "a child vanished" }
        guard run.results.lines.contains("well") else {
            return "a driver did not come back; \(run.results.lines.last { $0.hasPrefix("ends") } ?? ""); \(machine.logs.suffix(6))"
        }
        // What is on its way arrives.
        machine.run(limit: 5_000) { false }
        return machine.leftovers
    }

    @Test func killsLeaveNothingBehind() {
        var failures: [String] = []
        for seed in FaultTests.base..<FaultTests.base + FaultTests.seeds {
            if let failure = FaultTests.failure(seed) {
                failures.append("seed \(seed): \(failure) (MARTLET_TEST_SEED=\(seed) MARTLET_TEST_SEEDS=1 swift test --filter FaultTests)")
            }
            if failures.count >= 3 { break }
        }
        #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
        print("\(FaultTests.seeds) seeds from \(FaultTests.base) on")
    }
}
