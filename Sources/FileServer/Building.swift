package import ABI
import ServerKit

// How a driver puts its own content into a tree, past all permissions.

extension Tree {
    /// The directory that a path's last component is in, and that component. `path` is absolute and of plain names. Throws
    /// `noSuchFileOrDirectory`, `notDirectory`.
    package func locateParent(of path: [UInt8]) throws(Errno) -> (Node, [UInt8]) {
        var directory = root
        let names = path.split(separator: UInt8(ascii: "/"))
        guard let last = names.last else { throw .noSuchFileOrDirectory }
        for name in names.dropLast() {
            guard let next = child(directory, Array(name)) else { throw .noSuchFileOrDirectory }
            guard next.kind == .directory else { throw .notDirectory }
            directory = next
        }
        return (directory, Array(last))
    }

    /// The node at an absolute path of plain names, or `nil`.
    package func find(_ path: [UInt8]) -> Node? {
        guard let (directory, name) = try? locateParent(of: path) else { return nil }
        return child(directory, name)
    }

    /// Adds a node at a path. Throws `fileExists`, `noSuchFileOrDirectory`, `notDirectory`, `noSpace`.
    @discardableResult
    package func build(
        _ path: [UInt8], _ content: NodeContent, mode: UInt16, user: UserID = .root, group: GroupID = GroupID(rawValue: 0),
        now: Nanoseconds
    ) throws(Errno) -> Node {
        let (directory, name) = try locateParent(of: path)
        if child(directory, name) != nil { throw .fileExists }
        let node = Node(content, mode: mode, user: user, group: group, now: now)
        try insert(node)
        try link(node, into: directory, as: name, now: now)
        return node
    }

    /// Takes the name at a path away; the node goes when nobody holds it. Nothing happens if there is none. Not for directories.
    package func remove(_ path: [UInt8], now: Nanoseconds) {
        guard let (directory, name) = try? locateParent(of: path), let node = child(directory, name), node.kind != .directory else {
            return
        }
        unlink(node, from: directory, as: name, now: now)
    }

    /// Gives an existing file a further name. Throws as `build`, and `notPermitted` for a directory.
    package func buildLink(_ path: [UInt8], to node: Node, now: Nanoseconds) throws(Errno) {
        let (directory, name) = try locateParent(of: path)
        if child(directory, name) != nil { throw .fileExists }
        if node.kind == .directory { throw .notPermitted }
        try link(node, into: directory, as: name, now: now)
    }

    /// Sets mode and owner of a node.
    package func setAttributes(_ node: Node, mode: UInt16, user: UserID, group: GroupID) {
        node.mode = mode & 0o7777
        node.user = user
        node.group = group
    }
}

extension NodeContent {
    /// An empty directory.
    package static var newDirectory: NodeContent { .directory(Directory()) }
    /// A directory whose names are the numbers of the caller's descriptors.
    package static var descriptorDirectory: NodeContent { .directory(Directory(listsDescriptors: true)) }
}
