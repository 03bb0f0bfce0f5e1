/// Vectors of 128 bits in the interpreter, and the instructions that move them between slots, lanes and memory.
import Wasm

/// A vector, to be seen as lanes of any shape. Lanes are in the order of the bytes in memory.
struct Vector {
    var bits: SIMD2<UInt64>

    @inline(__always)
    init(_ bits: SIMD2<UInt64>) { self.bits = bits }

    // SAFETY, for all that follows: both types have 16 bytes without padding, and every pattern of bits is a value of each.

    @inline(__always)
    var u8: SIMD16<UInt8> { unsafeBitCast(bits, to: SIMD16<UInt8>.self) }
    @inline(__always)
    var i8: SIMD16<Int8> { unsafeBitCast(bits, to: SIMD16<Int8>.self) }
    @inline(__always)
    var u16: SIMD8<UInt16> { unsafeBitCast(bits, to: SIMD8<UInt16>.self) }
    @inline(__always)
    var i16: SIMD8<Int16> { unsafeBitCast(bits, to: SIMD8<Int16>.self) }
    @inline(__always)
    var u32: SIMD4<UInt32> { unsafeBitCast(bits, to: SIMD4<UInt32>.self) }
    @inline(__always)
    var i32: SIMD4<Int32> { unsafeBitCast(bits, to: SIMD4<Int32>.self) }
    @inline(__always)
    var u64: SIMD2<UInt64> { bits }
    @inline(__always)
    var i64: SIMD2<Int64> { unsafeBitCast(bits, to: SIMD2<Int64>.self) }
    @inline(__always)
    var f32: SIMD4<Float> { unsafeBitCast(bits, to: SIMD4<Float>.self) }
    @inline(__always)
    var f64: SIMD2<Double> { unsafeBitCast(bits, to: SIMD2<Double>.self) }

    @inline(__always)
    init(_ lanes: SIMD16<UInt8>) { bits = unsafeBitCast(lanes, to: SIMD2<UInt64>.self) }
    @inline(__always)
    init(_ lanes: SIMD16<Int8>) { bits = unsafeBitCast(lanes, to: SIMD2<UInt64>.self) }
    @inline(__always)
    init(_ lanes: SIMD8<UInt16>) { bits = unsafeBitCast(lanes, to: SIMD2<UInt64>.self) }
    @inline(__always)
    init(_ lanes: SIMD8<Int16>) { bits = unsafeBitCast(lanes, to: SIMD2<UInt64>.self) }
    @inline(__always)
    init(_ lanes: SIMD4<UInt32>) { bits = unsafeBitCast(lanes, to: SIMD2<UInt64>.self) }
    @inline(__always)
    init(_ lanes: SIMD4<Int32>) { bits = unsafeBitCast(lanes, to: SIMD2<UInt64>.self) }
    @inline(__always)
    init(_ lanes: SIMD2<Int64>) { bits = unsafeBitCast(lanes, to: SIMD2<UInt64>.self) }

    /// A result of arithmetic: what is not a number becomes the canonical one.
    @inline(__always)
    init(_ lanes: SIMD4<Float>) {
        bits = unsafeBitCast(
            lanes.replacing(with: Float(bitPattern: 0x7FC0_0000), where: lanes .!= lanes), to: SIMD2<UInt64>.self)
    }
    /// A result of arithmetic: what is not a number becomes the canonical one.
    @inline(__always)
    init(_ lanes: SIMD2<Double>) {
        bits = unsafeBitCast(
            lanes.replacing(with: Double(bitPattern: 0x7FF8_0000_0000_0000), where: lanes .!= lanes), to: SIMD2<UInt64>.self)
    }

