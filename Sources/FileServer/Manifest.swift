package import ABI

// The manifest of a system image: which files there are and what their bytes hash to. Text, one entry a line, fields separated by
// one TAB, the path last; the first line is `martlet-image 1`, and every line ends in a newline:
//
//     d MODE UID GID PATH                a directory
//     f MODE UID GID SIZE SHA256 PATH    a regular file, stored as a file named by its hash
//     h TARGETPATH PATH                  a further name of a file that an earlier line made
//     l TARGET PATH                      a symbolic link
//
// Modes are octal, other numbers decimal. Paths are absolute, without `.`, `..`, empty or overlong names. A parent is made before
// what is in it; only the root's own line (`d … /`) may come at any time.

/// One line of a manifest.
package enum ManifestEntry: Equatable, Sendable {
    case directory(mode: UInt16, user: UserID, group: GroupID)
    case file(mode: UInt16, user: UserID, group: GroupID, size: UInt64, hash: [UInt8])
    case hardLink([UInt8])
    case symbolicLink([UInt8])
}

/// Why a manifest is refused.
package struct ManifestError: Error, Equatable {
    /// Counted from 1.
    package let line: Int
    /// For people.
    package let reason: [UInt8]

    package init(line: Int, _ reason: StaticString) {
        self.line = line
        self.reason = reason.withUTF8Buffer { Array($0) }
    }

    /// `line 3: …`
    package var text: [UInt8] { Array("line ".utf8) + digits(UInt64(line)) + Array(": ".utf8) + reason }
}

/// The decimal digits of a number.
package func digits(_ number: UInt64, base: UInt64 = 10) -> [UInt8] {
    var text: [UInt8] = []
    var rest = number
    repeat {
        text.append(UInt8(ascii: "0") + UInt8(rest % base))
        rest /= base
    } while rest > 0
    return text.reversed()
}

/// The format.
package enum Manifest {
    package static let firstLine = [UInt8]("martlet-image 1".utf8)
    private static let tab = UInt8(ascii: "\t")

    /// Reads a manifest and hands each entry over with its path, an absolute one, and the number of its line. Throws the first
    /// malformed line's error, or what `body` throws.
    package static func parse(
        _ text: [UInt8], _ body: (ManifestEntry, _ path: [UInt8], _ line: Int) throws(ManifestError) -> Void
    ) throws(ManifestError) {
        var line = 0
        var start = 0
        while start < text.count {
            line += 1
            guard let end = text[start...].firstIndex(of: UInt8(ascii: "\n")) else {
                throw ManifestError(line: line, "the last line does not end")
            }
            let bytes = text[start..<end]
            start = end + 1
            if line == 1 {
                guard Array(bytes) == firstLine else { throw ManifestError(line: 1, "this is no manifest of version 1") }
                continue
            }
            let (entry, path) = try entry(bytes.split(separator: tab, omittingEmptySubsequences: false).map { Array($0) }, line)
            try body(entry, path, line)
        }
        if line == 0 { throw ManifestError(line: 1, "the manifest is empty") }
    }

    private static func entry(_ fields: [[UInt8]], _ line: Int) throws(ManifestError) -> (ManifestEntry, [UInt8]) {
        guard let kind = fields.first, kind.count == 1, let path = fields.last else {
            throw ManifestError(line: line, "a line begins with d, f, h or l")
        }
        let count: Int
        switch kind[0] {
        case UInt8(ascii: "d"): count = 5
        case UInt8(ascii: "f"): count = 7
        case UInt8(ascii: "h"), UInt8(ascii: "l"): count = 3
        default: throw ManifestError(line: line, "a line begins with d, f, h or l")
        }
        guard fields.count == count else { throw ManifestError(line: line, "wrong number of fields") }
        let isDirectory = kind[0] == UInt8(ascii: "d")
        guard isPath(path) || (isDirectory && path == [UInt8(ascii: "/")]) else {
            throw ManifestError(line: line, "the path is not an absolute one of plain names")
        }
        switch kind[0] {
        case UInt8(ascii: "h"):
            guard isPath(fields[1]) else { throw ManifestError(line: line, "the link's file is not an absolute path of plain names") }
            return (.hardLink(fields[1]), path)
        case UInt8(ascii: "l"):
            let target = fields[1]
            guard !target.isEmpty, target.count < Limits.path, !target.contains(0) else {
                throw ManifestError(line: line, "the link's target is empty or too long")
            }
            return (.symbolicLink(target), path)
        default:
            guard let mode = octal(fields[1]), mode <= 0o7777 else {
                throw ManifestError(line: line, "the mode is not octal, at most 7777")
            }
            guard let user = decimal(fields[2]), user < UInt64(UInt32.max), let group = decimal(fields[3]),
                group < UInt64(UInt32.max)
            else { throw ManifestError(line: line, "user or group is not a number of 32 bits") }
            let owner = UserID(rawValue: UInt32(user))
            let ownerGroup = GroupID(rawValue: UInt32(group))
            if isDirectory { return (.directory(mode: UInt16(mode), user: owner, group: ownerGroup), path) }
            guard let size = decimal(fields[4]) else { throw ManifestError(line: line, "the size is not a number") }
            guard let hash = hexadecimalBytes(fields[5]), hash.count == SHA256.size else {
                throw ManifestError(line: line, "the hash is not 64 lower-case hexadecimal digits")
            }
            return (.file(mode: UInt16(mode), user: owner, group: ownerGroup, size: size, hash: hash), path)
        }
    }

    /// Whether it is `/` and plain names, with nothing that the format or a walk would take for something else.
    package static func isPath(_ path: [UInt8]) -> Bool {
        guard path.first == UInt8(ascii: "/"), path.count < Limits.path else { return false }
        for name in path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard !name.isEmpty, name.count <= Limits.name else { return false }
            if name.first == UInt8(ascii: "."), name.count == 1 || (name.count == 2 && name.last == UInt8(ascii: ".")) { return false }
            for byte in name where byte == 0 || byte == tab || byte == UInt8(ascii: "\n") { return false }
        }
        return true
    }

    /// The line of an entry, with its newline.
    package static func line(_ entry: ManifestEntry, _ path: [UInt8]) -> [UInt8] {
        var fields: [[UInt8]]
        switch entry {
        case .directory(let mode, let user, let group):
            fields = [[UInt8(ascii: "d")], digits(UInt64(mode), base: 8), digits(UInt64(user.rawValue)), digits(UInt64(group.rawValue))]
        case .file(let mode, let user, let group, let size, let hash):
            fields = [
                [UInt8(ascii: "f")], digits(UInt64(mode), base: 8), digits(UInt64(user.rawValue)),
                digits(UInt64(group.rawValue)), digits(size), hexadecimal(hash),
            ]
        case .hardLink(let target): fields = [[UInt8(ascii: "h")], target]
        case .symbolicLink(let target): fields = [[UInt8(ascii: "l")], target]
        }
        fields.append(path)
        var text: [UInt8] = []
        for (index, field) in fields.enumerated() {
            if index > 0 { text.append(tab) }
            text += field
        }
        text.append(UInt8(ascii: "\n"))
        return text
    }
}
