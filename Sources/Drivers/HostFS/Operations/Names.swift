import ABI
import FileServer
import Glibc

// What makes and removes names: mkdir, rmdir, unlink, symlink. (POSIX errors as far as they are decided here; the host adds its own.)

extension HostTree {
    /// C: mkdirat(2). Throws `fileExists`, `noSuchFileOrDirectory`, `permissionDenied`, `readOnlyFileSystem`, `noSpace`.
    func makeDirectory(_ mode: UInt16, _ end: WalkEnd<HostNode>, _ credentials: Credentials) throws(Errno) {
        guard case .entry(let directory, let name, nil, _) = end else { throw .fileExists }
        try checkNaming(in: directory, credentials)
        let place = try file(of: directory)
        try HostFile.check { mkdirat(place.number, HostFile.text(name), mode_t(mode & 0o1777)) }
    }

    /// C: symlinkat(2). Throws as `makeDirectory`, and `noSuchFileOrDirectory` for an empty target or a slash behind the name,
    /// `fileNameTooLong` for a target of `Limits.path` bytes or more, `invalidArgument` for one with a zero byte.
    func symbolicLink(_ target: [UInt8], _ end: WalkEnd<HostNode>, _ credentials: Credentials) throws(Errno) {
        if target.isEmpty { throw .noSuchFileOrDirectory }
        if target.count >= Limits.path { throw .fileNameTooLong }
        if target.contains(0) { throw .invalidArgument }
        guard case .entry(let directory, let name, nil, let hasSlash) = end else { throw .fileExists }
        if hasSlash { throw .noSuchFileOrDirectory }
        try checkNaming(in: directory, credentials)
        let place = try file(of: directory)
        try HostFile.check { symlinkat(HostFile.text(target), place.number, HostFile.text(name)) }
    }

    /// C: unlinkat(2) with AT_REMOVEDIR. Throws `notDirectory`, `directoryNotEmpty` (`..` too), `resourceBusy` (a root or a covered
    /// directory), `invalidArgument` (`.`), `permissionDenied`, `notPermitted` (sticky bit), `readOnlyFileSystem`.
    func removeDirectory(_ end: WalkEnd<HostNode>, _ credentials: Credentials) throws(Errno) {
        switch end {
        case .place(let node, .start): throw node === root ? .resourceBusy : .invalidArgument
        case .place(_, .dot): throw .invalidArgument
        case .place(_, .dotDot): throw .directoryNotEmpty
        case .outside, .entry(_, _, nil, _): throw .noSuchFileOrDirectory
        case .entry(let directory, let name, let node?, _):
            guard node.kind == .directory else { throw .notDirectory }
            try remove(node, from: directory, name, AT_REMOVEDIR, credentials)
        }
    }

    /// C: unlinkat(2). Throws `isDirectory` (as Linux; POSIX says EPERM), `notDirectory` (a slash behind a file's name), and as
    /// `removeDirectory` for permissions. The file lives on while it is open.
    func unlink(_ end: WalkEnd<HostNode>, _ credentials: Credentials) throws(Errno) {
        switch end {
        case .place(let node, _): throw node.kind == .directory ? .isDirectory : .invalidArgument
        case .outside, .entry(_, _, nil, _): throw .noSuchFileOrDirectory
        case .entry(let directory, let name, let node?, let hasSlash):
            if node.kind == .directory { throw .isDirectory }
            if hasSlash { throw .notDirectory }
            try remove(node, from: directory, name, 0, credentials)
        }
    }

    private func remove(
        _ node: HostNode, from directory: HostNode, _ name: [UInt8], _ flags: Int32, _ credentials: Credentials
    ) throws(Errno) {
        try checkRemoval(of: node, from: directory, credentials)
        let place = try file(of: directory)
        try HostFile.check { unlinkat(place.number, HostFile.text(name), flags) }
        forgetIfGone(node)
    }
}
