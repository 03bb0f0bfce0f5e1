/// The operations of the register form, into which a function's code is translated (README, "The form of the code").

/// What a word of code does. Numbers are those of the switch in `Store.execute`, dense from 0; nothing outside a process sees them.
///
/// A name with `Immediate` takes its last operand from the word. The suffixes `S` and `U` mean signed and unsigned, as in `Opcode`.
enum Operation: UInt8, CaseIterable, Sendable {
    // Control. A branch is followed by a word with distance and charge (`BranchWord`).

    case nop, stop, unreachable, jump, branchIf, branchUnless

    // Compare and branch: on two slots, or on a slot and the immediate. Missing comparisons are made by exchanging the operands.

    case branchI32Eq, branchI32Ne, branchI32LtS, branchI32LtU, branchI32LeS, branchI32LeU, branchI32EqImmediate
    case branchI32NeImmediate, branchI32LtSImmediate, branchI32LtUImmediate, branchI32LeSImmediate, branchI32LeUImmediate
    case branchI32GtSImmediate, branchI32GtUImmediate, branchI32GeSImmediate, branchI32GeUImmediate, branchI64Eq, branchI64Ne
    case branchI64LtS, branchI64LtU, branchI64LeS, branchI64LeU, branchI64EqImmediate, branchI64NeImmediate, branchI64LtSImmediate
    case branchI64LtUImmediate, branchI64LeSImmediate, branchI64LeUImmediate, branchI64GtSImmediate, branchI64GtUImmediate
    case branchI64GeSImmediate, branchI64GeUImmediate, branchF32Eq, branchF32Ne, branchF32Lt, branchF32Le, branchF32NotLt
    case branchF32NotLe, branchF64Eq, branchF64Ne, branchF64Lt, branchF64Le, branchF64NotLt, branchF64NotLe, branchTable, call
    case callIndirect, returnCall, returnCallIndirect, `return`, returnValue, `throw`, throwReference

    // Moves and constants.

    case move, move128, constant, constant32, constantSigned32, select, select128

    // Globals, references and tables.

    case globalGet, globalGet128, globalSet, globalSet128, functionReference, tableGet, tableSet

    // Memory. Loads and stores that differ in the result's type alone are one.

    case memorySize, wideAddress, load32, load64, load8U, load16U, i32Load8S, i32Load16S, i64Load8S, i64Load16S, i64Load32S
    case store8, store16, store32, store64

    // The same with a second word: a number that is added to the address as `i32.add` does it, and an offset of 32 bits (`FarWord`).

    case load32Far, load64Far, load8UFar, load16UFar, i32Load8SFar, i32Load16SFar, i64Load8SFar, i64Load16SFar, i64Load32SFar
    case store8Far, store16Far, store32Far, store64Far

    // Numeric instructions under the names that they have in `Opcode`.

    case i32Eqz, i64Eqz, i32Eq, i32Ne, i32LtS, i32LtU, i32LeS, i32LeU, i64Eq, i64Ne, i64LtS, i64LtU, i64LeS, i64LeU, f32Eq, f32Ne
    case f32Lt, f32Le, f64Eq, f64Ne, f64Lt, f64Le, i32Clz, i32Ctz, i32Popcnt, i32Add, i32Sub, i32Mul, i32DivS, i32DivU, i32RemS
    case i32RemU, i32And, i32Or, i32Xor, i32Shl, i32ShrS, i32ShrU, i32Rotl, i32Rotr, i64Clz, i64Ctz, i64Popcnt, i64Add, i64Sub
    case i64Mul, i64DivS, i64DivU, i64RemS, i64RemU, i64And, i64Or, i64Xor, i64Shl, i64ShrS, i64ShrU, i64Rotl, i64Rotr, f32Abs
    case f32Neg, f32Ceil, f32Floor, f32Trunc, f32Nearest, f32Sqrt, f32Add, f32Sub, f32Mul, f32Div, f32Min, f32Max, f32Copysign
    case f64Abs, f64Neg, f64Ceil, f64Floor, f64Trunc, f64Nearest, f64Sqrt, f64Add, f64Sub, f64Mul, f64Div, f64Min, f64Max
    case f64Copysign, i32WrapI64, i64ExtendI32S, f32ConvertI32S, f32ConvertI32U, f32ConvertI64S, f32ConvertI64U, f32DemoteF64
    case f64ConvertI32S, f64ConvertI32U, f64ConvertI64S, f64ConvertI64U, f64PromoteF32, i32Extend8S, i32Extend16S, i64Extend8S
    case i64Extend16S, i64Extend32S

    // Numeric instructions whose second operand is the immediate.

    case i32AddImmediate, i32MulImmediate, i32AndImmediate, i32OrImmediate, i32XorImmediate, i32ShlImmediate, i32ShrSImmediate
    case i32ShrUImmediate, i32EqImmediate, i32NeImmediate, i32LtSImmediate, i32LtUImmediate, i32LeSImmediate, i32LeUImmediate
    case i32GtSImmediate, i32GtUImmediate, i32GeSImmediate, i32GeUImmediate, i64AddImmediate, i64MulImmediate, i64AndImmediate
    case i64OrImmediate, i64XorImmediate, i64ShlImmediate, i64ShrSImmediate, i64ShrUImmediate, i64EqImmediate, i64NeImmediate
    case i64LtSImmediate, i64LtUImmediate, i64LeSImmediate, i64LeUImmediate, i64GtSImmediate, i64GtUImmediate, i64GeSImmediate
    case i64GeUImmediate

    // A sum with the number in a second word.

    case i32AddConstant

    // Families whose instruction, an `Opcode`, stands in a second word: they are done out of line.

    case truncate, bulk, vector, vectorMemory
}
