// The libOS module that stands beside every program: `LibOS` with the exports and imports of the table "The hart and the
// libOS module" in ABI/README.md. A reactor: the hart calls `_initialize` once and the exports from then on.

import ABI
import LibOS

@main struct Main {
    static func main() {}
}

/// The module's state: one process's, as the module is instantiated for each.
enum State {
    // SAFETY: a hart calls one export at a time, and no import calls back.
    nonisolated(unsafe) static var libOS = LibOS()
    nonisolated(unsafe) static var port = Port()
    nonisolated(unsafe) static var input = InputBuffer()
}

/// Room for what the hart hands over; it grows and is used again.
struct InputBuffer {
    private var bytes: UnsafeMutablePointer<UInt8>?
    private var capacity = 0

    /// Makes room for `length` bytes; at least one, so that there is an address.
    mutating func reserve(_ length: UInt32) -> UnsafeMutablePointer<UInt8>? {
        if Int(length) >= capacity || bytes == nil {
            bytes?.deallocate()
            capacity = max(Int(length) + 1, 4096)
            bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        }
        return bytes
    }

    /// The first `length` bytes; none if there is no room for as many.
    func take(_ length: UInt32) -> [UInt8] {
        guard let bytes, Int(length) <= capacity else { return [] }
        return [UInt8](copying: UnsafeRawBufferPointer(start: bytes, count: Int(length)))
    }
}

@_expose(wasm, "message_buffer") @_cdecl("martlet_message_buffer")
func messageBuffer(_ length: UInt32) -> UnsafeMutablePointer<UInt8>? {
    State.input.reserve(length)
}

@_expose(wasm, "deliver") @_cdecl("martlet_deliver")
func deliver(_ connection: UInt32, _ length: UInt32) {
    State.libOS.deliver(ConnectionID(rawValue: connection), State.input.take(length), host: &State.port)
}

@_expose(wasm, "timer") @_cdecl("martlet_timer")
func timer() {
    State.libOS.timer(host: &State.port)
}

@_expose(wasm, "image_result") @_cdecl("martlet_image_result")
func imageResult(_ status: UInt32, _ length: UInt32) {
    State.libOS.imageResult(Errno.decode(status), reason: State.input.take(length), host: &State.port)
}

@_expose(wasm, "trap") @_cdecl("martlet_trap")
func trap(_ kind: UInt32, _ length: UInt32) {
    State.libOS.trap(kind: kind, text: State.input.take(length), host: &State.port)
}

@_expose(wasm, "returned") @_cdecl("martlet_returned")
func returned() {
    State.libOS.returned(host: &State.port)
}

@_expose(wasm, "turn") @_cdecl("martlet_turn")
func turn() {
    State.libOS.turn(host: &State.port)
}

@_expose(wasm, "resume") @_cdecl("martlet_resume")
func resume(_ thread: Int32) -> Int32 {
    State.libOS.resume(ThreadID(rawValue: thread))
}

@_expose(wasm, "handler_begin") @_cdecl("martlet_handler_begin")
func handlerBegin(_ thread: Int32) -> UInt32 {
    State.libOS.handlerBegin(ThreadID(rawValue: thread), host: &State.port)
}

@_expose(wasm, "handler_signal") @_cdecl("martlet_handler_signal")
func handlerSignal() -> UInt32 {
    State.libOS.handlerSignal()
}

@_expose(wasm, "handler_information") @_cdecl("martlet_handler_information")
func handlerInformation() -> UInt32 {
    State.libOS.handlerInformation()
}

@_expose(wasm, "handler_end") @_cdecl("martlet_handler_end")
func handlerEnd(_ thread: Int32) {
    State.libOS.handlerEnd(ThreadID(rawValue: thread), host: &State.port)
}
