package import ABI

/// Objects granted to processes. A handle finds its object only together with the process it was granted to.
package struct HandleTable<Object> {
    private struct Grant {
        var owner: ProcessIdentity
        var object: Object
    }

    private var grants: SlotTable<Grant>
    private var byOwner = HashTable<ProcessIdentity, [Handle]>()

    /// Of the first slot. Two tables of a server can be told apart by the indices of their handles.
    private let firstIndex: UInt32

    /// A table of at most `capacity` handles, whose indices begin at `firstIndex`.
    package init(capacity: Int = 65536, firstIndex: UInt32 = 0) {
        grants = SlotTable(capacity: capacity)
        self.firstIndex = firstIndex
    }

    /// The slot of a handle; none at all for one of another table.
    private func slot(_ handle: Handle) -> UInt32 { handle.index >= firstIndex ? handle.index - firstIndex : .max }

    /// How many handles there are.
    package var count: Int { grants.count }

    /// How many handles `owner` has.
    package func count(of owner: ProcessIdentity) -> Int { byOwner[owner]?.count ?? 0 }

    /// Grants `object` to `owner`. Throws `tooManyOpenFilesInSystem` when the table is full.
    package mutating func grant(_ object: Object, to owner: ProcessIdentity) throws(Errno) -> Handle {
        guard let (index, generation) = grants.insert(Grant(owner: owner, object: object)) else {
            throw .tooManyOpenFilesInSystem
        }
        let handle = Handle(index: index + firstIndex, generation: generation)
        if byOwner[owner] == nil { byOwner[owner] = [] }
        byOwner.update(owner) { $0.append(handle) }
        return handle
    }

    /// Grants objects of one process to another, all or none. Throws `badFileDescriptor` if a handle is not `giver`'s,
    /// `tooManyOpenFilesInSystem`.
    package mutating func share(
        _ handles: [Handle], from giver: ProcessIdentity, to taker: ProcessIdentity
    ) throws(Errno) -> [(handle: Handle, object: Object)] {
        var objects: [Object] = []
        for handle in handles { objects.append(try object(handle, of: giver)) }
        var granted: [(handle: Handle, object: Object)] = []
        for object in objects {
            do throws(Errno) {
                granted.append((try grant(object, to: taker), object))
            } catch {
                for (handle, _) in granted { _ = try? release(handle, of: taker) }
                throw error
            }
        }
        return granted
    }

    /// The object behind `handle`. Throws `badFileDescriptor` unless it is `owner`'s.
    package func object(_ handle: Handle, of owner: ProcessIdentity) throws(Errno) -> Object {
        guard let grant = grants[slot(handle), handle.generation], grant.owner == owner else { throw .badFileDescriptor }
        return grant.object
    }

    /// Replaces the object behind `handle`. Throws `badFileDescriptor` unless it is `owner`'s.
    package mutating func replace(_ handle: Handle, of owner: ProcessIdentity, with object: Object) throws(Errno) {
        guard let grant = grants[slot(handle), handle.generation], grant.owner == owner else { throw .badFileDescriptor }
        grants[slot(handle), handle.generation] = Grant(owner: owner, object: object)
    }

    /// Takes a handle back. Throws `badFileDescriptor` unless it is `owner`'s.
    @discardableResult
    package mutating func release(_ handle: Handle, of owner: ProcessIdentity) throws(Errno) -> Object {
        let object = try object(handle, of: owner)
        grants.remove(index: slot(handle), generation: handle.generation)
        byOwner.update(owner) { handles in handles.removeAll { $0 == handle } }
        if byOwner[owner]?.isEmpty == true { byOwner[owner] = nil }
        return object
    }

    /// Takes all handles of a process back, in the order they were granted.
    package mutating func releaseAll(of owner: ProcessIdentity) -> [(handle: Handle, object: Object)] {
        var released: [(handle: Handle, object: Object)] = []
        for handle in byOwner[owner] ?? [] {
            if let grant = grants.remove(index: slot(handle), generation: handle.generation) {
                released.append((handle, grant.object))
            }
        }
        byOwner[owner] = nil
        return released
    }

    /// All grants, in the order of their slots.
    package var all: [(owner: ProcessIdentity, handle: Handle, object: Object)] {
        grants.numbers.compactMap { number in
            grants[number.index, number.generation].map {
                ($0.owner, Handle(index: number.index + firstIndex, generation: number.generation), $0.object)
            }
        }
    }

    /// Appends the table.
    package func encode(into writer: inout Writer, _ encodeObject: (Object, inout Writer) -> Void) {
        grants.encode(into: &writer) { grant, writer in
            writer.value(grant.owner)
            encodeObject(grant.object, &writer)
        }
        writer.u32(UInt32(byOwner.count))
        for owner in byOwner.keys {
            writer.value(owner)
            writer.list(byOwner[owner] ?? [])
        }
    }

    /// Reads a table that `encode` wrote.
    package init(
        capacity: Int = 65536, firstIndex: UInt32 = 0, decoding reader: inout Reader, _ decodeObject: (inout Reader) throws(Errno) -> Object
    ) throws(Errno) {
        self.firstIndex = firstIndex
        grants = try SlotTable(capacity: capacity, decoding: &reader) { reader throws(Errno) in
            Grant(owner: try reader.value(ProcessIdentity.self), object: try decodeObject(&reader))
        }
        // The lists must name every grant once, under its owner.
        var named = OrderedMap<Handle, Bool>()
        for _ in 0..<(try reader.u32()) {
            let owner = try reader.value(ProcessIdentity.self)
            let handles = try reader.list(Handle.self)
            guard byOwner[owner] == nil, !handles.isEmpty else { throw .badMessage }
            for handle in handles {
                guard grants[slot(handle), handle.generation]?.owner == owner, named[handle] == nil else { throw .badMessage }
                named[handle] = true
            }
            byOwner[owner] = handles
        }
        guard named.count == grants.count else { throw .badMessage }
    }
}
