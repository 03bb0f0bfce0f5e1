import Glibc

// `simulate [--seeds N] [--base SEED] [--trace]`: the simulated system under kills, for N seeds from SEED on. The last line counts.

@main struct Main {
    static func main() {
        var seeds: UInt64 = 500
        var base: UInt64 = 0
        var trace: ((String) -> Void)?
        var rest = CommandLine.arguments.dropFirst()
        while let word = rest.popFirst() {
            switch word {
            case "--seeds": seeds = number(after: word, &rest)
            case "--base": base = number(after: word, &rest)
            case "--trace": trace = { print($0) }
            default: refuse("there is no option \(word)")
            }
        }
        var failed = 0
        for seed in base..<base + seeds {
            guard let failure = FaultRun(seed: seed, trace: trace).failure() else { continue }
            failed += 1
            print("seed \(seed): \(failure)")
            print("  again: swift run -c release simulate --seeds 1 --base \(seed) --trace")
        }
        print("seeds \(base) to \(base + seeds - 1)")
        print("\(Int(seeds) - failed) passed, \(failed) failed, 0 skipped")
        exit(failed == 0 ? 0 : 1)
    }

    private static func number(after option: String, _ rest: inout ArraySlice<String>) -> UInt64 {
        guard let text = rest.popFirst(), let number = UInt64(text), number < 1 << 62 else { refuse("\(option) needs a number") }
        return number
    }

    private static func refuse(_ text: String) -> Never {
        let lines = "simulate: \(text)\nusage: simulate [--seeds N] [--base SEED] [--trace]\n"
        _ = lines.withCString { write(2, $0, strlen($0)) }
        exit(2)
    }
}
