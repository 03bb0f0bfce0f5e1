// From the resource manager to a file system.

/// Resolves a path inside one file system and does one thing at its end, as one step.
package struct Walk: Wire, Equatable, Sendable {
    /// Which of the server's file systems.
    package var fileSystem: FileSystemID
    /// Where to begin, also if `path` begins with a slash.
    package var start: WalkStart
    /// How to resolve.
    package var flags: PathFlags
    /// Under `beneath`: how many directories below the original start `start` is.
    package var depth: UInt32
    /// Symbolic links that may still be followed; one more is `tooManySymbolicLinkLevels`.
    package var linksLeft: UInt8
    /// What is left of the path.
    package var path: [UInt8]
    /// Whose permissions count.
    package var credentials: Credentials
    /// For whom a handle is made.
    package var process: ProcessIdentity
    /// What to do at its end.
    package var operation: FinalOperation

    package init(
        fileSystem: FileSystemID, start: WalkStart, flags: PathFlags, depth: UInt32, linksLeft: UInt8, path: [UInt8],
        credentials: Credentials, process: ProcessIdentity, operation: FinalOperation
    ) {
        self.fileSystem = fileSystem
        self.start = start
        self.flags = flags
        self.depth = depth
        self.linksLeft = linksLeft
        self.path = path
        self.credentials = credentials
        self.process = process
        self.operation = operation
    }

    package init(from reader: inout Reader) throws(Errno) {
        fileSystem = try reader.value(FileSystemID.self)
        start = try reader.value(WalkStart.self)
        flags = try reader.value(PathFlags.self)
        depth = try reader.u32()
        linksLeft = try reader.u8()
        path = try reader.bytes(limit: Limits.path)
        credentials = try reader.value(Credentials.self)
        process = try reader.value(ProcessIdentity.self)
        operation = try reader.value(FinalOperation.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(fileSystem)
        writer.value(start)
        writer.value(flags)
        writer.u32(depth)
        writer.u8(linksLeft)
        writer.bytes(path)
        writer.value(credentials)
        writer.value(process)
        writer.value(operation)
    }
}

/// Renames inside one file system. Parents that are gone: `noSuchFileOrDirectory`.
package struct NodeRename: Wire, Equatable, Sendable {
    /// Which.
    package var fileSystem: FileSystemID
    /// Where it is.
    package var fromDirectory: NodeID
    /// Its name, as `WalkResult.parent` gave it: a slash at its end asks for a directory.
    package var fromName: [UInt8]
    /// Where it goes.
    package var toDirectory: NodeID
    /// Its new name.
    package var toName: [UInt8]
    /// Whose permissions count.
    package var credentials: Credentials

    package init(
        fileSystem: FileSystemID, fromDirectory: NodeID, fromName: [UInt8], toDirectory: NodeID, toName: [UInt8], credentials: Credentials
    ) {
        self.fileSystem = fileSystem
        self.fromDirectory = fromDirectory
        self.fromName = fromName
        self.toDirectory = toDirectory
        self.toName = toName
        self.credentials = credentials
    }

    package init(from reader: inout Reader) throws(Errno) {
        fileSystem = try reader.value(FileSystemID.self)
        fromDirectory = try reader.value(NodeID.self)
        fromName = try reader.bytes(limit: Limits.name + 1)
        toDirectory = try reader.value(NodeID.self)
        toName = try reader.bytes(limit: Limits.name + 1)
        credentials = try reader.value(Credentials.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(fileSystem)
        writer.value(fromDirectory)
        writer.bytes(fromName)
        writer.value(toDirectory)
        writer.bytes(toName)
        writer.value(credentials)
    }
}

/// Makes a hard link.
package struct NodeLink: Wire, Equatable, Sendable {
    /// Which.
    package var fileSystem: FileSystemID
    /// An existing file; directories: `notPermitted`.
    package var node: NodeID
    /// Where.
    package var toDirectory: NodeID
    /// Its name.
    package var toName: [UInt8]
    /// Whose permissions count.
    package var credentials: Credentials

    package init(fileSystem: FileSystemID, node: NodeID, toDirectory: NodeID, toName: [UInt8], credentials: Credentials) {
        self.fileSystem = fileSystem
        self.node = node
        self.toDirectory = toDirectory
        self.toName = toName
        self.credentials = credentials
    }

    package init(from reader: inout Reader) throws(Errno) {
        fileSystem = try reader.value(FileSystemID.self)
        node = try reader.value(NodeID.self)
        toDirectory = try reader.value(NodeID.self)
        toName = try reader.bytes(limit: Limits.name + 1)
        credentials = try reader.value(Credentials.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(fileSystem)
        writer.value(node)
        writer.value(toDirectory)
        writer.bytes(toName)
        writer.value(credentials)
    }
}

/// Marks or unmarks a directory as covered: a walk that comes to it answers `entersMount`.
package struct SetMountPoint: Wire, Equatable, Sendable {
    /// Which.
    package var fileSystem: FileSystemID
    /// A directory.
    package var node: NodeID
    /// Covered or not.
    package var isCovered: Bool

    package init(fileSystem: FileSystemID, node: NodeID, isCovered: Bool) {
        self.fileSystem = fileSystem
        self.node = node
        self.isCovered = isCovered
    }

    package init(from reader: inout Reader) throws(Errno) {
        fileSystem = try reader.value(FileSystemID.self)
        node = try reader.value(NodeID.self)
        isCovered = try reader.bool()
    }

    package func encode(into writer: inout Writer) {
        writer.value(fileSystem)
        writer.value(node)
        writer.bool(isCovered)
    }
}

/// Makes a file system of this server.
package struct CreateFileSystem: Wire, Equatable, Sendable {
    /// The server's own; wrong ones `invalidArgument`.
    package var options: [UInt8]
    /// Who owns its root.
    package var credentials: Credentials

    package init(options: [UInt8], credentials: Credentials) {
        self.options = options
        self.credentials = credentials
    }

    package init(from reader: inout Reader) throws(Errno) {
        options = try reader.bytes(limit: Limits.name)
        credentials = try reader.value(Credentials.self)
    }

    package func encode(into writer: inout Writer) {
        writer.bytes(options)
        writer.value(credentials)
    }
}

/// A new file system.
package struct FileSystemCreated: Wire, Equatable, Sendable {
    /// Its number.
    package var fileSystem: FileSystemID

    package init(fileSystem: FileSystemID) {
        self.fileSystem = fileSystem
    }

    package init(from reader: inout Reader) throws(Errno) {
        fileSystem = try reader.value(FileSystemID.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(fileSystem)
    }
}

/// A body that names one file system.
package struct OneFileSystem: Wire, Equatable, Sendable {
    /// Which.
    package var fileSystem: FileSystemID

    package init(fileSystem: FileSystemID) {
        self.fileSystem = fileSystem
    }

    package init(from reader: inout Reader) throws(Errno) {
        fileSystem = try reader.value(FileSystemID.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(fileSystem)
    }
}

/// Asks where a directory is.
package struct Locate: Wire, Equatable, Sendable {
    /// Which.
    package var fileSystem: FileSystemID
    /// The directory.
    package var start: WalkStart

    package init(fileSystem: FileSystemID, start: WalkStart) {
        self.fileSystem = fileSystem
        self.start = start
    }

    package init(from reader: inout Reader) throws(Errno) {
        fileSystem = try reader.value(FileSystemID.self)
        start = try reader.value(WalkStart.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(fileSystem)
        writer.value(start)
    }
}

/// An open directory of a process; `badFileDescriptor` if it does not hold it.
package struct DirectoryHandle: Wire, Equatable, Sendable {
    /// Who holds it.
    package var process: ProcessIdentity
    /// The directory.
    package var handle: Handle

    package init(process: ProcessIdentity, handle: Handle) {
        self.process = process
        self.handle = handle
    }

    package init(from reader: inout Reader) throws(Errno) {
        process = try reader.value(ProcessIdentity.self)
        handle = try reader.value(Handle.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(process)
        writer.value(handle)
    }
}
