/// Translation of all instructions that are no blocks.
import Wasm

extension FunctionCompiler {
    /// Makes code for an instruction that control can reach.
    mutating func emit(_ instruction: Instruction) {
        switch instruction.opcode {
        case .nop: break
        case .unreachable: emit(Word(.unreachable))
        case .br: emitBranch(to: labels.count - 1 - Int(instruction.index))
        case .brIf: emitBranchIf(instruction.index)
        case .brTable: emitBranchTable(instruction)
        case .return: emitReturn()
        case .call: emitCall(instruction.index)
        case .callIndirect: emitCallIndirect(instruction)
        case .returnCall: emitReturnCall(instruction.index)
        case .returnCallIndirect: emitReturnCallIndirect(instruction)
        case .throw: emitThrow(instruction.index)
        case .throwRef:
            let slot = popSlot()
            emit(Word(.throwReference, slot))
        case .drop: _ = operands.pop()
        case .select, .selectTyped: emitSelect()
        case .localGet, .localSet, .localTee: emitLocal(instruction)
        case .globalGet, .globalSet: emitGlobal(instruction)
        case .i32Const: operands.push(.constant(UInt64(UInt32(bitPattern: instruction.i32))), width: 1)
        case .i64Const: operands.push(.constant(UInt64(bitPattern: instruction.i64)), width: 1)
        case .f32Const: operands.push(.constant(UInt64(instruction.f32Bits)), width: 1)
        case .f64Const: operands.push(.constant(instruction.f64Bits), width: 1)
        case .v128Const:
            let slot = operands.push(.home, width: 2)
            emitConstant(instruction.v128.low, to: slot)
            emitConstant(instruction.v128.high, to: slot + 1)
        case .refNull: operands.push(.constant(0), width: 1)
        case .refIsNull: emitUnary(.i64Eqz)
        case .refFunc:
            let slot = operands.push(.home, width: 1)
            emit(Word(.functionReference, slot, index: instruction.index))
        case .memorySize: emitResult(.memorySize)
        default: emitFamily(instruction)
        }
    }

    /// Makes code for an instruction whose kind its opcode's row tells.
    private mutating func emitFamily(_ instruction: Instruction) {
        let opcode = instruction.opcode
        if let operation = opcode.loadForm { return emitLoad(operation, instruction) }
        if let operation = opcode.storeForm { return emitStore(operation, instruction) }
        switch opcode {
        case .tableGet, .tableSet: emitTableAccess(instruction)
        case .memoryInit, .memoryCopy, .memoryFill, .memoryGrow, .dataDrop, .tableInit, .tableCopy, .tableFill, .tableGrow, .tableSize,
            .elemDrop:
            emitBulk(instruction)
        default:
            if opcode.rawValue >= Opcode.v128Load.rawValue { return emitVector(instruction) }
            emitNumeric(opcode)
        }
    }

    // Locals and globals.

    private mutating func emitLocal(_ instruction: Instruction) {
        let (slot, width) = local(instruction.index)
        if instruction.opcode == .localGet {
            operands.push(.local(slot), width: width)
            return
        }
        let value = operands.pop()
        // Operands that are what the local was before.
        while let index = operands.topmostRead(of: slot) { settle(index) }
        if producerWord(of: value) != nil {
            redirectProducer(to: slot)
        } else {
            store(value, to: slot)
        }
        if instruction.opcode == .localTee { operands.push(.local(slot), width: width) }
    }

    private mutating func emitGlobal(_ instruction: Instruction) {
        let width = validator.spaces.globals[Int(instruction.index)].content.slots
        if instruction.opcode == .globalGet {
            let slot = operands.push(.home, width: width)
            emitProducer(Word(width == 2 ? .globalGet128 : .globalGet, slot, index: instruction.index))
        } else {
            let slot = popSlot()
            emit(Word(width == 2 ? .globalSet128 : .globalSet, slot, index: instruction.index))
        }
    }

    private mutating func emitSelect() {
        let condition = popSlot()
        let second = operands.pop()
        let secondSlot = slot(of: second)
        let first = popSlot()
        emitResult(second.width == 2 ? .select128 : .select, first, secondSlot, width: second.width)
        words.append(UInt64(condition))
    }

    // Numbers.

