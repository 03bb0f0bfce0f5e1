/// Programs that stop in many ways: in calls, tail calls, exceptions, calls of the host, loops and bulk instructions.
import Engine
import Wasm

/// Modules whose function `run` takes one number.
enum Programs {
    /// All of them, with the number to run with.
    static var all: [(name: String, builder: ModuleBuilder, argument: Int32)] {
        [
            ("recursion", recursion, 9), ("memory", memory, 20), ("tail calls", tailCalls, 30), ("exceptions", exceptions, 12),
            ("host calls", hostCalls, 7), ("vectors and globals", vectors, 9),
            ("tables", tables, 6),
        ]
    }

    /// Fibonacci numbers, by calls and by calls through a table in turns.
    static var recursion: ModuleBuilder {
        var builder = ModuleBuilder()
        let type = builder.type([.i32], to: [.i32])
        builder.module.tables = [TableType(.funcref, ResizableLimits(minimum: 1))]
        let offset = Expression([.i32Constant(0)])
        builder.module.elementSegments = [ElementSegment(.active(table: 0, offset: offset), .functions([0]))]
        builder.function("run", [.i32], to: [.i32]) { writer in
            writer.get(0)
            writer.i32(2)
            writer.append(.i32LtU)
            writer.begin(.if, .value(.i32))
            writer.get(0)
            writer.append(.else)
            writer.get(0)
            writer.i32(1)
            writer.append(.i32Sub)
            writer.append(.call, 0)
            writer.get(0)
            writer.i32(2)
            writer.append(.i32Sub)
            writer.i32(0)
            writer.append(.callIndirect, type, 0)
            writer.append(.i32Add)
            writer.end()
        }
        return builder
    }

    /// Grows the memory, fills and copies parts of it, and sums words of it in a loop with a branch table.
    static var memory: ModuleBuilder {
        var builder = ModuleBuilder()
        builder.module.memories = [MemoryType(ResizableLimits(minimum: 1, maximum: 4))]
        builder.function("run", [.i32], to: [.i32], locals: [.i32, .i32]) { writer in
            writer.append([.i32Constant(1), Instruction(.memoryGrow), Instruction(.drop)])
            writer.append([.i32Constant(70_000), .i32Constant(7), .i32Constant(300), Instruction(.memoryFill)])
            writer.append([.i32Constant(16), .i32Constant(70_000), .i32Constant(200), Instruction(.memoryCopy)])
            writer.begin(.loop)
            writer.begin(.block)
            writer.begin(.block)
            writer.get(1)
            writer.i32(3)
            writer.append(.i32And)
            writer.appendBranchTable([0, 1], default: 1)
            writer.end()
            writer.append([Instruction(.localGet, 2), .i32Constant(100), Instruction(.i32Xor), Instruction(.localSet, 2)])
            writer.end()
            writer.append([Instruction(.localGet, 2), Instruction(.localGet, 1), .i32Constant(2), Instruction(.i32Shl)])
            writer.append(Instruction(.i32Load, MemoryArgument(alignment: 2, offset: 8)))
            writer.append([Instruction(.i32Add), Instruction(.localTee, 2), Instruction(.drop)])
            writer.append([Instruction(.localGet, 1), Instruction(.localGet, 2)])
            writer.append(Instruction(.i32Store, MemoryArgument(alignment: 0, offset: 70_001)))
            writer.append([Instruction(.localGet, 1), .i32Constant(1), Instruction(.i32Add), Instruction(.localTee, 1)])
            writer.append([Instruction(.localGet, 0), Instruction(.i32LtU), Instruction(.brIf, 0)])
            writer.end()
            writer.get(2)
        }
        return builder
    }

    /// Counts down by two functions that end with calls of each other, the second with a larger frame.
    static var tailCalls: ModuleBuilder {
        var builder = ModuleBuilder()
        builder.function("run", [.i32], to: [.i32]) { writer in
            writer.get(0)
            writer.append(.i32Eqz)
            writer.begin(.if)
            writer.append([.i32Constant(42), Instruction(.return)])
            writer.end()
            writer.append([Instruction(.localGet, 0), Instruction(.localGet, 0), .i32Constant(1), Instruction(.i32Sub)])
            writer.append(.returnCall, 1)
        }
        builder.function("second", [.i32, .i32], to: [.i32], locals: [.i64, .i64]) { writer in
            writer.append([Instruction(.localGet, 1), Instruction(.returnCall, 0)])
        }
        return builder
    }

