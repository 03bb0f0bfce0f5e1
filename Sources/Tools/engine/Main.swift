/// The engine as a command: `engine run FILE` executes a program of WASI preview 1 that needs no more than standard output, and
/// `engine specification [--step FUEL] FOLDER` the tests of the WebAssembly specification as `Tests/specification/convert.py` wrote them.
import Foundation

@main
struct Main {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        switch arguments.first {
        case "specification" where arguments.count == 2: exit(Specification.run(arguments[2], step: nil))
        case "specification" where arguments.count == 4 && arguments[2] == "--step":
            exit(Specification.run(arguments[4], step: Int64(arguments[3])))
        case "digest": exit(Digest.run(Array(arguments.dropFirst())))
        case "run" where arguments.count >= 2: exit(Program.run(Array(arguments.dropFirst())))
        default:
            FileHandle.standardError.write(Data("usage: engine run FILE [ARGUMENT ...] | specification [--step FUEL] FOLDER\n".utf8))
            exit(2)
        }
    }
}
