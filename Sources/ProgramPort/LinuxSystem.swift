// Status, permissions, terminals and lists of the system on Linux.

#if !arch(wasm32)

    import Glibc

    extension Port {
        /// The WASI file type of a mode.
        static func fileKind(_ mode: mode_t) -> UInt8 {
            switch mode & S_IFMT {
            case S_IFBLK: return Number.FileKind.blockDevice
            case S_IFCHR: return Number.FileKind.characterDevice
            case S_IFDIR: return Number.FileKind.directory
            case S_IFREG: return Number.FileKind.regular
            case S_IFSOCK: return Number.FileKind.streamSocket
            case S_IFLNK: return Number.FileKind.symbolicLink
            case S_IFIFO: return Number.FileKind.pipe
            default: return Number.FileKind.unknown
            }
        }

        private static func encode(_ status: stat, _ buffer: inout [UInt8]) {
            func nanoseconds(_ time: timespec) -> UInt64 { UInt64(max(time.tv_sec, 0)) * 1_000_000_000 + UInt64(time.tv_nsec) }
            let kind = fileKind(status.st_mode)
            let device = kind == Number.FileKind.blockDevice || kind == Number.FileKind.characterDevice ? UInt64(status.st_rdev) : 0
            var bytes: [UInt8] = []
            bytes.appendLittleEndian(UInt64(status.st_dev))
            bytes.appendLittleEndian(UInt64(status.st_ino))
            bytes.append(kind)
            bytes.appendLittleEndian(UInt16(status.st_mode & 0o7777))
            bytes.appendLittleEndian(UInt32(truncatingIfNeeded: status.st_nlink))
            bytes.appendLittleEndian(UInt32(status.st_uid))
            bytes.appendLittleEndian(UInt32(status.st_gid))
            bytes.appendLittleEndian(UInt64(status.st_size))
            bytes.appendLittleEndian(UInt64(status.st_blocks))
            bytes.appendLittleEndian(UInt32(truncatingIfNeeded: device >> 8 & 0xFFF))
            bytes.appendLittleEndian(UInt32(truncatingIfNeeded: device & 0xFF | (device >> 12 & 0xFFF00)))
            bytes.appendLittleEndian(nanoseconds(status.st_atim))
            bytes.appendLittleEndian(nanoseconds(status.st_mtim))
            bytes.appendLittleEndian(nanoseconds(status.st_ctim))
            buffer.replaceSubrange(0..<bytes.count, with: bytes)
        }

        /// `buffer` has `Number.Size.status` bytes.
        package static func status(_ directory: Int32, _ path: [UInt8], follow: Bool, _ buffer: inout [UInt8]) -> Code {
            var result = stat()
            let code = withPath(directory, path) { check(fstatat($0, $1, &result, follow ? 0 : AT_SYMLINK_NOFOLLOW)) }
            if code == 0 { encode(result, &buffer) }
            return code
        }

        package static func status(_ descriptor: Int32, _ buffer: inout [UInt8]) -> Code {
            var result = stat()
            guard fstat(descriptor, &result) == 0 else { return lastError }
            encode(result, &buffer)
            return 0
        }

        package static func setMode(_ directory: Int32, _ path: [UInt8], _ mode: UInt16) -> Code {
            withPath(directory, path) { check(fchmodat($0, $1, mode_t(mode), 0)) }
        }

        package static func setOwner(_ directory: Int32, _ path: [UInt8], follow: Bool, _ user: UInt32, _ group: UInt32) -> Code {
            withPath(directory, path) { check(fchownat($0, $1, user, group, follow ? 0 : AT_SYMLINK_NOFOLLOW)) }
        }

        /// Bits 4 read, 2 write, 1 execute.
        package static func access(_ directory: Int32, _ path: [UInt8], _ bits: UInt8) -> Code {
            withPath(directory, path) { check(faccessat($0, $1, Int32(bits & 7), AT_EACCESS)) }
        }

        package static func changeDirectory(_ path: [UInt8]) -> Code {
            withPath(workingDirectory, path) { check(chdir($1)) }
        }

        package static func currentDirectory(_ buffer: inout [UInt8], _ length: inout Int) -> Code {
            let found = buffer.withUnsafeMutableBytes {
                getcwd($0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
            }
            guard found != nil else { return lastError }
            length = buffer.firstIndex(of: 0) ?? buffer.count
            return 0
        }

        package static func setMask(_ mask: UInt32, _ old: inout UInt32) -> Code {
            old = umask(mask)
            return 0
        }

        /// CBAUD: where Linux keeps a speed among the flags.
        private static let speedBits: UInt32 = 0o10017
        /// B0 to B38400, which Linux numbers from 0 on.
        private static let speeds: [UInt32] = [
            0, 50, 75, 110, 134, 150, 200, 300, 600, 1200, 1800, 2400, 4800, 9600, 19200, 38400,
        ]

        private static func bitsPerSecond(_ code: UInt32) -> UInt32 {
            switch code {
            case 0o10001: return 57600
            case 0o10002: return 115200
            default: return code < UInt32(speeds.count) ? speeds[Int(code)] : code
            }
        }

        /// Of a speed that is not known here, the number that `bitsPerSecond` gave.
        private static func speedCode(_ bitsPerSecond: UInt32) -> UInt32 {
            switch bitsPerSecond {
            case 57600: return 0o10001
            case 115200: return 0o10002
            default: return speeds.firstIndex(of: bitsPerSecond).map { UInt32($0) } ?? bitsPerSecond
            }
        }

        /// `buffer` has `Number.Size.terminalAttributes` bytes.
        package static func terminalAttributes(_ descriptor: Int32, _ buffer: inout [UInt8]) -> Code {
            var attributes = termios()
            guard tcgetattr(descriptor, &attributes) == 0 else { return lastError }
            var bytes: [UInt8] = []
            for word in [attributes.c_iflag, attributes.c_oflag, attributes.c_cflag & ~speedBits, attributes.c_lflag] {
                bytes.appendLittleEndian(word)
            }
            bytes.appendLittleEndian(bitsPerSecond(cfgetispeed(&attributes)))
            bytes.appendLittleEndian(bitsPerSecond(cfgetospeed(&attributes)))
            withUnsafeBytes(of: &attributes.c_cc) { bytes.append(contentsOf: $0[0..<Number.Size.controlCharacters]) }
            buffer.replaceSubrange(0..<bytes.count, with: bytes)
            return 0
        }

        package static func setTerminalAttributes(_ descriptor: Int32, _ action: UInt8, _ attributes: [UInt8]) -> Code {
            var result = termios()
            guard tcgetattr(descriptor, &result) == 0 else { return lastError }
            result.c_iflag = attributes.littleEndian(at: 0, as: UInt32.self)
            result.c_oflag = attributes.littleEndian(at: 4, as: UInt32.self)
            result.c_cflag = attributes.littleEndian(at: 8, as: UInt32.self) & ~speedBits
            result.c_lflag = attributes.littleEndian(at: 12, as: UInt32.self)
            withUnsafeMutableBytes(of: &result.c_cc) {
                for index in 0..<Number.Size.controlCharacters { $0[index] = attributes[24 + index] }
            }
            guard cfsetispeed(&result, speedCode(attributes.littleEndian(at: 16, as: UInt32.self))) == 0,
                cfsetospeed(&result, speedCode(attributes.littleEndian(at: 20, as: UInt32.self))) == 0
            else { return lastError }
            return check(
                tcsetattr(
                    descriptor,
                    action == Number.AttributeAction.now ? TCSANOW : action == Number.AttributeAction.drain ? TCSADRAIN : TCSAFLUSH, &result
                ))
        }

        /// Rows, columns, width and height.
        package static func terminalSize(_ descriptor: Int32, _ size: inout [UInt16]) -> Code {
            var result = winsize()
            guard ioctl(descriptor, UInt(TIOCGWINSZ), &result) == 0 else { return lastError }
            size = [result.ws_row, result.ws_col, result.ws_xpixel, result.ws_ypixel]
            return 0
        }

        package static func setTerminalSize(_ descriptor: Int32, _ size: [UInt16]) -> Code {
            var request = winsize(ws_row: size[0], ws_col: size[1], ws_xpixel: size[2], ws_ypixel: size[3])
            return check(ioctl(descriptor, UInt(TIOCSWINSZ), &request))
        }

        package static func terminalForeground(_ descriptor: Int32, _ group: inout Int32) -> Code {
            group = tcgetpgrp(descriptor)
            return check(group)
        }

        package static func setTerminalForeground(_ descriptor: Int32, _ group: Int32) -> Code {
            // Martlet lets the session's processes do this; Linux stops those in the background unless SIGTTOU is blocked.
            var blocked = sigset_t()
            var old = sigset_t()
            sigemptyset(&blocked)
            sigaddset(&blocked, SIGTTOU)
            sigprocmask(SIG_BLOCK, &blocked, &old)
            defer { sigprocmask(SIG_SETMASK, &old, nil) }
            return check(tcsetpgrp(descriptor, group))
        }

        package static func terminalSession(_ descriptor: Int32, _ session: inout Int32) -> Code {
            session = tcgetsid(descriptor)
            return check(session)
        }

        /// TIOCSPTLCK and TIOCGPTN: macros that are not imported, with their numbers on x86 and Arm.
        private static let unlockRequest: UInt = 0x4004_5431
        private static let numberRequest: UInt = 0x8004_5430

        package static func terminalControl(_ descriptor: Int32, _ command: UInt8) -> Code {
            switch command {
            case Number.TerminalCommand.drain: return check(tcdrain(descriptor))
            case Number.TerminalCommand.flushInput: return check(tcflush(descriptor, TCIFLUSH))
            case Number.TerminalCommand.flushOutput: return check(tcflush(descriptor, TCOFLUSH))
            case Number.TerminalCommand.flushBoth: return check(tcflush(descriptor, TCIOFLUSH))
            case Number.TerminalCommand.holdOutput: return check(tcflow(descriptor, TCOOFF))
            case Number.TerminalCommand.releaseOutput: return check(tcflow(descriptor, TCOON))
            case Number.TerminalCommand.stopInput: return check(tcflow(descriptor, TCIOFF))
            case Number.TerminalCommand.startInput: return check(tcflow(descriptor, TCION))
            case Number.TerminalCommand.sendBreak: return check(tcsendbreak(descriptor, 0))
            case Number.TerminalCommand.unlock:
                var isLocked: Int32 = 0
                return check(ioctl(descriptor, unlockRequest, &isLocked))
            default: return translate(EINVAL)
            }
        }

        package static func pseudoTerminal(_ descriptor: Int32, _ number: inout UInt32) -> Code {
            check(ioctl(descriptor, numberRequest, &number))
        }

        /// Linux's mounts are not for programs to change.
        package static func mount(_ target: [UInt8], _ type: [UInt8], _ options: [UInt8]) -> Code { translate(EPERM) }
        package static func unmount(_ target: [UInt8]) -> Code { translate(EPERM) }

        /// All of a file of /proc, which has no size; empty if it cannot be read.
        private static func contents(_ path: [UInt8]) -> [UInt8] {
            var descriptor: Int32 = -1
            guard open(workingDirectory, path, follow: true, openFlags: 0, rights: Number.Rights.read, flags: 0, &descriptor) == 0 else {
                return []
            }
            defer { _ = close(descriptor) }
            var result: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 4096)
            var count = 0
            while buffer.withUnsafeMutableBytes({ read(descriptor, $0, &count) }) == 0, count > 0 { result += buffer[0..<count] }
            return result
        }

        private static func appendString(_ string: some Collection<UInt8>, to bytes: inout [UInt8]) {
            bytes.appendLittleEndian(UInt32(string.count))
            bytes += string
        }

        private static func copy(_ bytes: [UInt8], _ buffer: inout [UInt8], _ length: inout Int) -> Code {
            guard bytes.count <= buffer.count else { return translate(ERANGE) }
            buffer.replaceSubrange(0..<bytes.count, with: bytes)
            length = bytes.count
            return 0
        }

        package static func mountList(_ buffer: inout [UInt8], _ length: inout Int) -> Code {
            var count: UInt32 = 0
            var records: [UInt8] = []
            for line in contents(Array("/proc/self/mounts".utf8)).split(separator: UInt8(ascii: "\n")) {
                let fields = line.split(separator: UInt8(ascii: " "))
                guard fields.count >= 4 else { continue }
                count += 1
                for field in [1, 2, 3] { appendString(fields[field], to: &records) }
            }
            var bytes: [UInt8] = []
            bytes.appendLittleEndian(count)
            return copy(bytes + records, &buffer, &length)
        }

        package static func processList(_ after: Int32, _ buffer: inout [UInt8], _ length: inout Int) -> Code {
            guard let directory = opendir("/proc") else { return lastError }
            defer { closedir(directory) }
            var processes: [Int32] = []
            while let entry = readdir(directory) {
                let number = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { atoi($0) }
                }
                if number > after { processes.append(number) }
            }
            processes.sort()
            var count: UInt32 = 0
            var records: [UInt8] = []
            for process in processes {
                let record = encodeProcess(process)
                if records.count + record.count + 4 > buffer.count { break }
                if record.isEmpty { continue }
                records += record
                count += 1
            }
            var bytes: [UInt8] = []
            bytes.appendLittleEndian(count)
            return copy(bytes + records, &buffer, &length)
        }

        /// One record of a process list; empty if the process is gone.
        private static func encodeProcess(_ process: Int32) -> [UInt8] {
            let folder = Array("/proc/\(process)/".utf8)
            var owner = [UInt8](repeating: 0, count: Number.Size.status)
            guard status(workingDirectory, folder, follow: true, &owner) == 0 else { return [] }
            let line = contents(folder + Array("stat".utf8))
            guard let open = line.firstIndex(of: UInt8(ascii: "(")), let close = line.lastIndex(of: UInt8(ascii: ")")),
                open < close
            else { return [] }
            let fields = line[(close + 1)...].split(separator: UInt8(ascii: " "))
            guard fields.count > 19 else { return [] }
            func number(_ field: Int) -> Int64 { fields[field].reduce(0) { $0 &* 10 &+ Int64($1 &- 48) } }
            var record: [UInt8] = []
            record.appendLittleEndian(process)
            for field in 1...3 { record.appendLittleEndian(Int32(truncatingIfNeeded: number(field))) }
            record += owner[23..<27]
            switch fields[0].first {
            case UInt8(ascii: "Z"): record.append(Number.ProcessState.ended)
            case UInt8(ascii: "T"): record.append(Number.ProcessState.stopped)
            default: record.append(Number.ProcessState.running)
            }
            record.append(0)
            record.appendLittleEndian(UInt64(number(19)) * 10_000_000)
            var command = contents(folder + Array("cmdline".utf8)).split(separator: 0, omittingEmptySubsequences: false).dropLast()
            if command.isEmpty { command = [line[(open + 1)..<close]] }
            record.appendLittleEndian(UInt32(command.count))
            for argument in command { appendString(argument, to: &record) }
            return record
        }

        /// Five strings, each ended by a zero.
        package static func systemName(_ buffer: inout [UInt8], _ length: inout Int) -> Code {
            var name = utsname()
            guard uname(&name) == 0 else { return lastError }
            var result: [UInt8] = []
            withUnsafeBytes(of: &name) { bytes in
                for field in 0..<5 { result += bytes[(field * 65)..<(field * 65 + 65)].prefix { $0 != 0 } + [0] }
            }
            return copy(result, &buffer, &length)
        }
    }

#endif
