// Paths, and what is done to what they name. A path is bytes; a relative one starts at the working directory.

internal import ProgramPort

/// C: the calls that take a path.
///
/// All may wait. Any may throw, of the path: `noSuchFileOrDirectory` (also for an empty one), `notDirectory`,
/// `permissionDenied`, `tooManySymbolicLinkLevels`, `fileNameTooLong`; those that change something also `readOnlyFileSystem`,
/// `noSpace` and `ioError`. Further errors are told at each.
public enum Path {
    /// A path as the program ABI takes it: a preopened directory and a path relative to it.
    static func place(_ path: [UInt8]) throws(Errno) -> (directory: Int32, path: [UInt8]) {
        guard let first = path.first else { throw .noSuchFileOrDirectory }
        if first != 0x2F { return (Port.workingDirectory, path) }
        var start = 0
        while start < path.count, path[start] == 0x2F { start += 1 }
        return (Port.rootDirectory, start == path.count ? [0x2E] : [UInt8](path[start...]))
    }

    /// C: stat(2), or lstat(2) if a symbolic link at the end is not followed.
    public static func status(_ path: [UInt8], follow: Bool = true) throws(Errno) -> FileStatus {
        let place = try place(path)
        var buffer = [UInt8](repeating: 0, count: Port.Number.Size.status)
        try check(Port.status(place.directory, place.path, follow: follow, &buffer))
        return try FileStatus(encoded: buffer)
    }

    /// Makes a directory with the permissions 0777 without those of the mask (C: mkdir(2)). Throws `fileExists`.
    public static func makeDirectory(_ path: [UInt8]) throws(Errno) {
        let place = try place(path)
        try check(Port.createDirectory(place.directory, place.path))
    }

    /// C: rmdir(2). Throws `directoryNotEmpty`, `resourceBusy` (something is mounted there).
    public static func removeDirectory(_ path: [UInt8]) throws(Errno) {
        let place = try place(path)
        try check(Port.removeDirectory(place.directory, place.path))
    }

    /// C: unlink(2). Throws `isDirectory` or `notPermitted` for a directory.
    public static func unlink(_ path: [UInt8]) throws(Errno) {
        let place = try place(path)
        try check(Port.unlink(place.directory, place.path))
    }

    /// C: rename(2). Throws `improperLink` between file systems, `directoryNotEmpty`, `isDirectory`, `invalidArgument` (into
    /// itself).
    public static func rename(_ from: [UInt8], to: [UInt8]) throws(Errno) {
        let source = try place(from)
        let target = try place(to)
        try check(Port.rename(source.directory, source.path, target.directory, target.path))
    }

    /// Makes another name for a file (C: link(2)). Throws `fileExists`, `improperLink`, `notPermitted` (a directory).
    public static func link(_ existing: [UInt8], as new: [UInt8]) throws(Errno) {
        let source = try place(existing)
        let target = try place(new)
        try check(Port.link(source.directory, source.path, target.directory, target.path))
    }

    /// C: symlink(2). Throws `fileExists`.
    public static func symbolicLink(to target: [UInt8], at path: [UInt8]) throws(Errno) {
        if target.isEmpty { throw .noSuchFileOrDirectory }
        let place = try place(path)
        try check(Port.symbolicLink(target, place.directory, place.path))
    }

    /// C: readlink(2). Throws `invalidArgument` if it is no symbolic link.
    public static func readLink(_ path: [UInt8]) throws(Errno) -> [UInt8] {
        let place = try place(path)
        var buffer = [UInt8](repeating: 0, count: Port.Number.Size.path)
        var length = 0
        try check(Port.readLink(place.directory, place.path, &buffer, &length))
        return [UInt8](buffer[0..<min(length, buffer.count)])
    }

    /// C: chmod(2). Throws `notPermitted` unless the caller owns the file or is root.
    public static func setMode(_ path: [UInt8], _ mode: UInt16) throws(Errno) {
        let place = try place(path)
        try check(Port.setMode(place.directory, place.path, mode))
    }

