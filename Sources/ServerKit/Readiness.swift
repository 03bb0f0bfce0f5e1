package import ABI

/// The `poll` subscriptions of a driver: at most one per handle, spent by its notice.
package struct Readiness: Sendable {
    private struct Subscription: Sendable {
        var process: ProcessIdentity
        var events: PollEvents
    }

    private var armed = OrderedMap<Handle, Subscription>()
    private var sequence: UInt32 = 0

    package init() {}

    /// How many are armed.
    package var count: Int { armed.count }

    /// Answers a `poll` request: what of `events` holds in `state` (hang-up and failure always count); if nothing does, arms.
    package mutating func poll(
        _ request: Poll, of process: ProcessIdentity, state: PollEvents, available: UInt64
    ) -> PollResult {
        armed[request.handle] = nil
        let holding = state.intersection(request.events.union([.hangUp, .failed]))
        if holding.isEmpty && !request.events.isEmpty {
            armed[request.handle] = Subscription(process: process, events: request.events)
        }
        return PollResult(events: request.events.isEmpty ? [] : holding, available: available)
    }

    /// The state behind `handle` changed: sends and spends the notice if something waited for holds now.
    package mutating func changed(_ handle: Handle, state: PollEvents, _ context: inout Context) {
        guard let subscription = armed[handle] else { return }
        let holding = state.intersection(subscription.events.union([.hangUp, .failed]))
        guard !holding.isEmpty else { return }
        armed[handle] = nil
        sequence &+= 1
        context.notify(subscription.process, .ready, Ready(handle: handle, events: holding, sequence: sequence))
    }

    /// The handles that are armed, ascending.
    package var handles: [Handle] { armed.keys }

    /// A handle is gone.
    package mutating func forget(_ handle: Handle) { armed[handle] = nil }

    /// Appends the subscriptions.
    package func encode(into writer: inout Writer) {
        writer.u32(sequence)
        writer.u32(UInt32(armed.count))
        for handle in armed.keys {
            guard let subscription = armed[handle] else { continue }
            writer.value(handle)
            writer.value(subscription.process)
            writer.value(subscription.events)
        }
    }

    /// Reads subscriptions that `encode` wrote.
    package init(decoding reader: inout Reader) throws(Errno) {
        sequence = try reader.u32()
        for _ in 0..<(try reader.u32()) {
            let handle = try reader.value(Handle.self)
            guard armed[handle] == nil else { throw .badMessage }
            armed[handle] = Subscription(
                process: try reader.value(ProcessIdentity.self), events: try reader.value(PollEvents.self))
        }
    }
}
