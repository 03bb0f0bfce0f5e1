/// A function in the register form, with what is needed to stop in it, to trap and to catch.
import Wasm

/// The code of a function. It belongs to a `CompiledModule`, which lives as long as any instance that runs it.
final class FunctionCode {
    /// The words. Nothing writes to them but a stop, which is taken out again before a run returns (`Store.run`).
    let words: UnsafeMutableBufferPointer<UInt64>
    /// Slots of a frame: locals and operands, and what callees return.
    let frameSlots: Int
    let parameterSlots: Int
    /// For each instruction its first word's index, ascending.
    private let starts: [UInt32]
    /// For each instruction the offset in the module of the WebAssembly instruction that it ends with.
    private let sources: [UInt32]
    /// For each instruction the fuel that it takes, and all after it up to the next that never goes on to its successor.
    private let charges: [Int32]
    /// Inner regions before those that they lie in.
    let handlers: [ExceptionHandler]

    init(
        words: [UInt64], frameSlots: Int, parameterSlots: Int, starts: [UInt32], sources: [UInt32], charges: [Int32],
        handlers: [ExceptionHandler]
    ) {
        // SAFETY: the buffer is initialised here and freed in deinit, and nobody keeps it beyond this object's life.
        self.words = UnsafeMutableBufferPointer.allocate(capacity: words.count)
        _ = self.words.initialize(from: words)
        self.frameSlots = frameSlots
        self.parameterSlots = parameterSlots
        self.starts = starts
        self.sources = sources
        self.charges = charges
        self.handlers = handlers
    }

    deinit {
        words.deallocate()
    }

    /// The first word.
    var entry: UnsafeMutablePointer<UInt64> {
        guard let base = words.baseAddress else { preconditionFailure("a function has at least the instruction that returns") }
        return base
    }

    /// The number of the instruction that a word belongs to.
    func instruction(at word: Int) -> Int {
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if Int(starts[middle]) <= word { low = middle } else { high = middle }
        }
        return low
    }

    /// Whether an instruction begins at a word.
    func isStart(_ word: Int) -> Bool {
        word >= 0 && word < words.count && Int(starts[instruction(at: word)]) == word
    }

    /// Whether a call that returns goes on at a word.
    func isReturnPoint(_ word: Int) -> Bool {
        guard isStart(word), word > 0 else { return false }
        let operation = Word(bits: words[Int(starts[instruction(at: word) - 1])]).operation
        return operation == .call || operation == .callIndirect
    }

    /// The fuel from a word at which an instruction begins to the end of what is paid at once.
    func charge(at word: Int) -> Int64 { word < words.count ? Int64(charges[instruction(at: word)]) : 0 }

    /// The fuel that the instruction with this word has not used of what was paid when it was entered: what follows it.
    func unusedCharge(after word: Int) -> Int64 {
        let next = instruction(at: word) + 1
        guard next < starts.count, !isFinal(next - 1) else { return 0 }
        return Int64(charges[next])
    }

    /// Whether an instruction never goes on to the one after it, within what is paid at once.
    private func isFinal(_ instruction: Int) -> Bool { Word(bits: words[Int(starts[instruction])]).operation.endsCharge }

    /// Where a run with `fuel`, more than 0 and less than the charge at `word`, stops: at the first instruction before which that much is
    /// used, if it comes before the next that never goes on. Nil: behind that.
    func stop(from word: Int, fuel: Int64) -> Int? {
        var index = instruction(at: word)
        let total = Int64(charges[index])
        while !isFinal(index) {
            index += 1
            if total - Int64(charges[index]) >= fuel { return Int(starts[index]) }
        }
        return nil
    }

    /// The offset in the module of the instruction that a word belongs to.
    func source(of word: Int) -> Int { Int(sources[instruction(at: word)]) }
}

/// The body of a `try_table`, and how it catches.
struct ExceptionHandler {
    /// The words of the body.
    let range: Range<Int>
    let clauses: [Clause]

    /// A catch clause.
    struct Clause {
        let kind: CatchClause.Kind
        /// The tag's index in the module.
        let tag: UInt32
        /// The word to go on at.
        var target: Int
        /// The slot where the values that it gives begin.
        let slot: Int
    }
}
