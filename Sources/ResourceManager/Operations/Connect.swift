import ABI
import ServerKit

/// A request for a connection to a service.
struct ConnectTask {
    let key: RequestKey
    let hart: HartID
    let server: HartID
}

extension ResourceManager {
    /// Connects the caller to the server of a service, the same connection each time. `noSuchAddressOrDevice` if no server that
    /// serves it is registered.
    mutating func connect(_ call: Call) throws(Errno) -> Answer {
        let service = try call.decode(Connect.self).service
        switch service {
        // Files are reached by path alone.
        case .none, .fileSystem: throw .noSuchAddressOrDevice
        case .pipe, .terminal: break
        }
        guard let server = hart(of: service) else { throw .noSuchAddressOrDevice }
        let task = newTask()
        if let connection = try connect(call.hart, server, task, 0) { return .body(Connected(connection: connection)) }
        addTask(task, .connect(ConnectTask(key: call.key, hart: call.hart, server: server)))
        return .pending
    }

    mutating func resume(_ state: ConnectTask, _ reply: Reply) -> Progress {
        do throws(Errno) {
            try reply.check()
            guard let connection = connection(state.hart, state.server) else { throw .ioError }
            self.reply(state.key, Connected(connection: connection))
        } catch {
            fail(state.key, error)
        }
        return .done
    }
}
