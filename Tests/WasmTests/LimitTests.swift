import Testing
import Wasm

/// The bounds of the implementation: what reaches one is accepted, what exceeds it refused.
@Suite struct LimitTests {
    @Test func locals() {
        let parameters = FunctionType([.i32, .i32])
        let bound = UInt32(ImplementationLimits.locals - 2)
        #expect(refusal(of: module(parameters, locals: [LocalGroup(bound, .i32)], [])) == nil)
        #expect(refusal(of: module(parameters, locals: [LocalGroup(bound, .i32), LocalGroup(1, .i64)], [])) == .tooLarge(.locals))
        // More than 2^32 - 1 are not well-formed (5.5.13).
        let many = [LocalGroup(.max, .i32), LocalGroup(1, .i64)]
        #expect(refusal(of: module(parameters, locals: many, [])) == .malformed(.tooManyLocals))
        #expect(refusal(of: module(parameters, locals: [LocalGroup(.max, .i32)], [])) == .tooLarge(.locals))
    }

    @Test func nesting() {
        func nested(_ depth: Int) -> Module {
            let open = [Instruction](repeating: Instruction(.block, .empty), count: depth)
            return module(FunctionType(), open + [Instruction](repeating: Instruction(.end), count: depth))
        }
        // The function itself is a block.
        #expect(refusal(of: nested(ImplementationLimits.nesting - 1)) == nil)
        #expect(refusal(of: nested(ImplementationLimits.nesting)) == .tooLarge(.nesting))
    }

    @Test func parametersAndResults() {
        func reason(_ parameters: Int, _ results: Int) -> ModuleError.Reason? {
            var module = Module()
            module.types = [
                FunctionType([ValueType](repeating: .i32, count: parameters), to: [ValueType](repeating: .i64, count: results))
            ]
            return refusal(of: module.encoded())
        }
        #expect(reason(1000, 1000) == nil)
        #expect(reason(1001, 0) == .tooLarge(.parameters))
        #expect(reason(0, 1001) == .tooLarge(.results))
    }

    /// Few bytes that push many operands.
    @Test func operands() {
        func reason(_ calls: Int) -> ModuleError.Reason? {
            let code = [Instruction](repeating: Instruction(.call, 1), count: calls)
            var module = module(FunctionType(), code + [Instruction(.unreachable)])
            module.types[1] = FunctionType(to: [ValueType](repeating: .i32, count: ImplementationLimits.results))
            return refusal(of: module)
        }
        #expect(reason(ImplementationLimits.operands / ImplementationLimits.results) == nil)
        #expect(reason(ImplementationLimits.operands / ImplementationLimits.results + 1) == .tooLarge(.operands))
    }

    @Test func functionSize() {
        func reason(_ size: Int) -> ModuleError.Reason? {
            // No locals, `nop` again and again, `end`.
            let code = [UInt8](repeating: 0x01, count: size - 2) + [0x0B]
            var module = Module()
            module.types = [FunctionType()]
            module.functions = [Function(type: 0, body: Expression(bytes: code[...]))]
            return refusal { () throws(ModuleError) in _ = try Module(decoding: module.encoded()) }
        }
        #expect(reason(ImplementationLimits.functionSize) == nil)
        #expect(reason(ImplementationLimits.functionSize + 1) == .tooLarge(.functionSize))
    }

    /// Counts over the bound are refused by the bound, before anything is read: the count alone is enough.
    @Test(arguments: [
        (SectionKind.type, Bound.types), (.imports, .imports), (.function, .functions), (.table, .tables), (.tag, .tags),
        (.global, .globals),
        (.export, .exports), (.element, .elementSegments), (.data, .dataSegments),
    ])
    func counts(_ kind: SectionKind, _ bound: Bound) {
        func reason(_ count: Int) -> ModuleError.Reason? {
            let bytes = (0..<5).map { UInt8(truncatingIfNeeded: count >> (7 * $0)) & 0x7F | ($0 < 4 ? 0x80 : 0) }
            return refusal(of: file(section(kind, bytes)))
        }
        #expect(reason(bound.limit) == .malformed(.lengthOutOfBounds))
        #expect(reason(bound.limit + 1) == .tooLarge(bound))
    }
}
