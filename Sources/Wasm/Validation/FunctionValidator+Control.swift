/// The control stack of validation: blocks, branches and calls (Core 3.3.8 Control Instructions).

extension FunctionValidator {
    /// Opens a block: takes its parameters, and gives them to it.
    mutating func open(_ kind: ControlFrame.Kind, _ blockType: BlockType) throws(ModuleError) {
        let parameters: TypeList
        let results: TypeList
        switch blockType {
        case .empty: (parameters, results) = (.none, .none)
        case .value(let type): (parameters, results) = (.none, .one(type))
        case .function(let index):
            guard index < spaces.types.count else { throw error(.unknownType(index)) }
            (parameters, results) = (.parameters(index), .results(index))
        }
        guard frames.count < ImplementationLimits.nesting else { throw ModuleError(.tooLarge(.nesting), at: offset) }
        try pop(parameters)
        let isEntered = isReachable
        floor = operands.count
        isPolymorphic = false
        frames.append(ControlFrame(kind: kind, parameters: parameters, results: results, height: floor, isEntered: isEntered))
        try push(parameters)
    }

    /// `if`
    mutating func openIf(_ blockType: BlockType) throws(ModuleError) {
        try pop(.i32)
        try open(.if, blockType)
    }

    /// `try_table`
    mutating func openTryTable(_ blockType: BlockType, _ clauses: CatchClauses) throws(ModuleError) {
        try checkCatchClauses(clauses)
        try open(.tryTable, blockType)
    }

    /// Takes the results of the innermost block, which must be all that it has, and closes it without giving them.
    private mutating func leave() throws(ModuleError) -> ControlFrame {
        let frame = frames[frames.count - 1]
        try pop(frame.results)
        guard operands.count == frame.height else { throw error(.leftoverOperands) }
        frames.removeLast()
        floor = frames.last?.height ?? 0
        isPolymorphic = frames.last?.isUnreachable ?? false
        return frame
    }

    /// `end`
    mutating func close() throws(ModuleError) {
        let frame = try leave()
        // Without `else`, an `if` passes its parameters on as its results.
        if frame.kind == .if, !spaces.areSame(frame.parameters, frame.results) { throw error(.labelTypes) }
        if !frames.isEmpty { try push(frame.results) }
    }

    /// `else`
    mutating func startElse() throws(ModuleError) {
        guard frames[frames.count - 1].kind == .if else { throw ModuleError(.malformed(.elseUnexpected), at: offset) }
        let frame = try leave()
        floor = operands.count
        isPolymorphic = false
        frames.append(
            ControlFrame(
                kind: .else, parameters: frame.parameters, results: frame.results, height: floor, isEntered: frame.isEntered))
        try push(frame.parameters)
    }

    /// What a branch to a label takes with it. Throws `invalid(unknownLabel)`.
    func label(_ label: UInt32) throws(ModuleError) -> TypeList {
        guard let frame = frame(ofLabel: label) else { throw error(.unknownLabel(label)) }
        return frame.labelTypes
    }

    /// An instruction after which control goes elsewhere: takes operands along.
    mutating func popAndLeave(_ types: TypeList) throws(ModuleError) {
        try pop(types)
        becomeUnreachable()
    }

    /// `br_if`: the operands stay if the branch is not taken.
    mutating func branchIf(_ types: TypeList) throws(ModuleError) {
        try pop(.i32)
        try pop(types)
        try push(types)
    }

    /// `br_table`: the operands must fit each of the labels.
    mutating func branchTable(_ table: BranchTable) throws(ModuleError) {
        try pop(.i32)
        var arity: Int?
        var checked: TypeList?
        for target in table {
            let types = try label(target)
            if types == checked { continue }
            let count = spaces.count(of: types)
            if let arity, arity != count { throw error(.labelTypes) }
            try checkTop(types)
            (arity, checked) = (count, types)
        }
        becomeUnreachable()
    }

    /// The catch clauses of `try_table`, whose labels are those outside it: each label takes what its clause gives.
    func checkCatchClauses(_ clauses: CatchClauses) throws(ModuleError) {
        for clause in clauses {
            let expected = spaces.types(of: try label(clause.label))
            var given: [ValueType] = []
            switch clause.kind {
            case .tag: given = spaces.types[Int(try tagType(clause.tag))].parameters
            case .tagReference: given = spaces.types[Int(try tagType(clause.tag))].parameters + [.exnref]
            case .all: break
            case .allReference: given = [.exnref]
            }
            guard given == expected else { throw error(.labelTypes) }
        }
    }

    /// Takes and gives what a function of a type does.
    mutating func call(_ type: UInt32) throws(ModuleError) {
        try pop(.parameters(type))
        try push(.results(type))
    }

    /// As `call`, in place of a return: the results must be those of the current function.
    mutating func tailCall(_ type: UInt32) throws(ModuleError) {
        guard spaces.areSame(.results(type), frames[0].results) else { throw error(.labelTypes) }
        try pop(.parameters(type))
        becomeUnreachable()
    }

    /// Takes the element number of an indirect call, whose table must be one of functions; the index of the callee's type.
    mutating func popCallee(_ instruction: Instruction) throws(ModuleError) -> UInt32 {
        guard try tableElement(instruction.secondIndex) == .funcref else { throw error(.elementType) }
        guard instruction.index < spaces.types.count else { throw error(.unknownType(instruction.index)) }
        try pop(.i32)
        return instruction.index
    }
}
