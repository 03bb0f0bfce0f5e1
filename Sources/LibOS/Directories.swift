// Listing directories, and the working directory.

import ABI

/// A listing under way (WASI `fd_readdir`).
///
/// A buffer that is not filled tells the program that the directory is at its end, so the libOS asks until the buffer is
/// full or no entry is left.
struct DirectoryListing: Wire, Equatable, Sendable {
    var connection: ConnectionID
    var handle: Handle
    var buffer: ResultBuffer
    /// Bytes put into the buffer.
    var used: UInt32

    init(_ description: Description, _ buffer: ResultBuffer) {
        connection = description.connection
        handle = description.handle
        self.buffer = buffer
        used = 0
    }

    init(from reader: inout Reader) throws(Errno) {
        connection = try reader.value(ConnectionID.self)
        handle = try reader.value(Handle.self)
        buffer = try reader.value(ResultBuffer.self)
        used = try reader.u32()
        guard used <= buffer.capacity else { throw .badMessage }
    }

    func encode(into writer: inout Writer) {
        writer.value(connection)
        writer.value(handle)
        writer.value(buffer)
        writer.u32(used)
    }
}

/// A change of the working directory under way.
struct DirectoryChange: Wire, Equatable, Sendable {
    var path: [UInt8]
    /// Whether the directory is being opened for listing too, or only for look-ups, since listing it is not permitted.
    var forReading: Bool

    init(path: [UInt8], forReading: Bool) {
        self.path = path
        self.forReading = forReading
    }

    init(from reader: inout Reader) throws(Errno) {
        path = try reader.bytes(limit: Limits.path)
        forReading = try reader.bool()
    }

    func encode(into writer: inout Writer) {
        writer.bytes(path)
        writer.bool(forReading)
    }
}

