// Reads and writes: gathered from or scattered to the program's memory, split over messages of `Limits.transfer` bytes.
//
// A transfer ends at the first short count or error, and answers what was done. A read from anything but a regular file or
// a block device ends with the first message that brings data.

import ABI

/// A read or write under way.
struct Transfer: Wire, Equatable, Sendable {
    var isWrite: Bool
    var connection: ConnectionID
    var handle: Handle
    /// Whether further messages follow a full one.
    var goesOn: Bool
    /// The offset of the first byte; nil: the server's.
    var offset: UInt64?
    /// Whether the offset is the one that is kept for the description, and moves.
    var movesOffset: Bool
    /// The program's memory, without empty pieces.
    var ranges: [MemoryRange]
    /// Bytes in all.
    var total: UInt32
    /// Bytes done.
    var done: UInt32
    /// Bytes in the message under way.
    var asked: UInt32
    /// Where the number of bytes goes.
    var result: Address

    init(
        isWrite: Bool, _ description: Description, at offset: UInt64?, _ vectors: (ranges: [MemoryRange], total: UInt32), result: Address
    ) {
        self.isWrite = isWrite
        connection = description.connection
        handle = description.handle
        goesOn = isWrite || description.kind == .regular || description.kind == .blockDevice
        self.offset = offset ?? description.kept?.value
        movesOffset = offset == nil && description.kept != nil
        ranges = vectors.ranges
        total = vectors.total
        done = 0
        asked = 0
        self.result = result
    }

    init(from reader: inout Reader) throws(Errno) {
        isWrite = try reader.bool()
        connection = try reader.value(ConnectionID.self)
        handle = try reader.value(Handle.self)
        goesOn = try reader.bool()
        offset = try reader.bool() ? try reader.u64() : nil
        movesOffset = try reader.bool()
        ranges = try reader.list(MemoryRange.self)
        total = try reader.u32()
        done = try reader.u32()
        asked = try reader.u32()
        result = try reader.u32()
        // The sums that the steps rely on.
        var sum: UInt64 = 0
        for range in ranges { sum += UInt64(range.count) }
        guard sum == UInt64(total), UInt64(done) + UInt64(asked) <= sum else { throw .badMessage }
    }

    func encode(into writer: inout Writer) {
        writer.bool(isWrite)
        writer.value(connection)
        writer.value(handle)
        writer.bool(goesOn)
        writer.bool(offset != nil)
        if let offset { writer.u64(offset) }
        writer.bool(movesOffset)
        writer.list(ranges)
        writer.u32(total)
        writer.u32(done)
        writer.u32(asked)
        writer.u32(result)
    }

    var description: DescriptionID { DescriptionID(connection: connection, handle: handle) }

    var position: Position {
        guard let offset else { return .shared }
        return .explicit(offset &+ UInt64(done))
    }

    /// The pieces of the program's memory that hold bytes `done` ..< `done + count`.
    func pieces(_ count: UInt32) -> [MemoryRange] {
        var skip = done
        var left = count
        var pieces: [MemoryRange] = []
        for range in ranges where left > 0 {
            if skip >= range.count {
                skip -= range.count
                continue
            }
            let size = min(range.count - skip, left)
            pieces.append(MemoryRange(address: range.address &+ skip, count: size))
            left -= size
            skip = 0
        }
        return pieces
    }
}

