// The descriptors of a program, and the open file descriptions that they name.
//
// Several descriptors may name one description (C: dup(2)); the server hears of the last close alone.

import ABI

/// An open file description, as far as the libOS has to know it.
struct Description: Wire, Equatable, Sendable {
    var connection: ConnectionID
    var handle: Handle
    var kind: FileKind
    var access: AccessMode
    var flags: DescriptionFlags
    /// A character device that seeks not.
    var isTerminal: Bool
    /// Descriptors, and the libOS's own uses (working directory).
    var references: UInt32
    /// The offset, while the libOS keeps it; nil: the server does.
    var kept: KeptOffset?

    init(_ inherited: InheritedDescriptor) {
        connection = inherited.connection
        handle = inherited.handle
        kind = inherited.kind
        access = inherited.access
        flags = inherited.flags
        // The kind does not tell a terminal from another character device: the start asks the server.
        isTerminal = inherited.kind == .characterDevice
        references = 0
    }

    init(_ connection: ConnectionID, _ opened: FileOpened) {
        self.connection = connection
        handle = opened.handle
        kind = opened.status.kind
        access = opened.access
        flags = opened.flags
        isTerminal =
            kind == .characterDevice && (opened.status.major == .terminal || opened.status.major == .controllingTerminal)
        references = 0
        // Where a file is appended to is the server's step, and what moves there is the server's offset.
        kept = kind == .regular && !flags.contains(.append) ? KeptOffset() : nil
    }

    init(pipeEnd handle: Handle, on connection: ConnectionID, _ access: AccessMode, _ flags: DescriptionFlags) {
        self.connection = connection
        self.handle = handle
        kind = .pipe
        self.access = access
        self.flags = flags
        isTerminal = false
        references = 0
    }

    init(from reader: inout Reader) throws(Errno) {
        connection = try reader.value(ConnectionID.self)
        handle = try reader.value(Handle.self)
        kind = try reader.value(FileKind.self)
        access = try reader.value(AccessMode.self)
        flags = try reader.value(DescriptionFlags.self)
        isTerminal = try reader.bool()
        references = try reader.u32()
        kept = try reader.bool() ? try reader.value(KeptOffset.self) : nil
        guard kept == nil || kind == .regular else { throw .badMessage }
    }

    func encode(into writer: inout Writer) {
        writer.value(connection)
        writer.value(handle)
        writer.value(kind)
        writer.value(access)
        writer.value(flags)
        writer.bool(isTerminal)
        writer.u32(references)
        writer.bool(kept != nil)
        if let kept { writer.value(kept) }
    }

    /// What it is on the wire.
    var id: DescriptionID { DescriptionID(connection: connection, handle: handle) }

    /// Where the next read or write without an offset of its own happens.
    var position: Position {
        guard let kept else { return .shared }
        return .explicit(kept.value)
    }

    /// The start of paths that are relative to it.
    var start: PathStart { PathStart(connection: connection, handle: handle) }

    /// Whether it has an offset that seeks.
    var isSeekable: Bool {
        switch kind {
        case .pipe, .streamSocket, .datagramSocket: return false
        case .characterDevice: return !isTerminal
        case .unknown, .blockDevice, .directory, .regular, .symbolicLink: return true
        }
    }

    /// All that it can be used for.
    var rights: Rights { Rights.maximum(kind, access, isTerminal: isTerminal) }
}

/// Which part a descriptor plays in path look-ups.
enum DescriptorRole: UInt8, Wire {
    /// Paths may not leave it.
    case ordinary = 0
    /// Paths may leave it: a preopened directory, or a duplicate of one.
    case free = 1
    /// Likewise, and `directory_change` moves it: the preopened directory `.`.
    case workingDirectory = 2

    init(from reader: inout Reader) throws(Errno) {
        guard let value = DescriptorRole(rawValue: try reader.u8()) else { throw .badMessage }
        self = value
    }

    func encode(into writer: inout Writer) { writer.u8(rawValue) }
}

/// What a descriptor is.
struct DescriptorEntry: Wire, Equatable, Sendable {
    /// Index in the table of descriptions.
    var description: Int
    var base: Rights
    var inheriting: Rights
    var role: DescriptorRole
    /// The name by which it is listed as preopened; empty if it is not.
    var name: [UInt8] = []
    /// A folder of the root that it stands for and that nobody has opened yet: the description is the root's. Else empty.
    var folder: [UInt8] = []

