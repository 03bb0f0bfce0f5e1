import Testing
import Wasm

/// Alignment, memory and offset of accesses, and the memories that other instructions name, as release 3.0 encodes them.
@Suite struct MemoryArgumentTests {
    /// The reason for which code is refused that has these bytes between operands and `drop`; one memory, of 32-bit addresses.
    private func reason(operands: Int = 1, gives: Bool = true, _ bytes: UInt8...) -> ModuleError.Reason? {
        let zeros = [UInt8]((0..<operands).flatMap { _ in [0x41, 0x00] as [UInt8] })
        let code = zeros + bytes + (gives ? [0x1A] : []) + [0x0B]
        return refusal(of: module(body: Expression(bytes: code[...])))
    }

    @Test func theAlignmentHasSixBits() {
        #expect(reason(0x28, 0x02, 0x00) == nil)
        #expect(reason(0x28, 0x03, 0x00) == .invalid(.alignment))
        #expect(reason(0x28, 0x20, 0x00) == .invalid(.alignment))
        #expect(reason(0x28, 0x3F, 0x00) == .invalid(.alignment))
        #expect(reason(0x28, 0x82, 0x00, 0x00) == nil)
        #expect(reason(0x28, 0x80, 0x01, 0x00) == .malformed(.memoryFlags))
        #expect(reason(0x28, 0x80, 0x02, 0x00) == .malformed(.memoryFlags))
    }

    /// Bit 6: the memory's index follows.
    @Test func anAccessMayNameTheMemory() {
        #expect(reason(0x28, 0x42, 0x00, 0x00) == nil)
        #expect(reason(0x28, 0x42, 0x80, 0x00, 0x08) == nil)
        #expect(reason(0x28, 0x42, 0x01, 0x00) == .invalid(.unknownMemory(1)))
        #expect(reason(0x28, 0x43, 0x00, 0x00) == .invalid(.alignment))
    }

    @Test func theOffsetIsReadWith64BitsAndHas32() {
        #expect(reason(0x28, 0x02, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F) == nil)
        #expect(reason(0x28, 0x02, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00) == nil)
        #expect(reason(0x28, 0x02, 0x80, 0x80, 0x80, 0x80, 0x10) == .invalid(.offsetRange))
        let ones = [UInt8](repeating: 0xFF, count: 9)
        func offset(_ last: UInt8...) -> ModuleError.Reason? {
            let code = [0x41, 0x00, 0x28, 0x02] + ones + last + [0x1A, 0x0B]
            return refusal(of: module(body: Expression(bytes: code[...])))
        }
        #expect(offset(0x01) == .invalid(.offsetRange))
        #expect(offset(0x02) == .malformed(.integerTooLarge))
        #expect(offset(0x80, 0x00) == .malformed(.integerTooLong))
    }

    /// The index of a memory is an integer like all others, where release 2.0 had a byte that must be zero.
    @Test func instructionsOnMemoriesNameThemByIntegers() {
        #expect(reason(operands: 0, 0x3F, 0x80, 0x00) == nil)
        #expect(reason(0x40, 0x80, 0x80, 0x00) == nil)
        #expect(reason(0x40, 0x01) == .invalid(.unknownMemory(1)))
        #expect(reason(operands: 3, gives: false, 0xFC, 0x0A, 0x80, 0x00, 0x00) == nil)
        #expect(reason(operands: 3, gives: false, 0xFC, 0x0A, 0x00, 0x02) == .invalid(.unknownMemory(2)))
        #expect(reason(operands: 3, gives: false, 0xFC, 0x0B, 0x80, 0x00) == nil)
        #expect(reason(operands: 3, gives: false, 0xFC, 0x08, 0x00, 0x03) == .invalid(.unknownMemory(3)))
    }

    /// Limits are integers of 64 bits; longer encodings are malformed, larger numbers invalid.
    @Test func limitsAreReadWith64Bits() {
        func memory(_ limits: UInt8...) -> ModuleError.Reason? { refusal(of: file(section(.memory, [1] + limits))) }
        #expect(memory(0x00, 0x82, 0x80, 0x80, 0x80, 0x80, 0x00) == nil)
        #expect(memory(0x01, 0x82, 0x00, 0x82, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00) == nil)
        #expect(memory(0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01) == .invalid(.memorySize))
        #expect(memory(0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02) == .malformed(.integerTooLarge))
        #expect(memory(0x00, 0x82, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00) == .malformed(.integerTooLong))
        #expect(memory(0x04, 0x00) == .unsupported(.memory64))
    }
}
