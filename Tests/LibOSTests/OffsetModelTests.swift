import ABI
import TestSupport
import Testing

@testable import LibOS

/// A file and two descriptions of it: as a server keeps them, and as POSIX.1-2024 (XSH lseek, read, write, fcntl) says that they are.
private struct ModelFile {
    struct Opened: Equatable {
        var offset = 0
        var appends = false
    }

    var bytes: [UInt8]
    var opened = [Opened(), Opened()]

    mutating func read(_ index: Int, at position: Int?, _ count: Int) -> [UInt8] {
        let start = min(position ?? opened[index].offset, bytes.count)
        let data = Array(bytes[start..<min(start + count, bytes.count)])
        if position == nil { opened[index].offset += data.count }
        return data
    }

    mutating func write(_ index: Int, at position: Int?, _ data: [UInt8]) {
        let start = opened[index].appends ? bytes.count : position ?? opened[index].offset
        if bytes.count < start + data.count { bytes += [UInt8](repeating: 0, count: start + data.count - bytes.count) }
        bytes.replaceSubrange(start..<start + data.count, with: data)
        if position == nil { opened[index].offset = start + data.count }
    }

    mutating func seek(_ index: Int, _ distance: Int, _ whence: Whence) throws(Errno) -> Int {
        let base: Int
        switch whence {
        case .start: base = 0
        case .current: base = opened[index].offset
        case .end: base = bytes.count
        }
        guard base + distance >= 0 else { throw .invalidArgument }
        opened[index].offset = base + distance
        return base + distance
    }
}

/// Whatever a program does with two files that it opened, and whoever shares them: it sees what POSIX says.
@Suite struct OffsetModelTests {
    /// A program with the descriptions 60 and 61 as descriptors 5 and 6, and as 7 and 8 once more; its server; and the model.
    private struct World {
        var scene: Scene
        var server: ModelFile
        var model: ModelFile
        /// Whether another process holds the description as well.
        var isShared = [false, false]
        var random: Seeded

        init(_ seed: UInt64) throws {
            random = Seeded(seed)
            scene = try Scene()
            server = ModelFile(bytes: random.bytes(random.below(40)))
            model = server
            for number in [UInt32(60), 61] { _ = try scene.open(.regular, number) }
            for descriptor in [UInt32(5), 6] {
                #expect(scene.libOS.descriptorDuplicate(thread, descriptor, 0, 300, host: &scene.host) == 0)
            }
        }

        /// What a call answers when the server has answered all that it asked, and what the server did to the last request.
        mutating func finish(_ result: Int32) throws -> (result: Int32, refusal: Errno?, count: Int) {
            var result = result
            var refusal: Errno?
            var count = 0
            while result == pending {
                try writeDown()
                let asked = try scene.last
                refusal = random.chance(10) ? random.pick([.ioError, .interrupted, .noSpace]) : nil
                if let refusal {
                    scene.refuse(asked, refusal)
                } else {
                    count = try serve(asked)
                }
                result = scene.libOS.resume(thread)
            }
            return (result, refusal, count)
        }

        /// Answers a request as a server does, a read or write perhaps in part; tells how many bytes it moved.
        private mutating func serve(_ asked: FakeHost.Sent) throws -> Int {
            switch asked.header.operation {
            case .read:
                let body = try asked.body(Read.self)
                let data = server.read(index(body.handle), at: place(body.position), 1 + random.below(Int(body.count)))
                scene.answer(asked, RawBytes(data))
                return data.count
            case .write:
                let body = try asked.body(Write.self)
                let data = Array(body.data.prefix(1 + random.below(body.data.count)))
                server.write(index(body.handle), at: place(body.position), data)
                scene.answer(asked, Count(count: UInt32(data.count)))
                return data.count
            case .seek:
                let body = try asked.body(Seek.self)
                do throws(Errno) {
                    let offset = try server.seek(index(body.handle), Int(body.offset), body.whence)
                    scene.answer(asked, Offset(offset: UInt64(offset)))
                } catch {
                    scene.refuse(asked, error)
                }
            case .setDescriptionFlags:
                let body = try asked.body(SetDescriptionFlags.self)
                server.opened[index(body.handle)].appends = body.flags.contains(.append)
                scene.answer(asked, Nothing())
            case .spawn: scene.answer(asked, SpawnResult(process: ProcessID(rawValue: 55)))
            default: Issue.record("\(asked.header.operation) was not expected")
            }
            return 0
        }

        private func index(_ handle: Handle) -> Int { Int(handle.index) - 60 }

        private func place(_ position: Position) -> Int? {
            guard case .explicit(let offset) = position else { return nil }
            return Int(offset)
        }

        private mutating func writeDown() throws {
            guard random.chance(20) else { return }
            var writer = Writer()
            scene.libOS.encode(into: &writer)
            var reader = Reader(writer.bytes)
            scene.libOS = try LibOS(decoding: &reader)
        }

