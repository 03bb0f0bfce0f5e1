/// A module as the binary format tells it (2.5 Modules): the result of decoding and the input of validation and encoding.
///
/// Code, constant expressions and the contents of segments stay bytes: slices that share the storage of the file that was decoded, so
/// a slice's indices are offsets in that file. Two modules are equal when they say the same, wherever their bytes lie.

/// A WebAssembly module. Indices count imports first, then what the module defines, each kind for itself (`IndexSpaces`).
package struct Module: Equatable, Sendable {
    package var types: [FunctionType] = []
    package var imports: [Import] = []
    /// The functions that the module defines.
    package var functions: [Function] = []
    /// The tables that the module defines.
    package var tables: [TableType] = []
    /// The memories that the module defines.
    package var memories: [MemoryType] = []
    /// The exception tags that the module defines.
    package var tags: [TagType] = []
    /// The globals that the module defines.
    package var globals: [Global] = []
    package var exports: [Export] = []
    /// The index of the function to call once when the module is instantiated.
    package var start: UInt32?
    package var elementSegments: [ElementSegment] = []
    /// Whether the number of data segments stands before the code, as `memory.init` and `data.drop` need it (5.5.16).
    package var hasDataCount = false
    package var dataSegments: [DataSegment] = []
    package var customSections: [CustomSection] = []
    /// Where the sections stood in the file.
    package internal(set) var offsets = SectionOffsets()

    package init() {}
}

/// Where each section's contents begin in the file that a module was decoded from. It says where a module lies and not what it is, so
/// all are equal.
package struct SectionOffsets: Equatable, Sendable {
    private var offsets: [Int] = []

    /// The offset of a section; 0 if the module has none, or was not decoded.
    package internal(set) subscript(kind: SectionKind) -> Int {
        get { kind.order < offsets.count ? offsets[kind.order] : 0 }
        set {
            while offsets.count <= kind.order { offsets.append(0) }
            offsets[kind.order] = newValue
        }
    }

    package static func == (_: SectionOffsets, _: SectionOffsets) -> Bool { true }
}

/// An exception tag (3.0, tag types): the index of a function type, whose parameters the exception carries.
package struct TagType: Equatable, Sendable {
    package var type: UInt32

    package init(type: UInt32) {
        self.type = type
    }
}

/// Something that a module needs from outside (2.5.11 Imports).
package struct Import: Equatable, Sendable {
    /// What is imported, with its type.
    package enum Kind: Equatable, Sendable {
        /// A function; the index of its type.
        case function(type: UInt32)
        case table(TableType)
        case memory(MemoryType)
        case global(GlobalType)
        case tag(TagType)
    }

    /// The name of the module to import from.
    package var module: Name
    /// The name within that module.
    package var name: Name
    package var kind: Kind

    package init(module: Name, name: Name, _ kind: Kind) {
        self.module = module
        self.name = name
        self.kind = kind
    }
}

/// Something that a module offers under a name (2.5.10 Exports).
package struct Export: Equatable, Sendable {
    /// What is exported, with its index. The raw number of a kind is that of the binary format (5.5.10).
    package enum Kind: Equatable, Sendable {
        case function(UInt32)
        case table(UInt32)
        case memory(UInt32)
        case global(UInt32)
        case tag(UInt32)
    }

    package var name: Name
    package var kind: Kind

    package init(_ name: Name, _ kind: Kind) {
        self.name = name
        self.kind = kind
    }
}

/// A run of locals of one type (5.5.13, `locals`).
package struct LocalGroup: Equatable, Sendable {
    package var count: UInt32
    package var type: ValueType

    package init(_ count: UInt32, _ type: ValueType) {
        self.count = count
        self.type = type
    }
}

/// A function that the module defines (2.5.3 Functions).
package struct Function: Equatable, Sendable {
    /// The index of the function's type.
    package var type: UInt32
    /// The locals that follow the parameters.
    package var locals: [LocalGroup]
    /// The instructions, the final `end` included.
    package var body: Expression

    package init(type: UInt32, locals: [LocalGroup] = [], body: Expression) {
        self.type = type
        self.locals = locals
        self.body = body
    }
}

/// A global that the module defines (2.5.6 Globals).
package struct Global: Equatable, Sendable {
    package var type: GlobalType
    /// The constant expression that gives its first value.
    package var initializer: Expression

    package init(_ type: GlobalType, _ initializer: Expression) {
        self.type = type
        self.initializer = initializer
    }
}

/// References that a table can be filled with (2.5.7 Element Segments).
package struct ElementSegment: Equatable, Sendable {
    /// How a segment is used.
    package enum Mode: Equatable, Sendable {
        /// By `table.init` alone.
        case passive
        /// Copied into a table when the module is instantiated, at the element that a constant expression names.
        case active(table: UInt32, offset: Expression)
        /// Not at all: it declares functions for `ref.func`.
        case declarative
    }

    /// The two ways in which elements are written.
    package enum Items: Equatable, Sendable {
        /// Indices of functions.
        case functions([UInt32])
        /// Constant expressions, each of the segment's type.
        case expressions([Expression])
    }

    package var mode: Mode
    package var type: ReferenceType
    package var items: Items

    package init(_ mode: Mode, type: ReferenceType = .funcref, _ items: Items) {
        self.mode = mode
        self.type = type
        self.items = items
    }
}

/// Bytes that a memory can be filled with (2.5.8 Data Segments).
package struct DataSegment: Equatable, Sendable {
    /// How a segment is used.
    package enum Mode: Equatable, Sendable {
        /// By `memory.init` alone.
        case passive
        /// Copied into a memory when the module is instantiated, at the address that a constant expression names.
        case active(memory: UInt32, offset: Expression)
    }

    package var mode: Mode
    package var contents: ArraySlice<UInt8>

    package init(_ mode: Mode, _ contents: ArraySlice<UInt8>) {
        self.mode = mode
        self.contents = contents
    }
}

/// A section that has no meaning for validation and execution (5.5.3), kept as it is.
package struct CustomSection: Equatable, Sendable {
    package var name: Name
    package var contents: ArraySlice<UInt8>
    /// The last section before it that holds anything; nil: none does. Custom sections after the same section keep their order.
    package var preceding: SectionKind?

    package init(_ name: Name, _ contents: ArraySlice<UInt8>, after preceding: SectionKind? = nil) {
        self.name = name
        self.contents = contents
        self.preceding = preceding
    }
}

/// The sections with a meaning (5.5.2). The raw value is the id of the binary format.
package enum SectionKind: UInt8, Sendable {
    case type = 1
    case imports = 2
    case function = 3
    case table = 4
    case memory = 5
    case global = 6
    case export = 7
    case start = 8
    case element = 9
    case code = 10
    case data = 11
    case dataCount = 12
    case tag = 13

    /// The place in the order that sections come in (5.5.15 Modules; tags: 3.0), counted from 1.
    package var order: Int {
        switch self {
        case .type: 1
        case .imports: 2
        case .function: 3
        case .table: 4
        case .memory: 5
        case .tag: 6
        case .global: 7
        case .export: 8
        case .start: 9
        case .element: 10
        case .dataCount: 11
        case .code: 12
        case .data: 13
        }
    }

    /// All kinds in that order.
    static let inOrder: [SectionKind] = [
        .type, .imports, .function, .table, .memory, .tag, .global, .export, .start, .element, .dataCount, .code, .data,
    ]
}
