import ABI
import ResourceManager
import ServerKit
import TestSupport
import Testing

@Suite struct BootTests {
    @Test func startsDriversInOrderThenMountsThenInit() throws {
        let world = World.booted()
        #expect(world.created == ["tty", "netfs", "pipe", "tmpfs", "devfs", "program", "procfs"])
        #expect(world.console == [])
        #expect(world.server("tty").grants == .console)
        #expect(world.server("netfs").grants == .fetch)
        #expect(world.server("devfs").grants == .page)
        #expect(world.server("netfs").configuration == Array("manifest=abc\n".utf8))
        let started = try #require(world.initial.started)
        #expect(started.process == .initial)
        #expect(started.parent == .resourceManager)
        #expect(started.group.rawValue == 1)
        #expect(started.session.rawValue == 1)
        #expect(started.path == Array("/sbin/init".utf8))
        #expect(started.descriptors.map { $0.descriptor.rawValue } == [0, 1, 2])
        #expect(started.descriptors.allSatisfy { $0.kind == .characterDevice })
        #expect(started.environment.contains(ByteString("PATH=/bin:/sbin")))
        world.expectQuiet()
        let mounts = try world.call(world.initial, .mounts, Nothing(), MountList.self).mounts
        #expect(
            mounts.map { String(decoding: $0.target, as: UTF8.self) }
                == ["/", "/dev", "/dev/pts", "/proc", "/tmp", "/home", "/mnt"].sorted { first, second in
                    let order = mounts.map { String(decoding: $0.target, as: UTF8.self) }
                    return order.firstIndex(of: first)! < order.firstIndex(of: second)!
                })
        #expect(mounts.first { $0.target == Array("/tmp".utf8) }?.options == Array("mode=1777".utf8))
        #expect(mounts.count == 7)
    }

    @Test func comesUpInEveryOrderOfMessages() throws {
        for seed in 0..<60 {
            let world = World()
            world.random = Seeded(UInt64(seed))
            world.start()
            world.pump()
            #expect(world.isBooted)
            #expect(world.console == [])
            world.expectQuiet()
        }
    }

    @Test func aSilentDriverIsNamedAndDoneWithout() throws {
        let world = World()
        world.silent = ["devfs", "tty"]
        world.start()
        world.pump()
        #expect(!world.isBooted)
        world.expire()
        #expect(world.isBooted)
        #expect(world.console.contains("tty: it did not register in time; it is started again"))
        #expect(world.console.contains("devfs: it did not register in time; it is started again"))
        #expect(world.initial.started?.descriptors.count == 0)
        // It may still come, and its file system is mounted then. procfs is started in between.
        world.silent = []
        for _ in 0..<2 { world.expire() }
        #expect(try world.call(world.initial, .mounts, Nothing(), MountList.self).mounts.count == 7)
        world.expectQuiet()
    }

    @Test func withoutRootFileSystemItPanics() throws {
        let world = World()
        world.silent = ["netfs"]
        world.start()
        world.pump()
        for _ in 0..<20 where world.panic == nil { world.expire() }
        #expect(world.panic?.hasPrefix("there is no root file system") == true)
        #expect(world.created.count { $0 == "netfs" } == 6)
    }

    @Test func aRootFileSystemThatAnswersNothingButErrorsIsNone() {
        let world = World()
        world.treat = { hart, header, _ in hart?.module == "netfs" && header.operation == .walk ? .fail(.ioError) : .normal }
        world.start()
        world.pump()
        #expect(world.panic == "there is no root file system: input/output error")
    }

    @Test func withoutInitItPanics() throws {
        let world = World()
        world.start("init=/sbin/other\n")
        world.pump()
        #expect(world.panic == "init cannot be started: /sbin/other: no such file or directory")
        // Nothing happens any more.
        world.handle(.timer)
        #expect(world.outbound.values.allSatisfy { $0.isEmpty })
    }

    @Test func aServerThatCannotBeCreatedIsTriedAgain() throws {
        let world = World()
        var refused = 0
        world.treat = { hart, header, body in
            guard hart == nil, header.operation == .createHart, refused < 3 else { return .normal }
            refused += 1
            return .fail(.resourceTemporarilyUnavailable)
        }
        world.start()
        world.pump()
        #expect(world.isBooted)
        #expect(world.console.count == 3)
        world.expectQuiet()
    }
}
