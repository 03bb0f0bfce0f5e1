import ABI
import ServerKit

// Pseudo-terminals: a terminal whose device is a process. What the terminal would show is what the master reads, and what the master
// writes is what would be typed. All else is the same `Terminal`.

/// The master's end of a pseudo-terminal.
struct Master: Sendable {
    /// Bytes that the master has written and the line discipline has no room for; further writes wait.
    static let window = Limits.terminalLine

    /// Descriptions of this end. Without any the pair is on its way out.
    var holders = 0
    /// Until `unlock` the terminal cannot be opened.
    var isLocked = true
    /// Whether the terminal was open and is not any more: reads of what was not written fail.
    var isDeserted = false
    var readers: [Terminal.WaitingRead] = []
    var writers: [Terminal.WaitingWrite] = []

    /// As `Terminal.withdraw`.
    mutating func withdraw(_ key: RequestKey) -> Int? {
        if let index = readers.firstIndex(where: { $0.key == key }) {
            readers.remove(at: index)
            return 0
        }
        if let index = writers.firstIndex(where: { $0.key == key }) { return writers.remove(at: index).written }
        return nil
    }

    /// As `Terminal.release`.
    mutating func release(_ handle: Handle, into actions: inout [Terminal.Action]) {
        for read in readers where read.handle == handle { actions.append(.failed(read.key, .badFileDescriptor)) }
        readers.removeAll { $0.handle == handle }
        for write in writers where write.handle == handle {
            actions.append(write.written > 0 ? .count(write.key, write.written) : .failed(write.key, .badFileDescriptor))
        }
        writers.removeAll { $0.handle == handle }
    }
}

extension Terminal {
    /// Whether the number of a pair may be given to another: nobody names it, and no session knows it as its terminal.
    var isUnused: Bool { master?.holders == 0 && descriptions.isEmpty && session == .none }

    /// What `poll` reports to the master.
    var masterEvents: PollEvents {
        guard let master else { return [] }
        var events: PollEvents = master.isDeserted ? .hangUp : []
        if control != nil || (!buffered.isEmpty && !discipline.isStopped) || master.isDeserted { events.insert(.readable) }
        if master.writers.isEmpty && incoming.count < Master.window { events.insert(.writable) }
        return events
    }

    /// Bytes that a read of the master would return now.
    var masterAvailable: Int { (control == nil ? 0 : 1) + (discipline.isStopped ? 0 : buffered.count) }

    /// A read of the master. Throws `ioError` if nothing is left and the terminal is open no more, `resourceTemporarilyUnavailable` if
    /// it would wait under `isNonBlocking`.
    mutating func readMaster(_ read: WaitingRead, isNonBlocking: Bool, into actions: inout [Action]) throws(Errno) {
        if read.limit == 0 {
            actions.append(.data(read.key, []))
        } else if !isNonBlocking {
            master?.readers.append(read)
        } else if master?.readers.isEmpty == true, let bytes = takeForMaster(read.limit) {
            actions.append(.data(read.key, bytes))
        } else {
            throw master?.isDeserted == true ? .ioError : .resourceTemporarilyUnavailable
        }
    }

    /// A write of the master. Throws `resourceTemporarilyUnavailable` if it would wait under `isNonBlocking`.
    mutating func writeMaster(_ write: WaitingWrite, isNonBlocking: Bool, into actions: inout [Action]) throws(Errno) {
        if write.data.isEmpty {
            actions.append(.count(write.key, 0))
        } else if !isNonBlocking {
            master?.writers.append(write)
        } else {
            let room = max(0, Master.window - incoming.count)
            guard master?.writers.isEmpty == true, room > 0 else { throw .resourceTemporarilyUnavailable }
            let part = write.data.prefix(room)
            incoming.append(contentsOf: part)
            actions.append(.count(write.key, part.count))
        }
    }

