/// The index spaces of a module (2.5.1 Indices): imports first, then what the module defines.

/// The type of everything that instructions can name by an index.
package struct IndexSpaces: Sendable {
    package let types: [FunctionType]
    /// For each function the index of its type.
    package private(set) var functions: [UInt32] = []
    package private(set) var tables: [TableType] = []
    package private(set) var memories: [MemoryType] = []
    package private(set) var globals: [GlobalType] = []
    /// For each tag the index of its type.
    package private(set) var tags: [UInt32] = []
    /// For each element segment its type.
    package private(set) var elementSegments: [ReferenceType] = []
    package let dataSegmentCount: Int
    /// Whether the module says the number of data segments before the code.
    package let hasDataCount: Bool
    /// Functions, tables, memories, globals and tags that are imported: the index of the first that is defined.
    package let importedFunctions: Int
    package let importedTables: Int
    package let importedMemories: Int
    package let importedGlobals: Int
    package let importedTags: Int

    /// The spaces of a module, valid or not.
    package init(_ module: Module) {
        types = module.types
        for imported in module.imports {
            switch imported.kind {
            case .function(let type): functions.append(type)
            case .table(let type): tables.append(type)
            case .memory(let type): memories.append(type)
            case .global(let type): globals.append(type)
            case .tag(let type): tags.append(type.type)
            }
        }
        importedFunctions = functions.count
        importedTables = tables.count
        importedMemories = memories.count
        importedGlobals = globals.count
        importedTags = tags.count
        functions.append(contentsOf: module.functions.lazy.map { $0.type })
        tables.append(contentsOf: module.tables)
        memories.append(contentsOf: module.memories)
        globals.append(contentsOf: module.globals.lazy.map { $0.type })
        tags.append(contentsOf: module.tags.lazy.map { $0.type })
        elementSegments = module.elementSegments.map { $0.type }
        dataSegmentCount = module.dataSegments.count
        hasDataCount = module.hasDataCount
    }

    /// The type of a function of a valid module.
    package func type(ofFunction index: UInt32) -> FunctionType { types[Int(functions[Int(index)])] }
}
