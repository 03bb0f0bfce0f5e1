// Patterns: `*`, `?`, `[…]` (POSIX, Shell Command Language 2.13). A backslash takes the next byte as it is.

import Martlet

/// A pattern of bytes.
package struct Pattern {
    private let bytes: [UInt8]

    /// A pattern in which quoted bytes have a backslash before them.
    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Puts backslashes before what would be special.
    static func escaped(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for byte in text {
            switch byte {
            case UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "\\"), UInt8(ascii: "-"),
                UInt8(ascii: "!"):
                result.append(UInt8(ascii: "\\"))
            default: break
            }
            result.append(byte)
        }
        return result
    }

    /// Whether the pattern has an unescaped special byte.
    var isSpecial: Bool {
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\\"): index += 1
            case UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "["): return true
            default: break
            }
            index += 1
        }
        return false
    }

    /// The bytes without the backslashes.
    var unescaped: [UInt8] {
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count { index += 1 }
            result.append(bytes[index])
            index += 1
        }
        return result
    }

    /// Whether the pattern begins with a period that is no pattern.
    var beginsWithPeriod: Bool {
        bytes.first == UInt8(ascii: ".") || (bytes.count > 1 && bytes[0] == UInt8(ascii: "\\") && bytes[1] == UInt8(ascii: "."))
    }

    /// Whether all of `text` is matched. Takes at most (length of the pattern × length of the text) steps: of several stars
    /// only the last one ever needs to try again.
    package func matches(_ text: some RandomAccessCollection<UInt8>) -> Bool {
        var position = text.startIndex
        var index = 0
        var star: (index: Int, position: Int)?
        var start = 0
        let base = text.startIndex
        while true {
            if index < bytes.count, bytes[index] == UInt8(ascii: "*") {
                index += 1
                star = (index, start)
                continue
            }
            if position < text.endIndex {
                if let next = step(index, text[position]) {
                    index = next
                    position = text.index(after: position)
                    start += 1
                    continue
                }
            } else if index == bytes.count {
                return true
            }
            guard let last = star, position < text.endIndex || last.position < start else { return false }
            // The last star takes one more byte.
            star = (last.index, last.position + 1)
            index = last.index
            start = last.position + 1
            guard let next = text.index(base, offsetBy: start, limitedBy: text.endIndex) else { return false }
            position = next
        }
    }

    /// The index behind the element at `index` if that matches `byte`.
    private func step(_ index: Int, _ byte: UInt8) -> Int? {
        guard index < bytes.count else { return nil }
        switch bytes[index] {
        case UInt8(ascii: "?"): return index + 1
        case UInt8(ascii: "\\") where index + 1 < bytes.count: return bytes[index + 1] == byte ? index + 2 : nil
        case UInt8(ascii: "["):
            if let end = Bracket.end(bytes, index) {
                return Bracket.contains(bytes, index, end, byte) ? end + 1 : nil
            }
            return byte == UInt8(ascii: "[") ? index + 1 : nil
        default: return bytes[index] == byte ? index + 1 : nil
        }
    }
}

