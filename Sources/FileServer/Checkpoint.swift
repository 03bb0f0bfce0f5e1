package import ABI
import ServerKit

// How trees and descriptions are written down and read back. A state that was read back is checked as a whole
// (`Tree.isConsistent`), so that nothing later has to doubt it.

extension Node {
    func encode(into writer: inout Writer) {
        switch content {
        case .directory(let directory):
            writer.u8(0)
            directory.encode(into: &writer)
        case .memory(let bytes):
            writer.u8(1)
            bytes.encode(into: &writer)
        case .external(let file, let size):
            writer.u8(2)
            writer.u32(file)
            writer.u64(size)
        case .symbolicLink(let target):
            writer.u8(3)
            writer.bytes(target)
        case .device(let major, let minor):
            writer.u8(4)
            writer.value(major)
            writer.u32(minor)
        case .descriptor(let descriptor):
            writer.u8(5)
            writer.value(descriptor)
        case .generated(let file):
            writer.u8(6)
            writer.u32(file)
        }
        writer.value(id)
        writer.u16(mode)
        writer.value(user)
        writer.value(group)
        writer.u32(links)
        writer.value(accessTime)
        writer.value(modificationTime)
        writer.value(changeTime)
        writer.value(parent)
        writer.bytes(name)
        writer.bool(isCovered)
    }

    /// Reads a node; its holders come with the descriptions.
    static func decode(from reader: inout Reader) throws(Errno) -> Node {
        let content: NodeContent
        switch try reader.u8() {
        case 0: content = .directory(try Directory(decoding: &reader))
        case 1: content = .memory(try PagedBytes(decoding: &reader))
        case 2: content = .external(try reader.u32(), size: try reader.u64())
        case 3: content = .symbolicLink(try reader.bytes(limit: Limits.path))
        case 4: content = .device(try reader.value(MajorNumber.self), try reader.u32())
        case 5: content = .descriptor(try reader.value(Descriptor.self))
        case 6: content = .generated(try reader.u32())
        default: throw .badMessage
        }
        let id = try reader.value(NodeID.self)
        let node = Node(
            content, mode: try reader.u16(), user: try reader.value(UserID.self), group: try reader.value(GroupID.self), now: .zero)
        node.id = id
        node.links = try reader.u32()
        node.accessTime = try reader.value(Nanoseconds.self)
        node.modificationTime = try reader.value(Nanoseconds.self)
        node.changeTime = try reader.value(Nanoseconds.self)
        node.parent = try reader.value(NodeID.self)
        node.name = try reader.bytes(limit: Limits.name)
        node.isCovered = try reader.bool()
        return node
    }
}

extension FileSystems {
    /// Appends everything but what a driver keeps for itself. `extra` are descriptions that the driver still needs though no handle
    /// may lead to them (a read waits); they get the numbers 0, 1 … in `descriptions` of the reading side.
    package func encode(into writer: inout Writer, extra: [Description] = []) {
        writer.u32(nextFileSystem)
        writer.u32(UInt32(trees.count))
        for tree in trees.values { tree.encode(into: &writer) }
        var descriptions: [Description] = []
        for description in extra + handles.all.map({ $0.object }) { description.number = nil }
        for description in extra + handles.all.map({ $0.object }) where description.number == nil {
            description.number = UInt32(descriptions.count)
            descriptions.append(description)
        }
        writer.u32(UInt32(descriptions.count))
        for description in descriptions { description.encode(into: &writer) }
        handles.encode(into: &writer) { description, writer in writer.u32(description.number ?? 0) }
        // A file that has locks has a description. Each once, by the first of them.
        var locked: [Description] = []
        for description in descriptions where !description.node.locks.isEmpty {
            if !locked.contains(where: { $0.node === description.node }) { locked.append(description) }
        }
        writer.u32(UInt32(locked.count))
        for description in locked {
            writer.u32(description.number ?? 0)
            description.node.locks.encode(into: &writer)
        }
    }

    /// Reads what `encode` wrote, and the descriptions by their numbers. Throws `badMessage` unless it is consistent.
    package init(firstHandle: UInt32 = 0, decoding reader: inout Reader, descriptions: inout [Description]) throws(Errno) {
        self.init(firstHandle: firstHandle)
        nextFileSystem = try reader.u32()
        for _ in 0..<(try reader.u32()) {
            let tree = try Tree(decoding: &reader)
            guard trees[tree.id] == nil, tree.id.rawValue < nextFileSystem else { throw .badMessage }
            trees[tree.id] = tree
        }
        var read: [Description] = []
        for _ in 0..<(try reader.u32()) { read.append(try Description.decode(from: &reader, in: self)) }
        handles = try HandleTable(firstIndex: firstHandle, decoding: &reader) { reader throws(Errno) in
            let number = try reader.u32()
            guard number < UInt32(read.count) else { throw .badMessage }
            return read[Int(number)]
        }
        for (_, _, description) in handles.all {
            if description.holders == 0 { description.tree.hold(description.node) }
            description.holders += 1
        }
        for tree in trees.values { guard tree.isConsistent() else { throw .badMessage } }
        for _ in 0..<(try reader.u32()) {
            let number = try reader.u32()
            guard number < UInt32(read.count), read[Int(number)].node.locks.isEmpty else { throw .badMessage }
            let node = read[Int(number)].node
            node.locks = try FileLocks(decoding: &reader, read)
            for waiting in node.locks.waiting {
                guard lockWaits[waiting.key] == nil else { throw .badMessage }
                lockWaits[waiting.key] = node
            }
        }
        descriptions = read
    }
}

extension Description {
    func encode(into writer: inout Writer) {
        writer.value(tree.id)
        // A device's node may be of another server's tree, or an open file without a name be freed with its last handle.
        let isInTree = tree.node(node.id) === node
        writer.bool(isInTree)
        if isInTree { writer.value(node.id) } else { node.encode(into: &writer) }
        writer.value(access)
        writer.value(opener)
        writer.value(flags)
        writer.u64(offset)
        if case .generated = node.content { writer.bytes(text) }
    }

    static func decode(from reader: inout Reader, in files: FileSystems) throws(Errno) -> Description {
        guard let tree = files.trees[try reader.value(FileSystemID.self)] else { throw .badMessage }
        let node: Node
        if try reader.bool() {
            guard let found = tree.node(try reader.value(NodeID.self)) else { throw .badMessage }
            node = found
        } else {
            node = try Node.decode(from: &reader)
        }
        let access = try reader.value(AccessMode.self)
        let opener = try reader.value(UserID.self)
        let description = Description(tree, node, access: access, flags: try reader.value(DescriptionFlags.self), opener: opener)
        description.offset = try reader.u64()
        guard description.offset <= PagedBytes.maximum else { throw .badMessage }
        if case .generated = node.content { description.text = try reader.bytes(limit: Int(Int32.max)) }
        return description
    }
}
