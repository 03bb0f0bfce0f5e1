// cp, mv, rm, ln: files as they are moved about.

import Martlet

enum Cp {
    struct Choices {
        var isRecursive = false
        var preserves = false
        var isForced = false
        /// Symbolic links stay links.
        var keepsLinks = false
    }

    @Sendable static func run(_ command: Command) {
        let options = command.options("fRrpai")
        let choices = Choices(
            isRecursive: options.has("R") || options.has("r") || options.has("a"), preserves: options.has("p") || options.has("a"),
            isForced: options.has("f"), keepsLinks: options.has("R") || options.has("r") || options.has("a"))
        for (source, target) in Files.targets(options.operands, command) { copy(source, target, choices, command) }
    }

    /// Copies a file or, if asked for, a tree. What fails is told, and the rest goes on.
    static func copy(_ source: [UInt8], _ target: [UInt8], _ choices: Choices, _ command: Command) {
        let status: FileStatus
        do {
            status = try Path.status(source, follow: !choices.keepsLinks)
        } catch {
            return command.fail(source, error)
        }
        let existing = try? Path.status(target)
        if let existing, existing.isSameFile(as: status) {
            return command.fail(source, [UInt8]("and ") + target + [UInt8](" are the same file"))
        }
        do {
            switch status.kind {
            case .directory:
                guard choices.isRecursive else { return command.fail(source, "is a directory (not copied without -r)") }
                return copyDirectory(source, target, status, isThere: existing != nil, choices, command)
            case .symbolicLink:
                if existing != nil || (try? Path.status(target, follow: false)) != nil { try Path.unlink(target) }
                try Path.symbolicLink(to: Path.readLink(source), at: target)
                return
            default: break
            }
        } catch {
            return command.fail(target, error)
        }
        copyFile(source, target, status, isNew: existing == nil, choices, command)
    }

    private static func copyFile(
        _ source: [UInt8], _ target: [UInt8], _ status: FileStatus, isNew: Bool, _ choices: Choices, _ command: Command
    ) {
        let input: File
        do {
            input = try File.open(source)
        } catch {
            return command.fail(source, error)
        }
        defer { try? input.close() }
        do throws(Errno) {
            let output: File
            do {
                output = try File.open(target, .write, [.create, .truncate])
            } catch {
                guard choices.isForced, !isNew else { throw error }
                try Path.unlink(target)
                output = try File.open(target, .write, [.create, .truncate])
            }
            defer { try? output.close() }
            try copyBytes(input, output)
            if isNew || choices.preserves { try setMode(target, status.mode, keepsAll: choices.preserves) }
            if choices.preserves { try preserve(target, status) }
        } catch {
            command.fail(target, error)
        }
    }

    private static func copyBytes(_ input: File, _ output: File) throws(Errno) {
        while true {
            let piece = try input.read(count: 65536)
            if piece.isEmpty { return }
            try output.write(piece)
        }
    }

    /// Gives a copy its mode; the mask takes bits off unless all are kept.
    private static func setMode(_ path: [UInt8], _ mode: UInt16, keepsAll: Bool) throws(Errno) {
        if keepsAll { return try Path.setMode(path, mode) }
        let mask = Program.setMask(0)
        Program.setMask(mask)
        let wanted = mode & 0o777 & ~UInt16(truncatingIfNeeded: mask)
        if try Path.status(path).mode != wanted { try Path.setMode(path, wanted) }
    }

    private static func preserve(_ path: [UInt8], _ status: FileStatus) throws(Errno) {
        try Path.setTimes(path, access: .at(status.accessTime), modification: .at(status.modificationTime))
        // Only root can give files away.
        try? Path.setOwner(path, user: status.user, group: status.group)
    }

    private static func copyDirectory(
        _ source: [UInt8], _ target: [UInt8], _ status: FileStatus, isThere: Bool, _ choices: Choices, _ command: Command
    ) {
        // A tree copied into itself would never end.
        if (Path.join(target, [])).hasPrefix(Path.join(source, [])) {
            return command.fail(source, [UInt8]("cannot be copied into itself, ") + target)
        }
        do {
            if !isThere { try Path.makeDirectory(target) }
            for name in try Files.names(source) { copy(Path.join(source, name), Path.join(target, name), choices, command) }
            if !isThere || choices.preserves { try setMode(target, status.mode, keepsAll: choices.preserves) }
            if choices.preserves { try preserve(target, status) }
        } catch {
            command.fail(target, error)
        }
    }
}

enum Mv {
    @Sendable static func run(_ command: Command) {
        let options = command.options("fi")
        for (source, target) in Files.targets(options.operands, command) {
            do {
                let from = try Path.status(source, follow: false)
                if let to = try? Path.status(target, follow: false), to.isSameFile(as: from), source != target {
                    command.fail(source, [UInt8]("and ") + target + [UInt8](" are the same file"))
                    continue
                }
                try Path.rename(source, to: target)
            } catch {
                guard error == .improperLink else {
                    command.fail(source, error)
                    continue
                }
                // Another file system: a copy takes the place of the file.
                let before = command.status
                command.status = 0
                Cp.copy(source, target, Cp.Choices(isRecursive: true, preserves: true, isForced: true, keepsLinks: true), command)
                if command.status == 0 { Rm.remove(source, isRecursive: true, isForced: false, command) }
                command.status = max(command.status, before)
            }
        }
    }
}

enum Rm {
    @Sendable static func run(_ command: Command) {
        let options = command.options("fRri")
        let isForced = options.has("f")
        if options.operands.isEmpty, !isForced { command.failUsage("an operand is missing") }
        for name in options.operands {
            let last = Path.baseName(name)
            if last.equals(".") || last.equals("..") || last.equals("/") {
                command.fail(name, "is never removed")
                continue
            }
            remove(name, isRecursive: options.has("R") || options.has("r"), isForced: isForced, command)
        }
    }

    /// Removes a file or a tree.
    static func remove(_ path: [UInt8], isRecursive: Bool, isForced: Bool, _ command: Command) {
        do {
            let status = try Path.status(path, follow: false)
            guard status.kind == .directory else { return try Path.unlink(path) }
            guard isRecursive else { return command.fail(path, .isDirectory) }
            for name in try Files.names(path) {
                remove(Path.join(path, name), isRecursive: true, isForced: isForced, command)
            }
            try Path.removeDirectory(path)
        } catch {
            if !(isForced && error == .noSuchFileOrDirectory) { command.fail(path, error) }
        }
    }
}

enum Ln {
    @Sendable static func run(_ command: Command) {
        let options = command.options("sf")
        var operands = options.operands
        if operands.count == 1 { operands.append([UInt8](".")) }
        for (source, target) in Files.targets(operands, command) {
            do {
                if options.has("f"), (try? Path.status(target, follow: false)) != nil { try Path.unlink(target) }
                if options.has("s") { try Path.symbolicLink(to: source, at: target) } else { try Path.link(source, as: target) }
            } catch {
                command.fail(target, error)
            }
        }
    }
}
