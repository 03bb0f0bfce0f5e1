/// What a message is: a request (answered exactly once), its reply, or a notice (never answered).
package enum MessageKind: UInt8, Sendable, CaseIterable {
    case request = 1
    case reply = 2
    case notice = 3
}

/// Who speaks. Put on by the sender's hart; what the sender wrote there is overwritten.
package struct Stamp: Wire, Equatable, Sendable {
    package var process: ProcessIdentity
    package var credentials: CredentialsID
    package var group: ProcessGroupID
    package var session: SessionID

    package init(process: ProcessIdentity, credentials: CredentialsID, group: ProcessGroupID, session: SessionID) {
        self.process = process
        self.credentials = credentials
        self.group = group
        self.session = session
    }

    /// What a sender writes before its hart stamps.
    package static let unstamped = Stamp(
        process: .nobody, credentials: CredentialsID(rawValue: 0), group: .none, session: .none)

    package init(from reader: inout Reader) throws(Errno) {
        process = try reader.value(ProcessIdentity.self)
        credentials = try reader.value(CredentialsID.self)
        group = try reader.value(ProcessGroupID.self)
        session = try reader.value(SessionID.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(process)
        writer.value(credentials)
        writer.value(group)
        writer.value(session)
    }
}

/// The fixed header of every message, 48 bytes:
///
/// | offset | size | field |
/// |---|---|---|
/// | 0 | 1 | kind |
/// | 1 | 1 | version of the wire format |
/// | 2 | 2 | operation |
/// | 4 | 4 | request: bytes of payload that the reply may have; reply: status (0 or an `Errno`); notice: 0 |
/// | 8 | 4 | request id (notice: 0) |
/// | 12 | 4 | bytes of payload that follow the header |
/// | 16 | 20 | stamp: process (8), credentials (4), process group (4), session (4) |
/// | 36 | 4 | zero |
/// | 40 | 8 | sender's monotonic time in nanoseconds, put on by the hart |
package struct Header: Equatable, Sendable {
    /// Bytes of an encoded header.
    package static let size = 48
    /// The version of the wire format that this build speaks.
    package static let version: UInt8 = 1

    package var kind: MessageKind
    package var operation: Operation
    package var argument: UInt32
    package var request: RequestID
    package var payloadLength: UInt32
    package var stamp: Stamp
    package var time: Nanoseconds

    package init(kind: MessageKind, operation: Operation, argument: UInt32 = 0, request: RequestID = RequestID(rawValue: 0)) {
        self.kind = kind
        self.operation = operation
        self.argument = argument
        self.request = request
        payloadLength = 0
        stamp = .unstamped
        time = .zero
    }
}

extension Header: Wire {
    /// Throws `badMessage` for an unknown kind, version or operation, for a length that is not what follows, or for a
    /// payload or reserved reply over `Limits.payload`.
    package init(from reader: inout Reader) throws(Errno) {
        // Read as six words, since a header is read for every message.
        let first = try reader.u64()
        guard let kind = MessageKind(rawValue: UInt8(truncatingIfNeeded: first)),
            UInt8(truncatingIfNeeded: first >> 8) == Header.version,
            let operation = Operation(rawValue: UInt16(truncatingIfNeeded: first >> 16))
        else { throw .badMessage }
        self.kind = kind
        self.operation = operation
        argument = UInt32(truncatingIfNeeded: first >> 32)
        let second = try reader.u64()
        request = RequestID(rawValue: UInt32(truncatingIfNeeded: second))
        payloadLength = UInt32(truncatingIfNeeded: second >> 32)
        let process = ProcessIdentity(rawValue: try reader.u64())
        let owners = try reader.u64()
        let last = try reader.u64()
        guard last >> 32 == 0 else { throw .badMessage }
        stamp = Stamp(
            process: process, credentials: CredentialsID(rawValue: UInt32(truncatingIfNeeded: owners)),
            group: ProcessGroupID(rawValue: Int32(truncatingIfNeeded: owners >> 32)),
            session: SessionID(rawValue: Int32(truncatingIfNeeded: last)))
        time = Nanoseconds(rawValue: try reader.u64())
        guard payloadLength <= UInt32(Limits.payload), Int(payloadLength) == reader.remaining else { throw .badMessage }
        if kind == .request && argument > UInt32(Limits.payload) { throw .badMessage }
    }

    package func encode(into writer: inout Writer) { writer.words(words) }

    /// The 48 bytes as six words whose least significant byte comes first.
    fileprivate var words: Writer.SixWords {
        let kinds = UInt64(kind.rawValue) | UInt64(Header.version) << 8 | UInt64(operation.rawValue) << 16
        return (
            kinds | UInt64(argument) << 32, UInt64(request.rawValue) | UInt64(payloadLength) << 32, stamp.process.rawValue,
            UInt64(stamp.credentials.rawValue) | UInt64(UInt32(bitPattern: stamp.group.rawValue)) << 32,
            UInt64(UInt32(bitPattern: stamp.session.rawValue)), time.rawValue
        )
    }
}

/// Whole messages: a header and the payload behind it.
package enum Message {
    /// A request whose reply may have `replySpace` bytes of payload.
    package static func request(_ operation: Operation, id: RequestID, replySpace: Int = 4096, _ body: some Wire) -> [UInt8] {
        build(Header(kind: .request, operation: operation, argument: UInt32(replySpace), request: id), body)
    }

    /// The successful reply to request `id`.
    package static func reply(_ operation: Operation, id: RequestID, _ body: some Wire) -> [UInt8] {
        build(Header(kind: .reply, operation: operation, request: id), body)
    }

    /// The failed reply to request `id`; `reason` is text for people, or empty.
    package static func failure(_ operation: Operation, id: RequestID, _ error: Errno, reason: [UInt8] = []) -> [UInt8] {
        build(Header(kind: .reply, operation: operation, argument: UInt32(error.rawValue), request: id), RawBytes(reason))
    }

    package static func notice(_ operation: Operation, _ body: some Wire) -> [UInt8] {
        build(Header(kind: .notice, operation: operation), body)
    }

    private static func build(_ header: Header, _ body: some Wire) -> [UInt8] {
        var writer = Writer(capacity: 128)
        writer.value(header)
        writer.value(body)
        writer.patch(u32: UInt32(writer.bytes.count - Header.size), at: 12)
        return writer.bytes
    }
}

/// A reply that does not say yet which request it answers. Its body stands behind room for the header, so that it is encoded once and
/// never copied.
package struct ReplyDraft: Sendable {
    private var writer: Writer

    /// A reply with that body.
    package init(_ body: some Wire) {
        writer = Writer(capacity: 128)
        writer.words((0, 0, 0, 0, 0, 0))
        writer.value(body)
    }

    /// Bytes of the body.
    package var count: Int { writer.bytes.count - Header.size }

    /// The successful reply to request `id`.
    package consuming func message(_ operation: Operation, id: RequestID) -> [UInt8] {
        var header = Header(kind: .reply, operation: operation, request: id)
        header.payloadLength = UInt32(count)
        writer.patch(words: header.words, at: 0)
        return writer.bytes
    }
}

/// A body that is bytes to its end: the data of a read reply, the text of a failure.
package struct RawBytes: Wire, Equatable, Sendable {
    package var bytes: [UInt8]
    package init(_ bytes: [UInt8]) { self.bytes = bytes }
    package init(from reader: inout Reader) throws(Errno) { bytes = reader.rest() }
    package func encode(into writer: inout Writer) { writer.raw(bytes) }
}
