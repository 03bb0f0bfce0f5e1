import ABI
import ServerKit

// C: openat(2).

extension FileSystems {
    /// Opens what is there or makes a regular file. Throws:
    /// - `fileExists`: `create` with `exclusive`, and it is there
    /// - `isDirectory`: a directory for writing, to be made or cut; or a file to be made whose name ends in a slash
    /// - `notDirectory`: `directory`, and it is something else
    /// - `tooManySymbolicLinkLevels`: a link that was not to be followed
    /// - `permissionDenied`: by the permission bits; or execution of what is not a regular file
    /// - `readOnlyFileSystem`, `noSpace`, `tooManyOpenFilesInSystem`, `noSuchFileOrDirectory`
    /// - `invalidArgument`: `create` with `directory`
    mutating func open(
        _ file: OpenFile, _ end: WalkEnd<Node>, _ walk: Walk, _ tree: Tree, _ now: Nanoseconds
    ) throws(Errno) -> WalkResult {
        if file.open.isSuperset(of: [.create, .directory]) { throw .invalidArgument }
        switch end {
        case .entry(let directory, let name, nil, let hasSlash):
            guard file.open.contains(.create) else { throw .noSuchFileOrDirectory }
            if hasSlash { throw .isDirectory }
            return try create(file, directory, name, walk, tree, now)
        default:
            let node = try end.existing()
            if file.open.isSuperset(of: [.create, .exclusive]) { throw .fileExists }
            return try open(file, node, walk, tree, now)
        }
    }

    private mutating func open(
        _ file: OpenFile, _ node: Node, _ walk: Walk, _ tree: Tree, _ now: Nanoseconds
    ) throws(Errno) -> WalkResult {
        let truncates = file.open.contains(.truncate)
        let writes = file.access.contains(.write) || truncates
        if file.open.contains(.directory) && node.kind != .directory && node.kind != .symbolicLink { throw .notDirectory }
        var wanted: UInt8 = 0
        if file.access.contains(.read) { wanted |= Permission.read }
        if writes { wanted |= Permission.write }
        if file.access.contains(.execute) { wanted |= Permission.execute }
        switch node.content {
        case .symbolicLink: throw .tooManySymbolicLinkLevels
        case .directory:
            if writes || file.open.contains(.create) { throw .isDirectory }
            if file.access.contains(.execute) { throw .permissionDenied }
        case .memory, .external, .generated:
            if writes { try tree.checkWritable() }
        case .device, .descriptor:
            if file.access.contains(.execute) { throw .permissionDenied }
        }
        try node.check(wanted, walk.credentials)
        if case .device(let major, let minor) = node.content { return .device(major, minor, node.status) }
        if case .descriptor(let descriptor) = node.content { return .descriptor(descriptor) }
        let description = Description(tree, node, access: file.access, flags: file.flags, opener: walk.credentials.user)
        let handle = try grant(description, to: walk.process)
        if truncates, case .memory(let bytes) = node.content {
            tree.release(bytes.stored)
            bytes.resize(to: 0)
            node.markWritten(now)
            node.clearSetIDBits()
        }
        return .opened(FileOpened(handle: handle, access: file.access, flags: file.flags, status: node.status))
    }

    private mutating func create(
        _ file: OpenFile, _ directory: Node, _ name: [UInt8], _ walk: Walk, _ tree: Tree, _ now: Nanoseconds
    ) throws(Errno) -> WalkResult {
        try tree.checkNaming(in: directory, walk.credentials)
        if file.access.contains(.execute) && file.mode & 0o111 == 0 { throw .permissionDenied }
        try tree.checkRoom(Tree.nodeCost + Tree.entryCost)
        let node = Node(
            .memory(PagedBytes()), mode: file.mode, user: walk.credentials.user, group: newGroup(in: directory, walk.credentials),
            now: now)
        try tree.insert(node)
        let description = Description(tree, node, access: file.access, flags: file.flags, opener: walk.credentials.user)
        let handle: Handle
        do throws(Errno) {
            handle = try grant(description, to: walk.process)
        } catch {
            tree.reap(node)
            throw error
        }
        try tree.link(node, into: directory, as: name, now: now)
        return .opened(FileOpened(handle: handle, access: file.access, flags: file.flags, status: node.status))
    }

    /// The group of a new file: its maker's, or in a directory with the set-group-id bit the directory's.
    func newGroup(in directory: Node, _ credentials: Credentials) -> GroupID {
        directory.mode & 0o2000 != 0 ? directory.group : credentials.group
    }
}
