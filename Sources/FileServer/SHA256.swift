// SHA-256 (FIPS 180-4), fed in pieces. It hashes the whole system image, so it works on whole blocks in place.

/// A running SHA-256.
package struct SHA256: Sendable {
    /// Bytes of a digest.
    package static let size = 32

    private var state: [UInt32] = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]
    private var schedule = [UInt32](repeating: 0, count: 64)
    /// Bytes that do not yet fill a block: fewer than 64.
    private var tail: [UInt8] = []
    private var length: UInt64 = 0

    package init() {}

    /// The digest of `bytes`.
    package static func digest(_ bytes: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        hash.update(bytes[...])
        return hash.finish()
    }

    /// Takes further bytes.
    package mutating func update(_ bytes: ArraySlice<UInt8>) {
        length &+= UInt64(bytes.count)
        var rest = bytes
        if !tail.isEmpty {
            let part = rest.prefix(64 - tail.count)
            tail.append(contentsOf: part)
            rest = rest.dropFirst(part.count)
            guard tail.count == 64 else { return }
            let block = tail
            tail = []
            compress(block[...])
        }
        let whole = rest.count / 64 * 64
        compress(rest.prefix(whole))
        tail.append(contentsOf: rest.dropFirst(whole))
    }

    /// Ends the message: the digest, 32 bytes.
    package mutating func finish() -> [UInt8] {
        var padding: [UInt8] = [0x80]
        let used = (tail.count + 1) % 64
        padding.append(contentsOf: repeatElement(0, count: used <= 56 ? 56 - used : 120 - used))
        let bits = length &* 8
        for shift in stride(from: UInt64(56), through: 0, by: -8) { padding.append(UInt8(truncatingIfNeeded: bits >> shift)) }
        update(padding[...])
        var digest: [UInt8] = []
        digest.reserveCapacity(SHA256.size)
        for word in state {
            for shift in [UInt32(24), 16, 8, 0] { digest.append(UInt8(truncatingIfNeeded: word >> shift)) }
        }
        return digest
    }

    /// Takes whole blocks.
    private mutating func compress(_ blocks: ArraySlice<UInt8>) {
        // SAFETY: each access is below the count of its buffer: `bytes` is read 64 at a time while that many are left, `w` has 64
        // words, `k` 64 and `s` 8.
        blocks.withUnsafeBufferPointer { bytes in
            schedule.withUnsafeMutableBufferPointer { w in
                state.withUnsafeMutableBufferPointer { s in
                    SHA256.constants.withUnsafeBufferPointer { k in
                        var offset = 0
                        while bytes.count - offset >= 64 {
                            SHA256.block(bytes, offset, w, s, k)
                            offset += 64
                        }
                    }
                }
            }
        }
    }

    @inline(__always)
    private static func rotate(_ value: UInt32, _ count: UInt32) -> UInt32 { value &>> count | value &<< (32 &- count) }

    private static func block(
        _ bytes: UnsafeBufferPointer<UInt8>, _ offset: Int, _ w: UnsafeMutableBufferPointer<UInt32>,
        _ s: UnsafeMutableBufferPointer<UInt32>, _ k: UnsafeBufferPointer<UInt32>
    ) {
        for index in 0..<16 {
            let at = offset &+ index &* 4
            w[index] =
                UInt32(bytes[at]) &<< 24 | UInt32(bytes[at &+ 1]) &<< 16 | UInt32(bytes[at &+ 2]) &<< 8 | UInt32(bytes[at &+ 3])
        }
        for index in 16..<64 {
            let a = w[index &- 15]
            let b = w[index &- 2]
            let first = rotate(a, 7) ^ rotate(a, 18) ^ (a &>> 3)
            let second = rotate(b, 17) ^ rotate(b, 19) ^ (b &>> 10)
            w[index] = w[index &- 16] &+ first &+ w[index &- 7] &+ second
        }
        var (a, b, c, d, e, f, g, h) = (s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7])
        for index in 0..<64 {
            let choose = (e & f) ^ (~e & g)
            let first = h &+ (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) &+ choose &+ k[index] &+ w[index]
            let majority = (a & b) ^ (a & c) ^ (b & c)
            let second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) &+ majority
            (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
        }
        s[0] &+= a
        s[1] &+= b
        s[2] &+= c
        s[3] &+= d
        s[4] &+= e
        s[5] &+= f
        s[6] &+= g
        s[7] &+= h
    }

    private static let constants: [UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ]
}

/// Lower-case hexadecimal digits.
package func hexadecimal(_ bytes: [UInt8]) -> [UInt8] {
    let digits = [UInt8]("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count * 2)
    for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return text
}

/// The bytes that lower-case hexadecimal digits say, or `nil`.
package func hexadecimalBytes(_ text: some Collection<UInt8>) -> [UInt8]? {
    guard text.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    var high: UInt8?
    for digit in text {
        let value: UInt8
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
        default: return nil
        }
        if let first = high {
            bytes.append(first << 4 | value)
            high = nil
        } else {
            high = value
        }
    }
    return bytes
}
