/// Restoring of a store.
///
/// Bytes are hostile. Code is never among them: it is made from the modules, which are validated. Of everything else it is checked that
/// what the interpreter does not check when it runs holds: records exist and have the types that code relies on, program counters are at
/// instructions, frames lie within the stack. Values need no check: any bits are a value, and references are checked when they are used.
import Wasm

extension Store {
    /// A store with saved state. Its limits are those saved, which may not be larger than `maximum`. `modules` are some that are there
    /// already: what was saved with the same bytes is not made again.
    ///
    /// Throws why the bytes are no saved state.
    package convenience init(
        restoring bytes: [UInt8], within maximum: StoreLimits = StoreLimits(), modules: [CompiledModule] = []
    ) throws(SnapshotError) {
        var reader = SnapshotReader(bytes)
        guard try reader.number() == snapshotMark else { throw .mark }
        guard try reader.number() == snapshotVersion else { throw .version }
        let limits = StoreLimits(
            memoryPages: try reader.number(below: maximum.memoryPages + 1),
            tableElements: try reader.number(below: maximum.tableElements + 1),
            stackSlots: try reader.number(below: maximum.stackSlots + 1), frames: try reader.number(below: maximum.frames + 1),
            exceptions: try reader.number(below: maximum.exceptions + 1))
        self.init(limits: limits)
        fuel = Int64(bitPattern: try reader.number())
        let types = try reader.list { reader throws(SnapshotError) in
            FunctionType(try reader.valueTypes(), to: try reader.valueTypes())
        }
        for (index, type) in types.enumerated() {
            guard number(of: type) == index else { throw .inconsistent }
        }
        try decodeParts(from: &reader)
        try decodeInstances(from: &reader, modules)
        try decodeExceptions(from: &reader)
        try decodeRun(from: &reader)
        try reader.finish()
    }

    private func decodeParts(from reader: inout SnapshotReader) throws(SnapshotError) {
        tables = try reader.list { reader throws(SnapshotError) in
            guard let element = ReferenceType(rawValue: UInt8(try reader.number(below: 256))) else { throw .inconsistent }
            let maximum = try reader.optional()
            let elements = try reader.numbers()
            guard elements.count <= Int(maximum ?? .max) else { throw .inconsistent }
            let table = Table(element, count: elements.count, maximum: maximum, filledWith: 0)
            _ = table.elements.update(from: elements)
            return table
        }
        guard elements <= limits.tableElements else { throw .inconsistent }
        var left = limits.memoryPages
        memories = try reader.list { reader throws(SnapshotError) in
            let memory = try reader.memory(within: left)
            left -= memory.pages
            return memory
        }
        globals = try reader.list { reader throws(SnapshotError) in
            guard let type = ValueType(rawValue: UInt8(try reader.number(below: 256))) else { throw .inconsistent }
            let isMutable = try reader.number(below: 2) == 1
            return GlobalCell(GlobalType(type, isMutable: isMutable), low: try reader.number(), high: try reader.number())
        }
        tags = try reader.words()
        guard tags.allSatisfy({ $0 < types.count }) else { throw .inconsistent }
    }

    // Instances and functions.

    private func decodeInstances(from reader: inout SnapshotReader, _ known: [CompiledModule]) throws(SnapshotError) {
        let hostFunctions = try reader.list { reader throws(SnapshotError) in
            (address: try reader.word(), type: try reader.word(), number: try reader.word())
        }
        var hosts = hostFunctions.makeIterator()
        var next = hosts.next()
        let modules = try reader.list { reader throws(SnapshotError) in
            let bytes = try reader.data()
            if let module = known.first(where: { $0.bytes == bytes }) { return module }
            guard let module = try? CompiledModule(bytes) else { throw SnapshotError.module }
            return module
        }
        let count = try reader.number()
        guard count <= UInt64(Int32.max) else { throw .inconsistent }
        for _ in 0..<count {
            let module = modules.isEmpty ? nil : modules[try reader.number(below: modules.count)]
            guard let module else { throw .inconsistent }
            let firstFunction = try reader.word()
            while functions.count < firstFunction, let host = next {
                try restore(host)
                next = hosts.next()
            }
            guard functions.count == firstFunction else { throw .inconsistent }
            try decodeInstance(of: module, from: &reader)
        }
        while let host = next {
            try restore(host)
            next = hosts.next()
        }
    }

