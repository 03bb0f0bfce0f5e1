// Processes and signals on Linux.

#if !arch(wasm32)

    import Glibc

    /// The signals that arrived while their disposition was `interrupt`.
    // SAFETY: a program has one thread; the handler runs on it and sets bits, `takeSignals` reads them with signals blocked.
    nonisolated(unsafe) private var arrivedSignals: UInt64 = 0

    extension Port {
        /// Starts `path` with an encoded spawn block. Linux gives no reason for a failure.
        package static func spawn(_ path: [UInt8], _ block: [UInt8], _ process: inout Int32, _ reason: inout [UInt8]) -> Code {
            reason = []
            guard let request = SpawnRequest(block) else { return translate(EINVAL) }
            var child: pid_t = 0
            let code = withPath(path.first == UInt8(ascii: "/") ? -1 : workingDirectory, path) { _, path in
                request.start(path, &child)
            }
            process = child
            return code
        }

        package static func wait(_ target: Int32, _ flags: UInt32, _ process: inout Int32, _ status: inout UInt32) -> Code {
            var result: Int32 = 0
            var options: Int32 = 0
            if flags & Number.WaitFlag.noHang != 0 { options |= WNOHANG }
            if flags & Number.WaitFlag.stopped != 0 { options |= WUNTRACED }
            if flags & Number.WaitFlag.continued != 0 { options |= WCONTINUED }
            let child = waitpid(target, &result, options)
            guard child >= 0 else { return lastError }
            process = child
            let code = UInt32(result >> 8 & 0xFF)
            // As the macros of <sys/wait.h> tell them apart.
            if result == 0xFFFF {
                status = Number.ChangeKind.continued << 8 | UInt32(SIGCONT)
            } else if result & 0x7F == 0x7F {
                status = Number.ChangeKind.stopped << 8 | code
            } else if result & 0x7F == 0 {
                status = Number.ChangeKind.exited << 8 | code
            } else {
                status = Number.ChangeKind.signaled << 8 | UInt32(result & 0x7F)
            }
            return 0
        }

        package static func kill(_ target: Int32, _ signal: UInt8) -> Code { check(Glibc.kill(target, Int32(signal))) }
        package static func processID() -> Int32 { getpid() }
        package static func parentID() -> Int32 { getppid() }

        package static func processGroup(_ process: Int32, _ group: inout Int32, _ session: inout Int32) -> Code {
            group = getpgid(process)
            guard group >= 0 else { return lastError }
            session = getsid(process)
            return check(session)
        }

        package static func setProcessGroup(_ process: Int32, _ group: Int32) -> Code { check(setpgid(process, group)) }

        package static func setDisposition(_ signal: UInt8, _ disposition: UInt8) -> Code {
            guard (1...64).contains(signal), disposition <= Number.Disposition.interrupt else { return translate(EINVAL) }
            var action = sigaction()
            switch disposition {
            case Number.Disposition.standard: action.__sigaction_handler.sa_handler = SIG_DFL
            case Number.Disposition.ignore: action.__sigaction_handler.sa_handler = SIG_IGN
            default: action.__sigaction_handler.sa_handler = { number in arrivedSignals |= 1 << UInt64(number - 1) }
            }
            return check(sigaction(Int32(signal), &action, nil))
        }

        package static func takeSignals(_ set: inout UInt64) -> Code {
            withSignalsBlocked { _ in
                set = arrivedSignals
                arrivedSignals = 0
                return 0
            }
        }

        /// Runs `body` while no signal can arrive, and gives it the mask to wait with.
        private static func withSignalsBlocked(_ body: (UnsafePointer<sigset_t>) -> Code) -> Code {
            var all = sigset_t()
            var old = sigset_t()
            sigfillset(&all)
            sigprocmask(SIG_BLOCK, &all, &old)
            defer { sigprocmask(SIG_SETMASK, &old, nil) }
            return body(&old)
        }

        /// Runs a call that waits with the given signal mask. A signal that arrived before ends it at once with `EINTR`.
        static func waitForSignals(_ call: (UnsafePointer<sigset_t>) -> Int32) -> Int32 {
            var result: Int32 = 0
            var number: Int32 = 0
            _ = withSignalsBlocked { mask in
                if arrivedSignals != 0 {
                    (result, number) = (-1, EINTR)
                } else {
                    result = call(mask)
                    number = errno
                }
                return 0
            }
            errno = number
            return result
        }

        package static func pipe(_ readEnd: inout Int32, _ writeEnd: inout Int32, _ flags: UInt16) -> Code {
            var ends: [Int32] = [-1, -1]
            let code = check(pipe2(&ends, O_CLOEXEC | (flags & Number.DescriptionFlag.nonBlocking != 0 ? O_NONBLOCK : 0)))
            readEnd = ends[0]
            writeEnd = ends[1]
            return code
        }

        package static func duplicate(_ descriptor: Int32, _ least: Int32, _ result: inout Int32) -> Code {
            result = fcntl(descriptor, F_DUPFD_CLOEXEC, least)
            return check(result)
        }

        package static func duplicate(_ descriptor: Int32, to new: Int32) -> Code { check(dup3(descriptor, new, O_CLOEXEC)) }
    }

    /// A decoded spawn block.
    private struct SpawnRequest {
        var flags: UInt32
        var group: Int32
        var arguments: [[UInt8]] = []
        var environment: [[UInt8]] = []
        var descriptors: [(child: Int32, parent: Int32)] = []

        /// `nil` if the block is malformed.
        init?(_ block: [UInt8]) {
            var position = 0
            func word() -> UInt32? {
                guard position + 4 <= block.count else { return nil }
                defer { position += 4 }
                return block.littleEndian(at: position, as: UInt32.self)
            }
            func strings() -> [[UInt8]]? {
                guard let count = word() else { return nil }
                var result: [[UInt8]] = []
                for _ in 0..<count {
                    guard let length = word(), position + Int(length) <= block.count else { return nil }
                    result.append(Array(block[position..<position + Int(length)]))
                    position += Int(length)
                }
                return result
            }
            guard let flags = word(), let group = word(), let arguments = strings(), let environment = strings(),
                let count = word()
            else { return nil }
            self.flags = flags
            self.group = Int32(bitPattern: group)
            self.arguments = arguments
            self.environment = environment
            for _ in 0..<count {
                guard let child = word(), let parent = word() else { return nil }
                descriptors.append((Int32(bitPattern: child), Int32(bitPattern: parent)))
            }
        }

        /// Starts the program. SpawnFlags: 1 set group, 2 new session, 4 foreground, 8 controlling terminal.
        func start(_ path: UnsafePointer<CChar>, _ child: inout pid_t) -> Port.Code {
            var attributes = posix_spawnattr_t()
            posix_spawnattr_init(&attributes)
            defer { posix_spawnattr_destroy(&attributes) }
            // Ignored signals stay so, and Linux itself gives those with a handler their defaults.
            var none = sigset_t()
            sigemptyset(&none)
            posix_spawnattr_setsigmask(&attributes, &none)
            var options = POSIX_SPAWN_SETSIGMASK
            if flags & Port.Number.SpawnFlag.setGroup != 0 {
                options |= POSIX_SPAWN_SETPGROUP
                posix_spawnattr_setpgroup(&attributes, group)
            }
            // POSIX_SPAWN_SETSID is a macro that is not imported.
            if flags & Port.Number.SpawnFlag.newSession != 0 { options |= 0x80 }
            posix_spawnattr_setflags(&attributes, Int16(options))

            var actions = posix_spawn_file_actions_t()
            posix_spawn_file_actions_init(&actions)
            defer { posix_spawn_file_actions_destroy(&actions) }
            // The parent's ends go out of the way first, so that no mapping covers the source of a later one.
            var copies: [Int32] = []
            defer { for copy in copies { close(copy) } }
            for (index, mapping) in descriptors.enumerated() {
                let copy = fcntl(mapping.parent, F_DUPFD_CLOEXEC, 512)
                if copy < 0 { return Port.lastError }
                copies.append(copy)
                var name = [CChar](repeating: 0, count: 256)
                if flags & Port.Number.SpawnFlag.controllingTerminal != 0, mapping.child == 0,
                    ttyname_r(mapping.parent, &name, name.count) == 0
                {
                    // A session leader without a terminal gets the first one that it opens.
                    posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
                } else {
                    posix_spawn_file_actions_adddup2(&actions, copies[index], mapping.child)
                }
            }
            var terminal: Int32 = -1
            if flags & Port.Number.SpawnFlag.foreground != 0 {
                terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)
                if terminal >= 0 {
                    _ = posix_spawn_file_actions_addtcsetpgrp_np(&actions, terminal)
                    copies.append(terminal)
                }
            }
            return withStrings(arguments) { arguments in
                withStrings(environment) { environment in
                    Port.translate(posix_spawn(&child, path, &actions, &attributes, arguments, environment))
                }
            }
        }

        /// Calls `body` with a null-terminated list of C strings.
        private func withStrings(
            _ strings: [[UInt8]], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Port.Code
        ) -> Port.Code {
            var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { string in
                let copy = UnsafeMutablePointer<CChar>.allocate(capacity: string.count + 1)
                for (index, byte) in string.enumerated() { copy[index] = CChar(bitPattern: byte) }
                copy[string.count] = 0
                return copy
            }
            defer { for pointer in pointers { pointer?.deallocate() } }
            pointers.append(nil)
            return pointers.withUnsafeMutableBufferPointer {
                guard let start = $0.baseAddress else { return Port.translate(ENOMEM) }
                return body(start)
            }
        }
    }

#endif
