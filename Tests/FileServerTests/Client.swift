import ABI
import FileServer
import ServerKit
import Testing
import TmpFS

// A small client of a file server: it plays resmgr and any number of processes, and hands every reply back.

/// A server under test.
final class Client<Logic: Server> {
    var reactor: ServerReactor<Logic>
    var time: UInt64 = 1_000
    /// Real time at the machine's start.
    static var epoch: UInt64 { 1_700_000_000_000_000_000 }
    private var nextRequest: UInt32 = 100
    private(set) var replies: [(connection: ConnectionID, header: Header, body: [UInt8])] = []
    private(set) var notices: [(connection: ConnectionID, header: Header, body: [UInt8])] = []
    private(set) var deviceCalls: [DeviceMessage] = []
    private(set) var logs: [String] = []
    private(set) var registrations = 0
    /// What it asked of resmgr and was not answered.
    private(set) var questions: [Header] = []

    init(_ logic: Logic, configuration: String = "") {
        reactor = ServerReactor(logic)
        input(
            .start(
                Start(
                    realTime: Nanoseconds(rawValue: Self.epoch + time), entropy: Array(1...32),
                    configuration: Array(configuration.utf8))))
    }

    var now: Nanoseconds { Nanoseconds(rawValue: Self.epoch + time) }

    func input(_ input: Input) {
        var effects = Effects()
        reactor.handle(input, now: Nanoseconds(rawValue: time), into: &effects)
        for effect in effects.list {
            switch effect {
            case .send(let connection, let message):
                var reader = Reader(message)
                guard let header = try? Header(from: &reader) else {
                    Issue.record("a malformed message was sent")
                    continue
                }
                switch header.kind {
                case .reply: replies.append((connection, header, reader.rest()))
                case .notice: notices.append((connection, header, reader.rest()))
                case .request:
                    if header.operation == .register { registrations += 1 } else { questions.append(header) }
                }
            case .device(let bytes):
                var reader = Reader(bytes)
                if let message = try? DeviceMessage(from: &reader) { deviceCalls.append(message) }
            case .log(let text): logs.append(String(decoding: text, as: UTF8.self))
            case .setTimer, .openConnection, .closeConnection: Issue.record("a file server has no use for this")
            }
        }
    }

    func connect(_ process: ProcessIdentity) {
        input(.connected(ConnectionID(rawValue: process.index + 1), process))
    }

    /// Sends a request; `nil`: it is unanswered.
    @discardableResult
    func begin(
        _ operation: Operation, _ body: some Wire, as process: ProcessIdentity? = nil, space: Int = Limits.payload
    ) -> RequestKey {
        let id = RequestID(rawValue: nextRequest)
        nextRequest += 1
        var message = Message.request(operation, id: id, replySpace: space, body)
        let connection: ConnectionID
        if let process {
            connection = ConnectionID(rawValue: process.index + 1)
            var writer = Writer()
            writer.value(process)
            for (index, byte) in writer.bytes.enumerated() { message[16 + index] = byte }
        } else {
            connection = .resourceManager
        }
        input(.message(connection, message))
        return RequestKey(connection: connection, request: id)
    }

    /// Takes the reply to a request, or `nil` if there is none yet. Fails the test if there are two.
    func take(_ key: RequestKey) -> (error: Errno?, body: [UInt8])? {
        let found = replies.filter { $0.connection == key.connection && $0.header.request == key.request }
        guard let reply = found.first else { return nil }
        if found.count > 1 { Issue.record("a request was answered \(found.count) times") }
        replies.removeAll { $0.connection == key.connection && $0.header.request == key.request }
        return (Errno.decode(reply.header.argument), reply.body)
    }

    /// Sends a request and reads its reply.
    func call<Reply: Wire>(
        _ operation: Operation, _ body: some Wire, as process: ProcessIdentity? = nil, _ reply: Reply.Type = Reply.self,
        space: Int = Limits.payload
    ) throws(Errno) -> Reply {
        let key = begin(operation, body, as: process, space: space)
        guard let (error, bytes) = take(key) else {
            Issue.record("\(operation) was not answered")
            throw .timedOut
        }
        if let error { throw error }
        var reader = Reader(bytes)
        let value = try reader.value(Reply.self)
        try reader.finish()
        return value
    }

