/// The vector instructions that take one or two vectors and give one (Core 4.3.5, 4.4.3): a line for each.
import Wasm

extension Vector {
    /// The result of an instruction on a vector, or on two.
    @inline(never)
    static func result(of opcode: Opcode, _ a: Vector, _ b: Vector) -> Vector {
        switch opcode {
        case .v128Not: return Vector(~a.bits)
        case .v128And: return Vector(a.bits & b.bits)
        case .v128Andnot: return Vector(a.bits & ~b.bits)
        case .v128Or: return Vector(a.bits | b.bits)
        case .v128Xor: return Vector(a.bits ^ b.bits)
        case .i8x16Swizzle: return Vector(lanes(b.u8) { $0 < 16 ? a.u8[Int($0)] : 0 } as SIMD16<UInt8>)

        // Comparisons: all bits of a lane are set where it holds.

        case .i8x16Eq: return Vector(mask: a.i8 .== b.i8)
        case .i8x16Ne: return Vector(mask: a.i8 .!= b.i8)
        case .i8x16LtS: return Vector(mask: a.i8 .< b.i8)
        case .i8x16LtU: return Vector(mask: a.u8 .< b.u8)
        case .i8x16GtS: return Vector(mask: a.i8 .> b.i8)
        case .i8x16GtU: return Vector(mask: a.u8 .> b.u8)
        case .i8x16LeS: return Vector(mask: a.i8 .<= b.i8)
        case .i8x16LeU: return Vector(mask: a.u8 .<= b.u8)
        case .i8x16GeS: return Vector(mask: a.i8 .>= b.i8)
        case .i8x16GeU: return Vector(mask: a.u8 .>= b.u8)
        case .i16x8Eq: return Vector(mask: a.i16 .== b.i16)
        case .i16x8Ne: return Vector(mask: a.i16 .!= b.i16)
        case .i16x8LtS: return Vector(mask: a.i16 .< b.i16)
        case .i16x8LtU: return Vector(mask: a.u16 .< b.u16)
        case .i16x8GtS: return Vector(mask: a.i16 .> b.i16)
        case .i16x8GtU: return Vector(mask: a.u16 .> b.u16)
        case .i16x8LeS: return Vector(mask: a.i16 .<= b.i16)
        case .i16x8LeU: return Vector(mask: a.u16 .<= b.u16)
        case .i16x8GeS: return Vector(mask: a.i16 .>= b.i16)
        case .i16x8GeU: return Vector(mask: a.u16 .>= b.u16)
        case .i32x4Eq: return Vector(mask: a.i32 .== b.i32)
        case .i32x4Ne: return Vector(mask: a.i32 .!= b.i32)
        case .i32x4LtS: return Vector(mask: a.i32 .< b.i32)
        case .i32x4LtU: return Vector(mask: a.u32 .< b.u32)
        case .i32x4GtS: return Vector(mask: a.i32 .> b.i32)
        case .i32x4GtU: return Vector(mask: a.u32 .> b.u32)
        case .i32x4LeS: return Vector(mask: a.i32 .<= b.i32)
        case .i32x4LeU: return Vector(mask: a.u32 .<= b.u32)
        case .i32x4GeS: return Vector(mask: a.i32 .>= b.i32)
        case .i32x4GeU: return Vector(mask: a.u32 .>= b.u32)
        case .i64x2Eq: return Vector(mask: a.i64 .== b.i64)
        case .i64x2Ne: return Vector(mask: a.i64 .!= b.i64)
        case .i64x2LtS: return Vector(mask: a.i64 .< b.i64)
        case .i64x2GtS: return Vector(mask: a.i64 .> b.i64)
        case .i64x2LeS: return Vector(mask: a.i64 .<= b.i64)
        case .i64x2GeS: return Vector(mask: a.i64 .>= b.i64)
        case .f32x4Eq: return Vector(mask: a.f32 .== b.f32)
        case .f32x4Ne: return Vector(mask: a.f32 .!= b.f32)
        case .f32x4Lt: return Vector(mask: a.f32 .< b.f32)
        case .f32x4Gt: return Vector(mask: a.f32 .> b.f32)
        case .f32x4Le: return Vector(mask: a.f32 .<= b.f32)
        case .f32x4Ge: return Vector(mask: a.f32 .>= b.f32)
        case .f64x2Eq: return Vector(mask: a.f64 .== b.f64)
        case .f64x2Ne: return Vector(mask: a.f64 .!= b.f64)
        case .f64x2Lt: return Vector(mask: a.f64 .< b.f64)
        case .f64x2Gt: return Vector(mask: a.f64 .> b.f64)
        case .f64x2Le: return Vector(mask: a.f64 .<= b.f64)
        case .f64x2Ge: return Vector(mask: a.f64 .>= b.f64)

        // Integers.

        case .i8x16Abs: return Vector(a.i8.replacing(with: 0 &- a.i8, where: a.i8 .< 0))
        case .i8x16Neg: return Vector(0 &- a.i8)
        case .i8x16Add: return Vector(a.u8 &+ b.u8)
        case .i8x16Sub: return Vector(a.u8 &- b.u8)
        case .i8x16MinS: return Vector(pointwiseMin(a.i8, b.i8))
        case .i8x16MinU: return Vector(pointwiseMin(a.u8, b.u8))
        case .i8x16MaxS: return Vector(pointwiseMax(a.i8, b.i8))
        case .i8x16MaxU: return Vector(pointwiseMax(a.u8, b.u8))
        case .i8x16AddSatS: return Vector(lanes(a.i8, b.i8) { Int8(clamping: Int($0) + Int($1)) } as SIMD16<Int8>)
        case .i8x16SubSatS: return Vector(lanes(a.i8, b.i8) { Int8(clamping: Int($0) - Int($1)) } as SIMD16<Int8>)
        case .i8x16AddSatU: return Vector(lanes(a.u8, b.u8) { UInt8(clamping: Int($0) + Int($1)) } as SIMD16<UInt8>)
        case .i8x16SubSatU: return Vector(lanes(a.u8, b.u8) { UInt8(clamping: Int($0) - Int($1)) } as SIMD16<UInt8>)
        case .i8x16AvgrU: return Vector(lanes(a.u8, b.u8) { UInt8((Int($0) + Int($1) + 1) / 2) } as SIMD16<UInt8>)
        case .i16x8Abs: return Vector(a.i16.replacing(with: 0 &- a.i16, where: a.i16 .< 0))
        case .i16x8Neg: return Vector(0 &- a.i16)
        case .i16x8Add: return Vector(a.u16 &+ b.u16)
        case .i16x8Sub: return Vector(a.u16 &- b.u16)
        case .i16x8Mul: return Vector(a.u16 &* b.u16)
        case .i16x8MinS: return Vector(pointwiseMin(a.i16, b.i16))
        case .i16x8MinU: return Vector(pointwiseMin(a.u16, b.u16))
        case .i16x8MaxS: return Vector(pointwiseMax(a.i16, b.i16))
        case .i16x8MaxU: return Vector(pointwiseMax(a.u16, b.u16))
        case .i16x8AddSatS: return Vector(lanes(a.i16, b.i16) { Int16(clamping: Int($0) + Int($1)) } as SIMD8<Int16>)
        case .i16x8SubSatS: return Vector(lanes(a.i16, b.i16) { Int16(clamping: Int($0) - Int($1)) } as SIMD8<Int16>)
        case .i16x8AddSatU: return Vector(lanes(a.u16, b.u16) { UInt16(clamping: Int($0) + Int($1)) } as SIMD8<UInt16>)
        case .i16x8SubSatU: return Vector(lanes(a.u16, b.u16) { UInt16(clamping: Int($0) - Int($1)) } as SIMD8<UInt16>)
        case .i16x8AvgrU: return Vector(lanes(a.u16, b.u16) { UInt16((Int($0) + Int($1) + 1) / 2) } as SIMD8<UInt16>)
        case .i32x4Abs: return Vector(a.i32.replacing(with: 0 &- a.i32, where: a.i32 .< 0))
        case .i32x4Neg: return Vector(0 &- a.i32)
        case .i32x4Add: return Vector(a.u32 &+ b.u32)
        case .i32x4Sub: return Vector(a.u32 &- b.u32)
        case .i32x4Mul: return Vector(a.u32 &* b.u32)
        case .i32x4MinS: return Vector(pointwiseMin(a.i32, b.i32))
        case .i32x4MinU: return Vector(pointwiseMin(a.u32, b.u32))
        case .i32x4MaxS: return Vector(pointwiseMax(a.i32, b.i32))
        case .i32x4MaxU: return Vector(pointwiseMax(a.u32, b.u32))
        case .i64x2Abs: return Vector(a.i64.replacing(with: 0 &- a.i64, where: a.i64 .< 0))
        case .i64x2Neg: return Vector(0 &- a.i64)
        case .i64x2Add: return Vector(a.u64 &+ b.u64)
        case .i64x2Sub: return Vector(a.u64 &- b.u64)
        case .i64x2Mul: return Vector(a.u64 &* b.u64)
        case .i8x16Popcnt: return Vector(lanes(a.u8) { UInt8($0.nonzeroBitCount) } as SIMD16<UInt8>)
        case .i16x8Q15mulrSatS:
            return Vector(lanes(a.i16, b.i16) { Int16(clamping: (Int($0) * Int($1) + 0x4000) >> 15) } as SIMD8<Int16>)
        case .i32x4DotI16x8S:
            let products: SIMD8<Int32> = lanes(a.i16, b.i16) { Int32($0) * Int32($1) }
            return Vector(products.evenHalf &+ products.oddHalf)

        // Between widths.

        case .i8x16NarrowI16x8S: return Vector(narrow(a.i16, b.i16) as SIMD16<Int8>)
        case .i8x16NarrowI16x8U: return Vector(narrow(a.i16, b.i16) as SIMD16<UInt8>)
        case .i16x8NarrowI32x4S: return Vector(narrow(a.i32, b.i32) as SIMD8<Int16>)
        case .i16x8NarrowI32x4U: return Vector(narrow(a.i32, b.i32) as SIMD8<UInt16>)
        case .i16x8ExtendLowI8x16S: return Vector(lanes(a.i8.lowHalf) { Int16($0) } as SIMD8<Int16>)
        case .i16x8ExtmulLowI8x16S:
            return Vector(lanes(a.i8.lowHalf, b.i8.lowHalf) { Int16($0) * Int16($1) } as SIMD8<Int16>)
        case .i16x8ExtendHighI8x16S: return Vector(lanes(a.i8.highHalf) { Int16($0) } as SIMD8<Int16>)
        case .i16x8ExtmulHighI8x16S:
            return Vector(lanes(a.i8.highHalf, b.i8.highHalf) { Int16($0) * Int16($1) } as SIMD8<Int16>)
        case .i16x8ExtaddPairwiseI8x16S:
            return Vector(lanes(a.i8.evenHalf, a.i8.oddHalf) { Int16($0) + Int16($1) } as SIMD8<Int16>)
        case .i16x8ExtendLowI8x16U: return Vector(lanes(a.u8.lowHalf) { UInt16($0) } as SIMD8<UInt16>)
        case .i16x8ExtmulLowI8x16U:
            return Vector(lanes(a.u8.lowHalf, b.u8.lowHalf) { UInt16($0) * UInt16($1) } as SIMD8<UInt16>)
        case .i16x8ExtendHighI8x16U: return Vector(lanes(a.u8.highHalf) { UInt16($0) } as SIMD8<UInt16>)
        case .i16x8ExtmulHighI8x16U:
            return Vector(lanes(a.u8.highHalf, b.u8.highHalf) { UInt16($0) * UInt16($1) } as SIMD8<UInt16>)
        case .i16x8ExtaddPairwiseI8x16U:
            return Vector(lanes(a.u8.evenHalf, a.u8.oddHalf) { UInt16($0) + UInt16($1) } as SIMD8<UInt16>)
        case .i32x4ExtendLowI16x8S: return Vector(lanes(a.i16.lowHalf) { Int32($0) } as SIMD4<Int32>)
        case .i32x4ExtmulLowI16x8S:
            return Vector(lanes(a.i16.lowHalf, b.i16.lowHalf) { Int32($0) * Int32($1) } as SIMD4<Int32>)
        case .i32x4ExtendHighI16x8S: return Vector(lanes(a.i16.highHalf) { Int32($0) } as SIMD4<Int32>)
        case .i32x4ExtmulHighI16x8S:
            return Vector(lanes(a.i16.highHalf, b.i16.highHalf) { Int32($0) * Int32($1) } as SIMD4<Int32>)
        case .i32x4ExtaddPairwiseI16x8S:
            return Vector(lanes(a.i16.evenHalf, a.i16.oddHalf) { Int32($0) + Int32($1) } as SIMD4<Int32>)
        case .i32x4ExtendLowI16x8U: return Vector(lanes(a.u16.lowHalf) { UInt32($0) } as SIMD4<UInt32>)
        case .i32x4ExtmulLowI16x8U:
            return Vector(lanes(a.u16.lowHalf, b.u16.lowHalf) { UInt32($0) * UInt32($1) } as SIMD4<UInt32>)
        case .i32x4ExtendHighI16x8U: return Vector(lanes(a.u16.highHalf) { UInt32($0) } as SIMD4<UInt32>)
        case .i32x4ExtmulHighI16x8U:
            return Vector(lanes(a.u16.highHalf, b.u16.highHalf) { UInt32($0) * UInt32($1) } as SIMD4<UInt32>)
        case .i32x4ExtaddPairwiseI16x8U:
            return Vector(lanes(a.u16.evenHalf, a.u16.oddHalf) { UInt32($0) + UInt32($1) } as SIMD4<UInt32>)
        case .i64x2ExtendLowI32x4S: return Vector(lanes(a.i32.lowHalf) { Int64($0) } as SIMD2<Int64>)
        case .i64x2ExtmulLowI32x4S:
            return Vector(lanes(a.i32.lowHalf, b.i32.lowHalf) { Int64($0) * Int64($1) } as SIMD2<Int64>)
        case .i64x2ExtendHighI32x4S: return Vector(lanes(a.i32.highHalf) { Int64($0) } as SIMD2<Int64>)
        case .i64x2ExtmulHighI32x4S:
            return Vector(lanes(a.i32.highHalf, b.i32.highHalf) { Int64($0) * Int64($1) } as SIMD2<Int64>)
        case .i64x2ExtendLowI32x4U: return Vector(lanes(a.u32.lowHalf) { UInt64($0) } as SIMD2<UInt64>)
        case .i64x2ExtmulLowI32x4U:
            return Vector(lanes(a.u32.lowHalf, b.u32.lowHalf) { UInt64($0) * UInt64($1) } as SIMD2<UInt64>)
        case .i64x2ExtendHighI32x4U: return Vector(lanes(a.u32.highHalf) { UInt64($0) } as SIMD2<UInt64>)
        case .i64x2ExtmulHighI32x4U:
            return Vector(lanes(a.u32.highHalf, b.u32.highHalf) { UInt64($0) * UInt64($1) } as SIMD2<UInt64>)

        // Floating-point numbers. Signs are bits; least and greatest operands of pmin and pmax pass unchanged.

        case .f32x4Abs: return Vector(a.u32 & ~0x8000_0000)
        case .f32x4Neg: return Vector(a.u32 ^ 0x8000_0000)
        case .f32x4Sqrt: return Vector(a.f32.squareRoot())
        case .f32x4Ceil: return Vector(a.f32.rounded(.up))
        case .f32x4Floor: return Vector(a.f32.rounded(.down))
        case .f32x4Trunc: return Vector(a.f32.rounded(.towardZero))
        case .f32x4Nearest: return Vector(a.f32.rounded(.toNearestOrEven))
        case .f32x4Add: return Vector(a.f32 + b.f32)
        case .f32x4Sub: return Vector(a.f32 - b.f32)
        case .f32x4Mul: return Vector(a.f32 * b.f32)
        case .f32x4Div: return Vector(a.f32 / b.f32)
        case .f32x4Min: return Vector(lanes(a.f32, b.f32) { leastOf($0, $1) } as SIMD4<Float>)
        case .f32x4Max: return Vector(lanes(a.f32, b.f32) { greatestOf($0, $1) } as SIMD4<Float>)
        case .f32x4Pmin: return Vector(a.u32.replacing(with: b.u32, where: Vector(mask: b.f32 .< a.f32).i32 .!= 0))
        case .f32x4Pmax: return Vector(a.u32.replacing(with: b.u32, where: Vector(mask: a.f32 .< b.f32).i32 .!= 0))
        case .f64x2Abs: return Vector(a.u64 & ~0x8000_0000_0000_0000)
        case .f64x2Neg: return Vector(a.u64 ^ 0x8000_0000_0000_0000)
        case .f64x2Sqrt: return Vector(a.f64.squareRoot())
        case .f64x2Ceil: return Vector(a.f64.rounded(.up))
        case .f64x2Floor: return Vector(a.f64.rounded(.down))
        case .f64x2Trunc: return Vector(a.f64.rounded(.towardZero))
        case .f64x2Nearest: return Vector(a.f64.rounded(.toNearestOrEven))
        case .f64x2Add: return Vector(a.f64 + b.f64)
        case .f64x2Sub: return Vector(a.f64 - b.f64)
        case .f64x2Mul: return Vector(a.f64 * b.f64)
        case .f64x2Div: return Vector(a.f64 / b.f64)
        case .f64x2Min: return Vector(lanes(a.f64, b.f64) { leastOf($0, $1) } as SIMD2<Double>)
        case .f64x2Max: return Vector(lanes(a.f64, b.f64) { greatestOf($0, $1) } as SIMD2<Double>)
        case .f64x2Pmin: return Vector(a.u64.replacing(with: b.u64, where: Vector(mask: b.f64 .< a.f64).i64 .!= 0))
        case .f64x2Pmax: return Vector(a.u64.replacing(with: b.u64, where: Vector(mask: a.f64 .< b.f64).i64 .!= 0))
        case .i32x4TruncSatF32x4S: return Vector(lanes(a.f32) { saturated(Double($0)) } as SIMD4<Int32>)
        case .i32x4TruncSatF64x2SZero: return Vector(SIMD4<Int32>(lowHalf: lanes(a.f64) { saturated($0) }, highHalf: SIMD2()))
        case .f32x4ConvertI32x4S: return Vector(lanes(a.i32) { Float($0) } as SIMD4<Float>)
        case .f64x2ConvertLowI32x4S: return Vector(lanes(a.i32.lowHalf) { Double($0) } as SIMD2<Double>)
        case .i32x4TruncSatF32x4U: return Vector(lanes(a.f32) { saturated(Double($0)) } as SIMD4<UInt32>)
        case .i32x4TruncSatF64x2UZero: return Vector(SIMD4<UInt32>(lowHalf: lanes(a.f64) { saturated($0) }, highHalf: SIMD2()))
        case .f32x4ConvertI32x4U: return Vector(lanes(a.u32) { Float($0) } as SIMD4<Float>)
        case .f64x2ConvertLowI32x4U: return Vector(lanes(a.u32.lowHalf) { Double($0) } as SIMD2<Double>)
        case .f32x4DemoteF64x2Zero: return Vector(SIMD4<Float>(lowHalf: lanes(a.f64) { Float($0) }, highHalf: SIMD2()))
        case .f64x2PromoteLowF32x4: return Vector(lanes(a.f32.lowHalf) { Double($0) } as SIMD2<Double>)
        default: preconditionFailure("the compiler sends no other instruction here")
        }
    }

