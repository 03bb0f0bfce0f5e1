// A scripted hart with a program's memory, and a process that was started on it.

import ABI
import Testing

@testable import LibOS

/// A hart that records what the libOS does and answers as the test says.
struct FakeHost: ProgramHost {
    struct Sent {
        var connection: ConnectionID
        var message: [UInt8]
        var header: Header {
            var reader = Reader(message)
            do throws(Errno) { return try reader.value(Header.self) } catch {
                Issue.record("the libOS sent a malformed message")
                return Header(kind: .notice, operation: .last)
            }
        }
        func body<T: Wire>(_ type: T.Type) throws -> T {
            var reader = Reader(message, from: Header.size)
            let value = try reader.value(type)
            try reader.finish()
            return value
        }
    }

    var memory = [UInt8](repeating: 0xAA, count: 1 << 16)
    var sent: [Sent] = []
    /// Requests that may still be sent on each connection before the host refuses; nil: any number.
    var credit: Int?
    var closed: [ConnectionID] = []
    var now: UInt64 = 1_000_000
    var real: UInt64 = 1_700_000_000_000_000_000
    var timer = Nanoseconds.never
    var imageSize: UInt64?
    var image: [UInt8] = []
    var imageEnded = false
    var ended = false

    mutating func send(_ connection: ConnectionID, _ message: [UInt8]) throws(Errno) {
        if closed.contains(connection) { throw .badFileDescriptor }
        let sent = Sent(connection: connection, message: message)
        if sent.header.kind == .request, let left = credit {
            guard left > 0 else { throw .resourceTemporarilyUnavailable }
            credit = left - 1
        }
        self.sent.append(sent)
    }

    private func range(_ address: Address, _ count: Int) throws(Errno) -> Range<Int> {
        guard Int(address) + count <= memory.count else { throw .badAddress }
        return Int(address)..<Int(address) + count
    }

    mutating func readProgram(_ address: Address, count: Int) throws(Errno) -> [UInt8] { Array(memory[try range(address, count)]) }
    mutating func writeProgram(_ address: Address, _ bytes: [UInt8], _ range: Range<Int>) throws(Errno) {
        memory.replaceSubrange(try self.range(address, range.count), with: bytes[range])
    }
    mutating func storeProgram(_ address: Address, _ value: UInt64, size: Int) throws(Errno) {
        for (index, byte) in try range(address, size).enumerated() {
            memory[byte] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index))
        }
    }
    mutating func monotonicTime() -> Nanoseconds { Nanoseconds(rawValue: now) }
    mutating func realTime() -> Nanoseconds { Nanoseconds(rawValue: real) }
    mutating func clockResolution() -> UInt64 { 100_000 }
    mutating func randomBytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 1) } }
    mutating func setTimer(_ deadline: Nanoseconds) { timer = deadline }
    mutating func imageBegin(size: UInt64) { imageSize = size }
    mutating func imageWrite(_ bytes: [UInt8], from: Int) { image.append(contentsOf: bytes[from...]) }
    mutating func imageEnd() { imageEnded = true }
    mutating func end() { ended = true }
}

/// A number that a test compares with a call's result.
func code(_ error: Errno) -> Int32 { Int32(error.rawValue) }
let pending = ProgramABI.pending
let yielded = ProgramABI.yield
let thread = ThreadID(rawValue: 0)

/// Connections that the tests use.
let files = ConnectionID(rawValue: 1)
let terminals = ConnectionID(rawValue: 2)
let pipes = ConnectionID(rawValue: 3)

func handle(_ number: UInt32) -> Handle { Handle(index: number, generation: 1) }
func text(_ string: String) -> [UInt8] { Array(string.utf8) }

func status(_ kind: FileKind, size: UInt64 = 10, major: MajorNumber = .none) -> FileStatus {
    FileStatus(
        device: 5, node: NodeID(index: 6, generation: 1), kind: kind, mode: 0o644, links: 3, user: UserID(rawValue: 1),
        group: GroupID(rawValue: 2), size: size, blocks: 8, major: major, minor: 0, accessTime: Nanoseconds(rawValue: 11),
        modificationTime: Nanoseconds(rawValue: 12), changeTime: Nanoseconds(rawValue: 13))
}

