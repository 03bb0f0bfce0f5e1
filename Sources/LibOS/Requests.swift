// Requests under way: one mechanism for "send, and go on when the reply arrives".
//
// A request that the hart refuses for want of credit keeps its message and is sent after the next delivery on its
// connection; requests on one connection leave in the order in which they were made.

import ABI

/// Who goes on when a request is answered.
enum Owner: Wire, Equatable, Sendable {
    /// Nobody: the answer changes nothing.
    case nobody
    case thread(ThreadID)
    /// The thread's poll; the number of the asked file in it.
    case poll(ThreadID, UInt32)
    /// The piece of the image that begins at this offset.
    case image(UInt64)
    /// The line about a trap.
    case report
    /// The question at the start whether the description with this index is a terminal.
    case terminalProbe(UInt32)
    /// The question what signals there are to take.
    case signals

    init(from reader: inout Reader) throws(Errno) {
        switch try reader.u8() {
        case 0: self = .nobody
        case 1: self = .thread(try reader.value(ThreadID.self))
        case 2: self = .poll(try reader.value(ThreadID.self), try reader.u32())
        case 3: self = .image(try reader.u64())
        case 4: self = .report
        case 5: self = .terminalProbe(try reader.u32())
        case 6: self = .signals
        default: throw .badMessage
        }
    }

    func encode(into writer: inout Writer) {
        switch self {
        case .nobody: writer.u8(0)
        case .thread(let thread):
            writer.u8(1)
            writer.value(thread)
        case .poll(let thread, let slot):
            writer.u8(2)
            writer.value(thread)
            writer.u32(slot)
        case .image(let offset):
            writer.u8(3)
            writer.u64(offset)
        case .report: writer.u8(4)
        case .terminalProbe(let index):
            writer.u8(5)
            writer.u32(index)
        case .signals: writer.u8(6)
        }
    }
}

/// A request that was not answered yet.
struct Request: Wire, Equatable, Sendable {
    var connection: ConnectionID
    var id: RequestID
    var operation: Operation
    /// Most bytes of payload that the reply may have.
    var replySpace: UInt32
    var owner: Owner
    /// The message, while the hart has no credit for it; else empty.
    var unsent: [UInt8]

    init(_ connection: ConnectionID, _ id: RequestID, _ operation: Operation, replySpace: UInt32, owner: Owner) {
        self.connection = connection
        self.id = id
        self.operation = operation
        self.replySpace = replySpace
        self.owner = owner
        unsent = []
    }

    init(from reader: inout Reader) throws(Errno) {
        connection = try reader.value(ConnectionID.self)
        id = try reader.value(RequestID.self)
        guard let operation = Operation(rawValue: try reader.u16()) else { throw .badMessage }
        self.operation = operation
        replySpace = try reader.u32()
        owner = try reader.value(Owner.self)
        unsent = try reader.bytes(limit: Limits.payload + Header.size)
    }

    func encode(into writer: inout Writer) {
        writer.value(connection)
        writer.value(id)
        writer.u16(operation.rawValue)
        writer.u32(replySpace)
        writer.value(owner)
        writer.bytes(unsent)
    }
}

/// The answer to a request.
struct Reply {
    /// nil: success.
    let error: Errno?
    /// The whole message; the payload begins at `Header.size`. Empty for a reply that never came.
    let message: [UInt8]

    /// A failure that the libOS found itself.
    init(failed error: Errno) {
        self.error = error
        message = []
    }

    init(_ error: Errno?, _ message: [UInt8]) {
        self.error = error
        self.message = message
    }

    /// Bytes of payload.
    var count: Int { max(message.count - Header.size, 0) }

    /// The payload of a success. Throws the reply's error.
    func payload() throws(Errno) -> Reader {
        if let error { throw error }
        return Reader(message, from: Header.size)
    }

    /// The one value that a success carries. Throws the reply's error, or `ioError` for a payload that is no such value.
    func value<T: Wire>(_ type: T.Type) throws(Errno) -> T {
        var reader = try payload()
        do throws(Errno) {
            let value = try reader.value(type)
            try reader.finish()
            return value
        } catch {
            // What a server sends wrongly is no fault of the program's.
            throw .ioError
        }
    }
}

