import ABI
import Testing

@testable import LibOS

/// Every address that a program passes may be wrong: the call answers `badAddress`, sends nothing, and changes nothing.
@Suite struct AddressTests {
    typealias Call = @Sendable (inout Scene, Address) -> Int32
    static let cases: [(String, Call)] = [
        ("args_get pointers", { $0.libOS.argumentsGet(thread, $1, 400, host: &$0.host) }),
        ("args_get bytes", { $0.libOS.argumentsGet(thread, 400, $1, host: &$0.host) }),
        ("args_sizes_get count", { $0.libOS.argumentSizesGet(thread, $1, 400, host: &$0.host) }),
        ("args_sizes_get bytes", { $0.libOS.argumentSizesGet(thread, 400, $1, host: &$0.host) }),
        ("environ_get pointers", { $0.libOS.environmentGet(thread, $1, 400, host: &$0.host) }),
        ("environ_get bytes", { $0.libOS.environmentGet(thread, 400, $1, host: &$0.host) }),
        ("environ_sizes_get", { $0.libOS.environmentSizesGet(thread, 400, $1, host: &$0.host) }),
        ("clock_res_get", { $0.libOS.clockResolutionGet(thread, 0, $1, host: &$0.host) }),
        ("clock_time_get", { $0.libOS.clockTimeGet(thread, 1, 0, $1, host: &$0.host) }),
        ("fd_fdstat_get", { $0.libOS.fdStatGet(thread, 2, $1, host: &$0.host) }),
        ("fd_filestat_get", { $0.libOS.fdFileStatGet(thread, 2, $1, host: &$0.host) }),
        ("fd_prestat_get", { $0.libOS.fdPrestatGet(thread, 3, $1, host: &$0.host) }),
        ("fd_prestat_dir_name", { $0.libOS.fdPrestatDirName(thread, 3, $1, 5, host: &$0.host) }),
        ("fd_read vectors", { $0.libOS.fdRead(thread, 2, $1, 1, 400, host: &$0.host) }),
        ("fd_read result", { $0.libOS.fdRead(thread, 2, 200, 1, $1, host: &$0.host) }),
        (
            "fd_read buffer",
            {
                $0.put(vectors: [(500, 2), (Int($1), 4)], 240)
                return $0.libOS.fdRead(thread, 2, 240, 2, 400, host: &$0.host)
            }
        ),
        ("fd_write vectors", { $0.libOS.fdWrite(thread, 2, $1, 1, 400, host: &$0.host) }),
        ("fd_write result", { $0.libOS.fdWrite(thread, 2, 200, 1, $1, host: &$0.host) }),
        (
            "fd_write buffer",
            {
                $0.put(vectors: [(500, 2), (Int($1), 4)], 240)
                return $0.libOS.fdWrite(thread, 2, 240, 2, 400, host: &$0.host)
            }
        ),
        ("fd_pread vectors", { $0.libOS.fdReadAt(thread, 2, $1, 1, 0, 400, host: &$0.host) }),
        ("fd_pread result", { $0.libOS.fdReadAt(thread, 2, 200, 1, 0, $1, host: &$0.host) }),
        ("fd_pwrite vectors", { $0.libOS.fdWriteAt(thread, 2, $1, 1, 0, 400, host: &$0.host) }),
        ("fd_pwrite result", { $0.libOS.fdWriteAt(thread, 2, 200, 1, 0, $1, host: &$0.host) }),
        ("fd_readdir buffer", { $0.libOS.fdReadDirectory(thread, 3, $1, 64, 0, 400, host: &$0.host) }),
        ("fd_readdir result", { $0.libOS.fdReadDirectory(thread, 3, 500, 64, 0, $1, host: &$0.host) }),
        ("fd_seek", { $0.libOS.fdSeek(thread, 2, 0, 0, $1, host: &$0.host) }),
        ("fd_tell", { $0.libOS.fdTell(thread, 2, $1, host: &$0.host) }),
        ("path_create_directory", { $0.libOS.pathCreateDirectory(thread, 4, $1, 4, host: &$0.host) }),
        ("path_filestat_get path", { $0.libOS.pathFileStatGet(thread, 4, 0, $1, 4, 400, host: &$0.host) }),
        ("path_filestat_get result", { $0.libOS.pathFileStatGet(thread, 4, 0, 100, 4, $1, host: &$0.host) }),
        ("path_filestat_set_times", { $0.libOS.pathFileStatSetTimes(thread, 4, 0, $1, 4, 0, 0, 0, host: &$0.host) }),
        ("path_link from", { $0.libOS.pathLink(thread, 4, 0, $1, 4, 4, 100, 4, host: &$0.host) }),
        ("path_link to", { $0.libOS.pathLink(thread, 4, 0, 100, 4, 4, $1, 4, host: &$0.host) }),
        ("path_open path", { $0.libOS.pathOpen(thread, 4, 0, $1, 4, 0, 2, 0, 0, 400, host: &$0.host) }),
        ("path_open result", { $0.libOS.pathOpen(thread, 4, 0, 100, 4, 0, 2, 0, 0, $1, host: &$0.host) }),
        ("path_readlink path", { $0.libOS.pathReadLink(thread, 4, $1, 4, 500, 10, 400, host: &$0.host) }),
        ("path_readlink buffer", { $0.libOS.pathReadLink(thread, 4, 100, 4, $1, 10, 400, host: &$0.host) }),
        ("path_readlink result", { $0.libOS.pathReadLink(thread, 4, 100, 4, 500, 10, $1, host: &$0.host) }),
        ("path_remove_directory", { $0.libOS.pathRemoveDirectory(thread, 4, $1, 4, host: &$0.host) }),
        ("path_rename from", { $0.libOS.pathRename(thread, 4, $1, 4, 4, 100, 4, host: &$0.host) }),
        ("path_rename to", { $0.libOS.pathRename(thread, 4, 100, 4, 4, $1, 4, host: &$0.host) }),
        ("path_symlink target", { $0.libOS.pathSymbolicLink(thread, $1, 4, 4, 100, 4, host: &$0.host) }),
        ("path_symlink path", { $0.libOS.pathSymbolicLink(thread, 100, 4, 4, $1, 4, host: &$0.host) }),
        ("path_unlink_file", { $0.libOS.pathUnlinkFile(thread, 4, $1, 4, host: &$0.host) }),
        ("poll_oneoff subscriptions", { $0.libOS.pollOneOff(thread, $1, 500, 1, 400, host: &$0.host) }),
        ("poll_oneoff events", { $0.libOS.pollOneOff(thread, 1000, $1, 1, 400, host: &$0.host) }),
        ("poll_oneoff result", { $0.libOS.pollOneOff(thread, 1000, 500, 1, $1, host: &$0.host) }),
        ("random_get", { $0.libOS.randomGet(thread, $1, 8, host: &$0.host) }),
        ("process_spawn path", { $0.libOS.processSpawn(thread, $1, 4, 1100, 24, 400, 500, 10, 404, host: &$0.host) }),
        ("process_spawn block", { $0.libOS.processSpawn(thread, 100, 4, $1, 24, 400, 500, 10, 404, host: &$0.host) }),
        ("process_spawn pid", { $0.libOS.processSpawn(thread, 100, 4, 1100, 24, $1, 500, 10, 404, host: &$0.host) }),
        ("process_spawn reason", { $0.libOS.processSpawn(thread, 100, 4, 1100, 24, 400, $1, 10, 404, host: &$0.host) }),
        ("process_spawn reason length", { $0.libOS.processSpawn(thread, 100, 4, 1100, 24, 400, 500, 10, $1, host: &$0.host) }),
        ("process_wait pid", { $0.libOS.processWait(thread, -1, 0, $1, 400, host: &$0.host) }),
        ("process_wait status", { $0.libOS.processWait(thread, -1, 0, 400, $1, host: &$0.host) }),
        ("process_group_get group", { $0.libOS.processGroupGet(thread, 0, $1, 400, host: &$0.host) }),
        ("process_group_get session", { $0.libOS.processGroupGet(thread, 0, 400, $1, host: &$0.host) }),
        ("process_list buffer", { $0.libOS.processList(thread, 0, $1, 100, 400, host: &$0.host) }),
        ("process_list length", { $0.libOS.processList(thread, 0, 500, 100, $1, host: &$0.host) }),
        ("signal_action action", { $0.libOS.signalAction(thread, 2, $1, 0, host: &$0.host) }),
        ("signal_action old", { $0.libOS.signalAction(thread, 2, 0, $1, host: &$0.host) }),
        ("signal_mask set", { $0.libOS.signalMask(thread, 0, $1, 400, host: &$0.host) }),
        ("signal_mask old", { $0.libOS.signalMask(thread, 0, 0, $1, host: &$0.host) }),
        ("signal_pending", { $0.libOS.signalPending(thread, $1, host: &$0.host) }),
        ("signal_suspend", { $0.libOS.signalSuspend(thread, $1, host: &$0.host) }),
        ("signal_wait set", { $0.libOS.signalWait(thread, $1, 400, 0, host: &$0.host) }),
        ("signal_wait result", { $0.libOS.signalWait(thread, 400, $1, 0, host: &$0.host) }),
        ("alarm_set time", { $0.libOS.alarmSet(thread, $1, 0, host: &$0.host) }),
        ("alarm_set old", { $0.libOS.alarmSet(thread, 400, $1, host: &$0.host) }),
        ("signal_take", { $0.libOS.signalTake(thread, $1, host: &$0.host) }),
        ("pipe_create read end", { $0.libOS.pipeCreate(thread, $1, 400, 0, host: &$0.host) }),
        ("pipe_create write end", { $0.libOS.pipeCreate(thread, 400, $1, 0, host: &$0.host) }),
        ("descriptor_duplicate", { $0.libOS.descriptorDuplicate(thread, 2, 0, $1, host: &$0.host) }),
        ("directory_change", { $0.libOS.directoryChange(thread, $1, 4, host: &$0.host) }),
        ("directory_current buffer", { $0.libOS.directoryCurrent(thread, $1, 100, 400, host: &$0.host) }),
        ("directory_current length", { $0.libOS.directoryCurrent(thread, 500, 100, $1, host: &$0.host) }),
        ("mask_set", { $0.libOS.maskSet(thread, 0, $1, host: &$0.host) }),
        ("path_status path", { $0.libOS.pathStatus(thread, 4, 0, $1, 4, 400, host: &$0.host) }),
        ("path_status result", { $0.libOS.pathStatus(thread, 4, 0, 100, 4, $1, host: &$0.host) }),
        ("descriptor_status", { $0.libOS.descriptorStatus(thread, 2, $1, host: &$0.host) }),
        ("path_mode_set", { $0.libOS.pathModeSet(thread, 4, 0, $1, 4, 0, host: &$0.host) }),
        ("path_owner_set", { $0.libOS.pathOwnerSet(thread, 4, 0, $1, 4, 0, 0, host: &$0.host) }),
        ("path_access", { $0.libOS.pathAccess(thread, 4, $1, 4, 0, host: &$0.host) }),
        ("descriptor_lock", { $0.libOS.descriptorLock(thread, 2, 0, 2, 1, 0, 0, 0, $1, host: &$0.host) }),
        ("terminal_attributes_get", { $0.libOS.terminalAttributesGet(thread, 0, $1, host: &$0.host) }),
        ("terminal_attributes_set", { $0.libOS.terminalAttributesSet(thread, 0, 0, $1, host: &$0.host) }),
        ("terminal_size_get", { $0.libOS.terminalSizeGet(thread, 0, $1, host: &$0.host) }),
        ("terminal_size_set", { $0.libOS.terminalSizeSet(thread, 0, $1, host: &$0.host) }),
        ("terminal_foreground_get", { $0.libOS.terminalForegroundGet(thread, 0, $1, host: &$0.host) }),
        ("terminal_session_get", { $0.libOS.terminalSessionGet(thread, 0, $1, host: &$0.host) }),
        ("pseudo_terminal_get", { $0.libOS.pseudoTerminalGet(thread, 0, $1, host: &$0.host) }),
        ("mount target", { $0.libOS.mount(thread, $1, 4, 100, 4, 100, 4, host: &$0.host) }),
        ("mount type", { $0.libOS.mount(thread, 100, 4, $1, 4, 100, 4, host: &$0.host) }),
        ("mount options", { $0.libOS.mount(thread, 100, 4, 100, 4, $1, 4, host: &$0.host) }),
        ("unmount", { $0.libOS.unmount(thread, $1, 4, host: &$0.host) }),
        ("mount_list buffer", { $0.libOS.mountList(thread, $1, 100, 400, host: &$0.host) }),
        ("mount_list length", { $0.libOS.mountList(thread, 500, 100, $1, host: &$0.host) }),
        ("system_name buffer", { $0.libOS.systemName(thread, $1, 200, 400, host: &$0.host) }),
        ("system_name length", { $0.libOS.systemName(thread, 500, 200, $1, host: &$0.host) }),
    ]

    @Test(arguments: cases.indices) func wrongAddress(_ index: Int) throws {
        let (name, call) = AddressTests.cases[index]
        // Beyond the end, across the end, at the very top.
        for address: Address in [0x10000, 0xFFFF, 0xFFFF_FFFF, 0xFFFF_FFFC] {
            var scene = try Scene(environment: ["A=1", "B=2"])
            _ = scene.put(path: "file")
            scene.put(vectors: [(500, 4)], 200)
            scene.put([UInt8](repeating: 0, count: 48), 1000)
            var block = Writer()
            block.value(SpawnBlock(arguments: [ByteString("x")]))
            scene.put(block.bytes, 1100)
            let before = (scene.libOS.table, scene.libOS.mask)
            #expect(call(&scene, address) == code(.badAddress), "\(name) at \(address)")
            #expect(scene.host.sent.isEmpty, "\(name)")
            #expect(scene.libOS.table == before.0 && scene.libOS.mask == before.1, "\(name)")
            #expect(scene.libOS.requests.isEmpty, "\(name)")
        }
    }
}
