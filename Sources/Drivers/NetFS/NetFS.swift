package import ABI
package import FileServer
package import ServerKit

// The read-only system image. It is described by a manifest, which is fetched and verified first; the bytes of a file are fetched,
// verified and kept when somebody reads them for the first time.

/// The `netfs` driver.
package struct NetFS: Server {
    /// A read that waits for a file's bytes.
    struct Waiter {
        var key: RequestKey
        var read: ExternalRead
    }

    /// What is happening by device calls.
    enum Fetch {
        case manifest([UInt8])
        case file(UInt32, Download)
    }

    /// Most bytes of a manifest: they describe some 100 000 files.
    static let manifestLimit = 16 << 20

    /// The server's file systems: number 1, once the manifest is read.
    package internal(set) var files = FileSystems()
    /// Files by the number that `NodeContent.external` bears. Files with the same hash are one.
    var contents: [Content] = []
    var fetches = OrderedMap<UInt32, Fetch>()
    var nextToken: UInt32 = 1
    /// The manifest's hash as configured.
    var manifestHash: [UInt8] = []
    /// Directories that there shall be beside those of the image: something else is mounted there.
    var directories: [[UInt8]] = []

    package init() {}

    package var registration: Register {
        Register(name: Array("netfs".utf8), service: .fileSystem, majors: [])
    }

    package var isReady: Bool { !files.trees.isEmpty }

    package mutating func start(_ start: Start, _ context: inout Context) {
        let configuration = Configuration(start.configuration)
        guard let text = configuration["manifest"], let hash = hexadecimalBytes(text), hash.count == SHA256.size else {
            context.log(Array("netfs: the configuration names no manifest (manifest=<SHA-256 in hexadecimal>)".utf8))
            return
        }
        manifestHash = hash
        directories = configuration.values("directory")
        call(.manifest([]), Array("image/manifest".utf8), &context)
    }

    package mutating func request(_ request: Request, _ context: inout Context) throws(Errno) -> Answer {
        switch request.operation {
        case .createFileSystem, .destroyFileSystem:
            guard request.isFromResourceManager else { throw .notPermitted }
            // There is one image, from the start: a second mount of it could not be told from the first.
            throw .resourceBusy
        default:
            switch try files.request(request, &context) {
            case .answer(let answer): return answer
            case .generated: throw .notSupported
            case .external(let read): return self.read(read, request.key, &context)
            case .device: throw .notSupported
            }
        }
    }

    package mutating func cancel(_ key: RequestKey, _ context: inout Context) {
        if files.cancel(key, &context) { return }
        forget(key)
        context.fail(key, .interrupted)
    }

    package mutating func abandon(_ key: RequestKey, _ context: inout Context) {
        files.abandon(key)
        forget(key)
    }

    package mutating func processGone(_ process: ProcessIdentity, _ context: inout Context) { files.processGone(process, &context) }

    /// A reader no longer waits; the fetch goes on, since its result is kept.
    private mutating func forget(_ key: RequestKey) {
        for token in fetches.keys {
            fetches.update(token) { fetch in
                if case .file(let file, var download) = fetch {
                    download.waiters.removeAll { $0.key == key }
                    fetch = .file(file, download)
                }
            }
        }
    }

    /// Asks the page for a file of the build folder.
    mutating func call(_ fetch: Fetch, _ name: [UInt8], _ context: inout Context) {
        let token = nextToken
        nextToken = nextToken == .max ? 1 : nextToken + 1
        fetches[token] = fetch
        context.device(DeviceMessage(.fetch, token: token, bytes: name))
    }
}

extension NetFS {
    /// Fetches under way.
    package var fetchCount: Int { fetches.count }
}
