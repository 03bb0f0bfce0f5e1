package import ABI
import FileServer
import ServerKit

// The state of the driver, written down between two inputs. Version 2: terminals, those that are unused, names, descriptions, handles,
// readiness, who has ended, what came from the background. Which request waits where, which descriptions a terminal has and what the
// timer is for is in these.

extension TerminalDriver: Checkpointable {
    private static let version: UInt8 = 2

    package func encode(into writer: inout Writer) {
        writer.u8(TerminalDriver.version)
        writer.u32(UInt32(terminals.count))
        for terminal in terminals { terminal.encode(into: &writer) }
        writer.u32(UInt32(unused.count))
        for index in unused { writer.u32(UInt32(index)) }
        files.encode(into: &writer)
        descriptions.encode(into: &writer) { description, writer in
            writer.u32(UInt32(description.terminal))
            writer.bool(description.isMaster)
            writer.u32(description.line)
            writer.value(description.access)
            writer.value(description.flags)
            writer.value(description.node)
            writer.list(description.handles)
        }
        handles.encode(into: &writer) { number, writer in writer.value(number) }
        readiness.encode(into: &writer)
        writer.list(ended)
        writer.list(asked)
        writer.list(held)
        writer.value(deadline)
        writer.bytes(recorded)
    }

    package init(decoding reader: inout Reader) throws(Errno) {
        guard try reader.u8() == TerminalDriver.version else { throw .badMessage }
        let count = try reader.u32()
        guard count >= Limits.consoles, count <= Limits.consoles + Limits.pseudoTerminals else { throw .badMessage }
        terminals = []
        for index in 0..<count {
            let terminal = try Terminal(minor: index + 1, decoding: &reader)
            guard index >= Limits.consoles || terminal.master == nil else { throw .badMessage }
            terminals.append(terminal)
        }
        for _ in 0..<(try reader.u32()) {
            let index = try reader.u32()
            guard index >= Limits.consoles, index < count, terminals[Int(index)].master == nil, !unused.contains(Int(index)) else {
                throw .badMessage
            }
            unused.append(Int(index))
        }
        var names: [FileServer.Description] = []
        files = try FileSystems(firstHandle: TerminalDriver.firstNameHandle, decoding: &reader, descriptions: &names)
        descriptions = try SlotTable(capacity: TerminalDriver.capacity, decoding: &reader) { reader throws(Errno) in
            let terminal = try reader.u32()
            guard terminal < count else { throw .badMessage }
            return Description(
                terminal: Int(terminal), isMaster: try reader.bool(), line: try reader.u32(), access: try reader.value(AccessMode.self),
                flags: try reader.value(DescriptionFlags.self),
                node: try reader.value(FileStatus.self), handles: try reader.list(Handle.self))
        }
        handles = try HandleTable(decoding: &reader) { reader throws(Errno) in try reader.value(NodeID.self) }
        readiness = try Readiness(decoding: &reader)
        ended = try reader.list(ProcessIdentity.self)
        asked = try reader.list(BackgroundRequest.self)
        held = try reader.list(BackgroundRequest.self)
        for request in asked + held { guard request.terminal < terminals.count else { throw .badMessage } }
        deadline = try reader.value(Nanoseconds.self)
        recorded = try reader.bytes(limit: Limits.restartRecord)
        for number in descriptions.numbers {
            guard let description = descriptions[number.index, number.generation] else { continue }
            let index = description.terminal
            terminals[index].descriptions.insert(NodeID(index: number.index, generation: number.generation))
            if description.isMaster {
                guard terminals[index].master != nil else { throw .badMessage }
                terminals[index].master?.holders += 1
            } else if !isHungUp(description) {
                terminals[index].holders += 1
            }
        }
        for index in terminals.indices where terminals[index].announcedDeadline != .never {
            timed.insert(TimedTerminal(deadline: terminals[index].announcedDeadline, index: index))
        }
        for (index, terminal) in terminals.enumerated() {
            var keys = terminal.readers.map { $0.key } + terminal.writers.map { $0.key } + terminal.changes.map { $0.key }
            if let master = terminal.master { keys += master.readers.map { $0.key } + master.writers.map { $0.key } }
            for key in keys { waiting[key] = index }
        }
    }
}

