import ABI
import DevFS
import FileServer
import NetFS
import ServerKit
import TestSupport
import Testing
import TmpFS

/// Makes messages to a file server that are nearly right: real operations, handles, nodes and names, sometimes damaged.
struct FileFuzzer {
    var random: Seeded
    let paths: [String]
    /// The process that speaks, and a handle that may be its own.
    var holder = process(1)
    var handle = Handle.none
    /// What earlier answers named; the first one is the root.
    var nodes: [NodeID] = [NodeID(index: 0, generation: 1)]
    var fileSystems: [FileSystemID] = [FileSystemID(rawValue: 1)]

    /// A request: who asks it, and under which name its answer counts.
    struct Question {
        var operation: Operation
        var step: String
        var isManagement: Bool
        var body: [UInt8]
    }

    init(_ seed: UInt64, paths: [String]) {
        random = Seeded(seed)
        self.paths = paths
    }

    mutating func path() -> [UInt8] { bytes(random.pick(paths)) }
    mutating func node() -> NodeID {
        random.chance(90) ? random.pick(nodes) : NodeID(index: UInt32(random.below(20)), generation: UInt32(random.below(3)))
    }
    mutating func fileSystem() -> FileSystemID {
        random.chance(95) ? random.pick(fileSystems) : FileSystemID(rawValue: UInt32(random.below(9)))
    }
    mutating func credentials() -> Credentials { random.chance(60) ? root : random.pick([alice, bob]) }
    mutating func size() -> UInt64 { random.next() >> UInt64(random.below(64)) }
    mutating func position() -> Position { random.chance(50) ? .shared : .explicit(size()) }
    mutating func other() -> ProcessIdentity { process(UInt32(1 + random.below(3))) }

    mutating func times() -> TimeChange {
        TimeChange(
            access: random.pick([.keep, .now, .to(Nanoseconds(rawValue: random.next()))]),
            modification: random.pick([.keep, .now, .to(Nanoseconds(rawValue: random.next()))]))
    }

    mutating func final() -> FinalOperation {
        switch random.below(18) {
        case 0, 1: return .open(OpenFile(access: .read))
        case 2: return .open(OpenFile(access: [.read, .write], open: .create, mode: 0o666))
        case 3, 4:
            return .open(
                OpenFile(
                    access: AccessMode(rawValue: UInt8(random.below(8))), open: OpenFlags(rawValue: UInt16(random.below(16))),
                    flags: DescriptionFlags(rawValue: UInt16(random.below(32))), mode: UInt16(random.below(0o1000))))
        case 5: return .status
        case 6: return .unlink
        case 7: return .removeDirectory
        case 8: return .makeDirectory(0o777)
        case 9: return .symbolicLink(path())
        case 10: return .readLink
        case 11: return .resolve
        case 12: return .parent
        case 13: return .access(UInt8(random.below(8)))
        case 14: return .setMode(UInt16(random.below(0o10000)))
        case 15: return .setSize(size())
        case 16: return .setTimes(times())
        default: return .setOwner(random.pick([root.user, alice.user]), bob.group)
        }
    }

    /// What a process asks by handle.
    mutating func request() -> Question {
        var writer = Writer()
        let operation = random.pick(FileFuzzer.byHandle)
        switch operation {
        case .read: writer.value(Read(handle: handle, position: position(), count: UInt32(random.below(70_000))))
        case .write: writer.value(Write(handle: handle, position: position(), data: random.bytes(random.below(300))))
        case .seek:
            writer.value(
                Seek(
                    handle: handle, offset: Int64(bitPattern: random.next()) >> Int64(random.below(64)),
                    whence: random.pick(Whence.allCases)))
        case .setSize: writer.value(SetSize(handle: handle, size: size()))
        case .allocate: writer.value(Allocate(handle: handle, offset: size(), length: size()))
        case .setTimes: writer.value(SetTimes(handle: handle, times: times()))
        case .readDirectory:
            writer.value(ReadDirectory(handle: handle, cookie: UInt64(random.below(5)), count: UInt32(random.below(400))))
        case .setDescriptionFlags:
            writer.value(SetDescriptionFlags(handle: handle, flags: DescriptionFlags(rawValue: UInt16(random.below(40)))))
        case .poll: writer.value(Poll(handle: handle, events: PollEvents(rawValue: UInt16(random.below(16)))))
        default: writer.value(OneHandle(handle: handle))
        }
        return Question(operation: operation, step: "\(operation)", isManagement: false, body: writer.bytes)
    }
    static let byHandle: [Operation] = [
        .read, .read, .write, .write, .seek, .status, .setSize, .setTimes, .sync, .allocate, .readDirectory, .close, .setDescriptionFlags,
        .poll,
    ]

