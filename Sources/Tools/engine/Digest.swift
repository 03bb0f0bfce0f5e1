/// What modules do, as text to compare with what another engine says they do (`Tests/engine/compare.mjs`).
import Engine
import Foundation
import Wasm

/// Calls all that a module exports, and prints results and memory.
enum Digest {
    /// Fuel for all calls of a module together.
    private static let fuel: Int64 = 50_000_000

    /// Prints about each file.
    static func run(_ files: [String]) -> Int32 {
        for file in files {
            print("module \(URL(fileURLWithPath: file).lastPathComponent)")
            do {
                try digest([UInt8](try Data(contentsOf: URL(fileURLWithPath: file))))
            } catch let error as ModuleError {
                if case .unsupported = error.reason { print("refused: out of scope") } else { print("refused: \(error)") }
            } catch {
                print("refused: \(error)")
            }
        }
        return 0
    }

    private static func digest(_ bytes: [UInt8]) throws {
        let module = try CompiledModule(bytes)
        let store = Store()
        let instance = try store.instantiate(module, imports: [])
        if let start = store.start(of: instance) {
            guard call(store, start, [], nil) else { return }
        }
        for round in 0..<2 {
            for (index, export) in module.module.exports.enumerated() {
                guard case .function(let function) = store.export(export.name, of: instance) else { continue }
                let type = store.type(of: function)
                // JavaScript has no vectors and no references to exceptions.
                if (type.parameters + type.results).contains(where: { $0 == .v128 || $0 == .exnref }) { continue }
                let arguments = type.parameters.map { round == 0 ? Value(zeroOf: $0) : sample($0) }
                guard call(store, function, arguments, index) else { return }
            }
        }
        if let memory = store.memory(of: instance), let bytes = store.read(memory, at: 0, count: store.size(of: memory)) {
            print("memory \(bytes.count) \(checksum(bytes))")
        }
    }

    /// A value that is not zero, for numbers.
    private static func sample(_ type: ValueType) -> Value {
        switch type {
        case .i32: .i32(0x8000_0003)
        case .i64: .i64(0x8000_0000_0000_0005)
        case .f32: .f32(bits: Float(-1.5).bitPattern)
        case .f64: .f64(bits: Double(1e10).bitPattern)
        case .v128, .funcref, .externref, .exnref: Value(zeroOf: type)
        }
    }

    /// Calls a function and prints a line about it; `export` is its number among the exports, nil for the start
    /// function. Whether another call makes sense: not after one
    /// that engines end for reasons of their own, and not after a start function that trapped.
    private static func call(_ store: Store, _ function: FunctionAddress, _ arguments: [Value], _ export: Int?) -> Bool {
        do {
            try store.invoke(function, arguments)
        } catch {
            print("end \(error)")
            return false
        }
        store.fuel = fuel
        let begin = export.map { "call " + (["\($0)"] + arguments.map(text)).joined(separator: " ") + " -> " }
        switch store.run(fuel: 0) {
        case .finished(let results): print((begin ?? "start ") + results.map(text).joined(separator: " "))
        case .trapped(let trap):
            if trap.reason == .callStackExhausted {
                print("end")
                return false
            }
            print((begin ?? "start ") + "trap")
            return export != nil
        case .outOfFuel, .hostCall:
            print("end")
            return false
        }
        return true
    }

    private static func text(_ value: Value) -> String {
        let bits: String
        switch value {
        case .i32(let number): bits = String(number, radix: 16)
        case .i64(let number): bits = String(number, radix: 16)
        case .f32(let number): bits = number & 0x7FFF_FFFF > 0x7F80_0000 ? "nan" : String(number, radix: 16)
        case .f64(let number): bits = number & ~(1 << 63) > 0x7FF0_0000_0000_0000 ? "nan" : String(number, radix: 16)
        case .v128: bits = ""
        case .function(let address): bits = address == nil ? "null" : "reference"
        case .external(let number): bits = number == nil ? "null" : "reference"
        case .exception(let address): bits = address == nil ? "null" : "reference"
        }
        return "\(value.type.mnemonic):\(bits)"
    }

    /// CRC-32 as zlib has it.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var table = [UInt32](repeating: 0, count: 256)
        for index in 0..<256 {
            table[index] = (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
        }
        return ~bytes.reduce(UInt32.max) { table[Int(($0 ^ UInt32($1)) & 0xFF)] ^ $0 >> 8 }
    }
}
