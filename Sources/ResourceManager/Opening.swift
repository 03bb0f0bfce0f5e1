import ABI
import Processes
import ServerKit
import VFS

/// A path operation under way: the walk, and for a device node the open at its driver.
struct Opening: Equatable {
    /// What the answer that is waited for is to.
    enum Stage: Equatable {
        case walking
        /// The driver opens a device; its node is in this file system.
        case device(MountNumber)
    }

    var walk: PathWalk
    /// Of the process that opens, as they are told to a driver.
    var session: SessionID
    var group: ProcessGroupID
    var stage = Stage.walking

    init(_ walk: PathWalk, session: SessionID, group: ProcessGroupID) {
        self.walk = walk
        self.session = session
        self.group = group
    }
}

/// What a path operation came to.
enum PathOutcome {
    /// A handle was made.
    case opened(Grant)
    /// Anything else, and the file system that it was found in.
    case other(WalkResult, MountNumber)
}

/// A handle that a server made for a process and that the process does not know yet.
struct Grant: Equatable {
    /// The server's hart: a restarted server knows nothing of it.
    var server: HartID
    var opened: FileOpened
    /// Of a directory: the file system it is in.
    var fileSystem: FileSystemID?
}

extension ResourceManager {
    /// The directory that a path of this process starts at.
    ///
    /// Throws `badFileDescriptor` for a connection that the process never had, `ioError` for one that was lost or if there is no
    /// root.
    mutating func directory(_ start: PathStart, of call: Call) throws(Errno) -> DirectoryReference {
        guard start.handle != .none else {
            guard let root = mounts.root else { throw .ioError }
            return .known(root, .root)
        }
        let serverHart = try server(at: start.connection, of: call.hart)
        guard let server = server(of: serverHart) else { throw .ioError }
        var remembered: FileSystemID?
        harts.update(call.hart) { remembered = $0.directories.fileSystem(serverHart, start.handle) }
        if let remembered, let mount = mounts.mount(of: server, remembered) {
            return .known(mount, .handle(call.process.identity, start.handle))
        }
        // A server with one file system need not be asked.
        let served = mounts.mounts(of: server)
        if served.count == 1 { return .known(served[0], .handle(call.process.identity, start.handle)) }
        return .unknown(server, call.process.identity, start.handle)
    }

    /// Puts a question to a file system in the name of a task.
    mutating func ask(_ question: FileSystemQuestion, _ task: TaskID, _ part: UInt32) throws(Errno) {
        switch question {
        case .fileSystemOf(let server, let directory): try ask(server, .fileSystemOf, directory, task, part)
        case .walk(let server, let walk): try ask(server, .walk, walk, task, part)
        case .locate(let server, let locate): try ask(server, .locate, locate, task, part)
        }
    }

    /// Goes on with a walk: the result and the file system it was found in, or `nil` after the next question was put.
    /// Without an answer: puts the first question. Throws what the file systems and `PathWalk` throw.
    mutating func advance(
        _ walk: inout PathWalk, _ reply: Reply?, _ task: TaskID, _ part: UInt32
    ) throws(Errno) -> (WalkResult, MountNumber)? {
        if let reply {
            if let mount = walk.mount {
                if let result = try walk.take(try reply.result(WalkResult.self), in: mounts) { return (result, mount) }
            } else {
                try walk.learn(try reply.result(FileSystemCreated.self).fileSystem, in: mounts)
            }
        }
        try ask(try walk.question(in: mounts), task, part)
        return nil
    }

    /// Goes on with the search for a directory's path: the path, or `nil` after the next question was put.
    mutating func advance(
        _ walk: inout LocationWalk, _ reply: Reply?, _ task: TaskID, _ part: UInt32
    ) throws(Errno) -> [UInt8]? {
        if let reply {
            if walk.isPlaced {
                if let path = try walk.take(try reply.result(RawBytes.self).bytes, in: mounts) { return path }
            } else {
                try walk.learn(try reply.result(FileSystemCreated.self).fileSystem, in: mounts)
            }
        }
        try ask(try walk.question(in: mounts), task, part)
        return nil
    }

    /// Goes on with a path operation: its outcome, or `nil` after the next question was put.
    /// Throws what the walk throws, and `noSuchAddressOrDevice` for a device that no driver has.
    mutating func advance(
        _ opening: inout Opening, _ reply: Reply?, _ task: TaskID, _ part: UInt32
    ) throws(Errno) -> PathOutcome? {
        if case .device(let mount) = opening.stage {
            guard let reply else { throw .ioError }
            var opened = try reply.result(FileOpened.self)
            opened.status.device = mount.rawValue
            return .opened(Grant(server: reply.from, opened: opened, fileSystem: nil))
        }
        guard let (result, mount) = try advance(&opening.walk, reply, task, part) else { return nil }
        switch result {
        case .opened(var opened):
            guard let reply else { throw .ioError }
            opened.status.device = mount.rawValue
            return .opened(
                Grant(
                    server: reply.from, opened: opened,
                    fileSystem: opened.status.kind == .directory ? mounts[mount]?.fileSystem : nil))
        case .status(var status):
            status.device = mount.rawValue
            return .other(.status(status), mount)
        case .device(let major, let minor, var node):
            guard case .open(let file) = opening.walk.operation else { throw .ioError }
            let device = try terminal(major, minor, of: opening.session)
            guard let driver = driver(of: device.major) else { throw .noSuchAddressOrDevice }
            node.device = mount.rawValue
            opening.stage = .device(mount)
            try ask(
                driver, .openDevice,
                OpenDevice(
                    major: device.major, minor: device.minor, process: opening.walk.process, session: opening.session,
                    group: opening.group, open: file, node: node, user: opening.walk.credentials.user), task, part)
            return nil
        default:
            return .other(result, mount)
        }
    }

    /// The device behind `/dev/tty` and `/dev/console`; any other, `/dev/ptmx` among them, is itself.
    /// Throws `noSuchAddressOrDevice` if the session has no controlling terminal.
    private func terminal(
        _ major: MajorNumber, _ minor: UInt32, of session: SessionID
    ) throws(Errno) -> (major: MajorNumber, minor: UInt32) {
        guard major == .controllingTerminal else { return (major, minor) }
        switch minor {
        case 0:
            guard let terminal = processes.terminal(of: session) else { throw .noSuchAddressOrDevice }
            return (.terminal, terminal)
        case 1: return (.terminal, 1)
        case 2: return (major, minor)
        default: throw .noSuchAddressOrDevice
        }
    }

    /// Takes handles back that no process will ever know.
    mutating func drop(_ handles: [Handle], of process: ProcessIdentity, at server: HartID) {
        notify(server, .drop, Drop(process: process, handles: handles))
    }

    /// Whether a process is there and not over.
    func isLiving(_ process: ProcessIdentity) -> Bool {
        guard let process = processes[process] else { return false }
        return process.end == nil
    }
}
