import ABI
import ServerKit

// What can be asked of any open description, and the listing of directories.

extension FileSystems {
    /// C: close(2).
    mutating func close(_ request: Request) throws(Errno) -> Answer {
        let body = try request.decode(OneHandle.self)
        let process = request.stamp.process
        released(try handles.release(body.handle, of: process), by: process)
        return .done
    }

    /// C: fstat(2).
    func status(_ request: Request) throws(Errno) -> Answer {
        let body = try request.decode(OneHandle.self)
        return .body(try handles.object(body.handle, of: request.stamp.process).node.status)
    }

    /// C: futimens(2), with the rights of whoever opened it. Throws as by path.
    func setTimes(_ request: Request, _ context: Context) throws(Errno) -> Answer {
        let body = try request.decode(SetTimes.self)
        let description = try handles.object(body.handle, of: request.stamp.process)
        try setTimes(
            body.times, description.node, user: description.opener, mayWrite: description.access.contains(.write),
            description.tree, context.realTime)
        return .done
    }

    /// C: fsync(2): memory is as durable as it gets.
    func sync(_ request: Request) throws(Errno) -> Answer {
        let body = try request.decode(OneHandle.self)
        _ = try handles.object(body.handle, of: request.stamp.process)
        return .done
    }

    /// C: fcntl(2) with F_SETFL. Throws `invalidArgument` for bits that do not exist.
    func setDescriptionFlags(_ request: Request) throws(Errno) -> Answer {
        let body = try request.decode(SetDescriptionFlags.self)
        let description = try handles.object(body.handle, of: request.stamp.process)
        let known: DescriptionFlags = [.append, .dataSync, .nonBlocking, .readSync, .sync]
        guard known.isSuperset(of: body.flags) else { throw .invalidArgument }
        description.flags = body.flags
        return .done
    }

    /// C: readdir(3). A removed directory has no entries. Throws `notDirectory`, `badFileDescriptor` (not open for reading),
    /// `invalidArgument` (not even one entry fits).
    func readDirectory(_ request: Request, _ context: Context) throws(Errno) -> Answer {
        let body = try request.decode(ReadDirectory.self)
        let description = try handles.object(body.handle, of: request.stamp.process)
        guard let directory = description.node.directory else { throw .notDirectory }
        try description.check(.read)
        let node = description.node
        if node.links == 0 { return .body(DirectoryEntries(entries: [])) }
        let room = min(Int(min(body.count, UInt32(Limits.transfer))), request.replySpace - 4)
        var taken = 0
        var entries: [DirectoryEntry] = []
        var cookie = body.cookie
        while entries.count < Limits.listLength, let entry = entry(after: cookie, in: node, directory, description.tree) {
            // The fields beside the name: cookie, node, kind, length of the name.
            let size = 21 + entry.name.count
            guard taken + size <= room else {
                if entries.isEmpty { throw .invalidArgument }
                break
            }
            entries.append(entry)
            taken += size
            cookie = entry.cookie
        }
        if description.tree.protection != .everything { node.markRead(context.realTime) }
        return .body(DirectoryEntries(entries: entries))
    }

    private func entry(after cookie: UInt64, in node: Node, _ directory: Directory, _ tree: Tree) -> DirectoryEntry? {
        let dot = UInt8(ascii: ".")
        if cookie == 0 { return DirectoryEntry(cookie: 1, node: node.id, kind: .directory, name: [dot]) }
        if cookie == 1 { return DirectoryEntry(cookie: 2, node: node.parent, kind: .directory, name: [dot, dot]) }
        guard let (found, name, id) = directory.next(after: cookie), let child = tree.node(id) else { return nil }
        return DirectoryEntry(cookie: found, node: id, kind: child.kind, name: name)
    }
}
