import ABI
import Testing

@testable import LibOS

/// Handlers, masks, stops (POSIX.1-2024, XSH 2.4, sigaction, sigprocmask, sigsuspend).
@Suite struct HandlerTests {
    let handler = ProgramABI.handler

    /// Sets a handler, function 9 of the table.
    private func handle(
        _ scene: inout Scene, _ signal: Signal, _ flags: ActionFlags = [], mask: UInt64 = 0, information: Address = 0
    ) throws {
        var writer = Writer()
        for word in [2, 9, flags.rawValue, information] { writer.u32(word) }
        writer.u64(mask)
        scene.put(writer.bytes, 800)
        #expect(scene.libOS.signalAction(thread, UInt32(signal.rawValue), 800, 0, host: &scene.host) == pending)
        #expect(try scene.resume(Nothing()) == 0)
    }

    /// Answers the question for signals that was asked last.
    private func answerTake(_ scene: inout Scene, _ signal: Signal? = nil) throws {
        let ask = try #require(scene.host.sent.last { $0.header.operation == .takeSignal && $0.header.kind == .request })
        scene.answer(ask, TakenSignal(info: signal.map { SignalInfo(signal: $0, code: 0) }, isMore: false))
    }

    private func sent(_ scene: Scene, _ operation: ABI.Operation) -> Int { scene.host.sent.count { $0.header.operation == operation } }

    @Test func aHandlerRunsBeforeTheInterruptedCallReturns() throws {
        var scene = try Scene()
        try handle(&scene, .user1, [.information], mask: Signal.user2.bit, information: 900)
        scene.put(vectors: [(500, 4)], 200)
        #expect(scene.libOS.fdRead(thread, 0, 200, 1, 300, host: &scene.host) == pending)
        let read = try scene.last
        scene.signal(.user1)
        #expect(try scene.last.header.operation == .cancel)
        // Not before the server has answered.
        #expect(scene.libOS.resume(thread) == pending)
        scene.refuse(read, .interrupted)
        #expect(scene.libOS.resume(thread) == handler)
        #expect(scene.libOS.handlerBegin(thread, host: &scene.host) == 9)
        #expect(scene.libOS.handlerSignal() == 10)
        #expect(scene.libOS.handlerInformation() == 900)
        #expect(scene.word(900) == 10 && scene.word(908) == 7)
        let mask = try scene.asked(.takeSignal, TakeSignal.self)
        #expect(mask == TakeSignal(blocked: Signal.user1.bit | Signal.user2.bit, takes: false))
        // It may make calls.
        #expect(scene.libOS.fdSync(thread, 2, host: &scene.host) == pending)
        #expect(try scene.resume(Nothing()) == 0)
        scene.libOS.handlerEnd(thread, host: &scene.host)
        #expect(try scene.asked(.takeSignal, TakeSignal.self) == TakeSignal(blocked: 0, takes: true))
        #expect(scene.libOS.resume(thread) == pending)
        try answerTake(&scene)
        #expect(scene.libOS.resume(thread) == code(.interrupted))
        #expect(scene.libOS.handlerSignal() == 0)
    }

    @Test func aCallGoesOnUnderRestart() throws {
        var scene = try Scene()
        try handle(&scene, .user1, .restart)
        scene.put(vectors: [(500, 4)], 200)
        #expect(scene.libOS.fdRead(thread, 0, 200, 1, 300, host: &scene.host) == pending)
        let read = try scene.last
        scene.signal(.user1)
        scene.refuse(read, .interrupted)
        #expect(scene.libOS.resume(thread) == handler)
        _ = scene.libOS.handlerBegin(thread, host: &scene.host)
        scene.libOS.handlerEnd(thread, host: &scene.host)
        let again = try #require(scene.host.sent.last { $0.header.operation == .read })
        #expect(again.header.request != read.header.request)
        try answerTake(&scene)
        #expect(scene.libOS.resume(thread) == pending)
        scene.answer(again, RawBytes(text("abcd")))
        #expect(scene.libOS.resume(thread) == 0)
        #expect(scene.get(500, 4) == text("abcd"))
        // So does a wait, and another signal without it ends it.
        try handle(&scene, .user2)
        #expect(scene.libOS.processWait(thread, -1, 2, 400, 404, host: &scene.host) == pending)
        let wait = try scene.last
        scene.signal(.user1)
        scene.refuse(wait, .interrupted)
        #expect(scene.libOS.resume(thread) == handler)
        _ = scene.libOS.handlerBegin(thread, host: &scene.host)
        scene.libOS.handlerEnd(thread, host: &scene.host)
        let second = try #require(scene.host.sent.last { $0.header.operation == .wait })
        #expect(try second.body(Wait.self) == Wait(target: -1, flags: .stopped))
        try answerTake(&scene, .user2)
        scene.refuse(second, .interrupted)
        #expect(scene.libOS.resume(thread) == handler)
        _ = scene.libOS.handlerBegin(thread, host: &scene.host)
        scene.libOS.handlerEnd(thread, host: &scene.host)
        try answerTake(&scene)
        #expect(scene.libOS.resume(thread) == code(.interrupted))
    }

