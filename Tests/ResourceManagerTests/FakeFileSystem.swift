import ABI
import ServerKit

/// A node of a `FakeFileServer`.
struct FakeNode {
    var kind: FileKind
    var mode: UInt16 = 0o755
    var parent = NodeID.none
    var entries: [(name: [UInt8], node: NodeID)] = []
    var target: [UInt8] = []
    var major = MajorNumber.none
    var minor: UInt32 = 0
    var isCovered = false
    var size: UInt64 = 0

    func entry(_ name: [UInt8]) -> NodeID? { entries.first { $0.name == name }?.node }
}

struct FakeGrant: Equatable {
    var fileSystem: FileSystemID
    var node: NodeID
}

/// A file server as simple as can be: it walks, opens, shares, mounts. One file system per number, all in memory.
final class FakeFileServer {
    var fileSystems: [UInt32: [NodeID: FakeNode]] = [:]
    var handles = HandleTable<FakeGrant>()
    private var nextNode: UInt32 = 1
    private var nextFileSystem: UInt32 = 1
    /// Handles of processes that were open when the server said `resourceBusy` count here.
    static let root = NodeID(index: 0, generation: 1)

    init() { _ = makeFileSystem() }

    func makeFileSystem() -> FileSystemID {
        let id = FileSystemID(rawValue: nextFileSystem)
        nextFileSystem += 1
        var root = FakeNode(kind: .directory)
        root.parent = FakeFileServer.root
        fileSystems[id.rawValue] = [FakeFileServer.root: root]
        return id
    }

    /// Makes a node at an absolute path of file system 1, with its directories.
    @discardableResult
    func make(
        _ path: String, _ kind: FileKind, target: String = "", major: MajorNumber = .none, minor: UInt32 = 0,
        mode: UInt16 = 0o755, fileSystem: UInt32 = 1
    ) -> NodeID {
        var directory = FakeFileServer.root
        let names = path.utf8.split(separator: UInt8(ascii: "/")).map { Array($0) }
        for (index, name) in names.enumerated() {
            if let next = fileSystems[fileSystem]![directory]!.entry(name) {
                directory = next
                continue
            }
            let isLast = index == names.count - 1
            let id = NodeID(index: nextNode, generation: 1)
            nextNode += 1
            var node = FakeNode(kind: isLast ? kind : .directory, mode: mode)
            node.parent = directory
            node.target = Array(target.utf8)
            node.major = major
            node.minor = minor
            node.size = kind == .regular ? 1000 : 0
            fileSystems[fileSystem]![id] = node
            fileSystems[fileSystem]![directory]!.entries.append((name, id))
            directory = id
        }
        return directory
    }

    func status(_ fileSystem: FileSystemID, _ id: NodeID) throws(Errno) -> FileStatus {
        guard let node = fileSystems[fileSystem.rawValue]?[id] else { throw .noSuchFileOrDirectory }
        return FileStatus(
            device: 0, node: id, kind: node.kind, mode: node.mode, links: 1, user: .root, group: GroupID(rawValue: 0),
            size: node.size, blocks: 0, major: node.major, minor: node.minor, accessTime: .zero, modificationTime: .zero,
            changeTime: .zero)
    }

    /// Serves one request of resmgr.
    func serve(_ operation: ABI.Operation, _ body: [UInt8]) throws(Errno) -> [UInt8] {
        var reader = Reader(body)
        var writer = Writer()
        switch operation {
        case .walk: writer.value(try walk(try reader.value(Walk.self)))
        case .share:
            let share = try reader.value(Share.self)
            var objects: [FakeGrant] = []
            for handle in share.handles { objects.append(try handles.object(handle, of: share.from)) }
            var granted: [Handle] = []
            for object in objects { granted.append(try handles.grant(object, to: share.to)) }
            writer.value(ShareResult(handles: granted))
        case .createFileSystem: writer.value(FileSystemCreated(fileSystem: makeFileSystem()))
        case .destroyFileSystem:
            let id = try reader.value(OneFileSystem.self).fileSystem
            guard fileSystems[id.rawValue] != nil else { throw .invalidArgument }
            guard !handles.all.contains(where: { $0.object.fileSystem == id }) else { throw .resourceBusy }
            fileSystems[id.rawValue] = nil
        case .setMountPoint:
            let point = try reader.value(SetMountPoint.self)
            guard fileSystems[point.fileSystem.rawValue]?[point.node]?.kind == .directory else { throw .notDirectory }
            fileSystems[point.fileSystem.rawValue]![point.node]!.isCovered = point.isCovered
        case .locate:
            let locate = try reader.value(Locate.self)
            var node = try begin(locate.fileSystem, locate.start)
            var path: [UInt8] = []
            while node != FakeFileServer.root {
                let parent = fileSystems[locate.fileSystem.rawValue]![node]!.parent
                guard let entry = fileSystems[locate.fileSystem.rawValue]![parent]!.entries.first(where: { $0.node == node })
                else { throw .noSuchFileOrDirectory }
                path = [UInt8(ascii: "/")] + entry.name + path
                node = parent
            }
            writer.value(RawBytes(path.isEmpty ? [UInt8(ascii: "/")] : path))
        case .fileSystemOf:
            let directory = try reader.value(DirectoryHandle.self)
            writer.value(FileSystemCreated(fileSystem: try handles.object(directory.handle, of: directory.process).fileSystem))
        case .renameNode: try rename(try reader.value(NodeRename.self))
        case .linkNode: try link(try reader.value(NodeLink.self))
        default: throw .notSupported
        }
        return writer.bytes
    }

