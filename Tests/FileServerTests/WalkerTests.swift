import ABI
import FileServer
import ServerKit
import Testing
import TmpFS

@Suite struct WalkerTests {
    /// What a walk came to, in a form that a table can hold.
    enum Expected {
        case at(String)
        case fails(Errno)
        case mount(String, depth: UInt32, links: UInt8)
        case leaves(String, depth: UInt32)
        case absolute(String, links: UInt8)
    }

    /// `/a/b/c` with a file `f`, links of all kinds in `/l`, a covered directory `/a/m`.
    private func prepared() throws(Errno) -> Client<TmpFS> {
        let client = try Client.tmpfs()
        for path in ["a", "a/b", "a/b/c", "a/m", "l", "secret"] { try client.makeDirectory(path) }
        try client.make("a/b/c/f", "x")
        try client.make("secret/f", "x")
        #expect(try client.walk("secret", .setMode(0o700)) == .nothing)
        for (target, path) in [
            ("../a/b", "l/relative"), ("/a/b", "l/absolute"), ("loop", "l/loop"), ("nowhere", "l/dangling"), ("../a/b/c/f", "l/file"),
            ("relative/c", "l/nested"), ("../..", "l/up"), ("../a/m", "l/mount"), ("slash/", "l/toslash"), ("../a/b/c/f/", "l/fileslash"),
        ] { try client.symbolicLink(target, at: path) }
        _ = try client.call(
            .setMountPoint,
            SetMountPoint(fileSystem: FileSystemID(rawValue: 1), node: try client.node("a/m"), isCovered: true), Nothing.self)
        return client
    }

    private func check(
        _ client: Client<TmpFS>, _ path: String, _ flags: PathFlags, _ expected: Expected, depth: UInt32 = 0,
        as credentials: Credentials = root, start: WalkStart = .root, links: UInt8 = 40,
        location: SourceLocation = #_sourceLocation
    ) throws(Errno) {
        var found: WalkResult?
        var failure: Errno?
        do throws(Errno) {
            found = try client.walk(path, .resolve, as: credentials, start: start, flags: flags, depth: depth, links: links)
        } catch { failure = error }
        let shown = Comment(rawValue: "\(path): \(String(describing: found)) \(String(describing: failure))")
        switch expected {
        case .at(let place):
            let wanted = try client.node(place)
            guard case .node(let node, _)? = found else {
                Issue.record(shown, sourceLocation: location)
                return
            }
            #expect(node == wanted, shown, sourceLocation: location)
        case .fails(let error): #expect(failure == error, shown, sourceLocation: location)
        case .mount(let rest, let depth, let links):
            guard case .entersMount(_, let r, let d, let l)? = found else {
                Issue.record(shown, sourceLocation: location)
                return
            }
            #expect(r == bytes(rest) && d == depth && l == links, shown, sourceLocation: location)
        case .leaves(let rest, let depth):
            guard case .leavesRoot(let r, let d, _)? = found else {
                Issue.record(shown, sourceLocation: location)
                return
            }
            #expect(r == bytes(rest) && d == depth, shown, sourceLocation: location)
        case .absolute(let rest, let links):
            guard case .absoluteLink(let r, let l)? = found else {
                Issue.record(shown, sourceLocation: location)
                return
            }
            #expect(r == bytes(rest) && l == links, shown, sourceLocation: location)
        }
    }

    @Test func plainPaths() throws {
        let client = try prepared()
        try check(client, "a/b", [], .at("a/b"))
        try check(client, "/a/b", [], .at("a/b"))
        try check(client, "//a///b//", [], .at("a/b"))
        try check(client, "a/./b/.", [], .at("a/b"))
        try check(client, "a/b/../b/c/..", [], .at("a/b"))
        try check(client, "/", [], .at("."))
        try check(client, "a/b/c/f", [], .at("a/b/c/f"))
        try check(client, "a/b/c/f/", [], .fails(.notDirectory))
        try check(client, "a/b/c/f/.", [], .fails(.notDirectory))
        try check(client, "a/b/c/f/..", [], .fails(.notDirectory))
        try check(client, "a/b/c/f/x", [], .fails(.notDirectory))
        try check(client, "a/x/..", [], .fails(.noSuchFileOrDirectory))
        try check(client, "x", [], .fails(.noSuchFileOrDirectory))
        try check(client, "", [], .fails(.noSuchFileOrDirectory))
        try check(client, "", .empty, .at("."))
        try check(client, "..", [], .leaves("..", depth: 0))
        try check(client, "a/../../x/y", [], .leaves("../x/y", depth: 0))
    }

