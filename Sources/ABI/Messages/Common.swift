// What may be said on every connection.

/// Names the request to give up. It is answered once all the same: with its result if it took effect, else `interrupted`.
package struct Cancel: Wire, Equatable, Sendable {
    /// The request, as its sender numbered it. One that was answered meanwhile is ignored.
    package var request: RequestID

    package init(request: RequestID) {
        self.request = request
    }

    package init(from reader: inout Reader) throws(Errno) {
        request = try reader.value(RequestID.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(request)
    }
}

/// Conditions of a file (C: the event bits of poll(2)).
package struct PollEvents: OptionSet, Identifier {
    package var rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }
    /// A read would not wait (end of file counts).
    package static let readable = PollEvents(rawValue: 1 << 0)
    /// A write would not wait.
    package static let writable = PollEvents(rawValue: 1 << 1)
    /// The other end is gone. Always reported.
    package static let hangUp = PollEvents(rawValue: 1 << 2)
    /// An error is pending. Always reported.
    package static let failed = PollEvents(rawValue: 1 << 3)
}

/// A condition that a `poll` request armed came true. A hint: level-triggered waiting asks again.
package struct Ready: Wire, Equatable, Sendable {
    /// The description that was asked about.
    package var handle: Handle
    /// What holds.
    package var events: PollEvents
    /// Grows by one with each notice of this handle.
    package var sequence: UInt32

    package init(handle: Handle, events: PollEvents, sequence: UInt32) {
        self.handle = handle
        self.events = events
        self.sequence = sequence
    }

    package init(from reader: inout Reader) throws(Errno) {
        handle = try reader.value(Handle.self)
        events = try reader.value(PollEvents.self)
        sequence = try reader.u32()
    }

    package func encode(into writer: inout Writer) {
        writer.value(handle)
        writer.value(events)
        writer.u32(sequence)
    }
}

/// A body that names one handle.
package struct OneHandle: Wire, Equatable, Sendable {
    /// Must belong to the stamped process, else `badFileDescriptor`.
    package var handle: Handle

    package init(handle: Handle) {
        self.handle = handle
    }

    package init(from reader: inout Reader) throws(Errno) {
        handle = try reader.value(Handle.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(handle)
    }
}
