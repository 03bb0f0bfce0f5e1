import ABI
import ServerKit

// When a read ends (POSIX XBD 11.1.6 and 11.1.7). In non-canonical mode VMIN and VTIME make four cases:
//
// | VMIN | VTIME | a read ends |
// |---|---|---|
// | > 0 | > 0 | with VMIN bytes, or when VTIME has passed since the last byte, with one at least |
// | > 0 | 0 | with VMIN bytes |
// | 0 | > 0 | with any byte, or empty when VTIME has passed since the request |
// | 0 | 0 | at once |

extension Terminal {
    private var minimum: Int { Int(discipline.attributes.controlCharacters[ControlCharacter.minimum]) }

    /// VTIME in nanoseconds.
    private var interval: UInt64 { UInt64(discipline.attributes.controlCharacters[ControlCharacter.time]) * 100_000_000 }

    /// What a read that must not wait gets; `nil` if it would wait.
    mutating func takeAtOnce(_ limit: Int) -> [UInt8]? {
        if discipline.isCanonical { return discipline.takeLine(limit) }
        if discipline.available > 0 || (minimum == 0 && interval == 0) { return discipline.takeBytes(limit) }
        return nil
    }

    /// What the first waiting read gets at time `now`; `nil` if it goes on waiting.
    mutating func take(for read: WaitingRead, now: Nanoseconds) -> [UInt8]? {
        if discipline.isCanonical { return discipline.takeLine(read.limit) }
        let available = discipline.available
        let isEnough = minimum == 0 ? available > 0 || interval == 0 : available >= min(minimum, read.limit)
        guard isEnough || deadline(of: read) <= now else { return nil }
        return discipline.takeBytes(read.limit)
    }

    /// When the first waiting read ends by time alone; `never` if it does not.
    var deadline: Nanoseconds {
        guard !isHeld, let read = readers.first else { return .never }
        return deadline(of: read)
    }

    private func deadline(of read: WaitingRead) -> Nanoseconds {
        guard !discipline.isCanonical, interval > 0 else { return .never }
        if minimum == 0 { return read.since.adding(interval) }
        // Bytes that were there before the request count as received with it.
        return discipline.available > 0 ? max(lastInput, read.since).adding(interval) : .never
    }
}
