/// The types of WebAssembly: values, references, functions, and what tables, memories and globals are declared with.
/// Sections of the specification named in this module are those of "WebAssembly Core", release 2.0, and 3.0 for what is newer.

/// The type of a value (2.3.4 Value Types). The raw value is the byte of the binary format (5.3.4).
package enum ValueType: UInt8, Sendable {
    case i32 = 0x7F
    case i64 = 0x7E
    case f32 = 0x7D
    case f64 = 0x7C
    case v128 = 0x7B
    /// A reference to a function, or null.
    case funcref = 0x70
    /// A reference of the host, or null.
    case externref = 0x6F
    /// A reference to a caught exception, or null (3.0).
    case exnref = 0x69

    /// Whether values of the type are references.
    package var isReference: Bool { ReferenceType(self) != nil }
}

/// The type of a reference, which is what a table holds (2.3.3 Reference Types). Raw values as in `ValueType`.
package enum ReferenceType: UInt8, Sendable {
    case funcref = 0x70
    case externref = 0x6F
    case exnref = 0x69

    /// The reference type that is the same as a value type; nil for numbers and vectors.
    package init?(_ type: ValueType) {
        switch type {
        case .funcref: self = .funcref
        case .externref: self = .externref
        case .exnref: self = .exnref
        case .i32, .i64, .f32, .f64, .v128: return nil
        }
    }

    /// The value type of such references.
    package var valueType: ValueType {
        switch self {
        case .funcref: .funcref
        case .externref: .externref
        case .exnref: .exnref
        }
    }
}

/// What a function takes and gives (2.3.6 Function Types), in order.
package struct FunctionType: Equatable, Sendable {
    package var parameters: [ValueType]
    package var results: [ValueType]

    package init(_ parameters: [ValueType] = [], to results: [ValueType] = []) {
        self.parameters = parameters
        self.results = results
    }
}

/// The size that a table or memory has at least and may grow to (2.3.7 Limits), in elements or in pages of 64 KiB. In a valid module a
/// table's are less than 2^32, and a memory's are at most 65,536.
package struct ResizableLimits: Equatable, Sendable {
    package var minimum: UInt64
    /// Nil: no bound but that of the implementation.
    package var maximum: UInt64?

    package init(minimum: UInt64, maximum: UInt64? = nil) {
        self.minimum = minimum
        self.maximum = maximum
    }
}

/// A table's element type and size in elements (2.3.9 Table Types).
package struct TableType: Equatable, Sendable {
    package var element: ReferenceType
    package var limits: ResizableLimits

    package init(_ element: ReferenceType, _ limits: ResizableLimits) {
        self.element = element
        self.limits = limits
    }
}

/// A memory's size in pages of 64 KiB (2.3.8 Memory Types).
package struct MemoryType: Equatable, Sendable {
    /// Bytes of a page.
    package static let pageSize = 65536
    package var limits: ResizableLimits

    package init(_ limits: ResizableLimits) {
        self.limits = limits
    }
}

/// A global's content type and whether it can be set (2.3.10 Global Types).
package struct GlobalType: Equatable, Sendable {
    package var content: ValueType
    package var isMutable: Bool

    package init(_ content: ValueType, isMutable: Bool = false) {
        self.content = content
        self.isMutable = isMutable
    }
}

/// What a block takes and gives (2.4.8 Control Instructions, block types).
package enum BlockType: Equatable, Sendable {
    /// Takes and gives nothing.
    case empty
    /// Takes nothing and gives one value.
    case value(ValueType)
    /// Takes and gives what the function type with this index says.
    case function(UInt32)
}

/// 128 bits of a vector, as two halves.
package struct Vector128: Equatable, Sendable {
    /// Bytes 0 to 7, little-endian.
    package var low: UInt64
    /// Bytes 8 to 15, little-endian.
    package var high: UInt64

    package init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }
}
