/// The translation of a function into the register form, in one pass along with its validation.
///
/// Invariants: at every label the operands below it are in their homes or constants; a constant is never the parameter of a loop or of
/// an `if`. So all ways to a label agree on where operands are.
import Wasm

/// Translates one function.
struct FunctionCompiler {
    var validator: FunctionValidator
    var operands = OperandStack(localSlots: 0)
    /// The open blocks, in step with the validator's frames.
    var labels: [Label] = []
    /// The function's expression, which the vectors of `br_table` and `try_table` are read from.
    var body = Expression(bytes: [])
    var results: [ValueType] = []
    /// For each local its first slot, and after the last local the number of slots.
    private var localSlots: [Int] = []

    // What is made.

    var words: [UInt64] = []
    private var starts: [UInt32] = []
    private var sources: [UInt32] = []
    private var costs: [Int32] = []
    var branches: [Branch] = []
    /// Calls: the word that tells the callee, and the instruction.
    private var calls: [(word: Int, instruction: Int)] = []
    var clauses: [ExceptionHandler.Clause] = []
    var handlers: [(range: Range<Int>, clauses: Range<Int>)] = []

    /// WebAssembly instructions that were read since an instruction was emitted.
    var pendingCost: Int32 = 0
    /// The offset of the WebAssembly instruction that is being translated.
    private var source = 0
    /// The last instruction's first word if that instruction has just put its result into its first field and nothing goes there from
    /// elsewhere, so that it can still be changed; else nil.
    private(set) var producer: Int?
    /// The last word that branches go to.
    private var barrier = 0

    init(_ validator: FunctionValidator) {
        self.validator = validator
    }

    /// Translates a function of the validated module; nil if it would need more slots than a field can name.
    mutating func compile(_ function: Function) -> FunctionCode? {
        do {
            try validator.begin(function)
            body = function.body
            guard begin(function) else { return nil }
            var reader = body.instructions
            while let instruction = try reader.next() {
                source = instruction.offset
                try translate(instruction)
                guard operands.highest <= 0xFFFF else { return nil }
            }
        } catch {
            preconditionFailure("a module is validated before its functions are translated")
        }
        return complete(function)
    }

    /// Lays out the locals; false if they do not fit.
    private mutating func begin(_ function: Function) -> Bool {
        let type = validator.spaces.types[Int(function.type)]
        results = type.results
        localSlots.reserveCapacity(validator.locals.count + 1)
        var slot = 0
        for index in 0..<UInt32(validator.locals.count) {
            localSlots.append(slot)
            slot += validator.locals[index]?.slots ?? 0
        }
        localSlots.append(slot)
        guard max(slot, type.resultSlots) <= 0xFFFF else { return false }
        operands = OperandStack(localSlots: slot)
        operands.reserve(type.resultSlots)
        labels = [Label(kind: .function, height: 0, slot: 0, parameters: [], results: results)]
        words.reserveCapacity(function.body.bytes.count / 2)
        return true
    }

    /// A local's first slot and its slots.
    func local(_ index: UInt32) -> (slot: Int, width: Int) {
        let slot = localSlots[Int(index)]
        return (slot, localSlots[Int(index) + 1] - slot)
    }
}

// Emission.

extension FunctionCompiler {
    /// Adds an instruction's first word.
    mutating func emit(_ word: Word) {
        starts.append(UInt32(words.count))
        sources.append(UInt32(source))
        costs.append(pendingCost)
        pendingCost = 0
        words.append(word.bits)
        producer = nil
    }

    /// Adds an instruction whose first field is its result, which is pushed.
    mutating func emitResult(_ operation: Operation, _ b: Int = 0, _ c: Int = 0, width: Int = 1) {
        let slot = operands.push(.home, width: width)
        emitProducer(Word(operation, slot, b, c))
    }

    /// Adds the first word of an instruction whose first field is its result, which was pushed.
    mutating func emitProducer(_ word: Word) {
        emit(word)
        producer = words.count - 1
    }

    /// Takes the last instruction, which is a producer, out again.
    mutating func removeProducer() -> Word {
        guard let start = producer else { preconditionFailure("there is a producer to remove") }
        let word = Word(bits: words[start])
        words.removeLast(words.count - start)
        starts.removeLast()
        sources.removeLast()
        pendingCost += costs.removeLast()
        producer = nil
        return word
    }

    /// Takes the last instruction out if it put a constant into a slot, that of an operand which was taken, and no branch goes behind it. Gives the constant
    /// as 32 bits, from which a long number's upper bits follow by its sign if `isLong`; nil if there is none.
    mutating func removeConstant(in slot: Int, isLong: Bool) -> UInt32? {
        guard slot >= localSlots[localSlots.count - 1], let last = starts.last, last >= barrier, Int(last) == words.count - 1 else {
            return nil
        }
        let word = Word(bits: words[Int(last)])
        let bits = UInt32(truncatingIfNeeded: word.index)
        guard word.a == slot, word.operation == (isLong && bits > Int32.max ? .constantSigned32 : .constant32) else { return nil }
        words.removeLast()
        starts.removeLast()
        sources.removeLast()
        pendingCost += costs.removeLast()
        return bits
    }

