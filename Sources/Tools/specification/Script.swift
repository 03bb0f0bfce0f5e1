/// Scripts as `wasm-tools json-from-wast` writes them.
import Foundation

/// A script: a list of commands, and files with modules in a folder of the script's name beside it.
struct Script {
    /// A command. Which fields it has depends on its type.
    struct Command: Decodable {
        var type: String
        var line: Int
        /// The file of the module that the command is about.
        var filename: String?
        /// What is expected to be said.
        var text: String?
        /// `binary`, or `text` for a module in the text format.
        var moduleType: String?

        private enum CodingKeys: String, CodingKey {
            case type, line, filename, text
            case moduleType = "module_type"
        }
    }

    private struct Contents: Decodable {
        var commands: [Command]
    }

    /// The script's path below the folder that was searched, without suffix.
    let name: String
    let commands: [Command]
    /// The folder of its modules.
    let modules: URL

    init(_ file: URL, name: String) throws {
        self.name = name
        commands = try JSONDecoder().decode(Contents.self, from: Data(contentsOf: file)).commands
        modules = file.deletingPathExtension()
    }

    /// The scripts in a folder and its subfolders, ordered by name.
    static func all(in folder: URL) throws -> [Script] {
        let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return try paths.filter { $0.hasSuffix(".json") }.sorted().map {
            try Script(folder.appendingPathComponent($0), name: String($0.dropLast(".json".count)))
        }
    }
}
