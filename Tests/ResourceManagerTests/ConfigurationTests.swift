import ABI
import ResourceManager
import ServerKit
import TestSupport
import Testing

/// Servers and mounts that the start configuration adds.
@Suite struct ConfigurationTests {
    private func booted(_ lines: String, seed: UInt8? = nil, prepare: @escaping (World) -> Void = { _ in }) -> World {
        let world = World()
        if let seed { world.random = Seeded(UInt64(seed)) }
        prepare(world)
        world.start("manifest=abc\ninit=/sbin/init\n" + lines)
        world.pump()
        return world
    }

    private func mounts(_ world: World) throws -> [String] {
        try world.call(world.initial, .mounts, Nothing(), MountList.self).mounts.map {
            [$0.type, $0.options, $0.target].map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
        }
    }

    @Test(arguments: 0..<40) func mountsFileSystemsOfAServerInEveryOrderOfMessages(seed: Int) throws {
        let world = booted(
            "server=hostfs\nmount=hostfs 1 ro /share\nmount=hostfs 2 rw /mnt/a b/c\nmount=hostfs 3 rw /mnt/a b/c/d\n", seed: UInt8(seed)
        ) { world in
            world.prepare = { files, module in
                if module == "netfs" { files.make("/share", .directory) }
                if module != "hostfs" { return }
                for number: UInt32 in 2...3 { #expect(files.makeFileSystem().rawValue == number) }
                for number: UInt32 in 1...3 { files.make("/file\(number)", .regular, fileSystem: number) }
            }
        }
        #expect(world.isBooted)
        #expect(world.console == [])
        #expect(world.created.contains("hostfs"))
        let configuration = String(decoding: world.server("netfs").configuration, as: UTF8.self)
        #expect(configuration == "manifest=abc\ndirectory=/share\ndirectory=/mnt/a b/c\ndirectory=/mnt/a b/c/d\n")
        let list = try mounts(world)
        #expect(list.count == 10)
        #expect(list.suffix(2) == ["hostfs rw /mnt/a b/c", "hostfs rw /mnt/a b/c/d"] || list.contains("hostfs ro /share"))
        for path in ["/share/file1", "/mnt/a b/c/file2", "/mnt/a b/c/d/file3"] {
            #expect(throws: Never.self, "\(path)") { try world.path(world.initial, path, .status) }
        }
        world.expectQuiet()
    }

    @Test func takesThePlaceOfAStandardMount() throws {
        let world = booted("server=hostfs\nmount=hostfs 1 rw /home\n")
        #expect(world.console == [])
        let list = try mounts(world)
        #expect(list.filter { $0.hasSuffix(" /home") } == ["hostfs rw /home"])
        #expect(list.count == 7)
    }

    @Test func leavesOutWhatIsWrongAndSaysSo() throws {
        let wrong = [
            "server=": "server", "server=Host": "server", "server=a/b": "server", "server=tty": "server",
            "mount=": "mount", "mount=hostfs": "mount", "mount=hostfs 1 rw": "mount", "mount=hostfs 0 rw /a": "mount",
            "mount=hostfs x rw /a": "mount", "mount=hostfs 9999999999 rw /a": "mount", "mount=hostfs 1  /a": "mount",
            "mount=hostfs 1 rw a": "mount", "mount=hostfs 1 rw /": "mount", "mount=hostfs 1 rw /a/": "mount",
            "mount=hostfs 1 rw /a//b": "mount", "mount=hostfs 1 rw /a/../b": "mount", "mount=hostfs 1 rw /./a": "mount",
            "mount=hostfs 1 rw /dev": "mount", "mount= 1 rw /a": "mount",
            "mount=hostfs 1 rw /" + String(repeating: "x", count: 256): "mount",
        ]
        for (line, kind) in wrong {
            let world = booted(line + "\n")
            #expect(world.isBooted, "\(line)")
            #expect(world.console.count == 1 && world.console[0].hasPrefix("the configured \(kind) "), "\(line)")
            #expect(try mounts(world).count == 7)
        }
        let twice = booted("server=hostfs\nserver=hostfs\nmount=hostfs 1 rw /mnt/a\nmount=hostfs 2 rw /mnt/a\n")
        #expect(
            twice.console == [
                "the configured mount hostfs 2 rw /mnt/a is left out: busy",
                "the configured server hostfs is left out: file exists",
            ])
    }

    @Test func aPlaceThatCannotBeMadeIsNamed() throws {
        let world = booted("server=hostfs\nmount=hostfs 1 rw /mnt/a/b\nmount=hostfs 1 rw /tmp/x\n") { world in
            world.treat = { hart, header, body in
                guard hart?.module == "tmpfs", header.operation == .walk else { return .normal }
                var reader = Reader(body)
                guard let walk = try? reader.value(Walk.self), case .makeDirectory = walk.operation, walk.path == Array("a".utf8) else {
                    return .normal
                }
                return .fail(.readOnlyFileSystem)
            }
        }
        #expect(world.isBooted)
        #expect(world.console == ["/mnt/a/b cannot be mounted: read-only file system"])
        #expect(try mounts(world).contains("hostfs rw /tmp/x"))
        world.expectQuiet()
    }

    @Test func withoutItsServerAMountIsNotWaitedFor() throws {
        let world = booted("mount=nofs 1 rw /mnt/a\nserver=hostfs\nmount=hostfs 1 rw /mnt/a/b\n")
        #expect(world.isBooted)
        #expect(try mounts(world).count == 7)
    }

    @Test func aServerThatIsStartedAgainHasItsFileSystemsStill() throws {
        let world = booted("server=hostfs\nmount=hostfs 2 rw /mnt/a\n") { world in
            world.prepare = { files, module in
                if module == "hostfs" { files.make("/file", .regular, fileSystem: files.makeFileSystem().rawValue) }
            }
        }
        world.die(world.server("hostfs").id.rawValue, "unreachable")
        world.pump()
        #expect(world.console == ["hostfs: it trapped: unreachable; it is started again"], "nothing of it is lost")
        #expect(throws: Never.self) { try world.path(world.initial, "/mnt/a/file", .status) }
        world.expectQuiet()
    }
}
