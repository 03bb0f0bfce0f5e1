/// How operations belong together: the branch that a comparison becomes, the form with an immediate, the operation of an opcode.
import Wasm

/// A conditional branch that does what a comparison and a branch do.
struct BranchForm {
    let operation: Operation
    /// Whether the comparison's operands change places.
    let isExchanged: Bool

    init(_ operation: Operation, exchanged isExchanged: Bool = false) {
        self.operation = operation
        self.isExchanged = isExchanged
    }
}

extension Operation {
    /// Whether control never goes on from this operation to the next within what is paid at once: it branches always, or it is a call,
    /// whose return pays anew.
    var endsCharge: Bool {
        switch self {
        case .unreachable, .jump, .branchTable, .call, .callIndirect, .returnCall, .returnCallIndirect, .return, .returnValue, .throw,
            .throwReference:
            true
        default: false
        }
    }

    /// The branch that is taken when the comparison gives 1; nil if this is no comparison.
    var branchForm: BranchForm? {
        switch self {
        case .i32Eqz: BranchForm(.branchUnless)
        case .i64Eqz: BranchForm(.branchI64EqImmediate)
        case .i32Eq: BranchForm(.branchI32Eq)
        case .i32Ne: BranchForm(.branchI32Ne)
        case .i32LtS: BranchForm(.branchI32LtS)
        case .i32LtU: BranchForm(.branchI32LtU)
        case .i32LeS: BranchForm(.branchI32LeS)
        case .i32LeU: BranchForm(.branchI32LeU)
        case .i32EqImmediate: BranchForm(.branchI32EqImmediate)
        case .i32NeImmediate: BranchForm(.branchI32NeImmediate)
        case .i32LtSImmediate: BranchForm(.branchI32LtSImmediate)
        case .i32LtUImmediate: BranchForm(.branchI32LtUImmediate)
        case .i32LeSImmediate: BranchForm(.branchI32LeSImmediate)
        case .i32LeUImmediate: BranchForm(.branchI32LeUImmediate)
        case .i32GtSImmediate: BranchForm(.branchI32GtSImmediate)
        case .i32GtUImmediate: BranchForm(.branchI32GtUImmediate)
        case .i32GeSImmediate: BranchForm(.branchI32GeSImmediate)
        case .i32GeUImmediate: BranchForm(.branchI32GeUImmediate)
        case .i64Eq: BranchForm(.branchI64Eq)
        case .i64Ne: BranchForm(.branchI64Ne)
        case .i64LtS: BranchForm(.branchI64LtS)
        case .i64LtU: BranchForm(.branchI64LtU)
        case .i64LeS: BranchForm(.branchI64LeS)
        case .i64LeU: BranchForm(.branchI64LeU)
        case .i64EqImmediate: BranchForm(.branchI64EqImmediate)
        case .i64NeImmediate: BranchForm(.branchI64NeImmediate)
        case .i64LtSImmediate: BranchForm(.branchI64LtSImmediate)
        case .i64LtUImmediate: BranchForm(.branchI64LtUImmediate)
        case .i64LeSImmediate: BranchForm(.branchI64LeSImmediate)
        case .i64LeUImmediate: BranchForm(.branchI64LeUImmediate)
        case .i64GtSImmediate: BranchForm(.branchI64GtSImmediate)
        case .i64GtUImmediate: BranchForm(.branchI64GtUImmediate)
        case .i64GeSImmediate: BranchForm(.branchI64GeSImmediate)
        case .i64GeUImmediate: BranchForm(.branchI64GeUImmediate)
        case .f32Eq: BranchForm(.branchF32Eq)
        case .f32Ne: BranchForm(.branchF32Ne)
        case .f32Lt: BranchForm(.branchF32Lt)
        case .f32Le: BranchForm(.branchF32Le)
        case .f64Eq: BranchForm(.branchF64Eq)
        case .f64Ne: BranchForm(.branchF64Ne)
        case .f64Lt: BranchForm(.branchF64Lt)
        case .f64Le: BranchForm(.branchF64Le)
        default: nil
        }
    }

