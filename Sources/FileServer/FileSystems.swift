package import ABI
package import ServerKit

// The trees of a server, what processes hold open in them, and the dispatch of every request to its operation. A driver owns one
// `FileSystems`, hands it each request, and does itself only what `FileAnswer` gives back.

/// What became of a request.
package enum FileAnswer {
    /// It is served.
    case answer(Answer)
    /// A read of a file whose bytes the driver fetches.
    case external(ExternalRead)
    /// An open of a file whose bytes the driver makes: it hands them to `FileSystems.finish` and answers `WalkResult.opened`, or takes
    /// the handle back by `FileSystems.abandon`.
    case generated(GeneratedOpen)
    /// A read, write, seek, size change, allocation or poll of a device: the driver decodes and serves it.
    case device(Description)
}

/// A read that the driver has to finish.
package struct ExternalRead {
    package var description: Description
    /// The file's number at the driver.
    package var file: UInt32
    package var position: Position
    /// Most bytes wanted; bounded by `Limits.transfer` and by the space for the reply.
    package var count: Int

    package init(description: Description, file: UInt32, position: Position, count: Int) {
        self.description = description
        self.file = file
        self.position = position
        self.count = count
    }
}

/// An open that the driver has to finish.
package struct GeneratedOpen {
    /// The file's number at the driver.
    package var file: UInt32
    /// Who opened it.
    package var process: ProcessIdentity
    package var opened: FileOpened

    package init(file: UInt32, process: ProcessIdentity, opened: FileOpened) {
        self.file = file
        self.process = process
        self.opened = opened
    }
}

