// From the resource manager to the libOS of a new process.

/// What a file is: WASI preview 1 `filetype`, and 16 for a pipe, which preview 1 cannot tell (programs see `unknown`).
package enum FileKind: UInt8, Wire, CaseIterable, Sendable {
    case unknown = 0
    case blockDevice = 1
    case characterDevice = 2
    case directory = 3
    case regular = 4
    case datagramSocket = 5
    case streamSocket = 6
    case symbolicLink = 7
    case pipe = 16

    package init(from reader: inout Reader) throws(Errno) {
        guard let value = FileKind(rawValue: try reader.u8()) else { throw .badMessage }
        self = value
    }

    package func encode(into writer: inout Writer) { writer.u8(rawValue) }
}

/// State of an open file description (WASI preview 1 `fdflags`).
package struct DescriptionFlags: OptionSet, Identifier {
    package var rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }
    /// Writes go to the end.
    package static let append = DescriptionFlags(rawValue: 1 << 0)
    /// Writes are durable, data only.
    package static let dataSync = DescriptionFlags(rawValue: 1 << 1)
    /// Reads and writes answer `resourceTemporarilyUnavailable` rather than wait.
    package static let nonBlocking = DescriptionFlags(rawValue: 1 << 2)
    /// Reads are synchronised too.
    package static let readSync = DescriptionFlags(rawValue: 1 << 3)
    /// Writes are durable.
    package static let sync = DescriptionFlags(rawValue: 1 << 4)
}

/// What a description may be used for.
package struct AccessMode: OptionSet, Identifier {
    package var rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Reading, and listing of a directory.
    package static let read = AccessMode(rawValue: 1 << 0)
    /// Writing.
    package static let write = AccessMode(rawValue: 1 << 1)
    /// Reading a program image.
    package static let execute = AccessMode(rawValue: 1 << 2)
}

