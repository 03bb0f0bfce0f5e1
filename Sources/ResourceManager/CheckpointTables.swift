import ABI
import Processes
import ServerKit
import VFS

// How resmgr's own tables and their entries are written into a checkpoint.

extension ResourceManager {
    /// The channels of all harts: a count, then key and channel of each.
    func encodeChannels(into writer: inout Writer) {
        writer.u32(UInt32(channelCount))
        for hart in harts.keys {
            let channels = harts.look(hart) { $0.channels } ?? OrderedMap()
            for server in channels.keys {
                guard let channel = channels[server] else { continue }
                writer.value(ChannelKey(process: hart, server: server))
                writer.value(channel)
            }
        }
    }

    /// Gives the harts, which are there, their channels. Throws `badMessage` for a channel of a hart that is not.
    mutating func decodeChannels(from reader: inout Reader) throws(Errno) {
        for _ in 0..<(try reader.u32()) {
            let key = try reader.value(ChannelKey.self)
            let channel = try reader.value(Channel.self)
            guard harts.contains(key.server), harts.look(key.process, { $0.channels[key.server] == nil }) == true else { throw .badMessage }
            harts.update(key.process) { $0.channels[key.server] = channel }
            harts.update(key.server) { $0.connectionCount += 1 }
        }
    }

    /// The requests that are waited for: a count, then key and request of each.
    func encodeRequests(into writer: inout Writer) {
        let requests = outgoing
        writer.u32(UInt32(requests.count))
        for (key, request) in requests {
            writer.value(key)
            writer.value(request)
        }
    }

    /// Gives the harts, which are there, and the monitor what they are asked. Throws `badMessage` for a request to a hart that is not.
    mutating func decodeRequests(from reader: inout Reader) throws(Errno) {
        for _ in 0..<(try reader.u32()) {
            let key = try reader.value(RequestKey.self)
            let request = try reader.value(Outgoing.self)
            guard key.connection == .resourceManager || harts.contains(key.connection.hart), note(key, request) else { throw .badMessage }
        }
    }
}

extension Boot: Wire {
    init(from reader: inout Reader) throws(Errno) {
        self.init()
        mounts = try reader.list(BootMount.self)
        initPath = try reader.bytes()
        wait = try reader.bytes()
        initState = try reader.choice(InitState.self)
    }

    func encode(into writer: inout Writer) {
        writer.list(mounts)
        writer.bytes(initPath)
        writer.bytes(wait)
        writer.u8(initState.rawValue)
    }
}

extension Boot.BootMount: Wire {
    init(from reader: inout Reader) throws(Errno) {
        type = try reader.bytes()
        target = try reader.bytes()
        options = try reader.bytes()
        provided = try reader.optional(FileSystemID.self)
        makesTarget = try reader.bool()
        state = try reader.choice(State.self)
    }

    func encode(into writer: inout Writer) {
        writer.bytes(type)
        writer.bytes(target)
        writer.bytes(options)
        writer.optional(provided)
        writer.bool(makesTarget)
        writer.u8(state.rawValue)
    }
}

extension ServerRecord: Wire {
    init(from reader: inout Reader) throws(Errno) {
        name = try reader.bytes()
        grants = try reader.value(DeviceGrant.self)
        configuration = try reader.bytes()
        isAwaited = try reader.bool()
        hart = try reader.optional(HartID.self)
        registration = try reader.optional(Register.self)
        deadline = try reader.value(Nanoseconds.self)
        reason = try reader.bytes()
        restarts = try reader.list(Nanoseconds.self)
        isGivenUp = try reader.bool()
        wasLate = try reader.bool()
        isMissed = try reader.bool()
        isExpected = try reader.bool()
        restartCount = try reader.u32()
        counters = try reader.optional(Counters.self)
        countersTime = try reader.value(Nanoseconds.self)
        isCounting = try reader.bool()
        restartRecord = try reader.bytes(limit: Limits.restartRecord)
    }

    func encode(into writer: inout Writer) {
        writer.bytes(name)
        writer.value(grants)
        writer.bytes(configuration)
        writer.bool(isAwaited)
        writer.optional(hart)
        writer.optional(registration)
        writer.value(deadline)
        writer.bytes(reason)
        writer.list(restarts)
        writer.bool(isGivenUp)
        writer.bool(wasLate)
        writer.bool(isMissed)
        writer.bool(isExpected)
        writer.u32(restartCount)
        writer.optional(counters)
        writer.value(countersTime)
        writer.bool(isCounting)
        writer.bytes(restartRecord)
    }
}

extension Hart: Wire {
    init(from reader: inout Reader) throws(Errno) {
        process = try reader.value(ProcessIdentity.self)
        server = try reader.optional(ServerNumber.self)
        state = try reader.choice(State.self)
        lastConnection = try reader.u32()
        directories = try DirectoryCache(decoding: &reader)
    }

    func encode(into writer: inout Writer) {
        writer.value(process)
        writer.optional(server)
        writer.u8(state.rawValue)
        writer.u32(lastConnection)
        directories.encode(into: &writer)
    }
}

extension ChannelKey: Wire {
    init(from reader: inout Reader) throws(Errno) {
        process = try reader.value(HartID.self)
        server = try reader.value(HartID.self)
    }

    func encode(into writer: inout Writer) {
        writer.value(process)
        writer.value(server)
    }
}

extension TaskPart: Wire {
    init(from reader: inout Reader) throws(Errno) {
        task = try reader.value(TaskID.self)
        part = try reader.u32()
    }

    func encode(into writer: inout Writer) {
        writer.value(task)
        writer.u32(part)
    }
}

extension Channel: Wire {
    init(from reader: inout Reader) throws(Errno) {
        processEnd = try reader.value(ConnectionID.self)
        serverEnd = try reader.value(ConnectionID.self)
        unopened = try reader.u8()
        guard unopened <= 2 else { throw .badMessage }
        waiting = try reader.list(TaskPart.self)
    }

    func encode(into writer: inout Writer) {
        writer.value(processEnd)
        writer.value(serverEnd)
        writer.u8(unopened)
        writer.list(waiting)
    }
}

extension Outgoing: Wire {
    init(from reader: inout Reader) throws(Errno) {
        guard let operation = Operation(rawValue: try reader.u16()) else { throw .badMessage }
        self.operation = operation
        purpose = try reader.value(Purpose.self)
    }

    func encode(into writer: inout Writer) {
        writer.u16(operation.rawValue)
        writer.value(purpose)
    }
}

extension Purpose: Wire {
    init(from reader: inout Reader) throws(Errno) {
        switch try reader.u8() {
        case 0: self = .nothing
        case 1: self = .task(try reader.value(TaskID.self), try reader.u32())
        case 2: self = .channel(try reader.value(ChannelKey.self), try reader.value(ConnectionID.self))
        case 3: self = .serverCreated(try reader.value(HartID.self))
        case 4: self = .hartEnded(try reader.value(HartID.self))
        case 5: self = .counters(try reader.value(ServerNumber.self))
        default: throw .badMessage
        }
    }

    func encode(into writer: inout Writer) {
        switch self {
        case .nothing: writer.u8(0)
        case .task(let task, let part):
            writer.u8(1)
            writer.value(task)
            writer.u32(part)
        case .channel(let key, let end):
            writer.u8(2)
            writer.value(key)
            writer.value(end)
        case .serverCreated(let hart):
            writer.u8(3)
            writer.value(hart)
        case .hartEnded(let hart):
            writer.u8(4)
            writer.value(hart)
        case .counters(let server):
            writer.u8(5)
            writer.value(server)
        }
    }
}
