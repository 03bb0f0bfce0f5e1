/// The words of the register form. The layouts are private to a process: code is never saved, but made again from the module.

import Wasm

/// The first word of an instruction: the operation in bits 0 to 7, and three fields of 16 bits from bit 16 on: slots of the frame, mostly
/// the result's first, then the operands'. An immediate or an access's offset takes the place of the last field.
struct Word {
    var bits: UInt64

    @inline(__always)
    init(bits: UInt64) { self.bits = bits }

    /// Fields are 0 to 65535: the compiler refuses functions that need more slots.
    init(_ operation: Operation, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0) {
        bits = UInt64(operation.rawValue) | UInt64(UInt16(a)) << 16 | UInt64(UInt16(b)) << 32 | UInt64(UInt16(c)) << 48
    }

    init(_ operation: Operation, _ a: Int, _ b: Int, immediate: Int16) {
        self.init(operation, a, b, Int(UInt16(bitPattern: immediate)))
    }

    /// With a number in the place of the last two fields.
    init(_ operation: Operation, _ a: Int, index: UInt32) {
        self.init(operation, a)
        bits |= UInt64(index) << 32
    }

    @inline(__always)
    var operation: Operation {
        // SAFETY: an enumeration without payload whose cases need a byte is stored as the number of its case, and the compiler writes
        // nothing but raw values, which are those numbers (`OperationTests`).
        unsafeBitCast(UInt8(truncatingIfNeeded: bits), to: Operation.self)
    }

    @inline(__always)
    var a: Int { Int(truncatingIfNeeded: (bits &>> 16) & 0xFFFF) }
    @inline(__always)
    var b: Int { Int(truncatingIfNeeded: (bits &>> 32) & 0xFFFF) }
    @inline(__always)
    var c: Int { Int(truncatingIfNeeded: bits &>> 48) }
    /// The last field, with its sign.
    @inline(__always)
    var immediate: Int64 { Int64(bitPattern: bits) &>> 48 }
    /// The last two fields as a number with its sign: the immediate of a branch.
    @inline(__always)
    var longImmediate: Int64 { Int64(bitPattern: bits) &>> 32 }
    /// The last two fields as one number.
    @inline(__always)
    var index: Int { Int(truncatingIfNeeded: bits &>> 32) }

    /// The same with another first field.
    func replacing(a: Int) -> Word { Word(bits: bits & ~0xFFFF_0000 | UInt64(UInt16(a)) << 16) }
}

/// The word after a branch, and each entry of a branch table: where it goes and what that costs.
struct BranchWord {
    let bits: UInt64

    @inline(__always)
    init(bits: UInt64) { self.bits = bits }

    init(distance: Int, charge: Int) {
        bits = UInt64(UInt32(bitPattern: Int32(distance))) | UInt64(UInt32(bitPattern: Int32(charge))) << 32
    }

    /// Words from this one to the target.
    @inline(__always)
    var distance: Int { Int(Int32(truncatingIfNeeded: bits)) }
    /// Fuel that the branch costs when it is taken, beyond what was paid: less than 0 if more was paid.
    @inline(__always)
    var charge: Int64 { Int64(bitPattern: bits) &>> 32 }
}

/// The second word of an access to memory whose address is not a slot and a short offset.
struct FarWord {
    let bits: UInt64

    @inline(__always)
    init(bits: UInt64) { self.bits = bits }

    init(summand: UInt32, offset: UInt32) { bits = UInt64(summand) | UInt64(offset) << 32 }

    /// What is added to the address modulo 2^32.
    @inline(__always)
    var summand: UInt32 { UInt32(truncatingIfNeeded: bits) }
    /// What is added to that, without overflow.
    @inline(__always)
    var offset: Int { Int(truncatingIfNeeded: bits &>> 32) }
}

/// The last word of a call: an index, and the fuel for what follows the call, which its return pays.
struct CallWord {
    let bits: UInt64

    @inline(__always)
    init(bits: UInt64) { self.bits = bits }

    init(index: UInt32, charge: Int) {
        bits = UInt64(index) | UInt64(UInt32(charge)) << 32
    }

    @inline(__always)
    var index: Int { Int(truncatingIfNeeded: bits & 0xFFFF_FFFF) }
    @inline(__always)
    var charge: Int64 { Int64(bitPattern: bits) &>> 32 }
}

/// The second word of an operation that stands for a family of instructions.
struct FamilyWord {
    let bits: UInt64

    init(bits: UInt64) { self.bits = bits }

    init(_ opcode: Opcode, slot: Int, index: UInt32) {
        bits = UInt64(opcode.rawValue) | UInt64(UInt16(slot)) << 16 | UInt64(index) << 32
    }

    /// The instruction.
    var opcode: Opcode {
        guard let opcode = Opcode(rawValue: UInt16(truncatingIfNeeded: bits)) else { preconditionFailure("the compiler writes opcodes") }
        return opcode
    }

    /// One more slot: a result's or an operand's.
    var slot: Int { Int((bits >> 16) & 0xFFFF) }
    /// The first index, or a lane.
    var index: Int { Int(bits >> 32) }
}
