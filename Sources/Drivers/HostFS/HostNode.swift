import ABI
import Glibc

/// A file of the host that the guest has heard of, by number.
final class HostNode {
    /// What makes a file one and the same on the host.
    struct Identity: Hashable {
        var device: UInt64
        var inode: UInt64
    }

    let identity: Identity
    let kind: FileKind
    /// Its number, once it is in the table.
    var id = NodeID.none
    /// Holds the file without having it opened. Of a directory it is kept for a while, of anything else until the request ends; of what
    /// is open, mounted on or the root, always.
    var file: HostFile?
    /// Where it was seen last: from there it is found again when `file` is gone.
    var parent: NodeID
    var name: [UInt8]
    /// Open descriptions.
    var holders = 0
    /// Of a directory: whether something is mounted on it.
    var isCovered = false
    /// When it was used last, counted in uses.
    var lastUse: UInt64 = 0

    init(_ identity: Identity, _ kind: FileKind, parent: NodeID = .none, name: [UInt8] = []) {
        self.identity = identity
        self.kind = kind
        self.parent = parent
        self.name = name
    }
}

extension HostNode.Identity {
    init(_ status: stat) { self.init(device: UInt64(status.st_dev), inode: UInt64(status.st_ino)) }
}

extension FileKind {
    /// What the type bits of a mode mean (Linux, inode(7)).
    init(hostMode mode: mode_t) {
        switch mode & S_IFMT {
        case S_IFBLK: self = .blockDevice
        case S_IFCHR: self = .characterDevice
        case S_IFDIR: self = .directory
        case S_IFREG: self = .regular
        case S_IFSOCK: self = .streamSocket
        case S_IFLNK: self = .symbolicLink
        case S_IFIFO: self = .pipe
        default: self = .unknown
        }
    }
}
