// The frame of a utility: its name, its messages, its exit status.

/// A utility at work.
// SAFETY: a program has one thread.
public final class Command: @unchecked Sendable {
    /// The name that stands before its messages.
    public let name: [UInt8]
    /// Its arguments, without the name.
    public let arguments: [[UInt8]]
    /// What comes after the name in its usage line.
    public let usage: StaticString
    /// Exit status of a wrong command line.
    public let usageStatus: UInt8
    /// The exit status so far.
    public var status: UInt8 = 0
    /// Standard output.
    public let output = Output.standard

    public init(name: [UInt8], arguments: [[UInt8]], usage: StaticString, usageStatus: UInt8 = 1) {
        self.name = name
        self.arguments = arguments
        self.usage = usage
        self.usageStatus = usageStatus
    }

    /// Reads the options; a wrong command line ends the program with a message, `--help` ends it with the usage line.
    public func options(_ known: StaticString) -> Options {
        do {
            return try Options(arguments, known: known)
        } catch {
            switch error {
            case .help:
                output.write(usageLine)
                Program.exit(0)
            case .unknown(let option): failUsage([UInt8]("unknown option ") + option)
            case .missingArgument(let letter): failUsage([UInt8]("option -") + [letter] + [UInt8](" needs an argument"))
            }
        }
    }

    private var usageLine: [UInt8] {
        var line = [UInt8]("usage: ") + name
        if usage.utf8CodeUnitCount > 0 {
            line.append(0x20)
            line.append(usage)
        }
        return line + [0x0A]
    }

    /// Tells what is wrong with the command line and how it should be, and ends the program.
    public func failUsage(_ message: [UInt8]) -> Never {
        report(message)
        Output.error.write(usageLine)
        Program.exit(usageStatus)
    }

    /// Tells what is wrong with the command line and how it should be, and ends the program.
    public func failUsage(_ message: StaticString) -> Never { failUsage([UInt8](message)) }

    /// Writes `NAME: message` to standard error, after what standard output holds.
    public func report(_ message: [UInt8]) {
        try? output.flush()
        var line = name
        line.append(": ")
        line += message
        line.append(0x0A)
        Output.error.write(line)
    }

    /// Tells `NAME: operand: message` and notes a failure.
    public func fail(_ operand: [UInt8], _ error: Errno, status: UInt8 = 1) {
        fail(operand, error.message, status: status)
    }

    /// Tells `NAME: operand: message` and notes a failure.
    public func fail(_ operand: [UInt8], _ message: [UInt8], status: UInt8 = 1) {
        // Whoever reads our output is gone: what remains to be done is nobody's interest.
        if output.error == .brokenPipe { Program.exit(status) }
        report(operand + [UInt8](": ") + message)
        self.status = max(self.status, status)
    }

    /// Tells `NAME: operand: message` and notes a failure.
    public func fail(_ operand: [UInt8], _ message: StaticString, status: UInt8 = 1) {
        fail(operand, [UInt8](message), status: status)
    }

    /// Tells `NAME: message` and ends the program.
    public func end(_ message: [UInt8], status: UInt8 = 1) -> Never {
        report(message)
        Program.exit(status)
    }

    /// Tells `NAME: message` and ends the program.
    public func end(_ message: StaticString, status: UInt8 = 1) -> Never { end([UInt8](message), status: status) }

    /// Ends the program if its output is wanted no more; to be called in loops that write without end.
    public func checkOutput() {
        if output.error != nil { Program.exit(1) }
    }
}
