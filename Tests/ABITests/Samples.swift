import ABI
import Testing

/// One message type with a value of it, reduced to what the codec tests need.
struct Sample: Sendable, CustomTestStringConvertible {
    var name: String
    var encoded: [UInt8]
    /// Whether the type ends in bytes without a length, so that a shorter message is a message too.
    var isTailed: Bool
    /// Decodes the whole of some bytes and encodes the value again; `nil` if that throws. Records an issue if the error is not
    /// `badMessage`, or if what was encoded does not decode to the same value.
    var recode: @Sendable ([UInt8]) -> [UInt8]?
    var testDescription: String { name }

    init<T: Wire & Equatable & Sendable>(_ value: T, isTailed: Bool = false) {
        name = "\(T.self)"
        encoded = Sample.encode(value)
        self.isTailed = isTailed
        recode = { bytes in
            guard let decoded = Sample.decode(T.self, bytes) else { return nil }
            let again = Sample.encode(decoded)
            if Sample.decode(T.self, again) != decoded { Issue.record("\(T.self): \(decoded) does not survive its encoding") }
            return again
        }
    }

    static func encode(_ value: some Wire) -> [UInt8] {
        var writer = Writer()
        writer.value(value)
        return writer.bytes
    }

    static func decode<T: Wire>(_ type: T.Type, _ bytes: [UInt8]) -> T? {
        var reader = Reader(bytes)
        do throws(Errno) {
            let value = try reader.value(T.self)
            try reader.finish()
            return value
        } catch {
            if error != .badMessage { Issue.record("\(T.self) threw \(error)") }
            return nil
        }
    }

    private static let handle = Handle(index: 5, generation: 9)
    private static let node = NodeID(index: 7, generation: 2)
    private static let process = ProcessIdentity(node: 1, index: 3, generation: 4)
    private static let pid = ProcessID(rawValue: 12)
    private static let group = ProcessGroupID(rawValue: 10)
    private static let session = SessionID(rawValue: 11)
    private static let connection = ConnectionID(rawValue: 6)
    private static let fileSystem = FileSystemID(rawValue: 2)
    private static let user = UserID(rawValue: 1000)
    private static let userGroup = GroupID(rawValue: 100)
    private static let credentials = Credentials(user: user, group: userGroup, supplementary: [userGroup, GroupID(rawValue: 5)])
    private static let time = Nanoseconds(rawValue: 1_234_567_890_123)
    private static let text = Array("some/text".utf8)
    private static let name = ChannelName(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210)
    private static let stamp = Stamp(process: process, credentials: CredentialsID(rawValue: 8), group: group, session: session)
    private static let start = PathStart(connection: connection, handle: handle)
    private static let end = ProcessEnd(kind: .signaled, code: 11)
    private static let status = FileStatus(
        device: 1, node: node, kind: .regular, mode: 0o644, links: 2, user: user, group: userGroup, size: 12345, blocks: 32,
        major: .none, minor: 0, accessTime: time, modificationTime: time, changeTime: time)
    private static let opened = FileOpened(handle: handle, access: [.read, .write], flags: .append, status: status)
    private static let inherited = InheritedDescriptor(
        descriptor: Descriptor(rawValue: 1), connection: connection, handle: handle, kind: .pipe, access: .write, flags: .nonBlocking)
    private static let given = SpawnDescriptor(
        descriptor: Descriptor(rawValue: 1), connection: connection, handle: handle, kind: .characterDevice, access: .read, flags: [])
    private static let times = TimeChange(access: .to(time), modification: .now)
    private static let open = OpenFile(access: .write, open: [.create, .exclusive], flags: .append, mode: 0o640)
    private static let size = WindowSize(rows: 24, columns: 80, width: 640, height: 480)
    private static let strings = [ByteString("ls"), ByteString("-l"), ByteString("")]

    private static let counters: Counters = {
        var counters = Counters()
        counters.requests = 1 << 40
        counters.answers = 2
        counters.abandoned = 3
        counters.unanswered = 4
        counters.noticesReceived = 5
        counters.noticesSent = 6
        counters.bytesReceived = 7
        counters.bytesSent = 8
        return counters
    }()

