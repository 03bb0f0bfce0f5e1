import ABI
import Testing

@testable import TTY

/// One case: keys typed under some flags, and what comes of them.
struct LineCase: CustomTestStringConvertible, Sendable {
    var name: String
    /// Flags added to or (`clear`) taken from the standard attributes.
    var input: UInt32 = 0
    var clearInput: UInt32 = 0
    var output: UInt32 = 0
    var clearOutput: UInt32 = 0
    var local: UInt32 = 0
    var clearLocal: UInt32 = 0
    var characters: [Int: UInt8] = [:]
    var keys: String
    var echo: String
    /// What reads return, until none is ready.
    var reads: [String] = []
    var signals: [Signal] = []
    var testDescription: String { name }

    var attributes: TerminalAttributes {
        var attributes = TerminalAttributes.standard
        attributes.input = (attributes.input | input) & ~clearInput
        attributes.output = (attributes.output | output) & ~clearOutput
        attributes.local = (attributes.local | local) & ~clearLocal
        for (index, byte) in characters { attributes.controlCharacters[index] = byte }
        return attributes
    }
}

@Suite struct LineDisciplineTests {
    static let cases: [LineCase] = [
        LineCase(name: "a line", keys: "ls\r", echo: "ls\r\n", reads: ["ls\n"]),
        LineCase(name: "two lines are two reads", keys: "a\nb\n", echo: "a\r\nb\r\n", reads: ["a\n", "b\n"]),
        LineCase(name: "an unfinished line is not read", keys: "abc", echo: "abc"),
        LineCase(name: "no output processing", clearOutput: TerminalOutput.process, keys: "a\r", echo: "a\n", reads: ["a\n"]),
        LineCase(name: "erase", keys: "ab\u{7F}c\r", echo: "ab\u{8} \u{8}c\r\n", reads: ["ac\n"]),
        LineCase(name: "erase of nothing", keys: "\u{7F}a\r", echo: "a\r\n", reads: ["a\n"]),
        LineCase(name: "erase stops at the line", keys: "a\r\u{7F}\u{7F}b\r", echo: "a\r\nb\r\n", reads: ["a\n", "b\n"]),
        LineCase(name: "erase takes a code point", keys: "é€\u{7F}\r", echo: "é€\u{8} \u{8}\r\n", reads: ["é\n"]),
        LineCase(
            name: "erase takes a byte without utf8", clearInput: TerminalInput.utf8, keys: "é\u{7F}\u{7F}x\r",
            echo: "é\u{8} \u{8}\u{8} \u{8}x\r\n", reads: ["x\n"]),
        LineCase(name: "erase of a control character", keys: "a\u{1}\u{7F}\r", echo: "a^A\u{8} \u{8}\u{8} \u{8}\r\n", reads: ["a\n"]),
        LineCase(
            name: "erase of a tab goes back to where it began", keys: "ab\t\u{7F}c\r",
            echo: "ab\t" + String(repeating: "\u{8}", count: 6) + "c\r\n", reads: ["abc\n"]),
        LineCase(
            name: "erase of a second tab", keys: "\t\t\u{7F}\r", echo: "\t\t" + String(repeating: "\u{8}", count: 8) + "\r\n",
            reads: ["\t\n"]),
        LineCase(
            name: "erase without ECHOE", clearLocal: TerminalLocal.echoErase, keys: "ab\u{7F}\r", echo: "ab^?\r\n", reads: ["a\n"]),
        LineCase(
            name: "ECHOPRT shows what goes", local: TerminalLocal.echoPrint, keys: "abc\u{7F}\u{7F}d\r", echo: "abc\\cb/d\r\n",
            reads: ["ad\n"]),
        LineCase(
            name: "ECHOPRT ends with the line", local: TerminalLocal.echoPrint, keys: "aé\u{7F}\r", echo: "aé\\é/\r\n",
            reads: ["a\n"]),
        LineCase(
            name: "ECHOPRT ends when nothing is left", local: TerminalLocal.echoPrint, keys: "a\u{7F}\u{7F}b\r", echo: "a\\a/b\r\n",
            reads: ["b\n"]),
        LineCase(name: "kill", keys: "abc\u{15}d\r", echo: "abc" + String(repeating: "\u{8} \u{8}", count: 3) + "d\r\n", reads: ["d\n"]),
        LineCase(
            name: "kill without ECHOKE", clearLocal: TerminalLocal.echoKillErase, keys: "abc\u{15}d\r", echo: "abc^U\r\nd\r\n",
            reads: ["d\n"]),
        LineCase(
            name: "kill without ECHOK", clearLocal: TerminalLocal.echoKillErase | TerminalLocal.echoKill, keys: "ab\u{15}d\r",
            echo: "ab^Ud\r\n", reads: ["d\n"]),
        LineCase(
            name: "word erase", keys: "one two  \u{17}x\r", echo: "one two  " + String(repeating: "\u{8} \u{8}", count: 5) + "x\r\n",
            reads: ["one x\n"]),
        LineCase(
            name: "word erase needs IEXTEN", clearLocal: TerminalLocal.extended, keys: "a\u{17}\r", echo: "a^W\r\n",
            reads: ["a\u{17}\n"]),
        LineCase(name: "reprint", keys: "ab\u{12}c\r", echo: "ab^R\r\nabc\r\n", reads: ["abc\n"]),
        LineCase(name: "literal next", keys: "\u{16}\u{3}\r", echo: "^\u{8}^C\r\n", reads: ["\u{3}\n"]),
        LineCase(name: "a literal newline ends no line", keys: "a\u{16}\nb\r", echo: "a^\u{8}^Jb\r\n", reads: ["a\nb\n"]),
        LineCase(name: "a literal return is not mapped", keys: "\u{16}\rx\r", echo: "^\u{8}^Mx\r\n", reads: ["\rx\n"]),
        LineCase(name: "end of file alone", keys: "\u{4}", echo: "", reads: [""]),
        LineCase(name: "end of file pushes a line", keys: "ab\u{4}", echo: "ab", reads: ["ab"]),
        LineCase(name: "end of file twice", keys: "ab\u{4}\u{4}", echo: "ab", reads: ["ab", ""]),
        LineCase(name: "end of line character", characters: [11: 0x3B], keys: "a;b\r", echo: "a;b\r\n", reads: ["a;", "b\n"]),
        LineCase(name: "second end of line", characters: [16: 0x3B], keys: "a;b\r", echo: "a;b\r\n", reads: ["a;", "b\n"]),
        LineCase(
            name: "second end of line needs IEXTEN", clearLocal: TerminalLocal.extended, characters: [16: 0x3B], keys: "a;b\r",
            echo: "a;b\r\n", reads: ["a;b\n"]),
        LineCase(name: "a disabled character", characters: [2: 0], keys: "a\u{7F}\r", echo: "a^?\r\n", reads: ["a\u{7F}\n"]),
        LineCase(name: "no echo", clearLocal: TerminalLocal.echo, keys: "pw\u{7F}\r", echo: "", reads: ["p\n"]),
        LineCase(
            name: "ECHONL without echo", local: TerminalLocal.echoNewline, clearLocal: TerminalLocal.echo, keys: "pw\r", echo: "\r\n",
            reads: ["pw\n"]),
        LineCase(name: "no ECHOCTL", clearLocal: TerminalLocal.echoControl, keys: "\u{1}\u{7F}\r", echo: "\u{1}\r\n", reads: ["\n"]),
        LineCase(name: "interrupt flushes", keys: "ab\nc\u{3}d\r", echo: "^Cd\r\n", reads: ["d\n"], signals: [.interrupt]),
        LineCase(
            name: "interrupt under NOFLSH", local: TerminalLocal.noFlush, keys: "ab\nc\u{3}d\r", echo: "ab\r\nc^Cd\r\n",
            reads: ["ab\n", "cd\n"], signals: [.interrupt]),
        LineCase(name: "quit and suspend", keys: "\u{1C}\u{1A}", echo: "^Z", signals: [.quit, .terminalStop]),
        LineCase(
            name: "no ISIG", clearLocal: TerminalLocal.signals, keys: "\u{3}\r", echo: "^C\r\n", reads: ["\u{3}\n"]),
        LineCase(name: "IGNCR", input: TerminalInput.ignoreReturn, keys: "a\rb\n", echo: "ab\r\n", reads: ["ab\n"]),
        LineCase(
            name: "no ICRNL", clearInput: TerminalInput.returnToNewline, keys: "a\rb\n", echo: "a^Mb\r\n", reads: ["a\rb\n"]),
        LineCase(
            name: "INLCR", input: TerminalInput.newlineToReturn, clearInput: TerminalInput.returnToNewline, keys: "a\nb",
            echo: "a^Mb"),
        LineCase(
            name: "ISTRIP", input: TerminalInput.strip, clearInput: TerminalInput.utf8, keys: "é\r", echo: "C)\r\n", reads: ["C)\n"]),
        LineCase(name: "stop and start are not input", keys: "a\u{13}\u{11}b\r", echo: "ab\r\n", reads: ["ab\n"]),
        LineCase(
            name: "stop without IXON is input", clearInput: TerminalInput.outputControl, keys: "\u{13}\r", echo: "^S\r\n",
            reads: ["\u{13}\n"]),
        LineCase(
            name: "expanded tabs", output: TerminalOutput.expandTabs, keys: "a\tb\r", echo: "a       b\r\n", reads: ["a\tb\n"]),
    ]

