import ABI
import FileServer
import ServerKit

// The device nodes, and what their reads and writes do.

/// The devices that devfs serves itself.
enum OwnDevice {
    case null, zero, full, random, page

    /// With Linux's numbers; `nil` if there is none.
    init?(_ major: MajorNumber, _ minor: UInt32) {
        switch (major, minor) {
        case (.memory, 3): self = .null
        case (.memory, 5): self = .zero
        case (.memory, 7): self = .full
        // `random` and `urandom` are one since the seed is there from the start.
        case (.memory, 8), (.memory, 9): self = .random
        case (.page, 0): self = .page
        default: return nil
        }
    }
}

extension DevFS {
    /// Most random bytes of one read: larger ones would keep everybody else waiting. A short read is told by its count.
    static let randomPiece = 256 << 10

    /// The tree: devices by name, numbers as on Linux. Names are fixed; modes, owners and times can be set.
    static func tree(_ id: FileSystemID, _ now: Nanoseconds) -> Tree {
        let tree = Tree(id, protection: .names, now: now)
        let devices: [(StaticString, MajorNumber, UInt32, UInt16)] = [
            ("/null", .memory, 3, 0o666), ("/zero", .memory, 5, 0o666), ("/full", .memory, 7, 0o666),
            ("/random", .memory, 8, 0o666), ("/urandom", .memory, 9, 0o666), ("/tty", .controllingTerminal, 0, 0o666),
            ("/console", .controllingTerminal, 1, 0o600), ("/ptmx", .controllingTerminal, 2, 0o666), ("/page", .page, 0, 0o600),
        ]
        let aliases: [(StaticString, UInt32)] = [("/stdin", 0), ("/stdout", 1), ("/stderr", 2)]
        // The tree is empty and has no limit, so nothing of this can fail.
        for (path, major, minor, mode) in devices {
            _ = try? tree.build(path.withUTF8Buffer { Array($0) }, .device(major, minor), mode: mode, now: now)
        }
        for (path, number) in aliases {
            _ = try? tree.build(
                path.withUTF8Buffer { Array($0) }, .descriptor(Descriptor(rawValue: number)), mode: 0o666, now: now)
        }
        for number in 1...UInt32(Limits.consoles) {
            _ = try? tree.build(Array("/tty".utf8) + digits(UInt64(number)), .device(.terminal, number), mode: 0o600, now: now)
        }
        // Covered by the driver of terminals.
        _ = try? tree.build(Array("/pts".utf8), .newDirectory, mode: 0o755, now: now)
        _ = try? tree.build(Array("/fd".utf8), .descriptorDirectory, mode: 0o555, now: now)
        return tree
    }

    /// Throws `noSuchAddressOrDevice` for a number that is none of these.
    mutating func openDevice(_ open: OpenDevice) throws(Errno) -> FileOpened {
        guard let device = OwnDevice(open.major, open.minor) else { throw .noSuchAddressOrDevice }
        let opened = try files.openDevice(open, in: try tree())
        if device == .page { page.open.append(try files.handles.object(opened.handle, of: open.process)) }
        return opened
    }

    /// Serves what `FileSystems` leaves to the driver.
    mutating func use(_ description: Description, _ request: Request, _ context: inout Context) throws(Errno) -> Answer {
        guard case .device(let major, let minor) = description.node.content, let device = OwnDevice(major, minor) else {
            throw .noSuchAddressOrDevice
        }
        switch request.operation {
        case .read: return try read(device, description, request, &context)
        case .write: return try write(device, description, request, &context)
        case .poll: return try poll(device, request)
        case .seek:
            _ = try request.decode(Seek.self)
            // As on Linux: there is no offset, and asking for one does no harm.
            if device == .page { throw .illegalSeek }
            return .body(Offset(offset: 0))
        case .setSize, .allocate:
            try description.check(.write)
            throw request.operation == .setSize ? .invalidArgument : .operationNotSupportedByDevice
        default: throw .notSupported
        }
    }

    private mutating func read(
        _ device: OwnDevice, _ description: Description, _ request: Request, _ context: inout Context
    ) throws(Errno) -> Answer {
        let body = try request.decode(Read.self)
        try description.check(.read)
        let count = min(Int(min(body.count, UInt32(Limits.transfer))), request.replySpace)
        switch device {
        case .null: return .done
        case .zero, .full:
            var zeros = ByteSlices()
            zeros.append(zeros: count)
            context.reply(request.key, zeros)
            return .pending
        case .random: return .reply(random.bytes(min(count, DevFS.randomPiece)))
        case .page:
            if body.position != .shared { throw .illegalSeek }
            return try readPage(count, description, request.key)
        }
    }

    private func write(
        _ device: OwnDevice, _ description: Description, _ request: Request, _ context: inout Context
    ) throws(Errno) -> Answer {
        let body = try request.decode(Write.self)
        try description.check(.write)
        switch device {
        // What is written to a random device is not needed: the seed is the machine's.
        case .null, .zero, .random: break
        case .full: if !body.data.isEmpty { throw .noSpace }
        case .page:
            if body.position != .shared { throw .illegalSeek }
            context.device(DeviceMessage(.pageSend, bytes: body.data))
        }
        return .body(Count(count: UInt32(body.data.count)))
    }

    private mutating func poll(_ device: OwnDevice, _ request: Request) throws(Errno) -> Answer {
        let body = try request.decode(Poll.self)
        let isReadable = device != .page || !page.messages.isEmpty
        let available = device == .page ? UInt64(page.messages.first?.count ?? 0) : 0
        return .body(
            readiness.poll(
                body, of: request.stamp.process, state: isReadable ? [.readable, .writable] : [.writable], available: available))
    }
}
