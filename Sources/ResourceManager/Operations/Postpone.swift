import ABI
import Processes
import ServerKit
import VFS

// Requests that wait for a driver to come back. What needs files or devices would fail without reason while a driver is started again
// and its mounts are repaired, and a request that was under way at a driver that died can be made once more if nothing could have
// come of it yet.

/// A request as it came, to be served when every driver that is missed is back or given up.
struct PostponedTask: Equatable {
    let key: RequestKey
    let operation: Operation
    let replySpace: Int
    let body: [UInt8]

    init(_ call: Call) {
        key = call.key
        operation = call.operation
        replySpace = call.replySpace
        var reader = call.body
        body = reader.rest()
    }
}

extension PostponedTask: Wire {
    init(from reader: inout Reader) throws(Errno) {
        key = try reader.value(RequestKey.self)
        guard let operation = Operation(rawValue: try reader.u16()) else { throw .badMessage }
        self.operation = operation
        replySpace = Int(clamping: try reader.u32())
        body = try reader.bytes()
    }

    func encode(into writer: inout Writer) {
        writer.value(key)
        writer.u16(operation.rawValue)
        writer.u32(UInt32(clamping: replySpace))
        writer.bytes(body)
    }
}

extension Operation {
    /// Whether a request of a process may come to any driver.
    var needsDrivers: Bool {
        switch self {
        case .spawn, .connect, .path, .rename, .link, .location, .mount, .unmount: return true
        default: return false
        }
    }
}

extension FinalOperation {
    /// Whether doing it twice is doing it once.
    var isRepeatable: Bool {
        switch self {
        case .open(let file): return file.open.isDisjoint(with: [.create, .exclusive, .truncate])
        case .status, .setTimes, .setMode, .setOwner, .setSize, .access, .readLink, .resolve, .parent: return true
        case .makeDirectory, .removeDirectory, .unlink, .symbolicLink: return false
        }
    }
}

extension ResourceManager {
    /// Whether a driver that has served before is not back yet.
    var isRepairing: Bool { servers.contains { $0.isMissed } }

    /// Whether a driver that the start did not wait for is not there yet.
    var isExpecting: Bool { servers.contains { $0.isExpected } }

    /// Keeps a request until the drivers are back.
    mutating func postpone(_ request: PostponedTask) { addTask(newTask(), .postponed(request)) }

    /// Answers a request that failed, or keeps it for later if a driver was lost on the way and `again` may be made once more.
    mutating func fail(_ key: RequestKey, _ error: Errno, again: PostponedTask?) {
        guard error == .ioError, let again, isRepairing || isExpecting else { return fail(key, error) }
        for number in unstarted { startServer(number) }
        postpone(again)
    }

    /// A driver is missed or expected no longer.
    mutating func endMissing(_ number: ServerNumber) {
        let index = Int(number.rawValue)
        guard index < servers.count, servers[index].isMissed || servers[index].isExpected else { return }
        servers[index].isMissed = false
        servers[index].isExpected = false
        mayServePostponed = !isRepairing
    }

    /// Serves what was kept, in the order in which it came.
    mutating func servePostponed() {
        guard mayServePostponed else { return }
        mayServePostponed = false
        for id in tasks.keys {
            guard case .postponed(let request)? = tasks[id] else { continue }
            removeTask(id, request.key)
            let hart = request.key.connection.hart
            guard callers.isPending(request.key), let process = harts[hart].flatMap({ processes[$0.process] }) else { continue }
            answer(
                Call(
                    key: request.key, operation: request.operation, process: process, hart: hart, replySpace: request.replySpace,
                    body: Reader(request.body)))
        }
    }
}
