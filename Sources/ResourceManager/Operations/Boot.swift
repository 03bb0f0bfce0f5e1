import ABI
import Processes
import ServerKit
import VFS

// The start of the system: drivers, the root file system, the mounts, init. Nothing here waits for more than it needs, and a driver
// that is late or gone is done without, but for the root file system and init.

/// How far the start is.
struct Boot {
    /// A file system that the system mounts by itself.
    struct BootMount {
        enum State: UInt8 {
            case waiting = 0
            case underWay = 1
            case settled = 2
        }

        let type: [UInt8]
        let target: [UInt8]
        let options: [UInt8]
        /// The server's file system of that number; `nil`: made by `createFileSystem`.
        let provided: FileSystemID?
        /// Whether the directory that it is mounted on is made if there is none.
        let makesTarget: Bool
        var state = State.waiting

        init(_ type: StaticString, _ target: StaticString, _ options: StaticString = "", isMade: Bool) {
            self.init(
                type: [UInt8](type), target: [UInt8](target), options: [UInt8](options),
                provided: isMade ? nil : FileSystemID(rawValue: 1), makesTarget: false)
        }

        init(type: [UInt8], target: [UInt8], options: [UInt8], provided: FileSystemID?, makesTarget: Bool) {
            self.type = type
            self.target = target
            self.options = options
            self.provided = provided
            self.makesTarget = makesTarget
        }

        /// Whether it is mounted somewhere in the other one, which is not the root.
        func isInside(_ other: BootMount) -> Bool { target.starts(with: other.target + [UInt8(ascii: "/")]) }
    }

    enum InitState: UInt8 {
        case waiting = 0
        case underWay = 1
        case running = 2
    }

    /// The root first.
    var mounts: [BootMount] = [
        BootMount("netfs", "/", isMade: false),
        BootMount("devfs", "/dev", isMade: false),
        // The driver of terminals keeps the names of pseudo-terminals.
        BootMount("tty", "/dev/pts", isMade: false),
        BootMount("procfs", "/proc", isMade: false),
        BootMount("tmpfs", "/tmp", "mode=1777", isMade: true),
        BootMount("tmpfs", "/home", isMade: true),
        // Unmodified programs look for their files here.
        BootMount("tmpfs", "/mnt", isMade: true),
    ]
    var initPath: [UInt8] = []
    /// How programs wait, for people.
    var wait: [UInt8] = []
    var initState = InitState.waiting

    /// Whether the directory that this server's file system is to be mounted on is not covered yet: it is mounted afterwards.
    func isCovering(_ server: ServerRecord) -> Bool {
        !server.isAwaited && mounts.contains { $0.type == server.name && $0.state != .settled }
    }
}

extension ResourceManager {
    /// Number of the driver without which there is no root.
    static var rootServer: ServerNumber { ServerNumber(rawValue: 1) }

    /// The first input: the configuration names the image's manifest and the program that is init.
    mutating func start(_ start: Start) {
        phase = .running
        mark([UInt8]("resmgr runs"))
        generator = RandomGenerator(seed: start.entropy)
        let configuration = Configuration(start.configuration)
        boot.initPath = configuration["init"] ?? [UInt8]("/sbin/init")
        boot.wait = Array((configuration["wait"] ?? []).prefix(32))
        for line in configuration.values("mount") {
            do throws(Errno) {
                try boot.add(mount: line)
            } catch {
                say([UInt8]("the configured mount ") + line + " is left out: " + error.text)
            }
        }
        servers = [
            ServerRecord(name: [UInt8]("tty"), grants: .console),
            ServerRecord(
                name: [UInt8]("netfs"), grants: .fetch,
                configuration: [UInt8]("manifest=") + (configuration["manifest"] ?? []) + "\n"
                    + boot.directoryLines),
            ServerRecord(name: [UInt8]("pipe")),
            ServerRecord(name: [UInt8]("tmpfs")),
            ServerRecord(name: [UInt8]("devfs"), grants: .page),
            ServerRecord(name: [UInt8]("procfs"), isAwaited: false),
        ]
        for name in configuration.values("server") {
            do throws(Errno) {
                try add(server: name)
            } catch {
                say([UInt8]("the configured server ") + name + " is left out: " + error.text)
            }
        }
        for index in servers.indices where servers[index].isAwaited { startServer(ServerNumber(rawValue: UInt32(index))) }
    }

