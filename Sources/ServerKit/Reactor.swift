package import ABI

// A server is a reactor: an input comes in, effects go out, the call returns. Nothing here reads a clock, a random source or a
// device: those are inputs.

/// What happens to a server.
package enum Input: Equatable, Sendable {
    /// The first input, once.
    case start(Start)
    /// A message on a connection.
    case message(ConnectionID, [UInt8])
    /// The deadline set by `Effect.setTimer` has passed.
    case timer
    /// A device event (layout: `DeviceOperation`).
    case device([UInt8])
    /// A connection was opened to this server; `ProcessIdentity` alone speaks at its other end.
    case connected(ConnectionID, ProcessIdentity)
    /// A connection was closed.
    case disconnected(ConnectionID)
}

/// What a server is told when it starts.
package struct Start: Equatable, Sendable {
    /// Real time (nanoseconds since 1970-01-01 UTC) at the monotonic time of this input.
    package var realTime: Nanoseconds
    /// 32 bytes from the machine's secure generator.
    package var entropy: [UInt8]
    /// Lines `key=value` from whoever created the hart.
    package var configuration: [UInt8]

    package init(realTime: Nanoseconds, entropy: [UInt8], configuration: [UInt8] = []) {
        self.realTime = realTime
        self.entropy = entropy
        self.configuration = configuration
    }
}

/// What a server wants done. Effects are carried out in order, after the call returned.
package enum Effect: Equatable, Sendable {
    /// Send a message; the hart stamps it. To a connection that is gone: dropped.
    case send(ConnectionID, [UInt8])
    /// Give `Input.timer` at this monotonic time; replaces an earlier deadline; `never`: none.
    case setTimer(Nanoseconds)
    /// A line for the page's console, for developers.
    case log([UInt8])
    /// A device call (layout: `DeviceOperation`).
    case device([UInt8])
    /// resmgr only: open its own end of a channel.
    case openConnection(ConnectionID, ChannelName)
    /// resmgr only: close its own end of a channel.
    case closeConnection(ConnectionID)
}

/// The effects of one input, in order.
package struct Effects: Sendable {
    package private(set) var list: [Effect] = []

    package init() {}

    package mutating func append(_ effect: Effect) { list.append(effect) }

    /// Takes all effects out.
    package mutating func take() -> [Effect] {
        let taken = list
        list = []
        return taken
    }
}

/// State that can be written down between two inputs and read back, in a versioned form.
package protocol Checkpointable {
    /// Appends the whole state, beginning with a version byte.
    func encode(into writer: inout Writer)
    /// Reads a state back. Throws `badMessage` for anything `encode` did not write.
    init(decoding reader: inout Reader) throws(Errno)
}

/// A state machine that runs in a hart of its own.
package protocol Reactor {
    /// Takes one input at monotonic time `now` and appends what is to be done. Never waits, never traps.
    mutating func handle(_ input: Input, now: Nanoseconds, into effects: inout Effects)
}
