// The calls of WASI preview 1 as exports, in the order of `ProgramABI.wasi`: the thread first, then the call's parameters.

import ABI
import LibOS

@_expose(wasm, "args_get") @_cdecl("martlet_args_get")
func argsGet(_ thread: Int32, _ a: UInt32, _ b: UInt32) -> Int32 {
    State.libOS.argumentsGet(ThreadID(rawValue: thread), a, b, host: &State.port)
}

@_expose(wasm, "args_sizes_get") @_cdecl("martlet_args_sizes_get")
func argsSizesGet(_ thread: Int32, _ a: UInt32, _ b: UInt32) -> Int32 {
    State.libOS.argumentSizesGet(ThreadID(rawValue: thread), a, b, host: &State.port)
}

@_expose(wasm, "environ_get") @_cdecl("martlet_environ_get")
func environGet(_ thread: Int32, _ a: UInt32, _ b: UInt32) -> Int32 {
    State.libOS.environmentGet(ThreadID(rawValue: thread), a, b, host: &State.port)
}

@_expose(wasm, "environ_sizes_get") @_cdecl("martlet_environ_sizes_get")
func environSizesGet(_ thread: Int32, _ a: UInt32, _ b: UInt32) -> Int32 {
    State.libOS.environmentSizesGet(ThreadID(rawValue: thread), a, b, host: &State.port)
}

@_expose(wasm, "clock_res_get") @_cdecl("martlet_clock_res_get")
func clockResGet(_ thread: Int32, _ a: UInt32, _ b: UInt32) -> Int32 {
    State.libOS.clockResolutionGet(ThreadID(rawValue: thread), a, b, host: &State.port)
}

@_expose(wasm, "clock_time_get") @_cdecl("martlet_clock_time_get")
func clockTimeGet(_ thread: Int32, _ a: UInt32, _ b: UInt64, _ c: UInt32) -> Int32 {
    State.libOS.clockTimeGet(ThreadID(rawValue: thread), a, b, c, host: &State.port)
}

@_expose(wasm, "fd_advise") @_cdecl("martlet_fd_advise")
func fdAdvise(_ thread: Int32, _ a: UInt32, _ b: UInt64, _ c: UInt64, _ d: UInt32) -> Int32 {
    State.libOS.fdAdvise(ThreadID(rawValue: thread), a, b, c, d, host: &State.port)
}

@_expose(wasm, "fd_allocate") @_cdecl("martlet_fd_allocate")
func fdAllocate(_ thread: Int32, _ a: UInt32, _ b: UInt64, _ c: UInt64) -> Int32 {
    State.libOS.fdAllocate(ThreadID(rawValue: thread), a, b, c, host: &State.port)
}

@_expose(wasm, "fd_close") @_cdecl("martlet_fd_close")
func fdClose(_ thread: Int32, _ a: UInt32) -> Int32 {
    State.libOS.fdClose(ThreadID(rawValue: thread), a, host: &State.port)
}

@_expose(wasm, "fd_datasync") @_cdecl("martlet_fd_datasync")
func fdDatasync(_ thread: Int32, _ a: UInt32) -> Int32 {
    State.libOS.fdDataSync(ThreadID(rawValue: thread), a, host: &State.port)
}

@_expose(wasm, "fd_fdstat_get") @_cdecl("martlet_fd_fdstat_get")
func fdFdstatGet(_ thread: Int32, _ a: UInt32, _ b: UInt32) -> Int32 {
    State.libOS.fdStatGet(ThreadID(rawValue: thread), a, b, host: &State.port)
}

@_expose(wasm, "fd_fdstat_set_flags") @_cdecl("martlet_fd_fdstat_set_flags")
func fdFdstatSetFlags(_ thread: Int32, _ a: UInt32, _ b: UInt32) -> Int32 {
    State.libOS.fdStatSetFlags(ThreadID(rawValue: thread), a, b, host: &State.port)
}

@_expose(wasm, "fd_fdstat_set_rights") @_cdecl("martlet_fd_fdstat_set_rights")
func fdFdstatSetRights(_ thread: Int32, _ a: UInt32, _ b: UInt64, _ c: UInt64) -> Int32 {
    State.libOS.fdStatSetRights(ThreadID(rawValue: thread), a, b, c, host: &State.port)
}

@_expose(wasm, "fd_filestat_get") @_cdecl("martlet_fd_filestat_get")
func fdFilestatGet(_ thread: Int32, _ a: UInt32, _ b: UInt32) -> Int32 {
    State.libOS.fdFileStatGet(ThreadID(rawValue: thread), a, b, host: &State.port)
}

@_expose(wasm, "fd_filestat_set_size") @_cdecl("martlet_fd_filestat_set_size")
func fdFilestatSetSize(_ thread: Int32, _ a: UInt32, _ b: UInt64) -> Int32 {
    State.libOS.fdFileStatSetSize(ThreadID(rawValue: thread), a, b, host: &State.port)
}

