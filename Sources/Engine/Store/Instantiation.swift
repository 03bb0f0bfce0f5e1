/// Instantiation of modules (Core 4.5.4 Instantiation).
import Wasm

/// Why a module was not instantiated.
package enum InstantiationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// There are not as many externs as the module has imports.
    case importCount
    /// The import of this index was given something else than it asks for: another kind, type or size.
    case incompatibleImport(Int)
    /// The memories or tables that the module defines are more than the store may have.
    case limit
    /// A segment does not fit into its table or memory. Segments before it were copied, and the instance's functions exist.
    case trap(Trap.Reason)

    package var description: String {
        switch self {
        case .importCount: "another number of imports"
        case .incompatibleImport(let index): "incompatible import type of import \(index)"
        case .limit: "more memory or table elements than the store may have"
        case .trap(let reason): reason.description
        }
    }
}

extension Store {
    /// Makes an instance of a module. `imports` are what the module imports, in its order. The module's start function, if it has one
    /// (`start(of:)`), is the caller's to invoke.
    ///
    /// Throws `importCount`, `incompatibleImport` or `limit`, and the store is as before; or `trap`.
    package func instantiate(_ module: CompiledModule, imports: [Extern]) throws(InstantiationError) -> InstanceAddress {
        let addresses = try check(imports, of: module.module)
        let instance = try allocate(module, addresses)
        do throws(Trap.Reason) {
            try copySegments(of: instance)
        } catch {
            throw .trap(error)
        }
        return InstanceAddress(instance.record.pointee.address)
    }

    /// Adds an instance with all that it defines. Its tables and memory are empty.
    func allocate(_ module: CompiledModule, _ imports: ImportAddresses) throws(InstantiationError) -> Instance {
        let definitions = module.module
        let newPages = definitions.memories.reduce(0) { $0 + Int($1.limits.minimum) }
        let newElements = definitions.tables.reduce(0) { $0 + Int($1.limits.minimum) }
        guard newPages <= limits.memoryPages - pages, newElements <= limits.tableElements - elements else { throw .limit }
        var addresses = imports
        for type in definitions.tables { if let table = makeTable(type) { addresses.tables.append(table.index) } }
        for type in definitions.memories { if let memory = makeMemory(type) { addresses.memories.append(memory.index) } }
        for tag in definitions.tags { addresses.tags.append(makeTag(definitions.types[Int(tag.type)]).index) }
        // References to functions need addresses, which the instance gives; its globals come before it, and are set behind it.
        let firstFunction = UInt32(functions.count)
        let functionAddresses = imports.functions + definitions.functions.indices.map { firstFunction + UInt32($0) }
        for global in definitions.globals {
            let (low, high) = evaluate(global.initializer, functionAddresses, addresses.globals)
            globals.append(GlobalCell(global.type, low: low, high: high))
            addresses.globals.append(UInt32(globals.count - 1))
        }
        let instance = Instance(module, imports: addresses, in: self)
        instances.append(instance)
        instance.elementSegments = definitions.elementSegments.map { references(of: $0, instance) }
        instance.dataSegments = definitions.dataSegments.map(\.contents)
        return instance
    }

    private func references(of segment: ElementSegment, _ instance: Instance) -> [UInt64] {
        switch segment.items {
        case .functions(let indices): indices.map { UInt64(instance.functionAddresses[Int($0)]) + 1 }
        case .expressions(let expressions):
            expressions.map { evaluate($0, instance.functionAddresses, instance.globalAddresses).low }
        }
    }

    /// Copies the active segments, tables first, in order.
    private func copySegments(of instance: Instance) throws(Trap.Reason) {
        for (index, segment) in instance.module.module.elementSegments.enumerated() {
            switch segment.mode {
            case .passive: continue
            case .declarative: break
            case .active(let table, let offset):
                let start = evaluate(offset, instance.functionAddresses, instance.globalAddresses).low
                let references = instance.elementSegments[index]
                try initialize(tables[Int(instance.tableAddresses[Int(table)])], at: start, from: references, 0, references.count)
            }
            instance.elementSegments[index] = []
        }
        for (index, segment) in instance.module.module.dataSegments.enumerated() {
            guard case .active(_, let offset) = segment.mode, let memory = instance.memoryAddress else { continue }
            let start = evaluate(offset, instance.functionAddresses, instance.globalAddresses).low
            guard write(segment.contents, to: MemoryAddress(memory), at: Int(start)) else { throw .memoryOutOfBounds }
            instance.dataSegments[index] = []
        }
    }

