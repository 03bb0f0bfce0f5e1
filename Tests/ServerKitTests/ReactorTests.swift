import ABI
import ServerKit
import TestSupport
import Testing

@Suite struct ReactorTests {
    static func count(_ number: UInt8) -> [UInt8] { [number, 0, 0, 0] }
    static let handle = OneHandle(handle: Handle(rawValue: 1))

    @Test func aServerRegistersOnceWhenItIsReady() {
        var bench = Bench(isReady: false)
        #expect(bench.sent.isEmpty)
        bench.input(.timer)
        #expect(bench.sent.isEmpty)
        bench.reactor.logic.isReady = true
        bench.input(.timer)
        bench.input(.timer)
        #expect(bench.sent.map { $0.operation } == [.register])
        #expect(bench.sent.map { $0.connection } == [0])
        #expect(bench.sent.map { $0.kind } == [.request])
    }

    @Test func startHandsOnWhatItWasGiven() {
        var bench = Bench()
        #expect(bench.reactor.logic.started?.configuration == [1, 2])
        #expect(bench.reactor.logic.realTime.rawValue == 9_000)
        bench.now += 500
        bench.input(.timer)
        #expect(bench.reactor.logic.realTime.rawValue == 9_500)
        #expect(bench.reactor.logic.timers == 2 - 1)
    }

