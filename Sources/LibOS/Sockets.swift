// There are no sockets yet: every valid descriptor answers `notSupported`.

import ABI

extension LibOS {
    /// WASI `sock_accept`. `badFileDescriptor`, else `notSupported`.
    package mutating func socketAccept(
        _ thread: ThreadID, _ descriptor: UInt32, _ flags: UInt32, _ result: Address, host: inout some ProgramHost
    ) -> Int32 { noSocket(thread, descriptor, &host) }

    /// WASI `sock_recv`. `badFileDescriptor`, else `notSupported`.
    package mutating func socketReceive(
        _ thread: ThreadID, _ descriptor: UInt32, _ vectors: Address, _ count: UInt32, _ flags: UInt32, _ size: Address,
        _ resultFlags: Address, host: inout some ProgramHost
    ) -> Int32 { noSocket(thread, descriptor, &host) }

    /// WASI `sock_send`. `badFileDescriptor`, else `notSupported`.
    package mutating func socketSend(
        _ thread: ThreadID, _ descriptor: UInt32, _ vectors: Address, _ count: UInt32, _ flags: UInt32, _ size: Address,
        host: inout some ProgramHost
    ) -> Int32 { noSocket(thread, descriptor, &host) }

    /// WASI `sock_shutdown`. `badFileDescriptor`, else `notSupported`.
    package mutating func socketShutdown(
        _ thread: ThreadID, _ descriptor: UInt32, _ how: UInt32, host: inout some ProgramHost
    ) -> Int32 { noSocket(thread, descriptor, &host) }

    private mutating func noSocket(_ thread: ThreadID, _ descriptor: UInt32, _ host: inout some ProgramHost) -> Int32 {
        call(thread, &host, mayWait: false) { libOS, _ throws(Errno) in
            _ = try libOS.table.entry(descriptor)
            throw .notSupported
        }
    }
}