    /// The value of a constant expression (Core 3.3.10), as slots hold it.
    private func evaluate(_ expression: Expression, _ functions: [UInt32], _ globals: [UInt32]) -> (low: UInt64, high: UInt64) {
        var stack: [(low: UInt64, high: UInt64)] = []
        var reader = expression.instructions
        while let instruction = (try? reader.next()) ?? nil {
            switch instruction.opcode {
            case .i32Const: stack.append((UInt64(UInt32(bitPattern: instruction.i32)), 0))
            case .i64Const: stack.append((UInt64(bitPattern: instruction.i64), 0))
            case .f32Const: stack.append((UInt64(instruction.f32Bits), 0))
            case .f64Const: stack.append((instruction.f64Bits, 0))
            case .v128Const: stack.append((instruction.v128.low, instruction.v128.high))
            case .refNull: stack.append((0, 0))
            case .refFunc: stack.append((UInt64(functions[Int(instruction.index)]) + 1, 0))
            case .globalGet:
                let global = self.globals[Int(globals[Int(instruction.index)])]
                stack.append((global.slots[0], global.slots[1]))
            case .i32Add, .i32Sub, .i32Mul, .i64Add, .i64Sub, .i64Mul:
                let second = stack.removeLast().low
                let first = stack.removeLast().low
                stack.append((arithmetic(instruction.opcode, first, second), 0))
            default: break
            }
        }
        guard let value = stack.last else { preconditionFailure("a validated constant expression has a value") }
        return value
    }

    private func arithmetic(_ opcode: Opcode, _ first: UInt64, _ second: UInt64) -> UInt64 {
        switch opcode {
        case .i32Add: UInt64(UInt32(truncatingIfNeeded: first &+ second))
        case .i32Sub: UInt64(UInt32(truncatingIfNeeded: first &- second))
        case .i32Mul: UInt64(UInt32(truncatingIfNeeded: first &* second))
        case .i64Add: first &+ second
        case .i64Sub: first &- second
        default: first &* second
        }
    }
}

// Matching of imports (Core 4.5.1 External Typing, 3.4.12 Import Subtyping).

extension Store {
    private func check(_ externs: [Extern], of module: Module) throws(InstantiationError) -> ImportAddresses {
        guard externs.count == module.imports.count else { throw .importCount }
        var addresses = ImportAddresses()
        for (index, (wanted, given)) in zip(module.imports, externs).enumerated() {
            guard matches(wanted.kind, given, module) else { throw .incompatibleImport(index) }
            switch given {
            case .function(let address): addresses.functions.append(address.index)
            case .table(let address): addresses.tables.append(address.index)
            case .memory(let address): addresses.memories.append(address.index)
            case .global(let address): addresses.globals.append(address.index)
            case .tag(let address): addresses.tags.append(address.index)
            }
        }
        return addresses
    }

    /// Whether something can be imported as what a module asks for.
    func matches(_ wanted: Import.Kind, _ given: Extern, _ module: Module) -> Bool {
        switch (wanted, given) {
        case (.function(let type), .function(let address)): return module.types[Int(type)] == self.type(of: address)
        case (.table(let type), .table(let address)):
            let table = tables[Int(address.index)]
            return type.element == table.element && type.limits.admit(table.count, maximum: table.maximum)
        case (.memory(let type), .memory(let address)):
            let memory = memories[Int(address.index)]
            return type.limits.admit(memory.pages, maximum: memory.maximum)
        case (.global(let type), .global(let address)): return type == globals[Int(address.index)].type
        case (.tag(let type), .tag(let address)): return module.types[Int(type.type)] == types[Int(tags[Int(address.index)])]
        default: return false
        }
    }
}

extension ResizableLimits {
    /// Whether something of a size and maximum is at least as large as this asks for, and is sure not to become larger.
    fileprivate func admit(_ size: Int, maximum given: UInt32?) -> Bool {
        guard size >= Int(minimum) else { return false }
        guard let maximum else { return true }
        guard let given else { return false }
        return given <= maximum
    }
}
