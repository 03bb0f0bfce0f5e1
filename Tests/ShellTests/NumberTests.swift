// Numbers that programs type for themselves, compared with those of the system and of the page.

import ABI
import Foundation
import Testing

@testable import Martlet
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
            ("iexten", .local, TerminalLocal.extended), ("echoprt", .local, TerminalLocal.echoPrint),
            ("ignpar", .input, TerminalInput.ignoreErrors), ("parmrk", .input, TerminalInput.markErrors),
            ("ixoff", .input, TerminalInput.inputControl), ("cread", .control, TerminalControl.receive),
            ("clocal", .control, TerminalControl.local), ("hupcl", .control, TerminalControl.hangUpOnClose),
        ]
        for (name, part, bit) in known {
            let flag = Stty.flags.first { "\($0.name)" == "\(name)" }
            #expect(flag?.part == part && flag?.bit == bit, "\(name)")
        }
        // Those that the terminal stores and does not heed.
        let stored = ["ignbrk", "brkint", "inpck", "parenb", "parodd", "cstopb", "ofill", "ofdel"]
        #expect(Set(Stty.flags.map { "\($0.name)" }) == Set(known.map { "\($0.0)" } + stored))
    }

    @Test func commandsToATerminalAreThoseOfTheABI() {
        for command in ABI.TerminalCommand.allCases {
            let own = File.TerminalCommand(rawValue: command.rawValue)
            #expect(own.map { "\($0)" } == "\(command)")
        }
        #expect(File.TerminalCommand(rawValue: UInt8(ABI.TerminalCommand.allCases.count)) == nil)
    }

    @Test func sttysSaneIsWhatATerminalStartsWith() throws {
        func text(_ text: String) -> [UInt8] { Array(text.utf8) }
        var writer = Writer()
        writer.value(ABI.TerminalAttributes.standard)
        let standard = try Martlet.TerminalAttributes(encoded: writer.bytes)
        var attributes = standard
        let saved = Stty.saved(attributes)
        for word in ["raw", "-echo", "cs7", "parenb", "tab3", "ixoff", "300"] {
            #expect(Stty.change(text(word), nil, &attributes) == 0, "\(word)")
        }
        #expect(attributes.local & 0o13 == 0 && attributes.output & 0o14001 == 0o14000 && attributes.inputSpeed == 300)
        #expect(attributes.control & 0o460 == 0o440)
        #expect(Stty.change(text("eof"), text("^X"), &attributes) == 1)
        #expect(Stty.change(text("intr"), text("undef"), &attributes) == 1)
        #expect(Stty.change(text("min"), text("5"), &attributes) == 1)
        #expect(Stty.change(text("erase"), text("^?"), &attributes) == 1)
        #expect(attributes.characters[4] == 24 && attributes.characters[0] == 0 && attributes.characters[6] == 5)
        for (word, next) in [("min", "256"), ("eof", "^1"), ("eof", "abc"), ("eof", nil), ("ispeed", "301"), ("none", nil), ("1:2", nil)] {
            #expect(Stty.change(text(word), next.map { text($0) }, &attributes) == nil, "\(word)")
        }
        let changed = attributes
        #expect(Stty.change(saved, nil, &attributes) == 0)
        #expect(attributes == standard, "what -g writes brings all back")
        attributes = changed
        for word in ["sane", "-parenb", "-ixoff", "38400"] { #expect(Stty.change(text(word), nil, &attributes) == 0) }
        // BRKINT, which POSIX has among the sane, is stored only.
        attributes.input &= ~2
        #expect(attributes == standard)
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
