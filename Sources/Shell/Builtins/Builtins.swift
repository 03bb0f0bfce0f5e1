// The table of builtins.

import Martlet

/// Commands that the shell carries out itself.
enum Builtins {
    /// Carries it out; the arguments come without the name. The exit status goes to `state.status`.
    typealias Body = @Sendable (Shell, [[UInt8]]) -> Flow

    private enum Kind {
        /// POSIX's special builtins: their assignments stay, their errors end a script.
        case special
        case ordinary
        /// There is a program of the same name that does the same.
        case program
    }

    private struct Entry {
        var name: StaticString
        var kind: Kind
        var body: Body
    }

    private static let table: [Entry] = [
        Entry(name: ":", kind: .special) { shell, _ in shell.end(0) },
        Entry(name: ".", kind: .special) { $0.dot($1) },
        Entry(name: "break", kind: .special) { $0.leaveLoop($1, isBreak: true) },
        Entry(name: "continue", kind: .special) { $0.leaveLoop($1, isBreak: false) },
        Entry(name: "eval", kind: .special) { $0.eval($1) },
        Entry(name: "exec", kind: .special) { $0.exec($1) },
        Entry(name: "exit", kind: .special) { $0.exit($1) },
        Entry(name: "export", kind: .special) { $0.export($1) },
        Entry(name: "readonly", kind: .special) { $0.makeReadOnly($1) },
        Entry(name: "return", kind: .special) { $0.returnFromFunction($1) },
        Entry(name: "set", kind: .special) { $0.set($1) },
        Entry(name: "shift", kind: .special) { $0.shift($1) },
        Entry(name: "trap", kind: .special) { $0.trap($1) },
        Entry(name: "unset", kind: .special) { $0.unset($1) },
        Entry(name: "[", kind: .program) { $0.test($1, isBracket: true) },
        Entry(name: "bg", kind: .ordinary) { $0.continueInBackground($1) },
        Entry(name: "cd", kind: .ordinary) { $0.changeDirectory($1) },
        Entry(name: "command", kind: .ordinary) { $0.command($1) },
        Entry(name: "echo", kind: .program) { $0.echo($1) },
        Entry(name: "false", kind: .program) { shell, _ in shell.end(1) },
        Entry(name: "fg", kind: .ordinary) { $0.bringToForeground($1) },
        Entry(name: "getopts", kind: .ordinary) { $0.getOptions($1) },
        Entry(name: "hash", kind: .ordinary) { shell, _ in shell.forgetPlaces() },
        Entry(name: "jobs", kind: .ordinary) { shell, arguments in shell.listJobs(arguments) },
        Entry(name: "kill", kind: .program) { $0.kill($1) },
        Entry(name: "local", kind: .ordinary) { $0.local($1) },
        Entry(name: "printf", kind: .program) { $0.printf($1) },
        Entry(name: "pwd", kind: .program) { $0.printDirectory($1) },
        Entry(name: "read", kind: .ordinary) { $0.read($1) },
        Entry(name: "test", kind: .program) { $0.test($1, isBracket: false) },
        Entry(name: "true", kind: .program) { shell, _ in shell.end(0) },
        Entry(name: "type", kind: .ordinary) { $0.type($1) },
        Entry(name: "umask", kind: .ordinary) { $0.mask($1) },
        Entry(name: "wait", kind: .ordinary) { $0.wait($1) },
    ]

    private static func entry(_ name: [UInt8]) -> Entry? { table.first { name.equals($0.name) } }

    static func find(_ name: [UInt8]) -> Body? { entry(name)?.body }

    static func isSpecial(_ name: [UInt8]) -> Bool { entry(name)?.kind == .special }

    /// Whether a program can stand in for the builtin of this name.
    static func isProgram(_ name: [UInt8]) -> Bool { entry(name)?.kind == .program }
}

extension Shell {
    /// A builtin's end with this exit status.
    func end(_ status: UInt8) -> Flow {
        state.status = status
        return .normal
    }

    /// A builtin's failure: `NAME: message` and an exit status.
    func refuse(_ name: StaticString, _ message: [UInt8], status: UInt8 = 2) -> Flow {
        report([UInt8](name) + [UInt8](": ") + message)
        return end(status)
    }
    func refuse(_ name: StaticString, _ message: StaticString, status: UInt8 = 2) -> Flow {
        refuse(name, [UInt8](message), status: status)
    }
}
