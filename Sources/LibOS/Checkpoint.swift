// The whole state as bytes. The first byte is the version of this layout; another version is refused.

package import ABI

extension ThreadState: Wire {
    init(from reader: inout Reader) throws(Errno) {
        id = try reader.value(ThreadID.self)
        call = try reader.bool() ? try reader.value(PendingCall.self) : nil
        result = try reader.bool() ? try reader.i32() : nil
        isInterrupted = try reader.bool()
        isRepeating = try reader.bool()
        restart = try reader.bool() ? try reader.value(PendingCall.self) : nil
        maskToRestore = try reader.bool() ? try reader.u64() : nil
    }

    func encode(into writer: inout Writer) {
        writer.value(id)
        writer.bool(call != nil)
        if let call { writer.value(call) }
        writer.bool(result != nil)
        if let result { writer.i32(result) }
        writer.bool(isInterrupted)
        writer.bool(isRepeating)
        writer.bool(restart != nil)
        if let restart { writer.value(restart) }
        writer.bool(maskToRestore != nil)
        if let maskToRestore { writer.u64(maskToRestore) }
    }
}

extension Phase: Wire {
    init(from reader: inout Reader) throws(Errno) {
        switch try reader.u8() {
        case 0: self = .idle
        case 1: self = .loading(try reader.value(ImageLoad.self))
        case 2: self = .running
        case 3:
            self = .reporting(
                try reader.value(ProcessEnd.self), reason: try reader.bytes(), deadline: try reader.value(Nanoseconds.self))
        case 4: self = .ended
        default: throw .badMessage
        }
    }

    func encode(into writer: inout Writer) {
        switch self {
        case .idle: writer.u8(0)
        case .loading(let load):
            writer.u8(1)
            writer.value(load)
        case .running: writer.u8(2)
        case .reporting(let end, let reason, let deadline):
            writer.u8(3)
            writer.value(end)
            writer.bytes(reason)
            writer.value(deadline)
        case .ended: writer.u8(4)
        }
    }
}

extension LibOS {
    private static let version: UInt8 = 4

    /// Appends the whole state.
    package func encode(into writer: inout Writer) {
        writer.u8(LibOS.version)
        writer.value(phase)
        writer.value(table)
        writer.list(threads)
        writer.list(requests)
        writer.u32(lastRequest)
        writer.value(lastTurn)
        writer.value(startTime)
        writer.value(process)
        writer.value(parent)
        writer.bytes(path)
        writer.list(arguments)
        writer.list(environment)
        writer.u32(mask)
        writer.bytes(wait)
        writer.i32(Int32(workingDirectory))
        writer.i32(Int32(rootDirectory))
        writer.bool(areFoldersListed)
        writer.list(lostConnections)
        writer.value(signals)
        writer.bool(pipeConnection != nil)
        if let pipeConnection { writer.value(pipeConnection) }
        writer.bool(hasLocked)
    }

    /// Reads a whole state. Throws `badMessage` for bytes that are none, or another version's.
    package init(decoding reader: inout Reader) throws(Errno) {
        guard try reader.u8() == LibOS.version else { throw .badMessage }
        phase = try reader.value(Phase.self)
        table = try reader.value(DescriptorTable.self)
        threads = try reader.list(ThreadState.self, limit: LibOS.threadLimit)
        requests = try reader.list(Request.self, limit: LibOS.requestLimit)
        lastRequest = try reader.u32()
        lastTurn = try reader.value(Nanoseconds.self)
        startTime = try reader.value(Nanoseconds.self)
        process = try reader.value(ProcessID.self)
        parent = try reader.value(ProcessID.self)
        path = try reader.bytes()
        arguments = try reader.list(ByteString.self)
        environment = try reader.list(ByteString.self)
        mask = try reader.u32()
        wait = try reader.bytes()
        workingDirectory = Int(try reader.i32())
        rootDirectory = Int(try reader.i32())
        areFoldersListed = try reader.bool()
        lostConnections = try reader.list(ConnectionID.self)
        signals = try reader.value(SignalState.self)
        pipeConnection = try reader.bool() ? try reader.value(ConnectionID.self) : nil
        hasLocked = try reader.bool()
    }
}
