// Builtins that programs could do as well, and those about the process's own attributes.

import Martlet

extension Shell {
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
