import Testing
import Wasm

@Suite struct NamesTests {
    /// Well-formed and ill-formed UTF-8 at each border of table 3-7 of the Unicode standard.
    @Test func onlyWellFormedBytesAreAName() {
        let wellFormed: [[UInt8]] = [
            [], [0x00], [0x7F], [0xC2, 0x80], [0xDF, 0xBF], [0xE0, 0xA0, 0x80], [0xEC, 0xBF, 0xBF], [0xED, 0x9F, 0xBF], [0xEE, 0x80, 0x80],
            [0xEF, 0xBF, 0xBF], [0xF0, 0x90, 0x80, 0x80], [0xF3, 0xBF, 0xBF, 0xBF], [0xF4, 0x8F, 0xBF, 0xBF],
        ]
        let illFormed: [[UInt8]] = [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x7F], [0xC2, 0xC0], [0xE0, 0x9F, 0xBF], [0xE1, 0x80],
            [0xE1, 0x80, 0x7F],
            [0xED, 0xA0, 0x80], [0xEF, 0xBF, 0xC0], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x90, 0x80], [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80],
            [0xFF],
        ]
        for bytes in wellFormed { #expect(Name(utf8: bytes)?.bytes == bytes, "\(bytes)") }
        for bytes in illFormed {
            #expect(Name(utf8: bytes) == nil, "\(bytes)")
            #expect(Name(utf8: [0x61] + bytes + [0x61]) == nil, "\(bytes)")
        }
    }

    @Test func namesAreEqualByTheirBytes() {
        // Canonically equivalent: one scalar, and a letter with a combining mark.
        #expect("\u{E4}" == "a\u{308}")
        #expect(Name("\u{E4}") != Name("a\u{308}"))
        #expect(Name("\u{E4}").description == "\u{E4}")
    }

    private let names: Names = {
        var names = Names()
        names.module = "m"
        names.functions = [Names.Entry(1, "one"), Names.Entry(5, "five"), Names.Entry(1000, "")]
        names.locals = [Names.Locals(function: 5, [Names.Entry(0, "a"), Names.Entry(7, "b")])]
        return names
    }()

    @Test func theNameSectionSurvivesEncoding() throws {
        #expect(try Names(decoding: names.encoded()[...]) == names)
        // Subsection 7 names globals.
        let more = names.encoded() + [7, 4, 1, 0, 1, 0x67]
        let read = try Names(decoding: more[...])
        #expect(read.otherSubsections.map(\.id) == [7])
        #expect(read.encoded() == more)
    }

    @Test func functionsAreFoundByIndex() {
        let found = (0..<7).map { names.function($0)?.description }
        #expect(found == [nil, "one", nil, nil, nil, "five", nil])
        #expect(names.function(1000) == "")
        #expect(Names().function(0) == nil)
    }

    @Test func aBrokenNameSectionIsNoErrorOfTheModule() throws {
        var module = Module()
        #expect(module.names == nil)
        for broken: [UInt8] in [[0], [1, 2, 1], [1, 1, 0, 0, 1, 0], [1, 6, 2, 1, 0, 1, 0], [0, 2, 1, 0xFF]] {
            module.customSections = [CustomSection(Names.sectionName, broken[...])]
            #expect(refusal(of: try Module(decoding: module.encoded())) == nil)
            #expect(module.names == nil, "\(broken)")
        }
        module.customSections = [CustomSection("other", []), CustomSection(Names.sectionName, names.encoded()[...])]
        #expect(module.names == names)
    }
}
