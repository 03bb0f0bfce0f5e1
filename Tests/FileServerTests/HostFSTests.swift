import ABI
import FileServer
import Glibc
import HostFS
import ServerKit
import Testing

/// A directory of the host for one test; gone with it.
final class HostScratch {
    let path: String

    init() throws {
        let template = "/tmp/hostfs-XXXXXX"
        var name = template.utf8CString.map { $0 }
        path = try #require(name.withUnsafeMutableBufferPointer { mkdtemp($0.baseAddress!).map { String(cString: $0) } })
        mkdir(path + "/root", 0o755)
        mkdir(path + "/outside", 0o755)
        put("outside/secret", "secret")
    }

    deinit { _ = try? HostScratch.remove(path) }

    /// What the guest gets.
    var root: String { path + "/root" }

    /// Writes a file beside or below the guest's directory, past the driver.
    func put(_ name: String, _ text: String) {
        let descriptor = open(path + "/" + name, O_CREAT | O_WRONLY | O_TRUNC, 0o644)
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        #expect(write(descriptor, bytes, bytes.count) == bytes.count)
    }

    /// A file as the host has it; `nil` if there is none.
    func content(_ name: String) -> String? {
        let descriptor = open(path + "/" + name, O_RDONLY)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = read(descriptor, &buffer, buffer.count)
        return count < 0 ? nil : String(decoding: buffer.prefix(count), as: UTF8.self)
    }

    /// The names in a directory of the host, sorted.
    func names(_ name: String) -> [String] { HostScratch.names(path + "/" + name).sorted() }

    static func names(_ path: String) -> [String] {
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    private static func remove(_ path: String) throws {
        for name in names(path) {
            if unlink(path + "/" + name) != 0 { try remove(path + "/" + name) }
        }
        rmdir(path)
    }
}

extension Client where Logic == HostFS {
    /// A server with one directory, and processes 1 to 3 connected.
    static func host(_ scratch: HostScratch, isReadOnly: Bool = false, readersMayExecute: Bool = false) -> Client<HostFS> {
        let client = Client(
            HostFS([HostDirectory(path: scratch.root, isReadOnly: isReadOnly, readersMayExecute: readersMayExecute)]))
        for number in 1...3 { client.connect(process(UInt32(number))) }
        return client
    }
}

/// How many descriptors this process has open there. (Other tests have others.)
private func openDescriptors(_ scratch: HostScratch) -> Int {
    HostScratch.names("/proc/self/fd").count { name in
        guard let target = realpath("/proc/self/fd/" + name, nil) else { return false }
        defer { free(target) }
        return String(cString: target).hasPrefix(scratch.path)
    }
}

@Suite(.serialized) struct HostFSTests {
    @Test func filesAreTheHosts() throws {
        let scratch = try HostScratch()
        let client = Client<HostFS>.host(scratch)
        try client.make("f", "hello", mode: 0o640)
        #expect(scratch.content("root/f") == "hello")
        var status = stat()
        #expect(stat(scratch.root + "/f", &status) == 0)
        let seen = try client.status("f")
        #expect(seen.kind == .regular && seen.mode == 0o640 && seen.size == 5 && seen.links == 1 && seen.user == .root)
        #expect(seen.modificationTime.rawValue == UInt64(status.st_mtim.tv_sec) * 1_000_000_000 + UInt64(status.st_mtim.tv_nsec))
        scratch.put("root/g", "from the host")
        #expect(try client.content("g") == "from the host")
        #expect(throws: Errno.fileExists) { try client.make("g") }
        let handle = try client.open("g", .write, .truncate)
        #expect(scratch.content("root/g") == "")
        try client.close(handle)
        #expect(throws: Errno.noSuchFileOrDirectory) { try client.open("none") }
        #expect(throws: Errno.isDirectory) { try client.open("/", .write) }
        #expect(throws: Errno.notDirectory) { try client.open("f", .read, .directory) }
        #expect(throws: Errno.notDirectory) { try client.open("f/x") }
        #expect(throws: Errno.isDirectory) { try client.open("x/", .write, .create) }
        #expect(throws: Errno.invalidArgument) { try client.open("x", .read, [.create, .directory]) }
        #expect(throws: Errno.permissionDenied) { try client.open("f", .execute) }
    }

