/// Modules and runs for the tests.
import Engine
import Testing
import Wasm

/// Builds a module function by function.
struct ModuleBuilder {
    var module = Module()

    /// Adds a function of the module and exports it under its name; gives its index among those that are defined.
    @discardableResult
    mutating func function(
        _ name: String, _ parameters: [ValueType] = [], to results: [ValueType] = [], locals: [ValueType] = [],
        _ write: (inout InstructionWriter) -> Void
    ) -> UInt32 {
        var writer = InstructionWriter()
        write(&writer)
        writer.append(Instruction(.end))
        module.functions.append(
            Function(
                type: type(parameters, to: results), locals: locals.map { LocalGroup(1, $0) }, body: writer.expression))
        let imported = module.imports.filter { if case .function = $0.kind { true } else { false } }.count
        let index = UInt32(imported + module.functions.count - 1)
        module.exports.append(Export(Name(name), .function(index)))
        return index
    }

    /// The index of a function type, which is added if it is new.
    mutating func type(_ parameters: [ValueType] = [], to results: [ValueType] = []) -> UInt32 {
        let type = FunctionType(parameters, to: results)
        if let index = module.types.firstIndex(of: type) { return UInt32(index) }
        module.types.append(type)
        return UInt32(module.types.count - 1)
    }

    /// Adds an import of a function of the host.
    mutating func importFunction(_ name: String, _ parameters: [ValueType] = [], to results: [ValueType] = []) -> UInt32 {
        let type = type(parameters, to: results)
        module.imports.append(Import(module: "host", name: Name(name), .function(type: type)))
        return UInt32(module.imports.count - 1)
    }

    func compiled() throws -> CompiledModule { try CompiledModule(module.encoded()) }

    /// The module in a store of its own. Functions of the host are numbered in the order of the imports.
    func machine(limits: StoreLimits = StoreLimits(stackSlots: 4096, frames: 512)) throws -> Machine {
        let store = Store(limits: limits)
        var imports: [Extern] = []
        for (index, wanted) in module.imports.enumerated() {
            guard case .function(let type) = wanted.kind else { continue }
            imports.append(.function(store.makeHostFunction(module.types[Int(type)], number: UInt32(index))))
        }
        return Machine(store: store, instance: try store.instantiate(try compiled(), imports: imports))
    }
}

extension InstructionWriter {
    /// Appends instructions whose immediates are indices alone.
    mutating func append(_ instructions: [Instruction]) {
        for instruction in instructions { append(instruction) }
    }

    mutating func append(_ opcode: Opcode, _ index: UInt32 = 0, _ second: UInt32 = 0) { append(Instruction(opcode, index, second)) }

    mutating func i32(_ value: Int32) { append(.i32Constant(value)) }
    mutating func get(_ local: UInt32) { append(.localGet, local) }
    mutating func set(_ local: UInt32) { append(.localSet, local) }
    mutating func begin(_ opcode: Opcode, _ type: BlockType = .empty) { append(Instruction(opcode, type)) }
    mutating func end() { append(.end) }
}

/// A store with one instance.
struct Machine {
    var store: Store
    let instance: InstanceAddress

    /// An exported function.
    func function(_ name: Name) throws -> FunctionAddress {
        guard case .function(let address) = store.export(name, of: instance) else { throw Missing() }
        return address
    }

    struct Missing: Error {}

    /// Calls a function to its end. The host answers each call with the sum of the arguments.
    func call(_ name: Name, _ arguments: [Value] = []) throws -> RunResult {
        try store.invoke(function(name), arguments)
        return try finish()
    }

    /// Runs to the end.
    func finish() throws -> RunResult {
        while true {
            let result = store.run(fuel: .max)
            guard case .hostCall(let call) = result else { return result }
            try store.resume(answer(to: call))
        }
    }

    func answer(to call: HostCall) -> [Value] {
        guard !store.type(of: call.function).results.isEmpty else { return [] }
        return [.i32(call.arguments.reduce(0) { sum, value in if case .i32(let number) = value { sum &+ number } else { sum } })]
    }
}

extension RunResult {
    /// The reason of a trap; nil if it is none.
    var trapReason: Trap.Reason? {
        if case .trapped(let trap) = self { trap.reason } else { nil }
    }
}
