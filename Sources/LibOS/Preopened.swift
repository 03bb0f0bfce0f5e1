// The preopened directories: `/`, `.`, and the folders of the root.
//
// A C library that finds no better name takes `/` and `.` for one prefix, the empty one, and lets the last win: an absolute path
// would start at the working directory. So each folder of the root is listed too, and `/tmp/x` starts at `/tmp`. The folders are
// listed when a program first asks what comes after `.`, and opened when a program uses one for itself; paths through one that
// is not opened start at the root, with its name in front.

import ABI

/// A question what is preopened that waits for the list of the root's folders.
struct PreopenQuestion: Wire, Equatable, Sendable {
    var descriptor: UInt32
    var result: Address

    init(_ descriptor: UInt32, _ result: Address) {
        self.descriptor = descriptor
        self.result = result
    }

    init(from reader: inout Reader) throws(Errno) {
        descriptor = try reader.u32()
        result = try reader.u32()
    }

    func encode(into writer: inout Writer) {
        writer.u32(descriptor)
        writer.u32(result)
    }
}

/// What goes on when the folder of a descriptor was opened.
enum FolderUse: Equatable, Sendable {
    case status(Address, StatusForm)
    case list(ResultBuffer, cookie: UInt64)
}

extension FolderUse: Wire {
    init(from reader: inout Reader) throws(Errno) {
        switch try reader.u8() {
        case 0: self = .status(try reader.u32(), try reader.value(StatusForm.self))
        case 1: self = .list(try reader.value(ResultBuffer.self), cookie: try reader.u64())
        default: throw .badMessage
        }
    }

    func encode(into writer: inout Writer) {
        switch self {
        case .status(let address, let form):
            writer.u8(0)
            writer.u32(address)
            writer.value(form)
        case .list(let buffer, let cookie):
            writer.u8(1)
            writer.value(buffer)
            writer.u64(cookie)
        }
    }
}

extension LibOS {
    /// Most bytes of one list of folders.
    private static let listingSize = 16 << 10

    /// Puts a preopened directory under the first free number from 3 on. Throws `tooManyOpenFiles`.
    mutating func preopen(_ index: Int, _ role: DescriptorRole, _ name: [UInt8], folder: [UInt8] = []) throws(Errno) {
        let description = try table.description(at: index)
        var entry = DescriptorEntry(description: index, base: description.rights, inheriting: .all, role: role)
        entry.name = name
        entry.folder = folder
        table.set(try table.freeNumber(from: 3), entry)
    }

