import ABI
import ServerKit
import TestSupport
import Testing

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

    /// A look-up looks at as many places among ten thousand as among a hundred: two on average, found or not, however the numbers that
    /// are left came about.
    @Test(arguments: [100, 1000, 10_000], [1, 4, 64, 1 << 20])
    func aLookUpLooksAtFewPlaces(_ count: Int, _ distance: UInt64) {
        var table = HashTable<ProcessIdentity, Int>()
        func key(_ number: Int) -> ProcessIdentity { ProcessIdentity(rawValue: UInt64(number) * distance) }
        // Numbers as they are given out, of which every other is gone again.
        for number in 0..<2 * count { table[key(number)] = number }
        for number in 0..<2 * count where number % 2 != 0 { table[key(number)] = nil }
        #expect(table.count == count)
        var looks = 0
        for number in 0..<2 * count {
            #expect(table[key(number)] == (number % 2 == 0 ? number : nil))
            looks += table.looks(for: key(number))
        }
        #expect(looks <= 2 * 2 * count)
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
