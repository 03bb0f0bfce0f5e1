import ABI
import Testing

@Suite struct NumberTests {
    /// The cases of `errno` in WASI preview 1, in their order; the first is 0.
    static let witx: [String] = """
        success 2big acces addrinuse addrnotavail afnosupport again already badf badmsg busy canceled child connaborted connrefused \
        connreset deadlk destaddrreq dom dquot exist fault fbig hostunreach idrm ilseq inprogress intr inval io isconn isdir loop mfile \
        mlink msgsize multihop nametoolong netdown netreset netunreach nfile nobufs nodev noent noexec nolck nolink nomem nomsg \
        noprotoopt nospc nosys notconn notdir notempty notrecoverable notsock notsup notty nxio overflow ownerdead perm pipe proto \
        protonosupport prototype range rofs spipe srch stale timedout txtbsy xdev notcapable
        """.split(separator: " ").map(String.init)

    @Test func thereIsAnErrnoForEachOfWASI() {
        #expect(Self.witx.count == 77)
        #expect(Errno.allCases.map { Int($0.rawValue) } == Array(1...76))
    }

    @Test(arguments: [
        ("acces", Errno.permissionDenied), ("again", .resourceTemporarilyUnavailable), ("badf", .badFileDescriptor),
        ("badmsg", .badMessage), ("busy", .resourceBusy), ("child", .noChildProcess), ("exist", .fileExists), ("fault", .badAddress),
        ("fbig", .fileTooLarge), ("inprogress", .operationInProgress), ("intr", .interrupted), ("inval", .invalidArgument),
        ("io", .ioError), ("isdir", .isDirectory), ("loop", .tooManySymbolicLinkLevels), ("mfile", .tooManyOpenFiles),
        ("mlink", .tooManyLinks), ("nametoolong", .fileNameTooLong), ("nfile", .tooManyOpenFilesInSystem),
        ("nodev", .operationNotSupportedByDevice), ("noent", .noSuchFileOrDirectory), ("noexec", .execFormatError),
        ("nomem", .notEnoughMemory), ("nospc", .noSpace), ("nosys", .functionNotImplemented), ("notdir", .notDirectory),
        ("notempty", .directoryNotEmpty), ("notsock", .notSocket), ("notsup", .notSupported), ("notty", .inappropriateIOControl),
        ("nxio", .noSuchAddressOrDevice), ("overflow", .overflow), ("perm", .notPermitted), ("pipe", .brokenPipe),
        ("range", .resultTooLarge), ("rofs", .readOnlyFileSystem), ("spipe", .illegalSeek), ("srch", .noSuchProcess),
        ("stale", .staleFileHandle), ("timedout", .timedOut), ("txtbsy", .textFileBusy), ("xdev", .improperLink),
        ("notcapable", .notCapable), ("2big", .argumentListTooLong),
    ]) func anErrnoHasTheNumberOfItsName(_ name: String, _ error: Errno) {
        #expect(Self.witx.firstIndex(of: name) == Int(error.rawValue))
    }

    @Test func aStatusWordIsDecoded() {
        #expect(Errno.decode(0) == nil)
        #expect(Errno.decode(64) == .brokenPipe)
        #expect(Errno.decode(77) == .ioError)
        #expect(Errno.decode(65536 + 64) == .ioError)
    }

