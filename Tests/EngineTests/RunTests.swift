/// Runs: calls of the host, calls inside each other, traps with their backtraces, limits.
import Engine
import Testing
import Wasm

@Suite struct RunTests {
    @Test func aCallOfTheHostWaitsForItsAnswer() throws {
        let machine = try Programs.hostCalls.machine()
        try machine.store.invoke(machine.function("run"), [.i32(2)])
        let first = machine.store.run(fuel: .max)
        guard case .hostCall(let call) = first else {
            Issue.record("\(first)")
            return
        }
        #expect(call.number == 0)
        #expect(call.arguments == [.i32(0), .i32(2)])
        #expect(machine.store.pendingHostCall == call)
        #expect(throws: InvocationError.types) { try machine.store.resume([.i64(1)]) }
        try machine.store.resume([.i32(100)])
        #expect(machine.store.run(fuel: 0) == .hostCall(HostCall(function: call.function, number: 0, arguments: [.i32(100), .i32(1)])))
        try machine.store.resume([.i32(7)])
        // The last call takes the place of the return.
        #expect(machine.store.run(fuel: 0) == .hostCall(HostCall(function: call.function, number: 0, arguments: [.i32(7), .i32(1000)])))
        try machine.store.resume([.i32(5)])
        #expect(machine.store.run(fuel: 0) == .finished([.i32(5)]))
        #expect(machine.store.depth == 0)
    }

    @Test func aFunctionOfTheHostCanBeInvoked() throws {
        let store = Store()
        let function = store.makeHostFunction(FunctionType([.i64], to: [.v128]), number: 9)
        try store.invoke(function, [.i64(3)])
        #expect(store.run(fuel: 1) == .hostCall(HostCall(function: function, number: 9, arguments: [.i64(3)])))
        let vector = Value.v128(Vector128(low: 1, high: 2))
        try store.resume([vector])
        #expect(store.run(fuel: 0) == .finished([vector]))
    }

    @Test func aCallInterruptsAnother() throws {
        var machine = try Programs.hostCalls.machine()
        let expected = try machine.call("run", [.i32(5)])
        try machine.store.invoke(machine.function("run"), [.i32(5)])
        machine.store.fuel = 0
        guard case .hostCall(let outer) = machine.store.run(fuel: 1000) else {
            Issue.record("no call of the host")
            return
        }
        try machine.store.invoke(machine.function("run"), [.i32(2)])
        #expect(machine.store.depth == 2)
        machine.store = try Store(restoring: machine.store.encoded())
        let inner = try machine.finish()
        #expect(inner == .finished([.i32(1003)]))
        #expect(machine.store.depth == 1)
        #expect(machine.store.pendingHostCall == outer)
        // One that is thrown away in the middle leaves no trace either.
        try machine.store.invoke(machine.function("run"), [.i32(3)])
        _ = machine.store.run(fuel: 3)
        machine.store.abandon()
        try machine.store.resume(machine.answer(to: outer))
        #expect(try machine.finish() == expected)
    }

    @Test func argumentsMustHaveTheTypesOfTheFunction() throws {
        let machine = try Programs.recursion.machine()
        #expect(throws: InvocationError.types) { try machine.store.invoke(machine.function("run"), []) }
        #expect(throws: InvocationError.types) { try machine.store.invoke(machine.function("run"), [.f32(bits: 0)]) }
        #expect(machine.store.depth == 0)
    }

