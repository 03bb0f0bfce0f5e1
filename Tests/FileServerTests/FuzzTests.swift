import ABI
import DevFS
import FileServer
import NetFS
import ProcFS
import ServerKit
import TestSupport
import Testing
import TmpFS

/// Random and mutated messages: nothing traps, everything is answered, and nothing is left when all processes are gone.
@Suite struct FuzzTests {
    /// Sends `Run.messages` messages; answers how their requests were answered.
    private func fuzz<Logic: Server>(
        _ client: Client<Logic>, seed: UInt64, paths: [String], files: (Logic) -> FileSystems,
        answer: (Client<Logic>, inout Seeded) -> Void
    ) -> Coverage {
        var fuzzer = FileFuzzer(Run.seed &+ seed, paths: paths)
        var coverage = Coverage()
        var steps: [RequestKey: String] = [:]
        var open: [(owner: ProcessIdentity, handle: Handle)] = []
        for step in 0..<Run.messages {
            for number in 1...4 where !client.reactor.isConnected(process(UInt32(number))) { client.connect(process(UInt32(number))) }
            fuzzer.holder = fuzzer.other()
            if step % 16 == 0 {
                open = handles(client, files)
                fuzzer.fileSystems = files(client.reactor.logic).trees.keys
            }
            choose(&fuzzer, open)
            let isManagement = fuzzer.random.chance(45)
            // Whoever breaks the protocol loses all it has, so one process alone does.
            let isHostile = !isManagement && fuzzer.random.chance(5)
            if isHostile { fuzzer.holder = process(4) }
            var question = isManagement ? fuzzer.management() : fuzzer.request()
            let isOther = fuzzer.random.chance(1)
            if isOther { question.operation = fuzzer.random.pick(Operation.allCases) }
            let connection = isManagement ? .resourceManager : ConnectionID(rawValue: fuzzer.holder.index + 1)
            let key = RequestKey(connection: connection, request: RequestID(rawValue: UInt32(step + 1)))
            var message = Message.request(
                question.operation, id: key.request, replySpace: fuzzer.random.chance(10) ? fuzzer.random.below(100) : 100_000,
                RawBytes(question.body))
            if !isManagement { stamp(&message, fuzzer.holder) }
            if isHostile || fuzzer.random.chance(10) {
                message = fuzzer.damage(message, keepsProtocol: !isHostile)
            } else if !isOther {
                steps[key] = question.step
            }
            client.time += 1
            client.input(.message(key.connection, message))
            if !isManagement { fuzzer.remember(key.request) }
            if fuzzer.random.chance(10) { cancel(client, &fuzzer) }
            if fuzzer.random.chance(3) { answer(client, &fuzzer.random) }
            if fuzzer.random.below(300) == 0 { client.input(.disconnected(ConnectionID(rawValue: fuzzer.holder.index + 1))) }
            hear(client, &fuzzer, &steps, &coverage)
        }
        leave(client, files)
        return coverage
    }

    /// Counts the answers, and learns from them what there is.
    private func hear<Logic: Server>(
        _ client: Client<Logic>, _ fuzzer: inout FileFuzzer, _ steps: inout [RequestKey: String], _ coverage: inout Coverage
    ) {
        for reply in client.replies {
            let result = walkResult(reply.header, reply.body)
            if let result { fuzzer.learn(result) }
            let key = RequestKey(connection: reply.connection, request: reply.header.request)
            guard let step = steps.removeValue(forKey: key) else { continue }
            coverage.note(result.flatMap(elsewhere) ?? step, Errno.decode(reply.header.argument))
        }
        client.forgetReplies()
        _ = client.takeNotices()
    }

    /// A handle that is there, mostly one of the process that speaks; sometimes none.
    private func choose(_ fuzzer: inout FileFuzzer, _ open: [(owner: ProcessIdentity, handle: Handle)]) {
        fuzzer.handle = Handle(index: UInt32(fuzzer.random.below(8)), generation: UInt32(fuzzer.random.below(3)))
        guard !open.isEmpty, fuzzer.random.chance(92) else { return }
        let (owner, handle) = fuzzer.random.pick(open)
        fuzzer.handle = handle
        if fuzzer.random.chance(95) { fuzzer.holder = owner }
    }

