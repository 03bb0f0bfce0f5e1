/// Encoding of modules (5.5 Modules), the counterpart of the decoder: decoding what it gives yields an equal module.

extension Module {
    /// The module in the binary format. Integers take as few bytes as they can, but code, constant expressions, segments' contents and
    /// custom sections are copied as they are.
    package func encoded() -> [UInt8] {
        var writer = ByteWriter()
        for byte in [0x00, 0x61, 0x73, 0x6D, 1, 0, 0, 0] as [UInt8] { writer.byte(byte) }
        write(customSectionsAfter: nil, to: &writer)
        for kind in SectionKind.inOrder {
            if let contents = contents(of: kind) {
                writer.byte(kind.rawValue)
                writer.sized(contents)
            }
            write(customSectionsAfter: kind, to: &writer)
        }
        return writer.bytes
    }

    private func write(customSectionsAfter kind: SectionKind?, to writer: inout ByteWriter) {
        for section in customSections where section.preceding == kind {
            var contents = ByteWriter()
            contents.name(section.name)
            contents.raw(section.contents)
            writer.byte(0)
            writer.sized(contents)
        }
    }

    /// What a section holds; nil: the module has no need of it.
    private func contents(of kind: SectionKind) -> ByteWriter? {
        switch kind {
        case .type: ByteWriter.vector(types) { $0.functionType($1) }
        case .imports: ByteWriter.vector(imports) { $0.imported($1) }
        case .function: ByteWriter.vector(functions) { $0.u32($1.type) }
        case .table: ByteWriter.vector(tables) { $0.tableType($1) }
        case .memory: ByteWriter.vector(memories) { $0.limits($1.limits) }
        case .tag: ByteWriter.vector(tags) { $0.tagType($1) }
        case .global: ByteWriter.vector(globals) { $0.global($1) }
        case .export: ByteWriter.vector(exports) { $0.export($1) }
        case .start: start.map { ByteWriter.number($0) }
        case .element: ByteWriter.vector(elementSegments) { $0.elementSegment($1) }
        case .dataCount: hasDataCount ? ByteWriter.number(UInt32(dataSegments.count)) : nil
        case .code: ByteWriter.vector(functions) { $0.function($1) }
        case .data: ByteWriter.vector(dataSegments) { $0.dataSegment($1) }
        }
    }
}

extension ByteWriter {
    /// A vector (5.1.3); nil if it would be empty.
    fileprivate static func vector<Element>(_ elements: [Element], _ write: (inout ByteWriter, Element) -> Void) -> ByteWriter? {
        guard !elements.isEmpty else { return nil }
        var writer = ByteWriter()
        writer.count(elements.count)
        for element in elements { write(&writer, element) }
        return writer
    }

    fileprivate static func number(_ number: UInt32) -> ByteWriter {
        var writer = ByteWriter()
        writer.u32(number)
        return writer
    }

    fileprivate mutating func functionType(_ type: FunctionType) {
        byte(0x60)
        for types in [type.parameters, type.results] {
            count(types.count)
            for type in types { byte(type.rawValue) }
        }
    }

    fileprivate mutating func tableType(_ type: TableType) {
        byte(type.element.rawValue)
        limits(type.limits)
    }

    fileprivate mutating func limits(_ limits: ResizableLimits) {
        byte(limits.maximum == nil ? 0 : 1)
        u64(limits.minimum)
        if let maximum = limits.maximum { u64(maximum) }
    }

    fileprivate mutating func globalType(_ type: GlobalType) {
        byte(type.content.rawValue)
        byte(type.isMutable ? 1 : 0)
    }

    fileprivate mutating func tagType(_ type: TagType) {
        byte(0)
        u32(type.type)
    }

    fileprivate mutating func global(_ global: Global) {
        globalType(global.type)
        raw(global.initializer.bytes)
    }

    fileprivate mutating func imported(_ imported: Import) {
        name(imported.module)
        name(imported.name)
        switch imported.kind {
        case .function(let type):
            byte(0)
            u32(type)
        case .table(let type):
            byte(1)
            tableType(type)
        case .memory(let type):
            byte(2)
            limits(type.limits)
        case .global(let type):
            byte(3)
            globalType(type)
        case .tag(let type):
            byte(4)
            tagType(type)
        }
    }

    fileprivate mutating func export(_ export: Export) {
        name(export.name)
        let (kind, index): (UInt8, UInt32) =
            switch export.kind {
            case .function(let index): (0, index)
            case .table(let index): (1, index)
            case .memory(let index): (2, index)
            case .global(let index): (3, index)
            case .tag(let index): (4, index)
            }
        byte(kind)
        u32(index)
    }

    /// An element segment, with the flags of the shortest form that says it (`ByteReader.elementSegment`).
    fileprivate mutating func elementSegment(_ segment: ElementSegment) {
        var flags: UInt32 = 0
        if case .expressions = segment.items { flags = 4 }
        switch segment.mode {
        case .passive: flags |= 1
        case .declarative: flags |= 3
        case .active(let table, _): if table != 0 || segment.type != .funcref { flags |= 2 }
        }
        u32(flags)
        if case .active(let table, let offset) = segment.mode {
            if flags & 2 != 0 { u32(table) }
            raw(offset.bytes)
        }
        switch segment.items {
        case .functions(let functions):
            if flags & 3 != 0 { byte(0) }
            count(functions.count)
            for function in functions { u32(function) }
        case .expressions(let expressions):
            if flags & 3 != 0 { byte(segment.type.rawValue) }
            count(expressions.count)
            for expression in expressions { raw(expression.bytes) }
        }
    }

    fileprivate mutating func dataSegment(_ segment: DataSegment) {
        switch segment.mode {
        case .passive: u32(1)
        case .active(let memory, let offset):
            u32(memory == 0 ? 0 : 2)
            if memory != 0 { u32(memory) }
            raw(offset.bytes)
        }
        count(segment.contents.count)
        raw(segment.contents)
    }

    fileprivate mutating func function(_ function: Function) {
        var contents = ByteWriter()
        contents.count(function.locals.count)
        for group in function.locals {
            contents.u32(group.count)
            contents.byte(group.type.rawValue)
        }
        contents.raw(function.body.bytes)
        sized(contents)
    }
}
