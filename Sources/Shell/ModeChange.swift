// Modes of files in words (POSIX chmod, "Extended Description").

import Martlet

/// A mode as chmod and umask take it: octal, or symbolic (`u+rwx,go-w`).
package struct ModeChange {
    private struct Clause {
        var who: UInt16
        var isEveryone: Bool
        var operation: UInt8
        var permissions: UInt16
        /// `X`: execute where it is a directory or somebody may already.
        var isConditional: Bool
        /// `g=u`: the permissions of that class.
        var copied: UInt8?
    }
    private var octal: UInt16?
    private var clauses: [Clause] = []

    /// `nil` if the text is no mode.
    package init?(_ text: [UInt8]) {
        if let value = text.octal {
            guard value <= 0o7777 else { return nil }
            octal = UInt16(value)
            return
        }
        for part in text.pieces(separator: UInt8(ascii: ",")) {
            var index = 0
            var who: UInt16 = 0
            while index < part.count, let bits = ModeChange.bits(ofClass: part[index]) {
                who |= bits
                index += 1
            }
            let isEveryone = who == 0
            if isEveryone { who = 0o7777 }
            guard index < part.count else { return nil }
            while index < part.count {
                let operation = part[index]
                guard operation == UInt8(ascii: "+") || operation == UInt8(ascii: "-") || operation == UInt8(ascii: "=") else { return nil }
                index += 1
                var clause = Clause(
                    who: who, isEveryone: isEveryone, operation: operation, permissions: 0, isConditional: false, copied: nil)
                while index < part.count, part[index].isLetter {
                    switch part[index] {
                    case UInt8(ascii: "r"): clause.permissions |= 0o444
                    case UInt8(ascii: "w"): clause.permissions |= 0o222
                    case UInt8(ascii: "x"): clause.permissions |= 0o111
                    case UInt8(ascii: "s"): clause.permissions |= 0o6000
                    case UInt8(ascii: "t"): clause.permissions |= 0o1000
                    case UInt8(ascii: "X"): clause.isConditional = true
                    case UInt8(ascii: "u"), UInt8(ascii: "g"), UInt8(ascii: "o"): clause.copied = part[index]
                    default: return nil
                    }
                    index += 1
                }
                clauses.append(clause)
            }
        }
    }

    private static func bits(ofClass letter: UInt8) -> UInt16? {
        switch letter {
        case UInt8(ascii: "u"): return 0o4700
        case UInt8(ascii: "g"): return 0o2070
        case UInt8(ascii: "o"): return 0o1007
        case UInt8(ascii: "a"): return 0o7777
        default: return nil
        }
    }

    /// The mode that a file of this mode gets.
    package func apply(to mode: UInt16, isDirectory: Bool) -> UInt16 {
        if let octal { return octal }
        let mask = Program.setMask(0)
        Program.setMask(mask)
        var result = mode
        for clause in clauses {
            var permissions = clause.permissions
            if clause.isConditional, isDirectory || result & 0o111 != 0 { permissions |= 0o111 }
            if let copied = clause.copied {
                let shift: UInt16 = copied == UInt8(ascii: "u") ? 6 : copied == UInt8(ascii: "g") ? 3 : 0
                permissions |= (result >> shift & 7) * 0o111
            }
            permissions &= clause.who
            // Without a class the mask says whom it is for.
            if clause.isEveryone { permissions &= ~UInt16(truncatingIfNeeded: mask) }
            switch clause.operation {
            case UInt8(ascii: "+"): result |= permissions
            case UInt8(ascii: "-"): result &= ~permissions
            default: result = result & ~(clause.who & (clause.isEveryone ? 0o777 : 0o6777)) | permissions
            }
        }
        return result
    }
}
