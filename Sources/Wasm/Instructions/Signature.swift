/// The two columns of the table of instructions that have a type of their own: immediates and stack signature.

/// What follows an instruction's code in the binary format (5.4), and so which properties of `Instruction` have a meaning.
package enum Immediates: UInt8, Sendable {
    case none
    /// `blockType`.
    case block
    /// `blockType` and a vector of catch clauses: `Expression.catchClauses(of:)`.
    case tryTable
    /// `index` is a label.
    case label
    /// A vector of labels and a label: `Expression.branchTable(of:)`.
    case labels
    /// `index` is a function.
    case function
    /// `index` is a type, `secondIndex` a table.
    case indirect
    /// `index` is a tag.
    case tag
    /// `index` is a local.
    case local
    /// `index` is a global.
    case global
    /// `index` is a table.
    case table
    /// `index` is an element segment.
    case element
    /// `index` is a data segment.
    case data
    /// `memoryArgument`.
    case memory
    /// `memoryArgument` and `lane`.
    case memoryLane
    /// `index` is a memory.
    case memoryIndex
    /// `index` is a data segment, `secondIndex` a memory.
    case memoryInit
    /// `index` is the memory to copy to, `secondIndex` the memory to copy from.
    case memoryCopy
    /// `index` is an element segment, `secondIndex` a table.
    case tableInit
    /// `index` is the table to copy to, `secondIndex` the table to copy from.
    case tableCopy
    /// `i32`.
    case i32
    /// `i64`.
    case i64
    /// `f32Bits`.
    case f32
    /// `f64Bits`.
    case f64
    /// `v128`.
    case v128
    /// `v128`, whose bytes are sixteen lanes of 0 to 31.
    case shuffle
    /// `lane`.
    case lane
    /// `referenceType`.
    case reference
    /// `selectType`: the one type of a list that always has one.
    case types
}

/// How the types of an instruction's operands and results are found.
package enum TypingRule: UInt8, Sendable {
    /// They are the same wherever the instruction stands: the signature says them.
    case fixed
    // All others depend on immediates, on types of the module or on what lies on the stack: a rule for each such instruction.
    case unreachable, block, loop, `if`, `else`, tryTable, end
    case branch, branchIf, branchTable, `return`, `throw`, throwRef
    case call, callIndirect, returnCall, returnCallIndirect
    case drop, select, selectTyped
    case localGet, localSet, localTee, globalGet, globalSet
    case tableGet, tableSet, tableGrow, tableFill
    case refNull, refIsNull, refFunc
}

/// What an instruction takes from the operand stack and gives to it: up to three operands and up to one result.
package struct Signature: Equatable, Sendable {
    /// Unless this is `fixed`, the other fields say nothing.
    package let rule: TypingRule
    /// Operands that it takes, 0 to 3.
    package let count: UInt8
    /// The operand that was pushed first.
    package let first: ValueType
    package let second: ValueType
    package let third: ValueType
    /// The result; nil: none.
    package let result: ValueType?

    private init(
        _ count: UInt8, _ first: ValueType, _ second: ValueType, _ third: ValueType, to result: ValueType?, rule: TypingRule = .fixed
    ) {
        self.rule = rule
        self.count = count
        self.first = first
        self.second = second
        self.third = third
        self.result = result
    }

    /// Not fixed.
    static func rule(_ rule: TypingRule) -> Signature { Signature(0, .i32, .i32, .i32, to: nil, rule: rule) }
    /// [] → []
    static var nothing: Signature { Signature(0, .i32, .i32, .i32, to: nil) }
    /// [] → [type]
    static func constant(_ type: ValueType) -> Signature { Signature(0, .i32, .i32, .i32, to: type) }
    /// [type] → [type]
    static func unary(_ type: ValueType) -> Signature { Signature(1, type, .i32, .i32, to: type) }
    /// [type type] → [type]
    static func binary(_ type: ValueType) -> Signature { Signature(2, type, type, .i32, to: type) }
    /// [v128 v128 v128] → [v128]
    static var bitSelect: Signature { Signature(3, .v128, .v128, .v128, to: .v128) }
    /// [i32 i32 i32] → []
    static var bulk: Signature { Signature(3, .i32, .i32, .i32, to: nil) }
    /// [type] → [i32]
    static func test(_ type: ValueType) -> Signature { Signature(1, type, .i32, .i32, to: .i32) }
    /// [type type] → [i32]
    static func compare(_ type: ValueType) -> Signature { Signature(2, type, type, .i32, to: .i32) }
    /// [source] → [target]
    static func convert(_ source: ValueType, to target: ValueType) -> Signature { Signature(1, source, .i32, .i32, to: target) }
    /// [i32] → [type]
    static func load(_ type: ValueType) -> Signature { Signature(1, .i32, .i32, .i32, to: type) }
    /// [i32 type] → []
    static func store(_ type: ValueType) -> Signature { Signature(2, .i32, type, .i32, to: nil) }
    /// [v128 i32] → [v128]
    static var shift: Signature { Signature(2, .v128, .i32, .i32, to: .v128) }
    /// [v128 type] → [v128]
    static func replaceLane(_ type: ValueType) -> Signature { Signature(2, .v128, type, .i32, to: .v128) }
    /// [i32 v128] → [v128]
    static var loadLane: Signature { Signature(2, .i32, .v128, .i32, to: .v128) }
    /// [i32 v128] → []
    static var storeLane: Signature { Signature(2, .i32, .v128, .i32, to: nil) }
}
