// What several utilities do with files.

import Martlet

enum Files {
    /// Opens an operand for reading; `-` is standard input.
    static func open(_ name: [UInt8]) throws(Errno) -> File {
        name.equals("-") ? .standardInput : try File.open(name)
    }

    /// Closes what `open` opened.
    static func close(_ file: File) { if file != .standardInput { try? file.close() } }

    /// Copies all bytes, 64 KiB at a time. An error of the reading is thrown; one of the writing ends the program.
    static func copy(_ file: File, to target: File, _ command: Command, limit: UInt64 = .max) throws(Errno) {
        let size = 65536
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
        defer { buffer.deallocate() }
        var left = limit
        while left > 0 {
            let count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[0..<Int(min(UInt64(size), left))]))
            if count == 0 { return }
            left -= UInt64(count)
            var start = 0
            do {
                while start < count { start += try target.write(some: UnsafeRawBufferPointer(rebasing: buffer[start..<count])) }
            } catch {
                writeFailed(error, command)
            }
        }
    }

    /// Ends the program after a write that failed.
    static func writeFailed(_ error: Errno, _ command: Command) -> Never {
        // Whoever reads this is gone; the signal says so to the parent.
        if error == .brokenPipe { try? Process.kill(Process.current, .brokenPipe) }
        command.end([UInt8]("write error: ") + error.message)
    }

    /// Calls `body` with each input, named as the operand; without operands with standard input.
    static func each(_ operands: [[UInt8]], _ command: Command, _ body: (File, [UInt8]) throws(Errno) -> Void, status: UInt8 = 1) {
        for name in operands.isEmpty ? [[UInt8]("-")] : operands {
            do throws(Errno) {
                let file = try open(name)
                defer { close(file) }
                try body(file, name)
            } catch {
                command.fail(name, error, status: status)
            }
        }
    }

    /// Where the last operand of cp, mv and ln says that each source goes: into a directory, or to a name.
    static func targets(_ operands: [[UInt8]], _ command: Command) -> [(source: [UInt8], target: [UInt8])] {
        guard operands.count >= 2, let last = operands.last else { command.failUsage("an operand is missing") }
        let isDirectory = (try? Path.status(last))?.kind == .directory
        if operands.count > 2, !isDirectory { command.end(last + [UInt8](": ") + Errno.notDirectory.message) }
        return operands.dropLast().map { ($0, isDirectory ? Path.join(last, Path.baseName($0)) : last) }
    }

    /// The names in a directory without `.` and `..`, in the order of their bytes.
    static func names(_ directory: [UInt8]) throws(Errno) -> [[UInt8]] {
        var names: [[UInt8]] = []
        for entry in try Directory.entries(directory) where !entry.name.equals(".") && !entry.name.equals("..") {
            names.append(entry.name)
        }
        return names.sorted { $0.precedes($1) }
    }

    /// A number that an option was given; another text ends the program.
    static func number(_ text: [UInt8], _ command: Command) -> Int64 {
        guard let value = text.decimal else { command.failUsage(text + [UInt8](" is no number")) }
        return value
    }
}

/// Users and groups by number, as /etc/passwd and /etc/group name them.
struct Accounts {
    private let users: [(id: UInt32, name: [UInt8])]
    private let groups: [(id: UInt32, name: [UInt8])]

    init() {
        users = Accounts.read([UInt8]("/etc/passwd"))
        groups = Accounts.read([UInt8]("/etc/group"))
    }

    private static func read(_ path: [UInt8]) -> [(id: UInt32, name: [UInt8])] {
        guard let text = try? Path.contents(path) else { return [] }
        var result: [(id: UInt32, name: [UInt8])] = []
        for line in text.pieces(separator: 0x0A) {
            let fields = line.pieces(separator: UInt8(ascii: ":"))
            if fields.count > 2, let id = fields[2].decimal, id >= 0 { result.append((UInt32(truncatingIfNeeded: id), fields[0])) }
        }
        return result
    }

    func user(_ id: UInt32) -> [UInt8] { users.first { $0.id == id }?.name ?? [UInt8](decimal: id) }
    func group(_ id: UInt32) -> [UInt8] { groups.first { $0.id == id }?.name ?? [UInt8](decimal: id) }
}
