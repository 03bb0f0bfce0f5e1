// What the hart offers to the libOS beside a program: the table "The hart and the libOS module" of ABI/README.md as a protocol.

package import ABI

/// An address in the program's memory, in bytes.
package typealias Address = UInt32

/// The hart, as the libOS sees it. Nothing here waits.
package protocol ProgramHost {
    /// Sends a whole message; the hart writes stamp and time.
    /// Throws `badFileDescriptor` (unknown connection), `resourceTemporarilyUnavailable` (no credit left), `badMessage`.
    mutating func send(_ connection: ConnectionID, _ message: [UInt8]) throws(Errno)
    /// Copies `count` bytes (not 0) from the program's memory. Throws `badAddress` when they are not all there.
    mutating func readProgram(_ address: Address, count: Int) throws(Errno) -> [UInt8]
    /// Copies `bytes[range]` (not empty) to the program's memory. Throws `badAddress`, and then has written nothing.
    mutating func writeProgram(_ address: Address, _ bytes: [UInt8], _ range: Range<Int>) throws(Errno)
    /// Writes the low `size` bytes (1…8) of `value`, least significant first. Throws `badAddress`.
    mutating func storeProgram(_ address: Address, _ value: UInt64, size: Int) throws(Errno)
    /// Time since the machine's start; never goes back.
    mutating func monotonicTime() -> Nanoseconds
    /// Time since 1970-01-01 UTC.
    mutating func realTime() -> Nanoseconds
    /// Nanoseconds between two steps of the clocks, at least 1.
    mutating func clockResolution() -> UInt64
    /// `count` bytes of the host's secure generator.
    mutating func randomBytes(_ count: Int) -> [UInt8]
    /// Asks for a call of `LibOS.timer` at that monotonic time; replaces an earlier one; `never`: none.
    mutating func setTimer(_ deadline: Nanoseconds)
    /// The program's image follows; `size` in bytes.
    mutating func imageBegin(size: UInt64)
    /// The image's next bytes, `bytes[from...]`.
    mutating func imageWrite(_ bytes: [UInt8], from: Int)
    /// The image is whole: compile and link it, then call `LibOS.imageResult`.
    mutating func imageEnd()
    /// The program is over: no further call is served.
    mutating func end()
}
