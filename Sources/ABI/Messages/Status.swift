// What is known of a file.

/// C: struct stat. Times are real time in nanoseconds.
package struct FileStatus: Wire, Equatable, Sendable {
    /// Number of the file system; filled in by resmgr.
    package var device: UInt64
    /// Number of the file in it.
    package var node: NodeID
    /// What it is.
    package var kind: FileKind
    /// Permission bits, 0…0o7777.
    package var mode: UInt16
    /// Hard links.
    package var links: UInt32
    /// Owner.
    package var user: UserID
    /// Its group.
    package var group: GroupID
    /// Bytes (of a link: of its target).
    package var size: UInt64
    /// 512-byte units of storage.
    package var blocks: UInt64
    /// Of a device, else 0.
    package var major: MajorNumber
    /// Of a device, else 0.
    package var minor: UInt32
    /// Last read.
    package var accessTime: Nanoseconds
    /// Last write.
    package var modificationTime: Nanoseconds
    /// Last change of the status.
    package var changeTime: Nanoseconds

    package init(
        device: UInt64, node: NodeID, kind: FileKind, mode: UInt16, links: UInt32, user: UserID, group: GroupID, size: UInt64,
        blocks: UInt64, major: MajorNumber, minor: UInt32, accessTime: Nanoseconds, modificationTime: Nanoseconds, changeTime: Nanoseconds
    ) {
        self.device = device
        self.node = node
        self.kind = kind
        self.mode = mode
        self.links = links
        self.user = user
        self.group = group
        self.size = size
        self.blocks = blocks
        self.major = major
        self.minor = minor
        self.accessTime = accessTime
        self.modificationTime = modificationTime
        self.changeTime = changeTime
    }

    package init(from reader: inout Reader) throws(Errno) {
        device = try reader.u64()
        node = try reader.value(NodeID.self)
        kind = try reader.value(FileKind.self)
        mode = try reader.u16()
        links = try reader.u32()
        user = try reader.value(UserID.self)
        group = try reader.value(GroupID.self)
        size = try reader.u64()
        blocks = try reader.u64()
        major = try reader.value(MajorNumber.self)
        minor = try reader.u32()
        accessTime = try reader.value(Nanoseconds.self)
        modificationTime = try reader.value(Nanoseconds.self)
        changeTime = try reader.value(Nanoseconds.self)
    }

    package func encode(into writer: inout Writer) {
        writer.u64(device)
        writer.value(node)
        writer.value(kind)
        writer.u16(mode)
        writer.u32(links)
        writer.value(user)
        writer.value(group)
        writer.u64(size)
        writer.u64(blocks)
        writer.value(major)
        writer.u32(minor)
        writer.value(accessTime)
        writer.value(modificationTime)
        writer.value(changeTime)
    }
}
