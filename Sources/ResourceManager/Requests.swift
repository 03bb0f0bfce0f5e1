import ABI
import ServerKit
import VFS

// What resmgr asks of the monitor, of harts, of libOSes and of servers, and how the answers find their way.

/// An operation under way. Never reused.
struct TaskID: Identifier, TableKey {
    var rawValue: UInt64
}

/// What becomes of an answer.
enum Purpose: Equatable {
    /// Nothing: the order is carried out or its hart is gone.
    case nothing
    /// It resumes a task; the number says which of the task's questions it answers.
    case task(TaskID, UInt32)
    /// One end of a channel is open. The server's end tells a channel from a later one of the same two harts.
    case channel(ChannelKey, ConnectionID)
    case serverCreated(HartID)
    case hartEnded(HartID)
    /// A driver tells its counters.
    case counters(ServerNumber)
}

/// A request that resmgr waits for.
struct Outgoing: Equatable {
    var operation: Operation
    var purpose: Purpose
}

/// How a request was answered.
struct Reply {
    /// Whose hart answered; number 0 is the monitor.
    var from: HartID
    var error: Errno?
    /// The result, or text that says why not.
    var payload: [UInt8] = []

    /// The result. Throws the answer's error, or `ioError` for one that is malformed.
    func result<T: Wire>(_ type: T.Type) throws(Errno) -> T {
        if let error { throw error }
        do throws(Errno) {
            return try Reader(payload).whole(type)
        } catch {
            throw .ioError
        }
    }

    /// Throws the answer's error.
    func check() throws(Errno) {
        if let error { throw error }
    }
}

/// An answer on its way to a task.
struct Completion {
    var task: TaskID
    var part: UInt32
    var reply: Reply
}

extension ResourceManager {
    /// Sends a request on a control channel or to the monitor. The hart must be there.
    mutating func request(
        _ connection: ConnectionID, _ operation: Operation, _ body: some Wire, replySpace: Int = 4096, for purpose: Purpose
    ) {
        let outgoing = Outgoing(operation: operation, purpose: purpose)
        var key = RequestKey(connection: connection, request: RequestID(rawValue: lastRequest))
        repeat {
            lastRequest &+= 1
            key.request = RequestID(rawValue: lastRequest)
        } while !note(key, outgoing)
        send(connection, Message.request(operation, id: key.request, replySpace: replySpace, body))
    }

    /// Sends a request to a server, in the name of a task. Throws `ioError` if it is not there.
    mutating func ask(
        _ server: ServerNumber, _ operation: Operation, _ body: some Wire, replySpace: Int = 16384, _ task: TaskID, _ part: UInt32
    ) throws(Errno) {
        guard let hart = registeredHart(of: server) else { throw .ioError }
        request(hart.connection, operation, body, replySpace: replySpace, for: .task(task, part))
    }

    /// Sends a notice to a hart's libOS or server if it is there.
    mutating func notify(_ hart: HartID, _ operation: Operation, _ body: some Wire) {
        guard isAlive(hart) else { return }
        send(hart.connection, Message.notice(operation, body))
    }

    /// An answer came. `false` if nobody waits for such a one.
    mutating func answered(_ connection: ConnectionID, _ header: Header, _ body: Reader) -> Bool {
        let key = RequestKey(connection: connection, request: header.request)
        guard let waiting = takeRequest(key, header.operation) else { return false }
        var reader = body
        fulfil(
            waiting.purpose,
            Reply(
                from: HartID(rawValue: connection.rawValue), error: Errno.decode(header.argument), payload: reader.rest()))
        return true
    }

    /// Nothing will be answered by this hart any more: every request under way there has failed.
    mutating func failRequests(to hart: HartID) {
        for id in harts.look(hart, { $0.requests.keys }) ?? [] {
            guard let waiting = harts.update(hart, { $0.requests.remove(id) }) ?? nil else { continue }
            fulfil(waiting.purpose, Reply(from: hart, error: .ioError))
        }
    }

    /// A request is waited for. `false` if its number is in use.
    mutating func note(_ key: RequestKey, _ outgoing: Outgoing) -> Bool {
        func add(to requests: inout HashTable<RequestID, Outgoing>) -> Bool {
            guard !requests.contains(key.request) else { return false }
            requests[key.request] = outgoing
            return true
        }
        if key.connection == .resourceManager { return add(to: &monitorRequests) }
        return harts.update(key.connection.hart) { add(to: &$0.requests) } ?? true
    }

    /// Takes a request of that operation out; `nil` if nobody waits for such a one.
    private mutating func takeRequest(_ key: RequestKey, _ operation: Operation) -> Outgoing? {
        func take(_ requests: inout HashTable<RequestID, Outgoing>) -> Outgoing? {
            guard requests.look(key.request, { $0.operation == operation }) == true else { return nil }
            return requests.remove(key.request)
        }
        if key.connection == .resourceManager { return take(&monitorRequests) }
        return harts.update(key.connection.hart) { take(&$0.requests) } ?? nil
    }

    /// All requests that resmgr waits for, in the order of connections and numbers.
    var outgoing: [(key: RequestKey, request: Outgoing)] {
        func listed(_ connection: ConnectionID, _ requests: HashTable<RequestID, Outgoing>) -> [(key: RequestKey, request: Outgoing)] {
            requests.keys.compactMap { id in requests[id].map { (RequestKey(connection: connection, request: id), $0) } }
        }
        var all = listed(.resourceManager, monitorRequests)
        for hart in harts.keys { all += listed(hart.connection, harts.look(hart) { $0.requests } ?? HashTable()) }
        return all
    }

    private mutating func fulfil(_ purpose: Purpose, _ reply: Reply) {
        switch purpose {
        case .nothing: break
        case .task(let task, let part): completions.append(Completion(task: task, part: part, reply: reply))
        case .channel(let key, let end): channelAnswered(key, end, reply)
        case .serverCreated(let hart): serverCreated(hart, reply)
        case .hartEnded(let hart): hartIsGone(hart)
        case .counters(let server): counted(server, reply)
        }
    }

    /// Asks the servers that work for this task to answer now.
    mutating func cancelRequests(of task: TaskID) {
        for server in servers {
            guard let hart = server.hart else { continue }
            for id in harts.look(hart, { $0.requests.keys }) ?? [] {
                guard case .task(task, _)? = harts.look(hart, { $0.requests[id]?.purpose }) ?? nil else { continue }
                send(hart.connection, Message.notice(.cancel, Cancel(request: id)))
            }
        }
    }
}

extension HartID {
    /// resmgr's end of its control channel.
    var connection: ConnectionID { ConnectionID(rawValue: rawValue) }
}

extension ConnectionID {
    /// Whose control channel it is, in resmgr's hart.
    var hart: HartID { HartID(rawValue: rawValue) }
}
