// The library of programs imports nothing of the system. What it knows all the same is compared here with the system's own.

import ABI
import FileServer
import LibOS
import ProgramPort
import Testing

@testable import Martlet

@Suite struct NumberTests {
    private func encoded(_ value: some Wire) -> [UInt8] {
        var writer = Writer()
        writer.value(value)
        return writer.bytes
    }

    private func decoded<T: Wire>(_ type: T.Type, _ bytes: [UInt8]) throws -> T {
        var reader = Reader(bytes)
        let value = try reader.value(type)
        try reader.finish()
        return value
    }

    /// The names of cases by their numbers.
    private func names<Case: RawRepresentable>(_ cases: [Case]) -> [String] where Case.RawValue: BinaryInteger {
        cases.map { "\($0) \($0.rawValue)" }
    }

    @Test func errorsAreTheSystems() {
        #expect(names(Martlet.Errno.allCases) == names(ABI.Errno.allCases))
        for error in Martlet.Errno.allCases { #expect(!error.message.isEmpty) }
    }

    @Test func enumerationsAreTheSystems() {
        #expect(names(ABI.FileKind.allCases.compactMap { Martlet.FileKind(rawValue: $0.rawValue) }) == names(ABI.FileKind.allCases))
        #expect(names(Whence.allCases.compactMap { File.Origin(rawValue: $0.rawValue) }) == names(Whence.allCases))
        #expect(
            names(AttributeAction.allCases.compactMap { File.AttributeAction(rawValue: $0.rawValue) }) == names(AttributeAction.allCases))
        #expect(
            names(Disposition.allCases.compactMap { Martlet.Signal.Disposition(rawValue: $0.rawValue) }) == names(Disposition.allCases))
    }

    @Test func permissionsAreTheSystems() {
        let pairs: [(Path.Permissions, UInt8)] = [(.read, Permission.read), (.write, Permission.write), (.execute, Permission.execute)]
        for (own, bit) in pairs { #expect(own.rawValue == bit) }
    }

    @Test func signalsHaveTheNamesOfTheirNumbers() {
        let names: [(StaticString, ABI.Signal)] = [
            ("HUP", .hangUp), ("INT", .interrupt), ("QUIT", .quit), ("ILL", .illegalInstruction), ("ABRT", .abort), ("FPE", .arithmetic),
            ("KILL", .kill), ("SEGV", .segmentation), ("PIPE", .brokenPipe), ("ALRM", .alarm), ("TERM", .terminate), ("CHLD", .child),
            ("CONT", .continue), ("STOP", .stop), ("TSTP", .terminalStop), ("TTIN", .terminalInput), ("TTOU", .terminalOutput),
            ("URG", .urgent), ("WINCH", .windowChange), ("SYS", .badSystemCall),
        ]
        for (name, signal) in names { #expect(Martlet.Signal(name: [UInt8](name))?.rawValue == signal.rawValue, "\(name)") }
        // One that the system calls a trap is told so.
        #expect(Martlet.Signal(rawValue: ABI.Signal.segmentation.rawValue).message == [UInt8]("Segmentation fault"))
        #expect(Martlet.Signal(rawValue: ABI.Signal.badSystemCall.rawValue).message == [UInt8]("Bad system call"))
    }

    @Test func aStatusHasTheSystemsLayout() throws {
        let status = ABI.FileStatus(
            device: 1, node: NodeID(index: 2, generation: 3), kind: .symbolicLink, mode: 0o4755, links: 5, user: UserID(rawValue: 6),
            group: GroupID(rawValue: 7), size: 8, blocks: 9, major: MajorNumber(rawValue: 10), minor: 11,
            accessTime: Nanoseconds(rawValue: 12), modificationTime: Nanoseconds(rawValue: 13), changeTime: Nanoseconds(rawValue: 14))
        let own = try Martlet.FileStatus(encoded: encoded(status))
        #expect([own.device, own.node, own.size, own.blocks] == [1, status.node.rawValue, 8, 9])
        #expect(own.kind == .symbolicLink && own.mode == 0o4755 && own.links == 5)
        #expect([own.user, own.group, own.major, own.minor] == [6, 7, 10, 11])
        #expect([own.accessTime, own.modificationTime, own.changeTime] == [12, 13, 14])
        #expect(own.encoded == encoded(status))
    }

    @Test func terminalAttributesHaveTheSystemsLayout() throws {
        var attributes = ABI.TerminalAttributes.standard
        attributes.inputSpeed = 1
        attributes.outputSpeed = 2
        let own = try Martlet.TerminalAttributes(encoded: encoded(attributes))
        #expect(
            [own.input, own.output, own.control, own.local] == [attributes.input, attributes.output, attributes.control, attributes.local])
        #expect([own.inputSpeed, own.outputSpeed] == [1, 2])
        #expect(own.characters == (0..<ControlCharacters.count).map { attributes.controlCharacters[$0] })
        #expect(own.encoded == encoded(attributes))
    }

    @Test func aSpawnBlockHasTheSystemsLayout() throws {
        let block = Process.block(
            [[UInt8]("a"), []], [[UInt8]("A=B")], [Process.Inherited(4, File(descriptor: 5))],
            Process.Placement(group: 6, newSession: true, foreground: true, controllingTerminal: true))
        #expect(
            try decoded(SpawnBlock.self, block)
                == SpawnBlock(
                    flags: [.setGroup, .newSession, .foreground, .controllingTerminal], group: ProcessGroupID(rawValue: 6),
                    arguments: [ByteString("a"), ByteString("")], environment: [ByteString("A=B")],
                    descriptors: [SpawnBlock.Mapping(child: Descriptor(rawValue: 4), parent: Descriptor(rawValue: 5))]))
        let plain = Process.block([[UInt8]("a")], [], [], Process.Placement())
        #expect(try decoded(SpawnBlock.self, plain) == SpawnBlock(arguments: [ByteString("a")]))
    }

    /// Linux's port makes the same list as resmgr, and the library reads it.
    @Test func aProcessListHasTheSystemsLayout() throws {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        var length = 0
        let own = Process.current
        #expect(Port.processList(own - 1, &buffer, &length) == 0)
        let list = try decoded(ProcessList.self, [UInt8](buffer[0..<length]))
        let record = try #require(list.processes.first { $0.process.rawValue == own })
        #expect(record.parent.rawValue == Process.parent)
        #expect(record.state == .running && !record.isServer && !record.command.isEmpty)
        let read = try #require(try Process.list().first { $0.process == own })
        #expect(read.parent == record.parent.rawValue && read.group == record.group.rawValue && read.session == record.session.rawValue)
        #expect(read.user == record.user.rawValue && !read.hasEnded && !read.isServer && read.started == record.started.rawValue)
        #expect(read.command == record.command.map(\.bytes))
    }

    @Test func aMountListHasTheSystemsLayout() throws {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        var length = 0
        #expect(Port.mountList(&buffer, &length) == 0)
        let list = try decoded(MountList.self, [UInt8](buffer[0..<length]))
        #expect(try Mount.list().map(\.target) == list.mounts.map(\.target))
        #expect(try Mount.list().map(\.type) == list.mounts.map(\.type))
    }
}
