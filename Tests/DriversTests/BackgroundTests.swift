import ABI
import ServerKit
import TestSupport
import Testing

@testable import TTY

/// Access to the controlling terminal from the background (POSIX.1-2024, XBD 11.1.4).
@Suite struct BackgroundTests {
    /// A terminal whose foreground group is 70; requests come from group 71.
    private func background() throws -> Bench {
        var bench = try Bench()
        try bench.control()
        bench.harness.group = 71
        return bench
    }

    /// What resmgr was asked last, which it answers so.
    private func answer(_ bench: inout Bench, _ answer: BackgroundAnswer, _ signal: Signal) throws {
        var reader = Reader(bench.harness.question.body)
        #expect(try reader.value(BackgroundAccess.self) == BackgroundAccess(process: identity(1), signal: signal))
        bench.harness.message(Message.reply(.backgroundAccess, id: bench.harness.question.id, answer), from: 0)
    }

    private func foreground(_ bench: inout Bench, _ group: Int32) {
        let body = Foreground(session: SessionID(rawValue: 7), group: ProcessGroupID(rawValue: group))
        guard case .done = bench.harness.call(.foreground, from: 0, body) else {
            Issue.record("the foreground group was not changed")
            return
        }
    }

    private func asks(_ bench: Bench) -> Int { bench.harness.requestsToManager.count { $0 == .backgroundAccess } }

    @Test func aReadWaitsForTheForeground() throws {
        var bench = try background()
        let read = bench.sendRead(1)
        try answer(&bench, .signaled, .terminalInput)
        bench.type("for others\r")
        #expect(bench.harness.outcome(read) == .pending)
        bench.harness.group = 70
        #expect(bench.read(2) == .text("for others\n"))
        bench.type("for it\r")
        foreground(&bench, 71)
        #expect(bench.harness.outcome(read) == .text("for it\n"))
    }

    @Test func aReaderOfTheForegroundIsOneOfTheBackgroundLater() throws {
        var bench = try Bench()
        try bench.control()
        let read = bench.sendRead(1)
        foreground(&bench, 71)
        bench.type("not for it\r")
        #expect(bench.harness.outcome(read) == .pending)
        #expect(asks(bench) == 0)
        foreground(&bench, 70)
        #expect(bench.harness.outcome(read) == .text("not for it\n"))
    }

    @Test(arguments: [BackgroundAnswer.ignored, .orphaned]) func aReadThatCannotBeStoppedFails(_ told: BackgroundAnswer) throws {
        var bench = try background()
        let read = bench.sendRead(1)
        try answer(&bench, told, .terminalInput)
        #expect(bench.harness.outcome(read) == .failed(.ioError))
        #expect(bench.harness.reactor.logic.waitingCount == 0)
    }

    @Test func writesAreHeldBackUnderTOSTOPAlone() throws {
        var bench = try background()
        let text = Write(handle: bench.handles[1], position: .shared, data: [UInt8]("x".utf8))
        #expect(bench.harness.call(.write, from: 1, text) == .count(1))
        bench.harness.group = 70
        #expect(bench.attributes { $0.local |= TerminalLocal.stopBackgroundOutput } == .empty)
        #expect(bench.harness.call(.write, from: 1, text) == .count(1))
        bench.harness.group = 71
        let held = bench.harness.send(.write, from: 1, text)
        try answer(&bench, .signaled, .terminalOutput)
        #expect(bench.harness.outcome(held) == .pending)
        foreground(&bench, 71)
        #expect(bench.harness.outcome(held) == .count(1))
        foreground(&bench, 70)
        let ignored = bench.harness.send(.write, from: 1, text)
        try answer(&bench, .ignored, .terminalOutput)
        #expect(bench.harness.outcome(ignored) == .count(1))
        let orphaned = bench.harness.send(.write, from: 1, text)
        try answer(&bench, .orphaned, .terminalOutput)
        #expect(bench.harness.outcome(orphaned) == .failed(.ioError))
    }

    @Test func changesOfTheTerminalAreHeldBack() throws {
        var bench = try background()
        let set = SetForegroundGroup(handle: bench.handles[1], group: ProcessGroupID(rawValue: 71))
        let held = bench.harness.send(.setForegroundGroup, from: 1, set)
        try answer(&bench, .signaled, .terminalOutput)
        #expect(bench.harness.outcome(held) == .pending)
        // It is cancelled by a handler, say.
        bench.harness.message(Message.notice(.cancel, Cancel(request: held.request)), from: 1)
        #expect(bench.harness.outcome(held) == .failed(.interrupted))
        let shell = bench.harness.send(.setForegroundGroup, from: 1, set)
        try answer(&bench, .ignored, .terminalOutput)
        #expect(bench.harness.outcome(shell) == .empty)
        #expect(bench.attributes { _ in } == .empty)
    }

    @Test func whatIsGivenUpWhileResmgrIsAsked() throws {
        var bench = try background()
        let read = bench.sendRead(1)
        bench.harness.message(Message.notice(.cancel, Cancel(request: read.request)), from: 1)
        #expect(bench.harness.outcome(read) == .failed(.interrupted))
        try answer(&bench, .ignored, .terminalInput)
        let set = SetForegroundGroup(handle: bench.handles[1], group: ProcessGroupID(rawValue: 71))
        _ = bench.harness.send(.setForegroundGroup, from: 1, set)
        bench.harness.gone(1)
        try answer(&bench, .ignored, .terminalOutput)
        #expect(bench.harness.reactor.logic.asked.isEmpty && bench.harness.reactor.logic.held.isEmpty)
        #expect(bench.harness.reactor.logic.terminals[0].foreground.rawValue == 70)
    }

    @Test func othersHaveNoBackground() throws {
        var bench = try background()
        bench.harness.session = 9
        bench.type("a\r")
        #expect(bench.read(1) == .text("a\n"))
        #expect(asks(bench) == 0)
    }

    @Test func theStateSurvivesEncoding() throws {
        var bench = try background()
        let read = bench.sendRead(1)
        try answer(&bench, .signaled, .terminalInput)
        let set = SetForegroundGroup(handle: bench.handles[1], group: ProcessGroupID(rawValue: 71))
        let held = bench.harness.send(.setForegroundGroup, from: 1, set)
        var writer = Writer()
        bench.harness.reactor.encode(into: &writer)
        var reader = Reader(writer.bytes)
        bench.harness.reactor = try ServerReactor<TerminalDriver>(decoding: &reader)
        try answer(&bench, .signaled, .terminalOutput)
        bench.type("x\r")
        #expect(bench.harness.outcome(read) == .pending && bench.harness.outcome(held) == .pending)
        foreground(&bench, 71)
        #expect(bench.harness.outcome(read) == .text("x\n") && bench.harness.outcome(held) == .empty)
    }
}
