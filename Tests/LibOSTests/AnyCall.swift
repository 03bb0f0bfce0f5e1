import ABI
import TestSupport
import Testing

@testable import LibOS

/// The arguments of one random call: mostly plausible ones, drawn before it is known which call takes them.
struct Draw {
    /// Descriptors.
    let one: UInt32, two: UInt32
    /// Where results go.
    let result: Address, second: Address
    /// A path's address and length.
    let path: (address: Address, length: UInt32)
    let count: UInt32
    let size: UInt64
    let signal: UInt32
    /// Small flags.
    let flag: UInt32

    /// Where `Scene.furnish` put things.
    static let vectors: Address = 200
    static let subscriptions: Address = 1000
    static let block: Address = 1800
    static let attributes: Address = 2000
    static let windowSize: Address = 2100
    static let action: Address = 2200
    static let signals: Address = 2240
    static let time: Address = 2248

    init(_ random: inout Seeded) {
        // 3 and 4 are the preopened directories.
        one = UInt32(random.chance(30) ? 3 + random.below(2) : random.below(8))
        two = UInt32(random.chance(30) ? 3 + random.below(2) : random.below(8))
        let place = Address(random.below(70_000))
        let isUsual = random.chance(90)
        result = isUsual ? 20_000 + place / 2 : place
        second = isUsual ? 64_000 : place
        path = (100, random.chance(80) ? 9 : UInt32(random.below(64)))
        count = UInt32(random.below(64))
        size = random.next() >> UInt64(random.below(64))
        signal = UInt32(random.below(34))
        flag = random.chance(70) ? UInt32(random.below(2)) : UInt32(random.below(8))
    }
}

extension Scene {
    typealias Call = @Sendable (inout Scene, ThreadID, Draw) -> Int32

    /// Puts what calls point at into the program's memory.
    mutating func furnish() {
        _ = put(path: "some/file")
        put(vectors: [(5000, 7), (6000, 20)], Int(Draw.vectors))
        var subscriptions = Writer()
        for index in 0..<8 {
            subscriptions.u64(UInt64(index))
            subscriptions.u64(UInt64(index % 3))
            subscriptions.u64(UInt64(index % 4))
            subscriptions.u64(UInt64(index + 1) * 1_000_000)
            subscriptions.u64(0)
            subscriptions.u64(0)
        }
        put(subscriptions.bytes, Int(Draw.subscriptions))
        var block = Writer()
        block.value(SpawnBlock(arguments: [ByteString("x")]))
        put(block.bytes, Int(Draw.block))
        var attributes = Writer()
        attributes.value(TerminalAttributes.standard)
        put(attributes.bytes, Int(Draw.attributes))
        var size = Writer()
        size.value(WindowSize(rows: 24, columns: 80, width: 0, height: 0))
        put(size.bytes, Int(Draw.windowSize))
        var action = Writer()
        action.u32(UInt32(Disposition.interrupt.rawValue))
        action.u32(5)
        action.value(ActionFlags([.information, .restart]))
        action.u32(2300)
        action.u64(Signal.hangUp.bit)
        put(action.bytes, Int(Draw.action))
        var signals = Writer()
        signals.u64(Signal.child.bit)
        signals.u64(1_000_000)
        signals.u64(0)
        put(signals.bytes, Int(Draw.signals))
    }

    /// Lets the handlers run that a call answers with; answers what it comes to then.
    mutating func handled(_ thread: ThreadID, _ result: Int32) -> Int32 {
        var result = result
        while result == ProgramABI.handler {
            _ = libOS.handlerBegin(thread, host: &host)
            libOS.handlerEnd(thread, host: &host)
            result = libOS.resume(thread)
        }
        return result
    }

    /// Bytes of `SpawnBlock(arguments: [ByteString("x")])`.
    static let blockLength: UInt32 = 25

    /// Every call of the program ABI but `proc_exit`, by its import name.
    static let calls: [(name: String, call: Call)] = wasiFiles + wasiPaths + wasiOthers + martletProcesses + martletFiles

