package import ABI

// The last component of a path, as resmgr hands it back for an operation on two places.

/// A last component as `WalkResult.parent` gave it.
package struct LastName {
    /// Without the slash.
    package var name: [UInt8]
    /// Whether a slash was behind it, which asks for a directory.
    package var hasSlash: Bool

    /// Throws `noSuchFileOrDirectory` (empty), `fileNameTooLong`, `invalidArgument` (a slash or a zero inside).
    package init(_ text: [UInt8]) throws(Errno) {
        hasSlash = text.last == UInt8(ascii: "/")
        name = hasSlash ? Array(text.dropLast()) : text
        if name.isEmpty { throw .noSuchFileOrDirectory }
        if name.count > Limits.name { throw .fileNameTooLong }
        if name.contains(0) || name.contains(UInt8(ascii: "/")) { throw .invalidArgument }
    }

    /// Whether it is `.` or `..`.
    package var isDots: Bool { name == [UInt8(ascii: ".")] || name == [UInt8(ascii: "."), UInt8(ascii: ".")] }
}
