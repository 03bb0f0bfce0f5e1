/// The tests of the WebAssembly specification: all commands of all scripts.
import Engine
import Foundation
import Wasm

/// Runs one script after another, and counts.
struct Specification {
    private var passed: [String: Int] = [:]
    private var failed = 0
    private var skipped: [String: Int] = [:]

    /// Runs the scripts in a folder; the exit status. The last line counts the results.
    ///
    /// With `step`, calls run with that much fuel at a time. After each of the first stops of a call the store is saved, and it is the
    /// restored one that goes on; so are scripts a test of fuel and of saved state, too.
    static func run(_ folder: String, step: Int64?) -> Int32 {
        var specification = Specification()
        do {
            let scripts = try Script.all(in: URL(fileURLWithPath: folder))
            for script in scripts {
                var run = ScriptRun(script, step: step)
                for command in script.commands { specification.count(try run.perform(command), command, script) }
            }
        } catch {
            FileHandle.standardError.write(Data("engine: \(error)\n".utf8))
            return 1
        }
        specification.report()
        return specification.failed == 0 && !specification.passed.isEmpty ? 0 : 1
    }

    private mutating func count(_ outcome: ScriptRun.Outcome, _ command: Script.Command, _ script: Script) {
        switch outcome {
        case .passed: passed[command.type, default: 0] += 1
        case .skipped(let reason): skipped[reason, default: 0] += 1
        case .failed(let reason):
            failed += 1
            print("FAILED \(script.name).wast:\(command.line): \(command.type): \(reason)")
        }
    }

    private func report() {
        for (type, count) in passed.sorted(by: { $0.key < $1.key }) { print("\(type): \(count) passed") }
        for (reason, count) in skipped.sorted(by: { $0.key < $1.key }) { print("skipped, \(reason): \(count)") }
        print("\(passed.values.reduce(0, +)) passed, \(failed) failed, \(skipped.values.reduce(0, +)) skipped")
    }
}

/// One script while it runs.
struct ScriptRun {
    enum Outcome {
        case passed
        case failed(String)
        /// Not applicable or out of scope, for a reason.
        case skipped(String)
    }

    /// A module of the script.
    private enum State {
        case instance(InstanceAddress)
        /// It was refused for this reason, and so is what needs it.
        case refused(String)
    }

    /// Stops of a call after which the store is saved and restored.
    private static let saves = 12

    private let script: Script
    private let step: Int64?
    private var store = Store(limits: StoreLimits(stackSlots: 1 << 18, frames: 1 << 14))
    private var current = State.refused("there is no module")
    private var named: [String: State] = [:]
    private var registered: [String: State] = [:]
    private var host: [String: Extern] = [:]

    init(_ script: Script, step: Int64?) {
        self.script = script
        self.step = step
        host = hostModule()
    }

    /// The module `spectest` that scripts import from.
    private func hostModule() -> [String: Extern] {
        var externs: [String: Extern] = [
            "global_i32": .global(store.makeGlobal(.i32(666))), "global_i64": .global(store.makeGlobal(.i64(666))),
            "global_f32": .global(store.makeGlobal(.f32(bits: Float(666.6).bitPattern))),
            "global_f64": .global(store.makeGlobal(.f64(bits: Double(666.6).bitPattern))),
        ]
        externs["table"] = store.makeTable(TableType(.funcref, ResizableLimits(minimum: 10, maximum: 20))).map { .table($0) }
        externs["memory"] = store.makeMemory(MemoryType(ResizableLimits(minimum: 1, maximum: 2))).map { .memory($0) }
        let prints: [(String, [ValueType])] = [
            ("print", []), ("print_i32", [.i32]), ("print_i64", [.i64]), ("print_f32", [.f32]), ("print_f64", [.f64]),
            ("print_i32_f32", [.i32, .f32]), ("print_f64_f64", [.f64, .f64]),
        ]
        for (name, types) in prints { externs[name] = .function(store.makeHostFunction(FunctionType(types), number: 0)) }
        return externs
    }

    /// Performs a command.
    mutating func perform(_ command: Script.Command) throws -> Outcome {
        switch command.type {
        case "module": return try define(command)
        case "register":
            guard let name = command.registeredName else { return .failed("no name to register") }
            registered[name] = state(of: command.name)
            return .passed
        case "assert_malformed", "assert_invalid": return try refuse(command)
        case "assert_unlinkable", "assert_uninstantiable": return try failToStart(command)
        default: return try act(command)
        }
    }

    private func state(of name: String?) -> State {
        guard let name else { return current }
        return named[name] ?? .refused("there is no module")
    }

    // Modules.

    private enum Refusal: Error {
        case outOfScope(String)
        case module(ModuleError)
        case unknownImport(String)
        case link(InstantiationError)
        case start(RunResult)
    }

    private mutating func define(_ command: Script.Command) throws -> Outcome {
        let state: State
        var outcome = Outcome.passed
        do throws(Refusal) {
            state = .instance(try instantiate(command))
        } catch {
            if case .outOfScope(let reason) = error {
                state = .refused(reason)
                outcome = .skipped(reason)
            } else {
                state = .refused("there is no module")
                outcome = .failed("\(error)")
            }
        }
        current = state
        if let name = command.name { named[name] = state }
        return outcome
    }

