/// Addresses in a store (Core 4.2.3 Addresses): what its parts are known by from outside, and in saved bytes.
///
/// An address is the index of a part among those of its kind, in the order in which they were made. Nothing that has an address is
/// ever removed, except exceptions, whose addresses are used again.

/// The address of a function, of a module or of the host.
package struct FunctionAddress: Equatable, Sendable {
    package let index: UInt32

    package init(_ index: UInt32) { self.index = index }
}

/// The address of a table.
package struct TableAddress: Equatable, Sendable {
    package let index: UInt32

    package init(_ index: UInt32) { self.index = index }
}

/// The address of a memory.
package struct MemoryAddress: Equatable, Sendable {
    package let index: UInt32

    package init(_ index: UInt32) { self.index = index }
}

/// The address of a global.
package struct GlobalAddress: Equatable, Sendable {
    package let index: UInt32

    package init(_ index: UInt32) { self.index = index }
}

/// The address of an exception tag.
package struct TagAddress: Equatable, Sendable {
    package let index: UInt32

    package init(_ index: UInt32) { self.index = index }
}

/// The address of an exception that was thrown.
package struct ExceptionAddress: Equatable, Sendable {
    package let index: UInt32

    package init(_ index: UInt32) { self.index = index }
}

/// The address of an instance of a module.
package struct InstanceAddress: Equatable, Sendable {
    package let index: UInt32

    package init(_ index: UInt32) { self.index = index }
}

/// Something that can be imported and exported (Core 4.2.11 External Values).
package enum Extern: Equatable, Sendable {
    case function(FunctionAddress)
    case table(TableAddress)
    case memory(MemoryAddress)
    case global(GlobalAddress)
    case tag(TagAddress)
}
