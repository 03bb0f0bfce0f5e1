import ABI
import Processes
import ResourceManager
import ServerKit
import Testing

/// Signals (POSIX.1-2024, XSH 2.4): stopped, blocked, queued and timed ones.
@Suite struct SignalTests {
    private func id(_ hart: FakeHart) -> Int32 { hart.started!.process.rawValue }

    private func wait(_ world: World, _ parent: FakeHart, _ flags: WaitFlags, target: Int32 = -1) throws(Errno) -> WaitResult {
        try world.call(parent, .wait, Wait(target: target, flags: flags), WaitResult.self)
    }

    private func set(
        _ world: World, _ hart: FakeHart, _ signal: Signal, _ disposition: Disposition, _ flags: ActionFlags = []
    ) throws {
        try world.call(
            hart, .setDisposition, SetDisposition(signal: signal, disposition: disposition, flags: flags), Nothing.self)
    }

    private func block(_ world: World, _ hart: FakeHart, _ set: UInt64) throws {
        try world.call(hart, .takeSignal, TakeSignal(blocked: set, takes: false), TakenSignal.self)
    }

    private func state(_ world: World, _ hart: FakeHart) throws -> ProcessState {
        try world.call(world.initial, .processStatus, OneProcess(process: hart.started!.process), ProcessRecord.self).state
    }

    // MARK: Stop and continue

    @Test func aStoppedProcessIsToldOfOnceAndContinued() throws {
        let world = World.booted()
        let child = try world.spawn(world.initial)
        try world.kill(world.initial, id(child), .stop)
        #expect(world.isStopped(child) == true)
        #expect(try state(world, child) == .stopped)
        // Without WUNTRACED it is no news.
        #expect(try wait(world, world.initial, .noHang).process.rawValue == 0)
        let stop = try wait(world, world.initial, [.noHang, .stopped])
        #expect(stop == WaitResult(process: child.started!.process, change: ChildChange(kind: .stopped, code: 19)))
        #expect(try wait(world, world.initial, [.noHang, .stopped]).process.rawValue == 0)
        try world.kill(world.initial, id(child), .continue)
        #expect(world.isStopped(child) == false)
        #expect(try state(world, child) == .running)
        #expect(try wait(world, world.initial, [.noHang, .stopped]).process.rawValue == 0)
        let going = try wait(world, world.initial, [.noHang, .continued])
        #expect(going.change == ChildChange(kind: .continued, code: 18))
        // A second SIGCONT continues nobody.
        try world.kill(world.initial, id(child), .continue)
        #expect(try wait(world, world.initial, [.noHang, .continued]).process.rawValue == 0)
        world.expectQuiet()
    }

    @Test func aWaitIsAnsweredByTheStopThatItAskedFor() throws {
        let world = World.booted()
        let child = try world.spawn(world.initial)
        let plain = world.ask(world.initial, .wait, Wait(target: -1, flags: []))
        let stopped = world.ask(world.initial, .wait, Wait(target: id(child), flags: .stopped))
        try world.kill(world.initial, id(child), .stop)
        #expect(try world.result(world.initial, stopped, WaitResult.self).change.kind == .stopped)
        #expect(world.initial.answers[plain] == nil)
        try world.kill(world.initial, id(child), .kill)
        #expect(try world.result(world.initial, plain, WaitResult.self).change == ChildChange(kind: .signaled, code: 9))
        #expect(child.isGone)
        world.expectQuiet()
    }

    @Test func signalsWaitWhileAProcessIsStopped() throws {
        let world = World.booted()
        let child = try world.spawn(world.initial)
        try set(world, child, .user1, .interrupt)
        try world.kill(world.initial, id(child), .stop)
        try world.kill(world.initial, id(child), .user1)
        #expect(try world.taken(child) == [])
        try world.kill(world.initial, id(child), .continue)
        #expect(try world.signals(child) == [Signal.user1.rawValue])
        try world.kill(world.initial, id(child), .stop)
        try world.kill(world.initial, id(child), .terminate)
        #expect(!child.isGone)
        try world.kill(world.initial, id(child), .continue)
        #expect(child.isGone)
    }

    @Test func stopsAndContinuationsDiscardEachOther() throws {
        let world = World.booted()
        let shell = try world.spawn(world.initial, flags: .newSession)
        let child = try world.spawn(shell, flags: .setGroup)
        try block(world, child, Signal.terminalStop.bit | Signal.continue.bit)
        try world.kill(shell, id(child), .terminalStop)
        #expect(try world.call(child, .pendingSignals, Nothing(), SignalSet.self).bits == Signal.terminalStop.bit)
        // It is blocked and discards the stop all the same.
        try world.kill(shell, id(child), .continue)
        #expect(try world.call(child, .pendingSignals, Nothing(), SignalSet.self).bits == Signal.continue.bit)
        try world.kill(shell, id(child), .terminalStop)
        #expect(try world.call(child, .pendingSignals, Nothing(), SignalSet.self).bits == Signal.terminalStop.bit)
        try block(world, child, 0)
        #expect(world.isStopped(child) == true)
        try world.kill(shell, id(child), .continue)
        #expect(world.isStopped(child) == false)
    }

