/// Translation: operands that are named instead of stored must be what they were when they were pushed.
import Engine
import Testing
import Wasm

@Suite struct TranslationTests {
    private func run(
        _ parameters: [Value], to results: [ValueType], locals: [ValueType] = [], _ write: (inout InstructionWriter) -> Void
    ) throws -> RunResult {
        var builder = ModuleBuilder()
        builder.module.memories = [MemoryType(ResizableLimits(minimum: 1))]
        builder.function("run", parameters.map(\.type), to: results, locals: locals, write)
        return try builder.machine().call("run", parameters)
    }

    @Test func resultsThatAreExchangedParameters() throws {
        let given = try run([.i32(1), .i64(2), .i32(3)], to: [.i32, .i64, .i32]) { writer in
            writer.append([Instruction(.localGet, 2), Instruction(.localGet, 1), Instruction(.localGet, 0)])
        }
        #expect(given == .finished([.i32(3), .i64(2), .i32(1)]))
    }

    @Test func aReturnThatIsNotTakenStoresNothing() throws {
        // Both results are parameters in each other's place; on the way on, their operands still read them.
        let given = try run([.i32(1), .i32(2)], to: [.i32, .i32]) { writer in
            writer.append([Instruction(.localGet, 1), Instruction(.localGet, 0), .i32Constant(0), Instruction(.brIf, 0)])
            writer.append([Instruction(.i32Sub), Instruction(.localGet, 0)])
        }
        #expect(given == .finished([.i32(1), .i32(1)]))
    }

    @Test func anOperandKeepsWhatALocalWas() throws {
        let given = try run([.i32(5)], to: [.i32], locals: [.i32]) { writer in
            writer.append([Instruction(.localGet, 0), Instruction(.localGet, 0), .i32Constant(7), Instruction(.i32Add)])
            writer.append([.i32Constant(100), Instruction(.localSet, 0)])
            // 5 - (5 + 7) + 100
            writer.append([Instruction(.i32Sub), Instruction(.localGet, 0), Instruction(.i32Add)])
        }
        #expect(given == .finished([.i32(93)]))
    }

    @Test func aLocalIsWrittenByWhatReadsIt() throws {
        let given = try run([.i32(5)], to: [.i32, .i32]) { writer in
            writer.append([Instruction(.localGet, 0), Instruction(.localGet, 0), Instruction(.localGet, 0), Instruction(.i32Mul)])
            writer.append([Instruction(.localTee, 0), Instruction(.drop), Instruction(.localGet, 0)])
        }
        #expect(given == .finished([.i32(5), .i32(25)]))
    }

    @Test func aConstantThatALocalWasSetToIsNotTakenAway() throws {
        // The comparison's constant is too long for it, but not for a branch: only a constant of its own may go into that.
        let given = try run([.i32(3_000_000)], to: [.i32], locals: [.i32]) { writer in
            writer.begin(.block)
            writer.append([.i32Constant(2_000_000), Instruction(.localSet, 1), Instruction(.localGet, 0), Instruction(.localGet, 1)])
            writer.append([Instruction(.i32GtU), Instruction(.brIf, 0), Instruction(.unreachable)])
            writer.end()
            writer.get(1)
        }
        #expect(given == .finished([.i32(2_000_000)]))
    }

    @Test(arguments: [Int64(-2_147_483_648), -40_000, 2_147_483_647, 4_000_000_000])
    func longConstantsInBranches(_ constant: Int64) throws {
        for (value, expected) in [(constant - 1, UInt32(1)), (constant, 0), (constant + 1, 0)] {
            let given = try run([.i64(UInt64(bitPattern: value))], to: [.i32]) { writer in
                writer.append([Instruction(.localGet, 0), .i64Constant(constant), Instruction(.i64LtS)])
                writer.begin(.if, .value(.i32))
                writer.append([.i32Constant(1), Instruction(.else), .i32Constant(0)])
                writer.end()
            }
            #expect(given == .finished([.i32(expected)]))
        }
    }