    private func rename(_ rename: NodeRename) throws(Errno) {
        guard let nodes = fileSystems[rename.fileSystem.rawValue] else { throw .staleFileHandle }
        guard let node = nodes[rename.fromDirectory]?.entry(rename.fromName) else { throw .noSuchFileOrDirectory }
        guard let target = nodes[rename.toDirectory], target.kind == .directory else { throw .notDirectory }
        guard target.entry(rename.toName) == nil else { throw .fileExists }
        // A directory that came to lie in itself would have no way up to the root.
        var above = rename.toDirectory
        while above != FakeFileServer.root {
            guard above != node, let parent = nodes[above]?.parent else { throw .invalidArgument }
            above = parent
        }
        fileSystems[rename.fileSystem.rawValue]![rename.fromDirectory]!.entries.removeAll { $0.name == rename.fromName }
        fileSystems[rename.fileSystem.rawValue]![rename.toDirectory]!.entries.append((rename.toName, node))
        fileSystems[rename.fileSystem.rawValue]![node]!.parent = rename.toDirectory
    }

    private func link(_ link: NodeLink) throws(Errno) {
        guard let nodes = fileSystems[link.fileSystem.rawValue] else { throw .staleFileHandle }
        guard let node = nodes[link.node], let target = nodes[link.toDirectory] else { throw .noSuchFileOrDirectory }
        guard node.kind != .directory else { throw .notPermitted }
        guard target.entry(link.toName) == nil else { throw .fileExists }
        fileSystems[link.fileSystem.rawValue]![link.toDirectory]!.entries.append((link.toName, link.node))
    }

    private func begin(_ fileSystem: FileSystemID, _ start: WalkStart) throws(Errno) -> NodeID {
        guard fileSystems[fileSystem.rawValue] != nil else { throw .ioError }
        switch start {
        case .root: return FakeFileServer.root
        case .node(let node):
            guard fileSystems[fileSystem.rawValue]![node] != nil else { throw .noSuchFileOrDirectory }
            return node
        case .handle(let process, let handle):
            let grant = try handles.object(handle, of: process)
            guard grant.fileSystem == fileSystem else { throw .badFileDescriptor }
            return grant.node
        }
    }

    private func walk(_ walk: Walk) throws(Errno) -> WalkResult {
        let slash = UInt8(ascii: "/")
        var node = try begin(walk.fileSystem, walk.start)
        var rest = walk.path
        var depth = walk.depth
        var linksLeft = walk.linksLeft
        if rest.isEmpty {
            guard walk.flags.contains(.empty) else { throw .noSuchFileOrDirectory }
            return try finish(walk, node)
        }
        while true {
            let nodes = fileSystems[walk.fileSystem.rawValue]!
            rest = Array(rest.drop { $0 == slash })
            if rest.isEmpty { return try finish(walk, node) }
            let name = Array(rest.prefix { $0 != slash })
            let after = Array(rest.dropFirst(name.count))
            let isLast = after.allSatisfy { $0 == slash }
            guard nodes[node]!.kind == .directory else { throw .notDirectory }
            if isLast, case .parent = walk.operation { return .parent(node, rest) }
            if name == Array("..".utf8) {
                if walk.flags.contains(.beneath) && depth == 0 { throw .notCapable }
                if node == FakeFileServer.root { return .leavesRoot(rest: rest, depth: depth, linksLeft: linksLeft) }
                node = nodes[node]!.parent
                if depth > 0 { depth -= 1 }
                rest = after
                continue
            }
            if name == Array(".".utf8) {
                rest = after
                continue
            }
            guard let next = nodes[node]!.entry(name) else {
                if isLast, make(walk, name, in: node) { return .nothing }
                throw .noSuchFileOrDirectory
            }
            if isLast, try remove(walk, name, next, from: node) { return .nothing }
            let found = nodes[next]!
            if found.kind == .symbolicLink && (!isLast || walk.flags.contains(.followLast)) {
                guard linksLeft > 0 else { throw .tooManySymbolicLinkLevels }
                linksLeft -= 1
                if found.target.first == slash { return .absoluteLink(rest: found.target + after, linksLeft: linksLeft) }
                rest = found.target + after
                continue
            }
            depth += 1
            if found.isCovered {
                return .entersMount(next, rest: Array(after.drop { $0 == slash }), depth: depth, linksLeft: linksLeft)
            }
            node = next
            rest = after
        }
    }

