import ABI
import ServerKit

extension TerminalDriver {
    /// C: poll(2). Readable: a line, or what VMIN asks for. Writable: 4 KiB of room, and no VSTOP. A master is readable by any output,
    /// and writable by any room. Who was hung up can read and write at once: the end of file, and `ioError`.
    mutating func poll(_ request: Request) throws(Errno) -> Answer {
        let body = try request.decode(Poll.self)
        let description = try description(body.handle, request)
        let terminal = terminals[description.terminal]
        let available = description.isMaster ? terminal.masterAvailable : isHungUp(description) ? 0 : terminal.discipline.available
        return .body(
            readiness.poll(body, of: request.stamp.process, state: events(of: description), available: UInt64(available)))
    }

    /// The status of the node it was opened by, with the terminal's own times where they are later. C: fstat(2).
    func status(_ request: Request) throws(Errno) -> Answer {
        let body = try request.decode(OneHandle.self)
        let description = try description(body.handle, request)
        let terminal = terminals[description.terminal]
        var status = description.node
        status.accessTime = max(status.accessTime, terminal.accessTime)
        status.modificationTime = max(status.modificationTime, terminal.modificationTime)
        return .body(status)
    }

    /// `nonBlocking` counts from the next request on. `invalidArgument` for unknown flags. C: fcntl(2) F_SETFL.
    mutating func setDescriptionFlags(_ request: Request) throws(Errno) -> Answer {
        let body = try request.decode(SetDescriptionFlags.self)
        let number = try handles.object(body.handle, of: request.stamp.process)
        let known: DescriptionFlags = [.append, .dataSync, .nonBlocking, .readSync, .sync]
        guard known.isSuperset(of: body.flags) else { throw .invalidArgument }
        _ = descriptions.update(index: number.index, generation: number.generation) { description in
            description.flags = body.flags
        }
        return .done
    }
}
