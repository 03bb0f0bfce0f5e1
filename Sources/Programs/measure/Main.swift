// What the benchmark runs inside the system: each measurement prints nanoseconds per piece of work, one number a line.
//
//     measure requests COUNT       a request to a driver and its answer: the status of an open device
//     measure calls COUNT          a call that the libOS answers itself
//     measure spawn COUNT PROGRAM  spawn, exit and wait
//     measure pipe BYTES           writes of 64 KiB into a pipe that another process reads

import Martlet

@main struct Main {
    static let batches = 10

    static func main() {
        let command = Command(
            name: [UInt8]("measure"), arguments: Array(Program.arguments.dropFirst()),
            usage: "measure requests|calls COUNT | spawn COUNT PROGRAM | pipe BYTES")
        guard command.arguments.count >= 2, let count = command.arguments[1].decimal, count > 0 else {
            command.failUsage("a measurement and a count are needed")
        }
        do throws(Errno) {
            switch command.arguments[0] {
            case "requests": try requests(Int(count), command)
            case "calls": calls(Int(count), command)
            case "spawn": try spawn(Int(count), command)
            case "pipe": try pipe(Int(count), command)
            case "sink": try sink()
            default: command.failUsage("there is no such measurement")
            }
        } catch {
            command.end(error.message)
        }
        Program.exit(command.status)
    }

    /// Runs `work` in batches and prints of each the mean time of one round: clocks in a page are coarse.
    static func report(_ count: Int, _ command: Command, _ work: () throws(Errno) -> Void) throws(Errno) {
        let perBatch = max(1, count / batches)
        for _ in 0..<batches {
            let begin = Clock.monotonic()
            for _ in 0..<perBatch { try work() }
            var line: [UInt8] = []
            line.append(decimal: (Clock.monotonic() - begin) / UInt64(perBatch))
            command.output.writeLine(line)
        }
    }

    static func requests(_ count: Int, _ command: Command) throws(Errno) {
        let file = try File.open([UInt8]("/dev/zero"))
        try report(count, command) { () throws(Errno) in _ = try file.status() }
        try file.close()
    }

    static func calls(_ count: Int, _ command: Command) {
        var sum: Int32 = 0
        try? report(count, command) { () throws(Errno) in sum &+= Process.current }
    }

    static func spawn(_ count: Int, _ command: Command) throws(Errno) {
        guard command.arguments.count == 3 else { command.failUsage("a program is needed") }
        let program = command.arguments[2]
        try report(count, command) { () throws(Errno) in
            let child: Int32
            do throws(SpawnFailure) { child = try Process.spawn(program, [program]) } catch { throw error.error }
            _ = try Process.wait(child)
        }
    }

    /// Prints nanoseconds per MiB.
    static func pipe(_ bytes: Int, _ command: Command) throws(Errno) {
        let ends = try Pipe()
        let child: Int32
        do throws(SpawnFailure) {
            child = try Process.spawn(
                Program.arguments[0], [[UInt8]("measure"), [UInt8]("sink"), [UInt8]("1")],
                descriptors: [Process.Inherited(0, ends.readEnd)])
        } catch { throw error.error }
        try ends.readEnd.close()
        let block = [UInt8](repeating: 0x61, count: 65536)
        let perBatch = max(16, bytes / 65536 / batches)
        for _ in 0..<batches {
            let begin = Clock.monotonic()
            for _ in 0..<perBatch { try ends.writeEnd.write(block) }
            var line: [UInt8] = []
            line.append(decimal: (Clock.monotonic() - begin) / UInt64(perBatch) * 16)
            command.output.writeLine(line)
        }
        try ends.writeEnd.close()
        _ = try Process.wait(child)
    }

    /// Reads standard input to its end.
    static func sink() throws(Errno) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65536, alignment: 16)
        defer { buffer.deallocate() }
        while try File.standardInput.read(into: buffer) > 0 {}
    }
}