@_expose(wasm, "fd_filestat_set_times") @_cdecl("martlet_fd_filestat_set_times")
func fdFilestatSetTimes(_ thread: Int32, _ a: UInt32, _ b: UInt64, _ c: UInt64, _ d: UInt32) -> Int32 {
    State.libOS.fdFileStatSetTimes(ThreadID(rawValue: thread), a, b, c, d, host: &State.port)
}

@_expose(wasm, "fd_pread") @_cdecl("martlet_fd_pread")
func fdPread(_ thread: Int32, _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt64, _ e: UInt32) -> Int32 {
    State.libOS.fdReadAt(ThreadID(rawValue: thread), a, b, c, d, e, host: &State.port)
}

@_expose(wasm, "fd_prestat_get") @_cdecl("martlet_fd_prestat_get")
func fdPrestatGet(_ thread: Int32, _ a: UInt32, _ b: UInt32) -> Int32 {
    State.libOS.fdPrestatGet(ThreadID(rawValue: thread), a, b, host: &State.port)
}

@_expose(wasm, "fd_prestat_dir_name") @_cdecl("martlet_fd_prestat_dir_name")
func fdPrestatDirName(_ thread: Int32, _ a: UInt32, _ b: UInt32, _ c: UInt32) -> Int32 {
    State.libOS.fdPrestatDirName(ThreadID(rawValue: thread), a, b, c, host: &State.port)
}

@_expose(wasm, "fd_pwrite") @_cdecl("martlet_fd_pwrite")
func fdPwrite(_ thread: Int32, _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt64, _ e: UInt32) -> Int32 {
    State.libOS.fdWriteAt(ThreadID(rawValue: thread), a, b, c, d, e, host: &State.port)
}

@_expose(wasm, "fd_read") @_cdecl("martlet_fd_read")
func fdRead(_ thread: Int32, _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32) -> Int32 {
    State.libOS.fdRead(ThreadID(rawValue: thread), a, b, c, d, host: &State.port)
}

@_expose(wasm, "fd_readdir") @_cdecl("martlet_fd_readdir")
func fdReaddir(_ thread: Int32, _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt64, _ e: UInt32) -> Int32 {
    State.libOS.fdReadDirectory(ThreadID(rawValue: thread), a, b, c, d, e, host: &State.port)
}

@_expose(wasm, "fd_renumber") @_cdecl("martlet_fd_renumber")
func fdRenumber(_ thread: Int32, _ a: UInt32, _ b: UInt32) -> Int32 {
    State.libOS.fdRenumber(ThreadID(rawValue: thread), a, b, host: &State.port)
}

@_expose(wasm, "fd_seek") @_cdecl("martlet_fd_seek")
func fdSeek(_ thread: Int32, _ a: UInt32, _ b: Int64, _ c: UInt32, _ d: UInt32) -> Int32 {
    State.libOS.fdSeek(ThreadID(rawValue: thread), a, b, c, d, host: &State.port)
}

@_expose(wasm, "fd_sync") @_cdecl("martlet_fd_sync")
func fdSync(_ thread: Int32, _ a: UInt32) -> Int32 {
    State.libOS.fdSync(ThreadID(rawValue: thread), a, host: &State.port)
}

@_expose(wasm, "fd_tell") @_cdecl("martlet_fd_tell")
func fdTell(_ thread: Int32, _ a: UInt32, _ b: UInt32) -> Int32 {
    State.libOS.fdTell(ThreadID(rawValue: thread), a, b, host: &State.port)
}

@_expose(wasm, "fd_write") @_cdecl("martlet_fd_write")
func fdWrite(_ thread: Int32, _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32) -> Int32 {
    State.libOS.fdWrite(ThreadID(rawValue: thread), a, b, c, d, host: &State.port)
}

@_expose(wasm, "path_create_directory") @_cdecl("martlet_path_create_directory")
func pathCreateDirectory(_ thread: Int32, _ a: UInt32, _ b: UInt32, _ c: UInt32) -> Int32 {
    State.libOS.pathCreateDirectory(ThreadID(rawValue: thread), a, b, c, host: &State.port)
}

@_expose(wasm, "path_filestat_get") @_cdecl("martlet_path_filestat_get")
func pathFilestatGet(_ thread: Int32, _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, _ e: UInt32) -> Int32 {
    State.libOS.pathFileStatGet(ThreadID(rawValue: thread), a, b, c, d, e, host: &State.port)
}

@_expose(wasm, "path_filestat_set_times") @_cdecl("martlet_path_filestat_set_times")
func pathFilestatSetTimes(
    _ thread: Int32, _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, _ e: UInt64, _ f: UInt64, _ g: UInt32
) -> Int32 {
    State.libOS.pathFileStatSetTimes(ThreadID(rawValue: thread), a, b, c, d, e, f, g, host: &State.port)
}

