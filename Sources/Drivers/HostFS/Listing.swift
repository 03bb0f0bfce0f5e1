import ABI
import FileServer
import Glibc
import ServerKit

// What a directory lists. The host's own places in a listing have no order that could be told on, so each name gets a cookie of ours
// when it is first seen, and keeps it as long as the directory is open: a listing that goes on finds its place whatever came and went.

/// The names in a directory when its listing began.
struct Listing {
    struct Entry {
        var cookie: UInt64
        var name: [UInt8]
        var inode: UInt64
        /// `unknown` where the host does not tell.
        var kind: FileKind
    }

    /// In the order of their cookies. 1 and 2 are `.` and `..`.
    private var entries: [Entry] = []
    private var nextCookie: UInt64 = 3

    /// Looks again. Names that are still there keep their cookies; new ones come last, in the order of their bytes.
    mutating func refresh(_ file: HostFile) throws(Errno) {
        var found: [[UInt8]: Entry] = [:]
        for entry in try Listing.read(file) { found[entry.name] = entry }
        entries = entries.compactMap { old in
            guard var entry = found.removeValue(forKey: old.name) else { return nil }
            entry.cookie = old.cookie
            return entry
        }
        for var entry in found.values.sorted(by: { Name($0.name) < Name($1.name) }) {
            entry.cookie = nextCookie
            nextCookie += 1
            entries.append(entry)
        }
    }

    /// The entries behind a cookie.
    func entries(after cookie: UInt64) -> ArraySlice<Entry> {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].cookie <= cookie { low = middle + 1 } else { high = middle }
        }
        return entries[low...]
    }

    /// All names of a directory but `.`, `..` and those longer than `Limits.name`.
    private static func read(_ file: HostFile) throws(Errno) -> [Entry] {
        let descriptor = try HostFile.check { openat(file.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard let stream = fdopendir(descriptor) else {
            close(descriptor)
            throw .notEnoughMemory
        }
        defer { closedir(stream) }
        var entries: [Entry] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else { break }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            let isDots = name == [UInt8(ascii: ".")] || name == [UInt8(ascii: "."), UInt8(ascii: ".")]
            if isDots || name.count > Limits.name { continue }
            // The types of a listing are the type bits of a mode, moved down (Linux, DTTOIF).
            let kind = FileKind(hostMode: mode_t(entry.pointee.d_type) << 12)
            entries.append(Entry(cookie: 0, name: name, inode: UInt64(entry.pointee.d_ino), kind: kind))
        }
        if errno != 0 { throw Errno(host: errno) }
        return entries
    }
}

extension HostFS {
    /// C: readdir(3). A removed directory has no entries. Throws `notDirectory`, `badFileDescriptor` (not open for reading),
    /// `invalidArgument` (not even one entry fits).
    func readDirectory(_ request: Request) throws(Errno) -> Answer {
        let body = try request.decode(ReadDirectory.self)
        let description = try handles.object(body.handle, of: request.stamp.process)
        let directory = description.node
        guard directory.kind == .directory else { throw .notDirectory }
        try description.check(.read)
        let status = try description.file.status()
        if status.st_nlink == 0 { return .body(DirectoryEntries(entries: [])) }
        if body.cookie == 0 { try description.listing.refresh(description.file) }
        let room = min(Int(min(body.count, UInt32(Limits.transfer))), request.replySpace - 4)
        var taken = 0
        var entries: [DirectoryEntry] = []
        /// Takes an entry if it fits.
        func take(_ entry: DirectoryEntry) throws(Errno) -> Bool {
            // The fields beside the name: cookie, node, kind, length of the name.
            let size = 21 + entry.name.count
            guard taken + size <= room, entries.count < Limits.listLength else {
                if entries.isEmpty { throw .invalidArgument }
                return false
            }
            entries.append(entry)
            taken += size
            return true
        }
        for dots in try dots(directory, description.tree) where dots.cookie > body.cookie {
            guard try take(dots) else { return .body(DirectoryEntries(entries: entries)) }
        }
        for entry in description.listing.entries(after: body.cookie) {
            guard let (node, kind) = try node(entry, in: directory, UInt64(status.st_dev), description.tree) else { continue }
            guard try take(DirectoryEntry(cookie: entry.cookie, node: node, kind: kind, name: entry.name)) else { break }
        }
        return .body(DirectoryEntries(entries: entries))
    }

    /// `.` and `..`.
    private func dots(_ directory: HostNode, _ tree: HostTree) throws(Errno) -> [DirectoryEntry] {
        let dot = UInt8(ascii: ".")
        let parent = directory === tree.root ? directory : try tree.parent(of: directory)
        return [
            DirectoryEntry(cookie: 1, node: directory.id, kind: .directory, name: [dot]),
            DirectoryEntry(cookie: 2, node: parent.id, kind: .directory, name: [dot, dot]),
        ]
    }

    /// The number and kind of an entry; `nil` if it is not there any more.
    private func node(
        _ entry: Listing.Entry, in directory: HostNode, _ device: UInt64, _ tree: HostTree
    ) throws(Errno) -> (NodeID, FileKind)? {
        if entry.kind == .unknown {
            guard let node = try tree.child(directory, entry.name) else { return nil }
            return (node.id, node.kind)
        }
        let identity = HostNode.Identity(device: device, inode: entry.inode)
        return (try tree.node(identity, entry.kind, in: directory, as: entry.name).id, entry.kind)
    }
}
