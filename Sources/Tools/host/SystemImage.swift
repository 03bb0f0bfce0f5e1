import Glibc

// The system that scripts/build made: the folder that a page loads.

/// The folder `web/build`.
package struct SystemImage {
    package let folder: String
    /// The SHA-256 of the manifest, in hexadecimal digits.
    package let manifestHash: String

    /// Opens the image in a folder, or that of the checkout in or above the current directory.
    package static func find(_ folder: String?) throws(HostFailure) -> SystemImage {
        if let folder {
            guard let image = SystemImage(folder: folder) else { throw HostFailure(text: "there is no system in \(folder)") }
            return image
        }
        guard var directory = currentDirectory() else { throw HostFailure(text: "the current directory: \(hostError)") }
        while true {
            if let image = SystemImage(folder: directory + "/web/build") { return image }
            guard let slash = directory.lastIndex(of: "/") else { break }
            directory = String(directory[..<slash])
        }
        throw HostFailure(text: "there is no web/build in or above the current directory: run scripts/build, or name it with --image")
    }

    private init?(folder: String) {
        guard let script = contents(ofFile: folder + "/image.js") else { return nil }
        let parts = String(decoding: script, as: UTF8.self).split(separator: "\"", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1].utf8.count == 64 else { return nil }
        self.folder = folder
        manifestHash = String(parts[1])
    }

    /// The file of a name as the machine asks for it; nil if there is none, or if the name leads elsewhere.
    package func file(_ name: String) -> [UInt8]? {
        guard !name.hasPrefix("/"), !name.split(separator: "/").contains("..") else { return nil }
        return contents(ofFile: folder + "/" + name)
    }
}

/// The current directory's path.
package func currentDirectory() -> String? {
    guard let path = getcwd(nil, 0) else { return nil }
    defer { free(path) }
    return String(cString: path)
}
