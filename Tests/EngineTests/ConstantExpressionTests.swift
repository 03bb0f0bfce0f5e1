/// Values of constant expressions: what instances begin with.
import Engine
import Testing
import Wasm

@Suite struct ConstantExpressionTests {
    /// Each global adds to the one before it, which the module defines or imports; segments begin where the globals say.
    @Test func globalsBeforeItAreNamed() throws {
        var builder = ModuleBuilder()
        let five = Expression([.i32Constant(5)])
        let next = Expression([Instruction(.globalGet, 0), .i32Constant(2), Instruction(.i32Add)])
        let last = Expression([Instruction(.globalGet, 1), Instruction(.globalGet, 0), Instruction(.i32Mul)])
        let reference = Expression([Instruction(.refFunc, 1)])
        builder.module.globals = [five, next, last].map { Global(GlobalType(.i32), $0) } + [Global(GlobalType(.funcref), reference)]
        builder.module.memories = [MemoryType(ResizableLimits(minimum: 1))]
        builder.module.tables = [TableType(.funcref, ResizableLimits(minimum: 10))]
        builder.module.dataSegments = [DataSegment(.active(memory: 0, offset: Expression([Instruction(.globalGet, 2)])), [42])]
        builder.module.elementSegments = [
            ElementSegment(
                .active(table: 0, offset: Expression([Instruction(.globalGet, 1)])),
                .expressions([Expression([Instruction(.globalGet, 3)])]))
        ]
        let type = builder.type(to: [.i32])
        builder.function("run", to: [.i32]) { writer in
            writer.append([.i32Constant(7), Instruction(.callIndirect, type, 0)])
        }
        builder.function("load", to: [.i32]) { writer in
            writer.i32(30)
            writer.append(Instruction(.i32Load8U, MemoryArgument(alignment: 0, offset: 5)))
        }
        #expect(try builder.machine().call("run") == .finished([.i32(42)]))
    }

    /// An access and an instruction that say in full which memory they mean.
    @Test func theMemoryMayBeNamed() throws {
        var builder = ModuleBuilder()
        builder.module.memories = [MemoryType(ResizableLimits(minimum: 2))]
        builder.function("run", to: [.i32]) { writer in
            writer.append([.i32Constant(100), .i32Constant(41)])
            writer.append([0x36, 0x42, 0x00, 0x03])
            writer.i32(100)
            writer.append([0x28, 0x41, 0x80, 0x00, 0x83, 0x00])
            writer.append([0x3F, 0x80, 0x00])
            writer.append(.i32Add)
        }
        #expect(try builder.machine().call("run") == .finished([.i32(43)]))
    }
}
