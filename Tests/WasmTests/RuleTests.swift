import Testing
import Wasm

/// Each rule of validation, once kept and once broken. (The specification's tests say it at length; these need nothing but the package.)
@Suite struct RuleTests {
    /// Code and why it is refused; nil: it is not.
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let module: Module
        let reason: ModuleError.Reason?

        init(_ description: String, _ instructions: [Instruction], _ reason: ModuleError.Reason? = nil) {
            testDescription = description
            module = WasmTests.module(FunctionType([.i32], to: [.i32]), instructions)
            self.reason = reason
        }
    }

    private static let get = Instruction(.localGet)
    private static let drop = Instruction(.drop)
    private static let end = Instruction(.end)
    private static func mismatch(_ expected: ValueType, _ found: ValueType?) -> ModuleError.Reason {
        .invalid(.typeMismatch(expected: expected, found: found))
    }

    static let operands = [
        Case("the result", [get]),
        Case("no result", [], mismatch(.i32, nil)),
        Case("another result", [.i64Constant(1)], mismatch(.i32, .i64)),
        Case("one too many", [get, get], .invalid(.leftoverOperands)),
        Case("drop of nothing", [drop, get], .invalid(.missingOperand)),
        Case("binary", [get, .i64Constant(1), Instruction(.i32Add)], mismatch(.i32, .i64)),
        Case("three operands", [get, get, .i64Constant(1), Instruction(.memoryFill), get], mismatch(.i32, .i64)),
        Case("store", [get, .f32Constant(bits: 0), Instruction(.f32Store), get]),
        Case("store of another", [get, get, Instruction(.f32Store), get], mismatch(.f32, .i32)),
        Case("select of numbers", [get, get, get, Instruction(.select)]),
        Case("select of two types", [get, .i64Constant(1), get, Instruction(.select)], .invalid(.selectOperands)),
        Case("select of references", references + [get, Instruction(.select), drop, get], .invalid(.selectOperands)),
        Case("select of references by type", references + [get, .select(.funcref), drop, get]),
        Case("is_null of a number", [get, Instruction(.refIsNull)], mismatch(.funcref, .i32)),
        Case("is_null of a reference", [.refNull(.exnref), Instruction(.refIsNull)]),
    ]

    private static let references = [Instruction](repeating: .refNull(.funcref), count: 2)

    static let indices = [
        Case("local", [Instruction(.localGet, 1)], .invalid(.unknownLocal(1))),
        Case("global", [Instruction(.globalGet, 2)], .invalid(.unknownGlobal(2))),
        Case("global set", [get, Instruction(.globalSet, 1), get]),
        Case("constant global set", [.i64Constant(1), Instruction(.globalSet, 0), get], .invalid(.immutableGlobal(0))),
        Case("function", [Instruction(.call, 3)], .invalid(.unknownFunction(3))),
        Case("call", [get, .i64Constant(1), Instruction(.call, 2), drop, get]),
        Case("call without argument", [get, Instruction(.call, 2), drop, get], mismatch(.i64, .i32)),
        Case("indirect", [get, .i64Constant(1), get, Instruction(.callIndirect, 1, 0), drop, get]),
        Case("indirect table", [get, Instruction(.callIndirect, 1, 2)], .invalid(.unknownTable(2))),
        Case("indirect table of externals", [get, Instruction(.callIndirect, 1, 1)], .invalid(.elementType)),
        Case("indirect type", [get, Instruction(.callIndirect, 4, 0)], .invalid(.unknownType(4))),
        Case("tag", [get, Instruction(.throw, 0)]),
        Case("unknown tag", [get, Instruction(.throw, 1)], .invalid(.unknownTag(1))),
        Case("throw of nothing", [Instruction(.throw, 0)], mismatch(.i32, nil)),
        Case("throw_ref", [.refNull(.exnref), Instruction(.throwRef)]),
        Case("throw_ref of another", [.refNull(.externref), Instruction(.throwRef)], mismatch(.exnref, .externref)),
        Case("ref.func", [Instruction(.refFunc, 2), drop, get]),
        Case("undeclared ref.func", [Instruction(.refFunc, 1), drop, get], .invalid(.undeclaredFunctionReference(1))),
        Case("table get", [get, Instruction(.tableGet, 1), drop, get]),
        Case("table set of another", [get, .refNull(.funcref), Instruction(.tableSet, 1), get], mismatch(.externref, .funcref)),
        Case("table grow", [.refNull(.externref), get, Instruction(.tableGrow, 1)]),
        Case("table fill", [get, .refNull(.externref), get, Instruction(.tableFill, 1), get]),
        Case("table copy", [get, get, get, Instruction(.tableCopy, 0, 0), get]),
        Case("table copy of another", [get, get, get, Instruction(.tableCopy, 0, 1), get], .invalid(.elementType)),
        Case("table init", [get, get, get, Instruction(.tableInit, 1, 1), get]),
        Case("table init of another", [get, get, get, Instruction(.tableInit, 0, 1), get], .invalid(.elementType)),
        Case("element segment", [Instruction(.elemDrop, 2), get], .invalid(.unknownElementSegment(2))),
        Case("data segment", [Instruction(.dataDrop, 1), get], .invalid(.unknownDataSegment(1))),
        Case("memory init", [get, get, get, Instruction(.memoryInit, 0), get]),
        Case("alignment", [get, Instruction(.i32Load, MemoryArgument(alignment: 2, offset: 0))]),
        Case("more alignment", [get, Instruction(.i32Load, MemoryArgument(alignment: 3, offset: 0))], .invalid(.alignment)),
        Case("lane", [.v128Constant(Vector128(low: 0, high: 0)), Instruction(.i32x4ExtractLane, lane: 3)]),
        Case("one lane more", [.v128Constant(Vector128(low: 0, high: 0)), Instruction(.i32x4ExtractLane, lane: 4)], .invalid(.lane)),
        Case("lane 31", vectors + [.shuffle(Vector128(low: 0x1F, high: 0)), drop, get]),
        Case("lane 32", vectors + [.shuffle(Vector128(low: 0, high: 0x20 << 56)), drop, get], .invalid(.lane)),
    ]
    private static let vectors = [Instruction](repeating: .v128Constant(Vector128(low: 0, high: 0)), count: 2)

    static let control = [
        Case("block", [Instruction(.block, .value(.i32)), get, end]),
        Case("block of nothing", [Instruction(.block, .value(.i32)), end], mismatch(.i32, nil)),
        Case("block over outer operands", [get, Instruction(.block, .empty), drop, end], .invalid(.missingOperand)),
        Case(
            "block with parameters",
            [get, .i64Constant(1), Instruction(.block, .function(1)), drop, drop, .f32Constant(bits: 0), end, drop, get]),
        Case("block of unknown type", [Instruction(.block, .function(4)), end, get], .invalid(.unknownType(4))),
        Case("if", [get, Instruction(.if, .value(.i32)), get, Instruction(.else), get, end]),
        Case("if without else", [get, Instruction(.if, .value(.i32)), get, end], .invalid(.labelTypes)),
        Case("if that passes on", [get, get, Instruction(.if, .function(0)), end]),
        Case("else of a block", [Instruction(.block, .empty), Instruction(.else), end, get], .malformed(.elseUnexpected)),
        Case("else twice", [get, Instruction(.if, .empty), Instruction(.else), Instruction(.else), end, get], .malformed(.elseUnexpected)),
        Case("branch", [get, Instruction(.br, 0)]),
        Case("branch to a loop takes its parameters", [get, Instruction(.loop, .value(.i32)), get, Instruction(.br, 0), end, drop]),
        Case("branch too far", [get, Instruction(.br, 1)], .invalid(.unknownLabel(1))),
        Case("conditional branch leaves its operands", [get, get, Instruction(.brIf, 0)]),
        Case("return", [get, Instruction(.return)]),
        Case("tail call", [get, Instruction(.returnCall, 0)]),
        Case("tail call of another", [get, .i64Constant(1), Instruction(.returnCall, 2)], .invalid(.labelTypes)),
        Case("indirect tail call", [get, get, Instruction(.returnCallIndirect, 0, 0)]),
        Case("after the end", [get, end, Instruction(.nop)], .malformed(.endExpected)),
        Case("no end", [get, Instruction(.block, .empty)], .malformed(.endExpected)),
        Case("unreachable gives any", [Instruction(.unreachable), Instruction(.i32Add)]),
        Case("unreachable is no licence", [Instruction(.unreachable), .i64Constant(1), Instruction(.i32Add)], mismatch(.i32, .i64)),
        Case("unreachable ends with its block", [Instruction(.block, .empty), Instruction(.unreachable), end], mismatch(.i32, nil)),
        Case("unreachable select", [Instruction(.unreachable), Instruction(.select)]),
        Case(
            "unreachable select of a reference", [Instruction(.unreachable), .refNull(.funcref), get, Instruction(.select)],
            .invalid(.selectOperands)),
    ]

    @Test(arguments: operands + indices + control) func aRuleIsKept(_ rule: Case) {
        #expect(refusal(of: rule.module) == rule.reason)
    }

    @Test func labelsOfATableAgree() {
        func reason(_ write: (inout InstructionWriter) -> Void) -> ModuleError.Reason? {
            var writer = InstructionWriter()
            writer.append(Instruction(.block, .value(.i64)))
            writer.append(Instruction(.block, .value(.i32)))
            write(&writer)
            writer.append(Instruction(.end))
            writer.append(.i64Constant(0))
            writer.append(Instruction(.br, 0))
            writer.append(Instruction(.end))
            writer.append(Instruction(.drop))
            writer.append(Instruction(.localGet))
            writer.append(Instruction(.end))
            return refusal(of: module(FunctionType([.i32], to: [.i32]), body: writer.expression))
        }
        let operands = [Instruction.i32Constant(1), .i32Constant(2)]
        func table(_ labels: [UInt32], _ defaultLabel: UInt32) -> ModuleError.Reason? {
            reason { writer in
                for operand in operands { writer.append(operand) }
                writer.appendBranchTable(labels, default: defaultLabel)
            }
        }
        #expect(table([0, 2, 0], 2) == nil)
        #expect(table([], 0) == nil)
        #expect(table([0], 1) == .invalid(.typeMismatch(expected: .i64, found: .i32)))
        #expect(table([3], 0) == .invalid(.unknownLabel(3)))
        // An operand of an outer block does not serve the branch.
        let outer = reason { writer in
            writer.append(operands[0])
            writer.append(Instruction(.block, .value(.i32)))
            writer.append(operands[1])
            writer.appendBranchTable([0], default: 0)
            writer.append(Instruction(.end))
            writer.append(Instruction(.br, 0))
        }
        #expect(outer == .invalid(.typeMismatch(expected: .i32, found: nil)))
        func clauses(_ clauses: CatchClause...) -> ModuleError.Reason? {
            reason { writer in
                writer.appendTryTable(.value(.i32), clauses)
                writer.append(operands[0])
                writer.append(Instruction(.end))
            }
        }
        // Label 0 takes an i32, which is what the tag carries; a reference to the exception has no label that takes it.
        #expect(clauses(CatchClause(.tag, tag: 0, label: 0)) == nil)
        #expect(clauses(CatchClause(.tag, tag: 0, label: 1)) == .invalid(.labelTypes))
        #expect(clauses(CatchClause(.tagReference, tag: 0, label: 0)) == .invalid(.labelTypes))
        #expect(clauses(CatchClause(.all, label: 0)) == .invalid(.labelTypes))
        #expect(clauses(CatchClause(.allReference, label: 0)) == .invalid(.labelTypes))
        #expect(clauses(CatchClause(.tag, tag: 1, label: 0)) == .invalid(.unknownTag(1)))
        #expect(clauses(CatchClause(.tag, tag: 0, label: 3)) == .invalid(.unknownLabel(3)))
    }

    /// Changes of a valid module outside of code, and why each is refused.
    @Test func declarationsAreChecked() {
        func reason(_ change: (inout Module) -> Void) -> ModuleError.Reason? {
            var module = Sample.everything.module
            change(&module)
            return refusal(of: module)
        }
        let limits = ResizableLimits(minimum: 2, maximum: 1)
        #expect(reason { $0.imports[1].kind = .function(type: 5) } == .invalid(.unknownType(5)))
        #expect(reason { $0.functions[1].type = 5 } == .invalid(.unknownType(5)))
        #expect(reason { $0.tables[0].limits = limits } == .invalid(.limitsOrder))
        #expect(reason { $0.memories[0].limits = limits } == .invalid(.limitsOrder))
        #expect(reason { $0.memories[0].limits = ResizableLimits(minimum: 65537) } == .invalid(.memorySize))
        #expect(reason { $0.memories[0].limits = ResizableLimits(minimum: 0, maximum: 65537) } == .invalid(.memorySize))
        #expect(reason { $0.memories[0].limits = ResizableLimits(minimum: 0, maximum: 1 << 40) } == .invalid(.memorySize))
        #expect(reason { $0.tables[0].limits = ResizableLimits(minimum: 0, maximum: 0xFFFF_FFFF) } == nil)
        #expect(reason { $0.tables[0].limits = ResizableLimits(minimum: 0, maximum: 1 << 32) } == .invalid(.tableSize))
        #expect(reason { $0.tables[0].limits = ResizableLimits(minimum: 1 << 32) } == .invalid(.tableSize))
        #expect(reason { $0.memories.append($0.memories[0]) } == .unsupported(.multipleMemories))
        #expect(reason { $0.memories.removeAll() } == .invalid(.unknownMemory(0)))
        #expect(reason { $0.tags[0].type = 1 } == .invalid(.tagResults))
        #expect(reason { $0.tags[0].type = 5 } == .invalid(.unknownType(5)))
        #expect(reason { $0.start = 5 } == .invalid(.unknownFunction(5)))
        #expect(reason { $0.start = 1 } == .invalid(.startFunction))
        #expect(reason { $0.exports[1].name = $0.exports[0].name } == .invalid(.duplicateExport))
        #expect(reason { $0.exports[0].kind = .function(5) } == .invalid(.unknownFunction(5)))
        #expect(reason { $0.exports[0].kind = .table(3) } == .invalid(.unknownTable(3)))
        #expect(reason { $0.exports[0].kind = .memory(1) } == .invalid(.unknownMemory(1)))
        #expect(reason { $0.exports[0].kind = .global(5) } == .invalid(.unknownGlobal(5)))
        #expect(reason { $0.exports[0].kind = .tag(2) } == .invalid(.unknownTag(2)))
        #expect(reason { $0.elementSegments[0].items = .functions([5]) } == .invalid(.unknownFunction(5)))
        #expect(reason { $0.elementSegments[0].type = .externref } == .invalid(.elementType))
        #expect(reason { $0.elementSegments[7].type = .externref } == .invalid(.typeMismatch(expected: .externref, found: .funcref)))
        #expect(reason { $0.dataSegments[1].mode = .active(memory: 1, offset: Expression([])) } == .invalid(.unknownMemory(1)))
    }

    @Test func constantExpressionsAreChecked() {
        func reason(_ type: ValueType, _ instructions: [Instruction]) -> ModuleError.Reason? {
            var module = Sample.everything.module
            module.globals[2] = Global(GlobalType(type), Expression(instructions))
            return refusal(of: module)
        }
        #expect(reason(.i64, [Instruction(.globalGet, 0), Instruction(.globalGet, 0), Instruction(.i64Mul)]) == nil)
        #expect(reason(.i32, [.i32Constant(1), .i32Constant(1), Instruction(.i32Sub)]) == nil)
        #expect(reason(.externref, [.refNull(.externref)]) == nil)
        #expect(reason(.i64, [.i32Constant(1)]) == .invalid(.typeMismatch(expected: .i64, found: .i32)))
        #expect(reason(.i64, []) == .invalid(.typeMismatch(expected: .i64, found: nil)))
        #expect(reason(.i32, [.i32Constant(1), Instruction(.nop)]) == .invalid(.constantExpressionRequired))
        #expect(reason(.i32, [.i32Constant(1), .i32Constant(1), Instruction(.i32And)]) == .invalid(.constantExpressionRequired))
        #expect(reason(.funcref, [Instruction(.refFunc, 5)]) == .invalid(.unknownFunction(5)))
        // Global 1 can be set, 2 stands before this one, 3 is this one.
        #expect(reason(.i32, [Instruction(.globalGet, 1)]) == .invalid(.constantExpressionRequired))
        #expect(reason(.funcref, [Instruction(.globalGet, 2)]) == nil)
        #expect(reason(.i64, [Instruction(.globalGet, 3)]) == .invalid(.unknownGlobal(3)))
    }

    /// Segments may name all globals that cannot be set, those that the module defines included (3.0).
    @Test func segmentsNameDefinedGlobals() {
        func reason(isMutable: Bool = false, _ index: UInt32) -> ModuleError.Reason? {
            var module = WasmTests.module(FunctionType(), [])
            module.globals.append(Global(GlobalType(.i32, isMutable: isMutable), Expression([.i32Constant(3)])))
            let offset = Expression([Instruction(.globalGet, index)])
            module.dataSegments.append(DataSegment(.active(memory: 0, offset: offset), [1]))
            module.elementSegments.append(ElementSegment(.active(table: 0, offset: offset), .functions([0])))
            return refusal(of: module)
        }
        #expect(reason(2) == nil)
        #expect(reason(isMutable: true, 2) == .invalid(.constantExpressionRequired))
        #expect(reason(3) == .invalid(.unknownGlobal(3)))
    }

    @Test func aFunctionIsDeclaredByAnythingOutsideOfFunctions() {
        let code = [Instruction(.refFunc, 1), Instruction(.drop)]
        let undeclared = ModuleError.Reason.invalid(.undeclaredFunctionReference(1))
        func reason(_ change: (inout Module) -> Void) -> ModuleError.Reason? {
            var module = WasmTests.module(FunctionType(), code)
            change(&module)
            return refusal(of: module)
        }
        let reference = Expression([Instruction(.refFunc, 1)])
        #expect(reason { _ in } == undeclared)
        #expect(reason { $0.start = 0 } == undeclared)
        #expect(reason { $0.exports.append(Export("one", .function(1))) } == nil)
        #expect(reason { $0.globals.append(Global(GlobalType(.funcref), reference)) } == nil)
        #expect(reason { $0.elementSegments.append(ElementSegment(.declarative, .functions([1]))) } == nil)
        #expect(reason { $0.elementSegments.append(ElementSegment(.passive, .expressions([reference]))) } == nil)
    }

    @Test func dataInstructionsNeedTheDataCount() {
        let body = Expression([Instruction(.dataDrop)])
        #expect(refusal(of: module(body: body)) == nil)
        #expect(refusal(of: module(hasDataCount: false, body: body)) == .malformed(.dataCountRequired))
    }
}