    /// What resmgr asks.
    mutating func management() -> Question {
        var writer = Writer()
        let start: WalkStart = random.chance(70) ? .root : random.chance(50) ? .handle(holder, handle) : .node(node())
        var step: String?
        var operation = Operation.walk
        switch random.below(40) {
        case 0...1:
            operation = .renameNode
            writer.value(
                NodeRename(
                    fileSystem: fileSystem(), fromDirectory: node(), fromName: path(), toDirectory: node(), toName: path(),
                    credentials: credentials()))
        case 2...3:
            operation = .linkNode
            writer.value(
                NodeLink(fileSystem: fileSystem(), node: node(), toDirectory: node(), toName: path(), credentials: credentials()))
        case 4...6:
            operation = .share
            writer.value(Share(from: holder, to: other(), handles: [handle, handle]))
        case 7:
            operation = .locate
            writer.value(Locate(fileSystem: fileSystem(), start: start))
        case 8:
            operation = .fileSystemOf
            writer.value(DirectoryHandle(process: holder, handle: handle))
        case 9:
            operation = .setMountPoint
            writer.value(SetMountPoint(fileSystem: fileSystem(), node: node(), isCovered: random.chance(40)))
        case 10 where random.chance(20):
            operation = .createFileSystem
            writer.value(
                CreateFileSystem(options: bytes(random.pick(["size=1m", "size=1m,mode=777", "size=64k", "size=x"])), credentials: root))
        case 11 where random.chance(20):
            operation = .destroyFileSystem
            // The first one stays: an empty server would refuse everything.
            writer.value(OneFileSystem(fileSystem: FileSystemID(rawValue: max(2, fileSystem().rawValue))))
        case 12...13:
            operation = .openDevice
            writer.value(device())
        default:
            let final = final()
            step = "walk \(final.name)"
            writer.value(
                Walk(
                    fileSystem: fileSystem(), start: start, flags: PathFlags(rawValue: UInt8(random.below(8))),
                    depth: UInt32(random.below(3)), linksLeft: UInt8(random.below(41)), path: path(), credentials: credentials(),
                    process: holder, operation: final))
        }
        return Question(operation: operation, step: step ?? "\(operation)", isManagement: true, body: writer.bytes)
    }

    private mutating func device() -> OpenDevice {
        let numbers: [(MajorNumber, UInt32)] = [(.page, 0), (.page, 0), (.memory, 3), (.memory, 5), (.memory, 7), (.memory, 8)]
        let (major, minor) = random.chance(80) ? random.pick(numbers) : (.memory, UInt32(random.below(10)))
        return OpenDevice(
            major: major, minor: minor, process: holder, session: .none, group: .none,
            open: OpenFile(access: [.read, .write], flags: random.chance(50) ? .nonBlocking : []),
            node: FileStatus(
                device: 0, node: node(), kind: .characterDevice, mode: 0o666, links: 1, user: .root, group: GroupID(rawValue: 0), size: 0,
                blocks: 0, major: .memory, minor: 3, accessTime: .zero, modificationTime: .zero, changeTime: .zero))
    }

    /// Takes what an answer names up into what may be asked about.
    mutating func learn(_ result: WalkResult) {
        switch result {
        case .opened(let opened): remember(opened.status.node)
        case .status(let status): remember(status.node)
        case .node(let node, _), .parent(let node, _): remember(node)
        default: break
        }
    }

    private mutating func remember(_ node: NodeID) {
        if nodes.count < 30 { nodes.append(node) } else { nodes[1 + random.below(29)] = node }
    }

