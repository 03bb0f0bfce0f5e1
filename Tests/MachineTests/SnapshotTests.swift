import ABI
import Testing
import Wasm

@testable import Machine

/// A machine that is written down and read back goes on as it would have.
@Suite struct SnapshotTests {
    /// A program that writes a line to its standard output and sleeps a millisecond, for ever, and counts in a global.
    static let ticker: [UInt8] = {
        var module = Module()
        module.types = [FunctionType([.i32, .i32, .i32, .i32], to: [.i32]), FunctionType()]
        module.imports = [
            Import(module: "wasi_snapshot_preview1", name: "fd_write", .function(type: 0)),
            Import(module: "wasi_snapshot_preview1", name: "poll_oneoff", .function(type: 0)),
        ]
        module.memories = [MemoryType(ResizableLimits(minimum: 1))]
        var code = InstructionWriter()
        func constant(_ value: Int32) { code.append(.i32Constant(value)) }
        code.append(Instruction(.loop, .empty))
        for value: Int32 in [1, 0, 1, 16] { constant(value) }
        code.append(Instruction(.call, 0))
        code.append(Instruction(.drop))
        for value: Int32 in [32, 96, 1, 140] { constant(value) }
        code.append(Instruction(.call, 1))
        code.append(Instruction(.drop))
        // The line's last digit goes on.
        constant(24)
        constant(24)
        code.append(Instruction(.i32Load8U, MemoryArgument(alignment: 0, offset: 0)))
        constant(1)
        code.append(Instruction(.i32Xor))
        code.append(Instruction(.i32Store8, MemoryArgument(alignment: 0, offset: 0)))
        code.append(Instruction(.br, 0))
        code.append(Instruction(.end))
        code.append(Instruction(.end))
        module.functions = [Function(type: 1, body: code.expression)]
        module.exports = [Export("_start", .function(2)), Export("memory", .memory(0))]
        var data = Writer()
        data.u32(20)
        data.u32(6)
        data.u64(0)
        data.u32(0)
        // At 20: the line. At 32: a subscription to the monotonic clock, relative.
        data.raw(Array("tick0\n".utf8))
        while data.bytes.count < 48 { data.u8(0) }
        data.u32(1)
        data.u32(0)
        data.u64(1_000_000)
        data.u64(0)
        data.u64(0)
        module.dataSegments = [
            DataSegment(.active(memory: 0, offset: Expression([.i32Constant(0)])), data.bytes[...])
        ]
        return module.encoded()
    }()

    /// A machine whose init is the ticker.
    private func system(seed: UInt64, trace: ((String) -> Void)? = nil) -> Machine {
        var system = SimulatedSystem()
        system.images["/sbin/init"] = Self.ticker
        return system.machine(seed: seed, trace: trace)
    }

    @Test func aProgramInWebAssemblyRuns() {
        let machine = system(seed: 1)
        #expect(machine.run(limit: 100_000) { machine.console.count > 60 })
        #expect(
            machine.console.starts(with: Array("tick0\r\ntick1\r\ntick0\r\n".utf8)), "\(String(decoding: machine.console, as: UTF8.self))")
    }

    @Test func aRestoredMachineGoesOnAsItWouldHave() throws {
        for seed in UInt64(0)..<20 {
            var lines: [String] = []
            let machine = system(seed: seed) { lines.append($0) }
            // Anywhere: during the boot, and in the middle of calls.
            machine.run(limit: 40 + Int(seed) * 53) { false }
            let bytes = try machine.encoded()
            let firstLine = lines.count
            let firstByte = machine.console.count
            machine.run(limit: 1500) { false }
            var options = machine.options
            var again: [String] = []
            options.trace = { again.append($0) }
            let restored = try Machine(options, servers: .native, restoring: bytes)
            #expect(try restored.encoded() == bytes, "seed \(seed): what was read back is written down the same")
            restored.run(limit: 1500) { false }
            #expect(again == Array(lines[firstLine...]), "seed \(seed)")
            #expect(restored.console == Array(machine.console[firstByte...]), "seed \(seed)")
            #expect(try restored.encoded() == machine.encoded(), "seed \(seed)")
        }
    }

    @Test func damagedBytesAreRefusedOrRun() throws {
        let machine = system(seed: 3)
        machine.run(limit: 900) { false }
        let bytes = try machine.encoded()
        var chance = Chance(seed: 9)
        var refused = 0
        for _ in 0..<300 {
            var damaged = bytes
            if chance.below(2) == 0 {
                damaged.removeLast(1 + chance.below(bytes.count - 1))
            } else {
                for _ in 0..<4 { damaged[chance.below(damaged.count)] = UInt8(chance.below(256)) }
            }
            do {
                let restored = try Machine(machine.options, servers: .native, restoring: damaged)
                restored.run(limit: 200) { false }
            } catch {
                refused += 1
            }
        }
        #expect(refused > 100)
    }
}
