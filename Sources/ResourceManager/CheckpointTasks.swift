import ABI
import Processes
import ServerKit
import VFS

// How operations under way are written into a checkpoint.

extension Task: Wire {
    init(from reader: inout Reader) throws(Errno) {
        switch try reader.u8() {
        case 0: self = .wait(try reader.value(WaitTask.self))
        case 1: self = .path(try reader.value(PathTask.self))
        case 2: self = .twoPaths(try reader.value(TwoPathsTask.self))
        case 3: self = .location(try reader.value(LocationTask.self))
        case 4: self = .mount(try reader.value(MountTask.self))
        case 5: self = .unmount(try reader.value(UnmountTask.self))
        case 6: self = .spawn(try reader.value(SpawnTask.self))
        case 7: self = .connect(try reader.value(ConnectTask.self))
        case 8: self = .setGroup(try reader.value(SetGroupTask.self))
        case 9: self = .restore(try reader.value(RestoreTask.self))
        case 10: self = .postponed(try reader.value(PostponedTask.self))
        case 11: self = .systemStatus(try reader.value(SystemStatusTask.self))
        case 12: self = .waitSignal(try reader.value(WaitSignalTask.self))
        default: throw .badMessage
        }
    }

    func encode(into writer: inout Writer) {
        switch self {
        case .wait(let state): writer.tagged(0, state)
        case .path(let state): writer.tagged(1, state)
        case .twoPaths(let state): writer.tagged(2, state)
        case .location(let state): writer.tagged(3, state)
        case .mount(let state): writer.tagged(4, state)
        case .unmount(let state): writer.tagged(5, state)
        case .spawn(let state): writer.tagged(6, state)
        case .connect(let state): writer.tagged(7, state)
        case .setGroup(let state): writer.tagged(8, state)
        case .restore(let state): writer.tagged(9, state)
        case .postponed(let state): writer.tagged(10, state)
        case .systemStatus(let state): writer.tagged(11, state)
        case .waitSignal(let state): writer.tagged(12, state)
        }
    }
}

extension Writer {
    mutating func tagged(_ tag: UInt8, _ value: some Wire) {
        u8(tag)
        self.value(value)
    }
}

extension Origin: Wire {
    init(from reader: inout Reader) throws(Errno) {
        if let key = try reader.optional(RequestKey.self) { self = .call(key) } else { self = .system }
    }

    func encode(into writer: inout Writer) { writer.optional(key) }
}

extension WaitTask: Wire {
    init(from reader: inout Reader) throws(Errno) {
        key = try reader.value(RequestKey.self)
        process = try reader.value(ProcessIdentity.self)
        target = try reader.value(WaitTarget.self)
        flags = try reader.value(WaitFlags.self)
    }

    func encode(into writer: inout Writer) {
        writer.value(key)
        writer.value(process)
        writer.value(target)
        writer.value(flags)
    }
}

extension WaitSignalTask: Wire {
    init(from reader: inout Reader) throws(Errno) {
        key = try reader.value(RequestKey.self)
        process = try reader.value(ProcessIdentity.self)
        set = try reader.u64()
        deadline = try reader.value(Nanoseconds.self)
    }

    func encode(into writer: inout Writer) {
        writer.value(key)
        writer.value(process)
        writer.u64(set)
        writer.value(deadline)
    }
}

extension Grant: Wire {
    init(from reader: inout Reader) throws(Errno) {
        server = try reader.value(HartID.self)
        opened = try reader.value(FileOpened.self)
        fileSystem = try reader.optional(FileSystemID.self)
    }

    func encode(into writer: inout Writer) {
        writer.value(server)
        writer.value(opened)
        writer.optional(fileSystem)
    }
}

extension Opening: Wire {
    init(from reader: inout Reader) throws(Errno) {
        walk = try reader.value(PathWalk.self)
        session = try reader.value(SessionID.self)
        group = try reader.value(ProcessGroupID.self)
        if let mount = try reader.optional(MountNumber.self) { stage = .device(mount) }
    }

    func encode(into writer: inout Writer) {
        writer.value(walk)
        writer.value(session)
        writer.value(group)
        switch stage {
        case .walking: writer.bool(false)
        case .device(let mount):
            writer.bool(true)
            writer.value(mount)
        }
    }
}

extension PathTask: Wire {
    init(from reader: inout Reader) throws(Errno) {
        key = try reader.value(RequestKey.self)
        hart = try reader.value(HartID.self)
        process = try reader.value(ProcessIdentity.self)
        opening = try reader.value(Opening.self)
        again = try reader.optional(PostponedTask.self)
        grant = try reader.optional(Grant.self)
    }

    func encode(into writer: inout Writer) {
        writer.value(key)
        writer.value(hart)
        writer.value(process)
        writer.value(opening)
        writer.optional(again)
        writer.optional(grant)
    }
}

extension TwoPathsTask: Wire {
    init(from reader: inout Reader) throws(Errno) {
        key = try reader.value(RequestKey.self)
        isLink = try reader.bool()
        credentials = try reader.value(Credentials.self)
        switch try reader.u8() {
        case 0: stage = .from(try reader.value(PathWalk.self))
        case 1: stage = .to(try reader.value(PathWalk.self))
        case 2: stage = .acting
        default: throw .badMessage
        }
        second = try reader.value(PathWalk.self)
        again = try reader.optional(PostponedTask.self)
        mount = try reader.optional(MountNumber.self)
        node = try reader.value(NodeID.self)
        name = try reader.bytes()
    }

