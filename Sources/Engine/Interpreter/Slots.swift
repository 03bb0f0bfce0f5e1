/// A frame's slots as the interpreter reads and writes them, and the rules of WebAssembly for numbers that Swift's operators lack.

/// The slots of a frame, without checks.
///
/// SAFETY: whoever uses it names only slots of the frame: less than `FunctionCode.frameSlots`, which the stack had room for when the frame
/// was entered. Numbers of 32 bits are read without regard to what lies above them.
struct Slots {
    let base: UnsafeMutablePointer<UInt64>

    @inline(__always)
    init(_ base: UnsafeMutablePointer<UInt64>) { self.base = base }

    @inline(__always)
    subscript(slot: Int) -> UInt64 {
        get { base[slot] }
        nonmutating set { base[slot] = newValue }
    }

    @inline(__always)
    func u32(_ slot: Int) -> UInt32 { UInt32(truncatingIfNeeded: base[slot]) }
    @inline(__always)
    func s32(_ slot: Int) -> Int32 { Int32(truncatingIfNeeded: base[slot]) }
    @inline(__always)
    func u64(_ slot: Int) -> UInt64 { base[slot] }
    @inline(__always)
    func s64(_ slot: Int) -> Int64 { Int64(bitPattern: base[slot]) }
    @inline(__always)
    func f32(_ slot: Int) -> Float { Float(bitPattern: u32(slot)) }
    @inline(__always)
    func f64(_ slot: Int) -> Double { Double(bitPattern: base[slot]) }

    @inline(__always)
    func set(_ slot: Int, _ value: UInt32) { base[slot] = UInt64(value) }
    @inline(__always)
    func set(_ slot: Int, _ value: Int32) { base[slot] = UInt64(UInt32(bitPattern: value)) }
    @inline(__always)
    func set(_ slot: Int, _ value: UInt64) { base[slot] = value }
    @inline(__always)
    func set(_ slot: Int, _ value: Int64) { base[slot] = UInt64(bitPattern: value) }
    @inline(__always)
    func set(_ slot: Int, _ value: Bool) { base[slot] = value ? 1 : 0 }
    /// Stores the result of arithmetic: not a number becomes the canonical one.
    @inline(__always)
    func set(_ slot: Int, _ value: Float) { base[slot] = UInt64(canonical(value).bitPattern) }
    /// Stores the result of arithmetic: not a number becomes the canonical one.
    @inline(__always)
    func set(_ slot: Int, _ value: Double) { base[slot] = canonical(value).bitPattern }
}

extension Word {
    /// The immediate as an operand of 32 or 64 bits.
    @inline(__always)
    var s32: Int32 { Int32(truncatingIfNeeded: immediate) }
    @inline(__always)
    var u32: UInt32 { UInt32(truncatingIfNeeded: immediate) }
    @inline(__always)
    var s64: Int64 { immediate }
    @inline(__always)
    var u64: UInt64 { UInt64(bitPattern: immediate) }

    /// The immediate of a branch as an operand of 32 or 64 bits.
    @inline(__always)
    var longS32: Int32 { Int32(truncatingIfNeeded: longImmediate) }
    @inline(__always)
    var longU32: UInt32 { UInt32(truncatingIfNeeded: longImmediate) }
    @inline(__always)
    var longS64: Int64 { longImmediate }
    @inline(__always)
    var longU64: UInt64 { UInt64(bitPattern: longImmediate) }
}

/// The number, or the canonical not-a-number: positive and quiet, without payload (Core 2.2.3). Processors give others.
@inline(__always)
func canonical(_ value: Float) -> Float { _slowPath(value != value) ? Float(bitPattern: 0x7FC0_0000) : value }

/// The number, or the canonical not-a-number.
@inline(__always)
func canonical(_ value: Double) -> Double { _slowPath(value != value) ? Double(bitPattern: 0x7FF8_0000_0000_0000) : value }

/// `rotl` (Core 4.3.2): by the count modulo the number of bits.
@inline(__always)
func rotateLeft<Number: FixedWidthInteger & UnsignedInteger>(_ value: Number, _ count: Number) -> Number {
    value &<< count | value &>> (0 &- count)
}

/// `rotr` (Core 4.3.2): by the count modulo the number of bits.
@inline(__always)
func rotateRight<Number: FixedWidthInteger & UnsignedInteger>(_ value: Number, _ count: Number) -> Number {
    value &>> count | value &<< (0 &- count)
}

/// `min` (Core 4.3.3): not a number if either is, and -0 is less than 0.
@inline(__always)
func leastOf<Number: BinaryFloatingPoint>(_ first: Number, _ second: Number) -> Number {
    if first < second { return first }
    if second < first { return second }
    if first == second { return first.sign == .minus ? first : second }
    return .nan
}

/// `max` (Core 4.3.3): not a number if either is, and 0 is greater than -0.
@inline(__always)
func greatestOf<Number: BinaryFloatingPoint>(_ first: Number, _ second: Number) -> Number {
    if first > second { return first }
    if second > first { return second }
    if first == second { return first.sign == .plus ? first : second }
    return .nan
}
