import ABI
import Testing

@testable import LibOS

/// Spawning, waiting, groups, lists, pipes and terminals.
@Suite struct ProcessTests {
    func spawn(_ scene: inout Scene, _ path: String, _ block: SpawnBlock) -> Int32 {
        var writer = Writer()
        writer.value(block)
        scene.put(writer.bytes, 1000)
        let length = scene.put(path: path)
        return scene.libOS.processSpawn(thread, 100, length, 1000, UInt32(writer.bytes.count), 400, 500, 8, 404, host: &scene.host)
    }

    func mapping(_ child: UInt32, _ parent: UInt32) -> SpawnBlock.Mapping {
        SpawnBlock.Mapping(child: Descriptor(rawValue: child), parent: Descriptor(rawValue: parent))
    }

    @Test func spawnTranslatesDescriptors() throws {
        var scene = try Scene()
        #expect(scene.libOS.maskSet(thread, 0o77, 300, host: &scene.host) == 0)
        let block = SpawnBlock(
            flags: [.setGroup], group: ProcessGroupID(rawValue: 9), arguments: [ByteString("a")], environment: [ByteString("B=1")],
            descriptors: [mapping(2, 0), mapping(0, 1), mapping(7, 2)])
        #expect(spawn(&scene, "bin/x", block) == pending)
        let asked = try scene.asked(.spawn, Spawn.self, on: .resourceManager)
        #expect(asked.start == PathStart(connection: files, handle: handle(21)) && asked.path == text("bin/x"))
        #expect(asked.workingDirectory.handle == handle(21) && asked.workingDirectory.kind == .directory)
        #expect(asked.mask == 0o77 && asked.flags == [.setGroup] && asked.group.rawValue == 9)
        #expect(asked.arguments == block.arguments && asked.environment == block.environment)
        #expect(asked.descriptors.map { $0.descriptor.rawValue } == [0, 2, 7])
        #expect(asked.descriptors.map { $0.handle } == [handle(11), handle(10), handle(12)])
        #expect(asked.descriptors.map { $0.connection } == [pipes, terminals, files])
        #expect(asked.descriptors[0].access == .write && asked.descriptors[0].kind == .pipe)
        #expect(try scene.resume(SpawnResult(process: ProcessID(rawValue: 55))) == 0)
        #expect(scene.word(400) == 55 && scene.word(404) == 0)
        #expect(spawn(&scene, "/bin/x", block) == pending)
        #expect(try scene.asked(.spawn, Spawn.self).start.handle == .none)
    }

    @Test func spawnTellsTheReason() throws {
        var scene = try Scene()
        #expect(spawn(&scene, "x", SpawnBlock(arguments: [ByteString("a")])) == pending)
        scene.refuse(try scene.last, .execFormatError, "too long a reason")
        #expect(scene.libOS.resume(thread) == code(.execFormatError))
        #expect(scene.word(404) == 8 && scene.get(500, 9) == text("too long") + [0xAA])
        #expect(spawn(&scene, "x", SpawnBlock(arguments: [ByteString("a")])) == pending)
        scene.refuse(try scene.last, .noSuchFileOrDirectory)
        #expect(scene.libOS.resume(thread) == code(.noSuchFileOrDirectory))
        #expect(scene.word(404) == 0)
    }

