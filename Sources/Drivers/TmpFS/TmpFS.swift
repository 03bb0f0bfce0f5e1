package import ABI
package import FileServer
package import ServerKit

// Files in memory. One server keeps several file systems; each has a limit of its own, and all together do not exceed what the
// server's memory holds.

/// The `tmpfs` driver.
package struct TmpFS: Server {
    /// Bytes of a file system unless its options say otherwise.
    package static let defaultSize: UInt64 = 256 << 20
    /// Bytes that all file systems of a server may hold together: half of what its memory can address.
    package static let totalSize: UInt64 = 2 << 30

    /// The file systems and what is open in them.
    package internal(set) var files = FileSystems()

    package init() {}

    package var registration: Register {
        Register(name: Array("tmpfs".utf8), service: .fileSystem, majors: [])
    }

    package mutating func request(_ request: Request, _ context: inout Context) throws(Errno) -> Answer {
        switch request.operation {
        case .createFileSystem:
            guard request.isFromResourceManager else { throw .notPermitted }
            return .body(try createFileSystem(try request.decode(CreateFileSystem.self), context))
        case .destroyFileSystem:
            guard request.isFromResourceManager else { throw .notPermitted }
            try files.remove(try request.decode(OneFileSystem.self).fileSystem)
            return .done
        default:
            switch try files.request(request, &context) {
            case .answer(let answer): return answer
            case .external, .generated, .device: throw .notSupported
            }
        }
    }

    // Nothing but locks waits here.
    package mutating func cancel(_ key: RequestKey, _ context: inout Context) { files.cancel(key, &context) }
    package mutating func abandon(_ key: RequestKey, _ context: inout Context) { files.abandon(key) }

    package mutating func processGone(_ process: ProcessIdentity, _ context: inout Context) { files.processGone(process, &context) }
}
