/// Changes of code that leave most of it valid.
import TestSupport
import Wasm

/// Writes an expression anew with some instructions changed.
struct InstructionChange {
    /// What instructions have in common that can stand for each other.
    struct Shape: Hashable {
        private let operands: [ValueType]
        private let result: ValueType?

        init(_ signature: Signature) {
            operands = Array([signature.first, signature.second, signature.third].prefix(Int(signature.count)))
            result = signature.result
        }
    }

    /// Instructions without immediates, by shape.
    let alike: [Shape: [Opcode]]
    /// Numbers at which something changes.
    private static let numbers: [Int32] = [0, 1, -1, 2, 63, 64, 65_535, 65_536, 262_144, .max, .min]

    func apply(to body: Expression, _ random: inout Seeded) throws -> Expression {
        var writer = InstructionWriter()
        var reader = body.instructions
        // As a rule one in ten.
        while let instruction = try reader.next() {
            if random.chance(10) {
                change(instruction, of: body, &writer, &random)
            } else {
                writer.append(instruction, from: body)
            }
        }
        return writer.expression
    }

    private func change(_ instruction: Instruction, of body: Expression, _ writer: inout InstructionWriter, _ random: inout Seeded) {
        let opcode = instruction.opcode
        switch opcode.row.immediates {
        case .none where opcode.row.signature.rule == .fixed:
            let others = alike[Shape(opcode.row.signature)] ?? [opcode]
            writer.append(Instruction(random.pick(others)))
        case .i32: writer.append(.i32Constant(random.pick(InstructionChange.numbers)))
        case .i64: writer.append(.i64Constant(Int64(random.pick(InstructionChange.numbers)) << Int64(random.below(33))))
        case .memory:
            let offset = UInt32(bitPattern: random.pick(InstructionChange.numbers))
            writer.append(Instruction(opcode, MemoryArgument(alignment: 0, offset: offset)))
        case .label, .function, .local, .global, .table, .element, .data, .tag:
            writer.append(Instruction(opcode, UInt32(random.below(4))))
        case .indirect, .tableInit, .tableCopy:
            writer.append(Instruction(opcode, UInt32(random.below(3)), UInt32(random.below(2))))
        default:
            // Twice, once or not at all.
            for _ in 0..<random.below(3) { writer.append(instruction, from: body) }
        }
    }
}
