import ABI
import ServerKit

extension TerminalDriver {
    /// Carries out a command: `TerminalCommand` tells them. `ioError` after a hang-up; `inappropriateIOControl` for `unlock` unless it is
    /// a master; `drain` waits, and a cancel ends it with `interrupted`.
    mutating func controlTerminal(_ request: Request, _ context: inout Context) throws(Errno) -> Answer {
        let body = try request.decode(ControlTerminal.self)
        let description = try connected(body.handle, request)
        let index = description.terminal
        var actions: [Terminal.Action] = []
        switch body.command {
        case .drain:
            terminals[index].changes.append(
                Terminal.WaitingAttributes(
                    key: request.key, handle: body.handle, action: .drain, attributes: nil, mark: terminals[index].accepted))
            return wait(request.key, index, actions, &context)
        case .flushInput: terminals[index].flushInput(into: &actions)
        case .flushOutput: terminals[index].flushOutput()
        case .flushBoth:
            terminals[index].flushInput(into: &actions)
            terminals[index].flushOutput()
        case .holdOutput: terminals[index].discipline.holdOutput(true)
        case .releaseOutput: terminals[index].discipline.holdOutput(false)
        case .stopInput: terminals[index].send(ControlCharacter.stop)
        case .startInput: terminals[index].send(ControlCharacter.start)
        // No line of ours has breaks. POSIX, tcsendbreak: it may return without any action then.
        case .sendBreak: break
        case .unlock:
            guard description.isMaster else { throw .inappropriateIOControl }
            terminals[index].master?.isLocked = false
        }
        settle(index, actions, &context)
        return .done
    }
}
