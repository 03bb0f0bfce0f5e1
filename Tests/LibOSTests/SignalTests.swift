import ABI
import Testing

@testable import LibOS

/// Signals, the end of a program, and YIELD.
@Suite struct SignalTests {
    @Test func dispositions() throws {
        var scene = try Scene()
        for (signal, disposition) in [(UInt32(9), UInt32(1)), (19, 2), (0, 1), (65, 1), (2, 3), (256 + 2, 1)] {
            #expect(scene.libOS.signalDisposition(thread, signal, disposition, host: &scene.host) == code(.invalidArgument))
        }
        #expect(scene.libOS.signalDisposition(thread, 2, 2, host: &scene.host) == pending)
        #expect(
            try scene.asked(.setDisposition, SetDisposition.self) == SetDisposition(signal: .interrupt, disposition: .interrupt))
        #expect(try scene.resume(failing: .invalidArgument) == code(.invalidArgument))
        scene.signal(.interrupt)
        #expect(scene.libOS.signalTake(thread, 400, host: &scene.host) == 0)
        // Of one that the program did not ask for it is told nothing.
        #expect(scene.word(400, 8) == 0)
    }

    @Test func aSignalCancelsAWaitingCall() throws {
        var scene = try Scene()
        try scene.set(.interrupt, .interrupt)
        scene.put(vectors: [(500, 4)], 200)
        for (answer, result) in [(Errno.interrupted, code(.interrupted)), (.ioError, code(.ioError))] {
            #expect(scene.libOS.fdRead(thread, 0, 200, 1, 300, host: &scene.host) == pending)
            let read = try scene.last
            scene.signal(.interrupt)
            let cancel = try scene.last
            #expect(cancel.header.kind == .notice && cancel.header.operation == .cancel && cancel.connection == terminals)
            #expect(try cancel.body(Cancel.self).request == read.header.request)
            // The call is not over before its answer.
            #expect(scene.libOS.resume(thread) == pending)
            // A second signal does not cancel twice.
            let cancels = scene.host.sent.count { $0.header.operation == .cancel }
            scene.signal(.interrupt)
            #expect(scene.host.sent.count { $0.header.operation == .cancel } == cancels)
            scene.refuse(read, answer)
            #expect(scene.libOS.resume(thread) == result)
            #expect(scene.libOS.signalTake(thread, 400, host: &scene.host) == 0)
            #expect(scene.word(400, 8) == Signal.interrupt.bit)
        }
    }

    @Test func aResultThatWasOnItsWayCounts() throws {
        var scene = try Scene()
        try scene.set(.interrupt, .interrupt)
        scene.host.memory = [UInt8](repeating: 0, count: 4 << 20)
        scene.put(vectors: [(4096, Limits.transfer * 2)], 200)
        #expect(scene.libOS.fdWrite(thread, 2, 200, 1, 300, host: &scene.host) == pending)
        let write = try scene.last
        scene.signal(.interrupt)
        scene.answer(write, Count(count: UInt32(Limits.transfer)))
        // No further message of an interrupted transfer.
        #expect(scene.libOS.resume(thread) == 0)
        #expect(scene.word(300) == UInt64(Limits.transfer))
    }

    @Test func waitIsInterruptible() throws {
        var scene = try Scene()
        try scene.set(.child, .interrupt)
        #expect(scene.libOS.processWait(thread, -1, 0, 400, 404, host: &scene.host) == pending)
        let wait = try scene.last
        scene.signal(.child)
        #expect(try scene.last.connection == .resourceManager)
        scene.refuse(wait, .interrupted)
        #expect(scene.libOS.resume(thread) == code(.interrupted))
    }

    @Test func aSignalBeforeTheWaitEndsIt() throws {
        var scene = try Scene()
        try scene.set(.interrupt, .interrupt)
        scene.put(vectors: [(500, 4)], 200)
        scene.signal(.interrupt)
        #expect(scene.libOS.fdRead(thread, 0, 200, 1, 300, host: &scene.host) == pending)
        let (read, cancel) = (scene.host.sent[scene.host.sent.count - 2], try scene.last)
        #expect(read.header.operation == .read && cancel.header.operation == .cancel)
        scene.refuse(read, .interrupted)
        #expect(scene.libOS.resume(thread) == code(.interrupted))
        // Once: and not at all after it was taken.
        scene.signal(.interrupt)
        #expect(scene.libOS.signalTake(thread, 400, host: &scene.host) == 0)
        #expect(scene.libOS.fdRead(thread, 0, 200, 1, 300, host: &scene.host) == pending)
        #expect(try scene.last.header.operation == .read)
    }

    @Test func anUnsentRequestIsOverAtOnce() throws {
        var scene = try Scene()
        try scene.set(.interrupt, .interrupt)
        let other = ThreadID(rawValue: 4)
        scene.put(vectors: [(500, 4)], 200)
        scene.host.credit = 1
        #expect(scene.libOS.fdStatSetFlags(thread, 0, 0, host: &scene.host) == pending)
        #expect(scene.libOS.fdRead(other, 0, 200, 1, 300, host: &scene.host) == pending)
        // Each connection has its own credit.
        scene.host.credit = nil
        scene.signal(.interrupt)
        #expect(scene.libOS.resume(other) == code(.interrupted))
        #expect(scene.libOS.requests.count == 1)
        scene.signal(.interrupt)
        scene.host.credit = 0
        #expect(scene.libOS.fdRead(other, 0, 200, 1, 300, host: &scene.host) == code(.interrupted))
    }

    @Test func ignoringASignalDiscardsAPendingOne() throws {
        var scene = try Scene()
        try scene.set(.interrupt, .interrupt)
        scene.signal(.interrupt)
        try scene.set(.interrupt, .ignore)
        scene.put(vectors: [(500, 4)], 200)
        #expect(scene.libOS.fdRead(thread, 0, 200, 1, 300, host: &scene.host) == pending)
        #expect(try scene.last.header.operation == .read)
        #expect(scene.libOS.signalTake(thread, 400, host: &scene.host) == 0)
        #expect(scene.word(400, 8) == 0)
    }

    @Test func signalsFromOthersThanTheResourceManagerAreNone() throws {
        var scene = try Scene()
        try scene.set(.interrupt, .interrupt)
        let count = scene.host.sent.count
        scene.libOS.deliver(files, Message.notice(.signal, Nothing()), host: &scene.host)
        #expect(scene.host.sent.count == count)
    }

    @Test func killAndRaise() throws {
        var scene = try Scene()
        #expect(scene.libOS.processKill(thread, -5, 15, host: &scene.host) == pending)
        #expect(try scene.asked(.kill, Kill.self) == Kill(target: -5, signal: 15))
        #expect(try scene.resume(failing: .noSuchProcess) == code(.noSuchProcess))
        #expect(scene.libOS.processKill(thread, 1, 65, host: &scene.host) == code(.invalidArgument))
        for (wasi, linux) in [(UInt32(0), UInt8(0)), (6, 6), (15, 15), (16, 17), (30, 31)] {
            #expect(scene.libOS.processRaise(thread, wasi, host: &scene.host) == pending)
            #expect(try scene.asked(.kill, Kill.self) == Kill(target: 42, signal: linux))
            #expect(try scene.resume(Nothing()) == 0)
        }
        #expect(scene.libOS.processRaise(thread, 31, host: &scene.host) == code(.invalidArgument))
    }

    // MARK: The end

    func exit(_ scene: Scene) throws -> Exit {
        let sent = try scene.last
        #expect(sent.connection == .resourceManager && sent.header.kind == .notice && sent.header.operation == .exit)
        return try sent.body(Exit.self)
    }

    @Test(arguments: [(UInt32(0), UInt8(0)), (7, 7), (256, 0), (511, 255), (.max, 255)]) func exitCodes(_ code: UInt32, _ told: UInt8)
        throws
    {
        var scene = try Scene()
        #expect(scene.libOS.processExit(thread, code, host: &scene.host) == pending)
        #expect(try exit(scene) == Exit(end: ProcessEnd(kind: .exited, code: told), reason: []))
        #expect(scene.host.ended)
        // For ever.
        let count = scene.host.sent.count
        #expect(scene.libOS.resume(thread) == pending)
        #expect(scene.libOS.fdClose(thread, 0, host: &scene.host) == pending)
        #expect(scene.libOS.processExit(thread, 1, host: &scene.host) == pending)
        #expect(scene.host.sent.count == count)
    }

    @Test func returningIsExitingWithZero() throws {
        var scene = try Scene()
        scene.libOS.returned(host: &scene.host)
        #expect(try exit(scene).end == ProcessEnd(kind: .exited, code: 0))
        #expect(scene.host.ended)
    }

    @Test(arguments: [
        (UInt32(11), "SIGSEGV", UInt8(11)), (4, "SIGILL", 4), (8, "SIGFPE", 8), (6, "SIGABRT", 6), (5, "signal 5", 5), (0, "SIGILL", 4),
        (999, "SIGILL", 4),
    ])
    func aTrapIsReported(_ kind: UInt32, _ name: String, _ told: UInt8) throws {
        var scene = try Scene()
        scene.libOS.trap(kind: kind, text: text("out of bounds in f"), host: &scene.host)
        let write = try scene.asked(.write, Write.self, on: files)
        #expect(write.handle == handle(12))
        #expect(write.data == text("martlet: true: out of bounds in f (\(name))\n"))
        #expect(!scene.host.ended)
        #expect(scene.libOS.fdClose(thread, 0, host: &scene.host) == pending)
        scene.answer(try scene.last, Count(count: 5))
        #expect(try exit(scene) == Exit(end: ProcessEnd(kind: .signaled, code: told), reason: text("out of bounds in f")))
        #expect(scene.host.ended)
    }

    @Test func aTrapThatCannotBeReported() throws {
        var scene = try Scene(descriptors: [])
        scene.libOS.trap(kind: 11, text: text("x"), host: &scene.host)
        #expect(try exit(scene).end.code == 11)
        #expect(scene.host.ended)
        // Of a terminal's program the console tells.
        scene = try Scene(descriptors: [inherited(2, terminals, 10, .characterDevice)])
        scene.libOS.trap(kind: 11, text: text("x"), host: &scene.host)
        #expect(try exit(scene) == Exit(end: ProcessEnd(kind: .signaled, code: 11), reason: text("x")))
        #expect(scene.host.ended && !scene.host.sent.contains { $0.header.operation == .write })
        scene = try Scene()
        scene.libOS.trap(kind: 11, text: text("x"), host: &scene.host)
        scene.refuse(try scene.last, .brokenPipe)
        #expect(scene.host.ended)
        // A full pipe does not keep the process alive.
        scene = try Scene()
        scene.libOS.trap(kind: 11, text: text("x"), host: &scene.host)
        #expect(scene.host.timer != .never)
        scene.libOS.timer(host: &scene.host)
        #expect(!scene.host.ended)
        scene.host.now = scene.host.timer.rawValue
        scene.libOS.timer(host: &scene.host)
        #expect(scene.host.ended)
        #expect(try exit(scene).end.code == 11)
    }

    // MARK: YIELD and threads

    @Test func aCallAwayTooLongYields() throws {
        var scene = try Scene()
        scene.libOS.turn(host: &scene.host)
        #expect(scene.libOS.schedulerYield(thread, host: &scene.host) == 0)
        scene.host.now += Limits.yield + 1
        #expect(scene.libOS.clockTimeGet(thread, 1, 0, 400, host: &scene.host) == 0)
        #expect(scene.libOS.fdRead(thread, 30, 200, 1, 300, host: &scene.host) == yielded)
        scene.libOS.turn(host: &scene.host)
        #expect(scene.libOS.resume(thread) == code(.badFileDescriptor))
        #expect(scene.libOS.schedulerYield(thread, host: &scene.host) == 0)
        scene.host.now += Limits.yield + 1
        #expect(scene.libOS.schedulerYield(thread, host: &scene.host) == yielded)
        scene.libOS.turn(host: &scene.host)
        #expect(scene.libOS.resume(thread) == 0)
        #expect(scene.libOS.resume(thread) == code(.invalidArgument))
        // A call that waits goes by the event loop anyway.
        scene.host.now += Limits.yield + 1
        #expect(scene.libOS.fdSync(thread, 2, host: &scene.host) == pending)
        scene.answer(try scene.last, Nothing())
        #expect(scene.libOS.resume(thread) == 0)
        #expect(scene.libOS.schedulerYield(thread, host: &scene.host) == 0)
    }

    @Test func aThreadIsInOneCallAtATime() throws {
        var scene = try Scene()
        #expect(scene.libOS.fdSync(thread, 2, host: &scene.host) == pending)
        #expect(scene.libOS.fdSync(thread, 2, host: &scene.host) == code(.resourceBusy))
        #expect(scene.libOS.clockTimeGet(thread, 1, 0, 400, host: &scene.host) == 0)
        #expect(scene.libOS.resume(ThreadID(rawValue: 9)) == code(.invalidArgument))
        for number in Int32(1)..<Int32(LibOS.threadLimit) {
            #expect(scene.libOS.schedulerYield(ThreadID(rawValue: number), host: &scene.host) == 0)
        }
        #expect(
            scene.libOS.schedulerYield(ThreadID(rawValue: 5000), host: &scene.host) == code(.resourceTemporarilyUnavailable))
    }
}
