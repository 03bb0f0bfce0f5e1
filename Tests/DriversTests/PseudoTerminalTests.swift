import ABI
import ServerKit
import TTY
import TestSupport
import Testing

/// A pair: process 1 has its master, process 2 its terminal.
struct Pair {
    var harness = Harness(TerminalDriver())
    var master: Handle
    var terminal = Handle.none
    let number: UInt32

    init() throws {
        for process in UInt32(1)...3 { harness.connect(process) }
        master = try harness.get(FileOpened.self, .openDevice, from: 0, Self.openMaster(1)).handle
        number = try harness.get(PseudoTerminal.self, .getPseudoTerminal, from: 1, OneHandle(handle: master)).number
        #expect(harness.call(.controlTerminal, from: 1, ControlTerminal(handle: master, command: .unlock)) == .empty)
        terminal = try open(2)
    }

    static func openMaster(_ process: UInt32, flags: DescriptionFlags = [], user: UserID = .root) -> OpenDevice {
        var open = Bench.open(process, [.read, .write], flags, minor: 2, major: .controllingTerminal)
        open.user = user
        return open
    }

    /// Opens the terminal by its name in `/dev/pts`, as resmgr does.
    mutating func open(_ process: UInt32, flags: DescriptionFlags = []) throws -> Handle {
        let name = try #require(try names().first { $0.minor == minor })
        var open = Bench.open(process, [.read, .write], flags, minor: minor)
        open.node = name
        return try harness.get(FileOpened.self, .openDevice, from: 0, open).handle
    }

    var minor: UInt32 { UInt32(Limits.consoles) + 1 + number }

    /// What `/dev/pts` lists.
    mutating func names() throws -> [FileStatus] {
        var found: [FileStatus] = []
        for number in 0..<UInt32(4) {
            let walk = Walk(
                fileSystem: FileSystemID(rawValue: 1), start: .root, flags: .empty, depth: 0, linksLeft: 0,
                path: Array("\(number)".utf8), credentials: Credentials(user: .root, group: GroupID(rawValue: 0), supplementary: []),
                process: .nobody, operation: .status)
            guard case .done(let bytes) = harness.call(.walk, from: 0, walk) else { continue }
            var reader = Reader(bytes)
            if case .status(let status) = try reader.value(WalkResult.self) { found.append(status) }
        }
        return found
    }

    mutating func set(_ change: (inout TerminalAttributes) -> Void, _ action: AttributeAction = .now) -> Outcome {
        var attributes = TerminalAttributes.standard
        change(&attributes)
        return harness.call(
            .setTerminalAttributes, from: 2, SetTerminalAttributes(handle: terminal, action: action, attributes: attributes))
    }

    mutating func command(_ command: TerminalCommand) -> RequestKey {
        harness.send(.controlTerminal, from: 2, ControlTerminal(handle: terminal, command: command))
    }

    /// The terminal becomes that of session 7, whose leader is of group 7, with foreground group 70.
    mutating func control() throws {
        let body = SetControllingTerminal(
            process: identity(2), handle: terminal, session: SessionID(rawValue: 7), group: ProcessGroupID(rawValue: 70))
        #expect(try harness.get(SessionTerminal.self, .setControllingTerminal, from: 0, body).minor == minor)
    }

    var signals: [SignalGroup] {
        harness.notices.filter { $0.operation == .signalGroup }.compactMap {
            var reader = Reader($0.body)
            return try? SignalGroup(from: &reader)
        }
    }

    mutating func poll(_ handle: Handle, from process: UInt32, _ events: PollEvents = [.readable, .writable]) throws -> PollEvents {
        try harness.get(PollResult.self, .poll, from: process, Poll(handle: handle, events: events)).events
    }

    mutating func close(_ handle: Handle, from process: UInt32) {
        #expect(harness.call(.close, from: process, OneHandle(handle: handle)) == .empty)
    }
}

