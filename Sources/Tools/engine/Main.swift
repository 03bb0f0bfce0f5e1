/// The engine as a command.
///
/// `engine run FILE` executes a program of WASI preview 1 that needs no more than standard output; `engine digest FILE ...` says what
/// modules do, for `Tests/engine/compare.mjs`.
import Foundation

@main
struct Main {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        switch arguments.first {
        case "digest": exit(Digest.run(Array(arguments.dropFirst())))
        case "run" where arguments.count >= 2: exit(Program.run(Array(arguments.dropFirst())))
        default:
            FileHandle.standardError.write(Data("usage: engine run FILE [ARGUMENT ...] | digest FILE ...\n".utf8))
            exit(2)
        }
    }
}