    /// Makes a name if that is what the walk is for.
    private func make(_ walk: Walk, _ name: [UInt8], in directory: NodeID) -> Bool {
        var node: FakeNode
        switch walk.operation {
        case .makeDirectory: node = FakeNode(kind: .directory)
        case .symbolicLink(let target):
            node = FakeNode(kind: .symbolicLink)
            node.target = target
        default: return false
        }
        node.parent = directory
        let id = NodeID(index: nextNode, generation: 1)
        nextNode += 1
        fileSystems[walk.fileSystem.rawValue]![id] = node
        fileSystems[walk.fileSystem.rawValue]![directory]!.entries.append((name, id))
        return true
    }

    /// Takes a name away if that is what the walk is for; the node stays, as an open one would.
    private func remove(_ walk: Walk, _ name: [UInt8], _ id: NodeID, from directory: NodeID) throws(Errno) -> Bool {
        guard let node = fileSystems[walk.fileSystem.rawValue]?[id] else { throw .noSuchFileOrDirectory }
        switch walk.operation {
        case .unlink: if node.kind == .directory { throw .isDirectory }
        case .removeDirectory:
            if node.kind != .directory { throw .notDirectory }
            if node.isCovered { throw .resourceBusy }
            if !node.entries.isEmpty { throw .directoryNotEmpty }
        default: return false
        }
        fileSystems[walk.fileSystem.rawValue]![directory]!.entries.removeAll { $0.name == name }
        return true
    }

    private func finish(_ walk: Walk, _ node: NodeID) throws(Errno) -> WalkResult {
        let status = try status(walk.fileSystem, node)
        switch walk.operation {
        case .open(let file):
            if status.kind == .characterDevice { return .device(status.major, status.minor, status) }
            if file.access.contains(.execute) && (status.kind != .regular || status.mode & 0o111 == 0) {
                throw .permissionDenied
            }
            if file.open.contains(.directory) && status.kind != .directory { throw .notDirectory }
            let handle = try handles.grant(FakeGrant(fileSystem: walk.fileSystem, node: node), to: walk.process)
            return .opened(FileOpened(handle: handle, access: file.access, flags: file.flags, status: status))
        case .status: return .status(status)
        case .resolve: return .node(node, status.kind)
        case .readLink:
            if status.kind != .symbolicLink { throw .invalidArgument }
            return .target(fileSystems[walk.fileSystem.rawValue]![node]!.target)
        case .makeDirectory, .symbolicLink: throw .fileExists
        case .removeDirectory, .unlink: throw .resourceBusy
        case .parent: return .parent(node, Array(".".utf8))
        case .setTimes, .setMode, .setOwner, .setSize, .access: return .nothing
        }
    }
}

/// A terminal driver as simple as can be.
final class FakeTerminals {
    var handles = HandleTable<UInt32>()
    var session = SessionID.none
    var foreground = ProcessGroupID.none

    func serve(_ operation: ABI.Operation, _ body: [UInt8]) throws(Errno) -> [UInt8] {
        var reader = Reader(body)
        var writer = Writer()
        switch operation {
        case .openDevice:
            let open = try reader.value(OpenDevice.self)
            guard open.minor == 1 else { throw .noSuchAddressOrDevice }
            let handle = try handles.grant(open.minor, to: open.process)
            writer.value(FileOpened(handle: handle, access: open.open.access, flags: open.open.flags, status: open.node))
        case .share:
            let share = try reader.value(Share.self)
            var objects: [UInt32] = []
            for handle in share.handles { objects.append(try handles.object(handle, of: share.from)) }
            var granted: [Handle] = []
            for object in objects { granted.append(try handles.grant(object, to: share.to)) }
            writer.value(ShareResult(handles: granted))
        case .setControllingTerminal:
            let request = try reader.value(SetControllingTerminal.self)
            let minor = try handles.object(request.handle, of: request.process)
            session = request.session
            foreground = request.group
            writer.value(SessionTerminal(minor: minor))
        case .foreground:
            let request = try reader.value(Foreground.self)
            guard request.session == session else { throw .inappropriateIOControl }
            writer.value(ForegroundGroup(group: foreground))
            foreground = request.group
            if request.group == .none { session = .none }
        default: throw .notSupported
        }
        return writer.bytes
    }
}