    /// Tells what is preopened (WASI `fd_prestat_get`, 8 bytes). `badFileDescriptor` for a descriptor that is not, or is not
    /// open: C libraries stop looking there. An inherited descriptor below a preopened one is told with the unknown tag 1
    /// instead, or they would never come to the preopened ones. The first question that would be answered `badFileDescriptor`
    /// waits for the list of the root's folders.
    package mutating func fdPrestatGet(_ thread: ThreadID, _ descriptor: UInt32, _ result: Address, host: inout some ProgramHost) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            if !libOS.areFoldersListed && !libOS.hasPreopen(from: descriptor) {
                try host.check(result, 8)
                return try libOS.askFolders(thread, PreopenQuestion(descriptor, result), cookie: 0, &host)
            }
            return try libOS.tellPreopen(descriptor, result, &host)
        }
    }

    private func tellPreopen(_ descriptor: UInt32, _ result: Address, _ host: inout some ProgramHost) throws(Errno) -> Outcome {
        let entry = try table.entry(descriptor)
        if entry.name.isEmpty {
            guard hasPreopen(from: descriptor) else { throw .badFileDescriptor }
            try host.storeProgram(result, 1, size: 8)
        } else {
            try host.storeProgram(result, UInt64(entry.name.count) << 32, size: 8)
        }
        return .done
    }

    private func hasPreopen(from number: UInt32) -> Bool {
        var index = Int(clamping: number)
        while index < table.entries.count {
            if let entry = table.entries[index], !entry.name.isEmpty { return true }
            index += 1
        }
        return false
    }

    private mutating func askFolders(
        _ thread: ThreadID, _ question: PreopenQuestion, cookie: UInt64, _ host: inout some ProgramHost
    ) throws(Errno) -> Outcome {
        let root = try table.description(at: rootDirectory)
        try request(
            .readDirectory, to: root.connection,
            ReadDirectory(handle: root.handle, cookie: cookie, count: UInt32(LibOS.listingSize)),
            replySpace: LibOS.listingSize + 4, owner: .thread(thread), host: &host)
        return .waiting(.folders(question))
    }

    /// A part of the root's list came. A root that cannot be listed has no folders to tell of.
    mutating func foldersListed(
        _ thread: ThreadID, _ question: PreopenQuestion, _ reply: Reply, _ host: inout some ProgramHost
    ) throws(Errno) -> Outcome {
        var last: UInt64?
        do throws(Errno) {
            for entry in try reply.value(DirectoryEntries.self).entries {
                last = entry.cookie
                guard entry.kind == .directory || entry.kind == .symbolicLink, LibOS.isFolderName(entry.name) else { continue }
                try preopen(rootDirectory, .free, [UInt8(ascii: "/")] + entry.name, folder: entry.name)
            }
        } catch {
            last = nil
        }
        if let last { return try askFolders(thread, question, cookie: last, &host) }
        areFoldersListed = true
        return try tellPreopen(question.descriptor, question.result, &host)
    }

    /// Whether a name can stand in front of a path: not `.` or `..`, and no longer than a name may be.
    private static func isFolderName(_ name: [UInt8]) -> Bool {
        let dot = UInt8(ascii: ".")
        return !name.isEmpty && name.count <= Limits.name && name != [dot] && name != [dot, dot]
    }

    /// Tells a preopened directory's name (WASI `fd_prestat_dir_name`). `badFileDescriptor`; `fileNameTooLong` when it does
    /// not fit into `capacity` bytes; `badAddress`.
    package mutating func fdPrestatDirName(
        _ thread: ThreadID, _ descriptor: UInt32, _ buffer: Address, _ capacity: UInt32, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host, mayWait: false) { libOS, host throws(Errno) in
            let name = try libOS.table.entry(descriptor).name
            guard !name.isEmpty else { throw .badFileDescriptor }
            try host.check(buffer, capacity)
            guard name.count <= Int(clamping: capacity) else { throw .fileNameTooLong }
            try host.write(buffer, name)
            return .done
        }
    }

    /// Opens the folder that a descriptor stands for, then goes on; `nil` if it stands for none that is not open.
    mutating func openFolder(
        _ thread: ThreadID, _ descriptor: UInt32, for use: FolderUse, _ host: inout some ProgramHost
    ) throws(Errno) -> Outcome? {
        let entry = try table.entry(descriptor)
        guard !entry.folder.isEmpty else { return nil }
        let place = Place(start: try start(at: entry.description), path: entry.folder)
        try pathRequest(thread, place, .followLast, .open(OpenFile(access: .read, open: .directory)), &host)
        return .waiting(.folder(descriptor, use))
    }

    mutating func folderOpened(
        _ thread: ThreadID, _ descriptor: UInt32, _ use: FolderUse, _ reply: Reply, _ host: inout some ProgramHost
    ) throws(Errno) -> Outcome {
        guard case .opened(let connection, let opened) = try reply.value(PathResult.self) else { throw .ioError }
        if let closed = table.folderOpened(descriptor, Description(connection, opened)) { closeForNobody(closed, &host) }
        let description = try table.description(descriptor)
        switch use {
        case .status(let address, let form): return try askStatus(description, thread, address, form, &host)
        case .list(let buffer, let cookie):
            return try askEntries(thread, DirectoryListing(description, buffer), cookie, &host)
        }
    }
}
