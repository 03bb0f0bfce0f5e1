// The programs themselves, built for Linux, which is the judge: its shell and utilities say what is right.

import Glibc
import Martlet
import Testing

/// Where the programs are built and where the sources are.
private enum Place {
    static let root = String(#filePath.dropLast("/Tests/ShellTests/ProgramTests.swift".count))

    /// The native build of a program: beside the tests' own bundle.
    static func program(_ name: String) -> String {
        for argument in CommandLine.arguments {
            if let end = argument.range(of: "/martletPackageTests.xctest") { return argument[..<end.lowerBound] + "/" + name }
        }
        return root + "/.build/debug/" + name
    }
}

extension String {
    fileprivate func range(of text: String) -> Range<String.Index>? { firstRange(of: text) }
}

/// Runs a program to its end and gives its output and how it ended.
private func run(_ words: [String]) throws -> (output: String, end: ProcessEnd) {
    let pipe = try Pipe()
    let null = try File.open(bytes("/dev/null"))
    let process = try Martlet.Process.spawn(
        bytes(words[0]), words.map(bytes),
        descriptors: [Process.Inherited(0, null), Process.Inherited(1, pipe.writeEnd), Process.Inherited(2, pipe.writeEnd)])
    try pipe.writeEnd.close()
    try null.close()
    let output = try pipe.readEnd.readAll()
    try pipe.readEnd.close()
    return (String(decoding: output, as: UTF8.self), try Process.wait(process).end)
}

@Suite(.serialized) struct ComparisonTests {
    @Test func shellDoesAsDash() throws {
        let result = try run([Place.root + "/Tests/programs/compare-shell.sh", Place.program("sh")])
        #expect(result.end == .exited(0), "\(result.output)")
    }

    @Test func utilitiesDoAsLinux() throws {
        let result = try run([Place.root + "/Tests/programs/compare.sh", Place.program("utilities")])
        #expect(result.end == .exited(0), "\(result.output)")
    }

    @Test func shellOnATerminal() throws {
        let result = try run([
            "/usr/bin/python3", Place.root + "/Tests/programs/interactive.py", Place.program("sh"), Place.program("utilities"),
        ])
        #expect(result.end == .exited(0), "\(result.output)")
    }
}

/// An agent whose page is this test.
private struct Page {
    let file: File
    let process: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        // Message by message, as /dev/page is.
        try #require(socketpair(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0)
        process = try Process.spawn(
            bytes(Place.program("agent")), [bytes("agent"), bytes("-")],
            descriptors: [Process.Inherited(0, File(descriptor: ends[1])), Process.Inherited(2, .standardError)])
        file = File(descriptor: ends[0])
        try File(descriptor: ends[1]).close()
    }

    func send(_ kind: UInt8, _ number: UInt32, _ fields: (inout ByteWriter) -> Void = { _ in }) throws {
        var writer = ByteWriter()
        writer.integer(kind)
        writer.integer(number)
        fields(&writer)
        try file.write(writer.bytes)
    }

    func run(_ number: UInt32, _ command: String, directory: String = "/", input: String = "") throws {
        try send(1, number) {
            $0.string(bytes(directory))
            $0.strings(["/bin/sh", "-c", command].map(bytes))
            $0.strings([bytes("PATH=/usr/bin:/bin")])
            $0.string(bytes(input))
        }
    }

    /// The next message.
    func receive() throws -> (kind: UInt8, number: UInt32, rest: [UInt8]) {
        let ready = try Poll.wait([.readable(file)], nanoseconds: 20_000_000_000)
        try #require(ready == [true], "the agent is silent")
        var reader = ByteReader(try file.read(count: 1 << 20))
        return (try reader.integer(UInt8.self), try reader.integer(UInt32.self), reader.rest())
    }

    /// The output (standard output, standard error) and the last message of a request.
    func finish(_ number: UInt32) throws -> (streams: [String], kind: UInt8, rest: [UInt8]) {
        var streams: [[UInt8]] = [[], []]
        while true {
            let message = try receive()
            #expect(message.number == number)
            guard message.kind == 64 else { return (streams.map { String(decoding: $0, as: UTF8.self) }, message.kind, message.rest) }
            streams[Int(message.rest[0]) - 1] += message.rest.dropFirst()
        }
    }

    func end() throws {
        try file.close()
        #expect(try Process.wait(process).end == .exited(0))
    }
}

