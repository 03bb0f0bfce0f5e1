package import ABI

/// Finds the absolute path of a directory: its place in its own file system, then that of each directory mounted on.
package struct LocationWalk: Equatable, Sendable {
    private var directory: DirectoryReference
    /// What was found so far, without slashes at either end.
    private var found: [UInt8] = []
    private var mountsLeft = UInt32(MountTable.capacity)

    package init(of directory: DirectoryReference) { self.directory = directory }

    /// Whether it is known which file system the directory is in.
    package var isPlaced: Bool {
        if case .known = directory { return true }
        return false
    }

    private static let slash = UInt8(ascii: "/")

    /// What is to be asked next. Throws `ioError` if the file system is not there.
    package func question(in mounts: MountTable) throws(Errno) -> FileSystemQuestion {
        switch directory {
        case .unknown(let server, let process, let handle):
            return .fileSystemOf(server, DirectoryHandle(process: process, handle: handle))
        case .known(let mount, let start):
            let (server, fileSystem) = try mounts.served(mount)
            return .locate(server, Locate(fileSystem: fileSystem, start: start))
        }
    }

    /// The server said which file system the directory is in. Throws `ioError` if that is not mounted.
    package mutating func learn(_ fileSystem: FileSystemID, in mounts: MountTable) throws(Errno) {
        guard case .unknown(let server, let process, let handle) = directory else { throw .ioError }
        directory = .known(try mounts.mount(answered: fileSystem, by: server), .handle(process, handle))
    }

    /// A file system answered with the path from its root: the absolute path, or `nil` if its mount point is to be found yet.
    /// Throws `ioError` if the file system is gone, `fileNameTooLong` for a path of `Limits.path` or more.
    package mutating func take(_ path: [UInt8], in mounts: MountTable) throws(Errno) -> [UInt8]? {
        guard case .known(let mount, _) = directory, let mounted = mounts[mount], mountsLeft > 0 else { throw .ioError }
        mountsLeft -= 1
        var part = Array(path.drop { $0 == LocationWalk.slash })
        while part.last == LocationWalk.slash { part.removeLast() }
        if !part.isEmpty { found = found.isEmpty ? part : part + [LocationWalk.slash] + found }
        guard found.count < Limits.path - 1 else { throw .fileNameTooLong }
        guard let point = mounted.point else { return [LocationWalk.slash] + found }
        directory = .known(point.mount, .node(point.node))
        return nil
    }
}

extension LocationWalk: Wire {
    package init(from reader: inout Reader) throws(Errno) {
        directory = try reader.value(DirectoryReference.self)
        found = try reader.bytes()
        mountsLeft = try reader.u32()
    }

    package func encode(into writer: inout Writer) {
        writer.value(directory)
        writer.bytes(found)
        writer.u32(mountsLeft)
    }
}
