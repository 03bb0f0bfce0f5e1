package import ABI

/// The connections of a server, what is unanswered on each, and how much has gone over them.
package struct Links: Sendable {
    /// An unanswered request.
    package struct Pending: Sendable {
        package var operation: Operation
        /// Most bytes of payload that its reply may have.
        package var replySpace: Int
        /// Bytes of credit it holds: its payload and the space for its reply.
        package var credit: Int
    }

    /// What is unanswered on a connection. One request lies in the link itself, since most connections never have more: another place
    /// in memory would be most of what a request costs among ten thousand connections.
    private struct PendingTable: Sendable {
        private var single: (id: RequestID, pending: Pending)?
        /// Those that came while there was a single one.
        private var others = OrderedMap<RequestID, Pending>()

        var count: Int { (single == nil ? 0 : 1) + others.count }
        /// All numbers, ascending.
        var ids: [RequestID] {
            var ids = others.keys
            if let single { ids.insert(single.id, at: ids.firstIndex { single.id < $0 } ?? ids.count) }
            return ids
        }

        subscript(id: RequestID) -> Pending? {
            if let single, single.id == id { return single.pending }
            return others.isEmpty ? nil : others[id]
        }

        /// Adds a request whose number is not there.
        mutating func add(_ id: RequestID, _ pending: Pending) {
            if single == nil { single = (id, pending) } else { others[id] = pending }
        }

        /// Takes a request out; `nil` if it is not there.
        mutating func remove(_ id: RequestID) -> Pending? {
            let pending = self[id]
            if single?.id == id { single = nil } else if pending != nil { others[id] = nil }
            return pending
        }
    }

    private struct Link: Sendable {
        var process: ProcessIdentity
        var pending = PendingTable()
        var credit = 0
    }

    private var links = HashTable<ConnectionID, Link>()
    private var byProcess = HashTable<ProcessIdentity, ConnectionID>()
    /// All but what is unanswered, which the table knows.
    private var tally = Counters()

    /// Connection 0 alone.
    package init() {
        links[.resourceManager] = Link(process: .nobody)
    }

    private init(links: HashTable<ConnectionID, Link>) { self.links = links }

    /// No connection at all: stands in, without an allocation, while a context holds the real ones.
    static var none: Links { Links(links: HashTable()) }

    /// Connections beside connection 0.
    package var connectionCount: Int { links.count - 1 }

    /// Unanswered requests on all connections.
    package var pendingCount: Int {
        var count = 0
        for link in links.values { count += link.pending.count }
        return count
    }

    /// What was received and sent, requests and answers as `begin`, `finish`, `forget` and `close` saw them.
    package var counters: Counters {
        var counters = tally
        counters.unanswered = UInt64(pendingCount)
        return counters
    }

    /// Counts a message that was received.
    package mutating func countReceived(_ kind: MessageKind, bytes: Int) {
        tally.bytesReceived &+= UInt64(bytes)
        if kind == .notice { tally.noticesReceived &+= 1 }
    }

    /// Counts a message that is sent.
    package mutating func countSent(_ message: [UInt8]) {
        tally.bytesSent &+= UInt64(message.count)
        // Its first byte is the kind.
        if message.first == MessageKind.notice.rawValue { tally.noticesSent &+= 1 }
    }

    /// A connection to `process`, which alone speaks at its other end.
    package mutating func open(_ connection: ConnectionID, _ process: ProcessIdentity) {
        guard connection != .resourceManager else { return }
        links[connection] = Link(process: process)
        byProcess[process] = connection
    }

    /// Closes a connection; says whose it was and what was unanswered. resmgr's own stays.
    package mutating func close(_ connection: ConnectionID) -> (ProcessIdentity, [RequestKey])? {
        guard connection != .resourceManager, let link = links.remove(connection) else { return nil }
        if byProcess[link.process] == connection { byProcess[link.process] = nil }
        let pending = link.pending.ids
        tally.abandoned &+= UInt64(pending.count)
        return (link.process, pending.map { RequestKey(connection: connection, request: $0) })
    }

    /// Who speaks on `connection`, or `nil` if it is not open.
    package func process(of connection: ConnectionID) -> ProcessIdentity? { links.look(connection) { $0.process } }

    /// The connection of `process`, or `nil` if it has none.
    package func connection(of process: ProcessIdentity) -> ConnectionID? { byProcess[process] }

    /// Whether the stamp is that of the peer. (resmgr's channel is known by its number; nobody else holds its other end.)
    package func accepts(_ header: Header, from connection: ConnectionID) -> Bool {
        guard let process = process(of: connection) else { return false }
        return connection == .resourceManager || process == header.stamp.process
    }

    /// Takes a request up; `false` if its number is in use or the peer's credit is spent.
    package mutating func begin(_ key: RequestKey, _ header: Header) -> Bool {
        let credit = Int(header.payloadLength) + Int(header.argument)
        var isTaken = false
        // Changed where it is: a copy of the link in a local variable would make `pending` be copied as a whole.
        links.update(key.connection) { link in
            guard link.pending[key.request] == nil else { return }
            if key.connection != .resourceManager {
                guard link.pending.count < Limits.credits, link.credit + credit <= Limits.creditBytes else { return }
            }
            link.pending.add(
                key.request, Pending(operation: header.operation, replySpace: Int(header.argument), credit: credit))
            link.credit += credit
            isTaken = true
        }
        if isTaken { tally.requests &+= 1 }
        return isTaken
    }

    /// Whether that request is unanswered.
    package func isPending(_ key: RequestKey) -> Bool { links.look(key.connection) { $0.pending[key.request] != nil } ?? false }

    /// Ends a request, which is answered now; `nil` if it is not pending.
    package mutating func finish(_ key: RequestKey) -> Pending? {
        guard let finished = take(key) else { return nil }
        tally.answers &+= 1
        return finished
    }

    /// Ends a request without an answer, since nobody is there any more who could take one.
    package mutating func forget(_ key: RequestKey) {
        if take(key) != nil { tally.abandoned &+= 1 }
    }

    private mutating func take(_ key: RequestKey) -> Pending? {
        var finished: Pending?
        links.update(key.connection) { link in
            guard let pending = link.pending.remove(key.request) else { return }
            link.credit -= pending.credit
            finished = pending
        }
        return finished
    }

    /// Appends the table.
    package func encode(into writer: inout Writer) {
        writer.value(tally)
        writer.u32(UInt32(links.count))
        for connection in links.keys {
            guard let link = links[connection] else { continue }
            writer.value(connection)
            writer.value(link.process)
            writer.u32(UInt32(link.pending.count))
            for request in link.pending.ids {
                guard let pending = link.pending[request] else { continue }
                writer.value(request)
                writer.u16(pending.operation.rawValue)
                writer.u32(UInt32(pending.replySpace))
                writer.u32(UInt32(pending.credit))
            }
        }
    }

    /// Reads a table that `encode` wrote.
    package init(decoding reader: inout Reader) throws(Errno) {
        self.init()
        tally = try reader.value(Counters.self)
        for _ in 0..<(try reader.u32()) {
            let connection = try reader.value(ConnectionID.self)
            var link = Link(process: try reader.value(ProcessIdentity.self))
            for _ in 0..<(try reader.u32()) {
                let request = try reader.value(RequestID.self)
                guard let operation = Operation(rawValue: try reader.u16()) else { throw .badMessage }
                let pending = Pending(
                    operation: operation, replySpace: Int(try reader.u32()), credit: Int(try reader.u32()))
                guard link.pending[request] == nil else { throw .badMessage }
                link.pending.add(request, pending)
                link.credit += pending.credit
            }
            links[connection] = link
            if connection != .resourceManager { byProcess[link.process] = connection }
        }
    }
}