    /// The result of a shift of all lanes, by the count modulo their width.
    @inline(never)
    static func shifted(_ opcode: Opcode, _ a: Vector, by count: UInt32) -> Vector {
        switch opcode {
        case .i8x16Shl: return Vector(a.u8 &<< UInt8(truncatingIfNeeded: count))
        case .i8x16ShrS: return Vector(a.i8 &>> Int8(truncatingIfNeeded: count))
        case .i8x16ShrU: return Vector(a.u8 &>> UInt8(truncatingIfNeeded: count))
        case .i16x8Shl: return Vector(a.u16 &<< UInt16(truncatingIfNeeded: count))
        case .i16x8ShrS: return Vector(a.i16 &>> Int16(truncatingIfNeeded: count))
        case .i16x8ShrU: return Vector(a.u16 &>> UInt16(truncatingIfNeeded: count))
        case .i32x4Shl: return Vector(a.u32 &<< UInt32(truncatingIfNeeded: count))
        case .i32x4ShrS: return Vector(a.i32 &>> Int32(truncatingIfNeeded: count))
        case .i32x4ShrU: return Vector(a.u32 &>> UInt32(truncatingIfNeeded: count))
        case .i64x2Shl: return Vector(a.u64 &<< UInt64(truncatingIfNeeded: count))
        case .i64x2ShrS: return Vector(a.i64 &>> Int64(truncatingIfNeeded: count))
        case .i64x2ShrU: return Vector(a.u64 &>> UInt64(truncatingIfNeeded: count))
        default: preconditionFailure("the compiler sends no other instruction here")
        }
    }
}

/// A vector of what a function gives for each lane.
@inline(__always)
private func lanes<Source: SIMD, Result: SIMD>(_ a: Source, _ function: (Source.Scalar) -> Result.Scalar) -> Result {
    var result = Result()
    for lane in 0..<Result.scalarCount { result[lane] = function(a[lane]) }
    return result
}

/// A vector of what a function gives for each two lanes.
@inline(__always)
private func lanes<Source: SIMD, Result: SIMD>(
    _ a: Source, _ b: Source, _ function: (Source.Scalar, Source.Scalar) -> Result.Scalar
) -> Result {
    var result = Result()
    for lane in 0..<Result.scalarCount { result[lane] = function(a[lane], b[lane]) }
    return result
}

/// `narrow`: the lanes of both vectors in half the width, what is out of range as the bound next to it.
@inline(__always)
private func narrow<Source: SIMD, Result: SIMD>(_ a: Source, _ b: Source) -> Result
where Source.Scalar: FixedWidthInteger, Result.Scalar: FixedWidthInteger {
    var result = Result()
    for lane in 0..<Source.scalarCount {
        result[lane] = Result.Scalar(clamping: a[lane])
        result[lane + Source.scalarCount] = Result.Scalar(clamping: b[lane])
    }
    return result
}
