// sh: the command interpreter. `sh [-aefnuvxCil] [-c text [name [argument…]] | file [argument…] | -s [argument…]]`

import Martlet
import Shell

@main struct Main {
    /// What the command line says.
    private struct CommandLine {
        var letters: [UInt8] = []
        var offLetters: [UInt8] = []
        var isCommand = false
        var isInteractive = false
        var isLogin = false
        var readsInput = false
        /// What a shell hands to a subshell: pid, status and last background process.
        var within: [Int64] = []
        var operands: [[UInt8]] = []
    }

    static func main() {
        let arguments = Program.arguments
        let line = parse(arguments)
        var name = arguments[0]
        var text: [UInt8]?
        var operands = line.operands[...]
        if line.isCommand {
            guard let command = operands.popFirst() else { refuse([UInt8]("-c requires an argument")) }
            text = command
            if let given = operands.popFirst() { name = given }
        } else if !line.readsInput, let path = operands.popFirst() {
            name = path
            do {
                text = try Path.contents(path)
            } catch {
                refuse([UInt8]("cannot open ") + path + [UInt8](": ") + error.message, status: error == .noSuchFileOrDirectory ? 127 : 126)
            }
        }
        let isInteractive =
            line.isInteractive || (text == nil && File.standardInput.isTerminal && File.standardError.isTerminal)
        let isWithin = line.within.count == 3
        let shell = Shell(
            executable: executable(arguments[0]), name: name, arguments: [[UInt8]](operands), environment: Program.environment,
            isInteractive: isInteractive, processID: isWithin ? Int32(truncatingIfNeeded: line.within[0]) : Process.current)
        for letter in line.letters { _ = shell.setOption(letter, true) }
        for letter in line.offLetters { _ = shell.setOption(letter, false) }
        if isWithin {
            shell.inherit(
                status: UInt8(truncatingIfNeeded: line.within[1]), lastBackground: Int32(truncatingIfNeeded: line.within[2]))
        }
        if line.isLogin || arguments[0].first == UInt8(ascii: "-") { shell.runProfile() }
        if let text { shell.runToEnd(text) } else { shell.runInput() }
        Program.exit(shell.status)
    }

    private static func refuse(_ message: [UInt8], status: UInt8 = 2) -> Never {
        Output.error.write([UInt8]("sh: ") + message + [0x0A])
        Program.exit(status)
    }

    /// The path of this program, for subshells: the name it was started under if that is one.
    private static func executable(_ name: [UInt8]) -> [UInt8] {
        if !name.contains(UInt8(ascii: "/")) { return [UInt8]("/bin/sh") }
        if name.first == UInt8(ascii: "/") { return name }
        return (try? Path.join(Program.currentDirectory(), name)) ?? [UInt8]("/bin/sh")
    }

    private static func parse(_ arguments: [[UInt8]]) -> CommandLine {
        var line = CommandLine()
        var index = 1
        while index < arguments.count {
            let word = arguments[index]
            guard word.count > 1, word[0] == UInt8(ascii: "-") || word[0] == UInt8(ascii: "+") else { break }
            index += 1
            if word.equals("--") { break }
            if word.equals("--within"), index < arguments.count {
                line.within = arguments[index].pieces(separator: UInt8(ascii: ":")).map { $0.decimal ?? 0 }
                index += 1
                continue
            }
            for letter in word.dropFirst() {
                switch letter {
                case UInt8(ascii: "c"): line.isCommand = true
                case UInt8(ascii: "i"): line.isInteractive = true
                case UInt8(ascii: "l"): line.isLogin = true
                case UInt8(ascii: "s"): line.readsInput = true
                case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "u"), UInt8(ascii: "v"),
                    UInt8(ascii: "x"), UInt8(ascii: "C"):
                    if word[0] == UInt8(ascii: "-") { line.letters.append(letter) } else { line.offLetters.append(letter) }
                default: refuse([UInt8]("Illegal option ") + word)
                }
            }
        }
        line.operands = [[UInt8]](arguments[index...])
        return line
    }
}
