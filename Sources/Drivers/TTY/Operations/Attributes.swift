import ABI
import ServerKit

extension TerminalDriver {
    /// C: tcgetattr(3).
    func getTerminalAttributes(_ request: Request) throws(Errno) -> Answer {
        let body = try request.decode(OneHandle.self)
        return .body(terminals[try connected(body.handle, request).terminal].discipline.attributes)
    }

    /// Sets attributes; `drain` and `flush` wait until the output there is now was shown. Flags without effect are stored.
    /// C: tcsetattr(3).
    mutating func setTerminalAttributes(_ request: Request, _ context: inout Context) throws(Errno) -> Answer {
        let body = try request.decode(SetTerminalAttributes.self)
        let index = try connected(body.handle, request).terminal
        var actions: [Terminal.Action] = []
        terminals[index].setAttributes(
            Terminal.WaitingAttributes(
                key: request.key, handle: body.handle, action: body.action, attributes: body.attributes,
                mark: terminals[index].accepted),
            into: &actions)
        return wait(request.key, index, actions, &context)
    }

    /// C: TIOCGWINSZ.
    func getWindowSize(_ request: Request) throws(Errno) -> Answer {
        let body = try request.decode(OneHandle.self)
        return .body(terminals[try connected(body.handle, request).terminal].size)
    }

    /// A change signals `windowChange` to the foreground group. C: TIOCSWINSZ.
    mutating func setWindowSize(_ request: Request, _ context: inout Context) throws(Errno) -> Answer {
        let body = try request.decode(SetWindowSize.self)
        let index = try connected(body.handle, request).terminal
        var actions: [Terminal.Action] = []
        terminals[index].setSize(body.size, into: &actions)
        settle(index, actions, &context)
        return .done
    }
}
