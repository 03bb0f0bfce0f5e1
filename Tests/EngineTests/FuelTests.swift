/// Fuel: how much a run takes, where it stops, and that stopping, saving and restoring changes nothing.
import Engine
import Testing
import Wasm

@Suite struct FuelTests {
    /// The result, the fuel that was left of much, and the state as bytes, of a run that never stops.
    private func straight(_ builder: ModuleBuilder, _ argument: Int32) throws -> (RunResult, Int64, [UInt8]) {
        let machine = try builder.machine()
        try machine.store.invoke(machine.function("run"), [.i32(UInt32(bitPattern: argument))])
        machine.store.fuel = 1_000_000
        var result = machine.store.run(fuel: 0)
        while case .hostCall(let call) = result {
            try machine.store.resume(machine.answer(to: call))
            result = machine.store.run(fuel: 0)
        }
        return (result, machine.store.fuel, machine.store.encoded())
    }

    @Test(arguments: Programs.all.map(\.name))
    func aRunThatIsSavedAndRestoredAtAnyPointIsTheSame(_ name: String) throws {
        guard let program = Programs.all.first(where: { $0.name == name }) else { return }
        let (result, left, bytes) = try straight(program.builder, program.argument)
        guard case .finished = result else {
            Issue.record("\(name) ended with \(result)")
            return
        }
        let used = 1_000_000 - left
        #expect(used > 50)
        for point in stride(from: Int64(1), to: used, by: used > 400 ? 7 : 1) {
            var machine = try program.builder.machine()
            try machine.store.invoke(machine.function("run"), [.i32(UInt32(bitPattern: program.argument))])
            machine.store.fuel = point
            var stops = 0
            var end: RunResult?
            while end == nil {
                switch machine.store.run(fuel: 0) {
                case .outOfFuel:
                    stops += 1
                    #expect(stops == 1)
                    let saved = machine.store.encoded()
                    machine.store = try Store(restoring: saved)
                    let isSame = machine.store.encoded() == saved
                    #expect(isSame, "the restored state differs after a stop at \(point)")
                    machine.store.fuel += 1_000_000 - point
                case .hostCall(let call):
                    let saved = machine.store.encoded()
                    machine.store = try Store(restoring: saved)
                    #expect(machine.store.pendingHostCall == call)
                    try machine.store.resume(machine.answer(to: call))
                case let other: end = other
                }
            }
            // A stop near the end may fall into the group of instructions that returns: then that group was done on credit.
            #expect(stops == 1 || machine.store.fuel < 0)
            if stops == 0 { machine.store.fuel += 1_000_000 - point }
            #expect(end == result)
            #expect(machine.store.fuel == left)
            let isSame = machine.store.encoded() == bytes
            #expect(isSame, "the state at the end differs after a stop at \(point)")
        }
    }

    @Test(arguments: Programs.all.map(\.name))
    func aRunInSingleStepsTakesTheSameFuel(_ name: String) throws {
        guard let program = Programs.all.first(where: { $0.name == name }) else { return }
        let (result, left, _) = try straight(program.builder, program.argument)
        let machine = try program.builder.machine()
        try machine.store.invoke(machine.function("run"), [.i32(UInt32(bitPattern: program.argument))])
        var given: Int64 = 0
        while true {
            given += 1
            switch machine.store.run(fuel: 1) {
            case .outOfFuel: #expect(machine.store.fuel <= 0)
            case .hostCall(let call): try machine.store.resume(machine.answer(to: call))
            case let end:
                #expect(end == result)
                #expect(given - machine.store.fuel == 1_000_000 - left)
                return
            }
        }
    }

    /// Each instruction counts 1, but `block`, `loop`, `nop` and the `end` of a block count nothing; the `end` of a function returns.
    @Test func fuelIsTheNumberOfInstructions() throws {
        var builder = ModuleBuilder()
        builder.function("run", [.i32], to: [.i32]) { writer in
            writer.begin(.block)
            writer.append(.nop)
            writer.begin(.loop)  // Three times 5 instructions: get, const, sub, tee, br_if.
            writer.append([Instruction(.localGet, 0), .i32Constant(1), Instruction(.i32Sub), Instruction(.localTee, 0)])
            writer.append(.brIf, 0)
            writer.end()
            writer.end()
            writer.append([.i32Constant(1), Instruction(.drop)])  // 2
            writer.get(0)  // 1
            writer.begin(.if, .value(.i32))  // 1
            writer.i32(10)
            writer.append(.else)
            writer.i32(20)  // 1
            writer.end()
        }  // 1
        let (result, left, _) = try straight(builder, 3)
        #expect(result == .finished([.i32(20)]))
        #expect(1_000_000 - left == 3 * 5 + 2 + 1 + 1 + 1 + 1)
    }

    @Test func aTrapTakesTheFuelOfWhatWasExecuted() throws {
        var builder = ModuleBuilder()
        builder.function("run", [.i32], to: [.i32]) { writer in
            writer.append([.i32Constant(1), Instruction(.localGet, 0), Instruction(.i32DivU)])  // 3, of which the last traps
            writer.append([.i32Constant(1), Instruction(.i32Add), .i32Constant(5), Instruction(.i32Mul)])
        }
        let (result, left, _) = try straight(builder, 0)
        #expect(result.trapReason == .integerDivideByZero)
        #expect(1_000_000 - left == 3)
        #expect(try straight(builder, 1).1 == 1_000_000 - 8)
    }

    @Test func withoutFuelNothingHappens() throws {
        let machine = try Programs.memory.machine()
        try machine.store.invoke(machine.function("run"), [.i32(3)])
        let before = machine.store.encoded()
        #expect(machine.store.run(fuel: 0) == .outOfFuel)
        #expect(machine.store.fuel == 0)
        machine.store.fuel = -3
        #expect(machine.store.run(fuel: 3) == .outOfFuel)
        let isSame = machine.store.encoded() == before
        #expect(isSame)
    }
}