@Suite struct PseudoTerminalTests {
    @Test func whatTheMasterWritesIsTypedAndWhatIsShownItReads() throws {
        var pair = try Pair()
        let read = pair.harness.sendRead(pair.terminal, from: 2)
        let shown = pair.harness.sendRead(pair.master, from: 1)
        #expect(pair.harness.write(pair.master, from: 1, "ls\r") == .count(3))
        #expect(pair.harness.outcome(read) == .text("ls\n"))
        #expect(pair.harness.outcome(shown) == .text("ls\r\n"))
        #expect(pair.harness.write(pair.terminal, from: 2, "a\n") == .count(2))
        #expect(pair.harness.read(pair.master, from: 1, 2) == .text("a\r"))
        #expect(pair.harness.read(pair.master, from: 1) == .text("\n"))
        #expect(pair.harness.calls.isEmpty, "no device hears of it")
    }

    @Test func aPairIsLockedUntilItIsUnlocked() throws {
        var pair = try Pair()
        let master = try pair.harness.get(FileOpened.self, .openDevice, from: 0, Pair.openMaster(3)).handle
        let other = try pair.harness.get(PseudoTerminal.self, .getPseudoTerminal, from: 3, OneHandle(handle: master)).number
        #expect(other != pair.number)
        let locked = Bench.open(2, minor: UInt32(Limits.consoles) + 1 + other)
        var byName = locked
        byName.node = try #require(try pair.names().first { $0.minor == locked.minor })
        #expect(pair.harness.call(.openDevice, from: 0, byName) == .failed(.ioError))
        let unlock = ControlTerminal(handle: master, command: .unlock)
        #expect(pair.harness.call(.controlTerminal, from: 3, unlock) == .empty)
        _ = try pair.harness.get(FileOpened.self, .openDevice, from: 0, byName)
        // Of the terminal itself neither can be asked.
        let wrong = pair.command(.unlock)
        #expect(pair.harness.outcome(wrong) == .failed(.inappropriateIOControl))
        #expect(
            pair.harness.call(.getPseudoTerminal, from: 2, OneHandle(handle: pair.terminal)) == .failed(.inappropriateIOControl))
    }

    @Test func aNameIsThereAsLongAsItsMasterAndMeansNoOtherPair() throws {
        var pair = try Pair()
        var open = Pair.openMaster(3)
        open.user = UserID(rawValue: 1000)
        let master = try pair.harness.get(FileOpened.self, .openDevice, from: 0, open).handle
        let name = try #require(try pair.names().last)
        #expect(try pair.names().count == 2)
        #expect(name.kind == .characterDevice && name.mode == 0o620 && name.user.rawValue == 1000 && name.group.rawValue == 5)
        pair.close(master, from: 3)
        #expect(try pair.names().count == 1)
        var stale = Bench.open(2, minor: name.minor)
        stale.node = name
        #expect(pair.harness.call(.openDevice, from: 0, stale) == .failed(.noSuchAddressOrDevice))
        // The number is given again; the old name is still no name for it.
        let again = try pair.harness.get(FileOpened.self, .openDevice, from: 0, Pair.openMaster(3)).handle
        #expect(try pair.names().last?.minor == name.minor)
        #expect(pair.harness.call(.controlTerminal, from: 3, ControlTerminal(handle: again, command: .unlock)) == .empty)
        #expect(pair.harness.call(.openDevice, from: 0, stale) == .failed(.noSuchAddressOrDevice))
    }

    @Test func thereAreNoMoreThanTheLimit() throws {
        var pair = try Pair()
        for _ in 1..<Limits.pseudoTerminals { _ = try pair.harness.get(FileOpened.self, .openDevice, from: 0, Pair.openMaster(3)) }
        #expect(pair.harness.call(.openDevice, from: 0, Pair.openMaster(3)) == .failed(.resourceTemporarilyUnavailable))
        #expect(pair.harness.reactor.logic.pairCount == Limits.pseudoTerminals)
        pair.harness.gone(3)
        #expect(pair.harness.reactor.logic.pairCount == 1)
        _ = try pair.harness.get(FileOpened.self, .openDevice, from: 0, Pair.openMaster(1))
    }

    @Test func theEndOfTheMasterHangsUp() throws {
        var pair = try Pair()
        try pair.control()
        let third = try pair.harness.share(pair.terminal, from: 2, to: 3)
        let read = pair.harness.sendRead(pair.terminal, from: 2)
        let write = pair.harness.sendWrite(third, from: 3, [UInt8](repeating: 0x78, count: 100_000))
        let drain = pair.command(.drain)
        #expect(pair.harness.outcome(drain) == .pending)
        _ = pair.harness.call(.poll, from: 2, Poll(handle: pair.terminal, events: .readable))
        pair.close(pair.master, from: 1)
        #expect(pair.harness.outcome(read) == .empty)
        #expect(pair.harness.outcome(write) == .count(56 << 10))
        #expect(pair.harness.outcome(drain) == .failed(.ioError))
        #expect(pair.harness.notices.contains { $0.operation == .ready && $0.connection == 2 })
        #expect(
            pair.signals == [
                SignalGroup(group: ProcessGroupID(rawValue: 70), signal: .hangUp),
                SignalGroup(group: ProcessGroupID(rawValue: 70), signal: .continue),
                SignalGroup(group: ProcessGroupID(rawValue: 7), signal: .hangUp),
                SignalGroup(group: ProcessGroupID(rawValue: 7), signal: .continue),
            ])
        #expect(pair.harness.read(pair.terminal, from: 2) == .empty)
        #expect(pair.harness.write(pair.terminal, from: 2, "x") == .failed(.ioError))
        #expect(pair.harness.call(.getTerminalAttributes, from: 2, OneHandle(handle: pair.terminal)) == .failed(.ioError))
        #expect(try pair.poll(pair.terminal, from: 2) == [.readable, .writable, .hangUp])
        // The number is nobody else's while somebody names it or a session knows it.
        pair.close(pair.terminal, from: 2)
        pair.close(third, from: 3)
        #expect(pair.harness.reactor.logic.pairCount == 1)
        let over = Foreground(session: SessionID(rawValue: 7), group: .none)
        _ = try pair.harness.get(ForegroundGroup.self, .foreground, from: 0, over)
        #expect(pair.harness.reactor.logic.pairCount == 0)
    }

    @Test func theEndOfTheTerminalShowsAtTheMaster() throws {
        var pair = try Pair()
        _ = pair.harness.write(pair.terminal, from: 2, "last")
        #expect(try pair.poll(pair.master, from: 1) == [.readable, .writable])
        pair.close(pair.terminal, from: 2)
        #expect(pair.harness.read(pair.master, from: 1) == .text("last"))
        #expect(try pair.poll(pair.master, from: 1) == [.readable, .writable, .hangUp])
        #expect(pair.harness.read(pair.master, from: 1) == .failed(.ioError))
        // It may be opened again, and then the master waits.
        _ = pair.harness.write(pair.master, from: 1, "typed\n")
        pair.terminal = try pair.open(2)
        #expect(pair.harness.read(pair.terminal, from: 2) == .text("typed\n"), "what was typed while it was closed is kept")
        _ = pair.harness.read(pair.master, from: 1)
        let read = pair.harness.sendRead(pair.master, from: 1)
        #expect(pair.harness.outcome(read) == .pending)
        _ = pair.harness.write(pair.master, from: 1, "unread")
        pair.close(pair.terminal, from: 2)
        #expect(pair.harness.outcome(read) == .text("unread"), "the echo")
        pair.terminal = try pair.open(2)
        _ = pair.harness.write(pair.master, from: 1, "\n")
        #expect(pair.harness.read(pair.terminal, from: 2) == .text("\n"), "POSIX XBD 11.1.11: the last close drops what was not read")
    }

    @Test func bothEndsWaitForRoomAndCanBeCancelled() throws {
        var pair = try Pair()
        #expect(pair.set { $0.local = 0 } == .empty)
        let typed = [UInt8](repeating: 0x61, count: 3 * Limits.terminalLine)
        let write = pair.harness.sendWrite(pair.master, from: 1, typed)
        #expect(pair.harness.outcome(write) == .pending)
        #expect(try pair.poll(pair.master, from: 1, .writable) == [])
        pair.harness.cancel(write)
        #expect(pair.harness.outcome(write) == .count(2 * Limits.terminalLine), "what the queue and the window before it hold")
        #expect(pair.harness.read(pair.terminal, from: 2, 10_000) == .done(Array(typed[..<Limits.terminalLine])))
        #expect(pair.harness.read(pair.terminal, from: 2, 10_000) == .done(Array(typed[..<Limits.terminalLine])))
        let next = pair.harness.sendRead(pair.terminal, from: 2)
        pair.harness.cancel(next)
        #expect(pair.harness.outcome(next) == .failed(.interrupted))
        _ = pair.harness.write(pair.master, from: 1, "b")
        #expect(pair.harness.read(pair.terminal, from: 2) == .text("b"), "a cancelled read eats nothing")
        let masterRead = pair.harness.sendRead(pair.master, from: 1)
        pair.harness.cancel(masterRead)
        #expect(pair.harness.outcome(masterRead) == .failed(.interrupted))
        _ = pair.harness.write(pair.terminal, from: 2, "c")
        #expect(pair.harness.read(pair.master, from: 1) == .text("c"))
    }

    @Test func nonBlockingEndsDoNotWait() throws {
        var pair = try Pair()
        let flags = SetDescriptionFlags(handle: pair.master, flags: .nonBlocking)
        #expect(pair.harness.call(.setDescriptionFlags, from: 1, flags) == .empty)
        #expect(pair.harness.read(pair.master, from: 1) == .failed(.resourceTemporarilyUnavailable))
        #expect(pair.set { $0.local = 0 } == .empty)
        #expect(
            pair.harness.write(pair.master, from: 1, [UInt8](repeating: 0, count: 9000)) == .count(Limits.terminalLine))
        #expect(pair.harness.write(pair.master, from: 1, [UInt8](repeating: 0, count: 9000)) == .count(Limits.terminalLine))
        #expect(pair.harness.write(pair.master, from: 1, "x") == .failed(.resourceTemporarilyUnavailable))
        pair.close(pair.terminal, from: 2)
        #expect(pair.harness.read(pair.master, from: 1) == .failed(.ioError))
    }

    @Test func aSizeSetAtTheMasterIsTold() throws {
        var pair = try Pair()
        try pair.control()
        let size = WindowSize(rows: 30, columns: 100, width: 0, height: 0)
        #expect(pair.harness.call(.setWindowSize, from: 1, SetWindowSize(handle: pair.master, size: size)) == .empty)
        #expect(try pair.harness.get(WindowSize.self, .getWindowSize, from: 2, OneHandle(handle: pair.terminal)) == size)
        #expect(pair.signals == [SignalGroup(group: ProcessGroupID(rawValue: 70), signal: .windowChange)])
        #expect(
            try pair.harness.get(ForegroundGroup.self, .getForegroundGroup, from: 1, OneHandle(handle: pair.master)).group.rawValue == 70)
        let session = try pair.harness.get(TerminalSession.self, .getTerminalSession, from: 2, OneHandle(handle: pair.terminal))
        #expect(session.session.rawValue == 7)
    }

    @Test func drainWaitsUntilTheMasterHasRead() throws {
        var pair = try Pair()
        let idle = pair.command(.drain)
        #expect(pair.harness.outcome(idle) == .empty)
        _ = pair.harness.write(pair.terminal, from: 2, "ab")
        let drain = pair.command(.drain)
        let given = pair.command(.drain)
        _ = pair.harness.read(pair.master, from: 1, 1)
        #expect(pair.harness.outcome(drain) == .pending)
        pair.harness.cancel(given)
        #expect(pair.harness.outcome(given) == .failed(.interrupted))
        _ = pair.harness.read(pair.master, from: 1, 1)
        #expect(pair.harness.outcome(drain) == .empty)
        // What is dropped is waited for no longer.
        _ = pair.harness.write(pair.terminal, from: 2, "cd")
        let dropped = pair.command(.drain)
        _ = pair.command(.flushOutput)
        #expect(pair.harness.outcome(dropped) == .empty)
    }

    @Test func aHeldWriterHoldsUpNobodyElse() throws {
        var pair = try Pair()
        _ = pair.harness.write(pair.master, from: 1, "\u{13}")
        let write = pair.harness.sendWrite(pair.terminal, from: 2, Array("held".utf8))
        #expect(pair.harness.outcome(write) == .pending)
        _ = pair.harness.write(pair.master, from: 1, "line\n")
        #expect(pair.harness.read(pair.terminal, from: 2) == .text("line\n"))
        pair.harness.cancel(write)
        #expect(pair.harness.outcome(write) == .failed(.interrupted))
        _ = pair.harness.write(pair.master, from: 1, "\u{11}")
        #expect(pair.harness.read(pair.master, from: 1) == .text("line\r\n"), "the echo was held too, and nothing of the write is left")
    }

    @Test func inputControlStopsAndStartsTheMaster() throws {
        var pair = try Pair()
        #expect(
            pair.set {
                $0.input = TerminalInput.inputControl
                $0.local = 0
            } == .empty)
        _ = pair.harness.write(pair.master, from: 1, [UInt8](repeating: 0x61, count: 3072))
        #expect(pair.harness.read(pair.master, from: 1) == .text("\u{13}"))
        #expect(pair.harness.read(pair.terminal, from: 2, 2000) == .done([UInt8](repeating: 0x61, count: 2000)))
        let more = pair.harness.sendRead(pair.master, from: 1)
        #expect(pair.harness.outcome(more) == .pending)
        _ = pair.harness.read(pair.terminal, from: 2, 48)
        #expect(pair.harness.outcome(more) == .text("\u{11}"))
        // By hand, also while output is held.
        _ = pair.command(.holdOutput)
        _ = pair.command(.stopInput)
        #expect(pair.harness.read(pair.master, from: 1) == .text("\u{13}"))
        _ = pair.command(.startInput)
        #expect(pair.harness.read(pair.master, from: 1) == .text("\u{11}"))
    }

    @Test func noSpeedHangsUpUnlessTheLineIsLocal() throws {
        var pair = try Pair()
        try pair.control()
        #expect(
            pair.set {
                $0.outputSpeed = 0
                $0.control |= TerminalControl.local
            } == .empty)
        #expect(pair.signals.isEmpty)
        #expect(pair.set { $0.outputSpeed = 0 } == .empty)
        #expect(pair.signals.first?.signal == .hangUp)
        #expect(pair.harness.read(pair.terminal, from: 2) == .empty)
        #expect(pair.harness.read(pair.master, from: 1) == .failed(.ioError))
        // Opened anew it has a speed, and is a terminal like any other.
        let again = try pair.open(3)
        let attributes = try pair.harness.get(TerminalAttributes.self, .getTerminalAttributes, from: 3, OneHandle(handle: again))
        #expect(attributes.outputSpeed == 38400)
        #expect(pair.harness.write(again, from: 3, "x") == .count(1))
        #expect(pair.harness.read(pair.master, from: 1) == .text("x"))
    }

    @Test func directoriesOfNamesAreSharedBesideTerminals() throws {
        var pair = try Pair()
        let walk = Walk(
            fileSystem: FileSystemID(rawValue: 1), start: .root, flags: .empty, depth: 0, linksLeft: 0, path: [UInt8(ascii: ".")],
            credentials: Credentials(user: .root, group: GroupID(rawValue: 0), supplementary: []), process: identity(2),
            operation: .open(OpenFile(access: .read, open: .directory, flags: [])))
        let result = try pair.harness.get(WalkResult.self, .walk, from: 0, walk)
        guard case .opened(let opened) = result else { return #expect(Bool(false), "the directory is opened") }
        let body = Share(from: identity(2), to: identity(3), handles: [opened.handle, pair.terminal])
        let shared = try pair.harness.get(ShareResult.self, .share, from: 0, body).handles
        #expect(shared.count == 2)
        let list = ReadDirectory(handle: shared[0], cookie: 0, count: 4096)
        guard case .done(let bytes) = pair.harness.call(.readDirectory, from: 3, list) else {
            return #expect(Bool(false), "the directory is read")
        }
        #expect(bytes.contains(UInt8(ascii: "0")))
        #expect(pair.harness.write(shared[1], from: 3, "x") == .count(1))
        // All or none.
        let wrong = Share(from: identity(2), to: identity(1), handles: [pair.terminal, opened.handle, .none])
        let before = pair.harness.reactor.logic.handleCount
        #expect(pair.harness.call(.share, from: 0, wrong) == .failed(.badFileDescriptor))
        #expect(pair.harness.reactor.logic.handleCount == before)
        pair.harness.message(Message.notice(.drop, Drop(process: identity(3), handles: shared)), from: 0)
        #expect(pair.harness.reactor.logic.handleCount == before - 2)
    }

    @Test func aPairGoesOnInTheMiddleOfEverything() throws {
        var pair = try Pair()
        try pair.control()
        let write = pair.harness.sendWrite(pair.terminal, from: 2, [UInt8](repeating: 0x78, count: 70_000))
        let typed = pair.harness.sendWrite(pair.master, from: 1, [UInt8](repeating: 0x79, count: 9_000))
        let drain = pair.command(.drain)
        try pair.harness.restore()
        pair.harness.refusesPartsOfItself(step: 4999)
        for _ in 0..<20 { _ = pair.harness.read(pair.master, from: 1) }
        #expect(pair.harness.outcome(write) == .count(70_000))
        #expect(pair.harness.outcome(typed) == .count(9_000), "a line that is too long loses its end")
        #expect(pair.harness.outcome(drain) == .empty)
        let read = pair.harness.sendRead(pair.master, from: 1)
        #expect(pair.set { attributes in attributes.local = 0 } == .empty)
        pair.close(pair.terminal, from: 2)
        try pair.harness.restore()
        #expect(pair.harness.outcome(read) != .pending)
        pair.close(pair.master, from: 1)
        try pair.harness.restore()
        #expect(try pair.names().isEmpty)
    }
}

