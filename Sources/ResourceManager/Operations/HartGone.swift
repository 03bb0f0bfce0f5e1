import ABI
import Processes
import ServerKit

extension ResourceManager {
    /// A hart ended without an order: a driver is started again; a program has ended as by `kill`; one that was not running yet
    /// fails to be spawned.
    mutating func hartGone(_ gone: HartGone) {
        guard let hart = harts[gone.hart] else { return }
        if let server = hart.server { return serverHartGone(server, gone) }
        // Nothing more can be ordered of it.
        harts.update(gone.hart) { $0.state = .ending }
        if let process = processes[hart.process], process.end == nil, process.isRunning {
            let text = gone.text.isEmpty ? gone.reason.text : gone.text
            say(name(of: process) + "[" + [UInt8](decimal: Int(process.id.rawValue)) + "]: its hart is gone: " + text)
            end(process, ProcessEnd(kind: .signaled, code: Signal.kill.rawValue))
        }
        hartIsGone(gone.hart)
    }
}
