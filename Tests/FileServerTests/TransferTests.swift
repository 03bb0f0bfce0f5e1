import ABI
import FileServer
import ServerKit
import Testing
import TmpFS

@Suite struct TransferTests {
    @Test func sharedAndExplicitOffsets() throws {
        let client = try Client.tmpfs()
        let handle = try client.open("f", [.read, .write], .create)
        #expect(try client.write(handle, bytes("hello ")) == 6)
        #expect(try client.write(handle, bytes("world")) == 5)
        #expect(try client.write(handle, bytes("J"), at: .explicit(0)) == 1)
        #expect(try client.read(handle) == [])
        #expect(try client.read(handle, 100, at: .explicit(4)) == bytes("o world"))
        #expect(try client.read(handle, 0, at: .explicit(4)) == [])
        #expect(try client.read(handle, 100, at: .explicit(11)) == [])
        #expect(try client.read(handle, 100, at: .explicit(UInt64(Int64.max))) == [])
        #expect(throws: Errno.invalidArgument) { try client.read(handle, 1, at: .explicit(1 << 63)) }
        #expect(throws: Errno.invalidArgument) { try client.write(handle, [1], at: .explicit(1 << 63)) }
        #expect(throws: Errno.fileTooLarge) { try client.write(handle, [1], at: .explicit(UInt64(Int64.max))) }
        #expect(try client.write(handle, [], at: .explicit(3)) == 0)
        #expect(try client.content("f") == "Jello world")
        // A reply never exceeds the space that its asker reserved.
        let small = try client.call(
            .read, Read(handle: handle, position: .explicit(0), count: 100), as: process(1), RawBytes.self, space: 3)
        #expect(small.bytes == bytes("Jel"))
    }

