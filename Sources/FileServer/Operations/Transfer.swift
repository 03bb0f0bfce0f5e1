import ABI
import ServerKit

// What concerns the bytes of a file and the offset in it.

extension FileSystems {
    /// C: read(2), pread(2). Throws `badFileDescriptor` (not open for it), `isDirectory`, `invalidArgument` (an offset beyond 2^63−1).
    func read(_ request: Request, _ description: Description, _ context: inout Context) throws(Errno) -> FileAnswer {
        let body = try request.decode(Read.self)
        if description.node.kind == .directory { throw .isDirectory }
        try description.checkReadable()
        let offset = try description.offset(body.position)
        let count = min(Int(min(body.count, UInt32(Limits.transfer))), request.replySpace)
        switch description.node.content {
        case .memory(let bytes):
            let data = bytes.read(at: offset, count: count)
            description.advance(body.position, from: offset, by: data.count)
            if count > 0 { description.node.markRead(context.realTime) }
            // Answered here, so that the bytes go from their pages into the message without a copy in between.
            context.reply(request.key, data)
            return .answer(.pending)
        case .external(let file, let size):
            guard count > 0, offset < size else { return .answer(.done) }
            return .external(
                ExternalRead(description: description, file: file, position: body.position, count: count))
        case .generated:
            let text = description.text
            let start = Int(min(offset, UInt64(text.count)))
            let data = Array(text[start..<min(start + count, text.count)])
            description.advance(body.position, from: offset, by: data.count)
            return .answer(.reply(data))
        case .directory, .symbolicLink, .device, .descriptor: throw .badFileDescriptor
        }
    }

    /// C: write(2), pwrite(2); under `append` at the end, wherever `position` is. What fits is written; throws `noSpace` or
    /// `fileTooLarge` if nothing does, `badFileDescriptor`, `invalidArgument`.
    func write(_ request: Request, _ description: Description, _ now: Nanoseconds) throws(Errno) -> Answer {
        var reader = request.body
        _ = try reader.value(Handle.self)
        let position = try reader.value(Position.self)
        let data = reader.restSlice()
        try description.check(.write)
        guard case .memory(let bytes) = description.node.content else { throw .badFileDescriptor }
        let appends = description.flags.contains(.append)
        var offset = try description.offset(position)
        if appends { offset = bytes.size }
        if data.isEmpty { return .body(Count(count: 0)) }
        guard offset < PagedBytes.maximum else { throw .fileTooLarge }
        var count = Int(min(UInt64(data.count), PagedBytes.maximum - offset))
        let tree = description.tree
        let room = tree.limit - min(tree.used, tree.limit)
        count = fitting(count, at: offset, in: bytes, room: room)
        guard count > 0 else { throw .noSpace }
        let before = bytes.stored
        bytes.write(data.prefix(count), at: offset)
        tree.charge(bytes.stored - before)
        if position == .shared { description.offset = offset + UInt64(count) }
        description.node.markWritten(now)
        description.node.clearSetIDBits()
        return .body(Count(count: UInt32(count)))
    }

    /// The greatest part of a write that takes at most `room` bytes more.
    private func fitting(_ count: Int, at offset: UInt64, in bytes: PagedBytes, room: UInt64) -> Int {
        if bytes.growth(at: offset, count: UInt64(count)) <= room { return count }
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high + 1) / 2
            if bytes.growth(at: offset, count: UInt64(middle)) <= room { low = middle } else { high = middle - 1 }
        }
        return low
    }

    /// C: lseek(2). Throws `invalidArgument` before the start, `overflow` beyond 2^63−1.
    func seek(_ request: Request, _ description: Description) throws(Errno) -> Answer {
        let body = try request.decode(Seek.self)
        let base: UInt64
        switch body.whence {
        case .start: base = 0
        case .current: base = description.offset
        case .end: base = description.size
        }
        // Both are at most 2^63−1, so the sum may overflow upwards only.
        let (sum, overflows) = Int64(base).addingReportingOverflow(body.offset)
        if overflows { throw .overflow }
        guard sum >= 0 else { throw .invalidArgument }
        description.offset = UInt64(sum)
        return .body(Offset(offset: description.offset))
    }

    /// C: ftruncate(2). Throws `badFileDescriptor`, `fileTooLarge`.
    func setSize(_ request: Request, _ description: Description, _ now: Nanoseconds) throws(Errno) -> Answer {
        let body = try request.decode(SetSize.self)
        try description.check(.write)
        try resize(description.node, to: body.size, description.tree, now)
        return .done
    }

    /// C: posix_fallocate(3). Throws `badFileDescriptor`, `invalidArgument` (no length), `fileTooLarge`, `noSpace`,
    /// `operationNotSupportedByDevice` (not a regular file).
    func allocate(_ request: Request, _ description: Description, _ now: Nanoseconds) throws(Errno) -> Answer {
        let body = try request.decode(Allocate.self)
        try description.check(.write)
        guard case .memory(let bytes) = description.node.content else { throw .operationNotSupportedByDevice }
        if body.length == 0 { throw .invalidArgument }
        guard body.offset <= PagedBytes.maximum, body.length <= PagedBytes.maximum - body.offset else { throw .fileTooLarge }
        let tree = description.tree
        // A range longer than all that the file system may keep cannot fit; the others are short enough to be counted.
        if body.length > tree.limit { throw .noSpace }
        try tree.checkRoom(bytes.growth(at: body.offset, count: body.length))
        let before = bytes.stored
        bytes.allocate(at: body.offset, count: body.length)
        tree.charge(bytes.stored - before)
        description.node.markWritten(now)
        return .done
    }

    /// C: poll(2): a file in memory never waits (POSIX: regular files are always ready).
    func poll(_ request: Request, _ description: Description) throws(Errno) -> Answer {
        let body = try request.decode(Poll.self)
        let size = description.size
        return .body(
            PollResult(
                events: body.events.intersection([.readable, .writable]),
                available: size > description.offset ? size - description.offset : 0))
    }
}