func inherited(
    _ number: UInt32, _ connection: ConnectionID, _ handleNumber: UInt32, _ kind: FileKind, _ access: AccessMode = [.read, .write]
) -> InheritedDescriptor {
    InheritedDescriptor(
        descriptor: Descriptor(rawValue: number), connection: connection, handle: handle(handleNumber), kind: kind, access: access,
        flags: [])
}

/// A process: its libOS and its hart.
struct Scene {
    var libOS = LibOS()
    var host = FakeHost()

    /// Nothing was started.
    init(idle: Void) {}

    /// A running program: 0 the terminal (handle 10), 1 a pipe's write end (11), 2 a regular file (12), 3 `/` (20), 4 `.` (21).
    init(descriptors: [InheritedDescriptor]? = nil, ignored: UInt64 = 0, environment: [String] = []) throws {
        let start = Scene.order(descriptors: descriptors, ignored: ignored, environment: environment, imageSize: 3)
        libOS.deliver(.resourceManager, Message.request(.startProgram, id: RequestID(rawValue: 77), start), host: &host)
        for sent in host.sent where sent.header.operation == .getWindowSize {
            answer(sent, WindowSize(rows: 24, columns: 80, width: 0, height: 0))
        }
        let read = try #require(host.sent.first { $0.header.operation == .read })
        answer(read, RawBytes([1, 2, 3]))
        try #require(host.imageEnded)
        libOS.imageResult(nil, reason: [], host: &host)
        try #require(libOS.isRunning)
        // The image's close.
        for sent in host.sent where sent.header.operation == .close { answer(sent, Nothing()) }
        host.sent = []
        try #require(libOS.requests.isEmpty)
    }

    static func order(
        descriptors: [InheritedDescriptor]? = nil, ignored: UInt64 = 0, environment: [String] = [], imageSize: UInt64
    ) -> StartProgram {
        StartProgram(
            process: ProcessID(rawValue: 42), parent: ProcessID(rawValue: 41), group: ProcessGroupID(rawValue: 42),
            session: SessionID(rawValue: 40), credentials: Credentials(user: .root, group: GroupID(rawValue: 0), supplementary: []),
            mask: 0o022, ignored: ignored, imageConnection: files, imageHandle: handle(99), imageSize: imageSize,
            path: text("/bin/true"), arguments: [ByteString("true"), ByteString("-x")],
            environment: environment.map { ByteString(text($0)) }, root: inherited(0, files, 20, .directory, .read),
            workingDirectory: inherited(0, files, 21, .directory, .read),
            descriptors: descriptors ?? [
                inherited(0, terminals, 10, .characterDevice), inherited(1, pipes, 11, .pipe, .write),
                inherited(2, files, 12, .regular),
            ])
    }

