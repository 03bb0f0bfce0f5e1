/// The bounds that this implementation puts on modules, where the specification leaves them open (Core, appendix A.2).
///
/// They are those of "WebAssembly JavaScript Interface", section Implementation-defined Limits, so that what browsers run is accepted;
/// where that has none, they keep a hostile module from costing more memory than a small multiple of its size.
package enum ImplementationLimits {
    /// Bytes of a module.
    package static let module = 1 << 30
    /// Function types.
    package static let types = 1_000_000
    /// Functions that are defined; imports; exports; globals that are defined; tags that are defined.
    package static let functions = 1_000_000
    package static let imports = 1_000_000
    package static let exports = 1_000_000
    package static let globals = 1_000_000
    package static let tags = 1_000_000
    /// Tables, imported ones included.
    package static let tables = 100_000
    /// Data segments, and element segments.
    package static let dataSegments = 100_000
    package static let elementSegments = 10_000_000
    /// Entries of one element segment.
    package static let elements = 10_000_000
    /// Parameters of a function type, and results.
    package static let parameters = 1_000
    package static let results = 1_000
    /// Bytes of a function, its declarations of locals included.
    package static let functionSize = 7_654_321
    /// Locals of a function, its parameters included.
    package static let locals = 50_000
    /// Blocks inside each other. The JavaScript interface has no such bound.
    package static let nesting = 50_000
    /// Operands on the stack at once. The JavaScript interface has no such bound.
    package static let operands = 1_000_000
    /// Pages of a memory of 32-bit addresses: 4 GiB (Core 3.2.4 Memory Types).
    package static let memoryPages: UInt32 = 65536
    /// Elements of a table of 32-bit addresses (Core 3.2.3 Table Types).
    package static let tableElements = UInt32.max
}
