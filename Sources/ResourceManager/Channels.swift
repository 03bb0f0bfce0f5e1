import ABI
import ServerKit

// Connections between a process and a server: made when first needed, remembered, closed at the death of either.

/// The two harts that a channel joins. At most one channel joins them.
struct ChannelKey: Comparable {
    var process: HartID
    var server: HartID

    static func < (left: ChannelKey, right: ChannelKey) -> Bool {
        left.process == right.process ? left.server < right.server : left.process < right.process
    }
}

struct Channel {
    /// Number of the process's end in its hart.
    var processEnd: ConnectionID
    /// Number of the server's end in its hart.
    var serverEnd: ConnectionID
    /// Ends that have not said that they are open. The number is told to nobody before both have.
    var unopened: UInt8 = 2
    /// Tasks that wait for it.
    var waiting: [TaskPart] = []

    var isOpen: Bool { unopened == 0 }
}

/// One question of a task.
struct TaskPart: Equatable {
    var task: TaskID
    var part: UInt32
}

extension ResourceManager {
    /// The process's connection to a server; `nil` if it is being opened, and the task is resumed when it is.
    /// Throws `ioError` if either is gone, `resourceTemporarilyUnavailable` if the server has `Limits.connections`.
    mutating func connect(_ process: HartID, _ server: HartID, _ task: TaskID, _ part: UInt32) throws(Errno) -> ConnectionID? {
        let key = ChannelKey(process: process, server: server)
        if let channel = channel(key) {
            if channel.isOpen { return channel.processEnd }
            update(key) { $0.waiting.append(TaskPart(task: task, part: part)) }
            return nil
        }
        guard let from = self.process(of: process), let to = self.process(of: server), isAlive(process), isAlive(server) else {
            throw .ioError
        }
        guard (harts.look(server) { $0.connectionCount } ?? 0) < Limits.connections else { throw .resourceTemporarilyUnavailable }
        let channel = Channel(
            processEnd: nextConnection(of: process), serverEnd: nextConnection(of: server),
            waiting: [TaskPart(task: task, part: part)])
        harts.update(process) { $0.channels[server] = channel }
        harts.update(server) { $0.connectionCount += 1 }
        let name = newChannelName()
        let purpose = Purpose.channel(key, channel.serverEnd)
        request(
            server.connection, .openConnection,
            OpenConnection(connection: channel.serverEnd, name: name, peer: from), for: purpose)
        request(
            process.connection, .openConnection,
            OpenConnection(connection: channel.processEnd, name: name, peer: to), for: purpose)
        return nil
    }

    /// The next number of a connection in a hart, which is there.
    private mutating func nextConnection(of hart: HartID) -> ConnectionID {
        ConnectionID(
            rawValue: harts.update(hart) { hart in
                hart.lastConnection += 1
                return hart.lastConnection
            } ?? 0)
    }

    /// The process's open connection to a server, or `nil`.
    func connection(_ process: HartID, _ server: HartID) -> ConnectionID? {
        guard let channel = channel(ChannelKey(process: process, server: server)), channel.isOpen else { return nil }
        return channel.processEnd
    }

    private func channel(_ key: ChannelKey) -> Channel? { channels(of: key.process)[key.server] }

    /// The connections of a process's hart; none if it is gone.
    private func channels(of process: HartID) -> OrderedMap<HartID, Channel> { harts.look(process) { $0.channels } ?? OrderedMap() }

    private mutating func update(_ key: ChannelKey, _ change: (inout Channel) -> Void) {
        harts.update(key.process) { $0.channels.update(key.server, change) }
    }

    private mutating func remove(_ key: ChannelKey) {
        harts.update(key.process) { $0.channels[key.server] = nil }
        harts.update(key.server) { $0.connectionCount -= 1 }
    }

    /// The server at the other end of a process's connection. Throws `ioError` for one that was lost, `badFileDescriptor` for a
    /// number that the process never had.
    func server(at connection: ConnectionID, of process: HartID) throws(Errno) -> HartID {
        let channels = channels(of: process)
        for server in channels.keys {
            if let channel = channels[server], channel.processEnd == connection, channel.isOpen { return server }
        }
        let last = harts.look(process) { $0.lastConnection } ?? 0
        throw connection.rawValue > 0 && connection.rawValue <= last ? .ioError : .badFileDescriptor
    }

    /// One end was opened, or could not be.
    mutating func channelAnswered(_ key: ChannelKey, _ end: ConnectionID, _ reply: Reply) {
        guard let channel = channel(key), channel.serverEnd == end, !channel.isOpen else { return }
        if let error = reply.error {
            failWaiting(key, error)
            close(key, channel)
            return
        }
        update(key) { $0.unopened -= 1 }
        guard channel.unopened == 1 else { return }
        update(key) { $0.waiting = [] }
        for waiting in channel.waiting {
            completions.append(Completion(task: waiting.task, part: waiting.part, reply: Reply(from: key.server)))
        }
    }

    /// Those who wait for a channel have waited in vain.
    mutating func failWaiting(_ key: ChannelKey, _ error: Errno = .ioError) {
        guard let channel = channel(key) else { return }
        update(key) { $0.waiting = [] }
        for waiting in channel.waiting {
            completions.append(
                Completion(task: waiting.task, part: waiting.part, reply: Reply(from: key.server, error: error)))
        }
    }

    /// Both ends still stand: a channel that could not be opened.
    private mutating func close(_ key: ChannelKey, _ channel: Channel) {
        remove(key)
        closeEnd(key.server, channel.serverEnd)
        closeEnd(key.process, channel.processEnd)
    }

    private mutating func closeEnd(_ hart: HartID, _ connection: ConnectionID) {
        guard isAlive(hart) else { return }
        request(hart.connection, .closeConnection, CloseConnection(connection: connection), for: .nothing)
    }

    /// A process's hart is gone: its servers release what it held.
    mutating func closeChannels(of process: HartID) {
        guard let hart = harts[process] else { return }
        for server in hart.channels.keys {
            let key = ChannelKey(process: process, server: server)
            guard let channel = channel(key) else { continue }
            failWaiting(key)
            remove(key)
            notify(key.server, .processGone, ProcessGone(process: hart.process))
            closeEnd(key.server, channel.serverEnd)
        }
    }

    /// A server is gone: its processes learn that nothing will be answered.
    mutating func loseChannels(to server: HartID) {
        guard (harts.look(server) { $0.connectionCount } ?? 0) > 0 else { return }
        for process in harts.keys {
            let key = ChannelKey(process: process, server: server)
            guard let channel = channel(key) else { continue }
            failWaiting(key)
            remove(key)
            notify(key.process, .connectionLost, ConnectionLost(connection: channel.processEnd))
            closeEnd(key.process, channel.processEnd)
        }
    }
}