    /// resmgr answers the oldest question. Fails the test if there is none.
    func answer(_ body: some Wire) {
        guard let question = takeQuestion() else { return }
        input(.message(.resourceManager, Message.reply(question.operation, id: question.request, body)))
    }

    /// resmgr answers the oldest question with an error.
    func answer(_ error: Errno) {
        guard let question = takeQuestion() else { return }
        input(.message(.resourceManager, Message.failure(question.operation, id: question.request, error)))
    }

    private func takeQuestion() -> Header? {
        guard !questions.isEmpty else {
            Issue.record("nothing was asked")
            return nil
        }
        return questions.removeFirst()
    }

    /// Whether the counters are those of a server that loses nothing.
    var countsAgree: Bool {
        let counters = reactor.counters
        return counters.requests == counters.answers + counters.abandoned + counters.unanswered
            && counters.unanswered == UInt64(reactor.pendingCount)
    }

    func forgetReplies() { replies = [] }

    func takeDeviceCalls() -> [DeviceMessage] {
        let calls = deviceCalls
        deviceCalls = []
        return calls
    }

    func takeNotices() -> [(connection: ConnectionID, header: Header, body: [UInt8])] {
        let taken = notices
        notices = []
        return taken
    }
}

/// Process `number`, from 1.
func process(_ number: UInt32) -> ProcessIdentity { ProcessIdentity(node: 0, index: number, generation: 1) }

let root = Credentials(user: .root, group: GroupID(rawValue: 0), supplementary: [])
let alice = Credentials(user: UserID(rawValue: 1000), group: GroupID(rawValue: 100), supplementary: [GroupID(rawValue: 7)])
let bob = Credentials(user: UserID(rawValue: 1001), group: GroupID(rawValue: 101), supplementary: [])

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

extension Client {
    /// Walks and answers whatever the file system says.
    func walk(
        _ path: String, _ operation: FinalOperation, as credentials: Credentials = root, process holder: ProcessIdentity = process(1),
        start: WalkStart = .root, flags: PathFlags = .followLast, depth: UInt32 = 0, links: UInt8 = 40, fileSystem: UInt32 = 1
    ) throws(Errno) -> WalkResult {
        try call(
            .walk,
            Walk(
                fileSystem: FileSystemID(rawValue: fileSystem), start: start, flags: flags, depth: depth, linksLeft: links,
                path: bytes(path), credentials: credentials, process: holder, operation: operation))
    }

    func open(
        _ path: String, _ access: AccessMode = .read, _ open: OpenFlags = [], flags: DescriptionFlags = [], mode: UInt16 = 0o644,
        as credentials: Credentials = root, process holder: ProcessIdentity = process(1), pathFlags: PathFlags = .followLast
    ) throws(Errno) -> Handle {
        let file = OpenFile(access: access, open: open, flags: flags, mode: mode)
        let result = try walk(path, .open(file), as: credentials, process: holder, flags: pathFlags)
        guard case .opened(let opened) = result else {
            Issue.record("an open came to \(result)")
            throw .protocolError
        }
        return opened.handle
    }

    func status(_ path: String, follow: Bool = true) throws(Errno) -> FileStatus {
        let result = try walk(path, .status, flags: follow ? .followLast : [])
        guard case .status(let status) = result else {
            Issue.record("a status came to \(result)")
            throw .protocolError
        }
        return status
    }

