/// All scripts and all programs: one after another, and the count of what became of them.
import Foundation
import Wasm

/// What has become of a command.
enum Outcome {
    case passed
    /// As `passed`, but the reason of a refusal is not the one that the script names.
    case otherText(String)
    case failed(String)
    /// Not applicable or out of scope, for a reason.
    case skipped(String)
}

/// A run of scripts, and what was counted so far.
struct Specification {
    struct Options {
        /// Fuel at a time; nil: no end of it.
        var step: Int64?
        var showsTexts = false
        var superseded = Superseded()
    }

    private var options: Options
    private var commands = 0
    private var passed: [String: Int] = [:]
    private var otherTexts = 0
    private var failed = 0
    private var skipped: [String: Int] = [:]

    /// Runs the scripts in a folder and checks files that are modules to be accepted; whether nothing failed and something passed.
    static func run(_ folder: String, programs: [String], _ options: Options) throws -> Bool {
        var specification = Specification(options: options)
        let scripts = try Script.all(in: URL(fileURLWithPath: folder))
        for script in scripts {
            var run = ScriptRun(script, step: options.step)
            for command in script.commands {
                let place = "\(script.name).wast:\(command.line)"
                let outcome = specification.options.superseded.judge(try run.perform(command), at: place)
                specification.count(outcome, command.type, place)
            }
        }
        for program in programs {
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: program)))
            specification.count(specification.outcome(ofProgram: bytes), "program", program)
        }
        for place in specification.options.superseded.missing { specification.count(.failed("there is no such command"), "list", place) }
        specification.report(scripts: scripts.count, programs: programs.count)
        return specification.failed == 0 && !specification.passed.isEmpty
    }

    private init(options: Options) {
        self.options = options
    }

    private func outcome(ofProgram bytes: [UInt8]) -> Outcome {
        do throws(ModuleError) {
            let module = try Module(decoding: bytes)
            try module.validate()
            return try module.survivesEncoding ? .passed : .failed("changed by encoding and decoding")
        } catch {
            return .failed("\(error)")
        }
    }

    private mutating func count(_ outcome: Outcome, _ type: String, _ place: String) {
        commands += 1
        switch outcome {
        case .passed: passed[type, default: 0] += 1
        case .otherText(let text):
            passed[type, default: 0] += 1
            otherTexts += 1
            if options.showsTexts { print("\(place): \(text)") }
        case .skipped(let reason): skipped[reason, default: 0] += 1
        case .failed(let reason):
            failed += 1
            print("FAILED \(place): \(type): \(reason)")
        }
    }

    private func report(scripts: Int, programs: Int) {
        print("\(scripts) scripts and \(programs) programs: \(commands) commands")
        for (type, count) in passed.sorted(by: { $0.key < $1.key }) { print("passed, \(type): \(count)") }
        print("refused for another reason than the script's words: \(otherTexts) of these")
        for (reason, count) in skipped.sorted(by: { $0.key < $1.key }) { print("skipped, \(reason): \(count)") }
        print("\(passed.values.reduce(0, +)) passed, \(failed) failed, \(skipped.values.reduce(0, +)) skipped")
    }
}

extension Module {
    /// Whether encoding and decoding give the same module. Throws what decoding throws.
    var survivesEncoding: Bool {
        get throws(ModuleError) { try Module(decoding: encoded()) == self }
    }
}
