import ABI
import ServerKit
import VFS

// How a spawn under way is written into a checkpoint.

extension SpawnTask.Role: Wire {
    init(from reader: inout Reader) throws(Errno) {
        switch try reader.u8() {
        case 0: self = .image
        case 1: self = .root
        case 2: self = .workingDirectory
        case 3: self = .descriptor(try reader.value(Descriptor.self))
        default: throw .badMessage
        }
    }

    func encode(into writer: inout Writer) {
        switch self {
        case .image: writer.u8(0)
        case .root: writer.u8(1)
        case .workingDirectory: writer.u8(2)
        case .descriptor(let number): writer.tagged(3, number)
        }
    }
}

extension SpawnTask.OpenPart: Wire {
    init(from reader: inout Reader) throws(Errno) {
        role = try reader.value(SpawnTask.Role.self)
        opening = try reader.value(Opening.self)
        grant = try reader.optional(Grant.self)
    }

    func encode(into writer: inout Writer) {
        writer.value(role)
        writer.value(opening)
        writer.optional(grant)
    }
}

extension SpawnTask.SharePart: Wire {
    init(from reader: inout Reader) throws(Errno) {
        server = try reader.value(HartID.self)
        handles = try reader.list(Handle.self)
        granted = try reader.list(Handle.self)
        for _ in 0..<(try reader.u32()) { members.append(Int(clamping: try reader.u32())) }
    }

    func encode(into writer: inout Writer) {
        writer.value(server)
        writer.list(handles)
        writer.list(granted)
        writer.u32(UInt32(members.count))
        for member in members { writer.u32(UInt32(member)) }
    }
}

extension SpawnTask.Inherited: Wire {
    init(from reader: inout Reader) throws(Errno) {
        descriptor = try reader.optional(Descriptor.self)
        server = try reader.value(HartID.self)
        handle = try reader.value(Handle.self)
        kind = try reader.value(FileKind.self)
        access = try reader.value(AccessMode.self)
        flags = try reader.value(DescriptionFlags.self)
        fileSystem = try reader.optional(FileSystemID.self)
    }

    func encode(into writer: inout Writer) {
        writer.optional(descriptor)
        writer.value(server)
        writer.value(handle)
        writer.value(kind)
        writer.value(access)
        writer.value(flags)
        writer.optional(fileSystem)
    }
}

extension SpawnTask: Wire {
    init(from reader: inout Reader) throws(Errno) {
        origin = try reader.value(Origin.self)
        child = try reader.value(ProcessIdentity.self)
        childID = try reader.value(ProcessID.self)
        parent = try reader.value(ProcessIdentity.self)
        path = try reader.bytes()
        arguments = try reader.list(ByteString.self)
        environment = try reader.list(ByteString.self)
        mask = try reader.u32()
        flags = try reader.value(SpawnFlags.self)
        stage = try reader.choice(Stage.self)
        opens = try reader.list(OpenPart.self)
        shares = try reader.list(SharePart.self)
        inherited = try reader.list(Inherited.self)
        missing = Int(clamping: try reader.u32())
        let status = try reader.u32()
        error = Errno.decode(status)
        reason = try reader.bytes()
        previousForeground = try reader.optional(ProcessGroupID.self)
    }

    func encode(into writer: inout Writer) {
        writer.value(origin)
        writer.value(child)
        writer.value(childID)
        writer.value(parent)
        writer.bytes(path)
        writer.list(arguments)
        writer.list(environment)
        writer.u32(mask)
        writer.value(flags)
        writer.u8(stage.rawValue)
        writer.list(opens)
        writer.list(shares)
        writer.list(inherited)
        writer.u32(UInt32(clamping: missing))
        writer.u32(error.map { UInt32($0.rawValue) } ?? 0)
        writer.bytes(reason)
        writer.optional(previousForeground)
    }
}
