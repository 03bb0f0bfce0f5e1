package import ABI

// The page's side of the agent's protocol (Programs/agent/README.md), so that a host program acts on the simulated machine as a page
// does on a browser's.

/// How a command ended.
package enum CommandEnd: Equatable, Sendable {
    /// By itself, with this exit status.
    case exited(UInt8)
    /// By a signal of this number.
    case signaled(UInt8)
    /// It did not start, or the agent is gone; the text says more, where there is more to say.
    case failed(Errno, String)

    /// The status that a shell would tell: that of the program, 128 and the signal, 127 for a program that is not there, 126 for one
    /// that cannot be run.
    package var status: Int32 {
        switch self {
        case .exited(let status): Int32(status)
        case .signaled(let signal): 128 + Int32(signal)
        case .failed(let error, _): error == .noSuchFileOrDirectory ? 127 : 126
        }
    }
}

/// A command that runs: what it wrote, and how it ended.
package final class Command {
    /// Which of a command's streams.
    package enum Stream: UInt8, Sendable {
        case output = 1
        case error = 2
    }

    let number: UInt32
    /// Called with each piece of output, in order. Without it, pieces gather in `output` and `error`.
    package var onOutput: ((Stream, [UInt8]) -> Void)?
    package fileprivate(set) var output: [UInt8] = []
    package fileprivate(set) var error: [UInt8] = []
    /// How it ended; nil while it runs.
    package fileprivate(set) var end: CommandEnd?

    init(number: UInt32) { self.number = number }
}

