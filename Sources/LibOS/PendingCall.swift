// What a waiting call waits for, and what it needs to go on: a value per kind of call, encoded with the libOS's state.

import ABI

/// A buffer of the program's, and where the number of bytes put there is told.
struct ResultBuffer: Wire, Equatable, Sendable {
    var address: Address
    var capacity: UInt32
    var length: Address

    init(_ address: Address, _ capacity: UInt32, _ length: Address) {
        self.address = address
        self.capacity = capacity
        self.length = length
    }

    init(from reader: inout Reader) throws(Errno) {
        address = try reader.u32()
        capacity = try reader.u32()
        length = try reader.u32()
    }

    func encode(into writer: inout Writer) {
        writer.u32(address)
        writer.u32(capacity)
        writer.u32(length)
    }
}

/// In which layout a file's status is told.
enum StatusForm: UInt8, Wire, Sendable {
    /// WASI preview 1 `filestat`, 64 bytes.
    case wasi = 0
    /// An encoded `FileStatus`.
    case martlet = 1

    init(from reader: inout Reader) throws(Errno) {
        guard let value = StatusForm(rawValue: try reader.u8()) else { throw .badMessage }
        self = value
    }

    func encode(into writer: inout Writer) { writer.u8(rawValue) }
}

/// A wait for a child.
struct WaitCall: Wire, Equatable, Sendable {
    var target: Int32
    var flags: WaitFlags
    /// Where its pid goes.
    var process: Address
    /// Where its status goes.
    var status: Address

    init(target: Int32, flags: WaitFlags, process: Address, status: Address) {
        self.target = target
        self.flags = flags
        self.process = process
        self.status = status
    }

    init(from reader: inout Reader) throws(Errno) {
        target = try reader.i32()
        flags = try reader.value(WaitFlags.self)
        process = try reader.u32()
        status = try reader.u32()
    }

    func encode(into writer: inout Writer) {
        writer.i32(target)
        writer.value(flags)
        writer.u32(process)
        writer.u32(status)
    }
}

/// A call that waits for a reply.
enum PendingCall: Equatable, Sendable {
    /// The reply's status is the result.
    case result
    /// Likewise, and a signal may end it.
    case waitingResult
    case transfer(Transfer)
    case directory(DirectoryListing)
    case poll(PollCall)
    case status(Address, StatusForm)
    case pathStatus(Address, StatusForm)
    case open(OpenCall)
    case readLink(ResultBuffer)
    case close(reportsError: Bool)
    case setFlags(ConnectionID, Handle, DescriptionFlags)
    /// The offset of this description goes to this address.
    case offset(Address, DescriptionID)
    /// The server takes offsets over before something goes on.
    case handOverOffsets(OffsetHandover)
    case spawn(SpawnCall)
    case wait(WaitCall)
    /// Addresses of group and session.
    case groups(Address, Address)
    /// The reply's payload goes to the program as it is.
    case bytes(ResultBuffer)
    case action(Signal, SignalAction)
    /// Their set goes to this address.
    case pendingSignals(Address)
    /// What is told of the signal goes to this address.
    case signalWait(Address)
    /// What was left of the alarm goes to this address, unless it is 0.
    case alarm(Address)
    /// Until a signal was taken.
    case suspend
    case pipeConnection(PipeCall)
    case pipe(PipeCall)
    case changeDirectory(DirectoryChange)
    case terminal(Address, TerminalQuestion)
    /// What is told of a lock goes to this address.
    case lockStatus(Address)
    case folders(PreopenQuestion)
    /// Of this descriptor.
    case folder(UInt32, FolderUse)
    /// The program is over.
    case forever

    /// Whether a signal with disposition `interrupt` ends the call.
    var isInterruptible: Bool {
        switch self {
        case .transfer, .poll, .wait, .waitingResult, .signalWait, .suspend: return true
        case .result, .directory, .status, .pathStatus, .open, .readLink, .close, .setFlags, .offset, .handOverOffsets, .spawn, .groups,
            .bytes,
            .action, .pendingSignals, .alarm, .pipeConnection, .pipe, .changeDirectory, .terminal, .lockStatus, .folders, .folder, .forever:
            return false
        }
    }
}

