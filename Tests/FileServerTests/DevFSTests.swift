import ABI
import DevFS
import FileServer
import ServerKit
import Testing

@Suite struct DevFSTests {
    private func started() -> Client<DevFS> {
        let client = Client(DevFS())
        for number in 1...3 { client.connect(process(UInt32(number))) }
        #expect(client.registrations == 1)
        return client
    }

    /// Opens as resmgr does: the walk answers `device`, the driver of that major opens it.
    private func open(
        _ client: Client<DevFS>, _ path: String, _ access: AccessMode = [.read, .write], flags: DescriptionFlags = [],
        process holder: ProcessIdentity = process(1)
    ) throws(Errno) -> Handle {
        let file = OpenFile(access: access, flags: flags)
        guard case .device(let major, let minor, let status) = try client.walk(path, .open(file), process: holder) else {
            throw .protocolError
        }
        return try client.call(
            .openDevice,
            OpenDevice(
                major: major, minor: minor, process: holder, session: .none, group: .none, open: file, node: status), FileOpened.self
        ).handle
    }

    private func seek(_ client: Client<DevFS>, _ handle: Handle) throws(Errno) -> UInt64 {
        try client.call(.seek, Seek(handle: handle, offset: 5, whence: .start), as: process(1), Offset.self).offset
    }