    /// The last message that was sent.
    var last: FakeHost.Sent {
        get throws { try #require(host.sent.last) }
    }

    /// The last message, which must be this request, as its body.
    func asked<T: Wire>(_ operation: Operation, _ type: T.Type, on connection: ConnectionID? = nil) throws -> T {
        let sent = try last
        #expect(sent.header.kind == .request)
        #expect(sent.header.operation == operation)
        if let connection { #expect(sent.connection == connection) }
        return try sent.body(type)
    }

    mutating func answer(_ sent: FakeHost.Sent, _ body: some Wire) {
        if let credit = host.credit { host.credit = credit + 1 }
        libOS.deliver(sent.connection, Message.reply(sent.header.operation, id: sent.header.request, body), host: &host)
    }

    mutating func refuse(_ sent: FakeHost.Sent, _ error: Errno, _ reason: String = "") {
        if let credit = host.credit { host.credit = credit + 1 }
        libOS.deliver(
            sent.connection, Message.failure(sent.header.operation, id: sent.header.request, error, reason: text(reason)), host: &host)
    }

    /// Answers the last request and resumes the thread.
    mutating func resume(_ body: some Wire) throws -> Int32 {
        answer(try last, body)
        return libOS.resume(thread)
    }

    mutating func resume(failing error: Errno) throws -> Int32 {
        refuse(try last, error)
        return libOS.resume(thread)
    }

    /// The resource manager has a signal, which the libOS takes.
    mutating func signal(_ signal: Signal, code: Int32 = SignalCode.user, isMore: Bool = false) {
        tell()
        guard let ask = host.sent.last, ask.header.operation == .takeSignal else { return }
        answer(ask, TakenSignal(info: SignalInfo(signal: signal, code: code, process: ProcessID(rawValue: 7)), isMore: isMore))
    }

    /// The resource manager tells that there is something to take.
    mutating func tell() { libOS.deliver(.resourceManager, Message.notice(.signal, Nothing()), host: &host) }

    /// The resource manager stops the process or lets it go on.
    mutating func stop(_ isStopped: Bool) {
        libOS.deliver(.resourceManager, Message.notice(.stopped, Stopped(isStopped: isStopped)), host: &host)
    }

    /// Puts bytes into the program's memory.
    mutating func put(_ bytes: [UInt8], _ address: Int) { host.memory.replaceSubrange(address..<address + bytes.count, with: bytes) }
    /// Puts a path at 100 and answers its length.
    mutating func put(path: String) -> UInt32 {
        put(text(path), 100)
        return UInt32(path.utf8.count)
    }
    mutating func put(vectors: [(Int, Int)], _ address: Int) {
        var writer = Writer()
        for (base, count) in vectors {
            writer.u32(UInt32(base))
            writer.u32(UInt32(count))
        }
        put(writer.bytes, address)
    }
    func get(_ address: Int, _ count: Int) -> [UInt8] { Array(host.memory[address..<address + count]) }
    func word(_ address: Int, _ size: Int = 4) -> UInt64 {
        get(address, size).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// A part of a directory's list; the cookie of an entry is its number, from 1 on.
    static func entries(_ names: [(String, FileKind)], from first: UInt64 = 0) -> DirectoryEntries {
        DirectoryEntries(
            entries: names.enumerated().map { index, entry in
                let cookie = first + UInt64(index) + 1
                return DirectoryEntry(
                    cookie: cookie, node: NodeID(index: UInt32(cookie), generation: 1), kind: entry.1, name: text(entry.0))
            })
    }

    /// Lets the program ask for the folders of the root, as C libraries do; they get the numbers from 5 on.
    mutating func listFolders(_ names: [String]) throws {
        #expect(libOS.fdPrestatGet(thread, 5, 300, host: &host) == pending)
        #expect(try resume(Scene.entries(names.map { ($0, .directory) })) == pending)
        #expect(try resume(Scene.entries([])) == 0)
    }

    /// Opens a file by `path_open` with handle number `number`; answers the descriptor.
    mutating func open(
        _ kind: FileKind, _ number: UInt32, rights: Rights = .all, inheriting: Rights = .all, access: AccessMode = [.read, .write],
        major: MajorNumber = .none, by thread: ThreadID = thread
    ) throws -> UInt32 {
        let length = put(path: "file")
        #expect(
            libOS.pathOpen(thread, 4, 0, 100, length, 0, rights.rawValue, inheriting.rawValue, 0, 8, host: &host) == pending)
        let opened = FileOpened(handle: handle(number), access: access, flags: [], status: status(kind, major: major))
        answer(try last, PathResult.opened(files, opened))
        #expect(libOS.resume(thread) == 0)
        return UInt32(word(8))
    }

    /// Sets a disposition.
    mutating func set(_ signal: Signal, _ disposition: Disposition) throws {
        #expect(
            libOS.signalDisposition(thread, UInt32(signal.rawValue), UInt32(disposition.rawValue), host: &host) == pending)
        #expect(try resume(Nothing()) == 0)
    }
}
