import ABI
import FileServer
import Glibc
import ServerKit

// `walk`: the path, then its final operation.

extension HostFS {
    /// Resolves a path and does one thing at its end. Each operation's errors are told at its case of `FinalOperation`.
    mutating func walk(_ walk: Walk) throws(Errno) -> WalkResult {
        let tree = try tree(walk.fileSystem)
        let start = try node(walk.start, in: tree)
        if walk.path.isEmpty && !walk.flags.contains(.empty) { throw .noSuchFileOrDirectory }
        if start.kind != .directory && !walk.path.isEmpty { throw .notDirectory }
        var walker = try Walker(walk, in: tree)
        let end = try walker.walk(from: start, lastLink: walk.operation.lastLink)
        if case .outside(let result) = end { return result }
        let credentials = walk.credentials
        switch walk.operation {
        case .open(let file): return try open(file, end, walk, tree)
        case .makeDirectory(let mode): try tree.makeDirectory(mode, end, credentials)
        case .symbolicLink(let target): try tree.symbolicLink(target, end, credentials)
        case .removeDirectory: try tree.removeDirectory(end, credentials)
        case .unlink: try tree.unlink(end, credentials)
        case .parent: return try end.parent(in: tree)
        case .status: return .status(try tree.status(try end.existing()))
        case .setTimes(let times):
            let node = try end.existing()
            try tree.checkTimes(times, node, user: credentials.user) { () throws(Errno) in
                try tree.check(Permission.write, node, credentials)
            }
            try tree.setTimes(times, try tree.file(of: node))
        case .setMode(let mode): try tree.setMode(mode, try end.existing(), credentials)
        case .setOwner(let user, let group): try tree.setOwner(user, group, try end.existing(), credentials)
        case .setSize(let size): try tree.setSize(size, try end.existing(), credentials)
        case .access(let mask): try tree.access(mask, try end.existing(), credentials)
        case .readLink:
            guard let target = try tree.linkTarget(try end.existing()) else { throw .invalidArgument }
            return .target(target)
        case .resolve:
            let node = try end.existing()
            return .node(node.id, node.kind)
        }
        return .nothing
    }

    /// Where a walk begins.
    private func node(_ start: WalkStart, in tree: HostTree) throws(Errno) -> HostNode {
        switch start {
        case .root: return tree.root
        case .node(let id):
            guard let node = tree.node(id) else { throw .noSuchFileOrDirectory }
            return node
        case .handle(let process, let handle):
            let description = try handles.object(handle, of: process)
            guard description.tree === tree else { throw .badFileDescriptor }
            return description.node
        }
    }

    /// Throws `noSuchFileOrDirectory`, `notDirectory`.
    func setMountPoint(_ request: SetMountPoint) throws(Errno) {
        let tree = try tree(request.fileSystem)
        guard let node = tree.node(request.node) else { throw .noSuchFileOrDirectory }
        guard node.kind == .directory else { throw .notDirectory }
        _ = try tree.file(of: node)
        node.isCovered = request.isCovered
    }

    /// The path of a directory from the root of its file system: `/`, or `/a/b`. Throws `noSuchFileOrDirectory` if it was removed or
    /// is no longer below the root, `notDirectory`, `fileNameTooLong`.
    func locate(_ request: Locate) throws(Errno) -> [UInt8] {
        let tree = try tree(request.fileSystem)
        let node = try node(request.start, in: tree)
        guard node.kind == .directory else { throw .notDirectory }
        let slash = UInt8(ascii: "/")
        if node === tree.root { return [slash] }
        let file = try tree.file(of: node)
        if try file.status().st_nlink == 0 { throw .noSuchFileOrDirectory }
        var root = try tree.file(of: tree.root).location()
        if root == [slash] { root = [] }
        let path = try file.location()
        guard path.starts(with: root), path.count > root.count, path[root.count] == slash else { throw .noSuchFileOrDirectory }
        return Array(path[root.count...])
    }
}
