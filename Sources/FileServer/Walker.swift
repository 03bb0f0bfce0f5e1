package import ABI

// Path resolution inside one tree (POSIX, "Pathname Resolution"). The walk and the operation at its end happen within one request,
// so nothing can come between them.

/// What a walk asks of a tree: one kept in memory (`Tree`), or another that a driver finds elsewhere.
package protocol WalkableTree {
    associatedtype WalkNode: AnyObject
    /// Where `..` leads out.
    var root: WalkNode { get }
    func isDirectory(_ node: WalkNode) -> Bool
    /// Its number, which is told where a walk goes on elsewhere.
    func number(of node: WalkNode) -> NodeID
    /// The target of a symbolic link; `nil` for everything else.
    func linkTarget(_ node: WalkNode) throws(Errno) -> [UInt8]?
    /// What a name other than `.` and `..` means in a directory, the symbolic link itself if it is one; `nil` if there is none.
    func child(_ directory: WalkNode, _ name: [UInt8]) throws(Errno) -> WalkNode?
    /// The directory that a directory other than the root is in. Throws `noSuchFileOrDirectory` if it is gone.
    func parent(of directory: WalkNode) throws(Errno) -> WalkNode
    /// Whether something is mounted on a directory.
    func isCovered(_ directory: WalkNode) -> Bool
    /// Throws `permissionDenied` if names may not be looked up in a directory.
    func checkSearch(_ directory: WalkNode, _ credentials: Credentials) throws(Errno)
}

/// Where a walk ended.
package enum WalkEnd<Node: AnyObject> {
    /// At a directory that was not looked up by a name of its own: the start (an empty path, or slashes alone), `.` or `..`.
    case place(Node, LastPart)
    /// At a name in a directory; `node` is `nil` if there is none of that name. A slash behind it asks for a directory.
    case entry(directory: Node, name: [UInt8], node: Node?, hasSlash: Bool)
    /// At the boundary of the tree.
    case outside(WalkResult)

    /// The file there. Throws `noSuchFileOrDirectory` if there is none.
    package func existing() throws(Errno) -> Node {
        switch self {
        case .place(let node, _): return node
        case .entry(_, _, let node?, _): return node
        case .entry, .outside: throw .noSuchFileOrDirectory
        }
    }
}

/// How a path ends that does not end in a name.
package enum LastPart {
    case start, dot, dotDot
}

/// What becomes of a symbolic link in the last component.
package enum LastLink {
    /// It is meant itself.
    case keep
    /// It is followed if the path's flags say so, or if a slash is behind it.
    case byFlag
    /// The last component is not even looked up.
    case unresolved
}

/// One walk.
package struct Walker<Walked: WalkableTree> {
    package typealias Node = Walked.WalkNode

    private let tree: Walked
    private let credentials: Credentials
    private let isBeneath: Bool
    private let followsLast: Bool
    private var depth: UInt32
    private var linksLeft: UInt8
    private var path: [UInt8]
    private var position = 0

    private static var slash: UInt8 { UInt8(ascii: "/") }
    private static var dot: UInt8 { UInt8(ascii: ".") }

    /// Throws `fileNameTooLong` for a path of `Limits.path` bytes or more, `invalidArgument` for one with a zero byte.
    package init(_ walk: Walk, in tree: Walked) throws(Errno) {
        self.tree = tree
        credentials = walk.credentials
        isBeneath = walk.flags.contains(.beneath)
        followsLast = walk.flags.contains(.followLast)
        depth = walk.depth
        linksLeft = walk.linksLeft
        path = walk.path
        if path.count >= Limits.path { throw .fileNameTooLong }
        if path.contains(0) { throw .invalidArgument }
    }

    /// Walks from `start` to the end. Throws `notDirectory`, `permissionDenied` (search), `noSuchFileOrDirectory` (of a directory on
    /// the way), `fileNameTooLong`, `tooManySymbolicLinkLevels`, `notCapable` (under `beneath`).
    package mutating func walk(from start: Node, lastLink: LastLink) throws(Errno) -> WalkEnd<Node> {
        var current = start
        var last = LastPart.start
        while true {
            skipSlashes()
            guard position < path.count else {
                // Slashes alone, or behind the last place, ask for a directory.
                if !path.isEmpty && !tree.isDirectory(current) { throw .notDirectory }
                return .place(current, last)
            }
            let name = component()
            let isLast = restIsSlashes
            guard tree.isDirectory(current) else { throw .notDirectory }
            try tree.checkSearch(current, credentials)
            if name.count > Limits.name { throw .fileNameTooLong }
            if lastLink == .unresolved && isLast {
                return .entry(directory: current, name: name, node: nil, hasSlash: position < path.count)
            }
            if name == [Walker.dot] {
                last = .dot
                continue
            }
            if name == [Walker.dot, Walker.dot] {
                if isBeneath && depth == 0 { throw .notCapable }
                if current === tree.root {
                    return .outside(.leavesRoot(rest: name + path[position...], depth: depth, linksLeft: linksLeft))
                }
                let parent = try tree.parent(of: current)
                if isBeneath { depth -= 1 }
                if tree.isCovered(parent) { return entersMount(parent) }
                current = parent
                last = .dotDot
                continue
            }
            let child = try tree.child(current, name)
            let hasSlash = position < path.count
            let follows = !isLast || (lastLink == .byFlag && (followsLast || hasSlash))
            if follows, let child, let target = try tree.linkTarget(child) {
                if let result = try follow(target) { return .outside(result) }
                last = .start
                continue
            }
            if isLast {
                if let child, tree.isCovered(child) {
                    if isBeneath { depth += 1 }
                    return entersMount(child)
                }
                if lastLink == .byFlag, hasSlash, let child, !tree.isDirectory(child) { throw .notDirectory }
                return .entry(directory: current, name: name, node: child, hasSlash: hasSlash)
            }
            guard let child else { throw .noSuchFileOrDirectory }
            guard tree.isDirectory(child) else { throw .notDirectory }
            if isBeneath {
                guard depth < .max else { throw .notCapable }
                depth += 1
            }
            if tree.isCovered(child) { return entersMount(child) }
            current = child
            last = .start
        }
    }

    /// Puts a link's target in the place of the component that was just read. Answers a result if it leads out of the tree.
    private mutating func follow(_ target: [UInt8]) throws(Errno) -> WalkResult? {
        guard linksLeft > 0 else { throw .tooManySymbolicLinkLevels }
        linksLeft -= 1
        let expanded = target + path[position...]
        if expanded.count >= Limits.path { throw .fileNameTooLong }
        if target.first == Walker.slash {
            if isBeneath { throw .notCapable }
            return .absoluteLink(rest: expanded, linksLeft: linksLeft)
        }
        path = expanded
        position = 0
        return nil
    }

    private mutating func entersMount(_ node: Node) -> WalkEnd<Node> {
        skipSlashes()
        return .outside(.entersMount(tree.number(of: node), rest: Array(path[position...]), depth: depth, linksLeft: linksLeft))
    }

    private mutating func skipSlashes() {
        while position < path.count && path[position] == Walker.slash { position += 1 }
    }

    private mutating func component() -> [UInt8] {
        let start = position
        while position < path.count && path[position] != Walker.slash { position += 1 }
        return Array(path[start..<position])
    }

    private var restIsSlashes: Bool {
        var index = position
        while index < path.count {
            if path[index] != Walker.slash { return false }
            index += 1
        }
        return true
    }
}
