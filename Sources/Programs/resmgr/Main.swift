// The resource manager as a process.

import ResourceManager
import ServerPort

nonisolated(unsafe) var port = Port(resourceManager: ResourceManager())

@_expose(wasm, "input_buffer") @_cdecl("input_buffer")
func inputBuffer(length: UInt32) -> UnsafeMutableRawPointer { port.buffer(length) }

@_expose(wasm, "input") @_cdecl("input")
func input(kind: UInt32, argument: UInt32, now: UInt64, length: UInt32) { port.input(kind, argument, now, length) }

@main struct Main { static func main() { runsOnlyInMartlet() } }
