import Glibc
import HostSupport

// `bundle ENTRY OUT`: writes a JavaScript module and all that it imports into one file, since a worker that starts loads every file
// anew. It knows the form of our own modules: imports of names on one line each, and exports before declarations.

@main struct Main {
    static func main() {
        let arguments = CommandLine.arguments
        guard arguments.count == 3 else { fail("usage: bundle ENTRY OUT", status: 2) }
        var bundle = Bundle()
        do {
            try bundle.add(arguments[1])
        } catch {
            fail("bundle: \(error.text)", status: 1)
        }
        let descriptor = open(arguments[2], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0, writeAll(descriptor, Array(bundle.text.utf8)), close(descriptor) == 0 else {
            fail("bundle: \(arguments[2]): \(hostError)", status: 1)
        }
    }

    private static func fail(_ text: String, status: Int32) -> Never {
        writeAll(2, Array("\(text)\n".utf8))
        exit(status)
    }
}

/// Modules, each as a function that is called once and gives its exports, in an order in which every one has what it imports.
struct Bundle {
    private(set) var text = "\"use strict\";\n"
    /// Path and number of each module that is in it.
    private var numbers: [String: Int] = [:]
    /// Those whose imports are being added.
    private var open: [String] = []

    /// Adds a module and what it imports. Throws for a file that cannot be read, a circle, or a form that is not known.
    mutating func add(_ path: String) throws(HostFailure) {
        guard numbers[path] == nil else { return }
        guard !open.contains(path) else { throw HostFailure(text: "\(path) imports itself, by way of \(open)") }
        guard let bytes = contents(ofFile: path) else { throw HostFailure(text: "\(path): \(hostError)") }
        open.append(path)
        var body = ""
        var exports: [String] = []
        var comments = Comments()
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("import ") {
                body += try importing(line, in: path) + "\n"
            } else if line.hasPrefix("export ") {
                let declaration = line.dropFirst("export ".count)
                exports.append(try Bundle.name(declaredIn: declaration, path))
                body += declaration + "\n"
            } else if !comments.take(line) {
                body += line + "\n"
            }
        }
        let number = numbers.count
        numbers[path] = number
        open.removeLast()
        text += "const module\(number) = (() => {\n\(body)return { \(exports.joined(separator: ", ")) };\n})();\n"
    }

    /// `import { a, b as c } from "./x.js";` as what takes these names from the module's exports.
    private mutating func importing(_ line: Substring, in path: String) throws(HostFailure) -> String {
        let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].hasPrefix("import {"), parts[0].hasSuffix("} from "), parts[2] == ";", parts[1].hasPrefix(".")
        else { throw HostFailure(text: "\(path): this form of import is not known: \(line)") }
        let names = parts[0].dropFirst("import {".count).dropLast("} from ".count).replacing(" as ", with: ": ")
        let target = Bundle.joined(path, String(parts[1]))
        try add(target)
        guard let number = numbers[target] else { throw HostFailure(text: "\(target) is not there") }
        return "const {\(names)} = module\(number);"
    }

    /// The name that a declaration makes.
    private static func name(declaredIn declaration: Substring, _ path: String) throws(HostFailure) -> String {
        var words = declaration.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "$") }.map(String.init)
        if words.first == "async" { words.removeFirst() }
        guard words.count >= 2, ["const", "function", "class"].contains(words[0]) else {
            throw HostFailure(text: "\(path): this form of export is not known: \(declaration)")
        }
        return words[1]
    }

    /// The path that `name` means in the module at `path`, without `.` and `..`.
    private static func joined(_ path: String, _ name: String) -> String {
        var parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().map(String.init)
        for part in name.split(separator: "/") {
            if part == ".." { parts.removeLast() } else if part != "." { parts.append(String(part)) }
        }
        return parts.joined(separator: "/")
    }
}

/// Lines that are comments alone: nobody reads them in a page.
private struct Comments {
    private var isInside = false

    /// Whether a line is one.
    mutating func take(_ line: Substring) -> Bool {
        let text = line.drop { $0 == " " }
        if isInside {
            isInside = !text.hasSuffix("*/")
            return true
        }
        if text.hasPrefix("/**") {
            // A comment before something on the same line stays with it.
            if text.contains("*/") { return text.hasSuffix("*/") }
            isInside = true
            return true
        }
        return text.hasPrefix("//") || text.isEmpty
    }
}
