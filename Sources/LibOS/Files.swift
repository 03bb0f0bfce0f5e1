// Calls on open files by descriptor, other than reading and writing.

import ABI

extension LibOS {
    /// Sends a request with a handle alone, or with another small body, whose status is the call's result.
    private mutating func simple(
        _ operation: Operation, _ description: Description, _ body: some Wire, _ thread: ThreadID, _ host: inout some ProgramHost
    ) throws(Errno) -> Outcome {
        try request(operation, to: description.connection, body, replySpace: 256, owner: .thread(thread), host: &host)
        return .waiting(.result)
    }

    /// A hint that changes nothing here (WASI `fd_advise`). `badFileDescriptor`; `illegalSeek` on pipes and terminals;
    /// `notCapable`; `invalidArgument` for unknown advice or a range that overflows.
    package mutating func fdAdvise(
        _ thread: ThreadID, _ descriptor: UInt32, _ offset: UInt64, _ length: UInt64, _ advice: UInt32, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host, mayWait: false) { libOS, host throws(Errno) in
            guard try libOS.table.description(descriptor).isSeekable else { throw .illegalSeek }
            _ = try libOS.table.description(descriptor, .advise)
            guard advice <= 5, !offset.addingReportingOverflow(length).overflow else { throw .invalidArgument }
            return .done
        }
    }

    /// Makes the range exist (WASI `fd_allocate`). `invalidArgument` for an empty range, `fileTooLarge` beyond 2^63 bytes;
    /// `badFileDescriptor`, `notCapable`.
    package mutating func fdAllocate(
        _ thread: ThreadID, _ descriptor: UInt32, _ offset: UInt64, _ length: UInt64, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let description = try libOS.table.description(descriptor, .allocate)
            guard length > 0 else { throw .invalidArgument }
            let (end, overflow) = offset.addingReportingOverflow(length)
            guard !overflow, end <= UInt64(Int64.max) else { throw .fileTooLarge }
            return try libOS.simple(
                .allocate, description, Allocate(handle: description.handle, offset: offset, length: length), thread, &host)
        }
    }

    /// Makes data durable (WASI `fd_datasync`). `badFileDescriptor`, `notCapable`.
    package mutating func fdDataSync(_ thread: ThreadID, _ descriptor: UInt32, host: inout some ProgramHost) -> Int32 {
        sync(thread, descriptor, .dataSync, &host)
    }

    /// Makes data and status durable (WASI `fd_sync`). `badFileDescriptor`, `notCapable`.
    package mutating func fdSync(_ thread: ThreadID, _ descriptor: UInt32, host: inout some ProgramHost) -> Int32 {
        sync(thread, descriptor, .sync, &host)
    }

    private mutating func sync(_ thread: ThreadID, _ descriptor: UInt32, _ rights: Rights, _ host: inout some ProgramHost) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let description = try libOS.table.description(descriptor, rights)
            return try libOS.simple(.sync, description, OneHandle(handle: description.handle), thread, &host)
        }
    }

    /// Tells a file's status (WASI `fd_filestat_get`, 64 bytes). `badFileDescriptor`, `notCapable`, `badAddress`.
    package mutating func fdFileStatGet(_ thread: ThreadID, _ descriptor: UInt32, _ result: Address, host: inout some ProgramHost) -> Int32
    {
        call(thread, &host) { libOS, host throws(Errno) in
            let description = try libOS.table.description(descriptor, .status)
            try host.check(result, StatusForm.wasi.size)
            if let outcome = try libOS.openFolder(thread, descriptor, for: .status(result, .wasi), &host) { return outcome }
            return try libOS.askStatus(description, thread, result, .wasi, &host)
        }
    }

    /// Tells a file's status as an encoded `FileStatus` (C: fstat(2)). `badFileDescriptor`, `badAddress`.
    package mutating func descriptorStatus(_ thread: ThreadID, _ descriptor: UInt32, _ result: Address, host: inout some ProgramHost)
        -> Int32
    {
        call(thread, &host) { libOS, host throws(Errno) in
            try host.check(result, StatusForm.martlet.size)
            if let outcome = try libOS.openFolder(thread, descriptor, for: .status(result, .martlet), &host) { return outcome }
            return try libOS.askStatus(try libOS.table.description(descriptor), thread, result, .martlet, &host)
        }
    }

    mutating func askStatus(
        _ description: Description, _ thread: ThreadID, _ result: Address, _ form: StatusForm, _ host: inout some ProgramHost
    ) throws(Errno) -> Outcome {
        try request(
            .status, to: description.connection, OneHandle(handle: description.handle), owner: .thread(thread), host: &host)
        return .waiting(.status(result, form))
    }

    /// Sets a file's size (WASI `fd_filestat_set_size`). `fileTooLarge` beyond 2^63 bytes; `badFileDescriptor`, `notCapable`.
    package mutating func fdFileStatSetSize(_ thread: ThreadID, _ descriptor: UInt32, _ size: UInt64, host: inout some ProgramHost) -> Int32
    {
        call(thread, &host) { libOS, host throws(Errno) in
            let description = try libOS.table.description(descriptor, .setSize)
            guard size <= UInt64(Int64.max) else { throw .fileTooLarge }
            return try libOS.simple(.setSize, description, SetSize(handle: description.handle, size: size), thread, &host)
        }
    }

    /// Sets a file's times (WASI `fd_filestat_set_times`; real time in nanoseconds). `invalidArgument` for flags that are
    /// unknown or contradict each other; `badFileDescriptor`, `notCapable`.
    package mutating func fdFileStatSetTimes(
        _ thread: ThreadID, _ descriptor: UInt32, _ access: UInt64, _ modification: UInt64, _ flags: UInt32, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let description = try libOS.table.description(descriptor, .setTimes)
            let times = try TimeChange(wasi: access, modification, flags)
            return try libOS.simple(.setTimes, description, SetTimes(handle: description.handle, times: times), thread, &host)
        }
    }

    /// Moves the offset and tells it (WASI `fd_seek`). Waits only where the server keeps the offset, or for the size. `illegalSeek` on pipes and terminals; `invalidArgument` for an
    /// unknown whence or an offset before the start; `overflow` beyond 2^63−1; `badFileDescriptor`, `notCapable`, `badAddress`.
    package mutating func fdSeek(
        _ thread: ThreadID, _ descriptor: UInt32, _ offset: Int64, _ whence: UInt32, _ result: Address, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            guard whence <= 2, let whence = Whence(rawValue: UInt8(whence)) else { throw .invalidArgument }
            // Telling the offset needs less than moving it.
            let rights: Rights = offset == 0 && whence == .current ? .tell : .seek
            return try libOS.seek(thread, descriptor, rights, offset, whence, result, &host)
        }
    }

    /// Tells the offset (WASI `fd_tell`). Waits only where the server keeps it. `illegalSeek`, `badFileDescriptor`, `notCapable`, `badAddress`.
    package mutating func fdTell(_ thread: ThreadID, _ descriptor: UInt32, _ result: Address, host: inout some ProgramHost) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            try libOS.seek(thread, descriptor, .tell, 0, .current, result, &host)
        }
    }

    private mutating func seek(
        _ thread: ThreadID, _ descriptor: UInt32, _ rights: Rights, _ offset: Int64, _ whence: Whence, _ result: Address,
        _ host: inout some ProgramHost
    ) throws(Errno) -> Outcome {
        guard try table.description(descriptor).isSeekable else { throw .illegalSeek }
        let entry = try table.entry(descriptor)
        // The right to seek includes the right to tell (WASI `rights.fd_seek`).
        guard entry.base.isSuperset(of: rights) || entry.base.contains(.seek) else { throw .notCapable }
        let description = try table.description(at: entry.description)
        try host.check(result, 8)
        if let kept = description.kept {
            try checkOffsetIsFree(description.id)
            if whence != .end {
                let moved = try kept.moved(by: offset, from: whence == .start ? 0 : kept.value)
                try host.storeProgram(result, moved.value, size: 8)
                table.keep(moved, for: description.id)
                return .done
            }
        }
        try request(
            .seek, to: description.connection, Seek(handle: description.handle, offset: offset, whence: whence), replySpace: 256,
            owner: .thread(thread), host: &host)
        return .waiting(.offset(result, description.id))
    }
}

