// What a program was started with, and its end.

internal import ProgramPort

/// The running program.
public enum Program {
    /// Its arguments; the first one is the name under which it was started.
    public static let arguments: [[UInt8]] = {
        let arguments = Port.arguments()
        return arguments.isEmpty ? [[UInt8]("program")] : arguments
    }()

    /// Its environment: each `NAME=value`.
    public static let environment: [[UInt8]] = Port.environment()

    /// The value of an environment variable.
    public static func variable(_ name: StaticString) -> [UInt8]? {
        variable([UInt8](name))
    }

    /// The value of an environment variable.
    public static func variable(_ name: [UInt8]) -> [UInt8]? {
        for entry in environment where entry.count > name.count && entry[name.count] == 0x3D && entry.hasPrefix(name) {
            return [UInt8](entry[(name.count + 1)...])
        }
        return nil
    }

    /// Writes out what `Output.standard` and `Output.error` hold and ends the program (C: exit(3)).
    ///
    /// Output that cannot be written makes a status of 0 a 1, and is told; only if nobody reads it any more (`brokenPipe`) the
    /// program ends by that signal instead, as it would have at the write.
    public static func exit(_ status: UInt8) -> Never {
        var result = status
        do {
            try Output.standard.flush()
        } catch {
            if error == .brokenPipe { endByBrokenPipe() }
            Output.error.write([UInt8]("write error: ") + error.message + [0x0A])
            if result == 0 { result = 1 }
        }
        try? Output.error.flush()
        Port.exit(result)
    }

    /// Ends the program as a write to a pipe that nobody reads would have.
    static func endByBrokenPipe() -> Never {
        try? Process.kill(Process.current, .brokenPipe)
        Port.exit(1)
    }

    /// Sets which permission bits new files do not get (C: umask(2)), and returns those before.
    @discardableResult
    public static func setMask(_ mask: UInt32) -> UInt32 {
        var old: UInt32 = 0
        _ = Port.setMask(mask, &old)
        return old
    }

    /// The open descriptors below 16 that the program was started with, without the preopened directories. To be asked before
    /// the program opens any.
    public static var inheritedFiles: [File] {
        (0..<16).filter { Port.isInherited($0) }.map { File(descriptor: $0) }
    }

    /// The working directory's absolute path (C: getcwd(3)).
    ///
    /// Throws `noSuchFileOrDirectory` if it was removed. May wait.
    public static func currentDirectory() throws(Errno) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: Port.Number.Size.path)
        var length = 0
        try check(Port.currentDirectory(&buffer, &length))
        return [UInt8](buffer[0..<min(length, buffer.count)])
    }

    /// The working directory's path as the user came to it (POSIX pwd -L): `name`, the value of PWD, if it is absolute, holds no `.`
    /// and no `..` and leads there; else `currentDirectory()`.
    ///
    /// Throws `noSuchFileOrDirectory` if it was removed. May wait.
    public static func currentDirectory(knownAs name: [UInt8]?) throws(Errno) -> [UInt8] {
        guard let name, name.first == UInt8(ascii: "/"), name.count < Port.Number.Size.path,
            !name.pieces(separator: UInt8(ascii: "/")).contains(where: { $0.equals(".") || $0.equals("..") }),
            let known = try? Path.status(name), let current = try? Path.status([UInt8(ascii: ".")]),
            known.device == current.device, known.node == current.node
        else { return try currentDirectory() }
        return name
    }

    /// Changes the working directory (C: chdir(2)).
    ///
    /// Throws `noSuchFileOrDirectory`, `notDirectory`, or `permissionDenied` without search permission. May wait.
    public static func changeDirectory(_ path: [UInt8]) throws(Errno) { try check(Port.changeDirectory(path)) }
}