    @Test func pollIsNeverRestarted() throws {
        var scene = try Scene()
        try handle(&scene, .user1, .restart)
        scene.furnish()
        #expect(scene.libOS.pollOneOff(thread, Draw.subscriptions, 3000, 1, 400, host: &scene.host) == pending)
        scene.signal(.user1)
        #expect(scene.libOS.resume(thread) == handler)
        _ = scene.libOS.handlerBegin(thread, host: &scene.host)
        scene.libOS.handlerEnd(thread, host: &scene.host)
        try answerTake(&scene)
        #expect(scene.libOS.resume(thread) == code(.interrupted))
    }

    @Test func flagsOfAHandler() throws {
        var scene = try Scene()
        try handle(&scene, .user1, [.noDefer, .reset])
        scene.signal(.user1)
        #expect(scene.libOS.schedulerYield(thread, host: &scene.host) == handler)
        #expect(scene.libOS.handlerBegin(thread, host: &scene.host) == 9)
        #expect(scene.libOS.handlerInformation() == 0)
        #expect(try scene.asked(.takeSignal, TakeSignal.self).blocked == 0)
        let reset = try #require(scene.host.sent.last { $0.header.operation == .setDisposition })
        #expect(try reset.body(SetDisposition.self) == SetDisposition(signal: .user1, disposition: .standard))
        #expect(scene.libOS.signalAction(thread, 10, 0, 800, host: &scene.host) == 0)
        #expect(scene.word(800) == 0)
    }

    @Test func handlersNest() throws {
        var scene = try Scene()
        try handle(&scene, .user1)
        try handle(&scene, .user2)
        scene.signal(.user1)
        #expect(scene.libOS.schedulerYield(thread, host: &scene.host) == handler)
        _ = scene.libOS.handlerBegin(thread, host: &scene.host)
        scene.signal(.user2)
        #expect(scene.libOS.fdRead(thread, 99, 200, 1, 300, host: &scene.host) == handler)
        _ = scene.libOS.handlerBegin(thread, host: &scene.host)
        #expect(scene.libOS.handlerSignal() == 12)
        #expect(scene.libOS.signals.blocked == Signal.user1.bit | Signal.user2.bit)
        scene.libOS.handlerEnd(thread, host: &scene.host)
        #expect(scene.libOS.handlerSignal() == 10)
        try answerTake(&scene)
        #expect(scene.libOS.resume(thread) == code(.badFileDescriptor))
        scene.libOS.handlerEnd(thread, host: &scene.host)
        try answerTake(&scene)
        #expect(scene.libOS.resume(thread) == 0)
        #expect(scene.libOS.signals.blocked == 0)
    }

    @Test func whatAMaskLetsThroughRunsFirst() throws {
        var scene = try Scene()
        try handle(&scene, .user1)
        scene.put([0, 2, 0, 0, 0, 0, 0, 0], 700)
        #expect(scene.libOS.signalMask(thread, 0, 700, 710, host: &scene.host) == pending)
        #expect(scene.word(710, 8) == 0)
        #expect(try scene.asked(.takeSignal, TakeSignal.self) == TakeSignal(blocked: Signal.user1.bit, takes: true))
        try answerTake(&scene)
        #expect(scene.libOS.resume(thread) == 0)
        // The same mask once more is nobody's business.
        let count = scene.host.sent.count
        #expect(scene.libOS.signalMask(thread, 2, 700, 710, host: &scene.host) == 0)
        #expect(scene.libOS.signalMask(thread, 7, 0, 710, host: &scene.host) == 0)
        #expect(scene.word(710, 8) == Signal.user1.bit && scene.host.sent.count == count)
        #expect(scene.libOS.signalMask(thread, 7, 700, 0, host: &scene.host) == code(.invalidArgument))
        #expect(scene.libOS.signalMask(thread, 1, 700, 0, host: &scene.host) == pending)
        try answerTake(&scene, .user1)
        #expect(scene.libOS.resume(thread) == handler)
    }

