import Testing
import Wasm

/// What the validator shows between two instructions, on which a compiler relies.
@Suite struct ValidatorStateTests {
    /// The state before an instruction.
    struct State: Equatable {
        var opcode: Opcode
        var isReachable: Bool
        var operands: [ValueType?]
        var depth: Int
    }

    /// Runs a function of `module` and notes the state before each instruction.
    private func states(_ type: FunctionType, _ instructions: [Instruction]) throws -> [State] {
        let module = module(type, instructions)
        var validator = try module.validateDeclarations()
        try validator.begin(module.functions[0])
        var reader = module.functions[0].body.instructions
        var states: [State] = []
        while let instruction = try reader.next() {
            states.append(
                State(
                    opcode: instruction.opcode, isReachable: validator.isReachable, operands: validator.operands,
                    depth: validator.frames.count))
            try validator.validate(instruction)
        }
        try validator.finish()
        #expect(validator.frames.isEmpty && !validator.isReachable)
        return states
    }

    @Test func operandsAndBlocksAreShown() throws {
        let states = try states(
            FunctionType([.i32], to: [.f32]),
            [
                Instruction(.localGet), .i64Constant(1), Instruction(.loop, .function(1)), Instruction(.call, 2), Instruction(.end),
            ])
        #expect(
            states == [
                State(opcode: .localGet, isReachable: true, operands: [], depth: 1),
                State(opcode: .i64Const, isReachable: true, operands: [.i32], depth: 1),
                State(opcode: .loop, isReachable: true, operands: [.i32, .i64], depth: 1),
                State(opcode: .call, isReachable: true, operands: [.i32, .i64], depth: 2),
                State(opcode: .end, isReachable: true, operands: [.f32], depth: 2),
                State(opcode: .end, isReachable: true, operands: [.f32], depth: 1),
            ])
    }

    @Test func unreachableCodeIsShownToItsEnd() throws {
        let states = try states(
            FunctionType([.i32], to: [.i32]),
            [
                Instruction(.localGet), Instruction(.if, .value(.i32)), Instruction(.unreachable), Instruction(.block, .empty),
                Instruction(.end), Instruction(.select), Instruction(.else), .i32Constant(1), Instruction(.end),
            ])
        #expect(states.map(\.isReachable) == [true, true, true, false, false, false, false, true, true, true])
        // What `select` gives there may be of any type.
        #expect(states[6].operands == [nil])
        #expect(states[7] == State(opcode: .i32Const, isReachable: true, operands: [], depth: 2))
    }

    @Test func frameTellsWhatABranchCarries() throws {
        let module = module(
            FunctionType([.i32], to: [.i32]),
            [
                .f64Constant(bits: 0), Instruction(.localGet), .i64Constant(0), Instruction(.loop, .function(1)),
                Instruction(.block, .value(.i32)), Instruction(.unreachable),
            ])
        var validator = try module.validateDeclarations()
        // The code is cut short: the blocks stay open.
        let body = Expression(bytes: module.functions[0].body.bytes.dropLast())
        try validator.begin(Function(type: 0, body: body))
        for instruction in try instructions(of: body) { try validator.validate(instruction) }
        let frames = (0..<3).compactMap { validator.frame(ofLabel: UInt32($0)) }
        #expect(frames.map(\.kind) == [.block, .loop, .function])
        #expect(frames.map(\.height) == [1 + 2, 1, 0])
        #expect(frames.map(\.isUnreachable) == [true, false, false])
        #expect(frames.map { validator.spaces.types(of: $0.labelTypes) } == [[.i32], [.i32, .i64], [.i32]])
        #expect(frames.map { validator.spaces.types(of: $0.results) } == [[.i32], [.f32], [.i32]])
        #expect(frames.map { validator.spaces.count(of: $0.labelTypes) } == [1, 2, 1])
        #expect(validator.frame(ofLabel: 3) == nil)
        #expect(refusal { () throws(ModuleError) in try validator.finish() } == .malformed(.endExpected))
    }

    @Test func validatorIsUsedAgainAfterARefusal() throws {
        let module = module(FunctionType([.i32], to: [.i32]), [Instruction(.localGet)])
        var validator = try module.validateDeclarations()
        try validator.begin(module.functions[0])
        #expect(refusal { () throws(ModuleError) in try validator.validate(Instruction(.drop)) } == .invalid(.missingOperand))
        try validator.begin(module.functions[0])
        for instruction in try instructions(of: module.functions[0].body) { try validator.validate(instruction) }
        try validator.finish()
    }

    /// Runs of locals, with the parameters before them.
    @Test func localsHaveTypes() throws {
        let groups = [LocalGroup(2, .f32), LocalGroup(0, .v128), LocalGroup(1, .externref), LocalGroup(3, .i64)]
        let module = module(FunctionType([.i32, .f64]), locals: groups, [])
        var validator = try module.validateDeclarations()
        try validator.begin(module.functions[0])
        #expect(validator.locals.count == 8)
        #expect((0..<9).map { validator.locals[$0] } == [.i32, .f64, .f32, .f32, .externref, .i64, .i64, .i64, nil])
        #expect(validator.locals[.max] == nil)
    }

    @Test func indexSpacesCountImportsFirst() {
        let spaces = IndexSpaces(Sample.everything.module)
        #expect(spaces.functions == [1, 0, 1, 1, 4])
        #expect(spaces.importedFunctions == 1 && spaces.type(ofFunction: 0) == FunctionType([.i32, .i64], to: [.f32]))
        #expect(spaces.tables.map(\.element) == [.exnref, .funcref, .externref] && spaces.importedTables == 1)
        #expect(spaces.globals.map(\.content) == [.i64, .i32, .funcref, .i64, .v128] && spaces.importedGlobals == 1)
        #expect(spaces.tags == [2, 2] && spaces.importedTags == 1)
        #expect(spaces.memories.count == 1 && spaces.importedMemories == 0)
        #expect(spaces.elementSegments.count == 8 && spaces.dataSegmentCount == 3)
    }
}
