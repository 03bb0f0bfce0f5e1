import ABI
import ServerKit
import TTY
import TestSupport
import Testing

/// A harness with the console open for processes 1 to 3.
struct Bench {
    var harness = Harness(TerminalDriver())
    var handles: [Handle] = [.none]

    static let node = FileStatus(
        device: 3, node: NodeID(index: 4, generation: 1), kind: .characterDevice, mode: 0o620, links: 1, user: .root,
        group: GroupID(rawValue: 5), size: 0, blocks: 0, major: .terminal, minor: 1, accessTime: .zero, modificationTime: .zero,
        changeTime: .zero)

    init(access: AccessMode = [.read, .write], flags: DescriptionFlags = []) throws {
        for process in UInt32(1)...3 {
            harness.connect(process)
            handles.append(try harness.get(FileOpened.self, .openDevice, from: 0, Self.open(process, access, flags)).handle)
        }
    }

    static func open(
        _ process: UInt32, _ access: AccessMode = [.read, .write], _ flags: DescriptionFlags = [], minor: UInt32 = 1,
        major: MajorNumber = .terminal, open: OpenFlags = []
    ) -> OpenDevice {
        OpenDevice(
            major: major, minor: minor, process: identity(process), session: SessionID(rawValue: 7),
            group: ProcessGroupID(rawValue: 70), open: OpenFile(access: access, open: open, flags: flags), node: node)
    }

    mutating func type(_ text: String) { type(Array(text.utf8)) }

    mutating func type(_ bytes: [UInt8]) {
        harness.input(.device(DeviceMessage(.consoleInput, bytes: bytes).encoded))
    }

    /// Everything shown so far.
    var shown: [UInt8] { harness.calls.filter { $0.operation == .consoleWrite }.flatMap { $0.bytes } }

    /// Bytes of input that the driver has taken so far.
    var taken: Int {
        harness.calls.filter { $0.operation == .consoleTaken }.reduce(0) { sum, call in
            var reader = Reader(call.bytes)
            return sum + Int((try? reader.u32()) ?? 0)
        }
    }

    /// The page takes the output of the oldest calls it has not taken yet.
    private(set) var completed = 0
    mutating func showOutput(calls: Int = .max) {
        let writes = harness.calls.filter { $0.operation == .consoleWrite }
        let end = min(writes.count, calls == .max ? writes.count : completed + calls)
        for call in writes[completed..<end] {
            completed += 1
            harness.input(.device(DeviceMessage(.consoleWrite, token: call.token).encoded))
        }
    }

    mutating func attributes(_ change: (inout TerminalAttributes) -> Void, action: AttributeAction = .now) -> Outcome {
        var attributes = TerminalAttributes.standard
        change(&attributes)
        return harness.call(
            .setTerminalAttributes, from: 1, SetTerminalAttributes(handle: handles[1], action: action, attributes: attributes))
    }

    mutating func raw(minimum: UInt8, time: UInt8) {
        let outcome = attributes {
            $0.local &= ~(TerminalLocal.canonical | TerminalLocal.echo)
            $0.controlCharacters[ControlCharacter.minimum] = minimum
            $0.controlCharacters[ControlCharacter.time] = time
        }
        #expect(outcome == .empty)
    }

    /// The console becomes the terminal of session 7 with foreground group 70.
    mutating func control() throws {
        let body = SetControllingTerminal(
            process: identity(1), handle: handles[1], session: SessionID(rawValue: 7), group: ProcessGroupID(rawValue: 70))
        #expect(try harness.get(SessionTerminal.self, .setControllingTerminal, from: 0, body).minor == 1)
    }

    var signals: [SignalGroup] {
        harness.notices.filter { $0.operation == .signalGroup }.compactMap {
            var reader = Reader($0.body)
            return try? SignalGroup(from: &reader)
        }
    }

    mutating func read(_ process: Int = 1, _ count: Int = 4096) -> Outcome {
        harness.read(handles[process], from: UInt32(process), count)
    }

