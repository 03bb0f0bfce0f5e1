package import ABI

/// An open file description: one offset and one set of flags, however many processes hold it.
package final class Description {
    package let tree: Tree
    package let node: Node
    /// What it may be used for.
    package let access: AccessMode
    /// Who opened it: by handle, ownership counts as it was then.
    package let opener: UserID
    package internal(set) var flags: DescriptionFlags
    /// Where the next read or write at the shared offset happens, 0…2^63−1.
    package internal(set) var offset: UInt64 = 0
    /// Of a generated file: the bytes that were made for this open.
    package internal(set) var text: [UInt8] = []
    /// Handles to it.
    package internal(set) var holders = 0
    /// Its number in the checkpoint that is being written.
    package internal(set) var number: UInt32?

    init(_ tree: Tree, _ node: Node, access: AccessMode, flags: DescriptionFlags, opener: UserID) {
        self.tree = tree
        self.node = node
        self.access = access
        self.flags = flags
        self.opener = opener
    }

    /// Whether it is of a device, whose reads and writes are the driver's.
    package var isDevice: Bool { node.kind == .characterDevice }

    /// Where its bytes end: the size of the file, or of what was made for this open.
    var size: UInt64 {
        if case .generated = node.content { return UInt64(text.count) }
        return node.size
    }

    /// Throws `badFileDescriptor` unless it was opened for all of `wanted`.
    package func check(_ wanted: AccessMode) throws(Errno) {
        if !access.isSuperset(of: wanted) { throw .badFileDescriptor }
    }

    /// Throws `badFileDescriptor` unless its bytes may be read: opened for reading or for execution.
    package func checkReadable() throws(Errno) {
        if access.isDisjoint(with: [.read, .execute]) { throw .badFileDescriptor }
    }

    /// The offset that a position means. Throws `invalidArgument` beyond 2^63−1.
    package func offset(_ position: Position) throws(Errno) -> UInt64 {
        switch position {
        case .shared: return offset
        case .explicit(let offset):
            guard offset <= PagedBytes.maximum else { throw .invalidArgument }
            return offset
        }
    }

    /// Moves the shared offset behind `count` bytes from `start`, if that is what `position` names.
    package func advance(_ position: Position, from start: UInt64, by count: Int) {
        if position == .shared { offset = start + UInt64(count) }
    }
}
