import ABI
import Foundation
import Testing

/// The module's face, read as text: it exports exactly what the ABI lists, with the right parameters.
@Suite struct ModuleTests {
    func source(_ name: String) throws -> String {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Sources/Programs/libos/\(name)")
        return try String(contentsOf: file, encoding: .utf8)
    }

    @Test(arguments: [("WASICalls.swift", ProgramABI.wasi), ("MartletCalls.swift", ProgramABI.martlet)])
    func everyCallIsExported(_ file: String, _ calls: [ProgramCall]) throws {
        let parts = try source(file).components(separatedBy: "@_expose(wasm, \"").dropFirst()
        #expect(parts.map { String($0.prefix { $0 != "\"" }) } == calls.map { "\($0.name)" })
        for (part, call) in zip(parts, calls) {
            let function = part.components(separatedBy: "func ").last ?? ""
            let list = function.drop { $0 != "(" }.dropFirst().prefix { $0 != ")" }
            let types = list.components(separatedBy: ",").map {
                $0.components(separatedBy: ":").last?.trimmingCharacters(in: .whitespacesAndNewlines)
            }
            #expect(types.first == "Int32", "\(call.name): the thread comes first")
            let expected = call.parameters.map { $0 == .i64 ? "64" : "32" }
            #expect(types.dropFirst().map { String($0?.suffix(2) ?? "") } == expected, "\(call.name)")
        }
    }
}
