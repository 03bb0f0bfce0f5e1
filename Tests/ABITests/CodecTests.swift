import ABI
import TestSupport
import Testing

@Suite struct CodecTests {
    @Test(arguments: Sample.all) func aValueSurvivesTheWire(_ sample: Sample) {
        #expect(sample.recode(sample.encoded) == sample.encoded)
    }

    @Test(arguments: Sample.all) func everyShorterMessageIsRefused(_ sample: Sample) {
        for length in 0..<sample.encoded.count {
            let cut = Array(sample.encoded[..<length])
            guard let again = sample.recode(cut) else { continue }
            #expect(sample.isTailed && again == cut, "\(length) of \(sample.encoded.count) bytes are no message")
        }
    }

    @Test(arguments: Sample.all) func aTailIsRefused(_ sample: Sample) {
        #expect(sample.recode(sample.encoded + [0]) == (sample.isTailed ? sample.encoded + [0] : nil))
    }

    /// 100,000 inputs for each decoder, or a twentieth that rotates with the seed: random bytes, and messages with bytes changed.
    /// (What is wrong shows by a trap, or in `recode`.)
    @Test(arguments: Sample.all) func randomBytesAreAValueOrAnError(_ sample: Sample) {
        var random = Seeded(Run.seed &+ UInt64(sample.encoded.count))
        var bytes = sample.encoded
        for round in 0..<(Run.isLong ? 100_000 : 5_000) {
            if round % 4 == 0 {
                bytes = (0..<Int(random.next() % 24)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            } else if round % 4 == 1 || bytes.isEmpty {
                bytes = sample.encoded
            }
            if !bytes.isEmpty {
                // Small and extreme numbers reach further than evenly random ones.
                let choice = random.next()
                let values: [UInt8] = [0, 1, 2, 0x7F, 0x80, 0xFF, UInt8(truncatingIfNeeded: choice >> 40)]
                bytes[Int(choice >> 8 & 0xFFFF) % bytes.count] = values[Int(choice % 7)]
            }
            _ = sample.recode(bytes)
        }
    }

    @Test func everyDeclaredListLengthIsChecked() {
        // A count of 2^32-1 with nothing behind it: refused before anything is reserved.
        var writer = Writer()
        writer.u32(.max)
        #expect(Sample.decode(ShareResult.self, writer.bytes) == nil)
        #expect(Sample.decode(ByteString.self, writer.bytes) == nil)
    }

    @Test func integersAreLittleEndian() {
        var writer = Writer()
        writer.u16(0x0102)
        writer.u32(0x0304_0506)
        writer.i64(-2)
        writer.bool(true)
        #expect(writer.bytes == [2, 1, 6, 5, 4, 3, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1])
        writer.patch(u32: 9, at: 2)
        #expect(writer.bytes[2..<6] == [9, 0, 0, 0])
    }
}

@Suite struct HeaderTests {
    static let stamp = Stamp(
        process: ProcessIdentity(rawValue: 0x1122_3344_5566_7788), credentials: CredentialsID(rawValue: 0x0A0B_0C0D),
        group: ProcessGroupID(rawValue: 5), session: SessionID(rawValue: -2))

    @Test func aHeaderHasTheseBytes() {
        var header = Header(kind: .request, operation: .read, argument: 0x1000, request: RequestID(rawValue: 0x0102_0304))
        header.stamp = Self.stamp
        header.time = Nanoseconds(rawValue: 0x0807_0605_0403_0201)
        #expect(
            Sample.encode(header) == [
                1, 1, 0x01, 0x08, 0x00, 0x10, 0, 0, 4, 3, 2, 1, 0, 0, 0, 0,
                0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 0x0D, 0x0C, 0x0B, 0x0A, 5, 0, 0, 0, 0xFE, 0xFF, 0xFF, 0xFF,
                0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8,
            ])
    }

    @Test func aReadRequestHasTheseBytes() {
        let body = Read(handle: Handle(index: 3, generation: 1), position: .explicit(0x10), count: 64)
        let message = Message.request(.read, id: RequestID(rawValue: 9), replySpace: 64, body)
        #expect(message[0..<16] == [1, 1, 1, 8, 64, 0, 0, 0, 9, 0, 0, 0, 21, 0, 0, 0])
        #expect(message[16..<48].allSatisfy { $0 == 0 })
        #expect(message[48...] == [3, 0, 0, 0, 1, 0, 0, 0, 1, 0x10, 0, 0, 0, 0, 0, 0, 0, 64, 0, 0, 0])
    }

    @Test func aFailureHasTheseBytes() {
        let message = Message.failure(.write, id: RequestID(rawValue: 2), .brokenPipe, reason: [0x78])
        #expect(message[0..<16] == [2, 1, 2, 8, 64, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0])
        #expect(message[48...] == [0x78])
    }

    @Test func aCancelNoticeHasTheseBytes() {
        let message = Message.notice(.cancel, Cancel(request: RequestID(rawValue: 7)))
        #expect(message[0..<16] == [3, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0])
        #expect(message[48...] == [7, 0, 0, 0])
    }

    @Test func aMalformedHeaderIsRefused() {
        let good = Message.request(.read, id: RequestID(rawValue: 1), replySpace: 8, RawBytes([1, 2, 3]))
        func isAccepted(_ bytes: [UInt8]) -> Bool {
            var reader = Reader(bytes)
            return (try? Header(from: &reader)) != nil
        }
        #expect(isAccepted(good))
        for length in 0..<good.count { #expect(!isAccepted(Array(good[..<length]))) }
        #expect(!isAccepted(good + [0]))
        for (offset, byte) in [(0, UInt8(0)), (0, 4), (1, 2), (3, 0xFF), (12, 4), (36, 1), (7, 1), (6, 0x20)] {
            var bad = good
            bad[offset] = byte
            #expect(!isAccepted(bad), "byte \(offset)")
        }
    }

    @Test func aPayloadOverTheLimitIsRefused() {
        let large = Message.reply(.read, id: RequestID(rawValue: 1), RawBytes([UInt8](repeating: 0, count: Limits.payload + 1)))
        var reader = Reader(large)
        #expect(throws: Errno.badMessage) { try Header(from: &reader) }
    }
}
