/// A WebAssembly value type as it stands in a signature.
package enum ValueType: Sendable { case i32, i64 }

/// One function that a program may import.
package struct ProgramCall: Sendable {
    /// The import's name; the libOS exports it under the same name, with the thread id (i32) before the other parameters.
    package let name: StaticString
    /// Its parameters, without the thread id.
    package let parameters: [ValueType]
    /// Whether it has an i32 result.
    package let hasResult: Bool
    /// Whether it may wait. One that never waits is bound directly, never as Suspending.
    package let mayWait: Bool

    init(_ name: StaticString, _ parameters: [ValueType], hasResult: Bool = true, mayWait: Bool = true) {
        self.name = name
        self.parameters = parameters
        self.hasResult = hasResult
        self.mayWait = mayWait
    }
}

/// The program ABI: what a program may import, and from which module.
package enum ProgramABI {
    /// Import module of WASI preview 1.
    package static let wasiModule: StaticString = "wasi_snapshot_preview1"
    /// Import module of Martlet's own calls.
    package static let martletModule: StaticString = "martlet_v1"

    /// WASI preview 1, whole.
    package static let wasi: [ProgramCall] = [
        ProgramCall("args_get", [.i32, .i32], mayWait: false),
        ProgramCall("args_sizes_get", [.i32, .i32], mayWait: false),
        ProgramCall("environ_get", [.i32, .i32], mayWait: false),
        ProgramCall("environ_sizes_get", [.i32, .i32], mayWait: false),
        ProgramCall("clock_res_get", [.i32, .i32], mayWait: false),
        ProgramCall("clock_time_get", [.i32, .i64, .i32], mayWait: false),
        ProgramCall("fd_advise", [.i32, .i64, .i64, .i32], mayWait: false),
        ProgramCall("fd_allocate", [.i32, .i64, .i64]),
        ProgramCall("fd_close", [.i32]),
        ProgramCall("fd_datasync", [.i32]),
        ProgramCall("fd_fdstat_get", [.i32, .i32], mayWait: false),
        ProgramCall("fd_fdstat_set_flags", [.i32, .i32]),
        ProgramCall("fd_fdstat_set_rights", [.i32, .i64, .i64], mayWait: false),
        ProgramCall("fd_filestat_get", [.i32, .i32]),
        ProgramCall("fd_filestat_set_size", [.i32, .i64]),
        ProgramCall("fd_filestat_set_times", [.i32, .i64, .i64, .i32]),
        ProgramCall("fd_pread", [.i32, .i32, .i32, .i64, .i32]),
        ProgramCall("fd_prestat_get", [.i32, .i32]),
        ProgramCall("fd_prestat_dir_name", [.i32, .i32, .i32], mayWait: false),
        ProgramCall("fd_pwrite", [.i32, .i32, .i32, .i64, .i32]),
        ProgramCall("fd_read", [.i32, .i32, .i32, .i32]),
        ProgramCall("fd_readdir", [.i32, .i32, .i32, .i64, .i32]),
        ProgramCall("fd_renumber", [.i32, .i32]),
        ProgramCall("fd_seek", [.i32, .i64, .i32, .i32]),
        ProgramCall("fd_sync", [.i32]),
        ProgramCall("fd_tell", [.i32, .i32]),
        ProgramCall("fd_write", [.i32, .i32, .i32, .i32]),
        ProgramCall("path_create_directory", [.i32, .i32, .i32]),
        ProgramCall("path_filestat_get", [.i32, .i32, .i32, .i32, .i32]),
        ProgramCall("path_filestat_set_times", [.i32, .i32, .i32, .i32, .i64, .i64, .i32]),
        ProgramCall("path_link", [.i32, .i32, .i32, .i32, .i32, .i32, .i32]),
        ProgramCall("path_open", [.i32, .i32, .i32, .i32, .i32, .i64, .i64, .i32, .i32]),
        ProgramCall("path_readlink", [.i32, .i32, .i32, .i32, .i32, .i32]),
        ProgramCall("path_remove_directory", [.i32, .i32, .i32]),
        ProgramCall("path_rename", [.i32, .i32, .i32, .i32, .i32, .i32]),
        ProgramCall("path_symlink", [.i32, .i32, .i32, .i32, .i32]),
        ProgramCall("path_unlink_file", [.i32, .i32, .i32]),
        ProgramCall("poll_oneoff", [.i32, .i32, .i32, .i32]),
        ProgramCall("proc_exit", [.i32], hasResult: false),
        ProgramCall("proc_raise", [.i32]),
        ProgramCall("random_get", [.i32, .i32], mayWait: false),
        ProgramCall("sched_yield", []),
        ProgramCall("sock_accept", [.i32, .i32, .i32], mayWait: false),
        ProgramCall("sock_recv", [.i32, .i32, .i32, .i32, .i32, .i32], mayWait: false),
        ProgramCall("sock_send", [.i32, .i32, .i32, .i32, .i32], mayWait: false),
        ProgramCall("sock_shutdown", [.i32, .i32], mayWait: false),
    ]

    /// Martlet's own calls, described in `Sources/Martlet/README.md`. Each answers 0 or an `Errno`, unless told otherwise.
    package static let martlet: [ProgramCall] = [
        // (path, path length, block, block length, pid result, reason buffer, reason capacity, reason length result)
        ProgramCall("process_spawn", [.i32, .i32, .i32, .i32, .i32, .i32, .i32, .i32]),
        // (target, flags, pid result, status result: kind << 8 | code, kind a ChangeKind)
        ProgramCall("process_wait", [.i32, .i32, .i32, .i32]),
        // (target, signal)
        ProgramCall("process_kill", [.i32, .i32]),
        // () → pid
        ProgramCall("process_id", [], mayWait: false),
        // () → pid of the parent
        ProgramCall("process_parent_id", [], mayWait: false),
        // (pid, group result, session result)
        ProgramCall("process_group_get", [.i32, .i32, .i32]),
        // (pid, group)
        ProgramCall("process_group_set", [.i32, .i32]),
        // (after pid, buffer, capacity, length result): encoded ProcessList
        ProgramCall("process_list", [.i32, .i32, .i32, .i32]),
        // (): C: setsid(2)
        ProgramCall("process_session_create", []),
        // (signal, disposition)
        ProgramCall("signal_disposition", [.i32, .i32]),
        // (signal, action or 0, old action result or 0): disposition, function, flags, information u32, mask u64
        ProgramCall("signal_action", [.i32, .i32, .i32]),
        // (how: 0 block, 1 let through, 2 set; set or 0: u64; old set result or 0: u64)
        ProgramCall("signal_mask", [.i32, .i32, .i32]),
        // (set result: u64)
        ProgramCall("signal_pending", [.i32]),
        // (set: u64)
        ProgramCall("signal_suspend", [.i32]),
        // (set: u64; result: signal, code, process i32, user u32, value u64; nanoseconds, all ones: for ever)
        ProgramCall("signal_wait", [.i32, .i32, .i64]),
        // (pid, signal, value)
        ProgramCall("signal_queue", [.i32, .i32, .i64]),
        // (time, old time result or 0): nanoseconds until its end u64, from one end to the next u64
        ProgramCall("alarm_set", [.i32, .i32]),
        // (set result: u64; takes the pending signals)
        ProgramCall("signal_take", [.i32], mayWait: false),
        // (read end result, write end result, flags)
        ProgramCall("pipe_create", [.i32, .i32, .i32]),
        // (descriptor, least new number, result)
        ProgramCall("descriptor_duplicate", [.i32, .i32, .i32], mayWait: false),
        // (descriptor, new number: closed first if open)
        ProgramCall("descriptor_duplicate_to", [.i32, .i32]),
        // (path, path length)
        ProgramCall("directory_change", [.i32, .i32]),
        // (buffer, capacity, length result)
        ProgramCall("directory_current", [.i32, .i32, .i32]),
        // (mask, old mask result)
        ProgramCall("mask_set", [.i32, .i32], mayWait: false),
        // (directory, flags: 1 follow, path, path length, result: 79 bytes, an encoded FileStatus)
        ProgramCall("path_status", [.i32, .i32, .i32, .i32, .i32]),
        // (descriptor, result: an encoded FileStatus)
        ProgramCall("descriptor_status", [.i32, .i32]),
        // (directory, flags, path, path length, mode)
        ProgramCall("path_mode_set", [.i32, .i32, .i32, .i32, .i32]),
        // (directory, flags, path, path length, user, group)
        ProgramCall("path_owner_set", [.i32, .i32, .i32, .i32, .i32, .i32]),
        // (directory, path, path length, access bits)
        ProgramCall("path_access", [.i32, .i32, .i32, .i32]),
        // (descriptor, scope: 0 process 1 description, action: 0 set 1 wait 2 ask, kind: 0 none 1 shared 2 exclusive, whence, start, length,
        // result of ask: 24 bytes, an encoded LockStatus)
        ProgramCall("descriptor_lock", [.i32, .i32, .i32, .i32, .i32, .i64, .i64, .i32]),
        // (descriptor, result: an encoded TerminalAttributes)
        ProgramCall("terminal_attributes_get", [.i32, .i32]),
        // (descriptor, action, attributes)
        ProgramCall("terminal_attributes_set", [.i32, .i32, .i32]),
        // (descriptor, result: an encoded WindowSize)
        ProgramCall("terminal_size_get", [.i32, .i32]),
        // (descriptor, size)
        ProgramCall("terminal_size_set", [.i32, .i32]),
        // (descriptor, group result)
        ProgramCall("terminal_foreground_get", [.i32, .i32]),
        // (descriptor, group)
        ProgramCall("terminal_foreground_set", [.i32, .i32]),
        // (descriptor, session result)
        ProgramCall("terminal_session_get", [.i32, .i32]),
        // (descriptor, command)
        ProgramCall("terminal_control", [.i32, .i32]),
        // (master's descriptor, number result)
        ProgramCall("pseudo_terminal_get", [.i32, .i32]),
        // (target, target length, type, type length, options, options length)
        ProgramCall("mount", [.i32, .i32, .i32, .i32, .i32, .i32]),
        // (target, target length)
        ProgramCall("unmount", [.i32, .i32]),
        // (buffer, capacity, length result): encoded MountList
        ProgramCall("mount_list", [.i32, .i32, .i32]),
        // (buffer, capacity, length result): five strings, each ended by a zero: system, node, release, version, machine
        ProgramCall("system_name", [.i32, .i32, .i32], mayWait: false),
    ]

    /// What a libOS call answers when it has to wait: the hart waits for the next message and calls `resume`.
    package static let pending: Int32 = -1
    /// What it answers when the hart has been away from its event loop for too long: return through a macrotask, then `resume`.
    package static let yield: Int32 = -2
    /// What it answers instead of a result when a handler of the program is to run first: `handler_begin`, the program's function,
    /// `handler_end`, `resume`.
    package static let handler: Int32 = -3
}
