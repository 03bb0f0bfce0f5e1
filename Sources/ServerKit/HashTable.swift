package import ABI

// A table by numbers whose look-up costs the same however many there are. Its order is nobody's business: what is listed is sorted by
// key, so nothing that can be observed depends on where an entry lies, and two machines list the same.

/// What a `HashTable` is keyed by: a number that the system itself gives out, such as an id. (Where a key lies is not secret, so keys
/// that others choose freely belong into an `OrderedMap`.)
public protocol TableKey {
    /// The key as one word; different keys have different words, in the same order.
    var word: UInt64 { get }
    /// The key that has this word.
    init(word: UInt64)
}

extension TableKey where Self: Identifier {
    package var word: UInt64 { UInt64(truncatingIfNeeded: rawValue) }
    package init(word: UInt64) { self.init(rawValue: RawValue(truncatingIfNeeded: word)) }
}

extension ProcessID: TableKey {}
extension ProcessGroupID: TableKey {}
extension SessionID: TableKey {}
extension ProcessIdentity: TableKey {}
extension ConnectionID: TableKey {}
extension HartID: TableKey {}
extension RequestID: TableKey {}

/// A map by key in constant time. Its values lie side by side, in an order of no meaning that its index knows.
public struct HashTable<Key: TableKey, Value> {
    @usableFromInline var index = HashIndex()
    @usableFromInline var list: [Value] = []

    @inlinable public init() {}

    @inlinable public var count: Int { list.count }
    @inlinable public var isEmpty: Bool { list.isEmpty }

    /// The value of `key`; setting `nil` takes it out.
    @inlinable public subscript(key: Key) -> Value? {
        get {
            guard let entry = index.find(key.word) else { return nil }
            return list[entry]
        }
        set {
            guard let newValue else {
                remove(key)
                return
            }
            if let entry = index.find(key.word) {
                list[entry] = newValue
            } else {
                index.append(key.word)
                list.append(newValue)
            }
        }
    }

    /// Whether there is such a key.
    @inlinable public func contains(_ key: Key) -> Bool { index.find(key.word) != nil }

    /// Looks at a value where it is; `nil` if there is none. Only what `body` answers is copied, if all it does is to name it.
    @inlinable public func look<Result>(_ key: Key, _ body: (borrowing Value) -> Result) -> Result? {
        guard let entry = index.find(key.word) else { return nil }
        return body(list[entry])
    }

    /// Changes a value where it is and answers what `change` answers; `nil` if there is none.
    @inlinable @discardableResult
    public mutating func update<Result>(_ key: Key, _ change: (inout Value) -> Result) -> Result? {
        guard let entry = index.find(key.word) else { return nil }
        return change(&list[entry])
    }

    /// Takes a value out; `nil` if there is none.
    @inlinable @discardableResult
    public mutating func remove(_ key: Key) -> Value? {
        guard let entry = index.find(key.word) else { return nil }
        index.remove(entry)
        list.swapAt(entry, list.count - 1)
        return list.removeLast()
    }

    /// All keys, ascending.
    @inlinable public var keys: [Key] { index.ascending.map { Key(word: index.words[$0]) } }
    /// All values, in the order of their keys.
    @inlinable public var values: [Value] { index.ascending.map { list[$0] } }

    /// How many places a search for `key` looks at, whether it is there or not; for tests.
    package func looks(for key: Key) -> Int { index.looks(for: key.word) }
}

/// Where each word of a list is: open addressing with linear probing and without tombstones, at most half full; a removal moves back
/// what had to go past it. Up to `small` words there are no places, and the list is looked through.
public struct HashIndex: Sendable {
    /// Most words without places.
    private static let small = 8

    @usableFromInline private(set) var words: [UInt64] = []
    /// Per place: 0, or the number of an entry, counted from 1. Their count is a power of two, or 0.
    @usableFromInline private(set) var places: [UInt32] = []

    @inlinable init() {}

    /// The entry that has this word.
    @inlinable func find(_ word: UInt64) -> Int? {
        if places.isEmpty {
            for entry in words.indices where words[entry] == word { return entry }
            return nil
        }
        var place = home(word)
        while places[place] != 0 {
            let entry = Int(places[place]) - 1
            if words[entry] == word { return entry }
            place = (place + 1) & (places.count - 1)
        }
        return nil
    }

    /// Where a word lies unless others were there before: multiplied by 2^64 over the golden ratio, neighbouring numbers fall far apart
    /// (Knuth, The Art of Computer Programming 3, 6.4: multiplicative hashing).
    @inlinable func home(_ word: UInt64) -> Int {
        Int(truncatingIfNeeded: (word &* 0x9E37_79B9_7F4A_7C15) >> UInt64(64 - places.count.trailingZeroBitCount))
    }

    /// Adds an entry for a word that is not there.
    @usableFromInline mutating func append(_ word: UInt64) {
        words.append(word)
        if words.count <= HashIndex.small && places.isEmpty { return }
        if places.count >= 2 * words.count { return occupy(words.count - 1) }
        places = [UInt32](repeating: 0, count: max(4 * HashIndex.small, 2 * places.count))
        for entry in words.indices { occupy(entry) }
    }

    /// Takes an entry out; the last one takes its number.
    @usableFromInline mutating func remove(_ entry: Int) {
        let last = words.count - 1
        if !places.isEmpty {
            vacate(place(of: entry))
            if entry != last { places[place(of: last)] = UInt32(truncatingIfNeeded: entry + 1) }
        }
        words.swapAt(entry, last)
        words.removeLast()
    }

    /// The entries in the order of their words.
    @usableFromInline var ascending: [Int] { words.indices.sorted { words[$0] < words[$1] } }

    /// How many places a search looks at.
    func looks(for word: UInt64) -> Int {
        guard !places.isEmpty else { return words.count }
        var place = home(word)
        var count = 1
        while places[place] != 0, words[Int(places[place]) - 1] != word {
            place = (place + 1) & (places.count - 1)
            count += 1
        }
        return count
    }

    /// The place of an entry, which there is while there are places.
    private func place(of entry: Int) -> Int {
        var place = home(words[entry])
        while Int(places[place]) != entry + 1 { place = (place + 1) & (places.count - 1) }
        return place
    }

    /// Finds a place for an entry.
    private mutating func occupy(_ entry: Int) {
        var place = home(words[entry])
        while places[place] != 0 { place = (place + 1) & (places.count - 1) }
        places[place] = UInt32(truncatingIfNeeded: entry + 1)
    }

    /// Empties a place. Entries behind it that had to go past it move back, so that no search stops short of them.
    private mutating func vacate(_ place: Int) {
        let mask = places.count - 1
        var hole = place
        var next = (place + 1) & mask
        while places[next] != 0 {
            let start = home(words[Int(places[next]) - 1])
            // It may move unless its search begins behind the hole.
            if (next - start) & mask >= (next - hole) & mask {
                places[hole] = places[next]
                hole = next
            }
            next = (next + 1) & mask
        }
        places[hole] = 0
    }
}

extension HashTable: Sendable where Key: Sendable, Value: Sendable {}
