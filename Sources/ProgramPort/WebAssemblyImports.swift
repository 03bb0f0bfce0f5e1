// swift-format-ignore-file: AlwaysUseLowerCamelCase
// (The names are those of the functions that are imported.)

// The imports of a program, under their own names (`mount` and `unmount` have a suffix: `Port` has functions of that name).

#if arch(wasm32)

    @_extern(wasm, module: "wasi_snapshot_preview1", name: "args_get") @_extern(c, "wasi_snapshot_preview1_args_get")
    func args_get(_ pointers: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?, _ bytes: UnsafeMutablePointer<UInt8>?) -> Int32
    @_extern(wasm, module: "wasi_snapshot_preview1", name: "args_sizes_get") @_extern(c, "wasi_snapshot_preview1_args_sizes_get")
    func args_sizes_get(_ count: UnsafeMutablePointer<UInt32>, _ bytes: UnsafeMutablePointer<UInt32>) -> Int32
    @_extern(wasm, module: "wasi_snapshot_preview1", name: "environ_get") @_extern(c, "wasi_snapshot_preview1_environ_get")
    func environ_get(_ pointers: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?, _ bytes: UnsafeMutablePointer<UInt8>?) -> Int32
    @_extern(wasm, module: "wasi_snapshot_preview1", name: "environ_sizes_get") @_extern(c, "wasi_snapshot_preview1_environ_sizes_get")
    func environ_sizes_get(_ count: UnsafeMutablePointer<UInt32>, _ bytes: UnsafeMutablePointer<UInt32>) -> Int32
    @_extern(wasm, module: "wasi_snapshot_preview1", name: "clock_time_get") @_extern(c, "wasi_snapshot_preview1_clock_time_get")
    func clock_time_get(_ clock: Int32, _ precision: Int64, _ result: UnsafeMutablePointer<UInt64>) -> Int32
    @_extern(wasm, module: "wasi_snapshot_preview1", name: "fd_close") @_extern(c, "wasi_snapshot_preview1_fd_close")
    func fd_close(_ descriptor: Int32) -> Int32
    @_extern(wasm, module: "wasi_snapshot_preview1", name: "fd_fdstat_get") @_extern(c, "wasi_snapshot_preview1_fd_fdstat_get")
    func fd_fdstat_get(_ descriptor: Int32, _ result: UnsafeMutableRawPointer) -> Int32
    @_extern(wasm, module: "wasi_snapshot_preview1", name: "fd_fdstat_set_flags") @_extern(c, "wasi_snapshot_preview1_fd_fdstat_set_flags")
    func fd_fdstat_set_flags(_ descriptor: Int32, _ flags: Int32) -> Int32
    @_extern(wasm, module: "wasi_snapshot_preview1", name: "fd_filestat_set_size")
    @_extern(c, "wasi_snapshot_preview1_fd_filestat_set_size")
    func fd_filestat_set_size(_ descriptor: Int32, _ size: Int64) -> Int32
    @_extern(wasm, module: "wasi_snapshot_preview1", name: "fd_prestat_get") @_extern(c, "wasi_snapshot_preview1_fd_prestat_get")
    func fd_prestat_get(_ descriptor: Int32, _ result: UnsafeMutableRawPointer) -> Int32
    @_extern(wasm, module: "wasi_snapshot_preview1", name: "fd_prestat_dir_name") @_extern(c, "wasi_snapshot_preview1_fd_prestat_dir_name")
    func fd_prestat_dir_name(_ descriptor: Int32, _ buffer: UnsafeMutablePointer<UInt8>?, _ capacity: Int32) -> Int32
    @_extern(wasm, module: "wasi_snapshot_preview1", name: "fd_read") @_extern(c, "wasi_snapshot_preview1_fd_read")
    func fd_read(
        _ descriptor: Int32, _ vectors: UnsafeRawPointer, _ count: Int32, _ result: UnsafeMutablePointer<UInt32>
    ) -> Int32
    @_extern(wasm, module: "wasi_snapshot_preview1", name: "fd_readdir") @_extern(c, "wasi_snapshot_preview1_fd_readdir")
    func fd_readdir(
        _ descriptor: Int32, _ buffer: UnsafeMutablePointer<UInt8>?, _ capacity: Int32, _ cookie: Int64,
        _ result: UnsafeMutablePointer<UInt32>
    ) -> Int32
    @_extern(wasm, module: "wasi_snapshot_preview1", name: "fd_seek") @_extern(c, "wasi_snapshot_preview1_fd_seek")
    func fd_seek(_ descriptor: Int32, _ offset: Int64, _ whence: Int32, _ result: UnsafeMutablePointer<UInt64>) -> Int32
    @_extern(wasm, module: "wasi_snapshot_preview1", name: "fd_sync") @_extern(c, "wasi_snapshot_preview1_fd_sync")
    func fd_sync(_ descriptor: Int32) -> Int32
    @_extern(wasm, module: "wasi_snapshot_preview1", name: "fd_write") @_extern(c, "wasi_snapshot_preview1_fd_write")
    func fd_write(
        _ descriptor: Int32, _ vectors: UnsafeRawPointer, _ count: Int32, _ result: UnsafeMutablePointer<UInt32>
    ) -> Int32
    @_extern(wasm, module: "wasi_snapshot_preview1", name: "path_create_directory")
    @_extern(c, "wasi_snapshot_preview1_path_create_directory")
    func path_create_directory(_ directory: Int32, _ path: UnsafePointer<UInt8>?, _ length: Int32) -> Int32
    @_extern(wasm, module: "wasi_snapshot_preview1", name: "path_filestat_set_times")
    @_extern(c, "wasi_snapshot_preview1_path_filestat_set_times")
    func path_filestat_set_times(
        _ directory: Int32, _ flags: Int32, _ path: UnsafePointer<UInt8>?, _ length: Int32, _ access: Int64, _ modification: Int64,
        _ which: Int32
    ) -> Int32
    @_extern(wasm, module: "wasi_snapshot_preview1", name: "path_link") @_extern(c, "wasi_snapshot_preview1_path_link")
    func path_link(
        _ fromDirectory: Int32, _ flags: Int32, _ from: UnsafePointer<UInt8>?, _ fromLength: Int32, _ toDirectory: Int32,
        _ to: UnsafePointer<UInt8>?, _ toLength: Int32
    ) -> Int32
    @_extern(wasm, module: "wasi_snapshot_preview1", name: "path_open") @_extern(c, "wasi_snapshot_preview1_path_open")
    func path_open(
        _ directory: Int32, _ lookup: Int32, _ path: UnsafePointer<UInt8>?, _ length: Int32, _ open: Int32, _ rights: Int64,
        _ inheriting: Int64, _ flags: Int32, _ result: UnsafeMutablePointer<Int32>
    ) -> Int32
    @_extern(wasm, module: "wasi_snapshot_preview1", name: "path_readlink") @_extern(c, "wasi_snapshot_preview1_path_readlink")
    func path_readlink(
        _ directory: Int32, _ path: UnsafePointer<UInt8>?, _ length: Int32, _ buffer: UnsafeMutablePointer<UInt8>?,
        _ capacity: Int32, _ result: UnsafeMutablePointer<UInt32>
    ) -> Int32
    @_extern(wasm, module: "wasi_snapshot_preview1", name: "path_remove_directory")
    @_extern(c, "wasi_snapshot_preview1_path_remove_directory")
    func path_remove_directory(_ directory: Int32, _ path: UnsafePointer<UInt8>?, _ length: Int32) -> Int32
    @_extern(wasm, module: "wasi_snapshot_preview1", name: "path_rename") @_extern(c, "wasi_snapshot_preview1_path_rename")
    func path_rename(
        _ fromDirectory: Int32, _ from: UnsafePointer<UInt8>?, _ fromLength: Int32, _ toDirectory: Int32,
        _ to: UnsafePointer<UInt8>?, _ toLength: Int32
    ) -> Int32
    @_extern(wasm, module: "wasi_snapshot_preview1", name: "path_symlink") @_extern(c, "wasi_snapshot_preview1_path_symlink")
    func path_symlink(
        _ target: UnsafePointer<UInt8>?, _ targetLength: Int32, _ directory: Int32, _ path: UnsafePointer<UInt8>?, _ length: Int32
    ) -> Int32
    @_extern(wasm, module: "wasi_snapshot_preview1", name: "path_unlink_file") @_extern(c, "wasi_snapshot_preview1_path_unlink_file")
    func path_unlink_file(_ directory: Int32, _ path: UnsafePointer<UInt8>?, _ length: Int32) -> Int32
    @_extern(wasm, module: "wasi_snapshot_preview1", name: "poll_oneoff") @_extern(c, "wasi_snapshot_preview1_poll_oneoff")
    func poll_oneoff(
        _ subscriptions: UnsafePointer<UInt8>?, _ events: UnsafeMutablePointer<UInt8>?, _ count: Int32,
        _ result: UnsafeMutablePointer<UInt32>
    ) -> Int32
    @_extern(wasm, module: "wasi_snapshot_preview1", name: "proc_exit") @_extern(c, "wasi_snapshot_preview1_proc_exit")
    func proc_exit(_ status: Int32)
    @_extern(wasm, module: "wasi_snapshot_preview1", name: "random_get") @_extern(c, "wasi_snapshot_preview1_random_get")
    func random_get(_ buffer: UnsafeMutablePointer<UInt8>?, _ count: Int32) -> Int32

    @_extern(wasm, module: "martlet_v1", name: "process_spawn") @_extern(c, "martlet_v1_process_spawn")
    func process_spawn(
        _ path: UnsafePointer<UInt8>?, _ length: Int32, _ block: UnsafePointer<UInt8>?, _ blockLength: Int32,
        _ process: UnsafeMutablePointer<Int32>, _ reason: UnsafeMutablePointer<UInt8>?, _ reasonCapacity: Int32,
        _ reasonLength: UnsafeMutablePointer<UInt32>
    ) -> Int32
    @_extern(wasm, module: "martlet_v1", name: "process_wait") @_extern(c, "martlet_v1_process_wait")
    func process_wait(
        _ target: Int32, _ flags: Int32, _ process: UnsafeMutablePointer<Int32>, _ status: UnsafeMutablePointer<UInt32>
    ) -> Int32
    @_extern(wasm, module: "martlet_v1", name: "process_kill") @_extern(c, "martlet_v1_process_kill")
    func process_kill(_ target: Int32, _ signal: Int32) -> Int32
    @_extern(wasm, module: "martlet_v1", name: "process_id") @_extern(c, "martlet_v1_process_id")
    func process_id() -> Int32
    @_extern(wasm, module: "martlet_v1", name: "process_parent_id") @_extern(c, "martlet_v1_process_parent_id")
    func process_parent_id() -> Int32
    @_extern(wasm, module: "martlet_v1", name: "process_group_get") @_extern(c, "martlet_v1_process_group_get")
    func process_group_get(
        _ process: Int32, _ group: UnsafeMutablePointer<Int32>, _ session: UnsafeMutablePointer<Int32>
    ) -> Int32
    @_extern(wasm, module: "martlet_v1", name: "process_group_set") @_extern(c, "martlet_v1_process_group_set")
    func process_group_set(_ process: Int32, _ group: Int32) -> Int32
    @_extern(wasm, module: "martlet_v1", name: "process_list") @_extern(c, "martlet_v1_process_list")
    func process_list(
        _ after: Int32, _ buffer: UnsafeMutablePointer<UInt8>?, _ capacity: Int32, _ length: UnsafeMutablePointer<UInt32>
    ) -> Int32
    @_extern(wasm, module: "martlet_v1", name: "signal_disposition") @_extern(c, "martlet_v1_signal_disposition")
    func signal_disposition(_ signal: Int32, _ disposition: Int32) -> Int32
    @_extern(wasm, module: "martlet_v1", name: "signal_take") @_extern(c, "martlet_v1_signal_take")
    func signal_take(_ set: UnsafeMutablePointer<UInt64>) -> Int32
    @_extern(wasm, module: "martlet_v1", name: "pipe_create") @_extern(c, "martlet_v1_pipe_create")
    func pipe_create(
        _ readEnd: UnsafeMutablePointer<Int32>, _ writeEnd: UnsafeMutablePointer<Int32>, _ flags: Int32
    ) -> Int32
    @_extern(wasm, module: "martlet_v1", name: "descriptor_duplicate") @_extern(c, "martlet_v1_descriptor_duplicate")
    func descriptor_duplicate(_ descriptor: Int32, _ least: Int32, _ result: UnsafeMutablePointer<Int32>) -> Int32
    @_extern(wasm, module: "martlet_v1", name: "descriptor_duplicate_to") @_extern(c, "martlet_v1_descriptor_duplicate_to")
    func descriptor_duplicate_to(_ descriptor: Int32, _ new: Int32) -> Int32
    @_extern(wasm, module: "martlet_v1", name: "directory_change") @_extern(c, "martlet_v1_directory_change")
    func directory_change(_ path: UnsafePointer<UInt8>?, _ length: Int32) -> Int32
    @_extern(wasm, module: "martlet_v1", name: "directory_current") @_extern(c, "martlet_v1_directory_current")
    func directory_current(
        _ buffer: UnsafeMutablePointer<UInt8>?, _ capacity: Int32, _ length: UnsafeMutablePointer<UInt32>
    ) -> Int32
    @_extern(wasm, module: "martlet_v1", name: "mask_set") @_extern(c, "martlet_v1_mask_set")
    func mask_set(_ mask: Int32, _ old: UnsafeMutablePointer<UInt32>) -> Int32
    @_extern(wasm, module: "martlet_v1", name: "path_status") @_extern(c, "martlet_v1_path_status")
    func path_status(
        _ directory: Int32, _ flags: Int32, _ path: UnsafePointer<UInt8>?, _ length: Int32, _ result: UnsafeMutablePointer<UInt8>?
    ) -> Int32
    @_extern(wasm, module: "martlet_v1", name: "descriptor_status") @_extern(c, "martlet_v1_descriptor_status")
    func descriptor_status(_ descriptor: Int32, _ result: UnsafeMutablePointer<UInt8>?) -> Int32
    @_extern(wasm, module: "martlet_v1", name: "path_mode_set") @_extern(c, "martlet_v1_path_mode_set")
    func path_mode_set(_ directory: Int32, _ flags: Int32, _ path: UnsafePointer<UInt8>?, _ length: Int32, _ mode: Int32) -> Int32
    @_extern(wasm, module: "martlet_v1", name: "path_owner_set") @_extern(c, "martlet_v1_path_owner_set")
    func path_owner_set(
        _ directory: Int32, _ flags: Int32, _ path: UnsafePointer<UInt8>?, _ length: Int32, _ user: Int32, _ group: Int32
    ) -> Int32
    @_extern(wasm, module: "martlet_v1", name: "path_access") @_extern(c, "martlet_v1_path_access")
    func path_access(_ directory: Int32, _ path: UnsafePointer<UInt8>?, _ length: Int32, _ access: Int32) -> Int32
    @_extern(wasm, module: "martlet_v1", name: "terminal_attributes_get") @_extern(c, "martlet_v1_terminal_attributes_get")
    func terminal_attributes_get(_ descriptor: Int32, _ result: UnsafeMutablePointer<UInt8>?) -> Int32
    @_extern(wasm, module: "martlet_v1", name: "terminal_attributes_set") @_extern(c, "martlet_v1_terminal_attributes_set")
    func terminal_attributes_set(_ descriptor: Int32, _ action: Int32, _ attributes: UnsafePointer<UInt8>?) -> Int32
    @_extern(wasm, module: "martlet_v1", name: "terminal_size_get") @_extern(c, "martlet_v1_terminal_size_get")
    func terminal_size_get(_ descriptor: Int32, _ result: UnsafeMutablePointer<UInt16>?) -> Int32
    @_extern(wasm, module: "martlet_v1", name: "terminal_size_set") @_extern(c, "martlet_v1_terminal_size_set")
    func terminal_size_set(_ descriptor: Int32, _ size: UnsafePointer<UInt16>?) -> Int32
    @_extern(wasm, module: "martlet_v1", name: "terminal_foreground_get") @_extern(c, "martlet_v1_terminal_foreground_get")
    func terminal_foreground_get(_ descriptor: Int32, _ group: UnsafeMutablePointer<Int32>) -> Int32
    @_extern(wasm, module: "martlet_v1", name: "terminal_foreground_set") @_extern(c, "martlet_v1_terminal_foreground_set")
    func terminal_foreground_set(_ descriptor: Int32, _ group: Int32) -> Int32
    @_extern(wasm, module: "martlet_v1", name: "terminal_session_get") @_extern(c, "martlet_v1_terminal_session_get")
    func terminal_session_get(_ descriptor: Int32, _ session: UnsafeMutablePointer<Int32>) -> Int32
    @_extern(wasm, module: "martlet_v1", name: "terminal_control") @_extern(c, "martlet_v1_terminal_control")
    func terminal_control(_ descriptor: Int32, _ command: Int32) -> Int32
    @_extern(wasm, module: "martlet_v1", name: "pseudo_terminal_get") @_extern(c, "martlet_v1_pseudo_terminal_get")
    func pseudo_terminal_get(_ descriptor: Int32, _ number: UnsafeMutablePointer<UInt32>) -> Int32
    @_extern(wasm, module: "martlet_v1", name: "mount") @_extern(c, "martlet_v1_mount")
    func mount_call(
        _ target: UnsafePointer<UInt8>?, _ targetLength: Int32, _ type: UnsafePointer<UInt8>?, _ typeLength: Int32,
        _ options: UnsafePointer<UInt8>?, _ optionsLength: Int32
    ) -> Int32
    @_extern(wasm, module: "martlet_v1", name: "unmount") @_extern(c, "martlet_v1_unmount")
    func unmount_call(_ target: UnsafePointer<UInt8>?, _ length: Int32) -> Int32
    @_extern(wasm, module: "martlet_v1", name: "mount_list") @_extern(c, "martlet_v1_mount_list")
    func mount_list(_ buffer: UnsafeMutablePointer<UInt8>?, _ capacity: Int32, _ length: UnsafeMutablePointer<UInt32>) -> Int32
    @_extern(wasm, module: "martlet_v1", name: "system_name") @_extern(c, "martlet_v1_system_name")
    func system_name(_ buffer: UnsafeMutablePointer<UInt8>?, _ capacity: Int32, _ length: UnsafeMutablePointer<UInt32>) -> Int32

#endif
