import ABI
import FileServer
import ProcFS
import ServerKit
import Testing

@Suite struct ProcFSTests {
    private func started() -> Client<ProcFS> {
        let client = Client(ProcFS())
        for number in 1...3 { client.connect(process(UInt32(number))) }
        #expect(client.registrations == 1)
        return client
    }

    /// Begins an open that resmgr has to be asked for.
    private func begin(_ client: Client<ProcFS>, _ path: String, process holder: ProcessIdentity = process(1)) -> RequestKey {
        client.begin(
            .walk,
            Walk(
                fileSystem: FileSystemID(rawValue: 1), start: .root, flags: .followLast, depth: 0, linksLeft: 40, path: bytes(path),
                credentials: root, process: holder, operation: .open(OpenFile(access: .read))))
    }

    /// The handle that an open came to.
    private func opened(_ client: Client<ProcFS>, _ key: RequestKey) throws -> Handle {
        let reply = try #require(client.take(key))
        if let error = reply.error { throw error }
        var reader = Reader(reply.body)
        guard case .opened(let opened) = try reader.value(WalkResult.self) else { throw Errno.protocolError }
        #expect(opened.status.size == 0 && opened.status.kind == .regular)
        return opened.handle
    }

    private static func step(_ time: UInt64, _ text: String) -> BootStep { BootStep(time: Nanoseconds(rawValue: time), text: bytes(text)) }

    private static func status(_ wait: String, requests: UInt64 = 5) -> SystemStatus {
        var counters = Counters()
        counters.requests = requests
        counters.answers = 3
        counters.abandoned = 1
        counters.unanswered = 1
        counters.noticesReceived = 7
        counters.noticesSent = 8
        counters.bytesReceived = 1_000
        counters.bytesSent = .max
        return SystemStatus(
            wait: bytes(wait),
            servers: [
                ServerStatus(name: bytes("resmgr"), restarts: 0, report: CountersReport(counters: counters, age: .zero)),
                ServerStatus(
                    name: bytes("tty"), restarts: 2,
                    report: CountersReport(counters: Counters(), age: Nanoseconds(rawValue: 1_999_999))),
                ServerStatus(name: bytes("pipe"), restarts: 6, report: nil),
            ])
    }

    @Test func hasTheFiles() throws {
        let client = started()
        #expect(try client.names("/") == [".", "..", "martlet", "boot", "version", "uptime"])
        let directory = try client.status("/")
        #expect(directory.kind == .directory && directory.mode == 0o555 && directory.links == 2)
        for name in ["martlet", "boot", "version", "uptime"] {
            let status = try client.status(name)
            #expect(status.kind == .regular && status.mode == 0o444 && status.size == 0 && status.blocks == 0 && status.links == 1)
        }
        #expect(throws: Errno.noSuchFileOrDirectory) { try client.open("none") }
        #expect(throws: Errno.notDirectory) { try client.open("version/") }
        #expect(client.questions.isEmpty, "what a file is called nobody is asked for")
    }

    @Test func versionAndUptimeAreThoseOfProc5() throws {
        let client = started()
        #expect(try client.content("version") == "Martlet version 0.1 (a microkernel on WebAssembly)\n")
        for (time, text) in [(0, "0.00 0.00\n"), (9_999_999, "0.00 0.00\n"), (61_070_000_000, "61.07 0.00\n")] as [(UInt64, String)] {
            client.time = time
            #expect(try client.content("uptime") == text)
        }
    }

