// Waiting for several things (WASI `poll_oneoff`), on top of the servers' `poll` requests and `ready` notices.
//
// Every file is asked once; a server that finds nothing arms one notice. When all have answered and nothing holds, the call
// waits for a notice or the clock. A notice is a hint: the file is asked again before anything is reported. On return, the
// notices that are still armed are disarmed.

import ABI

/// One thing that is waited for.
struct Subscription: Wire, Equatable, Sendable {
    /// Told back with the event.
    var userData: UInt64
    /// WASI `eventtype`: 0 clock, 1 read, 2 write.
    var kind: UInt8
    /// Why it cannot be waited for; 0: it can.
    var error: UInt16
    /// Of a clock: the monotonic time.
    var deadline: Nanoseconds
    /// Of a file: its number in the call; `alwaysReady` for one that never waits.
    var file: UInt32

    static let alwaysReady = UInt32.max

    init(userData: UInt64, kind: UInt8) {
        self.userData = userData
        self.kind = kind
        error = 0
        deadline = .never
        file = Subscription.alwaysReady
    }

    init(from reader: inout Reader) throws(Errno) {
        userData = try reader.u64()
        kind = try reader.u8()
        error = try reader.u16()
        deadline = try reader.value(Nanoseconds.self)
        file = try reader.u32()
    }

    func encode(into writer: inout Writer) {
        writer.u64(userData)
        writer.u8(kind)
        writer.u16(error)
        writer.value(deadline)
        writer.u32(file)
    }
}

/// A file that is asked.
struct PolledFile: Wire, Equatable, Sendable {
    var connection: ConnectionID
    var handle: Handle
    var wanted: PollEvents
    var found: PollEvents = []
    var available: UInt64 = 0
    var error: UInt16 = 0
    /// A question is under way.
    var isAsked = false
    /// A notice came meanwhile.
    var isNoticed = false
    /// A notice may come.
    var isArmed = false

    init(_ description: Description) {
        connection = description.connection
        handle = description.handle
        wanted = []
    }

    init(from reader: inout Reader) throws(Errno) {
        connection = try reader.value(ConnectionID.self)
        handle = try reader.value(Handle.self)
        wanted = try reader.value(PollEvents.self)
        found = try reader.value(PollEvents.self)
        available = try reader.u64()
        error = try reader.u16()
        isAsked = try reader.bool()
        isNoticed = try reader.bool()
        isArmed = try reader.bool()
    }

    func encode(into writer: inout Writer) {
        writer.value(connection)
        writer.value(handle)
        writer.value(wanted)
        writer.value(found)
        writer.u64(available)
        writer.u16(error)
        writer.bool(isAsked)
        writer.bool(isNoticed)
        writer.bool(isArmed)
    }
}

/// A poll under way.
struct PollCall: Wire, Equatable, Sendable {
    var subscriptions: [Subscription] = []
    var files: [PolledFile] = []
    /// Where the events go.
    var events: Address
    /// Where their number goes.
    var result: Address

    init(events: Address, result: Address) {
        self.events = events
        self.result = result
    }

    init(from reader: inout Reader) throws(Errno) {
        subscriptions = try reader.list(Subscription.self)
        files = try reader.list(PolledFile.self)
        events = try reader.u32()
        result = try reader.u32()
        for subscription in subscriptions where subscription.file != Subscription.alwaysReady {
            guard subscription.file < UInt32(files.count) else { throw .badMessage }
        }
    }

    func encode(into writer: inout Writer) {
        writer.list(subscriptions)
        writer.list(files)
        writer.u32(events)
        writer.u32(result)
    }

    /// The first time at which a clock is due.
    var deadline: Nanoseconds {
        var first = Nanoseconds.never
        for subscription in subscriptions where subscription.kind == WASI.EventKind.clock && subscription.error == 0 {
            first = min(first, subscription.deadline)
        }
        return first
    }

    /// Whether an answer is missing.
    var isAsking: Bool {
        for file in files where file.isAsked { return true }
        return false
    }

    /// The event of a subscription, 32 bytes, if what it waits for holds at `now`.
    func event(_ subscription: Subscription, _ now: Nanoseconds) -> [UInt8]? {
        var error = subscription.error
        var count: UInt64 = 0
        var flags: UInt16 = 0
        if error == 0 {
            if subscription.kind == WASI.EventKind.clock {
                if subscription.deadline > now { return nil }
            } else if subscription.file == Subscription.alwaysReady {
                // How much exactly is not asked for.
                count = 1
            } else {
                let file = files[Int(subscription.file)]
                let wanted: PollEvents = subscription.kind == WASI.EventKind.read ? .readable : .writable
                error = file.error
                if error == 0 && file.found.isDisjoint(with: wanted.union([.hangUp, .failed])) { return nil }
                if subscription.kind == WASI.EventKind.read { count = file.available }
                if file.found.contains(.hangUp) { flags = WASI.hangUp }
            }
        }
        var writer = Writer(capacity: Int(WASI.eventSize))
        writer.u64(subscription.userData)
        writer.u16(error)
        writer.u32(UInt32(subscription.kind))
        writer.u16(0)
        writer.u64(count)
        writer.u64(UInt64(flags))
        return writer.bytes
    }
}