    /// Makes a file with these bytes.
    func make(_ path: String, _ content: String = "", mode: UInt16 = 0o644, as credentials: Credentials = root) throws(Errno) {
        let handle = try open(path, [.read, .write], [.create, .exclusive], mode: mode, as: credentials)
        if !content.isEmpty { #expect(try write(handle, bytes(content)) == content.utf8.count) }
        try close(handle)
    }

    func makeDirectory(_ path: String, mode: UInt16 = 0o755, as credentials: Credentials = root) throws(Errno) {
        #expect(try walk(path, .makeDirectory(mode), as: credentials, flags: []) == .nothing)
    }

    func symbolicLink(_ target: String, at path: String) throws(Errno) {
        #expect(try walk(path, .symbolicLink(bytes(target)), flags: []) == .nothing)
    }

    func close(_ handle: Handle, as holder: ProcessIdentity = process(1)) throws(Errno) {
        _ = try call(.close, OneHandle(handle: handle), as: holder, Nothing.self)
    }

    func read(
        _ handle: Handle, _ count: Int = Limits.transfer, at position: Position = .shared, as holder: ProcessIdentity = process(1)
    ) throws(Errno) -> [UInt8] {
        try call(.read, Read(handle: handle, position: position, count: UInt32(count)), as: holder, RawBytes.self).bytes
    }

    func write(
        _ handle: Handle, _ data: [UInt8], at position: Position = .shared, as holder: ProcessIdentity = process(1)
    ) throws(Errno) -> Int {
        Int(try call(.write, Write(handle: handle, position: position, data: data), as: holder, Count.self).count)
    }

    /// The whole file.
    func content(_ path: String) throws(Errno) -> String {
        let handle = try open(path)
        let data = try read(handle)
        try close(handle)
        return String(decoding: data, as: UTF8.self)
    }

    func node(_ path: String) throws(Errno) -> NodeID { try status(path, follow: false).node }

    func parent(_ path: String) throws(Errno) -> (NodeID, [UInt8]) {
        let result = try walk(path, .parent, flags: [])
        guard case .parent(let node, let name) = result else {
            Issue.record("a parent came to \(result)")
            throw .protocolError
        }
        return (node, name)
    }

    func rename(_ from: String, _ to: String, as credentials: Credentials = root) throws(Errno) {
        let (fromDirectory, fromName) = try parent(from)
        let (toDirectory, toName) = try parent(to)
        _ = try call(
            .renameNode,
            NodeRename(
                fileSystem: FileSystemID(rawValue: 1), fromDirectory: fromDirectory, fromName: fromName, toDirectory: toDirectory,
                toName: toName, credentials: credentials), Nothing.self)
    }

    func link(_ existing: String, _ new: String, as credentials: Credentials = root) throws(Errno) {
        let node = try node(existing)
        let (directory, name) = try parent(new)
        _ = try call(
            .linkNode,
            NodeLink(fileSystem: FileSystemID(rawValue: 1), node: node, toDirectory: directory, toName: name, credentials: credentials),
            Nothing.self)
    }

    /// All entries from a cookie on, in parts of at most `count` bytes.
    func entries(_ handle: Handle, from cookie: UInt64 = 0, count: Int = 4096) throws(Errno) -> [DirectoryEntry] {
        var all: [DirectoryEntry] = []
        var cookie = cookie
        while true {
            let part = try call(
                .readDirectory, ReadDirectory(handle: handle, cookie: cookie, count: UInt32(count)), as: process(1),
                DirectoryEntries.self
            ).entries
            guard let last = part.last else { return all }
            all += part
            cookie = last.cookie
        }
    }

    func names(_ path: String) throws(Errno) -> [String] {
        let handle = try open(path, .read, .directory)
        let names = try entries(handle).map { String(decoding: $0.name, as: UTF8.self) }
        try close(handle)
        return names
    }
}

extension Client where Logic == TmpFS {
    /// Bytes that file system 1 keeps, and its nodes.
    var used: UInt64 { reactor.logic.files.trees[FileSystemID(rawValue: 1)]?.used ?? 0 }
    var nodeCount: Int { reactor.logic.files.trees[FileSystemID(rawValue: 1)]?.nodeCount ?? 0 }

    /// A server with one file system, and processes 1 to 3 connected.
    static func tmpfs(_ options: String = "mode=755") throws(Errno) -> Client<TmpFS> {
        let client = Client(TmpFS())
        for number in 1...3 { client.connect(process(UInt32(number))) }
        let created = try client.call(
            .createFileSystem, CreateFileSystem(options: bytes(options), credentials: root), FileSystemCreated.self)
        #expect(created.fileSystem.rawValue == 1)
        return client
    }
}
