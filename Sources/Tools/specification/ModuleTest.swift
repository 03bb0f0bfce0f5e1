/// One module of a script and what is to become of it.
import Foundation
import Wasm

struct ModuleTest {
    enum Expectation {
        case accepted, malformed, invalid
    }

    enum Outcome {
        case passed
        /// As `passed`, but the reason is not the one that the script names.
        case otherText(String)
        /// The module uses what is not implemented.
        case outOfScope(Proposal)
        /// The module is in the text format.
        case notBinary
        case failed(String)
    }

    /// Script and line, for people.
    let place: String
    let expectation: Expectation
    /// The reason for a refusal that the script names.
    private let text: String
    /// Nil: the module is in the text format.
    private let bytes: [UInt8]?

    /// The test that a command is; nil: it is about no module, or only about its execution.
    init?(_ command: Script.Command, of script: Script) throws {
        switch command.type {
        // The modules of the last two are valid; they only fail to link or to start.
        case "module", "module_definition", "assert_unlinkable", "assert_uninstantiable": expectation = .accepted
        case "assert_malformed": expectation = .malformed
        case "assert_invalid": expectation = .invalid
        default: return nil
        }
        guard let filename = command.filename else { return nil }
        place = "\(script.name).wast:\(command.line)"
        text = command.text ?? ""
        bytes = command.moduleType == "text" ? nil : [UInt8](try Data(contentsOf: script.modules.appendingPathComponent(filename)))
    }

    /// The test that a file is a module to be accepted.
    init(accepted path: String) throws {
        expectation = .accepted
        place = path
        text = ""
        bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    func run() -> Outcome {
        guard let bytes else { return .notBinary }
        do throws(ModuleError) {
            let module = try Module(decoding: bytes)
            try module.validate()
            guard expectation == .accepted else { return .failed("accepted, but expected: \(text)") }
            return try Module(decoding: module.encoded()) == module ? .passed : .failed("changed by encoding and decoding")
        } catch {
            return judge(error)
        }
    }

    private func judge(_ error: ModuleError) -> Outcome {
        if case .unsupported(let proposal) = error.reason {
            // Release 2.0 says the same of this as we do.
            return proposal == .multipleMemories && text == "multiple memories" ? .passed : .outOfScope(proposal)
        }
        let reason: String
        switch (error.reason, expectation) {
        case (.malformed(let malformation), .malformed): reason = malformation.description
        case (.invalid(let violation), .invalid): reason = violation.description
        default: return .failed("\(error), but expected: \(expectation) \(text)")
        }
        return reason.hasPrefix(text) ? .passed : .otherText("\(error), where the script has: \(text)")
    }
}
