import ABI
import ServerKit

/// One terminal: its line discipline, who waits, and what is under way to and from its device. Methods append actions; the driver
/// performs them. After every change `settle` brings about all that has become possible.
struct Terminal: Sendable {
    /// Bytes of output on their way to the device or kept for it; further writes wait.
    static let outputWindow = 64 << 10
    /// What of it writes leave free, so that a key is echoed while a program floods its terminal.
    static let echoReserve = 8 << 10
    /// Device calls under way. More would only be smaller.
    static let callsInFlight = 16
    /// Bytes of one device call.
    static let callSize = 16 << 10
    /// Bytes of unread input at which IXOFF stops the input.
    static let stopMark = Limits.terminalLine * 3 / 4
    /// Bytes of unread input at which it lets it go on.
    static let startMark = Limits.terminalLine / 4

    struct WaitingRead: Sendable {
        var key: RequestKey
        var process: ProcessIdentity
        /// Its group and session: of the terminal's session only the foreground group reads.
        var group = ProcessGroupID.none
        var session = SessionID.none
        var handle: Handle
        var limit: Int
        /// Monotonic time of the request: timers of non-canonical mode begin here.
        var since: Nanoseconds
    }

    struct WaitingWrite: Sendable {
        var key: RequestKey
        var handle: Handle
        var data: [UInt8]
        /// Bytes of `data` that have taken effect.
        var written = 0
    }

    /// What waits for output to be shown.
    struct WaitingAttributes: Sendable {
        var key: RequestKey
        var handle: Handle
        /// Whether unread input is lost then.
        var action: AttributeAction
        /// What is set then; `nil`: nothing (C: tcdrain(3)).
        var attributes: TerminalAttributes?
        /// The value of `completed` to be reached.
        var mark: UInt64
    }

    /// What the driver has to do.
    enum Action: Sendable {
        case data(RequestKey, [UInt8])
        case count(RequestKey, Int)
        case done(RequestKey)
        case failed(RequestKey, Errno)
        case signal(ProcessGroupID, Signal)
        /// Something that outlives the driver has changed.
        case recorded
        /// Show bytes, with this token.
        case show(UInt32, [UInt8])
        /// So many bytes of input were taken from the device.
        case taken(Int)
    }

    let minor: UInt32
    var discipline = LineDiscipline()
    /// Whose controlling terminal it is.
    var session = SessionID.none
    /// Whom keys signal.
    var foreground = ProcessGroupID.none
    var size = WindowSize(rows: 24, columns: 80, width: 0, height: 0)
    /// The other end of a pseudo-terminal; `nil`: the terminal is a console.
    var master: Master?
    /// Of a console: whether the page shows it.
    var isShown = false
    /// Grows with every hang-up: descriptions from before it have no part in what comes after.
    var line: UInt32 = 0
    /// All descriptions that name it, the master's and those of earlier lines too.
    var descriptions = OrderedSet<NodeID>()
    /// How many of them are of the terminal itself and of this line.
    var holders = 0
    /// The deadline by which the driver's timer knows it.
    var announcedDeadline = Nanoseconds.never

    /// Bytes from the device for which the discipline has no room yet.
    var incoming: [UInt8] = []
    /// How many of them have been searched for urgent ones.
    var searched = 0
    /// Monotonic time of the last input.
    var lastInput = Nanoseconds.zero
    var readers: [WaitingRead] = []
    /// Whom signals went to that resmgr has not confirmed. Until then nobody reads: what is typed after a key is not for those whom it ends.
    var unconfirmed: [ProcessGroupID] = []

    var writers: [WaitingWrite] = []
    /// Processed output that the device was not given yet.
    var buffered: [UInt8] = []
    /// Device calls under way, in order.
    var inFlight: [(token: UInt32, count: Int)] = []
    var inFlightBytes = 0
    var nextToken: UInt32 = 1
    /// Bytes of processed output there have been.
    var accepted: UInt64 = 0
    /// Those shown or dropped.
    var completed: UInt64 = 0
    var changes: [WaitingAttributes] = []
    /// VSTOP or VSTART on its way to where input comes from, before all other output and also while that is held. (Of several the last
    /// one counts.)
    var control: UInt8?
    /// Whether IXOFF has stopped the input.
    var isInputStopped = false