    /// Does whatever can be done by now. Called after every input.
    mutating func advanceBoot() {
        let root = Int(ResourceManager.rootServer.rawValue)
        if servers[root].isGivenUp { return panic([UInt8]("there is no root file system: netfs: ") + servers[root].reason) }
        for index in boot.mounts.indices where boot.mounts[index].state == .waiting {
            guard index == 0 || isRootServed, !boot.isBlocked(index), !isInsideOfMissed(index) else { continue }
            let type = boot.mounts[index].type
            if let server = unawaitedServer(ofType: type) {
                boot.mounts[index].state = .underWay
                startMount(index, server, nil)
            } else if let server = server(ofType: type), let hart = registeredHart(of: server) {
                boot.mounts[index].state = .underWay
                startMount(index, server, hart)
            }
            if phase != .running { return }
        }
        if boot.initState == .waiting && isReadyForInit { startInit() }
    }

    /// Whether a mount is inside of another, and mounts are being made again after the end of a server: the directory is not there yet.
    private func isInsideOfMissed(_ index: Int) -> Bool {
        isRepairing && boot.mounts[..<index].contains { boot.mounts[index].isInside($0) }
    }

    /// Whether walks can begin at the root: not while its server is started again.
    private var isRootServed: Bool { mounts.root.flatMap { mounts[$0]?.fileSystem } != nil }

    /// The root is there, and every driver is ready with its mounts or is done without for now.
    private var isReadyForInit: Bool {
        guard mounts.root != nil else { return false }
        for index in servers.indices {
            let isReady = registeredHart(of: ServerNumber(rawValue: UInt32(index))) != nil
            guard isReady || !servers[index].isAwaited || servers[index].wasLate || servers[index].isGivenUp else { return false }
        }
        return boot.mounts.indices.allSatisfy { index in
            let mount = boot.mounts[index]
            return mount.state == .settled
                || (mount.state == .waiting && unawaitedServer(ofType: mount.type) == nil
                    && (server(ofType: mount.type) == nil || boot.isBlocked(index)))
        }
    }

    /// Without a hart the directory alone is covered: what is mounted there is found when the server is ready.
    private mutating func startMount(_ index: Int, _ server: ServerNumber, _ hart: HartID?) {
        let wanted = boot.mounts[index]
        let task = newTask()
        var state = MountTask(
            origin: .system, bootIndex: index, server: server, hart: hart, credentials: .root,
            record: MountRecord(target: wanted.target, type: wanted.type, options: wanted.options), stage: .rooting,
            fileSystem: hart == nil ? nil : wanted.provided, provided: wanted.provided)
        do throws(Errno) {
            if let root = mounts.root {
                var walk = try PathWalk(
                    from: .known(root, .root), flags: [], path: wanted.target, credentials: .root, process: .nobody,
                    operation: .resolve, in: mounts)
                guard try advance(&walk, nil, task, 0) == nil else { throw .ioError }
                state.stage = .resolving(walk)
            } else {
                try ask(server, .walk, Walk.root(of: FileSystemID(rawValue: 1)), task, 0)
            }
            addTask(task, .mount(state))
        } catch {
            bootMounted(index, error)
        }
    }

    /// One of the system's mounts is made, or cannot be. The root is tried again, as is a mount whose server was started again.
    mutating func bootMounted(_ index: Int, _ error: Errno?) {
        guard let error else {
            boot.mounts[index].state = .settled
            if let server = unawaitedServer(ofType: boot.mounts[index].type) {
                mark(boot.mounts[index].target + " covered")
                if registeredHart(of: server) != nil { restoreMounts(of: server) }
            } else {
                mark(boot.mounts[index].target + " mounted")
            }
            return
        }
        let mayComeBack = error == .ioError && registeredServerWasLost(index)
        boot.mounts[index].state = mayComeBack ? .waiting : .settled
        if index == 0 && !mayComeBack {
            return panic([UInt8]("there is no root file system: ") + error.text)
        }
        say(boot.mounts[index].target + " cannot be mounted: " + error.text)
        // Nobody waits for what will not be there.
        if !mayComeBack, let server = unawaitedServer(ofType: boot.mounts[index].type) { endMissing(server) }
    }

    /// Whether the failure of a mount is that of a server that is being started again: its own, or that of the root.
    private func registeredServerWasLost(_ index: Int) -> Bool {
        server(ofType: boot.mounts[index].type) == nil || (index > 0 && !isRootServed)
    }

    /// init did not start, so nothing ever will.
    mutating func initFailed(_ error: Errno, _ reason: [UInt8]) {
        panic([UInt8]("init cannot be started: ") + boot.initPath + ": " + (reason.isEmpty ? error.text : reason))
    }

    mutating func initStarted() {
        boot.initState = .running
        for number in unstarted { servers[Int(number.rawValue)].deadline = now.adding(Limits.afterInit) }
        mark(boot.initPath + " runs")
        send(.resourceManager, Message.notice(.booted, Nothing()))
    }
}
