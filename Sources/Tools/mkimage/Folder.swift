import Foundation

// An image without a list: a folder of this machine as it is (names, modes, symbolic links), with programs and hard links added.

/// Reads folders.
enum Folder {
    /// The entries of the folder `root` and of the additions (path and file, path and target), in an order that a manifest may have:
    /// by path, so that directories come before what is in them, hard links last.
    static func entries(
        _ root: String, programs: [(path: String, file: String)], links: [(path: String, target: String)]
    ) throws(ImageError) -> [(entry: ListEntry, path: String)] {
        let files = FileManager.default
        guard let names = files.enumerator(atPath: root) else { throw ImageError(text: "\(root): cannot be read") }
        var entries: [(entry: ListEntry, path: String)] = [(.directory(mode: 0o755), "/")]
        for case let name as String in names {
            let source = root + "/" + name
            guard let attributes = try? files.attributesOfItem(atPath: source) else {
                throw ImageError(text: "\(source): cannot be read")
            }
            let mode = (attributes[.posixPermissions] as? NSNumber)?.uint16Value ?? 0o644
            switch attributes[.type] as? FileAttributeType {
            case .typeDirectory?: entries.append((.directory(mode: mode), "/" + name))
            case .typeRegular?: entries.append((.file(mode: mode, source: name), "/" + name))
            case .typeSymbolicLink?:
                guard let target = try? files.destinationOfSymbolicLink(atPath: source) else {
                    throw ImageError(text: "\(source): cannot be read")
                }
                entries.append((.symbolicLink(target), "/" + name))
            default: throw ImageError(text: "\(source): an image holds only files, directories and links")
            }
        }
        for (path, _) in programs { entries.append((.program(mode: 0o755, name: path), path)) }
        entries.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        for (path, target) in links.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) {
            entries.append((.hardLink(target), path))
        }
        return entries
    }
}
