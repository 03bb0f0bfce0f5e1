import TestSupport
import Testing
import Wasm

/// Bytes that are no module are refused; none of them ends the process.
@Suite struct HostileBytesTests {
    @Test(arguments: Sample.all) func everyShorterFileIsRefusedOrEndsBetweenSections(_ sample: Sample) throws {
        let bytes = sample.module.encoded()
        let ends = sectionEnds(bytes)
        for length in 0..<bytes.count {
            let reason = refusal { () throws(ModuleError) in _ = try Module(decoding: Array(bytes[..<length])) }
            #expect(reason != nil || ends.contains(length), "\(length) of \(bytes.count) bytes")
        }
    }

    /// Each byte of the richest sample, changed to 20 values that mean something somewhere in the format, or to all 255 others: over
    /// 10,000 cases. Whatever is accepted must survive encoding.
    @Test func anyChangedByteIsAValueOrAnError() throws {
        let bytes = Sample.everything.module.encoded()
        let telling: [UInt8] = [0, 1, 2, 3, 5, 0x0B, 0x10, 0x1F, 0x20, 0x3F, 0x40, 0x41, 0x60, 0x6A, 0x70, 0x7B, 0x7F, 0x80, 0xFC, 0xFF]
        var accepted = 0
        for index in bytes.indices {
            for value in Run.isLong ? Array(0...255) : telling {
                var changed = bytes
                changed[index] = value
                guard refusal(of: changed) == nil else { continue }
                accepted += 1
                let module = try Module(decoding: changed)
                #expect(try Module(decoding: module.encoded()) == module, "byte \(index) is \(value)")
                _ = module.names
            }
        }
        // Bytes of names, constants and contents may change; most others may not.
        #expect(accepted > bytes.count && accepted < bytes.count * (Run.isLong ? 128 : 10))
    }

