import ABI
import Processes
import ServerKit
import VFS

// What every server has received and sent. Drivers tell it when they are asked; one that does not in time is reported as it was last
// seen, so that nobody waits for a driver that hangs. At most one such question is under way to a driver, however often it is asked.

/// A request for the counters of all servers.
struct SystemStatusTask {
    let key: RequestKey
    /// Most bytes of payload that the reply may have.
    let replySpace: Int
    /// When it is answered with what is known by then.
    let deadline: Nanoseconds
    /// Drivers that have yet to answer.
    var missing: [ServerNumber]
}

extension ResourceManager {
    /// Tells how programs wait, and the counters of every server, resmgr first.
    mutating func systemStatus(_ call: Call) throws(Errno) -> Answer {
        _ = try call.decode(Nothing.self)
        var missing: [ServerNumber] = []
        for index in servers.indices {
            let number = ServerNumber(rawValue: UInt32(index))
            guard let hart = registeredHart(of: number) else { continue }
            missing.append(number)
            guard !servers[index].isCounting else { continue }
            servers[index].isCounting = true
            request(hart.connection, .counters, Nothing(), for: .counters(number))
        }
        let state = SystemStatusTask(
            key: call.key, replySpace: call.replySpace, deadline: now.adding(Limits.counters), missing: missing)
        guard !missing.isEmpty else {
            reply(state)
            return .pending
        }
        addTask(newTask(), .systemStatus(state))
        statusDeadline = min(statusDeadline, state.deadline)
        return .pending
    }

    /// A driver told its counters, or will not any more. Who waits for it is resumed, with the driver's number as the part.
    mutating func counted(_ number: ServerNumber, _ reply: Reply) {
        let index = Int(number.rawValue)
        guard number.rawValue < UInt32(servers.count), servers[index].hart == reply.from else { return }
        servers[index].isCounting = false
        // A driver whose answer makes no sense is reported as it was last seen, too.
        if let counters = try? reply.result(Counters.self) {
            servers[index].counters = counters
            servers[index].countersTime = now
        }
        for id in tasks.keys {
            guard case .systemStatus(let state)? = tasks[id], state.missing.contains(number) else { continue }
            completions.append(Completion(task: id, part: number.rawValue, reply: reply))
        }
    }

    mutating func resume(_ id: TaskID, _ state: inout SystemStatusTask, _ part: UInt32) -> Progress {
        state.missing.removeAll { $0.rawValue == part }
        guard state.missing.isEmpty else { return .waiting }
        reply(state)
        statusDeadline = .never
        for other in tasks.keys where other != id {
            if case .systemStatus(let state)? = tasks[other] { statusDeadline = min(statusDeadline, state.deadline) }
        }
        return .done
    }

    /// Answers those whose time is up.
    mutating func checkStatusDeadline() {
        guard statusDeadline <= now else { return }
        statusDeadline = .never
        for id in tasks.keys {
            guard case .systemStatus(let state)? = tasks[id] else { continue }
            if state.deadline <= now {
                removeTask(id, state.key)
                reply(state)
            } else {
                statusDeadline = min(statusDeadline, state.deadline)
            }
        }
    }

    private mutating func reply(_ state: SystemStatusTask) {
        var status = SystemStatus(wait: boot.wait, servers: [])
        var writer = Writer()
        writer.value(status)
        var room = state.replySpace - writer.bytes.count
        for server in serverStatuses {
            var writer = Writer()
            writer.value(server)
            room -= writer.bytes.count
            guard room >= 0 else { break }
            status.servers.append(server)
        }
        reply(state.key, status)
    }

    /// What is known of every server by now.
    private var serverStatuses: [ServerStatus] {
        var own = ServerStatus(name: [UInt8]("resmgr"), restarts: 0, report: nil)
        own.report = CountersReport(counters: callers.counters, age: .zero)
        return [own]
            + servers.map { server in
                let report = server.counters.map {
                    CountersReport(counters: $0, age: Nanoseconds(rawValue: now.rawValue - min(server.countersTime, now).rawValue))
                }
                return ServerStatus(name: server.name, restarts: server.restartCount, report: report)
            }
    }
}