/// Bracket expressions: `[abc]`, `[a-z]`, `[!abc]`, `[[:alpha:]]`.
package enum Bracket {
    /// The index of the `]` that ends the expression beginning at `start`, or `nil` if there is none.
    package static func end(_ bytes: [UInt8], _ start: Int) -> Int? {
        var index = start + 1
        if index < bytes.count, bytes[index] == UInt8(ascii: "!") || bytes[index] == UInt8(ascii: "^") { index += 1 }
        var isFirst = true
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "]"), !isFirst { return index }
            isFirst = false
            if bytes[index] == UInt8(ascii: "\\") {
                index += 1
            } else if bytes[index] == UInt8(ascii: "["), let end = classEnd(bytes, index) {
                index = end
            }
            index += 1
        }
        return nil
    }

    /// The index of the `]` of `[:name:]`.
    private static func classEnd(_ bytes: [UInt8], _ start: Int) -> Int? {
        guard start + 1 < bytes.count, bytes[start + 1] == UInt8(ascii: ":") else { return nil }
        var index = start + 2
        while index + 1 < bytes.count {
            if bytes[index] == UInt8(ascii: ":"), bytes[index + 1] == UInt8(ascii: "]") { return index + 1 }
            guard bytes[index].isLetter else { return nil }
            index += 1
        }
        return nil
    }

    /// Whether the expression from `start` to its `]` at `end` contains `byte`.
    package static func contains(_ bytes: [UInt8], _ start: Int, _ end: Int, _ byte: UInt8) -> Bool {
        var index = start + 1
        let isNegated = bytes[index] == UInt8(ascii: "!") || bytes[index] == UInt8(ascii: "^")
        if isNegated { index += 1 }
        var isFound = false
        while index < end {
            if bytes[index] == UInt8(ascii: "["), let close = classEnd(bytes, index), close < end {
                if isMember([UInt8](bytes[(index + 2)..<(close - 1)]), byte) { isFound = true }
                index = close + 1
                continue
            }
            if bytes[index] == UInt8(ascii: "\\"), index + 1 < end { index += 1 }
            let low = bytes[index]
            index += 1
            guard index + 1 < end, bytes[index] == UInt8(ascii: "-") else {
                if byte == low { isFound = true }
                continue
            }
            index += 1
            if bytes[index] == UInt8(ascii: "\\"), index + 1 < end { index += 1 }
            if byte >= low, byte <= bytes[index] { isFound = true }
            index += 1
        }
        return isFound != isNegated
    }

    /// Whether `byte` is in the character class of this name (POSIX locale).
    package static func isMember(_ name: [UInt8], _ byte: UInt8) -> Bool {
        switch name {
        case "alpha": return byte.isLetter
        case "digit": return byte.isDigit
        case "alnum": return byte.isLetter || byte.isDigit
        case "upper": return byte.isLetter && byte & 0x20 == 0
        case "lower": return byte.isLetter && byte & 0x20 != 0
        case "space": return byte.isSpace
        case "blank": return byte == 0x20 || byte == 0x09
        case "punct": return byte > 0x20 && byte < 0x7F && !byte.isLetter && !byte.isDigit
        case "print": return byte >= 0x20 && byte < 0x7F
        case "graph": return byte > 0x20 && byte < 0x7F
        case "cntrl": return byte < 0x20 || byte == 0x7F
        case "xdigit": return byte.isDigit || (byte.lowercased >= 0x61 && byte.lowercased <= 0x66)
        default: return false
        }
    }
}

/// Pathname expansion.
enum Glob {
    /// The existing paths that the pattern matches, in the order of their bytes.
    static func paths(_ pattern: [UInt8]) -> [[UInt8]] {
        var results: [[UInt8]] = [[]]
        var index = 0
        // Slash by slash; a slash cannot be matched by a pattern.
        while index < pattern.count {
            var slashes: [UInt8] = []
            while index < pattern.count, pattern[index] == UInt8(ascii: "/") {
                slashes.append(pattern[index])
                index += 1
            }
            results = results.map { $0 + slashes }
            let start = index
            while index < pattern.count, pattern[index] != UInt8(ascii: "/") { index += 1 }
            if start == index { break }
            let component = Pattern([UInt8](pattern[start..<index]))
            let isLast = index == pattern.count
            var next: [[UInt8]] = []
            for prefix in results {
                guard component.isSpecial else {
                    let path = prefix + component.unescaped
                    if !isLast || (try? Path.status(path, follow: false)) != nil { next.append(path) }
                    continue
                }
                guard let entries = try? Directory.entries(prefix.isEmpty ? [UInt8(ascii: ".")] : prefix) else { continue }
                for entry in entries {
                    if entry.name.first == UInt8(ascii: "."), !component.beginsWithPeriod { continue }
                    if component.matches(entry.name) { next.append(prefix + entry.name) }
                }
            }
            results = next
        }
        // A pattern that ends in a slash names directories only.
        if pattern.last == UInt8(ascii: "/") { results = results.filter { (try? Path.status($0)) != nil } }
        return results.sorted { $0.precedes($1) }
    }
}