    @Test func aSignalToItselfIsThereBeforeKillReturns() throws {
        var scene = try Scene()
        try handle(&scene, .user1)
        #expect(scene.libOS.processKill(thread, 42, 10, host: &scene.host) == pending)
        let kill = try scene.last
        scene.tell()
        scene.answer(kill, Nothing())
        #expect(scene.libOS.resume(thread) == pending)
        try answerTake(&scene, .user1)
        #expect(scene.libOS.resume(thread) == handler)
    }

    @Test func suspendWaitsWithAnotherMask() throws {
        var scene = try Scene()
        try handle(&scene, .user1)
        scene.put([0, 2, 0, 0, 0, 0, 0, 0], 700)
        #expect(scene.libOS.signalMask(thread, 2, 700, 0, host: &scene.host) == pending)
        try answerTake(&scene)
        #expect(scene.libOS.resume(thread) == 0)
        scene.put([UInt8](repeating: 0, count: 8), 720)
        #expect(scene.libOS.signalSuspend(thread, 720, host: &scene.host) == pending)
        #expect(try scene.asked(.takeSignal, TakeSignal.self).blocked == 0)
        try answerTake(&scene)
        #expect(scene.libOS.resume(thread) == pending)
        scene.signal(.user1)
        #expect(scene.libOS.resume(thread) == handler)
        _ = scene.libOS.handlerBegin(thread, host: &scene.host)
        scene.libOS.handlerEnd(thread, host: &scene.host)
        // The mask is the one of before.
        #expect(try scene.asked(.takeSignal, TakeSignal.self).blocked == Signal.user1.bit)
        try answerTake(&scene)
        #expect(scene.libOS.resume(thread) == code(.interrupted))
        // Without a handler it ends too, and its mask with it.
        try scene.set(.user2, .interrupt)
        #expect(scene.libOS.signalSuspend(thread, 720, host: &scene.host) == pending)
        try answerTake(&scene, .user2)
        #expect(try scene.asked(.takeSignal, TakeSignal.self).blocked == Signal.user1.bit)
        try answerTake(&scene)
        #expect(scene.libOS.resume(thread) == code(.interrupted))
    }

    @Test func aStoppedProgramIsAnsweredWhenItGoesOn() throws {
        var scene = try Scene()
        #expect(scene.libOS.fdSync(thread, 2, host: &scene.host) == pending)
        scene.stop(true)
        scene.answer(try scene.last, Nothing())
        #expect(scene.libOS.resume(thread) == pending)
        scene.stop(false)
        #expect(scene.libOS.resume(thread) == 0)
        // One that computed is stopped at its next call.
        scene.stop(true)
        #expect(scene.libOS.schedulerYield(thread, host: &scene.host) == pending)
        scene.stop(false)
        #expect(scene.libOS.resume(thread) == 0)
        scene.stop(true)
        #expect(scene.libOS.processExit(thread, 5, host: &scene.host) == pending)
        #expect(!scene.host.ended)
        scene.stop(false)
        #expect(scene.host.ended)
        #expect(try scene.last.body(Exit.self).end == ProcessEnd(kind: .exited, code: 5))
    }

    @Test func aTerminalIsAskedAgainWhenTheProgramGoesOn() throws {
        var scene = try Scene()
        scene.put(vectors: [(500, 4)], 200)
        #expect(scene.libOS.fdRead(thread, 0, 200, 1, 300, host: &scene.host) == pending)
        let read = try scene.last
        scene.stop(true)
        #expect(sent(scene, .cancel) == 0)
        scene.stop(false)
        #expect(sent(scene, .cancel) == 1)
        scene.refuse(read, .interrupted)
        #expect(try scene.last.header.operation == .read && sent(scene, .read) == 2)
        #expect(try scene.resume(RawBytes(text("x"))) == 0)
        #expect(scene.word(300) == 1)
    }

