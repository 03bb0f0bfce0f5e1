/// The store (Core 4.2.3 Store): all state that programs can change, and the calls that have not returned.
///
/// It is for one thread at a time. Nothing in it is a closure or a native stack frame, so between two runs it can be saved whole.
package import Wasm

/// Instances of modules and what they share, with the state of the run.
package final class Store {
    /// Slots behind the end of the stack, for what reads or clears a few too many: vector instructions read two slots where one is
    /// meant, and the entry into a function clears eight.
    private static let spareSlots = 8

    package let limits: StoreLimits
    /// The distinct function types; two types are the same when their numbers are.
    private(set) var types: [FunctionType] = []
    /// The number of each type, by what it says as bytes. Only looked up in, so its order has no effect.
    private var typeNumbers: [[UInt8]: UInt32] = [:]
    /// All functions. Those of modules are owned by their instances, those of the host by this.
    var functions: [UnsafeMutablePointer<FunctionRecord>] = []
    var tables: [Table] = []
    var memories: [Memory] = []
    var globals: [GlobalCell] = []
    /// For each tag the number of its type.
    var tags: [UInt32] = []
    var instances: [Instance] = []
    /// Exceptions by address; nil: the address is free.
    var exceptions: [ThrownException?] = []
    var freeExceptions: [UInt32] = []
    /// The number of exceptions at which those that cannot be reached are looked for.
    var exceptionThreshold = 64
    /// What instances without a memory point at.
    let noMemory = Memory(pages: 0, maximum: 0)

    // The run.

    /// Fuel that is left: instructions that may still be executed (README, "Fuel"). It is below 0 after a run that ended within a group
    /// of instructions, and what is added later counts from there.
    package var fuel: Int64 = 0
    /// The calls from outside that have not returned, each interrupting the one before it.
    var activations: [Activation] = []
    let stack: UnsafeMutablePointer<UInt64>
    let stackEnd: UnsafeMutablePointer<UInt64>
    let frames: UnsafeMutablePointer<Frame>
    let framesEnd: UnsafeMutablePointer<Frame>
    /// The frame that runs, and the first of its activation. The former is the one before the latter while the activation has none.
    var topFrame: UnsafeMutablePointer<Frame>
    var bottomFrame: UnsafeMutablePointer<Frame>

    package init(limits: StoreLimits = StoreLimits()) {
        self.limits = limits
        // SAFETY: both regions are freed in deinit. They hold plain numbers and pointers; a slot or frame is written before it is read.
        stack = .allocate(capacity: limits.stackSlots + Store.spareSlots)
        stackEnd = stack + limits.stackSlots
        // One more than is used, for a place before the first frame, where `topFrame` points while there is none.
        frames = .allocate(capacity: limits.frames + 1) + 1
        framesEnd = frames + limits.frames
        topFrame = frames - 1
        bottomFrame = frames
    }

    deinit {
        for function in functions where function.pointee.instance == nil { function.deallocate() }
        stack.deallocate()
        (frames - 1).deallocate()
    }

    /// The number of a type, which is noted if it is new.
    func number(of type: FunctionType) -> UInt32 {
        let key = type.parameters.map(\.rawValue) + [0] + type.results.map(\.rawValue)
        if let number = typeNumbers[key] { return number }
        types.append(type)
        typeNumbers[key] = UInt32(types.count - 1)
        return UInt32(types.count - 1)
    }

    /// The type of a function.
    package func type(of function: FunctionAddress) -> FunctionType { types[Int(record(of: function).pointee.type)] }

    func record(of function: FunctionAddress) -> UnsafeMutablePointer<FunctionRecord> { functions[Int(function.index)] }

    /// Whether there is a memory of that address: of one that came from outside.
    package func hasMemory(_ memory: MemoryAddress) -> Bool { memory.index < memories.count }

    /// Whether there is a function of that address: of one that came from outside.
    package func hasFunction(_ function: FunctionAddress) -> Bool { function.index < functions.count }

    /// Whether there is a table of that address: of one that came from outside.
    package func hasTable(_ table: TableAddress) -> Bool { table.index < tables.count }

    /// The function at a place of a table; nil if there is none, or the table is not one of functions.
    package func function(_ index: UInt32, in table: TableAddress) -> FunctionAddress? {
        let table = tables[Int(table.index)]
        guard table.element == .funcref, index < table.count else { return nil }
        // SAFETY: the index is within the table. A reference is the address and 1; 0 is null.
        let reference = table.record.pointee.elements[Int(index)]
        return reference == 0 ? nil : FunctionAddress(UInt32(reference - 1))
    }

    /// Pages of all memories.
    var pages: Int { memories.reduce(0) { $0 + $1.pages } }
    /// Elements of all tables.
    var elements: Int { tables.reduce(0) { $0 + $1.count } }
}