    private mutating func emitNumeric(_ opcode: Opcode) {
        switch opcode {
        // The same bits, as numbers of 32 bits have zeros above them.
        case .i64ExtendI32U, .i32ReinterpretF32, .i64ReinterpretF64, .f32ReinterpretI32, .f64ReinterpretI64: break
        case _ where opcode.row.signature.count == 2: emitBinary(opcode)
        case .i32TruncF32S, .i32TruncF32U, .i32TruncF64S, .i32TruncF64U, .i64TruncF32S, .i64TruncF32U, .i64TruncF64S, .i64TruncF64U,
            .i32TruncSatF32S, .i32TruncSatF32U, .i32TruncSatF64S, .i32TruncSatF64U, .i64TruncSatF32S, .i64TruncSatF32U,
            .i64TruncSatF64S, .i64TruncSatF64U:
            emitUnary(.truncate)
            words.append(FamilyWord(opcode, slot: 0, index: 0).bits)
        default:
            guard let operation = opcode.numericForm else { preconditionFailure("each numeric instruction has an operation") }
            emitUnary(operation)
        }
    }

    private mutating func emitUnary(_ operation: Operation) {
        let operand = popSlot()
        emitResult(operation, operand)
    }

    private mutating func emitBinary(_ original: Opcode) {
        var opcode = original
        var second = operands.pop()
        var first = operands.pop()
        if case .constant = first.location, let exchanged = opcode.exchanged {
            opcode = exchanged
            swap(&first, &second)
        }
        if case .constant(let bits) = second.location, opcode == .i32Add || opcode == .i32Sub {
            let number = UInt32(truncatingIfNeeded: bits)
            return pushSum(of: first, opcode == .i32Add ? number : 0 &- number)
        }
        if case .constant(let bits) = second.location, let (operation, immediate) = opcode.withImmediate(bits) {
            let slot = slot(of: first)
            let result = operands.push(.home, width: 1)
            return emitProducer(Word(operation, result, slot, immediate: immediate))
        }
        // Constants are stored in their homes, whatever the order.
        let secondSlot = slot(of: second)
        let firstSlot = slot(of: first)
        if let operation = opcode.numericForm {
            emitResult(operation, firstSlot, secondSlot)
        } else if let operation = opcode.exchanged?.numericForm {
            emitResult(operation, secondSlot, firstSlot)
        } else {
            preconditionFailure("each numeric instruction has an operation, or one with the operands exchanged")
        }
    }

    /// Pushes the sum of an operand that was popped and a number, without code for it.
    private mutating func pushSum(of operand: Operand, _ number: UInt32) {
        switch operand.location {
        // It was the second operand, so its home is not the result's.
        case .home where operand.home != operands.nextHome, .homeSum where operand.home != operands.nextHome:
            let slot = slot(of: operand)
            emitSum(slot, number, to: operands.push(.home, width: 1))
        case .home: operands.push(.homeSum(number), width: 1)
        case .local(let slot): operands.push(.sum(local: slot, number), width: 1)
        case .sum(let slot, let other): operands.push(.sum(local: slot, number &+ other), width: 1)
        case .homeSum(let other): operands.push(.homeSum(number &+ other), width: 1)
        case .constant(let bits): operands.push(.constant(UInt64(UInt32(truncatingIfNeeded: bits) &+ number)), width: 1)
        }
    }

    // Memory.

    /// An address of a memory access: a slot, and what is to be added.
    private struct Address {
        let slot: Int
        /// Modulo 2^32.
        let summand: UInt32
        let offset: UInt32

        /// Whether it takes a second word.
        var isFar: Bool { summand != 0 || offset > 0xFFFF }
    }

    /// Pops an address.
    private mutating func popAddress(_ offset: UInt32) -> Address {
        let operand = operands.pop()
        switch operand.location {
        case .sum(let local, let number): return Address(slot: local, summand: number, offset: offset)
        case .homeSum(let number): return Address(slot: operand.home, summand: number, offset: offset)
        case .home, .local, .constant: return Address(slot: slot(of: operand), summand: 0, offset: offset)
        }
    }

    private mutating func emitLoad(_ operation: Operation, _ instruction: Instruction) {
        let address = popAddress(instruction.memoryArgument.offset)
        if address.isFar {
            emitResult(operation.farForm, address.slot)
            words.append(FarWord(summand: address.summand, offset: address.offset).bits)
        } else {
            emitResult(operation, address.slot, Int(address.offset))
        }
    }

