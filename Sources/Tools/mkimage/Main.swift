import FileServer
import Foundation

// mkimage [--root DIR] --list FILE [--program NAME=FILE]... --out DIR
// mkimage --root DIR [--program PATH=FILE]... [--link PATH=TARGET]... --out DIR
//
// Makes a system image as netfs reads it: DIR/manifest, and every file under its SHA-256. Prints the manifest's SHA-256. What is in
// the image is said by a list (ImageList.swift), or without one by the folder under --root, to which programs and hard links are
// added.

@main
struct Main {
    static let usage = """
        usage: mkimage [--root DIR] --list FILE [--program NAME=FILE]... --out DIR
               mkimage --root DIR [--program PATH=FILE]... [--link PATH=TARGET]... --out DIR
        """

    static func main() {
        do throws(ImageError) {
            print(try run(Array(CommandLine.arguments.dropFirst())))
        } catch {
            FileHandle.standardError.write(Data("mkimage: \(error.text)\n".utf8))
            exit(1)
        }
    }

    private static func run(_ arguments: [String]) throws(ImageError) -> String {
        var root: String?
        var list: String?
        var out: String?
        var programs: [(String, String)] = []
        var links: [(String, String)] = []
        var rest = arguments[...]
        while let option = rest.popFirst() {
            guard let value = rest.popFirst() else { throw ImageError(text: "\(option) needs a value\n\(usage)") }
            switch option {
            case "--root": root = value
            case "--list": list = value
            case "--out": out = value
            case "--program": programs.append(try pair(option, value))
            case "--link": links.append(try pair(option, value))
            default: throw ImageError(text: "there is no option '\(option)'\n\(usage)")
            }
        }
        guard let out, list != nil || root != nil, list == nil || links.isEmpty else { throw ImageError(text: usage) }
        let files = Dictionary(programs) { _, last in last }
        var image = try Image(out: out)
        if let list {
            guard let text = try? String(contentsOfFile: list, encoding: .utf8) else {
                throw ImageError(text: "\(list): cannot be read")
            }
            for (entry, path, line) in try ImageList.parse(text, file: list) {
                do throws(ImageError) {
                    try image.add(entry, path, root: root, programs: files)
                } catch { throw ImageError(text: "\(list):\(line): \(error.text)") }
            }
        } else if let root {
            for (entry, path) in try Folder.entries(root, programs: programs, links: links) {
                guard path == "/" || Manifest.isPath(Array(path.utf8)) else {
                    throw ImageError(text: "'\(path)' is not an absolute path of plain names")
                }
                do throws(ImageError) {
                    try image.add(entry, path, root: root, programs: files)
                } catch { throw ImageError(text: "\(path): \(error.text)") }
            }
        }
        return try image.finish()
    }

    /// The two sides of `A=B`.
    private static func pair(_ option: String, _ value: String) throws(ImageError) -> (String, String) {
        guard let equals = value.firstIndex(of: "="), equals != value.startIndex else {
            throw ImageError(text: "\(option) takes two values joined by '=', not '\(value)'")
        }
        return (String(value[..<equals]), String(value[value.index(after: equals)...]))
    }
}
