// The path calls of WASI preview 1. Each becomes one request to the resource manager.
//
// A path is relative to a directory descriptor and may not leave it, unless the descriptor is one of the preopened
// directories: those reach the whole tree, as they do on any Unix. An absolute path is refused (`notPermitted`).

import ABI

/// What an open needs when its answer arrives.
struct OpenCall: Wire, Equatable, Sendable {
    var base: Rights
    var inheriting: Rights
    var result: Address

    init(base: Rights, inheriting: Rights, result: Address) {
        self.base = base
        self.inheriting = inheriting
        self.result = result
    }

    init(from reader: inout Reader) throws(Errno) {
        base = try reader.value(Rights.self)
        inheriting = try reader.value(Rights.self)
        result = try reader.u32()
    }

    func encode(into writer: inout Writer) {
        writer.value(base)
        writer.value(inheriting)
        writer.u32(result)
    }
}

/// Where a path leads, before anybody has followed it.
struct Place: Sendable {
    var start: PathStart
    /// Whether the path may leave its start.
    var flags: PathFlags = []
    var path: [UInt8]
}

extension LibOS {
    /// The place of a path that is relative to `directory`. Throws `badFileDescriptor`, `notDirectory`, `notCapable`;
    /// `fileNameTooLong` when the path does not fit behind its folder.
    func place(_ directory: UInt32, _ rights: Rights, _ path: [UInt8]) throws(Errno) -> Place {
        let entry = try table.entry(directory)
        let description = try table.description(at: entry.description)
        guard description.kind == .directory else { throw .notDirectory }
        guard entry.base.isSuperset(of: rights) else { throw .notCapable }
        var place = Place(start: try start(at: entry.description), flags: entry.role == .ordinary ? .beneath : [], path: path)
        // An empty path stays one: it is refused.
        guard !entry.folder.isEmpty, !path.isEmpty else { return place }
        place.path = entry.folder + [UInt8(ascii: "/")] + path
        guard place.path.count <= Limits.path else { throw .fileNameTooLong }
        return place
    }

    /// Where paths start that go with the description at `index`. The root is a place, whoever keeps it: when its server is gone, the
    /// handle is, but paths start at whatever is the root then. Throws `badFileDescriptor`.
    func start(at index: Int) throws(Errno) -> PathStart {
        let description = try table.description(at: index)
        return index == rootDirectory && lostConnections.contains(description.connection) ? LibOS.root : description.start
    }

    /// The place of a path of a WASI call. Throws `notPermitted` for an absolute one; as `ProgramHost.path` otherwise.
    private func place(
        _ directory: UInt32, _ rights: Rights, _ address: Address, _ length: UInt32, _ host: inout some ProgramHost
    ) throws(Errno) -> Place {
        _ = try place(directory, rights, [])
        let path = try host.path(address, length)
        if path.first == UInt8(ascii: "/") { throw .notPermitted }
        return try place(directory, rights, path)
    }

    /// WASI preview 1 `lookupflags`. Throws `invalidArgument` for unknown bits.
    static func lookUp(_ flags: UInt32) throws(Errno) -> PathFlags {
        guard flags & ~WASI.followLast == 0 else { throw .invalidArgument }
        return flags & WASI.followLast != 0 ? .followLast : []
    }

    /// Asks for one operation at a path's end.
    mutating func pathRequest(
        _ thread: ThreadID, _ place: Place, _ lookUp: PathFlags, _ operation: FinalOperation, replySpace: Int = 1024,
        _ host: inout some ProgramHost
    ) throws(Errno) {
        try request(
            .path, to: .resourceManager,
            PathRequest(start: place.start, flags: place.flags.union(lookUp), path: place.path, operation: operation),
            replySpace: replySpace, owner: .thread(thread), host: &host)
    }

    /// A WASI path call whose result is the status of the answer.
    private mutating func simplePath(
        _ thread: ThreadID, _ directory: UInt32, _ rights: Rights, _ lookUp: PathFlags, _ address: Address, _ length: UInt32,
        _ operation: FinalOperation, _ host: inout some ProgramHost
    ) throws(Errno) -> Outcome {
        let place = try place(directory, rights, address, length, &host)
        try pathRequest(thread, place, lookUp, operation, &host)
        return .waiting(.result)
    }