    @Test func aBrokenPipeGoesToItsHandler() throws {
        var scene = try Scene()
        try handle(&scene, .brokenPipe)
        scene.put(vectors: [(500, 4)], 200)
        #expect(scene.libOS.fdWrite(thread, 1, 200, 1, 300, host: &scene.host) == pending)
        scene.refuse(try scene.last, .brokenPipe)
        #expect(scene.libOS.resume(thread) == pending)
        let kill = try #require(scene.host.sent.last { $0.header.operation == .kill })
        #expect(try kill.body(Kill.self) == Kill(target: 42, signal: 13))
        scene.answer(kill, Nothing())
        try answerTake(&scene, .brokenPipe)
        #expect(scene.libOS.resume(thread) == handler)
        _ = scene.libOS.handlerBegin(thread, host: &scene.host)
        scene.libOS.handlerEnd(thread, host: &scene.host)
        try answerTake(&scene)
        #expect(scene.libOS.resume(thread) == code(.brokenPipe))
    }

    @Test func actionsAreCheckedAndTold() throws {
        var scene = try Scene()
        try handle(&scene, .user1, [.restart, .information], mask: ~0, information: 900)
        #expect(scene.libOS.signalAction(thread, 10, 0, 840, host: &scene.host) == 0)
        #expect([scene.word(840), scene.word(844), scene.word(848), scene.word(852)] == [2, 9, 0x1000_0004, 900])
        #expect(scene.word(856, 8) == ~Signal.unblockable)
        for signal in [UInt32(0), 65] {
            #expect(scene.libOS.signalAction(thread, signal, 0, 840, host: &scene.host) == code(.invalidArgument))
        }
        for signal in [UInt32(9), 19] {
            #expect(scene.libOS.signalAction(thread, signal, 0, 840, host: &scene.host) == 0)
            #expect(scene.libOS.signalAction(thread, signal, 800, 0, host: &scene.host) == code(.invalidArgument))
        }
        scene.put([3], 800)
        #expect(scene.libOS.signalAction(thread, 10, 800, 0, host: &scene.host) == code(.invalidArgument))
        scene.put([2], 800)
        scene.put([0xFF], 808)
        #expect(scene.libOS.signalAction(thread, 10, 800, 0, host: &scene.host) == code(.invalidArgument))
    }

    @Test func otherCalls() throws {
        var scene = try Scene()
        #expect(scene.libOS.signalPending(thread, 400, host: &scene.host) == pending)
        #expect(try scene.resume(SignalSet(bits: 77)) == 0)
        #expect(scene.word(400, 8) == 77)
        scene.put([0, 2, 0, 0, 0, 0, 0, 0], 700)
        #expect(scene.libOS.signalWait(thread, 700, 420, 5, host: &scene.host) == pending)
        #expect(try scene.asked(.waitSignal, WaitSignal.self) == WaitSignal(set: Signal.user1.bit, timeout: 5))
        #expect(try scene.resume(SignalInfo(signal: .user1, code: -1, process: .initial, value: 1 << 33)) == 0)
        #expect(scene.word(420) == 10 && scene.word(424) == 0xFFFF_FFFF && scene.word(428) == 1 && scene.word(436, 8) == 1 << 33)
        #expect(scene.libOS.signalQueue(thread, 5, 40, 6, host: &scene.host) == pending)
        #expect(try scene.asked(.kill, Kill.self) == Kill(target: 5, signal: 40, value: 6))
        #expect(try scene.resume(failing: .resourceTemporarilyUnavailable) == code(.resourceTemporarilyUnavailable))
        #expect(scene.libOS.signalQueue(thread, -5, 40, 6, host: &scene.host) == code(.invalidArgument))
        #expect(scene.libOS.alarmSet(thread, 700, 440, host: &scene.host) == pending)
        #expect(try scene.asked(.setAlarm, AlarmTime.self).remaining == 512)
        #expect(try scene.resume(AlarmTime(remaining: 3, interval: 4)) == 0)
        #expect(scene.word(440, 8) == 3 && scene.word(448, 8) == 4)
        #expect(scene.libOS.processSessionCreate(thread, host: &scene.host) == pending)
        _ = try scene.asked(.createSession, Nothing.self)
        #expect(try scene.resume(failing: .notPermitted) == code(.notPermitted))
    }
}
