import Martlet
import SystemV
import Testing

@Suite struct InittabTests {
    @Test func readsEveryAction() {
        let text = """
            # comment
            id:2:initdefault:

              si::sysinit:/bin/rc a:b
            bo::boot:/bin/x
            bw::bootwait:/bin/x
            w:23:wait:/bin/x
            o:2S:once:/bin/x
            c1:2345:respawn:/bin/sh -l
            of::off:
            ca::ctrlaltdel:/bin/x
            """
        let (entries, complaints) = Inittab.parse(bytes(text))
        #expect(complaints.isEmpty)
        #expect(
            entries.map(\.action) == [
                .initialDefault, .systemInitialization, .boot, .bootWait, .wait, .once, .respawn, .off, .controlAltDelete,
            ])
        #expect(entries[1].process == bytes("/bin/rc a:b"))
        #expect(entries[5].runlevels == bytes("2S"))
        #expect(entries[6].applies(in: Runlevel(letter: UInt8(ascii: "3"))))
        #expect(!entries[6].applies(in: .single))
    }

    @Test(arguments: [
        ("a:2:respawn", "fewer than three colons"), ("abcde:2:respawn:/x", "one to four"), (":2:respawn:/x", "one to four"),
        ("a:9:respawn:/x", "no runlevel"), ("a:2:respwan:/x", "unknown"), ("a:2:respawn:", "missing"), ("a:23:initdefault:", "exactly one"),
        ("a::initdefault:", "exactly one"), ("nonsense", "fewer"),
    ])
    func complainsOfMalformedLinesAndGoesOn(_ line: String, _ reason: String) {
        let (entries, complaints) = Inittab.parse(bytes("x:2:once:/a\n" + line + "\ny:2:once:/b"))
        #expect(entries.map(\.id) == [bytes("x"), bytes("y")])
        #expect(complaints.map(\.line) == [2])
        #expect(complaints.allSatisfy { String(decoding: $0.reason, as: UTF8.self).contains(reason) })
    }

    @Test func refusesDuplicates() {
        let (entries, complaints) = Inittab.parse(bytes("a:2:once:/a\na:3:once:/b\ni:2:initdefault:\nj:3:initdefault:\n"))
        #expect(entries.count == 2)
        #expect(complaints.map(\.line) == [2, 4])
    }

    @Test func commandsWithSpecialCharactersNeedAShell() {
        #expect(Inittab.command(bytes("/bin/sh  -l")) == [bytes("/bin/sh"), bytes("-l")])
        #expect(Inittab.command(bytes("/bin/a >f")) == [bytes("/bin/sh"), bytes("-c"), bytes("exec /bin/a >f")])
    }
}

@Suite struct SupervisorTests {
    private func supervisor(_ text: String, _ level: String = "2") throws -> Supervisor {
        Supervisor(entries: Inittab.parse(bytes(text)).entries, level: try #require(Runlevel(bytes(level))))
    }

    @Test func tenStartsInTwoMinutesAreAllowed() {
        var limit = RespawnLimit()
        let first = (0..<10).map { limit.start(at: UInt64($0) * 1_000_000_000) }
        #expect(first == [Bool](repeating: true, count: 10))
        let eleventh = limit.start(at: 10_000_000_000)
        #expect(!eleventh)
        #expect(limit.disabledUntil == 310_000_000_000)
        let afterTheRest = limit.start(at: 310_000_000_000)
        #expect(afterTheRest)
        var slow = RespawnLimit()
        let every12Seconds = (0..<100).map { slow.start(at: UInt64($0) * 12_000_000_001) }
        #expect(every12Seconds == [Bool](repeating: true, count: 100))
    }

    @Test func startsWhatTheRunlevelNames() throws {
        var supervisor = try supervisor("a:2:respawn:/a\nb:3:respawn:/b\nc::once:/c\nd:2:off:/d\ne::boot:/e")
        #expect(supervisor.due(at: 0) == [0, 2])
        supervisor.services[0].process = 10
        supervisor.services[2].process = 11
        supervisor.services[2].hasStarted = true
        #expect(supervisor.due(at: 0) == [])
        supervisor.ended(10)
        supervisor.ended(11)
        #expect(supervisor.due(at: 0) == [0])
    }

    @Test func aNewRunlevelStopsAndStarts() throws {
        var supervisor = try supervisor("a:2:respawn:/a\nb:3:respawn:/b\nc:23:once:/c")
        supervisor.services[0].process = 10
        supervisor.services[2].process = 11
        supervisor.services[2].hasStarted = true
        let stopped = supervisor.enter(try #require(Runlevel(bytes("3"))))
        #expect(stopped == [10])
        #expect(supervisor.due(at: 0) == [1])
        supervisor.ended(11)
        #expect(supervisor.due(at: 0) == [1, 2])
    }

    @Test func aNewTableKeepsWhatRuns() throws {
        var supervisor = try supervisor("a:2:respawn:/a\nb:2:respawn:/b\nc:2:respawn:/c")
        for index in 0..<3 { supervisor.services[index].process = Int32(10 + index) }
        let stopped = supervisor.reload(Inittab.parse(bytes("a:2:respawn:/a\nc:2:off:/c\nd:2:respawn:/d")).entries)
        #expect(stopped == [11, 12])
        #expect(supervisor.services.map(\.process) == [10, 12, 0])
        #expect(supervisor.due(at: 0) == [2])
    }

    @Test func anEntryThatRestsIsDueLater() throws {
        var supervisor = try supervisor("a:2:respawn:/a")
        for _ in 0..<11 { _ = supervisor.services[0].limit.start(at: 5) }
        #expect(supervisor.due(at: 6) == [])
        #expect(supervisor.nextTime(after: 6) == 5 + RespawnLimit.rest)
        #expect(supervisor.due(at: 5 + RespawnLimit.rest) == [0])
    }

    /// Else all its tries would be over before what it lacks could be there, and it would rest for minutes.
    @Test func anEntryThatCouldNotBeStartedIsTriedLater() throws {
        var supervisor = try supervisor("a:2:respawn:/a")
        let isAllowed = supervisor.services[0].limit.start(at: 5)
        #expect(isAllowed)
        supervisor.services[0].limit.startFailed(at: 6)
        #expect(supervisor.due(at: 7) == [])
        #expect(supervisor.nextTime(after: 7) == 6 + RespawnLimit.pause)
        #expect(supervisor.due(at: 6 + RespawnLimit.pause) == [0])
        // A failure does not shorten a rest.
        for _ in 0..<10 { _ = supervisor.services[0].limit.start(at: 8) }
        supervisor.services[0].limit.startFailed(at: 9)
        #expect(supervisor.nextTime(after: 10) == 8 + RespawnLimit.rest)
    }

    @Test func theConsoleIsTheTerminalOfTheLastThatRuns() throws {
        var supervisor = try supervisor("a:2:respawn:/agent\nb:2:respawn:/bin/sh\nc:2:off:/c")
        #expect(supervisor.takesTerminal(0) && supervisor.takesTerminal(1))
        supervisor.services[0].process = 10
        #expect(supervisor.takesTerminal(1))
        supervisor.services[1].process = 11
        // The first is started again while the shell runs.
        supervisor.ended(10)
        #expect(!supervisor.takesTerminal(0))
        supervisor.ended(11)
        #expect(supervisor.takesTerminal(0) && supervisor.takesTerminal(1))
    }
}
