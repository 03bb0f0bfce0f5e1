import ABI
import FileServer
import Glibc
import ServerKit

// C: openat(2).

extension HostFS {
    /// Opens what is there or makes a regular file. Throws:
    /// - `fileExists`: `create` with `exclusive`, and it is there
    /// - `isDirectory`: a directory for writing, to be made or cut; or a file to be made whose name ends in a slash
    /// - `notDirectory`: `directory`, and it is something else
    /// - `tooManySymbolicLinkLevels`: a link that was not to be followed
    /// - `permissionDenied`: by the permission bits; or execution of what is not a regular file
    /// - `notPermitted`: a device, socket or FIFO of the host
    /// - `readOnlyFileSystem`, `noSpace`, `tooManyOpenFilesInSystem`, `noSuchFileOrDirectory`
    /// - `invalidArgument`: `create` with `directory`
    mutating func open(_ file: OpenFile, _ end: WalkEnd<HostNode>, _ walk: Walk, _ tree: HostTree) throws(Errno) -> WalkResult {
        if file.open.isSuperset(of: [.create, .directory]) { throw .invalidArgument }
        if case .entry(let directory, let name, nil, let hasSlash) = end {
            guard file.open.contains(.create) else { throw .noSuchFileOrDirectory }
            if hasSlash { throw .isDirectory }
            return try create(file, directory, name, walk, tree)
        }
        let node = try end.existing()
        if file.open.isSuperset(of: [.create, .exclusive]) { throw .fileExists }
        return try open(file, node, walk, tree)
    }

    private mutating func open(_ file: OpenFile, _ node: HostNode, _ walk: Walk, _ tree: HostTree) throws(Errno) -> WalkResult {
        let truncates = file.open.contains(.truncate)
        let writes = file.access.contains(.write) || truncates
        if file.open.contains(.directory) && node.kind != .directory && node.kind != .symbolicLink { throw .notDirectory }
        var wanted: UInt8 = 0
        if file.access.contains(.read) { wanted |= Permission.read }
        if writes { wanted |= Permission.write }
        if file.access.contains(.execute) { wanted |= Permission.execute }
        var flags = file.hostFlags
        switch node.kind {
        case .symbolicLink: throw .tooManySymbolicLinkLevels
        case .directory:
            if writes || file.open.contains(.create) { throw .isDirectory }
            if file.access.contains(.execute) { throw .permissionDenied }
            flags |= O_DIRECTORY
        case .regular:
            if writes { try tree.checkWritable() }
        default: throw .notPermitted
        }
        try tree.check(wanted, node, walk.credentials)
        let held = try tree.file(of: node)
        let result = try grant(file, node, try held.reopened(flags), walk, tree)
        if truncates {
            do throws(Errno) {
                _ = try held.reopened(O_WRONLY | O_TRUNC)
            } catch {
                drop(Drop(process: walk.process, handles: [result.handle]))
                throw error
            }
        }
        return .opened(
            FileOpened(handle: result.handle, access: file.access, flags: file.flags, status: try tree.status(node)))
    }

    private mutating func create(
        _ file: OpenFile, _ directory: HostNode, _ name: [UInt8], _ walk: Walk, _ tree: HostTree
    ) throws(Errno) -> WalkResult {
        try tree.checkNaming(in: directory, walk.credentials)
        if file.access.contains(.execute) && file.mode & 0o111 == 0 { throw .permissionDenied }
        let place = try tree.file(of: directory)
        let flags = file.hostFlags
        let opened: HostFile
        do throws(Errno) {
            opened = try place.create(name, flags == HostFile.pathOnly ? O_RDONLY : flags, file.mode & 0o1777)
        } catch {
            // Somebody on the host was faster: it is there now.
            if error == .fileExists, !file.open.contains(.exclusive), let node = try tree.child(directory, name) {
                return try open(file, node, walk, tree)
            }
            throw error
        }
        do throws(Errno) {
            let node = try tree.adopt(try opened.reopened(HostFile.pathOnly), in: directory, as: name)
            return .opened(try grant(file, node, opened, walk, tree))
        } catch {
            unlinkat(place.number, HostFile.text(name), 0)
            throw error
        }
    }

    private mutating func grant(
        _ file: OpenFile, _ node: HostNode, _ opened: HostFile, _ walk: Walk, _ tree: HostTree
    ) throws(Errno) -> FileOpened {
        let status = try tree.status(node)
        let description = HostDescription(tree, node, opened, file, opener: walk.credentials.user)
        let handle = try handles.grant(description, to: walk.process)
        description.granted()
        return FileOpened(handle: handle, access: file.access, flags: file.flags, status: status)
    }
}