    /// Makes the producer put its result elsewhere.
    mutating func redirectProducer(to slot: Int) {
        guard let start = producer else { preconditionFailure("there is a producer to redirect") }
        words[start] = Word(bits: words[start]).replacing(a: slot).bits
        producer = nil
    }

    /// The producer's word if its result is the given operand.
    func producerWord(of operand: Operand) -> Word? {
        guard let producer, operand.location == .home else { return nil }
        let word = Word(bits: words[producer])
        return word.a == operand.home ? word : nil
    }

    /// Adds the word of a branch, and gives its number.
    mutating func appendBranch(isConditional: Bool) -> Int {
        branches.append(Branch(word: words.count, instruction: starts.count - 1, isConditional: isConditional))
        words.append(0)
        return branches.count - 1
    }

    /// Adds the last word of a call that returns here.
    mutating func appendCall(_ index: UInt32) {
        calls.append((words.count, starts.count - 1))
        words.append(UInt64(index))
    }

    /// Makes the next word one that branches go to. `isReached`: whether control also comes from above.
    mutating func bind(isReached: Bool) -> Int {
        if pendingCost > 0, isReached { emit(Word(.nop)) }
        pendingCost = 0
        producer = nil
        barrier = words.count
        return words.count
    }

    /// Stores a constant of one slot.
    mutating func emitConstant(_ bits: UInt64, to slot: Int) {
        if bits <= UInt64(UInt32.max) {
            emit(Word(.constant32, slot, index: UInt32(bits)))
        } else if let small = Int32(exactly: Int64(bitPattern: bits)) {
            emit(Word(.constantSigned32, slot, index: UInt32(bitPattern: small)))
        } else {
            emit(Word(.constant, slot))
            words.append(bits)
        }
    }

    /// Stores an operand in its home.
    mutating func settle(_ index: Int) {
        store(operands[index], to: operands[index].home)
        operands.settle(index)
    }

    /// Puts an operand into slots, if it is not there.
    mutating func store(_ operand: Operand, to slot: Int) {
        switch operand.location {
        case .home: emitMove(from: operand.home, to: slot, width: operand.width)
        case .local(let source): emitMove(from: source, to: slot, width: operand.width)
        case .constant(let bits): emitConstant(bits, to: slot)
        case .sum(let local, let number): emitSum(local, number, to: slot)
        case .homeSum(let number): emitSum(operand.home, number, to: slot)
        }
    }

    /// Adds a number to what a slot holds.
    mutating func emitSum(_ source: Int, _ number: UInt32, to slot: Int) {
        if let immediate = Int16(exactly: Int32(bitPattern: number)) {
            emitProducer(Word(.i32AddImmediate, slot, source, immediate: immediate))
        } else {
            emitProducer(Word(.i32AddConstant, slot, source))
            words.append(UInt64(number))
        }
    }

    private mutating func emitMove(from source: Int, to slot: Int, width: Int) {
        if source != slot { emit(Word(width == 2 ? .move128 : .move, slot, source)) }
    }

    /// A slot that holds an operand that was popped. A constant is stored in its home for it.
    mutating func slot(of operand: Operand) -> Int {
        switch operand.location {
        case .home: return operand.home
        case .local(let slot): return slot
        case .constant, .sum, .homeSum:
            store(operand, to: operand.home)
            return operand.home
        }
    }

    /// Pops an operand and gives a slot that holds it.
    mutating func popSlot() -> Int {
        let operand = operands.pop()
        return slot(of: operand)
    }
}

// Completion.

extension FunctionCompiler {
    private mutating func complete(_ function: Function) -> FunctionCode {
        var charges = costs
        for index in stride(from: charges.count - 2, through: 0, by: -1) {
            if !Word(bits: words[Int(starts[index])]).operation.endsCharge { charges[index] += charges[index + 1] }
        }
        let type = validator.spaces.types[Int(function.type)]
        let made = words
        for branch in branches {
            let next = branch.instruction + 1
            let paid = branch.isConditional && next < charges.count ? Int(charges[next]) : 0
            let charge = charge(at: branch.target, charges) - paid
            words[branch.word] = BranchWord(distance: branch.target - branch.word, charge: charge).bits
        }
        for call in calls {
            let next = call.instruction + 1
            words[call.word] =
                CallWord(
                    index: UInt32(truncatingIfNeeded: made[call.word]), charge: next < charges.count ? Int(charges[next]) : 0
                ).bits
        }
        return FunctionCode(
            words: words, frameSlots: operands.highest, parameterSlots: type.parameterSlots, starts: starts, sources: sources,
            charges: charges,
            handlers: handlers.map { ExceptionHandler(range: $0.range, clauses: Array(clauses[$0.clauses])) })
    }

    /// The charge at a word at which an instruction begins.
    private func charge(at word: Int, _ charges: [Int32]) -> Int {
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if Int(starts[middle]) <= word { low = middle } else { high = middle }
        }
        return Int(charges[low])
    }
}
