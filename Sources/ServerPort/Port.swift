// The way between a server module and its hart: an input comes in as numbers and bytes, is handed to the reactor, and the effects
// go out through the imports of `martlet_host`. The two tables of Sources/ABI/README.md, "The hart and a server module".
//
// The exports have to stand in the executable itself, because the linker drops those of a library:
//
//     nonisolated(unsafe) var port = Port(Example())
//
//     @_expose(wasm, "input_buffer") @_cdecl("input_buffer")
//     func inputBuffer(length: UInt32) -> UnsafeMutableRawPointer { port.buffer(length) }
//
//     @_expose(wasm, "input") @_cdecl("input")
//     func input(kind: UInt32, argument: UInt32, now: UInt64, length: UInt32) { port.input(kind, argument, now, length) }
//
//     @main struct Main { static func main() { runsOnlyInMartlet() } }

import ABI
package import ServerKit

/// The reactor of a server module and the buffer of its inputs. There is one, a global of the executable.
package struct Port<Logic: Reactor, Ends: ConnectionEnds> {
    private var logic: Logic
    private var buffer = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    /// Room for the `length` bytes of the next input. Valid until the next call.
    package mutating func buffer(_ length: UInt32) -> UnsafeMutableRawPointer {
        if Int(length) > buffer.count || buffer.baseAddress == nil {
            buffer.deallocate()
            buffer = .allocate(byteCount: max(Int(length), 4096), alignment: 16)
        }
        // An allocation of more than nothing has an address.
        return buffer.baseAddress.unsafelyUnwrapped
    }

    /// Hands one input to the reactor and carries its effects out.
    ///
    /// - Parameters:
    ///   - kind: which input, by the table.
    ///   - argument: a connection, or 0.
    ///   - now: monotonic time in nanoseconds.
    ///   - length: how many bytes of the buffer belong to the input; cut to the buffer's size.
    package mutating func input(_ kind: UInt32, _ argument: UInt32, _ now: UInt64, _ length: UInt32) {
        // The hart is trusted: bytes that are no input mean that hart and server are of different versions.
        let bytes = [UInt8](copying: UnsafeRawBufferPointer(rebasing: buffer[..<min(Int(length), buffer.count)]))
        guard let input = try? decode(kind, argument, bytes) else {
            Host.log(Array("an input that this server does not know was left out".utf8))
            return
        }
        var effects = Effects()
        logic.handle(input, now: Nanoseconds(rawValue: now), into: &effects)
        for effect in effects.list {
            switch effect {
            case .send(let connection, let message): Host.send(connection, message)
            case .setTimer(let deadline): Host.setTimer(deadline)
            case .log(let text): Host.log(text)
            case .device(let call): Host.device(call)
            case .openConnection(let connection, let name): Ends.open(connection, name)
            case .closeConnection(let connection): Ends.close(connection)
            }
        }
    }

    /// Throws `badMessage` for bytes that are no such input, and `notSupported` for an unknown kind.
    private func decode(_ kind: UInt32, _ argument: UInt32, _ bytes: [UInt8]) throws(Errno) -> Input {
        var reader = Reader(bytes)
        switch kind {
        case 1:
            return .start(
                Start(realTime: try reader.value(Nanoseconds.self), entropy: try reader.raw(32), configuration: reader.rest()))
        case 2: return .message(ConnectionID(rawValue: argument), bytes)
        case 3: return .timer
        case 4: return .device(bytes)
        case 5: return .connected(ConnectionID(rawValue: argument), try reader.value(ProcessIdentity.self))
        case 6: return .disconnected(ConnectionID(rawValue: argument))
        default: throw .notSupported
        }
    }
}

extension Port where Ends == GivenEnds {
    /// The port of a driver: its connections are opened and closed by the orders of resmgr.
    package init(_ logic: Logic) { self.logic = logic }
}

extension Port where Ends == OwnEnds {
    /// The port of resmgr.
    package init(resourceManager logic: Logic) { self.logic = logic }
}
