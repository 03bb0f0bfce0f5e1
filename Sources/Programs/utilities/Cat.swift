// cat: concatenates files.

import Martlet

enum Cat {
    @Sendable static func run(_ command: Command) {
        let options = command.options("u")
        let names = options.operands.isEmpty ? [[UInt8]("-")] : options.operands
        for name in names {
            do {
                let file = try Files.open(name)
                defer { Files.close(file) }
                try Files.copy(file, to: .standardOutput, command)
            } catch {
                command.fail(name, error)
            }
        }
    }
}
