// The program ABI as Swift functions: WASI preview 1 and Martlet's own calls (`Sources/Martlet/README.md` describes those).
//
// `WebAssembly*.swift` binds the imports; `Linux*.swift` does the same on Linux, so that programs run there as they do in
// Martlet. Both have the same functions, and nothing above this target knows which it has. Every function answers 0 or the
// WASI number of an error; results are `inout`. Paths are bytes without a terminating zero.

/// The program ABI.
package enum Port {
    /// 0, or the WASI preview 1 number of an error.
    package typealias Code = UInt16

    /// One thing that `poll` waits for.
    package struct PollWait: Sendable {
        /// An open descriptor.
        package var descriptor: Int32
        /// Until it can be written; otherwise until it can be read.
        package var isWrite: Bool
        /// Result: it can, or it never will (end of file, error).
        package var isReady = false
        /// Result: the other end is gone.
        package var isHungUp = false
        /// Result: 0 or an error of this descriptor.
        package var error: Code = 0

        package init(descriptor: Int32, isWrite: Bool) {
            self.descriptor = descriptor
            self.isWrite = isWrite
        }
    }
}

extension [UInt8] {
    /// Appends an integer, least significant byte first.
    mutating func appendLittleEndian<T: FixedWidthInteger>(_ value: T) {
        for index in 0..<(T.bitWidth / 8) { append(UInt8(truncatingIfNeeded: value >> T(8 * index))) }
    }

    /// The integer at `offset`, least significant byte first. The caller knows that it is inside.
    func littleEndian<T: FixedWidthInteger>(at offset: Int, as type: T.Type) -> T {
        var value: T = 0
        for index in 0..<(T.bitWidth / 8) { value |= T(truncatingIfNeeded: self[offset + index]) << T(8 * index) }
        return value
    }
}
