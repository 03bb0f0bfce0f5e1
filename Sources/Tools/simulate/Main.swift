import ABI
import Glibc
import HostSupport
import Machine

// `simulate [--seeds N] [--base SEED] [--only RUN] [--image DIRECTORY] [--trace]`: the simulated system under kills, for N seeds from
// SEED on. The last line counts.

/// What is run under a seed.
enum RunKind: String, CaseIterable {
    /// All programs are scripts: the cheapest, and the states of all servers can be looked at.
    case scripts
    /// The programs of the image on the engine, with native servers. One in ten boots; the others begin with a snapshot.
    case native
    /// The same with the image's own servers.
    case wasm
    /// Nothing is killed, and native servers and the image's own must give the same trace.
    case agreement

    /// One seed in so many has this run.
    var share: UInt64 {
        switch self {
        case .scripts, .native: 1
        case .wasm: 10
        case .agreement: 20
        }
    }
}

@main struct Main {
    private static let usage = "usage: simulate [--seeds N] [--base SEED] [--only RUN] [--image DIRECTORY] [--trace]\n"
    private var seeds: UInt64 = 500
    private var base: UInt64 = 0
    private var only: RunKind?
    private var folder: String?
    private var trace: ((String) -> Void)?

    static func main() {
        do {
            exit(try Main(CommandLine.arguments.dropFirst()).run() ? 0 : 1)
        } catch {
            say("simulate: \(error.text)")
            exit(1)
        }
    }

    private init(_ words: ArraySlice<String>) {
        var rest = words
        while let word = rest.popFirst() {
            switch word {
            case "--seeds": seeds = number(after: word, &rest)
            case "--base": base = number(after: word, &rest)
            case "--only":
                guard let kind = RunKind(rawValue: rest.popFirst() ?? "") else {
                    refuse("--only needs one of \(RunKind.allCases.map(\.rawValue))")
                }
                only = kind
            case "--image":
                guard let path = rest.popFirst() else { refuse("--image needs a folder") }
                folder = path
            case "--trace": trace = { say($0) }
            default: refuse("there is no option \(word)")
            }
        }
    }

    /// Runs all seeds; false if one failed.
    private func run() throws(HostFailure) -> Bool {
        let image = try SystemImage.find(folder)
        let kinds = only.map { [$0] } ?? RunKind.allCases
        let native = try ImageSystem(image, usesImageServers: false)
        let own = try ImageSystem(image, usesImageServers: true)
        var passed = 0
        var failed = 0
        for kind in kinds {
            let begin = hostTime(CLOCK_MONOTONIC)
            var count = 0
            for seed in base..<base + seeds where only != nil || seed % kind.share == 0 {
                count += 1
                guard let failure = failure(kind, seed, native, own) else { continue }
                failed += 1
                say("\(kind.rawValue), seed \(seed): \(failure)")
                say("  again: swift run -c release simulate --only \(kind.rawValue) --seeds 1 --base \(seed) --trace")
            }
            passed += count
            say("\(kind.rawValue): \(count) seeds in \((hostTime(CLOCK_MONOTONIC) - begin) / 1_000_000) ms")
        }
        for system in [native, own] { say(try system.restoringFigures()) }
        say("seeds \(base) to \(base + seeds - 1)")
        say("\(passed - failed) passed, \(failed) failed, 0 skipped")
        return failed == 0
    }

    private func failure(_ kind: RunKind, _ seed: UInt64, _ native: ImageSystem, _ own: ImageSystem) -> String? {
        do throws(Errno) {
            switch kind {
            case .scripts: return ScriptedRun(seed: seed, trace: trace).failure()
            case .native, .wasm:
                var run = try ImageRun(kind == .native ? native : own, seed: seed, trace: trace)
                return run.failure()
            case .agreement: return try AgreementRun(seed: seed, trace: trace).failure(native, own)
            }
        } catch {
            return "the snapshot cannot be restored: \(error)"
        }
    }

    private func number(after option: String, _ rest: inout ArraySlice<String>) -> UInt64 {
        guard let text = rest.popFirst(), let number = UInt64(text), number < 1 << 62 else { refuse("\(option) needs a number") }
        return number
    }

    private func refuse(_ text: String) -> Never {
        writeAll(2, Array("simulate: \(text)\n\(Main.usage)".utf8))
        exit(2)
    }
}

/// A line on standard output, at once.
func say(_ line: String) { writeAll(1, Array("\(line)\n".utf8)) }