extension LibOS {
    /// Most subscriptions of one call.
    private static let subscriptionLimit: UInt32 = 4096

    /// Waits until one of `count` subscriptions (48 bytes each) holds; tells the events (32 bytes each) and their number.
    ///
    /// A subscription that cannot be waited for (`badFileDescriptor`, `notCapable`, `invalidArgument` for an unknown clock)
    /// gives an event with that error. `invalidArgument` for none, more than 4096, or an unknown kind; `badAddress`;
    /// `interrupted`.
    package mutating func pollOneOff(
        _ thread: ThreadID, _ subscriptions: Address, _ events: Address, _ count: UInt32, _ result: Address,
        host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            guard count > 0, count <= LibOS.subscriptionLimit else { throw .invalidArgument }
            var reader = Reader(try host.read(subscriptions, count * WASI.subscriptionSize))
            try host.check(events, count * WASI.eventSize)
            try host.check(result, 4)
            var poll = PollCall(events: events, result: result)
            for _ in 0..<count { try libOS.subscribe(&poll, &reader, &host) }
            for slot in poll.files.indices { libOS.ask(thread, slot, &poll, &host) }
            if try libOS.concludes(&poll, isInterrupted: false, thread, &host) { return .done }
            libOS.setTimer(including: poll.deadline, &host)
            return .waiting(.poll(poll))
        }
    }

    /// Reads one subscription. Throws `invalidArgument` for an unknown kind.
    private func subscribe(_ poll: inout PollCall, _ reader: inout Reader, _ host: inout some ProgramHost) throws(Errno) {
        let userData = try reader.u64()
        let kind = try reader.u8()
        _ = try reader.raw(7)
        let number = try reader.u32()
        _ = try reader.u32()
        let timeout = try reader.u64()
        _ = try reader.u64()
        let flags = try reader.u16()
        _ = try reader.raw(6)
        guard kind <= WASI.EventKind.write else { throw .invalidArgument }
        var subscription = Subscription(userData: userData, kind: kind)
        do throws(Errno) {
            if kind == WASI.EventKind.clock {
                subscription.deadline = try deadline(number, timeout, flags, &host)
            } else {
                let rights: Rights = kind == WASI.EventKind.read ? [.poll, .read] : [.poll, .write]
                // A directory has none of these rights, but never waits.
                let isDirectory = try table.description(number).kind == .directory
                let description = try table.description(number, isDirectory ? [] : rights)
                subscription.file = poll.file(description, kind == WASI.EventKind.read ? .readable : .writable)
            }
        } catch {
            subscription.error = error.rawValue
        }
        poll.subscriptions.append(subscription)
    }

    /// The monotonic time at which a clock subscription is due. `flags`: 1 the timeout is a time of that clock.
    /// Throws `invalidArgument`. A step of the real-time clock during the wait is not followed.
    private func deadline(
        _ clock: UInt32, _ timeout: UInt64, _ flags: UInt16, _ host: inout some ProgramHost
    ) throws(Errno) -> Nanoseconds {
        guard flags <= 1 else { throw .invalidArgument }
        let there = try time(ofClock: clock, &host).rawValue
        let now = host.monotonicTime()
        if flags == 0 { return now.adding(timeout) }
        return timeout > there ? now.adding(timeout - there) : now
    }

    /// Asks a file what holds.
    private mutating func ask(_ thread: ThreadID, _ slot: Int, _ poll: inout PollCall, _ host: inout some ProgramHost) {
        let file = poll.files[slot]
        do throws(Errno) {
            try request(
                .poll, to: file.connection, Poll(handle: file.handle, events: file.wanted), replySpace: 256,
                owner: .poll(thread, UInt32(slot)), host: &host)
            poll.files[slot].isAsked = true
        } catch {
            poll.files[slot].error = error.rawValue
        }
    }

    /// Reports if anything holds and no answer is missing. Throws `interrupted`, `badAddress`.
    private mutating func concludes(
        _ poll: inout PollCall, isInterrupted: Bool, _ thread: ThreadID, _ host: inout some ProgramHost
    ) throws(Errno) -> Bool {
        if poll.isAsking { return false }
        let now = host.monotonicTime()
        var bytes: [UInt8] = []
        for subscription in poll.subscriptions {
            if let event = poll.event(subscription, now) { bytes.append(contentsOf: event) }
        }
        if bytes.isEmpty && !isInterrupted { return false }
        disarm(poll, thread, &host)
        if bytes.isEmpty { throw .interrupted }
        try host.write(poll.events, bytes)
        try host.storeProgram(poll.result, UInt64(bytes.count / Int(WASI.eventSize)), size: 4)
        return true
    }

    private mutating func disarm(_ poll: PollCall, _ thread: ThreadID, _ host: inout some ProgramHost) {
        for file in poll.files where file.isArmed && !isPolled(file, byOtherThan: thread) {
            requestForNobody(.poll, to: file.connection, Poll(handle: file.handle, events: []), host: &host)
        }
    }

    /// Whether another thread waits for the same file, whose notice must stay armed.
    private func isPolled(_ file: PolledFile, byOtherThan thread: ThreadID) -> Bool {
        for other in threads where other.id != thread {
            guard case .poll(let poll) = other.call else { continue }
            for candidate in poll.files where candidate.connection == file.connection && candidate.handle == file.handle {
                return true
            }
        }
        return false
    }

    /// Looks whether a thread's poll can report.
    mutating func pollCheck(_ index: Int, _ host: inout some ProgramHost) {
        guard index < threads.count, case .poll(var poll) = threads[index].call else { return }
        do throws(Errno) {
            if try concludes(&poll, isInterrupted: threads[index].isInterrupted, threads[index].id, &host) {
                finish(index, 0)
            } else {
                threads[index].call = .poll(poll)
            }
        } catch {
            finish(index, Int32(error.rawValue))
        }
        setTimer(including: .never, &host)
    }

    /// A file's server answered.
    mutating func pollAnswered(_ thread: ThreadID, _ slot: Int, _ reply: Reply, _ host: inout some ProgramHost) {
        guard let index = index(of: thread), case .poll(var poll) = threads[index].call, slot < poll.files.count else { return }
        poll.files[slot].isAsked = false
        do throws(Errno) {
            let answer = try reply.value(PollResult.self)
            poll.files[slot].found = answer.events
            poll.files[slot].available = answer.available
            poll.files[slot].isArmed = answer.events.isDisjoint(with: poll.files[slot].wanted)
        } catch {
            poll.files[slot].error = error.rawValue
        }
        if poll.files[slot].isNoticed {
            poll.files[slot].isNoticed = false
            if poll.files[slot].found.isEmpty && poll.files[slot].error == 0 { ask(thread, slot, &poll, &host) }
        }
        threads[index].call = .poll(poll)
        pollCheck(index, &host)
    }

    /// A server says that something holds: whoever waits for it asks again.
    mutating func pollReady(_ connection: ConnectionID, _ ready: Ready, _ host: inout some ProgramHost) {
        for index in 0..<threads.count {
            guard case .poll(var poll) = threads[index].call else { continue }
            for slot in poll.files.indices
            where poll.files[slot].connection == connection && poll.files[slot].handle == ready.handle {
                poll.files[slot].isArmed = false
                if poll.files[slot].isAsked {
                    poll.files[slot].isNoticed = true
                } else {
                    ask(threads[index].id, slot, &poll, &host)
                }
            }
            threads[index].call = .poll(poll)
            pollCheck(index, &host)
        }
    }

    /// No notice will come from a connection any more: its files are reported with `ioError`.
    mutating func pollLost(_ connection: ConnectionID, _ host: inout some ProgramHost) {
        for index in 0..<threads.count {
            guard case .poll(var poll) = threads[index].call else { continue }
            for slot in poll.files.indices where poll.files[slot].connection == connection {
                poll.files[slot].isArmed = false
                poll.files[slot].error = Errno.ioError.rawValue
            }
            threads[index].call = .poll(poll)
            pollCheck(index, &host)
        }
    }

    /// Sets the hart's timer to the first deadline of all, `including` one that is not noted yet.
    mutating func setTimer(including deadline: Nanoseconds, _ host: inout some ProgramHost) {
        var first = deadline
        for thread in threads {
            if case .poll(let poll) = thread.call { first = min(first, poll.deadline) }
        }
        if case .reporting(_, reason: _, deadline: let end) = phase { first = min(first, end) }
        host.setTimer(first)
    }

    /// The deadline that was asked for has passed.
    package mutating func timer(host: inout some ProgramHost) {
        lastTurn = host.monotonicTime()
        if case .reporting(_, reason: _, deadline: let deadline) = phase, deadline <= lastTurn {
            endReported(&host)
            return
        }
        guard isRunning else { return }
        for index in 0..<threads.count { pollCheck(index, &host) }
        setTimer(including: .never, &host)
    }
}

extension PollCall {
    /// The number of the file in this call, which wants `events` of it too.
    mutating func file(_ description: Description, _ events: PollEvents) -> UInt32 {
        if description.kind == .regular || description.kind == .directory { return Subscription.alwaysReady }
        for slot in files.indices where files[slot].connection == description.connection && files[slot].handle == description.handle {
            files[slot].wanted.formUnion(events)
            return UInt32(slot)
        }
        var file = PolledFile(description)
        file.wanted = events
        files.append(file)
        return UInt32(files.count - 1)
    }
}
