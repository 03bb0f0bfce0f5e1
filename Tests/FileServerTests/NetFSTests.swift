import ABI
import FileServer
import NetFS
import ServerKit
import Testing

@Suite struct NetFSTests {
    private static let shell = [UInt8]("#! the shell".utf8)
    /// Large enough for several pieces.
    private static let large: [UInt8] = {
        var generator = RandomGenerator(seed: [9])
        return generator.bytes(2_500_000)
    }()

    static func hash(_ content: [UInt8]) -> String { String(decoding: hexadecimal(SHA256.digest(content)), as: UTF8.self) }

    static let manifest: String = {
        let lines = [
            "martlet-image 1", "d\t755\t0\t0\t/", "d\t755\t0\t0\t/bin", "f\t755\t0\t0\t\(shell.count)\t\(hash(shell))\t/bin/sh",
            "f\t644\t0\t0\t\(large.count)\t\(hash(large))\t/large", "f\t600\t0\t0\t0\t\(hash([]))\t/empty", "h\t/bin/sh\t/bin/hsh",
            "l\tbin/sh\t/shell", "f\t755\t0\t0\t\(shell.count)\t\(hash(shell))\t/copy", "d\t1777\t0\t0\t/tmp",
        ]
        return lines.joined(separator: "\n") + "\n"
    }()

    /// Answers the manifest's fetch.
    private func started(_ manifest: String = manifest, expecting: String? = nil) -> Client<NetFS> {
        let client = Client(NetFS(), configuration: "manifest=\(expecting ?? Self.hash(bytes(manifest)))\n")
        for number in 1...3 { client.connect(process(UInt32(number))) }
        let calls = client.takeDeviceCalls()
        #expect(calls.map { $0.bytes } == [bytes("image/manifest")] && calls[0].operation == .fetch)
        #expect(client.registrations == 0)
        deliver(bytes(manifest), to: calls[0], client, piece: 50)
        return client
    }

    private func deliver(_ content: [UInt8], to call: DeviceMessage, _ client: Client<NetFS>, piece: Int = 1 << 20, error: Errno? = nil) {
        var offset = 0
        while offset < content.count {
            let end = min(offset + piece, content.count)
            event(Array(content[offset..<end]), to: call, client, .operationInProgress)
            offset = end
        }
        event([], to: call, client, error)
    }

    private func event(_ content: [UInt8], to call: DeviceMessage, _ client: Client<NetFS>, _ error: Errno?) {
        client.input(.device(DeviceMessage(.fetch, token: call.token, error: error, bytes: content).encoded))
    }

