import ABI
import ServerKit

extension PipeDriver {
    /// Reads, or waits for data or the last writer's end (an empty reply). `badFileDescriptor` but for a reading end, `illegalSeek` for
    /// a position, `resourceTemporarilyUnavailable` under `nonBlocking` instead of waiting. C: read(2).
    mutating func read(_ request: Request, _ context: inout Context) throws(Errno) -> Answer {
        let body = try request.decode(Read.self)
        let opening = try handles.object(body.handle, of: request.stamp.process)
        guard opening.end == .reading else { throw .badFileDescriptor }
        guard body.position == .shared else { throw .illegalSeek }
        // What does not fit the reply would be lost; no room at all would look like the end.
        guard body.count == 0 || request.replySpace > 0 else { throw .invalidArgument }
        let count = min(Int(clamping: body.count), request.replySpace)
        let realTime = context.realTime
        var done: [PipeState.Completion] = []
        try change(opening.pipe) { pipe throws(Errno) in
            try pipe.read(
                PipeState.WaitingRead(key: request.key, handle: body.handle, count: count), realTime: realTime, into: &done)
        }
        return settle(request.key, opening.pipe, done, &context)
    }

    /// Writes, or waits for room: whole up to `Limits.atomicPipeWrite` bytes, in parts beyond. `badFileDescriptor` but for a writing
    /// end, `illegalSeek` for a position, `brokenPipe` without a reader, `resourceTemporarilyUnavailable` under `nonBlocking` instead
    /// of waiting. C: write(2).
    mutating func write(_ request: Request, _ context: inout Context) throws(Errno) -> Answer {
        let body = try request.decode(Write.self)
        let opening = try handles.object(body.handle, of: request.stamp.process)
        guard opening.end == .writing else { throw .badFileDescriptor }
        guard body.position == .shared else { throw .illegalSeek }
        let realTime = context.realTime
        var done: [PipeState.Completion] = []
        try change(opening.pipe) { pipe throws(Errno) in
            try pipe.write(
                PipeState.WaitingWrite(key: request.key, handle: body.handle, data: body.data), realTime: realTime, into: &done)
        }
        return settle(request.key, opening.pipe, done, &context)
    }

    /// Answers what is done, this request perhaps among it, else remembers where it waits.
    private mutating func settle(
        _ key: RequestKey, _ pipe: NodeID, _ done: [PipeState.Completion], _ context: inout Context
    ) -> Answer {
        if !done.contains(where: { $0.key == key }) { waiting[key] = pipe }
        perform(done, &context)
        announce(pipe, &context)
        return .pending
    }
}