    @Test(arguments: cases) func keysComeToEchoReadsAndSignals(_ line: LineCase) {
        var discipline = LineDiscipline(attributes: line.attributes)
        var reaction = LineDiscipline.Reaction()
        for byte in line.keys.utf8 { discipline.receive(byte, into: &reaction) }
        #expect(reaction.echo == Array(line.echo.utf8))
        #expect(reaction.signals == line.signals)
        var reads: [[UInt8]] = []
        while let read = discipline.takeLine(4096) { reads.append(read) }
        #expect(reads == line.reads.map { Array($0.utf8) })
    }

    @Test(arguments: [
        ("a\nb\r\n", TerminalOutput.process | TerminalOutput.newlineToReturnNewline, "a\r\nb\r\r\n"),
        ("a\nb\r", TerminalOutput.newlineToReturnNewline, "a\nb\r"),
        ("a\rb", TerminalOutput.process | TerminalOutput.returnToNewline, "a\nb"),
        ("\ra\rb\r\r", TerminalOutput.process | TerminalOutput.noReturnAtStart, "a\rb\r"),
        ("a\n\rb", TerminalOutput.process | TerminalOutput.newlineReturns | TerminalOutput.noReturnAtStart, "a\nb"),
        ("a\n\rb", TerminalOutput.process | TerminalOutput.noReturnAtStart, "a\n\rb"),
        ("abc\td\u{8}\te", TerminalOutput.process | TerminalOutput.expandTabs, "abc     d\u{8}        e"),
        ("é\tx", TerminalOutput.process | TerminalOutput.expandTabs, "é       x"),
    ]) func outputIsProcessed(_ written: String, _ flags: UInt32, _ shown: String) {
        var attributes = TerminalAttributes.standard
        attributes.output = flags
        // In parts of every size: the result is the same.
        for size in 1...written.utf8.count {
            var processor = OutputProcessor()
            var result: [UInt8] = []
            let bytes = Array(written.utf8)
            var index = 0
            while index < bytes.count {
                let end = min(index + size, bytes.count)
                #expect(processor.process(bytes[index..<end], attributes, into: &result) == end - index)
                index = end
            }
            #expect(result == Array(shown.utf8))
        }
    }