    @Test func hasTheNodes() throws {
        let client = started()
        #expect(
            try client.names("/") == [
                ".", "..", "null", "zero", "full", "random", "urandom", "tty", "console", "ptmx", "page", "stdin", "stdout",
                "stderr", "tty1", "tty2", "tty3", "tty4", "pts", "fd",
            ])
        let numbers: [(String, UInt32, UInt32, UInt16)] = [
            ("null", 1, 3, 0o666), ("zero", 1, 5, 0o666), ("full", 1, 7, 0o666), ("random", 1, 8, 0o666), ("urandom", 1, 9, 0o666),
            ("tty", 5, 0, 0o666), ("console", 5, 1, 0o600), ("ptmx", 5, 2, 0o666), ("tty1", 4, 1, 0o600), ("tty4", 4, 4, 0o600),
            ("page", 10, 0, 0o600),
        ]
        for (name, major, minor, mode) in numbers {
            let status = try client.status(name)
            #expect(status.kind == .characterDevice && status.major.rawValue == major && status.minor == minor && status.mode == mode)
            #expect(
                try client.walk(name, .open(OpenFile(access: [.read, .write])))
                    == .device(MajorNumber(rawValue: major), minor, status))
        }
        #expect(throws: Errno.permissionDenied) { try client.walk("page", .open(OpenFile(access: .read)), as: alice) }
        #expect(throws: Errno.permissionDenied) { try client.walk("console", .open(OpenFile(access: .write)), as: alice) }
        #expect(throws: Errno.permissionDenied) { try client.walk("null", .open(OpenFile(access: .execute))) }
        #expect(throws: Errno.notDirectory) { try client.walk("null", .open(OpenFile(access: .read, open: .directory))) }
        #expect(throws: Errno.fileExists) { try client.walk("null", .open(OpenFile(access: .read, open: [.create, .exclusive]))) }
    }

    @Test func descriptorsAreTheCallersOwn() throws {
        let client = started()
        for (path, number) in [("stdin", 0), ("stdout", 1), ("stderr", 2), ("fd/0", 0), ("fd/17", 17), ("fd/1023", 1023)] {
            #expect(try client.walk(path, .open(OpenFile(access: .read)), as: alice) == .descriptor(Descriptor(rawValue: UInt32(number))))
        }
        for path in ["fd/1024", "fd/x", "fd/01", "fd/-1", "fd/99999999999999999999"] {
            #expect(throws: Errno.noSuchFileOrDirectory, "\(path)") { try client.walk(path, .open(OpenFile(access: .read))) }
        }
        #expect(try client.status("fd/3").kind == .characterDevice)
        #expect(try client.names("fd") == [".", ".."])
    }

    @Test func namesAreFixedButModesAreNot() throws {
        let client = started()
        #expect(throws: Errno.readOnlyFileSystem) { try client.make("x") }
        #expect(throws: Errno.readOnlyFileSystem) { try client.makeDirectory("x") }
        #expect(throws: Errno.readOnlyFileSystem) { try client.makeDirectory("fd/x") }
        #expect(throws: Errno.readOnlyFileSystem) { try client.walk("null", .unlink) }
        #expect(throws: Errno.readOnlyFileSystem) { try client.walk("fd/3", .unlink) }
        #expect(throws: Errno.readOnlyFileSystem) { try client.rename("null", "x") }
        #expect(throws: Errno.readOnlyFileSystem) { try client.link("null", "x") }
        #expect(throws: Errno.invalidArgument) { try client.walk("null", .setSize(0)) }
        #expect(try client.walk("null", .access(2), as: alice) == .nothing)
        #expect(try client.walk("console", .setOwner(alice.user, alice.group)) == .nothing)
        #expect(try client.walk("console", .setMode(0o620), as: alice) == .nothing)
        #expect(try client.status("console").mode == 0o620)
    }

    @Test func memoryDevices() throws {
        let client = started()
        let data = [UInt8](repeating: 1, count: 100_000)
        let null = try open(client, "null")
        #expect(try client.read(null) == [] && client.write(null, data) == 100_000)
        let zero = try open(client, "zero")
        #expect(try client.read(zero) == [UInt8](repeating: 0, count: Limits.transfer))
        #expect(try client.read(zero, 5, at: .explicit(1 << 50)) == [0, 0, 0, 0, 0])
        #expect(try client.write(zero, data) == 100_000)
        let full = try open(client, "full")
        #expect(try client.read(full, 3) == [0, 0, 0])
        #expect(throws: Errno.noSpace) { try client.write(full, data) }
        #expect(try client.write(full, []) == 0)
        let random = try open(client, "random")
        let first = try client.read(random, 64)
        let second = try client.read(random, 64)
        #expect(first.count == 64 && second.count == 64 && first != second)
        #expect(try client.read(try open(client, "urandom")).count == 256 << 10)
        #expect(try client.write(random, data) == 100_000)
        #expect(try seek(client, zero) == 0)
        let reader = try open(client, "null", .read)
        #expect(throws: Errno.badFileDescriptor) { try client.write(reader, [1]) }
        let writer = try open(client, "null", .write)
        #expect(throws: Errno.badFileDescriptor) { try client.read(writer) }
        #expect(throws: Errno.invalidArgument) {
            try client.call(.setSize, SetSize(handle: writer, size: 0), as: process(1), Nothing.self)
        }
        #expect(throws: Errno.notDirectory) { try client.entries(null) }
        let status = try client.call(.status, OneHandle(handle: null), as: process(1), FileStatus.self)
        #expect(try status == client.status("null"))
        let poll = try client.call(.poll, Poll(handle: zero, events: [.readable, .writable]), as: process(1), PollResult.self)
        #expect(poll.events == [.readable, .writable])
        #expect(client.takeDeviceCalls().isEmpty)
    }

    @Test func opensOnlyItsOwnDevices() throws {
        let client = started()
        let status = try client.status("null")
        func open(_ major: UInt32, _ minor: UInt32) throws(Errno) -> FileOpened {
            try client.call(
                .openDevice,
                OpenDevice(
                    major: MajorNumber(rawValue: major), minor: minor, process: process(1), session: .none, group: .none,
                    open: OpenFile(access: .read), node: status), FileOpened.self)
        }
        #expect(throws: Errno.noSuchAddressOrDevice) { try open(1, 4) }
        #expect(throws: Errno.noSuchAddressOrDevice) { try open(4, 1) }
        #expect(throws: Errno.noSuchAddressOrDevice) { try open(10, 1) }
        // A node of another file system stands for the device too, and keeps its own status.
        var foreign = status
        foreign.node = NodeID(index: 77, generation: 5)
        foreign.mode = 0o640
        let opened = try client.call(
            .openDevice,
            OpenDevice(
                major: .memory, minor: 5, process: process(1), session: .none, group: .none, open: OpenFile(access: .read), node: foreign),
            FileOpened.self)
        #expect(opened.status.mode == 0o640 && opened.status.minor == 5 && opened.status.node == foreign.node)
        #expect(try client.read(opened.handle, 1) == [0])
        try client.close(opened.handle)
        #expect(client.reactor.logic.files.handles.count == 0)
    }

    private func receive(_ client: Client<DevFS>, _ text: [UInt8]) {
        client.input(.device(DeviceMessage(.pageReceive, bytes: text).encoded))
    }

    @Test func thePageIsToldWhenNobodyReadsItsMessages() throws {
        let client = started()
        let closed = [DeviceMessage(.pageClosed)]
        // Before anybody came, messages wait.
        receive(client, bytes("early"))
        let first = try open(client, "page")
        let second = try open(client, "page")
        #expect(try client.read(first, 100) == bytes("early"))
        receive(client, bytes("unread"))
        try client.close(first)
        #expect(client.takeDeviceCalls().isEmpty, "one of two descriptions is still open")
        try client.close(second)
        #expect(client.takeDeviceCalls() == closed)
        // Who comes next does not get what was for somebody else.
        let third = try open(client, "page", flags: .nonBlocking)
        #expect(throws: Errno.resourceTemporarilyUnavailable) { try client.read(third, 100) }
        // Other devices are none of its business.
        try client.close(try open(client, "null"))
        #expect(client.takeDeviceCalls().isEmpty)
        // A state that was read back knows it too, and a process that dies counts.
        var writer = Writer()
        client.reactor.logic.encode(into: &writer)
        var reader = Reader(writer.bytes)
        client.reactor.logic = try DevFS(decoding: &reader)
        client.input(.message(.resourceManager, Message.notice(.processGone, ProcessGone(process: process(1)))))
        #expect(client.takeDeviceCalls() == closed)
    }

    @Test func thePageIsAStreamOfMessages() throws {
        let client = started()
        let handle = try open(client, "page")
        #expect(try client.write(handle, bytes("to the page")) == 11)
        #expect(client.takeDeviceCalls() == [DeviceMessage(.pageSend, bytes: bytes("to the page"))])
        receive(client, bytes("one"))
        receive(client, bytes("second"))
        #expect(throws: Errno.messageTooLong) { try client.read(handle, 2) }
        #expect(try client.read(handle, 100) == bytes("one"))
        #expect(try client.read(handle, 6) == bytes("second"))
        #expect(throws: Errno.illegalSeek) { try client.read(handle, 6, at: .explicit(0)) }
        #expect(throws: Errno.illegalSeek) { try client.write(handle, [1], at: .explicit(0)) }
        #expect(throws: Errno.illegalSeek) { try seek(client, handle) }
        // Reads wait in turn.
        let small = client.begin(.read, Read(handle: handle, position: .shared, count: 1), as: process(1))
        let large = client.begin(.read, Read(handle: handle, position: .shared, count: 100), as: process(1))
        #expect(client.take(small) == nil && client.take(large) == nil)
        receive(client, bytes("third"))
        #expect(client.take(small)?.error == .messageTooLong)
        #expect(client.take(large)?.body == bytes("third"))
        let polling = try open(client, "page", flags: .nonBlocking)
        #expect(throws: Errno.resourceTemporarilyUnavailable) { try client.read(polling) }
    }

    @Test func pageReadsAreCancelledAndAbandoned() throws {
        let client = started()
        let handle = try open(client, "page")
        let other = try open(client, "page", process: process(2))
        let one = client.begin(.read, Read(handle: handle, position: .shared, count: 100), as: process(1))
        let two = client.begin(.read, Read(handle: other, position: .shared, count: 100), as: process(2))
        var cancel = Message.notice(.cancel, Cancel(request: one.request))
        var writer = Writer()
        writer.value(process(1))
        for (index, byte) in writer.bytes.enumerated() { cancel[16 + index] = byte }
        client.input(.message(one.connection, cancel))
        #expect(client.take(one)?.error == .interrupted)
        client.input(.disconnected(two.connection))
        receive(client, bytes("x"))
        #expect(client.reactor.pendingCount == 0 && client.reactor.logic.queuedCount == 1 && client.reactor.logic.files.handles.count == 1)
        #expect(try client.read(handle) == bytes("x"))
    }

    @Test func pagePollsAndIsBounded() throws {
        let client = started()
        let handle = try open(client, "page")
        func poll(_ events: PollEvents) throws(Errno) -> PollResult {
            try client.call(.poll, Poll(handle: handle, events: events), as: process(1), PollResult.self)
        }
        #expect(try poll([.readable, .writable]) == PollResult(events: .writable, available: 0))
        #expect(try poll(.readable) == PollResult(events: [], available: 0))
        receive(client, bytes("hello"))
        receive(client, bytes("again"))
        let notices = client.takeNotices()
        #expect(notices.count == 1 && notices[0].header.operation == .ready && notices[0].connection == ConnectionID(rawValue: 2))
        var reader = Reader(notices[0].body)
        #expect(try reader.value(Ready.self) == Ready(handle: handle, events: .readable, sequence: 1))
        #expect(try poll(.readable) == PollResult(events: .readable, available: 5))
        for index in 2..<70 { receive(client, [UInt8(index)]) }
        #expect(client.reactor.logic.queuedCount == 64 && client.logs.count == 6)
        #expect(try client.read(handle) == bytes("hello"))
        for _ in 1..<64 { _ = try client.read(handle) }
        for _ in 0..<10 { receive(client, [UInt8](repeating: 1, count: 1_000_000)) }
        #expect(client.reactor.logic.queuedCount == 8)
        receive(client, [UInt8](repeating: 1, count: Limits.transfer + 1))
        #expect(client.reactor.logic.queuedCount == 8)
        for _ in 0..<8 { _ = try client.read(handle) }
        _ = try poll(.readable)
        #expect(client.reactor.logic.armedCount == 1)
        try client.close(handle)
        #expect(client.reactor.logic.armedCount == 0)
    }
}
