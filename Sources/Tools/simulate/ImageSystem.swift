import ABI
import Glibc
import HostSupport
import Machine

/// The system of an image, with native servers or its own: how a machine with it begins, and what it does when nobody asks anything.
final class ImageSystem {
    /// What the shell is asked to do: something with every driver.
    static let workload = """
        set -e
        seq 1 300 | sort -rn | head -n 1 >/tmp/f$$
        test "$(cat /tmp/f$$)" = 300
        mkdir /tmp/d$$
        mv /tmp/f$$ /tmp/d$$/g
        cat /etc/motd >/dev/console
        head -c 70000 /dev/zero | wc -c
        cat </tmp/d$$/g
        grep -c '^server ' /proc/martlet
        rm -r /tmp/d$$
        (sleep 0.01; echo late) &
        wait
        """
    static let expected = "70000\n300\n7\nlate\n"
    /// Turns that the workload takes at most.
    static let patience = 400_000

    let usesImageServers: Bool
    /// What the machine holds when it has done the workload and waits.
    let rest: Load
    /// A machine that has come up.
    let snapshot: [UInt8]
    private let servers: ServerSet
    private let options: Machine.Options

    /// Throws why the image does not do what it should when nobody hurts it.
    init(_ image: SystemImage, usesImageServers: Bool) throws(HostFailure) {
        self.usesImageServers = usesImageServers
        servers = usesImageServers ? .image(ServerModules { image.file($0) }) : .native
        var options = Machine.Options()
        options.site = { image.file($0) }
        options.configuration = "manifest=\(image.manifestHash)\nabi=\(Header.version)\nwait=native\ninit=/sbin/init\n"
        self.options = options
        let machine = Machine(options, servers: servers)
        guard ImageSystem.comesUp(machine) else { throw HostFailure(text: "the image does not boot: \(machine.panic ?? "")") }
        do throws(Errno) { snapshot = try machine.encoded() } catch {
            throw HostFailure(text: "a booted machine cannot be written down: \(error)")
        }
        let page = Page(machine)
        guard page.works() else { throw HostFailure(text: "the workload fails: \(page.last)") }
        machine.run(limit: ImageSystem.patience) { false }
        rest = machine.load
    }

    /// A machine under a seed: that of the snapshot, or one that boots.
    func machine(seed: UInt64, boots: Bool, trace: ((String) -> Void)? = nil) throws(Errno) -> Machine {
        var options = self.options
        options.seed = seed
        options.trace = trace
        return boots
            ? Machine(options, servers: servers) : try Machine(options, servers: servers, restoring: snapshot, reseeds: true)
    }

    /// How long it takes to restore the snapshot, for people.
    func restoringFigures() throws(HostFailure) -> String {
        var times: [UInt64] = []
        for seed in UInt64(0)..<21 {
            let begin = hostTime(CLOCK_MONOTONIC)
            do throws(Errno) { _ = try machine(seed: seed, boots: false) } catch {
                throw HostFailure(text: "the snapshot cannot be restored: \(error)")
            }
            times.append(hostTime(CLOCK_MONOTONIC) - begin)
        }
        let median = Double(times.sorted()[times.count / 2]) / 1e6
        let tenths = Int((median * 10).rounded())
        return "a snapshot with \(usesImageServers ? "the image's" : "native") servers, \(snapshot.count >> 10) KiB, is restored in "
            + "\(tenths / 10).\(tenths % 10) ms"
    }

    /// Runs until the system is up and nothing is left to do.
    static func comesUp(_ machine: Machine) -> Bool {
        guard machine.run(limit: patience, until: { machine.isBooted }) else { return false }
        machine.run(limit: patience) { false }
        return machine.panic == nil
    }
}

/// The page's side of one machine.
final class Page {
    private let machine: Machine
    private let agent: AgentClient
    /// How the last command ended, for people.
    private(set) var last = "not run"

    init(_ machine: Machine) {
        self.machine = machine
        agent = AgentClient { [unowned machine] in machine.sendFromPage($0) }
        machine.onPageMessage = { [unowned agent] in agent.receive($0) }
        machine.onPageClosed = { [unowned agent] in agent.failAll() }
    }

    /// Asks for a command of the shell.
    func begin(_ command: String = ImageSystem.workload) -> Command { agent.run(["/bin/sh", "-c", command].map { Array($0.utf8) }) }

    /// Runs the workload to its end, and tells whether it did what it should.
    func works() -> Bool {
        let command = begin()
        let isOver = machine.run(limit: ImageSystem.patience) { command.end != nil }
        let output = String(decoding: command.output, as: UTF8.self)
        let error = String(decoding: command.error, as: UTF8.self)
        last = isOver ? "\(command.end.map { "\($0)" } ?? ""), \(output), \(error)" : "no end"
        return command.end == .exited(0) && output == ImageSystem.expected
    }
}
