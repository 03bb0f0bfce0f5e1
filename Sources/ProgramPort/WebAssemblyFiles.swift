// Files, paths, clocks and waiting over the imports.

#if arch(wasm32)

    /// WASI `iovec` and `ciovec`. (A raw buffer pointer is a start and an end.)
    private struct Vector {
        var start: UnsafeRawPointer?
        var count: UInt32

        init(_ buffer: UnsafeRawBufferPointer) {
            start = buffer.baseAddress
            count = UInt32(buffer.count)
        }
    }

    extension Port {
        /// As a directory in path calls: the root.
        package static let rootDirectory = preopened(UInt8(ascii: "/"), usual: 3)
        /// As a directory in path calls: the working directory.
        package static let workingDirectory = preopened(UInt8(ascii: "."), usual: 4)

        /// The preopened directory with a name of one byte. They have the first numbers from 3 on that nothing inherited has.
        private static func preopened(_ name: UInt8, usual: Int32) -> Int32 {
            var descriptor: Int32 = 3
            var state: (tag: UInt32, length: UInt32) = (0, 0)
            while fd_prestat_get(descriptor, &state) == 0 {
                var found: UInt8 = 0
                if state.tag & 0xFF == 0, state.length == 1, fd_prestat_dir_name(descriptor, &found, 1) == 0, found == name {
                    return descriptor
                }
                descriptor += 1
            }
            return usual
        }

        /// Whether the descriptor is open and none of the preopened ones.
        package static func isInherited(_ descriptor: Int32) -> Bool {
            var kind: UInt8 = 0
            var flags: UInt16 = 0
            return descriptor != rootDirectory && descriptor != workingDirectory && descriptorState(descriptor, &kind, &flags) == 0
        }

        /// Strings of a block of zero-terminated strings.
        private static func strings(
            sizes: (UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<UInt32>) -> Int32,
            get: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?, UnsafeMutablePointer<UInt8>?) -> Int32
        ) -> [[UInt8]] {
            var count: UInt32 = 0
            var size: UInt32 = 0
            guard sizes(&count, &size) == 0, count > 0 else { return [] }
            var pointers = [UnsafeMutablePointer<UInt8>?](repeating: nil, count: Int(count))
            var bytes = [UInt8](repeating: 0, count: Int(size) + 1)
            let result = pointers.withUnsafeMutableBufferPointer { pointers in
                bytes.withUnsafeMutableBufferPointer { bytes in get(pointers.baseAddress, bytes.baseAddress) }
            }
            guard result == 0 else { return [] }
            // The strings lie one after the other, so the pointers, stale by now, are not needed.
            var strings: [[UInt8]] = []
            var start = 0
            for _ in 0..<count {
                var end = start
                while end < bytes.count - 1, bytes[end] != 0 { end += 1 }
                strings.append(Array(bytes[min(start, end)..<end]))
                start = min(end + 1, bytes.count - 1)
            }
            return strings
        }

        /// The program's arguments, its name first.
        package static func arguments() -> [[UInt8]] { strings(sizes: args_sizes_get, get: args_get) }

        /// The environment, each `NAME=value`.
        package static func environment() -> [[UInt8]] { strings(sizes: environ_sizes_get, get: environ_get) }

        /// Nanoseconds of WASI clock `clock` (0 real, 1 monotonic).
        package static func clock(_ clock: Int32, _ result: inout UInt64) -> Code { Code(clock_time_get(clock, 1, &result)) }

        package static func close(_ descriptor: Int32) -> Code { Code(fd_close(descriptor)) }

        package static func read(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer, _ count: inout Int) -> Code {
            var vector = Vector(UnsafeRawBufferPointer(buffer))
            var result: UInt32 = 0
            let code = fd_read(descriptor, &vector, 1, &result)
            count = Int(result)
            return transferred(code, descriptor, isDirectory: Number.Failure.isDirectory)
        }

        package static func write(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer, _ count: inout Int) -> Code {
            var vector = Vector(buffer)
            var result: UInt32 = 0
            let code = fd_write(descriptor, &vector, 1, &result)
            count = Int(result)
            return transferred(code, descriptor, isDirectory: Number.Failure.badFileDescriptor)
        }

        /// What POSIX calls a missing right to read or write: the descriptor is not open for that, or is a directory.
        private static func transferred(_ code: Int32, _ descriptor: Int32, isDirectory: Code) -> Code {
            guard Code(code) == Number.Failure.notCapable else { return Code(code) }
            var kind: UInt8 = 0
            var flags: UInt16 = 0
            let isKnown = descriptorState(descriptor, &kind, &flags) == 0
            return isKnown && kind == Number.FileKind.directory ? isDirectory : Number.Failure.badFileDescriptor
        }

        /// WASI `fdstat`: the file type (as in `FileStatus`) and the descriptor flags.
        package static func descriptorState(_ descriptor: Int32, _ kind: inout UInt8, _ flags: inout UInt16) -> Code {
            var state: (UInt64, UInt64, UInt64) = (0, 0, 0)
            let code = fd_fdstat_get(descriptor, &state)
            kind = UInt8(truncatingIfNeeded: state.0)
            flags = UInt16(truncatingIfNeeded: state.0 >> 16)
            return Code(code)
        }

        package static func setDescriptorFlags(_ descriptor: Int32, _ flags: UInt16) -> Code {
            Code(fd_fdstat_set_flags(descriptor, Int32(flags)))
        }

        package static func setSize(_ descriptor: Int32, _ size: Int64) -> Code { Code(fd_filestat_set_size(descriptor, size)) }

        package static func readDirectory(_ descriptor: Int32, _ buffer: inout [UInt8], _ cookie: UInt64, _ used: inout Int) -> Code {
            var result: UInt32 = 0
            let code = buffer.withUnsafeMutableBufferPointer {
                fd_readdir(descriptor, $0.baseAddress, Int32($0.count), Int64(bitPattern: cookie), &result)
            }
            used = Int(result)
            return Code(code)
        }

        package static func seek(_ descriptor: Int32, _ offset: Int64, _ whence: UInt8, _ result: inout UInt64) -> Code {
            Code(fd_seek(descriptor, offset, Int32(whence), &result))
        }

        package static func synchronize(_ descriptor: Int32) -> Code { Code(fd_sync(descriptor)) }

        /// WASI `lookupflags`.
        static func lookUp(_ follow: Bool) -> Int32 { follow ? Int32(Number.LookUp.followLast) : 0 }

        private static func withPath(_ path: [UInt8], _ body: (UnsafePointer<UInt8>?, Int32) -> Int32) -> Code {
            Code(path.withUnsafeBufferPointer { body($0.baseAddress, Int32($0.count)) })
        }

        package static func createDirectory(_ directory: Int32, _ path: [UInt8]) -> Code {
            withPath(path) { path_create_directory(directory, $0, $1) }
        }

        /// Times in nanoseconds; `which` are WASI `fstflags` (1 access, 2 access now, 4 modification, 8 modification now).
        package static func setTimes(
            _ directory: Int32, _ path: [UInt8], follow: Bool, access: UInt64, modification: UInt64, which: UInt16
        ) -> Code {
            withPath(path) {
                path_filestat_set_times(
                    directory, lookUp(follow), $0, $1, Int64(bitPattern: access), Int64(bitPattern: modification), Int32(which))
            }
        }

        package static func link(_ fromDirectory: Int32, _ from: [UInt8], _ toDirectory: Int32, _ to: [UInt8]) -> Code {
            withPath(from) { from, fromLength in
                to.withUnsafeBufferPointer {
                    path_link(fromDirectory, 0, from, fromLength, toDirectory, $0.baseAddress, Int32($0.count))
                }
            }
        }

        /// `openFlags` are WASI `oflags` (1 create, 2 directory, 4 exclusive, 8 truncate), `flags` WASI `fdflags`.
        package static func open(
            _ directory: Int32, _ path: [UInt8], follow: Bool, openFlags: UInt16, rights: UInt64, flags: UInt16, _ result: inout Int32
        ) -> Code {
            var descriptor: Int32 = -1
            let code = withPath(path) {
                path_open(
                    directory, lookUp(follow), $0, $1, Int32(openFlags), Int64(bitPattern: rights), Int64(bitPattern: rights),
                    Int32(flags), &descriptor)
            }
            result = descriptor
            return code
        }

        package static func readLink(_ directory: Int32, _ path: [UInt8], _ buffer: inout [UInt8], _ length: inout Int) -> Code {
            var result: UInt32 = 0
            let code = withPath(path) { path, pathLength in
                buffer.withUnsafeMutableBufferPointer {
                    path_readlink(directory, path, pathLength, $0.baseAddress, Int32($0.count), &result)
                }
            }
            length = Int(result)
            return code
        }

        package static func removeDirectory(_ directory: Int32, _ path: [UInt8]) -> Code {
            withPath(path) { path_remove_directory(directory, $0, $1) }
        }

        package static func rename(_ fromDirectory: Int32, _ from: [UInt8], _ toDirectory: Int32, _ to: [UInt8]) -> Code {
            withPath(from) { from, fromLength in
                to.withUnsafeBufferPointer {
                    path_rename(fromDirectory, from, fromLength, toDirectory, $0.baseAddress, Int32($0.count))
                }
            }
        }

        package static func symbolicLink(_ target: [UInt8], _ directory: Int32, _ path: [UInt8]) -> Code {
            withPath(target) { target, targetLength in
                path.withUnsafeBufferPointer {
                    path_symlink(target, targetLength, directory, $0.baseAddress, Int32($0.count))
                }
            }
        }

        package static func unlink(_ directory: Int32, _ path: [UInt8]) -> Code {
            withPath(path) { path_unlink_file(directory, $0, $1) }
        }

        /// Waits until one of `waits` is ready or `timeout` nanoseconds (all ones: no end) have passed.
        package static func poll(_ waits: inout [PollWait], timeout: UInt64) -> Code {
            var subscriptions: [UInt8] = []
            subscriptions.reserveCapacity((waits.count + 1) * Number.Event.subscriptionSize)
            for (index, wait) in waits.enumerated() {
                subscriptions.appendLittleEndian(UInt64(index))
                subscriptions.appendLittleEndian(UInt64(wait.isWrite ? Number.Event.write : Number.Event.read))
                subscriptions.appendLittleEndian(UInt64(UInt32(bitPattern: wait.descriptor)))
                for _ in 0..<3 { subscriptions.appendLittleEndian(UInt64(0)) }
            }
            // Nothing to wait for but signals: a clock that never comes, since no subscription at all is an error.
            if timeout != .max || waits.isEmpty {
                subscriptions.appendLittleEndian(UInt64.max)
                subscriptions.appendLittleEndian(UInt64(Number.Event.clock))
                subscriptions.appendLittleEndian(UInt64(Number.Clock.monotonic))
                subscriptions.appendLittleEndian(timeout)
                for _ in 0..<2 { subscriptions.appendLittleEndian(UInt64(0)) }
            }
            let count = subscriptions.count / Number.Event.subscriptionSize
            var events = [UInt8](repeating: 0, count: count * Number.Event.size)
            var happened: UInt32 = 0
            let code = subscriptions.withUnsafeBufferPointer { subscriptions in
                events.withUnsafeMutableBufferPointer {
                    poll_oneoff(subscriptions.baseAddress, $0.baseAddress, Int32(count), &happened)
                }
            }
            guard code == 0 else { return Code(code) }
            for event in 0..<min(Int(happened), count) {
                let user = events.littleEndian(at: event * Number.Event.size, as: UInt64.self)
                guard user < UInt64(waits.count) else { continue }
                let index = Int(user)
                waits[index].isReady = true
                waits[index].error = events.littleEndian(at: event * Number.Event.size + 8, as: UInt16.self)
                waits[index].isHungUp = Int(events[event * Number.Event.size + 24]) & Number.Event.hangUp != 0
            }
            return 0
        }

        /// Ends the program with `status`.
        package static func exit(_ status: UInt8) -> Never {
            proc_exit(Int32(status))
            while true {}
        }

        package static func random(_ buffer: UnsafeMutableBufferPointer<UInt8>) -> Code {
            Code(random_get(buffer.baseAddress, Int32(buffer.count)))
        }
    }

#endif
