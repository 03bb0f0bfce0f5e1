import ABI
import FileServer
import Testing

@Suite struct ManifestTests {
    private static let hash = String(repeating: "0a", count: 32)

    private func failure(_ text: String) -> String? {
        do throws(ManifestError) {
            try Manifest.parse(bytes(text)) { (_, _, _) throws(ManifestError) in }
            return nil
        } catch { return String(decoding: error.text, as: UTF8.self) }
    }

    @Test func readsWhatItWrites() throws {
        let entries: [(ManifestEntry, String)] = [
            (.directory(mode: 0o755, user: .root, group: GroupID(rawValue: 0)), "/bin"),
            (
                .file(
                    mode: 0o4755, user: UserID(rawValue: 1), group: GroupID(rawValue: 4_294_967_294), size: 123_456_789, hash: Array(0..<32)
                ),
                "/bin/sh"
            ),
            (.hardLink(bytes("/bin/sh")), "/bin/a b"), (.symbolicLink(bytes("../x y")), "/bin/..."),
        ]
        var text = Manifest.firstLine + [10]
        for (entry, path) in entries { text += Manifest.line(entry, bytes(path)) }
        #expect(
            String(decoding: text, as: UTF8.self).hasPrefix("martlet-image 1\nd\t755\t0\t0\t/bin\nf\t4755\t1\t4294967294\t123456789\t0001"))
        var read = 0
        try Manifest.parse(text) { (entry, path, line) throws(ManifestError) in
            #expect(entry == entries[read].0 && path == bytes(entries[read].1) && line == read + 2)
            read += 1
        }
        #expect(read == 4)
    }

    @Test func refusesWhatIsMalformed() {
        let hash = ManifestTests.hash
        #expect(failure("martlet-image 1\n") == nil)
        #expect(failure("martlet-image 1\nf\t644\t0\t0\t5\t\(hash)\t/f\n") == nil)
        let wrong = [
            "", "\n", "martlet-image 2\n", "martlet-image 1", "martlet-image 1\n\n", "martlet-image 1\nx\t/a\n",
            "martlet-image 1\nd\t755\t0\t/a\n", "martlet-image 1\nd\t755\t0\t0\t0\t/a\n", "martlet-image 1\nd\t789\t0\t0\t/a\n",
            "martlet-image 1\nd\t17777\t0\t0\t/a\n", "martlet-image 1\nd\t755\t-1\t0\t/a\n", "martlet-image 1\nd\t755\t0\t4294967295\t/a\n",
            "martlet-image 1\nd\t755\t0\t0\ta\n", "martlet-image 1\nd\t755\t0\t0\t/a/\n", "martlet-image 1\nd\t755\t0\t0\t/a//b\n",
            "martlet-image 1\nd\t755\t0\t0\t/a/../b\n", "martlet-image 1\nd\t755\t0\t0\t/.\n", "martlet-image 1\nd\t755\t0\t0\t\n",
            "martlet-image 1\nd\t755\t0\t0\t/\(String(repeating: "n", count: 256))\n", "martlet-image 1\nd\t755\t0\t0\t/a\0b\n",
            "martlet-image 1\nd \t755\t0\t0\t/a\n", "martlet-image 1\nd\t 755\t0\t0\t/a\n", "martlet-image 1\nd\t755\t0\t0\t/a\nx",
            "martlet-image 1\nf\t644\t0\t0\t5\t\(hash)0\t/f\n", "martlet-image 1\nf\t644\t0\t0\t5\t\(hash.uppercased())\t/f\n",
            "martlet-image 1\nf\t644\t0\t0\t5x\t\(hash)\t/f\n", "martlet-image 1\nf\t644\t0\t0\t9999999999999999999\t\(hash)\t/f\n",
            "martlet-image 1\nf\t644\t0\t0\t5\t\(hash)\t/\n", "martlet-image 1\nh\ta\t/b\n", "martlet-image 1\nh\t/a\t/\n",
            "martlet-image 1\nl\t\t/b\n",
        ]
        for text in wrong { #expect(failure(text) != nil, "\(text.debugDescription)") }
        #expect(failure("martlet-image 1\nd\t755\t0\t0\t/a\nd\t999\t0\t0\t/b\n") == "line 3: the mode is not octal, at most 7777")
    }
}
