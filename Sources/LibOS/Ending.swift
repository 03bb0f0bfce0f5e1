// The end of a program: by itself, by a trap, by SIGPIPE.

import ABI

extension LibOS {
    /// How long the line about a trap may take, in nanoseconds: descriptor 2 may be a full pipe.
    private static let reportTime: UInt64 = 2_000_000_000

    /// Ends the program (WASI `proc_exit`); of the code, the low 8 bits count. Answers PENDING for ever.
    package mutating func processExit(_ thread: ThreadID, _ code: UInt32, host: inout some ProgramHost) -> Int32 {
        exit(UInt8(code & 0xFF), &host)
        return ProgramABI.pending
    }

    /// The program's entry returned: as an exit with code 0.
    package mutating func returned(host: inout some ProgramHost) {
        exit(0, &host)
    }

    /// The program is over, when it is not stopped.
    private mutating func exit(_ code: UInt8, _ host: inout some ProgramHost) {
        guard isRunning else { return }
        if signals.isStopped {
            signals.heldExit = code
        } else {
            endProgram(ProcessEnd(kind: .exited, code: code), reason: [], &host)
        }
    }

    /// The program trapped. A line about it is written to descriptor 2 if that is open and no terminal; then the program is over.
    /// (On a terminal it would stand beside the line that the resource manager writes to the console.)
    /// - Parameters:
    ///   - kind: number of the signal that the trap is; an unknown one counts as SIGILL.
    ///   - text: reason and function, for people.
    package mutating func trap(kind: UInt32, text: [UInt8], host: inout some ProgramHost) {
        guard isRunning else { return }
        let signal = kind <= 64 ? Signal(rawValue: UInt8(kind)) ?? .illegalInstruction : .illegalInstruction
        let end = ProcessEnd(kind: .signaled, code: signal.rawValue)
        let text = Array(text.prefix(1024))
        var line = ByteString("martlet: ").bytes + name + ByteString(": ").bytes + text
        line += ByteString(" (").bytes + LibOS.name(of: signal) + ByteString(")\n").bytes
        phase = .reporting(end, reason: text, deadline: host.monotonicTime().adding(LibOS.reportTime))
        threads = []
        do throws(Errno) {
            let description = try table.description(2, .write)
            guard !description.isTerminal else { return endReported(&host) }
            try request(
                .write, to: description.connection, Write(handle: description.handle, position: description.position, data: line),
                replySpace: 256, owner: .report, host: &host)
            setTimer(including: .never, &host)
        } catch {
            // Nobody reads descriptor 2: the console is what is left.
            endReported(&host)
        }
    }

    /// The line about a trap was written, or could not be.
    mutating func endReported(_ host: inout some ProgramHost) {
        guard case .reporting(let end, let reason, deadline: _) = phase else { return }
        endProgram(end, reason: reason, &host)
    }

    /// Tells the resource manager how the program ended, and the hart that it did.
    mutating func endProgram(_ end: ProcessEnd, reason: [UInt8], _ host: inout some ProgramHost) {
        phase = .ended
        requests = []
        answer(.resourceManager, Message.notice(.exit, Exit(end: end, reason: reason)), &host)
        host.end()
    }

    /// The last component of the program's path.
    private var name: [UInt8] {
        var start = 0
        for index in path.indices where path[index] == UInt8(ascii: "/") { start = index + 1 }
        return Array(path[start...])
    }

    private static func name(of signal: Signal) -> [UInt8] {
        switch signal {
        case .illegalInstruction: return ByteString("SIGILL").bytes
        case .abort: return ByteString("SIGABRT").bytes
        case .arithmetic: return ByteString("SIGFPE").bytes
        case .segmentation: return ByteString("SIGSEGV").bytes
        case .badSystemCall: return ByteString("SIGSYS").bytes
        default:
            var digits: [UInt8] = []
            var rest = signal.rawValue
            repeat {
                digits.insert(UInt8(ascii: "0") + rest % 10, at: 0)
                rest /= 10
            } while rest > 0
            return ByteString("signal ").bytes + digits
        }
    }
}
