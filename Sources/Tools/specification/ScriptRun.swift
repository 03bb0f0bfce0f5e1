/// One script while it runs: its modules, and what each command does.
import Engine
import Wasm

/// Performs the commands of a script, in order.
struct ScriptRun {
    /// A module of the script.
    private enum State {
        case instance(InstanceAddress)
        /// It was refused for this reason, and so is what needs it.
        case refused(String)
    }

    /// A module that can be instantiated, or the reason why it was refused.
    private enum Definition {
        case module(CompiledModule)
        case refused(String)
    }

    /// Why a module did not become an instance.
    private enum Refusal: Error {
        /// For a reason that is no fault: see `Outcome.skipped`.
        case skipped(String)
        case module(ModuleError)
        case encoding
        case unknownImport(String)
        case link(InstantiationError)
        case start(RunResult)
    }

    /// What the module `spectest` has for scripts of proposals, and has not here.
    private static let hostOutOfScope = ["shared_memory": Proposal.threads, "table64": .memory64]
    /// Stops of a call after which the store is saved and restored.
    private static let saves = 12

    private let script: Script
    private let step: Int64?
    private var store = Store(limits: StoreLimits(stackSlots: 1 << 18, frames: 1 << 14))
    private var current = State.refused("there is no module")
    private var named: [String: State] = [:]
    private var registered: [String: State] = [:]
    private var definition = Definition.refused("there is no definition")
    private var definitions: [String: Definition] = [:]
    private var host: [String: Extern] = [:]
    /// Instances from which a module imports that was refused, by their numbers, with the reason: what that module would have done to
    /// them has not happened.
    private var incomplete: [UInt32: String] = [:]

    /// With `step`, calls run with that much fuel at a time, and the store is saved and restored at stops.
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

    /// Performs a command. Throws if a module's file cannot be read.
    mutating func perform(_ command: Script.Command) throws -> Outcome {
        switch command.type {
        case "module": return try define(command)
        case "module_definition": return try defineForLater(command)
        case "module_instance": return makeInstance(command)
        case "register":
            guard let name = command.registeredName else { return .failed("no name to register") }
            registered[name] = state(of: command.name)
            return .passed
        case "assert_malformed", "assert_invalid": return try refuse(command)
        case "assert_unlinkable", "assert_uninstantiable": return try failToStart(command)
        case "assert_malformed_custom", "assert_invalid_custom": return .skipped("the contents of custom sections")
        default: return act(command)
        }
    }

    private func state(of name: String?) -> State {
        guard let name else { return current }
        return named[name] ?? .refused("there is no module")
    }

    // Modules.

    private mutating func define(_ command: Script.Command) throws -> Outcome {
        let bytes = try script.module(of: command)
        return keep(command.name) { run throws(Refusal) in try run.instantiate(run.accept(bytes)) }
    }

    /// A module that commands after it make instances of.
    private mutating func defineForLater(_ command: Script.Command) throws -> Outcome {
        let bytes = try script.module(of: command)
        var outcome = Outcome.passed
        do throws(Refusal) {
            definition = .module(try accept(bytes))
        } catch {
            outcome = ScriptRun.outcome(of: error)
            definition = .refused(ScriptRun.reason(of: error))
        }
        if let name = command.name { definitions[name] = definition }
        return outcome
    }

    private mutating func makeInstance(_ command: Script.Command) -> Outcome {
        let definition = command.module.map { definitions[$0] ?? .refused("there is no definition") } ?? self.definition
        return keep(command.instance) { run throws(Refusal) in
            switch definition {
            case .refused(let reason): throw .skipped(reason)
            case .module(let module): return try run.instantiate(module)
            }
        }
    }

    /// Makes an instance the current one, and gives it a name.
    private mutating func keep(
        _ name: String?, _ instantiate: (inout ScriptRun) throws(Refusal) -> InstanceAddress
    ) -> Outcome {
        var outcome = Outcome.passed
        do throws(Refusal) {
            current = .instance(try instantiate(&self))
        } catch {
            outcome = ScriptRun.outcome(of: error)
            current = .refused(ScriptRun.reason(of: error))
        }
        if let name { named[name] = current }
        return outcome
    }

    private static func outcome(of refusal: Refusal) -> Outcome {
        if case .skipped(let reason) = refusal { .skipped(reason) } else { .failed("\(refusal)") }
    }

