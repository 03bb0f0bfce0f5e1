import ABI
import FileServer
import Glibc
import ServerKit

// One directory of the host as a file system: the numbers that its files have, and the descriptors that find them again. The guest
// names files by single components only, so it comes to nothing that is not below the root (the two ways up, `parent` and the places
// of `HostNode`, are checked).

/// A directory of the host as a file system.
final class HostTree {
    /// Most nodes that are known at a time, and most directories beside those in use that are kept at hand.
    static let nodeLimit = 1 << 18
    static let directoryLimit = 128

    let id: FileSystemID
    let options: HostDirectory
    /// Who runs the machine: root to the guest.
    let user = geteuid()
    let group = getegid()
    let root: HostNode
    private var nodes = SlotTable<HostNode>(capacity: HostTree.nodeLimit)
    private var numbers: [HostNode.Identity: NodeID] = [:]
    private var directories: [HostNode] = []
    /// Nodes whose file is held until the request ends.
    private var transient: [HostNode] = []
    private var uses: UInt64 = 0
    /// `uses` when the request began: what was used since is not forgotten.
    private var usesBefore: UInt64 = 0

    /// Throws what opening the directory fails with.
    init(_ id: FileSystemID, _ options: HostDirectory) throws(Errno) {
        self.id = id
        self.options = options
        let file = try HostFile.directory(at: options.path)
        let identity = HostNode.Identity(try file.status())
        root = HostNode(identity, .directory)
        root.file = file
        try add(root)
        root.parent = root.id
    }

    private func add(_ node: HostNode) throws(Errno) {
        guard let number = nodes.insert(node) else { throw .notEnoughMemory }
        node.id = NodeID(index: number.index, generation: number.generation)
        numbers[node.identity] = node.id
    }

    /// How many files have a number, and how many are held open.
    var nodeCount: Int { nodes.count }
    var holderCount: Int { nodes.numbers.reduce(0) { $0 + (nodes[$1.index, $1.generation]?.holders ?? 0) } }

    func node(_ id: NodeID) -> HostNode? { nodes[id.index, id.generation] }

    // MARK: Nodes

    /// The node of a file that was found in a directory.
    func adopt(_ file: HostFile, in directory: HostNode, as name: [UInt8]) throws(Errno) -> HostNode {
        let status = try file.status()
        let node = try node(HostNode.Identity(status), FileKind(hostMode: status.st_mode), in: directory, as: name)
        if node.file == nil { keep(file, for: node) }
        return node
    }

    /// The node of a file that is known to be in a directory. Throws `notEnoughMemory` if there is no number left for it.
    func node(_ identity: HostNode.Identity, _ kind: FileKind, in directory: HostNode, as name: [UInt8]) throws(Errno) -> HostNode {
        if let id = numbers[identity], let node = node(id) {
            if node.kind == kind {
                use(node)
                if node !== root {
                    node.parent = directory.id
                    node.name = name
                }
                return node
            }
            // The host has given the number of a file that is gone to another.
            forget(node)
        }
        if nodes.count >= HostTree.nodeLimit { forgetOldest() }
        let node = HostNode(identity, kind, parent: directory.id, name: name)
        try add(node)
        use(node)
        return node
    }

    private func use(_ node: HostNode) {
        uses += 1
        node.lastUse = uses
    }

    private func isInUse(_ node: HostNode) -> Bool { node === root || node.isCovered || node.holders > 0 }

    private func forget(_ node: HostNode) {
        nodes.remove(index: node.id.index, generation: node.id.generation)
        if numbers[node.identity] == node.id { numbers[node.identity] = nil }
        if !isInUse(node) { node.file = nil }
    }

    /// Forgets half of what is not in use.
    private func forgetOldest() {
        var unused: [HostNode] = []
        for number in nodes.numbers {
            if let node = nodes[number.index, number.generation], !isInUse(node), node.lastUse <= usesBefore { unused.append(node) }
        }
        unused.sort { $0.lastUse < $1.lastUse }
        for node in unused.prefix((unused.count + 1) / 2) { forget(node) }
    }

