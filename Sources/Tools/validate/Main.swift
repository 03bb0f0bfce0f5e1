/// `validate FILE…`: decodes and validates WebAssembly modules, and says why one is refused. For each it prints size, functions,
/// instructions and the time that decoding and validation took. Fails if any module is refused.
import Foundation
import Wasm

@main
enum Main {
    static func main() {
        var hasFailed = CommandLine.arguments.count < 2
        if hasFailed { report("usage: validate FILE...") }
        for path in CommandLine.arguments.dropFirst() {
            do {
                print("\(path): \(try describe([UInt8](Data(contentsOf: URL(fileURLWithPath: path)))))")
            } catch {
                report("\(path): \(error)")
                hasFailed = true
            }
        }
        exit(hasFailed ? 1 : 0)
    }

    private static func report(_ text: String) {
        FileHandle.standardError.write(Data("\(text)\n".utf8))
    }

    private static func describe(_ bytes: [UInt8]) throws(ModuleError) -> String {
        let clock = ContinuousClock()
        let start = clock.now
        let module = try Module(decoding: bytes)
        let decoded = clock.now
        try module.validate()
        let validated = clock.now
        var instructions = 0
        for function in module.functions {
            var reader = function.body.instructions
            while try reader.next() != nil { instructions += 1 }
        }
        return "\(bytes.count) bytes, \(module.functions.count) functions, \(instructions) instructions; "
            + "decoded in \(decoded - start), validated in \(validated - decoded), read in \(clock.now - validated)"
    }
}
