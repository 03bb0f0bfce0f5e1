package import ABI
import FileServer
import Glibc
package import ServerKit

// Directories of the host, for the native machine. The guest's paths are walked here, component by component, with the guest's own
// rules for symbolic links and `..`: the host is asked for single names only, so what is outside a directory cannot be named. Calls of
// the host block, as they do for regular files and directories; nothing else is ever opened. Needs Linux 5.8 and its /proc.
//
// What is open is the host's, so the state cannot be encoded: a machine with such a driver can be neither checkpointed nor replayed.

/// A directory of the host that the guest gets.
package struct HostDirectory: Sendable {
    /// Where it is, for the host.
    package var path: String
    /// Whether every change is refused (`readOnlyFileSystem`).
    package var isReadOnly: Bool
    /// Whether who may read a file may execute it too: for programs that the host does not mark as such.
    package var readersMayExecute: Bool

    package init(path: String, isReadOnly: Bool = false, readersMayExecute: Bool = false) {
        self.path = path
        self.isReadOnly = isReadOnly
        self.readersMayExecute = readersMayExecute
    }
}

/// The `hostfs` driver: file systems 1, 2, … are the directories that it is made with, in their order.
package struct HostFS: Server {
    private let directories: [HostDirectory]
    /// In the order of `directories`; `nil` for one that could not be opened.
    private var trees: [HostTree?] = []
    var handles = HandleTable<HostDescription>()

    package init(_ directories: [HostDirectory]) { self.directories = directories }

    package var registration: Register { Register(name: Array("hostfs".utf8), service: .fileSystem, majors: []) }

    package mutating func start(_ start: Start, _ context: inout Context) {
        for (index, directory) in directories.enumerated() {
            do throws(Errno) {
                trees.append(try HostTree(FileSystemID(rawValue: UInt32(index + 1)), directory))
            } catch {
                trees.append(nil)
                context.log(Array("hostfs: \(directory.path) cannot be opened: \(error)".utf8))
            }
        }
    }

    package mutating func request(_ request: Request, _ context: inout Context) throws(Errno) -> Answer {
        for tree in trees { tree?.begin() }
        defer { for tree in trees { tree?.end() } }
        switch request.operation {
        case .walk, .renameNode, .linkNode, .setMountPoint, .locate, .fileSystemOf, .share, .drop, .createFileSystem,
            .destroyFileSystem:
            guard request.isFromResourceManager else { throw .notPermitted }
            return try management(request)
        case .close: return try close(request)
        case .status: return try status(request)
        case .setTimes: return try setTimes(request)
        case .sync: return try sync(request)
        case .setDescriptionFlags: return try setDescriptionFlags(request)
        case .readDirectory: return try readDirectory(request)
        case .read: return try read(request)
        case .write: return try write(request)
        case .seek: return try seek(request)
        case .setSize: return try setSize(request)
        case .allocate: return try allocate(request)
        case .poll: return try poll(request)
        default: throw .notSupported
        }
    }

    private mutating func management(_ request: Request) throws(Errno) -> Answer {
        switch request.operation {
        case .walk: return .body(try walk(try request.decode(Walk.self)))
        case .renameNode: try rename(try request.decode(NodeRename.self))
        case .linkNode: try link(try request.decode(NodeLink.self))
        case .setMountPoint: try setMountPoint(try request.decode(SetMountPoint.self))
        case .locate: return .body(RawBytes(try locate(try request.decode(Locate.self))))
        case .fileSystemOf:
            let directory = try request.decode(DirectoryHandle.self)
            return .body(FileSystemCreated(fileSystem: try handles.object(directory.handle, of: directory.process).tree.id))
        case .share: return .body(try share(try request.decode(Share.self)))
        case .drop: drop(try request.decode(Drop.self))
        // There are those that the host gives, from the start: a guest cannot ask for more.
        case .createFileSystem, .destroyFileSystem: throw .resourceBusy
        default: throw .notSupported
        }
        return .done
    }

    // Nothing here ever waits.
    package mutating func cancel(_ key: RequestKey, _ context: inout Context) {}
    package mutating func abandon(_ key: RequestKey, _ context: inout Context) {}

    package mutating func processGone(_ process: ProcessIdentity, _ context: inout Context) {
        for (_, description) in handles.releaseAll(of: process) { description.released() }
    }

    /// The file system of that number. Throws `staleFileHandle`.
    func tree(_ id: FileSystemID) throws(Errno) -> HostTree {
        guard id.rawValue > 0, id.rawValue <= UInt32(trees.count), let tree = trees[Int(id.rawValue) - 1] else {
            throw .staleFileHandle
        }
        return tree
    }

    /// The description that a request by handle names: its first field. Throws `badFileDescriptor` unless it is the asker's.
    func description(_ request: Request) throws(Errno) -> HostDescription {
        var reader = request.body
        return try handles.object(try reader.value(Handle.self), of: request.stamp.process)
    }

    /// Handles, nodes with a number and nodes held open: for tests.
    package var handleCount: Int { handles.count }
    package var nodeCount: Int { trees.reduce(0) { $0 + ($1?.nodeCount ?? 0) } }
    package var holderCount: Int { trees.reduce(0) { $0 + ($1?.holderCount ?? 0) } }
}
