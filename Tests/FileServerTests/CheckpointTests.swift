import ABI
import DevFS
import FileServer
import NetFS
import ServerKit
import Testing
import TmpFS

@Suite struct CheckpointTests {
    private func state(_ logic: some Checkpointable) -> [UInt8] {
        var writer = Writer()
        logic.encode(into: &writer)
        return writer.bytes
    }

    /// Reads the state back, sees that it is the same, and that no part of it can be missing.
    private func restored<Logic: Checkpointable>(_ logic: Logic) throws -> Logic {
        let written = state(logic)
        var reader = Reader(written)
        let copy = try Logic(decoding: &reader)
        try reader.finish()
        #expect(state(copy) == written)
        for length in stride(from: 0, to: written.count, by: max(written.count / 300, 1)) {
            var short = Reader(Array(written[..<length]))
            #expect(throws: Errno.badMessage) { try Logic(decoding: &short) }
        }
        var generator = RandomGenerator(seed: [5])
        for _ in 0..<500 {
            var damaged = written
            damaged[Int(generator.number() % UInt64(damaged.count))] ^= 1 << UInt8(generator.number() % 8)
            var reader = Reader(damaged)
            _ = try? Logic(decoding: &reader)
        }
        return copy
    }

    @Test func tmpfsGoesOn() throws {
        let client = try Client.tmpfs()
        try client.makeDirectory("d")
        try client.make("d/f", "hello")
        try client.link("d/f", "g")
        try client.symbolicLink("d/f", at: "l")
        try client.make("gone", "unlinked")
        let handle = try client.open("d/f", [.read, .write])
        let gone = try client.open("gone")
        #expect(try client.walk("gone", .unlink) == .nothing)
        #expect(try client.read(handle, 2) == bytes("he"))
        client.reactor.logic = try restored(client.reactor.logic)
        #expect(try client.read(handle) == bytes("llo"))
        #expect(try client.read(gone) == bytes("unlinked"))
        #expect(try client.content("l") == "hello")
        #expect(try client.status("g").links == 2)
        let nodes = client.nodeCount
        try client.close(gone)
        #expect(client.nodeCount == nodes - 1)
        #expect(try client.names("/") == [".", "..", "d", "g", "l"])
    }

    @Test func netfsGoesOnWithItsFetches() throws {
        let content = bytes("content")
        let manifest = "martlet-image 1\nf\t755\t0\t0\t7\t\(NetFSTests.hash(content))\t/f\n"
        let client = Client(NetFS(), configuration: "manifest=\(NetFSTests.hash(bytes(manifest)))")
        client.connect(process(1))
        func event(_ call: DeviceMessage, _ content: [UInt8], _ error: Errno?) {
            client.input(.device(DeviceMessage(.fetch, token: call.token, error: error, bytes: content).encoded))
        }
        let first = client.takeDeviceCalls()[0]
        event(first, Array(bytes(manifest)[..<30]), .operationInProgress)
        client.reactor.logic = try restored(client.reactor.logic)
        event(first, Array(bytes(manifest)[30...]), .operationInProgress)
        event(first, [], nil)
        #expect(client.registrations == 1)
        let handle = try client.open("f")
        let key = client.begin(.read, Read(handle: handle, position: .shared, count: 4), as: process(1))
        try client.close(handle)
        let call = client.takeDeviceCalls()[0]
        event(call, Array(content[..<3]), .operationInProgress)
        client.reactor.logic = try restored(client.reactor.logic)
        event(call, Array(content[3...]), .operationInProgress)
        event(call, [], nil)
        #expect(client.take(key)?.body == bytes("cont"))
        client.reactor.logic = try restored(client.reactor.logic)
        #expect(try client.content("f") == "content")
    }

    @Test func devfsGoesOn() throws {
        let client = Client(DevFS())
        client.connect(process(1))
        func open(_ minor: UInt32, _ major: MajorNumber) throws(Errno) -> Handle {
            var status = try client.status("null")
            status.node = major == .page ? try client.node("page") : NodeID(index: 500, generation: 1)
            return try client.call(
                .openDevice,
                OpenDevice(
                    major: major, minor: minor, process: process(1), session: .none, group: .none,
                    open: OpenFile(access: [.read, .write]), node: status), FileOpened.self
            ).handle
        }
        let random = try open(8, .memory)
        let page = try open(0, .page)
        _ = try client.read(random, 5)
        let key = client.begin(.read, Read(handle: page, position: .shared, count: 50), as: process(1))
        let copy = try restored(client.reactor.logic)
        let expected = try client.read(random, 100)
        client.reactor.logic = copy
        #expect(try client.read(random, 100) == expected)
        client.input(.device(DeviceMessage(.pageReceive, bytes: bytes("hello")).encoded))
        #expect(client.take(key)?.body == bytes("hello"))
        _ = try client.call(.poll, Poll(handle: page, events: .readable), as: process(1), PollResult.self)
        client.reactor.logic = try restored(client.reactor.logic)
        client.input(.device(DeviceMessage(.pageReceive, bytes: bytes("again")).encoded))
        #expect(client.takeNotices().count == 1)
        client.reactor.logic = try restored(client.reactor.logic)
        #expect(try client.read(page) == bytes("again"))
    }
}
