import ABI
import ServerKit
import TestSupport
import Testing

/// A key that counts how often a table looks at one.
private struct CountingKey: TableKey {
    final class Counter {
        var looks = 0
    }

    let number: UInt64
    let counter: Counter

    var word: UInt64 {
        counter.looks += 1
        return number
    }

    static func == (left: CountingKey, right: CountingKey) -> Bool { left.number == right.number }
    static func < (left: CountingKey, right: CountingKey) -> Bool { left.number < right.number }
}

@Suite struct HashTableTests {
    @Test func aNewTableIsEmpty() {
        let table = HashTable<ProcessID, Int>()
        #expect(table.isEmpty && table.count == 0 && table.keys.isEmpty && table.values.isEmpty)
        #expect(table[ProcessID(rawValue: 1)] == nil && !table.contains(ProcessID(rawValue: 1)))
    }

    @Test func whatIsPutInIsFoundChangedAndTakenOut() {
        var table = HashTable<ProcessID, String>()
        let key = ProcessID(rawValue: 7)
        table[key] = "seven"
        #expect(table[key] == "seven" && table.contains(key) && table.count == 1)
        table[key] = "other"
        #expect(table[key] == "other" && table.count == 1)
        #expect(table.look(key) { $0.count } == 5)
        let length = table.update(key) { text in
            text += "!"
            return text.count
        }
        #expect(length == 6 && table[key] == "other!")
        #expect(table.remove(key) == "other!")
        #expect(table.remove(key) == nil && table.isEmpty)
        table[key] = nil
        #expect(table.look(key) { $0.count } == nil && table.update(key) { $0 = "" } == nil)
    }

    /// Random insertions and removals, among few keys, many, and such as a hash could take for each other, against a dictionary.
    @Test(arguments: [(20, 1), (3000, 1), (3000, 1 << 16), (3000, 1 << 32), (500, 1 << 48)] as [(UInt64, UInt64)])
    func itBehavesAsADictionaryDoes(_ range: UInt64, _ stride: UInt64) {
        var random = Seeded(Run.seed &+ range &+ stride)
        var table = HashTable<ProcessIdentity, Int>()
        var model: [UInt64: Int] = [:]
        for step in 0..<20_000 {
            let number = UInt64(random.below(Int(range))) &* stride
            let key = ProcessIdentity(rawValue: number)
            // It grows in one half of a thousand steps, and shrinks in the other.
            if random.below(10) < (step % 1000 < 500 ? 7 : 3) {
                table[key] = step
                model[number] = step
            } else {
                #expect(table.remove(key) == model.removeValue(forKey: number))
            }
            #expect(table.count == model.count)
            if step % 500 == 499 {
                #expect(table.keys.map(\.rawValue) == model.keys.sorted())
                #expect(table.values == model.keys.sorted().map { model[$0] })
                for number in 0..<range {
                    #expect(table[ProcessIdentity(rawValue: number &* stride)] == model[number &* stride])
                }
            }
        }
    }

    /// A look-up touches as many keys among ten thousand as among a hundred: two or three on average.
    @Test(arguments: [100, 1000, 10_000])
    func aLookUpTouchesFewKeys(_ count: Int) {
        let counter = CountingKey.Counter()
        var table = HashTable<CountingKey, Int>()
        // Ids as they are given out, of which three in four are gone again.
        for number in 0..<4 * count { table[CountingKey(number: UInt64(number), counter: counter)] = number }
        for number in 0..<4 * count where number % 4 != 0 { table[CountingKey(number: UInt64(number), counter: counter)] = nil }
        counter.looks = 0
        for number in stride(from: 0, to: 4 * count, by: 4) {
            #expect(table[CountingKey(number: UInt64(number), counter: counter)] == number)
        }
        #expect(counter.looks <= 3 * count)
        counter.looks = 0
        for number in stride(from: 0, to: 4 * count, by: 4) { table[CountingKey(number: UInt64(number), counter: counter)] = nil }
        // A removal looks for the key, for the last entry, and at what may have to move back.
        #expect(counter.looks <= 10 * count)
        #expect(table.isEmpty)
    }
}

@Suite struct OrderedSetTests {
    @Test func itBehavesAsASortedSetDoes() {
        var random = Seeded(Run.seed)
        var set = OrderedSet<ProcessID>()
        var model: Set<Int32> = []
        for _ in 0..<5000 {
            let number = Int32(random.below(300))
            let element = ProcessID(rawValue: number)
            if random.below(2) == 0 {
                set.insert(element)
                model.insert(number)
            } else {
                set.remove(element)
                model.remove(number)
            }
            #expect(set.count == model.count && set.isEmpty == model.isEmpty && set.contains(element) == model.contains(number))
            #expect(set.first?.rawValue == model.min())
            #expect(set.next(after: element)?.rawValue == model.filter { $0 > number }.min())
        }
        #expect(set.elements.map(\.rawValue) == model.sorted())
    }
}
