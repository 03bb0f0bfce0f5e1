import FileServer

// The list of what an image holds. One entry a line, fields separated by blanks, `#` begins a comment line; modes are octal:
//
//     dir MODE PATH
//     program MODE PATH NAME      the file given by --program NAME=FILE
//     file MODE PATH SOURCE       a file below --root
//     link PATH TARGET            a hard link to a file of an earlier line
//     symlink PATH TARGET
//
// Paths are absolute; a directory comes before what is in it. Everything belongs to root.

/// One line of a list.
enum ListEntry {
    case directory(mode: UInt16)
    case program(mode: UInt16, name: String)
    case file(mode: UInt16, source: String)
    case hardLink(String)
    case symbolicLink(String)
}

/// Why an image cannot be made.
struct ImageError: Error {
    let text: String
}

/// Reads lists.
enum ImageList {
    /// The entries of `text` with their paths and line numbers. Throws an error that names `file` and the line.
    static func parse(_ text: String, file: String) throws(ImageError) -> [(entry: ListEntry, path: String, line: Int)] {
        var entries: [(entry: ListEntry, path: String, line: Int)] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let fields = line.split { $0 == " " || $0 == "\t" || $0 == "\r" }.map(String.init)
            guard let kind = fields.first, !kind.hasPrefix("#") else { continue }
            do throws(ImageError) {
                let (entry, path) = try entry(kind, Array(fields.dropFirst()))
                guard Manifest.isPath(Array(path.utf8)) || (path == "/" && kind == "dir") else {
                    throw ImageError(text: "'\(path)' is not an absolute path of plain names")
                }
                entries.append((entry, path, index + 1))
            } catch { throw ImageError(text: "\(file):\(index + 1): \(error.text)") }
        }
        return entries
    }

    private static func entry(_ kind: String, _ fields: [String]) throws(ImageError) -> (ListEntry, String) {
        func need(_ form: String, _ count: Int) throws(ImageError) {
            if fields.count != count { throw ImageError(text: "an entry has the form '\(form)'") }
        }
        switch kind {
        case "dir":
            try need("dir MODE PATH", 2)
            return (.directory(mode: try mode(fields[0])), fields[1])
        case "program":
            try need("program MODE PATH NAME", 3)
            return (.program(mode: try mode(fields[0]), name: fields[2]), fields[1])
        case "file":
            try need("file MODE PATH SOURCE", 3)
            return (.file(mode: try mode(fields[0]), source: fields[2]), fields[1])
        case "link":
            try need("link PATH TARGET", 2)
            return (.hardLink(fields[1]), fields[0])
        case "symlink":
            try need("symlink PATH TARGET", 2)
            return (.symbolicLink(fields[1]), fields[0])
        default: throw ImageError(text: "there is no entry of kind '\(kind)'")
        }
    }

    private static func mode(_ text: String) throws(ImageError) -> UInt16 {
        guard let mode = octal(Array(text.utf8)), mode <= 0o7777 else {
            throw ImageError(text: "'\(text)' is not an octal mode, at most 7777")
        }
        return UInt16(mode)
    }
}
