import ABI
import LibOS

// The calls of the program ABI by number, as the hart of a WebAssembly program makes them: natively what the exports of the libOS
// module are in a browser.

/// One call: where it goes, and its import's name.
struct ProgramEntry: Sendable {
    /// Makes the call. `arguments` has one word for each parameter, those of 32 bits in the low half.
    typealias Call = @Sendable (inout LibOS, ThreadID, CallArguments, inout NativeHost) -> Int32

    let name: StaticString
    let call: Call

    init(_ name: StaticString, _ call: @escaping Call) {
        self.name = name
        self.call = call
    }

    /// The entry of an import, with its signature; nil if there is none of that name.
    static func find(module: [UInt8], name: [UInt8]) -> (entry: ProgramEntry, signature: ProgramCall)? {
        let lists: [(StaticString, [ProgramEntry], [ProgramCall])] = [
            (ProgramABI.wasiModule, wasi, ProgramABI.wasi), (ProgramABI.martletModule, martlet, ProgramABI.martlet),
        ]
        for (list, entries, signatures) in lists where module == [UInt8]("\(list)".utf8) {
            for (entry, signature) in zip(entries, signatures) where name == [UInt8]("\(entry.name)".utf8) { return (entry, signature) }
        }
        return nil
    }
}

/// The arguments of a call.
struct CallArguments {
    let words: [UInt64]

    /// Argument `index` as an unsigned word of 32 bits.
    subscript(index: Int) -> UInt32 { UInt32(truncatingIfNeeded: words[index]) }
    /// Argument `index` as a signed word of 32 bits.
    func signed(_ index: Int) -> Int32 { Int32(truncatingIfNeeded: words[index]) }
    /// Argument `index` as a word of 64 bits.
    func long(_ index: Int) -> UInt64 { words[index] }
}

