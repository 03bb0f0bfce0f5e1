import Martlet
import Testing

@testable import Shell

/// The bytes of a string.
func bytes(_ text: String) -> [UInt8] { [UInt8](text.utf8) }

/// A program parsed and written out again.
private func unparsed(_ text: String) throws -> String {
    var parser = Parser(bytes(text))
    var unparser = Unparser()
    unparser.list(try parser.program())
    return String(decoding: unparser.text, as: UTF8.self)
}

@Suite struct ParserTests {
    @Test(arguments: [
        ("echo  a   b # comment", "echo a b\n"),
        ("a;b&c", "a\nb &\nc\n"),
        ("a && b || ! c | d", "a && b || ! c | d\n"),
        ("x=1 y='a b' cmd >f 2>&1 <g", "x=1 y='a b' cmd 1>f 2>&1 0<g\n"),
        ("if a; then b; elif c; then d; else e; fi", "if a\nthen b\nelif c\nthen d\nelse e\nfi\n"),
        ("while a; do b; done; until c; do d; done", "while a\ndo b\ndone\nuntil c\ndo d\ndone\n"),
        ("for x in a \"b c\"; do d; done", "for x in a \"b c\"\ndo d\ndone\n"),
        ("for x do d; done", "for x\ndo d\ndone\n"),
        ("case $x in a|b) c;; *) d; esac", "case $x in\n(a|b) c\n;;\n(*) d\n;;\nesac\n"),
        ("f() { a; }; (b)", "f() { a\n}\n( b\n)\n"),
        ("{ a; } >f", "{ a\n} 1>f\n"),
        ("echo \"$(a; (b))\" `c` ${x:-\"}\"} $((1+(2)))", "echo \"$(a; (b))\" `c` ${x:-\"}\"} $((1+(2)))\n"),
        ("cat <<E | b\nline\nE\nc", "cat 0<<E | b\nline\nE\nc\n"),
        ("echo if then a=b", "echo if then a=b\n"),
        ("3>f a", "a 3>f\n"),
    ])
    func writesBackWhatItRead(_ text: String, _ expected: String) throws {
        let once = try unparsed(text)
        #expect(once == expected)
        #expect(try unparsed(once) == once)
    }

    @Test(arguments: [
        "if a", "if a; then", "while a; do b", "(a", "{ a", "a &&", "a |", "'a", "\"a", "$(a", "${a", "`a", "case x in", "f()", "$((1",
        "cat <<E\ntext\n", "for x in a",
    ])
    func asksForMore(_ text: String) {
        var parser = Parser(bytes(text))
        do {
            _ = try parser.program()
            Issue.record("parsed")
        } catch {
            if case .incomplete = error { return }
            Issue.record("malformed: \(String(decoding: error.message, as: UTF8.self))")
        }
    }

    @Test(arguments: [
        ")", "fi", "a; fi", "a ;; b", "| a", "&& a", "a | | b", "for 1 in a; do b; done", "if ; then a; fi", "${}", "${a!b}", "a () )",
        "f() ;", "case x in a b) c;; esac", "> ; a", "}", "do", "`(`",
    ])
    func refusesWhatIsMalformed(_ text: String) {
        var parser = Parser(bytes(text))
        do {
            _ = try parser.program()
            Issue.record("parsed")
        } catch {
            if case .malformed = error { return }
            Issue.record("incomplete: \(String(decoding: error.message, as: UTF8.self))")
        }
    }

    /// Any bytes give a tree or a failure, never a trap.
    @Test func survivesAnyBytes() {
        var state: UInt64 = 42
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let pieces = [
            "$", "(", ")", "{", "}", "\"", "'", "`", "\\", "\n", " ", ";", "&", "|", "<", ">", "if ", "then ", "fi", "case ", "in ", "esac",
            "a",
            "=", "#", "*", "[", "]", "1", "<<E", "E", "do ", "done", "for ", "while ", "!", ":-", "%", "\u{0}",
        ]
        for _ in 0..<20000 {
            var text: [UInt8] = []
            for _ in 0..<next(14) { text += bytes(pieces[next(pieces.count)]) }
            var parser = Parser(text)
            _ = try? parser.program()
        }
    }
}

@Suite struct PatternTests {
    @Test(arguments: [
        ("*", "", true), ("*", "abc", true), ("a*c", "abbc", true), ("a*c", "abcd", false), ("?", "a", true), ("?", "", false),
        ("[abc]", "b", true), ("[!abc]", "b", false), ("[a-c]x", "bx", true), ("[]x]", "]", true), ("[a", "[a", true),
        ("\\*", "*", true), ("\\*", "a", false), ("a*b*c*d", "aXbXcXd", true), ("a*b*c*d", "aXbXdXc", false),
        ("[[:digit:]]*", "1x", true), ("[[:alpha:]]", "1", false), ("[^a]", "b", true), ("[\\]]", "]", true), ("*.t?t", "a.txt", true),
        ("[a-]", "-", true), ("**", "x", true), ("a?*", "a", false),
    ])
    func matches(_ pattern: String, _ text: String, _ expected: Bool) {
        #expect(Pattern(bytes(pattern)).matches(bytes(text)) == expected)
    }

    @Test func manyStarsTakeLinearTime() {
        let pattern = Pattern(bytes(String(repeating: "a*", count: 30) + "b"))
        #expect(!pattern.matches([UInt8](repeating: UInt8(ascii: "a"), count: 5000)))
    }
}

@Suite struct ArithmeticTests {
    @Test(
        arguments: [
            ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("7 / 2 - 7 % 3", 2), ("-3 - -4", 1), ("1 << 4 | 1", 17), ("6 ^ 3 & 2", 4),
            ("1 < 2 == 2 > 1", 1), ("!5 + ~0", -1), ("0x1F + 010", 39), ("1 ? 2 : 3 ? 4 : 5", 2), ("0 && 1 / 0", 0), ("1 || 1 / 0", 1),
            ("x = 5, 1", nil), ("1 +", nil), ("1 / 0", nil), ("08", nil), ("a b", nil), ("", 0), ("9223372036854775807 + 1", Int64.min),
            ("y += 2", 2), ("(1", nil), ("z = 3", 3), ("-9223372036854775807 - 1", Int64.min),
            ("(-9223372036854775807 - 1) / -1", Int64.min),
            ("1 << 70", 64),
        ] as [(String, Int64?)])
    func evaluates(_ text: String, _ expected: Int64?) {
        var variables = Variables()
        #expect((try? Arithmetic.evaluate(bytes(text), &variables)) == expected)
    }
}

@Suite struct ConditionTests {
    @Test(
        arguments: [
            ([], false), (["x"], true), ([""], false), (["!", ""], true), (["-n", ""], false), (["a", "=", "a"], true),
            (["1", "-lt", "2"], true), (["!", "a", "=", "a"], false), (["(", "x", ")"], true), (["-d", "/"], true),
            (["a", "-o", ""], true), (["", "-a", "b"], false), (["1", "-eq", "x"], nil), (["a", "b"], nil),
            (["a", "b", "c", "d", "e"], nil),
        ] as [([String], Bool?)])
    func evaluates(_ words: [String], _ expected: Bool?) {
        #expect((try? Condition.evaluate(words.map(bytes), isBracket: false)) == expected)
    }
}
