/// Translation of blocks and branches.
import Wasm

extension FunctionCompiler {
    /// Validates an instruction and makes code for it, if control can reach it.
    mutating func translate(_ instruction: Instruction) throws(ModuleError) {
        let isReachable = validator.isReachable
        switch instruction.opcode {
        case .block: try open(.block, instruction)
        case .loop: try open(.loop, instruction)
        case .if: try open(.if, instruction)
        case .tryTable: try open(.tryTable, instruction)
        case .else: try startElse(instruction, isReachable)
        case .end: try close(instruction, isReachable)
        default:
            if isReachable {
                if instruction.opcode != .nop { pendingCost += 1 }
                emit(instruction)
            }
            try validator.validate(instruction)
        }
    }

    // Blocks.

    private mutating func open(_ kind: ControlFrame.Kind, _ instruction: Instruction) throws(ModuleError) {
        guard validator.isReachable else {
            try validator.validate(instruction)
            labels.append(Label(kind: kind, isDead: true, height: operands.count, slot: operands.nextHome, parameters: [], results: []))
            return
        }
        let (parameters, results) = types(of: instruction.blockType)
        var alternative: Int?
        if kind == .if {
            pendingCost += 1
            settleForBlock(parameters: parameters.count + 1, constants: false)
            let condition = operands.pop()
            settleForBlock(parameters: parameters.count, constants: true)
            alternative = emitConditionalBranch(condition, when: false)
        } else {
            settleForBlock(parameters: parameters.count, constants: kind == .loop)
        }
        let height = operands.count - parameters.count
        let slot = height < operands.count ? operands[height].home : operands.nextHome
        var label = Label(kind: kind, height: height, slot: slot, parameters: parameters, results: results)
        label.alternative = alternative
        if kind == .loop { label.beginning = bind(isReached: true) }
        if kind == .tryTable {
            label.ownClauses = openClauses(instruction)
            label.beginning = bind(isReached: true)
        }
        labels.append(label)
        try validator.validate(instruction)
    }

    /// Stores what must be at home when a block begins: all that are no constants, and constants among the block's parameters if wanted.
    private mutating func settleForBlock(parameters: Int, constants: Bool) {
        while let index = operands.lowestUnsettled() {
            // A condition on top is used at once.
            if index == operands.count - 1, !constants, operands.count - index <= parameters { break }
            settle(index)
        }
        guard constants else { return }
        for index in operands.count - parameters..<operands.count where operands[index].location != .home { settle(index) }
    }

    private func types(of type: BlockType) -> (parameters: [ValueType], results: [ValueType]) {
        switch type {
        case .empty: ([], [])
        case .value(let type): ([], [type])
        case .function(let index):
            (validator.spaces.types[Int(index)].parameters, validator.spaces.types[Int(index)].results)
        }
    }

    private mutating func startElse(_ instruction: Instruction, _ isReachable: Bool) throws(ModuleError) {
        let last = labels.count - 1
        try validator.validate(instruction)
        labels[last].kind = .else
        guard !labels[last].isDead else { return }
        if isReachable {
            pendingCost += 1
            emitBranch(to: last)
        }
        bindAlternative(of: last, isReached: false)
        operands.truncate(to: labels[last].height)
        push(labels[last].parameters)
    }

    private mutating func close(_ instruction: Instruction, _ isReachable: Bool) throws(ModuleError) {
        try validator.validate(instruction)
        guard labels.count > 1 else { return finishFunction(isReachable) }
        let last = labels.count - 1
        let label = labels[last]
        if !label.isDead {
            let isTarget = label.isTarget && label.kind != .loop
            if isReachable, isTarget || label.alternative != nil { moveOperands(label.results, to: label.slot) }
            if isTarget || label.alternative != nil { bindEnd(of: last, isReached: isReachable) }
            if label.kind == .tryTable { handlers.append((label.beginning..<words.count, label.ownClauses)) }
            if !isReachable || isTarget || label.alternative != nil {
                operands.truncate(to: label.height)
                push(label.results)
            }
        }
        labels.removeLast()
    }

    private mutating func finishFunction(_ isReachable: Bool) {
        if isReachable {
            pendingCost += 1
            emitReturn()
        }
        if labels[0].isTarget {
            bindEnd(of: 0, isReached: false)
            emit(Word(.return))
        }
        labels.removeLast()
    }

    private mutating func bindAlternative(of index: Int, isReached: Bool) {
        guard let alternative = labels[index].alternative else { return }
        branches[alternative].target = bind(isReached: isReached)
        labels[index].alternative = nil
    }