    @inline(__always)
    init(mask: SIMDMask<SIMD16<Int8.SIMDMaskScalar>>) { self.init(SIMD16<Int8>().replacing(with: -1, where: mask)) }
    @inline(__always)
    init(mask: SIMDMask<SIMD8<Int16.SIMDMaskScalar>>) { self.init(SIMD8<Int16>().replacing(with: -1, where: mask)) }
    @inline(__always)
    init(mask: SIMDMask<SIMD4<Int32.SIMDMaskScalar>>) { self.init(SIMD4<Int32>().replacing(with: -1, where: mask)) }
    @inline(__always)
    init(mask: SIMDMask<SIMD2<Int64.SIMDMaskScalar>>) { self.init(SIMD2<Int64>().replacing(with: -1, where: mask)) }
}

extension Slots {
    /// The vector in two slots.
    @inline(__always)
    func vector(_ slot: Int) -> Vector { Vector(SIMD2(base[slot], base[slot &+ 1])) }

    @inline(__always)
    func set(_ slot: Int, _ value: Vector) {
        base[slot] = value.bits[0]
        base[slot &+ 1] = value.bits[1]
    }
}

extension Store {
    /// Does a vector instruction that does not touch memory. `pc` is at its second word; the result is the next instruction's.
    @inline(never)
    func vector(_ word: Word, _ pc: UnsafeMutablePointer<UInt64>, _ slots: Slots) -> UnsafeMutablePointer<UInt64> {
        let family = FamilyWord(bits: pc.pointee)
        let lane = family.index
        switch family.opcode {
        case .i8x16Shuffle:
            slots.set(word.a, shuffled(slots.vector(word.b), slots.vector(word.c), Vector(SIMD2(pc[1], pc[2])).u8))
            return pc + 3
        case .v128Bitselect:
            let mask = slots.vector(family.slot).bits
            slots.set(word.a, Vector(slots.vector(word.b).bits & mask | slots.vector(word.c).bits & ~mask))
        case .v128AnyTrue: slots.set(word.a, slots.vector(word.b).bits != SIMD2())
        case .i8x16AllTrue: slots.set(word.a, all(slots.vector(word.b).u8 .!= 0))
        case .i8x16Bitmask: slots.set(word.a, signs(slots.vector(word.b).i8))
        case .i16x8AllTrue: slots.set(word.a, all(slots.vector(word.b).u16 .!= 0))
        case .i16x8Bitmask: slots.set(word.a, signs(slots.vector(word.b).i16))
        case .i32x4AllTrue: slots.set(word.a, all(slots.vector(word.b).u32 .!= 0))
        case .i32x4Bitmask: slots.set(word.a, signs(slots.vector(word.b).i32))
        case .i64x2AllTrue: slots.set(word.a, all(slots.vector(word.b).u64 .!= 0))
        case .i64x2Bitmask: slots.set(word.a, signs(slots.vector(word.b).i64))
        case .i8x16Splat: slots.set(word.a, Vector(SIMD16<UInt8>(repeating: UInt8(truncatingIfNeeded: slots[word.b]))))
        case .i8x16ExtractLaneS: slots.set(word.a, Int32(slots.vector(word.b).i8[lane]))
        case .i8x16ExtractLaneU: slots.set(word.a, UInt32(slots.vector(word.b).u8[lane]))
        case .i8x16ReplaceLane:
            var lanes = slots.vector(word.b).u8
            lanes[lane] = UInt8(truncatingIfNeeded: slots[word.c])
            slots.set(word.a, Vector(lanes))
        case .i16x8Splat: slots.set(word.a, Vector(SIMD8<UInt16>(repeating: UInt16(truncatingIfNeeded: slots[word.b]))))
        case .i16x8ExtractLaneS: slots.set(word.a, Int32(slots.vector(word.b).i16[lane]))
        case .i16x8ExtractLaneU: slots.set(word.a, UInt32(slots.vector(word.b).u16[lane]))
        case .i16x8ReplaceLane:
            var lanes = slots.vector(word.b).u16
            lanes[lane] = UInt16(truncatingIfNeeded: slots[word.c])
            slots.set(word.a, Vector(lanes))
        case .i32x4Splat: slots.set(word.a, Vector(SIMD4<UInt32>(repeating: UInt32(truncatingIfNeeded: slots[word.b]))))
        case .i32x4ExtractLane: slots.set(word.a, slots.vector(word.b).u32[lane])
        case .i32x4ReplaceLane:
            var lanes = slots.vector(word.b).u32
            lanes[lane] = UInt32(truncatingIfNeeded: slots[word.c])
            slots.set(word.a, Vector(lanes))
        case .i64x2Splat: slots.set(word.a, Vector(SIMD2<UInt64>(repeating: UInt64(truncatingIfNeeded: slots[word.b]))))
        case .i64x2ExtractLane: slots.set(word.a, slots.vector(word.b).u64[lane])
        case .i64x2ReplaceLane:
            var lanes = slots.vector(word.b).u64
            lanes[lane] = UInt64(truncatingIfNeeded: slots[word.c])
            slots.set(word.a, Vector(lanes))
        case .f32x4Splat: slots.set(word.a, Vector(SIMD4<UInt32>(repeating: UInt32(truncatingIfNeeded: slots[word.b]))))
        case .f32x4ExtractLane: slots.set(word.a, slots.vector(word.b).u32[lane])
        case .f32x4ReplaceLane:
            var lanes = slots.vector(word.b).u32
            lanes[lane] = UInt32(truncatingIfNeeded: slots[word.c])
            slots.set(word.a, Vector(lanes))
        case .f64x2Splat: slots.set(word.a, Vector(SIMD2<UInt64>(repeating: UInt64(truncatingIfNeeded: slots[word.b]))))
        case .f64x2ExtractLane: slots.set(word.a, slots.vector(word.b).u64[lane])
        case .f64x2ReplaceLane:
            var lanes = slots.vector(word.b).u64
            lanes[lane] = UInt64(truncatingIfNeeded: slots[word.c])
            slots.set(word.a, Vector(lanes))
        case .i8x16Shl, .i8x16ShrS, .i8x16ShrU, .i16x8Shl, .i16x8ShrS, .i16x8ShrU, .i32x4Shl, .i32x4ShrS,
            .i32x4ShrU, .i64x2Shl, .i64x2ShrS, .i64x2ShrU:
            slots.set(word.a, Vector.shifted(family.opcode, slots.vector(word.b), by: slots.u32(word.c)))
        default: slots.set(word.a, Vector.result(of: family.opcode, slots.vector(word.b), slots.vector(word.c)))
        }
        return pc + 1
    }

