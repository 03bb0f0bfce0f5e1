import ABI
package import ServerKit

extension TerminalDriver {
    /// Bytes of input that the page may have sent and not been credited for. It sends 4096 by its own count; the rest is lenience.
    static let inputWindow = 64 << 10

    /// What the page's terminal says: input, its size, or that output was taken.
    package mutating func device(_ message: DeviceMessage, _ context: inout Context) {
        let index = TerminalDriver.console
        var actions: [Terminal.Action] = []
        switch message.operation {
        case .consoleInput:
            let room = TerminalDriver.inputWindow - terminals[index].incoming.count
            if message.bytes.count > room { context.log(Array("console input beyond its credit was dropped".utf8)) }
            terminals[index].incoming.append(contentsOf: message.bytes.prefix(room))
        case .consoleSize:
            var reader = Reader(message.bytes)
            guard let size = try? reader.value(WindowSize.self) else { return }
            terminals[index].setSize(size, into: &actions)
        case .consoleWrite:
            terminals[index].completeCall(message.token)
        default:
            return
        }
        settle(index, actions, &context)
    }
}
