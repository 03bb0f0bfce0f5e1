import ABI
import Testing

@testable import LibOS

/// WASI poll_oneoff.
@Suite struct PollTests {
    enum Want {
        case clock(UInt32, UInt64, UInt16)
        case read(UInt32)
        case write(UInt32)
    }

    /// Starts a poll with user data 1000, 1001, …; events go to 2000, their number to 400.
    func poll(_ scene: inout Scene, _ wants: [Want]) -> Int32 {
        var writer = Writer()
        for (index, want) in wants.enumerated() {
            writer.u64(UInt64(1000 + index))
            switch want {
            case .clock(let id, let timeout, let flags):
                writer.u64(0)
                writer.u64(UInt64(id))
                writer.u64(timeout)
                writer.u64(0)
                writer.u64(UInt64(flags))
            case .read(let descriptor), .write(let descriptor):
                if case .read = want { writer.u64(1) } else { writer.u64(2) }
                writer.u64(UInt64(descriptor))
                for _ in 0..<3 { writer.u64(0) }
            }
        }
        scene.put(writer.bytes, 1000)
        return scene.libOS.pollOneOff(thread, 1000, 2000, UInt32(wants.count), 400, host: &scene.host)
    }

    /// User data, error, kind, bytes and flags of each event.
    func events(_ scene: Scene) -> [[UInt64]] {
        (0..<Int(scene.word(400))).map {
            let at = 2000 + 32 * $0
            return [scene.word(at, 8), scene.word(at + 8, 2), scene.word(at + 10, 1), scene.word(at + 16, 8), scene.word(at + 24, 2)]
        }
    }

    @Test func badNumbers() throws {
        var scene = try Scene()
        #expect(scene.libOS.pollOneOff(thread, 1000, 2000, 0, 400, host: &scene.host) == code(.invalidArgument))
        #expect(scene.libOS.pollOneOff(thread, 1000, 2000, 4097, 400, host: &scene.host) == code(.invalidArgument))
        scene.put([UInt8](repeating: 3, count: 48), 1000)
        #expect(scene.libOS.pollOneOff(thread, 1000, 2000, 1, 400, host: &scene.host) == code(.invalidArgument))
    }

    @Test func aRelativeSleep() throws {
        var scene = try Scene()
        for clock in UInt32(0)...3 {
            #expect(poll(&scene, [.clock(clock, 5000, 0)]) == pending)
            let deadline = Nanoseconds(rawValue: scene.host.now + 5000)
            #expect(scene.host.timer == deadline)
            scene.libOS.timer(host: &scene.host)
            #expect(scene.libOS.resume(thread) == pending)
            scene.host.now += 5000
            scene.libOS.timer(host: &scene.host)
            #expect(scene.libOS.resume(thread) == 0)
            #expect(events(scene) == [[1000, 0, 0, 0, 0]])
            #expect(scene.host.timer == .never)
        }
        #expect(scene.host.sent.isEmpty)
    }

    @Test func absoluteTimes() throws {
        var scene = try Scene()
        #expect(poll(&scene, [.clock(1, scene.host.now + 70, 1)]) == pending)
        #expect(scene.host.timer == Nanoseconds(rawValue: scene.host.now + 70))
        scene.host.now += 70
        scene.libOS.timer(host: &scene.host)
        #expect(scene.libOS.resume(thread) == 0)
        #expect(poll(&scene, [.clock(0, scene.host.real + 90, 1)]) == pending)
        #expect(scene.host.timer == Nanoseconds(rawValue: scene.host.now + 90))
        scene.host.now += 90
        scene.libOS.timer(host: &scene.host)
        #expect(scene.libOS.resume(thread) == 0)
        // In the past.
        #expect(poll(&scene, [.clock(0, 5, 1)]) == 0)
        #expect(poll(&scene, [.clock(1, .max, 0), .clock(1, 0, 0)]) == 0)
        #expect(events(scene) == [[1001, 0, 0, 0, 0]])
    }

