import ABI
import ServerKit

/// A hart of the simulated machine: one process's way to the outside. It stamps what leaves, and carries out resmgr's orders.
class Hart {
    let id: HartID
    unowned let machine: Machine
    var stamp: Stamp
    /// Open ends of channels. Ordered wherever it is walked.
    var ends: [ConnectionID: (channel: Channel, side: Int)] = [:]
    /// The deadline of its timer.
    var deadline = Nanoseconds.never
    var isOver = false

    init(id: HartID, machine: Machine, stamp: Stamp) {
        self.id = id
        self.machine = machine
        self.stamp = stamp
    }

    /// A message that is not the hart's own business.
    func receive(_ connection: ConnectionID, _ message: [UInt8]) {}
    /// The deadline has passed.
    func timerFired() {}
    /// A connection was opened by order.
    func connected(_ connection: ConnectionID, _ peer: ProcessIdentity) {}
    /// A connection was closed by order.
    func disconnected(_ connection: ConnectionID) {}
    /// resmgr ends the program.
    func endProgram() {}

    /// A message arrived: orders of the range 0x0100 on connection 0 are carried out here, all else is handed on.
    final func arrive(_ connection: ConnectionID, _ message: [UInt8]) {
        var reader = Reader(message)
        guard let header = try? Header(from: &reader) else {
            receive(connection, message)
            return
        }
        guard connection == .resourceManager, header.kind == .request, header.operation.rawValue >> 8 == 1 else {
            receive(connection, message)
            return
        }
        do throws(Errno) {
            try carryOut(header.operation, &reader)
            send(connection, Message.reply(header.operation, id: header.request, Nothing()))
            if header.operation == .endProgram { endProgram() }
        } catch {
            send(connection, Message.failure(header.operation, id: header.request, error))
        }
    }

    private func carryOut(_ operation: Operation, _ reader: inout Reader) throws(Errno) {
        switch operation {
        case .openConnection:
            let order = try reader.value(OpenConnection.self)
            try open(order.connection, order.name)
            connected(order.connection, order.peer)
        case .closeConnection:
            let order = try reader.value(CloseConnection.self)
            close(order.connection)
            disconnected(order.connection)
        case .setStamp:
            stamp = try reader.value(SetStamp.self).stamp
        case .endProgram:
            break
        default:
            throw .notSupported
        }
    }

    /// Opens an end of a channel. Throws `fileExists` if the number is taken, `resourceBusy` if the channel has two ends already.
    final func open(_ connection: ConnectionID, _ name: ChannelName) throws(Errno) {
        guard ends[connection] == nil else { throw .fileExists }
        let channel = machine.channel(named: name)
        guard let side = channel.open(id, connection) else { throw .resourceBusy }
        ends[connection] = (channel, side)
    }

    final func close(_ connection: ConnectionID) {
        guard let end = ends.removeValue(forKey: connection) else { return }
        end.channel.close(end.side)
        machine.forgetIfUnused(end.channel)
    }

    /// Closes all ends, ascending by number; tells peers `last` first if asked to.
    final func closeAll(sayingLast: Bool) {
        for connection in ends.keys.sorted() {
            if sayingLast { send(connection, Message.notice(.last, Nothing())) }
        }
        for connection in ends.keys.sorted() { close(connection) }
    }

    /// Stamps a message and sends it. Throws `badFileDescriptor` for an unknown connection.
    @discardableResult
    final func send(_ connection: ConnectionID, _ message: [UInt8]) -> Errno? {
        guard let end = ends[connection] else { return .badFileDescriptor }
        guard message.count >= Header.size else { return .badMessage }
        var stamped = Writer(capacity: message.count)
        stamped.raw(message[0..<16])
        stamped.value(stamp)
        stamped.u32(0)
        stamped.value(machine.now)
        stamped.raw(message[Header.size...])
        machine.trace(self, connection, stamped.bytes)
        end.channel.send(stamped.bytes, from: end.side)
        return nil
    }
}
