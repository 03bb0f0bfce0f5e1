import ABI
import FileServer
import Glibc

// The operations on two places, with both parents pinned by resmgr: renameat(2) and linkat(2).

extension HostFS {
    /// A directory pinned earlier. Throws `noSuchFileOrDirectory` if it is gone, `notDirectory`.
    private func directory(_ id: NodeID, in tree: HostTree) throws(Errno) -> HostNode {
        guard let node = tree.node(id) else { throw .noSuchFileOrDirectory }
        guard node.kind == .directory else { throw .notDirectory }
        return node
    }

    /// C: renameat(2) (POSIX, rename()). Two names of one file: nothing happens. Throws:
    /// - `invalidArgument`: `.` or `..`, or a directory into itself or below
    /// - `noSuchFileOrDirectory`: the source or a parent is gone
    /// - `isDirectory` / `notDirectory`: a file over a directory / a directory over a file, or a slash behind a file's name
    /// - `directoryNotEmpty`: over a directory with entries
    /// - `resourceBusy`: from or over a covered directory
    /// - `improperLink`: the host has several file systems there
    /// - `permissionDenied`, `notPermitted` (sticky bit), `readOnlyFileSystem`
    func rename(_ request: NodeRename) throws(Errno) {
        let tree = try tree(request.fileSystem)
        let credentials = request.credentials
        let from = try LastName(request.fromName)
        let to = try LastName(request.toName)
        let fromDirectory = try directory(request.fromDirectory, in: tree)
        let toDirectory = try directory(request.toDirectory, in: tree)
        if from.isDots || to.isDots { throw .invalidArgument }
        guard let node = try tree.child(fromDirectory, from.name) else { throw .noSuchFileOrDirectory }
        if (from.hasSlash || to.hasSlash) && node.kind != .directory { throw .notDirectory }
        let replaced = try tree.child(toDirectory, to.name)
        try tree.checkRemoval(of: node, from: fromDirectory, credentials)
        if let replaced {
            if replaced === node { return }
            try tree.checkRemoval(of: replaced, from: toDirectory, credentials)
        } else {
            try tree.checkNaming(in: toDirectory, credentials)
        }
        if node.kind == .directory {
            // Its `..` changes, which is a write to it.
            if fromDirectory !== toDirectory { try tree.check(Permission.write, node, credentials) }
        } else if replaced?.kind == .directory {
            throw .isDirectory
        }
        let source = try tree.file(of: fromDirectory)
        let target = try tree.file(of: toDirectory)
        try HostFile.check { renameat(source.number, HostFile.text(from.name), target.number, HostFile.text(to.name)) }
        node.parent = toDirectory.id
        node.name = to.name
        if let replaced { tree.forgetIfGone(replaced) }
    }

    /// C: linkat(2). Throws `noSuchFileOrDirectory` (the file has no name left, a parent is gone, or a slash is behind the new
    /// name), `notPermitted` (a directory), `fileExists`, `tooManyLinks`, `noSpace`, `permissionDenied`, `readOnlyFileSystem`,
    /// `improperLink` (the host has several file systems there).
    func link(_ request: NodeLink) throws(Errno) {
        let tree = try tree(request.fileSystem)
        let name = try LastName(request.toName)
        let directory = try directory(request.toDirectory, in: tree)
        guard let node = tree.node(request.node) else { throw .noSuchFileOrDirectory }
        if node.kind == .directory { throw .notPermitted }
        try tree.checkSearch(directory, request.credentials)
        if name.isDots { throw .fileExists }
        if try tree.child(directory, name.name) != nil { throw .fileExists }
        if name.hasSlash { throw .noSuchFileOrDirectory }
        try tree.checkNaming(in: directory, request.credentials)
        let source = try tree.file(of: node)
        let target = try tree.file(of: directory)
        try HostFile.check { linkat(AT_FDCWD, source.link, target.number, HostFile.text(name.name), AT_SYMLINK_FOLLOW) }
    }
}