    private static let wasiFiles: [(name: String, call: Call)] = [
        ("fd_advise", { $0.libOS.fdAdvise($1, $2.one, $2.size, $2.size, $2.flag, host: &$0.host) }),
        ("fd_allocate", { $0.libOS.fdAllocate($1, $2.one, $2.size, $2.size, host: &$0.host) }),
        ("fd_close", { $0.libOS.fdClose($1, $2.one, host: &$0.host) }),
        ("fd_datasync", { $0.libOS.fdDataSync($1, $2.one, host: &$0.host) }),
        ("fd_fdstat_get", { $0.libOS.fdStatGet($1, $2.one, $2.result, host: &$0.host) }),
        ("fd_fdstat_set_flags", { $0.libOS.fdStatSetFlags($1, $2.one, $2.flag, host: &$0.host) }),
        ("fd_fdstat_set_rights", { $0.libOS.fdStatSetRights($1, $2.one, Rights.all.rawValue & $2.size, 0, host: &$0.host) }),
        ("fd_filestat_get", { $0.libOS.fdFileStatGet($1, $2.one, $2.result, host: &$0.host) }),
        ("fd_filestat_set_size", { $0.libOS.fdFileStatSetSize($1, $2.one, $2.size, host: &$0.host) }),
        ("fd_filestat_set_times", { $0.libOS.fdFileStatSetTimes($1, $2.one, $2.size, $2.size, $2.flag, host: &$0.host) }),
        ("fd_pread", { $0.libOS.fdReadAt($1, $2.one, Draw.vectors, 2, $2.size, $2.result, host: &$0.host) }),
        ("fd_prestat_get", { $0.libOS.fdPrestatGet($1, $2.one, $2.result, host: &$0.host) }),
        ("fd_prestat_dir_name", { $0.libOS.fdPrestatDirName($1, $2.one, $2.result, $2.flag, host: &$0.host) }),
        ("fd_pwrite", { $0.libOS.fdWriteAt($1, $2.one, Draw.vectors, 2, $2.size, $2.result, host: &$0.host) }),
        ("fd_read", { $0.libOS.fdRead($1, $2.one, Draw.vectors, 2, $2.result, host: &$0.host) }),
        ("fd_readdir", { $0.libOS.fdReadDirectory($1, $2.one, 5000, $2.count * 10, 0, $2.result, host: &$0.host) }),
        ("fd_renumber", { $0.libOS.fdRenumber($1, $2.one, $2.two, host: &$0.host) }),
        ("fd_seek", { $0.libOS.fdSeek($1, $2.one, Int64($2.count), $2.flag, $2.result, host: &$0.host) }),
        ("fd_sync", { $0.libOS.fdSync($1, $2.one, host: &$0.host) }),
        ("fd_tell", { $0.libOS.fdTell($1, $2.one, $2.result, host: &$0.host) }),
        ("fd_write", { $0.libOS.fdWrite($1, $2.one, Draw.vectors, 2, $2.result, host: &$0.host) }),
        ("poll_oneoff", { $0.libOS.pollOneOff($1, Draw.subscriptions, 3000, $2.count % 8, $2.result, host: &$0.host) }),
    ]

    private static let wasiPaths: [(name: String, call: Call)] = [
        ("path_create_directory", { $0.libOS.pathCreateDirectory($1, $2.one, $2.path.address, $2.path.length, host: &$0.host) }),
        (
            "path_filestat_get",
            { $0.libOS.pathFileStatGet($1, $2.one, $2.flag, $2.path.address, $2.path.length, $2.result, host: &$0.host) }
        ),
        (
            "path_filestat_set_times",
            {
                $0.libOS.pathFileStatSetTimes(
                    $1, $2.one, $2.flag, $2.path.address, $2.path.length, $2.size, $2.size, $2.flag, host: &$0.host)
            }
        ),
        (
            "path_link",
            {
                $0.libOS.pathLink(
                    $1, $2.one, $2.flag, $2.path.address, $2.path.length, $2.two, $2.path.address, $2.path.length, host: &$0.host)
            }
        ),
        (
            "path_open",
            {
                $0.libOS.pathOpen(
                    $1, $2.one, 1, $2.path.address, $2.path.length, $2.flag, .max, .max, $2.flag, $2.result, host: &$0.host)
            }
        ),
        (
            "path_readlink",
            { $0.libOS.pathReadLink($1, $2.one, $2.path.address, $2.path.length, $2.result, $2.count, $2.second, host: &$0.host) }
        ),
        ("path_remove_directory", { $0.libOS.pathRemoveDirectory($1, $2.one, $2.path.address, $2.path.length, host: &$0.host) }),
        (
            "path_rename",
            {
                $0.libOS.pathRename(
                    $1, $2.one, $2.path.address, $2.path.length, $2.two, $2.path.address, $2.path.length, host: &$0.host)
            }
        ),
        (
            "path_symlink",
            { $0.libOS.pathSymbolicLink($1, 100, 4, $2.one, $2.path.address, $2.path.length, host: &$0.host) }
        ),
        ("path_unlink_file", { $0.libOS.pathUnlinkFile($1, $2.one, $2.path.address, $2.path.length, host: &$0.host) }),
    ]