    var accessTime = Nanoseconds.zero
    var modificationTime = Nanoseconds.zero

    init(minor: UInt32) { self.minor = minor }

    /// Bytes of echo that may still be sent to the device or kept for it.
    var echoRoom: Int { max(0, Terminal.outputWindow - buffered.count - inFlightBytes) }
    /// The same for what programs write.
    private var room: Int { max(0, echoRoom - Terminal.echoReserve) }

    /// Whether input waits for signals to have taken effect.
    var isHeld: Bool { !unconfirmed.isEmpty }

    /// Whether a process is of the terminal's session and not of its foreground group.
    func isBackground(_ session: SessionID, _ group: ProcessGroupID) -> Bool {
        session != .none && session == self.session && foreground != .none && group != foreground
    }

    /// What `poll` reports.
    var events: PollEvents {
        var events: PollEvents = []
        if discipline.isReadable && !isHeld { events.insert(.readable) }
        if writers.isEmpty && !discipline.isStopped && room >= Limits.atomicPipeWrite { events.insert(.writable) }
        return events
    }

    // MARK: What changes it

    /// Reads, or waits. Throws `resourceTemporarilyUnavailable` if it would wait under `isNonBlocking`.
    mutating func read(
        _ read: WaitingRead, isNonBlocking: Bool, realTime: Nanoseconds, into actions: inout [Action]
    ) throws(Errno) {
        if read.limit == 0 {
            actions.append(.data(read.key, []))
        } else if !isNonBlocking {
            readers.append(read)
        } else if readers.isEmpty, !isHeld, let bytes = takeAtOnce(read.limit) {
            accessTime = realTime
            actions.append(.data(read.key, bytes))
        } else {
            throw .resourceTemporarilyUnavailable
        }
    }

    /// Writes, or waits. Throws `resourceTemporarilyUnavailable` if it would wait under `isNonBlocking`.
    mutating func write(
        _ write: WaitingWrite, isNonBlocking: Bool, realTime: Nanoseconds, into actions: inout [Action]
    ) throws(Errno) {
        if write.data.isEmpty {
            actions.append(.count(write.key, 0))
        } else if !isNonBlocking {
            writers.append(write)
        } else {
            guard writers.isEmpty, !discipline.isStopped else { throw .resourceTemporarilyUnavailable }
            let count = put(write.data[...])
            guard count > 0 else { throw .resourceTemporarilyUnavailable }
            modificationTime = realTime
            actions.append(.count(write.key, count))
        }
    }

    /// Sets attributes, at once or after the output there is now.
    mutating func setAttributes(_ change: WaitingAttributes, into actions: inout [Action]) {
        if change.action == .now {
            set(change.attributes, into: &actions)
            actions.append(.done(change.key))
        } else {
            changes.append(change)
        }
    }

    /// Attributes take effect. Output speed 0 hangs up, unless CLOCAL says that nobody looks at the line.
    private mutating func set(_ attributes: TerminalAttributes?, into actions: inout [Action]) {
        guard let attributes else { return }
        discipline.setAttributes(attributes)
        if master == nil { actions.append(.recorded) }
        if attributes.outputSpeed == 0 && attributes.control & TerminalControl.local == 0 { hangUp(into: &actions) }
    }

    /// Drops what was received and not read.
    mutating func flushInput(into actions: inout [Action]) {
        discipline.flushInput()
        if !incoming.isEmpty { actions.append(.taken(incoming.count)) }
        incoming = []
        searched = 0
    }

    /// Drops output that the device was not given.
    mutating func flushOutput() {
        completed += UInt64(buffered.count)
        buffered = []
    }