    @Test func spawnRefusals() throws {
        var scene = try Scene()
        let one = [ByteString("a")]
        #expect(spawn(&scene, "", SpawnBlock(arguments: one)) == code(.noSuchFileOrDirectory))
        #expect(spawn(&scene, "x", SpawnBlock(arguments: [])) == code(.invalidArgument))
        #expect(spawn(&scene, "x", SpawnBlock(flags: SpawnFlags(rawValue: 16), arguments: one)) == code(.invalidArgument))
        #expect(spawn(&scene, "x", SpawnBlock(arguments: one, descriptors: [mapping(0, 30)])) == code(.badFileDescriptor))
        #expect(spawn(&scene, "x", SpawnBlock(arguments: one, descriptors: [mapping(1024, 0)])) == code(.badFileDescriptor))
        #expect(
            spawn(&scene, "x", SpawnBlock(arguments: one, descriptors: [mapping(1, 0), mapping(1, 2)])) == code(.invalidArgument))
        #expect(spawn(&scene, "x", SpawnBlock(arguments: [ByteString([0x61, 0])])) == code(.invalidArgument))
        scene.host.memory = [UInt8](repeating: 0, count: 4 << 20)
        let long = [ByteString([UInt8](repeating: 0x61, count: Limits.arguments))]
        #expect(spawn(&scene, "x", SpawnBlock(arguments: long)) == code(.argumentListTooLong))
        #expect(
            scene.libOS.processSpawn(thread, 100, 1, 1000, 2 << 20, 400, 500, 8, 404, host: &scene.host) == code(.argumentListTooLong))
        scene.put([1, 2, 3], 1000)
        #expect(scene.libOS.processSpawn(thread, 100, 1, 1000, 3, 400, 500, 8, 404, host: &scene.host) == code(.invalidArgument))
        #expect(scene.host.sent.isEmpty)
    }

    @Test func waiting() throws {
        var scene = try Scene()
        #expect(scene.libOS.processWait(thread, -1, 0, 400, 404, host: &scene.host) == pending)
        #expect(try scene.asked(.wait, Wait.self) == Wait(target: -1, flags: []))
        let result = WaitResult(process: ProcessID(rawValue: 50), change: ChildChange(kind: .signaled, code: 9))
        #expect(try scene.resume(result) == 0)
        #expect(scene.word(400) == 50 && scene.word(404) == 0x109)
        #expect(scene.libOS.processWait(thread, 50, 1, 400, 404, host: &scene.host) == pending)
        #expect(try scene.asked(.wait, Wait.self).flags == .noHang)
        #expect(try scene.resume(failing: .noChildProcess) == code(.noChildProcess))
        #expect(scene.libOS.processWait(thread, 50, 4, 400, 404, host: &scene.host) == code(.invalidArgument))
    }

    @Test func identity() throws {
        var scene = try Scene()
        #expect(scene.libOS.processID(thread) == 42 && scene.libOS.processParentID(thread) == 41)
        scene.libOS.deliver(
            .resourceManager, Message.notice(.parentChanged, ParentChanged(parent: .initial)), host: &scene.host)
        #expect(scene.libOS.processParentID(thread) == 1)
        scene.libOS.deliver(files, Message.notice(.parentChanged, ParentChanged(parent: ProcessID(rawValue: 9))), host: &scene.host)
        #expect(scene.libOS.processParentID(thread) == 1)
    }

    @Test func groupsAndLists() throws {
        var scene = try Scene()
        #expect(scene.libOS.processGroupGet(thread, 7, 400, 404, host: &scene.host) == pending)
        #expect(try scene.asked(.processStatus, OneProcess.self).process.rawValue == 7)
        let record = ProcessRecord(
            process: ProcessID(rawValue: 7), parent: .initial, group: ProcessGroupID(rawValue: 5), session: SessionID(rawValue: 3),
            user: .root, state: .running, isServer: false, started: .zero, command: [ByteString("x")])
        #expect(try scene.resume(record) == 0)
        #expect(scene.word(400) == 5 && scene.word(404) == 3)
        #expect(scene.libOS.processGroupSet(thread, 0, 6, host: &scene.host) == pending)
        #expect(try scene.asked(.setProcessGroup, SetProcessGroup.self).group.rawValue == 6)
        #expect(try scene.resume(failing: .notPermitted) == code(.notPermitted))
        #expect(scene.libOS.processGroupSet(thread, -1, 6, host: &scene.host) == code(.invalidArgument))
        #expect(scene.libOS.processList(thread, 7, 500, 100, 400, host: &scene.host) == pending)
        #expect(try scene.asked(.processes, OneProcess.self).process.rawValue == 7)
        #expect(try scene.resume(ProcessList(processes: [record])) == 0)
        var reader = Reader(scene.get(500, Int(scene.word(400))))
        #expect(try reader.value(ProcessList.self).processes == [record])
        #expect(scene.libOS.processList(thread, 7, 500, 10, 400, host: &scene.host) == pending)
        #expect(try scene.resume(ProcessList(processes: [record])) == code(.resultTooLarge))
    }

    @Test func pipesAreMadeByTheDriver() throws {
        var scene = try Scene()
        #expect(scene.libOS.pipeCreate(thread, 400, 404, 4, host: &scene.host) == pending)
        #expect(try scene.asked(.connect, Connect.self, on: .resourceManager).service == .pipe)
        #expect(try scene.resume(Connected(connection: pipes)) == pending)
        #expect(try scene.asked(.createPipe, CreatePipe.self, on: pipes).flags == .nonBlocking)
        #expect(try scene.resume(PipeEnds(readEnd: handle(70), writeEnd: handle(71))) == 0)
        #expect(scene.word(400) == 5 && scene.word(404) == 6)
        scene.put(vectors: [(500, 4)], 200)
        #expect(scene.libOS.fdRead(thread, 6, 200, 1, 300, host: &scene.host) == code(.notCapable))
        #expect(scene.libOS.fdWrite(thread, 5, 200, 1, 300, host: &scene.host) == code(.notCapable))
        #expect(scene.libOS.fdRead(thread, 5, 200, 1, 300, host: &scene.host) == pending)
        #expect(try scene.asked(.read, Read.self, on: pipes).handle == handle(70))
        _ = try scene.resume(RawBytes([]))
        // The connection is known now; and forgotten when it is lost.
        #expect(scene.libOS.pipeCreate(thread, 400, 404, 0, host: &scene.host) == pending)
        #expect(try scene.last.header.operation == .createPipe)
        #expect(try scene.resume(failing: .tooManyOpenFilesInSystem) == code(.tooManyOpenFilesInSystem))
        scene.libOS.deliver(pipes, Message.notice(.last, Nothing()), host: &scene.host)
        #expect(scene.libOS.pipeCreate(thread, 400, 404, 0, host: &scene.host) == pending)
        #expect(try scene.last.header.operation == .connect)
        #expect(try scene.resume(failing: .noSuchAddressOrDevice) == code(.noSuchAddressOrDevice))
        #expect(scene.libOS.pipeCreate(thread, 400, 404, 1, host: &scene.host) == code(.invalidArgument))
    }

    @Test func terminalCalls() throws {
        var scene = try Scene()
        let attributes = TerminalAttributes(
            input: 1, output: 2, control: 3, local: 4, inputSpeed: 5, outputSpeed: 6, controlCharacters: ControlCharacters())
        #expect(scene.libOS.terminalAttributesGet(thread, 0, 500, host: &scene.host) == pending)
        #expect(try scene.asked(.getTerminalAttributes, OneHandle.self, on: terminals).handle == handle(10))
        #expect(try scene.resume(attributes) == 0)
        #expect(scene.libOS.terminalAttributesSet(thread, 0, 2, 500, host: &scene.host) == pending)
        #expect(
            try scene.asked(.setTerminalAttributes, SetTerminalAttributes.self)
                == SetTerminalAttributes(handle: handle(10), action: .flush, attributes: attributes))
        #expect(try scene.resume(Nothing()) == 0)
        #expect(scene.libOS.terminalAttributesSet(thread, 0, 3, 500, host: &scene.host) == code(.invalidArgument))
        let size = WindowSize(rows: 24, columns: 80, width: 1, height: 2)
        #expect(scene.libOS.terminalSizeGet(thread, 0, 500, host: &scene.host) == pending)
        #expect(try scene.resume(size) == 0)
        #expect(scene.libOS.terminalSizeSet(thread, 0, 500, host: &scene.host) == pending)
        #expect(try scene.asked(.setWindowSize, SetWindowSize.self).size == size)
        _ = try scene.resume(Nothing())
        #expect(scene.libOS.terminalForegroundGet(thread, 0, 500, host: &scene.host) == pending)
        #expect(try scene.resume(ForegroundGroup(group: ProcessGroupID(rawValue: 5))) == 0)
        #expect(scene.word(500) == 5)
        #expect(scene.libOS.terminalForegroundSet(thread, 0, 5, host: &scene.host) == pending)
        #expect(try scene.asked(.setForegroundGroup, SetForegroundGroup.self).group.rawValue == 5)
        _ = try scene.resume(Nothing())
        #expect(scene.libOS.terminalForegroundSet(thread, 0, 0, host: &scene.host) == code(.invalidArgument))
        #expect(scene.libOS.terminalSizeGet(thread, 2, 500, host: &scene.host) == code(.inappropriateIOControl))
        #expect(scene.libOS.terminalSizeGet(thread, 22, 500, host: &scene.host) == code(.badFileDescriptor))
    }
}
