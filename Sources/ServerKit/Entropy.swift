package import ABI

/// A deterministic generator of unpredictable bytes: the ChaCha20 block function in counter mode over a 32-byte seed.
///
/// Source: RFC 8439, section 2.3.
package struct RandomGenerator: Sendable {
    private var key: [UInt32]
    private var counter: UInt64 = 0
    private var block: [UInt8] = []
    private var used = 0

    /// Seeds with up to 32 bytes; missing ones count as zero.
    package init(seed: [UInt8]) {
        key = []
        for word in 0..<8 {
            var value: UInt32 = 0
            for byte in 0..<4 where word * 4 + byte < seed.count { value |= UInt32(seed[word * 4 + byte]) << UInt32(8 * byte) }
            key.append(value)
        }
    }

    /// `count` further bytes.
    package mutating func bytes(_ count: Int) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(count)
        while result.count < count {
            if used == block.count {
                block = RandomGenerator.block(key: key, counter: counter)
                counter &+= 1
                used = 0
            }
            let take = min(count - result.count, block.count - used)
            result.append(contentsOf: block[used..<used + take])
            used += take
        }
        return result
    }

    /// A further 64-bit number.
    package mutating func number() -> UInt64 {
        var value: UInt64 = 0
        for (index, byte) in bytes(8).enumerated() { value |= UInt64(byte) << UInt64(8 * index) }
        return value
    }

    /// The ChaCha20 block for a 64-bit counter and a zero nonce: 64 bytes.
    package static func block(key: [UInt32], counter: UInt64, nonce: (UInt32, UInt32) = (0, 0)) -> [UInt8] {
        var state: [UInt32] = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574]
        state += key
        state += [UInt32(truncatingIfNeeded: counter), UInt32(truncatingIfNeeded: counter >> 32), nonce.0, nonce.1]
        let initial = state
        for _ in 0..<10 {
            for column in 0..<4 { quarterRound(&state, column, column + 4, column + 8, column + 12) }
            for row in 0..<4 { quarterRound(&state, row, 4 + (row + 1) % 4, 8 + (row + 2) % 4, 12 + (row + 3) % 4) }
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(64)
        for index in 0..<16 {
            let word = state[index] &+ initial[index]
            for shift in [UInt32(0), 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
        }
        return bytes
    }

    private static func quarterRound(_ s: inout [UInt32], _ a: Int, _ b: Int, _ c: Int, _ d: Int) {
        func rotate(_ value: UInt32, _ count: UInt32) -> UInt32 { value << count | value >> (32 - count) }
        s[a] = s[a] &+ s[b]
        s[d] = rotate(s[d] ^ s[a], 16)
        s[c] = s[c] &+ s[d]
        s[b] = rotate(s[b] ^ s[c], 12)
        s[a] = s[a] &+ s[b]
        s[d] = rotate(s[d] ^ s[a], 8)
        s[c] = s[c] &+ s[d]
        s[b] = rotate(s[b] ^ s[c], 7)
    }

    /// Appends the state: key, counter, bytes of the present block already given out.
    package func encode(into writer: inout Writer) {
        for word in key { writer.u32(word) }
        writer.u64(counter)
        writer.u32(UInt32(block.isEmpty ? 64 : used))
    }

    /// Reads a state that `encode` wrote.
    package init(decoding reader: inout Reader) throws(Errno) {
        key = []
        for _ in 0..<8 { key.append(try reader.u32()) }
        counter = try reader.u64()
        let given = try reader.u32()
        guard given <= 64 else { throw .badMessage }
        if counter > 0 {
            block = RandomGenerator.block(key: key, counter: counter - 1)
            used = Int(given)
        }
    }
}