@Suite struct ConsoleTests {
    @Test func thePageShowsTheFirstAndTheOthersKeepTheirOutput() throws {
        var bench = try Bench()
        let second = try bench.harness.get(FileOpened.self, .openDevice, from: 0, Bench.open(2, minor: 2)).handle
        #expect(bench.harness.write(second, from: 2, "hidden") == .count(6))
        #expect(bench.shown.isEmpty)
        #expect(bench.harness.write(bench.handles[1], from: 1, "shown") == .count(5))
        #expect(bench.shown == Array("shown".utf8))
        let read = bench.harness.sendRead(second, from: 2)
        bench.type("x\r")
        #expect(bench.harness.outcome(read) == .pending)
        #expect(bench.read() == .text("x\n"))
    }

    @Test func settingsAreTheirOwn() throws {
        var bench = try Bench()
        let second = try bench.harness.get(FileOpened.self, .openDevice, from: 0, Bench.open(2, minor: 2)).handle
        bench.raw(minimum: 1, time: 0)
        let attributes = try bench.harness.get(TerminalAttributes.self, .getTerminalAttributes, from: 2, OneHandle(handle: second))
        #expect(attributes == .standard)
    }

    @Test func settingsSurviveTheDriver() throws {
        var bench = try Bench()
        try bench.control()
        bench.raw(minimum: 4, time: 2)
        let size = WindowSize(rows: 50, columns: 132, width: 0, height: 0)
        #expect(bench.harness.call(.setWindowSize, from: 1, SetWindowSize(handle: bench.handles[1], size: size)) == .empty)
        let record = try #require(bench.harness.notices.last { $0.operation == .restartRecord }?.body)
        #expect(record.count <= Limits.restartRecord)

        func restarted(_ record: [UInt8]) throws -> (TerminalAttributes, WindowSize, Outcome) {
            var line = "record="
            for byte in record { line += byte < 16 ? "0\(String(byte, radix: 16))" : String(byte, radix: 16) }
            var harness = Harness(TerminalDriver(), configuration: Array("\(line)\n".utf8))
            harness.connect(1)
            let handle = try harness.get(FileOpened.self, .openDevice, from: 0, Bench.open(1)).handle
            return (
                try harness.get(TerminalAttributes.self, .getTerminalAttributes, from: 1, OneHandle(handle: handle)),
                try harness.get(WindowSize.self, .getWindowSize, from: 1, OneHandle(handle: handle)),
                harness.call(.getForegroundGroup, from: 1, OneHandle(handle: handle))
            )
        }
        let (attributes, found, group) = try restarted(record)
        #expect(attributes.controlCharacters[ControlCharacter.minimum] == 4 && attributes.local & TerminalLocal.canonical == 0)
        #expect(found == size)
        #expect(group == .done([70, 0, 0, 0]))
        for wrong in [[], [9], Array(record.dropLast()), record + [0]] {
            let (attributes, _, group) = try restarted(wrong)
            #expect(attributes == .standard)
            #expect(group == .failed(.inappropriateIOControl))
        }
    }
}