    private mutating func instantiate(_ command: Script.Command) throws(Refusal) -> InstanceAddress {
        guard command.moduleType != "text", let filename = command.filename, let bytes = try? script.module(filename) else {
            throw .outOfScope("in the text format")
        }
        let module: CompiledModule
        do throws(ModuleError) {
            module = try CompiledModule(bytes)
        } catch {
            if case .unsupported(let proposal) = error.reason { throw .outOfScope("out of scope, \(proposal)") }
            throw .module(error)
        }
        var imports: [Extern] = []
        for wanted in module.module.imports { imports.append(try resolve(wanted)) }
        let instance: InstanceAddress
        do throws(InstantiationError) {
            instance = try store.instantiate(module, imports: imports)
        } catch {
            throw .link(error)
        }
        guard let start = store.start(of: instance) else { return instance }
        let result = call(start, [])
        guard case .finished = result else { throw .start(result) }
        return instance
    }

    private func resolve(_ wanted: Import) throws(Refusal) -> Extern {
        let found: Extern?
        switch registered[wanted.module.description] {
        case .instance(let instance): found = store.export(wanted.name, of: instance)
        case .refused(let reason): throw .outOfScope(reason)
        case nil: found = wanted.module == "spectest" ? host[wanted.name.description] : nil
        }
        guard let found else { throw .unknownImport("\(wanted.module).\(wanted.name)") }
        return found
    }

    private func refuse(_ command: Script.Command) throws -> Outcome {
        guard command.moduleType != "text", let filename = command.filename else { return .skipped("in the text format") }
        let bytes = try script.module(filename)
        do throws(ModuleError) {
            _ = try CompiledModule(bytes)
            return .failed("accepted, but expected: \(command.text ?? "")")
        } catch {
            switch (error.reason, command.type) {
            case (.malformed, "assert_malformed"), (.invalid, "assert_invalid"): return .passed
            case (.unsupported(.multipleMemories), _) where command.text == "multiple memories": return .passed
            case (.unsupported(let proposal), _): return .skipped("out of scope, \(proposal)")
            default: return .failed("\(error), but expected: \(command.text ?? "")")
            }
        }
    }

    private mutating func failToStart(_ command: Script.Command) throws -> Outcome {
        let text = command.text ?? ""
        do throws(Refusal) {
            _ = try instantiate(command)
            return .failed("instantiated, but expected: \(text)")
        } catch {
            switch error {
            case .outOfScope(let reason): return .skipped(reason)
            case .unknownImport: return text.hasPrefix("unknown import") ? .passed : .failed("\(error), but expected: \(text)")
            case .link(let reason):
                return reason.description.hasPrefix(text) ? .passed : .failed("\(reason), but expected: \(text)")
            case .start(.trapped(let trap)):
                return trap.reason.description.hasPrefix(text) ? .passed : .failed("\(trap.reason), but expected: \(text)")
            default: return .failed("\(error), but expected: \(text)")
            }
        }
    }

    // Actions.

    private mutating func act(_ command: Script.Command) throws -> Outcome {
        guard let action = command.action else { return .failed("no action") }
        let instance: InstanceAddress
        switch state(of: action.module) {
        case .refused(let reason): return .skipped(reason)
        case .instance(let address): instance = address
        }
        guard let result = perform(action, instance) else { return .failed("\(action.field) cannot be done") }
        switch (command.type, result) {
        case ("action", .finished): return .passed
        case ("assert_return", .finished(let values)):
            let expected = command.expected ?? []
            let isRight = values.count == expected.count && zip(expected, values).allSatisfy { $0.accepts($1) }
            return isRight ? .passed : .failed("\(action.field) gave \(values)")
        case ("assert_trap", .trapped(let trap)), ("assert_exhaustion", .trapped(let trap)):
            let text = command.text ?? ""
            let reason = trap.reason.description
            return text.hasPrefix(reason) || reason.hasPrefix(text) ? .passed : .failed("\(reason), but expected: \(text)")
        case ("assert_exception", .trapped(let trap)) where trap.reason == .uncaughtException: return .passed
        default: return .failed("\(action.field) ended with \(result)")
        }
    }

    private mutating func perform(_ action: Script.Action, _ instance: InstanceAddress) -> RunResult? {
        let export = store.export(Name(action.field), of: instance)
        switch (action.type, export) {
        case ("get", .global(let global)): return .finished([store.value(of: global)])
        case ("invoke", .function(let function)):
            let arguments = (action.args ?? []).compactMap(\.argument)
            return call(function, arguments)
        default: return nil
        }
    }

    private mutating func call(_ function: FunctionAddress, _ arguments: [Value]) -> RunResult {
        do {
            try store.invoke(function, arguments)
            var stops = 0
            while true {
                let result = store.run(fuel: step ?? .max)
                switch result {
                case .hostCall: try store.resume([])
                case .outOfFuel where step != nil:
                    if stops < ScriptRun.saves { try saveAndRestore() }
                    stops += 1
                default: return result
                }
            }
        } catch {
            preconditionFailure("a script calls functions with the types that they have, and saved state can be restored: \(error)")
        }
    }

    private mutating func saveAndRestore() throws {
        let saved = store.encoded()
        store = try Store(restoring: saved)
        precondition(store.encoded() == saved, "a restored store is saved as the same bytes")
    }
}