    @Test func parentsAreToldOfStopsUnlessTheyAskNotToBe() throws {
        let world = World.booted()
        let parent = try world.spawn(world.initial)
        let child = try world.spawn(parent)
        try set(world, parent, .child, .interrupt)
        try world.kill(world.initial, id(child), .stop)
        var told = try world.taken(parent)
        #expect(told.map { $0.code } == [SignalCode.stopped] && told.first?.process == child.started!.process)
        #expect(told.first?.value == UInt64(Signal.stop.rawValue))
        try world.kill(world.initial, id(child), .continue)
        told = try world.taken(parent)
        #expect(told.map { $0.code } == [SignalCode.continued])
        try set(world, parent, .child, .interrupt, .noChildStop)
        try world.kill(world.initial, id(child), .stop)
        try world.kill(world.initial, id(child), .continue)
        #expect(try world.taken(parent) == [])
        world.exit(child, 3)
        told = try world.taken(parent)
        #expect(told.map { $0.code } == [SignalCode.exited] && told.first?.value == 3)
    }

    @Test func aParentThatDoesNotWaitHasNoZombies() throws {
        let world = World.booted()
        let parent = try world.spawn(world.initial)
        try set(world, parent, .child, .interrupt, .noChildWait)
        let child = try world.spawn(parent)
        world.exit(child)
        #expect(try world.signals(parent) == [Signal.child.rawValue])
        #expect(throws: Errno.noChildProcess) { try wait(world, parent, .noHang) }
    }

    // MARK: Masks and queues

    @Test func blockedSignalsWaitAndCoalesce() throws {
        let world = World.booted()
        let child = try world.spawn(world.initial)
        try set(world, child, .user1, .interrupt)
        try block(world, child, Signal.user1.bit | Signal.terminate.bit | Signal.kill.bit)
        for _ in 0..<3 { try world.kill(world.initial, id(child), .user1) }
        try world.kill(world.initial, id(child), .terminate)
        #expect(try world.taken(child) == [])
        #expect(try world.call(child, .pendingSignals, Nothing(), SignalSet.self).bits == Signal.user1.bit | Signal.terminate.bit)
        let one = try world.call(child, .takeSignal, TakeSignal(blocked: Signal.terminate.bit, takes: true), TakenSignal.self)
        #expect(one.info?.signal == .user1 && one.info?.process == .initial && !one.isMore)
        let none = try world.call(child, .takeSignal, TakeSignal(blocked: Signal.terminate.bit, takes: true), TakenSignal.self)
        #expect(none.info == nil)
        world.ask(child, .takeSignal, TakeSignal(blocked: 0, takes: false))
        world.pump()
        #expect(child.isGone)
        #expect(try wait(world, world.initial, .noHang).change == ChildChange(kind: .signaled, code: 15))
    }

