import Martlet
import Testing

@Suite struct OptionsTests {
    private func options(_ words: [String], _ known: StaticString = "abn:") throws -> Options {
        try Options(words.map(bytes), known: known)
    }

    @Test func groupsArgumentsAndOperands() throws {
        let options = try options(["-ab", "-n5", "-n", "x", "-", "-a"])
        #expect(options.has("a") && options.has("b"))
        #expect(options.value("n") == bytes("x"))
        #expect(options.operands == [bytes("-"), bytes("-a")])
        #expect(try self.options(["-a", "--", "-b"]).operands == [bytes("-b")])
        #expect(try self.options(["-an", "--"]).value("n") == bytes("--"))
    }

    @Test func refusesWhatIsUnknown() {
        for words in [["-x"], ["-ax"], ["--long"], ["-:"], ["-n"], ["--help"]] {
            do {
                _ = try options(words)
                Issue.record("accepted \(words)")
            } catch let failure as Options.Failure {
                switch failure {
                case .unknown: #expect(!["-n", "--help"].contains(words[0]))
                case .missingArgument(let letter): #expect(letter == UInt8(ascii: "n") && words == ["-n"])
                case .help: #expect(words == ["--help"])
                }
            } catch {
                Issue.record("another error")
            }
        }
    }
}

@Suite struct BytesTests {
    @Test func numbers() {
        #expect(bytes("-12").decimal == -12)
        #expect(bytes("9223372036854775807").decimal == Int64.max)
        #expect(bytes("-9223372036854775808").decimal == Int64.min)
        for text in ["", "-", "1x", "9223372036854775808", " 1"] { #expect(bytes(text).decimal == nil) }
        var line: [UInt8] = []
        line.append(decimal: 42, width: 5)
        line.append(decimal: Int64.min)
        line.append(octal: 0o755, width: 4)
        #expect(line == bytes("   42-92233720368547758080755"))
    }

    @Test func paths() {
        for (path, base, directory) in [
            ("/usr/lib", "lib", "/usr"), ("/usr/", "usr", "/"), ("usr", "usr", "."), ("/", "/", "/"), ("a//b", "b", "a"), ("", ".", "."),
            ("//a", "a", "/"), ("..", "..", "."),
        ] {
            #expect(Path.baseName(bytes(path)) == bytes(base))
            #expect(Path.directoryName(bytes(path)) == bytes(directory))
        }
    }

    @Test func calendar() {
        for (seconds, date) in [
            (0, (1970, 1, 1, 4, 1)), (951_782_400, (2000, 2, 29, 2, 60)), (-1, (1969, 12, 31, 3, 365)),
            (4_107_542_400, (2100, 3, 1, 1, 60)), (1_798_675_200, (2026, 12, 31, 4, 365)), (1_735_603_200, (2024, 12, 31, 2, 366)),
        ] as [(Int64, (Int, Int, Int, Int, Int))] {
            let time = CalendarTime(seconds: seconds)
            #expect((time.year, time.month, time.day, time.weekday, time.dayOfYear) == date)
        }
    }

    @Test func codecNeverTraps() throws {
        var writer = ByteWriter()
        writer.integer(UInt16(0x1234))
        writer.strings([bytes("a"), [], bytes("ccc")])
        for length in 0..<writer.bytes.count {
            var reader = ByteReader([UInt8](writer.bytes[0..<length]))
            #expect(throws: Errno.badMessage) {
                _ = try reader.integer(UInt16.self)
                _ = try reader.strings()
            }
        }
        var reader = ByteReader(writer.bytes)
        #expect(try reader.integer(UInt16.self) == 0x1234)
        #expect(try reader.strings() == [bytes("a"), [], bytes("ccc")])
        var lie = ByteReader([0xFF, 0xFF, 0xFF, 0xFF])
        #expect(throws: Errno.badMessage) { _ = try lie.strings() }
    }
}