    /// Why what needs a refused module is skipped: a failure is one only once.
    private static func reason(of refusal: Refusal) -> String {
        if case .skipped(let reason) = refusal { reason } else { "there is no module" }
    }

    /// A module that is to be accepted; nil: it is not in the binary format.
    private mutating func accept(_ bytes: [UInt8]?) throws(Refusal) -> CompiledModule {
        guard let bytes else { throw .skipped("in the text format") }
        let module: CompiledModule
        let survives: Bool
        do throws(ModuleError) {
            module = try CompiledModule(bytes)
            survives = try module.module.survivesEncoding
        } catch {
            guard case .unsupported(let proposal) = error.reason else { throw .module(error) }
            let reason = "out of scope, \(proposal)"
            noteImports(of: bytes, reason)
            throw .skipped(reason)
        }
        guard survives else { throw .encoding }
        return module
    }

    /// Notes from which instances a module imports that was refused, as far as it can be decoded.
    private mutating func noteImports(of bytes: [UInt8], _ reason: String) {
        guard let module = try? Module(decoding: bytes) else { return }
        for wanted in module.imports {
            if case .instance(let instance) = registered[wanted.module.description] { incomplete[instance.index] = reason }
        }
    }

    private mutating func instantiate(_ module: CompiledModule) throws(Refusal) -> InstanceAddress {
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
        case .refused(let reason): throw .skipped(reason)
        case nil:
            guard wanted.module == "spectest" else { throw .unknownImport("\(wanted.module).\(wanted.name)") }
            if let proposal = ScriptRun.hostOutOfScope[wanted.name.description] { throw .skipped("out of scope, \(proposal)") }
            found = host[wanted.name.description]
        }
        guard let found else { throw .unknownImport("\(wanted.module).\(wanted.name)") }
        return found
    }

    private func refuse(_ command: Script.Command) throws -> Outcome {
        let text = command.text ?? ""
        guard let bytes = try script.module(of: command) else { return .skipped("in the text format") }
        do throws(ModuleError) {
            _ = try CompiledModule(bytes)
            return .failed("accepted, but expected: \(text)")
        } catch {
            let reason: String
            switch (error.reason, command.type) {
            case (.malformed(let malformation), "assert_malformed"): reason = malformation.description
            case (.invalid(let violation), "assert_invalid"): reason = violation.description
            case (.unsupported(let proposal), _): return .skipped("out of scope, \(proposal)")
            default: return .failed("\(error), but expected: \(text)")
            }
            return reason.hasPrefix(text) ? .passed : .otherText("\(error), where the script has: \(text)")
        }
    }

    private mutating func failToStart(_ command: Script.Command) throws -> Outcome {
        let text = command.text ?? ""
        let bytes = try script.module(of: command)
        do throws(Refusal) {
            _ = try instantiate(accept(bytes))
            return .failed("instantiated, but expected: \(text)")
        } catch {
            let reason: String
            switch error {
            case .skipped(let reason): return .skipped(reason)
            case .unknownImport: reason = "unknown import"
            case .link(let error): reason = error.description
            case .start(.trapped(let trap)): reason = trap.reason.description
            default: return .failed("\(error), but expected: \(text)")
            }
            return reason.hasPrefix(text) ? .passed : .failed("\(error), but expected: \(text)")
        }
    }

    // Actions.

    private mutating func act(_ command: Script.Command) -> Outcome {
        guard let action = command.action else { return .failed("no action") }
        let instance: InstanceAddress
        switch state(of: action.module) {
        case .refused(let reason): return .skipped(reason)
        case .instance(let address): instance = address
        }
        guard let result = perform(action, instance) else { return .failed("\(action.field) cannot be done") }
        let outcome = judge(result, action, command)
        if case .failed = outcome, let reason = incomplete[instance.index] { return .skipped(reason) }
        return outcome
    }

    private func judge(_ result: RunResult, _ action: Script.Action, _ command: Script.Command) -> Outcome {
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

    /// Does what an action says; nil: the instance has no such export, or an argument is no value of ours.
    private mutating func perform(_ action: Script.Action, _ instance: InstanceAddress) -> RunResult? {
        let export = store.export(Name(action.field), of: instance)
        switch (action.type, export) {
        case ("get", .global(let global)): return .finished([store.value(of: global)])
        case ("invoke", .function(let function)):
            let arguments = (action.args ?? []).compactMap(\.argument)
            return arguments.count == action.args?.count ?? 0 ? call(function, arguments) : nil
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