    @Test func aBacktraceNamesFunctionsAndInstructions() throws {
        var builder = ModuleBuilder()
        builder.function("run", [.i32]) { writer in
            writer.append(.nop)
            writer.append([Instruction(.localGet, 0), Instruction(.call, 1)])
        }
        builder.function("inner", [.i32]) { writer in
            writer.append([Instruction(.localGet, 0), .i32Constant(-1), Instruction(.i32DivS), Instruction(.drop)])
        }
        var names = Names()
        names.functions = [Names.Entry(1, "the inner one")]
        builder.module.customSections = [CustomSection(Names.sectionName, names.encoded()[...], after: .code)]
        let machine = try builder.machine()
        guard case .trapped(let trap) = try machine.call("run", [.i32(0x8000_0000)]) else {
            Issue.record("no trap")
            return
        }
        #expect(trap.reason == .integerOverflow)
        #expect(trap.backtrace.map(\.function) == [1, 0])
        #expect(trap.backtrace.map(\.name) == ["the inner one", nil])
        let module = try Module(decoding: builder.module.encoded())
        // The division follows two instructions of two bytes; the call, one byte and two.
        #expect(trap.backtrace[0].offset == module.functions[1].body.bytes.startIndex + 4)
        #expect(trap.backtrace[1].offset == module.functions[0].body.bytes.startIndex + 3)
        #expect(trap.report.hasPrefix("integer overflow\n  at the inner one (byte "))
        #expect(machine.store.depth == 0)
    }

    @Test func endlessRecursionTraps() throws {
        var builder = ModuleBuilder()
        builder.function("run") { $0.append(.call, 0) }
        builder.function("wide", locals: Array(repeating: .i64, count: 100)) { $0.append(.call, 1) }
        for (name, frames) in [("run", 512), ("wide", 40)] {
            guard case .trapped(let trap) = try builder.machine().call(Name(name)) else {
                Issue.record("no trap")
                return
            }
            #expect(trap.reason == .callStackExhausted)
            #expect(trap.backtrace.count + trap.omitted == frames)
        }
    }

    @Test func aFrameThatCannotBeNamedTraps() throws {
        var builder = ModuleBuilder()
        builder.function("run", locals: Array(repeating: .v128, count: 40_000)) { _ in }
        #expect(try builder.machine(limits: StoreLimits()).call("run").trapReason == .frameTooLarge)
    }

    @Test func memoriesAndTablesGrowToTheirLimits() throws {
        var builder = ModuleBuilder()
        builder.module.memories = [MemoryType(ResizableLimits(minimum: 1))]
        builder.module.tables = [TableType(.externref, ResizableLimits(minimum: 2, maximum: 5))]
        builder.function("memory", [.i32], to: [.i32]) { $0.append([Instruction(.localGet, 0), Instruction(.memoryGrow)]) }
        builder.function("table", [.i32], to: [.i32]) { writer in
            writer.append([Instruction.refNull(.externref), Instruction(.localGet, 0), Instruction(.tableGrow, 0)])
        }
        var machine = try builder.machine(limits: StoreLimits(memoryPages: 3, tableElements: 4))
        #expect(try machine.call("memory", [.i32(2)]) == .finished([.i32(1)]))
        #expect(try machine.call("memory", [.i32(1)]) == .finished([.i32(.max)]))
        #expect(try machine.call("table", [.i32(3)]) == .finished([.i32(.max)]))
        #expect(try machine.call("table", [.i32(2)]) == .finished([.i32(2)]))
        machine.store = try Store(restoring: machine.store.encoded())
        #expect(try machine.call("memory", [.i32(0)]) == .finished([.i32(3)]))
        #expect(try machine.call("table", [.i32(1)]) == .finished([.i32(.max)]))
        // The module's own bound is below the store's.
        machine = try builder.machine(limits: StoreLimits(tableElements: 100))
        #expect(try machine.call("table", [.i32(4)]) == .finished([.i32(.max)]))
        #expect(try machine.call("table", [.i32(3)]) == .finished([.i32(2)]))
        #expect(throws: InstantiationError.limit) { try builder.machine(limits: StoreLimits(memoryPages: 0)) }
    }

    @Test func importsMustFit() throws {
        var builder = ModuleBuilder()
        _ = builder.importFunction("f", [.i32])
        let module = try builder.compiled()
        let store = Store()
        let wrong = store.makeHostFunction(FunctionType([.i64]), number: 0)
        #expect(throws: InstantiationError.importCount) { try store.instantiate(module, imports: []) }
        #expect(throws: InstantiationError.incompatibleImport(0)) { try store.instantiate(module, imports: [.function(wrong)]) }
        let global = Extern.global(store.makeGlobal(.i32(0)))
        #expect(throws: InstantiationError.incompatibleImport(0)) { try store.instantiate(module, imports: [global]) }
    }
}
