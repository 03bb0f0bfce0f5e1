#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How much of a random test runs and with which seed, as `scripts/test` says.
package enum Run {
    private static func variable(_ name: String) -> UInt64 { getenv(name).flatMap { UInt64(String(cString: $0)) } ?? 0 }
    /// Whether long runs were asked for.
    package static let isLong = variable("MARTLET_TEST_LONG") == 1
    /// What the seeds of random tests are counted from.
    package static let seed = variable("MARTLET_TEST_SEED")
    /// Random messages to each server: 100,000, and ten times as many in a long run.
    package static let messages = isLong ? 1_000_000 : 100_000
}

/// The same sequence for the same seed (SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
package struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    package init(_ seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// A number from 0 up to, without, `bound`, which is positive.
    package mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// True so many times of a hundred.
    package mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

    /// One of the choices, of which there is one at least.
    package mutating func pick<T>(_ choices: [T]) -> T { choices[below(choices.count)] }

    /// So many random bytes.
    package mutating func bytes(_ count: Int) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(count)
        for _ in 0..<count { result.append(UInt8(truncatingIfNeeded: next())) }
        return result
    }
}
