package import ABI
import ServerKit

/// One process as resmgr knows it, from the moment its number is taken until its parent has waited for it. It is looked at for every
/// message, so it holds numbers alone: its command line is kept by the table.
package struct Process: Sendable {
    /// Bytes of a command line that are kept for `ps`.
    package static let commandLimit = 4096

    package let id: ProcessID
    package let identity: ProcessIdentity
    /// Who waits for it; `resourceManager` for init and for servers.
    package internal(set) var parent: ProcessID
    package internal(set) var group: ProcessGroupID
    package internal(set) var session: SessionID
    package let credentials: CredentialsID
    package let isServer: Bool
    package let started: Nanoseconds
    /// Where it runs; `nil` before its hart was ordered.
    package var hart: HartID?
    /// Whether its program was started. (`end` says whether it is over.)
    package internal(set) var isRunning = false
    /// How it ended; `nil` while it has not.
    package internal(set) var end: ProcessEnd?
    /// A signal stopped it, and none has continued it since.
    package internal(set) var isStopped = false
    /// That it stopped or went on, as long as its parent has not waited for that.
    package internal(set) var change: ChildChange?
    package var signals = SignalState()

    /// What signals do to it.
    package var dispositions: Dispositions { signals.dispositions }

    /// What `ps` is told.
    package var state: ProcessState { end != nil ? .ended : isStopped ? .stopped : isRunning ? .running : .starting }

    /// Whether it leads its session.
    package var leadsSession: Bool { session.rawValue == id.rawValue }

    /// What its hart stamps.
    package var stamp: Stamp { Stamp(process: identity, credentials: credentials, group: group, session: session) }

    /// The leading arguments that fit into `commandLimit`.
    static func cut(_ arguments: [ByteString]) -> [ByteString] {
        var room = commandLimit
        var kept: [ByteString] = []
        for argument in arguments where room > 0 {
            kept.append(ByteString(Array(argument.bytes.prefix(room))))
            room -= argument.bytes.count + 1
        }
        return kept
    }
}

/// Where a new process stands.
package struct Placement: Sendable {
    package var parent: ProcessID
    package var credentials: CredentialsID
    /// `nil`: a group of its own.
    package var group: ProcessGroupID?
    /// `nil`: a session of its own (and a group of its own).
    package var session: SessionID?

    package init(parent: ProcessID, credentials: CredentialsID, group: ProcessGroupID?, session: SessionID?) {
        self.parent = parent
        self.credentials = credentials
        self.group = group
        self.session = session
    }
}

extension Process {
    /// Reads a process and its command line.
    init(from reader: inout Reader, command: inout [ByteString]) throws(Errno) {
        id = try reader.value(ProcessID.self)
        identity = try reader.value(ProcessIdentity.self)
        parent = try reader.value(ProcessID.self)
        group = try reader.value(ProcessGroupID.self)
        session = try reader.value(SessionID.self)
        credentials = try reader.value(CredentialsID.self)
        isServer = try reader.bool()
        started = try reader.value(Nanoseconds.self)
        command = try reader.list(ByteString.self)
        hart = try reader.bool() ? try reader.value(HartID.self) : nil
        isRunning = try reader.bool()
        end = try reader.bool() ? try reader.value(ProcessEnd.self) : nil
        isStopped = try reader.bool()
        change = try reader.bool() ? try reader.value(ChildChange.self) : nil
        signals = try reader.value(SignalState.self)
        // The table adds what is pending.
        signals.pending = 0
    }

    /// Appends a process and its command line.
    func encode(_ command: [ByteString], into writer: inout Writer) {
        writer.value(id)
        writer.value(identity)
        writer.value(parent)
        writer.value(group)
        writer.value(session)
        writer.value(credentials)
        writer.bool(isServer)
        writer.value(started)
        writer.list(command)
        writer.bool(hart != nil)
        if let hart { writer.value(hart) }
        writer.bool(isRunning)
        writer.bool(end != nil)
        if let end { writer.value(end) }
        writer.bool(isStopped)
        writer.bool(change != nil)
        if let change { writer.value(change) }
        writer.value(signals)
    }
}

extension Process {
    init(
        id: ProcessID, identity: ProcessIdentity, placement: Placement, isServer: Bool, started: Nanoseconds
    ) {
        self.id = id
        self.identity = identity
        parent = placement.parent
        let own = ProcessGroupID(rawValue: id.rawValue)
        group = isServer ? .none : placement.session == nil ? own : placement.group ?? own
        session = isServer ? .none : placement.session ?? SessionID(rawValue: id.rawValue)
        credentials = placement.credentials
        self.isServer = isServer
        self.started = started
    }
}
