import ABI
import ServerKit

/// One pipe: its bytes, its two descriptions and who waits. Methods append what became of requests; the driver performs it.
///
/// Invariants: readers wait only while the pipe is empty; writers wait only while the first of them does not fit.
struct PipeState: Sendable {
    /// Which end of a pipe.
    enum End: UInt8, Sendable {
        case reading = 0
        case writing = 1
    }

    /// An open file description. It lives as long as a handle names it.
    struct Description: Sendable {
        var flags: DescriptionFlags
        var handles: [Handle] = []
    }

    struct WaitingRead: Sendable {
        var key: RequestKey
        var handle: Handle
        var count: Int
    }

    struct WaitingWrite: Sendable {
        var key: RequestKey
        var handle: Handle
        var data: [UInt8]
        /// Bytes of `data` that are in the pipe already.
        var written = 0

        /// Whether it goes in whole or not at all (POSIX write(2): up to PIPE_BUF bytes).
        var isAtomic: Bool { data.count <= Limits.atomicPipeWrite }
    }

    /// What became of a request.
    enum Completion: Sendable {
        case data(RequestKey, [UInt8])
        case count(RequestKey, Int)
        case failed(RequestKey, Errno)

        var key: RequestKey {
            switch self {
            case .data(let key, _), .count(let key, _), .failed(let key, _): return key
            }
        }
    }

    var reading: Description
    var writing: Description
    var buffer = ByteQueue()
    var readers: [WaitingRead] = []
    var writers: [WaitingWrite] = []
    var accessTime: Nanoseconds
    var modificationTime: Nanoseconds
    var changeTime: Nanoseconds

    /// An empty pipe; `flags` go to both ends. `realTime` becomes all its times.
    init(flags: DescriptionFlags, realTime: Nanoseconds) {
        reading = Description(flags: flags)
        writing = Description(flags: flags)
        accessTime = realTime
        modificationTime = realTime
        changeTime = realTime
    }

    private var free: Int { Limits.pipe - buffer.count }

    var isUnused: Bool { reading.handles.isEmpty && writing.handles.isEmpty }

    /// What `poll` reports of an end. As on Linux the writing end without a reader has an error, and a write would not wait.
    func events(of end: End) -> PollEvents {
        var events: PollEvents = []
        switch end {
        case .reading:
            if !buffer.isEmpty { events.insert(.readable) }
            if writing.handles.isEmpty { events.formUnion([.readable, .hangUp]) }
        case .writing:
            if free >= Limits.atomicPipeWrite { events.insert(.writable) }
            if reading.handles.isEmpty { events.formUnion([.writable, .hangUp, .failed]) }
        }
        return events
    }

    /// Reads, or waits. Throws `resourceTemporarilyUnavailable` if it would wait under `nonBlocking`.
    mutating func read(_ read: WaitingRead, realTime: Nanoseconds, into done: inout [Completion]) throws(Errno) {
        if read.count == 0 || (buffer.isEmpty && writing.handles.isEmpty) {
            done.append(.data(read.key, []))
        } else if !buffer.isEmpty {
            let bytes = gather(read.count, into: &done)
            accessTime = realTime
            done.append(.data(read.key, bytes))
        } else if reading.flags.contains(.nonBlocking) {
            throw .resourceTemporarilyUnavailable
        } else {
            readers.append(read)
        }
    }

    /// Writes, or waits. Throws `brokenPipe` without a reader, `resourceTemporarilyUnavailable` if it would wait under `nonBlocking`.
    ///
    /// Source: POSIX write(2), "pipe or FIFO". A small non-blocking write that fits goes in even while others wait, as it says there.
    mutating func write(_ write: WaitingWrite, realTime: Nanoseconds, into done: inout [Completion]) throws(Errno) {
        if write.data.isEmpty {
            done.append(.count(write.key, 0))
            return
        }
        guard !reading.handles.isEmpty else { throw .brokenPipe }
        if writing.flags.contains(.nonBlocking) {
            let size = write.isAtomic ? write.data.count : min(write.data.count, free)
            guard size > 0, size <= free else { throw .resourceTemporarilyUnavailable }
            buffer.append(write.data[..<size])
            done.append(.count(write.key, size))
        } else {
            writers.append(write)
        }
        let before = buffer.count
        advance(realTime: realTime, into: &done)
        if buffer.count != before || !done.isEmpty { modificationTime = realTime }
    }

    /// Lets in whoever fits, then serves whoever waits for data.
    mutating func advance(realTime: Nanoseconds, into done: inout [Completion]) {
        fill(into: &done)
        while !buffer.isEmpty, let read = readers.first {
            readers.removeFirst()
            let bytes = gather(read.count, into: &done)
            accessTime = realTime
            done.append(.data(read.key, bytes))
        }
    }

    /// Up to `limit` bytes: what is there, and what the waiting writers put in as room comes.
    private mutating func gather(_ limit: Int, into done: inout [Completion]) -> [UInt8] {
        var bytes = buffer.take(limit)
        fill(into: &done)
        while bytes.count < limit && !buffer.isEmpty {
            bytes.append(contentsOf: buffer.take(limit - bytes.count))
            fill(into: &done)
        }
        return bytes
    }

    /// Moves bytes of waiting writers into the pipe, in the order in which they came.
    private mutating func fill(into done: inout [Completion]) {
        while let write = writers.first {
            let left = write.data.count - write.written
            let size = write.isAtomic ? left : min(left, free)
            guard size > 0, size <= free else { return }
            if size == write.data.count {
                buffer.append(write.data)
            } else {
                buffer.append(write.data[write.written..<write.written + size])
            }
            guard size == left else {
                writers[0].written += size
                return
            }
            writers.removeFirst()
            done.append(.count(write.key, write.data.count))
        }
    }

    /// Takes a waiting request out; `nil` if it does not wait here. `written` is what it has put in.
    mutating func withdraw(_ key: RequestKey) -> (written: Int, isWrite: Bool)? {
        if let index = readers.firstIndex(where: { $0.key == key }) {
            readers.remove(at: index)
            return (0, false)
        }
        if let index = writers.firstIndex(where: { $0.key == key }) {
            return (writers.remove(at: index).written, true)
        }
        return nil
    }

    /// A handle is gone. What waits through it ends; with the last of its end the other side learns of it.
    mutating func release(_ handle: Handle, of end: End, realTime: Nanoseconds, into done: inout [Completion]) {
        switch end {
        case .reading:
            reading.handles.removeAll { $0 == handle }
            for read in readers where read.handle == handle { done.append(.failed(read.key, .badFileDescriptor)) }
            readers.removeAll { $0.handle == handle }
            if reading.handles.isEmpty {
                for write in writers { done.append(PipeState.end(of: write, .brokenPipe)) }
                writers = []
                buffer = ByteQueue()
            }
        case .writing:
            writing.handles.removeAll { $0 == handle }
            for write in writers where write.handle == handle { done.append(PipeState.end(of: write, .badFileDescriptor)) }
            writers.removeAll { $0.handle == handle }
            if writing.handles.isEmpty {
                for read in readers { done.append(.data(read.key, [])) }
                readers = []
            }
        }
        advance(realTime: realTime, into: &done)
    }

    /// How a write ends before its time: with the count if part of it took effect.
    private static func end(of write: WaitingWrite, _ error: Errno) -> Completion {
        write.written > 0 ? .count(write.key, write.written) : .failed(write.key, error)
    }
}
