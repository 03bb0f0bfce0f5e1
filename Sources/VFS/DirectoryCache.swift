package import ABI

/// Which file system an open directory of one process is in. resmgr grants every directory handle but is not told when one is
/// closed, so it remembers the latest and asks the server about others.
package struct DirectoryCache: Sendable {
    /// How many it remembers.
    package static let capacity = 128

    private struct Entry: Sendable {
        var server: HartID
        var handle: Handle
        var fileSystem: FileSystemID
    }

    /// The latest used is last.
    private var entries: [Entry] = []

    package init() {}

    /// Remembers a directory.
    package mutating func remember(_ server: HartID, _ handle: Handle, _ fileSystem: FileSystemID) {
        entries.removeAll { $0.server == server && $0.handle == handle }
        if entries.count == DirectoryCache.capacity { entries.removeFirst() }
        entries.append(Entry(server: server, handle: handle, fileSystem: fileSystem))
    }

    /// The file system of a directory, or `nil` if it has to be asked for.
    package mutating func fileSystem(_ server: HartID, _ handle: Handle) -> FileSystemID? {
        guard let index = entries.firstIndex(where: { $0.server == server && $0.handle == handle }) else { return nil }
        let entry = entries.remove(at: index)
        entries.append(entry)
        return entry.fileSystem
    }

    /// Appends the cache.
    package func encode(into writer: inout Writer) {
        writer.u32(UInt32(entries.count))
        for entry in entries {
            writer.value(entry.server)
            writer.value(entry.handle)
            writer.value(entry.fileSystem)
        }
    }

    /// Reads a cache that `encode` wrote.
    package init(decoding reader: inout Reader) throws(Errno) {
        let count = try reader.u32()
        guard count <= UInt32(DirectoryCache.capacity) else { throw .badMessage }
        for _ in 0..<count {
            entries.append(
                Entry(
                    server: try reader.value(HartID.self), handle: try reader.value(Handle.self),
                    fileSystem: try reader.value(FileSystemID.self)))
        }
    }
}
