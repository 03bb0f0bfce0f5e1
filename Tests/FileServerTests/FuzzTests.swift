import ABI
import DevFS
import FileServer
import NetFS
import ServerKit
import Testing
import TmpFS

/// Random and mutated messages: nothing traps, everything is answered, and nothing is left when all processes are gone.
@Suite struct FuzzTests {
    /// Sends `count` messages; answers how many replies came.
    private func fuzz<Logic: Server>(
        _ client: Client<Logic>, _ count: Int, seed: UInt8, paths: [String], files: (Logic) -> FileSystems,
        answer: (Client<Logic>, inout RandomGenerator) -> Void
    ) -> Int {
        var generator = RandomGenerator(seed: [seed])
        func random(_ bound: Int) -> Int { Int(generator.number() % UInt64(bound)) }
        var replies = 0
        for step in 0..<count {
            let holder = process(UInt32(1 + random(3)))
            var number = random(5) == 0 ? Handle(index: UInt32(random(8)), generation: UInt32(random(3))) : .none
            let open = files(client.reactor.logic).handles.all
            if !open.isEmpty && random(8) != 0 {
                let (owner, handle, _) = open[random(open.count)]
                if owner == holder || random(10) == 0 { number = handle }
            }
            let credentials = [root, alice, bob][random(3)]
            let path = paths[random(paths.count)]
            var isManagement = false
            var operation = Operation.status
            var writer = Writer()
            func management(_ wanted: Operation, _ body: some Wire) {
                isManagement = true
                operation = wanted
                writer.value(body)
            }
            let start: WalkStart = random(4) == 0 ? .handle(holder, number) : .root
            switch random(16) {
            case 0...3:
                let finals: [FinalOperation] = [
                    .open(
                        OpenFile(
                            access: AccessMode(rawValue: UInt8(random(8))), open: OpenFlags(rawValue: UInt16(random(16))),
                            flags: DescriptionFlags(rawValue: UInt16(random(32))), mode: UInt16(random(0o1000)))),
                    .open(OpenFile(access: [.read, .write], open: .create, mode: 0o666)), .status, .unlink, .removeDirectory,
                    .makeDirectory(0o777), .symbolicLink(bytes(paths[random(paths.count)])), .readLink, .resolve, .parent, .access(7),
                    .setMode(UInt16(random(0o10000))), .setSize(generator.number() >> UInt64(random(64))),
                    .setTimes(TimeChange(access: .now, modification: .keep)), .setOwner(alice.user, bob.group),
                ]
                management(
                    .walk,
                    Walk(
                        fileSystem: FileSystemID(rawValue: 1), start: start, flags: PathFlags(rawValue: UInt8(random(8))),
                        depth: UInt32(random(3)), linksLeft: UInt8(random(41)), path: bytes(path), credentials: credentials,
                        process: holder, operation: finals[random(finals.count)]))
            case 4:
                management(
                    .renameNode,
                    NodeRename(
                        fileSystem: FileSystemID(rawValue: 1), fromDirectory: NodeID(index: UInt32(random(20)), generation: 1),
                        fromName: bytes(paths[random(paths.count)]), toDirectory: NodeID(index: UInt32(random(20)), generation: 1),
                        toName: bytes(paths[random(paths.count)]), credentials: credentials))
            case 5:
                management(
                    .linkNode,
                    NodeLink(
                        fileSystem: FileSystemID(rawValue: 1), node: NodeID(index: UInt32(random(20)), generation: 1),
                        toDirectory: NodeID(index: UInt32(random(20)), generation: 1), toName: bytes(path), credentials: credentials))
            case 6: management(.share, Share(from: holder, to: process(UInt32(1 + random(3))), handles: [number, number]))
            case 7: management(.locate, Locate(fileSystem: FileSystemID(rawValue: 1), start: start))
            case 8:
                management(
                    .openDevice,
                    OpenDevice(
                        major: [.memory, .page][random(2)], minor: UInt32(random(10)), process: holder, session: .none, group: .none,
                        open: OpenFile(access: [.read, .write]),
                        node: FileStatus(
                            device: 0, node: NodeID(index: UInt32(random(12)), generation: 1), kind: .characterDevice, mode: 0o666,
                            links: 1, user: .root, group: GroupID(rawValue: 0), size: 0, blocks: 0, major: .memory, minor: 3,
                            accessTime: .zero, modificationTime: .zero, changeTime: .zero)))
            case 9:
                operation = .read
                writer.value(
                    Read(
                        handle: number, position: random(2) == 0 ? .shared : .explicit(generator.number() >> UInt64(random(64))),
                        count: UInt32(random(70_000))))
            case 10:
                operation = .write
                writer.value(
                    Write(
                        handle: number, position: random(2) == 0 ? .shared : .explicit(generator.number() >> UInt64(random(64))),
                        data: generator.bytes(random(300))))
            case 11:
                operation = [.close, .status, .sync][random(3)]
                writer.value(OneHandle(handle: number))
            case 12:
                operation = .readDirectory
                writer.value(ReadDirectory(handle: number, cookie: UInt64(random(5)), count: UInt32(random(400))))
            case 13:
                operation = .seek
                writer.value(
                    Seek(
                        handle: number, offset: Int64(bitPattern: generator.number()) >> Int64(random(64)),
                        whence: Whence.allCases[random(3)]))
            case 14:
                operation = random(2) == 0 ? .setSize : .allocate
                writer.value(number)
                writer.u64(generator.number() >> UInt64(random(64)))
                if operation == .allocate { writer.u64(generator.number() >> UInt64(random(64))) }
            default:
                operation = Operation.allCases[random(Operation.allCases.count)]
                writer.raw(generator.bytes(random(60)))
            }
            let key = RequestKey(
                connection: isManagement ? .resourceManager : ConnectionID(rawValue: holder.index + 1),
                request: RequestID(rawValue: UInt32(step)))
            var message = Message.request(
                operation, id: key.request, replySpace: random(5) == 0 ? random(100) : 100_000, RawBytes(writer.bytes))
            if !isManagement {
                var stamp = Writer()
                stamp.value(holder)
                for (index, byte) in stamp.bytes.enumerated() { message[16 + index] = byte }
            }
            // One in three is damaged: a byte anywhere, or its end.
            switch random(6) {
            case 0: message[random(message.count)] = UInt8(random(256))
            case 1:
                if random(10) == 0 {
                    message.removeLast(random(message.count))
                } else if message.count > Header.size {
                    message[Header.size + random(message.count - Header.size)] ^= 1 << UInt8(random(8))
                }
            default: break
            }
            client.time += 1
            client.input(.message(key.connection, message))
            if random(20) == 0 {
                var cancel = Message.notice(.cancel, Cancel(request: RequestID(rawValue: UInt32(max(step - random(20), 0)))))
                for index in 0..<8 { cancel[16 + index] = message.count > 24 ? message[16 + index] : 0 }
                client.input(.message(key.connection, cancel))
            }
            if random(50) == 0 { answer(client, &generator) }
            if random(200) == 0 { client.input(.disconnected(ConnectionID(rawValue: holder.index + 1))) }
            if client.reactor.connectionCount < 3 {
                // One ended, or was ended for breaking the protocol; which one does not matter.
                for number in 1...3 { client.input(.disconnected(ConnectionID(rawValue: UInt32(number) + 1))) }
                for number in 1...3 { client.connect(process(UInt32(number))) }
            }
            replies += client.replies.count
            client.forgetReplies()
            _ = client.takeNotices()
        }
        // A damaged request may have named any process.
        for (owner, _, _) in files(client.reactor.logic).handles.all {
            client.input(.message(.resourceManager, Message.notice(.processGone, ProcessGone(process: owner))))
        }
        for number in 1...3 { client.input(.disconnected(ConnectionID(rawValue: UInt32(number) + 1))) }
        #expect(files(client.reactor.logic).handles.count == 0)
        for tree in files(client.reactor.logic).trees.values { #expect(tree.holders == 0) }
        return replies
    }

    private let names = [
        "a", "b", "a/b", "a/b/c", "..", ".", "/", "a/../b", "l", "l/x", "", "a/", "/a//b/", "c/../../d", "/abs", "loop",
        String(repeating: "n", count: 256), "null", "page", "fd/3", "zero", "bin/sh", "large", "tmp", "x\0y",
    ]

    @Test func tmpfsSurvives() throws {
        let client = try Client.tmpfs("size=1m,mode=777")
        try client.symbolicLink("a/b", at: "l")
        try client.symbolicLink("loop", at: "loop")
        try client.symbolicLink("/abs", at: "abs")
        let replies = fuzz(client, 60_000, seed: 1, paths: names, files: { $0.files }, answer: { _, _ in })
        #expect(replies > 30_000)
        // resmgr's own requests are all answered; the processes' are forgotten with them.
        #expect(client.reactor.pendingCount == 0)
        // Every node is reachable by a name, and what is charged is what is there.
        let tree = try #require(client.reactor.logic.files.trees[FileSystemID(rawValue: 1)])
        #expect(tree.isConsistent())
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
        let replies = fuzz(
            client, 25_000, seed: 2, paths: names, files: { $0.files },
            answer: { client, generator in
                calls += client.takeDeviceCalls()
                guard let call = calls.popLast() else { return }
                switch generator.number() % 4 {
                case 0: client.input(.device(DeviceMessage(.fetch, token: call.token, error: .ioError).encoded))
                case 1: client.input(.device(generator.bytes(Int(generator.number() % 40))))
                default:
                    client.input(.device(DeviceMessage(.fetch, token: call.token, error: .operationInProgress, bytes: content).encoded))
                    client.input(.device(DeviceMessage(.fetch, token: call.token).encoded))
                }
            })
        #expect(replies > 10_000)
        for call in calls + client.takeDeviceCalls() {
            client.input(.device(DeviceMessage(.fetch, token: call.token, error: .ioError).encoded))
        }
        #expect(client.reactor.pendingCount == 0)
    }

    @Test func devfsSurvives() throws {
        let client = Client(DevFS())
        for number in 1...3 { client.connect(process(UInt32(number))) }
        let replies = fuzz(
            client, 25_000, seed: 3, paths: names, files: { $0.files },
            answer: { client, generator in
                client.input(.device(DeviceMessage(.pageReceive, bytes: generator.bytes(Int(generator.number() % 500))).encoded))
            })
        #expect(replies > 10_000)
        #expect(client.reactor.pendingCount == 0 && client.reactor.logic.armedCount == 0)
    }
}
