// Terminal calls, by descriptor. Anything but a terminal answers `inappropriateIOControl`.

import ABI

/// What a terminal was asked for.
enum TerminalQuestion: UInt8, Wire, Sendable {
    case attributes = 0
    case size = 1
    case foreground = 2
    case session = 3
    case pseudoTerminal = 4

    init(from reader: inout Reader) throws(Errno) {
        guard let value = TerminalQuestion(rawValue: try reader.u8()) else { throw .badMessage }
        self = value
    }

    func encode(into writer: inout Writer) { writer.u8(rawValue) }

    var operation: Operation {
        switch self {
        case .attributes: return .getTerminalAttributes
        case .size: return .getWindowSize
        case .foreground: return .getForegroundGroup
        case .session: return .getTerminalSession
        case .pseudoTerminal: return .getPseudoTerminal
        }
    }

    /// Bytes of the encoded answer.
    var size: UInt32 {
        switch self {
        case .attributes: return 24 + UInt32(ControlCharacters.count)
        case .size: return 8
        case .foreground, .session, .pseudoTerminal: return 4
        }
    }
}

extension LibOS {
    /// Throws `badFileDescriptor`, `inappropriateIOControl`.
    private func terminal(_ descriptor: UInt32) throws(Errno) -> Description {
        let description = try table.description(descriptor)
        guard description.isTerminal else { throw .inappropriateIOControl }
        return description
    }

    private mutating func ask(
        _ thread: ThreadID, _ descriptor: UInt32, _ result: Address, _ question: TerminalQuestion, _ host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let terminal = try libOS.terminal(descriptor)
            try host.check(result, question.size)
            try libOS.request(
                question.operation, to: terminal.connection, OneHandle(handle: terminal.handle), replySpace: 256,
                owner: .thread(thread), host: &host)
            return .waiting(.terminal(result, question))
        }
    }

    /// Tells the answer, in its encoding.
    func terminalTold(
        _ address: Address, _ question: TerminalQuestion, _ reply: Reply, _ host: inout some ProgramHost
    ) throws(Errno) -> Outcome {
        var writer = Writer(capacity: 48)
        switch question {
        case .attributes: writer.value(try reply.value(TerminalAttributes.self))
        case .size: writer.value(try reply.value(WindowSize.self))
        case .foreground: writer.value(try reply.value(ForegroundGroup.self))
        case .session: writer.value(try reply.value(TerminalSession.self))
        case .pseudoTerminal: writer.value(try reply.value(PseudoTerminal.self))
        }
        try host.write(address, writer.bytes)
        return .done
    }

    /// The program's `count` bytes at `address` as a value. Throws `badAddress`.
    private static func value<T: Wire>(
        _ type: T.Type, _ address: Address, _ count: UInt32, _ host: inout some ProgramHost
    ) throws(Errno) -> T {
        var reader = Reader(try host.read(address, count))
        return try reader.value(type)
    }

    /// Tells an encoded `TerminalAttributes` (C: tcgetattr(3)).
    package mutating func terminalAttributesGet(
        _ thread: ThreadID, _ descriptor: UInt32, _ result: Address, host: inout some ProgramHost
    ) -> Int32 { ask(thread, descriptor, result, .attributes, &host) }

    /// Sets attributes (C: tcsetattr(3)). `action`: 0 now, 1 after output, 2 likewise and input is lost.
    /// `invalidArgument` for others; `interrupted` while it waits.
    package mutating func terminalAttributesSet(
        _ thread: ThreadID, _ descriptor: UInt32, _ action: UInt32, _ attributes: Address, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let terminal = try libOS.terminal(descriptor)
            guard action <= 2, let action = AttributeAction(rawValue: UInt8(action)) else { throw .invalidArgument }
            let attributes = try LibOS.value(TerminalAttributes.self, attributes, TerminalQuestion.attributes.size, &host)
            try libOS.request(
                .setTerminalAttributes, to: terminal.connection,
                SetTerminalAttributes(handle: terminal.handle, action: action, attributes: attributes), replySpace: 256,
                owner: .thread(thread), host: &host)
            return .waiting(.waitingResult)
        }
    }

    /// Tells an encoded `WindowSize` (C: tcgetwinsize(3)).
    package mutating func terminalSizeGet(
        _ thread: ThreadID, _ descriptor: UInt32, _ result: Address, host: inout some ProgramHost
    ) -> Int32 { ask(thread, descriptor, result, .size, &host) }

    /// Sets the size (C: tcsetwinsize(3)).
    package mutating func terminalSizeSet(
        _ thread: ThreadID, _ descriptor: UInt32, _ size: Address, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let terminal = try libOS.terminal(descriptor)
            let size = try LibOS.value(WindowSize.self, size, TerminalQuestion.size.size, &host)
            try libOS.request(
                .setWindowSize, to: terminal.connection, SetWindowSize(handle: terminal.handle, size: size), replySpace: 256,
                owner: .thread(thread), host: &host)
            return .waiting(.result)
        }
    }

    /// Tells the foreground group, an i32 (C: tcgetpgrp(3)).
    package mutating func terminalForegroundGet(
        _ thread: ThreadID, _ descriptor: UInt32, _ result: Address, host: inout some ProgramHost
    ) -> Int32 { ask(thread, descriptor, result, .foreground, &host) }

    /// Sets the foreground group (C: tcsetpgrp(3)). `invalidArgument` for a negative one.
    package mutating func terminalForegroundSet(
        _ thread: ThreadID, _ descriptor: UInt32, _ group: Int32, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let terminal = try libOS.terminal(descriptor)
            guard group > 0 else { throw .invalidArgument }
            try libOS.request(
                .setForegroundGroup, to: terminal.connection,
                SetForegroundGroup(handle: terminal.handle, group: ProcessGroupID(rawValue: group)), replySpace: 256,
                owner: .thread(thread), host: &host)
            return .waiting(.waitingResult)
        }
    }

    /// Tells the session whose controlling terminal it is, an i32 (C: tcgetsid(3)).
    package mutating func terminalSessionGet(
        _ thread: ThreadID, _ descriptor: UInt32, _ result: Address, host: inout some ProgramHost
    ) -> Int32 { ask(thread, descriptor, result, .session, &host) }

    /// Tells the number in `/dev/pts` of a master's terminal, an u32 (C: ptsname(3)).
    package mutating func pseudoTerminalGet(
        _ thread: ThreadID, _ descriptor: UInt32, _ result: Address, host: inout some ProgramHost
    ) -> Int32 { ask(thread, descriptor, result, .pseudoTerminal, &host) }

    /// Carries out a `TerminalCommand` (C: tcdrain(3), tcflush(3), tcflow(3), tcsendbreak(3), unlockpt(3)). `invalidArgument` for one that
    /// there is not; `interrupted` while it waits.
    package mutating func terminalControl(
        _ thread: ThreadID, _ descriptor: UInt32, _ command: UInt32, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let terminal = try libOS.terminal(descriptor)
            guard let number = UInt8(exactly: command), let command = TerminalCommand(rawValue: number) else {
                throw .invalidArgument
            }
            try libOS.request(
                .controlTerminal, to: terminal.connection, ControlTerminal(handle: terminal.handle, command: command),
                replySpace: 256, owner: .thread(thread), host: &host)
            return .waiting(.waitingResult)
        }
    }
}
