import ABI
import FileServer
import Glibc

// What can be set of a file by path: times, mode, owner, size; and access.

extension HostTree {
    /// C: utimensat(2). The owner and root may set any time; who may write the file (`checkWrite` throws otherwise) may set both to now.
    /// Throws `notPermitted`, `readOnlyFileSystem`.
    func checkTimes(_ times: TimeChange, _ node: HostNode, user: UserID, _ checkWrite: () throws(Errno) -> Void) throws(Errno) {
        try checkWritable()
        if times.access == .keep && times.modification == .keep { return }
        do throws(Errno) {
            try checkOwner(node, user)
        } catch {
            guard times.access == .now && times.modification == .now else { throw error }
            try checkWrite()
        }
    }

    /// Sets times. "Now" is the host's, as for all that the host writes down by itself.
    func setTimes(_ times: TimeChange, _ file: HostFile) throws(Errno) {
        if times.access == .keep && times.modification == .keep { return }
        let values = [timespec(times.access), timespec(times.modification)]
        try HostFile.check { utimensat(file.number, "", values, HostFile.emptyPath) }
    }

    /// C: fchmodat(2). Set-id bits stay as they are. Throws `notPermitted` unless it is the owner or root, `readOnlyFileSystem`,
    /// `notSupported` for a link itself.
    func setMode(_ mode: UInt16, _ node: HostNode, _ credentials: Credentials) throws(Errno) {
        try checkWritable()
        try checkOwner(node, credentials.user)
        if node.kind == .symbolicLink { throw .notSupported }
        let file = try file(of: node)
        let kept = try file.status().st_mode & 0o6000
        try HostFile.check { chmod(file.link, mode_t(mode & 0o1777) | kept) }
    }

    /// C: fchownat(2); all ones leaves an id as it is. On the host only whoever runs the machine, the guest's root, can be given
    /// anything. Throws `notPermitted`, `readOnlyFileSystem`.
    func setOwner(_ newUser: UserID, _ newGroup: GroupID, _ node: HostNode, _ credentials: Credentials) throws(Errno) {
        try checkWritable()
        let file = try file(of: node)
        let status = try file.status()
        let changesUser = newUser.rawValue != .max && newUser != guestUser(status)
        let changesGroup = newGroup.rawValue != .max && newGroup != guestGroup(status)
        if !changesUser && !changesGroup { return try checkOwner(node, credentials.user) }
        guard credentials.isRoot, !changesUser || newUser == .root, !changesGroup || newGroup.rawValue == 0 else {
            throw .notPermitted
        }
        try HostFile.check {
            fchownat(file.number, "", changesUser ? user : .max, changesGroup ? group : .max, HostFile.emptyPath)
        }
    }

    /// C: truncate(2). Throws `isDirectory`, `invalidArgument` (not a regular file), `permissionDenied`, `fileTooLarge`,
    /// `readOnlyFileSystem`.
    func setSize(_ size: UInt64, _ node: HostNode, _ credentials: Credentials) throws(Errno) {
        if node.kind == .directory { throw .isDirectory }
        guard node.kind == .regular else { throw .invalidArgument }
        try checkWritable()
        try check(Permission.write, node, credentials)
        try resize(try file(of: node).reopened(O_WRONLY), to: size)
    }

    /// Sets the size of a file that is open for writing. Throws `fileTooLarge` beyond 2^63−1.
    func resize(_ file: HostFile, to size: UInt64) throws(Errno) {
        guard let size = Int(exactly: size) else { throw .fileTooLarge }
        try HostFile.check { ftruncate(file.number, size) }
    }

    /// C: faccessat(2) with effective ids; `mask` of `Permission` bits, 0: is it there? Throws `permissionDenied`,
    /// `readOnlyFileSystem` for writing what is no device.
    func access(_ mask: UInt8, _ node: HostNode, _ credentials: Credentials) throws(Errno) {
        if mask & Permission.write != 0 && node.kind != .characterDevice { try checkWritable() }
        try check(mask, node, credentials)
        // A link has no permissions of its own, and execution is the guest's affair. The bits are those of access(2).
        let asked = Int32(mask & (node.kind == .directory ? 7 : Permission.read | Permission.write))
        if node.kind == .symbolicLink || asked == 0 { return }
        let link = try file(of: node).link
        try HostFile.check { faccessat(AT_FDCWD, link, asked, AT_EACCESS) }
    }
}

extension timespec {
    /// As utimensat(2) takes it; the two numbers are UTIME_NOW and UTIME_OMIT.
    fileprivate init(_ setting: TimeSetting) {
        switch setting {
        case .now: self.init(tv_sec: 0, tv_nsec: (1 << 30) - 1)
        case .keep: self.init(tv_sec: 0, tv_nsec: (1 << 30) - 2)
        case .to(let time):
            self.init(tv_sec: Int(time.rawValue / 1_000_000_000), tv_nsec: Int(time.rawValue % 1_000_000_000))
        }
    }
}
