import Testing
import Wasm

/// What the encoder writes, the decoder reads.
@Suite struct RoundTripTests {
    @Test(arguments: Sample.all) func aModuleSurvivesEncoding(_ sample: Sample) throws {
        #expect(try Module(decoding: sample.module.encoded()) == sample.module)
    }

    @Test(arguments: Sample.all) func aSampleIsValid(_ sample: Sample) {
        #expect(refusal(of: sample.module) == nil)
    }

    @Test(arguments: Sample.all) func encodingIsStable(_ sample: Sample) throws {
        let bytes = sample.module.encoded()
        #expect(try Module(decoding: bytes).encoded() == bytes)
    }

    /// The bytes of a small module, section by section, as chapter 5.5 of the specification says.
    @Test func theBytesAreThoseOfTheSpecification() {
        var module = Module()
        module.types = [FunctionType([.i32, .i32], to: [.i32])]
        module.functions = [
            Function(
                type: 0, locals: [LocalGroup(2, .i64)],
                body: Expression([Instruction(.localGet), Instruction(.localGet, 1), Instruction(.i32Add)]))
        ]
        module.exports = [Export("add", .function(0))]
        let bytes = file(
            section(.type, [1, 0x60, 2, 0x7F, 0x7F, 1, 0x7F]), section(.function, [1, 0]),
            section(.export, [1, 3, 0x61, 0x64, 0x64, 0, 0]),
            section(.code, [1, 9, 1, 2, 0x7E, 0x20, 0, 0x20, 1, 0x6A, 0x0B]))
        #expect(module.encoded() == bytes)
        #expect(refusal(of: bytes) == nil)
    }

    @Test func emptySectionsDoNotKeepCustomOnesFromSurviving() throws {
        let custom: [UInt8] = [0, 3, 1, 0x78, 9]
        let module = try Module(decoding: file(section(.type, [0]), custom, section(.memory, [1, 0, 0]), section(.global, [0]), custom))
        #expect(module.customSections.map(\.preceding) == [nil, .memory])
        #expect(try Module(decoding: module.encoded()) == module)
    }

    @Test func aFunctionCanBeReplaced() throws {
        var module = try Module(decoding: Sample.everything.module.encoded())
        let old = module.functions[0].body
        var writer = InstructionWriter()
        writer.append(Instruction(.nop))
        for instruction in try instructions(of: old) { writer.append(instruction, from: old) }
        module.functions[0].body = writer.expression
        #expect(refusal(of: module) == nil)
        let again = try Module(decoding: module.encoded())
        #expect(again == module)
        #expect(again.functions[0].body.bytes.dropFirst() == old.bytes)
        #expect(again.customSections == Sample.everything.module.customSections)
    }

    /// Every instruction, with immediates that are all different, reads as it was written.
    @Test(arguments: Opcode.allCases) func anInstructionSurvivesEncoding(_ opcode: Opcode) throws {
        let vector = Vector128(low: 0x0706_0504_0302_0100, high: 0x1F0E_0D0C_0B0A_0908)
        let written: Instruction? =
            switch opcode.row.immediates {
            case .labels, .tryTable: nil
            case .none: Instruction(opcode)
            case .memoryIndex, .memoryCopy: Instruction(opcode)
            case .memoryInit: Instruction(opcode, 300)
            case .label, .function, .tag, .local, .global, .table, .element, .data: Instruction(opcode, 300)
            case .indirect, .tableInit, .tableCopy: Instruction(opcode, 300, 400)
            case .block: Instruction(opcode, .function(300))
            case .memory: Instruction(opcode, MemoryArgument(alignment: 3, offset: .max))
            case .memoryLane: Instruction(opcode, MemoryArgument(alignment: 3, offset: 300), lane: 5)
            case .i32: .i32Constant(.min)
            case .i64: .i64Constant(.min)
            case .f32: .f32Constant(bits: 0x7FA0_0001)
            case .f64: .f64Constant(bits: 0x7FF4_0000_0000_0001)
            case .v128: .v128Constant(vector)
            case .shuffle: .shuffle(vector)
            case .lane: Instruction(opcode, lane: 7)
            case .reference: .refNull(.externref)
            case .types: .select(.v128)
            }
        guard let written else { return }
        let expression = Expression([written])
        let read = try instructions(of: expression)
        #expect(read.map(\.opcode) == [opcode, .end])
        #expect(read[0].range == 0..<expression.bytes.count - 1)
        #expect(Expression([read[0]]) == expression)
        #expect(read[0].blockType == written.blockType && read[0].memoryArgument == written.memoryArgument && read[0].v128 == written.v128)
        #expect(read[0].index == written.index && read[0].secondIndex == written.secondIndex && read[0].lane == written.lane)
        #expect(read[0].i32 == written.i32 && read[0].i64 == written.i64 && read[0].selectType == written.selectType)
    }

    @Test func vectorsOfLabelsAndClausesSurviveEncoding() throws {
        let clauses = [
            CatchClause(.tag, tag: 200, label: 1), CatchClause(.tagReference, tag: 2, label: 300), CatchClause(.all, label: 3),
            CatchClause(.allReference, label: 4),
        ]
        var writer = InstructionWriter()
        writer.appendTryTable(.value(.i32), clauses)
        writer.appendBranchTable([5, 600, 7], default: 8)
        writer.appendBranchTable([], default: 9)
        let expression = writer.expression
        let read = try instructions(of: expression)
        #expect(read.map(\.opcode) == [.tryTable, .brTable, .brTable])
        #expect(read[0].blockType == .value(.i32))
        #expect(Array(expression.catchClauses(of: read[0])) == clauses)
        #expect(Array(expression.branchTable(of: read[1])) == [5, 600, 7, 8])
        #expect(expression.branchTable(of: read[1]).count == 3)
        #expect(Array(expression.branchTable(of: read[2])) == [9])
    }
}

/// The instructions of an expression.
func instructions(of expression: Expression) throws(ModuleError) -> [Instruction] {
    var reader = expression.instructions
    var instructions: [Instruction] = []
    while let instruction = try reader.next() { instructions.append(instruction) }
    return instructions
}
