package import ABI
import Engine
import LibOS
import ServerKit

// The whole simulated machine written down between two turns, and read back. A machine that was read back goes on as the one that
// was written down would have, turn by turn.
//
// Not part of it: the options (site, limits, where time comes from) and what makes the disk fail, which whoever restores it gives
// anew, and what was gathered for tests (console, logs, page messages). A machine that runs scripts cannot be written down: they are
// threads of the host.

extension Machine {
    private static let version: UInt8 = 4

    /// The state of a machine in virtual time. Throws `notSupported` if a program is a script, or a server cannot be written down.
    package func encoded() throws(Errno) -> [UInt8] {
        var writer = Writer(capacity: 1 << 20)
        writer.u8(Machine.version)
        writer.value(now)
        writer.u64(chance.state)
        writer.bool(isBooted)
        writer.bool(isHalted)
        writer.bool(isOff)
        writer.bytes(typed)
        writer.u32(UInt32(typedUnderWay))
        writer.bool(consoleSize != nil)
        if let consoleSize { writer.value(consoleSize) }
        writer.u32(UInt32(due.count))
        for event in due { event.encode(into: &writer) }
        writer.u32(UInt32(channelOrder.count))
        for channel in channelOrder { channel.encode(into: &writer) }
        writer.u32(UInt32(hartOrder.count))
        for id in hartOrder {
            guard let hart = harts[id] else { continue }
            try hart.encode(into: &writer)
        }
        writer.bool(disk != nil)
        disk?.encode(into: &writer)
        return writer.bytes
    }

    /// Makes a machine that goes on where another one was written down. Throws `badMessage` for bytes that are none.
    ///
    /// - Parameter reseeds: from here on the seed of the options decides, so that many runs can begin at one state.
    package convenience init(
        _ options: Options, servers: ServerSet, restoring bytes: [UInt8], reseeds: Bool = false
    ) throws(Errno) {
        self.init(empty: options, servers, [:])
        var reader = Reader(bytes)
        guard try reader.u8() == Machine.version else { throw .badMessage }
        now = try reader.value(Nanoseconds.self)
        let state = try reader.u64()
        if !reseeds { chance = Chance(seed: state) }
        isBooted = try reader.bool()
        isHalted = try reader.bool()
        isOff = try reader.bool()
        typed = try reader.bytes()
        typedUnderWay = Int(try reader.u32())
        consoleSize = try reader.bool() ? try reader.value(WindowSize.self) : nil
        for _ in 0..<(try reader.u32()) { due.append(try Event(from: &reader)) }
        for _ in 0..<(try reader.u32()) { restore(try Channel(from: &reader)) }
        for _ in 0..<(try reader.u32()) { restore(try hart(from: &reader)) }
        if try reader.bool() { disk = try Disk(from: &reader) }
        try reader.finish()
    }

    private func hart(from reader: inout Reader) throws(Errno) -> Hart {
        let id = try reader.value(HartID.self)
        let stamp = try reader.value(Stamp.self)
        let hart: Hart
        if try reader.bool() {
            let module = String(decoding: try reader.bytes(), as: UTF8.self)
            let grants = DeviceGrant(rawValue: try reader.u32())
            let isWasm = try reader.bool()
            let code = try servers.code(of: module, isWasm: isWasm, restoring: try reader.raw(Int(try reader.u32())))
            hart = ServerHart(id: id, machine: self, stamp: stamp, module: module, grants: grants, code: code)
        } else {
            hart = try ProgramHart(id: id, machine: self, stamp: stamp, from: &reader)
        }
        hart.deadline = try reader.value(Nanoseconds.self)
        hart.isOver = try reader.bool()
        for _ in 0..<(try reader.u32()) {
            let connection = try reader.value(ConnectionID.self)
            let name = try reader.value(ChannelName.self)
            let side = Int(try reader.u8())
            guard let channel = channelOrder.first(where: { $0.name == name }), side < 2,
                channel.ends[side]?.hart == id, channel.ends[side]?.connection == connection
            else { throw .badMessage }
            hart.ends[connection] = (channel, side)
        }
        return hart
    }
}

extension Hart {
    fileprivate func encode(into writer: inout Writer) throws(Errno) {
        writer.value(id)
        writer.value(stamp)
        switch self {
        case let server as ServerHart:
            writer.bool(true)
            try server.encodeServer(into: &writer)
        case let program as ProgramHart:
            writer.bool(false)
            try program.encodeProgram(into: &writer)
        default: throw .notSupported
        }
        writer.value(deadline)
        writer.bool(isOver)
        writer.u32(UInt32(ends.count))
        for connection in ends.keys.sorted() {
            guard let end = ends[connection] else { continue }
            writer.value(connection)
            writer.value(end.channel.name)
            writer.u8(UInt8(end.side))
        }
    }
}

extension Machine.Event {
    fileprivate func encode(into writer: inout Writer) {
        switch self {
        case .device(let hart, let bytes):
            writer.u8(0)
            writer.value(hart)
            writer.u32(UInt32(bytes.count))
            writer.raw(bytes)
        case .monitor(let message):
            writer.u8(1)
            writer.u32(UInt32(message.count))
            writer.raw(message)
        case .run(let hart):
            writer.u8(2)
            writer.value(hart)
        }
    }

    fileprivate init(from reader: inout Reader) throws(Errno) {
        switch try reader.u8() {
        case 0: self = .device(try reader.value(HartID.self), try reader.raw(Int(try reader.u32())))
        case 1: self = .monitor(try reader.raw(Int(try reader.u32())))
        case 2: self = .run(try reader.value(HartID.self))
        default: throw .badMessage
        }
    }
}

extension Channel {
    fileprivate func encode(into writer: inout Writer) {
        writer.value(name)
        for side in 0..<2 {
            writer.bool(ends[side] != nil)
            if let end = ends[side] {
                writer.value(end.hart)
                writer.value(end.connection)
            }
            writer.u32(UInt32(queues[side].count))
            for message in queues[side] {
                writer.u32(UInt32(message.count))
                writer.raw(message)
            }
        }
    }

    fileprivate convenience init(from reader: inout Reader) throws(Errno) {
        let name = try reader.value(ChannelName.self)
        var ends: [End?] = []
        var queues: [[[UInt8]]] = []
        for _ in 0..<2 {
            ends.append(
                try reader.bool()
                    ? End(hart: try reader.value(HartID.self), connection: try reader.value(ConnectionID.self)) : nil)
            var queue: [[UInt8]] = []
            for _ in 0..<(try reader.u32()) { queue.append(try reader.raw(Int(try reader.u32()))) }
            queues.append(queue)
        }
        self.init(name, ends: ends, queues: queues)
    }
}

extension ServerHart {
    fileprivate func encodeServer(into writer: inout Writer) throws(Errno) {
        writer.bytes(Array(module.utf8))
        writer.u32(grants.rawValue)
        try encodeCode(into: &writer)
    }
}
