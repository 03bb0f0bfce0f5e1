// The hart's imports as a `ProgramHost`.

import ABI
import LibOS

/// The hart.
struct Port: ProgramHost {
    /// A status word of the hart as an error.
    private func check(_ status: UInt32) throws(Errno) {
        if let error = Errno.decode(status) { throw error }
    }

    mutating func send(_ connection: ConnectionID, _ message: [UInt8]) throws(Errno) {
        try check(message.withUnsafeBufferPointer { hostSend(connection.rawValue, $0.baseAddress, UInt32($0.count)) })
    }

    mutating func readProgram(_ address: Address, count: Int) throws(Errno) -> [UInt8] {
        var status: UInt32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            status = hostCopyIn(buffer.baseAddress, address, UInt32(count))
            filled = status == 0 ? count : 0
        }
        try check(status)
        return bytes
    }

    mutating func writeProgram(_ address: Address, _ bytes: [UInt8], _ range: Range<Int>) throws(Errno) {
        try check(
            bytes.withUnsafeBufferPointer {
                hostCopyOut(address, UnsafeRawPointer($0.baseAddress?.advanced(by: range.lowerBound)), UInt32(range.count))
            })
    }

    mutating func storeProgram(_ address: Address, _ value: UInt64, size: Int) throws(Errno) {
        var word = value.littleEndian
        try check(hostCopyOut(address, &word, UInt32(size)))
    }

    mutating func monotonicTime() -> Nanoseconds { Nanoseconds(rawValue: hostClockMonotonic()) }
    mutating func realTime() -> Nanoseconds { Nanoseconds(rawValue: hostClockReal()) }
    mutating func clockResolution() -> UInt64 { hostClockResolution() }

    mutating func randomBytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            hostRandom(buffer.baseAddress, UInt32(count))
            filled = count
        }
    }

    mutating func setTimer(_ deadline: Nanoseconds) { hostSetTimer(deadline.rawValue) }

    mutating func imageBegin(size: UInt64) { hostImageBegin(UInt32(truncatingIfNeeded: size)) }

    mutating func imageWrite(_ bytes: [UInt8], from: Int) {
        guard from < bytes.count else { return }
        bytes.withUnsafeBufferPointer { hostImageWrite($0.baseAddress?.advanced(by: from), UInt32($0.count - from)) }
    }

    mutating func imageEnd() { hostImageEnd() }
    mutating func end() { hostEnd() }
}