@_expose(wasm, "path_link") @_cdecl("martlet_path_link")
func pathLink(_ thread: Int32, _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, _ e: UInt32, _ f: UInt32, _ g: UInt32) -> Int32 {
    State.libOS.pathLink(ThreadID(rawValue: thread), a, b, c, d, e, f, g, host: &State.port)
}

@_expose(wasm, "path_open") @_cdecl("martlet_path_open")
func pathOpen(
    _ thread: Int32, _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, _ e: UInt32, _ f: UInt64, _ g: UInt64, _ h: UInt32, _ i: UInt32
) -> Int32 {
    State.libOS.pathOpen(ThreadID(rawValue: thread), a, b, c, d, e, f, g, h, i, host: &State.port)
}

@_expose(wasm, "path_readlink") @_cdecl("martlet_path_readlink")
func pathReadlink(_ thread: Int32, _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, _ e: UInt32, _ f: UInt32) -> Int32 {
    State.libOS.pathReadLink(ThreadID(rawValue: thread), a, b, c, d, e, f, host: &State.port)
}

@_expose(wasm, "path_remove_directory") @_cdecl("martlet_path_remove_directory")
func pathRemoveDirectory(_ thread: Int32, _ a: UInt32, _ b: UInt32, _ c: UInt32) -> Int32 {
    State.libOS.pathRemoveDirectory(ThreadID(rawValue: thread), a, b, c, host: &State.port)
}

@_expose(wasm, "path_rename") @_cdecl("martlet_path_rename")
func pathRename(_ thread: Int32, _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, _ e: UInt32, _ f: UInt32) -> Int32 {
    State.libOS.pathRename(ThreadID(rawValue: thread), a, b, c, d, e, f, host: &State.port)
}

@_expose(wasm, "path_symlink") @_cdecl("martlet_path_symlink")
func pathSymlink(_ thread: Int32, _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, _ e: UInt32) -> Int32 {
    State.libOS.pathSymbolicLink(ThreadID(rawValue: thread), a, b, c, d, e, host: &State.port)
}

@_expose(wasm, "path_unlink_file") @_cdecl("martlet_path_unlink_file")
func pathUnlinkFile(_ thread: Int32, _ a: UInt32, _ b: UInt32, _ c: UInt32) -> Int32 {
    State.libOS.pathUnlinkFile(ThreadID(rawValue: thread), a, b, c, host: &State.port)
}

@_expose(wasm, "poll_oneoff") @_cdecl("martlet_poll_oneoff")
func pollOneoff(_ thread: Int32, _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32) -> Int32 {
    State.libOS.pollOneOff(ThreadID(rawValue: thread), a, b, c, d, host: &State.port)
}

@_expose(wasm, "proc_exit") @_cdecl("martlet_proc_exit")
func procExit(_ thread: Int32, _ a: UInt32) -> Int32 {
    State.libOS.processExit(ThreadID(rawValue: thread), a, host: &State.port)
}

@_expose(wasm, "proc_raise") @_cdecl("martlet_proc_raise")
func procRaise(_ thread: Int32, _ a: UInt32) -> Int32 {
    State.libOS.processRaise(ThreadID(rawValue: thread), a, host: &State.port)
}

@_expose(wasm, "random_get") @_cdecl("martlet_random_get")
func randomGet(_ thread: Int32, _ a: UInt32, _ b: UInt32) -> Int32 {
    State.libOS.randomGet(ThreadID(rawValue: thread), a, b, host: &State.port)
}

@_expose(wasm, "sched_yield") @_cdecl("martlet_sched_yield")
func schedYield(_ thread: Int32) -> Int32 {
    State.libOS.schedulerYield(ThreadID(rawValue: thread), host: &State.port)
}

@_expose(wasm, "sock_accept") @_cdecl("martlet_sock_accept")
func sockAccept(_ thread: Int32, _ a: UInt32, _ b: UInt32, _ c: UInt32) -> Int32 {
    State.libOS.socketAccept(ThreadID(rawValue: thread), a, b, c, host: &State.port)
}

@_expose(wasm, "sock_recv") @_cdecl("martlet_sock_recv")
func sockRecv(_ thread: Int32, _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, _ e: UInt32, _ f: UInt32) -> Int32 {
    State.libOS.socketReceive(ThreadID(rawValue: thread), a, b, c, d, e, f, host: &State.port)
}

@_expose(wasm, "sock_send") @_cdecl("martlet_sock_send")
func sockSend(_ thread: Int32, _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, _ e: UInt32) -> Int32 {
    State.libOS.socketSend(ThreadID(rawValue: thread), a, b, c, d, e, host: &State.port)
}

@_expose(wasm, "sock_shutdown") @_cdecl("martlet_sock_shutdown")
func sockShutdown(_ thread: Int32, _ a: UInt32, _ b: UInt32) -> Int32 {
    State.libOS.socketShutdown(ThreadID(rawValue: thread), a, b, host: &State.port)
}