    /// The handles of processes 1 to 4. A damaged request may have given some to any other process, which is over then.
    private func handles<Logic: Server>(
        _ client: Client<Logic>, _ files: (Logic) -> FileSystems
    ) -> [(owner: ProcessIdentity, handle: Handle)] {
        var known: [(owner: ProcessIdentity, handle: Handle)] = []
        for (owner, handle, _) in files(client.reactor.logic).handles.all {
            if (1...4).contains(owner.index), owner == process(owner.index) {
                known.append((owner, handle))
            } else {
                client.input(.message(.resourceManager, Message.notice(.processGone, ProcessGone(process: owner))))
            }
        }
        return known
    }

    private func walkResult(_ header: Header, _ body: [UInt8]) -> WalkResult? {
        guard header.operation == .walk, header.argument == 0 else { return nil }
        var reader = Reader(body)
        return try? reader.value(WalkResult.self)
    }

    /// What a walk came to that did not reach its end in this tree.
    private func elsewhere(_ result: WalkResult) -> String? {
        switch result {
        case .entersMount: return "walk into a mount"
        case .leavesRoot: return "walk above the root"
        case .absoluteLink: return "walk along an absolute link"
        default: return nil
        }
    }

    private func stamp(_ message: inout [UInt8], _ process: ProcessIdentity) {
        var stamp = Writer()
        stamp.value(process)
        for (index, byte) in stamp.bytes.enumerated() { message[16 + index] = byte }
    }

    private func cancel<Logic: Server>(_ client: Client<Logic>, _ fuzzer: inout FileFuzzer) {
        var cancel = Message.notice(.cancel, Cancel(request: fuzzer.recent()))
        stamp(&cancel, fuzzer.holder)
        client.input(.message(ConnectionID(rawValue: fuzzer.holder.index + 1), cancel))
    }

    /// All processes are over; nobody holds anything any more.
    private func leave<Logic: Server>(_ client: Client<Logic>, _ files: (Logic) -> FileSystems) {
        _ = handles(client, files)
        for number in 1...4 { client.input(.disconnected(ConnectionID(rawValue: UInt32(number) + 1))) }
        #expect(client.reactor.connectionCount == 0)
        #expect(client.countsAgree)
        #expect(files(client.reactor.logic).handles.count == 0)
        for tree in files(client.reactor.logic).trees.values {
            #expect(tree.holders == 0)
            // Every node is reachable by a name, and what is charged is what is there.
            #expect(tree.isConsistent())
        }
    }

    private let names = [
        "a", "b", "a/b", "a/b/c", "..", ".", "/", "a/../b", "l", "l/x", "", "a/", "/a//b/", "c/../../d", "/abs", "loop",
        String(repeating: "n", count: 256), "null", "page", "fd", "fd/3", "zero", "bin/sh", "large", "tmp", "x\0y",
    ]

    @Test func tmpfsSurvives() throws {
        let client = try Client.tmpfs("size=1m,mode=777")
        try client.symbolicLink("a/b", at: "l")
        try client.symbolicLink("loop", at: "loop")
        try client.symbolicLink("/abs", at: "abs")
        let coverage = fuzz(client, seed: 1, paths: names + ["loop", "loop", "l", "abs", "l"], files: { $0.files }, answer: { _, _ in })
        #expect(client.reactor.pendingCount == 0)
        let gaps = coverage.gaps(
            served: [
                "walk into a mount", "walk above the root", "walk along an absolute link", "walk open", "walk status", "walk unlink",
                "walk removeDirectory", "walk makeDirectory", "walk symbolicLink",
                "walk readLink", "walk resolve", "walk parent", "walk access", "walk setMode", "walk setSize", "walk setTimes",
                "walk setOwner", "renameNode", "linkNode", "share", "locate", "fileSystemOf", "setMountPoint", "createFileSystem",
                "destroyFileSystem", "read", "write", "seek", "status", "setSize", "setTimes", "sync", "allocate", "readDirectory",
                "close", "setDescriptionFlags", "poll", "lock",
            ],
            refused: [
                ("openDevice", .notSupported), ("write", .noSpace), ("destroyFileSystem", .resourceBusy), ("walk open", .permissionDenied),
                ("walk open", .tooManySymbolicLinkLevels),
            ])
        #expect(gaps == [])
        // No file system that nobody uses stays behind.
        for tree in client.reactor.logic.files.trees.values {
            _ = try client.call(.destroyFileSystem, OneFileSystem(fileSystem: tree.id), Nothing.self)
        }
        #expect(client.reactor.logic.files.trees.isEmpty)
    }