@Suite(.serialized) struct AgentTests {
    @Test func runsCommands() throws {
        let page = try Page()
        try page.run(1, "pwd; cat; echo err >&2; exit 3", directory: "/usr", input: "some ")
        try page.send(2, 1) { $0.raw(bytes("input\n")) }
        try page.send(3, 1)
        let result = try page.finish(1)
        #expect(result.streams == ["/usr\nsome input\n", "err\n"])
        #expect(result.kind == 65 && result.rest == [0, 3])
        try page.end()
    }

    @Test func killsAPipeline() throws {
        let page = try Page()
        try page.run(7, "echo up; sleep 100 | cat")
        #expect(try page.receive().rest == [1] + bytes("up\n"))
        try page.send(6, 7) { $0.integer(Int32(15)) }
        let result = try page.finish(7)
        #expect(result.kind == 65 && result.rest == [1, 15])
        try page.end()
    }

    @Test func doesNotWaitForDescendants() throws {
        let page = try Page()
        try page.run(1, "sleep 100 & echo $!")
        let result = try page.finish(1)
        #expect(result.kind == 65 && result.rest == [0, 0])
        try Process.kill(try #require(Int32(result.streams[0].dropLast())), .kill)
        try page.end()
    }

    @Test func largeStreamsPassBothWays() throws {
        let page = try Page()
        try page.run(1, "cat")
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 50000)
        // The page is never busy; this one must not send more than the socket holds without reading.
        for _ in 0..<20 {
            try page.send(2, 1) { $0.raw(piece) }
            var count = 0
            while count < piece.count { count += try page.receive().rest.count - 1 }
            #expect(count == piece.count)
        }
        try page.send(3, 1)
        #expect(try page.finish(1).rest == [0, 0])
        try page.end()
    }

    @Test func handlesFiles() throws {
        let page = try Page()
        let folder = "/tmp/martlet-agent-\(Process.current)"
        try page.send(8, 1) {
            $0.string(bytes(folder))
            $0.integer(UInt16(0o700))
        }
        #expect(try page.finish(1).kind == 67)
        for (flags, text) in [(1, "one "), (0, "two "), (2, "three")] as [(UInt8, String)] {
            try page.send(5, 2) {
                $0.string(bytes(folder + "/f"))
                $0.integer(UInt16(0o640))
                $0.integer(flags)
                $0.raw(bytes(text))
            }
        }
        #expect(try page.finish(2).kind == 67)
        try page.send(4, 3) {
            $0.string(bytes(folder + "/f"))
            $0.integer(UInt64(4))
            $0.integer(UInt32(5))
        }
        let data = try page.finish(3)
        #expect(data.kind == 66 && data.rest == bytes("two t"))
        try page.send(7, 4) { $0.string(bytes(folder + "/f")) }
        let status = try FileStatus(encoded: try page.finish(4).rest)
        #expect(status.size == 13 && status.mode == 0o640 && status.kind == .regular)
        try Path.unlink(bytes(folder + "/f"))
        try Path.removeDirectory(bytes(folder))
        try page.end()
    }

    @Test func tellsFailures() throws {
        let page = try Page()
        func failure(_ number: UInt32) throws -> UInt16 {
            let message = try page.finish(number)
            #expect(message.kind == 68)
            return UInt16(message.rest[0]) | UInt16(message.rest[1]) << 8
        }
        try page.send(4, 1) {
            $0.string(bytes("/nonexistent"))
            $0.integer(UInt64(0))
            $0.integer(UInt32(1))
        }
        #expect(try failure(1) == Errno.noSuchFileOrDirectory.rawValue)
        try page.send(1, 2) {
            $0.string(bytes("/"))
            $0.strings([bytes("/nonexistent")])
            $0.strings([])
            $0.string([])
        }
        #expect(try failure(2) == Errno.noSuchFileOrDirectory.rawValue)
        try page.send(99, 3)
        #expect(try failure(3) == Errno.badMessage.rawValue)
        try page.send(1, 4) { $0.integer(UInt32.max) }
        #expect(try failure(4) == Errno.badMessage.rawValue)
        try page.run(5, "true", directory: "/nonexistent")
        #expect(try failure(5) == Errno.noSuchFileOrDirectory.rawValue)
        try page.run(6, "echo still there")
        #expect(try page.finish(6).streams[0] == "still there\n")
        try page.end()
    }
}
