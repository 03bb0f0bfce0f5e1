import ABI
import ServerKit

// The operations on two places, with both parents pinned by resmgr: renameat(2) and linkat(2).

extension FileSystems {
    /// A directory pinned earlier. Throws `noSuchFileOrDirectory` if it is gone, `notDirectory`.
    private func directory(_ id: NodeID, in tree: Tree) throws(Errno) -> Node {
        guard let node = tree.node(id), node.links > 0 else { throw .noSuchFileOrDirectory }
        guard node.kind == .directory else { throw .notDirectory }
        return node
    }

    /// C: renameat(2) (POSIX, rename()). Two names of one file: nothing happens. Throws:
    /// - `invalidArgument`: `.` or `..`, or a directory into itself or below
    /// - `noSuchFileOrDirectory`: the source or a parent is gone
    /// - `isDirectory` / `notDirectory`: a file over a directory / a directory over a file, or a slash behind a file's name
    /// - `directoryNotEmpty`: over a directory with entries
    /// - `resourceBusy`: from or over a covered directory
    /// - `permissionDenied`, `notPermitted` (sticky bit), `readOnlyFileSystem`
    func rename(_ request: NodeRename, _ now: Nanoseconds) throws(Errno) {
        let tree = try tree(request.fileSystem)
        let from = try LastName(request.fromName)
        let to = try LastName(request.toName)
        let fromDirectory = try directory(request.fromDirectory, in: tree)
        let toDirectory = try directory(request.toDirectory, in: tree)
        if from.isDots || to.isDots { throw .invalidArgument }
        try fromDirectory.check(Permission.execute, request.credentials)
        try toDirectory.check(Permission.execute, request.credentials)
        guard let node = tree.child(fromDirectory, from.name) else { throw .noSuchFileOrDirectory }
        if (from.hasSlash || to.hasSlash) && node.kind != .directory { throw .notDirectory }
        let replaced = tree.child(toDirectory, to.name)
        try tree.checkRemoval(of: node, from: fromDirectory, request.credentials)
        if let replaced {
            if replaced === node { return }
            try tree.checkRemoval(of: replaced, from: toDirectory, request.credentials)
        } else {
            try tree.checkNaming(in: toDirectory, request.credentials)
        }
        if node.kind == .directory {
            if tree.isWithin(toDirectory, node) { throw .invalidArgument }
            // Its `..` changes, which is a write to it.
            if fromDirectory !== toDirectory { try node.check(Permission.write, request.credentials) }
            if let replaced {
                guard let entries = replaced.directory else { throw .notDirectory }
                guard entries.isEmpty else { throw .directoryNotEmpty }
            }
        } else if replaced?.kind == .directory {
            throw .isDirectory
        }
        tree.move(
            node, from: fromDirectory, from.name, to: toDirectory, to.name, replacing: replaced, now: now)
    }

    /// C: linkat(2). Throws `noSuchFileOrDirectory` (the file has no name left, a parent is gone, or a slash is behind the new
    /// name), `notPermitted` (a directory), `fileExists`, `tooManyLinks`, `noSpace`, `permissionDenied`, `readOnlyFileSystem`.
    func link(_ request: NodeLink, _ now: Nanoseconds) throws(Errno) {
        let tree = try tree(request.fileSystem)
        let name = try LastName(request.toName)
        let directory = try directory(request.toDirectory, in: tree)
        guard let node = tree.node(request.node), node.links > 0 else { throw .noSuchFileOrDirectory }
        if node.kind == .directory { throw .notPermitted }
        try directory.check(Permission.execute, request.credentials)
        if name.isDots || tree.child(directory, name.name) != nil { throw .fileExists }
        if name.hasSlash { throw .noSuchFileOrDirectory }
        try tree.checkNaming(in: directory, request.credentials)
        if node.links >= Tree.linkLimit { throw .tooManyLinks }
        try tree.link(node, into: directory, as: name.name, now: now)
    }
}
