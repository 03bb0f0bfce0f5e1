// The imports of the module `martlet_host`. Natively there is no hart: everything answers that it is not there.

import ABI

#if arch(wasm32)

    @_extern(wasm, module: "martlet_host", name: "send") @_extern(c, "martlet_host_send")
    func hostSend(_ connection: UInt32, _ pointer: UnsafePointer<UInt8>?, _ length: UInt32) -> UInt32
    @_extern(wasm, module: "martlet_host", name: "copy_in") @_extern(c, "martlet_host_copy_in")
    func hostCopyIn(_ pointer: UnsafeMutablePointer<UInt8>?, _ address: UInt32, _ length: UInt32) -> UInt32
    @_extern(wasm, module: "martlet_host", name: "copy_out") @_extern(c, "martlet_host_copy_out")
    func hostCopyOut(_ address: UInt32, _ pointer: UnsafeRawPointer?, _ length: UInt32) -> UInt32
    @_extern(wasm, module: "martlet_host", name: "clock_monotonic") @_extern(c, "martlet_host_clock_monotonic")
    func hostClockMonotonic() -> UInt64
    @_extern(wasm, module: "martlet_host", name: "clock_real") @_extern(c, "martlet_host_clock_real")
    func hostClockReal() -> UInt64
    @_extern(wasm, module: "martlet_host", name: "clock_resolution") @_extern(c, "martlet_host_clock_resolution")
    func hostClockResolution() -> UInt64
    @_extern(wasm, module: "martlet_host", name: "random") @_extern(c, "martlet_host_random")
    func hostRandom(_ pointer: UnsafeMutablePointer<UInt8>?, _ length: UInt32)
    @_extern(wasm, module: "martlet_host", name: "set_timer") @_extern(c, "martlet_host_set_timer")
    func hostSetTimer(_ deadline: UInt64)
    @_extern(wasm, module: "martlet_host", name: "image_begin") @_extern(c, "martlet_host_image_begin")
    func hostImageBegin(_ size: UInt32)
    @_extern(wasm, module: "martlet_host", name: "image_write") @_extern(c, "martlet_host_image_write")
    func hostImageWrite(_ pointer: UnsafePointer<UInt8>?, _ length: UInt32)
    @_extern(wasm, module: "martlet_host", name: "image_end") @_extern(c, "martlet_host_image_end")
    func hostImageEnd()
    @_extern(wasm, module: "martlet_host", name: "end") @_extern(c, "martlet_host_end")
    func hostEnd()

#else

    func hostSend(_ connection: UInt32, _ pointer: UnsafePointer<UInt8>?, _ length: UInt32) -> UInt32 {
        UInt32(Errno.badFileDescriptor.rawValue)
    }
    func hostCopyIn(_ pointer: UnsafeMutablePointer<UInt8>?, _ address: UInt32, _ length: UInt32) -> UInt32 {
        UInt32(Errno.badAddress.rawValue)
    }
    func hostCopyOut(_ address: UInt32, _ pointer: UnsafeRawPointer?, _ length: UInt32) -> UInt32 {
        UInt32(Errno.badAddress.rawValue)
    }
    func hostClockMonotonic() -> UInt64 { 0 }
    func hostClockReal() -> UInt64 { 0 }
    func hostClockResolution() -> UInt64 { 1 }
    func hostRandom(_ pointer: UnsafeMutablePointer<UInt8>?, _ length: UInt32) {
        // What is asked for is initialised, and nobody takes it for random.
        pointer?.initialize(repeating: 0, count: Int(length))
    }
    func hostSetTimer(_ deadline: UInt64) {}
    func hostImageBegin(_ size: UInt32) {}
    func hostImageWrite(_ pointer: UnsafePointer<UInt8>?, _ length: UInt32) {}
    func hostImageEnd() {}
    func hostEnd() {}

#endif
