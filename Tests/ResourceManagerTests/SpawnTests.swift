import ABI
import Processes
import ResourceManager
import ServerKit
import TestSupport
import Testing

@Suite struct SpawnTests {
    @Test func childGetsEverything() throws {
        let world = World.booted()
        let parent = world.initial
        let child = try world.spawn(parent)
        let started = try #require(child.started)
        #expect(started.parent == .initial)
        #expect(started.group.rawValue == 1)
        #expect(started.session.rawValue == 1)
        #expect(started.mask == 0o022)
        #expect(started.arguments == [ByteString("program"), ByteString("-x")])
        #expect(started.environment == [ByteString("A=B")])
        #expect(started.imageSize == 1000)
        #expect(started.descriptors.count == 3)
        #expect(child.stamp.group.rawValue == 1)
        // The image, root and working directory are at one server, the terminal at another.
        #expect(child.connections.count == 2)
        for (number, name) in child.names {
            let peer = child.connections[number]
            let server = try #require(world.harts.values.first { $0.stamp.process == peer })
            #expect(server.names.values.contains(name), "both ends have the channel's name")
        }
        world.expectQuiet()
        let status = try world.call(parent, .processStatus, OneProcess(process: started.process), ProcessRecord.self)
        #expect(status.state == .running)
        #expect(status.command == [ByteString("program"), ByteString("-x")])
        let list = try world.call(parent, .processes, OneProcess(process: ProcessID(rawValue: 0)), ProcessList.self).processes
        #expect(list.count { $0.isServer } == 6)
        #expect(list.first?.process == .initial)
        #expect(list.map { $0.process } == list.map { $0.process }.sorted())
    }

    @Test(arguments: [
        ("/bin/none", Errno.noSuchFileOrDirectory), ("/bin/data", .permissionDenied), ("/bin", .permissionDenied),
        ("/dev/null", .permissionDenied), ("/bin/program/x", .notDirectory), ("", .noSuchFileOrDirectory),
    ])
    func imagesThatAreNone(path: String, error: Errno) throws {
        let world = World.booted()
        let handles = world.openHandles
        let request = world.spawnRequest(world.initial, path)
        #expect(throws: error) { try world.call(world.initial, .spawn, request, SpawnResult.self) }
        world.expectQuiet()
        #expect(world.openHandles == handles)
        #expect(world.manager.processes.count == 7)
    }

    @Test func requestsThatMakeNoSense() throws {
        let world = World.booted()
        let parent = world.initial
        func expect(_ error: Errno, _ change: (inout Spawn) -> Void) {
            var request = world.spawnRequest(parent)
            change(&request)
            #expect(throws: error) { try world.call(parent, .spawn, request, SpawnResult.self) }
            world.expectQuiet()
            #expect(world.manager.processes.count == 7)
        }
        expect(.argumentListTooLong) { $0.arguments = [ByteString([UInt8](repeating: 65, count: Limits.arguments))] }
        expect(.invalidArgument) { $0.arguments = [] }
        expect(.invalidArgument) { $0.descriptors.reverse() }
        expect(.invalidArgument) { $0.descriptors.append($0.descriptors[2]) }
        expect(.badFileDescriptor) { $0.descriptors[2].descriptor = Descriptor(rawValue: 1024) }
        expect(.badFileDescriptor) { $0.descriptors[0].connection = ConnectionID(rawValue: 77) }
        expect(.badFileDescriptor) { $0.descriptors[1].handle = Handle(index: 900, generation: 1) }
        expect(.badFileDescriptor) { $0.workingDirectory.handle = Handle(index: 900, generation: 1) }
        expect(.notPermitted) {
            $0.flags = .setGroup
            $0.group = ProcessGroupID(rawValue: 4711)
        }
        expect(.invalidArgument) { $0.flags = .controllingTerminal }
        expect(.invalidArgument) { $0.flags = [.newSession, .setGroup] }
        expect(.invalidArgument) { $0.flags = SpawnFlags(rawValue: 1 << 9) }
        expect(.inappropriateIOControl) { $0.flags = .foreground }
        expect(.inappropriateIOControl) {
            $0.flags = [.newSession, .controllingTerminal]
            $0.descriptors = []
        }
        let tooSmall = world.ask(parent, .spawn, world.spawnRequest(parent), space: 3)
        world.pump()
        #expect(throws: Errno.overflow) { try world.result(parent, tooSmall, SpawnResult.self) }
    }