    /// Takes what the master writes, as far as there is room; whether that was anything.
    mutating func takeFromMaster(into actions: inout [Action]) -> Bool {
        var isTaking = false
        while let write = master?.writers.first, incoming.count < Master.window {
            let part = write.data[write.written...].prefix(Master.window - incoming.count)
            incoming.append(contentsOf: part)
            isTaking = true
            if write.written + part.count == write.data.count {
                master?.writers.removeFirst()
                actions.append(.count(write.key, write.data.count))
            } else {
                master?.writers[0].written += part.count
            }
        }
        return isTaking
    }

    /// Gives output to those who wait at the master; whether that was any.
    mutating func feedMaster(into actions: inout [Action]) -> Bool {
        var isGiving = false
        while let read = master?.readers.first {
            if let bytes = takeForMaster(read.limit) {
                actions.append(.data(read.key, bytes))
            } else if master?.isDeserted == true {
                actions.append(.failed(read.key, .ioError))
            } else {
                break
            }
            master?.readers.removeFirst()
            isGiving = true
        }
        return isGiving
    }

    /// Output for the master: VSTART or VSTOP first, the rest unless it is held. `nil` if there is none.
    private mutating func takeForMaster(_ limit: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        if let byte = control {
            control = nil
            bytes.append(byte)
        }
        if !discipline.isStopped {
            let part = buffered.prefix(limit - bytes.count)
            bytes.append(contentsOf: part)
            completed += UInt64(part.count)
            buffered.removeFirst(part.count)
        }
        return bytes.isEmpty ? nil : bytes
    }

    // MARK: The life of a line

    /// The terminal is opened (not its master). Throws `ioError` for a pair that is locked, `noSuchAddressOrDevice` for one whose master
    /// is closed.
    mutating func open() throws(Errno) {
        if let master {
            guard master.holders > 0 else { throw .noSuchAddressOrDevice }
            guard !master.isLocked else { throw .ioError }
            self.master?.isDeserted = false
        }
        if discipline.attributes.outputSpeed == 0 {
            // A line that was hung up by its speed is connected again.
            var attributes = discipline.attributes
            attributes.inputSpeed = TerminalAttributes.standard.inputSpeed
            attributes.outputSpeed = TerminalAttributes.standard.outputSpeed
            discipline.setAttributes(attributes)
        }
        holders += 1
    }

    /// A description of the present line is gone. POSIX XBD 11.1.11: with the last one all input is dropped; output stays.
    mutating func closed(into actions: inout [Action]) {
        holders -= 1
        guard holders == 0 else { return }
        flushInput(into: &actions)
        discipline.holdOutput(false)
        master?.isDeserted = true
    }

    /// The last description of the master is gone: the line is, too.
    mutating func masterClosed(into actions: inout [Action]) {
        master?.holders -= 1
        if master?.holders == 0 { hangUp(into: &actions) }
    }

    /// The line is lost (POSIX XBD 11.1.10): who reads gets the end of file, who writes `ioError`, the session's leader and the foreground
    /// group SIGHUP, and SIGCONT, so that those who are stopped learn of it.
    mutating func hangUp(into actions: inout [Action]) {
        line &+= 1
        holders = 0
        for read in readers { actions.append(.data(read.key, [])) }
        readers = []
        for write in writers { actions.append(write.written > 0 ? .count(write.key, write.written) : .failed(write.key, .ioError)) }
        writers = []
        for change in changes { actions.append(.failed(change.key, .ioError)) }
        changes = []
        flushInput(into: &actions)
        flushOutput()
        discipline.holdOutput(false)
        control = nil
        isInputStopped = false
        master?.isDeserted = true
        let leader = ProcessGroupID(rawValue: session.rawValue)
        for group in session != .none && leader != foreground ? [foreground, leader] : [foreground] where group != .none {
            unconfirmed.append(group)
            actions.append(.signal(group, .hangUp))
            unconfirmed.append(group)
            actions.append(.signal(group, .continue))
        }
    }
}