extension Terminal {
    func encode(into writer: inout Writer) {
        discipline.encode(into: &writer)
        writer.value(session)
        writer.value(foreground)
        writer.value(size)
        writer.bytes(incoming)
        writer.u32(UInt32(searched))
        writer.value(lastInput)
        writer.list(readers)
        writer.list(unconfirmed)
        writer.list(writers)
        writer.bytes(buffered)
        writer.u32(UInt32(inFlight.count))
        for call in inFlight {
            writer.u32(call.token)
            writer.u32(UInt32(call.count))
        }
        writer.u32(nextToken)
        writer.u64(accepted)
        writer.u64(completed)
        writer.u32(UInt32(changes.count))
        for change in changes {
            writer.value(change.key)
            writer.value(change.handle)
            writer.value(change.action)
            writer.bool(change.attributes != nil)
            if let attributes = change.attributes { writer.value(attributes) }
            writer.u64(change.mark)
        }
        writer.bool(control != nil)
        writer.u8(control ?? 0)
        writer.bool(isInputStopped)
        writer.bool(isShown)
        writer.u32(line)
        writer.value(announcedDeadline)
        writer.bool(master != nil)
        if let master {
            writer.bool(master.isLocked)
            writer.bool(master.isDeserted)
            writer.list(master.readers)
            writer.list(master.writers)
        }
        writer.value(accessTime)
        writer.value(modificationTime)
    }

    init(minor: UInt32, decoding reader: inout Reader) throws(Errno) {
        self.minor = minor
        discipline = try LineDiscipline(decoding: &reader)
        session = try reader.value(SessionID.self)
        foreground = try reader.value(ProcessGroupID.self)
        size = try reader.value(WindowSize.self)
        incoming = try reader.bytes(limit: TerminalDriver.inputWindow)
        searched = Int(try reader.u32())
        guard searched <= incoming.count else { throw .badMessage }
        lastInput = try reader.value(Nanoseconds.self)
        readers = try reader.list(WaitingRead.self)
        unconfirmed = try reader.list(ProcessGroupID.self)
        writers = try reader.list(WaitingWrite.self)
        buffered = try reader.bytes(limit: Terminal.outputWindow)
        for _ in 0..<(try reader.u32()) {
            let call = (token: try reader.u32(), count: Int(try reader.u32()))
            guard call.count <= Terminal.callSize, inFlight.count < Terminal.callsInFlight else { throw .badMessage }
            inFlight.append(call)
            inFlightBytes += call.count
        }
        nextToken = try reader.u32()
        accepted = try reader.u64()
        completed = try reader.u64()
        // What was accepted and is not completed is kept or under way.
        guard accepted &- completed == UInt64(buffered.count + inFlightBytes) else { throw .badMessage }
        for _ in 0..<(try reader.u32()) {
            changes.append(
                WaitingAttributes(
                    key: try reader.value(RequestKey.self), handle: try reader.value(Handle.self),
                    action: try reader.value(AttributeAction.self),
                    attributes: try reader.bool() ? try reader.value(TerminalAttributes.self) : nil, mark: try reader.u64()))
        }
        let hasControl = try reader.bool()
        let byte = try reader.u8()
        control = hasControl ? byte : nil
        isInputStopped = try reader.bool()
        isShown = try reader.bool()
        line = try reader.u32()
        announcedDeadline = try reader.value(Nanoseconds.self)
        if try reader.bool() {
            master = Master(
                isLocked: try reader.bool(), isDeserted: try reader.bool(), readers: try reader.list(WaitingRead.self),
                writers: try reader.list(WaitingWrite.self))
        }
        accessTime = try reader.value(Nanoseconds.self)
        modificationTime = try reader.value(Nanoseconds.self)
    }
}

extension Terminal.WaitingRead: Wire {
    init(from reader: inout Reader) throws(Errno) {
        key = try reader.value(RequestKey.self)
        process = try reader.value(ProcessIdentity.self)
        group = try reader.value(ProcessGroupID.self)
        session = try reader.value(SessionID.self)
        handle = try reader.value(Handle.self)
        limit = Int(try reader.u32())
        since = try reader.value(Nanoseconds.self)
    }

    func encode(into writer: inout Writer) {
        writer.value(key)
        writer.value(process)
        writer.value(group)
        writer.value(session)
        writer.value(handle)
        writer.u32(UInt32(limit))
        writer.value(since)
    }
}

extension Terminal.WaitingWrite: Wire {
    init(from reader: inout Reader) throws(Errno) {
        key = try reader.value(RequestKey.self)
        handle = try reader.value(Handle.self)
        data = try reader.bytes()
        written = Int(try reader.u32())
        guard written < data.count else { throw .badMessage }
    }

    func encode(into writer: inout Writer) {
        writer.value(key)
        writer.value(handle)
        writer.bytes(data)
        writer.u32(UInt32(written))
    }
}