    private mutating func emitStore(_ operation: Operation, _ instruction: Instruction) {
        let value = popSlot()
        let address = popAddress(instruction.memoryArgument.offset)
        if address.isFar {
            emit(Word(operation.farForm, address.slot, value))
            words.append(FarWord(summand: address.summand, offset: address.offset).bits)
        } else {
            emit(Word(operation, address.slot, value, Int(address.offset)))
        }
    }

    /// Pops an address and gives a slot and a short offset, as vector instructions need them.
    private mutating func popNearAddress(_ offset: UInt32) -> (slot: Int, offset: Int) {
        let address = operands.pop()
        let slot = slot(of: address)
        if offset <= 0xFFFF { return (slot, Int(offset)) }
        emit(Word(.wideAddress, address.home, slot))
        words.append(UInt64(offset))
        return (address.home, 0)
    }

    // What is done out of line.

    private mutating func emitTableAccess(_ instruction: Instruction) {
        if instruction.opcode == .tableGet {
            let element = popSlot()
            emitResult(.tableGet, element)
        } else {
            let value = popSlot()
            let element = popSlot()
            emit(Word(.tableSet, element, value))
        }
        words.append(UInt64(instruction.index))
    }

    /// The first word has the operands' slots; the second opcode, first index and the result's slot; the third the second index.
    private mutating func emitBulk(_ instruction: Instruction) {
        let opcode = instruction.opcode
        let count: Int
        let hasResult: Bool
        switch opcode {
        case .tableSize: (count, hasResult) = (0, true)
        case .dataDrop, .elemDrop: (count, hasResult) = (0, false)
        case .memoryGrow: (count, hasResult) = (1, true)
        case .tableGrow: (count, hasResult) = (2, true)
        default: (count, hasResult) = (3, false)
        }
        var slots = [0, 0, 0]
        for index in stride(from: count - 1, through: 0, by: -1) { slots[index] = popSlot() }
        let result = hasResult ? operands.push(.home, width: 1) : 0
        emit(Word(.bulk, slots[0], slots[1], slots[2]))
        words.append(FamilyWord(opcode, slot: result, index: instruction.index).bits)
        words.append(UInt64(instruction.secondIndex))
    }

    private mutating func emitVector(_ instruction: Instruction) {
        let opcode = instruction.opcode
        let row = opcode.row
        let isMemory = row.immediates == .memory || row.immediates == .memoryLane
        var slots = [0, 0, 0]
        var third = 0
        if isMemory {
            if row.signature.count == 2 { third = popSlot() }
            (slots[1], slots[2]) = popNearAddress(instruction.memoryArgument.offset)
        } else {
            if row.signature.count == 3 { third = popSlot() }
            if row.signature.count >= 2 { slots[2] = popSlot() }
            slots[1] = popSlot()
        }
        if let result = row.signature.result { slots[0] = operands.push(.home, width: result.slots) }
        let word = Word(isMemory ? .vectorMemory : .vector, slots[0], slots[1], slots[2])
        if row.signature.result != nil { emitProducer(word) } else { emit(word) }
        words.append(FamilyWord(opcode, slot: third, index: UInt32(instruction.lane)).bits)
        if opcode == .i8x16Shuffle {
            words.append(instruction.v128.low)
            words.append(instruction.v128.high)
        }
    }
}

extension Opcode {
    /// The operation with a constant second operand as its immediate; nil if there is none, or the constant is out of its range.
    fileprivate func withImmediate(_ bits: UInt64) -> (Operation, Int16)? {
        let is32 = row.signature.second == .i32
        let number = is32 ? Int64(Int32(truncatingIfNeeded: bits)) : Int64(bitPattern: bits)
        switch self {
        case .i32Sub, .i64Sub:
            guard let negative = Int16(exactly: 0 &- number) else { return nil }
            return (self == .i32Sub ? .i32AddImmediate : .i64AddImmediate, negative)
        case .i32Shl, .i32ShrS, .i32ShrU, .i64Shl, .i64ShrS, .i64ShrU:
            guard let operation = immediateForm else { return nil }
            return (operation, Int16(number & (is32 ? 31 : 63)))
        default:
            guard let operation = immediateForm, let immediate = Int16(exactly: number) else { return nil }
            return (operation, immediate)
        }
    }
}