    /// Damages a message: a bit of its body, so that the protocol is kept, or else anything.
    mutating func damage(_ message: [UInt8], keepsProtocol: Bool) -> [UInt8] {
        var message = message
        if keepsProtocol {
            guard message.count > Header.size else { return message }
            message[Header.size + random.below(message.count - Header.size)] ^= 1 << UInt8(random.below(8))
            return message
        }
        switch random.below(3) {
        case 0: message[random.below(message.count)] = UInt8(random.below(256))
        case 1: message.removeLast(random.below(message.count))
        default: message = random.bytes(random.below(120))
        }
        return message
    }
}

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
            if fuzzer.random.chance(10) { cancel(client, &fuzzer, before: step) }
            if fuzzer.random.chance(3) { answer(client, &fuzzer.random) }
            if fuzzer.random.below(300) == 0 { client.input(.disconnected(ConnectionID(rawValue: fuzzer.holder.index + 1))) }
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
        leave(client, files)
        return coverage
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

    private func cancel<Logic: Server>(_ client: Client<Logic>, _ fuzzer: inout FileFuzzer, before step: Int) {
        var cancel = Message.notice(.cancel, Cancel(request: RequestID(rawValue: UInt32(max(step + 1 - fuzzer.random.below(8), 0)))))
        stamp(&cancel, fuzzer.holder)
        client.input(.message(ConnectionID(rawValue: fuzzer.holder.index + 1), cancel))
    }

    /// All processes are over; nobody holds anything any more.
    private func leave<Logic: Server>(_ client: Client<Logic>, _ files: (Logic) -> FileSystems) {
        _ = handles(client, files)
        for number in 1...4 { client.input(.disconnected(ConnectionID(rawValue: UInt32(number) + 1))) }
        #expect(client.reactor.connectionCount == 0)
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
        let coverage = fuzz(client, seed: 1, paths: names, files: { $0.files }, answer: { _, _ in })
        #expect(client.reactor.pendingCount == 0)
        let gaps = coverage.gaps(
            served: [
                "walk into a mount", "walk above the root", "walk along an absolute link", "walk open", "walk status", "walk unlink",
                "walk removeDirectory", "walk makeDirectory", "walk symbolicLink",
                "walk readLink", "walk resolve", "walk parent", "walk access", "walk setMode", "walk setSize", "walk setTimes",
                "walk setOwner", "renameNode", "linkNode", "share", "locate", "fileSystemOf", "setMountPoint", "createFileSystem",
                "destroyFileSystem", "read", "write", "seek", "status", "setSize", "setTimes", "sync", "allocate", "readDirectory",
                "close", "setDescriptionFlags", "poll",
            ],
            refused: [
                ("openDevice", .notSupported), ("write", .noSpace), ("destroyFileSystem", .resourceBusy), ("walk open", .permissionDenied),
                ("walk removeDirectory", .directoryNotEmpty), ("walk status", .tooManySymbolicLinkLevels),
            ])
        #expect(gaps == [])
        // No file system that nobody uses stays behind.
        for tree in client.reactor.logic.files.trees.values {
            _ = try client.call(.destroyFileSystem, OneFileSystem(fileSystem: tree.id), Nothing.self)
        }
        #expect(client.reactor.logic.files.trees.isEmpty)
    }

    @Test func netfsSurvives() throws {
        let content = bytes("content")
        let hash = NetFSTests.hash(content)
        let manifest =
            "martlet-image 1\nd\t755\t0\t0\t/bin\nf\t755\t0\t0\t7\t\(hash)\t/bin/sh\nf\t644\t0\t0\t7\t\(NetFSTests.hash([1]))\t/large\nl\tbin\t/l\nd\t777\t0\t0\t/tmp\n"
        let client = Client(NetFS(), configuration: "manifest=\(NetFSTests.hash(bytes(manifest)))")
        for number in 1...3 { client.connect(process(UInt32(number))) }
        for call in client.takeDeviceCalls() {
            client.input(.device(DeviceMessage(.fetch, token: call.token, error: .operationInProgress, bytes: bytes(manifest)).encoded))
            client.input(.device(DeviceMessage(.fetch, token: call.token).encoded))
        }
        #expect(client.registrations == 1)
        var calls: [DeviceMessage] = []
        let coverage = fuzz(
            client, seed: 2, paths: names + ["bin/sh", "large", "l/sh", "bin/sh", "large", "l/sh", "bin", "tmp", "bin", "tmp"], files: { $0.files },
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
                "fileSystemOf", "setMountPoint", "read", "seek", "status", "sync", "readDirectory", "close", "setDescriptionFlags", "poll",
            ],
            refused: [
                ("walk unlink", .readOnlyFileSystem), ("walk removeDirectory", .readOnlyFileSystem),
                ("walk makeDirectory", .readOnlyFileSystem), ("walk symbolicLink", .readOnlyFileSystem),
                ("walk setMode", .readOnlyFileSystem), ("walk setSize", .readOnlyFileSystem), ("walk setTimes", .readOnlyFileSystem),
                ("walk setOwner", .readOnlyFileSystem), ("renameNode", .readOnlyFileSystem), ("linkNode", .readOnlyFileSystem),
                ("createFileSystem", .resourceBusy), ("destroyFileSystem", .resourceBusy), ("openDevice", .notSupported),
                ("write", .badFileDescriptor), ("setSize", .badFileDescriptor), ("allocate", .badFileDescriptor),
                ("setTimes", .readOnlyFileSystem), ("read", .ioError),
            ])
        #expect(gaps == [])
    }

    @Test func devfsSurvives() throws {
        let client = Client(DevFS())
        for number in 1...3 { client.connect(process(UInt32(number))) }
        let coverage = fuzz(
            client, seed: 3, paths: names, files: { $0.files },
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
                "readDirectory", "close", "setDescriptionFlags", "poll",
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
}
