import ABI
import Processes
import ResourceManager
import ServerKit
import Testing

/// Ten thousand processes, which a system has to bear.
@Suite struct ScaleTests {
    private static let count = 10_000

    /// What is there of everything.
    private func sizes(_ world: World) -> [Int] {
        [
            world.manager.processes.count, world.manager.hartCount, world.manager.channelCount, world.openHandles,
            world.harts.values.count { !$0.isGone },
        ]
    }

    /// Asks for something that many times, as many at once as a process has credits. Answers what came of it.
    private func many<T: Wire>(
        _ count: Int, _ world: World, _ hart: FakeHart, _ operation: ABI.Operation, _ body: some Wire, _ type: T.Type
    ) throws -> [T] {
        var results: [T] = []
        while results.count < count {
            let numbers = (0..<min(Limits.credits, count - results.count)).map { _ in world.ask(hart, operation, body, space: 256) }
            world.pumpInRounds()
            for number in numbers { results.append(try world.result(hart, number, type)) }
        }
        return results
    }

    @Test func tenThousandProcessesLiveAndAreKilledAsOneGroup() throws {
        let world = World.booted()
        world.checkEvery = 50_000
        world.keepsNoDead = true
        let initial = world.initial
        let before = sizes(world)

        let leader = try world.spawn(initial, flags: .setGroup)
        let group = try #require(leader.started?.group)
        let missing = ScaleTests.count - world.manager.processes.all.count { !$0.isServer }
        let spawn = world.spawnRequest(leader, descriptors: [])
        let children = try many(missing, world, leader, .spawn, spawn, SpawnResult.self).map(\.process)
        #expect(world.manager.processes.all.count { !$0.isServer } == ScaleTests.count)
        #expect(Set(children).count == missing)
        #expect(world.manager.isConsistent)
        let full = sizes(world)

        // Each is one like any other: the last sees itself, and nobody has ended.
        let last = world.process(try #require(children.last).rawValue)
        let status = try world.call(last, .processStatus, OneProcess(process: ProcessID(rawValue: 0)), ProcessRecord.self)
        #expect(status.process == children.last)
        #expect(status.parent == leader.started?.process)
        let nobody = try world.call(leader, .wait, Wait(target: -1, flags: .noHang), WaitResult.self)
        #expect(nobody.process.rawValue == 0)

        // One more comes and goes.
        let more = try world.call(last, .spawn, world.spawnRequest(last, descriptors: []), SpawnResult.self)
        #expect(sizes(world) != full)
        world.exit(world.process(more.process.rawValue), 7)
        let ended = try world.call(last, .wait, Wait(target: more.process.rawValue, flags: []), WaitResult.self)
        #expect(ended == WaitResult(process: more.process, change: ChildChange(kind: .exited, code: 7)))
        #expect(sizes(world) == full)

        // All are killed at once; init, whose children they have become, waits for each.
        let killed = world.ask(initial, .kill, Kill(target: -group.rawValue, signal: Signal.kill.rawValue))
        world.pumpInRounds()
        _ = try world.result(initial, killed, Nothing.self)
        let dead = try many(missing + 1, world, initial, .wait, Wait(target: -1, flags: []), WaitResult.self)
        #expect(Set(dead.map(\.process)) == Set(children + [ProcessID(rawValue: group.rawValue)]))
        #expect(dead.allSatisfy { $0.change == ChildChange(kind: .signaled, code: Signal.kill.rawValue) })
        #expect(throws: Errno.noChildProcess) {
            try world.call(initial, .wait, Wait(target: -1, flags: .noHang), WaitResult.self)
        }
        #expect(sizes(world) == before)
        #expect(world.manager.isConsistent)
        world.expectQuiet()
    }
}
