package import ABI
package import FileServer
package import ServerKit

// `/dev`: one tree of device nodes, and the devices that need no driver of their own: memory devices and the page.

/// The `devfs` driver.
package struct DevFS: Server {
    /// The tree and what is open in it.
    package internal(set) var files = FileSystems()
    var page = PageQueue()
    var random = RandomGenerator(seed: [])
    var readiness = Readiness()

    package init() {}

    package var registration: Register {
        Register(name: Array("devfs".utf8), service: .fileSystem, majors: [.memory, .page])
    }

    package var isReady: Bool { !files.trees.isEmpty }

    package mutating func start(_ start: Start, _ context: inout Context) {
        random = RandomGenerator(seed: start.entropy)
        guard files.trees.isEmpty else { return }
        let now = context.realTime
        files.add { DevFS.tree($0, now) }
    }

    package mutating func request(_ request: Request, _ context: inout Context) throws(Errno) -> Answer {
        switch request.operation {
        case .createFileSystem, .destroyFileSystem:
            guard request.isFromResourceManager else { throw .notPermitted }
            // There is one set of devices, from the start: a second mount of it could not be told from the first.
            throw .resourceBusy
        case .openDevice:
            guard request.isFromResourceManager else { throw .notPermitted }
            return .body(try openDevice(try request.decode(OpenDevice.self)))
        case .close:
            // The number is read before the handle goes; a malformed body is refused by `close` itself.
            let handle = try? request.decode(OneHandle.self).handle
            let answer = try files.request(request, &context)
            if let handle { readiness.forget(handle) }
            noticeClosedPage(&context)
            if case .answer(let answer) = answer { return answer }
            return .done
        case .drop:
            guard request.isFromResourceManager else { throw .notPermitted }
            for handle in try request.decode(Drop.self).handles { readiness.forget(handle) }
            _ = try files.request(request, &context)
            noticeClosedPage(&context)
            return .done
        default:
            switch try files.request(request, &context) {
            case .answer(let answer): return answer
            case .external, .generated: throw .notSupported
            case .device(let description): return try use(description, request, &context)
            }
        }
    }

    package mutating func cancel(_ key: RequestKey, _ context: inout Context) {
        if files.cancel(key, &context) { return }
        if page.forget(key) { context.fail(key, .interrupted) }
    }

    package mutating func abandon(_ key: RequestKey, _ context: inout Context) {
        files.abandon(key)
        page.forget(key)
    }

    package mutating func processGone(_ process: ProcessIdentity, _ context: inout Context) {
        for handle in files.processGone(process, &context) { readiness.forget(handle) }
        noticeClosedPage(&context)
    }

    package mutating func device(_ message: DeviceMessage, _ context: inout Context) {
        if message.operation == .pageReceive { receive(message.bytes, &context) }
    }

    /// The one tree. Throws `ioError` before the start.
    func tree() throws(Errno) -> Tree {
        guard let tree = files.trees.first?.value else { throw .ioError }
        return tree
    }
}

extension DevFS {
    /// Messages from the page that nobody has read.
    package var queuedCount: Int { page.messages.count }
    /// Subscriptions that are armed.
    package var armedCount: Int { readiness.count }
}
