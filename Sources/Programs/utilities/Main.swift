// The utilities in one program: which one it is says the name under which it was started, or else the first argument.

import Martlet

/// One utility.
struct Utility: Sendable {
    var name: StaticString
    /// What comes after the name in its usage line.
    var usage: StaticString
    /// Exit status of a wrong command line.
    var usageStatus: UInt8 = 1
    /// Does its work; the exit status is that of the command.
    var run: @Sendable (Command) -> Void
}

@main struct Main {
    static let utilities: [Utility] = [
        Utility(name: "[", usage: "expression ]", usageStatus: 2) { ShellTools.test($0, isBracket: true) },
        Utility(name: "basename", usage: "path [suffix]", run: Names.baseName),
        Utility(name: "cat", usage: "[-u] [file...]", run: Cat.run),
        Utility(name: "chmod", usage: "[-R] mode file...", run: Chmod.run),
        Utility(name: "clear", usage: "", run: Clear.run),
        Utility(name: "cp", usage: "[-fRrp] source... target", run: Cp.run),
        Utility(name: "cut", usage: "-b list | -c list | -f list [-s] [-d delimiter] [file...]", run: Cut.run),
        Utility(name: "date", usage: "[-u] [+format]", run: DateTool.run),
        Utility(name: "dirname", usage: "path", run: Names.directoryName),
        Utility(name: "echo", usage: "[-n] [word...]", run: ShellTools.echo),
        Utility(name: "env", usage: "[-i] [-u name] [name=value...] [command [argument...]]", usageStatus: 125, run: Env.run),
        Utility(name: "false", usage: "") { $0.status = 1 },
        Utility(
            name: "grep", usage: "[-E|-F] [-civlnoqrsvwxHh] [-e pattern] [pattern] [file...]", usageStatus: 2, run: Grep.run),
        Utility(name: "head", usage: "[-n lines | -c bytes] [-q] [file...]", run: Head.run),
        Utility(name: "kill", usage: "[-s signal | -signal] process... | -l [number...]", run: Kill.run),
        Utility(name: "ln", usage: "[-sf] source... target", run: Ln.run),
        Utility(name: "ls", usage: "[-1AaCdFhilnRrSt] [file...]", usageStatus: 2, run: Ls.run),
        Utility(name: "mkdir", usage: "[-p] [-m mode] directory...", run: Mkdir.run),
        Utility(name: "mount", usage: "[-t type] [-o options] [source] directory", run: MountTool.mount),
        Utility(name: "mv", usage: "[-f] source... target", run: Mv.run),
        Utility(name: "printf", usage: "format [argument...]", run: ShellTools.printf),
        Utility(name: "ps", usage: "[-ef]", run: Ps.run),
        Utility(name: "pwd", usage: "[-L | -P]", run: Names.workingDirectory),
        Utility(name: "reset", usage: "", run: Reset.run),
        Utility(name: "rm", usage: "[-fRr] file...", run: Rm.run),
        Utility(name: "rmdir", usage: "[-p] directory...", run: Rmdir.run),
        Utility(name: "seq", usage: "[-s separator] [-w] [first [step]] last", run: Seq.run),
        Utility(name: "sleep", usage: "seconds...", run: Sleep.run),
        Utility(
            name: "sort", usage: "[-bcfmnrsu] [-k key] [-t character] [-o file] [file...]", usageStatus: 2, run: Sort.run),
        Utility(name: "stty", usage: "[-a | -g | setting...]", run: Stty.run),
        Utility(name: "tail", usage: "[-f] [-n lines | -c bytes] [-q] [file...]", run: Tail.run),
        Utility(name: "tee", usage: "[-a] [file...]", run: Tee.run),
        Utility(name: "test", usage: "[expression]", usageStatus: 2) { ShellTools.test($0, isBracket: false) },
        Utility(name: "touch", usage: "[-acm] [-r file] file...", run: Touch.run),
        Utility(name: "tr", usage: "[-cds] set1 [set2]", run: Tr.run),
        Utility(name: "true", usage: "") { _ in },
        Utility(name: "tty", usage: "[-s]", usageStatus: 2, run: TtyTool.run),
        Utility(name: "umount", usage: "directory...", run: MountTool.unmount),
        Utility(name: "uname", usage: "[-amnrsv]", run: Uname.run),
        Utility(name: "uniq", usage: "[-cdu] [input [output]]", run: Uniq.run),
        Utility(name: "wc", usage: "[-clw] [file...]", run: Wc.run),
    ]

    static func main() {
        var words = Program.arguments
        if utility(Path.baseName(words[0])) == nil, words.count > 1 { words.removeFirst() }
        let name = Path.baseName(words[0])
        guard let utility = utility(name) else {
            list()
        }
        let command = Command(
            name: name, arguments: [[UInt8]](words.dropFirst()), usage: utility.usage, usageStatus: utility.usageStatus)
        utility.run(command)
        Program.exit(command.status)
    }

    private static func utility(_ name: [UInt8]) -> Utility? { utilities.first { name.equals($0.name) } }

    /// Tells what there is.
    private static func list() -> Never {
        var text = [UInt8]("usage: utilities name [argument...]\nThe names are:")
        for utility in utilities {
            text.append(0x20)
            text.append(utility.name)
        }
        Output.error.write(text + [0x0A])
        Program.exit(2)
    }
}