/// A descriptor that a program starts with.
package struct InheritedDescriptor: Wire, Equatable, Sendable {
    /// Its number in the new program.
    package var descriptor: Descriptor
    /// The new process's connection to the server that keeps the description.
    package var connection: ConnectionID
    /// The new process's handle.
    package var handle: Handle
    /// What it is.
    package var kind: FileKind
    /// What it may be used for.
    package var access: AccessMode
    /// State of the description at the time of the spawn.
    package var flags: DescriptionFlags

    package init(
        descriptor: Descriptor, connection: ConnectionID, handle: Handle, kind: FileKind, access: AccessMode, flags: DescriptionFlags
    ) {
        self.descriptor = descriptor
        self.connection = connection
        self.handle = handle
        self.kind = kind
        self.access = access
        self.flags = flags
    }

    package init(from reader: inout Reader) throws(Errno) {
        descriptor = try reader.value(Descriptor.self)
        connection = try reader.value(ConnectionID.self)
        handle = try reader.value(Handle.self)
        kind = try reader.value(FileKind.self)
        access = try reader.value(AccessMode.self)
        flags = try reader.value(DescriptionFlags.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(descriptor)
        writer.value(connection)
        writer.value(handle)
        writer.value(kind)
        writer.value(access)
        writer.value(flags)
    }
}

/// Who a process is to a file system. (Real and saved ids and the rest come with users.)
package struct Credentials: Wire, Equatable, Sendable {
    /// Effective user.
    package var user: UserID
    /// Effective group.
    package var group: GroupID
    /// Further groups.
    package var supplementary: [GroupID]

    package init(user: UserID, group: GroupID, supplementary: [GroupID]) {
        self.user = user
        self.group = group
        self.supplementary = supplementary
    }

    package init(from reader: inout Reader) throws(Errno) {
        user = try reader.value(UserID.self)
        group = try reader.value(GroupID.self)
        supplementary = try reader.list(GroupID.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(user)
        writer.value(group)
        writer.list(supplementary)
    }
}

/// Everything that a process starts with.
package struct StartProgram: Wire, Equatable, Sendable {
    /// Its pid.
    package var process: ProcessID
    /// Its parent's.
    package var parent: ProcessID
    /// Its process group.
    package var group: ProcessGroupID
    /// Its session.
    package var session: SessionID
    /// Its user and groups.
    package var credentials: Credentials
    /// File mode creation mask (C: umask).
    package var mask: UInt32
    /// Bit N: signal N is ignored from the start.
    package var ignored: UInt64
    /// Bit N - 1: signal N is blocked from the start.
    package var blocked: UInt64
    /// Connection to the file system that holds the image.
    package var imageConnection: ConnectionID
    /// The image, open for `execute`; the libOS reads and closes it.
    package var imageHandle: Handle
    /// Bytes of the image.
    package var imageSize: UInt64
    /// The program's path, for messages.
    package var path: [UInt8]
    /// Without terminating zeros; the first is the program's name.
    package var arguments: [ByteString]
    /// `NAME=value`.
    package var environment: [ByteString]
    /// The root directory (its `descriptor` is ignored).
    package var root: InheritedDescriptor
    /// The working directory (its `descriptor` is ignored).
    package var workingDirectory: InheritedDescriptor
    /// Ascending by number.
    package var descriptors: [InheritedDescriptor]
    /// How this machine's programs wait, for people: what uname(2) tells.
    package var wait: [UInt8]

    package init(
        process: ProcessID, parent: ProcessID, group: ProcessGroupID, session: SessionID, credentials: Credentials, mask: UInt32,
        ignored: UInt64, imageConnection: ConnectionID, imageHandle: Handle, imageSize: UInt64, path: [UInt8], arguments: [ByteString],
        environment: [ByteString], root: InheritedDescriptor, workingDirectory: InheritedDescriptor, descriptors: [InheritedDescriptor],
        wait: [UInt8] = [], blocked: UInt64 = 0
    ) {
        self.process = process
        self.parent = parent
        self.group = group
        self.session = session
        self.credentials = credentials
        self.mask = mask
        self.ignored = ignored
        self.blocked = blocked
        self.imageConnection = imageConnection
        self.imageHandle = imageHandle
        self.imageSize = imageSize
        self.path = path
        self.arguments = arguments
        self.environment = environment
        self.root = root
        self.workingDirectory = workingDirectory
        self.descriptors = descriptors
        self.wait = wait
    }

    package init(from reader: inout Reader) throws(Errno) {
        process = try reader.value(ProcessID.self)
        parent = try reader.value(ProcessID.self)
        group = try reader.value(ProcessGroupID.self)
        session = try reader.value(SessionID.self)
        credentials = try reader.value(Credentials.self)
        mask = try reader.u32()
        ignored = try reader.u64()
        blocked = try reader.u64()
        imageConnection = try reader.value(ConnectionID.self)
        imageHandle = try reader.value(Handle.self)
        imageSize = try reader.u64()
        path = try reader.bytes()
        arguments = try reader.list(ByteString.self)
        environment = try reader.list(ByteString.self)
        root = try reader.value(InheritedDescriptor.self)
        workingDirectory = try reader.value(InheritedDescriptor.self)
        descriptors = try reader.list(InheritedDescriptor.self)
        wait = try reader.bytes(limit: 32)
    }

    package func encode(into writer: inout Writer) {
        writer.value(process)
        writer.value(parent)
        writer.value(group)
        writer.value(session)
        writer.value(credentials)
        writer.u32(mask)
        writer.u64(ignored)
        writer.u64(blocked)
        writer.value(imageConnection)
        writer.value(imageHandle)
        writer.u64(imageSize)
        writer.bytes(path)
        writer.list(arguments)
        writer.list(environment)
        writer.value(root)
        writer.value(workingDirectory)
        writer.list(descriptors)
        writer.bytes(wait)
    }
}

/// The parent ended; another process adopted this one.
package struct ParentChanged: Wire, Equatable, Sendable {
    /// The new parent.
    package var parent: ProcessID

    package init(parent: ProcessID) {
        self.parent = parent
    }

    package init(from reader: inout Reader) throws(Errno) {
        parent = try reader.value(ProcessID.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(parent)
    }
}

/// A connection whose server is gone. The hart closes this end at the same time; the number is not used again.
package struct ConnectionLost: Wire, Equatable, Sendable {
    /// The process's connection.
    package var connection: ConnectionID

    package init(connection: ConnectionID) {
        self.connection = connection
    }

    package init(from reader: inout Reader) throws(Errno) {
        connection = try reader.value(ConnectionID.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(connection)
    }
}
