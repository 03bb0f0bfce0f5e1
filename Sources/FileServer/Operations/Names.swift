import ABI
import ServerKit

// What makes and removes names: mkdir, rmdir, unlink, symlink.

extension FileSystems {
    /// C: mkdirat(2). Throws `fileExists`, `noSuchFileOrDirectory`, `permissionDenied`, `readOnlyFileSystem`, `noSpace`.
    func makeDirectory(
        _ mode: UInt16, _ end: WalkEnd<Node>, _ credentials: Credentials, _ tree: Tree, _ now: Nanoseconds
    ) throws(Errno) {
        guard case .entry(let directory, let name, nil, _) = end else { throw .fileExists }
        try tree.checkNaming(in: directory, credentials)
        if directory.links == .max { throw .tooManyLinks }
        // A directory inherits the set-group-id bit, so that the rule holds for all that is below.
        let node = Node(
            .directory(Directory()), mode: mode & 0o1777 | directory.mode & 0o2000, user: credentials.user,
            group: newGroup(in: directory, credentials), now: now)
        try add(node, to: directory, as: name, tree, now)
    }

    /// C: symlinkat(2). Throws as `makeDirectory`, and `noSuchFileOrDirectory` for an empty target or a slash behind the name,
    /// `fileNameTooLong` for a target of `Limits.path` bytes or more, `invalidArgument` for one with a zero byte.
    func symbolicLink(
        _ target: [UInt8], _ end: WalkEnd<Node>, _ credentials: Credentials, _ tree: Tree, _ now: Nanoseconds
    ) throws(Errno) {
        if target.isEmpty { throw .noSuchFileOrDirectory }
        if target.count >= Limits.path { throw .fileNameTooLong }
        if target.contains(0) { throw .invalidArgument }
        guard case .entry(let directory, let name, nil, let hasSlash) = end else { throw .fileExists }
        if hasSlash { throw .noSuchFileOrDirectory }
        try tree.checkNaming(in: directory, credentials)
        let node = Node(
            .symbolicLink(target), mode: 0o777, user: credentials.user, group: newGroup(in: directory, credentials), now: now)
        try add(node, to: directory, as: name, tree, now)
    }

    private func add(_ node: Node, to directory: Node, as name: [UInt8], _ tree: Tree, _ now: Nanoseconds) throws(Errno) {
        try tree.checkRoom(Tree.nodeCost + node.size + Tree.entryCost)
        try tree.insert(node)
        try tree.link(node, into: directory, as: name, now: now)
    }

    /// C: unlinkat(2) with AT_REMOVEDIR. Throws `notDirectory`, `directoryNotEmpty` (`..` too), `resourceBusy` (a root or a covered
    /// directory), `invalidArgument` (`.`), `permissionDenied`, `notPermitted` (sticky bit), `readOnlyFileSystem`.
    func removeDirectory(_ end: WalkEnd<Node>, _ credentials: Credentials, _ tree: Tree, _ now: Nanoseconds) throws(Errno) {
        switch end {
        case .place(let node, .start): throw node === tree.root ? .resourceBusy : .invalidArgument
        case .place(_, .dot): throw .invalidArgument
        case .place(_, .dotDot): throw .directoryNotEmpty
        case .outside, .entry(_, _, nil, _): throw .noSuchFileOrDirectory
        case .entry(let directory, let name, let node?, _):
            guard let entries = node.directory else { throw .notDirectory }
            try tree.checkRemoval(of: node, from: directory, credentials)
            guard entries.isEmpty else { throw .directoryNotEmpty }
            tree.unlink(node, from: directory, as: name, now: now)
        }
    }

    /// C: unlinkat(2). Throws `isDirectory` (as Linux; POSIX says EPERM), `notDirectory` (a slash behind a file's name), and as
    /// `removeDirectory` for permissions. The file lives on while it is open.
    func unlink(_ end: WalkEnd<Node>, _ credentials: Credentials, _ tree: Tree, _ now: Nanoseconds) throws(Errno) {
        switch end {
        case .place(let node, _): throw node.kind == .directory ? .isDirectory : .invalidArgument
        case .outside, .entry(_, _, nil, _): throw .noSuchFileOrDirectory
        case .entry(let directory, let name, let node?, let hasSlash):
            if node.kind == .directory { throw .isDirectory }
            if hasSlash { throw .notDirectory }
            try tree.checkRemoval(of: node, from: directory, credentials)
            tree.unlink(node, from: directory, as: name, now: now)
        }
    }
}
