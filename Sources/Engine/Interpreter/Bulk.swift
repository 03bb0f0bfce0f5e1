/// Bulk instructions on memories and tables (Core 4.4.6, 4.4.7), which are done out of line.
import Wasm

/// What an element of a table is to a call.
enum Callee {
    case found(UnsafeMutablePointer<FunctionRecord>)
    case trap(Trap.Reason)
}

extension Store {
    /// The function in a table; the caller checks its type.
    @inline(__always)
    func function(at index: UInt32, of table: UnsafeMutablePointer<TableRecord>) -> Callee {
        guard index < table.pointee.count else { return .trap(.undefinedElement) }
        let reference = table.pointee.elements[Int(index)]
        // Null, and what saved state that was tampered with may hold.
        guard reference &- 1 < UInt64(functions.count) else { return .trap(.uninitializedElement) }
        return .found(functions[Int(truncatingIfNeeded: reference) &- 1])
    }

    /// Does one of the instructions. `second` is its second index.
    ///
    /// Throws `memoryOutOfBounds` or `tableOutOfBounds`, and nothing was written.
    @inline(never)
    func bulk(
        _ word: Word, _ family: FamilyWord, _ second: UInt32, _ slots: Slots, _ record: UnsafeMutablePointer<InstanceRecord>
    ) throws(Trap.Reason) {
        let instance = instances[Int(record.pointee.address)]
        let (first, other, count) = (UInt64(slots.u32(word.a)), UInt64(slots.u32(word.b)), Int(slots.u32(word.c)))
        switch family.opcode {
        case .memoryGrow: slots[family.slot] = growMemory(of: instance, by: slots.u32(word.a))
        case .memoryFill: try fillMemory(of: instance, at: first, with: UInt8(truncatingIfNeeded: other), count)
        case .memoryCopy: try copyMemory(of: instance, to: first, from: other, count)
        case .memoryInit:
            let segment = instance.dataSegments[family.index]
            guard let memory = instance.memoryAddress, Int(other) <= segment.count, count <= segment.count - Int(other) else {
                throw .memoryOutOfBounds
            }
            let begin = segment.startIndex + Int(other)
            guard write(segment[begin..<begin + count], to: MemoryAddress(memory), at: Int(first)) else { throw .memoryOutOfBounds }
        case .dataDrop: instance.dataSegments[family.index] = []
        case .elemDrop: instance.elementSegments[family.index] = []
        case .tableInit:
            let table = tables[Int(instance.tableAddresses[Int(second)])]
            try initialize(table, at: first, from: instance.elementSegments[family.index], other, count)
        case .tableCopy:
            let target = tables[Int(instance.tableAddresses[family.index])]
            let source = tables[Int(instance.tableAddresses[Int(second)])]
            try copy(to: target, at: Int(first), from: source, at: Int(other), count)
        case .tableSize: slots[family.slot] = UInt64(tables[Int(instance.tableAddresses[family.index])].count)
        case .tableGrow:
            let table = tables[Int(instance.tableAddresses[family.index])]
            slots[family.slot] = grow(table, by: slots.u32(word.b), filledWith: slots[word.a])
        case .tableFill:
            let table = tables[Int(instance.tableAddresses[family.index])]
            guard table.contains(Int(first), count) else { throw .tableOutOfBounds }
            // SAFETY: the range is within the table.
            (table.record.pointee.elements + Int(first)).update(repeating: slots[word.b], count: count)
        default: preconditionFailure("the compiler sends no other instruction here")
        }
    }

    /// `memory.grow`: the size before, or -1 as 32 bits if it cannot be.
    private func growMemory(of instance: Instance, by delta: UInt32) -> UInt64 {
        guard let address = instance.memoryAddress else { return UInt64(UInt32.max) }
        let memory = memories[Int(address)]
        let before = memory.pages
        let largest = Int(memory.maximum ?? ImplementationLimits.memoryPages)
        guard Int(delta) <= min(largest, Int(ImplementationLimits.memoryPages)) - before, Int(delta) <= limits.memoryPages - pages else {
            return UInt64(UInt32.max)
        }
        memory.grow(by: Int(delta))
        return UInt64(before)
    }

    private func fillMemory(of instance: Instance, at address: UInt64, with byte: UInt8, _ count: Int) throws(Trap.Reason) {
        guard let index = instance.memoryAddress else { throw .memoryOutOfBounds }
        let memory = memories[Int(index)]
        guard memory.contains(Int(address), count) else { throw .memoryOutOfBounds }
        // SAFETY: the range is within the memory.
        (memory.record.pointee.base + Int(address)).initializeMemory(as: UInt8.self, repeating: byte, count: count)
    }

    private func copyMemory(of instance: Instance, to target: UInt64, from source: UInt64, _ count: Int) throws(Trap.Reason) {
        guard let index = instance.memoryAddress else { throw .memoryOutOfBounds }
        let memory = memories[Int(index)]
        guard memory.contains(Int(target), count), memory.contains(Int(source), count) else { throw .memoryOutOfBounds }
        // SAFETY: both ranges are within the memory; they may overlap, which `copyMemory` allows.
        let base = memory.record.pointee.base
        (base + Int(target)).copyMemory(from: base + Int(source), byteCount: count)
    }

    /// `table.init`
    func initialize(
        _ table: Table, at index: UInt64, from references: [UInt64], _ source: UInt64, _ count: Int
    ) throws(Trap.Reason) {
        guard Int(source) <= references.count, count <= references.count - Int(source), table.contains(Int(index), count) else {
            throw .tableOutOfBounds
        }
        let elements = table.elements
        for offset in 0..<count { elements[Int(index) + offset] = references[Int(source) + offset] }
    }

    private func copy(to target: Table, at index: Int, from source: Table, at start: Int, _ count: Int) throws(Trap.Reason) {
        guard target.contains(index, count), source.contains(start, count) else { throw .tableOutOfBounds }
        // SAFETY: both ranges are within their tables; `update` allows them to overlap.
        (target.record.pointee.elements + index).update(from: source.record.pointee.elements + start, count: count)
    }

    /// `table.grow`: the size before, or -1 as 32 bits if it cannot be.
    private func grow(_ table: Table, by delta: UInt32, filledWith value: UInt64) -> UInt64 {
        let before = table.count
        guard before + Int(delta) <= Int(table.maximum ?? .max), Int(delta) <= limits.tableElements - elements else {
            return UInt64(UInt32.max)
        }
        table.grow(by: Int(delta), filledWith: value)
        return UInt64(before)
    }
}
