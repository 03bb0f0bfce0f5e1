/// `specification [--step FUEL] [--texts] [--superseded FILE] FOLDER [MODULE…]`: runs the tests of the WebAssembly specification that
/// Tests/specification/convert.py converted, all commands of all scripts in a folder, and checks real modules.
///
/// Modules that are to be accepted must decode, validate and survive encoding, as must the files named after the folder; those of
/// `assert_malformed` and `assert_invalid` must be refused for such a reason; calls must give what the script says. What needs a proposal
/// that is out of scope, or the text format, is skipped. Every command is counted: by its type if it passed, by the reason if it was
/// skipped. The last line has the sums.
///
/// - `--step`: calls run with that much fuel at a time. After each of the first stops of a call the store is saved, and it is the restored
///   one that goes on; so are scripts a test of fuel and of saved state, too.
/// - `--texts`: also shows where the reason of a refusal is not the one that the script names.
/// - `--superseded`: a list of commands that a later release contradicts (`Superseded`).
import Foundation

@main
enum Main {
    private static let usage = "usage: specification [--step FUEL] [--texts] [--superseded FILE] FOLDER [MODULE...]\n"

    static func main() {
        do {
            var arguments = CommandLine.arguments.dropFirst()
            var options = Specification.Options()
            while let option = arguments.first, option.hasPrefix("--") {
                arguments.removeFirst()
                switch option {
                case "--texts": options.showsTexts = true
                case "--step":
                    guard let step = arguments.popFirst().flatMap({ Int64($0) }), step > 0 else { stop() }
                    options.step = step
                case "--superseded":
                    guard let file = arguments.popFirst() else { stop() }
                    options.superseded = try Superseded(file: file)
                default: stop()
                }
            }
            guard let folder = arguments.popFirst() else { stop() }
            exit(try Specification.run(folder, programs: Array(arguments), options) ? 0 : 1)
        } catch {
            FileHandle.standardError.write(Data("specification: \(error)\n".utf8))
            exit(1)
        }
    }

    private static func stop() -> Never {
        FileHandle.standardError.write(Data(usage.utf8))
        exit(2)
    }
}
