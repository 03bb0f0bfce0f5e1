// What a server asks of its hart.

package import ABI

#if arch(wasm32)

    @_extern(wasm, module: "martlet_host", name: "send") @_extern(c, "martlet_host_send")
    private func hostSend(_ connection: UInt32, _ pointer: UnsafeRawPointer?, _ length: UInt32) -> UInt32

    @_extern(wasm, module: "martlet_host", name: "set_timer") @_extern(c, "martlet_host_set_timer")
    private func hostSetTimer(_ deadline: UInt64)

    @_extern(wasm, module: "martlet_host", name: "log") @_extern(c, "martlet_host_log")
    private func hostLog(_ pointer: UnsafeRawPointer?, _ length: UInt32)

    @_extern(wasm, module: "martlet_host", name: "device") @_extern(c, "martlet_host_device")
    private func hostDevice(_ pointer: UnsafeRawPointer?, _ length: UInt32) -> UInt32

    @_extern(wasm, module: "martlet_host", name: "open_connection") @_extern(c, "martlet_host_open_connection")
    private func hostOpenConnection(_ connection: UInt32, _ name: UnsafeRawPointer?)

    @_extern(wasm, module: "martlet_host", name: "close_connection") @_extern(c, "martlet_host_close_connection")
    private func hostCloseConnection(_ connection: UInt32)

    /// The imports of `martlet_host` that every server has. What cannot be carried out is dropped and, if it shows a mistake, logged.
    enum Host {
        static func send(_ connection: ConnectionID, _ message: [UInt8]) {
            message.withUnsafeBytes { bytes in
                let status = hostSend(connection.rawValue, bytes.baseAddress, UInt32(bytes.count))
                if status == UInt32(Errno.badMessage.rawValue) { log(Array("a malformed message was not sent".utf8)) }
            }
        }

        static func setTimer(_ deadline: Nanoseconds) { hostSetTimer(deadline.rawValue) }

        static func log(_ text: [UInt8]) {
            text.withUnsafeBytes { hostLog($0.baseAddress, UInt32($0.count)) }
        }

        static func device(_ call: [UInt8]) {
            call.withUnsafeBytes { bytes in
                if hostDevice(bytes.baseAddress, UInt32(bytes.count)) != 0 { log(Array("a device call was refused".utf8)) }
            }
        }
    }

    extension OwnEnds {
        package static func open(_ connection: ConnectionID, _ name: ChannelName) {
            var writer = Writer(capacity: 16)
            writer.value(name)
            writer.bytes.withUnsafeBytes { hostOpenConnection(connection.rawValue, $0.baseAddress) }
        }

        package static func close(_ connection: ConnectionID) { hostCloseConnection(connection.rawValue) }
    }

    /// What `main` of a server does: nothing, since a module that reacts never runs it.
    package func runsOnlyInMartlet() {}

#else

    /// Natively there is no hart: nothing calls the port, and the servers run inside the simulated machine.
    enum Host {
        static func send(_ connection: ConnectionID, _ message: [UInt8]) {}
        static func setTimer(_ deadline: Nanoseconds) {}
        static func log(_ text: [UInt8]) {}
        static func device(_ call: [UInt8]) {}
    }

    extension OwnEnds {
        package static func open(_ connection: ConnectionID, _ name: ChannelName) {}
        package static func close(_ connection: ConnectionID) {}
    }

    /// What `main` of a server does when somebody starts it by hand.
    package func runsOnlyInMartlet() {
        print("This server runs only inside Martlet.")
    }

#endif
