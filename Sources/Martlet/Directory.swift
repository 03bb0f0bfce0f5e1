// Listing a directory.

internal import ProgramPort

/// One name in a directory.
public struct DirectoryEntry: Sendable {
    /// Its file's number.
    public var node: UInt64
    /// What it is; `unknown` if the file system does not say.
    public var kind: FileKind
    public var name: [UInt8]
}

/// C: opendir(3), readdir(3).
public enum Directory {
    /// All entries, `.` and `..` too, in the file system's order.
    ///
    /// Throws `notDirectory`, and what `File.open` does. May wait.
    public static func entries(_ path: [UInt8]) throws(Errno) -> [DirectoryEntry] {
        let directory = try File.open(path, .read, .directory)
        defer { try? directory.close() }
        return try entries(of: directory)
    }

    /// All entries of an open directory.
    public static func entries(of directory: File) throws(Errno) -> [DirectoryEntry] {
        var result: [DirectoryEntry] = []
        var cookie: UInt64 = 0
        var size = 16384
        while true {
            var buffer = [UInt8](repeating: 0, count: size)
            var used = 0
            try check(Port.readDirectory(directory.descriptor, &buffer, cookie, &used))
            let before = result.count
            used = min(used, buffer.count)
            let rest = decode(buffer, used, &cookie, &result)
            // A buffer that was not filled is the end; one whose only entry did not fit was too small.
            if used < buffer.count { return result }
            if result.count == before {
                if rest == 0 { return result }
                size *= 4
            }
        }
    }

    /// Adds the whole entries (WASI `dirent` and name) of a buffer, and returns how many bytes of a cut one are left.
    private static func decode(_ buffer: [UInt8], _ used: Int, _ cookie: inout UInt64, _ result: inout [DirectoryEntry]) -> Int {
        var position = 0
        let size = Port.Number.DirectoryEntry.size
        while used - position >= size {
            var reader = ByteReader([UInt8](buffer[position..<position + size]))
            guard let next = try? reader.integer(UInt64.self), let node = try? reader.integer(UInt64.self),
                let length = try? reader.integer(UInt32.self), let kind = try? reader.integer(UInt8.self),
                Int(length) <= used - position - size
            else { break }
            let start = position + size
            position = start + Int(length)
            cookie = next
            result.append(
                DirectoryEntry(node: node, kind: FileKind(rawValue: kind) ?? .unknown, name: [UInt8](buffer[start..<position])))
        }
        return used - position
    }
}
