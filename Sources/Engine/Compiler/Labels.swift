/// The open blocks at translation.
import Wasm

/// A block that is open, and what waits for its label.
struct Label {
    var kind: ControlFrame.Kind
    /// Whether its beginning cannot be reached: no code is made for it.
    var isDead = false
    /// Operands below the block's own.
    let height: Int
    /// The home of its first parameter or result.
    let slot: Int
    let parameters: [ValueType]
    let results: [ValueType]
    /// The word to go back to, for a loop.
    var beginning = 0
    /// Branches that go to its end, as indices of `FunctionCompiler.branches`.
    var branches: [Int] = []
    /// Catch clauses that go to its end, as indices of `FunctionCompiler.clauses`.
    var clauses: [Int] = []
    /// For an `if`, the branch to its `else` or end.
    var alternative: Int?
    /// For a `try_table`, its clauses among those of the function.
    var ownClauses = 0..<0

    /// What a branch to it carries.
    var arity: [ValueType] { kind == .loop ? parameters : results }
    var isTarget: Bool { !branches.isEmpty || !clauses.isEmpty }
}

/// A branch whose word is written when the function is complete.
struct Branch {
    /// The index of its `BranchWord`.
    let word: Int
    /// The instruction that it belongs to.
    let instruction: Int
    /// Whether control goes on behind it if it is not taken.
    let isConditional: Bool
    /// The word that it goes to.
    var target = 0
}
