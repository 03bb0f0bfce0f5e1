package import ABI

/// The resolution of one path across mounted file systems.
///
/// Each file system walks as far as it can; where it cannot go on (a covered directory, `..` at its root, an absolute symbolic
/// link) this says who goes on from where. What is left of the path travels with the answers, so nothing is resolved twice.
package struct PathWalk: Equatable, Sendable {
    /// Most answers that one resolution takes: every one but the last consumes a component or a link, so an honest server never
    /// comes near.
    static let hops = Limits.path + Limits.symbolicLinks

    package private(set) var directory: DirectoryReference
    private var flags: PathFlags
    private var depth: UInt32 = 0
    private var linksLeft = UInt8(Limits.symbolicLinks)
    private var path: [UInt8]
    private var hopsLeft = UInt32(PathWalk.hops)
    package let credentials: Credentials
    /// For whom a handle is made.
    package let process: ProcessIdentity
    package let operation: FinalOperation

    /// Throws `invalidArgument` for a zero in the path, `notCapable` for an absolute path that is to stay beneath its start,
    /// `fileNameTooLong` from `Limits.path` on, `ioError` if there is no root yet.
    package init(
        from start: DirectoryReference, flags: PathFlags, path: [UInt8], credentials: Credentials, process: ProcessIdentity,
        operation: FinalOperation, in mounts: MountTable
    ) throws(Errno) {
        guard path.count < Limits.path else { throw .fileNameTooLong }
        guard !path.contains(0) else { throw .invalidArgument }
        directory = start
        if path.first == PathWalk.slash {
            guard !flags.contains(.beneath) else { throw .notCapable }
            guard let root = mounts.root else { throw .ioError }
            directory = .known(root, .root)
        }
        self.flags = flags
        self.path = path
        self.credentials = credentials
        self.process = process
        self.operation = operation
    }

    private static let slash = UInt8(ascii: "/")

    /// Where the walk is; `nil` while that has to be asked.
    package var mount: MountNumber? {
        if case .known(let mount, _) = directory { return mount }
        return nil
    }

    /// What is to be asked next. Throws `ioError` if the file system is not there.
    package func question(in mounts: MountTable) throws(Errno) -> FileSystemQuestion {
        switch directory {
        case .unknown(let server, let process, let handle):
            return .fileSystemOf(server, DirectoryHandle(process: process, handle: handle))
        case .known(let mount, let start):
            let (server, fileSystem) = try mounts.served(mount)
            return .walk(
                server,
                Walk(
                    fileSystem: fileSystem, start: start, flags: flags, depth: depth, linksLeft: linksLeft, path: path,
                    credentials: credentials, process: process, operation: operation))
        }
    }

    /// The server said which file system the start is in. Throws `ioError` if that is not mounted.
    package mutating func learn(_ fileSystem: FileSystemID, in mounts: MountTable) throws(Errno) {
        guard case .unknown(let server, let process, let handle) = directory else { throw .ioError }
        directory = .known(try mounts.mount(answered: fileSystem, by: server), .handle(process, handle))
    }

    /// A file system answered: the result, or `nil` if the walk goes on elsewhere.
    ///
    /// Throws `ioError` for an answer that does not fit the question, `tooManySymbolicLinkLevels` when the answers do not end,
    /// `notCapable` for an absolute link that is to stay beneath the start, `fileNameTooLong` for one whose target is too long.
    package mutating func take(_ result: WalkResult, in mounts: MountTable) throws(Errno) -> WalkResult? {
        guard case .known(let mount, _) = directory else { throw .ioError }
        switch result {
        case .entersMount(let node, let rest, let depth, let linksLeft):
            guard let next = mounts.mount(on: MountPoint(mount: mount, node: node)) else { throw .ioError }
            try goOn(at: next, .root, rest, depth: depth, linksLeft: linksLeft)
        case .leavesRoot(let rest, let depth, let linksLeft):
            guard rest.starts(with: PathWalk.parentName) else { throw .ioError }
            if let point = mounts[mount]?.point {
                try goOn(at: point.mount, .node(point.node), rest, depth: depth, linksLeft: linksLeft)
            } else {
                // The root directory is its own parent.
                let remaining = rest.dropFirst(2).drop { $0 == PathWalk.slash }
                try goOn(at: mount, .root, Array(remaining), depth: depth, linksLeft: linksLeft)
            }
        case .absoluteLink(let rest, let linksLeft):
            guard !flags.contains(.beneath) else { throw .notCapable }
            guard rest.count < Limits.path else { throw .fileNameTooLong }
            guard let root = mounts.root else { throw .ioError }
            try goOn(at: root, .root, rest, depth: 0, linksLeft: linksLeft)
        default:
            guard operation.accepts(result) else { throw .ioError }
            return result
        }
        return nil
    }

    private static let parentName = [UInt8(ascii: "."), UInt8(ascii: ".")]

    private mutating func goOn(
        at mount: MountNumber, _ start: WalkStart, _ rest: [UInt8], depth: UInt32, linksLeft: UInt8
    ) throws(Errno) {
        guard hopsLeft > 0 else { throw .tooManySymbolicLinkLevels }
        hopsLeft -= 1
        directory = .known(mount, start)
        path = rest
        // Nothing left means the directory itself, which only this flag lets an empty path name.
        if rest.isEmpty { flags.insert(.empty) }
        self.depth = depth
        self.linksLeft = min(self.linksLeft, linksLeft)
    }
}

extension FinalOperation {
    /// Whether a file system may answer this with that (the answers that end a walk).
    func accepts(_ result: WalkResult) -> Bool {
        switch (self, result) {
        case (.open, .opened), (.open, .device), (.open, .descriptor), (.status, .status), (.readLink, .target), (.resolve, .node),
            (.parent, .parent):
            return true
        case (.setTimes, .nothing), (.setMode, .nothing), (.setOwner, .nothing), (.setSize, .nothing), (.access, .nothing),
            (.makeDirectory, .nothing), (.removeDirectory, .nothing), (.unlink, .nothing), (.symbolicLink, .nothing):
            return true
        default:
            return false
        }
    }
}

extension PathWalk: Wire {
    package init(from reader: inout Reader) throws(Errno) {
        directory = try reader.value(DirectoryReference.self)
        flags = try reader.value(PathFlags.self)
        depth = try reader.u32()
        linksLeft = try reader.u8()
        path = try reader.bytes()
        hopsLeft = try reader.u32()
        credentials = try reader.value(Credentials.self)
        process = try reader.value(ProcessIdentity.self)
        operation = try reader.value(FinalOperation.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(directory)
        writer.value(flags)
        writer.u32(depth)
        writer.u8(linksLeft)
        writer.bytes(path)
        writer.u32(hopsLeft)
        writer.value(credentials)
        writer.value(process)
        writer.value(operation)
    }
}