    private func restore(_ function: (address: UInt32, type: UInt32, number: UInt32)) throws(SnapshotError) {
        guard function.address == functions.count, function.type < types.count else { throw .inconsistent }
        _ = makeHostFunction(types[Int(function.type)], number: function.number)
    }

    private func decodeInstance(of module: CompiledModule, from reader: inout SnapshotReader) throws(SnapshotError) {
        var addresses = ImportAddresses()
        addresses.functions = try reader.words()
        addresses.tables = try reader.words()
        if let memory = try reader.optional() { addresses.memories = [memory] }
        addresses.globals = try reader.words()
        addresses.tags = try reader.words()
        guard fits(addresses, module) else { throw .inconsistent }
        let instance = Instance(module, imports: addresses, in: self)
        instances.append(instance)
        instance.elementSegments = try reader.list { reader throws(SnapshotError) in try reader.numbers() }
        let areThere = try reader.list { reader throws(SnapshotError) in try reader.number(below: 2) == 1 }
        instance.dataSegments = zip(module.module.dataSegments, areThere).map { $1 ? $0.contents : [] }
        guard instance.elementSegments.count == module.module.elementSegments.count,
            areThere.count == module.module.dataSegments.count
        else { throw .inconsistent }
    }

    /// Whether the addresses are of parts that exist, and have the types that the module says.
    private func fits(_ addresses: ImportAddresses, _ module: CompiledModule) -> Bool {
        let spaces = module.spaces
        guard addresses.functions.count == spaces.importedFunctions, addresses.tables.count == spaces.tables.count,
            addresses.memories.count == spaces.memories.count, addresses.globals.count == spaces.globals.count,
            addresses.tags.count == spaces.tags.count
        else { return false }
        for (index, address) in addresses.functions.enumerated() {
            guard address < functions.count,
                types[Int(functions[Int(address)].pointee.type)] == spaces.type(ofFunction: UInt32(index))
            else { return false }
        }
        for (address, type) in zip(addresses.tables, spaces.tables) {
            guard address < tables.count, tables[Int(address)].element == type.element else { return false }
        }
        for address in addresses.memories where address >= memories.count { return false }
        for (address, type) in zip(addresses.globals, spaces.globals) {
            guard address < globals.count, globals[Int(address)].type == type else { return false }
        }
        for (address, type) in zip(addresses.tags, spaces.tags) {
            guard address < tags.count, types[Int(tags[Int(address)])] == spaces.types[Int(type)] else { return false }
        }
        return true
    }

    // Exceptions and calls.

    private func decodeExceptions(from reader: inout SnapshotReader) throws(SnapshotError) {
        let tags = tags
        let types = types
        exceptions = try reader.list { reader throws(SnapshotError) in
            let tag = try reader.optional()
            let values = try reader.numbers()
            guard let tag else { return nil }
            guard tag < tags.count, types[Int(tags[Int(tag)])].parameterSlots == values.count else { throw .inconsistent }
            return ThrownException(tag: tag, values: values)
        }
        guard exceptions.count <= limits.exceptions else { throw .inconsistent }
        freeExceptions = try reader.words()
        var isFree = exceptions.map { $0 == nil }
        for address in freeExceptions {
            guard address < isFree.count, isFree[Int(address)] else { throw .inconsistent }
            isFree[Int(address)] = false
        }
        guard !isFree.contains(true) else { throw .inconsistent }
        exceptionThreshold = try reader.number(below: limits.exceptions * 2 + 65)
    }

    private func decodeRun(from reader: inout SnapshotReader) throws(SnapshotError) {
        activations = try reader.list { [self] reader throws(SnapshotError) in try decodeActivation(from: &reader) }
        let frameCount = try reader.number(below: limits.frames + 1)
        for index in 0..<frameCount {
            let frame = try decodeFrame(from: &reader)
            (frames + index).initialize(to: frame)
            topFrame = frames + index
        }
        bottomFrame = frames + (activations.last?.firstFrame ?? 0)
        try checkFrames(frameCount)
        let slots = try reader.numbers()
        guard slots.count == stackTop, slots.count <= limits.stackSlots else { throw .inconsistent }
        // SAFETY: the slots are within the stack.
        stack.update(from: slots, count: slots.count)
    }

