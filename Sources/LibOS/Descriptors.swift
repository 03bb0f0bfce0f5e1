// Calls on descriptors as such: closing, duplicating, renumbering, their state and rights.

import ABI

extension LibOS {
    /// Closes a descriptor (WASI `fd_close`). The server is asked only when it was the last of its description.
    /// `badFileDescriptor`; what the server says of the last close (the descriptor is closed all the same).
    package mutating func fdClose(_ thread: ThreadID, _ descriptor: UInt32, host: inout some ProgramHost) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let description = try libOS.table.description(descriptor)
            let isLast = try libOS.table.remove(descriptor) != nil
            return try libOS.closed(description, isLast: isLast, thread, reportsError: true, &host)
        }
    }

    /// Moves `from` to the number `to`; what that named is closed (WASI `fd_renumber`).
    /// `badFileDescriptor` unless `from` is open and `to` a possible number. (That `to` need not be open is what programs in use
    /// rely on: they move a standard descriptor away and another into the gap.)
    package mutating func fdRenumber(_ thread: ThreadID, _ from: UInt32, _ to: UInt32, host: inout some ProgramHost) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let entry = try libOS.table.entry(from)
            guard to < UInt32(Limits.descriptors) else { throw .badFileDescriptor }
            guard from != to else { return .done }
            let description = libOS.table.isOpen(to) ? try libOS.table.description(to) : nil
            let isLast = description == nil ? false : try libOS.table.remove(to) != nil
            libOS.table.set(to, entry)
            // The entry has two numbers now, so this is not its description's last.
            _ = try libOS.table.remove(from)
            guard let description else { return .done }
            return try libOS.closed(description, isLast: isLast, thread, reportsError: false, &host)
        }
    }

    /// A descriptor was closed: asks the server to close its description if nothing names that any more.
    private mutating func closed(
        _ description: Description, isLast: Bool, _ thread: ThreadID, reportsError: Bool, _ host: inout some ProgramHost
    ) throws(Errno) -> Outcome {
        guard isLast else { return try unlock(description, thread, &host) }
        try request(
            .close, to: description.connection, OneHandle(handle: description.handle), replySpace: 256, owner: .thread(thread),
            host: &host)
        return .waiting(.close(reportsError: reportsError))
    }

    /// Makes the least free number from `least` on name the same description (C: fcntl(F_DUPFD)).
    /// `badFileDescriptor`; `invalidArgument` for a `least` beyond all numbers; `tooManyOpenFiles`; `badAddress`.
    package mutating func descriptorDuplicate(
        _ thread: ThreadID, _ descriptor: UInt32, _ least: UInt32, _ result: Address, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host, mayWait: false) { libOS, host throws(Errno) in
            let entry = try libOS.table.entry(descriptor)
            guard least < UInt32(Limits.descriptors) else { throw .invalidArgument }
            let number = try libOS.table.freeNumber(from: least)
            try host.storeProgram(result, UInt64(number), size: 4)
            libOS.table.set(number, LibOS.duplicate(entry))
            return .done
        }
    }

    /// Makes `number` name the same description; what it named is closed first (C: dup2(2)).
    /// `badFileDescriptor` if `descriptor` is not open or `number` is beyond all numbers.
    package mutating func descriptorDuplicateTo(
        _ thread: ThreadID, _ descriptor: UInt32, _ number: UInt32, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let entry = try libOS.table.entry(descriptor)
            guard number < UInt32(Limits.descriptors) else { throw .badFileDescriptor }
            guard number != descriptor else { return .done }
            let description = libOS.table.isOpen(number) ? try libOS.table.description(number) : nil
            let isLast = description == nil ? false : try libOS.table.remove(number) != nil
            libOS.table.set(number, LibOS.duplicate(entry))
            guard let description else { return .done }
            return try libOS.closed(description, isLast: isLast, thread, reportsError: false, &host)
        }
    }

    /// A duplicate of a preopened directory is used like it, but not listed.
    private static func duplicate(_ entry: DescriptorEntry) -> DescriptorEntry {
        var copy = entry
        if copy.role == .workingDirectory { copy.role = .free }
        copy.name = []
        return copy
    }

    /// Puts a new description under the least free number, and tells the number.
    /// Throws `tooManyOpenFiles`, `badAddress`; the description is then closed again.
    mutating func install(
        _ description: Description, base: Rights, inheriting: Rights, _ result: Address, _ host: inout some ProgramHost
    ) throws(Errno) {
        do throws(Errno) {
            let number = try table.freeNumber()
            try host.storeProgram(result, UInt64(number), size: 4)
            table.set(number, DescriptorEntry(description: table.add(description), base: base, inheriting: inheriting))
        } catch {
            closeForNobody(description, &host)
            throw error
        }
    }

    /// Closes a description without waiting for the answer.
    mutating func closeForNobody(_ description: Description, _ host: inout some ProgramHost) {
        requestForNobody(.close, to: description.connection, OneHandle(handle: description.handle), host: &host)
    }

    /// Tells kind, flags and rights (WASI `fd_fdstat_get`, 24 bytes). `badFileDescriptor`, `badAddress`.
    package mutating func fdStatGet(_ thread: ThreadID, _ descriptor: UInt32, _ result: Address, host: inout some ProgramHost) -> Int32 {
        call(thread, &host, mayWait: false) { libOS, host throws(Errno) in
            let entry = try libOS.table.entry(descriptor)
            let description = try libOS.table.description(at: entry.description)
            var writer = Writer(capacity: 24)
            writer.u8(description.kind.wasi)
            writer.u8(0)
            writer.u16(description.flags.rawValue)
            writer.u32(0)
            writer.value(entry.base)
            writer.value(entry.inheriting)
            try host.write(result, writer.bytes)
            return .done
        }
    }

    /// Sets append, non-blocking and sync flags (WASI `fd_fdstat_set_flags`). `invalidArgument` for unknown flags;
    /// `badFileDescriptor`, `notCapable`.
    package mutating func fdStatSetFlags(_ thread: ThreadID, _ descriptor: UInt32, _ flags: UInt32, host: inout some ProgramHost) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let description = try libOS.table.description(descriptor, .setFlags)
            let flags = try DescriptionFlags(wasi: flags)
            guard flags.contains(.append), description.kept != nil else {
                return try libOS.setFlags(thread, description.id, flags, &host)
            }
            return try libOS.handOverOffsets(of: [description.id], thread, then: .setFlags(description.id, flags), &host)
        }
    }

    mutating func setFlags(
        _ thread: ThreadID, _ description: DescriptionID, _ flags: DescriptionFlags, _ host: inout some ProgramHost
    ) throws(Errno) -> Outcome {
        try request(
            .setDescriptionFlags, to: description.connection, SetDescriptionFlags(handle: description.handle, flags: flags),
            replySpace: 256, owner: .thread(thread), host: &host)
        return .waiting(.setFlags(description.connection, description.handle, flags))
    }

    /// Gives rights up (WASI `fd_fdstat_set_rights`). `notCapable` for rights that were given up before; such as the kind of
    /// file can never have are passed over, since real programs name all there are.
    package mutating func fdStatSetRights(
        _ thread: ThreadID, _ descriptor: UInt32, _ base: UInt64, _ inheriting: UInt64, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host, mayWait: false) { libOS, host throws(Errno) in
            let entry = try libOS.table.entry(descriptor)
            let most = try libOS.table.description(at: entry.description).rights
            let newBase = Rights(rawValue: base).intersection(most)
            let newInheriting = Rights(rawValue: inheriting).intersection(.all)
            guard entry.base.isSuperset(of: newBase), entry.inheriting.isSuperset(of: newInheriting) else { throw .notCapable }
            libOS.table.update(descriptor, base: newBase, inheriting: newInheriting)
            return .done
        }
    }

}

extension FileKind {
    /// WASI preview 1 `filetype`, which has none for a pipe.
    var wasi: UInt8 { self == .pipe ? FileKind.unknown.rawValue : rawValue }
}

extension DescriptionFlags {
    /// WASI preview 1 `fdflags`. Throws `invalidArgument` for unknown bits.
    init(wasi bits: UInt32) throws(Errno) {
        guard bits <= 31 else { throw .invalidArgument }
        self.init(rawValue: UInt16(bits))
    }
}
