// echo, printf, test: the same code as the shell's builtins.

import Martlet
import Shell

enum ShellTools {
    @Sendable static func echo(_ command: Command) { command.output.write(Echo.text(command.arguments)) }

    @Sendable static func printf(_ command: Command) {
        guard let format = command.arguments.first else { command.failUsage("a format is missing") }
        let result = Printf.format(format, [[UInt8]](command.arguments.dropFirst()))
        command.output.write(result.output)
        for message in result.errors { command.report(message) }
        if !result.errors.isEmpty { command.status = 1 }
    }

    static func test(_ command: Command, isBracket: Bool) {
        do {
            command.status = try Condition.evaluate(command.arguments, isBracket: isBracket) ? 0 : 1
        } catch {
            command.end(error.message, status: 2)
        }
    }
}