    /// Sends VSTART or VSTOP to where input comes from, unless it is disabled.
    mutating func send(_ character: Int) {
        let byte = discipline.attributes.controlCharacters[character]
        if byte != 0 { control = byte }
    }

    mutating func setSize(_ new: WindowSize, into actions: inout [Action]) {
        guard new != size else { return }
        size = new
        if master == nil { actions.append(.recorded) }
        signal(.windowChange, into: &actions)
    }

    /// The foreground group is told, if there is one.
    mutating func signal(_ signal: Signal, into actions: inout [Action]) {
        guard foreground != .none else { return }
        unconfirmed.append(foreground)
        actions.append(.signal(foreground, signal))
    }

    /// A signal to a group took effect. False if none was sent from here.
    mutating func confirmSignal(to group: ProcessGroupID) -> Bool {
        guard let index = unconfirmed.firstIndex(of: group) else { return false }
        unconfirmed.remove(at: index)
        return true
    }

    /// A process has ended: it reads no more.
    mutating func interruptReads(of process: ProcessIdentity, into actions: inout [Action]) {
        for read in readers where read.process == process { actions.append(.failed(read.key, .interrupted)) }
        readers.removeAll { $0.process == process }
    }

    /// The device has taken a call's bytes (or cannot: they are gone all the same).
    mutating func completeCall(_ token: UInt32) {
        guard let index = inFlight.firstIndex(where: { $0.token == token }) else { return }
        let count = inFlight.remove(at: index).count
        inFlightBytes -= count
        completed += UInt64(count)
    }

    /// Takes a waiting request out; what it was, and how much of a write took effect. `nil` if it does not wait here.
    mutating func withdraw(_ key: RequestKey) -> Int? {
        if let index = readers.firstIndex(where: { $0.key == key }) {
            readers.remove(at: index)
            return 0
        }
        if let index = changes.firstIndex(where: { $0.key == key }) {
            changes.remove(at: index)
            return 0
        }
        if let index = writers.firstIndex(where: { $0.key == key }) { return writers.remove(at: index).written }
        return master?.withdraw(key)
    }

    /// A handle is gone; what waits through it ends.
    mutating func release(_ handle: Handle, into actions: inout [Action]) {
        for read in readers where read.handle == handle { actions.append(.failed(read.key, .badFileDescriptor)) }
        readers.removeAll { $0.handle == handle }
        for change in changes where change.handle == handle { actions.append(.failed(change.key, .badFileDescriptor)) }
        changes.removeAll { $0.handle == handle }
        for write in writers where write.handle == handle {
            actions.append(write.written > 0 ? .count(write.key, write.written) : .failed(write.key, .badFileDescriptor))
        }
        writers.removeAll { $0.handle == handle }
        master?.release(handle, into: &actions)
    }

    // MARK: What follows

    /// Does all that is possible now: takes input, serves readers and writers, feeds the device or the master, does what waited for output.
    mutating func settle(now: Nanoseconds, realTime: Nanoseconds, into actions: inout [Action]) {
        var taken = 0
        var isChanging = true
        while isChanging {
            let before = taken
            isChanging = takeFromMaster(into: &actions)
            taken += takeIncoming(now: now, into: &actions)
            isChanging = isChanging || taken != before
            while !isHeld, let index = readers.firstIndex(where: { !isBackground($0.session, $0.group) }),
                let bytes = take(for: readers[index], now: now)
            {
                let read = readers.remove(at: index)
                accessTime = realTime
                actions.append(.data(read.key, bytes))
                isChanging = true
            }
            controlInput()
            pumpWriters(realTime: realTime, into: &actions)
            if master == nil { feedDevice(into: &actions) } else if feedMaster(into: &actions) { isChanging = true }
            while let change = changes.first, completed >= change.mark {
                changes.removeFirst()
                if change.action == .flush { flushInput(into: &actions) }
                set(change.attributes, into: &actions)
                actions.append(.done(change.key))
                isChanging = true
            }
        }
        if taken > 0 { actions.append(.taken(taken)) }
    }

