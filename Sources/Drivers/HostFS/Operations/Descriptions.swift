import ABI
import FileServer
import Glibc
import ServerKit

// What can be asked of any open description, and who holds it.

extension HostFS {
    /// C: close(2).
    mutating func close(_ request: Request) throws(Errno) -> Answer {
        let body = try request.decode(OneHandle.self)
        try handles.release(body.handle, of: request.stamp.process).released()
        return .done
    }

    /// C: fstat(2).
    func status(_ request: Request) throws(Errno) -> Answer {
        let body = try request.decode(OneHandle.self)
        let description = try handles.object(body.handle, of: request.stamp.process)
        return .body(try description.tree.status(description.node))
    }

    /// C: futimens(2), with the rights of whoever opened it. Throws as by path.
    func setTimes(_ request: Request) throws(Errno) -> Answer {
        let body = try request.decode(SetTimes.self)
        let description = try handles.object(body.handle, of: request.stamp.process)
        try description.tree.checkTimes(body.times, description.node, user: description.opener) { () throws(Errno) in
            if !description.access.contains(.write) { throw .permissionDenied }
        }
        try description.tree.setTimes(body.times, description.file)
        return .done
    }

    /// C: fsync(2). What the host cannot write through, as a file that is held without access, counts as written.
    func sync(_ request: Request) throws(Errno) -> Answer {
        let body = try request.decode(OneHandle.self)
        let description = try handles.object(body.handle, of: request.stamp.process)
        if description.access.isEmpty { return .done }
        do throws(Errno) {
            try HostFile.check { fsync(description.file.number) }
        } catch .invalidArgument, .readOnlyFileSystem {
            return .done
        }
        return .done
    }

    /// C: fcntl(2) with F_SETFL. Throws `invalidArgument` for bits that do not exist. (The host takes `append` alone: the sync flags are
    /// settled when a file is opened, as on Linux.)
    func setDescriptionFlags(_ request: Request) throws(Errno) -> Answer {
        let body = try request.decode(SetDescriptionFlags.self)
        let description = try handles.object(body.handle, of: request.stamp.process)
        let known: DescriptionFlags = [.append, .dataSync, .nonBlocking, .readSync, .sync]
        guard known.isSuperset(of: body.flags) else { throw .invalidArgument }
        if description.node.kind == .regular, !description.access.isEmpty {
            let flags: Int32 = body.flags.contains(.append) ? O_APPEND : 0
            try HostFile.check { fcntl(description.file.number, F_SETFL, flags) }
        }
        description.flags = body.flags
        return .done
    }

    /// Gives descriptions a further holder, all or none. Throws `badFileDescriptor`, `tooManyOpenFilesInSystem`.
    mutating func share(_ request: Share) throws(Errno) -> ShareResult {
        let shared = try handles.share(request.handles, from: request.from, to: request.to)
        for (_, description) in shared { description.granted() }
        return ShareResult(handles: shared.map { $0.handle })
    }

    /// Takes handles back that a process never learned of; unknown ones are ignored.
    mutating func drop(_ request: Drop) {
        for handle in request.handles {
            if let description = try? handles.release(handle, of: request.process) { description.released() }
        }
    }
}