extension LibOS {
    /// Reads at the description's offset (WASI `fd_read`, C: readv). Waits where the kind of file waits.
    /// `badFileDescriptor`; `notCapable` without the right to read; `badAddress`; `invalidArgument` for too many vectors;
    /// `interrupted`; what the server says.
    package mutating func fdRead(
        _ thread: ThreadID, _ descriptor: UInt32, _ vectors: Address, _ count: UInt32, _ result: Address, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let description = try libOS.table.description(descriptor, .read)
            return try libOS.startTransfer(thread, false, description, nil, vectors, count, result, &host)
        }
    }

    /// Writes at the description's offset (WASI `fd_write`, C: writev). Waits where the kind of file waits.
    /// As `fdRead`; `brokenPipe` without readers, unless SIGPIPE ends the program.
    package mutating func fdWrite(
        _ thread: ThreadID, _ descriptor: UInt32, _ vectors: Address, _ count: UInt32, _ result: Address, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let description = try libOS.table.description(descriptor, .write)
            return try libOS.startTransfer(thread, true, description, nil, vectors, count, result, &host)
        }
    }

    /// Reads at `offset` bytes from the start (WASI `fd_pread`). As `fdRead`; `illegalSeek` on pipes and terminals.
    package mutating func fdReadAt(
        _ thread: ThreadID, _ descriptor: UInt32, _ vectors: Address, _ count: UInt32, _ offset: UInt64, _ result: Address,
        host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let description = try libOS.seekable(descriptor, [.read, .seek], offset)
            return try libOS.startTransfer(thread, false, description, offset, vectors, count, result, &host)
        }
    }

    /// Writes at `offset` bytes from the start (WASI `fd_pwrite`). As `fdWrite`; `illegalSeek` on pipes and terminals.
    package mutating func fdWriteAt(
        _ thread: ThreadID, _ descriptor: UInt32, _ vectors: Address, _ count: UInt32, _ offset: UInt64, _ result: Address,
        host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let description = try libOS.seekable(descriptor, [.write, .seek], offset)
            return try libOS.startTransfer(thread, true, description, offset, vectors, count, result, &host)
        }
    }

    private func seekable(_ descriptor: UInt32, _ rights: Rights, _ offset: UInt64) throws(Errno) -> Description {
        guard try table.description(descriptor).isSeekable else { throw .illegalSeek }
        let description = try table.description(descriptor, rights)
        guard offset <= UInt64(Int64.max) else { throw .invalidArgument }
        return description
    }

    private mutating func startTransfer(
        _ thread: ThreadID, _ isWrite: Bool, _ description: Description, _ offset: UInt64?, _ vectors: Address, _ count: UInt32,
        _ result: Address, _ host: inout some ProgramHost
    ) throws(Errno) -> Outcome {
        try host.check(result, 4)
        let transfer = Transfer(
            isWrite: isWrite, description, at: offset, try host.vectors(vectors, count), result: result)
        guard transfer.total > 0 else {
            try host.storeProgram(result, 0, size: 4)
            return .done
        }
        if transfer.movesOffset { try checkOffsetIsFree(description.id) }
        return try sendTransfer(thread, transfer, &host)
    }

    /// Sends the next message of a transfer.
    mutating func sendTransfer(
        _ thread: ThreadID, _ transfer: Transfer, _ host: inout some ProgramHost
    ) throws(Errno) -> Outcome {
        var transfer = transfer
        transfer.asked = min(transfer.total - transfer.done, UInt32(Limits.transfer))
        if transfer.isWrite {
            var data: [UInt8] = []
            let pieces = transfer.pieces(transfer.asked)
            if pieces.count == 1 {
                data = try host.readProgram(pieces[0].address, count: Int(pieces[0].count))
            } else {
                data.reserveCapacity(Int(transfer.asked))
                for piece in pieces { data.append(contentsOf: try host.readProgram(piece.address, count: Int(piece.count))) }
            }
            try request(
                .write, to: transfer.connection, Write(handle: transfer.handle, position: transfer.position, data: data),
                replySpace: 256, owner: .thread(thread), host: &host)
        } else {
            try request(
                .read, to: transfer.connection,
                Read(handle: transfer.handle, position: transfer.position, count: transfer.asked),
                replySpace: Int(transfer.asked), owner: .thread(thread), host: &host)
        }
        return .waiting(.transfer(transfer))
    }

    /// A message of a transfer was answered.
    mutating func transferred(
        _ thread: ThreadID, _ transfer: Transfer, _ reply: Reply, isInterrupted: Bool, _ host: inout some ProgramHost
    ) throws(Errno) -> Outcome {
        var transfer = transfer
        var moved: UInt32 = 0
        do throws(Errno) {
            moved = transfer.isWrite ? try written(transfer, reply) : try store(transfer, reply, &host)
        } catch {
            if transfer.isWrite && error == .brokenPipe && raiseBrokenPipe(&host) { return .waiting(.forever) }
            if transfer.done == 0 { throw error }
        }
        transfer.done += moved
        if moved > 0 && moved == transfer.asked && transfer.done < transfer.total && transfer.goesOn && !isInterrupted {
            do throws(Errno) {
                return try sendTransfer(thread, transfer, &host)
            } catch {
                // What was done counts.
            }
        }
        try host.storeProgram(transfer.result, UInt64(transfer.done), size: 4)
        if transfer.movesOffset, let start = transfer.offset {
            table.moveOffset(of: transfer.description, to: start &+ UInt64(transfer.done))
        }
        return .done
    }

    /// How much a reply says was written. Throws `ioError` for more than was asked.
    private func written(_ transfer: Transfer, _ reply: Reply) throws(Errno) -> UInt32 {
        let count = try reply.value(Count.self).count
        guard count <= transfer.asked else { throw .ioError }
        return count
    }

    /// Scatters a reply's data. Throws `ioError` for more than was asked.
    private func store(_ transfer: Transfer, _ reply: Reply, _ host: inout some ProgramHost) throws(Errno) -> UInt32 {
        _ = try reply.payload()
        guard reply.count <= Int(transfer.asked) else { throw .ioError }
        var position = Header.size
        for piece in transfer.pieces(UInt32(reply.count)) {
            try host.writeProgram(piece.address, reply.message, position..<position + Int(piece.count))
            position += Int(piece.count)
        }
        return UInt32(reply.count)
    }
}
