// Writes what JavaScript needs of the ABI: `web/generated/abi.js`, a committed file.
//
//     swift run abigen            writes the file
//     swift run abigen --check    changes nothing; status 1 if the file is not what this ABI gives
//
// Run at the top of the project.

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@main struct Main {
    static let output = "web/generated/abi.js"

    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.isEmpty || Array(arguments) == ["--check"] else { stop("usage: abigen [--check]", status: 2) }
        let text = Array(javaScript().utf8)
        if arguments.isEmpty {
            guard replace(output, with: text) else { stop("cannot write \(output): run at the top of the project", status: 2) }
            return
        }
        guard let present = read(output) else { stop("cannot read \(output): run at the top of the project", status: 2) }
        if present != text { stop("\(output) is stale: run `swift run abigen` and commit it", status: 1) }
    }

    /// Ends the command with a message on standard error.
    private static func stop(_ message: String, status: Int32) -> Never {
        let line = Array("abigen: \(message)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
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
