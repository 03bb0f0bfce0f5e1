/// `specification [--texts] FOLDER [MODULE…]`: runs the tests of the WebAssembly specification that Tests/specification/convert.py
/// converted, and those of real modules.
///
/// Of each script it takes the modules: those that are to be accepted must decode, validate and survive encoding, as must the files
/// named after the folder; those of `assert_malformed` and `assert_invalid` must be refused. What a script executes is for the
/// interpreter's tests. The last line counts the results. `--texts` also shows where the reason of a refusal differs from the one that
/// the script names.
import Foundation
import Wasm

@main
enum Main {
    static func main() {
        var arguments = CommandLine.arguments.dropFirst()
        let showsTexts = arguments.first == "--texts"
        if showsTexts { arguments = arguments.dropFirst() }
        guard let folder = arguments.popFirst() else {
            FileHandle.standardError.write(Data("usage: specification [--texts] FOLDER [MODULE...]\n".utf8))
            exit(2)
        }
        do {
            var tally = Tally()
            let scripts = try Script.all(in: URL(fileURLWithPath: folder))
            for script in scripts {
                for command in script.commands {
                    guard let test = try ModuleTest(command, of: script) else { continue }
                    tally.add(test.run(), of: test, showsTexts: showsTexts)
                }
            }
            for path in arguments {
                let test = try ModuleTest(accepted: path)
                tally.add(test.run(), of: test, showsTexts: showsTexts)
            }
            tally.report(scripts: scripts.count)
            exit(tally.failed == 0 && tally.passed > 0 ? 0 : 1)
        } catch {
            FileHandle.standardError.write(Data("specification: \(error)\n".utf8))
            exit(1)
        }
    }
}
