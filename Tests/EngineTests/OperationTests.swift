import Testing

/// The register form's numbering, which the interpreter's dispatch relies on.
@testable import Engine

@Suite struct OperationTests {
    @Test func theNumberOfAnOperationIsItsPlace() {
        for (place, operation) in Operation.allCases.enumerated() {
            #expect(Int(operation.rawValue) == place)
            #expect(Word(operation, 1, 2, 3).operation == operation)
        }
        #expect(MemoryLayout<Operation>.size == 1)
    }

    @Test func fieldsOfAWordAreApart() {
        let word = Word(.move, 0xFFFF, 0x1234, 0x8001)
        #expect(word.a == 0xFFFF)
        #expect(word.b == 0x1234)
        #expect(word.c == 0x8001)
        #expect(word.immediate == -0x7FFF)
        #expect(word.replacing(a: 7).a == 7)
        #expect(word.replacing(a: 7).b == 0x1234)
        #expect(Word(.globalGet, 3, index: 0xFFFF_FFFF).index == 0xFFFF_FFFF)
    }

    @Test func aBranchGoesBothWays() {
        let word = BranchWord(distance: -5, charge: -7)
        #expect(word.distance == -5)
        #expect(word.charge == -7)
    }
}
