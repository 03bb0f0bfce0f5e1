package import ABI

/// A directory that a path or a location starts at.
package enum DirectoryReference: Wire, Equatable, Sendable {
    /// Known to be in this mounted file system.
    case known(MountNumber, WalkStart)
    /// Open in a process; which file system of the server it is in is to be asked.
    case unknown(ServerNumber, ProcessIdentity, Handle)

    package init(from reader: inout Reader) throws(Errno) {
        switch try reader.u8() {
        case 0: self = .known(try reader.value(MountNumber.self), try reader.value(WalkStart.self))
        case 1:
            self = .unknown(
                try reader.value(ServerNumber.self), try reader.value(ProcessIdentity.self), try reader.value(Handle.self))
        default: throw .badMessage
        }
    }

    package func encode(into writer: inout Writer) {
        switch self {
        case .known(let mount, let start):
            writer.u8(0)
            writer.value(mount)
            writer.value(start)
        case .unknown(let server, let process, let handle):
            writer.u8(1)
            writer.value(server)
            writer.value(process)
            writer.value(handle)
        }
    }
}

/// What is to be asked of a file system next.
package enum FileSystemQuestion: Equatable, Sendable {
    case fileSystemOf(ServerNumber, DirectoryHandle)
    case walk(ServerNumber, Walk)
    case locate(ServerNumber, Locate)
}

extension MountTable {
    /// The mount of the file system that a server named as a directory's. Throws `ioError` if it is not mounted.
    func mount(answered fileSystem: FileSystemID, by server: ServerNumber) throws(Errno) -> MountNumber {
        guard let mount = mount(of: server, fileSystem) else { throw .ioError }
        return mount
    }

    /// Server and number of a mounted file system. Throws `ioError` if it is gone or not made again yet.
    func served(_ mount: MountNumber) throws(Errno) -> (ServerNumber, FileSystemID) {
        guard let mounted = self[mount], let fileSystem = mounted.fileSystem else { throw .ioError }
        return (mounted.server, fileSystem)
    }
}
