import ABI
import Glibc

/// An open file description of the host's: one offset and one set of flags, however many processes hold it.
final class HostDescription {
    let tree: HostTree
    let node: HostNode
    /// The file as it was opened. Without any access it holds the file only.
    let file: HostFile
    let access: AccessMode
    /// Who opened it: by handle, ownership counts as it was then.
    let opener: UserID
    var flags: DescriptionFlags
    /// Where the next read or write at the shared offset happens, 0…2^63−1.
    var offset: UInt64 = 0
    /// Of a directory: what it lists.
    var listing = Listing()
    private var holders = 0

    init(_ tree: HostTree, _ node: HostNode, _ file: HostFile, _ open: OpenFile, opener: UserID) {
        self.tree = tree
        self.node = node
        self.file = file
        access = open.access
        flags = open.flags
        self.opener = opener
    }

    /// A process has a handle to it.
    func granted() {
        if holders == 0 { tree.hold(node) }
        holders += 1
    }

    /// A handle to it is gone.
    func released() {
        holders -= 1
        if holders == 0 { tree.unhold(node) }
    }

    /// Throws `badFileDescriptor` unless it was opened for all of `wanted`.
    func check(_ wanted: AccessMode) throws(Errno) {
        if !access.isSuperset(of: wanted) { throw .badFileDescriptor }
    }

    /// The offset that a position means. Throws `invalidArgument` beyond 2^63−1.
    func offset(_ position: Position) throws(Errno) -> Int64 {
        let offset: UInt64
        switch position {
        case .shared: offset = self.offset
        case .explicit(let wanted): offset = wanted
        }
        guard let offset = Int64(exactly: offset) else { throw .invalidArgument }
        return offset
    }
}

extension OpenFile {
    /// The host's flags for a regular file: what it is opened for, and how it is written.
    var hostFlags: Int32 {
        var host: Int32 = O_RDONLY
        if access.contains(.write) {
            host = access.isDisjoint(with: [.read, .execute]) ? O_WRONLY : O_RDWR
        } else if access.isEmpty {
            return HostFile.pathOnly
        }
        if flags.contains(.append) { host |= O_APPEND }
        if flags.contains(.sync) { host |= O_SYNC }
        if flags.contains(.dataSync) { host |= O_DSYNC }
        return host
    }
}