    @Test func martletTellsTheSystemLineByLine() throws {
        let client = started()
        for (wait, transport) in [("park", "rings"), ("suspend", "broadcast"), ("native", "native")] {
            let key = begin(client, "martlet")
            #expect(client.take(key) == nil)
            #expect(client.questions.map { $0.operation } == [.systemStatus])
            client.answer(Self.status(wait))
            let text = String(decoding: try client.read(try opened(client, key)), as: UTF8.self)
            #expect(
                text == """
                    version 0.1
                    wait \(wait)
                    transport \(transport)
                    server resmgr requests=5 answers=3 abandoned=1 unanswered=1 notices-received=7 notices-sent=8 bytes-received=1000 \
                    bytes-sent=18446744073709551615 age=0 restarts=0
                    server tty requests=0 answers=0 abandoned=0 unanswered=0 notices-received=0 notices-sent=0 bytes-received=0 \
                    bytes-sent=0 age=1 restarts=2
                    server pipe restarts=6

                    """)
        }
    }

    @Test func bootTellsMillisecondsAndWhat() throws {
        let client = started()
        let key = begin(client, "boot")
        client.answer(BootSteps(steps: [Self.step(999, "a"), Self.step(1_234_567, "b c"), Self.step(90_000_000_000, "d")]))
        #expect(try client.read(try opened(client, key)) == bytes("0.000 a\n1.234 b c\n90000.000 d\n"))
    }

    @Test func oneOpenSeesOneText() throws {
        let client = started()
        let first = begin(client, "boot")
        client.answer(BootSteps(steps: [Self.step(0, "early")]))
        let early = try opened(client, first)
        let second = begin(client, "boot")
        client.answer(BootSteps(steps: [Self.step(0, "early"), Self.step(1_000_000, "late")]))
        let late = try opened(client, second)
        #expect(try client.read(early, 9) == bytes("0.000 ear"))
        #expect(try client.read(late) == bytes("0.000 early\n1.000 late\n"))
        #expect(try client.read(early, 100) == bytes("ly\n"))
        #expect(try client.read(early, 100) == [])
        // pread(2): the offset stays; behind the end there is nothing.
        #expect(try client.read(early, 3, at: .explicit(6)) == bytes("ear"))
        #expect(try client.read(early, 3, at: .explicit(12)) == [])
        #expect(try client.read(early, 3, at: .explicit(1 << 62)) == [])
        #expect(throws: Errno.invalidArgument) { try client.read(early, 3, at: .explicit(1 << 63)) }
        #expect(try client.read(early, 0, at: .explicit(0)) == [])
        func seek(_ offset: Int64, _ whence: Whence) throws(Errno) -> UInt64 {
            try client.call(.seek, Seek(handle: early, offset: offset, whence: whence), as: process(1), Offset.self).offset
        }
        #expect(try seek(0, .current) == 12)
        #expect(try seek(-6, .end) == 6)
        #expect(try client.read(early, 2) == bytes("ea"))
        #expect(throws: Errno.invalidArgument) { try seek(-1, .start) }
        // A further holder reads on where the first stopped.
        let shared = try client.call(.share, Share(from: process(1), to: process(2), handles: [early]), ShareResult.self).handles[0]
        try client.close(early)
        #expect(try client.read(shared, 100, as: process(2)) == bytes("rly\n"))
    }

    @Test func nothingCanBeChanged() throws {
        let client = started()
        for name in ["version", "martlet"] {
            #expect(throws: Errno.permissionDenied) { try client.open(name, .write) }
            #expect(throws: Errno.permissionDenied) { try client.open(name, .write, [.create, .truncate]) }
            #expect(throws: Errno.permissionDenied) { try client.open(name, .read, .truncate) }
            #expect(throws: Errno.permissionDenied) { try client.open(name, .execute) }
            #expect(throws: Errno.permissionDenied) { try client.walk(name, .setSize(0)) }
            #expect(throws: Errno.permissionDenied) { try client.walk(name, .access(Permission.write)) }
            #expect(throws: Errno.notPermitted) { try client.walk(name, .setMode(0o666)) }
            #expect(throws: Errno.notPermitted) { try client.walk(name, .setOwner(alice.user, alice.group)) }
            #expect(throws: Errno.notPermitted) { try client.walk(name, .setTimes(TimeChange(access: .now, modification: .now))) }
            #expect(throws: Errno.notPermitted) { try client.walk(name, .unlink) }
            #expect(throws: Errno.notPermitted) { try client.rename(name, "other") }
            #expect(throws: Errno.notPermitted) { try client.link(name, "other") }
        }
        #expect(throws: Errno.notPermitted) { try client.make("new") }
        #expect(throws: Errno.notPermitted) { try client.makeDirectory("new") }
        #expect(throws: Errno.notPermitted) { try client.symbolicLink("version", at: "new") }
        let handle = try client.open("version", as: alice)
        #expect(throws: Errno.badFileDescriptor) { try client.write(handle, [1]) }
        #expect(throws: Errno.badFileDescriptor) {
            try client.call(.setSize, SetSize(handle: handle, size: 0), as: process(1), Nothing.self)
        }
        #expect(throws: Errno.resourceBusy) {
            try client.call(.createFileSystem, CreateFileSystem(options: [], credentials: root), FileSystemCreated.self)
        }
        #expect(client.questions.isEmpty)
    }

    @Test func manyOpensAreOneQuestion() throws {
        let client = started()
        let first = begin(client, "martlet")
        let second = begin(client, "martlet")
        let third = begin(client, "martlet", process: process(2))
        #expect(client.questions.count == 1)
        client.answer(Self.status("park", requests: 10))
        _ = try opened(client, first)
        // Those that came later are told nothing that is older than their open.
        #expect(client.take(second) == nil && client.take(third) == nil && client.questions.count == 1)
        client.answer(Self.status("park", requests: 11))
        let handle = try opened(client, second)
        #expect(String(decoding: try client.read(handle), as: UTF8.self).contains("requests=11"))
        _ = try opened(client, third)
        #expect(client.questions.isEmpty && client.reactor.logic.waitingCount == 0)
    }

    @Test func anOpenThatWaitsCanBeGivenUp() throws {
        let client = started()
        let first = begin(client, "martlet")
        let second = begin(client, "martlet")
        for key in [first, second] {
            client.input(.message(.resourceManager, Message.notice(.cancel, Cancel(request: key.request))))
            #expect(client.take(key)?.error == .interrupted)
        }
        #expect(client.reactor.logic.files.handles.count == 0 && client.reactor.logic.waitingCount == 0)
        client.answer(Self.status("park"))
        #expect(client.questions.isEmpty)
        let third = begin(client, "martlet")
        client.answer(Self.status("park"))
        _ = try opened(client, third)
        #expect(client.countsAgree)
    }

    @Test func whatResmgrRefusesFails() {
        let client = started()
        let martlet = begin(client, "martlet")
        let boot = begin(client, "boot")
        client.answer(.notPermitted)
        client.answer(RawBytes([1, 2, 3]))
        #expect(client.take(martlet)?.error == .ioError)
        #expect(client.take(boot)?.error == .ioError)
        #expect(client.reactor.logic.files.handles.count == 0)
    }

    @Test func aProcessThatIsGoneLeavesNothing() {
        let client = started()
        let key = begin(client, "martlet", process: process(2))
        client.input(.disconnected(ConnectionID(rawValue: process(2).index + 1)))
        client.answer(Self.status("park"))
        #expect(client.take(key)?.error == .ioError)
        #expect(client.reactor.logic.files.handles.count == 0 && client.reactor.logic.waitingCount == 0)
    }

    @Test func goesOnFromWhatWasWrittenDown() throws {
        let client = started()
        let open = begin(client, "boot")
        client.answer(BootSteps(steps: [Self.step(0, "text")]))
        let handle = try opened(client, open)
        #expect(try client.read(handle, 3) == bytes("0.0"))
        let waiting = begin(client, "martlet")
        let next = begin(client, "martlet")
        var writer = Writer()
        client.reactor.encode(into: &writer)
        var reader = Reader(writer.bytes)
        client.reactor = try ServerReactor<ProcFS>(decoding: &reader)
        try reader.finish()
        var again = Writer()
        client.reactor.encode(into: &again)
        #expect(again.bytes == writer.bytes)
        for length in 0..<writer.bytes.count {
            var short = Reader(Array(writer.bytes[..<length]))
            #expect(throws: Errno.badMessage) { try ServerReactor<ProcFS>(decoding: &short) }
        }
        #expect(try client.read(handle) == bytes("00 text\n"))
        client.answer(Self.status("park"))
        client.answer(Self.status("suspend"))
        #expect(String(decoding: try client.read(try opened(client, waiting)), as: UTF8.self).contains("wait park\n"))
        #expect(String(decoding: try client.read(try opened(client, next)), as: UTF8.self).contains("wait suspend\n"))
        #expect(client.registrations == 1 && client.countsAgree)
    }
}
