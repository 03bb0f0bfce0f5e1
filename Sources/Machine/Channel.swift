import ABI

/// A channel of the simulated machine: two ends, a queue towards each. As with a BroadcastChannel, what is sent while the other
/// end is not open is lost.
final class Channel {
    /// One end: the hart that opened it and the number by which that hart knows it.
    struct End {
        var hart: HartID
        var connection: ConnectionID
    }

    let name: ChannelName
    private(set) var ends: [End?]
    /// `queues[side]` holds what travels towards `ends[side]`.
    private(set) var queues: [[[UInt8]]]

    init(_ name: ChannelName, ends: [End?] = [nil, nil], queues: [[[UInt8]]] = [[], []]) {
        self.name = name
        self.ends = ends
        self.queues = queues
    }

    /// Opens the first free end; `nil` if two parties have it open already.
    func open(_ hart: HartID, _ connection: ConnectionID) -> Int? {
        guard let side = ends.firstIndex(where: { $0 == nil }) else { return nil }
        ends[side] = End(hart: hart, connection: connection)
        return side
    }

    /// Closes an end; what was under way to it is lost.
    func close(_ side: Int) {
        ends[side] = nil
        queues[side] = []
    }

    /// Sends from `side` to the other one.
    func send(_ message: [UInt8], from side: Int) {
        guard ends[1 - side] != nil else { return }
        queues[1 - side].append(message)
    }

    /// Takes the next message that travels towards `side`.
    func take(_ side: Int) -> [UInt8] { queues[side].removeFirst() }

    /// Whether nobody has an end open.
    var isUnused: Bool { ends[0] == nil && ends[1] == nil }
}
