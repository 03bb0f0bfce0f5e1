import ABI
import FileServer
import ServerKit
import Testing
import TmpFS

@Suite struct NamesTests {
    @Test func directories() throws {
        let client = try Client.tmpfs()
        try client.makeDirectory("d", mode: 0o750)
        try client.makeDirectory("d/e/")
        try client.make("f")
        try client.symbolicLink("nowhere", at: "l")
        let status = try client.status("d")
        #expect(status.kind == .directory && status.mode == 0o750 && status.links == 3)
        #expect(try client.status("/").links == 3)
        for path in ["d", "d/", "f", "l", "l/", ".", "d/..", "/"] {
            #expect(throws: Errno.fileExists, "\(path)") { try client.makeDirectory(path) }
        }
        #expect(throws: Errno.noSuchFileOrDirectory) { try client.makeDirectory("none/x") }
        #expect(throws: Errno.notDirectory) { try client.makeDirectory("f/x") }
        #expect(throws: Errno.permissionDenied) { try client.makeDirectory("x", as: alice) }
        #expect(throws: Errno.directoryNotEmpty) { try client.walk("d", .removeDirectory) }
        #expect(throws: Errno.notDirectory) { try client.walk("f", .removeDirectory) }
        #expect(throws: Errno.notDirectory) { try client.walk("l/", .removeDirectory) }
        #expect(throws: Errno.invalidArgument) { try client.walk("d/.", .removeDirectory) }
        #expect(throws: Errno.directoryNotEmpty) { try client.walk("d/e/..", .removeDirectory) }
        #expect(throws: Errno.resourceBusy) { try client.walk("/", .removeDirectory) }
        #expect(throws: Errno.noSuchFileOrDirectory) { try client.walk("x", .removeDirectory) }
        #expect(throws: Errno.permissionDenied) { try client.walk("d/e", .removeDirectory, as: alice) }
        #expect(try client.walk("d/e/", .removeDirectory) == .nothing)
        #expect(try client.walk("d", .removeDirectory) == .nothing)
        #expect(try client.status("/").links == 2)
    }

