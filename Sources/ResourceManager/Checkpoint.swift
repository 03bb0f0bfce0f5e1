package import ABI
import Processes
import ServerKit
import VFS

// The whole state as bytes, between two inputs. What a field means is told where it is declared; here they stand in the order of
// declaration.

extension ResourceManager: Checkpointable {
    private static var checkpointVersion: UInt8 { 4 }

    package func encode(into writer: inout Writer) {
        writer.u8(ResourceManager.checkpointVersion)
        writer.u8(phase.rawValue)
        writer.value(now)
        generator.encode(into: &writer)
        writer.value(boot)
        writer.list(bootSteps)
        writer.value(statusDeadline)
        writer.value(timerDeadline)
        processes.encode(into: &writer)
        credentials.encode(into: &writer)
        mounts.encode(into: &writer)
        writer.list(servers)
        writer.table(harts)
        writer.u32(lastHart)
        callers.encode(into: &writer)
        encodeChannels(into: &writer)
        writer.table(tasks)
        writer.u64(lastTask)
        encodeRequests(into: &writer)
        writer.u32(lastRequest)
    }

    package init(decoding reader: inout Reader) throws(Errno) {
        self.init()
        guard try reader.u8() == ResourceManager.checkpointVersion, let phase = Phase(rawValue: try reader.u8()) else {
            throw .badMessage
        }
        self.phase = phase
        now = try reader.value(Nanoseconds.self)
        generator = try RandomGenerator(decoding: &reader)
        boot = try reader.value(Boot.self)
        bootSteps = try reader.list(BootStep.self, limit: Limits.bootSteps)
        statusDeadline = try reader.value(Nanoseconds.self)
        timerDeadline = try reader.value(Nanoseconds.self)
        processes = try ProcessTable(decoding: &reader)
        credentials = try CredentialsTable(decoding: &reader)
        mounts = try MountTable(decoding: &reader)
        servers = try reader.list(ServerRecord.self)
        harts = try reader.table()
        lastHart = try reader.u32()
        callers = try Links(decoding: &reader)
        try decodeChannels(from: &reader)
        let table: HashTable<TaskID, Task> = try reader.table()
        for id in table.keys { if let task = table[id] { addTask(id, task) } }
        lastTask = try reader.u64()
        try decodeRequests(from: &reader)
        lastRequest = try reader.u32()
        try reader.finish()
        // The indices that are followed without asking.
        guard phase == .created || servers.count > Int(ResourceManager.rootServer.rawValue) else { throw .badMessage }
        for task in tasks.values where !task.isSound(mountCount: boot.mounts.count) { throw .badMessage }
        for hart in harts.values {
            if let server = hart.server, server.rawValue >= UInt32(servers.count) { throw .badMessage }
        }
    }
}

extension Task {
    /// Whether the indices in it are inside their tables.
    fileprivate func isSound(mountCount: Int) -> Bool {
        switch self {
        case .mount(let state):
            guard let index = state.bootIndex else { return true }
            return index >= 0 && index < mountCount
        case .spawn(let state):
            return state.shares.allSatisfy { part in
                part.members.count == part.handles.count && part.members.allSatisfy { $0 < state.inherited.count }
            }
        default: return true
        }
    }
}

extension Writer {
    mutating func optional(_ value: (some Wire)?) {
        bool(value != nil)
        if let value { self.value(value) }
    }

    /// A count, then each key and value.
    mutating func table<Key: Wire, Value: Wire>(_ table: HashTable<Key, Value>) {
        u32(UInt32(table.count))
        for key in table.keys {
            guard let value = table[key] else { continue }
            self.value(key)
            self.value(value)
        }
    }
}

extension Reader {
    mutating func optional<T: Wire>(_ type: T.Type) throws(Errno) -> T? { try bool() ? try value(type) : nil }

    mutating func table<Key: Wire, Value: Wire>() throws(Errno) -> HashTable<Key, Value> {
        var table = HashTable<Key, Value>()
        for _ in 0..<(try u32()) {
            let key = try value(Key.self)
            table[key] = try value(Value.self)
        }
        return table
    }

    /// An enumeration by its number. Throws `badMessage` for a number it does not have.
    mutating func choice<T: RawRepresentable>(_ type: T.Type) throws(Errno) -> T where T.RawValue == UInt8 {
        guard let value = T(rawValue: try u8()) else { throw .badMessage }
        return value
    }
}
