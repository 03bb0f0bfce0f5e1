import Testing
import Wasm

/// The table of instructions keeps its own rules. That its rows are those of the specification, the specification's tests say.
@Suite struct OpcodeTests {
    @Test func everyMnemonicIsUsedOnce() {
        // `select` has two codes.
        let mnemonics = Opcode.allCases.filter { $0 != .selectTyped }.map { "\($0.row.mnemonic)" }
        #expect(Set(mnemonics).count == mnemonics.count)
        #expect("\(Opcode.selectTyped.row.mnemonic)" == "select")
    }

    /// A case is its mnemonic in camel case.
    @Test(arguments: Opcode.allCases) func aCaseIsNamedLikeItsInstruction(_ opcode: Opcode) {
        let words = "\(opcode.row.mnemonic)".split { $0 == "." || $0 == "_" }
        let name = words.dropFirst().reduce("\(words[0])") { $0 + $1.prefix(1).uppercased() + $1.dropFirst() }
        #expect("\(opcode)" == (opcode == .selectTyped ? "selectTyped" : name))
    }

    /// The width of an access is what its mnemonic says: its digits, or those of the type.
    @Test(arguments: Opcode.allCases.filter { $0.row.immediates == .memory || $0.row.immediates == .memoryLane })
    func theWidthOfAnAccessIsInItsName(_ opcode: Opcode) {
        let words = "\(opcode.row.mnemonic)".split { $0 == "." || $0 == "_" }
        var digits = words[1].drop { !$0.isNumber }
        if digits.isEmpty { digits = words[0].drop { !$0.isNumber } }
        // `8x8` is eight lanes of a byte.
        let bits = digits.split(separator: "x").compactMap { Int($0) }.reduce(1, *)
        #expect(8 << Int(opcode.row.width) == bits)
    }

    /// The lanes to choose from are what the mnemonic's shape says.
    @Test(arguments: Opcode.allCases.filter { $0.row.immediates == .lane || $0.row.immediates == .memoryLane })
    func theNumberOfLanesIsInTheName(_ opcode: Opcode) {
        let mnemonic = "\(opcode.row.mnemonic)"
        let shape = mnemonic.split(separator: ".")[0].split(separator: "x")
        let lanes = shape.count == 2 ? Int(shape[1]) : 16 >> Int(opcode.row.width)
        #expect(Int(opcode.row.lanes) == lanes)
    }

    @Test func codesOfOtherProposalsAreToldFromUnknownOnes() {
        func reason(_ bytes: UInt8...) -> ModuleError.Reason? {
            refusal { () throws(ModuleError) in
                var reader = Expression(bytes: (bytes + [0, 0, 0, 0])[...]).instructions
                _ = try reader.next()
            }
        }
        #expect(reason(0x06) == .unsupported(.legacyExceptions))
        #expect(reason(0x19) == .unsupported(.legacyExceptions))
        #expect(reason(0x14) == .unsupported(.typedFunctionReferences))
        #expect(reason(0xD0, 0x00) == .unsupported(.typedFunctionReferences))
        #expect(reason(0xD3) == .unsupported(.garbageCollection))
        #expect(reason(0xFB, 0x00) == .unsupported(.garbageCollection))
        #expect(reason(0xFE, 0x10) == .unsupported(.threads))
        #expect(reason(0xFD, 0x80, 0x02) == .unsupported(.relaxedSIMD))
        #expect(reason(0xFC, 0x13) == .unsupported(.wideArithmetic))
        #expect(reason(0xE2) == .unsupported(.stackSwitching))
        #expect(reason(0x02, 0x6E) == .unsupported(.garbageCollection))
        #expect(reason(0x02, 0x63) == .unsupported(.typedFunctionReferences))
        #expect(reason(0x27) == .malformed(.opcode(prefix: 0, code: 0x27)))
        #expect(reason(0xFF) == .malformed(.opcode(prefix: 0xFF, code: 0)))
        #expect(reason(0xFC, 0x12) == .malformed(.opcode(prefix: 0xFC, code: 0x12)))
        #expect(reason(0xFD, 0x9A, 0x01) == .malformed(.opcode(prefix: 0xFD, code: 0x9A)))
        #expect(reason(0xFD, 0xFF, 0xFF, 0x7F) == .malformed(.opcode(prefix: 0xFD, code: 0x1F_FFFF)))
        #expect(
            ModuleError(.malformed(.opcode(prefix: 0xFC, code: 0x12)), at: 3).description == "malformed: illegal opcode fc 12 at byte 3")
    }
}
