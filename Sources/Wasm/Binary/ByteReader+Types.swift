/// Reading of types (5.3 Types).

extension ByteReader {
    /// A value type (5.3.4). Throws `valueType`, or `unsupported` for a type of another proposal.
    mutating func valueType() throws(ModuleError) -> ValueType {
        let begin = position
        let byte = try byte()
        guard let type = ValueType(rawValue: byte) else { throw ByteReader.unknownType(byte, .valueType, at: begin) }
        return type
    }

    /// A reference type (5.3.3). Throws `referenceType`, or `unsupported`.
    mutating func referenceType() throws(ModuleError) -> ReferenceType {
        let begin = position
        let byte = try byte()
        guard let type = ReferenceType(rawValue: byte) else { throw ByteReader.unknownType(byte, .referenceType, at: begin) }
        return type
    }

    /// What `ref.null` names: a reference type here, a heap type in 3.0. Throws `referenceType`, or `unsupported`.
    mutating func heapType() throws(ModuleError) -> ReferenceType {
        // The index of a type is not negative as an integer: its first byte is less than 0x40, or has more to follow.
        if let byte = nextByte, byte < 0x40 || byte >= 0x80 {
            throw ModuleError(.unsupported(.typedFunctionReferences), at: position)
        }
        return try referenceType()
    }

    /// Why a byte is no type of ours: another proposal's, or nobody's.
    private static func unknownType(_ byte: UInt8, _ malformation: Malformation, at offset: Int) -> ModuleError {
        switch byte {
        case 0x62: ModuleError(.unsupported(.customDescriptors), at: offset)
        case 0x63, 0x64: ModuleError(.unsupported(.typedFunctionReferences), at: offset)
        case 0x68, 0x75: ModuleError(.unsupported(.stackSwitching), at: offset)
        // Abstract heap types, packed types and bottom types.
        case 0x6A...0x6E, 0x71...0x74, 0x77, 0x78: ModuleError(.unsupported(.garbageCollection), at: offset)
        default: ModuleError(.malformed(malformation), at: offset)
        }
    }

    /// A function type (5.3.6). Throws `functionType`, `tooLarge`, or `unsupported` for the composite types of other proposals.
    mutating func functionType() throws(ModuleError) -> FunctionType {
        let begin = position
        switch try byte() {
        case 0x60: break
        case 0x4C, 0x4D: throw ModuleError(.unsupported(.customDescriptors), at: begin)
        case 0x4E...0x50, 0x5E, 0x5F: throw ModuleError(.unsupported(.garbageCollection), at: begin)
        case 0x5D: throw ModuleError(.unsupported(.stackSwitching), at: begin)
        default: throw error(.functionType, at: begin)
        }
        let parameters = try valueTypes(.parameters)
        return FunctionType(parameters, to: try valueTypes(.results))
    }

    private mutating func valueTypes(_ bound: Bound) throws(ModuleError) -> [ValueType] {
        let count = try count(bound)
        var types: [ValueType] = []
        types.reserveCapacity(count)
        for _ in 0..<count { types.append(try valueType()) }
        return types
    }

    /// A table type (5.3.9).
    mutating func tableType() throws(ModuleError) -> TableType {
        if nextByte == 0x40 { throw ModuleError(.unsupported(.typedFunctionReferences), at: position) }
        let element = try referenceType()
        return TableType(element, try limits())
    }

    /// A memory type (5.3.8).
    mutating func memoryType() throws(ModuleError) -> MemoryType { MemoryType(try limits()) }

    /// Limits (5.3.7): integers of 64 bits whatever the addresses (3.0); what is too much is for validation. Throws `limitsFlags`, or
    /// `unsupported` where a flag is another proposal's.
    private mutating func limits() throws(ModuleError) -> ResizableLimits {
        let begin = position
        switch try byte() {
        case 0: return ResizableLimits(minimum: try u64())
        case 1:
            let minimum = try u64()
            return ResizableLimits(minimum: minimum, maximum: try u64())
        case 2, 3: throw ModuleError(.unsupported(.threads), at: begin)
        case 4...7: throw ModuleError(.unsupported(.memory64), at: begin)
        case 8...15: throw ModuleError(.unsupported(.customPageSizes), at: begin)
        default: throw error(.limitsFlags, at: begin)
        }
    }

    /// A global type (5.3.10). Throws `mutability`.
    mutating func globalType() throws(ModuleError) -> GlobalType {
        let content = try valueType()
        let begin = position
        switch try byte() {
        case 0: return GlobalType(content)
        case 1: return GlobalType(content, isMutable: true)
        case 2, 3: throw ModuleError(.unsupported(.threads), at: begin)
        default: throw error(.mutability, at: begin)
        }
    }

    /// A tag type (3.0): an attribute, which is zero, and the index of a function type. Throws `tagAttribute`.
    mutating func tagType() throws(ModuleError) -> TagType {
        let begin = position
        guard try byte() == 0 else { throw error(.tagAttribute, at: begin) }
        return TagType(type: try u32())
    }
}
