import ABI
package import ServerKit

// Advisory locks: POSIX, fcntl (F_GETLK, F_SETLK, F_SETLKW); flock(2).

extension FileSystems {
    /// Sets, takes back or looks for a lock; the errors are those of `SetLock`.
    mutating func lock(_ request: Request) throws(Errno) -> Answer {
        let body = try request.decode(SetLock.self)
        let asker = request.stamp.process
        let description = try handles.object(body.handle, of: asker)
        if description.isDevice { throw .notSupported }
        let wanted = FileLock(
            owner: body.scope == .process ? .process(asker) : .description(description), kind: body.kind,
            range: try range(body, description), process: body.process)
        let node = description.node
        if body.action == .ask {
            guard body.scope == .process, body.kind != .none else { throw .invalidArgument }
            return .body(node.locks.obstacle(to: wanted).map(LockStatus.init) ?? .free)
        }
        if body.kind == .none {
            try node.locks.clear(wanted.owner, wanted.range)
            grant(node)
            return .body(LockStatus.free)
        }
        if body.scope == .process { try description.check(body.kind == .shared ? .read : .write) }
        if node.locks.obstacle(to: wanted) == nil {
            try node.locks.set(wanted)
            // One that was exclusive may be shared now.
            grant(node)
            return .body(LockStatus.free)
        }
        guard body.action == .wait else { throw .resourceTemporarilyUnavailable }
        if body.scope == .process, closesCircle(wanted, of: asker, on: node) { throw .deadlock }
        // Two that share a lock and both want it alone would wait for each other: who waits for another kind gives up its own
        // (flock(2)). Record locks stay, since a circle of them is found.
        if body.scope == .description, node.locks.clear(wanted.owner) { grant(node) }
        node.locks.wait(WaitingLock(key: request.key, asker: asker, lock: wanted))
        lockWaits[request.key] = node
        return .pending
    }

    /// The bytes that a request means.
    private func range(_ body: SetLock, _ description: Description) throws(Errno) -> ClosedRange<UInt64> {
        if body.scope == .description { return 0...PagedBytes.maximum }
        let base: UInt64
        switch body.whence {
        case .start: base = 0
        case .current: base = description.offset
        case .end: base = description.size
        }
        // Both are at most 2^63−1, so the sum may overflow upwards only.
        let (start, overflows) = Int64(base).addingReportingOverflow(body.start)
        if overflows { throw .overflow }
        guard start >= 0 else { throw .invalidArgument }
        if body.length == 0 { return UInt64(start)...PagedBytes.maximum }
        // A range of less than no bytes ends before its start.
        let (end, isBeyond) = start.addingReportingOverflow(body.length)
        if body.length > 0 {
            // The last byte is at most 2^63−1, so the end may be one more.
            let (last, isLastBeyond) = start.addingReportingOverflow(body.length - 1)
            if isLastBeyond { throw .overflow }
            return UInt64(start)...UInt64(last)
        }
        guard !isBeyond, end >= 0, start > 0 else { throw .invalidArgument }
        return UInt64(end)...UInt64(start - 1)
    }

    /// Whether somebody who is in the way of a record lock waits, through others perhaps, for one of `asker`.
    private func closesCircle(_ wanted: FileLock, of asker: ProcessIdentity, on node: Node) -> Bool {
        var seen: [ProcessIdentity] = []
        var open = node.locks.obstacles(to: wanted)
        while let obstacle = open.popLast() {
            guard case .process(let process) = obstacle.owner, !seen.contains(process) else { continue }
            if process == asker { return true }
            seen.append(process)
            for other in lockWaits.values {
                for waiting in other.locks.waiting where waiting.asker == process {
                    open += other.locks.obstacles(to: waiting.lock)
                }
            }
        }
        return false
    }

    /// Locks of a file are gone: those that waited for them are set, and answered when the request or notice is over.
    mutating func grant(_ node: Node) {
        guard !node.locks.waiting.isEmpty else { return }
        for (key, error) in node.locks.grant() {
            lockWaits[key] = nil
            granted.append((key, error))
        }
    }

    /// A process has closed a descriptor of a file: its record locks there are gone (POSIX, fcntl), and none comes to it later.
    mutating func releaseLocks(of process: ProcessIdentity, on node: Node) {
        for waiting in node.locks.waiting where waiting.asker == process {
            _ = forgetLock(waiting.key)
            granted.append((waiting.key, .badFileDescriptor))
        }
        if node.locks.clear(.process(process)) { grant(node) }
    }

    /// Answers those whose locks were set.
    mutating func answerGranted(_ context: inout Context) {
        for (key, error) in granted {
            if let error { context.fail(key, error) } else { context.reply(key, LockStatus.free) }
        }
        granted = []
    }

    /// Gives up a request that waits for a lock, with `interrupted`. Answers whether it was one.
    @discardableResult
    package mutating func cancel(_ key: RequestKey, _ context: inout Context) -> Bool {
        guard forgetLock(key) else { return false }
        context.fail(key, .interrupted)
        return true
    }

    /// Forgets a request that waits for a lock; its asker is gone.
    package mutating func abandon(_ key: RequestKey) { _ = forgetLock(key) }

    private mutating func forgetLock(_ key: RequestKey) -> Bool {
        guard let node = lockWaits[key] else { return false }
        lockWaits[key] = nil
        return node.locks.forget(key)
    }
}

extension LockStatus {
    init(_ lock: FileLock) {
        let reachesEnd = lock.range.upperBound == PagedBytes.maximum
        self.init(
            kind: lock.kind, process: lock.process, start: lock.range.lowerBound,
            length: reachesEnd ? 0 : lock.range.upperBound - lock.range.lowerBound + 1)
    }
}
