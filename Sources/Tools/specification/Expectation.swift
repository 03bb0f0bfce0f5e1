/// Values of scripts: what is given to functions, and what is expected of them.
import Engine
import Wasm

extension Script.Expectation {
    /// The value to give to a function; nil if it is none of ours.
    var argument: Value? {
        switch type {
        case "v128":
            guard let lanes = lanes() else { return nil }
            var halves: [UInt64] = [0, 0]
            var bit = 0
            for lane in lanes {
                guard let number = Script.Expectation.bits(lane.text) else { return nil }
                let mask = lane.width == 64 ? .max : (UInt64(1) << UInt64(lane.width)) - 1
                halves[bit / 64] |= (number & mask) << UInt64(bit % 64)
                bit += lane.width
            }
            return .v128(Vector128(low: halves[0], high: halves[1]))
        case "externref", "funcref", "exnref":
            let number = self.value?.texts.first.flatMap { UInt32($0) }
            switch type {
            case "externref": return .external(number)
            case "funcref": return .function(number.map { FunctionAddress($0) })
            default: return .exception(nil)
            }
        default:
            guard let text = self.value?.texts.first, let number = Script.Expectation.bits(text) else { return nil }
            switch type {
            case "i32": return .i32(UInt32(truncatingIfNeeded: number))
            case "i64": return .i64(number)
            case "f32": return .f32(bits: UInt32(truncatingIfNeeded: number))
            case "f64": return .f64(bits: number)
            default: return nil
            }
        }
    }

    /// Whether a result is as expected.
    func accepts(_ result: Value) -> Bool {
        switch (type, result) {
        case ("either", _): return values?.contains { $0.accepts(result) } ?? false
        case ("i32", .i32(let bits)), ("f32", .f32(let bits)): return accepts(UInt64(bits), width: 32)
        case ("i64", .i64(let bits)), ("f64", .f64(let bits)): return accepts(bits, width: 64)
        case ("refnull", .function(nil)), ("refnull", .external(nil)), ("refnull", .exception(nil)): return true
        case ("externref", .external(let number)): return acceptsReference(number)
        case ("funcref", .function(let address)): return acceptsReference(address?.index)
        case ("exnref", .exception(let address)): return acceptsReference(address?.index)
        case ("v128", .v128(let vector)):
            guard let lanes = lanes() else { return false }
            var bit = 0
            for lane in lanes {
                let half = bit < 64 ? vector.low : vector.high
                let mask = lane.width == 64 ? .max : (UInt64(1) << UInt64(lane.width)) - 1
                let bits = half >> UInt64(bit % 64) & mask
                guard Script.Expectation.accepts(lane.text, bits, width: lane.width) else { return false }
                bit += lane.width
            }
            return true
        default: return false
        }
    }

    private func acceptsReference(_ number: UInt32?) -> Bool {
        guard let text = value?.texts.first else { return true }
        return text == "null" ? number == nil : UInt32(text) == number
    }

    private func accepts(_ bits: UInt64, width: Int) -> Bool {
        guard let text = value?.texts.first else { return true }
        return Script.Expectation.accepts(text, bits, width: width)
    }

    /// The engine makes every not-a-number that arithmetic gives the canonical one, so that must come where the specification allows more.
    /// Its sign may be negative after `neg` alone, which scripts do not tell apart.
    private static func accepts(_ text: String, _ bits: UInt64, width: Int) -> Bool {
        let canonical: UInt64 = width == 32 ? 0x7FC0_0000 : 0x7FF8_0000_0000_0000
        if text == "nan:canonical" || text == "nan:arithmetic" { return bits & ~(1 << UInt64(width - 1)) == canonical }
        guard let number = Script.Expectation.bits(text) else { return false }
        let mask = width == 64 ? .max : (UInt64(1) << UInt64(width)) - 1
        return number & mask == bits
    }

    private static func bits(_ text: String) -> UInt64? {
        UInt64(text) ?? Int64(text).map { UInt64(bitPattern: $0) }
    }

    private func lanes() -> [(text: String, width: Int)]? {
        let widths = ["i8": 8, "i16": 16, "i32": 32, "f32": 32, "i64": 64, "f64": 64]
        guard let texts = value?.texts, let laneType, let width = widths[laneType], texts.count * width == 128 else { return nil }
        return texts.map { ($0, width) }
    }
}
