/// What a module does that came from anyone: everything that it exports is called, with little of everything. The fuzzer
/// (`Tests/fuzz`) has this file, too.
import Engine
import Wasm

/// How runs of modules ended.
struct BoundedRun {
    /// Modules that decoding or validation refused, and those that were not instantiated.
    private(set) var refused = 0
    private(set) var notInstantiated = 0
    /// Calls, by how they ended.
    private(set) var finished = 0
    private(set) var trapped = 0
    private(set) var outOfFuel = 0
    private(set) var callsOfHost = 0

    static let limits = StoreLimits(memoryPages: 4, tableElements: 64, stackSlots: 1024, frames: 64, exceptions: 80)
    private static let fuel: Int64 = 700

    /// Instantiates the module that bytes are, if they are one, and calls its start function and all functions that it exports.
    /// With `saves`, the store is saved and restored where a call runs out of fuel.
    mutating func run(_ bytes: [UInt8], saves: Bool) {
        let module: CompiledModule
        do throws(ModuleError) {
            module = try CompiledModule(bytes)
        } catch {
            refused += 1
            return
        }
        var store = Store(limits: BoundedRun.limits)
        guard let imports = BoundedRun.imports(of: module.module, in: store),
            let instance = try? store.instantiate(module, imports: imports)
        else {
            notInstantiated += 1
            return
        }
        if let start = store.start(of: instance) { call(start, [], &store, saves) }
        for export in module.module.exports.prefix(20) {
            guard case .function(let function) = store.export(export.name, of: instance) else { continue }
            let parameters = store.type(of: function).parameters
            call(function, parameters.map { Value(zeroOf: $0) }, &store, saves)
            call(function, parameters.map(BoundedRun.sample), &store, saves)
        }
        if let memory = store.memory(of: instance) {
            precondition(store.size(of: memory) <= BoundedRun.limits.memoryPages << 16, "a program keeps to its limits")
        }
    }

    /// Something of each kind that the module wants; nil if that is too much.
    private static func imports(of module: Module, in store: Store) -> [Extern]? {
        var externs: [Extern] = []
        for (number, wanted) in module.imports.enumerated() {
            switch wanted.kind {
            case .function(let type): externs.append(.function(store.makeHostFunction(module.types[Int(type)], number: UInt32(number))))
            case .table(let type):
                guard let table = store.makeTable(type) else { return nil }
                externs.append(.table(table))
            case .memory(let type):
                guard let memory = store.makeMemory(type) else { return nil }
                externs.append(.memory(memory))
            case .global(let type): externs.append(.global(store.makeGlobal(Value(zeroOf: type.content), isMutable: type.isMutable)))
            case .tag(let type): externs.append(.tag(store.makeTag(module.types[Int(type.type)])))
            }
        }
        return externs
    }

    /// A value that is not zero, for numbers.
    private static func sample(_ type: ValueType) -> Value {
        switch type {
        case .i32: .i32(7)
        case .i64: .i64(0x8000_0000_0000_0005)
        case .f32: .f32(bits: 0xC020_0000)
        case .f64: .f64(bits: 0x7FF8_0000_0000_0000)
        case .v128: .v128(Vector128(low: 0x0102_0304_0506_0708, high: .max))
        case .externref: .external(3)
        case .funcref, .exnref: Value(zeroOf: type)
        }
    }

    /// Calls a function and counts how that ends. The host answers with zeros, and every third time with an exception.
    private mutating func call(_ function: FunctionAddress, _ arguments: [Value], _ store: inout Store, _ saves: Bool) {
        guard (try? store.invoke(function, arguments)) != nil else { return }
        store.fuel = 0
        // Fuel comes in pieces, so that calls stop within.
        for piece in [BoundedRun.fuel / 7, BoundedRun.fuel / 7, BoundedRun.fuel] {
            switch run(store, fuel: piece) {
            case .finished:
                finished += 1
                return
            case .trapped(let trap):
                _ = trap.report
                trapped += 1
                return
            case .outOfFuel, .hostCall: break
            }
            if saves { store = BoundedRun.restored(store) }
        }
        outOfFuel += 1
        store.abandon()
    }

    /// Runs until the host has nothing more to answer.
    private mutating func run(_ store: Store, fuel: Int64) -> RunResult {
        var result = store.run(fuel: fuel)
        while case .hostCall(let call) = result {
            callsOfHost += 1
            if callsOfHost % 3 == 0, (try? store.resume(throwing: store.makeTag(FunctionType()), [])) != nil {
                result = store.run(fuel: 0)
                continue
            }
            guard (try? store.resume(store.type(of: call.function).results.map { Value(zeroOf: $0) })) != nil else {
                preconditionFailure("the host answers with values of the right types")
            }
            result = store.run(fuel: 0)
        }
        return result
    }

    /// The same store from its saved state.
    private static func restored(_ store: Store) -> Store {
        let saved = store.encoded()
        guard let restored = try? Store(restoring: saved, within: limits), restored.encoded() == saved else {
            preconditionFailure("what was saved can be restored, and is the same")
        }
        return restored
    }
}
