/// The owner of an instance's records.
import Wasm

/// An instance of a module (Core 4.2.5 Module Instances).
final class Instance {
    let module: CompiledModule
    let record: UnsafeMutablePointer<InstanceRecord>
    /// The records of the functions that the module defines.
    let functions: UnsafeMutableBufferPointer<FunctionRecord>
    /// The address of the first function that the module defines, or the next in the store if it defines none.
    let firstFunction: Int
    /// Addresses, by the indices of the module.
    let functionAddresses: [UInt32]
    let tableAddresses: [UInt32]
    /// Nil: the module has no memory.
    let memoryAddress: UInt32?
    let globalAddresses: [UInt32]
    let tagAddresses: [UInt32]
    /// For each element segment its references, as slots hold them; empty after it was dropped.
    var elementSegments: [[UInt64]] = []
    /// For each data segment its bytes; empty after it was dropped.
    var dataSegments: [ArraySlice<UInt8>] = []

    /// An instance whose imports have the given addresses, and what it defines those that come next in the store.
    init(_ module: CompiledModule, imports: ImportAddresses, in store: Store) {
        self.module = module
        let spaces = module.spaces
        let firstFunction = store.functions.count
        self.firstFunction = firstFunction
        functionAddresses = imports.functions + (0..<spaces.functions.count - imports.functions.count).map { UInt32(firstFunction + $0) }
        tableAddresses = imports.tables
        memoryAddress = imports.memories.first
        globalAddresses = imports.globals
        tagAddresses = imports.tags

        // SAFETY: all records are initialised here and freed in deinit. Those they point at belong to the store, which outlives its
        // instances; the record of the instance is allocated first, since its functions point at it.
        let record = UnsafeMutablePointer<InstanceRecord>.allocate(capacity: 1)
        let types = module.module.types.map { store.number(of: $0) }
        let records = UnsafeMutableBufferPointer<FunctionRecord>.allocate(capacity: module.module.functions.count)
        for (index, function) in module.module.functions.enumerated() {
            records.initializeElement(
                at: index,
                to: FunctionRecord(
                    instance: record, type: types[Int(function.type)], address: UInt32(firstFunction + index),
                    index: UInt32(spaces.importedFunctions + index)))
        }
        let pointers = records.indices.lazy.compactMap { index in records.baseAddress.map { $0 + index } }
        store.functions.append(contentsOf: pointers)
        functions = records
        record.initialize(
            to: InstanceRecord(
                functions: copied(functionAddresses.map { store.functions[Int($0)] }),
                tables: copied(tableAddresses.map { store.tables[Int($0)].record }),
                globals: copied(globalAddresses.map { store.globals[Int($0)].slots }),
                memory: memoryAddress.map { store.memories[Int($0)].record } ?? store.noMemory.record,
                types: copied(types), tags: copied(tagAddresses), address: UInt32(store.instances.count)))
        self.record = record
    }

    deinit {
        record.pointee.functions.deallocate()
        record.pointee.tables.deallocate()
        record.pointee.globals.deallocate()
        record.pointee.types.deallocate()
        record.pointee.tags.deallocate()
        record.deallocate()
        functions.deallocate()
    }

    /// What an export names; nil if there is none of that name.
    func export(_ name: Name) -> Extern? {
        guard let export = module.module.exports.first(where: { $0.name == name }) else { return nil }
        switch export.kind {
        case .function(let index): return .function(FunctionAddress(functionAddresses[Int(index)]))
        case .table(let index): return .table(TableAddress(tableAddresses[Int(index)]))
        case .memory: return memoryAddress.map { .memory(MemoryAddress($0)) }
        case .global(let index): return .global(GlobalAddress(globalAddresses[Int(index)]))
        case .tag(let index): return .tag(TagAddress(tagAddresses[Int(index)]))
        }
    }
}

/// The addresses of an instance's functions that are imported, and of all its tables, memories, globals and tags.
struct ImportAddresses {
    var functions: [UInt32] = []
    var tables: [UInt32] = []
    var memories: [UInt32] = []
    var globals: [UInt32] = []
    var tags: [UInt32] = []
}

/// A copy of an array at a place of its own, which the caller frees.
private func copied<Element: BitwiseCopyable>(_ array: [Element]) -> UnsafeMutablePointer<Element> {
    let copy = UnsafeMutablePointer<Element>.allocate(capacity: max(array.count, 1))
    copy.initialize(from: array, count: array.count)
    return copy
}
