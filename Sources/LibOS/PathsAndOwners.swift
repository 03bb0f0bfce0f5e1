// Martlet's own path calls: what POSIX has and WASI preview 1 has not. An absolute path starts at the root, whatever the
// directory descriptor; a relative one as in the WASI calls.

import ABI

extension LibOS {
    /// The place of a path. Throws `badFileDescriptor`, `notDirectory` (of the directory of a relative path).
    private func place(_ directory: UInt32, _ path: [UInt8]) throws(Errno) -> Place {
        if path.first == UInt8(ascii: "/") { return Place(start: LibOS.root, path: path) }
        return try place(directory, [], path)
    }

    /// The root directory as the start of a path.
    static let root = PathStart(connection: .resourceManager, handle: .none)

    /// Where a path starts that no descriptor goes with: the working directory, or the root for an absolute one.
    func start(ofPath path: [UInt8]) throws(Errno) -> PathStart {
        if path.first == UInt8(ascii: "/") { return LibOS.root }
        return try table.description(at: workingDirectory).start
    }

    private mutating func simple(
        _ thread: ThreadID, _ directory: UInt32, _ flags: UInt32, _ address: Address, _ length: UInt32, _ operation: FinalOperation,
        _ host: inout some ProgramHost
    ) throws(Errno) -> Outcome {
        let lookUp = try LibOS.lookUp(flags)
        let path = try host.path(address, length)
        try pathRequest(thread, try place(directory, path), lookUp, operation, &host)
        return .waiting(.result)
    }

    /// Tells a file's status as an encoded `FileStatus` (C: fstatat(2)). `flags`: 1 follow.
    package mutating func pathStatus(
        _ thread: ThreadID, _ directory: UInt32, _ flags: UInt32, _ path: Address, _ length: UInt32, _ result: Address,
        host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let lookUp = try LibOS.lookUp(flags)
            let path = try host.path(path, length)
            let place = try libOS.place(directory, path)
            try host.check(result, StatusForm.martlet.size)
            try libOS.pathRequest(thread, place, lookUp, .status, &host)
            return .waiting(.pathStatus(result, .martlet))
        }
    }

    /// Sets permission bits (C: fchmodat(2)). `flags`: 1 follow; `invalidArgument` for bits beyond 07777.
    package mutating func pathModeSet(
        _ thread: ThreadID, _ directory: UInt32, _ flags: UInt32, _ path: Address, _ length: UInt32, _ mode: UInt32,
        host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            guard mode <= 0o7777 else { throw .invalidArgument }
            return try libOS.simple(thread, directory, flags, path, length, .setMode(UInt16(mode)), &host)
        }
    }

    /// Sets owner and group; all ones keep one (C: fchownat(2)). `flags`: 1 follow.
    package mutating func pathOwnerSet(
        _ thread: ThreadID, _ directory: UInt32, _ flags: UInt32, _ path: Address, _ length: UInt32, _ user: UInt32, _ group: UInt32,
        host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            try libOS.simple(
                thread, directory, flags, path, length, .setOwner(UserID(rawValue: user), GroupID(rawValue: group)), &host)
        }
    }

    /// Asks what the caller may do (C: faccessat(2)). `bits`: 4 read, 2 write, 1 execute, 0 existence; `invalidArgument` for
    /// others, `permissionDenied` if not.
    package mutating func pathAccess(
        _ thread: ThreadID, _ directory: UInt32, _ path: Address, _ length: UInt32, _ bits: UInt32, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            guard bits <= 7 else { throw .invalidArgument }
            return try libOS.simple(thread, directory, 1, path, length, .access(UInt8(bits)), &host)
        }
    }

    /// Mounts a new file system (C: mount(2)). `fileNameTooLong` for a type or options over `Limits.name` bytes.
    package mutating func mount(
        _ thread: ThreadID, _ target: Address, _ targetLength: UInt32, _ type: Address, _ typeLength: UInt32, _ options: Address,
        _ optionsLength: UInt32, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let target = try host.path(target, targetLength)
            guard typeLength <= UInt32(Limits.name), optionsLength <= UInt32(Limits.name) else { throw .fileNameTooLong }
            let type = try host.path(type, typeLength)
            let options = try host.path(options, optionsLength)
            let start = try libOS.start(ofPath: target)
            try libOS.request(
                .mount, to: .resourceManager, Mount(start: start, target: target, type: type, options: options), replySpace: 1024,
                owner: .thread(thread), host: &host)
            return .waiting(.result)
        }
    }

    /// Takes a mounted file system away (C: umount(2)).
    package mutating func unmount(
        _ thread: ThreadID, _ target: Address, _ targetLength: UInt32, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let target = try host.path(target, targetLength)
            let start = try libOS.start(ofPath: target)
            try libOS.request(
                .unmount, to: .resourceManager, Unmount(start: start, target: target), replySpace: 1024, owner: .thread(thread),
                host: &host)
            return .waiting(.result)
        }
    }

    /// Lists what is mounted, as an encoded `MountList`. `resultTooLarge` when it does not fit.
    package mutating func mountList(
        _ thread: ThreadID, _ buffer: Address, _ capacity: UInt32, _ length: Address, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let buffer = ResultBuffer(buffer, capacity, length)
            try libOS.check(buffer, &host)
            try libOS.request(
                .mounts, to: .resourceManager, Nothing(), replySpace: 256 << 10, owner: .thread(thread), host: &host)
            return .waiting(.bytes(buffer))
        }
    }
}
