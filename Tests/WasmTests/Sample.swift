import Testing
import Wasm

/// Modules for tests of whole modules.
struct Sample: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let module: Module

    static let all = [empty, small, everything]

    static let empty = Sample(testDescription: "empty", module: Module())

    static let small = Sample(
        testDescription: "small",
        module: WasmTests.module(FunctionType([.i32], to: [.i32]), [Instruction(.localGet), .i32Constant(-5), Instruction(.i32Mul)]))

    /// Something of everything that the format can say.
    static let everything: Sample = {
        var module = small.module
        let zero = Expression([.i32Constant(0)])
        module.functions[0] = Function(type: 0, locals: [LocalGroup(3, .v128), LocalGroup(300, .exnref)], body: code)
        module.imports += [
            Import(module: "host", name: "f", .function(type: 1)),
            Import(module: "", name: "ä☃𝄞", .table(TableType(.exnref, ResizableLimits(minimum: 0, maximum: 0xFFFF_FFFF)))),
            Import(module: "host", name: "e", .tag(TagType(type: 2))),
        ]
        module.globals += [
            Global(GlobalType(.funcref), Expression([Instruction(.refFunc, 1)])),
            Global(GlobalType(.i64), Expression([Instruction(.globalGet, 0), .i64Constant(1), Instruction(.i64Add)])),
            Global(GlobalType(.v128), Expression([.v128Constant(Vector128(low: 1, high: 2))])),
        ]
        module.start = 4
        module.types.append(FunctionType())
        module.functions.append(Function(type: 4, body: Expression([])))
        let functions = [Expression([Instruction(.refFunc, 1)]), Expression([.refNull(.funcref)])]
        module.elementSegments = [
            ElementSegment(.active(table: 1, offset: zero), .functions([0, 1])),
            ElementSegment(.passive, .functions([2])),
            ElementSegment(.active(table: 0, offset: zero), type: .exnref, .expressions([Expression([.refNull(.exnref)])])),
            ElementSegment(.declarative, .functions([3])),
            ElementSegment(.active(table: 1, offset: zero), .expressions(functions)),
            ElementSegment(.passive, type: .externref, .expressions([Expression([.refNull(.externref)])])),
            ElementSegment(.active(table: 2, offset: zero), type: .externref, .expressions([])),
            ElementSegment(.declarative, .expressions(functions)),
        ]
        module.dataSegments += [DataSegment(.active(memory: 0, offset: zero), []), DataSegment(.active(memory: 0, offset: zero), [9])]
        module.exports += [
            Export("table", .table(1)), Export("memory", .memory(0)), Export("global", .global(1)), Export("tag", .tag(0)),
            Export("", .function(0)),
        ]
        var names = Names()
        names.module = "everything"
        names.functions = [Names.Entry(0, "imported"), Names.Entry(2, "second")]
        module.customSections = [
            CustomSection("first", [1, 2, 3]), CustomSection("first", []), CustomSection("between", [4], after: .memory),
            CustomSection(Names.sectionName, names.encoded()[...], after: .data), CustomSection("last", [5], after: .data),
        ]
        return Sample(testDescription: "everything", module: module)
    }()

    /// Code with blocks in blocks, both instructions with vectors, and constants of each type. Takes an i32, gives one.
    private static let code: Expression = {
        var writer = InstructionWriter()
        writer.append(Instruction(.block, .value(.i32)))
        writer.append(Instruction(.block, .function(3)))
        writer.appendTryTable(.empty, [CatchClause(.tag, tag: 1, label: 1)])
        writer.append(Instruction(.localGet))
        writer.append(Instruction(.throw, 1))
        writer.append(Instruction(.end))
        writer.append(.i32Constant(.max))
        writer.append(.i32Constant(-64))
        writer.append(Instruction(.end))
        writer.append(Instruction(.drop))
        writer.append(Instruction(.localGet))
        writer.appendBranchTable([0, 1, 0], default: 1)
        writer.append(Instruction(.end))
        for constant in [Instruction.f32Constant(bits: 1), .f64Constant(bits: 2), .i64Constant(.max), .refNull(.funcref)] {
            writer.append(constant)
            writer.append(Instruction(.drop))
        }
        writer.append(Instruction(.end))
        return writer.expression
    }()
}
