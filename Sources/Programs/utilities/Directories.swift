// mkdir, rmdir, chmod, touch: making and changing what is listed.

import Martlet
import Shell

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
