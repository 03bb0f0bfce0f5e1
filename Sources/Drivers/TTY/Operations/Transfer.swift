import ABI
import ServerKit

extension TerminalDriver {
    /// Reads a line, or in non-canonical mode what VMIN and VTIME say; waits for it. Empty after a hang-up. A master reads what the
    /// terminal shows, and gets `ioError` when that is open no more and nothing is left. `badFileDescriptor` unless open for reading,
    /// `illegalSeek` for a position, `interrupted` once a signal has ended the process, `resourceTemporarilyUnavailable` under
    /// `nonBlocking` instead of waiting. C: read(2).
    mutating func read(_ request: Request, _ context: inout Context) throws(Errno) -> Answer {
        let body = try request.decode(Read.self)
        let description = try description(body.handle, request)
        guard description.access.contains(.read) else { throw .badFileDescriptor }
        guard body.position == .shared else { throw .illegalSeek }
        // What does not fit the reply would be lost; no room at all would look like the end.
        guard body.count == 0 || request.replySpace > 0 else { throw .invalidArgument }
        guard !ended.contains(request.stamp.process) else { throw .interrupted }
        if isHungUp(description) { return .done }
        var actions: [Terminal.Action] = []
        let read = Terminal.WaitingRead(
            key: request.key, process: request.stamp.process, group: request.stamp.group, session: request.stamp.session,
            handle: body.handle, limit: min(Int(clamping: body.count), request.replySpace), since: context.now)
        let isNonBlocking = description.flags.contains(.nonBlocking)
        if description.isMaster {
            try terminals[description.terminal].readMaster(read, isNonBlocking: isNonBlocking, into: &actions)
        } else {
            try terminals[description.terminal].read(
                read, isNonBlocking: isNonBlocking, realTime: context.realTime, into: &actions)
        }
        return wait(request.key, description.terminal, actions, &context)
    }

    /// Writes; waits for room on the way to the device, so that a fast writer goes at the pace of the page. One message is never mixed
    /// with another. `ioError` after a hang-up. What a master writes is the terminal's input. `badFileDescriptor` unless open for writing, `illegalSeek` for a position, `resourceTemporarilyUnavailable` under
    /// `nonBlocking` instead of waiting. C: write(2).
    mutating func write(_ request: Request, _ context: inout Context) throws(Errno) -> Answer {
        let body = try request.decode(Write.self)
        let description = try description(body.handle, request)
        guard description.access.contains(.write) else { throw .badFileDescriptor }
        guard body.position == .shared else { throw .illegalSeek }
        if isHungUp(description) { throw .ioError }
        var actions: [Terminal.Action] = []
        let write = Terminal.WaitingWrite(key: request.key, handle: body.handle, data: body.data)
        let isNonBlocking = description.flags.contains(.nonBlocking)
        if description.isMaster {
            try terminals[description.terminal].writeMaster(write, isNonBlocking: isNonBlocking, into: &actions)
        } else {
            try terminals[description.terminal].write(
                write, isNonBlocking: isNonBlocking, realTime: context.realTime, into: &actions)
        }
        return wait(request.key, description.terminal, actions, &context)
    }

    /// Takes a request up as waiting and does what can be done, which may answer it.
    mutating func wait(
        _ key: RequestKey, _ terminal: Int, _ actions: [Terminal.Action], _ context: inout Context
    ) -> Answer {
        waiting[key] = terminal
        settle(terminal, actions, &context)
        return .pending
    }
}
