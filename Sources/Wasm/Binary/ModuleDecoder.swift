/// Decoding of modules (5.5 Modules).

extension Module {
    /// The module that bytes hold. Code is not looked at beyond its length: `validate` does that.
    ///
    /// Throws `malformed` if the bytes are no module, `unsupported` if it uses types or sections that are not implemented here, `tooLarge`
    /// if it exceeds `ImplementationLimits`.
    package init(decoding bytes: [UInt8]) throws(ModuleError) {
        var decoder = ModuleDecoder()
        try decoder.decode(bytes[...])
        self = decoder.module
    }
}

/// A module that is being decoded.
private struct ModuleDecoder {
    var module = Module()
    /// The types that the function section gives to the functions whose bodies come later.
    private var functionTypes: [UInt32] = []
    private var dataCount: UInt32?
    /// The last section with a meaning.
    private var last: SectionKind?
    /// The last one that holds anything.
    private var lastFilled: SectionKind?

    /// Decodes the preamble and all sections.
    mutating func decode(_ bytes: ArraySlice<UInt8>) throws(ModuleError) {
        guard bytes.count <= ImplementationLimits.module else { throw ModuleError(.tooLarge(.module), at: ImplementationLimits.module) }
        var reader = ByteReader(bytes)
        try preamble(&reader)
        while !reader.isAtEnd { try section(&reader) }
        guard module.functions.count == functionTypes.count else { throw reader.error(.functionCount) }
        if let dataCount, dataCount != module.dataSegments.count { throw reader.error(.dataCount) }
    }

    /// Magic number and version (5.5.15). A component has the same magic number and another version.
    private func preamble(_ reader: inout ByteReader) throws(ModuleError) {
        for expected in [0x00, 0x61, 0x73, 0x6D] as [UInt8] {
            guard try reader.byte() == expected else { throw reader.error(.magicNumber, at: reader.position - 1) }
        }
        for expected in [1, 0, 0, 0] as [UInt8] {
            guard try reader.byte() == expected else { throw reader.error(.version, at: reader.position - 1) }
        }
    }

    /// One section, with its id and size (5.5.2).
    private mutating func section(_ reader: inout ByteReader) throws(ModuleError) {
        let begin = reader.position
        let id = try reader.byte()
        let size = try reader.u32()
        guard size <= reader.remaining else { throw reader.error(.lengthOutOfBounds) }
        guard id == 0 || SectionKind(rawValue: id) != nil else { throw reader.error(.sectionKind, at: begin) }
        var contents = ByteReader(try reader.slice(Int(size)))
        guard let kind = SectionKind(rawValue: id) else {
            let name = try contents.name()
            module.customSections.append(CustomSection(name, try contents.slice(contents.remaining), after: lastFilled))
            return
        }
        guard kind.order > last?.order ?? 0 else { throw reader.error(.sectionOrder, at: begin) }
        last = kind
        module.offsets[kind] = contents.position
        if try holdsAnything(kind, contents) { lastFilled = kind }
        try decode(kind, &contents)
        guard contents.isAtEnd else { throw contents.error(.sectionSize) }
    }

    /// Whether a section is more than an empty vector, which says the same as no section.
    private func holdsAnything(_ kind: SectionKind, _ contents: ByteReader) throws(ModuleError) -> Bool {
        if kind == .start || kind == .dataCount { return true }
        var reader = contents
        return try reader.u32() > 0
    }

    private mutating func decode(_ kind: SectionKind, _ reader: inout ByteReader) throws(ModuleError) {
        switch kind {
        case .type: module.types = try reader.vector(.types) { reader throws(ModuleError) in try reader.functionType() }
        case .imports: module.imports = try reader.vector(.imports) { reader throws(ModuleError) in try reader.imported() }
        case .function: functionTypes = try reader.vector(.functions) { reader throws(ModuleError) in try reader.u32() }
        case .table: module.tables = try reader.vector(.tables) { reader throws(ModuleError) in try reader.tableType() }
        case .memory: module.memories = try reader.vector(nil) { reader throws(ModuleError) in try reader.memoryType() }
        case .tag: module.tags = try reader.vector(.tags) { reader throws(ModuleError) in try reader.tagType() }
        case .global: module.globals = try reader.vector(.globals) { reader throws(ModuleError) in try reader.global() }
        case .export: module.exports = try reader.vector(.exports) { reader throws(ModuleError) in try reader.export() }
        case .start: module.start = try reader.u32()
        case .element:
            module.elementSegments = try reader.vector(.elementSegments) { reader throws(ModuleError) in try reader.elementSegment() }
        case .dataCount:
            dataCount = try reader.u32()
            module.hasDataCount = true
        case .code: try code(&reader)
        case .data: module.dataSegments = try reader.vector(.dataSegments) { reader throws(ModuleError) in try reader.dataSegment() }
        }
    }

    /// The code section (5.5.13): as many bodies as the function section gave types.
    private mutating func code(_ reader: inout ByteReader) throws(ModuleError) {
        let begin = reader.position
        let count = try reader.count(.functions)
        guard count == functionTypes.count else { throw reader.error(.functionCount, at: begin) }
        module.functions.reserveCapacity(count)
        for type in functionTypes { module.functions.append(try reader.function(type: type)) }
    }
}
