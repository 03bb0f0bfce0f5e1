/// The bounds of the system, each named once. A full table answers with the `Errno` its operation names.
package enum Limits {
    /// Largest payload of a message, in bytes.
    package static let payload = 1 << 20
    /// Most data that one read or write message carries: a payload less the fields around it. The libOS splits larger transfers.
    package static let transfer = payload - 64
    /// Most elements of a list inside a message.
    package static let listLength = 65536
    /// Requests that a process may have unanswered on one connection.
    package static let credits = 16
    /// Bytes of payload and reserved replies that a process may have unanswered on one connection.
    package static let creditBytes = 4 << 20
    /// Descriptors of a process.
    package static let descriptors = 1024
    /// Advisory locks of one owner on one file.
    package static let locks = 256
    /// Processes of a system.
    package static let processes = 16384
    /// Connections of a hart: every process may have one with each server.
    package static let connections = processes
    /// Bytes of arguments and environment of one program (C: ARG_MAX).
    package static let arguments = 512 << 10
    /// Bytes of a path with its terminating zero (C: PATH_MAX).
    package static let path = 4096
    /// Bytes of one name in a directory (C: NAME_MAX).
    package static let name = 255
    /// Symbolic links that one path resolution follows (C: SYMLOOP_MAX).
    package static let symbolicLinks = 40
    /// Bytes that a pipe holds.
    package static let pipe = 64 << 10
    /// Largest write to a pipe that is never mixed with another (C: PIPE_BUF).
    package static let atomicPipeWrite = 4096
    /// Bytes of a line in the terminal's canonical mode (C: MAX_CANON) and of its input queue (C: MAX_INPUT).
    package static let terminalLine = 4096
    /// Consoles, minor numbers 1 and following. The page shows the first.
    package static let consoles = 4
    /// Pseudo-terminals of a system; their minor numbers follow those of the consoles.
    package static let pseudoTerminals = 256
    /// Bytes of a server's restart record.
    package static let restartRecord = 4096
    /// Nanoseconds that a driver has from its start to its registration.
    package static let registration: UInt64 = 5_000_000_000
    /// Nanoseconds from the start of init to that of the drivers that nothing waits for: the first prompt comes before.
    package static let afterInit: UInt64 = 500_000_000
    /// Nanoseconds that the drivers have to tell their counters when those of the system are asked for.
    package static let counters: UInt64 = 250_000_000
    /// Steps of the start that are kept.
    package static let bootSteps = 64
    /// Bytes of the text of one such step.
    package static let bootStepText = 512
    /// Nanoseconds of hart time away from the event loop after which the libOS answers YIELD.
    package static let yield: UInt64 = 5_000_000
    /// Bytes that one read or write of the block device carries.
    package static let blockTransfer = 1 << 20
    /// Calls to the block device that a server may have unanswered.
    package static let blockCalls = 64
    /// Signals that wait in a process's queue beside those of which there is one alone (C: SIGQUEUE_MAX).
    package static let queuedSignals = 1024
    /// Bytes of a program image.
    package static let image = 512 << 20
}