    func encode(into writer: inout Writer) {
        writer.value(key)
        writer.bool(isLink)
        writer.value(credentials)
        switch stage {
        case .from(let walk): writer.tagged(0, walk)
        case .to(let walk): writer.tagged(1, walk)
        case .acting: writer.u8(2)
        }
        writer.value(second)
        writer.optional(again)
        writer.optional(mount)
        writer.value(node)
        writer.bytes(name)
    }
}

extension SystemStatusTask: Wire {
    init(from reader: inout Reader) throws(Errno) {
        key = try reader.value(RequestKey.self)
        replySpace = Int(clamping: try reader.u32())
        deadline = try reader.value(Nanoseconds.self)
        missing = try reader.list(ServerNumber.self)
    }

    func encode(into writer: inout Writer) {
        writer.value(key)
        writer.u32(UInt32(clamping: replySpace))
        writer.value(deadline)
        writer.list(missing)
    }
}

extension LocationTask: Wire {
    init(from reader: inout Reader) throws(Errno) {
        key = try reader.value(RequestKey.self)
        walk = try reader.value(LocationWalk.self)
        again = try reader.value(PostponedTask.self)
    }

    func encode(into writer: inout Writer) {
        writer.value(key)
        writer.value(walk)
        writer.value(again)
    }
}

extension MountTask: Wire {
    init(from reader: inout Reader) throws(Errno) {
        origin = try reader.value(Origin.self)
        bootIndex = try reader.bool() ? Int(clamping: try reader.u32()) : nil
        server = try reader.value(ServerNumber.self)
        hart = try reader.optional(HartID.self)
        credentials = try reader.value(Credentials.self)
        record = try reader.value(MountRecord.self)
        switch try reader.u8() {
        case 0: stage = .resolving(try reader.value(PathWalk.self))
        case 1: stage = .locating(try reader.value(LocationWalk.self))
        case 2: stage = .creating
        case 3: stage = .rooting
        case 4: stage = .covering(try reader.value(MountNumber.self))
        case 5: stage = .making(try reader.value(PathWalk.self), Int(clamping: try reader.u32()))
        default: throw .badMessage
        }
        fileSystem = try reader.optional(FileSystemID.self)
        provided = try reader.optional(FileSystemID.self)
        mayMake = try reader.bool()
        root = try reader.value(NodeID.self)
        point = try reader.optional(MountPoint.self)
    }

    func encode(into writer: inout Writer) {
        writer.value(origin)
        writer.bool(bootIndex != nil)
        if let bootIndex { writer.u32(UInt32(bootIndex)) }
        writer.value(server)
        writer.optional(hart)
        writer.value(credentials)
        writer.value(record)
        switch stage {
        case .resolving(let walk): writer.tagged(0, walk)
        case .locating(let walk): writer.tagged(1, walk)
        case .creating: writer.u8(2)
        case .rooting: writer.u8(3)
        case .covering(let number): writer.tagged(4, number)
        case .making(let walk, let index):
            writer.tagged(5, walk)
            writer.u32(UInt32(index))
        }
        writer.optional(fileSystem)
        writer.optional(provided)
        writer.bool(mayMake)
        writer.value(root)
        writer.optional(point)
    }
}

extension UnmountTask: Wire {
    init(from reader: inout Reader) throws(Errno) {
        key = try reader.value(RequestKey.self)
        switch try reader.u8() {
        case 0: stage = .resolving(try reader.value(PathWalk.self))
        case 1: stage = .destroying(try reader.value(MountNumber.self))
        case 2: stage = .uncovering(try reader.value(MountNumber.self))
        default: throw .badMessage
        }
    }

    func encode(into writer: inout Writer) {
        writer.value(key)
        switch stage {
        case .resolving(let walk): writer.tagged(0, walk)
        case .destroying(let number): writer.tagged(1, number)
        case .uncovering(let number): writer.tagged(2, number)
        }
    }
}

extension ConnectTask: Wire {
    init(from reader: inout Reader) throws(Errno) {
        key = try reader.value(RequestKey.self)
        hart = try reader.value(HartID.self)
        server = try reader.value(HartID.self)
    }

    func encode(into writer: inout Writer) {
        writer.value(key)
        writer.value(hart)
        writer.value(server)
    }
}

extension SetGroupTask: Wire {
    init(from reader: inout Reader) throws(Errno) { key = try reader.value(RequestKey.self) }

    func encode(into writer: inout Writer) { writer.value(key) }
}

extension RestoreTask: Wire {
    init(from reader: inout Reader) throws(Errno) {
        server = try reader.value(ServerNumber.self)
        hart = try reader.value(HartID.self)
        remaining = try reader.list(MountNumber.self)
        switch try reader.u8() {
        case 0: stage = .creating
        case 1: stage = .rooting(try reader.value(FileSystemID.self))
        case 2: stage = .resolving(try reader.value(PathWalk.self))
        case 3: stage = .covering(try reader.value(MountPoint.self))
        default: throw .badMessage
        }
    }

    func encode(into writer: inout Writer) {
        writer.value(server)
        writer.value(hart)
        writer.list(remaining)
        switch stage {
        case .creating: writer.u8(0)
        case .rooting(let fileSystem): writer.tagged(1, fileSystem)
        case .resolving(let walk): writer.tagged(2, walk)
        case .covering(let point): writer.tagged(3, point)
        }
    }
}
