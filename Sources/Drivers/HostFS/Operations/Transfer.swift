import ABI
import FileServer
import Glibc
import ServerKit

// What concerns the bytes of a file and the offset in it.

extension HostFS {
    /// The description of a request about bytes. Throws `isDirectory` (reading) or `badFileDescriptor` for a directory.
    private func regular(_ request: Request, _ wanted: AccessMode) throws(Errno) -> HostDescription {
        let description = try description(request)
        if description.node.kind == .directory { throw wanted == .read ? .isDirectory : .badFileDescriptor }
        return description
    }

    /// C: read(2), pread(2). Throws `badFileDescriptor` (not open for it), `isDirectory`, `invalidArgument` (an offset beyond 2^63−1).
    func read(_ request: Request) throws(Errno) -> Answer {
        let body = try request.decode(Read.self)
        let description = try regular(request, .read)
        if description.access.isDisjoint(with: [.read, .execute]) { throw .badFileDescriptor }
        let offset = try description.offset(body.position)
        let count = min(Int(min(body.count, UInt32(Limits.transfer))), request.replySpace)
        var failure: Errno?
        let data = [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
            do throws(Errno) {
                length = try HostFile.check { pread(description.file.number, buffer.baseAddress, count, Int(offset)) }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        if body.position == .shared { description.offset = UInt64(offset) + UInt64(data.count) }
        return .reply(data)
    }

    /// C: write(2), pwrite(2); under `append` at the end, wherever `position` is, as one step on the host. What fits is written; throws
    /// `noSpace` or `fileTooLarge` if nothing does, `badFileDescriptor`, `invalidArgument`.
    func write(_ request: Request) throws(Errno) -> Answer {
        let description = try regular(request, .write)
        var reader = request.body
        _ = try reader.value(Handle.self)
        let position = try reader.value(Position.self)
        let data = reader.restSlice()
        try description.check(.write)
        let offset = try description.offset(position)
        if data.isEmpty { return .body(Count(count: 0)) }
        let number = description.file.number
        let appends = description.flags.contains(.append)
        let count = try HostFile.check {
            data.withUnsafeBytes { bytes in
                // Under O_APPEND the host moves its own offset behind what it wrote.
                appends ? Glibc.write(number, bytes.baseAddress, bytes.count) : pwrite(number, bytes.baseAddress, bytes.count, Int(offset))
            }
        }
        if position == .shared {
            let end = appends ? try HostFile.check { lseek(number, 0, SEEK_CUR) } : Int(offset) + count
            description.offset = UInt64(end)
        }
        return .body(Count(count: UInt32(count)))
    }

    /// C: lseek(2). Throws `invalidArgument` before the start, `overflow` beyond 2^63−1.
    func seek(_ request: Request) throws(Errno) -> Answer {
        let body = try request.decode(Seek.self)
        let description = try description(request)
        let base: Int64
        switch body.whence {
        case .start: base = 0
        case .current: base = Int64(description.offset)
        // POSIX: the end of a directory means nothing.
        case .end: base = description.node.kind == .directory ? 0 : Int64(try description.file.status().st_size)
        }
        let (sum, overflows) = base.addingReportingOverflow(body.offset)
        if overflows { throw .overflow }
        guard sum >= 0 else { throw .invalidArgument }
        description.offset = UInt64(sum)
        return .body(Offset(offset: description.offset))
    }

    /// C: ftruncate(2). Throws `badFileDescriptor`, `fileTooLarge`.
    func setSize(_ request: Request) throws(Errno) -> Answer {
        let body = try request.decode(SetSize.self)
        let description = try regular(request, .write)
        try description.check(.write)
        try description.tree.resize(description.file, to: body.size)
        return .done
    }

    /// C: posix_fallocate(3). Throws `badFileDescriptor`, `invalidArgument` (no length), `fileTooLarge`, `noSpace`, `notSupported`.
    func allocate(_ request: Request) throws(Errno) -> Answer {
        let body = try request.decode(Allocate.self)
        let description = try regular(request, .write)
        try description.check(.write)
        if body.length == 0 { throw .invalidArgument }
        guard let offset = Int(exactly: body.offset), let length = Int(exactly: body.length), length <= Int.max - offset else {
            throw .fileTooLarge
        }
        let error = posix_fallocate(description.file.number, offset, length)
        if error != 0 { throw Errno(host: error) }
        return .done
    }

    /// C: poll(2): regular files are always ready (POSIX).
    func poll(_ request: Request) throws(Errno) -> Answer {
        let body = try request.decode(Poll.self)
        let description = try description(request)
        let size = UInt64(clamping: try description.file.status().st_size)
        return .body(
            PollResult(
                events: body.events.intersection([.readable, .writable]),
                available: size > description.offset ? size - description.offset : 0))
    }
}
