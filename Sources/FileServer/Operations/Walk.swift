package import ABI
import ServerKit

// `walk`: the path, then its final operation.

extension FileSystems {
    /// Resolves a path and does one thing at its end. Each operation's errors are told at its case of `FinalOperation`.
    mutating func walk(_ walk: Walk, _ now: Nanoseconds) throws(Errno) -> WalkResult {
        let tree = try tree(walk.fileSystem)
        let start = try node(walk.start, in: tree)
        if walk.path.isEmpty && !walk.flags.contains(.empty) { throw .noSuchFileOrDirectory }
        if start.kind != .directory && !walk.path.isEmpty { throw .notDirectory }
        var walker = try Walker(walk, in: tree)
        let end = try walker.walk(from: start, lastLink: walk.operation.lastLink)
        if case .outside(let result) = end { return result }
        switch walk.operation {
        case .open(let file): return try open(file, end, walk, tree, now)
        case .makeDirectory(let mode): try makeDirectory(mode, end, walk.credentials, tree, now)
        case .symbolicLink(let target): try symbolicLink(target, end, walk.credentials, tree, now)
        case .removeDirectory: try removeDirectory(end, walk.credentials, tree, now)
        case .unlink: try unlink(end, walk.credentials, tree, now)
        case .parent: return try end.parent(in: tree)
        case .status: return .status(try end.existing().status)
        case .setTimes(let times): try setTimes(times, try end.existing(), walk.credentials, tree, now)
        case .setMode(let mode): try setMode(mode, try end.existing(), walk.credentials, tree, now)
        case .setOwner(let user, let group): try setOwner(user, group, try end.existing(), walk.credentials, tree, now)
        case .setSize(let size): try setSize(size, try end.existing(), walk.credentials, tree, now)
        case .access(let mask): try access(mask, try end.existing(), walk.credentials, tree)
        case .readLink: return .target(try readLink(try end.existing()))
        case .resolve:
            let node = try end.existing()
            return .node(node.id, node.kind)
        }
        return .nothing
    }

    /// Where a walk begins.
    func node(_ start: WalkStart, in tree: Tree) throws(Errno) -> Node {
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
}

extension WalkEnd {
    /// The directory that the last component is in, and the component. Throws `notDirectory` for a start that is none.
    package func parent<Walked: WalkableTree>(in tree: Walked) throws(Errno) -> WalkResult where Walked.WalkNode == Node {
        switch self {
        case .place(let node, _):
            guard tree.isDirectory(node) else { throw .notDirectory }
            return .parent(tree.number(of: node), [UInt8(ascii: ".")])
        case .entry(let directory, let name, _, let hasSlash):
            return .parent(tree.number(of: directory), hasSlash ? name + [UInt8(ascii: "/")] : name)
        case .outside(let result): return result
        }
    }
}

extension FinalOperation {
    /// What it makes of a symbolic link at the end.
    package var lastLink: LastLink {
        switch self {
        case .open(let file): return file.open.isSuperset(of: [.create, .exclusive]) ? .keep : .byFlag
        case .status, .setTimes, .setMode, .setOwner, .setSize, .access, .readLink, .resolve: return .byFlag
        case .makeDirectory, .symbolicLink, .removeDirectory, .unlink: return .keep
        case .parent: return .unresolved
        }
    }
}