extension PendingCall: Wire {
    init(from reader: inout Reader) throws(Errno) {
        switch try reader.u8() {
        case 0: self = .result
        case 1: self = .waitingResult
        case 2: self = .transfer(try reader.value(Transfer.self))
        case 3: self = .directory(try reader.value(DirectoryListing.self))
        case 4: self = .poll(try reader.value(PollCall.self))
        case 5: self = .status(try reader.u32(), try reader.value(StatusForm.self))
        case 6: self = .pathStatus(try reader.u32(), try reader.value(StatusForm.self))
        case 7: self = .open(try reader.value(OpenCall.self))
        case 8: self = .readLink(try reader.value(ResultBuffer.self))
        case 9: self = .close(reportsError: try reader.bool())
        case 10:
            self = .setFlags(
                try reader.value(ConnectionID.self), try reader.value(Handle.self), try reader.value(DescriptionFlags.self))
        case 11: self = .offset(try reader.u32(), try reader.value(DescriptionID.self))
        case 12: self = .spawn(try reader.value(SpawnCall.self))
        case 13: self = .wait(try reader.value(WaitCall.self))
        case 14: self = .groups(try reader.u32(), try reader.u32())
        case 15: self = .bytes(try reader.value(ResultBuffer.self))
        case 16: self = .action(try reader.value(Signal.self), try reader.value(SignalAction.self))
        case 17: self = .pipeConnection(try reader.value(PipeCall.self))
        case 18: self = .pipe(try reader.value(PipeCall.self))
        case 19: self = .changeDirectory(try reader.value(DirectoryChange.self))
        case 20: self = .terminal(try reader.u32(), try reader.value(TerminalQuestion.self))
        case 21: self = .forever
        case 22: self = .folders(try reader.value(PreopenQuestion.self))
        case 23: self = .folder(try reader.u32(), try reader.value(FolderUse.self))
        case 24: self = .handOverOffsets(try reader.value(OffsetHandover.self))
        case 25: self = .pendingSignals(try reader.u32())
        case 26: self = .signalWait(try reader.u32())
        case 27: self = .alarm(try reader.u32())
        case 28: self = .suspend
        case 29: self = .lockStatus(try reader.u32())
        default: throw .badMessage
        }
    }

    func encode(into writer: inout Writer) {
        switch self {
        case .result: writer.u8(0)
        case .waitingResult: writer.u8(1)
        case .transfer(let transfer): encode(2, transfer, &writer)
        case .directory(let listing): encode(3, listing, &writer)
        case .poll(let poll): encode(4, poll, &writer)
        case .status(let address, let form): encode(5, address, form, &writer)
        case .pathStatus(let address, let form): encode(6, address, form, &writer)
        case .open(let open): encode(7, open, &writer)
        case .readLink(let buffer): encode(8, buffer, &writer)
        case .close(let reportsError):
            writer.u8(9)
            writer.bool(reportsError)
        case .setFlags(let connection, let handle, let flags):
            writer.u8(10)
            writer.value(connection)
            writer.value(handle)
            writer.value(flags)
        case .offset(let address, let description): encode(11, address, description, &writer)
        case .handOverOffsets(let handover): encode(24, handover, &writer)
        case .spawn(let spawn): encode(12, spawn, &writer)
        case .wait(let wait): encode(13, wait, &writer)
        case .groups(let group, let session): encode(14, group, session, &writer)
        case .bytes(let buffer): encode(15, buffer, &writer)
        case .action(let signal, let action):
            writer.u8(16)
            writer.value(signal)
            writer.value(action)
        case .pendingSignals(let address): encode(25, address, &writer)
        case .signalWait(let address): encode(26, address, &writer)
        case .alarm(let address): encode(27, address, &writer)
        case .suspend: writer.u8(28)
        case .pipeConnection(let pipe): encode(17, pipe, &writer)
        case .pipe(let pipe): encode(18, pipe, &writer)
        case .changeDirectory(let change): encode(19, change, &writer)
        case .terminal(let address, let question): encode(20, address, question, &writer)
        case .forever: writer.u8(21)
        case .lockStatus(let address):
            writer.u8(29)
            writer.u32(address)
        case .folders(let question): encode(22, question, &writer)
        case .folder(let descriptor, let use): encode(23, descriptor, use, &writer)
        }
    }

    private func encode(_ tag: UInt8, _ address: Address, _ writer: inout Writer) {
        writer.u8(tag)
        writer.u32(address)
    }

    private func encode(_ tag: UInt8, _ value: some Wire, _ writer: inout Writer) {
        writer.u8(tag)
        writer.value(value)
    }

    private func encode(_ tag: UInt8, _ address: Address, _ value: some Wire, _ writer: inout Writer) {
        writer.u8(tag)
        writer.u32(address)
        writer.value(value)
    }

    private func encode(_ tag: UInt8, _ first: Address, _ second: Address, _ writer: inout Writer) {
        writer.u8(tag)
        writer.u32(first)
        writer.u32(second)
    }
}