extension LibOS {
    /// Lists entries after `cookie` (0: from the start); the last may be cut off (WASI `fd_readdir`).
    /// `badFileDescriptor`, `notDirectory`, `notCapable`, `badAddress`.
    package mutating func fdReadDirectory(
        _ thread: ThreadID, _ descriptor: UInt32, _ buffer: Address, _ capacity: UInt32, _ cookie: UInt64, _ result: Address,
        host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            guard try libOS.table.description(descriptor).kind == .directory else { throw .notDirectory }
            let description = try libOS.table.description(descriptor, .readDirectory)
            let buffer = ResultBuffer(buffer, capacity, result)
            try libOS.check(buffer, &host)
            guard capacity > 0 else {
                try host.storeProgram(result, 0, size: 4)
                return .done
            }
            if let outcome = try libOS.openFolder(thread, descriptor, for: .list(buffer, cookie: cookie), &host) { return outcome }
            return try libOS.askEntries(thread, DirectoryListing(description, buffer), cookie, &host)
        }
    }

    mutating func askEntries(
        _ thread: ThreadID, _ listing: DirectoryListing, _ cookie: UInt64, _ host: inout some ProgramHost
    ) throws(Errno) -> Outcome {
        // Room for one entry with the longest name, even if the program's is smaller and the entry will be cut off.
        let left = listing.buffer.capacity - listing.used
        let count = min(max(Int(clamping: left), 512), Limits.transfer)
        try request(
            .readDirectory, to: listing.connection, ReadDirectory(handle: listing.handle, cookie: cookie, count: UInt32(count)),
            replySpace: count + 4, owner: .thread(thread), host: &host)
        return .waiting(.directory(listing))
    }

    mutating func listed(
        _ thread: ThreadID, _ listing: DirectoryListing, _ reply: Reply, _ host: inout some ProgramHost
    ) throws(Errno) -> Outcome {
        var listing = listing
        let entries: [DirectoryEntry]
        do throws(Errno) {
            entries = try reply.value(DirectoryEntries.self).entries
        } catch {
            if listing.used == 0 { throw error }
            // What was listed counts; the next call meets the error again.
            entries = []
        }
        var writer = Writer(capacity: 4096)
        let left = Int(clamping: listing.buffer.capacity - listing.used)
        for entry in entries where writer.bytes.count < left {
            writer.u64(entry.cookie)
            writer.value(entry.node)
            writer.u32(UInt32(entry.name.count))
            writer.u32(UInt32(entry.kind.wasi))
            writer.raw(entry.name)
        }
        let count = min(writer.bytes.count, left)
        if count > 0 { try host.writeProgram(listing.buffer.address &+ listing.used, writer.bytes, 0..<count) }
        listing.used += UInt32(count)
        if let last = entries.last, listing.used < listing.buffer.capacity {
            do throws(Errno) { return try askEntries(thread, listing, last.cookie, &host) } catch {}
        }
        try host.storeProgram(listing.buffer.length, UInt64(listing.used), size: 4)
        return .done
    }

    /// Makes another directory the working directory, and what the preopened `.` names (C: chdir(2)).
    /// `noSuchFileOrDirectory`, `notDirectory`, `permissionDenied` without the right to search it.
    package mutating func directoryChange(
        _ thread: ThreadID, _ path: Address, _ length: UInt32, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            var path = try host.path(path, length)
            guard !path.isEmpty else { throw .noSuchFileOrDirectory }
            // Looking up `.` in it needs the right to search it, which is what chdir asks for.
            if path.count + 2 < Limits.path { path += [UInt8(ascii: "/"), UInt8(ascii: ".")] }
            return try libOS.openDirectory(thread, DirectoryChange(path: path, forReading: true), &host)
        }
    }

    private mutating func openDirectory(
        _ thread: ThreadID, _ change: DirectoryChange, _ host: inout some ProgramHost
    ) throws(Errno) -> Outcome {
        let file = OpenFile(access: change.forReading ? .read : [], open: .directory)
        let place = Place(start: try start(ofPath: change.path), path: change.path)
        try pathRequest(thread, place, .followLast, .open(file), &host)
        return .waiting(.changeDirectory(change))
    }

    mutating func directoryOpened(
        _ thread: ThreadID, _ change: DirectoryChange, _ reply: Reply, _ host: inout some ProgramHost
    ) throws(Errno) -> Outcome {
        if reply.error == .permissionDenied && change.forReading {
            return try openDirectory(thread, DirectoryChange(path: change.path, forReading: false), &host)
        }
        guard case .opened(let connection, let opened) = try reply.value(PathResult.self) else { throw .ioError }
        let index = table.add(Description(connection, opened))
        table.retain(index)
        var closed = table.moveWorkingDirectory(to: index)
        if let old = table.release(workingDirectory) { closed.append(old) }
        workingDirectory = index
        for description in closed { closeForNobody(description, &host) }
        return .done
    }

    /// Tells the working directory's absolute path, without a terminating zero (C: getcwd(3)).
    /// `resultTooLarge` when it does not fit; `noSuchFileOrDirectory` if the directory was removed.
    package mutating func directoryCurrent(
        _ thread: ThreadID, _ buffer: Address, _ capacity: UInt32, _ length: Address, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let buffer = ResultBuffer(buffer, capacity, length)
            try libOS.check(buffer, &host)
            let start = try libOS.table.description(at: libOS.workingDirectory).start
            try libOS.request(
                .location, to: .resourceManager, start, replySpace: 2 * Limits.path, owner: .thread(thread), host: &host)
            return .waiting(.bytes(buffer))
        }
    }

    /// Sets the file mode creation mask and tells the old one (C: umask(2)). `badAddress`.
    package mutating func maskSet(_ thread: ThreadID, _ mask: UInt32, _ old: Address, host: inout some ProgramHost) -> Int32 {
        call(thread, &host, mayWait: false) { libOS, host throws(Errno) in
            try host.storeProgram(old, UInt64(libOS.mask), size: 4)
            libOS.mask = mask & 0o777
            return .done
        }
    }
}
