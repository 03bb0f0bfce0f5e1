// What the benchmark runs inside the system: each measurement prints nanoseconds per piece of work, one number a line.
//
//     measure requests COUNT       a request to a driver and its answer: the status of an open device
//     measure calls COUNT          a call that the libOS answers itself: the process's number
//     measure clock COUNT          the same of the clock
//     measure compute COUNT        a pass of arithmetic over a table, without a call
//     measure spawn COUNT PROGRAM  spawn, exit and wait
//     measure pipe BYTES           writes of 64 KiB into a pipe that another process reads, per MiB
//     measure read BYTES FILE      reads of 64 KiB from a file that was read before, per MiB

import Martlet

@main struct Main {
    static let batches = 20
    static let block = 65536

    static func main() {
        let command = Command(
            name: [UInt8]("measure"), arguments: Array(Program.arguments.dropFirst()),
            usage: "measure requests|calls|clock|compute COUNT | spawn COUNT PROGRAM | pipe BYTES | read BYTES FILE")
        guard command.arguments.count >= 2, let count = command.arguments[1].decimal, count > 0 else {
            command.failUsage("a measurement and a count are needed")
        }
        do throws(Errno) {
            switch command.arguments[0] {
            case "requests": try requests(Int(count), command)
            case "calls": calls(Int(count), command)
            case "clock": clock(Int(count), command)
            case "compute": compute(Int(count), command)
            case "spawn": try spawn(Int(count), command)
            case "pipe": try pipe(Int(count), command)
            case "read": try read(Int(count), command)
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
            write((Clock.monotonic() - begin) / UInt64(perBatch), command)
        }
    }

    /// As `report`, for `work` that answers how many bytes it moved: prints nanoseconds per MiB.
    static func reportMebibytes(
        _ bytes: Int, _ command: Command, _ work: () throws(Errno) -> Int
    ) throws(Errno) {
        let perBatch = max(1 << 20, bytes / batches)
        for _ in 0..<batches {
            let begin = Clock.monotonic()
            var moved = 0
            while moved < perBatch { moved += try work() }
            write(((Clock.monotonic() - begin) << 20) / UInt64(moved), command)
        }
    }

    /// Prints a number of nanoseconds.
    static func write(_ nanoseconds: UInt64, _ command: Command) {
        var line: [UInt8] = []
        line.append(decimal: nanoseconds)
        command.output.writeLine(line)
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

    static func clock(_ count: Int, _ command: Command) {
        var sum: UInt64 = 0
        try? report(count, command) { () throws(Errno) in sum &+= Clock.monotonic() }
    }

    /// Mixes a table of 64 KiB: loads, stores, shifts, multiplications, and an index that depends on the data.
    static func compute(_ count: Int, _ command: Command) {
        var table = [UInt32](repeating: 1, count: 16384)
        var state: UInt32 = 2_463_534_242
        try? report(count, command) { () throws(Errno) in
            for index in 0..<table.count {
                state ^= state << 13
                state ^= state >> 17
                state ^= state << 5
                table[index] = table[Int(state & 16383)] &* 1_664_525 &+ state
            }
        }
        // The work has a result that is used.
        if table[0] == 0 && state == 0 { command.status = 1 }
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

    static func read(_ count: Int, _ command: Command) throws(Errno) {
        guard command.arguments.count == 3 else { command.failUsage("a file is needed") }
        let file = try File.open(command.arguments[2])
        if try file.readAll().isEmpty { command.failUsage("the file must not be empty") }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: block, alignment: 16)
        defer { buffer.deallocate() }
        try reportMebibytes(count, command) { () throws(Errno) in
            let count = try file.read(into: buffer)
            if count < block { _ = try file.seek(0) }
            return count
        }
        try file.close()
    }

    static func pipe(_ count: Int, _ command: Command) throws(Errno) {
        let ends = try Pipe()
        let child: Int32
        do throws(SpawnFailure) {
            child = try Process.spawn(
                Program.arguments[0], [[UInt8]("measure"), [UInt8]("sink"), [UInt8]("1")],
                descriptors: [Process.Inherited(0, ends.readEnd)])
        } catch { throw error.error }
        try ends.readEnd.close()
        let bytes = [UInt8](repeating: 0x61, count: block)
        try reportMebibytes(count, command) { () throws(Errno) in
            try ends.writeEnd.write(bytes)
            return block
        }
        try ends.writeEnd.close()
        _ = try Process.wait(child)
    }

    /// Reads standard input to its end.
    static func sink() throws(Errno) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: block, alignment: 16)
        defer { buffer.deallocate() }
        while try File.standardInput.read(into: buffer) > 0 {}
    }
}
