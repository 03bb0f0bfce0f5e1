/// The count of outcomes.
import Wasm

struct Tally {
    private(set) var passed = 0
    private(set) var failed = 0
    private var otherTexts = 0
    private var notBinary = 0
    private var outOfScope = [Int](repeating: 0, count: Proposal.allCases.count)
    private var byExpectation = [0, 0, 0]

    /// Counts an outcome, and prints it if it is a failure.
    mutating func add(_ outcome: ModuleTest.Outcome, of test: ModuleTest, showsTexts: Bool) {
        switch outcome {
        case .passed: pass(test)
        case .otherText(let text):
            pass(test)
            otherTexts += 1
            if showsTexts { print("\(test.place): \(text)") }
        case .outOfScope(let proposal):
            for (index, other) in Proposal.allCases.enumerated() where other == proposal { outOfScope[index] += 1 }
        case .notBinary: notBinary += 1
        case .failed(let text):
            failed += 1
            print("FAILED \(test.place): \(text)")
        }
    }

    private mutating func pass(_ test: ModuleTest) {
        passed += 1
        switch test.expectation {
        case .accepted: byExpectation[0] += 1
        case .malformed: byExpectation[1] += 1
        case .invalid: byExpectation[2] += 1
        }
    }

    func report(scripts: Int) {
        print("\(scripts) scripts: \(byExpectation[0]) modules accepted, \(byExpectation[1]) malformed ones refused, ", terminator: "")
        print("\(byExpectation[2]) invalid ones refused (\(otherTexts) for another reason than the script's words)")
        for (proposal, count) in zip(Proposal.allCases, outOfScope) where count > 0 { print("out of scope, \(proposal): \(count)") }
        print("in the text format: \(notBinary)")
        print("\(passed) passed, \(failed) failed, \(outOfScope.reduce(0, +) + notBinary) skipped")
    }
}
