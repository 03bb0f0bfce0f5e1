import ABI

/// One living process.
struct Citizen {
    let process: ProcessID
    let hart: UInt32
    /// Its group's.
    let group: ProcessGroupID
}

/// The living processes: families of a leader, which init started in a group of its own, and three children in the same group.
final class Population {
    /// Members of a family.
    static let family = 4
    /// The signal by which groups are killed; every process interrupts its calls for it.
    static let signal = Signal.alarm

    let system: Surroundings
    /// Those that have children.
    private(set) var leaders: [Citizen] = []
    private(set) var all: [Citizen] = []
    private let initial: Citizen
    private var next: UInt32 = 0

    init(_ system: Surroundings) {
        self.system = system
        guard let first = system.started.first else { refuse("init does not run") }
        initial = Citizen(process: first.process, hart: first.hart, group: ProcessGroupID(rawValue: first.process.rawValue))
        system.forgetStarted()
    }

    /// Starts families until there are `count` processes, init included.
    func grow(to count: Int) {
        while all.count + 1 < count {
            let leader = start([initial], .setGroup)[0]
            all.append(leader)
            let missing = min(Population.family - 1, count - 1 - all.count)
            guard missing > 0 else { break }
            leaders.append(leader)
            all += start([Citizen](repeating: leader, count: missing), [])
        }
        guard system.processCount == count else { refuse("\(system.processCount) processes instead of \(count)") }
    }

    /// Starts a child of each of these.
    func start(_ parents: [Citizen], _ flags: SpawnFlags) -> [Citizen] {
        system.forgetStarted()
        let answers = system.run(parents.map { request($0, .spawn, spawn($0, flags)) })
        check(answers, parents.count)
        let children = system.started.map { started in
            let start = system.harts[Int(started.hart)]?.start
            return Citizen(process: started.process, hart: started.hart, group: start?.group ?? .none)
        }
        guard children.count == parents.count else { refuse("a child did not start") }
        check(
            system.run(children.map { request($0, .setDisposition, SetDisposition(signal: Population.signal, disposition: .interrupt)) }),
            children.count)
        return children
    }

    /// What a process asks to start a child like itself.
    func spawn(_ parent: Citizen, _ flags: SpawnFlags) -> Spawn {
        guard let directory = system.harts[Int(parent.hart)]?.start?.workingDirectory else { refuse("a parent that does not run") }
        return Spawn(
            start: .root, path: Array("/bin/init".utf8),
            workingDirectory: SpawnDescriptor(
                descriptor: directory.descriptor, connection: directory.connection, handle: directory.handle, kind: directory.kind,
                access: directory.access, flags: directory.flags),
            flags: flags, group: .none, mask: 0o022, arguments: [ByteString("program"), ByteString("-x")],
            environment: [ByteString("PATH=/bin:/sbin"), ByteString("HOME=/home")], descriptors: [])
    }

    /// A request of a process, stamped by its hart.
    func request(_ citizen: Citizen, _ operation: ABI.Operation, _ body: some Wire) -> Sent {
        next &+= 1
        return send(citizen, Message.request(operation, id: RequestID(rawValue: next), body))
    }

    /// A message of a process, stamped by its hart.
    func send(_ citizen: Citizen, _ message: [UInt8]) -> Sent {
        guard let hart = system.harts[Int(citizen.hart)] else { refuse("a process without a hart") }
        return Sent(hart: citizen.hart, message: hart.stamped(message))
    }

    /// Ends the benchmark unless there are that many answers, all of them good.
    func check(_ answers: [Answered], _ count: Int) {
        guard answers.count == count else { refuse("\(answers.count) answers instead of \(count)") }
        for answer in answers { if let error = answer.error { refuse("an operation failed: \(error)") } }
    }
}

extension PathStart {
    /// The process's root.
    static var root: PathStart { PathStart(connection: ConnectionID(rawValue: 0), handle: .none) }
}

extension Credentials {
    /// Root's.
    static var superuser: Credentials { Credentials(user: .root, group: GroupID(rawValue: 0), supplementary: []) }
}