    @Test func registersOnceTheManifestIsRead() throws {
        let client = started()
        #expect(client.registrations == 1 && client.logs == [])
        #expect(try client.names("/") == [".", "..", "bin", "large", "empty", "shell", "copy", "tmp"])
        let status = try client.status("bin/sh")
        #expect(status.mode == 0o755 && status.size == UInt64(Self.shell.count) && status.links == 2 && status.kind == .regular)
        #expect(try client.node("bin/hsh") == client.node("bin/sh"))
        #expect(try client.node("copy") != client.node("bin/sh"))
        #expect(try client.status("/").mode == 0o755)
        #expect(try client.status("tmp").mode == 0o1777)
        // There is one image, which a second mount could not be told from.
        #expect(throws: Errno.resourceBusy) {
            try client.call(.createFileSystem, CreateFileSystem(options: [], credentials: root), FileSystemCreated.self)
        }
    }

    @Test func refusesAnotherManifest() throws {
        let other = started(expecting: Self.hash([1]))
        #expect(other.registrations == 0 && other.logs.count == 1 && other.logs[0].contains("image/manifest is not the one of this build"))
        #expect(throws: Errno.staleFileHandle) { try other.status("/") }
        for (text, reason) in [
            ("martlet-image 1\nd\t755\t0\t0\t/a/b\n", "line 2: a directory or the link's file is not there yet"),
            ("martlet-image 1\nd\t755\t0\t0\t/a\nd\t755\t0\t0\t/a\n", "line 3: the path is there already"),
            ("martlet-image 1\nd\t755\t0\t0\t/a\nh\t/a\t/b\n", "line 3: a directory has one name"),
            ("martlet-image 1\nh\t/a\t/b\n", "line 2: a directory or the link's file is not there yet"),
            ("martlet-image 1\nl\tx\t/a\nd\t755\t0\t0\t/a/b\n", "line 3: a part of the path is no directory"),
            ("martlet-image 1\nrubbish\n", "line 2: a line begins with d, f, h or l"),
        ] {
            let client = started(text)
            #expect(client.registrations == 0)
            #expect(client.logs == ["netfs: image/manifest, \(reason)"])
        }
        let none = Client(NetFS())
        #expect(none.logs.count == 1 && none.takeDeviceCalls().isEmpty && none.registrations == 0)
        let failed = Client(NetFS(), configuration: "manifest=\(Self.hash([]))")
        event([], to: failed.takeDeviceCalls()[0], failed, .ioError)
        #expect(failed.registrations == 0 && failed.logs == ["netfs: image/manifest could not be fetched"])
    }

    @Test func fetchesOnceForAllReaders() throws {
        let client = started()
        let first = try client.open("bin/sh", .execute)
        let second = try client.open("copy", .read, process: process(2))
        let one = client.begin(.read, Read(handle: first, position: .shared, count: 5), as: process(1))
        let calls = client.takeDeviceCalls()
        #expect(calls.map { String(decoding: $0.bytes, as: UTF8.self) } == ["image/\(Self.hash(Self.shell))"])
        let two = client.begin(.read, Read(handle: first, position: .shared, count: 100), as: process(1))
        let three = client.begin(.read, Read(handle: second, position: .explicit(3), count: 3), as: process(2))
        #expect(client.takeDeviceCalls().isEmpty && client.take(one) == nil && client.reactor.pendingCount == 3)
        deliver(Self.shell, to: calls[0], client, piece: 5)
        #expect(client.take(one)?.body == Array(Self.shell[..<5]))
        #expect(client.take(two)?.body == Array(Self.shell[5...]))
        #expect(client.take(three)?.body == Array(Self.shell[3..<6]))
        #expect(try client.read(first) == [])
        #expect(try client.content("shell") == "#! the shell")
        #expect(client.takeDeviceCalls().isEmpty && client.reactor.pendingCount == 0 && client.reactor.logic.fetchCount == 0)
        // An empty file needs no fetch.
        #expect(try client.content("empty") == "")
        #expect(client.takeDeviceCalls().isEmpty)
    }

    @Test func readsLargeFilesAcrossPieces() throws {
        let client = started()
        let handle = try client.open("large")
        let key = client.begin(.read, Read(handle: handle, position: .shared, count: 10), as: process(1))
        deliver(Self.large, to: client.takeDeviceCalls()[0], client, piece: 700_001)
        #expect(client.take(key)?.body == Array(Self.large[..<10]))
        var read: [UInt8] = Array(Self.large[..<10])
        while true {
            let part = try client.read(handle)
            if part.isEmpty { break }
            read += part
        }
        #expect(read == Self.large)
        for (offset, count) in [(700_000, 2), (700_001, 1), (1_400_000, 100), (2_499_999, 10), (0, 1)] {
            let data = try client.read(handle, count, at: .explicit(UInt64(offset)))
            #expect(data == Array(Self.large[offset..<min(offset + count, Self.large.count)]))
        }
    }

    @Test func aFailedFetchIsTriedAgain() throws {
        let client = started()
        let handle = try client.open("bin/sh")
        func attempt(_ content: [UInt8], _ error: Errno? = nil) -> (error: Errno?, body: [UInt8])? {
            let keys = (0..<2).map { _ in client.begin(.read, Read(handle: handle, position: .explicit(0), count: 50), as: process(1)) }
            let calls = client.takeDeviceCalls()
            #expect(calls.count == 1)
            deliver(content, to: calls[0], client, error: error)
            let replies = keys.map { client.take($0) }
            #expect(replies[0]?.error == replies[1]?.error)
            return replies[0]
        }
        #expect(attempt(Self.shell, .ioError)?.error == .ioError)
        #expect(attempt([], .noSuchFileOrDirectory)?.error == .ioError)
        #expect(attempt(Array(Self.shell.dropLast()))?.error == .ioError)
        #expect(attempt(Self.shell + [0])?.error == .ioError)
        #expect(attempt(Self.shell.reversed())?.error == .ioError)
        #expect(client.logs.count == 5)
        for log in client.logs { #expect(log.contains("/bin/sh (image/\(Self.hash(Self.shell)))")) }
        #expect(client.logs[4].hasSuffix("has another hash than the manifest says"))
        let good = attempt(Self.shell)
        #expect(good?.error == nil && good?.body == Self.shell)
        #expect(try client.content("bin/sh") == "#! the shell")
    }

    @Test func cancelAndDeathInTheMiddle() throws {
        let client = started()
        let first = try client.open("bin/sh")
        let second = try client.open("bin/sh", process: process(2))
        let one = client.begin(.read, Read(handle: first, position: .shared, count: 5), as: process(1))
        let two = client.begin(.read, Read(handle: second, position: .shared, count: 5), as: process(2))
        let three = client.begin(.read, Read(handle: first, position: .shared, count: 5), as: process(1))
        let call = client.takeDeviceCalls()[0]
        var cancel = Message.notice(.cancel, Cancel(request: one.request))
        var writer = Writer()
        writer.value(process(1))
        for (index, byte) in writer.bytes.enumerated() { cancel[16 + index] = byte }
        client.input(.message(one.connection, cancel))
        #expect(client.take(one)?.error == .interrupted)
        client.input(.disconnected(two.connection))
        #expect(client.reactor.pendingCount == 1 && client.reactor.logic.files.handles.count == 1)
        deliver(Self.shell, to: call, client)
        #expect(client.take(three)?.body == Array(Self.shell[..<5]))
        #expect(client.take(two) == nil && client.reactor.pendingCount == 0)
        // A completion nobody asked for changes nothing.
        deliver(Self.shell, to: DeviceMessage(.fetch, token: 999), client)
    }

    @Test func nothingCanBeChanged() throws {
        let client = started()
        for operation in [
            FinalOperation.setMode(0o777), .setOwner(.root, GroupID(rawValue: 1)), .setSize(0),
            .setTimes(TimeChange(access: .now, modification: .now)), .unlink, .access(2), .open(OpenFile(access: .write)),
            .open(OpenFile(access: .read, open: .truncate)),
        ] {
            #expect(throws: Errno.readOnlyFileSystem, "\(operation)") { try client.walk("bin/sh", operation) }
        }
        #expect(throws: Errno.readOnlyFileSystem) { try client.walk("new", .makeDirectory(0o755)) }
        #expect(throws: Errno.readOnlyFileSystem) { try client.walk("new", .symbolicLink([1])) }
        #expect(throws: Errno.readOnlyFileSystem) { try client.walk("new", .open(OpenFile(access: .write, open: .create))) }
        #expect(throws: Errno.readOnlyFileSystem) { try client.walk("tmp", .removeDirectory) }
        #expect(throws: Errno.readOnlyFileSystem) { try client.rename("bin/sh", "bin/x") }
        #expect(throws: Errno.readOnlyFileSystem) { try client.link("bin/sh", "bin/x") }
        #expect(throws: Errno.fileExists) { try client.makeDirectory("bin") }
        // Opening with `create` is no change while it is there.
        try client.close(try client.open("bin/sh", .read, .create))
        #expect(throws: Errno.permissionDenied) { try client.open("empty", as: alice) }
        #expect(throws: Errno.isDirectory) { try client.open("bin", .write) }
        let handle = try client.open("bin/sh")
        #expect(throws: Errno.readOnlyFileSystem) {
            try client.call(
                .setTimes, SetTimes(handle: handle, times: TimeChange(access: .now, modification: .now)), as: process(1), Nothing.self)
        }
        #expect(throws: Errno.resourceBusy) {
            try client.call(.destroyFileSystem, OneFileSystem(fileSystem: FileSystemID(rawValue: 1)), Nothing.self)
        }
    }
}
