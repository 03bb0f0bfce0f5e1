package import ABI
import ServerKit

// One file system in memory: its nodes, how much room they take, and the changes that keep both consistent. Nothing here asks for
// permission (`Permissions.swift`) or knows of requests.

/// What may be changed in a tree.
package enum Protection: UInt8, Sendable {
    /// Everything.
    case none = 0
    /// All but names: files can be neither made nor removed, yet their modes, owners and times can be set.
    case names = 1
    /// Nothing (C: EROFS).
    case everything = 2
    /// Nothing, since all of it is the driver's own: contents are closed to everybody (C: EACCES), names and attributes are not to be
    /// changed (C: EPERM).
    case generated = 3
}

/// A file system in memory.
package final class Tree {
    /// Bytes that a node is charged for beside its content, and that a name in a directory is charged for.
    package static let nodeCost: UInt64 = 256
    package static let entryCost: UInt64 = 320
    /// Most links to one file.
    package static let linkLimit: UInt32 = 65000

    package let id: FileSystemID
    package let protection: Protection
    /// Most bytes that it may keep.
    package let limit: UInt64
    /// Bytes that it keeps: contents, nodes, names.
    package private(set) var used: UInt64 = 0
    /// Open descriptions in it.
    package internal(set) var holders = 0
    private var nodes: SlotTable<Node>
    package let root: Node

    /// A tree with an empty root directory. `limit` in bytes.
    package init(
        _ id: FileSystemID, protection: Protection = .none, limit: UInt64 = .max, nodeLimit: Int = 1 << 18, mode: UInt16 = 0o755,
        user: UserID = .root, group: GroupID = GroupID(rawValue: 0), now: Nanoseconds
    ) {
        self.id = id
        self.protection = protection
        self.limit = limit
        nodes = SlotTable(capacity: max(nodeLimit, 1))
        root = Node(.directory(Directory()), mode: mode, user: user, group: group, now: now)
        root.links = 2
        if let (index, generation) = nodes.insert(root) { root.id = NodeID(index: index, generation: generation) }
        root.parent = root.id
    }

    func encode(into writer: inout Writer) {
        writer.value(id)
        writer.u8(protection.rawValue)
        writer.u64(limit)
        writer.u64(used)
        writer.u32(UInt32(nodes.capacity))
        writer.value(root.id)
        nodes.encode(into: &writer) { node, writer in node.encode(into: &writer) }
    }

    init(decoding reader: inout Reader) throws(Errno) {
        id = try reader.value(FileSystemID.self)
        guard let protection = Protection(rawValue: try reader.u8()) else { throw .badMessage }
        self.protection = protection
        limit = try reader.u64()
        used = try reader.u64()
        let capacity = try reader.u32()
        guard capacity <= 1 << 24 else { throw .badMessage }
        let rootID = try reader.value(NodeID.self)
        nodes = try SlotTable(capacity: Int(capacity), decoding: &reader) { reader throws(Errno) in
            try Node.decode(from: &reader)
        }
        guard let root = nodes[rootID.index, rootID.generation], root.kind == .directory else { throw .badMessage }
        self.root = root
        for number in nodes.numbers {
            guard let node = nodes[number.index, number.generation],
                node.id == NodeID(index: number.index, generation: number.generation)
            else { throw .badMessage }
        }
    }

    /// How many nodes there are.
    package var nodeCount: Int { nodes.count }

    /// The node of that number, if it is still there.
    package func node(_ id: NodeID) -> Node? { nodes[id.index, id.generation] }

    /// The node that `name` means in `directory`, or `nil`.
    package func child(_ directory: Node, _ name: [UInt8]) -> Node? {
        guard let entries = directory.directory else { return nil }
        if entries.listsDescriptors { return alias(name, directory) }
        guard let id = entries.node(name) else { return nil }
        return node(id)
    }

    /// The alias of a descriptor: a node made up for the moment, since every number has one.
    private func alias(_ name: [UInt8], _ directory: Node) -> Node? {
        guard let number = decimal(name), number < UInt64(Limits.descriptors), name.count == 1 || name[0] != UInt8(ascii: "0") else {
            return nil
        }
        let node = Node(
            .descriptor(Descriptor(rawValue: UInt32(number))), mode: 0o666, user: .root, group: GroupID(rawValue: 0),
            now: directory.modificationTime)
        node.id = NodeID(index: 0x8000_0000 + UInt32(number), generation: 1)
        node.links = 1
        return node
    }

    // MARK: Room

    /// Throws `noSpace` if so many bytes more do not fit.
    func checkRoom(_ bytes: UInt64) throws(Errno) {
        if bytes > limit - min(used, limit) { throw .noSpace }
    }

    func charge(_ bytes: UInt64) { used += bytes }
    func release(_ bytes: UInt64) { used -= min(bytes, used) }

    /// Whether its tables agree: every node has the links and the holders that it counts, and the room taken is what is there. For
    /// tests, and for a state that was read back.
    package func isConsistent() -> Bool {
        var links = OrderedMap<NodeID, UInt32>()
        var cost: UInt64 = 0
        var open = 0
        for number in nodes.numbers {
            guard let node = nodes[number.index, number.generation] else { return false }
            open += node.holders
            if links[node.id] == nil { links[node.id] = 0 }
            if node !== root { cost += Tree.nodeCost }
            switch node.content {
            case .memory(let bytes): cost += bytes.stored
            case .symbolicLink(let target): cost += UInt64(target.count)
            case .external, .generated, .device, .descriptor: break
            case .directory(let directory):
                for key in directory.entries.keys {
                    guard let id = directory.entries[key]?.node, let child = self.node(id) else { return false }
                    if child.kind == .directory {
                        guard child.parent == node.id, child.name == key.bytes else { return false }
                        links[node.id] = (links[node.id] ?? 0) + 1
                        links[id] = (links[id] ?? 0) + 2
                    } else {
                        links[id] = (links[id] ?? 0) + 1
                    }
                    cost += Tree.entryCost
                }
            }
        }
        links[root.id] = (links[root.id] ?? 0) + 2
        for number in nodes.numbers {
            guard let node = nodes[number.index, number.generation], links[node.id] == node.links else { return false }
            if node.links == 0 && node.holders == 0 { return false }
            // Whoever climbs from a directory that has a name comes to the root.
            guard node.kind == .directory, node.links > 0 else { continue }
            var steps = 0
            var current = node
            while current !== root {
                steps += 1
                guard steps <= nodes.count, let parent = self.node(current.parent) else { return false }
                current = parent
            }
        }
        return cost == used && open <= holders
    }

    // MARK: Changes

    /// Adds a node without a name. Throws `noSpace` if the file system is full.
    func insert(_ node: Node) throws(Errno) {
        let cost = Tree.nodeCost + (node.kind == .symbolicLink ? node.size : 0)
        try checkRoom(cost)
        guard let (index, generation) = nodes.insert(node) else { throw .noSpace }
        node.id = NodeID(index: index, generation: generation)
        charge(cost)
    }

    /// Removes a node that has neither name nor holder.
    func reap(_ node: Node) {
        guard node.links == 0, node.holders == 0, self.node(node.id) === node else { return }
        var cost = Tree.nodeCost
        switch node.content {
        case .memory(let bytes): cost += bytes.stored
        case .symbolicLink(let target): cost += UInt64(target.count)
        case .directory, .external, .generated, .device, .descriptor: break
        }
        release(cost)
        nodes.remove(index: node.id.index, generation: node.id.generation)
    }

    /// Gives a node a name in a directory where it is free. Throws `noSpace` if there is no room for the name.
    func link(_ node: Node, into directory: Node, as name: [UInt8], now: Nanoseconds) throws(Errno) {
        guard let entries = directory.directory else { throw .notDirectory }
        try checkRoom(Tree.entryCost)
        charge(Tree.entryCost)
        entries.set(name, node.id)
        if node.kind == .directory {
            node.links = 2
            node.parent = directory.id
            node.name = name
            directory.links += 1
        } else {
            node.links += 1
        }
        node.changeTime = now
        directory.markWritten(now)
    }

    /// Takes the name from the node that has it; the node goes when nobody holds it.
    func unlink(_ node: Node, from directory: Node, as name: [UInt8], now: Nanoseconds) {
        guard let entries = directory.directory else { return }
        entries.remove(name)
        release(Tree.entryCost)
        directory.markWritten(now)
        unname(node, in: directory, now: now)
    }

    private func unname(_ node: Node, in directory: Node, now: Nanoseconds) {
        if node.kind == .directory {
            node.links = 0
            directory.links -= 1
        } else {
            node.links -= 1
        }
        node.changeTime = now
        reap(node)
    }

    /// Moves a name, over what may stand there (`replaced`). The caller has checked everything.
    func move(
        _ node: Node, from: Node, _ fromName: [UInt8], to: Node, _ toName: [UInt8], replacing replaced: Node?, now: Nanoseconds
    ) {
        guard let source = from.directory, let target = to.directory else { return }
        source.remove(fromName)
        target.set(toName, node.id)
        if node.kind == .directory {
            from.links -= 1
            to.links += 1
            node.parent = to.id
            node.name = toName
        }
        from.markWritten(now)
        to.markWritten(now)
        node.changeTime = now
        if let replaced {
            release(Tree.entryCost)
            unname(replaced, in: to, now: now)
        }
    }

    /// Whether `node` is `ancestor` or below it.
    func isWithin(_ node: Node, _ ancestor: Node) -> Bool {
        var current = node
        while current !== ancestor {
            guard current !== root, let parent = self.node(current.parent) else { return false }
            current = parent
        }
        return true
    }

    /// A description came or went.
    func hold(_ node: Node) {
        node.holders += 1
        holders += 1
    }

    func unhold(_ node: Node) {
        node.holders -= 1
        holders -= 1
        reap(node)
    }
}