    @Test func whatCannotBeWaitedForIsAnEvent() throws {
        var scene = try Scene()
        #expect(poll(&scene, [.read(40), .write(2), .read(1), .clock(9, 5, 0), .clock(1, 5, 4)]) == 0)
        #expect(
            events(scene) == [
                [1000, 8, 1, 0, 0], [1001, 0, 2, 1, 0], [1002, 76, 1, 0, 0], [1003, 28, 0, 0, 0], [1004, 28, 0, 0, 0],
            ])
        #expect(scene.host.sent.isEmpty)
    }

    @Test func aFileThatIsReadyAtOnce() throws {
        var scene = try Scene()
        #expect(poll(&scene, [.clock(1, 0, 0), .read(0), .write(0)]) == pending)
        #expect(scene.host.sent.count == 1)
        #expect(try scene.asked(.poll, Poll.self, on: terminals) == Poll(handle: handle(10), events: [.readable, .writable]))
        #expect(try scene.resume(PollResult(events: .readable, available: 12)) == 0)
        #expect(events(scene) == [[1000, 0, 0, 0, 0], [1001, 0, 1, 12, 0]])
        // Something held, so nothing was armed.
        #expect(scene.host.sent.count == 1)
    }

    @Test func aZeroTimeoutDisarms() throws {
        var scene = try Scene()
        #expect(poll(&scene, [.clock(1, 0, 0), .read(0)]) == pending)
        #expect(try scene.resume(PollResult(events: [], available: 0)) == 0)
        #expect(events(scene) == [[1000, 0, 0, 0, 0]])
        #expect(try scene.asked(.poll, Poll.self) == Poll(handle: handle(10), events: []))
        scene.answer(try scene.last, PollResult(events: [], available: 0))
        #expect(scene.libOS.requests.isEmpty)
    }

    @Test func aNoticeIsOnlyAHint() throws {
        var scene = try Scene()
        #expect(poll(&scene, [.read(0), .write(1)]) == pending)
        let (first, second) = (scene.host.sent[0], scene.host.sent[1])
        scene.answer(second, PollResult(events: [], available: 0))
        scene.answer(first, PollResult(events: [], available: 0))
        #expect(scene.libOS.resume(thread) == pending)
        let notice = Ready(handle: handle(10), events: .readable, sequence: 1)
        scene.libOS.deliver(terminals, Message.notice(.ready, notice), host: &scene.host)
        #expect(scene.libOS.resume(thread) == pending)
        #expect(scene.host.sent.count == 3)
        // Somebody else has read it.
        #expect(try scene.resume(PollResult(events: [], available: 0)) == pending)
        scene.libOS.deliver(terminals, Message.notice(.ready, notice), host: &scene.host)
        #expect(try scene.resume(PollResult(events: .readable, available: 3)) == 0)
        #expect(events(scene) == [[1000, 0, 1, 3, 0]])
        // The pipe's notice is disarmed.
        #expect(try scene.asked(.poll, Poll.self, on: pipes) == Poll(handle: handle(11), events: []))
        // Stray notices do nothing.
        scene.libOS.deliver(terminals, Message.notice(.ready, notice), host: &scene.host)
        #expect(scene.host.sent.count == 5)
    }

    @Test func aNoticeBeforeTheOtherAnswersIsNotLost() throws {
        var scene = try Scene()
        #expect(poll(&scene, [.read(0), .write(1)]) == pending)
        scene.answer(scene.host.sent[0], PollResult(events: [], available: 0))
        scene.libOS.deliver(
            terminals, Message.notice(.ready, Ready(handle: handle(10), events: .readable, sequence: 1)), host: &scene.host)
        #expect(scene.host.sent.count == 3)
        scene.answer(scene.host.sent[1], PollResult(events: [], available: 0))
        #expect(scene.libOS.resume(thread) == pending)
        scene.answer(scene.host.sent[2], PollResult(events: .readable, available: 1))
        #expect(scene.libOS.resume(thread) == 0)
    }

    @Test func hangUpAndErrors() throws {
        var scene = try Scene()
        #expect(poll(&scene, [.read(0), .write(1)]) == pending)
        scene.answer(scene.host.sent[0], PollResult(events: .hangUp, available: 0))
        scene.refuse(scene.host.sent[1], .ioError)
        #expect(scene.libOS.resume(thread) == 0)
        #expect(events(scene) == [[1000, 0, 1, 0, 1], [1001, 29, 2, 0, 0]])
    }

    @Test func theClockEndsAWait() throws {
        var scene = try Scene()
        #expect(poll(&scene, [.read(0), .clock(1, 100, 0)]) == pending)
        #expect(try scene.resume(PollResult(events: [], available: 0)) == pending)
        scene.host.now += 100
        scene.libOS.timer(host: &scene.host)
        #expect(scene.libOS.resume(thread) == 0)
        #expect(events(scene) == [[1001, 0, 0, 0, 0]])
        #expect(try scene.asked(.poll, Poll.self).events == [])
        #expect(scene.host.timer == .never)
    }

    @Test func aSignalEndsAWait() throws {
        var scene = try Scene()
        try scene.set(.interrupt, .interrupt)
        #expect(poll(&scene, [.read(0)]) == pending)
        scene.answer(try scene.last, PollResult(events: [], available: 0))
        scene.signal(.interrupt)
        #expect(scene.libOS.resume(thread) == code(.interrupted))
        #expect(try scene.asked(.poll, Poll.self).events == [])
        // One that came before the wait counts too, unless something holds.
        scene.signal(.interrupt)
        #expect(poll(&scene, [.read(0)]) == pending)
        #expect(try scene.resume(PollResult(events: .readable, available: 1)) == 0)
        scene.signal(.interrupt)
        #expect(poll(&scene, [.read(0)]) == pending)
        #expect(try scene.resume(PollResult(events: [], available: 0)) == code(.interrupted))
    }

    @Test func aLostServerEndsAWait() throws {
        var scene = try Scene()
        #expect(poll(&scene, [.read(0), .write(1)]) == pending)
        scene.answer(scene.host.sent[0], PollResult(events: [], available: 0))
        scene.answer(scene.host.sent[1], PollResult(events: [], available: 0))
        #expect(scene.libOS.resume(thread) == pending)
        let lost = Message.notice(.connectionLost, ConnectionLost(connection: terminals))
        // Only the resource manager's word counts.
        scene.libOS.deliver(pipes, lost, host: &scene.host)
        #expect(scene.libOS.resume(thread) == pending)
        scene.libOS.deliver(.resourceManager, lost, host: &scene.host)
        #expect(scene.libOS.resume(thread) == 0)
        #expect(events(scene) == [[1000, UInt64(Errno.ioError.rawValue), 1, 0, 0]])
        #expect(try scene.asked(.poll, Poll.self, on: pipes).events == [])
    }

    @Test func moreFilesThanCredits() throws {
        var descriptors: [InheritedDescriptor] = []
        for number in UInt32(0)..<40 where number != 3 && number != 4 {
            descriptors.append(inherited(number, pipes, 100 + number, .pipe, .read))
        }
        var scene = try Scene(descriptors: descriptors)
        scene.host.credit = Limits.credits
        #expect(poll(&scene, descriptors.map { .read($0.descriptor.rawValue) }) == pending)
        #expect(scene.host.sent.count == Limits.credits)
        var answered = 0
        while answered < scene.host.sent.count, answered < descriptors.count {
            scene.answer(scene.host.sent[answered], PollResult(events: answered == 30 ? .readable : [], available: 1))
            answered += 1
        }
        #expect(scene.libOS.resume(thread) == 0)
        #expect(events(scene) == [[1030, 0, 1, 1, 0]])
        while answered < scene.host.sent.count {
            scene.answer(scene.host.sent[answered], PollResult(events: [], available: 0))
            answered += 1
        }
        #expect(answered == 38 + 37)
        #expect(scene.libOS.requests.isEmpty)
    }
}
