// Files, paths, clocks and waiting on Linux. The preopened directories are not descriptors here but a way to start a path, so
// that every number is free for what a program inherits.

#if !arch(wasm32)

    import Glibc

    extension Port {
        /// As a directory in path calls: the root.
        package static let rootDirectory: Int32 = -3
        /// As a directory in path calls: the working directory.
        package static let workingDirectory: Int32 = -4

        /// The program's arguments, its name first.
        package static func arguments() -> [[UInt8]] {
            var result: [[UInt8]] = []
            for index in 0..<Int(CommandLine.argc) {
                guard let argument = CommandLine.unsafeArgv[index] else { break }
                result.append(bytes(argument))
            }
            return result
        }

        /// The environment, each `NAME=value`.
        package static func environment() -> [[UInt8]] {
            var result: [[UInt8]] = []
            var entry = environ
            while let text = entry.pointee {
                result.append(bytes(text))
                entry += 1
            }
            return result
        }

        /// Whether the descriptor is open and was so at the start: those that the program opened are not passed on.
        package static func isInherited(_ descriptor: Int32) -> Bool {
            let flags = fcntl(descriptor, F_GETFD)
            return flags >= 0 && flags & FD_CLOEXEC == 0
        }

        static func bytes(_ text: UnsafePointer<CChar>) -> [UInt8] {
            UnsafeRawBufferPointer(start: text, count: strlen(text)).map { $0 }
        }

        /// Nanoseconds of WASI clock `clock` (0 real, 1 monotonic).
        package static func clock(_ clock: Int32, _ result: inout UInt64) -> Code {
            var time = timespec()
            let code = check(clock_gettime(clock == Number.Clock.real ? CLOCK_REALTIME : CLOCK_MONOTONIC, &time))
            result = UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
            return code
        }

        package static func close(_ descriptor: Int32) -> Code { check(Glibc.close(descriptor)) }

        package static func read(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer, _ count: inout Int) -> Code {
            // A signal between a look at what arrived and the read would otherwise be seen only after the read.
            var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            count = 0
            guard isNonBlocking(descriptor) || waitForSignals({ mask in ppoll(&state, 1, nil, mask) }) >= 0 else { return lastError }
            let result = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            count = max(result, 0)
            return check(result)
        }

        /// Linux's options of WASI `fdflags`.
        private static func options(_ flags: UInt16) -> Int32 {
            (flags & Number.DescriptionFlag.append != 0 ? O_APPEND : 0) | (flags & Number.DescriptionFlag.nonBlocking != 0 ? O_NONBLOCK : 0)
        }

        private static func isNonBlocking(_ descriptor: Int32) -> Bool { fcntl(descriptor, F_GETFL) & O_NONBLOCK != 0 }

        package static func write(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer, _ count: inout Int) -> Code {
            let result = Glibc.write(descriptor, buffer.baseAddress, buffer.count)
            count = max(result, 0)
            return check(result)
        }

        /// WASI `fdstat`: the file type (as in `FileStatus`) and the descriptor flags.
        package static func descriptorState(_ descriptor: Int32, _ kind: inout UInt8, _ flags: inout UInt16) -> Code {
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { return lastError }
            kind = fileKind(status.st_mode)
            let state = fcntl(descriptor, F_GETFL)
            guard state >= 0 else { return lastError }
            flags =
                (state & O_APPEND != 0 ? Number.DescriptionFlag.append : 0)
                | (state & O_NONBLOCK != 0 ? Number.DescriptionFlag.nonBlocking : 0)
            return 0
        }

        package static func setDescriptorFlags(_ descriptor: Int32, _ flags: UInt16) -> Code {
            check(fcntl(descriptor, F_SETFL, options(flags)))
        }

        package static func setSize(_ descriptor: Int32, _ size: Int64) -> Code { check(ftruncate(descriptor, Int(size))) }

        package static func readDirectory(_ descriptor: Int32, _ buffer: inout [UInt8], _ cookie: UInt64, _ used: inout Int) -> Code {
            let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
            guard copy >= 0 else { return lastError }
            guard let directory = fdopendir(copy) else {
                let code = lastError
                Glibc.close(copy)
                return code
            }
            defer { closedir(directory) }
            seekdir(directory, Int(truncatingIfNeeded: cookie))
            var entries: [UInt8] = []
            while entries.count < buffer.count, let entry = readdir(directory) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { bytes($0) }
                }
                entries.appendLittleEndian(UInt64(truncatingIfNeeded: telldir(directory)))
                entries.appendLittleEndian(UInt64(entry.pointee.d_ino))
                entries.appendLittleEndian(UInt32(name.count))
                entries.appendLittleEndian(UInt32(fileKind(UInt32(entry.pointee.d_type) << 12)))
                entries += name
            }
            used = min(entries.count, buffer.count)
            buffer.replaceSubrange(0..<used, with: entries[0..<used])
            return 0
        }

        package static func seek(_ descriptor: Int32, _ offset: Int64, _ whence: UInt8, _ result: inout UInt64) -> Code {
            let position = lseek(
                descriptor, Int(offset), whence == Number.Whence.start ? SEEK_SET : whence == Number.Whence.current ? SEEK_CUR : SEEK_END)
            result = UInt64(max(position, 0))
            return check(position)
        }

        package static func synchronize(_ descriptor: Int32) -> Code { check(fsync(descriptor)) }

        /// Calls `body` with Linux's directory and path of a path of the program ABI.
        static func withPath(_ directory: Int32, _ path: [UInt8], _ body: (Int32, UnsafePointer<CChar>) -> Code) -> Code {
            if path.isEmpty { return translate(ENOENT) }
            if path.contains(0) { return translate(EINVAL) }
            var text = directory == rootDirectory ? [UInt8(ascii: "/")] : []
            text += path
            text.append(0)
            return text.withUnsafeBytes {
                guard let start = $0.baseAddress else { return translate(ENOENT) }
                return body(directory == workingDirectory ? AT_FDCWD : directory, start.assumingMemoryBound(to: CChar.self))
            }
        }

        package static func createDirectory(_ directory: Int32, _ path: [UInt8]) -> Code {
            withPath(directory, path) { check(mkdirat($0, $1, 0o777)) }
        }

        /// Times in nanoseconds; `which` are WASI `fstflags` (1 access, 2 access now, 4 modification, 8 modification now).
        package static func setTimes(
            _ directory: Int32, _ path: [UInt8], follow: Bool, access: UInt64, modification: UInt64, which: UInt16
        ) -> Code {
            func time(_ value: UInt64, _ set: UInt16, _ now: UInt16) -> timespec {
                // The numbers of UTIME_NOW and UTIME_OMIT, which are macros.
                if which & now != 0 { return timespec(tv_sec: 0, tv_nsec: (1 << 30) - 1) }
                if which & set == 0 { return timespec(tv_sec: 0, tv_nsec: (1 << 30) - 2) }
                return timespec(tv_sec: Int(value / 1_000_000_000), tv_nsec: Int(value % 1_000_000_000))
            }
            let times = [
                time(access, Number.SetTimes.access, Number.SetTimes.accessNow),
                time(modification, Number.SetTimes.modification, Number.SetTimes.modificationNow),
            ]
            return withPath(directory, path) { check(utimensat($0, $1, times, follow ? 0 : AT_SYMLINK_NOFOLLOW)) }
        }

        package static func link(_ fromDirectory: Int32, _ from: [UInt8], _ toDirectory: Int32, _ to: [UInt8]) -> Code {
            withPath(fromDirectory, from) { fromDirectory, from in
                withPath(toDirectory, to) { check(linkat(fromDirectory, from, $0, $1, 0)) }
            }
        }

        /// `openFlags` are WASI `oflags` (1 create, 2 directory, 4 exclusive, 8 truncate), `flags` WASI `fdflags`.
        package static func open(
            _ directory: Int32, _ path: [UInt8], follow: Bool, openFlags: UInt16, rights: UInt64, flags: UInt16, _ result: inout Int32
        ) -> Code {
            var options = O_CLOEXEC | O_NOCTTY
            switch (rights & Number.Rights.readData != 0, rights & Number.Rights.writeData != 0) {
            case (true, true): options |= O_RDWR
            case (false, true): options |= O_WRONLY
            default: options |= O_RDONLY
            }
            if !follow { options |= O_NOFOLLOW }
            if openFlags & Number.OpenFlag.create != 0 { options |= O_CREAT }
            if openFlags & Number.OpenFlag.directory != 0 { options |= O_DIRECTORY }
            if openFlags & Number.OpenFlag.exclusive != 0 { options |= O_EXCL }
            if openFlags & Number.OpenFlag.truncate != 0 { options |= O_TRUNC }
            options |= Port.options(flags)
            var descriptor: Int32 = -1
            let code = withPath(directory, path) {
                descriptor = openat($0, $1, options, 0o666)
                return check(descriptor)
            }
            result = descriptor
            return code
        }

        package static func readLink(_ directory: Int32, _ path: [UInt8], _ buffer: inout [UInt8], _ length: inout Int) -> Code {
            var result = 0
            let code = withPath(directory, path) { directory, path in
                buffer.withUnsafeMutableBytes {
                    guard let start = $0.baseAddress else { return translate(EINVAL) }
                    result = readlinkat(directory, path, start.assumingMemoryBound(to: CChar.self), $0.count)
                    return check(result)
                }
            }
            length = max(result, 0)
            return code
        }

        package static func removeDirectory(_ directory: Int32, _ path: [UInt8]) -> Code {
            withPath(directory, path) { check(unlinkat($0, $1, AT_REMOVEDIR)) }
        }

        package static func rename(_ fromDirectory: Int32, _ from: [UInt8], _ toDirectory: Int32, _ to: [UInt8]) -> Code {
            withPath(fromDirectory, from) { fromDirectory, from in
                withPath(toDirectory, to) { check(renameat(fromDirectory, from, $0, $1)) }
            }
        }

        package static func symbolicLink(_ target: [UInt8], _ directory: Int32, _ path: [UInt8]) -> Code {
            withPath(workingDirectory, target) { _, target in
                withPath(directory, path) { check(symlinkat(target, $0, $1)) }
            }
        }

        package static func unlink(_ directory: Int32, _ path: [UInt8]) -> Code {
            withPath(directory, path) { check(unlinkat($0, $1, 0)) }
        }

        /// Waits until one of `waits` is ready or `timeout` nanoseconds (all ones: no end) have passed.
        package static func poll(_ waits: inout [PollWait], timeout: UInt64) -> Code {
            var descriptors = waits.map { pollfd(fd: $0.descriptor, events: Int16($0.isWrite ? POLLOUT : POLLIN), revents: 0) }
            let happened = waitForSignals { mask -> Int32 in
                guard timeout != .max else { return ppoll(&descriptors, UInt(descriptors.count), nil, mask) }
                var time = timespec(tv_sec: Int(timeout / 1_000_000_000), tv_nsec: Int(timeout % 1_000_000_000))
                return ppoll(&descriptors, UInt(descriptors.count), &time, mask)
            }
            guard happened >= 0 else { return lastError }
            for (index, result) in descriptors.enumerated() where result.revents != 0 {
                waits[index].isReady = true
                waits[index].isHungUp = Int32(result.revents) & POLLHUP != 0
                if Int32(result.revents) & POLLNVAL != 0 { waits[index].error = translate(EBADF) }
            }
            return 0
        }

        /// Ends the program with `status`.
        package static func exit(_ status: UInt8) -> Never { _exit(Int32(status)) }

        package static func random(_ buffer: UnsafeMutableBufferPointer<UInt8>) -> Code {
            var start = 0
            while start < buffer.count {
                // getentropy gives at most 256 bytes at a time.
                let count = min(buffer.count - start, 256)
                guard let base = buffer.baseAddress, getentropy(base + start, count) == 0 else { return lastError }
                start += count
            }
            return 0
        }
    }

#endif
