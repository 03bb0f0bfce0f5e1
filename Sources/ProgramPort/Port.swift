// The program ABI as Swift functions: WASI preview 1 and Martlet's own calls (`Sources/Martlet/README.md` describes those).
//
// `WebAssembly*.swift` binds the imports; `Linux*.swift` does the same on Linux, so that programs run there as they do in
// Martlet. Both have the same functions, and nothing above this target knows which it has. Every function answers 0 or the
// WASI number of an error; results are `inout`. Paths are bytes without a terminating zero.

/// The program ABI.
package enum Port {
    /// 0, or the WASI preview 1 number of an error.
    package typealias Code = UInt16

    /// Rights of WASI preview 1 that say what a descriptor is opened for.
    package enum Rights {
        /// `fd_read`, `fd_seek`, `fd_fdstat_set_flags`, `fd_sync`, `fd_tell`, `fd_readdir`, `fd_filestat_get`, `poll_fd_readwrite`
        /// and the path rights.
        package static let read: UInt64 =
            1 << 1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5 | 0x7FE00 | 1 << 21 | 1 << 27
        /// `fd_datasync`, `fd_seek`, `fd_fdstat_set_flags`, `fd_sync`, `fd_tell`, `fd_write`, `fd_allocate`, `fd_filestat_…`,
        /// `poll_fd_readwrite`.
        package static let write: UInt64 =
            1 << 0 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 8 | 1 << 21 | 1 << 22 | 1 << 23 | 1 << 27
    }

    /// Bytes of an encoded `FileStatus`.
    package static let statusBytes = 79
    /// Bytes of encoded terminal attributes.
    package static let terminalAttributesBytes = 41

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