    @Test func realTimeSignalsAreQueuedInOrder() throws {
        let world = World.booted()
        let child = try world.spawn(world.initial)
        let (low, high) = (Signal(rawValue: 34)!, Signal(rawValue: 40)!)
        for signal in [low, high] { try set(world, child, signal, .interrupt) }
        try block(world, child, low.bit | high.bit)
        for (signal, value) in [(high, UInt64(1)), (low, 2), (high, 3), (low, 4)] {
            try world.call(
                world.initial, .kill, Kill(target: id(child), signal: signal.rawValue, value: value), Nothing.self)
        }
        try block(world, child, 0)
        let taken = try world.taken(child)
        #expect(taken.map { $0.value } == [2, 4, 1, 3] && taken.allSatisfy { $0.code == SignalCode.queue })
        // The queue has an end.
        try block(world, child, low.bit)
        for _ in 0..<Limits.queuedSignals {
            world.ask(world.initial, .kill, Kill(target: id(child), signal: low.rawValue, value: 1))
            world.pump()
        }
        #expect(throws: Errno.resourceTemporarilyUnavailable) {
            try world.call(world.initial, .kill, Kill(target: id(child), signal: low.rawValue, value: 1), Nothing.self)
        }
        #expect(throws: Errno.invalidArgument) {
            try world.call(world.initial, .kill, Kill(target: -1, signal: low.rawValue, value: 1), Nothing.self)
        }
        // kill(2) never fails for that.
        try world.kill(world.initial, id(child), low)
    }

    @Test func aNewDispositionIsForWhatIsPendingToo() throws {
        let world = World.booted()
        let child = try world.spawn(world.initial)
        try set(world, child, .user1, .interrupt)
        try block(world, child, Signal.user1.bit)
        try world.kill(world.initial, id(child), .user1)
        try set(world, child, .user1, .ignore)
        #expect(try world.call(child, .pendingSignals, Nothing(), SignalSet.self).bits == 0)
        try set(world, child, .user1, .standard)
        try world.kill(world.initial, id(child), .user1)
        world.ask(child, .takeSignal, TakeSignal(blocked: 0, takes: false))
        world.pump()
        #expect(child.isGone)
    }

    @Test func childrenInheritTheMaskAndNothingPending() throws {
        let world = World.booted()
        let parent = try world.spawn(world.initial)
        try block(world, parent, Signal.terminate.bit)
        try world.kill(world.initial, id(parent), .terminate)
        let child = try world.spawn(parent)
        #expect(child.started!.blocked == Signal.terminate.bit)
        #expect(try world.call(child, .pendingSignals, Nothing(), SignalSet.self).bits == 0)
        try world.kill(world.initial, id(child), .terminate)
        #expect(!child.isGone)
    }

    // MARK: Waiting for signals and time

    @Test func aWaitTakesASignal() throws {
        let world = World.booted()
        let child = try world.spawn(world.initial)
        try block(world, child, Signal.user1.bit | Signal.child.bit)
        let forever = world.ask(child, .waitSignal, WaitSignal(set: Signal.user1.bit, timeout: .max))
        try world.kill(world.initial, id(child), .user1)
        #expect(try world.result(child, forever, SignalInfo.self).signal == .user1)
        #expect(try world.call(child, .pendingSignals, Nothing(), SignalSet.self).bits == 0)
        // Even one that is ignored by default.
        try world.kill(world.initial, id(child), .child)
        #expect(try world.call(child, .waitSignal, WaitSignal(set: Signal.child.bit, timeout: 0), SignalInfo.self).code == SignalCode.user)
        #expect(throws: Errno.resourceTemporarilyUnavailable) {
            try world.call(child, .waitSignal, WaitSignal(set: Signal.child.bit, timeout: 0), SignalInfo.self)
        }
        let timed = world.ask(child, .waitSignal, WaitSignal(set: Signal.user1.bit, timeout: 1_000_000))
        world.pump()
        #expect(child.answers[timed] == nil)
        world.expire()
        #expect(throws: Errno.resourceTemporarilyUnavailable) { try world.result(child, timed, SignalInfo.self) }
        world.expectQuiet()
    }

    @Test func alarms() throws {
        let world = World.booted()
        let child = try world.spawn(world.initial)
        try set(world, child, .alarm, .interrupt)
        let none = try world.call(child, .setAlarm, AlarmTime(remaining: 5_000_000, interval: 3_000_000), AlarmTime.self)
        #expect(none == AlarmTime(remaining: 0, interval: 0))
        world.expire()
        #expect(try world.signals(child) == [Signal.alarm.rawValue])
        world.now += 7_000_000
        world.expire()
        // Those that fell due together are one.
        #expect(try world.signals(child) == [Signal.alarm.rawValue])
        let rest = try world.call(child, .setAlarm, AlarmTime(remaining: 0, interval: 0), AlarmTime.self)
        #expect(rest.interval == 3_000_000 && rest.remaining > 0 && rest.remaining <= 3_000_000)
        #expect(world.deadline == .never)
        try world.call(child, .setAlarm, AlarmTime(remaining: 1_000, interval: 0), AlarmTime.self)
        world.exit(child)
        #expect(world.deadline == .never)
    }

    // MARK: Sessions and groups

    @Test func sessions() throws {
        let world = World.booted()
        let leader = try world.spawn(world.initial, flags: .newSession)
        #expect(throws: Errno.notPermitted) { try world.call(leader, .createSession, Nothing(), Nothing.self) }
        let child = try world.spawn(leader)
        try world.call(child, .createSession, Nothing(), Nothing.self)
        #expect(child.currentStamp.session.rawValue == id(child) && child.currentStamp.group.rawValue == id(child))
        #expect(throws: Errno.notPermitted) { try world.call(child, .createSession, Nothing(), Nothing.self) }
        // A group of that number is enough.
        let first = try world.spawn(leader, flags: .setGroup)
        let second = try world.spawn(leader, flags: .setGroup, group: ProcessGroupID(rawValue: id(first)))
        try world.call(
            first, .setProcessGroup,
            SetProcessGroup(process: ProcessID(rawValue: 0), group: ProcessGroupID(rawValue: id(leader))), Nothing.self)
        #expect(throws: Errno.notPermitted) { try world.call(first, .createSession, Nothing(), Nothing.self) }
        #expect(second.currentStamp.group.rawValue == id(first))
        world.expectQuiet()
    }

    @Test func orphanedGroups() throws {
        let world = World.booted()
        let shell = try world.spawn(world.initial, flags: .newSession)
        let job = try world.spawn(shell, flags: .setGroup)
        let orphan = try world.spawn(world.initial, flags: .newSession)
        // Nobody could continue it.
        for signal in [Signal.terminalStop, .terminalInput, .terminalOutput] {
            try world.kill(world.initial, id(orphan), signal)
            #expect(world.isStopped(orphan) == nil)
            try world.kill(world.initial, id(job), signal)
            #expect(world.isStopped(job) == true)
            try world.kill(world.initial, id(job), .continue)
        }
        try world.kill(world.initial, id(orphan), .stop)
        #expect(world.isStopped(orphan) == true)
        // The stopped job is hung up and goes on when its shell is gone.
        try set(world, job, .hangUp, .interrupt)
        try world.kill(world.initial, id(job), .stop)
        world.exit(shell)
        #expect(world.isStopped(job) == false)
        #expect(try world.signals(job) == [Signal.hangUp.rawValue])
    }

    @Test func anOrphanThatIsNotStoppedIsLeftAlone() throws {
        let world = World.booted()
        let shell = try world.spawn(world.initial, flags: .newSession)
        let job = try world.spawn(shell, flags: .setGroup)
        world.exit(shell)
        #expect(!job.isGone)
    }

    @Test func accessFromTheBackground() throws {
        let world = World.booted()
        let tty = world.server("tty")
        let shell = try world.spawn(world.initial, flags: .newSession)
        let job = try world.spawn(shell, flags: .setGroup)
        let mate = try world.spawn(shell, flags: .setGroup, group: ProcessGroupID(rawValue: id(job)))
        func access(_ hart: FakeHart, _ signal: Signal = .terminalInput) throws(Errno) -> BackgroundAnswer {
            try world.call(
                tty, .backgroundAccess, BackgroundAccess(process: hart.currentStamp.process, signal: signal), BackgroundAnswer.self)
        }
        #expect(try access(job) == .signaled)
        #expect(world.isStopped(job) == true && world.isStopped(mate) == true)
        try world.kill(shell, -id(job), .continue)
        try block(world, job, Signal.terminalInput.bit)
        #expect(try access(job) == .ignored)
        try set(world, mate, .terminalOutput, .ignore)
        #expect(try access(mate, .terminalOutput) == .ignored)
        #expect(throws: Errno.invalidArgument) { try access(mate, .kill) }
        #expect(throws: Errno.notPermitted) {
            try world.call(
                job, .backgroundAccess, BackgroundAccess(process: job.currentStamp.process, signal: .terminalInput),
                BackgroundAnswer.self)
        }
        world.exit(shell)
        #expect(try access(mate) == .orphaned)
        world.exit(mate)
        #expect(throws: Errno.noSuchProcess) { try access(mate) }
    }

    // MARK: The whole state

    @Test func whatWaitsSurvivesACheckpoint() throws {
        let world = World.booted()
        let child = try world.spawn(world.initial)
        let real = Signal(rawValue: 50)!
        try set(world, child, real, .interrupt)
        try block(world, child, real.bit | Signal.user2.bit)
        for value in [UInt64(7), 8] {
            try world.call(world.initial, .kill, Kill(target: id(child), signal: real.rawValue, value: value), Nothing.self)
        }
        let wait = world.ask(child, .waitSignal, WaitSignal(set: Signal.user2.bit, timeout: 9_000_000))
        try world.call(child, .setAlarm, AlarmTime(remaining: 60_000_000_000, interval: 0), AlarmTime.self)
        try world.kill(world.initial, id(child), .stop)
        var writer = Writer()
        world.manager.encode(into: &writer)
        var reader = Reader(writer.bytes)
        world.manager = try ResourceManager(decoding: &reader)
        var again = Writer()
        world.manager.encode(into: &again)
        #expect(again.bytes == writer.bytes)
        #expect(world.manager.isConsistent)
        #expect(try state(world, child) == .stopped)
        try world.kill(world.initial, id(child), .continue)
        #expect(try world.call(world.initial, .wait, Wait(target: -1, flags: .continued), WaitResult.self).change.kind == .continued)
        try block(world, child, Signal.user2.bit)
        #expect(try world.taken(child, blocked: Signal.user2.bit).map { $0.value } == [7, 8])
        world.expire()
        #expect(throws: Errno.resourceTemporarilyUnavailable) { try world.result(child, wait, SignalInfo.self) }
        world.expire()
        #expect(child.isGone)
    }
}