/// The file systems of a server.
package struct FileSystems {
    package internal(set) var trees = OrderedMap<FileSystemID, Tree>()
    package internal(set) var handles: HandleTable<Description>
    var nextFileSystem: UInt32 = 1
    /// Requests that wait for a lock, and on which file.
    var lockWaits = OrderedMap<RequestKey, Node>()
    /// Requests whose locks were set while another was served. Empty between two inputs.
    var granted: [(key: RequestKey, error: Errno?)] = []

    /// File systems without a tree. Their handles have indices from `firstHandle` on, for a server that has others of its own.
    package init(firstHandle: UInt32 = 0) { handles = HandleTable(firstIndex: firstHandle) }

    /// Adds a tree, made by `build` for the next number.
    @discardableResult
    package mutating func add(_ build: (FileSystemID) -> Tree) -> Tree {
        let tree = build(FileSystemID(rawValue: nextFileSystem))
        nextFileSystem += 1
        trees[tree.id] = tree
        return tree
    }

    /// Takes a tree out. Throws `invalidArgument` if there is none, `resourceBusy` while handles are open in it.
    package mutating func remove(_ id: FileSystemID) throws(Errno) {
        let tree = try tree(id, otherwise: .invalidArgument)
        if tree.holders > 0 { throw .resourceBusy }
        trees[id] = nil
    }

    /// The tree of that number.
    func tree(_ id: FileSystemID, otherwise error: Errno = .staleFileHandle) throws(Errno) -> Tree {
        guard let tree = trees[id] else { throw error }
        return tree
    }

    /// Serves a request.
    package mutating func request(_ request: Request, _ context: inout Context) throws(Errno) -> FileAnswer {
        defer { answerGranted(&context) }
        return try serve(request, &context)
    }

    private mutating func serve(_ request: Request, _ context: inout Context) throws(Errno) -> FileAnswer {
        switch request.operation {
        case .walk:
            guard request.isFromResourceManager else { throw .notPermitted }
            return try walk(request, context)
        case .renameNode, .linkNode, .setMountPoint, .locate, .fileSystemOf, .share, .drop:
            guard request.isFromResourceManager else { throw .notPermitted }
            return .answer(try management(request, context))
        case .close: return .answer(try close(request))
        case .status: return .answer(try status(request))
        case .setTimes: return .answer(try setTimes(request, context))
        case .sync: return .answer(try sync(request))
        case .setDescriptionFlags: return .answer(try setDescriptionFlags(request))
        case .lock: return .answer(try lock(request))
        case .readDirectory: return .answer(try readDirectory(request, context))
        case .read, .write, .seek, .setSize, .allocate, .poll:
            let description = try description(request)
            if description.isDevice { return .device(description) }
            return try transfer(request, description, &context)
        default: throw .notSupported
        }
    }

    private mutating func walk(_ request: Request, _ context: Context) throws(Errno) -> FileAnswer {
        let walk = try request.decode(Walk.self)
        let result = try self.walk(walk, context.realTime)
        if case .opened(let opened) = result, let description = try? handles.object(opened.handle, of: walk.process),
            case .generated(let file) = description.node.content
        {
            return .generated(GeneratedOpen(file: file, process: walk.process, opened: opened))
        }
        return .answer(.body(result))
    }

    private mutating func management(_ request: Request, _ context: Context) throws(Errno) -> Answer {
        let now = context.realTime
        switch request.operation {
        case .renameNode: try rename(try request.decode(NodeRename.self), now)
        case .linkNode: try link(try request.decode(NodeLink.self), now)
        case .setMountPoint: try setMountPoint(try request.decode(SetMountPoint.self))
        case .locate: return .body(RawBytes(try locate(try request.decode(Locate.self))))
        case .fileSystemOf:
            let directory = try request.decode(DirectoryHandle.self)
            let description = try handles.object(directory.handle, of: directory.process)
            return .body(FileSystemCreated(fileSystem: description.tree.id))
        case .share: return .body(try share(try request.decode(Share.self)))
        case .drop: drop(try request.decode(Drop.self))
        default: throw .notSupported
        }
        return .done
    }

    private func transfer(
        _ request: Request, _ description: Description, _ context: inout Context
    ) throws(Errno) -> FileAnswer {
        switch request.operation {
        case .read: return try read(request, description, &context)
        case .write: return .answer(try write(request, description, context.realTime))
        case .seek: return .answer(try seek(request, description))
        case .setSize: return .answer(try setSize(request, description, context.realTime))
        case .allocate: return .answer(try allocate(request, description, context.realTime))
        case .poll: return .answer(try poll(request, description))
        default: throw .notSupported
        }
    }

    /// The description that a request by handle names: its first field. Throws `badFileDescriptor` unless it is the asker's.
    func description(_ request: Request) throws(Errno) -> Description {
        var reader = request.body
        return try handles.object(try reader.value(Handle.self), of: request.stamp.process)
    }

    // MARK: Generated files

    /// The bytes of a generated file are there. Throws `badFileDescriptor` if its handle was taken back meanwhile.
    package func finish(_ open: GeneratedOpen, _ text: [UInt8]) throws(Errno) {
        try handles.object(open.opened.handle, of: open.process).text = text
    }

    /// The open of a generated file came to nothing.
    package mutating func abandon(_ open: GeneratedOpen) {
        drop(Drop(process: open.process, handles: [open.opened.handle]))
    }

    // MARK: Handles

    /// Grants a description to a process. Throws `tooManyOpenFilesInSystem`.
    mutating func grant(_ description: Description, to process: ProcessIdentity) throws(Errno) -> Handle {
        let handle = try handles.grant(description, to: process)
        hold(description)
        return handle
    }

    /// There is a further handle to it.
    func hold(_ description: Description) {
        if description.holders == 0 { description.tree.hold(description.node) }
        description.holders += 1
    }

    /// A handle of a process to it is gone.
    mutating func released(_ description: Description, by process: ProcessIdentity) {
        releaseLocks(of: process, on: description.node)
        description.holders -= 1
        guard description.holders == 0 else { return }
        if description.node.locks.clear(.description(description)) { grant(description.node) }
        description.tree.unhold(description.node)
    }

    /// Releases all that a process held; answers the handles.
    @discardableResult
    package mutating func processGone(_ process: ProcessIdentity, _ context: inout Context) -> [Handle] {
        var gone: [Handle] = []
        for (handle, description) in handles.releaseAll(of: process) {
            released(description, by: process)
            gone.append(handle)
        }
        answerGranted(&context)
        return gone
    }

    /// Opens a device node for a process, as resmgr asks of the driver. Throws `tooManyOpenFilesInSystem`.
    ///
    /// The node may lie in this server's tree or in another's; in the latter case a node of its own stands for it.
    package mutating func openDevice(_ open: OpenDevice, in tree: Tree) throws(Errno) -> FileOpened {
        let node: Node
        if let own = tree.node(open.node.node), case .device(open.major, open.minor) = own.content {
            node = own
        } else {
            node = Node(
                .device(open.major, open.minor), mode: open.node.mode, user: open.node.user, group: open.node.group,
                now: open.node.changeTime)
            node.id = open.node.node
            node.links = open.node.links
        }
        let description = Description(tree, node, access: open.open.access, flags: open.open.flags, opener: node.user)
        let handle = try grant(description, to: open.process)
        return FileOpened(handle: handle, access: description.access, flags: description.flags, status: node.status)
    }
}
