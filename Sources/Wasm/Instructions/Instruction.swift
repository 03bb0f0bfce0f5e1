/// One decoded instruction, with its immediates in place: a plain value without references, so that reading code allocates nothing.

/// An instruction. Which of the properties for immediates have a meaning, its opcode's row says (`Immediates`).
package struct Instruction: Sendable {
    package let opcode: Opcode
    /// Where its bytes begin and end: indices of the expression's bytes. Zero when it was not read from any.
    package internal(set) var offset = 0
    package internal(set) var end = 0

    /// The label, or the index of what the instruction names first.
    package internal(set) var index: UInt32 = 0
    /// The index of what it names second.
    package internal(set) var secondIndex: UInt32 = 0
    /// The number of the lane, less than the row's `lanes` once validated.
    package internal(set) var lane: UInt8 = 0
    /// The type of a block.
    package internal(set) var blockType = BlockType.empty
    /// The type of `selectTyped` (every `ValueType`) or `refNull` (reference types alone).
    var type = ValueType.i32
    /// The constant, the memory argument's offset, or where the elements of a vector begin.
    var bits: UInt64 = 0
    var highBits: UInt64 = 0

    /// An instruction without immediates, or whose immediates are indices alone.
    package init(_ opcode: Opcode, _ index: UInt32 = 0, _ secondIndex: UInt32 = 0) {
        self.opcode = opcode
        self.index = index
        self.secondIndex = secondIndex
    }

    /// The bytes that the instruction takes in its expression.
    package var range: Range<Int> { offset..<end }
}

// Immediates that are not indices.

extension Instruction {
    /// The value of `i32.const`.
    package var i32: Int32 { Int32(truncatingIfNeeded: bits) }
    /// The value of `i64.const`.
    package var i64: Int64 { Int64(bitPattern: bits) }
    /// The bits of the value of `f32.const`.
    package var f32Bits: UInt32 { UInt32(truncatingIfNeeded: bits) }
    /// The bits of the value of `f64.const`.
    package var f64Bits: UInt64 { bits }
    /// The value of `v128.const`, or the lanes of `i8x16.shuffle`, one a byte.
    package var v128: Vector128 { Vector128(low: bits, high: highBits) }
    /// Alignment and offset of an access to memory.
    package var memoryArgument: MemoryArgument {
        MemoryArgument(alignment: UInt8(truncatingIfNeeded: index), offset: UInt32(truncatingIfNeeded: bits))
    }
    /// The type of `select` with a type.
    package var selectType: ValueType { type }
    /// The type of `ref.null`.
    package var referenceType: ReferenceType {
        guard let reference = ReferenceType(type) else { preconditionFailure("only ref.null has a reference type, and its type is one") }
        return reference
    }
}

// Instructions of one's own.

extension Instruction {
    /// `block`, `loop` or `if`.
    package init(_ opcode: Opcode, _ blockType: BlockType) {
        self.init(opcode)
        self.blockType = blockType
    }

    /// An access to memory; `lane` for those of one lane of a vector.
    package init(_ opcode: Opcode, _ argument: MemoryArgument, lane: UInt8 = 0) {
        self.init(opcode, UInt32(argument.alignment))
        bits = UInt64(argument.offset)
        self.lane = lane
    }

    /// An instruction that extracts or replaces a lane.
    package init(_ opcode: Opcode, lane: UInt8) {
        self.init(opcode)
        self.lane = lane
    }

    /// `i32.const`
    package static func i32Constant(_ value: Int32) -> Instruction {
        Instruction(.i32Const, bits: UInt64(bitPattern: Int64(value)))
    }

    /// `i64.const`
    package static func i64Constant(_ value: Int64) -> Instruction {
        Instruction(.i64Const, bits: UInt64(bitPattern: value))
    }

    /// `f32.const`
    package static func f32Constant(bits: UInt32) -> Instruction { Instruction(.f32Const, bits: UInt64(bits)) }

    /// `f64.const`
    package static func f64Constant(bits: UInt64) -> Instruction { Instruction(.f64Const, bits: bits) }

    /// `v128.const`
    package static func v128Constant(_ value: Vector128) -> Instruction {
        Instruction(.v128Const, bits: value.low, highBits: value.high)
    }

    /// `i8x16.shuffle`: the numbers of sixteen lanes, 0 to 31, one a byte.
    package static func shuffle(_ lanes: Vector128) -> Instruction {
        Instruction(.i8x16Shuffle, bits: lanes.low, highBits: lanes.high)
    }

    /// `ref.null`
    package static func refNull(_ type: ReferenceType) -> Instruction {
        var instruction = Instruction(.refNull)
        instruction.type = type.valueType
        return instruction
    }

    /// `select` with a type.
    package static func select(_ type: ValueType) -> Instruction {
        var instruction = Instruction(.selectTyped)
        instruction.type = type
        return instruction
    }

    private init(_ opcode: Opcode, bits: UInt64, highBits: UInt64 = 0) {
        self.init(opcode)
        self.bits = bits
        self.highBits = highBits
    }
}

/// Where an access to memory goes, beside its operand (5.4.6, `memarg`).
package struct MemoryArgument: Equatable, Sendable {
    /// The binary logarithm of the alignment in bytes that the program expects. It is a hint.
    package var alignment: UInt8
    /// Bytes to add to the address.
    package var offset: UInt32

    package init(alignment: UInt8, offset: UInt32) {
        self.alignment = alignment
        self.offset = offset
    }
}

/// One way in which a `try_table` catches (3.0, catch clauses). Values that it gives go to `label`, counted from outside the `try_table`.
package struct CatchClause: Equatable, Sendable {
    /// The raw value is the byte of the binary format.
    package enum Kind: UInt8, Sendable {
        /// An exception of `tag`; gives its values.
        case tag = 0
        /// An exception of `tag`; gives its values and then the exception itself, an `exnref`.
        case tagReference = 1
        /// Any exception; gives nothing.
        case all = 2
        /// Any exception; gives the exception itself.
        case allReference = 3
    }

    package var kind: Kind
    /// The index of the tag; 0 where the kind has none.
    package var tag: UInt32
    package var label: UInt32

    package init(_ kind: Kind, tag: UInt32 = 0, label: UInt32) {
        self.kind = kind
        self.tag = tag
        self.label = label
    }
}