    @Test func failedStartTellsWhy() throws {
        let world = World.booted()
        world.treat = { _, header, _ in header.operation == .startProgram ? .fail(.execFormatError) : .normal }
        let handles = world.openHandles
        let id = world.ask(world.initial, .spawn, world.spawnRequest(world.initial))
        world.pump()
        #expect(world.initial.answers[id]?.error == .execFormatError)
        #expect(world.initial.answers[id]?.payload == Array("injected".utf8))
        #expect(world.openHandles == handles)
        world.expectQuiet()
        #expect(throws: Errno.noChildProcess) {
            try world.call(world.initial, .wait, Wait(target: -1, flags: .noHang), WaitResult.self)
        }
    }

    /// Every message that a spawn sends fails, or its receiver dies: the parent has one answer, and nothing is left.
    @Test(arguments: 0..<200) func everyStepFails(index: Int) throws {
        let world = World.booted()
        if index % 2 == 1 { world.random = Seeded(UInt64(index)) }
        let first = try world.spawn(world.initial, flags: [.newSession, .controllingTerminal])
        let parent = try world.spawn(first)
        let step = index / 4
        let kills = index / 2 % 2 == 1
        var count = 0
        var hit = false
        var operation = Operation.cancel
        world.treat = { hart, header, _ in
            guard header.kind == .request else { return .normal }
            if let hart, hart.role == .program, hart.started != nil { return .normal }
            defer { count += 1 }
            guard count == step else { return .normal }
            hit = true
            operation = header.operation
            return kills && hart != nil ? .die : .fail(.notEnoughMemory)
        }
        let id = world.ask(parent, .spawn, world.spawnRequest(parent, flags: [.setGroup, .foreground]))
        world.pump()
        world.treat = { _, _, _ in .normal }
        let answer = try #require(parent.answers[id])
        if hit && operation != .endHart && operation != .closeConnection && operation != .openConnection {
            #expect(answer.error != nil, "\(operation) failed")
        }
        world.pump()
        world.expectQuiet()
        if answer.error == nil {
            var reader = Reader(answer.payload)
            let pid = try reader.value(SpawnResult.self).process
            #expect(throws: Never.self) { try world.kill(world.initial, pid.rawValue, .kill) }
        }
        #expect(world.manager.processes.all.count { $0.parent.rawValue == parent.started!.process.rawValue && $0.end == nil } == 0)
        world.exit(parent)
        world.exit(first)
        world.expectQuiet()
        #expect(world.manager.hartCount == 7)
    }

    /// The parent is killed at every point of a spawn: either there is an orphan, or nothing.
    @Test(arguments: 0..<60) func parentDiesAtEveryStep(step: Int) throws {
        let world = World.booted()
        let parent = try world.spawn(world.initial)
        let pid = parent.started!.process.rawValue
        world.ask(parent, .spawn, world.spawnRequest(parent))
        for _ in 0..<step { _ = world.step() }
        world.ask(world.initial, .kill, Kill(target: pid, signal: Signal.kill.rawValue))
        world.pump()
        world.expectQuiet()
        for process in world.manager.processes.all where !process.isServer && process.id != .initial {
            #expect(process.parent == .initial)
            if process.end == nil { world.exit(world.process(process.id.rawValue)) }
            _ = try world.call(world.initial, .wait, Wait(target: process.id.rawValue, flags: []), WaitResult.self)
        }
        world.expectQuiet()
        #expect(world.manager.processes.count == 7)
        #expect(world.manager.hartCount == 7)
    }

    /// The child is killed at every point of its start: it is a child that ended.
    @Test(arguments: 0..<60) func childDiesAtEveryStep(step: Int) throws {
        let world = World.booted()
        let parent = try world.spawn(world.initial)
        let id = world.ask(parent, .spawn, world.spawnRequest(parent))
        for _ in 0..<step { _ = world.step() }
        let child = world.manager.processes.all.first { $0.parent == parent.started!.process }
        if let child { world.ask(world.initial, .kill, Kill(target: child.id.rawValue, signal: Signal.kill.rawValue)) }
        world.pump()
        world.expectQuiet()
        let result = try world.result(parent, id, SpawnResult.self)
        if child != nil {
            let end = try world.call(parent, .wait, Wait(target: -1, flags: []), WaitResult.self)
            #expect(end.process == result.process)
            #expect(end.change == ChildChange(kind: .signaled, code: 9))
        }
        world.exit(parent)
        world.expectQuiet()
    }

    @Test func sessionsGroupsAndTerminals() throws {
        let world = World.booted()
        let shell = try world.spawn(world.initial, flags: [.newSession, .controllingTerminal])
        let shellID = shell.started!.process.rawValue
        let terminals = try #require(world.server("tty").terminals)
        #expect(shell.started?.session.rawValue == shellID)
        #expect(terminals.session.rawValue == shellID)
        #expect(terminals.foreground.rawValue == shellID)
        let job = try world.spawn(shell, flags: [.setGroup, .foreground])
        let jobID = job.started!.process.rawValue
        #expect(job.started?.group.rawValue == jobID)
        #expect(job.started?.session.rawValue == shellID)
        #expect(terminals.foreground.rawValue == jobID)
        let second = try world.spawn(shell, flags: .setGroup, group: ProcessGroupID(rawValue: jobID))
        #expect(second.started?.group.rawValue == jobID)
        // A job that does not load leaves the terminal as it was.
        world.treat = { _, header, _ in header.operation == .startProgram ? .fail(.execFormatError) : .normal }
        #expect(throws: Errno.execFormatError) { try world.spawn(shell, flags: [.setGroup, .foreground]) }
        #expect(terminals.foreground.rawValue == jobID)
        world.treat = { _, _, _ in .normal }
        // A group of another session is none of theirs.
        #expect(throws: Errno.notPermitted) {
            try world.spawn(world.initial, flags: .setGroup, group: ProcessGroupID(rawValue: jobID))
        }
        world.exit(shell)
        #expect(terminals.foreground == .none)
        #expect(terminals.session == .none)
        #expect(throws: Errno.noSuchAddressOrDevice) { try world.path(job, "/dev/tty", .open(OpenFile(access: .read))) }
        world.expectQuiet()
    }

    @Test func ignoredSignalsAreInherited() throws {
        let world = World.booted()
        let parent = try world.spawn(world.initial)
        for (signal, disposition) in [(Signal.hangUp, Disposition.ignore), (.interrupt, .interrupt)] {
            try world.call(parent, .setDisposition, SetDisposition(signal: signal, disposition: disposition), Nothing.self)
        }
        #expect(try world.spawn(parent).started?.ignored == 1 << 1)
    }

    @Test func pidsAreNotUsedAgainWhileAGroupBearsThem() throws {
        let world = World.booted()
        let leader = try world.spawn(world.initial, flags: .setGroup)
        let leaderID = leader.started!.process
        _ = try world.spawn(world.initial, flags: .setGroup, group: ProcessGroupID(rawValue: leaderID.rawValue))
        world.exit(leader)
        _ = try world.call(world.initial, .wait, Wait(target: leaderID.rawValue, flags: []), WaitResult.self)
        #expect(world.manager.processes[leaderID] == nil)
        for _ in 0..<20 {
            let next = try world.spawn(world.initial)
            #expect(next.started!.process != leaderID)
        }
    }
}
