import ABI
import FileServer
import ServerKit

// The tree that a manifest describes.

extension NetFS {
    /// Takes the manifest if it is the configured one and well formed; else the server says why on the console and stays
    /// unregistered, which resmgr reports.
    mutating func takeManifest(_ text: [UInt8], _ error: Errno?, _ context: inout Context) {
        guard error == nil else { return refuse("image/manifest could not be fetched", &context) }
        let hash = SHA256.digest(text)
        guard hash == manifestHash else {
            return refuse(
                Array("image/manifest is not the one of this build: its hash is ".utf8) + hexadecimal(hash) + Array(", not ".utf8)
                    + hexadecimal(manifestHash), &context)
        }
        do throws(ManifestError) {
            try build(text, context.realTime)
        } catch {
            files = FileSystems()
            contents = []
            refuse(Array("image/manifest, ".utf8) + error.text, &context)
        }
    }

    private func refuse(_ reason: StaticString, _ context: inout Context) {
        refuse(reason.withUTF8Buffer { Array($0) }, &context)
    }

    private func refuse(_ reason: [UInt8], _ context: inout Context) { context.log(Array("netfs: ".utf8) + reason) }

    private mutating func build(_ text: [UInt8], _ now: Nanoseconds) throws(ManifestError) {
        let tree = Tree(FileSystemID(rawValue: 1), protection: .everything, now: now)
        var contents: [Content] = []
        var byHash = OrderedMap<Name, UInt32>()
        try Manifest.parse(text) { (entry, path, line) throws(ManifestError) in
            do throws(Errno) {
                switch entry {
                case .directory(let mode, let user, let group):
                    if path == [UInt8(ascii: "/")] {
                        tree.setAttributes(tree.root, mode: mode, user: user, group: group)
                    } else {
                        try tree.build(path, .newDirectory, mode: mode, user: user, group: group, now: now)
                    }
                case .file(let mode, let user, let group, let size, let hash):
                    let number: UInt32
                    if let known = byHash[Name(hash)] {
                        guard contents[Int(known)].size == size else { throw .invalidArgument }
                        number = known
                    } else {
                        number = UInt32(contents.count)
                        contents.append(Content(hash: hash, size: size, path: path))
                        byHash[Name(hash)] = number
                    }
                    try tree.build(path, .external(number, size: size), mode: mode, user: user, group: group, now: now)
                case .hardLink(let target):
                    guard let node = tree.find(target) else { throw .noSuchFileOrDirectory }
                    try tree.buildLink(path, to: node, now: now)
                case .symbolicLink(let target):
                    try tree.build(path, .symbolicLink(target), mode: 0o777, now: now)
                }
            } catch {
                throw NetFS.refusal(error, line)
            }
        }
        for path in directories { NetFS.addDirectory(path, to: tree, now) }
        files.add { _ in tree }
        self.contents = contents
    }

    /// Adds a directory, and those on the way to it, where the image has none. One that does not fit into it is left out: whoever wants
    /// to mount something there is told.
    private static func addDirectory(_ path: [UInt8], to tree: Tree, _ now: Nanoseconds) {
        var place: [UInt8] = []
        for name in path.split(separator: UInt8(ascii: "/")) {
            place += [UInt8(ascii: "/")] + name
            if tree.find(place) == nil { _ = try? tree.build(place, .newDirectory, mode: 0o755, now: now) }
        }
    }

    /// What an entry that does not fit in the tree is told as.
    private static func refusal(_ error: Errno, _ line: Int) -> ManifestError {
        switch error {
        case .fileExists: return ManifestError(line: line, "the path is there already")
        case .noSuchFileOrDirectory: return ManifestError(line: line, "a directory or the link's file is not there yet")
        case .notDirectory: return ManifestError(line: line, "a part of the path is no directory")
        case .notPermitted: return ManifestError(line: line, "a directory has one name")
        case .invalidArgument: return ManifestError(line: line, "files with one hash have one size")
        default: return ManifestError(line: line, "there are too many files")
        }
    }
}
