/// Not-a-numbers are canonical, whatever the processor makes of them, and pass unchanged where WebAssembly says so.
import Engine
import Testing
import Wasm

@Suite struct NumberTests {
    /// A negative not-a-number with a payload, and a signalling one.
    private let odd32: [UInt32] = [0xFFC1_2345, 0x7F81_2345]
    private let odd64: [UInt64] = [0xFFF8_1234_5678_9ABC, 0x7FF0_1234_5678_9ABC]

    private func result(_ opcode: Opcode, _ type: ValueType, to result: ValueType, _ values: [Value]) throws -> RunResult {
        var builder = ModuleBuilder()
        builder.function("run", values.map(\.type), to: [result]) { writer in
            for index in values.indices { writer.get(UInt32(index)) }
            writer.append(opcode)
        }
        return try builder.machine().call("run", values)
    }

    @Test(arguments: [Opcode.f32Add, .f32Sub, .f32Mul, .f32Div, .f32Min, .f32Max])
    func arithmeticOfTwoGivesTheCanonicalOne(_ opcode: Opcode) throws {
        for odd in odd32 {
            for values in [[odd, 0x3F80_0000], [0x3F80_0000, odd], [odd, odd]] {
                let given = try result(opcode, .f32, to: .f32, values.map { .f32(bits: $0) })
                #expect(given == .finished([.f32(bits: 0x7FC0_0000)]))
            }
        }
        let wide: [Opcode: Opcode] = [
            .f32Add: .f64Add, .f32Sub: .f64Sub, .f32Mul: .f64Mul, .f32Div: .f64Div, .f32Min: .f64Min, .f32Max: .f64Max,
        ]
        guard let opcode = wide[opcode] else { return }
        for odd in odd64 {
            for values in [[odd, 0], [0, odd]] {
                let given = try result(opcode, .f64, to: .f64, values.map { .f64(bits: $0) })
                #expect(given == .finished([.f64(bits: 0x7FF8_0000_0000_0000)]))
            }
        }
    }

    @Test func theProcessorsOwnNotANumberIsNotSeen() throws {
        #expect(try result(.f64Div, .f64, to: .f64, [.f64(bits: 0), .f64(bits: 0)]) == .finished([.f64(bits: 0x7FF8_0000_0000_0000)]))
        #expect(try result(.f32Sqrt, .f32, to: .f32, [.f32(bits: 0xBF80_0000)]) == .finished([.f32(bits: 0x7FC0_0000)]))
    }

    @Test(arguments: [Opcode.f32Sqrt, .f32Ceil, .f32Floor, .f32Trunc, .f32Nearest])
    func arithmeticOfOneGivesTheCanonicalOne(_ opcode: Opcode) throws {
        for odd in odd32 {
            #expect(try result(opcode, .f32, to: .f32, [.f32(bits: odd)]) == .finished([.f32(bits: 0x7FC0_0000)]))
            #expect(try result(.f64PromoteF32, .f32, to: .f64, [.f32(bits: odd)]) == .finished([.f64(bits: 0x7FF8_0000_0000_0000)]))
        }
        for odd in odd64 {
            #expect(try result(.f32DemoteF64, .f64, to: .f32, [.f64(bits: odd)]) == .finished([.f32(bits: 0x7FC0_0000)]))
        }
    }

    @Test func signsAndMovesLeaveThePayload() throws {
        for odd in odd32 {
            #expect(try result(.f32Neg, .f32, to: .f32, [.f32(bits: odd)]) == .finished([.f32(bits: odd ^ 0x8000_0000)]))
            #expect(try result(.f32Abs, .f32, to: .f32, [.f32(bits: odd)]) == .finished([.f32(bits: odd & 0x7FFF_FFFF)]))
            #expect(try result(.i32ReinterpretF32, .f32, to: .i32, [.f32(bits: odd)]) == .finished([.i32(odd)]))
        }
        let values: [Value] = [.f64(bits: odd64[1]), .f64(bits: 1 << 63)]
        #expect(try result(.f64Copysign, .f64, to: .f64, values) == .finished([.f64(bits: odd64[1] | 1 << 63)]))
    }

    @Test func lanesAreCanonicalToo() throws {
        let odd = Value.v128(Vector128(low: 0xFFC1_2345_3F80_0000, high: 0x7F81_2345_7F80_0001))
        let sum = try result(.f32x4Add, .v128, to: .v128, [odd, odd])
        #expect(sum == .finished([.v128(Vector128(low: 0x7FC0_0000_4000_0000, high: 0x7FC0_0000_7FC0_0000))]))
        // pmin gives one of its operands as it is.
        #expect(try result(.f32x4Pmin, .v128, to: .v128, [odd, odd]) == .finished([odd]))
    }
}
