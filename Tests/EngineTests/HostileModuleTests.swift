import Engine
import TestSupport
import Testing
import Wasm

/// Modules that are damaged anywhere are refused or run; none ends the host, whatever of theirs is executed.
@Suite struct HostileModuleTests {
    private func modules() -> [[UInt8]] { Programs.all.map { $0.builder.module.encoded() } }

    /// Each program cut at every byte: over and over a file without its last section, which may be valid and do something else.
    @Test func aModuleCutAnywhereIsRefusedOrRuns() throws {
        var runs = BoundedRun()
        for bytes in modules() {
            for length in bytes.indices { runs.run(Array(bytes[..<length]), saves: false) }
            runs.run(bytes, saves: true)
        }
        #expect(runs.refused > 500 && runs.finished > 0)
    }

    /// Each byte of each program, changed to each of some values that mean something in the format (to all 256 in a long run).
    @Test func aModuleWithAnyByteChangedIsRefusedOrRuns() throws {
        let telling: [UInt8] = [0, 1, 2, 3, 5, 0x0B, 0x1A, 0x20, 0x41, 0x6A, 0x70, 0x7F, 0x80, 0xD2, 0xFC, 0xFF]
        var runs = BoundedRun()
        var cases = 0
        for bytes in modules() {
            for index in bytes.indices {
                for value in Run.isLong ? Array(0...255) : telling where value != bytes[index] {
                    var changed = bytes
                    changed[index] = value
                    runs.run(changed, saves: false)
                    cases += 1
                }
            }
        }
        #expect(runs.notInstantiated > 10, "\(runs)")
        expectVariety(runs, cases)
    }

    /// Several bytes changed, removed or doubled at once, by the seed. Every tenth is saved and restored while it runs.
    @Test func aModuleWithBytesChangedIsRefusedOrRuns() throws {
        var random = Seeded(Run.seed)
        let originals = modules()
        let cases = Run.isLong ? 200_000 : 20_000
        var runs = BoundedRun()
        for number in 0..<cases {
            var bytes = originals[number % originals.count]
            for _ in 0...Int.random(in: 0..<3, using: &random) {
                let index = Int.random(in: 8..<bytes.count, using: &random)
                switch Int.random(in: 0..<8, using: &random) {
                case 0: bytes.remove(at: index)
                case 1: bytes.insert(bytes[index], at: index)
                case 2: bytes[index] = UInt8.random(in: 0...255, using: &random)
                // A small step keeps most modules valid: another local, label, constant or instruction.
                case 3, 4: bytes[index] &+= 1
                case 5, 6: bytes[index] &-= 1
                default: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                }
            }
            runs.run(bytes, saves: number % 10 == 0)
        }
        #expect(runs.refused > cases / 2 && runs.finished > cases / 20 && runs.trapped > cases / 50, "\(runs)")
    }

    /// Some instructions of a program replaced by others of the same types, or with other immediates, dropped or doubled, by the seed: most
    /// is valid, and computes with numbers that nobody meant. Every tenth is saved and restored while it runs.
    @Test func aModuleWithOtherInstructionsIsRefusedOrRuns() throws {
        var random = Seeded(Run.seed)
        let originals = Programs.all.map { $0.builder.module }
        let alike = Dictionary(grouping: Opcode.allCases.filter { $0.row.immediates == .none && $0.row.signature.rule == .fixed }) {
            opcode in
            InstructionChange.Shape(opcode.row.signature)
        }
        let cases = Run.isLong ? 200_000 : 10_000
        var runs = BoundedRun()
        for number in 0..<cases {
            var module = originals[number % originals.count]
            let function = random.below(module.functions.count)
            let change = InstructionChange(alike: alike)
            module.functions[function].body = try change.apply(to: module.functions[function].body, &random)
            runs.run(module.encoded(), saves: number % 10 == 0)
        }
        expectVariety(runs, cases)
    }

    /// That the cases were of all kinds, and many of each: otherwise the test says little.
    private func expectVariety(_ runs: BoundedRun, _ cases: Int) {
        #expect(cases >= 10_000, "\(runs)")
        #expect(runs.refused > cases / 10, "\(runs)")
        #expect(runs.finished > cases / 10 && runs.trapped > cases / 10 && runs.outOfFuel > cases / 50, "\(runs)")
        #expect(runs.callsOfHost > cases / 50, "\(runs)")
    }
}