extension ProgramEntry {
    /// In the order of `ProgramABI.wasi`.
    static let wasi: [ProgramEntry] = [
        ProgramEntry("args_get") { libOS, thread, words, host in libOS.argumentsGet(thread, words[0], words[1], host: &host) },
        ProgramEntry("args_sizes_get") { libOS, thread, words, host in libOS.argumentSizesGet(thread, words[0], words[1], host: &host) },
        ProgramEntry("environ_get") { libOS, thread, words, host in libOS.environmentGet(thread, words[0], words[1], host: &host) },
        ProgramEntry("environ_sizes_get") { libOS, thread, words, host in libOS.environmentSizesGet(thread, words[0], words[1], host: &host)
        },
        ProgramEntry("clock_res_get") { libOS, thread, words, host in libOS.clockResolutionGet(thread, words[0], words[1], host: &host) },
        ProgramEntry("clock_time_get") { libOS, thread, words, host in
            libOS.clockTimeGet(thread, words[0], words.long(1), words[2], host: &host)
        },
        ProgramEntry("fd_advise") { libOS, thread, words, host in
            libOS.fdAdvise(thread, words[0], words.long(1), words.long(2), words[3], host: &host)
        },
        ProgramEntry("fd_allocate") { libOS, thread, words, host in
            libOS.fdAllocate(thread, words[0], words.long(1), words.long(2), host: &host)
        },
        ProgramEntry("fd_close") { libOS, thread, words, host in libOS.fdClose(thread, words[0], host: &host) },
        ProgramEntry("fd_datasync") { libOS, thread, words, host in libOS.fdDataSync(thread, words[0], host: &host) },
        ProgramEntry("fd_fdstat_get") { libOS, thread, words, host in libOS.fdStatGet(thread, words[0], words[1], host: &host) },
        ProgramEntry("fd_fdstat_set_flags") { libOS, thread, words, host in libOS.fdStatSetFlags(thread, words[0], words[1], host: &host) },
        ProgramEntry("fd_fdstat_set_rights") { libOS, thread, words, host in
            libOS.fdStatSetRights(thread, words[0], words.long(1), words.long(2), host: &host)
        },
        ProgramEntry("fd_filestat_get") { libOS, thread, words, host in libOS.fdFileStatGet(thread, words[0], words[1], host: &host) },
        ProgramEntry("fd_filestat_set_size") { libOS, thread, words, host in
            libOS.fdFileStatSetSize(thread, words[0], words.long(1), host: &host)
        },
        ProgramEntry("fd_filestat_set_times") { libOS, thread, words, host in
            libOS.fdFileStatSetTimes(thread, words[0], words.long(1), words.long(2), words[3], host: &host)
        },
        ProgramEntry("fd_pread") { libOS, thread, words, host in
            libOS.fdReadAt(thread, words[0], words[1], words[2], words.long(3), words[4], host: &host)
        },
        ProgramEntry("fd_prestat_get") { libOS, thread, words, host in libOS.fdPrestatGet(thread, words[0], words[1], host: &host) },
        ProgramEntry("fd_prestat_dir_name") { libOS, thread, words, host in
            libOS.fdPrestatDirName(thread, words[0], words[1], words[2], host: &host)
        },
        ProgramEntry("fd_pwrite") { libOS, thread, words, host in
            libOS.fdWriteAt(thread, words[0], words[1], words[2], words.long(3), words[4], host: &host)
        },
        ProgramEntry("fd_read") { libOS, thread, words, host in libOS.fdRead(thread, words[0], words[1], words[2], words[3], host: &host) },
        ProgramEntry("fd_readdir") { libOS, thread, words, host in
            libOS.fdReadDirectory(thread, words[0], words[1], words[2], words.long(3), words[4], host: &host)
        },
        ProgramEntry("fd_renumber") { libOS, thread, words, host in libOS.fdRenumber(thread, words[0], words[1], host: &host) },
        ProgramEntry("fd_seek") { libOS, thread, words, host in
            libOS.fdSeek(thread, words[0], Int64(bitPattern: words.long(1)), words[2], words[3], host: &host)
        },
        ProgramEntry("fd_sync") { libOS, thread, words, host in libOS.fdSync(thread, words[0], host: &host) },
        ProgramEntry("fd_tell") { libOS, thread, words, host in libOS.fdTell(thread, words[0], words[1], host: &host) },
        ProgramEntry("fd_write") { libOS, thread, words, host in libOS.fdWrite(thread, words[0], words[1], words[2], words[3], host: &host)
        },
        ProgramEntry("path_create_directory") { libOS, thread, words, host in
            libOS.pathCreateDirectory(thread, words[0], words[1], words[2], host: &host)
        },
        ProgramEntry("path_filestat_get") { libOS, thread, words, host in
            libOS.pathFileStatGet(thread, words[0], words[1], words[2], words[3], words[4], host: &host)
        },
        ProgramEntry("path_filestat_set_times") { libOS, thread, words, host in
            libOS.pathFileStatSetTimes(thread, words[0], words[1], words[2], words[3], words.long(4), words.long(5), words[6], host: &host)
        },
        ProgramEntry("path_link") { libOS, thread, words, host in
            libOS.pathLink(thread, words[0], words[1], words[2], words[3], words[4], words[5], words[6], host: &host)
        },
        ProgramEntry("path_open") { libOS, thread, words, host in
            libOS.pathOpen(
                thread, words[0], words[1], words[2], words[3], words[4], words.long(5), words.long(6), words[7], words[8], host: &host)
        },
        ProgramEntry("path_readlink") { libOS, thread, words, host in
            libOS.pathReadLink(thread, words[0], words[1], words[2], words[3], words[4], words[5], host: &host)
        },
        ProgramEntry("path_remove_directory") { libOS, thread, words, host in
            libOS.pathRemoveDirectory(thread, words[0], words[1], words[2], host: &host)
        },
        ProgramEntry("path_rename") { libOS, thread, words, host in
            libOS.pathRename(thread, words[0], words[1], words[2], words[3], words[4], words[5], host: &host)
        },
        ProgramEntry("path_symlink") { libOS, thread, words, host in
            libOS.pathSymbolicLink(thread, words[0], words[1], words[2], words[3], words[4], host: &host)
        },
        ProgramEntry("path_unlink_file") { libOS, thread, words, host in
            libOS.pathUnlinkFile(thread, words[0], words[1], words[2], host: &host)
        },
        ProgramEntry("poll_oneoff") { libOS, thread, words, host in
            libOS.pollOneOff(thread, words[0], words[1], words[2], words[3], host: &host)
        },
        ProgramEntry("proc_exit") { libOS, thread, words, host in libOS.processExit(thread, words[0], host: &host) },
        ProgramEntry("proc_raise") { libOS, thread, words, host in libOS.processRaise(thread, words[0], host: &host) },
        ProgramEntry("random_get") { libOS, thread, words, host in libOS.randomGet(thread, words[0], words[1], host: &host) },
        ProgramEntry("sched_yield") { libOS, thread, _, host in libOS.schedulerYield(thread, host: &host) },
        ProgramEntry("sock_accept") { libOS, thread, words, host in libOS.socketAccept(thread, words[0], words[1], words[2], host: &host) },
        ProgramEntry("sock_recv") { libOS, thread, words, host in
            libOS.socketReceive(thread, words[0], words[1], words[2], words[3], words[4], words[5], host: &host)
        },
        ProgramEntry("sock_send") { libOS, thread, words, host in
            libOS.socketSend(thread, words[0], words[1], words[2], words[3], words[4], host: &host)
        },
        ProgramEntry("sock_shutdown") { libOS, thread, words, host in libOS.socketShutdown(thread, words[0], words[1], host: &host) },
    ]

