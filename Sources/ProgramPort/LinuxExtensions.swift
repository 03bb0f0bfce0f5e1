// swift-format-ignore-file: AlwaysUseLowerCamelCase
// (The names are those of the functions that are imported.)

// Functions of the GNU C library that its Swift module leaves out.

#if !arch(wasm32)

    import Glibc

    @_extern(c, "ppoll")
    func ppoll(
        _ descriptors: UnsafeMutablePointer<pollfd>?, _ count: UInt, _ time: UnsafePointer<timespec>?, _ mask: UnsafePointer<sigset_t>?
    ) -> Int32
    @_extern(c, "pipe2")
    func pipe2(_ ends: UnsafeMutablePointer<Int32>?, _ flags: Int32) -> Int32
    @_extern(c, "dup3")
    func dup3(_ old: Int32, _ new: Int32, _ flags: Int32) -> Int32
    @_extern(c, "posix_spawn_file_actions_addtcsetpgrp_np")
    func posix_spawn_file_actions_addtcsetpgrp_np(
        _ actions: UnsafeMutablePointer<posix_spawn_file_actions_t>?, _ terminal: Int32
    ) -> Int32

#endif
