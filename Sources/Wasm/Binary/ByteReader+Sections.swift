/// Reading of what sections hold (5.5).

extension ByteReader {
    /// An import (5.5.5). Throws `importKind`, or `unsupported` for one of exactly a type.
    mutating func imported() throws(ModuleError) -> Import {
        let module = try name()
        let name = try name()
        let begin = position
        switch try byte() {
        case 0: return Import(module: module, name: name, .function(type: try u32()))
        case 1: return Import(module: module, name: name, .table(try tableType()))
        case 2: return Import(module: module, name: name, .memory(try memoryType()))
        case 3: return Import(module: module, name: name, .global(try globalType()))
        case 4: return Import(module: module, name: name, .tag(try tagType()))
        case 0x20: throw ModuleError(.unsupported(.customDescriptors), at: begin)
        default: throw error(.importKind, at: begin)
        }
    }

    /// An export (5.5.10). Throws `exportKind`.
    mutating func export() throws(ModuleError) -> Export {
        let name = try name()
        let begin = position
        switch try byte() {
        case 0: return Export(name, .function(try u32()))
        case 1: return Export(name, .table(try u32()))
        case 2: return Export(name, .memory(try u32()))
        case 3: return Export(name, .global(try u32()))
        case 4: return Export(name, .tag(try u32()))
        default: throw error(.exportKind, at: begin)
        }
    }

    /// A global (5.5.9).
    mutating func global() throws(ModuleError) -> Global {
        let type = try globalType()
        return Global(type, try constantExpression())
    }

    /// An element segment (5.5.12). Bit 0 of the flags: not active; bit 1: a table's index or, if not active, declarative; bit 2:
    /// expressions, not functions' indices. Throws `elementFlags`, `elementKind`.
    mutating func elementSegment() throws(ModuleError) -> ElementSegment {
        let begin = position
        let flags = try u32()
        guard flags < 8 else { throw error(.elementFlags, at: begin) }
        let hasExpressions = flags & 4 != 0
        let mode: ElementSegment.Mode
        if flags & 1 == 0 {
            let table = flags & 2 != 0 ? try u32() : 0
            mode = .active(table: table, offset: try constantExpression())
        } else {
            mode = flags & 2 != 0 ? .declarative : .passive
        }
        var type = ReferenceType.funcref
        // The two shortest forms leave out what they hold: functions.
        if flags & 3 != 0 { type = hasExpressions ? try referenceType() : try elementKind() }
        if hasExpressions {
            return ElementSegment(
                mode, type: type, .expressions(try vector(.elements) { reader throws(ModuleError) in try reader.constantExpression() }))
        }
        return ElementSegment(mode, type: type, .functions(try vector(.elements) { reader throws(ModuleError) in try reader.u32() }))
    }

    /// What a segment of indices holds: zero, for functions.
    private mutating func elementKind() throws(ModuleError) -> ReferenceType {
        let begin = position
        guard try byte() == 0 else { throw error(.elementKind, at: begin) }
        return .funcref
    }

    /// A data segment (5.5.14). Throws `dataFlags`.
    mutating func dataSegment() throws(ModuleError) -> DataSegment {
        let begin = position
        let mode: DataSegment.Mode
        switch try u32() {
        case 0: mode = .active(memory: 0, offset: try constantExpression())
        case 1: mode = .passive
        case 2:
            let memory = try u32()
            mode = .active(memory: memory, offset: try constantExpression())
        default: throw error(.dataFlags, at: begin)
        }
        let length = try u32()
        guard length <= remaining else { throw error(.lengthOutOfBounds) }
        return DataSegment(mode, try slice(Int(length)))
    }

    /// A function's locals and code, with their size before them (5.5.13). Throws `tooLarge(functionSize)`.
    mutating func function(type: UInt32) throws(ModuleError) -> Function {
        let begin = position
        let size = try u32()
        guard size <= remaining else { throw error(.lengthOutOfBounds, at: begin) }
        guard size <= ImplementationLimits.functionSize else { throw ModuleError(.tooLarge(.functionSize), at: begin) }
        var contents = ByteReader(try slice(Int(size)))
        let locals = try contents.vector(nil) { reader throws(ModuleError) in
            let count = try reader.u32()
            return LocalGroup(count, try reader.valueType())
        }
        return Function(type: type, locals: locals, body: Expression(bytes: try contents.slice(contents.remaining)))
    }

    /// An expression (5.4.9): instructions up to the `end` that belongs to no block within it. Throws `unexpectedEnd` and what reading
    /// an instruction throws.
    mutating func constantExpression() throws(ModuleError) -> Expression {
        let begin = position
        var instructions = InstructionReader(self)
        var depth = 0
        while let instruction = try instructions.next() {
            let immediates = instruction.opcode.row.immediates
            if immediates == .block || immediates == .tryTable { depth += 1 }
            if instruction.opcode == .end { depth -= 1 }
            if depth < 0 {
                let length = instructions.offset - begin
                return Expression(bytes: try slice(length))
            }
        }
        throw error(.unexpectedEnd, at: end)
    }
}