    @Test func aShortReadLeavesTheRestOfTheLine() {
        var discipline = LineDiscipline()
        var reaction = LineDiscipline.Reaction()
        for byte in "abcd\nef\u{4}".utf8 { discipline.receive(byte, into: &reaction) }
        #expect(discipline.takeLine(3) == Array("abc".utf8))
        #expect(discipline.takeLine(9) == Array("d\n".utf8))
        #expect(discipline.takeLine(1) == Array("e".utf8))
        // The end of file goes with the last byte: it is no empty read of its own.
        #expect(discipline.takeLine(1) == Array("f".utf8))
        #expect(discipline.takeLine(1) == nil)
    }

    @Test func aLineTooLongRingsAndCanStillBeEnded() {
        var discipline = LineDiscipline()
        var reaction = LineDiscipline.Reaction()
        for _ in 0..<5000 { discipline.receive(0x61, into: &reaction) }
        #expect(reaction.echo.filter { $0 == 7 }.count == 5000 - 4095)
        discipline.receive(0x0A, into: &reaction)
        #expect(discipline.takeLine(8192)?.count == 4096)
    }

    @Test func goingOverToNonCanonicalModeKeepsWhatWasTyped() {
        var discipline = LineDiscipline()
        var reaction = LineDiscipline.Reaction()
        for byte in "ab\n\u{4}cd".utf8 { discipline.receive(byte, into: &reaction) }
        var attributes = TerminalAttributes.standard
        attributes.local &= ~TerminalLocal.canonical
        discipline.setAttributes(attributes)
        #expect(discipline.takeBytes(100) == Array("ab\ncd".utf8))
    }

