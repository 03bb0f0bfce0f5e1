// What is known of a file.

/// What a file is, with the numbers of WASI preview 1 and Martlet's own for pipes.
public enum FileKind: UInt8, Sendable {
    case unknown = 0
    case blockDevice = 1
    case characterDevice = 2
    case directory = 3
    case regular = 4
    case datagramSocket = 5
    case streamSocket = 6
    case symbolicLink = 7
    case pipe = 16
}

/// C: struct stat. Times are nanoseconds since 1970-01-01 UTC.
///
/// Layout, little-endian without padding: device u64, node u64, kind u8, mode u16, links u32, user u32, group u32, size u64,
/// blocks u64, major u32, minor u32, access, modification and change time u64 each: 79 bytes.
public struct FileStatus: Sendable {
    /// Number of the file system.
    public var device: UInt64
    /// Number of the file in it.
    public var node: UInt64
    public var kind: FileKind
    /// Permission bits, 0…0o7777.
    public var mode: UInt16
    /// Hard links.
    public var links: UInt32
    /// Owner.
    public var user: UInt32
    /// Its group.
    public var group: UInt32
    /// Bytes (of a link: of its target).
    public var size: UInt64
    /// 512-byte units of storage.
    public var blocks: UInt64
    /// Of a device, else 0.
    public var major: UInt32
    /// Of a device, else 0.
    public var minor: UInt32
    /// Last read.
    public var accessTime: UInt64
    /// Last write.
    public var modificationTime: UInt64
    /// Last change of the status.
    public var changeTime: UInt64

    /// Reads the layout above; throws `badMessage` if the bytes are too few.
    public init(encoded: [UInt8]) throws(Errno) {
        var reader = ByteReader(encoded)
        device = try reader.integer(UInt64.self)
        node = try reader.integer(UInt64.self)
        kind = FileKind(rawValue: try reader.integer(UInt8.self)) ?? .unknown
        mode = try reader.integer(UInt16.self)
        links = try reader.integer(UInt32.self)
        user = try reader.integer(UInt32.self)
        group = try reader.integer(UInt32.self)
        size = try reader.integer(UInt64.self)
        blocks = try reader.integer(UInt64.self)
        major = try reader.integer(UInt32.self)
        minor = try reader.integer(UInt32.self)
        accessTime = try reader.integer(UInt64.self)
        modificationTime = try reader.integer(UInt64.self)
        changeTime = try reader.integer(UInt64.self)
    }

    /// The layout above.
    public var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.integer(device)
        writer.integer(node)
        writer.integer(kind.rawValue)
        writer.integer(mode)
        writer.integer(links)
        writer.integer(user)
        writer.integer(group)
        writer.integer(size)
        writer.integer(blocks)
        writer.integer(major)
        writer.integer(minor)
        writer.integer(accessTime)
        writer.integer(modificationTime)
        writer.integer(changeTime)
        return writer.bytes
    }

    /// Whether the two are of one file.
    public func isSameFile(as other: FileStatus) -> Bool { device == other.device && node == other.node }
}
