package import ABI
import ServerKit

/// A server as resmgr was told to run it; the number outlives its restarts.
package struct ServerNumber: Identifier {
    package var rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// A mounted file system: the `device` of the status of its files. Never reused.
package struct MountNumber: Identifier {
    package var rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// A directory that something is mounted on.
package struct MountPoint: Wire, Equatable, Sendable {
    /// The file system that it is in.
    package var mount: MountNumber
    package var node: NodeID

    package init(mount: MountNumber, node: NodeID) {
        self.mount = mount
        self.node = node
    }

    package init(from reader: inout Reader) throws(Errno) {
        mount = try reader.value(MountNumber.self)
        node = try reader.value(NodeID.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(mount)
        writer.value(node)
    }
}

/// One mounted file system.
package struct Mounted: Wire, Equatable, Sendable {
    /// Who serves it.
    package var server: ServerNumber
    /// Which of the server's; `nil` while a restarted server has not made it again.
    package var fileSystem: FileSystemID?
    /// Its number, if the server has it from its start; `nil` if it was made by `createFileSystem`.
    package let provided: FileSystemID?
    /// Its root directory.
    package var root: NodeID
    /// What it covers; `nil` for the root file system.
    package var point: MountPoint?
    /// What mounts(5) tells.
    package var record: MountRecord

    package init(
        server: ServerNumber, fileSystem: FileSystemID?, provided: FileSystemID?, root: NodeID, point: MountPoint?, record: MountRecord
    ) {
        self.server = server
        self.fileSystem = fileSystem
        self.provided = provided
        self.root = root
        self.point = point
        self.record = record
    }

    package init(from reader: inout Reader) throws(Errno) {
        server = try reader.value(ServerNumber.self)
        fileSystem = try reader.bool() ? try reader.value(FileSystemID.self) : nil
        provided = try reader.bool() ? try reader.value(FileSystemID.self) : nil
        root = try reader.value(NodeID.self)
        point = try reader.bool() ? try reader.value(MountPoint.self) : nil
        record = try reader.value(MountRecord.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(server)
        writer.bool(fileSystem != nil)
        if let fileSystem { writer.value(fileSystem) }
        writer.bool(provided != nil)
        if let provided { writer.value(provided) }
        writer.value(root)
        writer.bool(point != nil)
        if let point { writer.value(point) }
        writer.value(record)
    }
}

extension Mounted {
    /// Whether it was made by `createFileSystem`, and is gone with its server.
    package var isMade: Bool { provided == nil }
}

/// All mounted file systems, in the order of mounting. The first one is the root.
package struct MountTable: Sendable {
    /// Most mounted file systems.
    package static let capacity = 1024

    private var mounts = OrderedMap<MountNumber, Mounted>()
    private var next: UInt64 = 1

    package init() {}

    package var count: Int { mounts.count }
    /// All numbers, in the order of mounting.
    package var numbers: [MountNumber] { mounts.keys }
    /// The root file system, or `nil` before there is one.
    package var root: MountNumber? { mounts.first?.key }

    /// The file system of that number, or `nil`.
    package subscript(number: MountNumber) -> Mounted? { mounts[number] }

    /// Adds a file system. Throws `resourceBusy` if its point is covered, `notEnoughMemory` when the table is full.
    package mutating func add(_ mounted: Mounted) throws(Errno) -> MountNumber {
        if let point = mounted.point, mount(on: point) != nil { throw .resourceBusy }
        guard mounts.count < MountTable.capacity else { throw .notEnoughMemory }
        let number = MountNumber(rawValue: next)
        next += 1
        mounts[number] = mounted
        return number
    }

    /// Takes a file system out.
    package mutating func remove(_ number: MountNumber) { mounts[number] = nil }

    /// Changes one; nothing happens if it is gone.
    package mutating func update(_ number: MountNumber, _ change: (inout Mounted) -> Void) { mounts.update(number, change) }

    /// What is mounted on that directory, or `nil`.
    package func mount(on point: MountPoint) -> MountNumber? {
        mounts.firstKey { $0.point == point }
    }

    /// The mount of a server's file system, or `nil`.
    package func mount(of server: ServerNumber, _ fileSystem: FileSystemID) -> MountNumber? {
        mounts.firstKey { $0.server == server && $0.fileSystem == fileSystem }
    }

    /// The mounts of a server, in the order of mounting.
    package func mounts(of server: ServerNumber) -> [MountNumber] { mounts.keys.filter { mounts[$0]?.server == server } }

    /// Whether something is mounted inside that file system.
    package func isCovered(_ number: MountNumber) -> Bool { mounts.values.contains { $0.point?.mount == number } }

    /// What mounts(5) tells.
    package var records: [MountRecord] { mounts.values.map { $0.record } }

    /// Appends the table.
    package func encode(into writer: inout Writer) {
        writer.u64(next)
        writer.u32(UInt32(mounts.count))
        for number in mounts.keys {
            guard let mounted = mounts[number] else { continue }
            writer.value(number)
            writer.value(mounted)
        }
    }

    /// Reads a table that `encode` wrote.
    package init(decoding reader: inout Reader) throws(Errno) {
        next = try reader.u64()
        for _ in 0..<(try reader.u32()) {
            let number = try reader.value(MountNumber.self)
            guard number.rawValue < next else { throw .badMessage }
            mounts[number] = try reader.value(Mounted.self)
        }
    }
}