    /// C: chown(2); all ones leaves an id as it is. Throws `notPermitted`.
    public static func setOwner(_ path: [UInt8], user: UInt32, group: UInt32, follow: Bool = true) throws(Errno) {
        let place = try place(path)
        try check(Port.setOwner(place.directory, place.path, follow: follow, user, group))
    }

    /// A time to set: nanoseconds since 1970-01-01 UTC, the present, or the one that is there.
    public enum Time: Sendable {
        case at(UInt64)
        case now, unchanged
    }

    /// C: utimensat(2). Throws `notPermitted`.
    public static func setTimes(_ path: [UInt8], access: Time, modification: Time, follow: Bool = true) throws(Errno) {
        let place = try place(path)
        var which: UInt16 = 0
        var times: (UInt64, UInt64) = (0, 0)
        switch access {
        case .at(let time): (which, times.0) = (Port.Number.SetTimes.access, time)
        case .now: which = Port.Number.SetTimes.accessNow
        case .unchanged: break
        }
        switch modification {
        case .at(let time): (which, times.1) = (which | Port.Number.SetTimes.modification, time)
        case .now: which |= Port.Number.SetTimes.modificationNow
        case .unchanged: break
        }
        try check(
            Port.setTimes(place.directory, place.path, follow: follow, access: times.0, modification: times.1, which: which))
    }

    /// What may be asked about a file (C: R_OK, W_OK, X_OK).
    public struct Permissions: OptionSet, Sendable {
        public var rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        public static let read = Permissions(rawValue: 4)
        public static let write = Permissions(rawValue: 2)
        /// Execute a file, search a directory.
        public static let execute = Permissions(rawValue: 1)
    }

    /// Returns if the caller has all these permissions; none only asks whether the file is there (C: access(2)).
    public static func checkAccess(_ path: [UInt8], _ permissions: Permissions) throws(Errno) {
        let place = try place(path)
        try check(Port.access(place.directory, place.path, permissions.rawValue))
    }

    /// All of a file's bytes.
    public static func contents(_ path: [UInt8]) throws(Errno) -> [UInt8] {
        let file = try File.open(path)
        defer { try? file.close() }
        return try file.readAll()
    }

    /// Makes or replaces a file with these bytes.
    public static func write(_ bytes: [UInt8], to path: [UInt8]) throws(Errno) {
        let file = try File.open(path, .write, [.create, .truncate])
        defer { try? file.close() }
        try file.write(bytes)
    }

    /// `directory/name`.
    public static func join(_ directory: [UInt8], _ name: [UInt8]) -> [UInt8] {
        var result = directory
        if let last = result.last, last != 0x2F { result.append(0x2F) }
        result += name
        return result
    }

    /// The last component without slashes behind it (C: basename(3)): of `/` it is `/`, of nothing `.`.
    public static func baseName(_ path: [UInt8]) -> [UInt8] {
        if path.isEmpty { return [0x2E] }
        var end = path.count
        while end > 1, path[end - 1] == 0x2F { end -= 1 }
        if end == 1 { return [path[0]] }
        var start = end
        while start > 0, path[start - 1] != 0x2F { start -= 1 }
        return [UInt8](path[start..<end])
    }

    /// What comes before the last component (C: dirname(3)); `.` if nothing does.
    public static func directoryName(_ path: [UInt8]) -> [UInt8] {
        var end = path.count
        while end > 0, path[end - 1] == 0x2F { end -= 1 }
        if end == 0 { return path.isEmpty ? [0x2E] : [0x2F] }
        while end > 0, path[end - 1] != 0x2F { end -= 1 }
        if end == 0 { return [0x2E] }
        while end > 1, path[end - 1] == 0x2F { end -= 1 }
        return [UInt8](path[0..<end])
    }
}
