/// Commands of scripts that a later release of the specification contradicts.
import Foundation

/// A list of commands, one a line: the script's path and line (`v2/align.wast:968`), then the reason why its expectation holds no more.
/// Empty lines and those that begin with `#` say nothing.
///
/// A command of the list must not pass, and each must be met: so the list cannot hide anything, nor outlive its reasons.
struct Superseded {
    private let reasons: [String: String]
    private var left: Set<String>

    /// No commands.
    init() {
        (reasons, left) = ([:], [])
    }

    /// The list in a file. Throws if it cannot be read, or if a line has no reason.
    init(file: String) throws {
        var reasons: [String: String] = [:]
        for line in try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: " ", maxSplits: 1)
            guard parts.count == 2 else { throw CocoaError(.fileReadCorruptFile) }
            reasons[String(parts[0])] = String(parts[1])
        }
        self.reasons = reasons
        left = Set(reasons.keys)
    }

    /// What has become of the command at a place, given what the run says.
    mutating func judge(_ outcome: Outcome, at place: String) -> Outcome {
        guard let reason = reasons[place] else { return outcome }
        left.remove(place)
        guard case .failed = outcome else { return .failed("superseded (\(reason)), but it does not fail") }
        return .skipped("superseded, \(reason)")
    }

    /// Commands of the list that no script had.
    var missing: [String] { left.sorted() }
}