    /// The branch that is taken when the comparison gives 0; nil if this is no comparison.
    var inverseBranchForm: BranchForm? {
        switch self {
        case .i32Eqz: BranchForm(.branchIf)
        case .i64Eqz: BranchForm(.branchI64NeImmediate)
        case .i32Eq: BranchForm(.branchI32Ne)
        case .i32Ne: BranchForm(.branchI32Eq)
        case .i32LtS: BranchForm(.branchI32LeS, exchanged: true)
        case .i32LtU: BranchForm(.branchI32LeU, exchanged: true)
        case .i32LeS: BranchForm(.branchI32LtS, exchanged: true)
        case .i32LeU: BranchForm(.branchI32LtU, exchanged: true)
        case .i32EqImmediate: BranchForm(.branchI32NeImmediate)
        case .i32NeImmediate: BranchForm(.branchI32EqImmediate)
        case .i32LtSImmediate: BranchForm(.branchI32GeSImmediate)
        case .i32LtUImmediate: BranchForm(.branchI32GeUImmediate)
        case .i32LeSImmediate: BranchForm(.branchI32GtSImmediate)
        case .i32LeUImmediate: BranchForm(.branchI32GtUImmediate)
        case .i32GtSImmediate: BranchForm(.branchI32LeSImmediate)
        case .i32GtUImmediate: BranchForm(.branchI32LeUImmediate)
        case .i32GeSImmediate: BranchForm(.branchI32LtSImmediate)
        case .i32GeUImmediate: BranchForm(.branchI32LtUImmediate)
        case .i64Eq: BranchForm(.branchI64Ne)
        case .i64Ne: BranchForm(.branchI64Eq)
        case .i64LtS: BranchForm(.branchI64LeS, exchanged: true)
        case .i64LtU: BranchForm(.branchI64LeU, exchanged: true)
        case .i64LeS: BranchForm(.branchI64LtS, exchanged: true)
        case .i64LeU: BranchForm(.branchI64LtU, exchanged: true)
        case .i64EqImmediate: BranchForm(.branchI64NeImmediate)
        case .i64NeImmediate: BranchForm(.branchI64EqImmediate)
        case .i64LtSImmediate: BranchForm(.branchI64GeSImmediate)
        case .i64LtUImmediate: BranchForm(.branchI64GeUImmediate)
        case .i64LeSImmediate: BranchForm(.branchI64GtSImmediate)
        case .i64LeUImmediate: BranchForm(.branchI64GtUImmediate)
        case .i64GtSImmediate: BranchForm(.branchI64LeSImmediate)
        case .i64GtUImmediate: BranchForm(.branchI64LeUImmediate)
        case .i64GeSImmediate: BranchForm(.branchI64LtSImmediate)
        case .i64GeUImmediate: BranchForm(.branchI64LtUImmediate)
        case .f32Eq: BranchForm(.branchF32Ne)
        case .f32Ne: BranchForm(.branchF32Eq)
        case .f32Lt: BranchForm(.branchF32NotLt)
        case .f32Le: BranchForm(.branchF32NotLe)
        case .f64Eq: BranchForm(.branchF64Ne)
        case .f64Ne: BranchForm(.branchF64Eq)
        case .f64Lt: BranchForm(.branchF64NotLt)
        case .f64Le: BranchForm(.branchF64NotLe)
        default: nil
        }
    }

    /// For an access to memory, the one with a second word for the address.
    var farForm: Operation {
        switch self {
        case .load32: .load32Far
        case .load64: .load64Far
        case .load8U: .load8UFar
        case .load16U: .load16UFar
        case .i32Load8S: .i32Load8SFar
        case .i32Load16S: .i32Load16SFar
        case .i64Load8S: .i64Load8SFar
        case .i64Load16S: .i64Load16SFar
        case .i64Load32S: .i64Load32SFar
        case .store8: .store8Far
        case .store16: .store16Far
        case .store32: .store32Far
        case .store64: .store64Far
        default: preconditionFailure("only accesses to memory have such a form")
        }
    }

    /// The branch on a comparison with an immediate that does what this does with a slot; nil if there is none.
    var immediateBranch: Operation? {
        switch self {
        case .branchI32Eq: .branchI32EqImmediate
        case .branchI32Ne: .branchI32NeImmediate
        case .branchI32LtS: .branchI32LtSImmediate
        case .branchI32LtU: .branchI32LtUImmediate
        case .branchI32LeS: .branchI32LeSImmediate
        case .branchI32LeU: .branchI32LeUImmediate
        case .branchI64Eq: .branchI64EqImmediate
        case .branchI64Ne: .branchI64NeImmediate
        case .branchI64LtS: .branchI64LtSImmediate
        case .branchI64LtU: .branchI64LtUImmediate
        case .branchI64LeS: .branchI64LeSImmediate
        case .branchI64LeU: .branchI64LeUImmediate
        default: nil
        }
    }

