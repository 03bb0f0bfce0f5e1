package import ABI
import ServerKit

// What a tree is made of: nodes, which know each other by number alone, so that nothing is kept alive by a reference and no depth
// of directories is ever walked by a destructor.

/// A name in a directory, ordered by its bytes.
package struct Name: Comparable, Sendable {
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package static func < (left: Name, right: Name) -> Bool {
        let common = min(left.bytes.count, right.bytes.count)
        var index = 0
        while index < common {
            if left.bytes[index] != right.bytes[index] { return left.bytes[index] < right.bytes[index] }
            index += 1
        }
        return left.bytes.count < right.bytes.count
    }
}

/// The entries of a directory, findable by name and, for listings, by cookie. A cookie is never given twice, so a listing goes on
/// where it was whatever came and went meanwhile. Cookies 1 and 2 are `.` and `..`.
package final class Directory {
    struct Entry {
        var node: NodeID
        var cookie: UInt64
    }

    private(set) var entries = OrderedMap<Name, Entry>()
    private var order = OrderedMap<UInt64, Name>()
    private(set) var nextCookie: UInt64 = 3
    /// Whether its names are the numbers of the caller's descriptors (`/dev/fd`); it has no entries then.
    let listsDescriptors: Bool

    init(listsDescriptors: Bool = false) { self.listsDescriptors = listsDescriptors }

    var isEmpty: Bool { entries.isEmpty }

    func node(_ name: [UInt8]) -> NodeID? { entries[Name(name)]?.node }

    /// Sets what `name` means; a name that was there keeps its place in listings.
    func set(_ name: [UInt8], _ node: NodeID) {
        let key = Name(name)
        if let old = entries[key] {
            entries[key] = Entry(node: node, cookie: old.cookie)
        } else {
            entries[key] = Entry(node: node, cookie: nextCookie)
            order[nextCookie] = key
            nextCookie += 1
        }
    }

    func remove(_ name: [UInt8]) {
        let key = Name(name)
        guard let entry = entries[key] else { return }
        entries[key] = nil
        order[entry.cookie] = nil
    }

    /// The first entry with a greater cookie.
    func next(after cookie: UInt64) -> (cookie: UInt64, name: [UInt8], node: NodeID)? {
        guard let (found, name) = order.next(after: cookie), let entry = entries[name] else { return nil }
        return (found, name.bytes, entry.node)
    }

    func encode(into writer: inout Writer) {
        writer.bool(listsDescriptors)
        writer.u64(nextCookie)
        let keys = entries.keys
        writer.u32(UInt32(keys.count))
        for key in keys {
            guard let entry = entries[key] else { continue }
            writer.bytes(key.bytes)
            writer.value(entry.node)
            writer.u64(entry.cookie)
        }
    }

    init(decoding reader: inout Reader) throws(Errno) {
        listsDescriptors = try reader.bool()
        nextCookie = try reader.u64()
        for _ in 0..<(try reader.u32()) {
            let key = Name(try reader.bytes(limit: Limits.name))
            let entry = Entry(node: try reader.value(NodeID.self), cookie: try reader.u64())
            guard entry.cookie >= 3, entry.cookie < nextCookie, nextCookie < 1 << 62, entries[key] == nil, order[entry.cookie] == nil else {
                throw .badMessage
            }
            entries[key] = entry
            order[entry.cookie] = key
        }
    }
}

/// What a node is.
package enum NodeContent {
    case directory(Directory)
    /// A regular file kept in memory.
    case memory(PagedBytes)
    /// A regular file whose bytes the driver fetches: its number there, and its size.
    case external(UInt32, size: UInt64)
    /// A regular file whose bytes the driver makes for each open; its number there. Its size is told as 0.
    case generated(UInt32)
    case symbolicLink([UInt8])
    case device(MajorNumber, UInt32)
    /// An alias of the caller's own descriptor.
    case descriptor(Descriptor)
}

/// A file, directory, link or device of a tree.
package final class Node {
    package internal(set) var id: NodeID = .none
    package let content: NodeContent
    /// Permission bits, 0…0o7777.
    package internal(set) var mode: UInt16
    package internal(set) var user: UserID
    package internal(set) var group: GroupID
    /// Hard links; 0: it lives only while descriptions hold it.
    package internal(set) var links: UInt32 = 0
    package internal(set) var accessTime: Nanoseconds
    package internal(set) var modificationTime: Nanoseconds
    package internal(set) var changeTime: Nanoseconds
    /// Open descriptions.
    package internal(set) var holders = 0
    /// Of a directory: the one it is in (the root: itself).
    package internal(set) var parent: NodeID = .none
    /// Of a directory: its name there.
    package internal(set) var name: [UInt8] = []
    /// Of a directory: whether something is mounted on it.
    package internal(set) var isCovered = false
    /// Advisory locks.
    var locks = FileLocks()

    init(_ content: NodeContent, mode: UInt16, user: UserID, group: GroupID, now: Nanoseconds) {
        self.content = content
        self.mode = mode & 0o7777
        self.user = user
        self.group = group
        accessTime = now
        modificationTime = now
        changeTime = now
    }

    package var kind: FileKind {
        switch content {
        case .directory: return .directory
        case .memory, .external, .generated: return .regular
        case .symbolicLink: return .symbolicLink
        case .device, .descriptor: return .characterDevice
        }
    }

    var directory: Directory? {
        if case .directory(let directory) = content { return directory }
        return nil
    }

    /// Bytes of a regular file or of a link's target, else 0.
    package var size: UInt64 {
        switch content {
        case .memory(let bytes): return bytes.size
        case .external(_, let size): return size
        case .symbolicLink(let target): return UInt64(target.count)
        case .directory, .generated, .device, .descriptor: return 0
        }
    }

    /// C: struct stat; the device number is resmgr's to fill in.
    package var status: FileStatus {
        var major = MajorNumber.none
        var minor: UInt32 = 0
        var stored: UInt64 = 0
        switch content {
        case .memory(let bytes): stored = bytes.stored
        case .external(_, let size): stored = size
        case .device(let number, let which): (major, minor) = (number, which)
        case .directory, .generated, .symbolicLink, .descriptor: break
        }
        return FileStatus(
            device: 0, node: id, kind: kind, mode: mode, links: links, user: user, group: group, size: size,
            blocks: stored / 512 + (stored % 512 == 0 ? 0 : 1), major: major, minor: minor, accessTime: accessTime,
            modificationTime: modificationTime, changeTime: changeTime)
    }

    /// The file was read. As Linux does by default (relatime), the access time moves only if it would otherwise be no later than the
    /// last change, or is a day old: POSIX lets the mark be delayed, and a read need not dirty the file.
    func markRead(_ now: Nanoseconds) {
        let day: UInt64 = 86_400_000_000_000
        if accessTime <= modificationTime || accessTime <= changeTime || accessTime.adding(day) <= now { accessTime = now }
    }

    /// The content changed.
    func markWritten(_ now: Nanoseconds) {
        modificationTime = now
        changeTime = now
    }

    /// Data of an executable with set-id bits changed: it must not keep another's rights (POSIX, write(): "may be cleared").
    func clearSetIDBits() {
        if kind == .regular { mode &= 0o1777 }
    }
}
