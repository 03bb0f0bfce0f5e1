import ABI
import Processes
import ResourceManager
import ServerKit
import Testing

@Suite struct WaitTests {
    @Test func waitsForTheChildAndTakesItsStatus() throws {
        let world = World.booted()
        let parent = try world.spawn(world.initial)
        #expect(throws: Errno.noChildProcess) { try world.call(parent, .wait, Wait(target: -1, flags: []), WaitResult.self) }
        let child = try world.spawn(parent)
        let other = try world.spawn(parent, flags: .setGroup)
        let childID = child.started!.process
        let otherID = other.started!.process
        let none = try world.call(parent, .wait, Wait(target: -1, flags: .noHang), WaitResult.self)
        #expect(none.process.rawValue == 0)
        let any = world.ask(parent, .wait, Wait(target: -1, flags: []))
        world.pump()
        #expect(parent.answers[any] == nil)
        world.exit(child, 42)
        #expect(
            try world.result(parent, any, WaitResult.self) == WaitResult(process: childID, change: ChildChange(kind: .exited, code: 42)))
        #expect(world.manager.processes[childID] == nil)
        #expect(throws: Errno.noChildProcess) {
            try world.call(parent, .wait, Wait(target: childID.rawValue, flags: []), WaitResult.self)
        }
        // Its own group has no child in it any more; the other's has.
        #expect(throws: Errno.noChildProcess) { try world.call(parent, .wait, Wait(target: 0, flags: []), WaitResult.self) }
        let group = world.ask(parent, .wait, Wait(target: -otherID.rawValue, flags: []))
        world.pump()
        world.exit(other, 1)
        #expect(try world.result(parent, group, WaitResult.self).process == otherID)
        #expect(throws: Errno.noChildProcess) { try world.call(parent, .wait, Wait(target: .min, flags: []), WaitResult.self) }
        #expect(throws: Errno.invalidArgument) {
            try world.call(parent, .wait, Wait(target: -1, flags: WaitFlags(rawValue: 4)), WaitResult.self)
        }
        world.expectQuiet()
    }

    @Test func aZombieWaits() throws {
        let world = World.booted()
        let child = try world.spawn(world.initial)
        let id = child.started!.process
        world.exit(child, 3)
        let record = try world.call(world.initial, .processStatus, OneProcess(process: id), ProcessRecord.self)
        #expect(record.state == .ended)
        #expect(try world.call(world.initial, .wait, Wait(target: -1, flags: .noHang), WaitResult.self).change.code == 3)
        #expect(throws: Errno.noSuchProcess) {
            try world.call(world.initial, .processStatus, OneProcess(process: id), ProcessRecord.self)
        }
    }

    @Test func cancelEndsAWait() throws {
        let world = World.booted()
        let child = try world.spawn(world.initial)
        let id = world.ask(world.initial, .wait, Wait(target: -1, flags: []))
        world.pump()
        world.notify(world.initial, .cancel, Cancel(request: RequestID(rawValue: id)))
        world.pump()
        #expect(throws: Errno.interrupted) { try world.result(world.initial, id, WaitResult.self) }
        // Too late is harmless.
        world.notify(world.initial, .cancel, Cancel(request: RequestID(rawValue: id)))
        world.exit(child)
        #expect(try world.call(world.initial, .wait, Wait(target: -1, flags: []), WaitResult.self).process == child.started!.process)
        world.expectQuiet()
    }

    @Test func parentsLearnByASignalOrWantNoZombies() throws {
        let world = World.booted()
        let parent = try world.spawn(world.initial)
        world.exit(try world.spawn(parent))
        #expect(try world.signals(parent) == [])
        _ = try world.call(parent, .wait, Wait(target: -1, flags: []), WaitResult.self)
        try world.call(parent, .setDisposition, SetDisposition(signal: .child, disposition: .interrupt), Nothing.self)
        world.exit(try world.spawn(parent))
        #expect(try world.signals(parent) == [Signal.child.rawValue])
        _ = try world.call(parent, .wait, Wait(target: -1, flags: []), WaitResult.self)
        try world.call(parent, .setDisposition, SetDisposition(signal: .child, disposition: .ignore), Nothing.self)
        let child = try world.spawn(parent)
        let id = world.ask(parent, .wait, Wait(target: -1, flags: []))
        world.exit(child)
        #expect(throws: Errno.noChildProcess) { try world.result(parent, id, WaitResult.self) }
        #expect(world.manager.processes[child.started!.process] == nil)
    }

    @Test func orphansGoToInit() throws {
        let world = World.booted()
        try world.call(world.initial, .setDisposition, SetDisposition(signal: .child, disposition: .interrupt), Nothing.self)
        let parent = try world.spawn(world.initial)
        let child = try world.spawn(parent)
        let zombie = try world.spawn(parent)
        world.exit(zombie, 9)
        world.exit(parent)
        let notice = try #require(child.notices.first { $0.0 == .parentChanged })
        var reader = Reader(notice.1)
        #expect(try reader.value(ParentChanged.self).parent == .initial)
        // Two of a kind are one.
        #expect(try world.signals(world.initial) == [Signal.child.rawValue])
        for _ in 0..<2 { _ = try world.call(world.initial, .wait, Wait(target: -1, flags: .noHang), WaitResult.self) }
        let last = world.ask(world.initial, .wait, Wait(target: -1, flags: []))
        world.exit(child, 5)
        #expect(try world.result(world.initial, last, WaitResult.self).change.code == 5)
        world.expectQuiet()
        #expect(world.manager.processes.count == 7)
    }

    @Test func endOfInitIsAPanic() throws {
        let world = World.booted()
        world.exit(world.initial, 7)
        #expect(world.panic == "init ended: exit status 7")
    }

    @Test func aGoodEndOfInitHaltsTheMachine() throws {
        let world = World.booted()
        world.exit(world.initial, 0)
        #expect(world.panic == nil && world.isHalted)
    }

    @Test func reasonOfATrapIsShown() throws {
        let world = World.booted()
        let child = try world.spawn(world.initial)
        world.notify(
            child, .exit,
            Exit(end: ProcessEnd(kind: .signaled, code: 11), reason: Array("memory access out of bounds in main".utf8)))
        world.pump()
        #expect(world.console == ["program[\(child.started!.process.rawValue)]: memory access out of bounds in main"])
    }
}

