import ABI
import VFS

extension ResourceManager {
    /// Lists the mounted file systems in the order of mounting, as many as the reply has room for.
    func mounts(_ call: Call) throws(Errno) -> Answer {
        _ = try call.decode(Nothing.self)
        var room = call.replySpace - 4
        guard room >= 0 else { throw .overflow }
        var list: [MountRecord] = []
        for record in mounts.records {
            room -= 12 + record.target.count + record.type.count + record.options.count
            guard room >= 0 else { break }
            list.append(record)
        }
        return .body(MountList(mounts: list))
    }
}
