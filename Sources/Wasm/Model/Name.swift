/// A name in a module: bytes that are UTF-8 (2.2.4 Names, 5.2.4).
///
/// Names are the same when their bytes are. That is not `String`'s equality, under which differently composed characters are equal.
package struct Name: Equatable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// The bytes, always well-formed UTF-8.
    package let bytes: [UInt8]

    /// A name of the given bytes; nil if they are not well-formed UTF-8.
    package init?(utf8 bytes: [UInt8]) {
        guard Name.isWellFormed(bytes[...]) else { return nil }
        self.bytes = bytes
    }

    package init(_ text: String) {
        bytes = [UInt8](text.utf8)
    }

    package init(stringLiteral text: String) {
        self.init(text)
    }

    package var description: String { String(decoding: bytes, as: UTF8.self) }

    /// Whether bytes are well-formed UTF-8 (Unicode, table 3-7): no overlong form, no surrogate, nothing above U+10FFFF.
    static func isWellFormed(_ bytes: ArraySlice<UInt8>) -> Bool {
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let length = lengthOfScalar(bytes, at: index)
            guard length > 0 else { return false }
            index += length
        }
        return true
    }

    /// The length of the scalar value that starts at `index`, 1 to 4 bytes, or 0 if none is well-formed there.
    private static func lengthOfScalar(_ bytes: ArraySlice<UInt8>, at index: Int) -> Int {
        let first = bytes[index]
        if first < 0x80 { return 1 }
        let length: Int
        // The second byte's range keeps out overlong forms, surrogates and what is above U+10FFFF.
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch first {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return 0
        }
        guard bytes.endIndex - index >= length, second.contains(bytes[index + 1]) else { return 0 }
        for rest in index + 2..<index + max(length, 2) where !(0x80...0xBF).contains(bytes[rest]) { return 0 }
        return length
    }
}
