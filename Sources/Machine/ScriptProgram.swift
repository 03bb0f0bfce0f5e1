package import ABI
import LibOS

/// A script has one thread.
private let thread = ThreadID(rawValue: 0)

/// The calls of a script, as typed functions over a simulated program memory. Each throws `ProcessEnded` when the process is over
/// (let it through) and `Errno` for what the call answered.
package final class ScriptProgram {
    private let guest: ScriptGuest
    /// Where the next argument goes; arguments live for one call.
    private var top: UInt32 = 0
    /// First byte that arguments may use; below lies nothing of interest, so that small wrong pointers are seen.
    private static let base: UInt32 = 4096

    init(_ guest: ScriptGuest) { self.guest = guest }

    /// Makes a call whose arguments are put into memory by `body`; a result other than 0 is thrown.
    private func call(_ body: @escaping (inout LibOS, inout NativeHost) -> Int32) throws {
        let result = try guest.call(body)
        if result != 0 { throw Errno.decode(UInt32(bitPattern: result)) ?? .ioError }
    }

    private func begin() { top = ScriptProgram.base }

    /// Puts bytes into memory, aligned to 8.
    private func put(_ bytes: [UInt8]) throws(Errno) -> (address: UInt32, length: UInt32) {
        let address = top
        try guest.write(address, bytes[...])
        top += (UInt32(bytes.count) + 7) & ~7
        return (address, UInt32(bytes.count))
    }

    /// Room for a result.
    private func room(_ count: Int) throws(Errno) -> UInt32 { try put([UInt8](repeating: 0, count: count)).address }

    private func u32(_ address: UInt32) throws -> UInt32 {
        var reader = Reader(try guest.read(address, 4))
        return try reader.u32()
    }

    private func u64(_ address: UInt32) throws -> UInt64 {
        var reader = Reader(try guest.read(address, 8))
        return try reader.u64()
    }

    /// The pre-opened directory that a path starts from, and the path as a call takes it.
    private func place(_ path: String) throws(Errno) -> (directory: UInt32, address: UInt32, length: UInt32) {
        var bytes = Array(path.utf8)
        let isAbsolute = bytes.first == UInt8(ascii: "/")
        if isAbsolute {
            bytes = Array(bytes.drop { $0 == UInt8(ascii: "/") })
            if bytes.isEmpty { bytes = [UInt8(ascii: ".")] }
        }
        let (address, length) = try put(bytes)
        return (isAbsolute ? 3 : 4, address, length)
    }

    // MARK: Files

    /// WASI: path_open. Rights follow from the access asked for.
    package func open(_ path: String, create: Bool = false, truncate: Bool = false, write: Bool = false, directory: Bool = false) throws
        -> UInt32
    {
        begin()
        let place = try place(path)
        let result = try room(4)
        let flags: UInt32 = (create ? 1 : 0) | (directory ? 2 : 0) | (truncate ? 8 : 0)
        let readRights: UInt64 = 1 << 1 | 1 << 2 | 1 << 5 | 1 << 14 | 1 << 21 | 1 << 27
        let rights = readRights | (write ? 1 << 6 | 1 << 8 | 1 << 22 : 0)
        try call { libOS, host in
            libOS.pathOpen(thread, place.directory, 1, place.address, place.length, flags, rights, rights, 0, result, host: &host)
        }
        return try u32(result)
    }

    /// WASI: fd_read, at most 32 KiB at once.
    package func read(_ descriptor: UInt32, _ count: Int) throws -> [UInt8] {
        begin()
        let buffer = try room(count)
        let vector = try put(pair(buffer, UInt32(count))).address
        let result = try room(4)
        try call { libOS, host in libOS.fdRead(thread, descriptor, vector, 1, result, host: &host) }
        return try guest.read(buffer, Int(try u32(result)))
    }

    /// WASI: fd_write. What was written may be less than asked for.
    package func write(_ descriptor: UInt32, _ bytes: [UInt8]) throws -> Int {
        begin()
        let data = try put(bytes)
        let vector = try put(pair(data.address, data.length)).address
        let result = try room(4)
        try call { libOS, host in libOS.fdWrite(thread, descriptor, vector, 1, result, host: &host) }
        return Int(try u32(result))
    }

    /// Reads to the end.
    package func readAll(_ descriptor: UInt32) throws -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let piece = try read(descriptor, 16384)
            if piece.isEmpty { return all }
            all += piece
        }
    }

    /// Writes everything.
    package func writeAll(_ descriptor: UInt32, _ bytes: [UInt8]) throws {
        var rest = bytes
        while !rest.isEmpty { rest.removeFirst(try write(descriptor, Array(rest.prefix(65536)))) }
    }

    /// WASI: fd_close.
    package func close(_ descriptor: UInt32) throws {
        try call { libOS, host in libOS.fdClose(thread, descriptor, host: &host) }
    }

    /// Martlet: path_status.
    package func status(_ path: String, followLast: Bool = true) throws -> FileStatus {
        begin()
        let place = try place(path)
        let result = try room(256)
        try call { libOS, host in
            libOS.pathStatus(thread, place.directory, followLast ? 1 : 0, place.address, place.length, result, host: &host)
        }
        var reader = Reader(try guest.read(result, 256))
        return try reader.value(FileStatus.self)
    }

    /// WASI: path_create_directory.
    package func makeDirectory(_ path: String) throws {
        begin()
        let place = try place(path)
        try call { libOS, host in libOS.pathCreateDirectory(thread, place.directory, place.address, place.length, host: &host) }
    }

    /// Martlet: path_mode_set.
    package func setMode(_ path: String, _ mode: UInt32) throws {
        begin()
        let place = try place(path)
        try call { libOS, host in
            libOS.pathModeSet(thread, place.directory, 1, place.address, place.length, mode, host: &host)
        }
    }

    /// WASI: path_unlink_file.
    package func unlink(_ path: String) throws {
        begin()
        let place = try place(path)
        try call { libOS, host in libOS.pathUnlinkFile(thread, place.directory, place.address, place.length, host: &host) }
    }

    /// WASI: path_remove_directory.
    package func removeDirectory(_ path: String) throws {
        begin()
        let place = try place(path)
        try call { libOS, host in libOS.pathRemoveDirectory(thread, place.directory, place.address, place.length, host: &host) }
    }

    /// WASI: path_rename.
    package func rename(_ from: String, _ to: String) throws {
        begin()
        let old = try place(from)
        let new = try place(to)
        try call { libOS, host in
            libOS.pathRename(
                thread, old.directory, old.address, old.length, new.directory, new.address, new.length, host: &host)
        }
    }

    /// WASI: path_symlink.
    package func symbolicLink(_ target: String, at path: String) throws {
        begin()
        let text = try put(Array(target.utf8))
        let place = try place(path)
        try call { libOS, host in
            libOS.pathSymbolicLink(thread, text.address, text.length, place.directory, place.address, place.length, host: &host)
        }
    }

    /// WASI: path_link.
    package func link(_ from: String, _ to: String) throws {
        begin()
        let old = try place(from)
        let new = try place(to)
        try call { libOS, host in
            libOS.pathLink(
                thread, old.directory, 0, old.address, old.length, new.directory, new.address, new.length, host: &host)
        }
    }

    /// Martlet: directory_change.
    package func changeDirectory(_ path: String) throws {
        begin()
        let text = try put(Array(path.utf8))
        try call { libOS, host in libOS.directoryChange(thread, text.address, text.length, host: &host) }
    }

    /// Martlet: directory_current.
    package func currentDirectory() throws -> String {
        begin()
        let buffer = try room(Limits.path)
        let length = try room(4)
        try call { libOS, host in libOS.directoryCurrent(thread, buffer, UInt32(Limits.path), length, host: &host) }
        return String(decoding: try guest.read(buffer, Int(try u32(length))), as: UTF8.self)
    }

    /// WASI: fd_readdir from the start; names in the order told.
    package func list(_ path: String) throws -> [String] {
        let descriptor = try open(path, directory: true)
        var names: [String] = []
        var cookie: UInt64 = 0
        while true {
            begin()
            let buffer = try room(4096)
            let result = try room(4)
            try call { libOS, host in libOS.fdReadDirectory(thread, descriptor, buffer, 4096, cookie, result, host: &host) }
            let used = Int(try u32(result))
            var reader = Reader(try guest.read(buffer, used))
            while reader.remaining >= 24 {
                let next = try reader.u64()
                _ = try reader.u64()
                let length = Int(try reader.u32())
                _ = try reader.u32()
                guard reader.remaining >= length else { break }
                names.append(String(decoding: try reader.raw(length), as: UTF8.self))
                cookie = next
            }
            if used < 4096 { break }
        }
        try close(descriptor)
        return names
    }

    // MARK: Processes

    /// Martlet: process_spawn. `descriptors` maps numbers of the child to the caller's.
    package func spawn(
        _ path: String, _ arguments: [String] = [], descriptors: [(UInt32, UInt32)] = [(0, 0), (1, 1), (2, 2)], flags: SpawnFlags = [],
        group: Int32 = 0
    ) throws -> Int32 {
        begin()
        let text = try put(Array(path.utf8))
        let block = SpawnBlock(
            flags: flags, group: ProcessGroupID(rawValue: group), arguments: ([path] + arguments).map { ByteString(Array($0.utf8)) },
            descriptors: descriptors.map { SpawnBlock.Mapping(child: Descriptor(rawValue: $0.0), parent: Descriptor(rawValue: $0.1)) })
        var writer = Writer()
        writer.value(block)
        let encoded = try put(writer.bytes)
        let process = try room(4)
        let reason = try room(256)
        let reasonLength = try room(4)
        try call { libOS, host in
            libOS.processSpawn(
                thread, text.address, text.length, encoded.address, encoded.length, process, reason, 256, reasonLength, host: &host)
        }
        return Int32(bitPattern: try u32(process))
    }

    /// Martlet: process_wait. Pid 0: none has ended (`noHang`).
    package func wait(_ target: Int32 = -1, noHang: Bool = false) throws -> (process: Int32, kind: UInt32, code: UInt32) {
        begin()
        let process = try room(4)
        let status = try room(4)
        try call { libOS, host in libOS.processWait(thread, target, noHang ? 1 : 0, process, status, host: &host) }
        let word = try u32(status)
        return (Int32(bitPattern: try u32(process)), word >> 8, word & 0xFF)
    }

    /// Martlet: process_kill.
    package func kill(_ target: Int32, _ signal: UInt32) throws {
        try call { libOS, host in libOS.processKill(thread, target, signal, host: &host) }
    }

    /// Martlet: process_id.
    package func processID() throws -> Int32 { try guest.call { libOS, _ in libOS.processID(thread) } }

    /// Martlet: process_parent_id.
    package func parentID() throws -> Int32 { try guest.call { libOS, _ in libOS.processParentID(thread) } }

    /// Martlet: pipe_create.
    package func pipe() throws -> (read: UInt32, write: UInt32) {
        begin()
        let first = try room(4)
        let second = try room(4)
        try call { libOS, host in libOS.pipeCreate(thread, first, second, 0, host: &host) }
        return (try u32(first), try u32(second))
    }

    /// Martlet: signal_disposition.
    package func setDisposition(_ signal: UInt32, _ disposition: Disposition) throws {
        try call { libOS, host in libOS.signalDisposition(thread, signal, UInt32(disposition.rawValue), host: &host) }
    }

    /// WASI: proc_exit. Does not return.
    package func exit(_ status: Int32) throws {
        _ = try guest.call { libOS, host in libOS.processExit(thread, UInt32(bitPattern: status), host: &host) }
    }

    /// WASI: poll_oneoff with one relative monotonic clock: sleeps.
    package func sleep(nanoseconds: UInt64) throws {
        begin()
        var writer = Writer()
        writer.u64(1)
        writer.u64(0)  // the tag: a clock
        writer.u32(1)
        writer.u32(0)
        writer.u64(nanoseconds)
        writer.u64(0)
        writer.u64(0)
        let subscription = try put(writer.bytes).address
        let events = try room(32)
        let count = try room(4)
        try call { libOS, host in libOS.pollOneOff(thread, subscription, events, 1, count, host: &host) }
    }

    private func pair(_ first: UInt32, _ second: UInt32) -> [UInt8] {
        var writer = Writer()
        writer.u32(first)
        writer.u32(second)
        return writer.bytes
    }
}