    mutating func sendRead(_ process: Int = 1, _ count: Int = 4096) -> RequestKey {
        harness.sendRead(handles[process], from: UInt32(process), count)
    }

    mutating func at(_ time: UInt64) {
        harness.now = time
        harness.input(.timer)
    }
}

@Suite struct TerminalTests {
    static let tenth: UInt64 = 100_000_000

    @Test func aLineIsEchoedAndRead() throws {
        var bench = try Bench()
        let read = bench.sendRead()
        bench.type("ls")
        #expect(bench.harness.outcome(read) == .pending)
        bench.type("\r")
        #expect(bench.harness.outcome(read) == .text("ls\n"))
        #expect(bench.shown == Array("ls\r\n".utf8))
        #expect(bench.taken == 3)
    }

    @Test func waitingReadersAreServedInTheirOrder() throws {
        var bench = try Bench()
        let first = bench.sendRead(2)
        let second = bench.sendRead(1)
        bench.type("one\r")
        #expect(bench.harness.outcome(first) == .text("one\n"))
        #expect(bench.harness.outcome(second) == .pending)
        bench.harness.cancel(second)
        #expect(bench.harness.outcome(second) == .failed(.interrupted))
    }

    @Test func endOfFileIsAnEmptyRead() throws {
        var bench = try Bench()
        bench.type("\u{4}")
        #expect(bench.read() == .empty)
        #expect(bench.read() == .pending)
    }

    @Test func nonBlockingReadsDoNotWait() throws {
        var bench = try Bench(flags: .nonBlocking)
        #expect(bench.read() == .failed(.resourceTemporarilyUnavailable))
        bench.type("a")
        #expect(bench.read() == .failed(.resourceTemporarilyUnavailable))
        bench.type("\r")
        #expect(bench.read() == .text("a\n"))
        bench.raw(minimum: 0, time: 0)
        #expect(bench.read() == .empty)
        bench.raw(minimum: 0, time: 5)
        #expect(bench.read() == .failed(.resourceTemporarilyUnavailable))
        bench.raw(minimum: 5, time: 0)
        bench.type("xy")
        #expect(bench.read() == .text("xy"))
    }

    @Test func minimumAlone() throws {
        var bench = try Bench()
        bench.raw(minimum: 3, time: 0)
        let read = bench.sendRead()
        bench.type("ab")
        bench.at(100 * Self.tenth)
        #expect(bench.harness.outcome(read) == .pending)
        bench.type("c")
        #expect(bench.harness.outcome(read) == .text("abc"))
        // A read that asks for less than the minimum gets it as soon as it is there.
        bench.type("xy")
        #expect(bench.read(1, 2) == .text("xy"))
    }

    @Test func timeAlone() throws {
        var bench = try Bench()
        bench.raw(minimum: 0, time: 3)
        bench.harness.now = Self.tenth
        let empty = bench.sendRead()
        #expect(bench.harness.timer.rawValue == 4 * Self.tenth)
        bench.at(4 * Self.tenth - 1)
        #expect(bench.harness.outcome(empty) == .pending)
        bench.at(4 * Self.tenth)
        #expect(bench.harness.outcome(empty) == .empty)
        let some = bench.sendRead()
        bench.type("a")
        #expect(bench.harness.outcome(some) == .text("a"))
        #expect(bench.harness.timer == .never)
    }

    @Test func minimumAndTime() throws {
        var bench = try Bench()
        bench.raw(minimum: 3, time: 2)
        let read = bench.sendRead()
        bench.at(50 * Self.tenth)
        #expect(bench.harness.outcome(read) == .pending, "the timer begins with the first byte")
        bench.type("a")
        bench.harness.now = 51 * Self.tenth
        bench.type("b")
        #expect(bench.harness.timer.rawValue == 53 * Self.tenth, "each byte begins it anew")
        bench.at(52 * Self.tenth)
        #expect(bench.harness.outcome(read) == .pending)
        bench.at(53 * Self.tenth)
        #expect(bench.harness.outcome(read) == .text("ab"))
        // What was there before counts as received with the request.
        bench.type("c")
        bench.harness.now = 60 * Self.tenth
        let later = bench.sendRead()
        #expect(bench.harness.timer.rawValue == 62 * Self.tenth)
        bench.at(62 * Self.tenth)
        #expect(bench.harness.outcome(later) == .text("c"))
        let whole = bench.sendRead()
        bench.type("xyz")
        #expect(bench.harness.outcome(whole) == .text("xyz"))
    }

