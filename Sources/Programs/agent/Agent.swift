// The agent's loop: it waits for the page, for the pipes of its commands, and for their ends.

import Martlet

/// A running command.
struct Run {
    /// The page's number of the request.
    var number: UInt32
    /// Its process, which leads a group of its own.
    var process: Int32
    /// Where its input goes; `nil` once that has ended.
    var input: File?
    /// Input that its pipe had no room for.
    var pending: [UInt8] = []
    /// The page has sent all input.
    var isInputComplete = false
    /// Standard output and standard error; `nil` at their ends.
    var outputs: [File?]
    var end: ProcessEnd?
}

/// A file on its way to the machine.
private struct Upload {
    var number: UInt32
    /// `nil`: it failed, and the rest of it is dropped.
    var file: File?
}

struct Agent {
    private let page: File
    private var runs: [Run] = []
    private var uploads: [Upload] = []
    private var isOpen = true

    init(page: File) { self.page = page }

    /// Serves until the page is gone.
    mutating func serve() {
        while isOpen {
            // A signal may have come before; see `Signal.Disposition.interrupt`. One that came while ends were told has ended one
            // of the calls for that: nothing may wait between the look that finds none and the wait.
            while !Signal.take().isEmpty { reap() }
            let ready: [Bool]
            do {
                ready = try Poll.wait(events())
            } catch {
                guard error == .interrupted else { return }
                continue
            }
            handle(ready)
            finishEnded()
        }
        for run in runs { try? Process.kill(-run.process, .hangUp) }
    }

    private func send(_ message: AgentMessage, _ number: UInt32) { try? page.write(message.encoded(number)) }

    /// What to wait for; `handle` goes through the same list.
    private func events() -> [Poll.Event] {
        var events = [Poll.Event.readable(page)]
        for run in runs {
            for case let file? in run.outputs { events.append(.readable(file)) }
            if let input = run.input, !run.pending.isEmpty { events.append(.writable(input)) }
        }
        return events
    }

    private mutating func handle(_ ready: [Bool]) {
        var position = 1
        for index in runs.indices {
            for stream in runs[index].outputs.indices where runs[index].outputs[stream] != nil {
                if ready[position] { forward(index, stream) }
                position += 1
            }
            if runs[index].input != nil, !runs[index].pending.isEmpty {
                if ready[position] { feed(index) }
                position += 1
            }
        }
        // Last: a request changes the list of runs.
        if ready[0] { receive() }
    }

    /// Sends what a command has written; true if there may be more.
    @discardableResult
    private mutating func forward(_ index: Int, _ stream: Int) -> Bool {
        guard let file = runs[index].outputs[stream] else { return false }
        do {
            let bytes = try file.read(count: 65536)
            if !bytes.isEmpty {
                send(.output(stream: UInt8(stream + 1), bytes), runs[index].number)
                return true
            }
        } catch {
            if error == .interrupted { return true }
            if error == .resourceTemporarilyUnavailable { return false }
        }
        try? file.close()
        runs[index].outputs[stream] = nil
        return false
    }

    /// Gives a command as much of its input as its pipe takes.
    private mutating func feed(_ index: Int) {
        guard let input = runs[index].input else { return }
        do throws(Errno) {
            while !runs[index].pending.isEmpty {
                let count = try input.write(some: runs[index].pending)
                runs[index].pending.removeFirst(count)
            }
        } catch {
            if error == .resourceTemporarilyUnavailable || error == .interrupted { return }
            // It reads no more.
            runs[index].pending = []
            runs[index].isInputComplete = true
        }
        if runs[index].isInputComplete {
            try? input.close()
            runs[index].input = nil
        }
    }

    private mutating func reap() {
        while true {
            do {
                guard let ended = try Process.poll() else { break }
                for index in runs.indices where runs[index].process == ended.process { runs[index].end = ended.end }
            } catch {
                if error != .interrupted { break }
            }
        }
        finishEnded()
    }

    /// Tells the ends of commands, after what is left in their pipes. What descendants of theirs write later is lost.
    private mutating func finishEnded() {
        for index in runs.indices {
            guard let end = runs[index].end else { continue }
            for stream in runs[index].outputs.indices {
                while forward(index, stream) {}
                try? runs[index].outputs[stream]?.close()
            }
            try? runs[index].input?.close()
            send(.ended(end), runs[index].number)
        }
        runs.removeAll { $0.end != nil }
    }

    /// Takes one message from the page.
    private mutating func receive() {
        let message: [UInt8]
        do {
            message = try page.read(count: PageRequest.size)
        } catch {
            if error != .interrupted, error != .resourceTemporarilyUnavailable { isOpen = false }
            return
        }
        if message.isEmpty {
            isOpen = false
            return
        }
        var reader = ByteReader(message)
        var number: UInt32 = 0
        do {
            let kind = try reader.integer(UInt8.self)
            number = try reader.integer(UInt32.self)
            let request = try PageRequest(kind: kind, &reader)
            if let answer = try answer(request, number) { send(answer, number) }
        } catch {
            send(.failed(error, error.message), number)
        }
    }

