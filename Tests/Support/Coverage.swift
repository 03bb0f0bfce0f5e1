package import ABI

/// Which requests a random run made, and how they were answered. A run that only ever hears refusals tests the decoder alone.
package struct Coverage {
    private var counts: [String: [Errno?: Int]] = [:]

    package init() {}

    /// A request was answered: with `error`, or with success. `step` is the operation's name, and what else tells one from another.
    package mutating func note(_ step: String, _ error: Errno?) { counts[step, default: [:]][error, default: 0] += 1 }

    /// How often a request was answered so; `nil`: with success.
    package func count(_ step: String, _ error: Errno? = nil) -> Int { counts[step]?[error] ?? 0 }

    /// What is wrong with a run in which each of `served` must have succeeded, each of `refused` have failed with its error, and
    /// nothing else but `others` may have succeeded (the list would be stale). Nothing if all is right.
    package func gaps(served: [String], refused: [(String, Errno)] = [], others: [String] = []) -> [String] {
        var gaps: [String] = []
        for step in served where count(step) == 0 { gaps.append("\(step) never succeeded: \(counts[step] ?? [:])") }
        for (step, error) in refused where count(step, error) == 0 {
            gaps.append("\(step) was never refused with \(error): \(counts[step] ?? [:])")
        }
        for step in counts.keys.sorted() where count(step) > 0 && !served.contains(step) && !others.contains(step) {
            gaps.append("\(step) succeeded, and is not in the list")
        }
        return gaps
    }
}

extension ABI.FinalOperation {
    /// The name of its case.
    package var name: String { String("\(self)".prefix { $0 != "(" }) }
}
