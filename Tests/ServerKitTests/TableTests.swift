import ABI
import ServerKit
import TestSupport
import Testing

@Suite struct SlotTableTests {
    @Test(arguments: 1...10) func itBehavesAsAModelDoes(_ seed: UInt64) throws {
        var random = Seeded(seed)
        var table = SlotTable<Int>(capacity: 20)
        var model: [UInt64: Int] = [:]
        var old: [(index: UInt32, generation: UInt32)] = []
        for round in 0..<5000 {
            switch Int.random(in: 0..<5, using: &random) {
            case 0, 1:
                let number = table.insert(round)
                #expect((number == nil) == (model.count == 20))
                guard let number else { break }
                let key = UInt64(number.generation) << 32 | UInt64(number.index)
                #expect(model.updateValue(round, forKey: key) == nil, "a number in use was given out again")
                #expect(!old.contains { $0 == number }, "an old number came to life again")
            case 2:
                guard let number = table.numbers.randomElement(using: &random) else { break }
                table[number.index, number.generation] = -round
                model[UInt64(number.generation) << 32 | UInt64(number.index)] = -round
            case 3:
                guard let number = table.numbers.randomElement(using: &random) else { break }
                let changed = table.update(index: number.index, generation: number.generation) { value in
                    value += 1
                    return value
                }
                model[UInt64(number.generation) << 32 | UInt64(number.index), default: 0] += 1
                #expect(changed == model[UInt64(number.generation) << 32 | UInt64(number.index)])
            default:
                guard let number = table.numbers.randomElement(using: &random) else { break }
                let removed = table.remove(index: number.index, generation: number.generation)
                #expect(removed == model.removeValue(forKey: UInt64(number.generation) << 32 | UInt64(number.index)))
                old.append(number)
            }
            #expect(table.count == model.count)
            for (key, value) in model { #expect(table[UInt32(truncatingIfNeeded: key), UInt32(key >> 32)] == value) }
        }
        for number in old {
            #expect(table[number.index, number.generation] == nil)
            #expect(table.remove(index: number.index, generation: number.generation) == nil)
        }
        #expect(table.numbers.map { $0.index } == table.numbers.map { $0.index }.sorted())

        var writer = Writer()
        table.encode(into: &writer) { value, writer in writer.i64(Int64(value)) }
        var reader = Reader(writer.bytes)
        var copy = try SlotTable<Int>(capacity: 20, decoding: &reader) { reader throws(Errno) in Int(try reader.i64()) }
        try reader.finish()
        for (key, value) in model { #expect(copy[UInt32(truncatingIfNeeded: key), UInt32(key >> 32)] == value) }
        let next = (table.insert(1), copy.insert(1))
        #expect(next.0?.index == next.1?.index && next.0?.generation == next.1?.generation, "the copy goes on as the original")
    }

    @Test func aThrowingChangeKeepsTheValue() {
        var table = SlotTable<[Int]>(capacity: 1)
        let number = table.insert([1]) ?? (9, 9)
        #expect(throws: Errno.ioError) {
            try table.update(index: number.index, generation: number.generation) { value throws(Errno) in
                value.append(2)
                throw .ioError
            }
        }
        #expect(table[number.index, number.generation] == [1, 2])
        #expect(table.update(index: 5, generation: 1) { _ in 1 } == nil)
    }

    /// Bytes that `encode` never writes: a slot free twice, a free slot that is in use or not listed, more slots than there may be.
    @Test(
        arguments: [
            [2, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            [1, 0, 0, 0, 1, 0, 0, 0, 1, 7, 1, 0, 0, 0, 0, 0, 0, 0],
            [1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
            [1, 0, 0, 0, 0, 0, 0, 0, 1, 7, 0, 0, 0, 0],
            [21, 0, 0, 0],
        ] as [[UInt8]]) func aStateThatCannotBeIsRefused(_ bytes: [UInt8])
    {
        var reader = Reader(bytes)
        #expect(throws: Errno.badMessage) {
            try SlotTable<UInt8>(capacity: 20, decoding: &reader) { reader throws(Errno) in try reader.u8() }
        }
    }
}

@Suite struct OrderedMapTests {
    @Test(arguments: 1...10) func itBehavesAsAModelDoes(_ seed: UInt64) {
        var random = Seeded(seed)
        var map = OrderedMap<Int, Int>()
        var model: [Int: Int] = [:]
        for round in 0..<5000 {
            let key = Int.random(in: 0..<60, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                map[key] = nil
                model[key] = nil
            case 1:
                map.update(key) { $0 += 1 }
                model[key]? += 1
            default:
                map[key] = round
                model[key] = round
            }
            #expect(map[key] == model[key])
            let next = map.next(after: key)
            #expect(next?.key == model.keys.filter { $0 > key }.min())
            #expect(next?.value == next.flatMap { model[$0.key] })
            #expect(map.count == model.count)
        }
        #expect(map.keys == model.keys.sorted())
        #expect(map.values == model.keys.sorted().map { model[$0] ?? -1 })
        #expect(map.first?.key == model.keys.min())
    }
}

@Suite struct HandleTableTests {
    static func process(_ number: UInt32) -> ProcessIdentity { ProcessIdentity(node: 0, index: number, generation: 1) }

    @Test(arguments: 1...10) func itBehavesAsAModelDoes(_ seed: UInt64) throws {
        var random = Seeded(seed)
        var table = HandleTable<Int>(capacity: 30)
        var model: [(owner: ProcessIdentity, handle: Handle, object: Int)] = []
        for round in 0..<3000 {
            let owner = Self.process(UInt32.random(in: 1...4, using: &random))
            switch Int.random(in: 0..<8, using: &random) {
            case 0...3:
                let handle = try? table.grant(round, to: owner)
                #expect((handle == nil) == (model.count == 30))
                if let handle { model.append((owner, handle, round)) }
            case 4, 5:
                guard let entry = model.randomElement(using: &random) else { break }
                let other = Self.process(9)
                #expect(throws: Errno.badFileDescriptor) { try table.object(entry.handle, of: other) }
                #expect(throws: Errno.badFileDescriptor) { try table.release(entry.handle, of: other) }
                #expect(try table.release(entry.handle, of: entry.owner) == entry.object)
                #expect(throws: Errno.badFileDescriptor) { try table.object(entry.handle, of: entry.owner) }
                model.removeAll { $0.handle == entry.handle }
            case 6:
                guard let index = model.indices.randomElement(using: &random) else { break }
                try table.replace(model[index].handle, of: model[index].owner, with: -round)
                model[index].object = -round
            default:
                guard Int.random(in: 0..<5, using: &random) == 0 else { break }
                let released = table.releaseAll(of: owner)
                let expected = model.filter { $0.owner == owner }
                #expect(released.map { $0.handle } == expected.map { $0.handle }, "in the order in which they were granted")
                #expect(released.map { $0.object } == expected.map { $0.object })
                model.removeAll { $0.owner == owner }
            }
            #expect(table.count == model.count)
            for entry in model { #expect(try table.object(entry.handle, of: entry.owner) == entry.object) }
            for number in UInt32(1)...4 {
                #expect(table.count(of: Self.process(number)) == model.filter { $0.owner == Self.process(number) }.count)
            }
        }
        var writer = Writer()
        table.encode(into: &writer) { object, writer in writer.i64(Int64(object)) }
        var reader = Reader(writer.bytes)
        var copy = try HandleTable<Int>(capacity: 30, decoding: &reader) { reader throws(Errno) in Int(try reader.i64()) }
        try reader.finish()
        #expect(copy.all.map { $0.handle } == table.all.map { $0.handle })
        for number in UInt32(1)...4 {
            let both = (table.releaseAll(of: Self.process(number)), copy.releaseAll(of: Self.process(number)))
            #expect(both.0.map { $0.handle } == both.1.map { $0.handle })
        }
        #expect(copy.count == 0)
    }

    /// The lists of owners must name exactly the grants.
    @Test func aStateThatCannotBeIsRefused() throws {
        var table = HandleTable<UInt8>()
        let handle = try table.grant(7, to: Self.process(1))
        var writer = Writer()
        table.encode(into: &writer) { object, writer in writer.u8(object) }
        func isAccepted(_ bytes: [UInt8]) -> Bool {
            var reader = Reader(bytes)
            return (try? HandleTable<UInt8>(decoding: &reader) { reader throws(Errno) in try reader.u8() }) != nil
        }
        #expect(isAccepted(writer.bytes))
        // The owner's list is the last: count 1, process, count 1, handle. Empty it, give it to another, name another handle.
        let start = writer.bytes.count - 24
        var unowned = Array(writer.bytes[..<start])
        unowned += [0, 0, 0, 0]
        #expect(!isAccepted(unowned))
        var foreign = writer.bytes
        foreign[start + 4] ^= 2
        #expect(!isAccepted(foreign))
        var other = writer.bytes
        #expect(other[start + 16] == UInt8(handle.index))
        other[start + 16] += 1
        #expect(!isAccepted(other))
        var twice = Array(writer.bytes)
        twice[start + 12] = 2
        twice += writer.bytes[(start + 16)...]
        #expect(!isAccepted(twice))
    }
}

@Suite struct RandomGeneratorTests {
    /// RFC 8439, section 2.3.2. Its nonce has 96 bits: the first 32 are the high half of our counter.
    @Test func theBlockFunctionGivesTheVectorOfTheRFC() {
        var key: [UInt32] = []
        for word in UInt32(0)..<8 {
            let first = 4 * word
            key.append(first | (first + 1) << 8 | (first + 2) << 16 | (first + 3) << 24)
        }
        let block = RandomGenerator.block(key: key, counter: 0x0900_0000 << 32 | 1, nonce: (0x4A00_0000, 0))
        #expect(
            block == [
                0x10, 0xF1, 0xE7, 0xE4, 0xD1, 0x3B, 0x59, 0x15, 0x50, 0x0F, 0xDD, 0x1F, 0xA3, 0x20, 0x71, 0xC4,
                0xC7, 0xD1, 0xF4, 0xC7, 0x33, 0xC0, 0x68, 0x03, 0x04, 0x22, 0xAA, 0x9A, 0xC3, 0xD4, 0x6C, 0x4E,
                0xD2, 0x82, 0x64, 0x46, 0x07, 0x9F, 0xAA, 0x09, 0x14, 0xC2, 0xD7, 0x05, 0xD9, 0x8B, 0x02, 0xA2,
                0xB5, 0x12, 0x9C, 0xD1, 0xDE, 0x16, 0x4E, 0xB9, 0xCB, 0xD0, 0x83, 0xE8, 0xA2, 0x50, 0x3C, 0x4E,
            ])
    }

    @Test func theStreamDoesNotDependOnHowItIsTaken() throws {
        let seed = Array(UInt8(0)..<32)
        var whole = RandomGenerator(seed: seed)
        let stream = whole.bytes(1000)
        var parts = RandomGenerator(seed: seed)
        var taken: [UInt8] = []
        var size = 1
        while taken.count < 1000 {
            taken += parts.bytes(min(size, 1000 - taken.count))
            size += 7
            // Written down and read back in the middle of everything.
            var writer = Writer()
            parts.encode(into: &writer)
            var reader = Reader(writer.bytes)
            parts = try RandomGenerator(decoding: &reader)
            try reader.finish()
        }
        #expect(taken == stream)
        #expect(Set(stream).count > 200)
        var short = RandomGenerator(seed: [1])
        var padded = RandomGenerator(seed: [1] + [UInt8](repeating: 0, count: 31))
        #expect(short.number() == padded.number())
    }

    @Test func theCounterMayReachItsEnd() throws {
        var writer = Writer()
        for word in UInt32(0)..<8 { writer.u32(word) }
        writer.u64(.max)
        writer.u32(64)
        var reader = Reader(writer.bytes)
        var generator = try RandomGenerator(decoding: &reader)
        #expect(generator.bytes(200).count == 200)
    }
}
