import ABI
import Glibc

// An open file of the host, and the calls that begin at one. Every name that is handed to the host is a single component: no call
// resolves a path of the guest's, follows a symbolic link of the host's, or looks `..` up but in `parent`.

/// A descriptor of the host; closed when nobody refers to it any more.
final class HostFile {
    let number: Int32

    /// Flags of open(2) and of the `…at` calls that are no plain numbers in the host's headers (Linux, all architectures that Swift
    /// runs on).
    static let pathOnly: Int32 = 0o10000000
    static let emptyPath: Int32 = 0x1000

    private init(_ number: Int32) { self.number = number }

    deinit { Glibc.close(number) }

    /// Repeats a call of the host that a signal interrupted. Throws what it failed with.
    @discardableResult
    static func check<Result: SignedInteger>(_ call: () -> Result) throws(Errno) -> Result {
        while true {
            let result = call()
            if result >= 0 { return result }
            if errno != EINTR { throw Errno(host: errno) }
        }
    }

    /// Opens a directory by a path of the host's: the root of a file system, named by whoever starts the machine.
    static func directory(at path: String) throws(Errno) -> HostFile {
        HostFile(try check { Glibc.open(path, pathOnly | O_DIRECTORY | O_CLOEXEC) })
    }

    /// Finds a name in this directory without opening what it means, also if that is a symbolic link. `nil` if there is none.
    func find(_ name: [UInt8]) throws(Errno) -> HostFile? {
        do throws(Errno) {
            return HostFile(
                try HostFile.check { openat(number, HostFile.text(name), HostFile.pathOnly | O_NOFOLLOW | O_CLOEXEC) })
        } catch .noSuchFileOrDirectory {
            return nil
        }
    }

    /// The directory that this one is in, wherever that is.
    func parent() throws(Errno) -> HostFile {
        HostFile(try HostFile.check { openat(number, "..", HostFile.pathOnly | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) })
    }

    /// Makes a regular file in this directory and opens it. Throws `fileExists` if the name is taken.
    func create(_ name: [UInt8], _ flags: Int32, _ mode: UInt16) throws(Errno) -> HostFile {
        HostFile(
            try HostFile.check {
                openat(
                    number, HostFile.text(name), flags | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, mode_t(mode))
            })
    }

    /// Opens this very file anew, whatever its name means by now. For regular files and directories only.
    func reopened(_ flags: Int32) throws(Errno) -> HostFile {
        HostFile(try HostFile.check { Glibc.open(link, flags | O_CLOEXEC | O_NOCTTY) })
    }

    /// A path that means this very file to calls that follow symbolic links (Linux, proc_pid_fd(5)).
    var link: String { "/proc/self/fd/\(number)" }

    /// C: fstat(2).
    func status() throws(Errno) -> stat {
        var status = stat()
        try HostFile.check { fstat(number, &status) }
        return status
    }

    /// The target of this symbolic link. Throws `fileNameTooLong` if it is no shorter than `Limits.path`.
    func target() throws(Errno) -> [UInt8] { try HostFile.target(number, "") }

    /// Where this file is on the host. Throws `fileNameTooLong`, as `target`.
    func location() throws(Errno) -> [UInt8] { try HostFile.target(AT_FDCWD, link) }

    private static func target(_ directory: Int32, _ path: String) throws(Errno) -> [UInt8] {
        var failure: Errno?
        let target = [UInt8](unsafeUninitializedCapacity: Limits.path) { buffer, count in
            do throws(Errno) {
                count = try check {
                    buffer.withMemoryRebound(to: CChar.self) { text in
                        text.baseAddress.map { readlinkat(directory, path, $0, text.count) } ?? 0
                    }
                }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        if target.count >= Limits.path { throw .fileNameTooLong }
        return target
    }

    /// A name of the guest's with the zero that ends it. Names have none inside: `Walker` and `LastName` refuse those.
    static func text(_ name: [UInt8]) -> [CChar] { name.map { CChar(bitPattern: $0) } + [0] }
}
