/// Validation of code (Core, chapter 3.3 Instructions) by the algorithm of appendix A.3, one instruction at a time.
///
/// The caller reads the instructions and hands each one over. Between two of them the validator tells what lies on the stacks, so that
/// a compiler can work in the same pass (README).

/// Checks the bodies of a module's functions, one after another.
package struct FunctionValidator: Sendable {
    /// What the module's indices mean.
    package let spaces: IndexSpaces
    /// For each function whether `ref.func` may name it.
    var isDeclared: [Bool]
    /// The locals of the current function.
    package private(set) var locals = LocalTypes()
    /// The open blocks; the first is the function, the last the innermost. Empty before the first function and after a final `end`.
    package internal(set) var frames: [ControlFrame] = []
    /// The types of the operands, the last one on top; nil: the operand may be of any type, in code that cannot be reached.
    package internal(set) var operands: [ValueType?] = []
    /// Operands that belong to outer blocks, and whether the current block's rest is unreachable: the last frame's, at hand.
    var floor = 0
    var isPolymorphic = false
    /// The offset of the current instruction, for errors.
    var offset = 0
    /// The expression that is being checked.
    private var body = Expression(bytes: [])

    init(_ spaces: IndexSpaces) {
        self.spaces = spaces
        isDeclared = [Bool](repeating: false, count: spaces.functions.count)
    }

    /// Whether control can reach the next instruction. Where it cannot, `operands` need not be what a program would see.
    package var isReachable: Bool { !isPolymorphic && frames.last?.isEntered == true }

    /// Turns to a function of the module.
    ///
    /// Throws `invalid(unknownType)`, `malformed(tooManyLocals)`, `tooLarge(locals)`.
    package mutating func begin(_ function: Function) throws(ModuleError) {
        offset = function.body.bytes.startIndex
        guard function.type < spaces.types.count else { throw error(.unknownType(function.type)) }
        locals = try LocalTypes(spaces.types[Int(function.type)].parameters, function.locals, at: offset)
        begin(function.body, results: .results(function.type))
    }

    /// Turns to an expression without locals.
    mutating func begin(_ expression: Expression, results: TypeList) {
        body = expression
        offset = expression.bytes.startIndex
        frames.removeAll(keepingCapacity: true)
        operands.removeAll(keepingCapacity: true)
        frames.append(ControlFrame(kind: .function, parameters: .none, results: results, height: 0, isEntered: true))
        floor = 0
        isPolymorphic = false
    }

    /// Checks the next instruction of the current function, and takes its effect on the stacks.
    ///
    /// Throws `invalid` with the rule that is broken, `malformed` for an instruction after the final `end`, for `else` without `if` and
    /// for an instruction that needs the data count section, `tooLarge` for too much nesting or too many operands.
    package mutating func validate(_ instruction: Instruction) throws(ModuleError) {
        offset = instruction.offset
        guard !frames.isEmpty else { throw ModuleError(.malformed(.endExpected), at: offset) }
        let row = instruction.opcode.row
        guard row.signature.rule == .fixed else { return try apply(row.signature.rule, instruction) }
        try checkImmediates(of: instruction, row)
        switch row.signature.count {
        case 0: break
        case 1: try pop(row.signature.first)
        case 2:
            try pop(row.signature.second)
            try pop(row.signature.first)
        default:
            try pop(row.signature.third)
            try pop(row.signature.second)
            try pop(row.signature.first)
        }
        if let result = row.signature.result { try push(result) }
    }

    /// Checks that the current function has ended, after its last instruction. Throws `malformed(endExpected)`.
    package func finish() throws(ModuleError) {
        guard frames.isEmpty else { throw ModuleError(.malformed(.endExpected), at: body.bytes.endIndex) }
    }

    /// The open block that a label means; nil if there is none. Label 0 is the innermost block.
    package func frame(ofLabel label: UInt32) -> ControlFrame? {
        label < frames.count ? frames[frames.count - 1 - Int(label)] : nil
    }

    /// An error at the current instruction.
    func error(_ violation: Violation) -> ModuleError { ModuleError(.invalid(violation), at: offset) }

    /// Applies the rule of an instruction whose types are not fixed.
    private mutating func apply(_ rule: TypingRule, _ instruction: Instruction) throws(ModuleError) {
        let index = instruction.index
        switch rule {
        case .fixed: break
        case .unreachable: becomeUnreachable()
        case .block: try open(.block, instruction.blockType)
        case .loop: try open(.loop, instruction.blockType)
        case .if: try openIf(instruction.blockType)
        case .else: try startElse()
        case .tryTable: try openTryTable(instruction.blockType, body.catchClauses(of: instruction))
        case .end: try close()
        case .branch: try popAndLeave(label(index))
        case .branchIf: try branchIf(label(index))
        case .branchTable: try branchTable(body.branchTable(of: instruction))
        case .return: try popAndLeave(frames[0].results)
        case .throw: try popAndLeave(.parameters(tagType(index)))
        case .throwRef: try popAndLeave(.one(.exnref))
        case .call: try call(functionType(index))
        case .callIndirect: try call(popCallee(instruction))
        case .returnCall: try tailCall(functionType(index))
        case .returnCallIndirect: try tailCall(popCallee(instruction))
        case .drop: _ = try popAny()
        case .select: try select()
        case .selectTyped: try select(instruction.selectType)
        case .localGet: try push(local(index))
        case .localSet: try pop(local(index))
        case .localTee: try tee(local(index))
        case .globalGet: try push(global(index).content)
        case .globalSet: try pop(mutableGlobal(index))
        case .tableGet: try tableGet(tableElement(index))
        case .tableSet: try tableSet(tableElement(index))
        case .tableGrow: try tableGrow(tableElement(index))
        case .tableFill: try tableFill(tableElement(index))
        case .refNull: try push(instruction.type)
        case .refIsNull: try refIsNull()
        case .refFunc: try refFunc(index)
        }
    }
}
