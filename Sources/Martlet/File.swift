// An open file.

internal import ProgramPort

/// A descriptor of an open file. A plain value: it does not close itself.
public struct File: Equatable, Sendable {
    /// Its number.
    public var descriptor: Int32

    /// Names an open descriptor.
    public init(descriptor: Int32) { self.descriptor = descriptor }

    /// C: STDIN_FILENO
    public static let standardInput = File(descriptor: 0)
    /// C: STDOUT_FILENO
    public static let standardOutput = File(descriptor: 1)
    /// C: STDERR_FILENO
    public static let standardError = File(descriptor: 2)

    /// What a file is opened for.
    public enum Access: Sendable { case read, write, readWrite }

    /// How a file is opened (C: the O_ flags of open(2)).
    public struct Options: OptionSet, Sendable {
        public var rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        /// Make it if it is absent (C: O_CREAT).
        public static let create = Options(rawValue: UInt8(Port.Number.OpenFlag.create))
        /// It must be a directory (C: O_DIRECTORY).
        public static let directory = Options(rawValue: UInt8(Port.Number.OpenFlag.directory))
        /// With `create`: it must be absent (C: O_EXCL).
        public static let exclusive = Options(rawValue: UInt8(Port.Number.OpenFlag.exclusive))
        /// Cut it to nothing (C: O_TRUNC).
        public static let truncate = Options(rawValue: UInt8(Port.Number.OpenFlag.truncate))
        /// Every write goes to the end (C: O_APPEND).
        public static let append = Options(rawValue: 16)
        /// Reads and writes answer `resourceTemporarilyUnavailable` rather than wait (C: O_NONBLOCK).
        public static let nonBlocking = Options(rawValue: 32)
        /// A symbolic link at the end is not followed: `tooManySymbolicLinkLevels` (C: O_NOFOLLOW).
        public static let noFollow = Options(rawValue: 64)
    }

    /// Opens a file (C: open(2)). A new one gets the permissions 0666 without those of the mask.
    ///
    /// Throws `noSuchFileOrDirectory`, `permissionDenied`, `fileExists` (exclusive), `isDirectory` (writing to one),
    /// `notDirectory`, `readOnlyFileSystem`, `tooManyOpenFiles`, `noSpace`. May wait.
    public static func open(_ path: [UInt8], _ access: Access = .read, _ options: Options = []) throws(Errno) -> File {
        let place = try Path.place(path)
        var rights: UInt64 = 0
        if access != .write { rights |= Port.Number.Rights.read }
        if access != .read { rights |= Port.Number.Rights.write }
        var flags: UInt16 = 0
        if options.contains(.append) { flags |= Port.Number.DescriptionFlag.append }
        if options.contains(.nonBlocking) { flags |= Port.Number.DescriptionFlag.nonBlocking }
        // Those that are WASI's have its numbers.
        let openFlags = UInt16(options.intersection([.create, .directory, .exclusive, .truncate]).rawValue)
        var descriptor: Int32 = -1
        try check(
            Port.open(
                place.directory, place.path, follow: !options.contains(.noFollow), openFlags: openFlags, rights: rights, flags: flags,
                &descriptor))
        return File(descriptor: descriptor)
    }

    /// Closes the descriptor (C: close(2)). May wait.
    public func close() throws(Errno) { try check(Port.close(descriptor)) }