    private static let finals: [FinalOperation] = [
        .open(open), .status, .setTimes(times), .setMode(0o4755), .setOwner(user, userGroup), .setSize(99), .access(5),
        .makeDirectory(0o755), .removeDirectory, .unlink, .symbolicLink(text), .readLink, .resolve, .parent,
    ]
    private static let walks: [WalkResult] = [
        .nothing, .opened(opened), .status(status), .target(text), .node(node, .directory), .parent(node, text),
        .entersMount(node, rest: text, depth: 3, linksLeft: 40), .leavesRoot(rest: text, depth: 1, linksLeft: 2),
        .absoluteLink(rest: text, linksLeft: 39), .device(.terminal, 1, status), .descriptor(Descriptor(rawValue: 3)),
    ]
    private static let paths: [PathResult] = [
        .nothing, .opened(connection, opened), .status(status), .target(text), .descriptor(Descriptor(rawValue: 3)),
    ]
    private static let starts: [WalkStart] = [.root, .node(node), .handle(process, handle)]

    /// Every type that a message carries.
    static let all: [Sample] = common + harts + processes + files + fileSystems + drivers + terminals

    private static let common: [Sample] = [
        Sample(Cancel(request: RequestID(rawValue: 77))), Sample(Ready(handle: handle, events: [.readable, .hangUp], sequence: 3)),
        Sample(OneHandle(handle: handle)), Sample(Nothing()), Sample(RawBytes(text), isTailed: true), Sample(ByteString("abc")),
        Sample(stamp), Sample(Signal.interrupt), Sample(status), Sample(ControlCharacters()),
    ]
    private static let harts: [Sample] = [
        Sample(OpenConnection(connection: connection, name: name, peer: process)), Sample(CloseConnection(connection: connection)),
        Sample(SetStamp(stamp: stamp)),
        Sample(
            CreateHart(
                hart: HartID(rawValue: 4), role: .server, module: text, grants: [.console, .page], channel: name, stamp: stamp,
                configuration: text)),
        Sample(EndHart(hart: HartID(rawValue: 4))),
        Sample(HartGone(hart: HartID(rawValue: 4), reason: .trap, text: text), isTailed: true),
        Sample(BlockGeometry(blockSize: 4096, blockCount: 1 << 40, isWritable: true, hasWriteCache: false)),
        Sample(BlockRange(first: 1 << 33, count: 7)), Sample(BlockWrite(first: 1 << 33, bytes: text), isTailed: true),
    ]
    private static let information = SignalInfo(signal: .child, code: SignalCode.exited, process: pid, user: user, value: 3)
    private static let processes: [Sample] = [
        Sample(
            StartProgram(
                process: pid, parent: .initial, group: group, session: session, credentials: credentials, mask: 0o22, ignored: 1 << 40,
                imageConnection: connection, imageHandle: handle, imageSize: 1 << 33, path: text, arguments: strings,
                environment: strings, root: inherited, workingDirectory: inherited, descriptors: [inherited, inherited])),
        Sample(ParentChanged(parent: .initial)), Sample(ConnectionLost(connection: connection)),
        Sample(
            Spawn(
                start: start, path: text, workingDirectory: given, flags: [.setGroup, .foreground], group: group, mask: 0o77,
                arguments: strings, environment: strings, descriptors: [given])),
        Sample(SpawnResult(process: pid)), Sample(Exit(end: end, reason: text), isTailed: true),
        Sample(Wait(target: -1, flags: .noHang)), Sample(WaitResult(process: pid, change: ChildChange(end))),
        Sample(Kill(target: -5, signal: 15)), Sample(Kill(target: 5, signal: 40, value: 1 << 40)), Sample(information),
        Sample(TakeSignal(blocked: 1 << 63, takes: true)), Sample(TakenSignal(info: nil, isMore: false)),
        Sample(TakenSignal(info: information, isMore: true)), Sample(WaitSignal(set: 5, timeout: 1 << 40)), Sample(SignalSet(bits: 9)),
        Sample(AlarmTime(remaining: 1 << 40, interval: 7)), Sample(Stopped(isStopped: true)),
        Sample(BackgroundAccess(process: process, signal: .terminalInput)),
        Sample(SetProcessGroup(process: pid, group: group)), Sample(OneProcess(process: pid)),
        Sample(SetDisposition(signal: .child, disposition: .ignore, flags: .noChildWait)),
        Sample(
            ProcessList(processes: [
                ProcessRecord(
                    process: pid, parent: .initial, group: group, session: session, user: user, state: .running, isServer: true,
                    started: time, command: strings)
            ])),
        Sample(Connect(service: .pipe)), Sample(Connected(connection: connection)),
        Sample(
            SpawnBlock(
                flags: .newSession, group: group, arguments: strings, environment: strings,
                descriptors: [SpawnBlock.Mapping(child: Descriptor(rawValue: 0), parent: Descriptor(rawValue: 9))])),
        Sample(credentials),
    ]
    private static let files: [Sample] = [
        Sample(Read(handle: handle, position: .explicit(99), count: 4096)), Sample(Read(handle: handle, position: .shared, count: 1)),
        Sample(Write(handle: handle, position: .shared, data: text), isTailed: true), Sample(Count(count: 9)),
        Sample(Seek(handle: handle, offset: -1, whence: .end)), Sample(Offset(offset: 1 << 40)),
        Sample(SetSize(handle: handle, size: 3)), Sample(SetTimes(handle: handle, times: times)),
        Sample(SetTimes(handle: handle, times: TimeChange(access: .keep, modification: .keep))),
        Sample(Allocate(handle: handle, offset: 1, length: 2)), Sample(ReadDirectory(handle: handle, cookie: 5, count: 4096)),
        Sample(DirectoryEntries(entries: [DirectoryEntry(cookie: 1, node: node, kind: .symbolicLink, name: text)])),
        Sample(SetDescriptionFlags(handle: handle, flags: [.append, .sync])), Sample(Poll(handle: handle, events: .writable)),
        Sample(PollResult(events: .failed, available: 7)), Sample(CreatePipe(flags: .nonBlocking)),
        Sample(PipeEnds(readEnd: handle, writeEnd: .none)),
    ]
    private static let fileSystems: [Sample] =
        finals.map { Sample(PathRequest(start: start, flags: [.followLast, .beneath], path: text, operation: $0)) }
        + paths.map { Sample($0) } + walks.map { Sample($0) }
        + starts.map {
            Sample(
                Walk(
                    fileSystem: fileSystem, start: $0, flags: .empty, depth: 3, linksLeft: 40, path: text, credentials: credentials,
                    process: process, operation: .status))
        }
        + [
            Sample(
                TwoPaths(fromStart: start, fromFlags: .followLast, from: text, toStart: start, toFlags: .beneath, to: text)),
            Sample(start), Sample(Mount(start: start, target: text, type: text, options: text)),
            Sample(Unmount(start: start, target: text)),
            Sample(MountList(mounts: [MountRecord(target: text, type: text, options: [])])),
            Sample(
                NodeRename(
                    fileSystem: fileSystem, fromDirectory: node, fromName: text, toDirectory: node, toName: text,
                    credentials: credentials)),
            Sample(NodeLink(fileSystem: fileSystem, node: node, toDirectory: node, toName: text, credentials: credentials)),
            Sample(SetMountPoint(fileSystem: fileSystem, node: node, isCovered: true)),
            Sample(CreateFileSystem(options: text, credentials: credentials)), Sample(FileSystemCreated(fileSystem: fileSystem)),
            Sample(OneFileSystem(fileSystem: fileSystem)), Sample(Locate(fileSystem: fileSystem, start: .root)),
            Sample(DirectoryHandle(process: process, handle: handle)),
        ]
    private static let drivers: [Sample] = [
        Sample(Register(name: text, service: .fileSystem, majors: [.terminal, .memory])),
        Sample(Share(from: process, to: .nobody, handles: [handle, .none])), Sample(ShareResult(handles: [handle])),
        Sample(ProcessGone(process: process)),
        Sample(
            OpenDevice(
                major: .terminal, minor: 1, process: process, session: session, group: group, open: open, node: status,
                user: UserID(rawValue: 1000))),
        Sample(SignalGroup(group: group, signal: .quit)), Sample(GroupSignaled(group: group, ended: [process])),
        Sample(Drop(process: process, handles: [handle])),
        Sample(Foreground(session: session, group: group)),
        Sample(SetControllingTerminal(process: process, handle: handle, session: session, group: group)),
        Sample(SessionTerminal(minor: 1)), Sample(counters),
        Sample(
            SystemStatus(
                wait: text,
                servers: [
                    ServerStatus(name: text, restarts: 3, report: CountersReport(counters: counters, age: time)),
                    ServerStatus(name: text, restarts: 0, report: nil),
                ])),
        Sample(BootSteps(steps: [BootStep(time: time, text: text), BootStep(time: .zero, text: [])])),
    ]
    private static let terminals: [Sample] = [
        Sample(TerminalAttributes.standard), Sample(TerminalSession(session: session)), Sample(PseudoTerminal(number: 200)),
        Sample(ControlTerminal(handle: handle, command: .releaseOutput)),
        Sample(SetTerminalAttributes(handle: handle, action: .flush, attributes: .standard)), Sample(size),
        Sample(SetWindowSize(handle: handle, size: size)), Sample(ForegroundGroup(group: group)),
        Sample(SetForegroundGroup(handle: handle, group: group)),
    ]
}