    /// Whether this is a branch on a comparison of a number of 64 bits with an immediate.
    var comparesLong: Bool {
        Operation.branchI64EqImmediate.rawValue <= rawValue && rawValue <= Operation.branchI64GeUImmediate.rawValue
    }

    /// Whether the last field is an immediate and not a slot.
    var hasImmediate: Bool { Operation.i32AddImmediate.rawValue <= rawValue && rawValue <= Operation.i64GeUImmediate.rawValue }
}

extension Opcode {
    /// The opcode that gives the same when the operands change places; nil if there is none.
    var exchanged: Opcode? {
        switch self {
        case .i32Add, .i32Mul, .i32And, .i32Or, .i32Xor, .i32Eq, .i32Ne, .i64Add, .i64Mul, .i64And, .i64Or, .i64Xor, .i64Eq, .i64Ne:
            self
        case .i32LtS: .i32GtS
        case .i32LtU: .i32GtU
        case .i32LeS: .i32GeS
        case .i32LeU: .i32GeU
        case .i32GtS: .i32LtS
        case .i32GtU: .i32LtU
        case .i32GeS: .i32LeS
        case .i32GeU: .i32LeU
        case .i64LtS: .i64GtS
        case .i64LtU: .i64GtU
        case .i64LeS: .i64GeS
        case .i64LeU: .i64GeU
        case .i64GtS: .i64LtS
        case .i64GtU: .i64LtU
        case .i64GeS: .i64LeS
        case .i64GeU: .i64LeU
        case .f32Gt: .f32Lt
        case .f32Ge: .f32Le
        case .f64Gt: .f64Lt
        case .f64Ge: .f64Le
        default: nil
        }
    }

    /// The operation whose second operand is an immediate of 16 bits, with its sign; nil if there is none.
    var immediateForm: Operation? {
        switch self {
        case .i32Add: .i32AddImmediate
        case .i32Mul: .i32MulImmediate
        case .i32And: .i32AndImmediate
        case .i32Or: .i32OrImmediate
        case .i32Xor: .i32XorImmediate
        case .i32Shl: .i32ShlImmediate
        case .i32ShrS: .i32ShrSImmediate
        case .i32ShrU: .i32ShrUImmediate
        case .i32Eq: .i32EqImmediate
        case .i32Ne: .i32NeImmediate
        case .i32LtS: .i32LtSImmediate
        case .i32LtU: .i32LtUImmediate
        case .i32LeS: .i32LeSImmediate
        case .i32LeU: .i32LeUImmediate
        case .i32GtS: .i32GtSImmediate
        case .i32GtU: .i32GtUImmediate
        case .i32GeS: .i32GeSImmediate
        case .i32GeU: .i32GeUImmediate
        case .i64Add: .i64AddImmediate
        case .i64Mul: .i64MulImmediate
        case .i64And: .i64AndImmediate
        case .i64Or: .i64OrImmediate
        case .i64Xor: .i64XorImmediate
        case .i64Shl: .i64ShlImmediate
        case .i64ShrS: .i64ShrSImmediate
        case .i64ShrU: .i64ShrUImmediate
        case .i64Eq: .i64EqImmediate
        case .i64Ne: .i64NeImmediate
        case .i64LtS: .i64LtSImmediate
        case .i64LtU: .i64LtUImmediate
        case .i64LeS: .i64LeSImmediate
        case .i64LeU: .i64LeUImmediate
        case .i64GtS: .i64GtSImmediate
        case .i64GtU: .i64GtUImmediate
        case .i64GeS: .i64GeSImmediate
        case .i64GeU: .i64GeUImmediate
        default: nil
        }
    }

    /// The operation that reads memory as this does; nil if this is no load of a number.
    var loadForm: Operation? {
        switch self {
        case .i32Load, .f32Load, .i64Load32U: .load32
        case .i64Load, .f64Load: .load64
        case .i32Load8U, .i64Load8U: .load8U
        case .i32Load16U, .i64Load16U: .load16U
        case .i32Load8S: .i32Load8S
        case .i32Load16S: .i32Load16S
        case .i64Load8S: .i64Load8S
        case .i64Load16S: .i64Load16S
        case .i64Load32S: .i64Load32S
        default: nil
        }
    }

    /// The operation that writes memory as this does; nil if this is no store of a number.
    var storeForm: Operation? {
        switch self {
        case .i32Store, .f32Store, .i64Store32: .store32
        case .i64Store, .f64Store: .store64
        case .i32Store8, .i64Store8: .store8
        case .i32Store16, .i64Store16: .store16
        default: nil
        }
    }