    /// Lanes of two vectors, by their numbers from 0 to 31.
    private func shuffled(_ a: Vector, _ b: Vector, _ numbers: SIMD16<UInt8>) -> Vector {
        var result = SIMD16<UInt8>()
        for lane in 0..<16 {
            let number = Int(numbers[lane] & 31)
            result[lane] = number < 16 ? a.u8[number] : b.u8[number - 16]
        }
        return Vector(result)
    }

    /// `bitmask`: the signs of the lanes as bits, that of lane 0 the lowest.
    @inline(__always)
    private func signs<Lanes: SIMD>(_ lanes: Lanes) -> UInt32 where Lanes.Scalar: FixedWidthInteger {
        var result: UInt32 = 0
        for lane in 0..<Lanes.scalarCount where lanes[lane] < 0 { result |= 1 &<< UInt32(lane) }
        return result
    }

    /// Does a vector instruction that reads or writes memory; false, and nothing done, if the access is not within the memory.
    @inline(never)
    func vectorMemory(_ word: Word, _ family: FamilyWord, _ slots: Slots, _ memory: UnsafeMutableRawPointer, _ size: Int) -> Bool {
        let address = Int(slots.u32(word.b)) + word.c
        let opcode = family.opcode
        guard address + opcode.accessWidth <= size else { return false }
        // SAFETY: as many bytes as the instruction's width are within the memory from here on.
        let place = memory + address
        switch opcode {
        case .v128Load: slots.set(word.a, Vector(load(place), load(place + 8)))
        case .v128Store:
            place.storeBytes(of: slots[family.slot], as: UInt64.self)
            (place + 8).storeBytes(of: slots[family.slot + 1], as: UInt64.self)
        case .v128Load8x8S: slots.set(word.a, Vector.result(of: .i16x8ExtendLowI8x16S, Vector(load(place), 0), Vector(0, 0)))
        case .v128Load8x8U: slots.set(word.a, Vector.result(of: .i16x8ExtendLowI8x16U, Vector(load(place), 0), Vector(0, 0)))
        case .v128Load16x4S: slots.set(word.a, Vector.result(of: .i32x4ExtendLowI16x8S, Vector(load(place), 0), Vector(0, 0)))
        case .v128Load16x4U: slots.set(word.a, Vector.result(of: .i32x4ExtendLowI16x8U, Vector(load(place), 0), Vector(0, 0)))
        case .v128Load32x2S: slots.set(word.a, Vector.result(of: .i64x2ExtendLowI32x4S, Vector(load(place), 0), Vector(0, 0)))
        case .v128Load32x2U: slots.set(word.a, Vector.result(of: .i64x2ExtendLowI32x4U, Vector(load(place), 0), Vector(0, 0)))
        case .v128Load8Splat: slots.set(word.a, Vector(SIMD16<UInt8>(repeating: load(place))))
        case .v128Load16Splat: slots.set(word.a, Vector(SIMD8<UInt16>(repeating: load(place))))
        case .v128Load32Splat: slots.set(word.a, Vector(SIMD4<UInt32>(repeating: load(place))))
        case .v128Load64Splat: slots.set(word.a, Vector(SIMD2<UInt64>(repeating: load(place))))
        case .v128Load32Zero: slots.set(word.a, Vector(UInt64(load(place) as UInt32), 0))
        case .v128Load64Zero: slots.set(word.a, Vector(load(place), 0))
        case .v128Load8Lane:
            var lanes = slots.vector(family.slot).u8
            lanes[family.index] = load(place)
            slots.set(word.a, Vector(lanes))
        case .v128Store8Lane: place.storeBytes(of: slots.vector(family.slot).u8[family.index], as: UInt8.self)
        case .v128Load16Lane:
            var lanes = slots.vector(family.slot).u16
            lanes[family.index] = load(place)
            slots.set(word.a, Vector(lanes))
        case .v128Store16Lane: place.storeBytes(of: slots.vector(family.slot).u16[family.index], as: UInt16.self)
        case .v128Load32Lane:
            var lanes = slots.vector(family.slot).u32
            lanes[family.index] = load(place)
            slots.set(word.a, Vector(lanes))
        case .v128Store32Lane: place.storeBytes(of: slots.vector(family.slot).u32[family.index], as: UInt32.self)
        case .v128Load64Lane:
            var lanes = slots.vector(family.slot).u64
            lanes[family.index] = load(place)
            slots.set(word.a, Vector(lanes))
        case .v128Store64Lane: place.storeBytes(of: slots.vector(family.slot).u64[family.index], as: UInt64.self)
        default: preconditionFailure("the compiler sends no other instruction here")
        }
        return true
    }

    @inline(__always)
    private func load<Number: FixedWidthInteger & BitwiseCopyable>(_ place: UnsafeMutableRawPointer) -> Number {
        Number(littleEndian: place.loadUnaligned(as: Number.self))
    }
}

extension Vector {
    fileprivate init(_ low: UInt64, _ high: UInt64) { self.init(SIMD2(low, high)) }
}

extension Opcode {
    /// The bytes that a vector instruction reads or writes. Its row has the binary logarithm.
    fileprivate var accessWidth: Int { 1 << Int(row.width) }
}