    /// In the order of `ProgramABI.martlet`.
    static let martlet: [ProgramEntry] = [
        ProgramEntry("process_spawn") { libOS, thread, words, host in
            libOS.processSpawn(thread, words[0], words[1], words[2], words[3], words[4], words[5], words[6], words[7], host: &host)
        },
        ProgramEntry("process_wait") { libOS, thread, words, host in
            libOS.processWait(thread, words.signed(0), words[1], words[2], words[3], host: &host)
        },
        ProgramEntry("process_kill") { libOS, thread, words, host in libOS.processKill(thread, words.signed(0), words[1], host: &host) },
        ProgramEntry("process_id") { libOS, thread, _, _ in libOS.processID(thread) },
        ProgramEntry("process_parent_id") { libOS, thread, _, _ in libOS.processParentID(thread) },
        ProgramEntry("process_group_get") { libOS, thread, words, host in
            libOS.processGroupGet(thread, words.signed(0), words[1], words[2], host: &host)
        },
        ProgramEntry("process_group_set") { libOS, thread, words, host in
            libOS.processGroupSet(thread, words.signed(0), words.signed(1), host: &host)
        },
        ProgramEntry("process_list") { libOS, thread, words, host in
            libOS.processList(thread, words.signed(0), words[1], words[2], words[3], host: &host)
        },
        ProgramEntry("process_session_create") { libOS, thread, _, host in libOS.processSessionCreate(thread, host: &host) },
        ProgramEntry("signal_disposition") { libOS, thread, words, host in libOS.signalDisposition(thread, words[0], words[1], host: &host)
        },
        ProgramEntry("signal_action") { libOS, thread, words, host in
            libOS.signalAction(thread, words[0], words[1], words[2], host: &host)
        },
        ProgramEntry("signal_mask") { libOS, thread, words, host in libOS.signalMask(thread, words[0], words[1], words[2], host: &host) },
        ProgramEntry("signal_pending") { libOS, thread, words, host in libOS.signalPending(thread, words[0], host: &host) },
        ProgramEntry("signal_suspend") { libOS, thread, words, host in libOS.signalSuspend(thread, words[0], host: &host) },
        ProgramEntry("signal_wait") { libOS, thread, words, host in
            libOS.signalWait(thread, words[0], words[1], words.long(2), host: &host)
        },
        ProgramEntry("signal_queue") { libOS, thread, words, host in
            libOS.signalQueue(thread, words.signed(0), words[1], words.long(2), host: &host)
        },
        ProgramEntry("alarm_set") { libOS, thread, words, host in libOS.alarmSet(thread, words[0], words[1], host: &host) },
        ProgramEntry("signal_take") { libOS, thread, words, host in libOS.signalTake(thread, words[0], host: &host) },
        ProgramEntry("pipe_create") { libOS, thread, words, host in libOS.pipeCreate(thread, words[0], words[1], words[2], host: &host) },
        ProgramEntry("descriptor_duplicate") { libOS, thread, words, host in
            libOS.descriptorDuplicate(thread, words[0], words[1], words[2], host: &host)
        },
        ProgramEntry("descriptor_duplicate_to") { libOS, thread, words, host in
            libOS.descriptorDuplicateTo(thread, words[0], words[1], host: &host)
        },
        ProgramEntry("directory_change") { libOS, thread, words, host in libOS.directoryChange(thread, words[0], words[1], host: &host) },
        ProgramEntry("directory_current") { libOS, thread, words, host in
            libOS.directoryCurrent(thread, words[0], words[1], words[2], host: &host)
        },
        ProgramEntry("mask_set") { libOS, thread, words, host in libOS.maskSet(thread, words[0], words[1], host: &host) },
        ProgramEntry("path_status") { libOS, thread, words, host in
            libOS.pathStatus(thread, words[0], words[1], words[2], words[3], words[4], host: &host)
        },
        ProgramEntry("descriptor_status") { libOS, thread, words, host in libOS.descriptorStatus(thread, words[0], words[1], host: &host) },
        ProgramEntry("path_mode_set") { libOS, thread, words, host in
            libOS.pathModeSet(thread, words[0], words[1], words[2], words[3], words[4], host: &host)
        },
        ProgramEntry("path_owner_set") { libOS, thread, words, host in
            libOS.pathOwnerSet(thread, words[0], words[1], words[2], words[3], words[4], words[5], host: &host)
        },
        ProgramEntry("path_access") { libOS, thread, words, host in
            libOS.pathAccess(thread, words[0], words[1], words[2], words[3], host: &host)
        },
        ProgramEntry("descriptor_lock") { libOS, thread, words, host in
            libOS.descriptorLock(
                thread, words[0], words[1], words[2], words[3], words[4], Int64(bitPattern: words.long(5)),
                Int64(bitPattern: words.long(6)), words[7], host: &host)
        },
        ProgramEntry("terminal_attributes_get") { libOS, thread, words, host in
            libOS.terminalAttributesGet(thread, words[0], words[1], host: &host)
        },
        ProgramEntry("terminal_attributes_set") { libOS, thread, words, host in
            libOS.terminalAttributesSet(thread, words[0], words[1], words[2], host: &host)
        },
        ProgramEntry("terminal_size_get") { libOS, thread, words, host in libOS.terminalSizeGet(thread, words[0], words[1], host: &host) },
        ProgramEntry("terminal_size_set") { libOS, thread, words, host in libOS.terminalSizeSet(thread, words[0], words[1], host: &host) },
        ProgramEntry("terminal_foreground_get") { libOS, thread, words, host in
            libOS.terminalForegroundGet(thread, words[0], words[1], host: &host)
        },
        ProgramEntry("terminal_foreground_set") { libOS, thread, words, host in
            libOS.terminalForegroundSet(thread, words[0], words.signed(1), host: &host)
        },
        ProgramEntry("terminal_session_get") { libOS, thread, words, host in
            libOS.terminalSessionGet(thread, words[0], words[1], host: &host)
        },
        ProgramEntry("terminal_control") { libOS, thread, words, host in libOS.terminalControl(thread, words[0], words[1], host: &host) },
        ProgramEntry("pseudo_terminal_get") { libOS, thread, words, host in
            libOS.pseudoTerminalGet(thread, words[0], words[1], host: &host)
        },
        ProgramEntry("mount") { libOS, thread, words, host in
            libOS.mount(thread, words[0], words[1], words[2], words[3], words[4], words[5], host: &host)
        },
        ProgramEntry("unmount") { libOS, thread, words, host in libOS.unmount(thread, words[0], words[1], host: &host) },
        ProgramEntry("mount_list") { libOS, thread, words, host in libOS.mountList(thread, words[0], words[1], words[2], host: &host) },
        ProgramEntry("system_name") { libOS, thread, words, host in libOS.systemName(thread, words[0], words[1], words[2], host: &host) },
    ]
}
