package import ABI
import ServerKit

// The state of the driver, written down between two inputs. Version 2: terminals, descriptions, handles, readiness, who has ended, what came from
// the background. Which request waits where is in the terminals themselves.

extension TerminalDriver: Checkpointable {
    private static let version: UInt8 = 2
    private static let mostTerminals: UInt32 = 256

    package func encode(into writer: inout Writer) {
        writer.u8(TerminalDriver.version)
        writer.u32(UInt32(terminals.count))
        for terminal in terminals { terminal.encode(into: &writer) }
        descriptions.encode(into: &writer) { description, writer in
            writer.u32(UInt32(description.terminal))
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
    }

    package init(decoding reader: inout Reader) throws(Errno) {
        guard try reader.u8() == TerminalDriver.version else { throw .badMessage }
        let count = try reader.u32()
        guard count > 0, count <= TerminalDriver.mostTerminals else { throw .badMessage }
        terminals = []
        for _ in 0..<count { terminals.append(try Terminal(decoding: &reader)) }
        descriptions = try SlotTable(capacity: TerminalDriver.capacity, decoding: &reader) { reader throws(Errno) in
            let terminal = try reader.u32()
            guard terminal < count else { throw .badMessage }
            return Description(
                terminal: Int(terminal), access: try reader.value(AccessMode.self), flags: try reader.value(DescriptionFlags.self),
                node: try reader.value(FileStatus.self), handles: try reader.list(Handle.self))
        }
        handles = try HandleTable(decoding: &reader) { reader throws(Errno) in try reader.value(NodeID.self) }
        readiness = try Readiness(decoding: &reader)
        ended = try reader.list(ProcessIdentity.self)
        asked = try reader.list(BackgroundRequest.self)
        held = try reader.list(BackgroundRequest.self)
        deadline = try reader.value(Nanoseconds.self)
        for (index, terminal) in terminals.enumerated() {
            let keys = terminal.readers.map { $0.key } + terminal.writers.map { $0.key } + terminal.changes.map { $0.key }
            for key in keys { waiting[key] = index }
        }
    }
}

extension Terminal {
    func encode(into writer: inout Writer) {
        writer.u32(minor)
        discipline.encode(into: &writer)
        writer.value(session)
        writer.value(foreground)
        writer.value(size)
        writer.bytes(incoming)
        writer.u32(UInt32(searched))
        writer.value(lastInput)
        writer.u32(UInt32(readers.count))
        for read in readers {
            writer.value(read.key)
            writer.value(read.process)
            writer.value(read.group)
            writer.value(read.session)
            writer.value(read.handle)
            writer.u32(UInt32(read.limit))
            writer.value(read.since)
        }
        writer.list(unconfirmed)
        writer.u32(UInt32(writers.count))
        for write in writers {
            writer.value(write.key)
            writer.value(write.handle)
            writer.bytes(write.data)
            writer.u32(UInt32(write.written))
        }
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
            writer.value(change.attributes)
            writer.u64(change.mark)
        }
        writer.value(accessTime)
        writer.value(modificationTime)
    }

    init(decoding reader: inout Reader) throws(Errno) {
        minor = try reader.u32()
        discipline = try LineDiscipline(decoding: &reader)
        session = try reader.value(SessionID.self)
        foreground = try reader.value(ProcessGroupID.self)
        size = try reader.value(WindowSize.self)
        incoming = try reader.bytes(limit: TerminalDriver.inputWindow)
        searched = Int(try reader.u32())
        guard searched <= incoming.count else { throw .badMessage }
        lastInput = try reader.value(Nanoseconds.self)
        for _ in 0..<(try reader.u32()) {
            readers.append(
                WaitingRead(
                    key: try reader.value(RequestKey.self), process: try reader.value(ProcessIdentity.self),
                    group: try reader.value(ProcessGroupID.self), session: try reader.value(SessionID.self),
                    handle: try reader.value(Handle.self), limit: Int(try reader.u32()), since: try reader.value(Nanoseconds.self)))
        }
        unconfirmed = try reader.list(ProcessGroupID.self)
        for _ in 0..<(try reader.u32()) {
            var write = WaitingWrite(
                key: try reader.value(RequestKey.self), handle: try reader.value(Handle.self), data: try reader.bytes())
            write.written = Int(try reader.u32())
            guard write.written < write.data.count else { throw .badMessage }
            writers.append(write)
        }
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
                    action: try reader.value(AttributeAction.self), attributes: try reader.value(TerminalAttributes.self),
                    mark: try reader.u64()))
        }
        accessTime = try reader.value(Nanoseconds.self)
        modificationTime = try reader.value(Nanoseconds.self)
    }
}
