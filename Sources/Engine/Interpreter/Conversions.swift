/// Conversions of floating-point numbers to integers (Core 4.3.3 `trunc`, `trunc_sat`).
import Wasm

extension Store {
    /// The integer that is left when the fraction is cut off, as a slot holds it.
    ///
    /// Throws `invalidConversion` for not-a-number, `integerOverflow` if the integer is out of the type's range; the saturating
    /// instructions never do.
    @inline(never)
    func truncate(_ opcode: Opcode, _ bits: UInt64) throws(Trap.Reason) -> UInt64 {
        // Every 32-bit number is a 64-bit one.
        let narrow = Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
        let wide = Double(bitPattern: bits)
        switch opcode {
        case .i32TruncF32S: return UInt64(UInt32(bitPattern: try integer(narrow)))
        case .i32TruncF64S: return UInt64(UInt32(bitPattern: try integer(wide)))
        case .i32TruncF32U: return UInt64(try integer(narrow) as UInt32)
        case .i32TruncF64U: return UInt64(try integer(wide) as UInt32)
        case .i64TruncF32S: return UInt64(bitPattern: try integer(narrow))
        case .i64TruncF64S: return UInt64(bitPattern: try integer(wide))
        case .i64TruncF32U: return try integer(narrow)
        case .i64TruncF64U: return try integer(wide)
        case .i32TruncSatF32S: return UInt64(UInt32(bitPattern: saturated(narrow)))
        case .i32TruncSatF64S: return UInt64(UInt32(bitPattern: saturated(wide)))
        case .i32TruncSatF32U: return UInt64(saturated(narrow) as UInt32)
        case .i32TruncSatF64U: return UInt64(saturated(wide) as UInt32)
        case .i64TruncSatF32S: return UInt64(bitPattern: saturated(narrow))
        case .i64TruncSatF64S: return UInt64(bitPattern: saturated(wide))
        case .i64TruncSatF32U: return saturated(narrow)
        case .i64TruncSatF64U: return saturated(wide)
        default: preconditionFailure("only truncations come here")
        }
    }

    private func integer<Number: FixedWidthInteger>(_ value: Double) throws(Trap.Reason) -> Number {
        guard value == value else { throw .invalidConversion }
        guard let number = Number(exactly: value.rounded(.towardZero)) else { throw .integerOverflow }
        return number
    }
}

/// The integer that is left when the fraction is cut off, or the bound of the type next to it; 0 for not-a-number.
func saturated<Number: FixedWidthInteger>(_ value: Double) -> Number {
    guard value == value else { return 0 }
    return Number(exactly: value.rounded(.towardZero)) ?? (value < 0 ? .min : .max)
}