    private mutating func answer(_ request: PageRequest, _ number: UInt32) throws(Errno) -> AgentMessage? {
        switch request {
        case .run(let program, let directory, let arguments, let environment, let input):
            guard let program = program ?? arguments.first else { throw .invalidArgument }
            return try start(number, program, directory, arguments, environment, input)
        case .input(let bytes):
            if let index = run(number), !runs[index].isInputComplete {
                runs[index].pending += bytes
                feed(index)
            }
            return nil
        case .inputEnd:
            if let index = run(number) {
                runs[index].isInputComplete = true
                feed(index)
            }
            return nil
        case .readFile(let path, let offset, let count): return .data(try read(path, offset, count))
        case .writeFile(let path, let mode, let isFirst, let isLast, let bytes):
            return try write(number, path, mode, isFirst: isFirst, isLast: isLast, bytes)
        case .kill(let signal):
            guard (0...64).contains(signal) else { throw .invalidArgument }
            // One that has just ended needs no signal.
            if let index = run(number) { try? Process.kill(-runs[index].process, signal == 0 ? nil : Signal(rawValue: UInt8(signal))) }
            return nil
        case .status(let path): return .status(try Path.status(path))
        case .makeDirectory(let path, let mode):
            try Path.makeDirectory(path)
            try Path.setMode(path, mode & 0o7777)
            return .done
        }
    }

    /// The agent's own environment with these variables added, or in place of its own.
    private func completed(_ given: [[UInt8]]) -> [[UInt8]] {
        let name = { (entry: [UInt8]) in entry.prefix { $0 != UInt8(ascii: "=") } }
        return Program.environment.filter { own in !given.contains { name($0) == name(own) } } + given
    }

    private func run(_ number: UInt32) -> Int? { runs.firstIndex { $0.number == number } }

    private mutating func start(
        _ number: UInt32, _ path: [UInt8], _ directory: [UInt8], _ arguments: [[UInt8]], _ environment: [[UInt8]], _ input: [UInt8]
    ) throws(Errno) -> AgentMessage? {
        if run(number) != nil { throw .fileExists }
        // A directory whose server is gone is left for the root.
        let home = (try? Program.currentDirectory()) ?? [UInt8(ascii: "/")]
        let pipes = try Agent.makePipes()
        do {
            for pipe in [pipes[1], pipes[2]] { try pipe.readEnd.setNonBlocking(true) }
            try pipes[0].writeEnd.setNonBlocking(true)
            try Program.changeDirectory(directory)
        } catch {
            Agent.close(pipes)
            throw error
        }
        defer { try? Program.changeDirectory(home) }
        let process: Int32
        do {
            process = try Process.spawn(
                path, arguments, environment: completed(environment),
                descriptors: [
                    Process.Inherited(0, pipes[0].readEnd), Process.Inherited(1, pipes[1].writeEnd),
                    Process.Inherited(2, pipes[2].writeEnd),
                ], placement: Process.Placement(group: 0))
        } catch {
            Agent.close(pipes)
            var text = path + [UInt8](": ") + error.error.message
            if !error.reason.isEmpty { text += [UInt8](": ") + error.reason }
            return .failed(error.error, text)
        }
        for file in [pipes[0].readEnd, pipes[1].writeEnd, pipes[2].writeEnd] { try? file.close() }
        runs.append(
            Run(
                number: number, process: process, input: pipes[0].writeEnd, pending: input,
                outputs: [pipes[1].readEnd, pipes[2].readEnd]))
        if !input.isEmpty { feed(runs.count - 1) }
        return nil
    }

    private static func makePipes() throws(Errno) -> [Pipe] {
        var pipes: [Pipe] = []
        for _ in 0..<3 {
            do {
                pipes.append(try Pipe())
            } catch {
                close(pipes)
                throw error
            }
        }
        return pipes
    }

    private static func close(_ pipes: [Pipe]) {
        for pipe in pipes {
            try? pipe.readEnd.close()
            try? pipe.writeEnd.close()
        }
    }

    /// At most `count` bytes from `offset` on, and no more than a message holds; none at the end.
    private func read(_ path: [UInt8], _ offset: UInt64, _ count: UInt32) throws(Errno) -> [UInt8] {
        guard offset <= UInt64(Int64.max) else { throw .invalidArgument }
        let file = try File.open(path)
        defer { try? file.close() }
        if offset > 0 { try file.seek(Int64(offset)) }
        let most = min(Int(clamping: count), PageRequest.size - 64)
        var result: [UInt8] = []
        while result.count < most {
            let piece: [UInt8]
            do {
                piece = try file.read(count: most - result.count)
            } catch {
                if error == .interrupted { continue }
                throw error
            }
            if piece.isEmpty { break }
            result += piece
        }
        return result
    }

    private mutating func write(
        _ number: UInt32, _ path: [UInt8], _ mode: UInt16, isFirst: Bool, isLast: Bool, _ bytes: [UInt8]
    ) throws(Errno) -> AgentMessage? {
        if isFirst {
            finishUpload(number)
            uploads.append(Upload(number: number, file: nil))
        }
        guard let index = uploads.firstIndex(where: { $0.number == number }) else { throw .badMessage }
        defer { if isLast { finishUpload(number) } }
        do throws(Errno) {
            if isFirst {
                let file = try File.open(path, .write, [.create, .truncate])
                uploads[index].file = file
                try Path.setMode(path, mode & 0o7777)
            }
            // Of one that failed the failure is told already.
            guard let file = uploads[index].file else { return nil }
            try file.write(bytes)
        } catch {
            try? uploads[index].file?.close()
            uploads[index].file = nil
            throw error
        }
        return isLast ? .done : nil
    }

    private mutating func finishUpload(_ number: UInt32) {
        for upload in uploads where upload.number == number { try? upload.file?.close() }
        uploads.removeAll { $0.number == number }
    }
}
