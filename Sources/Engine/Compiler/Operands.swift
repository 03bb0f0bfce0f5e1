/// The operand stack at translation: where each operand is when the program runs.
///
/// An operand has a home, the slot that it would have if every operand were stored. A read of a local and a constant are not stored
/// there before they must be: instructions that use them name the local's slot, or hold the constant.

/// An operand.
struct Operand {
    enum Location: Equatable {
        /// In its home.
        case home
        /// In a local, whose slot this is.
        case local(Int)
        /// Nowhere: it is this number, which takes one slot.
        case constant(UInt64)
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
    /// For each slot of a local the operands that are still there.
    private var reads: [UInt32]
    /// Operands from the bottom that are known not to be in locals.
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
        if case .local(let slot) = location { reads[slot] += 1 }
        highest = max(highest, home + width)
        return home
    }

    mutating func pop() -> Operand {
        guard let operand = operands.popLast() else { preconditionFailure("validated code has the operands that it uses") }
        if case .local(let slot) = operand.location { reads[slot] -= 1 }
        settled = min(settled, operands.count)
        return operand
    }

    /// Pops down to a height.
    mutating func truncate(to height: Int) {
        while operands.count > height { _ = pop() }
    }

    /// Notes that an operand was stored in its home.
    mutating func settle(_ index: Int) {
        if case .local(let slot) = operands[index].location { reads[slot] -= 1 }
        operands[index].location = .home
    }

    /// The topmost operand that is in a local; nil if none is.
    func topmostRead(of slot: Int) -> Int? {
        guard reads[slot] > 0 else { return nil }
        return operands.lastIndex { $0.location == .local(slot) }
    }

    /// The lowest operand that is in a local; nil if none is. All below the one it gives are in their homes or constants for good.
    mutating func lowestRead() -> Int? {
        while settled < operands.count {
            if case .local = operands[settled].location { return settled }
            settled += 1
        }
        return nil
    }

    /// Makes room for slots from one on that a callee fills.
    mutating func reserve(_ slots: Int) { highest = max(highest, slots) }
}
