// What the system tells of itself, as a process.

import ProcFS
import ServerKit
import ServerPort

nonisolated(unsafe) var port = Port(ServerReactor(ProcFS()))

@_expose(wasm, "input_buffer") @_cdecl("input_buffer")
func inputBuffer(length: UInt32) -> UnsafeMutableRawPointer { port.buffer(length) }

@_expose(wasm, "input") @_cdecl("input")
func input(kind: UInt32, argument: UInt32, now: UInt64, length: UInt32) { port.input(kind, argument, now, length) }

@main struct Main { static func main() { runsOnlyInMartlet() } }