    @Test func everyRequestHasOneReply() {
        var bench = Bench()
        bench.connect(1)
        bench.request(.status, 1, on: 1, body: Self.handle)
        bench.request(.sync, 2, on: 1)
        bench.request(.seek, 3, on: 1)
        bench.request(.readDirectory, 4, on: 1)
        bench.request(.spawn, 5, on: 1)
        bench.request(.status, 6, on: 1)
        let replies = bench.replies()
        #expect(replies.map { $0.request } == [1, 2, 3, 4, 5, 6])
        #expect(
            replies.map { Errno.decode($0.status) } == [nil, .ioError, nil, nil, .notSupported, .badMessage])
        #expect(replies[0].body == Self.count(1))
        #expect(replies[2].body == Self.count(3))
        #expect(bench.reactor.pendingCount == 0)
    }

    @Test func aWaitingRequestIsAnsweredLater() {
        var bench = Bench()
        bench.connect(1)
        bench.connect(2)
        bench.request(.read, 1, on: 1)
        #expect(bench.replies().isEmpty)
        #expect(bench.reactor.pendingCount == 1)
        bench.request(.write, 1, on: 2)
        let replies = bench.replies()
        #expect(replies.map { $0.connection } == [1, 2])
        #expect(replies.first?.operation == .read)
        #expect(bench.reactor.pendingCount == 0)
    }

    @Test func aReplyIsNoLargerThanItsRoom() {
        var bench = Bench()
        bench.connect(1)
        bench.request(.poll, 1, on: 1, space: 100)
        bench.request(.status, 2, on: 1, space: 3, body: Self.handle)
        bench.request(.read, 3, on: 1, space: 4)
        bench.message(Message.notice(.cancel, Cancel(request: RequestID(rawValue: 3))), on: 1)
        let replies = bench.replies()
        #expect(replies.map { Errno.decode($0.status) } == [.overflow, .overflow, .interrupted])
        #expect(replies.map { $0.body } == [[], [], Array("canc".utf8)], "a reason is cut to the room")
    }

    @Test func cancelReachesWhatWaitsAndNothingElse() {
        var bench = Bench()
        bench.connect(1)
        bench.connect(2)
        bench.request(.read, 1, on: 1)
        let cancel = Message.notice(.cancel, Cancel(request: RequestID(rawValue: 1)))
        bench.message(cancel, on: 2)
        #expect(bench.reactor.logic.cancelled.isEmpty, "another's request")
        bench.message(cancel, on: 1)
        bench.message(cancel, on: 1)
        #expect(bench.reactor.logic.cancelled.count == 1)
        #expect(bench.replies().map { Errno.decode($0.status) } == [.interrupted])
        #expect(bench.reactor.connectionCount == 2)
    }

    @Test func aMalformedCancelFaults() {
        var bench = Bench()
        bench.connect(1)
        bench.message(Message.notice(.cancel, RawBytes([1, 0, 0])), on: 1)
        #expect(bench.faults == [Bench.process(1)])
        bench.connect(2)
        bench.message(Message.notice(.cancel, RawBytes([1, 0, 0, 0, 0])), on: 2)
        #expect(bench.faults == [Bench.process(1), Bench.process(2)])
    }

    @Test func aRequestNumberInUseFaults() {
        var bench = Bench()
        bench.connect(1)
        bench.request(.read, 1, on: 1)
        bench.request(.read, 1, on: 1)
        #expect(bench.faults == [Bench.process(1)])
        #expect(bench.reactor.logic.abandoned.count == 1)
        #expect(bench.reactor.logic.gone == [Bench.process(1)])
        #expect(bench.reactor.pendingCount == 0)
        #expect(bench.replies().isEmpty)
    }

    @Test func aNumberMayBeUsedAgainAfterItsReply() {
        var bench = Bench()
        bench.connect(1)
        for _ in 0..<100 { bench.request(.status, 1, on: 1, body: Self.handle) }
        #expect(bench.replies().count == 100)
    }

    @Test func tooManyRequestsFault() {
        var bench = Bench()
        bench.connect(1)
        bench.connect(2)
        for id in 0..<UInt32(Limits.credits) { bench.request(.read, id, on: 1) }
        bench.request(.read, 1, on: 2)
        #expect(bench.faults.isEmpty)
        bench.request(.read, 99, on: 1)
        #expect(bench.faults == [Bench.process(1)])
        #expect(bench.reactor.pendingCount == 1, "the other goes on")
    }

    @Test func tooManyBytesFault() {
        var bench = Bench()
        bench.connect(1)
        let quarter = Limits.creditBytes / 4
        for id in UInt32(0)..<4 { bench.request(.read, id, on: 1, space: quarter) }
        #expect(bench.faults.isEmpty)
        bench.request(.read, 9, on: 1, space: 1)
        #expect(bench.faults == [Bench.process(1)])
    }

    @Test func creditComesBackWithReplies() {
        var bench = Bench()
        bench.connect(1)
        for round in UInt32(0)..<50 {
            bench.request(.read, round, on: 1, space: Limits.payload)
            bench.request(.write, 1000 + round, on: 1, space: Limits.payload, body: RawBytes([UInt8](repeating: 0, count: 100_000)))
        }
        #expect(bench.faults.isEmpty)
        #expect(bench.replies().count == 100)
    }

    @Test func resmgrHasNoLimit() {
        var bench = Bench()
        for id in UInt32(0)..<100 { bench.request(.read, id, on: 0, space: Limits.payload) }
        #expect(bench.reactor.pendingCount == 100)
    }

    @Test func aForgedStampFaultsTheForgerAlone() {
        var bench = Bench()
        bench.connect(1)
        bench.connect(2)
        bench.request(.read, 1, on: 2)
        bench.request(.status, 1, on: 1, body: Self.handle, as: 2)
        #expect(bench.faults == [Bench.process(1)])
        #expect(bench.reactor.connectionCount == 1)
        #expect(bench.reactor.pendingCount == 1)
        bench.request(.status, 2, on: 1, body: Self.handle)
        #expect(bench.replies().isEmpty, "nothing more is served on that connection")
        bench.request(.write, 2, on: 2)
        #expect(bench.replies().count == 2)
    }

    @Test func whatNoProcessMaySayFaults() {
        let messages: [[UInt8]] = [
            [], [1, 2, 3], Message.reply(.read, id: RequestID(rawValue: 1), Nothing()),
            Message.notice(.ready, Nothing()), Message.notice(.processGone, ProcessGone(process: Bench.process(2))),
            Message.notice(.drop, Drop(process: Bench.process(2), handles: [])),
        ]
        for message in messages {
            var bench = Bench()
            bench.connect(1)
            bench.message(message, on: 1)
            #expect(bench.faults == [Bench.process(1)])
            #expect(bench.reactor.logic.gone == [Bench.process(1)])
        }
        // resmgr is never faulted.
        for message in messages {
            var bench = Bench()
            bench.message(message, on: 0)
            #expect(bench.faults.isEmpty)
        }
    }

    @Test(arguments: [true, false]) func theEndOfAPeerReleasesWhatItHeld(_ isLast: Bool) {
        var bench = Bench()
        bench.connect(1)
        bench.request(.read, 1, on: 1)
        bench.request(.read, 2, on: 1)
        if isLast {
            bench.message(Message.notice(.last, Nothing()), on: 1)
        } else {
            bench.input(.disconnected(ConnectionID(rawValue: 1)))
        }
        #expect(bench.reactor.logic.abandoned.map { $0.request.rawValue } == [1, 2])
        #expect(bench.reactor.logic.gone == [Bench.process(1)])
        #expect(bench.replies().isEmpty)
        #expect(bench.reactor.connectionCount == 0)
        bench.input(.disconnected(ConnectionID(rawValue: 1)))
        #expect(bench.reactor.logic.gone.count == 1)
    }

    @Test func resmgrSaysThatAProcessIsGone() {
        var bench = Bench()
        bench.connect(1)
        bench.request(.read, 1, on: 1)
        bench.message(Message.notice(.processGone, ProcessGone(process: Bench.process(1))), on: 0)
        // One that never was connected, but for which something may have been opened.
        bench.message(Message.notice(.processGone, ProcessGone(process: Bench.process(5))), on: 0)
        #expect(bench.reactor.logic.gone == [Bench.process(1), Bench.process(5)])
        #expect(bench.reactor.pendingCount == 0)
        #expect(bench.reactor.connectionCount == 0)
    }

    @Test func dropIsARequestWithoutAnAnswer() {
        var bench = Bench()
        let drop = Drop(process: Bench.process(1), handles: [Handle(rawValue: 3)])
        bench.message(Message.notice(.drop, drop), on: 0)
        bench.message(Message.notice(.drop, Nothing()), on: 0)
        #expect(bench.reactor.logic.dropped == [drop])
        #expect(bench.replies().isEmpty)
        #expect(bench.reactor.pendingCount == 0)
    }

    @Test func onlyResmgrIsResmgr() {
        var bench = Bench()
        bench.connect(1)
        bench.request(.share, 1, on: 1)
        bench.request(.share, 1, on: 0)
        #expect(bench.replies().map { Errno.decode($0.status) } == [.notPermitted, nil])
    }

    @Test func aConnectionOpenedAnewForgetsTheOldOne() {
        var bench = Bench()
        bench.connect(1)
        bench.request(.read, 1, on: 1)
        bench.input(.connected(ConnectionID(rawValue: 1), Bench.process(2)))
        #expect(bench.reactor.logic.abandoned.count == 1)
        #expect(bench.reactor.logic.gone == [Bench.process(1)])
        bench.request(.write, 1, on: 1, as: 2)
        #expect(bench.replies().map { $0.operation } == [.write])
    }

    @Test func deviceEventsAreDecoded() {
        var bench = Bench()
        let event = DeviceMessage(.consoleWrite, token: 7, error: .ioError, bytes: [1])
        bench.input(.device(event.encoded))
        bench.input(.device([9, 9]))
        bench.input(.device([0, 1, 0, 0, 0, 0, 0, 0, 0, 0]))
        #expect(bench.reactor.logic.devices == [event])
    }

    @Test func aRunGivesTheSameEffectsAgain() {
        #expect(Self.fuzz(3).sent == Self.fuzz(3).sent)
    }

    @Test func itBearsAnything() {
        for seed in UInt64(1)...3 {
            var bench = Self.fuzz(seed)
            for number in UInt32(0)...4 { bench.input(.disconnected(ConnectionID(rawValue: number))) }
            bench.request(.write, 1 << 20, on: 0)
            #expect(bench.reactor.pendingCount == 0)
            #expect(bench.reactor.connectionCount == 0)
        }
    }

    /// Random inputs; each accepted request has at most one reply, and exactly one if its peer lives.
    static func fuzz(_ seed: UInt64) -> Bench {
        var random = Seeded(seed)
        var bench = Bench()
        let operations: [ABI.Operation] = [.status, .read, .read, .write, .sync, .seek, .poll, .readDirectory, .share]
        for _ in 0..<10_000 {
            let connection = UInt32.random(in: 0...4, using: &random)
            bench.now += UInt64.random(in: 0...9, using: &random)
            switch Int.random(in: 0..<20, using: &random) {
            case 0: bench.connect(connection)
            case 1: bench.input(.disconnected(ConnectionID(rawValue: connection)))
            case 2:
                let bytes = (0..<Int.random(in: 0..<80, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
                bench.message(bytes, on: connection)
            case 3:
                let request = RequestID(rawValue: UInt32.random(in: 0..<20, using: &random))
                bench.message(Message.notice(.cancel, Cancel(request: request)), on: connection)
            case 4:
                var bytes = Message.request(.read, id: RequestID(rawValue: 1), replySpace: 1, RawBytes([1, 2]))
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                bench.message(bytes, on: connection)
            default:
                let operation = operations[Int.random(in: 0..<operations.count, using: &random)]
                bench.request(operation, UInt32.random(in: 0..<20, using: &random), on: connection, body: handle)
            }
        }
        return bench
    }
}