    @Test func aRemovedDirectoryIsEmptyAndStaysSo() throws {
        let client = try Client.tmpfs()
        try client.makeDirectory("d")
        let handle = try client.open("d", .read, .directory)
        let node = try client.node("d")
        #expect(try client.walk("d", .removeDirectory) == .nothing)
        #expect(try client.entries(handle) == [])
        let start = WalkStart.handle(process(1), handle)
        #expect(throws: Errno.noSuchFileOrDirectory) { try client.walk("x", .makeDirectory(0o755), start: start) }
        #expect(throws: Errno.noSuchFileOrDirectory) {
            try client.walk("x", .open(OpenFile(access: .write, open: .create)), start: start)
        }
        try client.make("f")
        #expect(throws: Errno.noSuchFileOrDirectory) {
            try client.call(
                .linkNode,
                NodeLink(
                    fileSystem: FileSystemID(rawValue: 1), node: try client.node("f"), toDirectory: node, toName: bytes("x"),
                    credentials: root),
                Nothing.self)
        }
        #expect(try client.walk("..", .resolve, start: start) == .node(try client.node("/"), .directory))
        try client.close(handle)
        #expect(throws: Errno.noSuchFileOrDirectory) { try client.walk(".", .resolve, start: .node(node)) }
    }

    @Test func unlinks() throws {
        let client = try Client.tmpfs()
        try client.makeDirectory("d")
        try client.make("f")
        try client.symbolicLink("f", at: "l")
        #expect(throws: Errno.isDirectory) { try client.walk("d", .unlink) }
        #expect(throws: Errno.isDirectory) { try client.walk("d/", .unlink) }
        #expect(throws: Errno.isDirectory) { try client.walk("d/..", .unlink) }
        #expect(throws: Errno.notDirectory) { try client.walk("f/", .unlink) }
        #expect(throws: Errno.notDirectory) { try client.walk("l/", .unlink) }
        #expect(throws: Errno.noSuchFileOrDirectory) { try client.walk("x", .unlink) }
        #expect(throws: Errno.permissionDenied) { try client.walk("f", .unlink, as: alice) }
        #expect(try client.walk("l", .unlink) == .nothing)
        #expect(try client.walk("f", .unlink) == .nothing)
        #expect(try client.names("/") == [".", "..", "d"])
    }

    @Test func links() throws {
        let client = try Client.tmpfs()
        try client.makeDirectory("d")
        try client.make("f", "hello")
        try client.symbolicLink("f", at: "l")
        try client.link("f", "d/g")
        #expect(try client.node("d/g") == client.node("f"))
        #expect(try client.status("f").links == 2)
        try client.link("l", "m")
        #expect(try client.status("m", follow: false).kind == .symbolicLink)
        #expect(throws: Errno.notPermitted) { try client.link("d", "e") }
        #expect(throws: Errno.fileExists) { try client.link("f", "d") }
        #expect(throws: Errno.fileExists) { try client.link("f", "f") }
        #expect(throws: Errno.fileExists) { try client.link("f", "d/.") }
        #expect(throws: Errno.noSuchFileOrDirectory) { try client.link("f", "new/") }
        #expect(throws: Errno.permissionDenied) { try client.link("f", "new", as: alice) }
        #expect(try client.walk("f", .unlink) == .nothing)
        #expect(try client.content("d/g") == "hello")
        #expect(try client.status("d/g").links == 1)
        // A file without a name gets none again.
        let handle = try client.open("d/g")
        let node = try client.node("d/g")
        #expect(try client.walk("d/g", .unlink) == .nothing)
        #expect(throws: Errno.noSuchFileOrDirectory) {
            try client.call(
                .linkNode,
                NodeLink(
                    fileSystem: FileSystemID(rawValue: 1), node: node, toDirectory: try client.node("/"), toName: bytes("x"),
                    credentials: root), Nothing.self)
        }
        try client.close(handle)
    }

    @Test func symbolicLinks() throws {
        let client = try Client.tmpfs()
        try client.symbolicLink("/any/where", at: "l")
        let status = try client.status("l", follow: false)
        #expect(status.kind == .symbolicLink && status.size == 10 && status.mode == 0o777)
        #expect(try client.walk("l", .readLink, flags: []) == .target(bytes("/any/where")))
        #expect(throws: Errno.invalidArgument) { try client.walk("/", .readLink, flags: []) }
        #expect(throws: Errno.fileExists) { try client.symbolicLink("x", at: "l") }
        #expect(throws: Errno.fileExists) { try client.symbolicLink("x", at: "l/") }
        #expect(throws: Errno.noSuchFileOrDirectory) { try client.symbolicLink("x", at: "new/") }
        #expect(throws: Errno.noSuchFileOrDirectory) { try client.symbolicLink("", at: "new") }
        #expect(throws: Errno.fileNameTooLong) { try client.symbolicLink(String(repeating: "x", count: 4096), at: "new") }
        #expect(throws: Errno.invalidArgument) { try client.symbolicLink("a\0b", at: "new") }
        #expect(throws: Errno.notSupported) { try client.walk("l", .setMode(0o600), flags: []) }
        #expect(try client.walk("l", .setOwner(alice.user, alice.group), flags: []) == .nothing)
    }

    @Test func renames() throws {
        let client = try Client.tmpfs()
        for path in ["d", "d/sub", "empty", "full"] { try client.makeDirectory(path) }
        try client.make("full/x")
        try client.make("f", "f")
        try client.make("g", "g")
        try client.symbolicLink("d", at: "l")
        let node = try client.node("f")
        client.time += 100
        try client.rename("f", "g")
        #expect(try client.node("g") == node)
        #expect(try client.status("g").changeTime == client.now)
        #expect(throws: Errno.noSuchFileOrDirectory) { try client.rename("f", "h") }
        try client.rename("g", "d/sub/f")
        #expect(try client.content("d/sub/f") == "f")
        #expect(throws: Errno.isDirectory) { try client.rename("d/sub/f", "empty") }
        #expect(throws: Errno.notDirectory) { try client.rename("empty", "d/sub/f") }
        #expect(throws: Errno.notDirectory) { try client.rename("d/sub/f", "h/") }
        #expect(throws: Errno.notDirectory) { try client.rename("d/sub/f/", "h") }
        #expect(throws: Errno.notDirectory) { try client.rename("l/", "h") }
        #expect(throws: Errno.directoryNotEmpty) { try client.rename("empty", "full") }
        #expect(throws: Errno.directoryNotEmpty) { try client.rename("d/sub", "d") }
        #expect(throws: Errno.invalidArgument) { try client.rename("d", "d/sub/d") }
        #expect(throws: Errno.invalidArgument) { try client.rename("d", "d/e") }
        #expect(throws: Errno.invalidArgument) { try client.rename("d/.", "e") }
        #expect(throws: Errno.invalidArgument) { try client.rename("d", "empty/..") }
        // The link itself moves.
        try client.rename("l", "m")
        #expect(try client.walk("m", .readLink, flags: []) == .target(bytes("d")))
        // Links of directories follow.
        #expect(try client.status("/").links == 5)
        try client.rename("full/", "empty/")
        #expect(try client.status("/").links == 4)
        #expect(try client.names("empty") == [".", "..", "x"])
        try client.rename("d/sub", "empty/sub")
        #expect(try client.status("d").links == 2)
        #expect(try client.status("empty").links == 3)
        #expect(try client.walk("empty/sub/..", .resolve) == .node(try client.node("empty"), .directory))
    }

    @Test func renamingOneFileToItselfDoesNothing() throws {
        let client = try Client.tmpfs()
        try client.make("f", "x")
        try client.link("f", "g")
        try client.rename("f", "g")
        try client.rename("f", "f")
        #expect(try client.names("/") == [".", "..", "f", "g"])
    }

    @Test func renameChecksPermission() throws {
        let client = try Client.tmpfs()
        try client.makeDirectory("mine", mode: 0o777)
        try client.makeDirectory("theirs", mode: 0o755)
        try client.make("mine/f", as: alice)
        try client.make("theirs/f")
        try client.makeDirectory("mine/d", mode: 0o555, as: bob)
        #expect(throws: Errno.permissionDenied) { try client.rename("mine/f", "theirs/f", as: alice) }
        #expect(throws: Errno.permissionDenied) { try client.rename("theirs/f", "mine/g", as: alice) }
        // A directory that moves is written to, because its `..` changes.
        try client.makeDirectory("other", mode: 0o777)
        #expect(throws: Errno.permissionDenied) { try client.rename("mine/d", "other/d", as: alice) }
        try client.rename("mine/d", "mine/e", as: alice)
    }

    @Test func theStickyBitProtects() throws {
        let client = try Client.tmpfs("mode=1777")
        try client.make("f", as: alice)
        try client.make("g", as: bob)
        try client.makeDirectory("d", as: alice)
        #expect(throws: Errno.notPermitted) { try client.walk("f", .unlink, as: bob) }
        #expect(throws: Errno.notPermitted) { try client.walk("d", .removeDirectory, as: bob) }
        #expect(throws: Errno.notPermitted) { try client.rename("f", "h", as: bob) }
        #expect(throws: Errno.notPermitted) { try client.rename("g", "f", as: bob) }
        try client.rename("f", "h", as: alice)
        #expect(try client.walk("h", .unlink, as: alice) == .nothing)
        #expect(try client.walk("g", .unlink) == .nothing)
        #expect(try client.walk("/", .setOwner(bob.user, bob.group)) == .nothing)
        #expect(try client.walk("d", .removeDirectory, as: bob) == .nothing)
    }

    @Test func coveredDirectoriesAreBusy() throws {
        let client = try Client.tmpfs()
        try client.makeDirectory("m")
        try client.makeDirectory("d")
        try client.make("f")
        let node = try client.node("m")
        func cover(_ node: NodeID, _ isCovered: Bool) throws(Errno) {
            _ = try client.call(
                .setMountPoint, SetMountPoint(fileSystem: FileSystemID(rawValue: 1), node: node, isCovered: isCovered), Nothing.self)
        }
        try cover(node, true)
        #expect(throws: Errno.resourceBusy) { try client.rename("m", "n") }
        #expect(throws: Errno.resourceBusy) { try client.rename("d", "m") }
        #expect(throws: Errno.notDirectory) { try cover(try client.node("f"), true) }
        try cover(node, false)
        try client.rename("d", "m")
        #expect(throws: Errno.noSuchFileOrDirectory) { try cover(node, true) }
    }

    @Test func listsWithStableCookies() throws {
        let client = try Client.tmpfs()
        try client.makeDirectory("d")
        for index in 0..<100 { try client.make("d/\(index)") }
        let handle = try client.open("d", .read, .directory)
        let before = try client.entries(handle, count: 200)
        #expect(before.count == 102)
        let (itself, parent) = (try client.node("d"), try client.node("/"))
        #expect(before[0].name == bytes(".") && before[0].node == itself)
        #expect(before[1].name == bytes("..") && before[1].node == parent)
        #expect(Set(before.map { $0.cookie }).count == 102 && before[0].cookie != 0)
        // Half of them go and others come in the middle of a listing.
        let part = try client.call(
            .readDirectory, ReadDirectory(handle: handle, cookie: 0, count: 1000), as: process(1), DirectoryEntries.self
        ).entries
        for index in stride(from: 0, to: 100, by: 2) { #expect(try client.walk("d/\(index)", .unlink) == .nothing) }
        for index in 100..<120 { try client.make("d/\(index)") }
        try client.rename("d/1", "d/renamed")
        let rest = try client.entries(handle, from: part.last?.cookie ?? 0)
        let told = (part + rest).map { String(decoding: $0.name, as: UTF8.self) }
        #expect(Set(told).count == told.count)
        for index in stride(from: 3, to: 100, by: 2) { #expect(told.contains("\(index)")) }
        #expect(throws: Errno.invalidArgument) { try client.entries(handle, count: 10) }
        #expect(try client.entries(handle, from: .max) == [])
    }
}
