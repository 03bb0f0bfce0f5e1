import ABI
import ServerKit

// Advisory locks of one file (POSIX, fcntl: record locks; flock(2)). A value without a server: who holds what, and who waits.

/// Who holds a lock.
enum LockOwner {
    case process(ProcessIdentity)
    case description(Description)

    static func == (left: LockOwner, right: LockOwner) -> Bool {
        switch (left, right) {
        case (.process(let left), .process(let right)): return left == right
        case (.description(let left), .description(let right)): return left === right
        default: return false
        }
    }

    /// Whether the locks of both know of each other.
    func isComparable(to other: LockOwner) -> Bool {
        switch (self, other) {
        case (.process, .process), (.description, .description): return true
        default: return false
        }
    }
}

/// A lock that is held or wanted.
struct FileLock {
    var owner: LockOwner
    /// `shared` or `exclusive`.
    var kind: LockKind
    /// The bytes it is on: first and last.
    var range: ClosedRange<UInt64>
    /// What the owner's process goes by.
    var process: ProcessID

    /// Whether it cannot be held beside `other`.
    func conflicts(with other: FileLock) -> Bool {
        owner.isComparable(to: other.owner) && !(owner == other.owner) && range.overlaps(other.range)
            && (kind == .exclusive || other.kind == .exclusive)
    }
}

/// A lock that is waited for.
struct WaitingLock {
    var key: RequestKey
    /// Whose process asked.
    var asker: ProcessIdentity
    var lock: FileLock
}

/// The locks of a file.
struct FileLocks {
    /// In the order in which they were set.
    private(set) var held: [FileLock] = []
    /// In the order in which they were asked for.
    private(set) var waiting: [WaitingLock] = []

    var isEmpty: Bool { held.isEmpty && waiting.isEmpty }

    /// The first lock that is in the way of one, or `nil`.
    func obstacle(to lock: FileLock) -> FileLock? { held.first { $0.conflicts(with: lock) } }

    /// Everything that is in the way of a lock.
    func obstacles(to lock: FileLock) -> [FileLock] { held.filter { $0.conflicts(with: lock) } }

    /// Sets a lock that nothing is in the way of: what its owner had on that range is replaced, and what touches it is joined.
    /// Throws `noLocks` if the owner would have more than `Limits.locks`.
    mutating func set(_ lock: FileLock) throws(Errno) {
        var result = without(lock.owner, lock.range)
        var joined = lock
        result.removeAll { other in
            guard other.owner == lock.owner, other.kind == lock.kind, FileLocks.touch(other.range, joined.range) else { return false }
            joined.range =
                min(other.range.lowerBound, joined.range.lowerBound)...max(other.range.upperBound, joined.range.upperBound)
            return true
        }
        result.append(joined)
        try replace(with: result, owner: lock.owner)
    }

    /// Takes a range from an owner. Throws `noLocks` if what is left on both sides is one lock too many.
    mutating func clear(_ owner: LockOwner, _ range: ClosedRange<UInt64>) throws(Errno) {
        try replace(with: without(owner, range), owner: owner)
    }

    /// Takes all from an owner; answers whether it had any.
    mutating func clear(_ owner: LockOwner) -> Bool {
        let before = held.count
        held.removeAll { $0.owner == owner }
        return held.count != before
    }

    private mutating func replace(with locks: [FileLock], owner: LockOwner) throws(Errno) {
        var count = 0
        for lock in locks where lock.owner == owner { count += 1 }
        if count > Limits.locks { throw .noLocks }
        held = locks
    }

    /// What is held when an owner has no more of a range.
    private func without(_ owner: LockOwner, _ range: ClosedRange<UInt64>) -> [FileLock] {
        var result: [FileLock] = []
        for lock in held {
            guard lock.owner == owner, lock.range.overlaps(range) else {
                result.append(lock)
                continue
            }
            var part = lock
            if lock.range.lowerBound < range.lowerBound {
                part.range = lock.range.lowerBound...(range.lowerBound - 1)
                result.append(part)
            }
            if lock.range.upperBound > range.upperBound {
                part.range = (range.upperBound + 1)...lock.range.upperBound
                result.append(part)
            }
        }
        return result
    }

    private static func touch(_ left: ClosedRange<UInt64>, _ right: ClosedRange<UInt64>) -> Bool {
        // Both end at 2^63−1 at most.
        left.lowerBound <= right.upperBound + 1 && right.lowerBound <= left.upperBound + 1
    }

    // MARK: Waiting

    mutating func wait(_ lock: WaitingLock) { waiting.append(lock) }

    /// A request waits no longer; answers whether it did.
    mutating func forget(_ key: RequestKey) -> Bool {
        let before = waiting.count
        waiting.removeAll { $0.key == key }
        return waiting.count != before
    }

    /// Sets what nothing is in the way of any more; answers the requests that waited for it, and what has become of each.
    mutating func grant() -> [(key: RequestKey, error: Errno?)] {
        var granted: [(key: RequestKey, error: Errno?)] = []
        var left: [WaitingLock] = []
        for waiting in waiting {
            if obstacle(to: waiting.lock) != nil {
                left.append(waiting)
                continue
            }
            do throws(Errno) {
                try set(waiting.lock)
                granted.append((waiting.key, nil))
            } catch {
                granted.append((waiting.key, error))
            }
        }
        waiting = left
        return granted
    }
}

extension FileLocks {
    /// Appends it. Every description that owns a lock has its number.
    func encode(into writer: inout Writer) {
        writer.u32(UInt32(held.count))
        for lock in held { lock.encode(into: &writer) }
        writer.u32(UInt32(waiting.count))
        for waiting in waiting {
            writer.value(waiting.key)
            writer.value(waiting.asker)
            waiting.lock.encode(into: &writer)
        }
    }

    /// Reads what `encode` wrote. Throws `badMessage` if locks are held that cannot be held beside each other.
    init(decoding reader: inout Reader, _ descriptions: [Description]) throws(Errno) {
        for _ in 0..<(try reader.u32()) {
            let lock = try FileLock(decoding: &reader, descriptions)
            guard obstacle(to: lock) == nil else { throw .badMessage }
            held.append(lock)
        }
        for _ in 0..<(try reader.u32()) {
            let key = try reader.value(RequestKey.self)
            let asker = try reader.value(ProcessIdentity.self)
            waiting.append(WaitingLock(key: key, asker: asker, lock: try FileLock(decoding: &reader, descriptions)))
        }
    }
}

extension FileLock {
    func encode(into writer: inout Writer) {
        switch owner {
        case .process(let process):
            writer.u8(LockScope.process.rawValue)
            writer.value(process)
        case .description(let description):
            writer.u8(LockScope.description.rawValue)
            writer.u32(description.number ?? 0)
        }
        writer.value(kind)
        writer.u64(range.lowerBound)
        writer.u64(range.upperBound)
        writer.value(process)
    }

    init(decoding reader: inout Reader, _ descriptions: [Description]) throws(Errno) {
        switch try reader.value(LockScope.self) {
        case .process: owner = .process(try reader.value(ProcessIdentity.self))
        case .description:
            let number = try reader.u32()
            guard number < UInt32(descriptions.count) else { throw .badMessage }
            owner = .description(descriptions[Int(number)])
        }
        kind = try reader.value(LockKind.self)
        let first = try reader.u64()
        let last = try reader.u64()
        guard kind != .none, first <= last, last <= PagedBytes.maximum else { throw .badMessage }
        range = first...last
        process = try reader.value(ProcessID.self)
    }
}
