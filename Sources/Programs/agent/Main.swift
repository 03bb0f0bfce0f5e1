// agent: the process through which the page acts. `agent [file]`; without an operand it speaks over /dev/page, with `-` over its
// standard input. README.md describes the messages.

import Martlet

@main struct Main {
    static func main() {
        let operand = Program.arguments.count > 1 ? Program.arguments[1] : [UInt8]("/dev/page")
        let page: File
        do {
            page = operand.equals("-") ? .standardInput : try File.open(operand, .readWrite)
        } catch {
            Output.error.write([UInt8]("agent: ") + operand + [UInt8](": ") + error.message + [0x0A])
            Program.exit(1)
        }
        // A child's end ends the wait; a command that reads no input is no reason to die. Not ignored: commands would ignore it too.
        try? Signal.set(.child, .interrupt)
        // Not `ignore`, which the commands would inherit.
        try? Signal.set(.brokenPipe, .interrupt)
        var agent = Agent(page: page)
        agent.serve()
        Program.exit(0)
    }
}
