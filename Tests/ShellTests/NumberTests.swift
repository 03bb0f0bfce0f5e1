// Numbers that programs type for themselves, compared with those of the system and of the page.

import ABI
import Foundation
import Testing

@testable import agent
@testable import utilities

@Suite struct NumberTests {
    @Test func sttysFlagsAreTheSystems() {
        let known: [(StaticString, Stty.Part, UInt32)] = [
            ("istrip", .input, TerminalInput.strip), ("inlcr", .input, TerminalInput.newlineToReturn),
            ("igncr", .input, TerminalInput.ignoreReturn), ("icrnl", .input, TerminalInput.returnToNewline),
            ("ixon", .input, TerminalInput.outputControl), ("ixany", .input, TerminalInput.anyReleases),
            ("imaxbel", .input, TerminalInput.bellWhenFull), ("iutf8", .input, TerminalInput.utf8),
            ("opost", .output, TerminalOutput.process), ("onlcr", .output, TerminalOutput.newlineToReturnNewline),
            ("ocrnl", .output, TerminalOutput.returnToNewline), ("onocr", .output, TerminalOutput.noReturnAtStart),
            ("onlret", .output, TerminalOutput.newlineReturns), ("isig", .local, TerminalLocal.signals),
            ("icanon", .local, TerminalLocal.canonical), ("echo", .local, TerminalLocal.echo), ("echoe", .local, TerminalLocal.echoErase),
            ("echok", .local, TerminalLocal.echoKill), ("echonl", .local, TerminalLocal.echoNewline),
            ("noflsh", .local, TerminalLocal.noFlush), ("tostop", .local, TerminalLocal.stopBackgroundOutput),
            ("echoctl", .local, TerminalLocal.echoControl), ("echoke", .local, TerminalLocal.echoKillErase),
            ("iexten", .local, TerminalLocal.extended),
        ]
        for (name, part, bit) in known {
            let flag = Stty.flags.first { "\($0.name)" == "\(name)" }
            #expect(flag?.part == part && flag?.bit == bit, "\(name)")
        }
        // Those that the terminal stores and does not heed.
        let stored = ["ignbrk", "brkint", "ignpar", "parmrk", "inpck", "ixoff"]
        #expect(Set(Stty.flags.map { "\($0.name)" }) == Set(known.map { "\($0.0)" } + stored))
    }

    @Test func sttysCharactersAreTheSystems() {
        let known: [(String, Int)] = [
            ("intr", ControlCharacter.interrupt), ("quit", ControlCharacter.quit), ("erase", ControlCharacter.erase),
            ("kill", ControlCharacter.kill), ("eof", ControlCharacter.endOfFile), ("time", ControlCharacter.time),
            ("min", ControlCharacter.minimum), ("start", ControlCharacter.start), ("stop", ControlCharacter.stop),
            ("susp", ControlCharacter.suspend), ("eol", ControlCharacter.endOfLine), ("rprnt", ControlCharacter.reprint),
            ("werase", ControlCharacter.wordErase), ("lnext", ControlCharacter.literalNext), ("eol2", ControlCharacter.secondEndOfLine),
        ]
        for (name, index) in known { #expect("\(Stty.characters[index])" == name) }
        #expect(Stty.characters.count == ControlCharacters.count)
    }

    /// `web/agent.js` has the numbers of the agent's messages a second time.
    @Test func thePageHasTheAgentsNumbers() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("web/agent.js")
        let text = try String(contentsOf: file, encoding: .utf8)
        func numbers(of name: String) throws -> [String] {
            let start = try #require(text.range(of: "const \(name) = Object.freeze({"))
            let body = text[start.upperBound...].prefix { $0 != "}" }
            return body.components(separatedBy: ",").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }.filter { !$0.isEmpty }
        }
        #expect(try numbers(of: "Call") == PageRequest.Kind.allCases.map { "\($0): \($0.rawValue)" })
        #expect(try numbers(of: "Answer") == AgentMessage.Kind.allCases.map { "\($0): \($0.rawValue)" })
    }
}