// What the host adds.

extension Store {
    /// A function of the host. When a program calls it, `run` answers `hostCall` with `number`, which means what the host wants it to.
    package func makeHostFunction(_ type: FunctionType, number: UInt32) -> FunctionAddress {
        let record = UnsafeMutablePointer<FunctionRecord>.allocate(capacity: 1)
        let address = UInt32(functions.count)
        record.initialize(to: FunctionRecord(instance: nil, type: self.number(of: type), address: address, index: number))
        functions.append(record)
        return FunctionAddress(address)
    }

    /// A memory of zeros; nil if that would be more pages than the store may have.
    package func makeMemory(_ type: MemoryType) -> MemoryAddress? {
        guard Int(type.limits.minimum) <= limits.memoryPages - pages else { return nil }
        memories.append(Memory(pages: Int(type.limits.minimum), maximum: type.limits.maximum.map { UInt32(clamping: $0) }))
        return MemoryAddress(UInt32(memories.count - 1))
    }

    /// A table of null; nil if that would be more elements than the store may have.
    package func makeTable(_ type: TableType) -> TableAddress? {
        guard Int(type.limits.minimum) <= limits.tableElements - elements else { return nil }
        let maximum = type.limits.maximum.map { UInt32(clamping: $0) }
        tables.append(Table(type.element, count: Int(type.limits.minimum), maximum: maximum, filledWith: 0))
        return TableAddress(UInt32(tables.count - 1))
    }

    /// A global.
    package func makeGlobal(_ value: Value, isMutable: Bool = false) -> GlobalAddress {
        globals.append(GlobalCell(GlobalType(value.type, isMutable: isMutable), low: value.low, high: value.high))
        return GlobalAddress(UInt32(globals.count - 1))
    }

    /// A tag, whose exceptions carry what the type's parameters say.
    package func makeTag(_ type: FunctionType) -> TagAddress {
        tags.append(number(of: type))
        return TagAddress(UInt32(tags.count - 1))
    }
}

// What the host sees.

extension Store {
    /// What an instance exports under a name; nil: nothing.
    package func export(_ name: Name, of instance: InstanceAddress) -> Extern? { instances[Int(instance.index)].export(name) }

    /// The function that an instance's module wants to be called before all others; nil: none.
    package func start(of instance: InstanceAddress) -> FunctionAddress? {
        let instance = instances[Int(instance.index)]
        return instance.module.module.start.map { FunctionAddress(instance.functionAddresses[Int($0)]) }
    }

    /// The module of an instance.
    package func module(of instance: InstanceAddress) -> CompiledModule { instances[Int(instance.index)].module }

    package func value(of global: GlobalAddress) -> Value { globals[Int(global.index)].value }

    /// The memory of an instance; nil if it has none.
    package func memory(of instance: InstanceAddress) -> MemoryAddress? {
        instances[Int(instance.index)].memoryAddress.map { MemoryAddress($0) }
    }

    /// The size of a memory in bytes.
    package func size(of memory: MemoryAddress) -> Int { memories[Int(memory.index)].record.pointee.byteCount }

    /// Bytes of a memory; nil if they are not all within it.
    package func read(_ memory: MemoryAddress, at address: Int, count: Int) -> [UInt8]? {
        let memory = memories[Int(memory.index)]
        guard memory.contains(address, count) else { return nil }
        // SAFETY: the range is within the memory, and is copied at once.
        return [UInt8](UnsafeRawBufferPointer(start: memory.record.pointee.base + address, count: count))
    }

    /// Writes bytes into a memory; false, and nothing written, if they are not all within it.
    package func write(_ bytes: ArraySlice<UInt8>, to memory: MemoryAddress, at address: Int) -> Bool {
        let memory = memories[Int(memory.index)]
        guard memory.contains(address, bytes.count) else { return false }
        // SAFETY: the range is within the memory.
        bytes.withUnsafeBytes { source in
            if let start = source.baseAddress { (memory.record.pointee.base + address).copyMemory(from: start, byteCount: bytes.count) }
        }
        return true
    }
}