    private static let refusedByImage: [(String, Errno)] = [
        ("walk unlink", .readOnlyFileSystem), ("walk removeDirectory", .readOnlyFileSystem),
        ("walk makeDirectory", .readOnlyFileSystem), ("walk symbolicLink", .readOnlyFileSystem),
        ("walk setMode", .readOnlyFileSystem), ("walk setSize", .readOnlyFileSystem), ("walk setTimes", .readOnlyFileSystem),
        ("walk setOwner", .readOnlyFileSystem), ("renameNode", .readOnlyFileSystem), ("linkNode", .readOnlyFileSystem),
        ("createFileSystem", .resourceBusy), ("destroyFileSystem", .resourceBusy), ("openDevice", .notSupported),
        ("write", .badFileDescriptor), ("setSize", .badFileDescriptor), ("allocate", .badFileDescriptor),
        ("setTimes", .readOnlyFileSystem), ("read", .ioError),
    ]

    @Test func netfsSurvives() throws {
        let content = bytes("content")
        let hash = NetFSTests.hash(content)
        let lines = [
            "martlet-image 1", "d\t755\t0\t0\t/bin", "f\t755\t0\t0\t7\t\(hash)\t/bin/sh",
            "f\t644\t0\t0\t7\t\(NetFSTests.hash([1]))\t/large", "l\tbin\t/l", "d\t777\t0\t0\t/tmp", "",
        ]
        let manifest = lines.joined(separator: "\n")
        let client = Client(NetFS(), configuration: "manifest=\(NetFSTests.hash(bytes(manifest)))")
        for number in 1...3 { client.connect(process(UInt32(number))) }
        for call in client.takeDeviceCalls() {
            client.input(.device(DeviceMessage(.fetch, token: call.token, error: .operationInProgress, bytes: bytes(manifest)).encoded))
            client.input(.device(DeviceMessage(.fetch, token: call.token).encoded))
        }
        #expect(client.registrations == 1)
        var calls: [DeviceMessage] = []
        let coverage = fuzz(
            client, seed: 2, paths: names + ["bin/sh", "large", "l/sh", "bin/sh", "large", "l/sh", "bin", "tmp", "bin", "l", "l"],
            files: { $0.files },
            answer: { client, random in
                calls += client.takeDeviceCalls()
                guard let call = calls.popLast() else { return }
                switch random.below(4) {
                case 0: client.input(.device(DeviceMessage(.fetch, token: call.token, error: .ioError).encoded))
                case 1:
                    client.input(.device(random.bytes(random.below(40))))
                    calls.insert(call, at: 0)
                default:
                    client.input(.device(DeviceMessage(.fetch, token: call.token, error: .operationInProgress, bytes: content).encoded))
                    client.input(.device(DeviceMessage(.fetch, token: call.token).encoded))
                }
            })
        for call in calls + client.takeDeviceCalls() {
            client.input(.device(DeviceMessage(.fetch, token: call.token, error: .ioError).encoded))
        }
        #expect(client.reactor.pendingCount == 0)
        let gaps = coverage.gaps(
            served: [
                "walk into a mount", "walk above the root", "walk open", "walk status", "walk readLink", "walk resolve", "walk parent",
                "walk access", "share", "locate",
                "fileSystemOf", "setMountPoint", "read", "seek", "status", "sync", "readDirectory", "close", "lock",
                "setDescriptionFlags", "poll",
            ],
            refused: Self.refusedByImage)
        #expect(gaps == [])
    }