    /// Several bytes changed, removed or doubled at once, by the seed.
    @Test func anyMutationIsAValueOrAnError() throws {
        var random = Seeded(Run.seed)
        let original = Sample.everything.module.encoded()
        for _ in 0..<(Run.isLong ? 200_000 : 10_000) {
            var bytes = original
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                let index = Int.random(in: 8..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes.remove(at: index)
                case 1: bytes.insert(bytes[index], at: index)
                default: bytes[index] = UInt8.random(in: 0...255, using: &random)
                }
            }
            if let module = try? Module(decoding: bytes) {
                _ = refusal(of: module)
                #expect(try Module(decoding: module.encoded()) == module)
            }
        }
    }

    /// A count of 2^32 - 1 before no elements: refused without room being made for them.
    @Test(arguments: [SectionKind.type, .imports, .function, .table, .memory, .tag, .global, .export, .element, .code, .data])
    func aCountIsNotTrusted(_ kind: SectionKind) {
        let reason = refusal(of: file(section(kind, [0xFF, 0xFF, 0xFF, 0xFF, 0x0F])))
        switch reason {
        case .tooLarge, .malformed(.lengthOutOfBounds), .malformed(.functionCount): break
        default: Issue.record("\(String(describing: reason))")
        }
    }

    @Test func aSmallerCountIsNotTrustedEither() {
        #expect(refusal(of: file(section(.type, [5, 0x60, 0, 0]))) == .malformed(.lengthOutOfBounds))
        #expect(refusal(of: file(section(.type, [1, 0x60, 100, 0x7F]))) == .malformed(.lengthOutOfBounds))
        #expect(refusal(of: file([1, 100, 0])) == .malformed(.lengthOutOfBounds))
    }

    @Test func preambleAndSectionsAreChecked() {
        #expect(refusal(of: []) == .malformed(.unexpectedEnd))
        #expect(refusal(of: [0x7F, 0x45, 0x4C, 0x46]) == .malformed(.magicNumber))
        #expect(refusal(of: [0x00, 0x61, 0x73, 0x6D, 0x0D, 0, 1, 0]) == .malformed(.version))
        #expect(refusal(of: file()) == nil)
        #expect(refusal(of: file([14, 0])) == .malformed(.sectionKind))
        #expect(refusal(of: file(section(.type, [0]), section(.type, [0]))) == .malformed(.sectionOrder))
        #expect(refusal(of: file(section(.global, [0]), section(.tag, [0]))) == .malformed(.sectionOrder))
        #expect(refusal(of: file(section(.code, [0]), section(.dataCount, [0]))) == .malformed(.sectionOrder))
        #expect(refusal(of: file(section(.memory, [0]), section(.tag, [0]), section(.global, [0]))) == nil)
        #expect(refusal(of: file(section(.type, [0, 0]))) == .malformed(.sectionSize))
        #expect(refusal(of: file(section(.type, [1, 0x60, 0, 0]), section(.function, [1, 0]))) == .malformed(.functionCount))
        #expect(refusal(of: file(section(.dataCount, [1]))) == .malformed(.dataCount))
        #expect(refusal(of: file([0, 2, 1, 0xFF])) == .malformed(.utf8))
    }

    @Test func errorsNameTheByte() {
        func offset(_ bytes: [UInt8]) -> Int? {
            do throws(ModuleError) {
                try Module(decoding: bytes).validate()
                return nil
            } catch {
                return error.offset
            }
        }
        let types = section(.type, [1, 0x60, 0, 0])
        #expect(offset(file([14, 0])) == 8)
        #expect(offset(file(section(.type, [1, 0x61]))) == 11)
        // The code: 8 bytes of preamble, 6 of types, 4 of functions; then id, size, count, size, no locals, nop, i32.add.
        #expect(offset(file(types, section(.function, [1, 0]), section(.code, [1, 4, 0, 0x01, 0x6A, 0x0B]))) == 24)
        #expect(offset(file(types, section(.function, [1, 9]), section(.code, [1, 2, 0, 0x0B]))) == 16)
    }

    /// Integers in LEB128 (5.2.2), as immediates of constants, and how many bytes they may take.
    @Test func integersAreCheckedToTheBit() throws {
        func constant(_ bytes: [UInt8]) -> Result<Instruction?, ModuleError> {
            var reader = Expression(bytes: bytes[...]).instructions
            return Result { () throws(ModuleError) in try reader.next() }
        }
        func i32(_ bytes: UInt8...) throws -> Int32? { try constant([0x41] + bytes).get()?.i32 }
        func i64(_ bytes: UInt8...) throws -> Int64? { try constant([0x42] + bytes).get()?.i64 }
        func reason(_ code: UInt8, _ bytes: UInt8...) -> ModuleError.Reason? {
            refusal { () throws(ModuleError) in _ = try constant([code] + bytes).get() }
        }
        #expect(try i32(0x3F) == 63)
        #expect(try i32(0x40) == -64)
        #expect(try i32(0xC0, 0x00) == 64)
        #expect(try i32(0xFF, 0x7F) == -1)
        #expect(try i32(0x80, 0x80, 0x80, 0x80, 0x78) == .min)
        #expect(try i32(0xFF, 0xFF, 0xFF, 0xFF, 0x07) == .max)
        #expect(try i64(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7F) == .min)
        #expect(try i64(0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00) == .max)
        #expect(reason(0x41, 0x80) == .malformed(.unexpectedEnd))
        #expect(reason(0x41, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F) == .malformed(.integerTooLarge))
        #expect(reason(0x41, 0x80, 0x80, 0x80, 0x80, 0x70) == .malformed(.integerTooLarge))
        #expect(reason(0x41, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00) == .malformed(.integerTooLong))
        #expect(reason(0x42, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01) == .malformed(.integerTooLarge))
        // local.get: unsigned, 32 bits.
        #expect(try constant([0x20, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F]).get()?.index == .max)
        #expect(reason(0x20, 0xFF, 0xFF, 0xFF, 0xFF, 0x1F) == .malformed(.integerTooLarge))
        #expect(reason(0x20, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00) == .malformed(.integerTooLong))
        // block: a type's index has 33 bits, and is not negative.
        #expect(try constant([0x02, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F]).get()?.blockType == .function(.max))
        #expect(reason(0x02, 0x80, 0x80, 0x80, 0x80, 0x70) == .malformed(.blockType))
        #expect(reason(0x02, 0xFF, 0xFF, 0xFF, 0xFF, 0x1F) == .malformed(.integerTooLarge))
    }

    /// Where a file may be cut and still be a whole one.
    private func sectionEnds(_ bytes: [UInt8]) -> [Int] {
        var ends: [Int] = []
        var position = 8
        while position < bytes.count {
            ends.append(position)
            var size = 0
            var shift = 0
            repeat {
                position += 1
                size |= Int(bytes[position] & 0x7F) << shift
                shift += 7
            } while bytes[position] >= 0x80
            position += 1 + size
        }
        return ends
    }
}