    /// The operation of a numeric instruction with one or two operands; nil if it has none of its own.
    var numericForm: Operation? {
        switch self {
        case .i32Eqz: .i32Eqz
        case .i32Eq: .i32Eq
        case .i32Ne: .i32Ne
        case .i32LtS: .i32LtS
        case .i32LtU: .i32LtU
        case .i32LeS: .i32LeS
        case .i32LeU: .i32LeU
        case .i64Eqz: .i64Eqz
        case .i64Eq: .i64Eq
        case .i64Ne: .i64Ne
        case .i64LtS: .i64LtS
        case .i64LtU: .i64LtU
        case .i64LeS: .i64LeS
        case .i64LeU: .i64LeU
        case .f32Eq: .f32Eq
        case .f32Ne: .f32Ne
        case .f32Lt: .f32Lt
        case .f32Le: .f32Le
        case .f64Eq: .f64Eq
        case .f64Ne: .f64Ne
        case .f64Lt: .f64Lt
        case .f64Le: .f64Le
        case .i32Clz: .i32Clz
        case .i32Ctz: .i32Ctz
        case .i32Popcnt: .i32Popcnt
        case .i32Add: .i32Add
        case .i32Sub: .i32Sub
        case .i32Mul: .i32Mul
        case .i32DivS: .i32DivS
        case .i32DivU: .i32DivU
        case .i32RemS: .i32RemS
        case .i32RemU: .i32RemU
        case .i32And: .i32And
        case .i32Or: .i32Or
        case .i32Xor: .i32Xor
        case .i32Shl: .i32Shl
        case .i32ShrS: .i32ShrS
        case .i32ShrU: .i32ShrU
        case .i32Rotl: .i32Rotl
        case .i32Rotr: .i32Rotr
        case .i64Clz: .i64Clz
        case .i64Ctz: .i64Ctz
        case .i64Popcnt: .i64Popcnt
        case .i64Add: .i64Add
        case .i64Sub: .i64Sub
        case .i64Mul: .i64Mul
        case .i64DivS: .i64DivS
        case .i64DivU: .i64DivU
        case .i64RemS: .i64RemS
        case .i64RemU: .i64RemU
        case .i64And: .i64And
        case .i64Or: .i64Or
        case .i64Xor: .i64Xor
        case .i64Shl: .i64Shl
        case .i64ShrS: .i64ShrS
        case .i64ShrU: .i64ShrU
        case .i64Rotl: .i64Rotl
        case .i64Rotr: .i64Rotr
        case .f32Abs: .f32Abs
        case .f32Neg: .f32Neg
        case .f32Ceil: .f32Ceil
        case .f32Floor: .f32Floor
        case .f32Trunc: .f32Trunc
        case .f32Nearest: .f32Nearest
        case .f32Sqrt: .f32Sqrt
        case .f32Add: .f32Add
        case .f32Sub: .f32Sub
        case .f32Mul: .f32Mul
        case .f32Div: .f32Div
        case .f32Min: .f32Min
        case .f32Max: .f32Max
        case .f32Copysign: .f32Copysign
        case .f64Abs: .f64Abs
        case .f64Neg: .f64Neg
        case .f64Ceil: .f64Ceil
        case .f64Floor: .f64Floor
        case .f64Trunc: .f64Trunc
        case .f64Nearest: .f64Nearest
        case .f64Sqrt: .f64Sqrt
        case .f64Add: .f64Add
        case .f64Sub: .f64Sub
        case .f64Mul: .f64Mul
        case .f64Div: .f64Div
        case .f64Min: .f64Min
        case .f64Max: .f64Max
        case .f64Copysign: .f64Copysign
        case .i32WrapI64: .i32WrapI64
        case .i64ExtendI32S: .i64ExtendI32S
        case .f32ConvertI32S: .f32ConvertI32S
        case .f32ConvertI32U: .f32ConvertI32U
        case .f32ConvertI64S: .f32ConvertI64S
        case .f32ConvertI64U: .f32ConvertI64U
        case .f32DemoteF64: .f32DemoteF64
        case .f64ConvertI32S: .f64ConvertI32S
        case .f64ConvertI32U: .f64ConvertI32U
        case .f64ConvertI64S: .f64ConvertI64S
        case .f64ConvertI64U: .f64ConvertI64U
        case .f64PromoteF32: .f64PromoteF32
        case .i32Extend8S: .i32Extend8S
        case .i32Extend16S: .i32Extend16S
        case .i64Extend8S: .i64Extend8S
        case .i64Extend16S: .i64Extend16S
        case .i64Extend32S: .i64Extend32S
        default: nil
        }
    }
}
