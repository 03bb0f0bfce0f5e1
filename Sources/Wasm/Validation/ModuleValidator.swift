/// Validation of modules (Core, chapter 3.4 Modules): everything that is not code.

extension Module {
    /// Checks the whole module. Throws what `validateDeclarations` and `FunctionValidator` throw.
    package func validate() throws(ModuleError) {
        var validator = try validateDeclarations()
        for function in functions {
            try validator.begin(function)
            var reader = function.body.instructions
            while let instruction = try reader.next() { try validator.validate(instruction) }
            try validator.finish()
        }
    }

    /// Checks everything but the bodies of functions, and gives the validator for these.
    ///
    /// Throws `invalid` with the rule that is broken, `unsupported` for more than one memory, `tooLarge` for too many tables.
    package func validateDeclarations() throws(ModuleError) -> FunctionValidator {
        var validator = FunctionValidator(IndexSpaces(self))
        try checkTypes(validator.spaces)
        for (index, global) in globals.enumerated() {
            try validator.checkConstant(
                global.initializer, .one(global.type.content), globals: validator.spaces.importedGlobals + index)
        }
        try checkSegments(&validator)
        try checkExports(&validator)
        try checkStart(&validator)
        return validator
    }

    /// Checks what imports and definitions say of types, limits and tags.
    private func checkTypes(_ spaces: IndexSpaces) throws(ModuleError) {
        for (index, type) in spaces.functions.enumerated() where type >= types.count {
            throw error(.unknownType(type), in: index < spaces.importedFunctions ? .imports : .function)
        }
        guard spaces.tables.count <= ImplementationLimits.tables else {
            throw ModuleError(.tooLarge(.tables), at: offsets[.table])
        }
        for (index, table) in spaces.tables.enumerated() {
            let section = index < spaces.importedTables ? SectionKind.imports : .table
            try check(table.limits, atMost: ImplementationLimits.tableElements, .tableSize, in: section)
        }
        for (index, memory) in spaces.memories.enumerated() {
            let section = index < spaces.importedMemories ? SectionKind.imports : .memory
            try check(memory.limits, atMost: ImplementationLimits.memoryPages, .memorySize, in: section)
        }
        guard spaces.memories.count <= 1 else {
            throw ModuleError(.unsupported(.multipleMemories), at: offsets[memories.isEmpty ? .imports : .memory])
        }
        for (index, type) in spaces.tags.enumerated() {
            let section = index < spaces.importedTags ? SectionKind.imports : .tag
            guard type < types.count else { throw error(.unknownType(type), in: section) }
            guard types[Int(type)].results.isEmpty else { throw error(.tagResults, in: section) }
        }
    }

    /// Limits (Core 3.2.1): the maximum, if there is one, is not less than the minimum, and neither is more than addresses reach.
    private func check(
        _ limits: ResizableLimits, atMost bound: UInt32, _ violation: Violation, in section: SectionKind
    ) throws(ModuleError) {
        guard limits.minimum <= limits.maximum ?? .max else { throw error(.limitsOrder, in: section) }
        guard max(limits.minimum, limits.maximum ?? 0) <= bound else { throw error(violation, in: section) }
    }

    private func checkSegments(_ validator: inout FunctionValidator) throws(ModuleError) {
        for segment in elementSegments {
            if case .active(let table, let offset) = segment.mode {
                guard table < validator.spaces.tables.count else { throw error(.unknownTable(table), in: .element) }
                guard validator.spaces.tables[Int(table)].element == segment.type else { throw error(.elementType, in: .element) }
                try validator.checkConstant(offset, .one(.i32))
            }
            switch segment.items {
            case .functions(let functions):
                for function in functions {
                    guard validator.declare(function) else { throw error(.unknownFunction(function), in: .element) }
                }
            case .expressions(let expressions):
                for expression in expressions { try validator.checkConstant(expression, .one(segment.type.valueType)) }
            }
        }
        for segment in dataSegments {
            guard case .active(let memory, let offset) = segment.mode else { continue }
            guard memory < validator.spaces.memories.count else { throw error(.unknownMemory(memory), in: .data) }
            try validator.checkConstant(offset, .one(.i32))
        }
    }

    private func checkExports(_ validator: inout FunctionValidator) throws(ModuleError) {
        for export in exports {
            switch export.kind {
            case .function(let index):
                guard validator.declare(index) else { throw error(.unknownFunction(index), in: .export) }
            case .table(let index):
                guard index < validator.spaces.tables.count else { throw error(.unknownTable(index), in: .export) }
            case .memory(let index):
                guard index < validator.spaces.memories.count else { throw error(.unknownMemory(index), in: .export) }
            case .global(let index):
                guard index < validator.spaces.globals.count else { throw error(.unknownGlobal(index), in: .export) }
            case .tag(let index):
                guard index < validator.spaces.tags.count else { throw error(.unknownTag(index), in: .export) }
            }
        }
        // Sorted, equal names are neighbours.
        let names = exports.map { $0.name.bytes }.sorted { $0.lexicographicallyPrecedes($1) }
        for (name, next) in zip(names, names.dropFirst()) where name == next { throw error(.duplicateExport, in: .export) }
    }

    private func checkStart(_ validator: inout FunctionValidator) throws(ModuleError) {
        guard let start else { return }
        guard start < validator.spaces.functions.count else { throw error(.unknownFunction(start), in: .start) }
        guard validator.spaces.type(ofFunction: start) == FunctionType() else { throw error(.startFunction, in: .start) }
    }

    private func error(_ violation: Violation, in section: SectionKind) -> ModuleError {
        ModuleError(.invalid(violation), at: offsets[section])
    }
}

// Constant expressions (Core 3.3.10).

extension FunctionValidator {
    /// Notes that something outside of functions names a function, so that `ref.func` may; false if there is no such function.
    fileprivate mutating func declare(_ function: UInt32) -> Bool {
        guard function < isDeclared.count else { return false }
        isDeclared[Int(function)] = true
        return true
    }

    /// Checks a constant expression, and declares the functions that it names. `globals`: how many it may name, which for that of a
    /// global are those before it (3.0; release 2.0 knows imported ones alone).
    fileprivate mutating func checkConstant(
        _ expression: Expression, _ results: TypeList, globals: Int = .max
    ) throws(ModuleError) {
        begin(expression, results: results)
        var reader = expression.instructions
        while let instruction = try reader.next() {
            offset = instruction.offset
            try checkIsConstant(instruction, globals)
            try validate(instruction)
        }
        try finish()
    }

    private mutating func checkIsConstant(_ instruction: Instruction, _ globals: Int) throws(ModuleError) {
        switch instruction.opcode {
        case .i32Const, .i64Const, .f32Const, .f64Const, .v128Const, .refNull, .end: break
        case .i32Add, .i32Sub, .i32Mul, .i64Add, .i64Sub, .i64Mul: break
        case .refFunc: _ = declare(instruction.index)
        case .globalGet:
            guard instruction.index < min(globals, spaces.globals.count) else { throw error(.unknownGlobal(instruction.index)) }
            guard !spaces.globals[Int(instruction.index)].isMutable else { throw error(.constantExpressionRequired) }
        default: throw error(.constantExpressionRequired)
        }
    }
}
