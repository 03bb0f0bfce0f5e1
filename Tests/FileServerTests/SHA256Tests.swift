import FileServer
import Testing

@Suite struct SHA256Tests {
    private func hash(_ text: String) -> String { String(decoding: hexadecimal(SHA256.digest(Array(text.utf8))), as: UTF8.self) }

    /// The examples that NIST publishes for FIPS 180-4.
    @Test func publishedVectors() {
        #expect(hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(hash("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(
            hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
                == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
        #expect(
            hash("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu")
                == "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1")
        #expect(hash(String(repeating: "a", count: 1_000_000)) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func piecesDoNotMatter() {
        let message = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        for length in [0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 129, 300] {
            let whole = SHA256.digest(Array(message[..<length]))
            for cut in stride(from: 0, through: length, by: 13) {
                var hash = SHA256()
                hash.update(message[0..<cut])
                hash.update(message[cut..<length])
                #expect(hash.finish() == whole)
            }
        }
    }

    @Test func hexadecimalDigits() {
        #expect(hexadecimalBytes(Array("00ff1a".utf8)) == [0, 255, 26])
        #expect(hexadecimalBytes(Array("0".utf8)) == nil)
        #expect(hexadecimalBytes(Array("0G".utf8)) == nil)
        #expect(hexadecimalBytes(Array("FF".utf8)) == nil)
    }
}
