// Advisory locks (POSIX, fcntl; flock(2)). The server keeps them; here is what it cannot know: an offset that the libOS keeps, and that
// one of several descriptors of a description is closed.

import ABI

extension LibOS {
    /// Sets, takes back or looks for a lock. What the parameters mean and what goes wrong: `SetLock`.
    /// - Parameters:
    ///   - scope: 0 the process's, on a range; 1 the description's, on the whole file
    ///   - action: 0 set, 1 wait until it can be set, 2 ask
    ///   - kind: 0 none, 1 shared, 2 exclusive
    ///   - whence: 0 start, 1 offset, 2 end
    ///   - result: under `ask`, 24 bytes for a `LockStatus`
    /// `invalidArgument` for another scope, action, kind or whence; `interrupted` if a signal came while it waited; `badAddress`.
    package mutating func descriptorLock(
        _ thread: ThreadID, _ descriptor: UInt32, _ scope: UInt32, _ action: UInt32, _ kind: UInt32, _ whence: UInt32, _ start: Int64,
        _ length: Int64, _ result: Address, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            guard let scope = LockScope(rawValue: UInt8(clamping: scope)), let action = LockAction(rawValue: UInt8(clamping: action)),
                let kind = LockKind(rawValue: UInt8(clamping: kind)), let whence = Whence(rawValue: UInt8(clamping: whence))
            else { throw .invalidArgument }
            let description = try libOS.table.description(descriptor)
            if action == .ask { try host.check(result, 24) }
            var body = SetLock(
                handle: description.handle, scope: scope, action: action, kind: kind, whence: whence, start: start, length: length,
                process: libOS.process)
            if whence == .current, let kept = description.kept {
                try libOS.checkOffsetIsFree(description.id)
                let (sum, overflows) = Int64(kept.value).addingReportingOverflow(start)
                if overflows { throw .overflow }
                body.whence = .start
                body.start = sum
            }
            if scope == .process { libOS.hasLocked = true }
            try libOS.request(.lock, to: description.connection, body, replySpace: 256, owner: .thread(thread), host: &host)
            return .waiting(action == .ask ? .lockStatus(result) : .waitingResult)
        }
    }

    /// A lock in the way, or none, was told.
    func lockTold(_ result: Address, _ reply: Reply, _ host: inout some ProgramHost) throws(Errno) -> Outcome {
        var writer = Writer(capacity: 24)
        writer.value(try reply.value(LockStatus.self))
        try host.write(result, writer.bytes)
        return .done
    }

    /// A descriptor was closed whose description has others: the process's locks on the file are gone all the same (POSIX, fcntl).
    mutating func unlock(_ description: Description, _ thread: ThreadID, _ host: inout some ProgramHost) throws(Errno) -> Outcome {
        guard hasLocked, description.kind == .regular else { return .done }
        let body = SetLock(handle: description.handle, scope: .process, action: .set, kind: .none, process: process)
        try request(.lock, to: description.connection, body, replySpace: 256, owner: .thread(thread), host: &host)
        return .waiting(.close(reportsError: false))
    }
}
