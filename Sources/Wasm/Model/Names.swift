/// The name section (Core, appendix A.4 Custom Sections): names for people, without meaning for execution.

/// Names for parts of a module. Kept in the order of the indices that they name.
package struct Names: Equatable, Sendable {
    /// A name and the index of what it names.
    package struct Entry: Equatable, Sendable {
        package var index: UInt32
        package var name: Name

        package init(_ index: UInt32, _ name: Name) {
            self.index = index
            self.name = name
        }
    }

    /// The names of one function's locals.
    package struct Locals: Equatable, Sendable {
        package var function: UInt32
        package var names: [Entry]

        package init(function: UInt32, _ names: [Entry]) {
            self.function = function
            self.names = names
        }
    }

    /// A subsection about something else, as it is.
    package struct Subsection: Equatable, Sendable {
        package var id: UInt8
        package var contents: ArraySlice<UInt8>
    }

    /// The name of the section.
    package static let sectionName: Name = "name"

    package var module: Name?
    package var functions: [Entry] = []
    package var locals: [Locals] = []
    package var otherSubsections: [Subsection] = []

    package init() {}

    /// The name of a function; nil if it has none.
    package func function(_ index: UInt32) -> Name? {
        var low = 0
        var high = functions.count
        while low < high {
            let middle = low + (high - low) / 2
            if functions[middle].index < index { low = middle + 1 } else { high = middle }
        }
        return low < functions.count && functions[low].index == index ? functions[low].name : nil
    }
}

extension Module {
    /// What the name section says; nil if there is none, or if it is broken, which is no error of the module.
    package var names: Names? {
        guard let section = customSections.first(where: { $0.name == Names.sectionName }) else { return nil }
        return try? Names(decoding: section.contents)
    }
}

// The binary format.

extension Names {
    /// Throws `malformed` if the bytes are no name section; `sectionOrder` if indices or subsections do not ascend.
    package init(decoding contents: ArraySlice<UInt8>) throws(ModuleError) {
        var reader = ByteReader(contents)
        var last = -1
        while !reader.isAtEnd {
            let begin = reader.position
            let id = try reader.byte()
            guard Int(id) > last else { throw reader.error(.sectionOrder, at: begin) }
            last = Int(id)
            let size = try reader.u32()
            guard size <= reader.remaining else { throw reader.error(.lengthOutOfBounds) }
            var subsection = ByteReader(try reader.slice(Int(size)))
            switch id {
            case 0: module = try subsection.name()
            case 1: functions = try subsection.nameMap()
            case 2: locals = try subsection.localNames()
            default: otherSubsections.append(Subsection(id: id, contents: try subsection.slice(subsection.remaining)))
            }
            guard subsection.isAtEnd else { throw subsection.error(.sectionSize) }
        }
    }

    /// The contents of a name section that says this.
    package func encoded() -> [UInt8] {
        var writer = ByteWriter()
        if let module {
            writer.subsection(0) { $0.name(module) }
        }
        if !functions.isEmpty {
            writer.subsection(1) { $0.nameMap(functions) }
        }
        if !locals.isEmpty {
            writer.subsection(2) { writer in
                writer.count(locals.count)
                for entry in locals {
                    writer.u32(entry.function)
                    writer.nameMap(entry.names)
                }
            }
        }
        for other in otherSubsections {
            writer.subsection(other.id) { $0.raw(other.contents) }
        }
        return writer.bytes
    }
}

extension ByteReader {
    fileprivate mutating func nameMap() throws(ModuleError) -> [Names.Entry] {
        var last: UInt32?
        return try vector(nil) { reader throws(ModuleError) in
            let index = try reader.ascendingIndex(after: &last)
            return Names.Entry(index, try reader.name())
        }
    }

    fileprivate mutating func localNames() throws(ModuleError) -> [Names.Locals] {
        var last: UInt32?
        return try vector(nil) { reader throws(ModuleError) in
            let function = try reader.ascendingIndex(after: &last)
            return Names.Locals(function: function, try reader.nameMap())
        }
    }

    /// An index that is greater than the one before it.
    private mutating func ascendingIndex(after last: inout UInt32?) throws(ModuleError) -> UInt32 {
        let begin = position
        let index = try u32()
        if let last, index <= last { throw error(.sectionOrder, at: begin) }
        last = index
        return index
    }
}

extension ByteWriter {
    fileprivate mutating func subsection(_ id: UInt8, _ write: (inout ByteWriter) -> Void) {
        var contents = ByteWriter()
        write(&contents)
        byte(id)
        sized(contents)
    }

    fileprivate mutating func nameMap(_ entries: [Names.Entry]) {
        count(entries.count)
        for entry in entries {
            u32(entry.index)
            name(entry.name)
        }
    }
}
