package import ABI

// Tables whose order is part of their meaning: arrays indexed by id, and a map and a set sorted by their keys. (`Dictionary` iterates
// differently from run to run.)
//
// They are public, although nobody outside imports them: only what is public can be inlined into other modules, and a server is made
// of look-ups. Without that, a native look-up learns at run time what it looks for, and takes ten times as long.

/// Values in numbered slots; a slot's generation grows with each reuse, so that an old number finds nothing.
public struct SlotTable<Value> {
    // Apart, so that an old number is found out without a look at a value.
    @usableFromInline var generations: [UInt32] = []
    @usableFromInline var values: [Value?] = []
    @usableFromInline var free: [UInt32] = []
    /// How many values there are.
    @inlinable public var count: Int { used }
    @usableFromInline var used = 0
    /// Most values there may be.
    public let capacity: Int

    @inlinable public init(capacity: Int) { self.capacity = capacity }

    /// Puts `value` into the lowest free slot that was freed last, or a new one; `nil` if the table is full. Generations begin at 1.
    @inlinable public mutating func insert(_ value: Value) -> (index: UInt32, generation: UInt32)? {
        if let index = free.popLast() {
            values[Int(index)] = value
            used += 1
            return (index, generations[Int(index)])
        }
        guard values.count < capacity else { return nil }
        generations.append(1)
        values.append(value)
        used += 1
        return (UInt32(values.count - 1), 1)
    }

    /// The value in that slot if the generation is still the same. (Indices come from outside: `Int` has 32 bits in wasm, so they are
    /// compared before they are converted.)
    @inlinable public subscript(index: UInt32, generation: UInt32) -> Value? {
        get {
            guard index < UInt32(generations.count), generations[Int(index)] == generation else { return nil }
            return values[Int(index)]
        }
        set {
            guard index < UInt32(generations.count), generations[Int(index)] == generation, values[Int(index)] != nil, let newValue
            else { return }
            values[Int(index)] = newValue
        }
    }

    /// Changes a value where it is and answers what `change` answers; `nil` if there is no such value.
    @inlinable public mutating func update<Result, Failure: Error>(
        index: UInt32, generation: UInt32, _ change: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        guard index < UInt32(generations.count), generations[Int(index)] == generation else { return nil }
        // Handed over without a second reference to it, so that nothing inside is copied.
        guard var changed = values[Int(index)].take() else { return nil }
        defer { values[Int(index)] = changed }
        return try change(&changed)
    }

    /// Takes the value out; its number finds nothing from now on.
    @inlinable @discardableResult
    public mutating func remove(index: UInt32, generation: UInt32) -> Value? {
        guard index < UInt32(generations.count), generations[Int(index)] == generation, let value = values[Int(index)].take() else {
            return nil
        }
        // A generation that would wrap retires the slot: an old number must never come to life again.
        if generation < .max {
            generations[Int(index)] += 1
            free.append(index)
        }
        used -= 1
        return value
    }

    /// All numbers in use, ascending by index.
    @inlinable public var numbers: [(index: UInt32, generation: UInt32)] {
        var result: [(index: UInt32, generation: UInt32)] = []
        result.reserveCapacity(count)
        for index in values.indices where values[index] != nil { result.append((UInt32(index), generations[index])) }
        return result
    }

    /// Appends the table: slot count, then of each its generation and, if used, its value; then the free list.
    package func encode(into writer: inout Writer, _ encodeValue: (Value, inout Writer) -> Void) {
        writer.u32(UInt32(values.count))
        for (generation, value) in zip(generations, values) {
            writer.u32(generation)
            writer.bool(value != nil)
            if let value { encodeValue(value, &writer) }
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
            if value != nil { used += 1 }
            generations.append(generation)
            values.append(value)
        }
        let freeCount = try reader.u32()
        guard freeCount <= slotCount else { throw .badMessage }
        var isListed = [Bool](repeating: false, count: Int(slotCount))
        for _ in 0..<freeCount {
            let index = try reader.u32()
            guard index < slotCount, values[Int(index)] == nil, !isListed[Int(index)] else { throw .badMessage }
            isListed[Int(index)] = true
            free.append(index)
        }
        // An empty slot that is not free is one whose generations are used up.
        for index in values.indices where values[index] == nil && !isListed[index] {
            guard generations[index] == .max else { throw .badMessage }
        }
    }
}