    @Test func neitherMinimumNorTime() throws {
        var bench = try Bench()
        bench.raw(minimum: 0, time: 0)
        #expect(bench.read() == .empty)
        bench.type("ab")
        #expect(bench.read(1, 1) == .text("a"))
    }

    @Test func aNewModeServesWhoWaited() throws {
        var bench = try Bench()
        let read = bench.sendRead()
        bench.type("ab")
        bench.raw(minimum: 1, time: 0)
        #expect(bench.harness.outcome(read) == .text("ab"))
    }

    @Test func keysSignalTheForegroundGroup() throws {
        var bench = try Bench()
        bench.type("\u{3}")
        #expect(bench.signals.isEmpty, "nobody's terminal signals nobody")
        try bench.control()
        bench.type("\u{3}\u{1C}\u{1A}")
        let group = ProcessGroupID(rawValue: 70)
        #expect(
            bench.signals == [
                SignalGroup(group: group, signal: .interrupt), SignalGroup(group: group, signal: .quit),
                SignalGroup(group: group, signal: .terminalStop),
            ])
    }

    @Test func aLineTypedAfterAnInterruptIsNotForWhomItEnds() throws {
        var bench = try Bench()
        try bench.control()
        let dying = bench.sendRead(1)
        let other = bench.sendRead(2)
        bench.type("\u{3}ls\r")
        #expect(bench.harness.outcome(dying) == .pending)
        #expect(bench.harness.outcome(other) == .pending, "whom the key ends is not known yet")
        #expect(bench.shown == Array("^Cls\r\n".utf8), "echo does not wait")
        let poll = try bench.harness.get(
            PollResult.self, .poll, from: 3, Poll(handle: bench.handles[3], events: .readable))
        #expect(!poll.events.contains(.readable))
        bench.harness.confirm(group: 71, ended: [1])
        #expect(bench.harness.outcome(other) == .pending, "that was another signal")
        bench.harness.confirm(group: 70, ended: [1])
        #expect(bench.harness.outcome(dying) == .failed(.interrupted))
        #expect(bench.harness.outcome(other) == .text("ls\n"))
        // Until its hart is gone it may ask again.
        bench.type("pwd\r")
        #expect(bench.read(1) == .failed(.interrupted))
        bench.harness.gone(1)
        #expect(bench.read(2) == .text("pwd\n"))
    }

    @Test func everySignalIsConfirmedByItself() throws {
        var bench = try Bench(flags: .nonBlocking)
        try bench.control()
        bench.type("\u{3}\u{1C}a\r")
        bench.harness.confirm(group: 70, ended: [])
        #expect(bench.read(1) == .failed(.resourceTemporarilyUnavailable))
        bench.harness.confirm(group: 70, ended: [])
        #expect(bench.read(1) == .text("a\n"))
        #expect(
            bench.harness.call(.groupSignaled, from: 1, GroupSignaled(group: ProcessGroupID(rawValue: 70), ended: []))
                == .failed(.notPermitted))
    }

    @Test func theForegroundGroupIsTheSessionsToSet() throws {
        var bench = try Bench()
        let set = SetForegroundGroup(handle: bench.handles[1], group: ProcessGroupID(rawValue: 71))
        #expect(bench.harness.call(.setForegroundGroup, from: 1, set) == .failed(.inappropriateIOControl))
        try bench.control()
        let none = SetForegroundGroup(handle: bench.handles[1], group: .none)
        #expect(bench.harness.call(.setForegroundGroup, from: 1, none) == .failed(.invalidArgument))
        #expect(bench.harness.call(.setForegroundGroup, from: 1, set) == .empty)
        let get = OneHandle(handle: bench.handles[1])
        #expect(try bench.harness.get(ForegroundGroup.self, .getForegroundGroup, from: 1, get).group.rawValue == 71)
        bench.harness.session = 8
        #expect(bench.harness.call(.setForegroundGroup, from: 1, set) == .failed(.inappropriateIOControl))
        #expect(bench.harness.call(.getForegroundGroup, from: 1, get) == .failed(.inappropriateIOControl))
    }

    @Test func resmgrSetsTheForegroundGroupAndEndsSessions() throws {
        var bench = try Bench()
        let session = SessionID(rawValue: 7)
        let body = Foreground(session: session, group: ProcessGroupID(rawValue: 72))
        #expect(bench.harness.call(.foreground, from: 0, body) == .failed(.inappropriateIOControl))
        try bench.control()
        #expect(bench.harness.call(.foreground, from: 1, body) == .failed(.notPermitted))
        #expect(try bench.harness.get(ForegroundGroup.self, .foreground, from: 0, body).group.rawValue == 70)
        let end = Foreground(session: session, group: .none)
        #expect(try bench.harness.get(ForegroundGroup.self, .foreground, from: 0, end).group.rawValue == 72)
        #expect(bench.signals == [SignalGroup(group: ProcessGroupID(rawValue: 72), signal: .hangUp)])
        #expect(bench.harness.call(.foreground, from: 0, body) == .failed(.inappropriateIOControl))
    }

    @Test func aSessionTakesTheTerminalFromAnother() throws {
        var bench = try Bench()
        try bench.control()
        let other = SetControllingTerminal(
            process: identity(2), handle: bench.handles[2], session: SessionID(rawValue: 8), group: ProcessGroupID(rawValue: 80))
        #expect(bench.harness.call(.setControllingTerminal, from: 1, other) == .failed(.notPermitted))
        #expect(try bench.harness.get(SessionTerminal.self, .setControllingTerminal, from: 0, other).minor == 1)
        let get = OneHandle(handle: bench.handles[1])
        #expect(bench.harness.call(.getForegroundGroup, from: 1, get) == .failed(.inappropriateIOControl))
        bench.type("\u{3}")
        #expect(bench.signals.map { $0.group.rawValue } == [80])
    }

    @Test func aNewSizeIsSignalledOnce() throws {
        var bench = try Bench()
        try bench.control()
        let size = WindowSize(rows: 30, columns: 100, width: 0, height: 0)
        var writer = Writer()
        writer.value(size)
        for _ in 0..<2 { bench.harness.input(.device(DeviceMessage(.consoleSize, bytes: writer.bytes).encoded)) }
        #expect(bench.signals == [SignalGroup(group: ProcessGroupID(rawValue: 70), signal: .windowChange)])
        let get = OneHandle(handle: bench.handles[1])
        #expect(try bench.harness.get(WindowSize.self, .getWindowSize, from: 1, get) == size)
        let other = WindowSize(rows: 10, columns: 20, width: 1, height: 2)
        #expect(bench.harness.call(.setWindowSize, from: 1, SetWindowSize(handle: bench.handles[1], size: other)) == .empty)
        #expect(try bench.harness.get(WindowSize.self, .getWindowSize, from: 1, get) == other)
        #expect(bench.signals.count == 2)
    }

    @Test func aPasteOfAMegabyteLosesNothing() throws {
        var bench = try Bench()
        bench.raw(minimum: 1, time: 0)
        var random = Seeded(1)
        // No control characters: they would be signals.
        let paste = (0..<1 << 20).map { _ in UInt8.random(in: 0x20...0x7E, using: &random) }
        var sent = 0
        var read: [UInt8] = []
        while read.count < paste.count {
            // The page: no more than 4096 bytes that were not credited.
            while sent < paste.count && sent - bench.taken < 4096 {
                let end = min(paste.count, min(sent + 1500, bench.taken + 4096))
                bench.type(Array(paste[sent..<end]))
                sent = end
            }
            guard case .done(let part) = bench.read(1, 3000), !part.isEmpty else {
                Issue.record("the terminal holds nothing after \(read.count) bytes")
                return
            }
            read += part
            bench.harness.calls.removeAll { $0.operation == .consoleWrite }
        }
        #expect(read == paste)
        #expect(bench.taken == paste.count)
    }

    @Test func aPasteOfLinesLosesNothing() throws {
        var bench = try Bench()
        let paste = (0..<20_000).flatMap { Array("line \($0)\n".utf8) }
        var sent = 0
        var taken = 0
        var read: [UInt8] = []
        while read.count < paste.count {
            while sent < paste.count && sent - taken < 4096 {
                let end = min(paste.count, taken + 4096)
                bench.type(Array(paste[sent..<end]))
                sent = end
                taken += bench.taken
                bench.harness.calls.removeAll { $0.operation == .consoleTaken }
            }
            guard case .done(let part) = bench.read(1), part.last == 0x0A else {
                Issue.record("no line after \(read.count) bytes")
                return
            }
            read += part
            taken += bench.taken
            bench.harness.calls.removeAll { $0.operation == .consoleTaken }
        }
        #expect(read == paste)
    }

    @Test func aKeyInterruptsThoughNobodyReads() throws {
        var bench = try Bench()
        try bench.control()
        bench.type([UInt8](repeating: 0x0A, count: 4096))
        bench.type([UInt8](repeating: 0x0A, count: 100) + [3])
        #expect(bench.signals.map { $0.signal } == [.interrupt])
        #expect(bench.taken == 4197)
        #expect(bench.read() == .pending, "the flush is of all that was typed before")
    }

    @Test func flowControlWorksThoughNobodyReads() throws {
        var bench = try Bench()
        bench.raw(minimum: 1, time: 0)
        bench.type([UInt8](repeating: 0x61, count: 4096))
        bench.type([0x62, 0x13])
        #expect(bench.harness.write(bench.handles[1], from: 1, "held") == .pending)
        bench.type([0x11])
        #expect(bench.shown == Array("held".utf8))
        #expect(bench.read(1, 5000) == .done([UInt8](repeating: 0x61, count: 4096)))
        #expect(bench.read() == .text("b"))
    }

    @Test func aFastWriterGoesAtThePaceOfThePage() throws {
        var bench = try Bench()
        let data = [UInt8](repeating: 0x78, count: 200_000)
        let write = bench.harness.sendWrite(bench.handles[1], from: 1, data)
        #expect(bench.harness.outcome(write) == .pending)
        #expect(bench.shown.count <= 64 << 10)
        var rounds = 0
        while bench.harness.outcome(write) == .pending && rounds < 1000 {
            bench.showOutput(calls: 1)
            rounds += 1
        }
        #expect(bench.harness.outcome(write) == .count(200_000))
        bench.showOutput()
        bench.showOutput()
        #expect(bench.shown == data)
    }

    @Test func aWaitingWriteIsCancelledWithItsPartialCount() throws {
        var bench = try Bench()
        let large = bench.harness.sendWrite(bench.handles[1], from: 1, [UInt8](repeating: 0x78, count: 100_000))
        let small = bench.harness.sendWrite(bench.handles[2], from: 2, Array("later".utf8))
        let shown = bench.shown.count
        bench.harness.cancel(small)
        #expect(bench.harness.outcome(small) == .failed(.interrupted))
        bench.harness.cancel(large)
        guard case .done(let bytes) = bench.harness.outcome(large) else {
            Issue.record("a part was shown")
            return
        }
        var reader = Reader(bytes)
        #expect(try reader.u32() >= UInt32(shown))
    }

    @Test func messagesAreNotMixed() throws {
        var bench = try Bench()
        bench.harness.sendWrite(bench.handles[1], from: 1, [UInt8](repeating: 0x61, count: 100_000))
        bench.harness.sendWrite(bench.handles[2], from: 2, [UInt8](repeating: 0x62, count: 100_000))
        for _ in 0..<100 { bench.showOutput() }
        #expect(bench.shown == [UInt8](repeating: 0x61, count: 100_000) + [UInt8](repeating: 0x62, count: 100_000))
    }

    @Test func aKeyIsEchoedWhileAProgramFloods() throws {
        var bench = try Bench()
        bench.harness.sendWrite(bench.handles[1], from: 1, [UInt8](repeating: 0x61, count: 500_000))
        bench.type("Q")
        for _ in 0..<100 { bench.showOutput() }
        #expect(bench.shown.contains(UInt8(ascii: "Q")))
    }

    @Test func nonBlockingWritesTakeWhatFits() throws {
        var bench = try Bench(flags: .nonBlocking)
        guard case .done(let bytes) = bench.harness.write(bench.handles[1], from: 1, [UInt8](repeating: 0x78, count: 100_000)) else {
            Issue.record("nothing was written")
            return
        }
        var reader = Reader(bytes)
        #expect(try reader.u32() < 100_000)
        #expect(bench.harness.write(bench.handles[1], from: 1, "x") == .failed(.resourceTemporarilyUnavailable))
        bench.showOutput()
        #expect(bench.harness.write(bench.handles[1], from: 1, "x") == .count(1))
    }

    @Test func stopHoldsOutputAndStartReleasesIt() throws {
        var bench = try Bench()
        bench.type("\u{13}")
        let write = bench.harness.sendWrite(bench.handles[1], from: 1, Array("out".utf8))
        #expect(bench.harness.outcome(write) == .pending)
        #expect(bench.shown.isEmpty)
        bench.type("\u{11}")
        #expect(bench.harness.outcome(write) == .count(3))
        #expect(bench.shown == Array("out".utf8))
    }

    @Test func drainWaitsForOutputAndFlushDropsInput() throws {
        var bench = try Bench()
        _ = bench.harness.write(bench.handles[1], from: 1, "out")
        bench.type("typed\r")
        var attributes = TerminalAttributes.standard
        attributes.local &= ~TerminalLocal.echo
        let set = bench.harness.send(
            .setTerminalAttributes, from: 1,
            SetTerminalAttributes(handle: bench.handles[1], action: .flush, attributes: attributes))
        #expect(bench.harness.outcome(set) == .pending)
        bench.showOutput()
        #expect(bench.harness.outcome(set) == .empty)
        let get = OneHandle(handle: bench.handles[1])
        #expect(try bench.harness.get(TerminalAttributes.self, .getTerminalAttributes, from: 1, get) == attributes)
        #expect(bench.read() == .pending)
        _ = bench.harness.write(bench.handles[1], from: 1, "more")
        let cancelled = bench.harness.send(
            .setTerminalAttributes, from: 1,
            SetTerminalAttributes(handle: bench.handles[1], action: .drain, attributes: .standard))
        bench.harness.cancel(cancelled)
        #expect(bench.harness.outcome(cancelled) == .failed(.interrupted))
        #expect(try bench.harness.get(TerminalAttributes.self, .getTerminalAttributes, from: 1, get) == attributes)
    }

    @Test func pollReportsLinesAndRoom() throws {
        var bench = try Bench()
        let ask = Poll(handle: bench.handles[1], events: [.readable, .writable])
        #expect(try bench.harness.get(PollResult.self, .poll, from: 1, ask).events == .writable)
        let reading = Poll(handle: bench.handles[1], events: .readable)
        #expect(try bench.harness.get(PollResult.self, .poll, from: 1, reading).events == [])
        bench.type("ab")
        #expect(bench.harness.notices.isEmpty)
        bench.type("\r")
        #expect(bench.harness.notices.map { $0.operation } == [.ready])
        #expect(try bench.harness.get(PollResult.self, .poll, from: 1, ask) == PollResult(events: [.readable, .writable], available: 3))
        _ = bench.harness.sendWrite(bench.handles[1], from: 1, [UInt8](repeating: 0x78, count: 100_000))
        #expect(try bench.harness.get(PollResult.self, .poll, from: 1, ask).events == .readable)
    }

    @Test func everyRefusalHasItsErrno() throws {
        var bench = try Bench(access: .read)
        let handle = bench.handles[1]
        #expect(bench.harness.write(handle, from: 1, "x") == .failed(.badFileDescriptor))
        #expect(bench.harness.read(handle, from: 2) == .failed(.badFileDescriptor))
        #expect(
            bench.harness.call(.read, from: 1, Read(handle: handle, position: .explicit(1), count: 1)) == .failed(.illegalSeek))
        #expect(bench.harness.call(.seek, from: 1, Seek(handle: handle, offset: 0, whence: .end)) == .failed(.illegalSeek))
        #expect(bench.harness.call(.setSize, from: 1, SetSize(handle: handle, size: 1)) == .failed(.invalidArgument))
        #expect(bench.harness.call(.sync, from: 1, OneHandle(handle: handle)) == .failed(.invalidArgument))
        #expect(bench.harness.call(.createPipe, from: 1, CreatePipe(flags: [])) == .failed(.notSupported))
        #expect(bench.harness.call(.openDevice, from: 1, Bench.open(1)) == .failed(.notPermitted))
        let noTerminal = UInt32(Limits.consoles) + 1
        #expect(bench.harness.call(.openDevice, from: 0, Bench.open(1, minor: noTerminal)) == .failed(.noSuchAddressOrDevice))
        #expect(bench.harness.call(.openDevice, from: 0, Bench.open(1, minor: 0)) == .failed(.noSuchAddressOrDevice))
        #expect(bench.harness.call(.openDevice, from: 0, Bench.open(1, major: .memory)) == .failed(.noSuchAddressOrDevice))
        #expect(bench.harness.call(.openDevice, from: 0, Bench.open(1, open: .directory)) == .failed(.notDirectory))
        let bad = Foreground(session: SessionID(rawValue: 7), group: ProcessGroupID(rawValue: -1))
        #expect(bench.harness.call(.foreground, from: 0, bad) == .failed(.invalidArgument))
        let foreign = SetControllingTerminal(
            process: identity(2), handle: handle, session: SessionID(rawValue: 7), group: ProcessGroupID(rawValue: 70))
        #expect(bench.harness.call(.setControllingTerminal, from: 0, foreign) == .failed(.badFileDescriptor))
    }

    @Test func statusIsThatOfTheNode() throws {
        var bench = try Bench()
        let get = OneHandle(handle: bench.handles[1])
        #expect(try bench.harness.get(FileStatus.self, .status, from: 1, get) == Bench.node)
        _ = bench.harness.write(bench.handles[1], from: 1, "x")
        #expect(try bench.harness.get(FileStatus.self, .status, from: 1, get).modificationTime.rawValue == 5_000_000)
    }

    @Test func flagsAreOfTheDescriptionNotTheHandle() throws {
        var bench = try Bench()
        let shared = try bench.harness.share(bench.handles[1], from: 1, to: 2)
        let flags = SetDescriptionFlags(handle: shared, flags: .nonBlocking)
        #expect(bench.harness.call(.setDescriptionFlags, from: 2, flags) == .empty)
        #expect(bench.read(1) == .failed(.resourceTemporarilyUnavailable))
        #expect(bench.read(2) == .pending, "another description of the same terminal")
    }

    @Test func theDeadHoldNothing() throws {
        var bench = try Bench()
        let waiting = bench.sendRead(1)
        let behind = bench.sendRead(2)
        bench.harness.gone(1)
        bench.type("x\r")
        #expect(bench.harness.outcome(waiting) == .pending, "nobody is there to be answered")
        #expect(bench.harness.outcome(behind) == .text("x\n"))
        bench.harness.gone(2)
        bench.harness.gone(3)
        #expect(bench.harness.reactor.logic.handleCount == 0)
        #expect(bench.harness.reactor.logic.descriptionCount == 0)
        #expect(bench.harness.reactor.logic.waitingCount == 0)
    }
}
