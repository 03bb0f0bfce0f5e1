package import ABI

// Who may do what (POSIX, "File Access Permissions"): the class of owner, group or others decides, whichever comes first; root may
// read, write and search everything, and execute what anybody may execute.

/// Bits of a permission class.
package enum Permission {
    package static let execute: UInt8 = 1
    package static let write: UInt8 = 2
    package static let read: UInt8 = 4
}

extension Credentials {
    package var isRoot: Bool { user == .root }

    /// Whether they belong to a group.
    package func isMember(of wanted: GroupID) -> Bool { group == wanted || supplementary.contains(wanted) }
}

extension Credentials {
    /// Whether they have all of `wanted` (`Permission` bits) of a file with these permission bits and owners.
    package func permit(_ wanted: UInt8, mode: UInt16, user owner: UserID, group ownerGroup: GroupID, isDirectory: Bool) -> Bool {
        if isRoot { return wanted & Permission.execute == 0 || isDirectory || mode & 0o111 != 0 }
        let granted: UInt16
        if user == owner {
            granted = mode >> 6
        } else if isMember(of: ownerGroup) {
            granted = mode >> 3
        } else {
            granted = mode
        }
        return UInt8(granted & 7) & wanted == wanted
    }
}

extension Node {
    /// Whether `credentials` have all of `wanted` (`Permission` bits).
    package func permits(_ wanted: UInt8, _ credentials: Credentials) -> Bool {
        credentials.permit(wanted, mode: mode, user: user, group: group, isDirectory: kind == .directory)
    }

    /// Throws `permissionDenied` unless `permits`.
    func check(_ wanted: UInt8, _ credentials: Credentials) throws(Errno) {
        if !permits(wanted, credentials) { throw .permissionDenied }
    }

    /// Throws `notPermitted` unless `user` owns it or is root.
    func checkOwner(_ wanted: UserID) throws(Errno) {
        if wanted != .root && wanted != user { throw .notPermitted }
    }
}

extension Tree {
    /// Throws `readOnlyFileSystem` or `notPermitted` if no name may be made or removed.
    func checkNamesWritable() throws(Errno) {
        switch protection {
        case .none: break
        case .names, .everything: throw .readOnlyFileSystem
        case .generated: throw .notPermitted
        }
    }

    /// Throws `readOnlyFileSystem` or `permissionDenied` if no file's content may be changed.
    func checkWritable() throws(Errno) {
        switch protection {
        case .none, .names: break
        case .everything: throw .readOnlyFileSystem
        case .generated: throw .permissionDenied
        }
    }

    /// Throws `readOnlyFileSystem` or `notPermitted` if no file's mode, owner or times may be changed.
    func checkAttributesWritable() throws(Errno) {
        switch protection {
        case .none, .names: break
        case .everything: throw .readOnlyFileSystem
        case .generated: throw .notPermitted
        }
    }

    /// Checks for a change of `directory`'s names: it still exists, is writable and may be searched.
    func checkNaming(in directory: Node, _ credentials: Credentials) throws(Errno) {
        try checkNamesWritable()
        if directory.links == 0 { throw .noSuchFileOrDirectory }
        if directory.directory?.listsDescriptors == true { throw .notPermitted }
        try directory.check(Permission.write | Permission.execute, credentials)
    }

    /// Checks that a name may be taken from `node`: beyond `checkNaming`, in a directory with the sticky bit only the file's owner,
    /// the directory's owner and root may (`notPermitted`).
    func checkRemoval(of node: Node, from directory: Node, _ credentials: Credentials) throws(Errno) {
        try checkNaming(in: directory, credentials)
        if directory.mode & 0o1000 != 0, !credentials.isRoot, credentials.user != node.user, credentials.user != directory.user {
            throw .notPermitted
        }
        if node.isCovered || node === root { throw .resourceBusy }
    }
}
