import ABI
import FileServer
import Glibc

// What a file of the host looks like to the guest. As in a user namespace that maps one user, whoever runs the machine is root in
// it, and everybody else is `nobody`.

extension HostTree {
    /// Who owns what is not ours (Linux, user_namespaces(7): the overflow ids).
    static let nobody: UInt32 = 65534

    func guestUser(_ status: stat) -> UserID { UserID(rawValue: status.st_uid == user ? 0 : HostTree.nobody) }

    func guestGroup(_ status: stat) -> GroupID { GroupID(rawValue: status.st_gid == group ? 0 : HostTree.nobody) }

    /// Permission bits. Set-id bits are neither shown nor set: they mean another user here than on the host.
    func guestMode(_ status: stat) -> UInt16 {
        var mode = UInt16(status.st_mode & 0o1777)
        if options.readersMayExecute && status.st_mode & S_IFMT == S_IFREG { mode |= (mode & 0o444) >> 2 }
        return mode
    }

    /// C: struct stat, as the guest sees it.
    func status(_ node: HostNode) throws(Errno) -> FileStatus {
        let status = try status(of: node)
        let isDevice = node.kind == .characterDevice || node.kind == .blockDevice
        return FileStatus(
            device: 0, node: node.id, kind: node.kind, mode: guestMode(status), links: UInt32(clamping: status.st_nlink),
            user: guestUser(status), group: guestGroup(status), size: UInt64(clamping: status.st_size),
            blocks: UInt64(clamping: status.st_blocks),
            major: isDevice ? MajorNumber(rawValue: HostTree.major(status.st_rdev)) : .none,
            minor: isDevice ? HostTree.minor(status.st_rdev) : 0,
            accessTime: Nanoseconds(status.st_atim), modificationTime: Nanoseconds(status.st_mtim),
            changeTime: Nanoseconds(status.st_ctim))
    }

    /// The two parts of a device's number (Linux, makedev(3): a twelve-bit and an eight-bit part with the rest of each above).
    private static func major(_ device: dev_t) -> UInt32 {
        UInt32(truncatingIfNeeded: device >> 8 & 0xfff | device >> 32 & 0xffff_f000)
    }

    private static func minor(_ device: dev_t) -> UInt32 {
        UInt32(truncatingIfNeeded: device & 0xff | device >> 12 & 0xffff_ff00)
    }

    // MARK: Permissions

    // The guest's own rules for its users. The host's are the host's: each call there fails as it fails for whoever runs the machine.

    /// Throws `permissionDenied` unless the guest's user has all of `wanted` (`Permission` bits).
    func check(_ wanted: UInt8, _ node: HostNode, _ credentials: Credentials) throws(Errno) {
        let status = try status(of: node)
        let isPermitted = credentials.permit(
            wanted, mode: guestMode(status), user: guestUser(status), group: guestGroup(status),
            isDirectory: node.kind == .directory)
        if !isPermitted { throw .permissionDenied }
    }

    /// Throws `notPermitted` unless the guest's user owns the file or is root.
    func checkOwner(_ node: HostNode, _ user: UserID) throws(Errno) {
        if user != .root, user != guestUser(try status(of: node)) { throw .notPermitted }
    }

    /// Throws `readOnlyFileSystem` if nothing may be changed.
    func checkWritable() throws(Errno) {
        if options.isReadOnly { throw .readOnlyFileSystem }
    }

    /// Checks for a change of a directory's names.
    func checkNaming(in directory: HostNode, _ credentials: Credentials) throws(Errno) {
        try checkWritable()
        try check(Permission.write | Permission.execute, directory, credentials)
    }

    /// Checks that a name may be taken from `node`. Throws beyond `checkNaming`: `notPermitted` in a directory with the sticky bit,
    /// unless root or the owner of either asks; `resourceBusy` for a root or a covered directory.
    func checkRemoval(of node: HostNode, from directory: HostNode, _ credentials: Credentials) throws(Errno) {
        try checkNaming(in: directory, credentials)
        if !credentials.isRoot {
            let status = try status(of: directory)
            if status.st_mode & 0o1000 != 0, credentials.user != guestUser(status) { try checkOwner(node, credentials.user) }
        }
        if node.isCovered || node === root { throw .resourceBusy }
    }
}

extension Nanoseconds {
    /// A time of the host; those before 1970 are told as its beginning.
    init(_ time: timespec) {
        guard time.tv_sec >= 0 else {
            self = .zero
            return
        }
        let (seconds, overflows) = UInt64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
        self.init(rawValue: overflows ? .max : seconds &+ UInt64(time.tv_nsec))
    }
}
