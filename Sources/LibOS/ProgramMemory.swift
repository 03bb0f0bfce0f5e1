// Reading and checking what a program passes by address. Every check comes before the first side effect.

import ABI

/// A piece of the program's memory (WASI preview 1 `iovec`, `ciovec`).
struct MemoryRange: Wire, Equatable, Sendable {
    var address: Address
    var count: UInt32

    init(address: Address, count: UInt32) {
        self.address = address
        self.count = count
    }

    init(from reader: inout Reader) throws(Errno) {
        address = try reader.u32()
        count = try reader.u32()
    }

    func encode(into writer: inout Writer) {
        writer.u32(address)
        writer.u32(count)
    }
}

extension ProgramHost {
    /// Throws `badAddress` unless `count` bytes at `address` are in the program's memory. A memory has no holes and is all
    /// writable, so its last byte stands for the rest.
    mutating func check(_ address: Address, _ count: UInt32) throws(Errno) {
        guard count > 0 else { return }
        let (last, overflow) = address.addingReportingOverflow(count - 1)
        if overflow { throw .badAddress }
        _ = try readProgram(last, count: 1)
    }

    /// `count` bytes, also none.
    mutating func read(_ address: Address, _ count: UInt32) throws(Errno) -> [UInt8] {
        try check(address, count)
        return count == 0 ? [] : try readProgram(address, count: Int(count))
    }

    /// Writes all of `bytes`, also none.
    mutating func write(_ address: Address, _ bytes: [UInt8]) throws(Errno) {
        if !bytes.isEmpty { try writeProgram(address, bytes, 0..<bytes.count) }
    }

    /// A path. Throws `badAddress`, `fileNameTooLong`, `invalidArgument` (a zero in it).
    mutating func path(_ address: Address, _ count: UInt32) throws(Errno) -> [UInt8] {
        guard count < UInt32(Limits.path) else {
            try check(address, count)
            throw .fileNameTooLong
        }
        let path = try read(address, count)
        for byte in path where byte == 0 { throw .invalidArgument }
        return path
    }

    /// Vectors of a read or write, without the empty ones. Throws `invalidArgument` for more than 1024 (C: IOV_MAX) or more
    /// than 4 GiB in all, `badAddress` when the list or any of the pieces is not in the program's memory.
    mutating func vectors(_ address: Address, _ count: UInt32) throws(Errno) -> (ranges: [MemoryRange], total: UInt32) {
        guard count <= 1024 else { throw .invalidArgument }
        var reader = Reader(try read(address, count * 8))
        var ranges: [MemoryRange] = []
        ranges.reserveCapacity(Int(count))
        var total: UInt32 = 0
        for _ in 0..<count {
            let range = try reader.value(MemoryRange.self)
            let (sum, overflow) = total.addingReportingOverflow(range.count)
            if overflow { throw .invalidArgument }
            total = sum
            try check(range.address, range.count)
            if range.count > 0 { ranges.append(range) }
        }
        return (ranges, total)
    }
}

extension LibOS {
    /// The payload of a reply goes to the program's buffer. Throws `resultTooLarge` when it does not fit.
    func storeBytes(_ buffer: ResultBuffer, _ reply: Reply, _ host: inout some ProgramHost) throws(Errno) -> Outcome {
        _ = try reply.payload()
        guard reply.count <= Int(clamping: buffer.capacity) else { throw .resultTooLarge }
        if reply.count > 0 { try host.writeProgram(buffer.address, reply.message, Header.size..<reply.message.count) }
        try host.storeProgram(buffer.length, UInt64(reply.count), size: 4)
        return .done
    }

    /// Throws `badAddress` unless the buffer and the word for its length are in the program's memory.
    func check(_ buffer: ResultBuffer, _ host: inout some ProgramHost) throws(Errno) {
        try host.check(buffer.address, buffer.capacity)
        try host.check(buffer.length, 4)
    }
}