    /// Lets all that waits for a label's end go to the next word.
    private mutating func bindEnd(of index: Int, isReached: Bool) {
        let target = bind(isReached: isReached)
        bindAlternative(of: index, isReached: isReached)
        for branch in labels[index].branches { branches[branch].target = target }
        for clause in labels[index].clauses { clauses[clause].target = target }
    }

    /// Pushes operands that are in their homes.
    mutating func push(_ types: [ValueType]) {
        for type in types { operands.push(.home, width: type.slots) }
    }

    /// Notes the clauses of a `try_table`; their labels are those outside it.
    private mutating func openClauses(_ instruction: Instruction) -> Range<Int> {
        let first = clauses.count
        for clause in body.catchClauses(of: instruction) {
            let index = labels.count - 1 - Int(clause.label)
            clauses.append(
                ExceptionHandler.Clause(kind: clause.kind, tag: clause.tag, target: labels[index].beginning, slot: labels[index].slot))
            if labels[index].kind != .loop { labels[index].clauses.append(clauses.count - 1) }
        }
        return first..<clauses.count
    }

    // Branches.

    /// The place in `labels` that a label means.
    private func index(ofLabel label: UInt32) -> Int { labels.count - 1 - Int(label) }

    /// Emits a jump to a label, with the word for it. What the branch carries is in place.
    private mutating func emitJump(to index: Int) {
        emit(Word(.jump))
        let branch = appendBranch(isConditional: false)
        attach(branch, to: index)
    }

    private mutating func attach(_ branch: Int, to index: Int) {
        if labels[index].kind == .loop {
            branches[branch].target = labels[index].beginning
        } else {
            labels[index].branches.append(branch)
        }
    }

    /// Moves what a branch carries, and branches.
    mutating func emitBranch(to index: Int) {
        if index == 0 { return emitReturn() }
        moveOperands(labels[index].arity, to: labels[index].slot)
        emitJump(to: index)
    }

    /// `br_if`
    mutating func emitBranchIf(_ label: UInt32) {
        let index = index(ofLabel: label)
        let condition = operands.pop()
        if index > 0, areInPlace(labels[index].arity.count, labels[index].slot) {
            attach(emitConditionalBranch(condition, when: true), to: index)
            return
        }
        let skip = emitConditionalBranch(condition, when: false)
        // What is stored on the way out is not stored for those who stay.
        let kept = operands
        emitBranch(to: index)
        let highest = operands.highest
        operands = kept
        operands.reserve(highest)
        branches[skip].target = bind(isReached: true)
    }

    /// Emits a branch that is taken when the condition is, or is not, zero. A comparison that made the condition goes into it.
    mutating func emitConditionalBranch(_ condition: Operand, when expected: Bool) -> Int {
        if let word = producerWord(of: condition) {
            let form = expected ? word.operation.branchForm : word.operation.inverseBranchForm
            if let form {
                _ = removeProducer()
                emitFusedBranch(form, word)
                return appendBranch(isConditional: true)
            }
        }
        let slot = slot(of: condition)
        emit(Word(expected ? .branchIf : .branchUnless, slot))
        return appendBranch(isConditional: true)
    }

    /// Emits the branch that a comparison, which was taken out, becomes.
    private mutating func emitFusedBranch(_ form: BranchForm, _ comparison: Word) {
        if comparison.operation.hasImmediate {
            emit(Word(form.operation, comparison.b, index: UInt32(bitPattern: Int32(comparison.immediate))))
            return
        }
        let (first, second) = form.isExchanged ? (comparison.c, comparison.b) : (comparison.b, comparison.c)
        // A constant that was too long for the comparison is not for the branch.
        if let operation = form.operation.immediateBranch, let constant = removeConstant(in: second, isLong: operation.comparesLong) {
            emit(Word(operation, first, index: constant))
        } else {
            emit(Word(form.operation, first, second))
        }
    }

    /// `br_table`
    mutating func emitBranchTable(_ instruction: Instruction) {
        let selector = popSlot()
        var targets: [Int] = []
        for label in body.branchTable(of: instruction) { targets.append(index(ofLabel: label)) }
        let arity = labels[targets[targets.count - 1]].arity.count
        for index in operands.count - arity..<operands.count where operands[index].location != .home { settle(index) }
        emit(Word(.branchTable, selector, index: UInt32(targets.count - 1)))
        var stubs: [(label: Int, branch: Int)] = []
        for target in targets {
            let branch = appendBranch(isConditional: false)
            if target > 0, areInPlace(arity, labels[target].slot) {
                attach(branch, to: target)
            } else {
                stubs.append((target, branch))
            }
        }
        emitStubs(stubs)
    }

