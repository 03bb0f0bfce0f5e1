// mkdir, rmdir, chmod, touch: making and changing what is listed.

import Martlet

enum Mkdir {
    @Sendable static func run(_ command: Command) {
        let options = command.options("pm:")
        if options.operands.isEmpty { command.failUsage("an operand is missing") }
        var change: ModeChange?
        if let text = options.value("m") {
            change = ModeChange(text)
            if change == nil { command.failUsage(text + [UInt8](" is no mode")) }
        }
        for path in options.operands {
            do throws(Errno) {
                if options.has("p") { try makeParents(path) }
                do {
                    try Path.makeDirectory(path)
                } catch {
                    guard options.has("p"), error == .fileExists, try Path.status(path).kind == .directory else { throw error }
                    continue
                }
                if let change { try Path.setMode(path, change.apply(to: 0o777, isDirectory: true)) }
            } catch {
                command.fail(path, error)
            }
        }
    }

    private static func makeParents(_ path: [UInt8]) throws(Errno) {
        var index = 1
        while index < path.count {
            if path[index] == UInt8(ascii: "/"), path[index - 1] != UInt8(ascii: "/") {
                do {
                    try Path.makeDirectory([UInt8](path[0..<index]))
                } catch {
                    // A parent that is there will do, however it answers.
                    guard (try? Path.status([UInt8](path[0..<index])))?.kind == .directory else { throw error }
                }
            }
            index += 1
        }
    }
}

enum Rmdir {
    @Sendable static func run(_ command: Command) {
        let options = command.options("p")
        if options.operands.isEmpty { command.failUsage("an operand is missing") }
        for operand in options.operands {
            var path = operand
            while true {
                do {
                    try Path.removeDirectory(path)
                } catch {
                    command.fail(path, error)
                    break
                }
                let parent = Path.directoryName(path)
                if !options.has("p") || parent.equals(".") || parent.equals("/") { break }
                path = parent
            }
        }
    }
}

/// A mode as chmod takes it: octal, or symbolic (`u+rwx,go-w`).
struct ModeChange {
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
    init?(_ text: [UInt8]) {
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
    func apply(to mode: UInt16, isDirectory: Bool) -> UInt16 {
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

enum Chmod {
    @Sendable static func run(_ command: Command) {
        // `chmod -w file` is a mode, not an option.
        var words = command.arguments
        let isRecursive = words.first?.equals("-R") == true
        if isRecursive { words.removeFirst() }
        if words.first?.equals("--") == true { words.removeFirst() }
        if words.first?.equals("--help") == true { _ = command.options("R") }
        guard words.count >= 2 else { command.failUsage("an operand is missing") }
        guard let change = ModeChange(words[0]) else { command.failUsage(words[0] + [UInt8](" is no mode")) }
        for path in words.dropFirst() { apply(change, path, isRecursive, command) }
    }

    private static func apply(_ change: ModeChange, _ path: [UInt8], _ isRecursive: Bool, _ command: Command) {
        do {
            let status = try Path.status(path)
            try Path.setMode(path, change.apply(to: status.mode, isDirectory: status.kind == .directory))
            guard isRecursive, status.kind == .directory else { return }
            for name in try Files.names(path) {
                let inner = Path.join(path, name)
                if try Path.status(inner, follow: false).kind != .symbolicLink { apply(change, inner, true, command) }
            }
        } catch {
            command.fail(path, error)
        }
    }
}

enum Touch {
    @Sendable static func run(_ command: Command) {
        let options = command.options("acmr:")
        if options.operands.isEmpty { command.failUsage("an operand is missing") }
        var access = Path.Time.now
        var modification = Path.Time.now
        if let reference = options.value("r") {
            do {
                let status = try Path.status(reference)
                access = .at(status.accessTime)
                modification = .at(status.modificationTime)
            } catch {
                command.end(reference + [UInt8](": ") + error.message)
            }
        }
        if options.has("a") != options.has("m") {
            if options.has("a") { modification = .unchanged } else { access = .unchanged }
        }
        for path in options.operands {
            do {
                if (try? Path.status(path)) == nil {
                    if options.has("c") { continue }
                    try File.open(path, .write, .create).close()
                }
                try Path.setTimes(path, access: access, modification: modification)
            } catch {
                command.fail(path, error)
            }
        }
    }
}