@Suite struct KillTests {
    @Test func signalsDoWhatTheyDo() throws {
        let world = World.booted()
        let parent = world.initial
        let child = try world.spawn(parent)
        let id = child.started!.process.rawValue
        #expect(throws: Errno.noSuchProcess) { try world.kill(parent, 999, .terminate) }
        #expect(throws: Errno.invalidArgument) { try world.call(parent, .kill, Kill(target: id, signal: 65), Nothing.self) }
        try world.call(parent, .kill, Kill(target: id, signal: 0), Nothing.self)
        for signal in [Signal.continue, .child, .windowChange] { try world.kill(parent, id, signal) }
        #expect(world.manager.processes[ProcessID(rawValue: id)]?.end == nil)
        for signal in [Signal.kill, .stop] {
            for disposition in [Disposition.ignore, .interrupt] {
                #expect(throws: Errno.invalidArgument) {
                    try world.call(child, .setDisposition, SetDisposition(signal: signal, disposition: disposition), Nothing.self)
                }
            }
        }
        try world.call(child, .setDisposition, SetDisposition(signal: .terminate, disposition: .ignore), Nothing.self)
        try world.kill(parent, id, .terminate)
        try world.call(child, .setDisposition, SetDisposition(signal: .terminate, disposition: .interrupt), Nothing.self)
        try world.kill(parent, id, .terminate)
        #expect(try world.signals(child) == [Signal.terminate.rawValue])
        #expect(world.manager.processes[ProcessID(rawValue: id)]?.end == nil)
        try world.kill(parent, id, .hangUp)
        let end = try world.call(parent, .wait, Wait(target: id, flags: []), WaitResult.self)
        #expect(end.change == ChildChange(kind: .signaled, code: 1))
        #expect(child.isGone)
        // A second end is none.
        world.expectQuiet()
    }

    @Test func zombiesCanBeSignalledInVain() throws {
        let world = World.booted()
        let child = try world.spawn(world.initial)
        world.exit(child, 4)
        try world.kill(world.initial, child.started!.process.rawValue, .kill)
        #expect(try world.call(world.initial, .wait, Wait(target: -1, flags: []), WaitResult.self).change.code == 4)
    }

    @Test func initTakesOnlyWhatItAskedFor() throws {
        let world = World.booted()
        let child = try world.spawn(world.initial)
        for signal in [Signal.kill, .terminate, .hangUp, .segmentation] { try world.kill(child, 1, signal) }
        #expect(world.panic == nil)
        #expect(try world.signals(world.initial) == [])
        try world.call(world.initial, .setDisposition, SetDisposition(signal: .hangUp, disposition: .interrupt), Nothing.self)
        try world.kill(child, 1, .hangUp)
        #expect(try world.signals(world.initial) == [1])
    }

    @Test func groupsAndAll() throws {
        let world = World.booted()
        let shell = try world.spawn(world.initial, flags: .newSession)
        let first = try world.spawn(shell, flags: .setGroup)
        let group = ProcessGroupID(rawValue: first.started!.process.rawValue)
        let second = try world.spawn(shell, flags: .setGroup, group: group)
        try world.kill(shell, -group.rawValue, .terminate)
        #expect(first.isGone && second.isGone && !shell.isGone)
        let third = try world.spawn(shell)
        world.ask(third, .kill, Kill(target: 0, signal: 15))
        world.pump()
        #expect(third.isGone && shell.isGone)
        let fourth = try world.spawn(world.initial, flags: .newSession)
        try world.kill(world.initial, -1, .kill)
        #expect(fourth.isGone && !world.initial.isGone)
        #expect(world.manager.processes.all.count { $0.isServer } == 6)
        world.expectQuiet()
    }

    @Test func keysOfTheTerminalSignalTheGroup() throws {
        let world = World.booted()
        let child = try world.spawn(world.initial, flags: .setGroup)
        let group = ProcessGroupID(rawValue: child.started!.process.rawValue)
        world.notify(world.server("tty"), .signalGroup, SignalGroup(group: group, signal: .interrupt))
        world.pump()
        let told = try #require(world.server("tty").notices.last { $0.0 == .groupSignaled })
        var reader = Reader(told.1)
        let identity = child.currentStamp.process
        #expect(try reader.value(GroupSignaled.self) == GroupSignaled(group: group, ended: [identity]))
        #expect(try world.call(world.initial, .wait, Wait(target: -1, flags: []), WaitResult.self).change.code == 2)
        world.expectQuiet()
    }

    @Test func setProcessGroupFollowsPosix() throws {
        let world = World.booted()
        let child = try world.spawn(world.initial)
        let id = child.started!.process
        func set(_ hart: FakeHart, _ process: Int32, _ group: Int32) throws(Errno) {
            try world.call(
                hart, .setProcessGroup,
                SetProcessGroup(process: ProcessID(rawValue: process), group: ProcessGroupID(rawValue: group)), Nothing.self)
        }
        try set(child, 0, 0)
        #expect(child.currentStamp.group.rawValue == id.rawValue)
        try set(child, id.rawValue, 1)
        #expect(child.currentStamp.group.rawValue == 1)
        #expect(throws: Errno.notPermitted) { try set(world.initial, 0, id.rawValue) }
        #expect(throws: Errno.permissionDenied) { try set(world.initial, id.rawValue, 0) }
        #expect(throws: Errno.noSuchProcess) { try set(child, 1, 0) }
        #expect(throws: Errno.invalidArgument) { try set(child, 0, -1) }
        #expect(throws: Errno.notPermitted) { try set(child, 0, 4711) }
        world.expectQuiet()
    }

    @Test func aBrokenProcessIsEnded() throws {
        let world = World.booted()
        for broken in 0..<4 {
            let child = try world.spawn(world.initial)
            switch broken {
            case 0: world.send(child.id.rawValue, [1, 2, 3])
            case 1: world.notify(child, .signalGroup, SignalGroup(group: ProcessGroupID(rawValue: 1), signal: .kill))
            case 2: world.send(child.id.rawValue, Message.reply(.walk, id: RequestID(rawValue: 99), Nothing()))
            default:
                world.notify(world.server("pipe"), .fault, ProcessGone(process: child.stamp.process))
            }
            world.pump()
            let end = try world.call(world.initial, .wait, Wait(target: -1, flags: .noHang), WaitResult.self)
            #expect(end.change == ChildChange(kind: .signaled, code: Signal.badSystemCall.rawValue))
            #expect(world.console.count == broken + 1)
        }
        world.expectQuiet()
    }

    @Test func creditIsCounted() throws {
        let world = World.booted()
        let child = try world.spawn(world.initial)
        _ = try world.spawn(child)
        for _ in 0..<16 { world.ask(child, .wait, Wait(target: -1, flags: []), space: 64) }
        world.pump()
        #expect(!child.isGone)
        world.ask(child, .wait, Wait(target: -1, flags: []), space: 64)
        world.pump()
        #expect(child.isGone)
        world.expectQuiet()
    }

    @Test func aHartThatVanishesIsAProcessKilled() throws {
        let world = World.booted()
        let child = try world.spawn(world.initial)
        world.die(child.id.rawValue, "out of memory")
        world.pump()
        let end = try world.call(world.initial, .wait, Wait(target: -1, flags: .noHang), WaitResult.self)
        #expect(end.change == ChildChange(kind: .signaled, code: 9))
        #expect(world.console.first?.hasSuffix("its hart is gone: out of memory") == true)
        world.expectQuiet()
    }
}
