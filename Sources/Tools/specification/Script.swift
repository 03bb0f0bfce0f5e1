/// Scripts of the specification's tests as `wasm-tools json-from-wast` writes them.
import Foundation

/// A script: a list of commands, and files with modules in a folder of the script's name beside it.
struct Script {
    /// A command. Which fields it has depends on its type.
    struct Command: Decodable {
        var type: String
        var line: Int
        /// The file of the module that the command is about.
        var filename: String?
        /// `binary`, or `text` for a module in the text format.
        var moduleType: String?
        /// For a module in the text format, the file with the same module in the binary format, if wasm-tools can make one.
        var binaryFilename: String?
        /// The name that a module or a definition is given, or that a module was given.
        var name: String?
        /// For `module_instance`, the name that the new instance is given, and that of the definition; nil: the last one.
        var instance: String?
        var module: String?
        /// The name under which other modules import a module.
        var registeredName: String?
        var action: Action?
        var expected: [Expectation]?
        /// What is expected to be said.
        var text: String?

        private enum CodingKeys: String, CodingKey {
            case type, line, filename, name, instance, module, action, expected, text
            case moduleType = "module_type"
            case binaryFilename = "binary_filename"
            case registeredName = "as"
        }
    }

    /// A function to call or a global to read.
    struct Action: Decodable {
        /// `invoke` or `get`.
        var type: String
        /// The module; nil: the last one.
        var module: String?
        var field: String
        var args: [Expectation]?
    }

    /// A value, or a description of values.
    struct Expectation: Decodable {
        var type: String
        /// One text, or for a vector one for each lane; nil: any value of the type.
        var value: Texts?
        var laneType: String?
        /// For `either`, what it may be.
        var values: [Expectation]?

        private enum CodingKeys: String, CodingKey {
            case type, value, values
            case laneType = "lane_type"
        }
    }

    /// A text or a list of texts.
    struct Texts: Decodable {
        var texts: [String]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                texts = [text]
            } else {
                texts = try container.decode([String].self)
            }
        }
    }

    private struct Contents: Decodable {
        var commands: [Command]
    }

    /// The script's path below the folder that was searched, without suffix.
    let name: String
    let commands: [Command]
    private let modules: URL

    private init(_ file: URL, name: String) throws {
        self.name = name
        commands = try JSONDecoder().decode(Contents.self, from: Data(contentsOf: file)).commands
        modules = file.deletingPathExtension()
    }

    /// The bytes of a command's module; nil: it has none in the binary format.
    func module(of command: Command) throws -> [UInt8]? {
        guard let filename = command.binaryFilename ?? (command.moduleType == "text" ? nil : command.filename) else { return nil }
        return [UInt8](try Data(contentsOf: modules.appendingPathComponent(filename)))
    }

    /// The scripts in a folder and its subfolders, ordered by name.
    static func all(in folder: URL) throws -> [Script] {
        let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return try paths.filter { $0.hasSuffix(".json") }.sorted().map {
            try Script(folder.appendingPathComponent($0), name: String($0.dropLast(".json".count)))
        }
    }
}
