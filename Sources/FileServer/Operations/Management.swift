package import ABI
import ServerKit

// What resmgr alone asks: mount points, places, and who holds what.

extension FileSystems {
    /// Throws `noSuchFileOrDirectory`, `notDirectory`.
    func setMountPoint(_ request: SetMountPoint) throws(Errno) {
        let tree = try tree(request.fileSystem)
        guard let node = tree.node(request.node), node.links > 0 else { throw .noSuchFileOrDirectory }
        guard node.kind == .directory else { throw .notDirectory }
        node.isCovered = request.isCovered
    }

    /// The path of a directory from the root of its file system: `/`, or `/a/b`. Throws `noSuchFileOrDirectory` if it was removed,
    /// `notDirectory`, `fileNameTooLong`.
    func locate(_ request: Locate) throws(Errno) -> [UInt8] {
        let tree = try tree(request.fileSystem)
        var node = try node(request.start, in: tree)
        guard node.kind == .directory else { throw .notDirectory }
        var names: [[UInt8]] = []
        var length = 0
        while node !== tree.root {
            guard node.links > 0, let parent = tree.node(node.parent) else { throw .noSuchFileOrDirectory }
            names.append(node.name)
            length += node.name.count + 1
            if length >= Limits.path { throw .fileNameTooLong }
            node = parent
        }
        if names.isEmpty { return [UInt8(ascii: "/")] }
        var path: [UInt8] = []
        path.reserveCapacity(length)
        for name in names.reversed() {
            path.append(UInt8(ascii: "/"))
            path += name
        }
        return path
    }

    /// Gives descriptions a further holder, all or none. Throws `badFileDescriptor`, `tooManyOpenFilesInSystem`.
    package mutating func share(_ request: Share) throws(Errno) -> ShareResult {
        let shared = try handles.share(request.handles, from: request.from, to: request.to)
        for (_, description) in shared { hold(description) }
        return ShareResult(handles: shared.map { $0.handle })
    }

    /// Takes handles back that a process never learned of; unknown ones are ignored.
    package mutating func drop(_ request: Drop) {
        for handle in request.handles {
            if let description = try? handles.release(handle, of: request.process) { released(description, by: request.process) }
        }
    }
}