extension LibOS {
    /// Sends a request, or keeps it until there is credit.
    /// Throws `resourceTemporarilyUnavailable` when there is none and nothing is under way that would return any,
    /// `ioError` when the connection is gone.
    mutating func request(
        _ operation: Operation, to connection: ConnectionID, _ body: some Wire, replySpace: Int = 4096, owner: Owner,
        host: inout some ProgramHost
    ) throws(Errno) {
        // Room for the reason of a failure.
        let space = min(max(replySpace, 256), Limits.payload)
        let request = Request(connection, nextRequestID(), operation, replySpace: UInt32(space), owner: owner)
        try dispatch(request, Message.request(operation, id: request.id, replySpace: space, body), &host)
    }

    /// The part of `request` that is the same for all bodies.
    @inline(never)
    private mutating func dispatch(_ request: Request, _ message: [UInt8], _ host: inout some ProgramHost) throws(Errno) {
        // The hart may not have closed its end yet; nobody would answer.
        guard !lostConnections.contains(request.connection) else { throw .ioError }
        guard requests.count < LibOS.requestLimit else { throw .resourceTemporarilyUnavailable }
        var request = request
        if hasUnsent(request.connection) {
            request.unsent = message
        } else {
            do throws(Errno) {
                try host.send(request.connection, message)
            } catch .resourceTemporarilyUnavailable {
                guard hasSent(request.connection) else { throw .resourceTemporarilyUnavailable }
                request.unsent = message
            } catch {
                throw .ioError
            }
        }
        requests.append(request)
    }

    /// Sends a request whose answer changes nothing. What cannot be sent is dropped: the end of the process makes up for it.
    mutating func requestForNobody(
        _ operation: Operation, to connection: ConnectionID, _ body: some Wire, host: inout some ProgramHost
    ) {
        do throws(Errno) {
            try request(operation, to: connection, body, replySpace: 256, owner: .nobody, host: &host)
        } catch {}
    }

    private mutating func nextRequestID() -> RequestID {
        repeat {
            lastRequest &+= 1
        } while lastRequest == 0 || isInUse(lastRequest)
        return RequestID(rawValue: lastRequest)
    }

    private func isInUse(_ id: UInt32) -> Bool {
        for request in requests where request.id.rawValue == id { return true }
        return false
    }

    private func hasUnsent(_ connection: ConnectionID) -> Bool {
        for request in requests where request.connection == connection && !request.unsent.isEmpty { return true }
        return false
    }

    private func hasSent(_ connection: ConnectionID) -> Bool {
        for request in requests where request.connection == connection && request.unsent.isEmpty { return true }
        return false
    }

    /// Sends what waited for credit on a connection, as far as there is any.
    mutating func sendUnsent(_ connection: ConnectionID, _ host: inout some ProgramHost) {
        var index = 0
        while index < requests.count {
            guard requests[index].connection == connection, !requests[index].unsent.isEmpty else {
                index += 1
                continue
            }
            do throws(Errno) {
                try host.send(connection, requests[index].unsent)
                requests[index].unsent = []
                index += 1
            } catch .resourceTemporarilyUnavailable {
                if hasSent(connection) { return }
                // Nothing is under way that could return credit: it will never be sent.
                let request = requests.remove(at: index)
                complete(request.owner, Reply(failed: .resourceTemporarilyUnavailable), &host)
            } catch {
                let request = requests.remove(at: index)
                complete(request.owner, Reply(failed: .ioError), &host)
            }
        }
    }

    /// Gives up the requests of a thread's call: what was sent is cancelled and answered in time, what was not is over now.
    mutating func cancelRequests(of thread: ThreadID, _ host: inout some ProgramHost) {
        for request in requests where request.owner == .thread(thread) && request.unsent.isEmpty {
            do throws(Errno) {
                try host.send(request.connection, Message.notice(.cancel, Cancel(request: request.id)))
            } catch {
                // The request stands, and its answer comes in its own time.
            }
        }
        var index = 0
        while index < requests.count {
            if requests[index].owner == .thread(thread) && !requests[index].unsent.isEmpty {
                let request = requests.remove(at: index)
                complete(request.owner, Reply(failed: .interrupted), &host)
                index = 0
            } else {
                index += 1
            }
        }
    }

    /// Fails every request on a connection whose other end is gone, and every wait for a notice from there.
    mutating func failRequests(on connection: ConnectionID, _ host: inout some ProgramHost) {
        if pipeConnection == connection { pipeConnection = nil }
        if !lostConnections.contains(connection) { lostConnections.append(connection) }
        var failed: [Owner] = []
        var index = 0
        while index < requests.count {
            if requests[index].connection == connection {
                failed.append(requests.remove(at: index).owner)
            } else {
                index += 1
            }
        }
        for owner in failed { complete(owner, Reply(failed: .ioError), &host) }
        pollLost(connection, &host)
    }
}
