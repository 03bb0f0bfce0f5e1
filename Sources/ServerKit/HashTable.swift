package import ABI

// A table by numbers whose look-up costs the same however many there are. Its order is nobody's business: what is listed is sorted by
// key, so nothing that can be observed depends on where an entry lies, and two machines list the same.

/// What a `HashTable` is keyed by: a number that the system itself gives out, such as an id. (Where a key lies is not secret, so keys
/// that others choose freely belong into an `OrderedMap`.)
public protocol TableKey: Comparable {
    /// The key as one word; different keys have different words, in the same order.
    var word: UInt64 { get }
}

extension TableKey where Self: Identifier {
    package var word: UInt64 { UInt64(truncatingIfNeeded: rawValue) }
}

extension ProcessID: TableKey {}
extension ProcessGroupID: TableKey {}
extension SessionID: TableKey {}
extension ProcessIdentity: TableKey {}
extension ConnectionID: TableKey {}
extension HartID: TableKey {}
extension RequestID: TableKey {}
extension Handle: TableKey {}

/// A map by key in constant time. Its entries lie side by side, in an order of no meaning, keys apart from values so that a search
/// touches keys alone; a third array says where each key is.
///
/// The third array is open addressing with linear probing and without tombstones, at most half full: a removal moves back what had to
/// go past it. Up to `small` entries there is none, and the entries are looked through.
public struct HashTable<Key: TableKey, Value> {
    /// Most entries without places.
    @inlinable static var small: Int { 8 }
    /// 2^64 divided by the golden ratio: multiplied by it, neighbouring numbers fall far apart (Knuth, The Art of Computer Programming 3,
    /// 6.4: multiplicative hashing).
    @inlinable static var multiplier: UInt64 { 0x9E37_79B9_7F4A_7C15 }

    @usableFromInline var keyList: [Key] = []
    @usableFromInline var valueList: [Value] = []
    /// Per place: 0, or the number of an entry, counted from 1. Its size is a power of two, or 0.
    @usableFromInline var places: [UInt32] = []

    @inlinable public init() {}

    @inlinable public var count: Int { keyList.count }
    @inlinable public var isEmpty: Bool { keyList.isEmpty }

    /// The value of `key`; setting `nil` takes it out.
    @inlinable public subscript(key: Key) -> Value? {
        get {
            guard let index = index(of: key) else { return nil }
            return valueList[index]
        }
        set {
            guard let newValue else {
                remove(key)
                return
            }
            if let index = index(of: key) { valueList[index] = newValue } else { append(key, newValue) }
        }
    }

    /// Whether there is such a key.
    @inlinable public func contains(_ key: Key) -> Bool { index(of: key) != nil }

    /// Looks at a value where it is; `nil` if there is none.
    @inlinable public func look<Result>(_ key: Key, _ body: (borrowing Value) -> Result) -> Result? {
        guard let index = index(of: key) else { return nil }
        return body(valueList[index])
    }

    /// Changes a value where it is and answers what `change` answers; `nil` if there is none.
    @inlinable @discardableResult
    public mutating func update<Result>(_ key: Key, _ change: (inout Value) -> Result) -> Result? {
        guard let index = index(of: key) else { return nil }
        return change(&valueList[index])
    }

    /// Takes a value out; `nil` if there is none.
    @inlinable @discardableResult
    public mutating func remove(_ key: Key) -> Value? {
        guard let index = index(of: key) else { return nil }
        let last = keyList.count - 1
        if !places.isEmpty {
            vacate(place(of: index))
            if index != last { places[place(of: last)] = UInt32(truncatingIfNeeded: index + 1) }
        }
        if index != last {
            keyList.swapAt(index, last)
            valueList.swapAt(index, last)
        }
        keyList.removeLast()
        return valueList.removeLast()
    }

    /// All keys, ascending.
    @inlinable public var keys: [Key] { ascending(keyList.map { $0.word }).map { keyList[$0] } }
    /// All values, in the order of their keys.
    @inlinable public var values: [Value] { ascending(keyList.map { $0.word }).map { valueList[$0] } }

    /// The index of a key's entry.
    @inlinable func index(of key: Key) -> Int? {
        let word = key.word
        if places.isEmpty {
            for index in keyList.indices where keyList[index].word == word { return index }
            return nil
        }
        var place = home(word)
        while places[place] != 0 {
            let index = Int(places[place]) - 1
            if keyList[index].word == word { return index }
            place = (place + 1) & (places.count - 1)
        }
        return nil
    }

    /// Where a word lies unless others were there before.
    @inlinable func home(_ word: UInt64) -> Int {
        Int(truncatingIfNeeded: (word &* HashTable.multiplier) >> UInt64(64 - places.count.trailingZeroBitCount))
    }

    /// The place of an entry, which there is while there are places.
    @inlinable func place(of index: Int) -> Int {
        var place = home(keyList[index].word)
        while Int(places[place]) != index + 1 { place = (place + 1) & (places.count - 1) }
        return place
    }

    /// Adds a key that is not there.
    @inlinable mutating func append(_ key: Key, _ value: Value) {
        keyList.append(key)
        valueList.append(value)
        if keyList.count <= HashTable.small && places.isEmpty { return }
        if places.count < 2 * keyList.count { grow() } else { occupy(keyList.count - 1) }
    }

    /// Finds a place for an entry.
    @inlinable mutating func occupy(_ index: Int) {
        var place = home(keyList[index].word)
        while places[place] != 0 { place = (place + 1) & (places.count - 1) }
        places[place] = UInt32(truncatingIfNeeded: index + 1)
    }

    /// Makes twice the room and places all entries anew.
    @inlinable mutating func grow() {
        places = [UInt32](repeating: 0, count: max(4 * HashTable.small, 2 * places.count))
        for index in keyList.indices { occupy(index) }
    }

    /// Empties a place. Entries behind it that had to go past it move back, so that no search stops short of them.
    @inlinable mutating func vacate(_ place: Int) {
        let mask = places.count - 1
        var hole = place
        var next = (place + 1) & mask
        while places[next] != 0 {
            let start = home(keyList[Int(places[next]) - 1].word)
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

/// The indices of words in the order of the words. (One sorting for all tables: each would bring its own into a server's module.)
@inline(never)
@usableFromInline func ascending(_ words: [UInt64]) -> [Int] {
    words.indices.sorted { words[$0] < words[$1] }
}

extension HashTable: Sendable where Key: Sendable, Value: Sendable {}