        /// One thing that the program, or a process that shares a file with it, does.
        mutating func step() throws {
            let index = random.below(2)
            let descriptor = UInt32(5 + index + 2 * random.below(2))
            switch random.below(12) {
            case 0...2: try read(index, descriptor)
            case 3...5: try write(index, descriptor)
            case 6, 7: try seek(index, descriptor)
            case 8: try setFlags(index, descriptor)
            case 9: try spawn()
            default: theOthers(index)
            }
            let result = scene.libOS.fdTell(thread, descriptor, 400, host: &scene.host)
            if try finish(result).result == 0 { #expect(scene.word(400, 8) == UInt64(model.opened[index].offset)) }
            #expect(server.bytes == model.bytes)
            scene.host.sent.removeAll(keepingCapacity: true)
        }

        private mutating func read(_ index: Int, _ descriptor: UInt32) throws {
            let count = 1 + random.below(9)
            let position = random.chance(25) ? random.below(50) : nil
            scene.put(vectors: [(500, count)], 200)
            let (result, refusal, moved) = try finish(
                position.map { scene.libOS.fdReadAt(thread, descriptor, 200, 1, UInt64($0), 300, host: &scene.host) }
                    ?? scene.libOS.fdRead(thread, descriptor, 200, 1, 300, host: &scene.host))
            #expect(result == refusal.map(code) ?? 0)
            guard refusal == nil else { return }
            #expect(scene.get(500, Int(scene.word(300))) == model.read(index, at: position, moved))
        }

        private mutating func write(_ index: Int, _ descriptor: UInt32) throws {
            let data = random.bytes(1 + random.below(9))
            let position = random.chance(25) ? random.below(50) : nil
            scene.put(data, 500)
            scene.put(vectors: [(500, data.count)], 200)
            let (result, refusal, moved) = try finish(
                position.map { scene.libOS.fdWriteAt(thread, descriptor, 200, 1, UInt64($0), 300, host: &scene.host) }
                    ?? scene.libOS.fdWrite(thread, descriptor, 200, 1, 300, host: &scene.host))
            #expect(result == refusal.map(code) ?? 0)
            guard refusal == nil else { return }
            #expect(scene.word(300) == UInt64(moved))
            model.write(index, at: position, Array(data.prefix(moved)))
        }

        private mutating func seek(_ index: Int, _ descriptor: UInt32) throws {
            let distance = random.below(40) - 12
            let whence = random.pick(Whence.allCases)
            let (result, refusal, _) = try finish(
                scene.libOS.fdSeek(thread, descriptor, Int64(distance), UInt32(whence.rawValue), 400, host: &scene.host))
            if let refusal { return #expect(result == code(refusal)) }
            do throws(Errno) {
                let offset = try model.seek(index, distance, whence)
                #expect(result == 0 && scene.word(400, 8) == UInt64(offset))
            } catch {
                #expect(result == code(error))
            }
        }

        private mutating func setFlags(_ index: Int, _ descriptor: UInt32) throws {
            let flags: DescriptionFlags = random.chance(50) ? .append : []
            let result = try finish(scene.libOS.fdStatSetFlags(thread, descriptor, UInt32(flags.rawValue), host: &scene.host)).result
            if result == 0 { model.opened[index].appends = flags.contains(.append) }
        }

        private mutating func spawn() throws {
            let inherited = [5, 6, 7, 8].filter { _ in random.chance(30) }
            var writer = Writer()
            writer.value(
                SpawnBlock(
                    arguments: [ByteString("a")],
                    descriptors: inherited.map {
                        SpawnBlock.Mapping(child: Descriptor(rawValue: UInt32($0)), parent: Descriptor(rawValue: UInt32($0)))
                    }))
            scene.put(writer.bytes, 1000)
            let length = scene.put(path: "x")
            let result = try finish(
                scene.libOS.processSpawn(thread, 100, length, 1000, UInt32(writer.bytes.count), 600, 700, 8, 604, host: &scene.host)
            ).result
            guard result == 0 else { return }
            for descriptor in inherited {
                isShared[(descriptor - 5) % 2] = true
                #expect(server.opened[(descriptor - 5) % 2] == model.opened[(descriptor - 5) % 2])
            }
        }

        /// Another process that holds the description moves the offset.
        private mutating func theOthers(_ index: Int) {
            guard isShared[index] else { return }
            if random.chance(50) {
                let count = random.below(9)
                #expect(server.read(index, at: nil, count) == model.read(index, at: nil, count))
            } else {
                let data = random.bytes(1 + random.below(8))
                server.write(index, at: nil, data)
                model.write(index, at: nil, data)
            }
        }
    }

    @Test func aProgramSeesWhatPOSIXSays() throws {
        for life in 0..<UInt64(Run.isLong ? 20_000 : 1_000) {
            var world = try World(Run.seed &+ life)
            for _ in 0..<40 { try world.step() }
        }
    }
}