    /// IXOFF: where input comes from is told to stop before there is no room, and to go on when most was read.
    private mutating func controlInput() {
        let count = discipline.queue.count + incoming.count
        let isWanted = discipline.has(input: TerminalInput.inputControl)
        if !isInputStopped && isWanted && count >= Terminal.stopMark {
            isInputStopped = true
            send(ControlCharacter.stop)
        } else if isInputStopped && (!isWanted || count <= Terminal.startMark) {
            isInputStopped = false
            send(ControlCharacter.start)
        }
    }

    /// Processes input while there is room; answers how many bytes are dealt with.
    private mutating func takeIncoming(now: Nanoseconds, into actions: inout [Action]) -> Int {
        guard !incoming.isEmpty else { return 0 }
        var reaction = LineDiscipline.Reaction()
        var index = 0
        while index < incoming.count && discipline.hasRoom {
            discipline.receive(incoming[index], into: &reaction)
            index += 1
        }
        incoming.removeFirst(index)
        searched = max(0, searched - index)
        if index > 0 { lastInput = now }
        let taken = index + takeUrgent(into: &reaction)
        react(reaction, into: &actions)
        return taken
    }

    /// Lets interrupts and flow control through although nobody reads what was typed before them.
    private mutating func takeUrgent(into reaction: inout LineDiscipline.Reaction) -> Int {
        var taken = 0
        while searched < incoming.count && !discipline.hasRoom {
            let byte = incoming[searched]
            guard discipline.isUrgent(byte) else {
                searched += 1
                continue
            }
            let isSignal = discipline.signal(of: byte) != nil
            discipline.receive(byte, into: &reaction)
            if isSignal && reaction.flushesOutput {
                // The flush is of all input before the key.
                taken += searched + 1
                incoming.removeFirst(searched + 1)
                searched = 0
            } else {
                taken += 1
                incoming.remove(at: searched)
            }
        }
        return taken
    }

    private mutating func react(_ reaction: LineDiscipline.Reaction, into actions: inout [Action]) {
        if reaction.flushesOutput { flushOutput() }
        // Echo waits for nobody. What does not fit is lost.
        let echo = reaction.echo.prefix(echoRoom)
        buffered.append(contentsOf: echo)
        accepted += UInt64(echo.count)
        for sent in reaction.signals { signal(sent, into: &actions) }
    }

    /// Processes output as far as there is room; answers how many of `bytes`.
    private mutating func put(_ bytes: ArraySlice<UInt8>) -> Int {
        let before = buffered.count
        let count = discipline.output.process(bytes, discipline.attributes, limit: room, into: &buffered)
        accepted += UInt64(buffered.count - before)
        return count
    }

    private mutating func pumpWriters(realTime: Nanoseconds, into actions: inout [Action]) {
        while !discipline.isStopped, let write = writers.first {
            let count = put(write.data[write.written...])
            if count > 0 { modificationTime = realTime }
            guard write.written + count == write.data.count else {
                writers[0].written += count
                return
            }
            writers.removeFirst()
            actions.append(.count(write.key, write.data.count))
        }
    }

    private mutating func feedDevice(into actions: inout [Action]) {
        guard isShown else { return }
        if let byte = control, inFlight.count < Terminal.callsInFlight {
            control = nil
            actions.append(.show(nextToken, [byte]))
            // No part of what was written.
            inFlight.append((nextToken, 0))
            nextToken = nextToken == .max ? 1 : nextToken + 1
        }
        var start = 0
        while !discipline.isStopped && start < buffered.count && inFlight.count < Terminal.callsInFlight {
            let bytes = Array(buffered[start..<min(start + Terminal.callSize, buffered.count)])
            start += bytes.count
            actions.append(.show(nextToken, bytes))
            inFlight.append((nextToken, bytes.count))
            inFlightBytes += bytes.count
            nextToken = nextToken == .max ? 1 : nextToken + 1
        }
        buffered.removeFirst(start)
    }
}