    init(description: Int, base: Rights, inheriting: Rights, role: DescriptorRole = .ordinary) {
        self.description = description
        self.base = base
        self.inheriting = inheriting
        self.role = role
    }

    init(from reader: inout Reader) throws(Errno) {
        description = Int(clamping: try reader.u32())
        base = try reader.value(Rights.self)
        inheriting = try reader.value(Rights.self)
        role = try reader.value(DescriptorRole.self)
        name = try reader.bytes(limit: Limits.name + 1)
        folder = try reader.bytes(limit: Limits.name)
    }

    func encode(into writer: inout Writer) {
        writer.u32(UInt32(description))
        writer.value(base)
        writer.value(inheriting)
        writer.value(role)
        writer.bytes(name)
        writer.bytes(folder)
    }
}

/// Descriptors by number, descriptions by index.
struct DescriptorTable: Equatable, Sendable {
    private(set) var entries: [DescriptorEntry?] = []
    private(set) var descriptions: [Description?] = []

    init() {}

    /// The entry of `number`. Throws `badFileDescriptor`.
    func entry(_ number: UInt32) throws(Errno) -> DescriptorEntry {
        guard number < UInt32(entries.count), let entry = entries[Int(number)] else { throw .badFileDescriptor }
        return entry
    }

    /// The description that `number` names, if it has all of `rights`. Throws `badFileDescriptor`, `notCapable`.
    func description(_ number: UInt32, _ rights: Rights = []) throws(Errno) -> Description {
        let entry = try entry(number)
        guard entry.base.isSuperset(of: rights) else { throw .notCapable }
        return try description(at: entry.description)
    }

    /// The description at `index`. Throws `badFileDescriptor` if there is none, which this table's own rules exclude.
    func description(at index: Int) throws(Errno) -> Description {
        guard index >= 0, index < descriptions.count, let description = descriptions[index] else { throw .badFileDescriptor }
        return description
    }

    func isOpen(_ number: UInt32) -> Bool { number < UInt32(entries.count) && entries[Int(number)] != nil }

    /// How many more descriptors fit.
    var room: Int {
        var used = 0
        for entry in entries where entry != nil { used += 1 }
        return Limits.descriptors - used
    }

    /// The least free number from `least` on. Throws `tooManyOpenFiles`.
    func freeNumber(from least: UInt32 = 0) throws(Errno) -> UInt32 {
        var number = Int(min(least, UInt32(Limits.descriptors)))
        while number < Limits.descriptors {
            if number >= entries.count || entries[number] == nil { return UInt32(number) }
            number += 1
        }
        throw .tooManyOpenFiles
    }

    /// Adds a description that nothing names yet. The caller adds a reference.
    mutating func add(_ description: Description) -> Int {
        for index in 0..<descriptions.count where descriptions[index] == nil {
            descriptions[index] = description
            return index
        }
        descriptions.append(description)
        return descriptions.count - 1
    }

    /// Notes a further use of a description.
    mutating func retain(_ index: Int) { descriptions[index]?.references += 1 }

    /// Ends a use of a description; answers it if that was the last one.
    mutating func release(_ index: Int) -> Description? {
        guard index >= 0, index < descriptions.count, var description = descriptions[index] else { return nil }
        if description.references > 1 {
            description.references -= 1
            descriptions[index] = description
            return nil
        }
        descriptions[index] = nil
        return description
    }

    /// Puts an entry at a free number below `Limits.descriptors`, and notes the use of its description.
    mutating func set(_ number: UInt32, _ entry: DescriptorEntry) {
        precondition(number < UInt32(Limits.descriptors) && !isOpen(number), "an entry goes to a free number")
        while entries.count <= Int(number) { entries.append(nil) }
        entries[Int(number)] = entry
        retain(entry.description)
    }

    /// Replaces rights and role of an open number; its description stays.
    mutating func update(_ number: UInt32, base: Rights, inheriting: Rights) {
        guard number < UInt32(entries.count), var entry = entries[Int(number)] else { return }
        entry.base = base
        entry.inheriting = inheriting
        entries[Int(number)] = entry
    }