    @Test func addressesWrapWhereSumsDoAndNotWhereOffsetsDo() throws {
        // -4 + 8 is 4 as a sum.
        let sum = try run([.i32(0xFFFF_FFFC)], to: [.i32]) { writer in
            writer.append([.i32Constant(4), .i32Constant(77)])
            writer.append(Instruction(.i32Store, MemoryArgument(alignment: 0, offset: 0)))
            writer.append([Instruction(.localGet, 0), .i32Constant(8), Instruction(.i32Add)])
            writer.append(Instruction(.i32Load, MemoryArgument(alignment: 0, offset: 0)))
        }
        #expect(sum == .finished([.i32(77)]))
        for offset in [8, 100_000] as [UInt32] {
            let given = try run([.i32(0xFFFF_FFFC)], to: [.i32]) { writer in
                writer.get(0)
                writer.append(Instruction(.i32Load, MemoryArgument(alignment: 0, offset: offset)))
            }
            #expect(given.trapReason == .memoryOutOfBounds)
        }
    }

    @Test func theLastBytesOfAMemoryAreWithinIt() throws {
        for (offset, isWithin) in [(UInt32(65532), true), (65533, false)] {
            for address in [0, 0xFFFF_0000] as [UInt32] {
                let given = try run([.i32(address)], to: [.i32]) { writer in
                    writer.get(0)
                    if address != 0 { writer.append([.i32Constant(65536), Instruction(.i32Add)]) }
                    writer.append(Instruction(.i32Load, MemoryArgument(alignment: 0, offset: offset)))
                }
                #expect(given == .finished([.i32(0)]) || !isWithin && given.trapReason == .memoryOutOfBounds)
                #expect((given.trapReason == nil) == isWithin)
            }
        }
    }

    @Test func aBranchTableMovesWhatItCarries() throws {
        for (selector, expected) in [(UInt32(0), UInt32(1042)), (1, 42), (2, 5042), (9, 5042)] {
            let given = try run([.i32(selector)], to: [.i32]) { writer in
                writer.begin(.block, .value(.i32))
                writer.i32(1000)
                writer.begin(.block, .value(.i32))
                writer.i32(7)
                writer.append([.i32Constant(42), Instruction(.localGet, 0)])
                writer.appendBranchTable([0, 2], default: 1)
                writer.end()
                writer.append(.i32Add)
                writer.append(.return)
                writer.end()
                writer.append([.i32Constant(5000), Instruction(.i32Add)])
            }
            #expect(given == .finished([.i32(expected)]))
        }
    }

    @Test func branchesThatBecomeTooMuchCodeTrap() throws {
        var builder = ModuleBuilder()
        let types = Array(repeating: ValueType.i32, count: 1000)
        let block = builder.type(to: types)
        builder.function("run", [.i32]) { writer in
            writer.append(.i32Const)
            writer.begin(.block, .function(block))
            for _ in 0..<1001 { writer.get(0) }
            for _ in 0..<2000 { writer.append([Instruction(.localGet, 0), Instruction(.brIf, 0)]) }
            writer.append(.unreachable)
            writer.end()
            for _ in 0..<1001 { writer.append(.drop) }
        }
        #expect(try builder.machine(limits: StoreLimits()).call("run", [.i32(0)]).trapReason == .functionTooLarge)
    }

    @Test func framesUpToTheLimitWorkAndLargerOnesTrap() throws {
        for locals in [32_750, 32_757, 32_758, 32_759, 32_760, 32_764, 32_767, 32_768] {
            var builder = ModuleBuilder()
            let vector = Instruction.v128Constant(Vector128(low: .max, high: 7 << 32))
            builder.function("run", to: [.i32]) { writer in
                writer.append([vector, Instruction(.localSet, UInt32(locals - 1)), Instruction(.localGet, UInt32(locals - 1))])
                writer.append([vector, Instruction(.i32x4Add), Instruction(.i32x4ExtractLane, lane: 3)])
            }
            builder.module.functions[0].locals = [LocalGroup(UInt32(locals), .v128)]
            let result = try builder.machine(limits: StoreLimits()).call("run")
            #expect(result == (locals <= 32_758 ? .finished([.i32(14)]) : result))
            #expect(locals <= 32_758 || result.trapReason == .functionTooLarge)
        }
    }
}