/// The number that decimal digits say, or `nil`; at most 18 digits.
package func decimal(_ text: some Collection<UInt8>) -> UInt64? {
    guard !text.isEmpty, text.count <= 18 else { return nil }
    var value: UInt64 = 0
    for byte in text {
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        value = value * 10 + UInt64(byte - UInt8(ascii: "0"))
    }
    return value
}

/// The number that octal digits say, or `nil`; at most 18 digits.
package func octal(_ text: some Collection<UInt8>) -> UInt64? {
    guard !text.isEmpty, text.count <= 18 else { return nil }
    var value: UInt64 = 0
    for byte in text {
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "7") else { return nil }
        value = value << 3 | UInt64(byte - UInt8(ascii: "0"))
    }
    return value
}

extension Tree: WalkableTree {
    package func isDirectory(_ node: Node) -> Bool { node.kind == .directory }

    package func number(of node: Node) -> NodeID { node.id }

    package func linkTarget(_ node: Node) -> [UInt8]? {
        if case .symbolicLink(let target) = node.content { return target }
        return nil
    }

    package func parent(of directory: Node) throws(Errno) -> Node {
        guard let parent = node(directory.parent) else { throw .noSuchFileOrDirectory }
        return parent
    }

    package func isCovered(_ directory: Node) -> Bool { directory.isCovered }

    package func checkSearch(_ directory: Node, _ credentials: Credentials) throws(Errno) {
        try directory.check(Permission.execute, credentials)
    }
}
