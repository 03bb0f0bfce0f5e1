import ABI
import FileServer
import Foundation

// The image's files and its manifest, made from a list.

/// An image in the making.
struct Image {
    /// What is at a path, to check what later lines refer to.
    private enum Kind { case directory, file, symbolicLink }

    private var manifest = Manifest.firstLine + [UInt8(ascii: "\n")]
    private var kinds: [String: Kind] = ["/": .directory]
    private var written: Set<String> = []
    private let out: URL

    /// Starts an image in the folder `out`, which is made.
    init(out: String) throws(ImageError) {
        self.out = URL(fileURLWithPath: out)
        do { try FileManager.default.createDirectory(at: self.out, withIntermediateDirectories: true) } catch {
            throw ImageError(text: "\(out): cannot be made: \(error.localizedDescription)")
        }
    }

    /// Adds an entry.
    mutating func add(_ entry: ListEntry, _ path: String, root: String?, programs: [String: String]) throws(ImageError) {
        let group = GroupID(rawValue: 0)
        let made: ManifestEntry
        let kind: Kind
        switch entry {
        case .directory(let mode): (made, kind) = (.directory(mode: mode, user: .root, group: group), .directory)
        case .program(let mode, let name):
            guard let file = programs[name] else { throw ImageError(text: "no --program \(name)=FILE was given") }
            (made, kind) = (try store(file, mode), .file)
        case .file(let mode, let source):
            guard let root else { throw ImageError(text: "--root is missing, and '\(source)' is relative to it") }
            (made, kind) = (try store(root + "/" + source, mode), .file)
        case .hardLink(let target):
            guard let existing = kinds[target], existing != .directory else {
                throw ImageError(text: "no earlier line makes the file '\(target)'")
            }
            (made, kind) = (.hardLink(Array(target.utf8)), existing)
        case .symbolicLink(let target):
            guard target.utf8.count < Limits.path else { throw ImageError(text: "the link's target is too long") }
            (made, kind) = (.symbolicLink(Array(target.utf8)), .symbolicLink)
        }
        if path != "/" {
            let parent = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
            guard kinds[parent.isEmpty ? "/" : String(parent)] == .directory else {
                throw ImageError(text: "no earlier line makes the directory '\(parent)'")
            }
            guard kinds.updateValue(kind, forKey: path) == nil else { throw ImageError(text: "'\(path)' is there already") }
        }
        manifest += Manifest.line(made, Array(path.utf8))
    }

    /// Copies a file into the image under its hash.
    private mutating func store(_ file: String, _ mode: UInt16) throws(ImageError) -> ManifestEntry {
        let bytes: [UInt8]
        do { bytes = Array(try Data(contentsOf: URL(fileURLWithPath: file))) } catch {
            throw ImageError(text: "\(file): cannot be read: \(error.localizedDescription)")
        }
        let hash = SHA256.digest(bytes)
        let name = String(decoding: hexadecimal(hash), as: UTF8.self)
        if written.insert(name).inserted { try write(bytes, name) }
        return .file(mode: mode, user: .root, group: GroupID(rawValue: 0), size: UInt64(bytes.count), hash: hash)
    }

    private func write(_ bytes: [UInt8], _ name: String) throws(ImageError) {
        do { try Data(bytes).write(to: out.appendingPathComponent(name), options: .atomic) } catch {
            throw ImageError(text: "\(out.path)/\(name): cannot be written: \(error.localizedDescription)")
        }
    }

    /// Writes the manifest and removes the files of earlier images; answers its SHA-256. It comes after all its files and before any
    /// removal, so that the files of the manifest in place are there at every moment.
    func finish() throws(ImageError) -> String {
        try write(manifest, "manifest")
        do {
            for name in try FileManager.default.contentsOfDirectory(atPath: out.path)
            where !written.contains(name) && hexadecimalBytes(Array(name.utf8))?.count == SHA256.size {
                try FileManager.default.removeItem(at: out.appendingPathComponent(name))
            }
        } catch { throw ImageError(text: "\(out.path): a stale file cannot be removed: \(error.localizedDescription)") }
        return String(decoding: hexadecimal(SHA256.digest(manifest)), as: UTF8.self)
    }
}