    /// Emits, once for each label, the moves that branches of a table make on their way.
    private mutating func emitStubs(_ stubs: [(label: Int, branch: Int)]) {
        let sorted = stubs.sorted { ($0.label, $0.branch) < ($1.label, $1.branch) }
        var beginning = 0
        for (position, stub) in sorted.enumerated() {
            if position == 0 || sorted[position - 1].label != stub.label {
                beginning = bind(isReached: false)
                emitBranch(to: stub.label)
            }
            branches[stub.branch].target = beginning
        }
    }

    /// Whether the topmost operands are in the slots from one on.
    private func areInPlace(_ count: Int, _ slot: Int) -> Bool {
        guard count > 0 else { return true }
        // Homes follow each other: if the first is there, all are.
        guard operands[operands.count - count].home == slot else { return false }
        return operands.operands.suffix(count).allSatisfy { $0.location == .home }
    }

    /// Puts the topmost operands into slots from one on. They stay where they are, too.
    ///
    /// No move overwrites what a later one reads: homes are never below the slots they go to, and ascend with them. Locals are
    /// not among those slots, unless the caller stored such before.
    mutating func moveOperands(_ types: [ValueType], to slot: Int) {
        var target = slot
        for index in operands.count - types.count..<operands.count {
            store(operands[index], to: target)
            target += operands[index].width
        }
    }

    /// Stores the topmost operands at home that are in locals below `end`, where results or arguments are about to go.
    private mutating func settleReads(_ count: Int, below end: Int) {
        for index in operands.count - count..<operands.count {
            if let slot = operands[index].location.local, slot < end { settle(index) }
        }
    }

    // Returns and calls.

    /// Moves the results to the frame's beginning, where the caller expects them, and returns.
    mutating func emitReturn() {
        if results.count == 1, results[0] != .v128 {
            let operand = operands[operands.count - 1]
            emit(Word(.returnValue, slot(of: operand)))
            return
        }
        let slots = results.reduce(0) { $0 + $1.slots }
        settleReads(results.count, below: slots)
        moveOperands(results, to: 0)
        emit(Word(.return))
    }

    /// Stores the arguments of a call, whose homes are where the callee has its parameters, and takes them; gives the first slot.
    private mutating func popArguments(_ count: Int) -> Int {
        let first = operands.count - count
        for index in first..<operands.count where operands[index].location != .home { settle(index) }
        let slot = count > 0 ? operands[first].home : operands.nextHome
        operands.truncate(to: first)
        return slot
    }

    /// `call`
    mutating func emitCall(_ function: UInt32) {
        let type = validator.spaces.type(ofFunction: function)
        let slot = popArguments(type.parameters.count)
        emit(Word(.call, slot))
        appendCall(function)
        push(type.results)
    }

    /// `call_indirect`
    mutating func emitCallIndirect(_ instruction: Instruction) {
        let type = validator.spaces.types[Int(instruction.index)]
        let element = popSlot()
        let slot = popArguments(type.parameters.count)
        emit(Word(.callIndirect, slot, element))
        words.append(UInt64(instruction.secondIndex))
        appendCall(instruction.index)
        push(type.results)
    }

    /// `return_call`
    mutating func emitReturnCall(_ function: UInt32) {
        moveTailArguments(validator.spaces.type(ofFunction: function))
        emit(Word(.returnCall))
        words.append(UInt64(function))
    }

    /// `return_call_indirect`
    mutating func emitReturnCallIndirect(_ instruction: Instruction) {
        let type = validator.spaces.types[Int(instruction.index)]
        let index = operands.count - 1
        // The arguments may go where the element's number is read from, but not to its home.
        if operands[index].location != .home { settle(index) }
        let element = popSlot()
        moveTailArguments(type)
        emit(Word(.returnCallIndirect, 0, element))
        words.append(UInt64(instruction.secondIndex))
        words.append(UInt64(instruction.index))
    }

    private mutating func moveTailArguments(_ type: FunctionType) {
        operands.reserve(type.parameterSlots)
        settleReads(type.parameters.count, below: type.parameterSlots)
        moveOperands(type.parameters, to: 0)
    }

    /// `throw`
    mutating func emitThrow(_ tag: UInt32) {
        let type = validator.spaces.types[Int(validator.spaces.tags[Int(tag)])]
        let slot = popArguments(type.parameters.count)
        emit(Word(.throw, slot, index: tag))
    }
}
