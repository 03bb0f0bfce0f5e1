// Orders of the resource manager to a hart, carried out by the hart itself.

/// Opens this end of a channel. A server is told of its peer before the reply is sent.
package struct OpenConnection: Wire, Equatable, Sendable {
    /// The number that this end shall have; `fileExists` if taken.
    package var connection: ConnectionID
    /// The channel's name, known to its two ends alone.
    package var name: ChannelName
    /// Who may speak at the other end.
    package var peer: ProcessIdentity

    package init(connection: ConnectionID, name: ChannelName, peer: ProcessIdentity) {
        self.connection = connection
        self.name = name
        self.peer = peer
    }

    package init(from reader: inout Reader) throws(Errno) {
        connection = try reader.value(ConnectionID.self)
        name = try reader.value(ChannelName.self)
        peer = try reader.value(ProcessIdentity.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(connection)
        writer.value(name)
        writer.value(peer)
    }
}

/// Closes this end of a channel; messages under way are lost.
package struct CloseConnection: Wire, Equatable, Sendable {
    /// Unknown numbers are ignored.
    package var connection: ConnectionID

    package init(connection: ConnectionID) {
        self.connection = connection
    }

    package init(from reader: inout Reader) throws(Errno) {
        connection = try reader.value(ConnectionID.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(connection)
    }
}

/// What the hart stamps from now on.
package struct SetStamp: Wire, Equatable, Sendable {
    /// The whole stamp.
    package var stamp: Stamp

    package init(stamp: Stamp) {
        self.stamp = stamp
    }

    package init(from reader: inout Reader) throws(Errno) {
        stamp = try reader.value(Stamp.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(stamp)
    }
}