    @Test func devfsSurvives() throws {
        let client = Client(DevFS())
        for number in 1...3 { client.connect(process(UInt32(number))) }
        let coverage = fuzz(
            client, seed: 3, paths: names + ["fd", "/fd", "fd", "fd/"], files: { $0.files },
            answer: { client, random in
                // Few enough that reads wait.
                guard random.chance(10) else { return }
                client.input(.device(DeviceMessage(.pageReceive, bytes: random.bytes(random.below(500))).encoded))
            })
        #expect(client.reactor.pendingCount == 0 && client.reactor.logic.armedCount == 0)
        let gaps = coverage.gaps(
            served: [
                "walk into a mount", "walk above the root", "walk open", "walk status", "walk resolve", "walk parent", "walk access",
                "walk setMode", "walk setTimes", "walk setOwner",
                "share", "locate", "fileSystemOf", "setMountPoint", "openDevice", "read", "write", "seek", "status", "setTimes", "sync",
                "readDirectory", "close", "setDescriptionFlags", "poll", "lock",
            ],
            refused: [
                ("walk unlink", .readOnlyFileSystem), ("walk makeDirectory", .readOnlyFileSystem),
                ("walk symbolicLink", .readOnlyFileSystem), ("walk removeDirectory", .readOnlyFileSystem),
                ("walk readLink", .invalidArgument), ("walk setSize", .invalidArgument), ("renameNode", .readOnlyFileSystem),
                ("linkNode", .readOnlyFileSystem), ("createFileSystem", .resourceBusy), ("destroyFileSystem", .resourceBusy),
                ("setSize", .invalidArgument), ("allocate", .operationNotSupportedByDevice), ("openDevice", .noSuchAddressOrDevice),
                ("read", .resourceTemporarilyUnavailable), ("read", .interrupted),
            ])
        #expect(gaps == [])
    }

    @Test func procfsSurvives() throws {
        let client = Client(ProcFS())
        for number in 1...3 { client.connect(process(UInt32(number))) }
        let answers = RawBytes([0, 0, 0, 0, 0, 0, 0, 0])
        let paths = names + ["martlet", "boot", "version", "uptime", "/martlet", "boot/", "martlet", "version"]
        let coverage = fuzz(
            client, seed: 4, paths: paths, files: { $0.files },
            answer: { client, random in
                guard !client.questions.isEmpty else { return }
                switch random.below(4) {
                case 0: client.answer(.ioError)
                case 1: client.answer(RawBytes(random.bytes(random.below(40))))
                default: client.answer(answers)
                }
            })
        while !client.questions.isEmpty { client.answer(answers) }
        #expect(client.reactor.pendingCount == 0 && client.reactor.logic.waitingCount == 0)
        #expect(client.reactor.logic.files.handles.count == 0)
        let gaps = coverage.gaps(
            served: [
                "walk above the root", "walk open", "walk status", "walk resolve", "walk parent", "walk access",
                "share", "locate", "fileSystemOf", "setMountPoint", "read", "seek", "status", "sync", "readDirectory", "close",
                "setDescriptionFlags", "poll", "lock",
            ],
            refused: [
                ("walk open", .permissionDenied), ("walk open", .ioError), ("walk unlink", .notPermitted),
                ("walk makeDirectory", .notPermitted), ("walk symbolicLink", .notPermitted),
                ("walk readLink", .invalidArgument), ("walk setSize", .permissionDenied), ("walk setMode", .notPermitted),
                ("walk setTimes", .notPermitted), ("walk setOwner", .notPermitted), ("renameNode", .notPermitted),
                ("linkNode", .notPermitted), ("createFileSystem", .resourceBusy), ("destroyFileSystem", .resourceBusy),
                ("write", .badFileDescriptor), ("setSize", .badFileDescriptor), ("setTimes", .notPermitted),
            ])
        #expect(gaps == [])
    }
}
