// A shell: its state, its messages, how it reads and runs programs.

import Martlet

/// What happens after a command.
enum Flow: Equatable {
    case normal
    /// So many loops are left.
    case leave(loops: Int)
    /// The loop so many levels up goes on with its next turn.
    case next(loops: Int)
    /// The running function or dot script returns.
    case finish
    /// The shell ends.
    case exit
    /// The line (of an interactive shell) or the shell ends: an error, or an interrupt.
    case abandon
}

/// One shell.
package final class Shell {
    var state: ShellState
    /// `$$`: of a subshell in a process of its own, that of the shell that it comes from.
    let processID: Int32
    /// What runs parts of a program in a process of its own: this program.
    let executable: [UInt8]
    /// It prompts, and gives each pipeline a process group of its own.
    package let isInteractive: Bool
    /// What builtins write to standard output.
    var output: [UInt8] = []
    /// Background jobs that were not waited for.
    var jobs: [Job] = []
    /// Greater than 0: a failing command does not end the shell (`-e`).
    var conditionDepth = 0
    /// The terminal's attributes that a program ended by a signal may have left changed.
    var terminalAttributes: TerminalAttributes?
    /// Remembered places of programs: `PATH`, then name and path of each.
    var remembered: (search: [UInt8], places: [(name: [UInt8], path: [UInt8])]) = ([], [])

    /// Where the output of the running command substitution goes.
    var capture: Capture?
    /// Status of the last command substitution of the running command.
    var substitutionStatus: UInt8?
    /// The user pressed the interrupt key: the rest of the line is given up.
    var wasInterrupted = false
    /// Bits of trapped signals that arrived, by number.
    var arrivedSignals: UInt64 = 0
    /// There is a terminal whose foreground group the shell sets.
    var controlsJobs = false
    /// Whether its jobs get the terminal that is its standard input.
    var ownsTerminal = false
    /// `getopts`: the word (from 1) and the letter in it that come next.
    var optionPlace: (word: Int, letter: Int) = (0, 1)
    /// The shell's own process group.
    var ownGroup: Int32 = 0

    /// A shell named `name` with these positional parameters.
    package init(executable: [UInt8], name: [UInt8], arguments: [[UInt8]], environment: [[UInt8]], isInteractive: Bool, processID: Int32) {
        self.executable = executable
        self.isInteractive = isInteractive
        self.processID = processID
        state = ShellState(name: name)
        state.positional = arguments
        for entry in environment {
            guard let equals = entry.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = [UInt8](entry[0..<equals])
            guard Parser.isName(name) else { continue }
            try? state.variables.set(name, [UInt8](entry[(equals + 1)...]))
            state.variables.export(name)
        }
        for file in Program.inheritedFiles where file.descriptor > 2 { state.descriptors[file.descriptor] = file }
        try? state.variables.set([UInt8]("IFS"), [0x20, 0x09, 0x0A])
        if state.variables.value("PATH") == nil { try? state.variables.set([UInt8]("PATH"), [UInt8]("/bin:/sbin")) }
        if let directory = try? workingDirectory() { try? state.variables.set([UInt8]("PWD"), directory) }
        state.variables.export([UInt8]("PWD"))
    }

    /// The exit status so far.
    package var status: UInt8 { state.status }

    /// Changes an option given on the command line; false if there is none of that letter.
    package func setOption(_ letter: UInt8, _ isOn: Bool) -> Bool { state.options.set(letter, isOn) }

    /// Takes over what a subshell in a process of its own inherits beside its text.
    package func inherit(status: UInt8, lastBackground: Int32) {
        state.status = status
        state.lastBackground = lastBackground
        state.isSubshell = true
    }

    /// Writes `NAME: message` to standard error.
    func report(_ message: [UInt8]) { write(state.name + [UInt8](": ") + message + [0x0A], to: 2) }
    func report(_ message: StaticString) { report([UInt8](message)) }

    /// Writes to a descriptor as commands see it. Errors are lost: there is nowhere to tell them.
    func write(_ text: [UInt8], to number: Int32) { try? state.descriptors[number]?.write(text) }

    /// Assigns a variable; under `-a` it is exported too.
    func assign(_ name: [UInt8], _ value: [UInt8]) throws(ShellFailure) {
        try state.variables.set(name, value)
        if state.options.exportsAll { state.variables.export(name) }
    }

    /// Runs a whole program, command by command: a fault further down lets the commands before it run.
    /// `isDotScript`: its end is no end of the shell.
    @discardableResult
    func run(program: [UInt8]) -> Flow {
        var parser = Parser(program)
        while true {
            do {
                guard let list = try parser.completeCommand() else { return .normal }
                let flow = run(list)
                if flow != .normal { return flow }
            } catch {
                report([UInt8](decimal: parser.line) + [UInt8](": Syntax error: ") + error.message)
                state.status = 2
                return .abandon
            }
        }
    }

    /// Runs a program and the exit trap.
    package func runToEnd(_ program: [UInt8]) {
        _ = run(program: program)
        runExitTrap()
    }

    /// Runs the login file if it is there.
    package func runProfile() {
        guard let text = try? Path.contents([UInt8]("/etc/profile")) else { return }
        if run(program: text) == .exit {
            runExitTrap()
            Program.exit(state.status)
        }
    }
}
