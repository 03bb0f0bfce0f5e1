/// The operand stack at translation: where each operand is when the program runs.
///
/// An operand has a home, the slot that it would have if every operand were stored. A read of a local, a constant, and the sum of
/// something and a constant are not stored there before they must be: instructions that use them name the local's slot, or hold the
/// constant.

/// An operand.
struct Operand {
    enum Location: Equatable {
        /// In its home.
        case home
        /// In a local, whose slot this is.
        case local(Int)
        /// Nowhere: it is this number, which takes one slot.
        case constant(UInt64)
        /// Nowhere: it is the sum, as `i32.add` gives it, of what is in a local's slot and a number. Mostly an address.
        case sum(local: Int, UInt32)
        /// As `sum`, of what is in the operand's home.
        case homeSum(UInt32)

        /// The slot of the local that is read.
        var local: Int? {
            switch self {
            case .local(let slot), .sum(let slot, _): slot
            case .home, .constant, .homeSum: nil
            }
        }
    }

    var location: Location
    /// The slot that is its own.
    let home: Int
    /// Slots that it takes.
    let width: Int
}

/// The operands of a function, the last on top.
struct OperandStack {
    private(set) var operands: [Operand] = []
    /// The first slot after the locals.
    private let base: Int
    /// For each slot of a local the operands that read it.
    private var reads: [UInt32]
    /// Operands from the bottom that are known to be at home or constants.
    private var settled = 0
    /// The most slots that were needed.
    private(set) var highest: Int

    init(localSlots: Int) {
        base = localSlots
        highest = localSlots
        reads = Array(repeating: 0, count: localSlots)
    }

    var count: Int { operands.count }
    /// The home of an operand that would be pushed next.
    var nextHome: Int { operands.last.map { $0.home + $0.width } ?? base }

    subscript(index: Int) -> Operand { operands[index] }

    /// Pushes an operand and gives its home.
    @discardableResult
    mutating func push(_ location: Operand.Location, width: Int) -> Int {
        let home = nextHome
        operands.append(Operand(location: location, home: home, width: width))
        if let slot = location.local { reads[slot] += 1 }
        highest = max(highest, home + width)
        return home
    }

    mutating func pop() -> Operand {
        guard let operand = operands.popLast() else { preconditionFailure("validated code has the operands that it uses") }
        if let slot = operand.location.local { reads[slot] -= 1 }
        settled = min(settled, operands.count)
        return operand
    }

    /// Pops down to a height.
    mutating func truncate(to height: Int) {
        while operands.count > height { _ = pop() }
    }

    /// Notes that an operand was stored in its home.
    mutating func settle(_ index: Int) {
        if let slot = operands[index].location.local { reads[slot] -= 1 }
        operands[index].location = .home
    }

    /// The topmost operand that reads a local; nil if none does.
    func topmostRead(of slot: Int) -> Int? {
        guard reads[slot] > 0 else { return nil }
        return operands.lastIndex { $0.location.local == slot }
    }

    /// The lowest operand that is neither at home nor a constant; nil if all are. Those below the one it gives stay so.
    mutating func lowestUnsettled() -> Int? {
        while settled < operands.count {
            switch operands[settled].location {
            case .home, .constant: settled += 1
            case .local, .sum, .homeSum: return settled
            }
        }
        return nil
    }

    /// Makes room for slots from one on that a callee fills.
    mutating func reserve(_ slots: Int) { highest = max(highest, slots) }
}
