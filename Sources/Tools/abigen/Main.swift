// Writes what others need of the ABI and cannot import: JavaScript, and the library of programs. The files are committed.
//
//     swift run abigen            writes the files
//     swift run abigen --check    changes nothing; status 1 if a file is not what this ABI gives
//
// Run at the top of the project.

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@main struct Main {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.isEmpty || Array(arguments) == ["--check"] else { stop("usage: abigen [--check]", status: 2) }
        let source = "Sources/ABI/Errno.swift"
        guard let text = read(source) else { stop("cannot read \(source): run at the top of the project", status: 2) }
        guard let errors = DocumentedError.all(text) else { stop("\(source) does not tell one C name for each error", status: 2) }
        let outputs = [
            ("web/generated/abi.js", javaScript()),
            ("Sources/Martlet/Generated/ErrorNumbers.swift", swiftErrors(errors)),
            ("Sources/ProgramPort/Generated/LinuxErrorTable.swift", swiftLinuxErrors(errors)),
            ("Sources/ProgramPort/Generated/Numbers.swift", swiftNumbers()),
        ]
        var isStale = false
        for (path, content) in outputs {
            let text = Array(content.utf8)
            if arguments.isEmpty {
                guard replace(path, with: text) else { stop("cannot write \(path): run at the top of the project", status: 2) }
            } else if read(path) != text {
                tell("\(path) is stale: run `swift run abigen` and commit it")
                isStale = true
            }
        }
        exit(isStale ? 1 : 0)
    }

    private static func tell(_ message: String) {
        let line = Array("abigen: \(message)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
    }

    /// Ends the command with a message on standard error.
    private static func stop(_ message: String, status: Int32) -> Never {
        tell(message)
        exit(status)
    }

    /// The bytes of a file, or nil if it cannot be read.
    private static func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "rb") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = fread(&piece, 1, piece.count, file)
            if count == 0 { return ferror(file) == 0 ? bytes : nil }
            bytes.append(contentsOf: piece[0..<count])
        }
    }

    /// Replaces a file's contents; false if that fails.
    private static func replace(_ path: String, with bytes: [UInt8]) -> Bool {
        guard let file = fopen(path, "wb") else { return false }
        let written = fwrite(bytes, 1, bytes.count, file)
        return fclose(file) == 0 && written == bytes.count
    }
}
