import ABI
import ServerKit
import Testing

@Suite struct CountersTests {
    /// What resmgr is told.
    private func counters(_ bench: inout Bench) throws -> Counters {
        bench.sent = []
        bench.request(.counters, 900, on: 0, space: 100, body: Nothing())
        let reply = try #require(bench.sent.last)
        #expect(bench.sent.count == 1 && reply.connection == 0 && reply.request == 900 && reply.status == 0)
        var reader = Reader(reply.body)
        let counters = try reader.value(Counters.self)
        try reader.finish()
        return counters
    }

    private func expect(
        _ bench: inout Bench, requests: UInt64, answers: UInt64, abandoned: UInt64 = 0, unanswered: UInt64 = 0,
        location: SourceLocation = #_sourceLocation
    ) throws {
        let counters = try counters(&bench)
        #expect(counters.requests == requests, sourceLocation: location)
        #expect(counters.answers == answers, sourceLocation: location)
        #expect(counters.abandoned == abandoned, sourceLocation: location)
        #expect(counters.unanswered == unanswered, sourceLocation: location)
    }

    @Test func requestsAreAnsweredOrNotYet() throws {
        var bench = Bench()
        bench.connect(1)
        bench.connect(2)
        try expect(&bench, requests: 0, answers: 0)
        bench.request(.status, 1, on: 1, body: ReactorTests.handle)
        bench.request(.sync, 2, on: 1)
        try expect(&bench, requests: 2, answers: 2)
        bench.request(.read, 3, on: 1)
        bench.request(.read, 4, on: 2)
        try expect(&bench, requests: 4, answers: 2, unanswered: 2)
        // It is answered twice by its server, and counts once.
        bench.request(.seek, 5, on: 1)
        bench.request(.write, 6, on: 1)
        try expect(&bench, requests: 6, answers: 6)
        bench.request(.read, 7, on: 1)
        bench.message(Message.notice(.cancel, Cancel(request: RequestID(rawValue: 7))), on: 1)
        try expect(&bench, requests: 7, answers: 7)
        // resmgr's count like others.
        bench.request(.read, 8, on: 0)
        try expect(&bench, requests: 8, answers: 7, unanswered: 1)
    }

    @Test(arguments: [0, 1, 2]) func requestsOfWhoIsGoneAreAbandoned(_ way: Int) throws {
        var bench = Bench()
        bench.connect(1)
        bench.connect(2)
        for id: UInt32 in 1...3 { bench.request(.read, id, on: 1) }
        bench.request(.read, 4, on: 2)
        switch way {
        case 0: bench.message(Message.notice(.last, Nothing()), on: 1)
        case 1: bench.input(.disconnected(ConnectionID(rawValue: 1)))
        // The number is in use: the request is not accepted, and the peer's others are over.
        default: bench.request(.read, 1, on: 1)
        }
        try expect(&bench, requests: 4, answers: 0, abandoned: 3, unanswered: 1)
    }

    @Test func noticesAndBytesAreCountedBothWays() throws {
        var bench = Bench()
        bench.connect(1)
        bench.connect(2)
        bench.request(.status, 1, on: 1, body: ReactorTests.handle)
        bench.request(.read, 2, on: 1)
        bench.message(Message.notice(.cancel, Cancel(request: RequestID(rawValue: 2))), on: 1)
        bench.message(Message.notice(.drop, Drop(process: Bench.process(1), handles: [])), on: 0)
        bench.request(.allocate, 3, on: 1)
        let (received, sent) = (UInt64(bench.bytesReceived), UInt64(bench.bytesSent))
        let counters = try counters(&bench)
        #expect(counters.noticesReceived == 2 && counters.noticesSent == 0)
        #expect(counters.bytesReceived == received)
        #expect(counters.bytesSent == sent)
        // A peer that breaks the protocol is told to resmgr.
        bench.message(Message.notice(.spawn, Nothing()), on: 2)
        #expect(try self.counters(&bench).noticesSent == 1)
    }

    @Test func askingChangesNothing() throws {
        var bench = Bench()
        bench.connect(1)
        bench.request(.status, 1, on: 1, body: ReactorTests.handle)
        let first = try counters(&bench)
        #expect(try counters(&bench) == first)
        // Nobody but resmgr may ask; that is a request like any other.
        bench.sent = []
        bench.request(.counters, 2, on: 1, body: Nothing())
        #expect(bench.replies().map { Errno.decode($0.status) } == [.notSupported])
        #expect(try counters(&bench).requests == first.requests + 1)
    }

    @Test func questionsToResmgrAreAnsweredOnce() {
        var bench = Bench()
        bench.connect(1)
        // Its registration had the first number.
        bench.message(Message.reply(.register, id: RequestID(rawValue: 1), Nothing()), on: 0)
        bench.request(.allocate, 1, on: 1)
        bench.request(.allocate, 2, on: 1)
        let asked = bench.sent.filter { $0.kind == .request && $0.operation == .systemStatus }
        #expect(asked.map { $0.request } == [2, 3] && asked.allSatisfy { $0.connection == 0 && $0.status == 500 })
        let status = SystemStatus(wait: [], servers: [ServerStatus(name: [65], restarts: 0, report: nil)])
        let second = Message.reply(.systemStatus, id: RequestID(rawValue: 3), status)
        bench.message(second, on: 0)
        #expect(bench.reactor.logic.responses == [.success(1)])
        // Neither a second answer nor one to another question is heard.
        bench.message(second, on: 0)
        bench.message(Message.reply(.bootSteps, id: RequestID(rawValue: 2), status), on: 0)
        bench.message(Message.reply(.systemStatus, id: RequestID(rawValue: 9), status), on: 0)
        #expect(bench.reactor.logic.responses.count == 1)
        bench.message(Message.failure(.systemStatus, id: RequestID(rawValue: 2), .ioError), on: 0)
        #expect(bench.reactor.logic.responses == [.success(1), .failure(.ioError)])
        bench.request(.allocate, 3, on: 1)
        bench.message(Message.reply(.systemStatus, id: RequestID(rawValue: 4), RawBytes([1])), on: 0)
        #expect(bench.reactor.logic.responses.last == .failure(.badMessage))
        #expect(bench.faults.isEmpty)
        // Of others it asks nothing.
        bench.message(second, on: 1)
        #expect(bench.faults == [Bench.process(1)])
    }
}