    /// A name of the node is gone: if it was the last, its number is not told again. (The host may give the inode to another file.)
    func forgetIfGone(_ node: HostNode) {
        guard let status = try? node.file?.status(), status.st_nlink == 0, !isInUse(node) else { return }
        forget(node)
    }

    // MARK: Files

    /// What holds a node's file. Throws `noSuchFileOrDirectory` if it is no longer where it was seen last.
    func file(of node: HostNode) throws(Errno) -> HostFile {
        use(node)
        if let file = node.file { return file }
        guard let parent = self.node(node.parent), parent !== node, let file = try self.file(of: parent).find(node.name),
            HostNode.Identity(try file.status()) == node.identity
        else { throw .noSuchFileOrDirectory }
        keep(file, for: node)
        return file
    }

    /// C: fstat(2).
    func status(of node: HostNode) throws(Errno) -> stat { try file(of: node).status() }

    private func keep(_ file: HostFile, for node: HostNode) {
        node.file = file
        if node.kind == .directory { directories.append(node) } else { transient.append(node) }
    }

    /// A description of the node is open: its file stays.
    func hold(_ node: HostNode) { node.holders += 1 }

    /// A description of the node is closed.
    func unhold(_ node: HostNode) {
        node.holders -= 1
        guard node.holders == 0, let file = node.file else { return }
        forgetIfGone(node)
        if node.file != nil { keep(file, for: node) }
    }

    /// A request begins: what is used from now on stays until it is over.
    func begin() { usesBefore = uses }

    /// A request is over.
    func end() {
        for node in transient where !isInUse(node) { node.file = nil }
        transient = []
        closeOldest()
    }

    /// Closes the directories that were not used for longest.
    private func closeOldest() {
        guard directories.count > 2 * HostTree.directoryLimit else { return }
        directories.removeAll { $0.file == nil || isInUse($0) }
        directories.sort { $0.lastUse > $1.lastUse }
        for node in directories.dropFirst(HostTree.directoryLimit) { node.file = nil }
        directories.removeAll { $0.file == nil }
    }
}

extension HostTree: WalkableTree {
    func isDirectory(_ node: HostNode) -> Bool { node.kind == .directory }

    func number(of node: HostNode) -> NodeID { node.id }

    func linkTarget(_ node: HostNode) throws(Errno) -> [UInt8]? {
        node.kind == .symbolicLink ? try file(of: node).target() : nil
    }

    func child(_ directory: HostNode, _ name: [UInt8]) throws(Errno) -> HostNode? {
        guard let file = try file(of: directory).find(name) else { return nil }
        let node = try adopt(file, in: directory, as: name)
        closeOldest()
        return node
    }

    /// The host may have moved a directory out of the root's: then it has no parent here.
    func parent(of directory: HostNode) throws(Errno) -> HostNode {
        let found = try file(of: directory).parent()
        let identity = HostNode.Identity(try found.status())
        var file = found
        var place = identity
        while place != root.identity {
            file = try file.parent()
            let next = HostNode.Identity(try file.status())
            // The host's own root is its own parent.
            if next == place { throw .noSuchFileOrDirectory }
            place = next
        }
        if identity == root.identity { return root }
        if let id = numbers[identity], let node = node(id) {
            use(node)
            if node.file == nil { keep(found, for: node) }
            return node
        }
        // Its own place is looked up when it is asked for: only the directory above knows it.
        let node = try node(identity, .directory, in: root, as: [])
        keep(found, for: node)
        return node
    }

    func isCovered(_ directory: HostNode) -> Bool { directory.isCovered }

    func checkSearch(_ directory: HostNode, _ credentials: Credentials) throws(Errno) {
        // Root searches every directory; the host has its own say.
        if !credentials.isRoot { try check(Permission.execute, directory, credentials) }
    }
}
