import ABI
import TestSupport

/// Makes messages to a file server that are nearly right: real operations, handles, nodes and names, sometimes damaged.
struct FileFuzzer {
    var random: Seeded
    let paths: [String]
    /// The process that speaks, and a handle that may be its own.
    var holder = process(1)
    var handle = Handle.none
    /// What earlier answers named; the first one is the root.
    var nodes: [NodeID] = [NodeID(index: 0, generation: 1)]
    /// The last requests of each process: what a cancel is for.
    private var asked: [UInt32: [RequestID]] = [:]
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
        case .lock:
            writer.value(
                SetLock(
                    handle: handle, scope: random.pick(LockScope.allCases), action: random.pick(LockAction.allCases),
                    kind: random.pick(LockKind.allCases), whence: random.pick(Whence.allCases), start: Int64(random.below(6)) - 1,
                    length: Int64(random.below(6)) - 1, process: ProcessID(rawValue: 1)))
        case .poll: writer.value(Poll(handle: handle, events: PollEvents(rawValue: UInt16(random.below(16)))))
        default: writer.value(OneHandle(handle: handle))
        }
        return Question(operation: operation, step: "\(operation)", isManagement: false, body: writer.bytes)
    }
    static let byHandle: [Operation] = [
        .read, .read, .write, .write, .seek, .status, .setSize, .setTimes, .sync, .allocate, .readDirectory, .close, .setDescriptionFlags,
        .poll, .lock, .lock,
    ]

    /// What resmgr asks.
    mutating func management() -> Question {
        var writer = Writer()
        let start: WalkStart = random.chance(70) ? .root : random.chance(50) ? .handle(holder, handle) : .node(node())
        let operation: Operation
        switch random.below(40) {
        case 0...3:
            operation = .renameNode
            writer.value(
                NodeRename(
                    fileSystem: fileSystem(), fromDirectory: node(), fromName: path(), toDirectory: node(), toName: path(),
                    credentials: credentials()))
        case 4...7:
            operation = .linkNode
            writer.value(
                NodeLink(fileSystem: fileSystem(), node: node(), toDirectory: node(), toName: path(), credentials: credentials()))
        case 8...10:
            operation = .share
            writer.value(Share(from: holder, to: other(), handles: [handle, handle]))
        case 11:
            operation = .locate
            writer.value(Locate(fileSystem: fileSystem(), start: start))
        case 12:
            operation = .fileSystemOf
            writer.value(DirectoryHandle(process: holder, handle: handle))
        case 13:
            operation = .setMountPoint
            writer.value(SetMountPoint(fileSystem: fileSystem(), node: node(), isCovered: random.chance(40)))
        case 14 where random.chance(20):
            operation = .createFileSystem
            writer.value(
                CreateFileSystem(options: bytes(random.pick(["size=1m", "size=1m,mode=777", "size=64k", "size=x"])), credentials: root))
        case 15 where random.chance(20):
            operation = .destroyFileSystem
            // The first one stays: an empty server would refuse everything.
            writer.value(OneFileSystem(fileSystem: FileSystemID(rawValue: max(2, fileSystem().rawValue))))
        case 16...17:
            operation = .openDevice
            writer.value(device())
        default: return walk(start)
        }
        return Question(operation: operation, step: "\(operation)", isManagement: true, body: writer.bytes)
    }

    private mutating func walk(_ start: WalkStart) -> Question {
        var writer = Writer()
        let final = final()
        writer.value(
            Walk(
                fileSystem: fileSystem(), start: start, flags: PathFlags(rawValue: UInt8(random.below(8))),
                depth: UInt32(random.below(3)), linksLeft: UInt8(random.below(41)), path: path(), credentials: credentials(),
                process: holder, operation: final))
        return Question(operation: .walk, step: "walk \(final.name)", isManagement: true, body: writer.bytes)
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

    /// Notes a request of the holder.
    mutating func remember(_ request: RequestID) { asked[holder.index] = (asked[holder.index] ?? []).suffix(5) + [request] }

    /// One of the holder's last requests.
    mutating func recent() -> RequestID {
        let requests = asked[holder.index] ?? []
        return requests.isEmpty ? RequestID(rawValue: 1) : random.pick(requests)
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
