import ABI
import Processes

extension ResourceManager {
    /// What `ps` shows of one process; 0 is the caller. `noSuchProcess` if there is none.
    func processStatus(_ call: Call) throws(Errno) -> Answer {
        let request = try call.decode(OneProcess.self)
        let process = request.process.rawValue == 0 ? call.process : processes[request.process]
        guard let process else { throw .noSuchProcess }
        return .body(try record(of: process, fitting: call.replySpace))
    }

    /// What is told of a process; its command is cut so that the record has at most `room` bytes. Throws `overflow` if that is
    /// too few in any case.
    func record(of process: Process, fitting room: Int) throws(Errno) -> ProcessRecord {
        var record = ProcessRecord(
            process: process.id, parent: process.parent, group: process.group, session: process.session,
            user: credentials[process.credentials].user, state: process.state, isServer: process.isServer,
            started: process.started, command: processes.command(of: process.identity))
        var size = record.encodedSize
        while size > room, let last = record.command.popLast() { size -= last.encodedSize }
        guard size <= room else { throw .overflow }
        return record
    }
}

extension ProcessRecord {
    /// Bytes of a record without a command.
    private static let bareSize: Int = {
        var writer = Writer()
        writer.value(
            ProcessRecord(
                process: .initial, parent: .initial, group: .none, session: .none, user: .root, state: .running, isServer: false,
                started: .zero, command: []))
        return writer.bytes.count
    }()

    var encodedSize: Int { command.reduce(ProcessRecord.bareSize) { $0 + $1.encodedSize } }
}

extension ByteString {
    /// Its length and its bytes.
    fileprivate var encodedSize: Int { 4 + bytes.count }
}