    @Test func startsAtNodeAndHandle() throws {
        let client = try prepared()
        try check(client, "c", [], .at("a/b/c"), start: .node(try client.node("a/b")))
        try check(client, "../m/x", [], .mount("x", depth: 0, links: 40), start: .node(try client.node("a/b")))
        try check(client, "c", [], .fails(.noSuchFileOrDirectory), start: .node(NodeID(index: 9999, generation: 1)))
        let directory = try client.open("a/b", .read, .directory)
        try check(client, "/c", [], .at("a/b/c"), start: .handle(process(1), directory))
        try check(client, "", .empty, .at("a/b"), start: .handle(process(1), directory))
        try check(client, "c", [], .fails(.badFileDescriptor), start: .handle(process(2), directory))
        let file = try client.open("a/b/c/f")
        try check(client, "x", [], .fails(.notDirectory), start: .handle(process(1), file))
        try check(client, ".", [], .fails(.notDirectory), start: .handle(process(1), file))
        try check(client, "/", [], .fails(.notDirectory), start: .handle(process(1), file))
        try check(client, "", .empty, .at("a/b/c/f"), start: .handle(process(1), file))
    }

    @Test func symbolicLinks() throws {
        let client = try prepared()
        try check(client, "l/relative", [], .at("l/relative"))
        try check(client, "l/relative", .followLast, .at("a/b"))
        try check(client, "l/relative/", [], .at("a/b"))
        try check(client, "l/relative/c", [], .at("a/b/c"))
        try check(client, "l/nested/f", [], .at("a/b/c/f"))
        try check(client, "l/nested", .followLast, .at("a/b/c"))
        try check(client, "l/dangling", .followLast, .fails(.noSuchFileOrDirectory))
        try check(client, "l/dangling", [], .at("l/dangling"))
        try check(client, "l/file/", [], .fails(.notDirectory))
        try check(client, "l/fileslash", .followLast, .fails(.notDirectory))
        try check(client, "l/file/x", [], .fails(.notDirectory))
        try check(client, "l/loop", .followLast, .fails(.tooManySymbolicLinkLevels))
        try check(client, "l/loop/x", [], .fails(.tooManySymbolicLinkLevels))
        try check(client, "l/nested", .followLast, .at("a/b/c"), links: 2)
        try check(client, "l/nested", .followLast, .fails(.tooManySymbolicLinkLevels), links: 1)
        try check(client, "l/absolute", .followLast, .absolute("/a/b", links: 39))
        try check(client, "l/absolute//c", [], .absolute("/a/b//c", links: 39))
        try check(client, "l/absolute/c", [], .fails(.tooManySymbolicLinkLevels), links: 0)
        try check(client, "l/up", .followLast, .leaves("..", depth: 0))
        try check(client, "l/up/x", [], .leaves("../x", depth: 0))
    }

    @Test func mounts() throws {
        let client = try prepared()
        try check(client, "a/m", [], .mount("", depth: 0, links: 40))
        try check(client, "a/m/", [], .mount("", depth: 0, links: 40))
        try check(client, "a/m//x/../y/", [], .mount("x/../y/", depth: 0, links: 40))
        try check(client, "l/mount/x", [], .mount("x", depth: 0, links: 39))
        try check(client, "a/m/x", .beneath, .mount("x", depth: 5, links: 40), depth: 3)
        try check(client, "a/m", .beneath, .mount("", depth: 5, links: 40), depth: 3)
        // `..` out of a directory below a covered one comes to what is mounted there.
        #expect(try client.walk("a/m", .parent, flags: []) == .parent(try client.node("a"), bytes("m")))
        for operation in [FinalOperation.makeDirectory(0o755), .removeDirectory, .unlink, .status, .readLink] {
            guard case .entersMount = try client.walk("a/m", operation) else {
                Issue.record("\(operation) missed the mount")
                continue
            }
        }
    }

    @Test func beneath() throws {
        let client = try prepared()
        try check(client, "a/b", .beneath, .at("a/b"))
        try check(client, "..", .beneath, .fails(.notCapable))
        try check(client, "a/../..", .beneath, .fails(.notCapable))
        try check(client, "a/..", .beneath, .at("."))
        try check(client, "l/absolute", [.beneath, .followLast], .fails(.notCapable))
        try check(client, "l/absolute", .beneath, .at("l/absolute"))
        try check(client, "l/up", [.beneath, .followLast], .fails(.notCapable))
        try check(client, "l/relative", [.beneath, .followLast], .at("a/b"))
        let start = WalkStart.node(try client.node("l"))
        try check(client, "relative", [.beneath, .followLast], .fails(.notCapable), start: start)
        try check(client, "relative", [.beneath, .followLast], .at("a/b"), depth: 1, start: start)
        try check(client, "../..", .beneath, .leaves("..", depth: 1), depth: 2, start: start)
        try check(client, "../../..", .beneath, .leaves("../..", depth: 1), depth: 2, start: start)
    }

