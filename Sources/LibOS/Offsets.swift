// Offsets that the libOS keeps for the server.
//
// It does so for a regular file that it opened itself, without `append`, as long as no other process holds the description: then
// every read and write names an explicit offset, and moving or telling the offset needs no message. Before another process can
// hold the description, or the server has to know the offset, the server is told it (`handOverOffsets`); from then on it is the
// server's for good, since whoever inherited the description may hand it on.
//
// A kept offset moves when a call is over, by what was done. So one call at a time may use it: another thread's is refused with
// `resourceBusy`, as the second call of a thread is.

import ABI

/// An open file description as the wire names it.
struct DescriptionID: Wire, Equatable, Sendable {
    var connection: ConnectionID
    var handle: Handle

    init(connection: ConnectionID, handle: Handle) {
        self.connection = connection
        self.handle = handle
    }

    init(from reader: inout Reader) throws(Errno) {
        connection = try reader.value(ConnectionID.self)
        handle = try reader.value(Handle.self)
    }

    func encode(into writer: inout Writer) {
        writer.value(connection)
        writer.value(handle)
    }
}

/// An offset that the libOS keeps.
struct KeptOffset: Wire, Equatable, Sendable {
    /// POSIX: the largest value of an off_t.
    static let maximum = UInt64(Int64.max)

    /// Bytes from the start, at most `maximum`.
    var value: UInt64
    /// What the server has as its offset of the description, at most `maximum`.
    var atServer: UInt64

    /// That of a description just opened, or as a seek of the server's left it.
    init(_ value: UInt64 = 0) {
        self.value = value
        atServer = value
    }

    init(from reader: inout Reader) throws(Errno) {
        value = try reader.u64()
        atServer = try reader.u64()
        guard value <= KeptOffset.maximum, atServer <= KeptOffset.maximum else { throw .badMessage }
    }

    func encode(into writer: inout Writer) {
        writer.u64(value)
        writer.u64(atServer)
    }

    /// The offset that is `distance` bytes after `base`, which is at most `maximum` (C: lseek(2)).
    /// Throws `overflow` beyond `maximum`, `invalidArgument` before the start.
    func moved(by distance: Int64, from base: UInt64) throws(Errno) -> KeptOffset {
        // The base is not negative, so the sum may overflow upwards only.
        let (sum, overflows) = Int64(base).addingReportingOverflow(distance)
        if overflows { throw .overflow }
        guard sum >= 0 else { throw .invalidArgument }
        var moved = self
        moved.value = UInt64(sum)
        return moved
    }
}

/// What goes on when the server has taken offsets over.
enum OffsetUse: Wire, Equatable, Sendable {
    /// The child of this request inherits them; the request is encoded.
    case spawn(SpawnCall, body: [UInt8])
    case setFlags(DescriptionID, DescriptionFlags)

    init(from reader: inout Reader) throws(Errno) {
        switch try reader.u8() {
        case 0: self = .spawn(try reader.value(SpawnCall.self), body: try reader.bytes(limit: Limits.payload))
        case 1: self = .setFlags(try reader.value(DescriptionID.self), try reader.value(DescriptionFlags.self))
        default: throw .badMessage
        }
    }

    func encode(into writer: inout Writer) {
        switch self {
        case .spawn(let spawn, let body):
            writer.u8(0)
            writer.value(spawn)
            writer.bytes(body)
        case .setFlags(let description, let flags):
            writer.u8(1)
            writer.value(description)
            writer.value(flags)
        }
    }
}

/// Offsets that the server takes over, one after the other.
struct OffsetHandover: Wire, Equatable, Sendable {
    /// Whose offsets are still to be told. That of the first one is under way.
    var descriptions: [DescriptionID]
    var use: OffsetUse

    init(_ descriptions: [DescriptionID], then use: OffsetUse) {
        self.descriptions = descriptions
        self.use = use
    }

    init(from reader: inout Reader) throws(Errno) {
        descriptions = try reader.list(DescriptionID.self, limit: Limits.descriptors)
        use = try reader.value(OffsetUse.self)
        guard !descriptions.isEmpty else { throw .badMessage }
    }

    func encode(into writer: inout Writer) {
        writer.list(descriptions)
        writer.value(use)
    }
}

extension LibOS {
    /// Throws `resourceBusy` while a call waits that uses the kept offset of a description.
    func checkOffsetIsFree(_ description: DescriptionID) throws(Errno) {
        for thread in threads {
            switch thread.call {
            case .transfer(let transfer):
                if transfer.movesOffset && transfer.description == description { throw .resourceBusy }
            case .offset(_, let other):
                if other == description { throw .resourceBusy }
            case .handOverOffsets(let handover):
                if handover.descriptions.contains(description) { throw .resourceBusy }
            default: break
            }
        }
    }

    /// Lets the server keep the offsets of these descriptions, for good, and goes on with `use`. Offsets that are the server's
    /// already, or that it has right, take no message.
    /// Throws `resourceBusy`; what the server says (the offset stays with the libOS then); and what `use` throws.
    mutating func handOverOffsets(
        of descriptions: [DescriptionID], _ thread: ThreadID, then use: OffsetUse, _ host: inout some ProgramHost
    ) throws(Errno) -> Outcome {
        var kept: [DescriptionID] = []
        for description in descriptions where table.description(description)?.kept != nil {
            try checkOffsetIsFree(description)
            kept.append(description)
        }
        return try handOverNext(OffsetHandover(kept, then: use), thread, &host)
    }

    private mutating func handOverNext(
        _ handover: OffsetHandover, _ thread: ThreadID, _ host: inout some ProgramHost
    ) throws(Errno) -> Outcome {
        var handover = handover
        while let id = handover.descriptions.first {
            // A description named twice is the server's by now; one that another thread closed is nobody's.
            if let kept = table.description(id)?.kept, kept.value != kept.atServer {
                try request(
                    .seek, to: id.connection, Seek(handle: id.handle, offset: Int64(kept.value), whence: .start), replySpace: 256,
                    owner: .thread(thread), host: &host)
                return .waiting(.handOverOffsets(handover))
            }
            table.keep(nil, for: id)
            handover.descriptions.removeFirst()
        }
        switch handover.use {
        case .spawn(let spawn, let body): return try sendSpawn(thread, spawn, body, &host)
        case .setFlags(let description, let flags): return try setFlags(thread, description, flags, &host)
        }
    }

    /// The server has taken an offset over, or not.
    mutating func offsetTaken(
        _ thread: ThreadID, _ handover: OffsetHandover, _ reply: Reply, _ host: inout some ProgramHost
    ) throws(Errno) -> Outcome {
        _ = try reply.value(Offset.self)
        var handover = handover
        table.keep(nil, for: handover.descriptions.removeFirst())
        return try handOverNext(handover, thread, &host)
    }

    /// The server moved its offset, or told it. Throws `ioError` for one beyond all files.
    mutating func offsetTold(
        _ address: Address, _ description: DescriptionID, _ reply: Reply, _ host: inout some ProgramHost
    ) throws(Errno) -> Outcome {
        let offset = try reply.value(Offset.self).offset
        guard offset <= KeptOffset.maximum else { throw .ioError }
        try host.storeProgram(address, offset, size: 8)
        table.keep(KeptOffset(offset), for: description)
        return .done
    }
}