    private static let wasiOthers: [(name: String, call: Call)] = [
        ("args_get", { $0.libOS.argumentsGet($1, $2.result, $2.second, host: &$0.host) }),
        ("args_sizes_get", { $0.libOS.argumentSizesGet($1, $2.result, $2.second, host: &$0.host) }),
        ("environ_get", { $0.libOS.environmentGet($1, $2.result, $2.second, host: &$0.host) }),
        ("environ_sizes_get", { $0.libOS.environmentSizesGet($1, $2.result, $2.second, host: &$0.host) }),
        ("clock_res_get", { $0.libOS.clockResolutionGet($1, $2.flag, $2.result, host: &$0.host) }),
        ("clock_time_get", { $0.libOS.clockTimeGet($1, $2.flag, 0, $2.result, host: &$0.host) }),
        ("proc_raise", { $0.libOS.processRaise($1, $2.signal, host: &$0.host) }),
        ("random_get", { $0.libOS.randomGet($1, $2.result, $2.count, host: &$0.host) }),
        ("sched_yield", { scene, thread, _ in scene.libOS.schedulerYield(thread, host: &scene.host) }),
        ("sock_accept", { $0.libOS.socketAccept($1, $2.one, 0, $2.result, host: &$0.host) }),
        (
            "sock_recv",
            { $0.libOS.socketReceive($1, $2.one, Draw.vectors, 2, 0, $2.result, $2.second, host: &$0.host) }
        ),
        ("sock_send", { $0.libOS.socketSend($1, $2.one, Draw.vectors, 2, 0, $2.result, host: &$0.host) }),
        ("sock_shutdown", { $0.libOS.socketShutdown($1, $2.one, $2.flag, host: &$0.host) }),
    ]

    private static let martletProcesses: [(name: String, call: Call)] = [
        (
            "process_spawn",
            {
                $0.libOS.processSpawn(
                    $1, $2.path.address, $2.path.length, Draw.block, Scene.blockLength + $2.flag / 2, $2.result, 500, 10, $2.second,
                    host: &$0.host)
            }
        ),
        ("process_wait", { $0.libOS.processWait($1, -1, $2.flag, $2.result, $2.second, host: &$0.host) }),
        ("process_kill", { $0.libOS.processKill($1, Int32($2.count), $2.signal * 2, host: &$0.host) }),
        ("process_id", { scene, thread, _ in scene.libOS.processID(thread) }),
        ("process_parent_id", { scene, thread, _ in scene.libOS.processParentID(thread) }),
        ("process_group_get", { $0.libOS.processGroupGet($1, Int32($2.count), $2.result, $2.second, host: &$0.host) }),
        ("process_group_set", { $0.libOS.processGroupSet($1, Int32($2.count), Int32($2.count), host: &$0.host) }),
        ("process_list", { $0.libOS.processList($1, Int32($2.count), $2.result, 4096, $2.second, host: &$0.host) }),
        ("process_session_create", { scene, thread, _ in scene.libOS.processSessionCreate(thread, host: &scene.host) }),
        ("signal_action", { $0.libOS.signalAction($1, $2.signal, $2.flag == 0 ? 0 : Draw.action, $2.result, host: &$0.host) }),
        ("signal_mask", { $0.libOS.signalMask($1, $2.flag, Draw.signals, $2.result, host: &$0.host) }),
        ("signal_pending", { $0.libOS.signalPending($1, $2.result, host: &$0.host) }),
        ("signal_suspend", { $0.libOS.signalSuspend($1, $2.flag == 0 ? Draw.time : $2.result, host: &$0.host) }),
        ("signal_wait", { $0.libOS.signalWait($1, Draw.signals, $2.result, $2.size, host: &$0.host) }),
        ("signal_queue", { $0.libOS.signalQueue($1, Int32($2.count), $2.signal * 2, $2.size, host: &$0.host) }),
        ("alarm_set", { $0.libOS.alarmSet($1, Draw.time, $2.result, host: &$0.host) }),
        ("signal_disposition", { $0.libOS.signalDisposition($1, $2.signal, 2, host: &$0.host) }),
        ("signal_take", { $0.libOS.signalTake($1, $2.result, host: &$0.host) }),
        (
            "descriptor_lock",
            {
                $0.libOS.descriptorLock(
                    $1, $2.one, $2.flag & 1, $2.flag, $2.flag, $2.flag, Int64($2.count), Int64($2.count), $2.result, host: &$0.host)
            }
        ),
        ("terminal_attributes_get", { $0.libOS.terminalAttributesGet($1, $2.one, $2.result, host: &$0.host) }),
        ("terminal_attributes_set", { $0.libOS.terminalAttributesSet($1, $2.one, $2.flag, Draw.attributes, host: &$0.host) }),
        ("terminal_size_get", { $0.libOS.terminalSizeGet($1, $2.one, $2.result, host: &$0.host) }),
        ("terminal_size_set", { $0.libOS.terminalSizeSet($1, $2.one, Draw.windowSize, host: &$0.host) }),
        ("terminal_foreground_get", { $0.libOS.terminalForegroundGet($1, $2.one, $2.result, host: &$0.host) }),
        ("terminal_foreground_set", { $0.libOS.terminalForegroundSet($1, $2.one, Int32($2.count), host: &$0.host) }),
        ("terminal_session_get", { $0.libOS.terminalSessionGet($1, $2.one, $2.result, host: &$0.host) }),
        ("terminal_control", { $0.libOS.terminalControl($1, $2.one, $2.count, host: &$0.host) }),
        ("pseudo_terminal_get", { $0.libOS.pseudoTerminalGet($1, $2.one, $2.result, host: &$0.host) }),
        ("system_name", { $0.libOS.systemName($1, $2.result, $2.count * 4, $2.second, host: &$0.host) }),
    ]

