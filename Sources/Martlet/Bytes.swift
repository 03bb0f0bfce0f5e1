// Text is bytes: names, contents and arguments are `[UInt8]`, whatever their encoding. Literals are `StaticString`s, which need
// no Unicode tables (`String` would bring them into every program).

extension [UInt8] {
    /// The bytes of a literal.
    public init(_ text: StaticString) {
        self = text.withUTF8Buffer { [UInt8]($0) }
    }

    /// The digits of a number.
    public init<T: BinaryInteger>(decimal value: T) {
        self = []
        append(decimal: value)
    }

    /// Appends a literal.
    public mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { append(contentsOf: $0) }
    }

    /// Appends a number's digits, with spaces before (or, if `isLeft`, behind) up to `width`.
    public mutating func append<T: BinaryInteger>(decimal value: T, width: Int = 0, padding: UInt8 = 0x20, isLeft: Bool = false) {
        var digits: [UInt8] = []
        var rest = value.magnitude
        repeat {
            digits.append(0x30 + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest != 0
        if value < 0 { digits.append(0x2D) }
        digits.reverse()
        append(digits, width: width, padding: padding, isLeft: isLeft)
    }

    /// Appends a number's octal digits, at least `width`, with zeros before.
    public mutating func append(octal value: UInt, width: Int = 1) {
        var digits: [UInt8] = []
        var rest = value
        repeat {
            digits.append(0x30 + UInt8(rest & 7))
            rest >>= 3
        } while rest != 0
        digits.reverse()
        append(digits, width: width, padding: 0x30)
    }

    /// Appends `text`, with `padding` before (or, if `isLeft`, behind) up to `width`.
    public mutating func append(_ text: [UInt8], width: Int, padding: UInt8 = 0x20, isLeft: Bool = false) {
        let missing = Swift.max(width - text.count, 0)
        if !isLeft { append(contentsOf: repeatElement(padding, count: missing)) }
        append(contentsOf: text)
        if isLeft { append(contentsOf: repeatElement(padding, count: missing)) }
    }

    /// Whether the bytes begin with those of `prefix`.
    public func hasPrefix(_ prefix: [UInt8]) -> Bool {
        count >= prefix.count && self[0..<prefix.count] == prefix[...]
    }

    /// Whether the bytes begin with those of the literal.
    public func hasPrefix(_ prefix: StaticString) -> Bool { hasPrefix([UInt8](prefix)) }

    /// Whether the bytes are those of the literal.
    public func equals(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { text in count == text.count && elementsEqual(text) }
    }

    /// The number that all the bytes are the digits of, with an optional sign; `nil` if they are not, or if it does not fit.
    public var decimal: Int64? {
        var index = 0
        var isNegative = false
        if let first, first == 0x2D || first == 0x2B {
            isNegative = first == 0x2D
            index = 1
        }
        guard index < count else { return nil }
        var value: Int64 = 0
        while index < count {
            guard self[index] >= 0x30, self[index] <= 0x39 else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let digit = Int64(self[index] - 0x30)
            let (sum, carry) = isNegative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            if overflow || carry { return nil }
            value = sum
            index += 1
        }
        return value
    }

    /// The number whose octal digits the bytes are; `nil` if they are not.
    public var octal: UInt32? {
        guard !isEmpty, count <= 10 else { return nil }
        var value: UInt32 = 0
        for byte in self {
            guard byte >= 0x30, byte <= 0x37 else { return nil }
            value = value << 3 | UInt32(byte - 0x30)
        }
        return value
    }

    /// The pieces between `separator`s, empty ones too.
    public func pieces(separator: UInt8) -> [[UInt8]] {
        var result: [[UInt8]] = []
        var start = 0
        for index in indices where self[index] == separator {
            result.append([UInt8](self[start..<index]))
            start = index + 1
        }
        result.append([UInt8](self[start...]))
        return result
    }

    /// The non-empty pieces between spaces and tabs.
    public var words: [[UInt8]] {
        var result: [[UInt8]] = []
        var word: [UInt8] = []
        for byte in self {
            if byte == 0x20 || byte == 0x09 {
                if !word.isEmpty { result.append(word) }
                word = []
            } else {
                word.append(byte)
            }
        }
        if !word.isEmpty { result.append(word) }
        return result
    }

    /// Whether `self` comes before `other` in the order of the bytes (C: memcmp(3), the order of the POSIX locale).
    public func precedes(_ other: [UInt8]) -> Bool {
        let common = Swift.min(count, other.count)
        var index = 0
        while index < common {
            if self[index] != other[index] { return self[index] < other[index] }
            index += 1
        }
        return count < other.count
    }
}

/// Lets `switch` compare bytes with literals.
public func ~= (pattern: StaticString, value: [UInt8]) -> Bool { value.equals(pattern) }

extension UInt8 {
    /// Whether it is an ASCII digit.
    public var isDigit: Bool { self >= 0x30 && self <= 0x39 }
    /// Whether it is an ASCII letter.
    public var isLetter: Bool { (self | 0x20) >= 0x61 && (self | 0x20) <= 0x7A }
    /// Whether it is white space (C: isspace(3)).
    public var isSpace: Bool { self == 0x20 || (self >= 0x09 && self <= 0x0D) }
    /// The lower-case form of an ASCII letter, any other byte as it is.
    public var lowercased: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }
}