    /// Reads at most `buffer.count` bytes and returns how many; 0 at the end (C: read(2)). Waits until there is one.
    ///
    /// Throws `badFileDescriptor`, `isDirectory`, `interrupted`, `ioError`, `resourceTemporarilyUnavailable` (non-blocking).
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
        var count = 0
        try check(Port.read(descriptor, buffer, &count))
        return count
    }

    /// Reads at most `count` bytes; none at the end. As `read(into:)`.
    public func read(count: Int) throws(Errno) -> [UInt8] {
        var code: UInt16 = 0
        let result = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            code = Port.read(descriptor, UnsafeMutableRawBufferPointer(buffer), &filled)
        }
        try check(code)
        return result
    }

    /// Reads everything up to the end; a signal does not stop it.
    public func readAll() throws(Errno) -> [UInt8] {
        var result: [UInt8] = []
        while true {
            let piece: [UInt8]
            do {
                piece = try read(count: 65536)
            } catch {
                if error == .interrupted { continue }
                throw error
            }
            if piece.isEmpty { return result }
            if result.isEmpty { result = piece } else { result += piece }
        }
    }

    /// Writes some of the bytes and returns how many (C: write(2)). May wait.
    ///
    /// Throws `brokenPipe` (after the signal, if that is ignored), `noSpace`, `badFileDescriptor`, `interrupted`, `ioError`.
    public func write(some bytes: UnsafeRawBufferPointer) throws(Errno) -> Int {
        var count = 0
        try check(Port.write(descriptor, bytes, &count))
        return count
    }

    /// Writes some of the bytes and returns how many. As `write(some:)` of a buffer.
    public func write(some bytes: [UInt8]) throws(Errno) -> Int {
        var count = 0
        try check(bytes.withUnsafeBytes { Port.write(descriptor, $0, &count) })
        return count
    }

    /// Writes all the bytes. As `write(some:)`, but a signal does not stop it; after an error some may have been written.
    public func write(_ bytes: [UInt8]) throws(Errno) {
        var start = 0
        while start < bytes.count {
            var count = 0
            let code = bytes.withUnsafeBytes { Port.write(descriptor, UnsafeRawBufferPointer(rebasing: $0[start...]), &count) }
            if Errno(rawValue: code) == .interrupted { continue }
            try check(code)
            start += count
        }
    }

    /// What a seek counts from.
    public enum Origin: UInt8, Sendable {
        case start = 0
        case current, end
    }

    /// Moves the offset and returns the new one (C: lseek(2)).
    ///
    /// Throws `illegalSeek` on pipes and terminals, `invalidArgument` before the start.
    @discardableResult
    public func seek(_ offset: Int64, from origin: Origin = .start) throws(Errno) -> UInt64 {
        var position: UInt64 = 0
        try check(Port.seek(descriptor, offset, origin.rawValue, &position))
        return position
    }

    /// Cuts or extends the file with zeros (C: ftruncate(2)).
    public func setSize(_ size: Int64) throws(Errno) { try check(Port.setSize(descriptor, size)) }

    /// Returns when everything is durable (C: fsync(2)).
    public func synchronize() throws(Errno) { try check(Port.synchronize(descriptor)) }

    /// Turns waiting reads and writes on or off, for all that share the open file (C: fcntl(2), O_NONBLOCK).
    public func setNonBlocking(_ isNonBlocking: Bool) throws(Errno) {
        var kind: UInt8 = 0
        var flags: UInt16 = 0
        try check(Port.descriptorState(descriptor, &kind, &flags))
        let flag = Port.Number.DescriptionFlag.nonBlocking
        try check(Port.setDescriptorFlags(descriptor, isNonBlocking ? flags | flag : flags & ~flag))
    }

    /// Another descriptor of the same open file, with a number of at least `least` (C: fcntl(2), F_DUPFD).
    public func duplicate(least: Int32 = 0) throws(Errno) -> File {
        var result: Int32 = -1
        try check(Port.duplicate(descriptor, least, &result))
        return File(descriptor: result)
    }

    /// Makes `new` a descriptor of the same open file; what it was before is closed (C: dup2(2)).
    public func duplicate(to new: File) throws(Errno) { try check(Port.duplicate(descriptor, to: new.descriptor)) }

    /// What is known of the file (C: fstat(2)). May wait.
    public func status() throws(Errno) -> FileStatus {
        var buffer = [UInt8](repeating: 0, count: Port.Number.Size.status)
        try check(Port.status(descriptor, &buffer))
        return try FileStatus(encoded: buffer)
    }
}