    /// Closes a number; answers the description if nothing names it any more. Throws `badFileDescriptor`.
    mutating func remove(_ number: UInt32) throws(Errno) -> Description? {
        let entry = try entry(number)
        entries[Int(number)] = nil
        return release(entry.description)
    }

    /// Lets every descriptor in the role of the working directory name another description; answers what is to be closed.
    mutating func moveWorkingDirectory(to index: Int) -> [Description] {
        var closed: [Description] = []
        for number in 0..<entries.count {
            guard let entry = entries[number], entry.role == .workingDirectory else { continue }
            retain(index)
            entries[number]?.description = index
            if let description = release(entry.description) { closed.append(description) }
        }
        return closed
    }

    /// The folder that a number stands for was opened: answers what is to be closed, the new one if the number is gone.
    mutating func folderOpened(_ number: UInt32, _ description: Description) -> Description? {
        guard number < UInt32(entries.count), var entry = entries[Int(number)], !entry.folder.isEmpty else { return description }
        let before = entry.description
        entry.description = add(description)
        entry.folder = []
        entries[Int(number)] = entry
        retain(entry.description)
        return release(before)
    }

    /// Notes that a description turned out to be no terminal; widens the rights of descriptors that had all there were.
    mutating func markNoTerminal(_ index: Int) {
        guard index >= 0, index < descriptions.count, var description = descriptions[index] else { return }
        let before = description.rights
        description.isTerminal = false
        descriptions[index] = description
        for number in 0..<entries.count where entries[number]?.description == index && entries[number]?.base == before {
            entries[number]?.base = description.rights
        }
    }

    /// The description that is this one on the wire, if a descriptor names it still.
    func description(_ id: DescriptionID) -> Description? {
        for description in descriptions where description?.id == id { return description }
        return nil
    }

    /// Whether the description is one of a terminal, as far as is known.
    func isTerminal(_ id: DescriptionID) -> Bool { description(id)?.isTerminal ?? false }

    /// Changes the offset that is kept for a description; nothing happens to one whose offset is the server's.
    /// - Parameter offset: nil: it is the server's from now on.
    mutating func keep(_ offset: KeptOffset?, for id: DescriptionID) {
        for index in 0..<descriptions.count where descriptions[index]?.id == id && descriptions[index]?.kept != nil {
            descriptions[index]?.kept = offset
        }
    }

    /// Moves the offset that is kept for a description, if it is.
    mutating func moveOffset(of id: DescriptionID, to value: UInt64) {
        guard var offset = description(id)?.kept else { return }
        offset.value = min(value, KeptOffset.maximum)
        keep(offset, for: id)
    }

    /// Notes new flags of a description.
    mutating func setFlags(_ connection: ConnectionID, _ handle: Handle, _ flags: DescriptionFlags) {
        for index in 0..<descriptions.count
        where descriptions[index]?.connection == connection && descriptions[index]?.handle == handle {
            descriptions[index]?.flags = flags
        }
    }
}

extension DescriptorTable: Wire {
    /// Throws `badMessage` unless entries and descriptions fit each other.
    init(from reader: inout Reader) throws(Errno) {
        let count = try reader.u32()
        guard count <= UInt32(Limits.descriptors) else { throw .badMessage }
        for _ in 0..<count { entries.append(try reader.bool() ? try reader.value(DescriptorEntry.self) : nil) }
        let descriptionCount = try reader.u32()
        guard descriptionCount <= UInt32(Limits.descriptors + 2) else { throw .badMessage }
        for _ in 0..<descriptionCount { descriptions.append(try reader.bool() ? try reader.value(Description.self) : nil) }
        for entry in entries {
            guard let entry else { continue }
            guard entry.description < descriptions.count, descriptions[entry.description] != nil else { throw .badMessage }
        }
        for description in descriptions {
            guard let description else { continue }
            guard description.references <= UInt32(Limits.descriptors + 2) else { throw .badMessage }
        }
    }

    func encode(into writer: inout Writer) {
        writer.u32(UInt32(entries.count))
        for entry in entries {
            writer.bool(entry != nil)
            if let entry { writer.value(entry) }
        }
        writer.u32(UInt32(descriptions.count))
        for description in descriptions {
            writer.bool(description != nil)
            if let description { writer.value(description) }
        }
    }
}