extension TimeChange {
    /// WASI preview 1 `fstflags`: 1 access time, 2 access now, 4 modification time, 8 modification now.
    /// Throws `invalidArgument` for other bits, or a time both given and now.
    init(wasi access: UInt64, _ modification: UInt64, _ flags: UInt32) throws(Errno) {
        guard flags <= 15 else { throw .invalidArgument }
        func setting(_ isSet: UInt16, _ isNow: UInt16, _ time: UInt64) throws(Errno) -> TimeSetting {
            switch (flags & UInt32(isSet) != 0, flags & UInt32(isNow) != 0) {
            case (true, true): throw .invalidArgument
            case (true, false): return .to(Nanoseconds(rawValue: time))
            case (false, true): return .now
            case (false, false): return .keep
            }
        }
        self.init(
            access: try setting(WASI.SetTimes.access, WASI.SetTimes.accessNow, access),
            modification: try setting(WASI.SetTimes.modification, WASI.SetTimes.modificationNow, modification))
    }
}

extension StatusForm {
    /// Bytes that it takes in the program's memory.
    var size: UInt32 {
        switch self {
        case .wasi: return 64
        case .martlet: return 79
        }
    }
}

extension LibOS {
    /// Tells a status to the program.
    func storeStatus(
        _ status: FileStatus, _ address: Address, _ form: StatusForm, _ host: inout some ProgramHost
    ) throws(Errno) -> Outcome {
        var writer = Writer(capacity: 80)
        switch form {
        case .martlet: writer.value(status)
        case .wasi:
            writer.u64(status.device)
            writer.value(status.node)
            writer.u64(UInt64(status.kind.wasi))
            writer.u64(UInt64(status.links))
            writer.u64(status.size)
            writer.value(status.accessTime)
            writer.value(status.modificationTime)
            writer.value(status.changeTime)
        }
        try host.write(address, writer.bytes)
        return .done
    }

    func storePathStatus(
        _ reply: Reply, _ address: Address, _ form: StatusForm, _ host: inout some ProgramHost
    ) throws(Errno) -> Outcome {
        guard case .status(let status) = try reply.value(PathResult.self) else { throw .ioError }
        return try storeStatus(status, address, form, &host)
    }
}