/// A map kept in ascending order of its keys. Look-up takes the logarithm of the count; insertion moves what is greater.
public struct OrderedMap<Key: Comparable, Value> {
    @usableFromInline var entries: [(key: Key, value: Value)] = []

    @inlinable public init() {}

    @inlinable public var count: Int { entries.count }
    @inlinable public var isEmpty: Bool { entries.isEmpty }

    /// All keys, ascending.
    @inlinable public var keys: [Key] { entries.map { $0.key } }
    /// All values, in the order of their keys.
    @inlinable public var values: [Value] { entries.map { $0.value } }
    /// The entry with the least key.
    @inlinable public var first: (key: Key, value: Value)? { entries.first }

    /// The least key whose value is so, or `nil`.
    @inlinable public func firstKey(where isWanted: (borrowing Value) -> Bool) -> Key? {
        for index in entries.indices where isWanted(entries[index].value) { return entries[index].key }
        return nil
    }

    /// The value of `key`; setting `nil` takes it out.
    @inlinable public subscript(key: Key) -> Value? {
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
    @inlinable public mutating func update(_ key: Key, _ change: (inout Value) -> Void) {
        let index = lowerBound(key)
        guard index < entries.count, entries[index].key == key else { return }
        change(&entries[index].value)
    }

    /// The first entry whose key is greater than `key`.
    @inlinable public func next(after key: Key) -> (key: Key, value: Value)? {
        var index = lowerBound(key)
        if index < entries.count, entries[index].key == key { index += 1 }
        return index < entries.count ? entries[index] : nil
    }

    @inlinable func lowerBound(_ key: Key) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// A set kept in ascending order. Look-up takes the logarithm of the count; insertion and removal move what is greater, which for
/// numbers is one short copy.
public struct OrderedSet<Element: Comparable> {
    /// All elements, ascending.
    @inlinable public var elements: [Element] { sorted }
    @usableFromInline var sorted: [Element] = []

    @inlinable public init() {}

    @inlinable public var count: Int { sorted.count }
    @inlinable public var isEmpty: Bool { sorted.isEmpty }
    /// The least element.
    @inlinable public var first: Element? { sorted.first }

    /// Whether it has that element.
    @inlinable public func contains(_ element: Element) -> Bool {
        let index = lowerBound(element)
        return index < sorted.count && sorted[index] == element
    }

    /// Adds an element; nothing happens if it is there.
    @inlinable public mutating func insert(_ element: Element) {
        let index = lowerBound(element)
        if index == sorted.count || sorted[index] != element { sorted.insert(element, at: index) }
    }

    /// Takes an element out; nothing happens if it is not there.
    @inlinable public mutating func remove(_ element: Element) {
        let index = lowerBound(element)
        if index < sorted.count, sorted[index] == element { sorted.remove(at: index) }
    }

    /// The least element greater than `element`.
    @inlinable public func next(after element: Element) -> Element? {
        var index = lowerBound(element)
        if index < sorted.count, sorted[index] == element { index += 1 }
        return index < sorted.count ? sorted[index] : nil
    }

    @inlinable func lowerBound(_ element: Element) -> Int {
        // Most are added at the end, since numbers rise.
        if let last = sorted.last, last < element { return sorted.count }
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < element { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension OrderedSet: Sendable where Element: Sendable {}
extension SlotTable: Sendable where Value: Sendable {}
extension OrderedMap: Sendable where Key: Sendable, Value: Sendable {}