    /// Throws through two frames, catches with and without a reference, and throws again.
    static var exceptions: ModuleBuilder {
        var builder = ModuleBuilder()
        builder.module.tags = [TagType(type: builder.type([.i32, .i64]))]
        let caught = builder.type(to: [.i32, .i64, .exnref])
        let carried = builder.type(to: [.i32, .i64])
        builder.function("run", [.i32], to: [.i32], locals: [.i64, .i32]) { writer in
            writer.begin(.loop)
            writer.begin(.block, .function(carried))
            writer.appendTryTable(.empty, [CatchClause(.tag, tag: 0, label: 0)])
            writer.begin(.block, .function(caught))
            writer.appendTryTable(.empty, [CatchClause(.tagReference, tag: 0, label: 0)])
            writer.append([Instruction(.localGet, 0), Instruction(.call, 1)])
            writer.end()
            writer.append(.unreachable)
            writer.end()
            writer.append(.throwRef)
            writer.end()
            writer.append(.unreachable)
            writer.end()
            writer.append([Instruction(.localSet, 1), Instruction(.localGet, 2), Instruction(.i32Add), Instruction(.localSet, 2)])
            writer.append([Instruction(.localGet, 0), .i32Constant(1), Instruction(.i32Sub), Instruction(.localTee, 0)])
            writer.append(.brIf, 0)
            writer.end()
            writer.get(2)
        }
        builder.function("outer", [.i32]) { writer in
            writer.append([Instruction(.localGet, 0), Instruction(.call, 2), Instruction(.unreachable)])
        }
        builder.function("inner", [.i32]) { writer in
            writer.append([Instruction(.localGet, 0), .i64Constant(5), Instruction(.throw, 0)])
        }
        return builder
    }

    /// Calls the host in a loop, and at last in place of its own return.
    static var hostCalls: ModuleBuilder {
        var builder = ModuleBuilder()
        let add = builder.importFunction("add", [.i32, .i32], to: [.i32])
        builder.function("run", [.i32], to: [.i32], locals: [.i32]) { writer in
            writer.begin(.loop)
            writer.append([Instruction(.localGet, 1), Instruction(.localGet, 0), Instruction(.call, add), Instruction(.localSet, 1)])
            writer.append([Instruction(.localGet, 0), .i32Constant(1), Instruction(.i32Sub), Instruction(.localTee, 0)])
            writer.append(.brIf, 0)
            writer.end()
            writer.append([Instruction(.localGet, 1), .i32Constant(1000), Instruction(.returnCall, add)])
        }
        return builder
    }

    /// Adds vectors that live in a local and in a global.
    static var vectors: ModuleBuilder {
        var builder = ModuleBuilder()
        let zero = Expression([.v128Constant(Vector128(low: 1 << 32, high: 3 << 32 | 2))])
        builder.module.globals = [Global(GlobalType(.v128, isMutable: true), zero)]
        builder.function("run", [.i32], to: [.i32], locals: [.v128]) { writer in
            writer.begin(.loop)
            writer.append([Instruction(.globalGet, 0), Instruction(.localGet, 0), Instruction(.i32x4Splat), Instruction(.i32x4Add)])
            writer.append([Instruction(.localTee, 1), Instruction(.globalSet, 0)])
            writer.append([Instruction(.localGet, 0), .i32Constant(1), Instruction(.i32Sub), Instruction(.localTee, 0)])
            writer.append(.brIf, 0)
            writer.end()
            writer.get(1)
            writer.append(Instruction(.i32x4ExtractLane, lane: 2))
        }
        return builder
    }

    /// Grows, fills, copies and initializes tables of functions and of the host's references, and calls what they hold.
    static var tables: ModuleBuilder {
        var builder = ModuleBuilder()
        let type = builder.type([.i32], to: [.i32])
        builder.module.tables = [
            TableType(.funcref, ResizableLimits(minimum: 2, maximum: 20)), TableType(.externref, ResizableLimits(minimum: 1)),
        ]
        builder.module.elementSegments = [
            ElementSegment(.passive, .functions([1, 2, 1])), ElementSegment(.declarative, .functions([2])),
        ]
        builder.function("run", [.i32], to: [.i32], locals: [.i32]) { writer in
            writer.append([.i32Constant(0), .i32Constant(0), .i32Constant(2), Instruction(.tableInit, 0, 0)])
            writer.append([Instruction(.refFunc, 2), Instruction(.localGet, 0), Instruction(.tableGrow, 0), Instruction(.drop)])
            writer.append([.i32Constant(3), .i32Constant(0), .i32Constant(2), Instruction(.tableCopy, 0, 0)])
            writer.append([.i32Constant(0), .refNull(.externref), .i32Constant(1), Instruction(.tableFill, 1)])
            writer.begin(.loop)
            writer.append([Instruction(.localGet, 1), Instruction(.localGet, 0), Instruction(.callIndirect, type, 0)])
            writer.append([Instruction(.localGet, 1), Instruction(.i32Add), Instruction(.localSet, 1)])
            writer.append([Instruction(.localGet, 0), .i32Constant(1), Instruction(.i32Sub), Instruction(.localTee, 0)])
            writer.append(.brIf, 0)
            writer.end()
            writer.append([.i32Constant(0), Instruction(.tableGet, 1), Instruction(.refIsNull)])
            writer.append([Instruction(.localGet, 1), Instruction(.i32Add), Instruction(.tableSize, 0), Instruction(.i32Add)])
            writer.append(.elemDrop, 0)
        }
        builder.function("double", [.i32], to: [.i32]) { writer in
            writer.append([Instruction(.localGet, 0), .i32Constant(1), Instruction(.i32Shl)])
        }
        builder.function("next", [.i32], to: [.i32]) { writer in
            writer.append([Instruction(.localGet, 0), .i32Constant(1), Instruction(.i32Add)])
        }
        return builder
    }
}