    @Test func transfers() throws {
        let scratch = try HostScratch()
        let client = Client<HostFS>.host(scratch)
        let handle = try client.open("f", [.read, .write], .create)
        #expect(try client.write(handle, bytes("0123456789")) == 10)
        #expect(try client.write(handle, bytes("xy"), at: .explicit(3)) == 2)
        #expect(try client.read(handle) == [])
        #expect(try client.call(.seek, Seek(handle: handle, offset: -4, whence: .end), as: process(1), Offset.self).offset == 6)
        #expect(try client.read(handle, 2) == bytes("67"))
        #expect(try client.call(.seek, Seek(handle: handle, offset: -6, whence: .current), as: process(1), Offset.self).offset == 2)
        #expect(try client.read(handle, 3) == bytes("2xy"))
        #expect(throws: Errno.invalidArgument) {
            try client.call(.seek, Seek(handle: handle, offset: -1, whence: .start), as: process(1), Offset.self)
        }
        #expect(throws: Errno.invalidArgument) { try client.read(handle, 1, at: .explicit(1 << 63)) }
        _ = try client.call(.setSize, SetSize(handle: handle, size: 4), as: process(1), Nothing.self)
        #expect(scratch.content("root/f") == "012x")
        #expect(throws: Errno.fileTooLarge) {
            try client.call(.setSize, SetSize(handle: handle, size: 1 << 63), as: process(1), Nothing.self)
        }
        _ = try client.call(.allocate, Allocate(handle: handle, offset: 2, length: 8), as: process(1), Nothing.self)
        #expect(try client.status("f").size == 10)
        #expect(throws: Errno.invalidArgument) {
            try client.call(.allocate, Allocate(handle: handle, offset: 2, length: 0), as: process(1), Nothing.self)
        }
        _ = try client.call(.sync, OneHandle(handle: handle), as: process(1), Nothing.self)
        let polled = try client.call(.poll, Poll(handle: handle, events: [.readable, .writable]), as: process(1), PollResult.self)
        #expect(polled.events == [.readable, .writable] && polled.available == 5)
        let reader = try client.open("f", .read)
        #expect(throws: Errno.badFileDescriptor) { try client.write(reader, bytes("x")) }
        #expect(throws: Errno.badFileDescriptor) { try client.read(try client.open("f", .write)) }
        #expect(throws: Errno.isDirectory) { try client.read(try client.open("/", .read, .directory)) }
        // A descriptor without any access has a status and nothing else.
        let held = try client.open("f", [])
        #expect(throws: Errno.badFileDescriptor) { try client.read(held) }
        #expect(try client.call(.status, OneHandle(handle: held), as: process(1), FileStatus.self).size == 10)
    }

    @Test func appendsGoToTheEndWhereverThatIs() throws {
        let scratch = try HostScratch()
        let client = Client<HostFS>.host(scratch)
        let one = try client.open("f", [.read, .write], .create, flags: .append)
        let two = try client.open("f", .write, flags: .append)
        #expect(try client.write(one, bytes("a")) == 1)
        #expect(try client.write(two, bytes("bb")) == 2)
        #expect(try client.write(one, bytes("c"), at: .explicit(0)) == 1)
        #expect(scratch.content("root/f") == "abbc")
        // An explicit write leaves the shared offset where it was.
        #expect(try client.read(one) == bytes("bbc"))
        let flags = SetDescriptionFlags(handle: one, flags: [])
        _ = try client.call(.setDescriptionFlags, flags, as: process(1), Nothing.self)
        #expect(try client.write(one, bytes("X"), at: .explicit(0)) == 1)
        #expect(scratch.content("root/f") == "Xbbc")
    }

    @Test func directoriesAndLinks() throws {
        let scratch = try HostScratch()
        let client = Client<HostFS>.host(scratch)
        try client.makeDirectory("d", mode: 0o750)
        try client.makeDirectory("d/e/")
        try client.make("f", "f")
        try client.symbolicLink("d/e", at: "l")
        #expect(try client.status("d").mode == 0o750)
        for path in ["d", "d/", "f", "l", ".", "d/..", "/"] {
            #expect(throws: Errno.fileExists, "\(path)") { try client.makeDirectory(path) }
        }
        #expect(throws: Errno.directoryNotEmpty) { try client.walk("d", .removeDirectory) }
        #expect(throws: Errno.notDirectory) { try client.walk("f", .removeDirectory) }
        #expect(throws: Errno.invalidArgument) { try client.walk("d/.", .removeDirectory) }
        #expect(throws: Errno.directoryNotEmpty) { try client.walk("d/e/..", .removeDirectory) }
        #expect(throws: Errno.resourceBusy) { try client.walk("/", .removeDirectory) }
        #expect(throws: Errno.isDirectory) { try client.walk("d", .unlink) }
        #expect(throws: Errno.notDirectory) { try client.walk("f/", .unlink) }
        #expect(try client.walk("l", .readLink, flags: []) == .target(bytes("d/e")))
        #expect(throws: Errno.invalidArgument) { try client.walk("f", .readLink, flags: []) }
        #expect(try client.status("l").kind == .directory)
        #expect(try client.status("l", follow: false).kind == .symbolicLink)
        try client.make("l/x", "through the link")
        #expect(scratch.content("root/d/e/x") == "through the link")
        #expect(throws: Errno.tooManySymbolicLinkLevels) { try client.open("l", pathFlags: []) }
        try client.link("f", "d/g")
        #expect(try client.status("f").links == 2)
        #expect(try client.node("f") == client.node("d/g"))
        try client.link("l", "d/linked")
        #expect(try client.status("d/linked", follow: false).kind == .symbolicLink)
        #expect(throws: Errno.notPermitted) { try client.link("d", "dd") }
        #expect(throws: Errno.fileExists) { try client.link("f", "l") }
        #expect(throws: Errno.fileExists) { try client.link("f", "d/..") }
        try client.rename("d", "moved")
        #expect(try client.content("moved/g") == "f")
        #expect(throws: Errno.invalidArgument) { try client.rename("moved", "moved/e/inside") }
        #expect(throws: Errno.isDirectory) { try client.rename("f", "moved") }
        #expect(throws: Errno.notDirectory) { try client.rename("moved", "f") }
        #expect(throws: Errno.notDirectory) { try client.rename("f", "h/") }
        try client.rename("f", "moved/g")
        #expect(scratch.names("root") == ["f", "l", "moved"], "two names of one file: nothing happens")
        try client.rename("f", "h")
        #expect(try client.walk("h", .unlink) == .nothing)
        #expect(scratch.names("root") == ["l", "moved"])
    }

    @Test func attributes() throws {
        let scratch = try HostScratch()
        let client = Client<HostFS>.host(scratch)
        try client.make("f", "12345")
        try client.symbolicLink("f", at: "l")
        #expect(try client.walk("f", .setMode(0o4751)) == .nothing)
        #expect(try client.status("f").mode == 0o751, "set-id bits mean another user on the host")
        #expect(throws: Errno.notSupported) { try client.walk("l", .setMode(0o600), flags: []) }
        let times = TimeChange(access: .to(Nanoseconds(rawValue: 1_000_000_007)), modification: .to(Nanoseconds(rawValue: 5)))
        #expect(try client.walk("l", .setTimes(times), flags: []) == .nothing)
        #expect(try client.status("l", follow: false).modificationTime.rawValue == 5)
        #expect(try client.status("f").modificationTime.rawValue > 5)
        #expect(try client.walk("l", .setTimes(times)) == .nothing)
        #expect(try client.status("f").accessTime.rawValue == 1_000_000_007)
        let handle = try client.open("f", .read)
        let change = SetTimes(handle: handle, times: TimeChange(access: .keep, modification: .to(Nanoseconds(rawValue: 9))))
        _ = try client.call(.setTimes, change, as: process(1), Nothing.self)
        let status = try client.status("f")
        #expect(status.accessTime.rawValue == 1_000_000_007 && status.modificationTime.rawValue == 9)
        #expect(try client.walk("f", .setSize(2)) == .nothing)
        #expect(scratch.content("root/f") == "12")
        #expect(throws: Errno.isDirectory) { try client.walk("/", .setSize(2)) }
        #expect(try client.walk("f", .setOwner(.root, GroupID(rawValue: .max))) == .nothing)
        #expect(throws: Errno.notPermitted) { try client.walk("f", .setOwner(UserID(rawValue: 7), GroupID(rawValue: .max))) }
        #expect(try client.walk("f", .access(7)) == .nothing)
        #expect(throws: Errno.permissionDenied) { try client.walk("f", .access(2), as: alice) }
        #expect(throws: Errno.permissionDenied) { try client.open("f", .write, as: alice) }
        #expect(throws: Errno.permissionDenied) { try client.make("x", as: alice) }
        #expect(throws: Errno.notPermitted) { try client.walk("f", .setMode(0o777), as: alice) }
        #expect(throws: Errno.notPermitted) { try client.walk("f", .setTimes(times), as: alice) }
        #expect(throws: Errno.noSuchFileOrDirectory) { try client.walk("none", .access(0)) }
    }

    @Test func listsEveryNameOnce() throws {
        let scratch = try HostScratch()
        let client = Client<HostFS>.host(scratch)
        for number in 0..<300 { scratch.put("root/file\(1000 + number)", "") }
        try client.makeDirectory("d")
        let handle = try client.open("/", .read, .directory)
        let entries = try client.entries(handle, count: 200)
        #expect(entries.prefix(2).map { $0.name } == [bytes("."), bytes("..")])
        #expect(entries.count == 303)
        #expect(Set(entries.map { $0.cookie }).count == 303)
        for entry in entries.dropFirst(2) {
            let status = try client.status(String(decoding: entry.name, as: UTF8.self))
            #expect(entry.node == status.node && entry.kind == status.kind)
        }
        // From the middle on, although names went and came.
        for number in 0..<100 { #expect(try client.walk("file\(1000 + number)", .unlink) == .nothing) }
        try client.make("a new one")
        let rest = try client.entries(handle, from: entries[199].cookie)
        #expect(rest == Array(entries[200...]))
        let again = try client.entries(handle)
        let removedNames = Set((0..<100).map { bytes("file\(1000 + $0)") })
        #expect(again.map { $0.name } == entries.map { $0.name }.filter { !removedNames.contains($0) } + [bytes("a new one")])
        #expect(again.filter { entry in entries.contains { $0.name == entry.name && $0.cookie != entry.cookie } } == [])
        #expect(throws: Errno.invalidArgument) {
            try client.call(
                .readDirectory, ReadDirectory(handle: handle, cookie: 2, count: 5), as: process(1), DirectoryEntries.self)
        }
        let removed = try client.open("d", .read, .directory)
        #expect(try client.walk("d", .removeDirectory) == .nothing)
        #expect(try client.entries(removed) == [])
    }

    @Test func nothingOutsideIsReached() throws {
        let scratch = try HostScratch()
        let client = Client<HostFS>.host(scratch)
        symlink("../outside/secret", scratch.root + "/relative")
        symlink(scratch.path + "/outside/secret", scratch.root + "/absolute")
        symlink("relative", scratch.root + "/chain")
        symlink("..", scratch.root + "/up")
        symlink("/proc/self/root", scratch.root + "/magic")
        try client.makeDirectory("d")
        // Every way out is the resource manager's to follow, in the guest's names.
        for path in ["..", "../outside/secret", "d/../../outside/secret", "relative", "chain", "up/outside/secret", "up"] {
            let result = try client.walk(path, .status)
            guard case .leavesRoot(let rest, _, _) = result else {
                Issue.record("\(path) came to \(result)")
                continue
            }
            #expect(rest.starts(with: bytes("..")))
        }
        #expect(try client.walk("absolute", .status) == .absoluteLink(rest: bytes(scratch.path + "/outside/secret"), linksLeft: 39))
        #expect(try client.walk("magic/etc", .status) == .absoluteLink(rest: bytes("/proc/self/root/etc"), linksLeft: 39))
        for path in ["..", "relative", "d/../.."] {
            #expect(throws: Errno.notCapable) { try client.walk(path, .status, flags: [.followLast, .beneath]) }
        }
        for name in ["../outside", "a/b", "", "x\0y"] {
            let top = try client.node("/")
            #expect(throws: Errno.self, "\(name)") {
                try client.call(
                    .renameNode,
                    NodeRename(
                        fileSystem: FileSystemID(rawValue: 1), fromDirectory: top, fromName: bytes("d"), toDirectory: top,
                        toName: bytes(name), credentials: root), Nothing.self)
            }
        }
        // Making, cutting and removing through a link do not leave either.
        #expect(throws: Errno.fileExists) { try client.open("relative", .write, [.create, .exclusive], pathFlags: []) }
        #expect(try client.walk("relative", .unlink, flags: []) == .nothing)
        #expect(scratch.content("outside/secret") == "secret")
        #expect(scratch.names("outside") == ["secret"])
    }

    @Test func aDirectoryThatTheHostMovedAwayHasNoWayBack() throws {
        let scratch = try HostScratch()
        let client = Client<HostFS>.host(scratch)
        try client.makeDirectory("d")
        try client.makeDirectory("d/e")
        let handle = try client.open("d/e", .read, .directory)
        let start = WalkStart.handle(process(1), handle)
        #expect(try client.walk("..", .resolve, start: start) == .node(try client.node("d"), .directory))
        let locate = Locate(fileSystem: FileSystemID(rawValue: 1), start: start)
        #expect(try client.call(.locate, locate, RawBytes.self).bytes == bytes("/d/e"))
        // Inside, it is found where it is now.
        #expect(rename(scratch.root + "/d/e", scratch.root + "/moved") == 0)
        #expect(try client.walk("..", .resolve, start: start) == .node(try client.node("/"), .directory))
        #expect(try client.call(.locate, locate, RawBytes.self).bytes == bytes("/moved"))
        // Outside, it leads nowhere.
        #expect(rename(scratch.root + "/moved", scratch.path + "/outside/moved") == 0)
        #expect(throws: Errno.noSuchFileOrDirectory) { try client.walk("..", .resolve, start: start) }
        #expect(throws: Errno.noSuchFileOrDirectory) { try client.walk("../secret", .status, start: start) }
        #expect(throws: Errno.noSuchFileOrDirectory) { try client.call(.locate, locate, RawBytes.self) }
    }

    @Test func aReplacedDirectoryIsAnother() throws {
        let scratch = try HostScratch()
        let client = Client<HostFS>.host(scratch)
        try client.makeDirectory("d")
        let node = try client.node("d")
        #expect(try client.walk("d", .removeDirectory) == .nothing)
        #expect(throws: Errno.noSuchFileOrDirectory) { try client.walk("", .resolve, start: .node(node), flags: .empty) }
        try client.makeDirectory("d")
        #expect(try client.node("d") != node)
        // An open file keeps its number without a name.
        try client.make("f", "text")
        let handle = try client.open("f")
        let old = try client.node("f")
        #expect(try client.walk("f", .unlink) == .nothing)
        try client.make("f", "other")
        #expect(try client.node("f") != old)
        #expect(try client.read(handle) == bytes("text"))
        #expect(try client.call(.status, OneHandle(handle: handle), as: process(1), FileStatus.self).node == old)
    }

    @Test func readOnlyIsReadOnly() throws {
        let scratch = try HostScratch()
        scratch.put("root/f", "text")
        mkdir(scratch.root + "/d", 0o755)
        let client = Client<HostFS>.host(scratch, isReadOnly: true)
        #expect(try client.content("f") == "text")
        let changes: [(String, FinalOperation)] = [
            ("f", .open(OpenFile(access: .write))), ("f", .open(OpenFile(access: .read, open: .truncate))),
            ("x", .open(OpenFile(access: .read, open: .create, mode: 0o644))), ("x", .makeDirectory(0o755)),
            ("x", .symbolicLink(bytes("f"))), ("f", .unlink), ("d", .removeDirectory), ("f", .setMode(0o600)),
            ("f", .setSize(0)), ("f", .setOwner(.root, GroupID(rawValue: 0))), ("f", .access(2)),
            ("f", .setTimes(TimeChange(access: .now, modification: .now))),
        ]
        for (path, operation) in changes {
            #expect(throws: Errno.readOnlyFileSystem, "\(operation)") { try client.walk(path, operation, flags: []) }
        }
        #expect(throws: Errno.readOnlyFileSystem) { try client.rename("f", "g") }
        #expect(throws: Errno.readOnlyFileSystem) { try client.link("f", "g") }
        #expect(scratch.names("root") == ["d", "f"])
        #expect(scratch.content("root/f") == "text")
    }

    @Test func specialFilesAreSeenAndNotOpened() throws {
        let scratch = try HostScratch()
        #expect(mkfifo(scratch.root + "/fifo", 0o666) == 0)
        let client = Client<HostFS>.host(scratch)
        #expect(try client.status("fifo").kind == .pipe)
        #expect(try client.names("/") == [".", "..", "fifo"])
        for access: AccessMode in [.read, .write, [.read, .write], []] {
            #expect(throws: Errno.notPermitted) { try client.open("fifo", access) }
        }
        let devices = Client(HostFS([HostDirectory(path: "/dev")]))
        devices.connect(process(1))
        let null = try devices.status("null")
        #expect(null.kind == .characterDevice && null.major.rawValue == 1 && null.minor == 3)
        #expect(throws: Errno.notPermitted) { try devices.open("null", .write) }
    }

    @Test func whoeverReadsMayExecuteWhereThatIsSaid() throws {
        let scratch = try HostScratch()
        scratch.put("root/program", "code")
        let plain = Client<HostFS>.host(scratch)
        #expect(throws: Errno.permissionDenied) { try plain.open("program", .execute) }
        let client = Client<HostFS>.host(scratch, readersMayExecute: true)
        #expect(try client.status("program").mode == 0o755)
        #expect(try client.read(try client.open("program", .execute)) == bytes("code"))
    }

    @Test func handlesAndDescriptorsGoBack() throws {
        let scratch = try HostScratch()
        do {
            let client = Client<HostFS>.host(scratch)
            try client.make("f", "text")
            let handle = try client.open("f")
            let share = Share(from: process(1), to: process(2), handles: [handle, handle])
            let shared = try client.call(.share, share, ShareResult.self).handles
            #expect(client.reactor.logic.handleCount == 3 && client.reactor.logic.holderCount == 1)
            #expect(throws: Errno.badFileDescriptor) {
                try client.call(
                    .share, Share(from: process(1), to: process(2), handles: [handle, shared[0]]), ShareResult.self)
            }
            #expect(client.reactor.logic.handleCount == 3)
            #expect(try client.read(handle, 2) == bytes("te"))
            #expect(try client.read(shared[0], as: process(2)) == bytes("xt"), "the offset is common")
            #expect(throws: Errno.badFileDescriptor) { try client.read(handle, as: process(2)) }
            try client.close(handle)
            client.input(.disconnected(ConnectionID(rawValue: 3)))
            #expect(client.reactor.logic.handleCount == 0 && client.reactor.logic.holderCount == 0)
            // Many directories and files: of what is not open only some directories are kept at hand.
            for one in 0..<30 {
                try client.makeDirectory("d\(one)")
                for two in 0..<20 {
                    try client.makeDirectory("d\(one)/e\(two)")
                    try client.make("d\(one)/e\(two)/f")
                }
            }
            #expect(openDescriptors(scratch) <= 270)
            let (directory, name) = try client.parent("d0/e0/f")
            for one in 0..<30 { for two in 0..<20 { _ = try client.status("d\(one)/e\(two)/f") } }
            // A directory that was put away is found again.
            let found = try client.walk(String(decoding: name, as: UTF8.self), .status, start: .node(directory))
            #expect(found == .status(try client.status("d0/e0/f")))
        }
        #expect(openDescriptors(scratch) == 0)
    }

    @Test func mountPointsAreEntered() throws {
        let scratch = try HostScratch()
        let client = Client<HostFS>.host(scratch)
        try client.makeDirectory("d")
        let node = try client.node("d")
        let point = SetMountPoint(fileSystem: FileSystemID(rawValue: 1), node: node, isCovered: true)
        _ = try client.call(.setMountPoint, point, Nothing.self)
        #expect(try client.walk("d/x/y", .status) == .entersMount(node, rest: bytes("x/y"), depth: 0, linksLeft: 40))
        #expect(throws: Errno.resourceBusy) { try client.rename("d", "e") }
        #expect(throws: Errno.resourceBusy) {
            try client.call(
                .createFileSystem, CreateFileSystem(options: [], credentials: root), FileSystemCreated.self)
        }
    }
}
