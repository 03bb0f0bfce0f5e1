/// The owners of a store's memories, tables and globals.
import Wasm

/// A memory (Core 4.2.8 Memory Instances).
final class Memory {
    let record: UnsafeMutablePointer<MemoryRecord>
    /// Pages that it may grow to.
    let maximum: UInt32?
    private var capacity: Int

    /// A memory of zeros.
    init(pages: Int, maximum: UInt32?) {
        // SAFETY: the record and the bytes are initialised here, kept in step by `grow`, and freed in deinit.
        capacity = max(pages * MemoryType.pageSize, 16)
        let base = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
        base.initializeMemory(as: UInt8.self, repeating: 0, count: capacity)
        record = .allocate(capacity: 1)
        record.initialize(to: MemoryRecord(base: base, byteCount: pages * MemoryType.pageSize))
        self.maximum = maximum
    }

    deinit {
        record.pointee.base.deallocate()
        record.deallocate()
    }

    /// Pages that it has.
    var pages: Int { record.pointee.byteCount / MemoryType.pageSize }

    /// Adds pages of zeros. The caller has checked that it may.
    func grow(by delta: Int) {
        let old = record.pointee
        let byteCount = old.byteCount + delta * MemoryType.pageSize
        if byteCount > capacity {
            // More than is asked for, so that growing by single pages does not copy each time.
            let limit = Int(maximum ?? ImplementationLimits.memoryPages) * MemoryType.pageSize
            capacity = max(byteCount, min(capacity + capacity / 2, limit))
            let base = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
            base.copyMemory(from: old.base, byteCount: old.byteCount)
            (base + old.byteCount).initializeMemory(as: UInt8.self, repeating: 0, count: capacity - old.byteCount)
            old.base.deallocate()
            record.pointee.base = base
        }
        record.pointee.byteCount = byteCount
    }

    /// Whether `count` bytes from `address` on lie within the memory.
    func contains(_ address: Int, _ count: Int) -> Bool {
        address >= 0 && count >= 0 && address <= record.pointee.byteCount && count <= record.pointee.byteCount - address
    }
}

/// A table (Core 4.2.7 Table Instances).
final class Table {
    let record: UnsafeMutablePointer<TableRecord>
    let element: ReferenceType
    /// Elements that it may grow to.
    let maximum: UInt32?
    private var capacity: Int

    /// A table of one reference.
    init(_ element: ReferenceType, count: Int, maximum: UInt32?, filledWith value: UInt64) {
        // SAFETY: as for `Memory`.
        capacity = max(count, 1)
        let elements = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity)
        elements.initialize(repeating: value, count: capacity)
        record = .allocate(capacity: 1)
        record.initialize(to: TableRecord(elements: elements, count: count))
        self.element = element
        self.maximum = maximum
    }

    deinit {
        record.pointee.elements.deallocate()
        record.deallocate()
    }

    var count: Int { record.pointee.count }

    /// Adds elements. The caller has checked that it may.
    func grow(by delta: Int, filledWith value: UInt64) {
        let old = record.pointee
        let count = old.count + delta
        if count > capacity {
            capacity = max(count, capacity + capacity / 2)
            let elements = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity)
            elements.initialize(from: old.elements, count: old.count)
            (elements + old.count).initialize(repeating: 0, count: capacity - old.count)
            old.elements.deallocate()
            record.pointee.elements = elements
        }
        (record.pointee.elements + old.count).update(repeating: value, count: delta)
        record.pointee.count = count
    }

    /// Whether `count` elements from `index` on lie within the table.
    func contains(_ index: Int, _ count: Int) -> Bool {
        index >= 0 && count >= 0 && index <= record.pointee.count && count <= record.pointee.count - index
    }

    /// The elements, as slots hold them.
    var elements: UnsafeMutableBufferPointer<UInt64> {
        // SAFETY: valid until the table grows; callers use it at once.
        UnsafeMutableBufferPointer(start: record.pointee.elements, count: record.pointee.count)
    }
}

/// A global (Core 4.2.9 Global Instances): two slots, the second of which only a vector uses.
final class GlobalCell {
    let type: GlobalType
    let slots: UnsafeMutablePointer<UInt64>

    init(_ type: GlobalType, low: UInt64, high: UInt64) {
        self.type = type
        // SAFETY: two slots, freed in deinit.
        slots = .allocate(capacity: 2)
        slots.initialize(to: low)
        (slots + 1).initialize(to: high)
    }

    deinit {
        slots.deallocate()
    }

    var value: Value { Value(type.content, low: slots[0], high: slots[1]) }
}
