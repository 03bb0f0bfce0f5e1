// How a disk is made to fail on request, and what becomes of the sectors of a write that is not certain to reach the medium.

/// One call to a disk, as whoever makes it fail is asked about it.
package struct DiskOperation: Equatable, Sendable {
    /// What it does.
    package enum Kind: UInt8, CaseIterable, Sendable {
        case read = 0
        case write = 1
        case flush = 2
    }

    package var kind: Kind
    /// Which call of its kind it is, counted from 0 since the disk was made. (A refused call is not counted.)
    package var number: UInt64
    /// Bytes from the disk's beginning to the first that it reads or writes; 0 for a flush.
    package var offset: Int
    /// How many bytes it reads or writes; 0 for a flush.
    package var count: Int
}

/// How a call fails. The server is told `ioError` in each case.
package enum DiskFault: Equatable, Sendable, CaseIterable {
    /// It has had no effect.
    case withoutEffect
    /// A write is torn. Of a flush, each write that it was to make durable is kept, lost or torn at once, as in a power cut, and the
    /// disk goes on with what is left.
    case withPartialEffect
    /// It has had all of its effect.
    case withEffect
}

/// What becomes of writes that are not certain: each is kept, lost or torn, independently of all others.
struct DiskFate {
    private static let parts = 8
    var chance: Chance
    /// Of eight writes so many are not kept whole.
    private let loss: Int

    /// How many are lost is drawn for each cut, so that also those come up in which nearly all writes are kept, or nearly none.
    init(_ chance: Chance) {
        self.chance = chance
        loss = self.chance.below(DiskFate.parts + 1)
    }

    /// Which of the sectors of one write reach the medium.
    mutating func survivors(of count: Int) -> [Bool] {
        guard chance.below(DiskFate.parts) < loss else { return [Bool](repeating: true, count: count) }
        return chance.below(2) == 0 ? [Bool](repeating: false, count: count) : torn(count)
    }

    /// The numbers from 0 up to, without, `count`, in any order.
    mutating func order(_ count: Int) -> [Int] {
        var left = Array(0..<count)
        var order: [Int] = []
        while !left.isEmpty { order.append(left.remove(at: chance.below(left.count))) }
        return order
    }

    /// Any of the sectors: half of the time those up to one or from one on, else each by itself.
    mutating func torn(_ count: Int) -> [Bool] {
        let border = chance.below(count + 1)
        switch chance.below(4) {
        case 0: return (0..<count).map { $0 < border }
        case 1: return (0..<count).map { $0 >= border }
        default: return (0..<count).map { _ in chance.below(2) == 0 }
        }
    }
}
