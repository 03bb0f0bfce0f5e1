// Builtins that programs could do as well, and those about the process's own attributes.

import Martlet

extension Shell {
    func changeDirectory(_ arguments: [[UInt8]]) -> Flow {
        var words = arguments
        while let first = words.first, first.equals("-L") || first.equals("-P") || first.equals("--") { words.removeFirst() }
        guard words.count <= 1 else { return refuse("cd", "too many arguments") }
        var target = words.first ?? state.variables.value("HOME") ?? []
        if words.isEmpty, target.isEmpty { return refuse("cd", "HOME not set") }
        var isPrinted = false
        if target.equals("-") {
            guard let old = state.variables.value("OLDPWD") else { return refuse("cd", "OLDPWD not set") }
            target = old
            isPrinted = true
        }
        var path = target
        // CDPATH is looked through for names that begin with neither a slash nor a dot.
        if let first = target.first, first != UInt8(ascii: "/"), first != UInt8(ascii: "."), let search = state.variables.value("CDPATH") {
            for directory in search.pieces(separator: UInt8(ascii: ":")) where !directory.isEmpty {
                let candidate = Path.join(directory, target)
                if (try? Path.status(candidate))?.kind == .directory {
                    path = candidate
                    isPrinted = true
                    break
                }
            }
        }
        do {
            try Program.changeDirectory(path)
        } catch {
            return refuse("cd", [UInt8]("can't cd to ") + target + [UInt8](": ") + error.message)
        }
        do {
            let directory = (try? Program.currentDirectory()) ?? path
            try assign([UInt8]("OLDPWD"), state.variables.value("PWD") ?? [])
            try assign([UInt8]("PWD"), directory)
            if isPrinted { output += directory + [0x0A] }
        } catch {
            return fail(error)
        }
        return end(0)
    }

    func printDirectory() -> Flow {
        do {
            output += try Program.currentDirectory() + [0x0A]
        } catch {
            return refuse("pwd", error.message, status: 1)
        }
        return end(0)
    }

    func mask(_ arguments: [[UInt8]]) -> Flow {
        let old = Program.setMask(0)
        Program.setMask(old)
        guard let text = arguments.first else {
            output.append(octal: UInt(old), width: 4)
            output.append(0x0A)
            return end(0)
        }
        guard let mask = text.octal, mask <= 0o777 else { return refuse("umask", [UInt8]("Illegal number: ") + text) }
        Program.setMask(mask)
        return end(0)
    }

    func echo(_ arguments: [[UInt8]]) -> Flow {
        output += Echo.text(arguments)
        return end(0)
    }

    func printf(_ arguments: [[UInt8]]) -> Flow {
        guard let format = arguments.first else { return refuse("printf", "usage: printf format [arg ...]") }
        let result = Printf.format(format, [[UInt8]](arguments.dropFirst()))
        output += result.output
        for message in result.errors { report([UInt8]("printf: ") + message) }
        return end(result.errors.isEmpty ? 0 : 1)
    }

    func test(_ arguments: [[UInt8]], isBracket: Bool) -> Flow {
        do {
            return end(try Condition.evaluate(arguments, isBracket: isBracket) ? 0 : 1)
        } catch {
            return refuse(isBracket ? "[" : "test", error.message)
        }
    }
}
