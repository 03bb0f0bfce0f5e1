/// Values at the border of the engine (Core 4.2.1 Values). Inside, a value is one slot of 64 bits, and a vector is two.
package import Wasm

/// A value with its type. Floating-point numbers are bits, so that values are the same when their bits are.
package enum Value: Equatable, Sendable {
    case i32(UInt32)
    case i64(UInt64)
    case f32(bits: UInt32)
    case f64(bits: UInt64)
    case v128(Vector128)
    /// A reference to a function; nil: null.
    case function(FunctionAddress?)
    /// A reference of the host, a number that is its own affair; nil: null.
    case external(UInt32?)
    /// A reference to an exception; nil: null. It is valid until the engine runs again.
    case exception(ExceptionAddress?)

    /// The value's type.
    package var type: ValueType {
        switch self {
        case .i32: .i32
        case .i64: .i64
        case .f32: .f32
        case .f64: .f64
        case .v128: .v128
        case .function: .funcref
        case .external: .externref
        case .exception: .exnref
        }
    }

    /// The value that every local and table element of a type has first: zero or null (Core 4.2.1, default values).
    package init(zeroOf type: ValueType) {
        self.init(type, low: 0, high: 0)
    }
}

// Slots. A number of 32 bits has zeros above it; null is 0 and another reference its number plus one.

extension ValueType {
    /// Slots that a value of the type takes.
    var slots: Int { self == .v128 ? 2 : 1 }
}

extension FunctionType {
    /// Slots of the parameters.
    var parameterSlots: Int { parameters.reduce(0) { $0 + $1.slots } }
    /// Slots of the results.
    var resultSlots: Int { results.reduce(0) { $0 + $1.slots } }
}

extension Value {
    /// The value that slots hold; `high` is the second slot of a vector. Whatever the bits, they mean a value.
    init(_ type: ValueType, low: UInt64, high: UInt64) {
        let word = UInt32(truncatingIfNeeded: low)
        switch type {
        case .i32: self = .i32(word)
        case .i64: self = .i64(low)
        case .f32: self = .f32(bits: word)
        case .f64: self = .f64(bits: low)
        case .v128: self = .v128(Vector128(low: low, high: high))
        case .funcref: self = .function(low == 0 ? nil : FunctionAddress(UInt32(truncatingIfNeeded: low &- 1)))
        case .externref: self = .external(low == 0 ? nil : UInt32(truncatingIfNeeded: low &- 1))
        case .exnref: self = .exception(low == 0 ? nil : ExceptionAddress(UInt32(truncatingIfNeeded: low &- 1)))
        }
    }

    /// The first slot.
    var low: UInt64 {
        switch self {
        case .i32(let bits), .f32(let bits): UInt64(bits)
        case .i64(let bits), .f64(let bits): bits
        case .v128(let vector): vector.low
        case .function(let address): address.map { UInt64($0.index) + 1 } ?? 0
        case .external(let number): number.map { UInt64($0) + 1 } ?? 0
        case .exception(let address): address.map { UInt64($0.index) + 1 } ?? 0
        }
    }

    /// The second slot of a vector; else 0.
    var high: UInt64 {
        if case .v128(let vector) = self { vector.high } else { 0 }
    }
}
