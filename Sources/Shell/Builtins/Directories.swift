// cd, pwd and umask: what a process has of its own beside its variables.

import Martlet

extension Shell {
    /// Whether -P was asked for last; what follows the options.
    private func isPhysical(_ arguments: inout [[UInt8]]) -> Bool {
        var isPhysical = false
        while let first = arguments.first {
            if first.equals("-P") {
                isPhysical = true
            } else if first.equals("--") {
                arguments.removeFirst()
                break
            } else if first.equals("-L") {
                isPhysical = false
            } else {
                break
            }
            arguments.removeFirst()
        }
        return isPhysical
    }

    func changeDirectory(_ arguments: [[UInt8]]) -> Flow {
        var words = arguments
        let isPhysical = isPhysical(&words)
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
        var directory: [UInt8]
        do {
            directory = path
            if !isPhysical { directory = try logicalPath(path) }
            try Program.changeDirectory(directory)
            if isPhysical { directory = (try? Program.currentDirectory()) ?? path }
        } catch {
            return refuse("cd", [UInt8]("can't cd to ") + target + [UInt8](": ") + error.message)
        }
        do {
            try assign([UInt8]("OLDPWD"), state.variables.value("PWD") ?? [])
            try assign([UInt8]("PWD"), directory)
            if isPrinted { output += directory + [0x0A] }
        } catch {
            return fail(error)
        }
        return end(0)
    }

    /// The working directory as the user came to it: PWD, if that leads there.
    func workingDirectory() throws(Errno) -> [UInt8] { try Program.currentDirectory(knownAs: state.variables.value("PWD")) }

    /// The absolute path that `cd -L` goes by (POSIX cd, steps 7 and 8): `..` takes away the name before it, symbolic link or not.
    ///
    /// Throws `notDirectory` or what else is wrong with a name before a `..`.
    private func logicalPath(_ path: [UInt8]) throws(Errno) -> [UInt8] {
        let slash = UInt8(ascii: "/")
        if path.isEmpty { throw .noSuchFileOrDirectory }
        // Without a name for where we are, the system alone knows the way.
        guard let base = path[0] == slash ? [] : try? workingDirectory() else { return path }
        var names: [[UInt8]] = []
        for name in Path.join(base, path).pieces(separator: slash) where !name.isEmpty && !name.equals(".") {
            if !name.equals("..") {
                names.append(name)
            } else if !names.isEmpty {
                let above = names.reduce(into: []) { $0 += [slash] + $1 }
                guard try Path.status(above).kind == .directory else { throw .notDirectory }
                names.removeLast()
            }
        }
        return names.isEmpty ? [slash] : names.reduce(into: []) { $0 += [slash] + $1 }
    }

    func printDirectory(_ arguments: [[UInt8]]) -> Flow {
        var words = arguments
        let isPhysical = isPhysical(&words)
        do {
            output += try (isPhysical ? Program.currentDirectory() : workingDirectory()) + [0x0A]
        } catch {
            return refuse("pwd", error.message, status: 1)
        }
        return end(0)
    }

    func mask(_ arguments: [[UInt8]]) -> Flow {
        var words = arguments
        let isSymbolic = words.first?.equals("-S") == true
        if isSymbolic { words.removeFirst() }
        // While a symbolic mode is applied, no mask is to have a part in it.
        let old = Program.setMask(0)
        var mask = old
        defer { Program.setMask(mask) }
        guard let text = words.first else {
            if isSymbolic { output += symbolic(~old) } else { output.append(octal: UInt(old), width: 4) }
            output.append(0x0A)
            return end(0)
        }
        if let octal = text.octal {
            guard octal <= 0o777 else { return refuse("umask", [UInt8]("Illegal number: ") + text) }
            mask = octal
        } else {
            guard let change = ModeChange(text) else { return refuse("umask", [UInt8]("Illegal mode: ") + text) }
            mask = ~UInt32(change.apply(to: UInt16(truncatingIfNeeded: ~old & 0o777), isDirectory: false)) & 0o777
        }
        return end(0)
    }

    /// `u=rwx,g=rx,o=rx` for these permissions.
    private func symbolic(_ permissions: UInt32) -> [UInt8] {
        var text: [UInt8] = []
        for (name, shift) in [(UInt8(ascii: "u"), UInt32(6)), (UInt8(ascii: "g"), 3), (UInt8(ascii: "o"), 0)] {
            if !text.isEmpty { text.append(",") }
            text += [name, UInt8(ascii: "=")]
            for (letter, bit) in [(UInt8(ascii: "r"), UInt32(4)), (UInt8(ascii: "w"), 2), (UInt8(ascii: "x"), 1)]
            where permissions >> shift & bit != 0 { text.append(letter) }
        }
        return text
    }
}
