/// What indices in code mean; each must be within its space.

extension FunctionValidator {
    /// The type of a local. Throws `invalid(unknownLocal)`.
    func local(_ index: UInt32) throws(ModuleError) -> ValueType {
        guard let type = locals[index] else { throw error(.unknownLocal(index)) }
        return type
    }

    /// The index of a function's type. Throws `invalid(unknownFunction)`.
    func functionType(_ index: UInt32) throws(ModuleError) -> UInt32 {
        guard index < spaces.functions.count else { throw error(.unknownFunction(index)) }
        return spaces.functions[Int(index)]
    }

    /// The index of a tag's type. Throws `invalid(unknownTag)`.
    func tagType(_ index: UInt32) throws(ModuleError) -> UInt32 {
        guard index < spaces.tags.count else { throw error(.unknownTag(index)) }
        return spaces.tags[Int(index)]
    }

    /// Throws `invalid(unknownGlobal)`.
    func global(_ index: UInt32) throws(ModuleError) -> GlobalType {
        guard index < spaces.globals.count else { throw error(.unknownGlobal(index)) }
        return spaces.globals[Int(index)]
    }

    /// The content type of a global that can be set. Throws `invalid(immutableGlobal)`.
    func mutableGlobal(_ index: UInt32) throws(ModuleError) -> ValueType {
        let type = try global(index)
        guard type.isMutable else { throw error(.immutableGlobal(index)) }
        return type.content
    }

    /// The type of a table's elements. Throws `invalid(unknownTable)`.
    func tableElement(_ index: UInt32) throws(ModuleError) -> ValueType {
        guard index < spaces.tables.count else { throw error(.unknownTable(index)) }
        return spaces.tables[Int(index)].element.valueType
    }

    /// The type of an element segment. Throws `invalid(unknownElementSegment)`.
    private func element(_ index: UInt32) throws(ModuleError) -> ValueType {
        guard index < spaces.elementSegments.count else { throw error(.unknownElementSegment(index)) }
        return spaces.elementSegments[Int(index)].valueType
    }

    /// Checks a data segment's index. Throws `malformed(dataCountRequired)`, `invalid(unknownDataSegment)`.
    private func checkData(_ index: UInt32) throws(ModuleError) {
        guard spaces.hasDataCount else { throw ModuleError(.malformed(.dataCountRequired), at: offset) }
        guard index < spaces.dataSegmentCount else { throw error(.unknownDataSegment(index)) }
    }

    /// Throws `invalid(unknownMemory)`.
    private func checkMemory(_ index: UInt32) throws(ModuleError) {
        guard index < spaces.memories.count else { throw error(.unknownMemory(index)) }
    }

    /// Throws `invalid(unknownMemory)`, `invalid(alignment)`, `invalid(offsetRange)`.
    @inline(__always)
    private func checkMemoryArgument(of instruction: Instruction, _ row: OpcodeRow) throws(ModuleError) {
        try checkMemory(instruction.secondIndex)
        guard instruction.index <= row.width else { throw error(.alignment) }
        guard instruction.bits <= UInt32.max else { throw error(.offsetRange) }
    }

    /// Checks the immediates of an instruction whose operands have fixed types. Other instructions look theirs up for themselves.
    func checkImmediates(of instruction: Instruction, _ row: OpcodeRow) throws(ModuleError) {
        switch row.immediates {
        case .none, .i32, .i64, .f32, .f64, .v128: break
        case .block, .tryTable, .label, .labels, .function, .indirect, .tag, .local, .global, .reference, .types: break
        case .memory: try checkMemoryArgument(of: instruction, row)
        case .memoryLane:
            try checkMemoryArgument(of: instruction, row)
            guard instruction.lane < row.lanes else { throw error(.lane) }
        case .lane:
            guard instruction.lane < row.lanes else { throw error(.lane) }
        case .shuffle:
            // Lanes are less than 32 when no byte has any of its three high bits.
            let lanes = instruction.v128
            guard (lanes.low | lanes.high) & 0xE0E0_E0E0_E0E0_E0E0 == 0 else { throw error(.lane) }
        case .memoryIndex: try checkMemory(instruction.index)
        case .memoryCopy:
            try checkMemory(instruction.index)
            try checkMemory(instruction.secondIndex)
        case .memoryInit:
            try checkMemory(instruction.secondIndex)
            try checkData(instruction.index)
        case .data: try checkData(instruction.index)
        case .element: _ = try element(instruction.index)
        case .table: _ = try tableElement(instruction.index)
        case .tableInit:
            guard try tableElement(instruction.secondIndex) == element(instruction.index) else { throw error(.elementType) }
        case .tableCopy:
            guard try tableElement(instruction.index) == tableElement(instruction.secondIndex) else { throw error(.elementType) }
        }
    }
}