    /// Makes a directory, mode 0777 less the mask (WASI `path_create_directory`).
    package mutating func pathCreateDirectory(
        _ thread: ThreadID, _ directory: UInt32, _ path: Address, _ length: UInt32, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let mode = UInt16(0o777 & ~libOS.mask)
            return try libOS.simplePath(
                thread, directory, .createDirectory, [], path, length, .makeDirectory(mode), &host)
        }
    }

    /// Tells a file's status (WASI `path_filestat_get`, 64 bytes).
    package mutating func pathFileStatGet(
        _ thread: ThreadID, _ directory: UInt32, _ flags: UInt32, _ path: Address, _ length: UInt32, _ result: Address,
        host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let lookUp = try LibOS.lookUp(flags)
            let place = try libOS.place(directory, .pathStatus, path, length, &host)
            try host.check(result, StatusForm.wasi.size)
            try libOS.pathRequest(thread, place, lookUp, .status, &host)
            return .waiting(.pathStatus(result, .wasi))
        }
    }

    /// Sets a file's times (WASI `path_filestat_set_times`). `invalidArgument` for contradicting flags.
    package mutating func pathFileStatSetTimes(
        _ thread: ThreadID, _ directory: UInt32, _ flags: UInt32, _ path: Address, _ length: UInt32, _ access: UInt64,
        _ modification: UInt64, _ which: UInt32, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let lookUp = try LibOS.lookUp(flags)
            let times = try TimeChange(wasi: access, modification, which)
            return try libOS.simplePath(thread, directory, .pathSetTimes, lookUp, path, length, .setTimes(times), &host)
        }
    }

    /// Makes a hard link (WASI `path_link`).
    package mutating func pathLink(
        _ thread: ThreadID, _ fromDirectory: UInt32, _ flags: UInt32, _ from: Address, _ fromLength: UInt32, _ toDirectory: UInt32,
        _ to: Address, _ toLength: UInt32, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let lookUp = try LibOS.lookUp(flags)
            return try libOS.twoPaths(
                .link, thread, (fromDirectory, .linkSource, lookUp, from, fromLength), (toDirectory, .linkTarget, to, toLength), &host)
        }
    }

    /// Renames (WASI `path_rename`).
    package mutating func pathRename(
        _ thread: ThreadID, _ fromDirectory: UInt32, _ from: Address, _ fromLength: UInt32, _ toDirectory: UInt32, _ to: Address,
        _ toLength: UInt32, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            try libOS.twoPaths(
                .rename, thread, (fromDirectory, .renameSource, [], from, fromLength), (toDirectory, .renameTarget, to, toLength), &host)
        }
    }

    private mutating func twoPaths(
        _ operation: Operation, _ thread: ThreadID,
        _ from: (directory: UInt32, rights: Rights, lookUp: PathFlags, path: Address, length: UInt32),
        _ to: (directory: UInt32, rights: Rights, path: Address, length: UInt32), _ host: inout some ProgramHost
    ) throws(Errno) -> Outcome {
        let source = try place(from.directory, from.rights, from.path, from.length, &host)
        let target = try place(to.directory, to.rights, to.path, to.length, &host)
        try request(
            operation, to: .resourceManager,
            TwoPaths(
                fromStart: source.start, fromFlags: source.flags.union(from.lookUp), from: source.path, toStart: target.start,
                toFlags: target.flags, to: target.path),
            replySpace: 256, owner: .thread(thread), host: &host)
        return .waiting(.result)
    }

    /// Opens a file or directory (WASI `path_open`); a file that is made has mode 0666 less the mask.
    /// `invalidArgument` for unknown flags, or `directory` with `create`, `exclusive` or `truncate`; `notCapable` for rights
    /// beyond the directory's inheriting ones; `tooManyOpenFiles`; what the file system says.
    package mutating func pathOpen(
        _ thread: ThreadID, _ directory: UInt32, _ flags: UInt32, _ path: Address, _ length: UInt32, _ openFlags: UInt32,
        _ base: UInt64, _ inheriting: UInt64, _ descriptionFlags: UInt32, _ result: Address, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let lookUp = try LibOS.lookUp(flags)
            guard openFlags <= 15 else { throw .invalidArgument }
            let open = OpenFlags(rawValue: UInt16(openFlags))
            if open.contains(.directory) && !open.isDisjoint(with: [.create, .exclusive, .truncate]) { throw .invalidArgument }
            let state = try DescriptionFlags(wasi: descriptionFlags)
            let base = Rights(rawValue: base).intersection(.all)
            let inheriting = Rights(rawValue: inheriting).intersection(.all)
            let place = try libOS.place(directory, LibOS.rightsToOpen(open, state), path, length, &host)
            guard try libOS.table.entry(directory).inheriting.isSuperset(of: base.union(inheriting)) else { throw .notCapable }
            try host.check(result, 4)
            guard libOS.table.room > 0 else { throw .tooManyOpenFiles }
            var access: AccessMode = []
            if !base.isDisjoint(with: .needRead) { access.formUnion(.read) }
            if !base.isDisjoint(with: .needWrite) { access.formUnion(.write) }
            let file = OpenFile(access: access, open: open, flags: state, mode: UInt16(0o666 & ~libOS.mask))
            try libOS.pathRequest(thread, place, lookUp, .open(file), &host)
            return .waiting(.open(OpenCall(base: base, inheriting: inheriting, result: result)))
        }
    }

    /// What the directory's descriptor needs for an open with these flags (WASI preview 1 `rights`).
    private static func rightsToOpen(_ open: OpenFlags, _ flags: DescriptionFlags) -> Rights {
        var rights: Rights = .open
        if open.contains(.create) { rights.formUnion(.createFile) }
        if open.contains(.truncate) { rights.formUnion(.pathSetSize) }
        return rights
    }

    /// An open was answered.
    mutating func opened(_ call: OpenCall, _ reply: Reply, _ host: inout some ProgramHost) throws(Errno) -> Outcome {
        switch try reply.value(PathResult.self) {
        case .opened(let connection, let opened):
            let description = Description(connection, opened)
            try install(
                description, base: call.base.intersection(description.rights), inheriting: call.inheriting, call.result, &host)
            return .done
        case .descriptor(let descriptor):
            // `/dev/fd/N`: the caller's own description once more.
            let entry = try table.entry(descriptor.rawValue)
            let number = try table.freeNumber()
            try host.storeProgram(call.result, UInt64(number), size: 4)
            table.set(
                number,
                DescriptorEntry(
                    description: entry.description, base: entry.base.intersection(call.base),
                    inheriting: entry.inheriting.intersection(call.inheriting)))
            return .done
        case .nothing, .status, .target: throw .ioError
        }
    }

    /// Reads a symbolic link; a target longer than the buffer is cut off (WASI `path_readlink`).
    package mutating func pathReadLink(
        _ thread: ThreadID, _ directory: UInt32, _ path: Address, _ length: UInt32, _ buffer: Address, _ capacity: UInt32,
        _ result: Address, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let place = try libOS.place(directory, .readLink, path, length, &host)
            let buffer = ResultBuffer(buffer, capacity, result)
            try libOS.check(buffer, &host)
            try libOS.pathRequest(thread, place, [], .readLink, replySpace: 2 * Limits.path, &host)
            return .waiting(.readLink(buffer))
        }
    }

    func linkRead(_ buffer: ResultBuffer, _ reply: Reply, _ host: inout some ProgramHost) throws(Errno) -> Outcome {
        guard case .target(let target) = try reply.value(PathResult.self) else { throw .ioError }
        let count = min(target.count, Int(clamping: buffer.capacity))
        if count > 0 { try host.writeProgram(buffer.address, target, 0..<count) }
        try host.storeProgram(buffer.length, UInt64(count), size: 4)
        return .done
    }

    /// Removes an empty directory (WASI `path_remove_directory`).
    package mutating func pathRemoveDirectory(
        _ thread: ThreadID, _ directory: UInt32, _ path: Address, _ length: UInt32, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            try libOS.simplePath(thread, directory, .removeDirectory, [], path, length, .removeDirectory, &host)
        }
    }

    /// Makes a symbolic link with any target (WASI `path_symlink`). `noSuchFileOrDirectory` for an empty target.
    package mutating func pathSymbolicLink(
        _ thread: ThreadID, _ target: Address, _ targetLength: UInt32, _ directory: UInt32, _ path: Address, _ length: UInt32,
        host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let target = try host.path(target, targetLength)
            guard !target.isEmpty else { throw .noSuchFileOrDirectory }
            return try libOS.simplePath(thread, directory, .symbolicLink, [], path, length, .symbolicLink(target), &host)
        }
    }

    /// Removes a name that is no directory's (WASI `path_unlink_file`).
    package mutating func pathUnlinkFile(
        _ thread: ThreadID, _ directory: UInt32, _ path: Address, _ length: UInt32, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            try libOS.simplePath(thread, directory, .unlinkFile, [], path, length, .unlink, &host)
        }
    }
}
