import ABI
import ServerKit

// What is known of a file and can be set by path: times, mode, owner, size; access and the target of a link.

extension FileSystems {
    /// C: utimensat(2). The owner and root may set any time; who may write the file may set both to now. Throws `notPermitted`, or
    /// `permissionDenied` if both are to be now; `readOnlyFileSystem`.
    func setTimes(
        _ times: TimeChange, _ node: Node, _ credentials: Credentials, _ tree: Tree, _ now: Nanoseconds
    ) throws(Errno) {
        try setTimes(times, node, user: credentials.user, mayWrite: node.permits(Permission.write, credentials), tree, now)
    }

    func setTimes(
        _ times: TimeChange, _ node: Node, user: UserID, mayWrite: Bool, _ tree: Tree, _ now: Nanoseconds
    ) throws(Errno) {
        try tree.checkAttributesWritable()
        if times.access == .keep && times.modification == .keep { return }
        if user != .root && user != node.user {
            guard times.access == .now && times.modification == .now else { throw .notPermitted }
            guard mayWrite else { throw .permissionDenied }
        }
        node.accessTime = time(times.access, node.accessTime, now)
        node.modificationTime = time(times.modification, node.modificationTime, now)
        node.changeTime = now
    }

    private func time(_ setting: TimeSetting, _ old: Nanoseconds, _ now: Nanoseconds) -> Nanoseconds {
        switch setting {
        case .keep: return old
        case .now: return now
        case .to(let time): return time
        }
    }

    /// C: fchmodat(2). Throws `notPermitted` unless it is the owner or root, `readOnlyFileSystem`, `notSupported` for a link itself.
    func setMode(_ mode: UInt16, _ node: Node, _ credentials: Credentials, _ tree: Tree, _ now: Nanoseconds) throws(Errno) {
        try tree.checkAttributesWritable()
        try node.checkOwner(credentials.user)
        if node.kind == .symbolicLink { throw .notSupported }
        var mode = mode & 0o7777
        // POSIX: who is not in the file's group cannot lend that group's rights.
        if !credentials.isRoot && !credentials.isMember(of: node.group) { mode &= ~0o2000 }
        node.mode = mode
        node.changeTime = now
    }

    /// C: fchownat(2); all ones leaves an id as it is. Root may give anything to anybody, an owner a group of its own. A regular
    /// file loses its set-id bits. Throws `notPermitted`, `readOnlyFileSystem`.
    func setOwner(
        _ user: UserID, _ group: GroupID, _ node: Node, _ credentials: Credentials, _ tree: Tree, _ now: Nanoseconds
    ) throws(Errno) {
        try tree.checkAttributesWritable()
        let newUser = user.rawValue == .max ? node.user : user
        let newGroup = group.rawValue == .max ? node.group : group
        if !credentials.isRoot {
            guard credentials.user == node.user, newUser == node.user,
                newGroup == node.group || credentials.isMember(of: newGroup)
            else { throw .notPermitted }
        }
        node.user = newUser
        node.group = newGroup
        node.clearSetIDBits()
        node.changeTime = now
    }

    /// C: truncate(2). Throws `isDirectory`, `invalidArgument` (not a regular file), `permissionDenied`, `fileTooLarge`,
    /// `readOnlyFileSystem`.
    func setSize(
        _ size: UInt64, _ node: Node, _ credentials: Credentials, _ tree: Tree, _ now: Nanoseconds
    ) throws(Errno) {
        if node.kind == .directory { throw .isDirectory }
        guard node.kind == .regular else { throw .invalidArgument }
        try tree.checkWritable()
        try node.check(Permission.write, credentials)
        try resize(node, to: size, tree, now)
    }

    /// Sets a regular file's size. Throws `fileTooLarge` beyond 2^63−1.
    func resize(_ node: Node, to size: UInt64, _ tree: Tree, _ now: Nanoseconds) throws(Errno) {
        guard size <= PagedBytes.maximum else { throw .fileTooLarge }
        guard case .memory(let bytes) = node.content else { throw .invalidArgument }
        let before = bytes.stored
        bytes.resize(to: size)
        tree.release(before - bytes.stored)
        node.markWritten(now)
        node.clearSetIDBits()
    }

    /// C: faccessat(2) with effective ids; `mask` of `Permission` bits, 0: is it there? Throws `permissionDenied`,
    /// `readOnlyFileSystem` for writing what is no device.
    func access(_ mask: UInt8, _ node: Node, _ credentials: Credentials, _ tree: Tree) throws(Errno) {
        if mask & Permission.write != 0 && node.kind != .characterDevice { try tree.checkWritable() }
        try node.check(mask, credentials)
    }

    /// C: readlinkat(2). Throws `invalidArgument` for anything but a link.
    func readLink(_ node: Node) throws(Errno) -> [UInt8] {
        guard case .symbolicLink(let target) = node.content else { throw .invalidArgument }
        return target
    }
}
