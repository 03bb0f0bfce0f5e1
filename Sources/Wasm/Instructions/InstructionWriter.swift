/// Encoding of instructions (5.4), the counterpart of `InstructionReader`.

/// Builds an expression from instructions.
package struct InstructionWriter: Sendable {
    private var writer = ByteWriter()

    package init() {}

    /// What was written so far. It is an expression once its last instruction is its own `end`.
    package var expression: Expression { Expression(bytes: writer.bytes[...]) }

    /// Bytes written so far: the offset of the next instruction.
    package var count: Int { writer.bytes.count }

    /// Appends an instruction other than `br_table` and `try_table`.
    package mutating func append(_ instruction: Instruction) {
        let immediates = instruction.opcode.row.immediates
        precondition(immediates != .labels && immediates != .tryTable, "an instruction with a vector is written by its own method")
        writer.opcode(instruction.opcode)
        writer.immediates(immediates, of: instruction)
    }

    /// Appends an instruction that was read from an expression, exactly as it is there.
    package mutating func append(_ instruction: Instruction, from expression: Expression) {
        append(expression.bytes[instruction.range])
    }

    /// Appends whole instructions as bytes.
    package mutating func append(_ bytes: ArraySlice<UInt8>) {
        writer.raw(bytes)
    }

    /// Appends a `br_table`.
    package mutating func appendBranchTable(_ labels: [UInt32], default defaultLabel: UInt32) {
        writer.opcode(.brTable)
        writer.count(labels.count)
        for label in labels { writer.u32(label) }
        writer.u32(defaultLabel)
    }

    /// Appends a `try_table`.
    package mutating func appendTryTable(_ blockType: BlockType, _ clauses: [CatchClause]) {
        writer.opcode(.tryTable)
        writer.blockType(blockType)
        writer.count(clauses.count)
        for clause in clauses { writer.catchClause(clause) }
    }
}

extension ByteWriter {
    fileprivate mutating func opcode(_ opcode: Opcode) {
        let prefix = UInt8(opcode.rawValue >> 8)
        if prefix == 0 {
            byte(UInt8(opcode.rawValue))
        } else {
            byte(prefix)
            u32(UInt32(opcode.rawValue & 0xFF))
        }
    }

    fileprivate mutating func immediates(_ kind: Immediates, of instruction: Instruction) {
        switch kind {
        case .none, .labels, .tryTable: break
        case .label, .function, .tag, .local, .global, .table, .element, .data, .memoryIndex:
            u32(instruction.index)
        case .indirect, .memoryInit, .memoryCopy, .tableInit, .tableCopy:
            u32(instruction.index)
            u32(instruction.secondIndex)
        case .block: blockType(instruction.blockType)
        case .memory: memoryArgument(instruction.memoryArgument)
        case .memoryLane:
            memoryArgument(instruction.memoryArgument)
            byte(instruction.lane)
        case .i32: signed(Int64(instruction.i32))
        case .i64: signed(instruction.i64)
        case .f32: fixed(UInt64(instruction.f32Bits), bytes: 4)
        case .f64: fixed(instruction.f64Bits, bytes: 8)
        case .v128, .shuffle:
            fixed(instruction.v128.low, bytes: 8)
            fixed(instruction.v128.high, bytes: 8)
        case .lane: byte(instruction.lane)
        case .reference: byte(instruction.referenceType.rawValue)
        case .types:
            count(1)
            byte(instruction.selectType.rawValue)
        }
    }

    private mutating func memoryArgument(_ argument: MemoryArgument) {
        u32(UInt32(argument.alignment))
        u32(argument.offset)
    }

    fileprivate mutating func blockType(_ type: BlockType) {
        switch type {
        case .empty: byte(0x40)
        case .value(let value): byte(value.rawValue)
        case .function(let index): signed(Int64(index))
        }
    }

    fileprivate mutating func catchClause(_ clause: CatchClause) {
        byte(clause.kind.rawValue)
        switch clause.kind {
        case .tag, .tagReference: u32(clause.tag)
        case .all, .allReference: break
        }
        u32(clause.label)
    }
}