    @Test func searchPermission() throws {
        let client = try prepared()
        try check(client, "secret", [], .at("secret"), as: alice)
        try check(client, "secret/f", [], .fails(.permissionDenied), as: alice)
        try check(client, "secret/.", [], .fails(.permissionDenied), as: alice)
        try check(client, "secret/..", [], .fails(.permissionDenied), as: alice)
        try check(client, "secret/none", [], .fails(.permissionDenied), as: alice)
        try check(client, "secret/f", [], .at("secret/f"))
        #expect(try client.walk("secret", .setOwner(alice.user, GroupID(rawValue: .max))) == .nothing)
        try check(client, "secret/f", [], .at("secret/f"), as: alice)
        // The owner's class decides even where the group's would grant.
        #expect(try client.walk("secret", .setMode(0o077)) == .nothing)
        try check(client, "secret/f", [], .fails(.permissionDenied), as: alice)
        try check(client, "secret/f", [], .at("secret/f"), as: bob)
        #expect(try client.walk("secret", .setOwner(.root, GroupID(rawValue: 7))) == .nothing)
        #expect(try client.walk("secret", .setMode(0o710)) == .nothing)
        try check(client, "secret/f", [], .at("secret/f"), as: alice)
        try check(client, "secret/f", [], .fails(.permissionDenied), as: bob)
    }

    @Test func hostilePaths() throws {
        let client = try prepared()
        let long = String(repeating: "n", count: 256)
        try check(client, long, [], .fails(.fileNameTooLong))
        try check(client, "a/\(long)/b", [], .fails(.fileNameTooLong))
        #expect(throws: Errno.fileNameTooLong) { try client.walk(long, .makeDirectory(0o755)) }
        try client.makeDirectory(String(repeating: "n", count: 255))
        try check(client, String(repeating: "n", count: 255) + "/", [], .at(String(repeating: "n", count: 255)))
        try check(client, "a\0b", [], .fails(.invalidArgument))
        try check(client, String(repeating: "/", count: 4095), [], .at("."))
        try check(client, String(repeating: "/", count: 4096), [], .fails(.fileNameTooLong))
        try check(client, String(repeating: "a/../", count: 800) + "a", [], .at("a"))
        try check(client, String(repeating: "/", count: 4097), [], .fails(.badMessage))
        // A link whose expansion has no end in sight.
        try client.symbolicLink(String(repeating: "x/", count: 1500), at: "big")
        try check(client, "big/" + String(repeating: "y/", count: 1500), [], .fails(.fileNameTooLong))
        try check(client, "\u{fffd}\u{1}\u{7f}", [], .fails(.noSuchFileOrDirectory))
        try client.make("\u{1}\u{7f}é")
        try check(client, "\u{1}\u{7f}é", [], .at("\u{1}\u{7f}é"))
        #expect(throws: Errno.staleFileHandle) { try client.walk("a", .status, fileSystem: 9) }
    }

    @Test func parents() throws {
        let client = try prepared()
        let a = try client.node("a")
        #expect(try client.walk("a/new", .parent) == .parent(a, bytes("new")))
        #expect(try client.walk("a/b//", .parent) == .parent(a, bytes("b/")))
        #expect(try client.walk("a/.", .parent) == .parent(a, bytes(".")))
        #expect(try client.walk("a/../", .parent) == .parent(a, bytes("../")))
        #expect(try client.walk("l/relative", .parent) == .parent(try client.node("l"), bytes("relative")))
        #expect(try client.walk("l/relative/x", .parent) == .parent(try client.node("a/b"), bytes("x")))
        #expect(throws: Errno.notDirectory) { try client.walk("a/b/c/f/x", .parent) }
        #expect(throws: Errno.permissionDenied) { try client.walk("secret/x", .parent, as: alice) }
    }

    @Test func locates() throws {
        let client = try prepared()
        func locate(_ start: WalkStart) throws(Errno) -> String {
            let path = try client.call(.locate, Locate(fileSystem: FileSystemID(rawValue: 1), start: start), RawBytes.self)
            return String(decoding: path.bytes, as: UTF8.self)
        }
        #expect(try locate(.root) == "/")
        #expect(try locate(.node(try client.node("a/b/c"))) == "/a/b/c")
        try client.rename("a/b", "l/moved")
        let handle = try client.open("l/moved/c", .read, .directory)
        let place = DirectoryHandle(process: process(1), handle: handle)
        #expect(try client.call(.fileSystemOf, place, FileSystemCreated.self).fileSystem.rawValue == 1)
        #expect(throws: Errno.notPermitted) { try client.call(.fileSystemOf, place, as: process(1), FileSystemCreated.self) }
        #expect(throws: Errno.badFileDescriptor) {
            try client.call(.fileSystemOf, DirectoryHandle(process: process(2), handle: handle), FileSystemCreated.self)
        }
        #expect(try locate(.handle(process(1), handle)) == "/l/moved/c")
        #expect(throws: Errno.notDirectory) { try locate(.node(try client.node("l/moved/c/f"))) }
        #expect(try client.walk("l/moved/c/f", .unlink) == .nothing)
        #expect(try client.walk("l/moved/c", .removeDirectory) == .nothing)
        #expect(throws: Errno.noSuchFileOrDirectory) { try locate(.handle(process(1), handle)) }
    }
}
