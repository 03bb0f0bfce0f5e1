// The format of /etc/inittab: lines `id:runlevels:action:process`. A pure function: text in, entries and complaints out.

import Martlet

/// A runlevel.
package struct Runlevel: Equatable, Sendable {
    /// `0`…`6`, or `S`.
    package var letter: UInt8

    package static let single = Runlevel(letter: UInt8(ascii: "S"))
    /// In which nothing runs.
    package static let halt = Runlevel(letter: UInt8(ascii: "0"))

    package init(letter: UInt8) { self.letter = letter }

    /// `nil` if there is no such runlevel; `s` is `S`.
    package init?(_ text: [UInt8]) {
        guard text.count == 1, let upper = Runlevel.normalized(text[0]) else { return nil }
        letter = upper
    }

    package static func normalized(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "6"): return byte
        case UInt8(ascii: "S"), UInt8(ascii: "s"): return UInt8(ascii: "S")
        default: return nil
        }
    }
}

/// What is done with a process.
package enum Action: Equatable, Sendable {
    /// Started anew whenever it ends.
    case respawn
    /// Started once when its runlevel is entered, and waited for.
    case wait
    /// Started once when its runlevel is entered.
    case once
    /// Started once at the start of the system, whatever the runlevel.
    case boot
    /// As `boot`, and waited for.
    case bootWait
    /// As `bootWait`, before all others.
    case systemInitialization
    /// No process: says which runlevel is entered first.
    case initialDefault
    /// Nothing.
    case off
    /// Started when the keys control, alt and delete are pressed, which INT tells.
    case controlAltDelete
}

/// One line.
package struct InittabEntry: Equatable, Sendable {
    /// One to four characters, each once.
    package var id: [UInt8]
    /// Where it applies; empty: everywhere.
    package var runlevels: [UInt8]
    package var action: Action
    /// The command.
    package var process: [UInt8]

    package func applies(in level: Runlevel) -> Bool { runlevels.isEmpty || runlevels.contains(level.letter) }
}

/// A line that was not understood.
package struct InittabComplaint: Equatable, Sendable {
    /// From 1.
    package var line: Int
    package var reason: [UInt8]
}

package enum Inittab {
    /// Reads the whole text. What is malformed is complained of and left out.
    package static func parse(_ text: [UInt8]) -> (entries: [InittabEntry], complaints: [InittabComplaint]) {
        var entries: [InittabEntry] = []
        var complaints: [InittabComplaint] = []
        for (index, line) in text.pieces(separator: 0x0A).enumerated() {
            let trimmed = [UInt8](line.drop { $0.isSpace })
            if trimmed.isEmpty || trimmed[0] == UInt8(ascii: "#") { continue }
            do throws(Malformed) {
                let entry = try entry(trimmed)
                if entries.contains(where: { $0.id == entry.id }) {
                    throw Malformed(reason: [UInt8]("the id \"") + entry.id + [UInt8]("\" is there already"))
                }
                if entry.action == .initialDefault, entries.contains(where: { $0.action == .initialDefault }) {
                    throw Malformed(reason: [UInt8]("there is an initdefault already"))
                }
                entries.append(entry)
            } catch {
                complaints.append(InittabComplaint(line: index + 1, reason: error.reason))
            }
        }
        return (entries, complaints)
    }

    private struct Malformed: Error { var reason: [UInt8] }

    private static func entry(_ line: [UInt8]) throws(Malformed) -> InittabEntry {
        let fields = line.pieces(separator: UInt8(ascii: ":"))
        guard fields.count >= 4 else {
            throw Malformed(reason: [UInt8]("id:runlevels:action:process is wanted, and there are fewer than three colons"))
        }
        guard (1...4).contains(fields[0].count) else { throw Malformed(reason: [UInt8]("the id has not one to four characters")) }
        var runlevels: [UInt8] = []
        for byte in fields[1] {
            guard let level = Runlevel.normalized(byte) else {
                throw Malformed(reason: [UInt8]("\"") + [byte] + [UInt8]("\" is no runlevel (0 to 6, or S)"))
            }
            runlevels.append(level)
        }
        guard let action = action(fields[2]) else {
            throw Malformed(reason: [UInt8]("the action \"") + fields[2] + [UInt8]("\" is unknown"))
        }
        // The process may contain colons.
        let start = fields[0].count + fields[1].count + fields[2].count + 3
        var process = [UInt8](line[start...].drop { $0.isSpace })
        while let last = process.last, last.isSpace { process.removeLast() }
        if action == .initialDefault {
            guard runlevels.count == 1 else { throw Malformed(reason: [UInt8]("initdefault wants exactly one runlevel")) }
        } else if action != .off, process.isEmpty {
            throw Malformed(reason: [UInt8]("the process is missing"))
        }
        return InittabEntry(id: fields[0], runlevels: runlevels, action: action, process: process)
    }

    private static func action(_ name: [UInt8]) -> Action? {
        switch name {
        case "respawn": return .respawn
        case "wait": return .wait
        case "once": return .once
        case "boot": return .boot
        case "bootwait": return .bootWait
        case "sysinit": return .systemInitialization
        case "initdefault": return .initialDefault
        case "off": return .off
        case "ctrlaltdel": return .controlAltDelete
        default: return nil
        }
    }

    /// What starts a process: its words, or a shell if it holds characters that only a shell understands.
    package static func command(_ process: [UInt8]) -> [[UInt8]] {
        let special = [UInt8]("~`!$^&*()=|\\{}[];\"'<>?#")
        if process.contains(where: special.contains) {
            return [[UInt8]("/bin/sh"), [UInt8]("-c"), [UInt8]("exec ") + process]
        }
        return process.words
    }
}
