import ABI
import Processes

extension ResourceManager {
    /// Lists the processes with a greater pid than the named one, ascending, as many as the reply has room for. `overflow` if not
    /// one fits.
    func processes(_ call: Call) throws(Errno) -> Answer {
        let request = try call.decode(OneProcess.self)
        var room = call.replySpace - 4
        var list: [ProcessRecord] = []
        var last = request.process
        while let process = processes.next(after: last) {
            // The first is cut if need be, so that every listing comes to its end.
            let record = try? record(of: process, fitting: list.isEmpty ? room : .max)
            guard let record, record.encodedSize <= room else {
                if list.isEmpty { throw .overflow }
                break
            }
            room -= record.encodedSize
            list.append(record)
            last = process.id
        }
        return .body(ProcessList(processes: list))
    }
}