    @Test func operationsHaveNumbersOfTheirOwnInTheirRanges() {
        let numbers = Operation.allCases.map { $0.rawValue }
        #expect(Set(numbers).count == numbers.count)
        #expect(numbers == numbers.sorted(), "the table is in order")
        for number in numbers {
            #expect(number & 0xFF != 0)
            #expect(number >> 8 <= 0x0A)
        }
        // Where each protocol begins and how it goes on: without a hole.
        for (previous, next) in zip(numbers, numbers.dropFirst()) where previous >> 8 == next >> 8 { #expect(next == previous + 1) }
    }

    @Test func signalsAre1To64() {
        #expect(Signal(rawValue: 0) == nil)
        #expect(Signal(rawValue: 65) == nil)
        #expect(Signal(rawValue: 64)?.bit == 1 << 63)
        #expect(Signal.kill.rawValue == 9)
        #expect(Signal.terminalStop.rawValue == 20)
        #expect(Signal.windowChange.defaultAction == .ignore)
    }

    @Test func identitiesAreMadeOfTheirParts() {
        let identity = ProcessIdentity(node: 0xABC, index: 0x54321, generation: 0xDEAD_BEEF)
        #expect(identity.rawValue == 0xABC5_4321_DEAD_BEEF)
        #expect([UInt64(identity.node), UInt64(identity.index), UInt64(identity.generation)] == [0xABC, 0x54321, 0xDEAD_BEEF])
        let handle = Handle(index: 7, generation: 9)
        #expect(handle.rawValue == 9 << 32 | 7)
        #expect([handle.index, handle.generation] == [7, 9])
        #expect(Nanoseconds(rawValue: .max - 1).adding(5) == .never)
    }

    @Test func terminalFlagsHaveLinuxNumbers() {
        let attributes = TerminalAttributes.standard
        #expect(attributes.local == 0o105073)
        #expect(attributes.output == 0o5)
        #expect(attributes.input == 0o62400)
        #expect(attributes.controlCharacters[ControlCharacter.endOfFile] == 4)
        #expect(attributes.controlCharacters[ControlCharacter.minimum] == 1)
    }
}

@Suite struct ProgramCallTests {
    /// The functions of WASI preview 1 and their parameters (i: i32, l: i64).
    static let preview1: [String: String] = [
        "args_get": "ii", "args_sizes_get": "ii", "environ_get": "ii", "environ_sizes_get": "ii", "clock_res_get": "ii",
        "clock_time_get": "ili", "fd_advise": "illi", "fd_allocate": "ill", "fd_close": "i", "fd_datasync": "i", "fd_fdstat_get": "ii",
        "fd_fdstat_set_flags": "ii", "fd_fdstat_set_rights": "ill", "fd_filestat_get": "ii", "fd_filestat_set_size": "il",
        "fd_filestat_set_times": "illi", "fd_pread": "iiili", "fd_prestat_get": "ii", "fd_prestat_dir_name": "iii",
        "fd_pwrite": "iiili", "fd_read": "iiii", "fd_readdir": "iiili", "fd_renumber": "ii", "fd_seek": "ilii", "fd_sync": "i",
        "fd_tell": "ii", "fd_write": "iiii", "path_create_directory": "iii", "path_filestat_get": "iiiii",
        "path_filestat_set_times": "iiiilli", "path_link": "iiiiiii", "path_open": "iiiiillii", "path_readlink": "iiiiii",
        "path_remove_directory": "iii", "path_rename": "iiiiii", "path_symlink": "iiiii", "path_unlink_file": "iii",
        "poll_oneoff": "iiii", "proc_exit": "i", "proc_raise": "i", "random_get": "ii", "sched_yield": "", "sock_accept": "iii",
        "sock_recv": "iiiiii", "sock_send": "iiiii", "sock_shutdown": "ii",
    ]

    @Test func preview1IsWhole() {
        #expect(Self.preview1.count == 46)
        var seen: Set<String> = []
        for call in ProgramABI.wasi {
            let name = "\(call.name)"
            #expect(seen.insert(name).inserted, "\(name) twice")
            #expect(Self.preview1[name] == call.parameters.map { $0 == .i32 ? "i" : "l" }.joined(), "\(name)")
            #expect(call.hasResult == (name != "proc_exit"))
        }
        #expect(seen == Set(Self.preview1.keys))
    }

    @Test func callsOfMartletHaveNamesOfTheirOwn() {
        let names = ProgramABI.martlet.map { "\($0.name)" }
        #expect(Set(names).count == names.count)
        #expect(Set(names).isDisjoint(with: Self.preview1.keys))
        for call in ProgramABI.martlet { #expect(call.hasResult) }
    }
}
