/// Decoding of instructions (5.4), one at a time and without allocation.

/// Reads the instructions of an expression in order. It checks each instruction's encoding; how they belong together is for the
/// validator.
package struct InstructionReader: Sendable {
    private var reader: ByteReader

    package init(_ expression: Expression) {
        reader = ByteReader(expression.bytes)
    }

    init(_ reader: ByteReader) {
        self.reader = reader
    }

    /// The offset of the next instruction, or the end.
    package var offset: Int { reader.position }

    /// The next instruction; nil at the end of the bytes.
    ///
    /// Throws `malformed` if the bytes there are no instruction or end within one, `unsupported` if it is one that is not
    /// implemented here, `invalid(selectArity)` for `select` with a list of other than one type.
    package mutating func next() throws(ModuleError) -> Instruction? {
        guard !reader.isAtEnd else { return nil }
        let offset = reader.position
        let opcode = try reader.opcode()
        var instruction = Instruction(opcode)
        instruction.offset = offset
        let immediates = opcode.row.immediates
        if immediates != .none { try reader.immediates(immediates, into: &instruction) }
        instruction.end = reader.position
        return instruction
    }
}

extension ByteReader {
    /// An instruction's code, with its prefix. Throws `unexpectedEnd`, `opcode`, `unsupported`.
    fileprivate mutating func opcode() throws(ModuleError) -> Opcode {
        let offset = position
        let first = try byte()
        if first < 0xFB {
            if let opcode = Opcode(rawValue: UInt16(first)) { return opcode }
            throw ByteReader.unknownOpcode(prefix: 0, UInt32(first), at: offset)
        }
        let code = try u32()
        if first == 0xFC || first == 0xFD, code <= 0xFF, let opcode = Opcode(rawValue: UInt16(first) << 8 | UInt16(code)) {
            return opcode
        }
        throw ByteReader.unknownOpcode(prefix: first, code, at: offset)
    }

    /// Why a code is none of ours: another proposal's, or nobody's.
    private static func unknownOpcode(prefix: UInt8, _ code: UInt32, at offset: Int) -> ModuleError {
        let proposal: Proposal? =
            switch (prefix, code) {
            case (0, 0x06), (0, 0x07), (0, 0x09), (0, 0x18), (0, 0x19): .legacyExceptions
            case (0, 0x14), (0, 0x15), (0, 0xD4), (0, 0xD5), (0, 0xD6): .typedFunctionReferences
            case (0, 0xD3), (0xFB, 0...0x1E): .garbageCollection
            case (0, 0xE0...0xE6): .stackSwitching
            case (0xFC, 0x13...0x16): .wideArithmetic
            case (0xFD, 0x100...0x113): .relaxedSIMD
            case (0xFE, 0...0x4E): .threads
            default: nil
            }
        let reason = proposal.map { ModuleError.Reason.unsupported($0) } ?? .malformed(.opcode(prefix: prefix, code: code))
        return ModuleError(reason, at: offset)
    }

    /// The immediates of an instruction.
    fileprivate mutating func immediates(_ kind: Immediates, into instruction: inout Instruction) throws(ModuleError) {
        switch kind {
        case .none: break
        case .label, .function, .tag, .local, .global, .table, .element, .data, .memoryIndex:
            instruction.index = try u32()
        case .block:
            instruction.blockType = try blockType()
        case .i32:
            instruction.bits = UInt64(bitPattern: Int64(try s32()))
        case .memory:
            try memoryArgument(into: &instruction)
        case .memoryLane:
            try memoryArgument(into: &instruction)
            instruction.lane = try byte()
        case .i64:
            instruction.bits = UInt64(bitPattern: try s64())
        case .f32:
            instruction.bits = UInt64(try fixed32())
        case .f64:
            instruction.bits = try fixed64()
        case .v128, .shuffle:
            instruction.bits = try fixed64()
            instruction.highBits = try fixed64()
        case .lane:
            instruction.lane = try byte()
        case .indirect, .memoryInit, .memoryCopy, .tableInit, .tableCopy:
            instruction.index = try u32()
            instruction.secondIndex = try u32()
        case .labels, .tryTable:
            try vector(kind, into: &instruction)
        case .reference:
            instruction.type = try heapType().valueType
        case .types:
            let begin = position
            guard try count() == 1 else { throw ModuleError(.invalid(.selectArity), at: begin) }
            instruction.type = try valueType()
        }
    }

    /// The labels of `br_table`, or the block type and catch clauses of `try_table`.
    private mutating func vector(_ kind: Immediates, into instruction: inout Instruction) throws(ModuleError) {
        if kind == .tryTable { instruction.blockType = try blockType() }
        let count = try count()
        instruction.index = UInt32(count)
        instruction.bits = UInt64(position)
        if kind == .tryTable {
            for _ in 0..<count { _ = try catchClause() }
        } else {
            for _ in 0...count { _ = try u32() }
        }
    }

    /// A catch clause of `try_table`. Throws `catchKind`.
    mutating func catchClause() throws(ModuleError) -> CatchClause {
        let begin = position
        guard let kind = CatchClause.Kind(rawValue: try byte()) else { throw error(.catchKind, at: begin) }
        let tag: UInt32 =
            switch kind {
            case .tag, .tagReference: try u32()
            case .all, .allReference: 0
            }
        return CatchClause(kind, tag: tag, label: try u32())
    }

    /// Alignment and offset (3.0, `memarg`): bit 6 of the alignment says that a memory's index follows, which is 0 otherwise; the offset
    /// has 64 bits, whatever the memory's addresses. Throws `memoryFlags`.
    private mutating func memoryArgument(into instruction: inout Instruction) throws(ModuleError) {
        let begin = position
        let flags = try u32()
        guard flags < 0x80 else { throw error(.memoryFlags, at: begin) }
        instruction.index = flags & 0x3F
        if flags & 0x40 != 0 { instruction.secondIndex = try u32() }
        instruction.bits = try u64()
    }

    /// A block type (5.4.1): a byte for nothing or for a value type, or a type's index as an integer of 33 bits.
    private mutating func blockType() throws(ModuleError) -> BlockType {
        guard let byte = nextByte else { throw error(.unexpectedEnd) }
        if byte == 0x40 {
            _ = try self.byte()
            return .empty
        }
        // Single bytes from 0x40 to 0x7F are negative as integers, and mean types.
        if byte >= 0x40, byte < 0x80 { return .value(try valueType()) }
        let begin = position
        let index = try s33()
        guard index >= 0 else { throw error(.blockType, at: begin) }
        return .function(UInt32(index))
    }
}
