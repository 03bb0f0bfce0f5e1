/// Saved state that was damaged or made up: it is refused, or it runs, and the host survives both.
import Engine
import Testing
import Wasm

@Suite struct SnapshotTests {
    /// State in the middle of a run of each program.
    private func samples() throws -> [[UInt8]] {
        try Programs.all.map { program in
            let machine = try program.builder.machine(limits: StoreLimits(memoryPages: 8, tableElements: 100, stackSlots: 400, frames: 40))
            try machine.store.invoke(machine.function("run"), [.i32(UInt32(bitPattern: program.argument))])
            _ = machine.store.run(fuel: 45)
            return machine.store.encoded()
        }
    }

    /// The most that the damaged state may ask for.
    private let limits = StoreLimits(memoryPages: 16, tableElements: 1000, stackSlots: 500, frames: 50, exceptions: 1 << 16)

    /// Restores and, if that succeeds, runs for a while and saves again.
    private func use(_ bytes: [UInt8]) -> Bool {
        guard let store = try? Store(restoring: bytes, within: limits) else { return false }
        store.fuel = 300
        for _ in 0..<20 where store.depth > 0 {
            if let call = store.pendingHostCall {
                let type = store.type(of: call.function)
                guard (try? store.resume(type.results.map { Value(zeroOf: $0) })) != nil else { return false }
            }
            _ = store.run(fuel: 10)
        }
        _ = store.encoded()
        return true
    }

    @Test func stateThatWasCutOffIsRefused() throws {
        for sample in try samples() {
            for count in stride(from: 0, to: min(sample.count, 1500), by: 1) {
                #expect(throws: SnapshotError.self) { try Store(restoring: Array(sample[..<count]), within: limits) }
            }
            #expect(throws: SnapshotError.length) { try Store(restoring: Array(sample.dropLast()), within: limits) }
            #expect(throws: SnapshotError.length) { try Store(restoring: sample + [0], within: limits) }
        }
    }

    @Test func damagedStateHarmsNobody() throws {
        var accepted = 0
        var refused = 0
        for sample in try samples() {
            // All of a small state; of a page of memory, a part.
            for place in sample.indices where place < 2000 || place > sample.count - 1500 || place % 997 == 0 {
                for change in [1, 0x80, 0xFF] as [UInt8] {
                    var bytes = sample
                    bytes[place] ^= change
                    if use(bytes) { accepted += 1 } else { refused += 1 }
                }
            }
        }
        // Values and fuel may be anything, while most of the rest is checked.
        #expect(accepted > 500)
        #expect(refused > 5000)
    }

    @Test func numbersThatMeanPlacesAreChecked() throws {
        // Every number of the run's own part, the last of the bytes, is replaced by others.
        var refused = 0
        for sample in try samples() {
            for place in stride(from: sample.count - 8, to: max(sample.count - 800, 0), by: -8) {
                for number in [0, 1, 7, 0xFFFF, 1 << 31, 1 << 62, UInt64.max] {
                    var bytes = sample
                    for index in 0..<8 { bytes[place + index] = UInt8(truncatingIfNeeded: number >> UInt64(8 * index)) }
                    if !use(bytes) { refused += 1 }
                }
            }
        }
        #expect(refused > 200)
    }

    @Test func otherBytesAreRefused() throws {
        #expect(throws: SnapshotError.length) { try Store(restoring: []) }
        #expect(throws: SnapshotError.mark) { try Store(restoring: [UInt8](repeating: 7, count: 64)) }
        var newer = Store().encoded()
        newer[8] += 1
        #expect(throws: SnapshotError.version) { try Store(restoring: newer) }
    }

    @Test func stateThatAsksForTooMuchIsRefused() throws {
        let bytes = Store(limits: StoreLimits(stackSlots: 100)).encoded()
        #expect(throws: SnapshotError.inconsistent) { try Store(restoring: bytes, within: StoreLimits(stackSlots: 99)) }
        _ = try Store(restoring: bytes, within: StoreLimits(stackSlots: 100))
    }

    @Test func whatModulesShareStaysShared() throws {
        var first = ModuleBuilder()
        first.module.memories = [MemoryType(ResizableLimits(minimum: 1))]
        first.module.exports = [Export("memory", .memory(0))]
        first.function("read", to: [.i32]) { writer in
            writer.i32(8)
            writer.append(Instruction(.i32Load, MemoryArgument(alignment: 2, offset: 0)))
        }
        var second = ModuleBuilder()
        second.module.imports = [Import(module: "first", name: "memory", .memory(MemoryType(ResizableLimits(minimum: 1))))]
        second.module.dataSegments = [DataSegment(.passive, [9, 8, 7, 6])]
        second.module.hasDataCount = true
        second.function("write") { writer in
            writer.append([.i32Constant(8), .i32Constant(0), .i32Constant(4), Instruction(.memoryInit, 0), Instruction(.dataDrop, 0)])
        }
        let machine = try first.machine()
        guard let memory = machine.store.export("memory", of: machine.instance) else {
            Issue.record("no memory")
            return
        }
        let other = try machine.store.instantiate(try second.compiled(), imports: [memory])
        let store = try Store(restoring: machine.store.encoded())
        var writer = Machine(store: store, instance: other)
        #expect(try writer.call("write") == .finished([]))
        writer.store = try Store(restoring: store.encoded())
        // The segment was dropped, and stays so.
        #expect(try writer.call("write").trapReason == .memoryOutOfBounds)
        let reader = Machine(store: writer.store, instance: machine.instance)
        #expect(try reader.call("read") == .finished([.i32(0x0607_0809)]))
    }
}
