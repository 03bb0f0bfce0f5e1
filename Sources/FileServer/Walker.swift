import ABI

// Path resolution inside one tree (POSIX, "Pathname Resolution"). The walk and the operation at its end happen within one request,
// so nothing can come between them.

/// Where a walk ended.
enum WalkEnd {
    /// At a directory that was not looked up by a name of its own: the start (an empty path, or slashes alone), `.` or `..`.
    case place(Node, LastPart)
    /// At a name in a directory; `node` is `nil` if there is none of that name. A slash behind it asks for a directory.
    case entry(directory: Node, name: [UInt8], node: Node?, hasSlash: Bool)
    /// At the boundary of the tree.
    case outside(WalkResult)
}

/// How a path ends that does not end in a name.
enum LastPart {
    case start, dot, dotDot
}

/// What becomes of a symbolic link in the last component.
enum LastLink {
    /// It is meant itself.
    case keep
    /// It is followed if the path's flags say so, or if a slash is behind it.
    case byFlag
    /// The last component is not even looked up.
    case unresolved
}

/// One walk.
struct Walker {
    let tree: Tree
    let credentials: Credentials
    let isBeneath: Bool
    let followsLast: Bool
    var depth: UInt32
    var linksLeft: UInt8
    private var path: [UInt8]
    private var position = 0

    private static let slash = UInt8(ascii: "/")
    private static let dot = UInt8(ascii: ".")

    /// Throws `fileNameTooLong` for a path of `Limits.path` bytes or more, `invalidArgument` for one with a zero byte.
    init(_ walk: Walk, in tree: Tree) throws(Errno) {
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
    mutating func walk(from start: Node, lastLink: LastLink) throws(Errno) -> WalkEnd {
        var current = start
        var last = LastPart.start
        while true {
            skipSlashes()
            guard position < path.count else {
                // Slashes alone, or behind the last place, ask for a directory.
                if !path.isEmpty && current.kind != .directory { throw .notDirectory }
                return .place(current, last)
            }
            let name = component()
            let isLast = restIsSlashes
            guard current.kind == .directory else { throw .notDirectory }
            try current.check(Permission.execute, credentials)
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
                guard let parent = tree.node(current.parent) else { throw .noSuchFileOrDirectory }
                if isBeneath { depth -= 1 }
                if parent.isCovered { return entersMount(parent) }
                current = parent
                last = .dotDot
                continue
            }
            let child = tree.child(current, name)
            if let child, case .symbolicLink(let target) = child.content {
                let hasSlash = position < path.count
                if !isLast || (lastLink == .byFlag && (followsLast || hasSlash)) {
                    if let result = try follow(target) { return .outside(result) }
                    last = .start
                    continue
                }
            }
            if isLast {
                let hasSlash = position < path.count
                if let child, child.isCovered {
                    if isBeneath { depth += 1 }
                    return entersMount(child)
                }
                if lastLink == .byFlag, hasSlash, let child, child.kind != .directory { throw .notDirectory }
                return .entry(directory: current, name: name, node: child, hasSlash: hasSlash)
            }
            guard let child else { throw .noSuchFileOrDirectory }
            guard child.kind == .directory else { throw .notDirectory }
            if isBeneath {
                guard depth < .max else { throw .notCapable }
                depth += 1
            }
            if child.isCovered { return entersMount(child) }
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

    private mutating func entersMount(_ node: Node) -> WalkEnd {
        skipSlashes()
        return .outside(.entersMount(node.id, rest: Array(path[position...]), depth: depth, linksLeft: linksLeft))
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
