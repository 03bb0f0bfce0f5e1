package import ABI

// Tables whose order is part of their meaning: arrays indexed by id, and a map sorted by its keys. (`Dictionary` iterates
// differently from run to run.)

/// Values in numbered slots; a slot's generation grows with each reuse, so that an old number finds nothing.
package struct SlotTable<Value> {
    fileprivate struct Slot {
        var generation: UInt32
        var value: Value?

        /// Hands the value over without a second reference to it, so that nothing inside is copied.
        mutating func changeValue<Result, Failure: Error>(
            _ change: (inout Value) throws(Failure) -> Result
        ) throws(Failure) -> Result? {
            guard var changed = value.take() else { return nil }
            defer { value = changed }
            return try change(&changed)
        }
    }

    private var slots: [Slot] = []
    private var free: [UInt32] = []
    /// How many values there are.
    package private(set) var count = 0
    /// Most values there may be.
    package let capacity: Int

    package init(capacity: Int) { self.capacity = capacity }

    /// Puts `value` into the lowest free slot that was freed last, or a new one; `nil` if the table is full. Generations begin at 1.
    package mutating func insert(_ value: Value) -> (index: UInt32, generation: UInt32)? {
        if let index = free.popLast() {
            slots[Int(index)].value = value
            count += 1
            return (index, slots[Int(index)].generation)
        }
        guard slots.count < capacity else { return nil }
        slots.append(Slot(generation: 1, value: value))
        count += 1
        return (UInt32(slots.count - 1), 1)
    }

    /// The value in that slot if the generation is still the same. (Indices come from outside: `Int` has 32 bits in wasm, so they are
    /// compared before they are converted.)
    package subscript(index: UInt32, generation: UInt32) -> Value? {
        get {
            guard index < UInt32(slots.count), slots[Int(index)].generation == generation else { return nil }
            return slots[Int(index)].value
        }
        set {
            guard index < UInt32(slots.count), slots[Int(index)].generation == generation, slots[Int(index)].value != nil,
                let newValue
            else { return }
            slots[Int(index)].value = newValue
        }
    }

    /// Changes a value where it is and answers what `change` answers; `nil` if there is no such value.
    package mutating func update<Result, Failure: Error>(
        index: UInt32, generation: UInt32, _ change: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        guard index < UInt32(slots.count), slots[Int(index)].generation == generation, slots[Int(index)].value != nil else {
            return nil
        }
        return try slots[Int(index)].changeValue(change)
    }

    /// Takes the value out; its number finds nothing from now on.
    @discardableResult
    package mutating func remove(index: UInt32, generation: UInt32) -> Value? {
        guard index < UInt32(slots.count), slots[Int(index)].generation == generation, let value = slots[Int(index)].value else {
            return nil
        }
        slots[Int(index)].value = nil
        // A generation that would wrap retires the slot: an old number must never come to life again.
        if generation < .max {
            slots[Int(index)].generation += 1
            free.append(index)
        }
        count -= 1
        return value
    }

    /// All numbers in use, ascending by index.
    package var numbers: [(index: UInt32, generation: UInt32)] {
        var result: [(index: UInt32, generation: UInt32)] = []
        result.reserveCapacity(count)
        for (index, slot) in slots.enumerated() where slot.value != nil { result.append((UInt32(index), slot.generation)) }
        return result
    }

    /// Appends the table: slot count, then of each its generation and, if used, its value; then the free list.
    package func encode(into writer: inout Writer, _ encodeValue: (Value, inout Writer) -> Void) {
        writer.u32(UInt32(slots.count))
        for slot in slots {
            writer.u32(slot.generation)
            writer.bool(slot.value != nil)
            if let value = slot.value { encodeValue(value, &writer) }
        }
        writer.u32(UInt32(free.count))
        for index in free { writer.u32(index) }
    }

    /// Reads a table that `encode` wrote.
    package init(
        capacity: Int, decoding reader: inout Reader, _ decodeValue: (inout Reader) throws(Errno) -> Value
    ) throws(Errno) {
        self.capacity = capacity
        let slotCount = try reader.u32()
        guard slotCount <= UInt32(clamping: capacity) else { throw .badMessage }
        for _ in 0..<slotCount {
            let generation = try reader.u32()
            guard generation > 0 else { throw .badMessage }
            let value: Value? = try reader.bool() ? try decodeValue(&reader) : nil
            if value != nil { count += 1 }
            slots.append(Slot(generation: generation, value: value))
        }
        let freeCount = try reader.u32()
        guard freeCount <= slotCount else { throw .badMessage }
        var isListed = [Bool](repeating: false, count: Int(slotCount))
        for _ in 0..<freeCount {
            let index = try reader.u32()
            guard index < slotCount, slots[Int(index)].value == nil, !isListed[Int(index)] else { throw .badMessage }
            isListed[Int(index)] = true
            free.append(index)
        }
        // An empty slot that is not free is one whose generations are used up.
        for (slot, isListed) in zip(slots, isListed) where slot.value == nil && !isListed {
            guard slot.generation == .max else { throw .badMessage }
        }
    }
}

/// A map kept in ascending order of its keys. Look-up takes the logarithm of the count; insertion moves what is greater.
package struct OrderedMap<Key: Comparable, Value> {
    private var entries: [(key: Key, value: Value)] = []

    package init() {}

    package var count: Int { entries.count }
    package var isEmpty: Bool { entries.isEmpty }

    /// All keys, ascending.
    package var keys: [Key] { entries.map { $0.key } }
    /// All values, in the order of their keys.
    package var values: [Value] { entries.map { $0.value } }
    /// The entry with the least key.
    package var first: (key: Key, value: Value)? { entries.first }

    /// The value of `key`; setting `nil` takes it out.
    package subscript(key: Key) -> Value? {
        get {
            let index = lowerBound(key)
            guard index < entries.count, entries[index].key == key else { return nil }
            return entries[index].value
        }
        set {
            let index = lowerBound(key)
            if index < entries.count, entries[index].key == key {
                if let newValue { entries[index].value = newValue } else { entries.remove(at: index) }
            } else if let newValue {
                entries.insert((key, newValue), at: index)
            }
        }
    }

    /// Changes a value where it is; nothing happens if there is none.
    package mutating func update(_ key: Key, _ change: (inout Value) -> Void) {
        let index = lowerBound(key)
        guard index < entries.count, entries[index].key == key else { return }
        change(&entries[index].value)
    }

    /// The first entry whose key is greater than `key`.
    package func next(after key: Key) -> (key: Key, value: Value)? {
        var index = lowerBound(key)
        if index < entries.count, entries[index].key == key { index += 1 }
        return index < entries.count ? entries[index] : nil
    }

    private func lowerBound(_ key: Key) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension SlotTable: Sendable where Value: Sendable {}
extension SlotTable.Slot: Sendable where Value: Sendable {}
extension OrderedMap: Sendable where Key: Sendable, Value: Sendable {}
