/// The parts of a store as the interpreter sees them: records at fixed places, which point at each other.
///
/// A record is allocated by its owner in the store (`Memory`, `Table`, `Instance` …), lives as long as the store, and never moves.

/// A function that can be called.
struct FunctionRecord {
    /// The first word of its code; nil before the first call, and always for a function of the host.
    var code: UnsafeMutablePointer<UInt64>?
    /// The charge at its first word.
    var entryCharge: Int64 = 0
    var frameSlots = 0
    var parameterSlots = 0
    /// The instance that it belongs to; nil for a function of the host.
    let instance: UnsafeMutablePointer<InstanceRecord>?
    /// The number of its type in the store (`Store.types`).
    let type: UInt32
    let address: UInt32
    /// Its index in its module, or the number that the host knows it by.
    let index: UInt32
}

/// An instance: what the indices in its module's code mean.
struct InstanceRecord {
    let functions: UnsafeMutablePointer<UnsafeMutablePointer<FunctionRecord>>
    let tables: UnsafeMutablePointer<UnsafeMutablePointer<TableRecord>>
    /// For each global its two slots.
    let globals: UnsafeMutablePointer<UnsafeMutablePointer<UInt64>>
    /// The memory, or one of no bytes if there is none.
    let memory: UnsafeMutablePointer<MemoryRecord>
    /// For each type its number in the store.
    let types: UnsafeMutablePointer<UInt32>
    /// For each tag its address.
    let tags: UnsafeMutablePointer<UInt32>
    let address: UInt32
}

/// A memory's bytes.
struct MemoryRecord {
    var base: UnsafeMutableRawPointer
    var byteCount: Int
}

/// A table's elements, as slots hold them.
struct TableRecord {
    var elements: UnsafeMutablePointer<UInt64>
    var count: Int
}

/// A call that has not returned.
struct Frame {
    /// The next word: for the top frame when the loop begins; for others behind their call.
    var pc: UnsafeMutablePointer<UInt64>
    let slots: UnsafeMutablePointer<UInt64>
    let function: UnsafeMutablePointer<FunctionRecord>
    let instance: UnsafeMutablePointer<InstanceRecord>
}
