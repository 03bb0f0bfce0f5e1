/// The one source of chance of a simulated machine: SplitMix64 over the run's seed.
///
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
struct Chance {
    /// All that it is.
    private(set) var state: UInt64

    init(seed: UInt64) { state = seed }

    /// A further 64-bit number.
    mutating func number() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// A number in 0..<bound; `bound` is at least 1.
    mutating func below(_ bound: Int) -> Int { Int(number() % UInt64(bound)) }
}
