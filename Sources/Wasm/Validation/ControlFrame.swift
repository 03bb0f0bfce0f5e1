/// The control stack of validation (Core, appendix A.3 Validation Algorithm).

/// A list of types, named by where it stands in the module; `IndexSpaces` tells what it holds.
package enum TypeList: Equatable, Sendable {
    case none
    case one(ValueType)
    /// The parameters of the function type with this index.
    case parameters(UInt32)
    /// The results of the function type with this index.
    case results(UInt32)
}

/// A block that is open at the current instruction.
package struct ControlFrame: Sendable {
    /// What opened it.
    package enum Kind: UInt8, Sendable {
        /// The function itself, whose label is that of `return`; or a constant expression.
        case function
        case block
        case loop
        /// An `if` before its `else`.
        case `if`
        /// An `if` after its `else`.
        case `else`
        case tryTable
    }

    package let kind: Kind
    /// What the block takes. None for a function: its parameters are locals.
    package let parameters: TypeList
    /// What the block gives.
    package let results: TypeList
    /// Operands on the stack below those that the block took.
    package let height: Int
    /// Whether control can reach the block's beginning.
    package let isEntered: Bool
    /// Whether the rest of the block cannot be reached, so that any operands may be taken.
    package internal(set) var isUnreachable = false

    /// What a branch to the block's label takes with it.
    package var labelTypes: TypeList { kind == .loop ? parameters : results }
}

extension IndexSpaces {
    /// How many types a list holds.
    package func count(of list: TypeList) -> Int {
        switch list {
        case .none: 0
        case .one: 1
        case .parameters(let index): types[Int(index)].parameters.count
        case .results(let index): types[Int(index)].results.count
        }
    }

    /// The types that a list holds, in order.
    package func types(of list: TypeList) -> [ValueType] {
        switch list {
        case .none: []
        case .one(let type): [type]
        case .parameters(let index): types[Int(index)].parameters
        case .results(let index): types[Int(index)].results
        }
    }

    /// Whether two lists hold the same types.
    func areSame(_ first: TypeList, _ second: TypeList) -> Bool {
        if first == second { return true }
        guard count(of: first) == count(of: second) else { return false }
        return types(of: first) == types(of: second)
    }
}