    private func decodeActivation(from reader: inout SnapshotReader) throws(SnapshotError) -> Activation {
        let function = try reader.number(below: functions.count)
        let firstFrame = try reader.number(below: limits.frames + 1)
        let base = try reader.number(below: limits.stackSlots + 1)
        let state = try reader.numbers()
        let type = types[Int(functions[function].pointee.type)]
        guard state.count == 3, max(type.parameterSlots, type.resultSlots) <= limits.stackSlots - base else { throw .inconsistent }
        var activation = Activation(function: UInt32(function), firstFrame: firstFrame, base: base, state: .starting)
        switch state[0] {
        case 0: break
        case 1: activation.state = .running
        case 2:
            guard state[1] < UInt64(functions.count), functions[Int(state[1])].pointee.instance == nil,
                state[2] <= UInt64(limits.stackSlots)
            else { throw .inconsistent }
            let called = types[Int(functions[Int(state[1])].pointee.type)]
            guard max(called.parameterSlots, called.resultSlots) <= limits.stackSlots - Int(state[2]) else { throw .inconsistent }
            activation.state = .waiting(function: UInt32(state[1]), slot: Int(state[2]))
        case 3: activation.state = .throwing(state[1])
        default: throw .inconsistent
        }
        return activation
    }

    private func decodeFrame(from reader: inout SnapshotReader) throws(SnapshotError) -> Frame {
        let function = functions[try reader.number(below: functions.count)]
        let word = try reader.number(below: .max)
        let slot = try reader.number(below: limits.stackSlots + 1)
        guard let instance = function.pointee.instance, function.pointee.code != nil || prepare(function),
            let entry = function.pointee.code, function.pointee.frameSlots <= limits.stackSlots - slot
        else { throw .inconsistent }
        let frame = Frame(pc: entry, slots: stack + slot, function: function, instance: instance)
        guard code(ofFunction: function, instance).isStart(word) else { throw .inconsistent }
        var restored = frame
        restored.pc = entry + word
        return restored
    }

    /// Checks how frames and activations belong together: each frame but an activation's last waits for a call, frames ascend, and
    /// activations have their frames in order.
    private func checkFrames(_ count: Int) throws(SnapshotError) {
        var end = count
        for activation in activations.reversed() {
            guard activation.firstFrame <= end else { throw .inconsistent }
            if case .starting = activation.state, activation.firstFrame != end { throw .inconsistent }
            var last = activation.base
            for index in activation.firstFrame..<end {
                let frame = frames + index
                guard frame.pointee.slots - stack >= last else { throw .inconsistent }
                last = frame.pointee.slots - stack
                let code = code(of: frame)
                let isLast = index == end - 1
                if isLast, activation.state == .running { continue }
                guard code.isReturnPoint(frame.pointee.pc - code.entry) else { throw .inconsistent }
            }
            end = activation.firstFrame
        }
        guard end == 0 else { throw .inconsistent }
    }
}

extension SnapshotReader {
    fileprivate mutating func valueTypes() throws(SnapshotError) -> [ValueType] {
        var types: [ValueType] = []
        for byte in try data() {
            guard let type = ValueType(rawValue: byte) else { throw .inconsistent }
            types.append(type)
        }
        return types
    }

    /// A memory of at most so many pages.
    fileprivate mutating func memory(within limit: Int) throws(SnapshotError) -> Memory {
        let maximum = try optional()
        let pages = try number(below: limit + 1)
        guard pages <= Int(maximum ?? ImplementationLimits.memoryPages) else { throw .inconsistent }
        let memory = Memory(pages: pages, maximum: maximum)
        _ = try list { reader throws(SnapshotError) in
            let page = try reader.number(below: pages)
            let bytes = try reader.data()
            guard bytes.count == MemoryType.pageSize else { throw .inconsistent }
            // SAFETY: the page is within the memory.
            (memory.record.pointee.base + page * MemoryType.pageSize).copyMemory(from: bytes, byteCount: bytes.count)
        }
        return memory
    }
}