    private static let martletFiles: [(name: String, call: Call)] = [
        ("pipe_create", { $0.libOS.pipeCreate($1, $2.result, $2.second, $2.flag / 2 * 4, host: &$0.host) }),
        ("descriptor_duplicate", { $0.libOS.descriptorDuplicate($1, $2.one, $2.two, $2.result, host: &$0.host) }),
        ("descriptor_duplicate_to", { $0.libOS.descriptorDuplicateTo($1, $2.one, $2.count, host: &$0.host) }),
        ("directory_change", { $0.libOS.directoryChange($1, $2.path.address, $2.path.length, host: &$0.host) }),
        ("directory_current", { $0.libOS.directoryCurrent($1, $2.result, $2.count, $2.second, host: &$0.host) }),
        ("mask_set", { $0.libOS.maskSet($1, $2.count, $2.result, host: &$0.host) }),
        (
            "path_status",
            { $0.libOS.pathStatus($1, $2.one, $2.flag, $2.path.address, $2.path.length, $2.result, host: &$0.host) }
        ),
        ("descriptor_status", { $0.libOS.descriptorStatus($1, $2.one, $2.result, host: &$0.host) }),
        (
            "path_mode_set",
            { $0.libOS.pathModeSet($1, $2.one, $2.flag, $2.path.address, $2.path.length, $2.count, host: &$0.host) }
        ),
        (
            "path_owner_set",
            { $0.libOS.pathOwnerSet($1, $2.one, $2.flag, $2.path.address, $2.path.length, $2.count, $2.count, host: &$0.host) }
        ),
        ("path_access", { $0.libOS.pathAccess($1, $2.one, $2.path.address, $2.path.length, $2.flag, host: &$0.host) }),
        (
            "mount",
            { $0.libOS.mount($1, $2.path.address, $2.path.length, 100, 4, 100, $2.count, host: &$0.host) }
        ),
        ("unmount", { $0.libOS.unmount($1, $2.path.address, $2.path.length, host: &$0.host) }),
        ("mount_list", { $0.libOS.mountList($1, $2.result, 4096, $2.second, host: &$0.host) }),
    ]
}

@Suite struct AnyCallTests {
    @Test func everyCallOfTheABIIsThere() {
        let names = (ProgramABI.wasi + ProgramABI.martlet).map { "\($0.name)" }.filter { $0 != "proc_exit" }
        #expect(Scene.calls.map(\.name).sorted() == names.sorted())
    }
}