    @Test func accessModesCount() throws {
        let client = try Client.tmpfs()
        try client.make("f", "x")
        try client.makeDirectory("d")
        let reader = try client.open("f", .read)
        let writer = try client.open("f", .write)
        let directory = try client.open("d", .read)
        #expect(throws: Errno.badFileDescriptor) { try client.write(reader, [1]) }
        #expect(throws: Errno.badFileDescriptor) { try client.read(writer) }
        #expect(throws: Errno.isDirectory) { try client.read(directory) }
        #expect(throws: Errno.badFileDescriptor) { try client.write(directory, [1]) }
        #expect(throws: Errno.badFileDescriptor) {
            try client.call(.setSize, SetSize(handle: reader, size: 0), as: process(1), Nothing.self)
        }
        #expect(throws: Errno.badFileDescriptor) {
            try client.call(.allocate, Allocate(handle: reader, offset: 0, length: 1), as: process(1), Nothing.self)
        }
        #expect(throws: Errno.notDirectory) { try client.entries(reader) }
    }

    @Test func appendGoesToTheEnd() throws {
        let client = try Client.tmpfs()
        try client.make("f", "12345")
        let first = try client.open("f", [.read, .write], flags: .append)
        let second = try client.open("f", .write, flags: .append)
        #expect(try client.write(first, bytes("a")) == 1)
        #expect(try client.write(second, bytes("b")) == 1)
        #expect(try client.write(first, bytes("c"), at: .explicit(0)) == 1)
        #expect(try client.content("f") == "12345abc")
        _ = try client.call(.setDescriptionFlags, SetDescriptionFlags(handle: first, flags: []), as: process(1), Nothing.self)
        #expect(try client.write(first, bytes("X"), at: .explicit(0)) == 1)
        #expect(try client.content("f") == "X2345abc")
        #expect(throws: Errno.invalidArgument) {
            try client.call(
                .setDescriptionFlags, SetDescriptionFlags(handle: first, flags: DescriptionFlags(rawValue: 1 << 9)), as: process(1),
                Nothing.self)
        }
    }

    @Test func holesAreZerosAndCostNothing() throws {
        let client = try Client.tmpfs("size=1m,mode=755")
        let handle = try client.open("f", [.read, .write], .create)
        let before = client.used
        #expect(try client.write(handle, [7], at: .explicit(1 << 40)) == 1)
        #expect(client.used == before + 1)
        #expect(try client.status("f").size == 1 << 40 + 1)
        #expect(try client.read(handle, 4, at: .explicit(1 << 40 - 3)) == [0, 0, 0, 7])
        #expect(try client.read(handle, 100, at: .explicit(65530)) == [UInt8](repeating: 0, count: 100))
        _ = try client.call(.setSize, SetSize(handle: handle, size: 10), as: process(1), Nothing.self)
        #expect(client.used == before)
        _ = try client.call(.setSize, SetSize(handle: handle, size: UInt64(Int64.max)), as: process(1), Nothing.self)
        #expect(try client.read(handle, 2, at: .explicit(UInt64(Int64.max) - 2)) == [0, 0])
        #expect(throws: Errno.fileTooLarge) {
            try client.call(.setSize, SetSize(handle: handle, size: 1 << 63), as: process(1), Nothing.self)
        }
        #expect(throws: Errno.fileTooLarge) { try client.walk("f", .setSize(.max)) }
        // Cutting inside a page leaves no trace of what was behind.
        _ = try client.call(.setSize, SetSize(handle: handle, size: 0), as: process(1), Nothing.self)
        #expect(try client.write(handle, bytes("secret"), at: .explicit(0)) == 6)
        #expect(try client.walk("f", .setSize(2)) == .nothing)
        #expect(try client.walk("f", .setSize(6)) == .nothing)
        #expect(try client.read(handle, 10, at: .explicit(0)) == [115, 101, 0, 0, 0, 0])
    }

    @Test func crossesPages() throws {
        let client = try Client.tmpfs()
        let handle = try client.open("f", [.read, .write], .create)
        var expected = [UInt8](repeating: 0, count: 400_000)
        var generator = RandomGenerator(seed: [3])
        for _ in 0..<60 {
            let offset = Int(generator.number() % 300_000)
            let data = generator.bytes(Int(generator.number() % 90_000))
            #expect(try client.write(handle, data, at: .explicit(UInt64(offset))) == data.count)
            expected.replaceSubrange(offset..<offset + data.count, with: data)
        }
        let size = Int(try client.status("f").size)
        #expect(try client.read(handle, Limits.transfer, at: .explicit(0)) == Array(expected[..<size]))
        for _ in 0..<60 {
            let offset = Int(generator.number() % 300_000)
            let count = Int(generator.number() % 90_000)
            #expect(try client.read(handle, count, at: .explicit(UInt64(offset))) == Array(expected[offset..<min(offset + count, size)]))
        }
    }

    @Test func theLimitHolds() throws {
        let client = try Client.tmpfs("size=100k,mode=755")
        let handle = try client.open("f", [.read, .write], .create)
        let room = 102_400 - Int(client.used)
        let data = [UInt8](repeating: 1, count: 150_000)
        #expect(try client.write(handle, data) == room)
        #expect(throws: Errno.noSpace) { try client.write(handle, data) }
        // Overwriting takes no room.
        #expect(try client.write(handle, data, at: .explicit(0)) == room)
        #expect(throws: Errno.noSpace) { try client.makeDirectory("d") }
        #expect(throws: Errno.noSpace) { try client.symbolicLink("f", at: "l") }
        #expect(throws: Errno.noSpace) { try client.link("f", "g") }
        #expect(throws: Errno.noSpace) { try client.open("g", .write, .create) }
        #expect(throws: Errno.noSpace) {
            try client.call(.allocate, Allocate(handle: handle, offset: 0, length: UInt64(room) + 1), as: process(1), Nothing.self)
        }
        _ = try client.call(.allocate, Allocate(handle: handle, offset: 0, length: UInt64(room)), as: process(1), Nothing.self)
        #expect(try client.walk("f", .unlink) == .nothing)
        #expect(throws: Errno.noSpace) { try client.makeDirectory(String(repeating: "d", count: 200) + "/") }
        try client.close(handle)
        try client.makeDirectory("d")
    }

    @Test func allocates() throws {
        let client = try Client.tmpfs("size=1m,mode=755")
        let handle = try client.open("f", [.read, .write], .create)
        func allocate(_ offset: UInt64, _ length: UInt64) throws(Errno) {
            _ = try client.call(.allocate, Allocate(handle: handle, offset: offset, length: length), as: process(1), Nothing.self)
        }
        #expect(try client.write(handle, bytes("abc")) == 3)
        try allocate(1, 100_000)
        #expect(try client.status("f").size == 100_001)
        #expect(try client.status("f").blocks == 196)
        try allocate(0, 10)
        #expect(try client.status("f").size == 100_001)
        #expect(try client.read(handle, 5, at: .explicit(0)) == bytes("abc\0\0"))
        #expect(throws: Errno.invalidArgument) { try allocate(5, 0) }
        #expect(throws: Errno.fileTooLarge) { try allocate(UInt64(Int64.max), 1) }
        #expect(throws: Errno.fileTooLarge) { try allocate(1, .max) }
        #expect(throws: Errno.noSpace) { try allocate(1, 1 << 50) }
    }

    @Test func seeks() throws {
        let client = try Client.tmpfs()
        try client.make("f", "hello")
        let handle = try client.open("f", [.read, .write])
        func seek(_ offset: Int64, _ whence: Whence) throws(Errno) -> UInt64 {
            try client.call(.seek, Seek(handle: handle, offset: offset, whence: whence), as: process(1), Offset.self).offset
        }
        #expect(try seek(2, .start) == 2)
        #expect(try seek(-1, .current) == 1)
        #expect(try seek(-1, .end) == 4)
        #expect(try client.read(handle) == bytes("o"))
        #expect(try seek(0, .current) == 5)
        #expect(throws: Errno.invalidArgument) { try seek(-6, .current) }
        #expect(throws: Errno.invalidArgument) { try seek(.min, .end) }
        #expect(throws: Errno.overflow) { try seek(.max, .current) }
        #expect(try seek(0, .current) == 5)
        #expect(try seek(.max, .start) == UInt64(Int64.max))
        #expect(throws: Errno.fileTooLarge) { try client.write(handle, [1]) }
        #expect(try client.read(handle) == [])
        #expect(try seek(10, .end) == 15)
        #expect(try client.write(handle, [33]) == 1)
        #expect(try client.status("f").size == 16)
    }

    @Test func unlinkedFilesLiveUntilTheLastClose() throws {
        let client = try Client.tmpfs()
        let nodes = client.nodeCount
        let used = client.used
        try client.make("f", "hello")
        let handle = try client.open("f", [.read, .write])
        let other = try client.open("f")
        #expect(try client.walk("f", .unlink) == .nothing)
        #expect(throws: Errno.noSuchFileOrDirectory) { try client.status("f") }
        #expect(try client.write(handle, bytes("more"), at: .explicit(5)) == 4)
        try client.close(handle)
        #expect(try client.read(other) == bytes("hellomore"))
        let status = try client.call(.status, OneHandle(handle: other), as: process(1), FileStatus.self)
        #expect(status.links == 0 && status.size == 9)
        #expect(client.nodeCount == nodes + 1)
        try client.close(other)
        #expect(client.nodeCount == nodes)
        #expect(client.used == used)
    }

    @Test func marksTimes() throws {
        let client = try Client.tmpfs()
        try client.make("f", "hello")
        let made = client.now
        let handle = try client.open("f", [.read, .write])
        client.time += 1_000
        // The access time is no later than the modification: it moves.
        _ = try client.read(handle, 1)
        #expect(try client.status("f").accessTime == client.now)
        let read = client.now
        client.time += 1_000
        // It is later now, so that it stays for a day.
        _ = try client.read(handle, 1)
        #expect(try client.status("f").accessTime == read)
        client.time += 86_400_000_000_000
        _ = try client.read(handle, 1)
        #expect(try client.status("f").accessTime == client.now)
        #expect(try client.status("f").modificationTime == made)
        _ = try client.write(handle, [1])
        #expect(try client.status("f").modificationTime == client.now)
        client.time += 1_000
        _ = try client.write(handle, [])
        #expect(try client.status("f").modificationTime != client.now)
        #expect(try client.walk("f", .setMode(0o600)) == .nothing)
        #expect(try client.status("f").changeTime == client.now)
        #expect(try client.status("f").modificationTime != client.now)
        _ = try client.call(.setSize, SetSize(handle: handle, size: 5), as: process(1), Nothing.self)
        #expect(try client.status("f").modificationTime == client.now)
    }

    @Test func pollsReady() throws {
        let client = try Client.tmpfs()
        try client.make("f", "hello")
        let handle = try client.open("f")
        let poll = try client.call(.poll, Poll(handle: handle, events: [.readable, .writable]), as: process(1), PollResult.self)
        #expect(poll == PollResult(events: [.readable, .writable], available: 5))
        _ = try client.call(.sync, OneHandle(handle: handle), as: process(1), Nothing.self)
    }
}