/// Requests to the agent of one machine.
package final class AgentClient {
    /// Page → agent.
    private enum Call: UInt8 {
        case run = 1
        case input = 2
        case inputEnd = 3
        case readFile = 4
        case writeFile = 5
        case kill = 6
        case status = 7
        case makeDirectory = 8
        case runFile = 9
    }

    /// Agent → page.
    private enum Answer: UInt8 {
        case output = 64
        case ended = 65
        case data = 66
        case done = 67
        case failed = 68
        case status = 69
    }

    /// Bytes of a file or of input in one message.
    private static let piece = 512 << 10
    /// Messages and bytes that are sent before the agent has shown that it read them: `/dev/page` keeps few for it.
    private static let windowMessages = 16
    private static let windowBytes = 2 << 20

    private enum Pending {
        case command(Command)
        case answer((Result<[UInt8], Errno>) -> Void)
    }

    private let emit: ([UInt8]) -> Void
    private var lastNumber: UInt32 = 0
    private var pending = OrderedPending()
    private var queue: [[UInt8]] = []
    private var sentMessages = 0
    private var sentBytes = 0
    private var awaitsReading = false

    /// Requests by number; few at once.
    private struct OrderedPending {
        private var items: [(number: UInt32, value: Pending)] = []
        subscript(number: UInt32) -> Pending? {
            get { items.first { $0.number == number }?.value }
            set {
                items.removeAll { $0.number == number }
                if let newValue { items.append((number, newValue)) }
            }
        }
        mutating func takeAll() -> [Pending] {
            defer { items = [] }
            return items.map { $0.value }
        }
    }

    /// - Parameter emit: sends one message to the page's device of the machine.
    package init(emit: @escaping ([UInt8]) -> Void) { self.emit = emit }

    // MARK: Commands

    /// Starts a program.
    /// - Parameters:
    ///   - command: its path and arguments.
    ///   - program: its path, if that is not what it is to be told as the first argument.
    ///   - environment: `NAME=value`, added to the agent's own.
    ///   - input: how its standard input begins.
    ///   - endsInput: whether nothing follows; otherwise `send` and `endInput` go on.
    package func run(
        _ command: [[UInt8]], program: [UInt8]? = nil, directory: [UInt8] = Array("/".utf8), environment: [[UInt8]] = [],
        input: [UInt8] = [], endsInput: Bool = true
    ) -> Command {
        let number = newNumber()
        let running = Command(number: number)
        pending[number] = .command(running)
        var fields = Writer()
        if let program { string(program, &fields) }
        string(directory, &fields)
        strings(command, &fields)
        strings(environment, &fields)
        string(Array(input.prefix(AgentClient.piece)), &fields)
        post(program == nil ? .run : .runFile, number, fields.bytes)
        send(Array(input.dropFirst(AgentClient.piece)), to: running)
        if endsInput { endInput(of: running) }
        return running
    }

    /// Goes on with a command's standard input.
    package func send(_ input: [UInt8], to command: Command) {
        var start = 0
        while start < input.count {
            let piece = input[start..<min(start + AgentClient.piece, input.count)]
            post(.input, command.number, Array(piece))
            start += piece.count
        }
    }

    /// A command's standard input is at its end.
    package func endInput(of command: Command) { post(.inputEnd, command.number, []) }

    /// Sends a signal to the process group of a command.
    package func signal(_ signal: Signal, to command: Command) {
        guard command.end == nil else { return }
        var fields = Writer()
        fields.i32(Int32(signal.rawValue))
        post(.kill, command.number, fields.bytes)
    }

    // MARK: Files

    /// Reads at most 512 KiB of a file from `offset` on; none at its end.
    package func readFile(_ path: [UInt8], offset: UInt64, _ completion: @escaping (Result<[UInt8], Errno>) -> Void) {
        var fields = Writer()
        string(path, &fields)
        fields.u64(offset)
        fields.u32(UInt32(AgentClient.piece))
        ask(.readFile, fields.bytes, completion)
    }

    /// Replaces a file's contents, or makes it with permission bits `mode`.
    package func writeFile(
        _ path: [UInt8], _ contents: [UInt8], mode: UInt16, _ completion: @escaping (Result<[UInt8], Errno>) -> Void
    ) {
        let number = newNumber()
        pending[number] = .answer(completion)
        var start = 0
        repeat {
            let piece = contents[start..<min(start + AgentClient.piece, contents.count)]
            var fields = Writer()
            string(path, &fields)
            fields.u16(mode)
            fields.u8((start == 0 ? 1 : 0) | (start + piece.count == contents.count ? 2 : 0))
            fields.raw(piece)
            post(.writeFile, number, fields.bytes)
            start += piece.count
        } while start < contents.count
    }

    /// Tells whether a path leads anywhere: success once the agent runs, if it is `/`.
    package func status(_ path: [UInt8], _ completion: @escaping (Result<[UInt8], Errno>) -> Void) {
        var fields = Writer()
        string(path, &fields)
        ask(.status, fields.bytes, completion)
    }

    // MARK: Messages

    /// A message of the agent. What is malformed or belongs to no request is dropped.
    package func receive(_ message: [UInt8]) {
        var reader = Reader(message)
        guard let kind = (try? reader.u8()).flatMap(Answer.init(rawValue:)), let number = try? reader.u32(), let owner = pending[number]
        else { return }
        if kind != .output { pending[number] = nil }
        switch owner {
        case .command(let command): tell(command, kind, &reader)
        case .answer(let completion):
            let rest = reader.rest()
            completion(kind == .failed ? .failure(AgentClient.failure(rest).error) : .success(rest))
        }
    }

    private func tell(_ command: Command, _ kind: Answer, _ reader: inout Reader) {
        switch kind {
        case .output:
            guard let stream = (try? reader.u8()).flatMap(Command.Stream.init(rawValue:)) else { return }
            let bytes = reader.rest()
            if let onOutput = command.onOutput { return onOutput(stream, bytes) }
            if stream == .output { command.output += bytes } else { command.error += bytes }
        case .ended:
            guard let kind = try? reader.u8(), let code = try? reader.u8() else { return }
            command.end = kind == 0 ? .exited(code) : .signaled(code)
        case .failed:
            let failure = AgentClient.failure(reader.rest())
            command.end = .failed(failure.error, failure.text)
        case .data, .done, .status: break
        }
    }

    private static func failure(_ bytes: [UInt8]) -> (error: Errno, text: String) {
        guard bytes.count >= 2 else { return (.ioError, "") }
        let number = UInt32(bytes[0]) | UInt32(bytes[1]) << 8
        return (Errno.decode(number) ?? .ioError, String(decoding: bytes[2...], as: UTF8.self))
    }

    /// The text of what failed because the agent is gone.
    package static let lost = "the agent is gone"

    /// The agent is gone: everything that is not finished has failed.
    package func failAll() {
        queue = []
        openWindow()
        for owner in pending.takeAll() {
            switch owner {
            case .command(let command): command.end = .failed(.ioError, AgentClient.lost)
            case .answer(let completion): completion(.failure(.ioError))
            }
        }
    }

    private func newNumber() -> UInt32 {
        lastNumber &+= 1
        return lastNumber
    }

    private func ask(_ call: Call, _ fields: [UInt8], _ completion: @escaping (Result<[UInt8], Errno>) -> Void) {
        let number = newNumber()
        pending[number] = .answer(completion)
        post(call, number, fields)
    }

    private func post(_ call: Call, _ number: UInt32, _ fields: [UInt8]) {
        queue.append(message(call, number, fields))
        flush()
    }

    private func message(_ call: Call, _ number: UInt32, _ fields: [UInt8]) -> [UInt8] {
        var writer = Writer(capacity: 5 + fields.count)
        writer.u8(call.rawValue)
        writer.u32(number)
        writer.raw(fields)
        return writer.bytes
    }

    private func openWindow() {
        sentMessages = 0
        sentBytes = 0
        awaitsReading = false
    }

    /// Sends what the window lets through. The agent reads messages in order, so an answer to a small question at the window's end
    /// shows that it has read all before it.
    private func flush() {
        while !awaitsReading && !queue.isEmpty {
            transmit(queue.removeFirst())
            if sentMessages < AgentClient.windowMessages && sentBytes < AgentClient.windowBytes { continue }
            let number = newNumber()
            pending[number] = .answer { [weak self] _ in
                self?.openWindow()
                self?.flush()
            }
            awaitsReading = true
            var fields = Writer()
            string(Array("/".utf8), &fields)
            transmit(message(.status, number, fields.bytes))
        }
    }

    private func transmit(_ message: [UInt8]) {
        sentMessages += 1
        sentBytes += message.count
        emit(message)
    }

    private func string(_ bytes: [UInt8], _ writer: inout Writer) {
        writer.u32(UInt32(bytes.count))
        writer.raw(bytes)
    }

    private func strings(_ list: [[UInt8]], _ writer: inout Writer) {
        writer.u32(UInt32(list.count))
        for item in list { string(item, &writer) }
    }
}