    @Test func goingOverToCanonicalModeMakesLines() {
        var attributes = TerminalAttributes.standard
        attributes.local &= ~TerminalLocal.canonical
        var discipline = LineDiscipline(attributes: attributes)
        var reaction = LineDiscipline.Reaction()
        for byte in "ab\ncd".utf8 { discipline.receive(byte, into: &reaction) }
        discipline.setAttributes(.standard)
        #expect(discipline.takeLine(100) == Array("ab\n".utf8))
        #expect(discipline.takeLine(100) == Array("cd".utf8))
        #expect(discipline.takeLine(100) == nil)
        for byte in "e\n".utf8 { discipline.receive(byte, into: &reaction) }
        #expect(discipline.takeLine(100) == Array("e\n".utf8))
    }

    /// Types bytes, and answers what a read returns in non-canonical mode, or of a line.
    private static func read(_ bytes: [UInt8], _ change: (inout TerminalAttributes) -> Void) -> [UInt8] {
        var attributes = TerminalAttributes.standard
        change(&attributes)
        var discipline = LineDiscipline(attributes: attributes)
        var reaction = LineDiscipline.Reaction()
        for byte in bytes { discipline.receive(byte, into: &reaction) }
        return discipline.isReadable ? discipline.takeLine(100) ?? [] : []
    }

    @Test func marksOfErrorsCanBeToldFromBytes() {
        #expect(Self.read([0x61, 0xFF, 0x0A]) { _ in } == [0x61, 0xFF, 0x0A])
        #expect(Self.read([0x61, 0xFF, 0x0A]) { $0.input |= TerminalInput.markErrors } == [0x61, 0xFF, 0xFF, 0x0A])
        let both = TerminalInput.markErrors | TerminalInput.ignoreErrors
        #expect(Self.read([0x61, 0xFF, 0x0A]) { $0.input |= both } == [0x61, 0xFF, 0x0A])
        let stripped = TerminalInput.markErrors | TerminalInput.strip
        #expect(Self.read([0x61, 0xFE, 0x0A]) { $0.input |= stripped } == [0x61, 0x7E, 0x0A])
        // VERASE takes the byte that was typed.
        #expect(Self.read([0x61, 0xFF, 0x7F, 0x0A]) { $0.input |= TerminalInput.markErrors } == [0x61, 0x0A])
    }

    @Test func bytesHaveAsManyBitsAsTheLine() {
        #expect(Self.read([0xC1, 0x0A]) { $0.control = TerminalControl.receive | 0o40 } == [0x41, 0x0A])
        #expect(Self.read([0x61, 0x0A]) { $0.control = TerminalControl.receive | 0o20 } == [0x21, 0x0A])
        #expect(Self.read([0x61, 0x0A]) { $0.control = TerminalControl.receive } == [0x01, 0x0A])
        #expect(Self.read([0x61, 0x0A]) { $0.control &= ~TerminalControl.receive } == [])
    }

    @Test func anInputSpeedOfNoneIsThatOfOutput() {
        var discipline = LineDiscipline()
        var attributes = TerminalAttributes.standard
        (attributes.inputSpeed, attributes.outputSpeed) = (0, 9600)
        discipline.setAttributes(attributes)
        #expect(discipline.attributes.inputSpeed == 9600)
    }
}
