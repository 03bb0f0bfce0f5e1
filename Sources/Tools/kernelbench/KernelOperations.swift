import ABI

// What resmgr is asked for, each request by another process in turn.

/// The operations of resmgr with a population of some size.
final class KernelOperations {
    private let population: Population
    /// Whose turn it is.
    private var turn = 0

    init(_ population: Population) { self.population = population }

    private var system: Surroundings { population.system }

    /// One operation after the other.
    ///
    /// - Returns: by name, in the order of the table.
    func measure() -> [(name: String, sample: Sample)] {
        var results: [(name: String, sample: Sample)] = []
        let leaders = population.leaders
        let everybody = population.all
        let own = SetDisposition(signal: .hangUp, disposition: .ignore)
        results.append(("set a disposition", simple(everybody, .setDisposition) { _ in own }))
        results.append(("status of a process", simple(everybody, .processStatus) { _ in OneProcess(process: ProcessID(rawValue: 0)) }))
        results.append(
            ("kill(pid, 0)", simple(everybody, .kill) { Kill(target: other($0, everybody).process.rawValue, signal: 0) }))
        results.append(
            (
                "kill of a group of \(Population.family)",
                simple(leaders, .kill) { Kill(target: -other($0, leaders).group.rawValue, signal: Population.signal.rawValue) }
            ))
        results.append(("wait that finds nothing", simple(leaders, .wait) { _ in Wait(target: -1, flags: .noHang) }))
        results.append(("connect", simple(everybody, .connect) { _ in Connect(service: .pipe) }))
        results.append(("setpgid", changeGroups()))
        results.append(
            (
                "stat of a path",
                simple(everybody, .path, with: system.fileServers) { _ in
                    PathRequest(start: .root, flags: .followLast, path: Array("/bin/init".utf8), operation: .status)
                }
            ))
        results.append(("spawn, exit and wait", liveAndDie()))
        return results
    }

    /// The process half the population away.
    private func other(_ citizen: Int, _ citizens: [Citizen]) -> Citizen { citizens[(citizen + citizens.count / 2) % citizens.count] }

    /// An operation of one request.
    private func simple(
        _ citizens: [Citizen], _ operation: ABI.Operation, with servers: @autoclosure () -> Meter = Meter(),
        _ body: (Int) -> some Wire
    ) -> Sample {
        Effort.sample(system.kernel + servers()) {
            var requests: [Sent] = []
            for _ in 0..<Effort.batch {
                let index = turn % citizens.count
                turn += 1
                requests.append(population.request(citizens[index], operation, body(index)))
            }
            population.check(system.run(requests), Effort.batch)
        }
    }

    /// Each process leaves its family's group for one of its own, and comes back the next time.
    private func changeGroups() -> Sample {
        let children = population.all.filter { $0.group.rawValue != $0.process.rawValue }
        var isOut = [Bool](repeating: false, count: children.count)
        return simple(children, .setProcessGroup) { index in
            isOut[index].toggle()
            return SetProcessGroup(
                process: ProcessID(rawValue: 0), group: isOut[index] ? ProcessGroupID(rawValue: 0) : children[index].group)
        }
    }

    /// A process has a child, which exits, and waits for it.
    private func liveAndDie() -> Sample {
        let everybody = population.all
        return Effort.sample(system.kernel + system.fileServers) {
            var parents: [Citizen] = []
            for _ in 0..<Effort.batch {
                parents.append(everybody[turn % everybody.count])
                turn += 1
            }
            let spawns = parents.map { population.request($0, .spawn, population.spawn($0, [])) }
            system.forgetStarted()
            let children = system.run(spawns).map { $0.value(SpawnResult.self).process }
            guard children.count == parents.count else { refuse("a child did not start") }
            var ends: [Sent] = []
            for (_, hart) in system.started {
                guard let hart = system.harts[Int(hart)].map({ (hart, $0) }) else { continue }
                let exit = Message.notice(.exit, Exit(end: ProcessEnd(kind: .exited, code: 0), reason: []))
                ends.append(Sent(hart: hart.0, message: hart.1.stamped(exit)))
                ends.append(Sent(hart: hart.0, message: hart.1.stamped(Message.notice(.last, Nothing()))))
            }
            system.run(ends)
            let waits = parents.map { population.request($0, .wait, Wait(target: -1, flags: [])) }
            population.check(system.run(waits), Effort.batch)
        }
    }
}
