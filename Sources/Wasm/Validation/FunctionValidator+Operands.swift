/// The operand stack of validation.

extension FunctionValidator {
    /// Pushes an operand; nil: of any type. Throws `tooLarge(operands)`.
    @inline(__always)
    mutating func push(_ type: ValueType?) throws(ModuleError) {
        guard operands.count < ImplementationLimits.operands else { throw ModuleError(.tooLarge(.operands), at: offset) }
        operands.append(type)
    }

    /// Pops an operand that must be of a type. Throws `invalid(typeMismatch)`.
    @inline(__always)
    mutating func pop(_ expected: ValueType) throws(ModuleError) {
        if operands.count > floor {
            let found = operands.removeLast()
            if found == expected || found == nil { return }
            throw error(.typeMismatch(expected: expected, found: found))
        }
        if !isPolymorphic { throw error(.typeMismatch(expected: expected, found: nil)) }
    }

    /// Pops an operand of whatever type; nil: it may be of any. Throws `invalid(missingOperand)`.
    mutating func popAny() throws(ModuleError) -> ValueType? {
        if operands.count > floor { return operands.removeLast() }
        if isPolymorphic { return nil }
        throw error(.missingOperand)
    }

    /// Pushes operands, the first type first.
    mutating func push(_ list: TypeList) throws(ModuleError) {
        switch list {
        case .none: break
        case .one(let type): try push(type)
        case .parameters(let index): for type in spaces.types[Int(index)].parameters { try push(type) }
        case .results(let index): for type in spaces.types[Int(index)].results { try push(type) }
        }
    }

    /// Pops operands, the last type first.
    mutating func pop(_ list: TypeList) throws(ModuleError) {
        switch list {
        case .none: break
        case .one(let type): try pop(type)
        case .parameters(let index): for type in spaces.types[Int(index)].parameters.reversed() { try pop(type) }
        case .results(let index): for type in spaces.types[Int(index)].results.reversed() { try pop(type) }
        }
    }

    /// Checks that the operands on top could be popped as a list of types, and leaves them.
    func checkTop(_ list: TypeList) throws(ModuleError) {
        var position = operands.count
        for expected in spaces.types(of: list).reversed() {
            guard position > floor else {
                if isPolymorphic { return }
                throw error(.typeMismatch(expected: expected, found: nil))
            }
            position -= 1
            if let found = operands[position], found != expected { throw error(.typeMismatch(expected: expected, found: found)) }
        }
    }

    /// Notes that the rest of the block cannot be reached: its operands are gone, and any may be taken.
    mutating func becomeUnreachable() {
        operands.removeLast(operands.count - floor)
        isPolymorphic = true
        frames[frames.count - 1].isUnreachable = true
    }

    /// `select` without a type: of two operands of one number or vector type (Core 3.3.3).
    mutating func select() throws(ModuleError) {
        try pop(.i32)
        let second = try popAny()
        let first = try popAny()
        if let first, first.isReference { throw error(.selectOperands) }
        if let second, second.isReference { throw error(.selectOperands) }
        if let first, let second, first != second { throw error(.selectOperands) }
        try push(first ?? second)
    }

    /// `select` with a type.
    mutating func select(_ type: ValueType) throws(ModuleError) {
        try pop(.i32)
        try pop(type)
        try pop(type)
        try push(type)
    }

    /// `local.tee`
    mutating func tee(_ type: ValueType) throws(ModuleError) {
        try pop(type)
        try push(type)
    }

    /// `table.get`
    mutating func tableGet(_ element: ValueType) throws(ModuleError) {
        try pop(.i32)
        try push(element)
    }

    /// `table.set`
    mutating func tableSet(_ element: ValueType) throws(ModuleError) {
        try pop(element)
        try pop(.i32)
    }

    /// `table.grow`
    mutating func tableGrow(_ element: ValueType) throws(ModuleError) {
        try pop(.i32)
        try pop(element)
        try push(.i32)
    }

    /// `table.fill`
    mutating func tableFill(_ element: ValueType) throws(ModuleError) {
        try pop(.i32)
        try pop(element)
        try pop(.i32)
    }

    /// `ref.is_null`, of a reference of any type.
    mutating func refIsNull() throws(ModuleError) {
        if let type = try popAny(), !type.isReference { throw error(.typeMismatch(expected: .funcref, found: type)) }
        try push(.i32)
    }

    /// `ref.func`, of a function that something outside of functions names (Core 3.4.10, C.refs).
    mutating func refFunc(_ function: UInt32) throws(ModuleError) {
        _ = try functionType(function)
        guard isDeclared[Int(function)] else { throw error(.undeclaredFunctionReference(function)) }
        try push(.funcref)
    }
}
