// mount, umount.

import Martlet

enum MountTool {
    @Sendable static func mount(_ command: Command) {
        let options = command.options("t:o:")
        var operands = options.operands
        if operands.isEmpty, options.all.isEmpty {
            do {
                for mount in try Mount.list() {
                    var line = mount.type + [UInt8](" on ") + mount.target
                    if !mount.options.isEmpty { line += [UInt8](" (") + mount.options + [UInt8](")") }
                    command.output.writeLine(line)
                }
            } catch {
                command.end(error.message)
            }
            return
        }
        // With two operands the first one is the source: of a type without one any word will do.
        guard operands.count == 1 || operands.count == 2, let target = operands.popLast() else {
            command.failUsage("one directory is wanted")
        }
        guard let type = options.value("t") ?? operands.first else { command.failUsage("a type is missing (-t)") }
        do {
            try Mount.mount(type, on: target, options: options.value("o") ?? [])
        } catch {
            command.fail(target, error)
        }
    }

    @Sendable static func unmount(_ command: Command) {
        let operands = command.options("").operands
        if operands.isEmpty { command.failUsage("a directory is missing") }
        for operand in operands {
            do {
                try Mount.unmount(operand)
            } catch {
                command.fail(operand, error)
            }
        }
    }
}
