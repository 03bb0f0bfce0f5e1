/// Exceptions: how they leave the engine and come into it, and how many there may be.
import Engine
import Testing
import Wasm

@Suite struct ExceptionTests {
    /// Throws so many exceptions one after another, and keeps the references of all of them in a table if it can.
    private func thrower(keeping: Bool) -> ModuleBuilder {
        var builder = ModuleBuilder()
        builder.module.tags = [TagType(type: builder.type([.i32]))]
        builder.module.tables = [TableType(.exnref, ResizableLimits(minimum: 1000))]
        let caught = builder.type(to: [.i32, .exnref])
        builder.function("run", [.i32], to: [.i32], locals: [.exnref, .i32]) { writer in
            writer.begin(.loop)
            writer.begin(.block, .function(caught))
            writer.appendTryTable(.empty, [CatchClause(.tagReference, tag: 0, label: 0)])
            writer.append([Instruction(.localGet, 0), Instruction(.throw, 0)])
            writer.end()
            writer.append(.unreachable)
            writer.end()
            writer.append([Instruction(.localSet, 1), Instruction(.localGet, 2), Instruction(.i32Add), Instruction(.localSet, 2)])
            if keeping { writer.append([Instruction(.localGet, 0), Instruction(.localGet, 1), Instruction(.tableSet, 0)]) }
            writer.append([Instruction(.localGet, 0), .i32Constant(1), Instruction(.i32Sub), Instruction(.localTee, 0)])
            writer.append(.brIf, 0)
            writer.end()
            writer.get(2)
        }
        return builder
    }

    @Test func exceptionsThatNobodyRefersToAreForgotten() throws {
        let machine = try thrower(keeping: false).machine(limits: StoreLimits(stackSlots: 100, frames: 4, exceptions: 80))
        #expect(try machine.call("run", [.i32(900)]) == .finished([.i32(900 * 901 / 2)]))
    }

    @Test func thoseInATableAreKept() throws {
        let limits = StoreLimits(stackSlots: 100, frames: 4, exceptions: 80)
        #expect(try thrower(keeping: true).machine(limits: limits).call("run", [.i32(70)]) == .finished([.i32(70 * 71 / 2)]))
        #expect(try thrower(keeping: true).machine(limits: limits).call("run", [.i32(200)]).trapReason == .exceptionsExhausted)
    }

    @Test func anExceptionThatIsNotCaughtEndsTheCall() throws {
        let machine = try Programs.exceptions.machine()
        guard case .trapped(let trap) = try machine.call("outer", [.i32(8)]), let exception = trap.exception else {
            Issue.record("no exception")
            return
        }
        #expect(trap.reason == .uncaughtException)
        #expect(trap.backtrace.map(\.function) == [2, 1])
        #expect(machine.store.contents(of: exception)?.values == [.i32(8), .i64(5)])
    }

    @Test func theHostCanThrow() throws {
        var builder = ModuleBuilder()
        let host = builder.importFunction("f")
        builder.module.imports.append(Import(module: "host", name: "t", .tag(TagType(type: builder.type([.i32])))))
        builder.function("run", [.i32], to: [.i32]) { writer in
            writer.begin(.block, .value(.i32))
            writer.appendTryTable(.empty, [CatchClause(.tag, tag: 0, label: 0)])
            writer.append(.call, host)
            writer.end()
            writer.append([Instruction(.localGet, 0), Instruction(.return)])
            writer.end()
        }
        let store = Store()
        let tag = store.makeTag(FunctionType([.i32]))
        let function = store.makeHostFunction(FunctionType(), number: 0)
        let instance = try store.instantiate(try builder.compiled(), imports: [.function(function), .tag(tag)])
        var machine = Machine(store: store, instance: instance)
        try machine.store.invoke(machine.function("run"), [.i32(1)])
        _ = machine.store.run(fuel: .max)
        #expect(throws: InvocationError.types) { try machine.store.resume(throwing: tag, []) }
        try machine.store.resume(throwing: tag, [.i32(77)])
        machine.store = try Store(restoring: machine.store.encoded())
        #expect(machine.store.run(fuel: 0) == .finished([.i32(77)]))
        // Without a throw, it goes on behind the call.
        #expect(try machine.call("run", [.i32(1)]) == .finished([.i32(1)]))
    }
}
