import Machine

/// Kills drivers and processes at any message. Its chance is its own, so that the schedule is that of the seed whatever is killed.
struct Killer {
    /// Kills in one run. A driver that ends more often within a minute is given up, rightly.
    private static let kills = 4

    private var chance: UInt64

    init(seed: UInt64) { chance = seed ^ 0xFA17 }

    mutating func below(_ bound: Int) -> Int {
        chance = chance &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((chance >> 33) % UInt64(bound))
    }

    /// Lets a machine run and kills something now and then, each time after fewer than `turns` turns.
    mutating func kill(_ machine: Machine, within turns: Int) {
        for _ in 0..<Killer.kills {
            machine.run(limit: below(turns)) { false }
            let victims = machine.killable
            if !victims.isEmpty { machine.crash(victims[below(victims.count)], "killed") }
        }
    }
}
