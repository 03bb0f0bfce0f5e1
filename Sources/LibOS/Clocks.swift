// Calls that are answered from the libOS's own state: clocks, random bytes, arguments, environment, the system's name.

import ABI

extension LibOS {
    /// WASI preview 1 `clockid`: 0 realtime, 1 monotonic, 2 and 3 processor time of process and thread.
    ///
    /// No browser tells a worker's processor time, so 2 and 3 are the monotonic time since the program's start.
    /// Throws `invalidArgument` for others.
    func time(ofClock clock: UInt32, _ host: inout some ProgramHost) throws(Errno) -> Nanoseconds {
        switch clock {
        case WASI.Clock.real: return host.realTime()
        case WASI.Clock.monotonic: return host.monotonicTime()
        case WASI.Clock.process, WASI.Clock.thread:
            let now = host.monotonicTime().rawValue
            return Nanoseconds(rawValue: now > startTime.rawValue ? now - startTime.rawValue : 0)
        default: throw .invalidArgument
        }
    }

    /// Tells a clock's resolution in nanoseconds (WASI `clock_res_get`). `invalidArgument`, `badAddress`.
    package mutating func clockResolutionGet(_ thread: ThreadID, _ clock: UInt32, _ result: Address, host: inout some ProgramHost) -> Int32
    {
        call(thread, &host, mayWait: false) { libOS, host throws(Errno) in
            guard clock <= WASI.Clock.thread else { throw .invalidArgument }
            try host.storeProgram(result, host.clockResolution(), size: 8)
            return .done
        }
    }

    /// Tells a clock's time in nanoseconds (WASI `clock_time_get`; the precision is of no account).
    /// `invalidArgument`, `badAddress`.
    package mutating func clockTimeGet(
        _ thread: ThreadID, _ clock: UInt32, _ precision: UInt64, _ result: Address, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host, mayWait: false) { libOS, host throws(Errno) in
            let time = try libOS.time(ofClock: clock, &host)
            try host.storeProgram(result, time.rawValue, size: 8)
            return .done
        }
    }

    /// Fills memory with random bytes (WASI `random_get`). `badAddress`.
    package mutating func randomGet(_ thread: ThreadID, _ buffer: Address, _ count: UInt32, host: inout some ProgramHost) -> Int32 {
        call(thread, &host, mayWait: false) { _, host throws(Errno) in
            try host.check(buffer, count)
            var done: UInt32 = 0
            while done < count {
                // In pieces: the host's generator gives no more than 65536 bytes at once.
                let size = min(count - done, 65536)
                try host.write(buffer + done, host.randomBytes(Int(size)))
                done += size
            }
            return .done
        }
    }

    /// Tells number and bytes of the arguments (WASI `args_sizes_get`). `badAddress`.
    package mutating func argumentSizesGet(_ thread: ThreadID, _ count: Address, _ bytes: Address, host: inout some ProgramHost) -> Int32 {
        call(thread, &host, mayWait: false) { libOS, host throws(Errno) in
            try LibOS.storeSizes(libOS.arguments, count, bytes, &host)
        }
    }

    /// Copies the arguments, each ended by a zero, and their addresses (WASI `args_get`). `badAddress`.
    package mutating func argumentsGet(_ thread: ThreadID, _ pointers: Address, _ bytes: Address, host: inout some ProgramHost) -> Int32 {
        call(thread, &host, mayWait: false) { libOS, host throws(Errno) in
            try LibOS.storeStrings(libOS.arguments, pointers, bytes, &host)
        }
    }

    /// Tells number and bytes of the environment (WASI `environ_sizes_get`). `badAddress`.
    package mutating func environmentSizesGet(_ thread: ThreadID, _ count: Address, _ bytes: Address, host: inout some ProgramHost) -> Int32
    {
        call(thread, &host, mayWait: false) { libOS, host throws(Errno) in
            try LibOS.storeSizes(libOS.environment, count, bytes, &host)
        }
    }

    /// Copies the environment, each entry ended by a zero, and the addresses (WASI `environ_get`). `badAddress`.
    package mutating func environmentGet(_ thread: ThreadID, _ pointers: Address, _ bytes: Address, host: inout some ProgramHost) -> Int32 {
        call(thread, &host, mayWait: false) { libOS, host throws(Errno) in
            try LibOS.storeStrings(libOS.environment, pointers, bytes, &host)
        }
    }

    private static func storeSizes(
        _ strings: [ByteString], _ count: Address, _ bytes: Address, _ host: inout some ProgramHost
    ) throws(Errno) -> Outcome {
        var size = 0
        for string in strings { size += string.bytes.count + 1 }
        try host.check(count, 4)
        try host.check(bytes, 4)
        try host.storeProgram(count, UInt64(strings.count), size: 4)
        try host.storeProgram(bytes, UInt64(size), size: 4)
        return .done
    }

    private static func storeStrings(
        _ strings: [ByteString], _ pointers: Address, _ bytes: Address, _ host: inout some ProgramHost
    ) throws(Errno) -> Outcome {
        var addresses = Writer(capacity: strings.count * 4)
        var contents = Writer(capacity: 1024)
        for string in strings {
            addresses.u32(bytes &+ UInt32(contents.bytes.count))
            contents.raw(string.bytes)
            contents.u8(0)
        }
        try host.check(pointers, UInt32(addresses.bytes.count))
        try host.check(bytes, UInt32(contents.bytes.count))
        try host.write(pointers, addresses.bytes)
        try host.write(bytes, contents.bytes)
        return .done
    }

    /// Tells system, node, release, version and machine, each ended by a zero (C: uname(2)). `resultTooLarge`, `badAddress`.
    package mutating func systemName(
        _ thread: ThreadID, _ buffer: Address, _ capacity: UInt32, _ length: Address, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host, mayWait: false) { libOS, host throws(Errno) in
            let buffer = ResultBuffer(buffer, capacity, length)
            try libOS.check(buffer, &host)
            var writer = Writer(capacity: 128)
            let way = libOS.wait.isEmpty ? [] : ByteString("; programs wait by ").bytes + libOS.wait
            let name = ByteString(SystemIdentity.name)
            let release = ByteString(SystemIdentity.release)
            let description = ByteString(SystemIdentity.description)
            let space = ByteString(" ").bytes
            let comma = ByteString(", ").bytes
            let parts: [ByteString] = [
                name, ByteString(libOS.value(ofVariable: "HOSTNAME") ?? ByteString("martlet").bytes), release,
                ByteString(name.bytes + space + release.bytes + comma + description.bytes + way), ByteString("wasm32"),
            ]
            for part in parts {
                writer.raw(part.bytes)
                writer.u8(0)
            }
            guard writer.bytes.count <= Int(clamping: capacity) else { throw .resultTooLarge }
            try host.write(buffer.address, writer.bytes)
            try host.storeProgram(length, UInt64(writer.bytes.count), size: 4)
            return .done
        }
    }

    /// The value of an environment variable as the program was started with it, unless it is absent or empty.
    private func value(ofVariable name: StaticString) -> [UInt8]? {
        let prefix = ByteString(name).bytes + [UInt8(ascii: "=")]
        for entry in environment where entry.bytes.count > prefix.count && Array(entry.bytes[0..<prefix.count]) == prefix {
            return Array(entry.bytes[prefix.count...])
        }
        return nil
    }

    /// Lets others run (WASI `sched_yield`): the hart goes by its event loop if it has not been there for `Limits.yield`.
    package mutating func schedulerYield(_ thread: ThreadID, host: inout some ProgramHost) -> Int32 {
        call(thread, &host) { _, _ throws(Errno) in .done }
    }
}
