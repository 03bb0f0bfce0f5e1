package import ABI
import ServerKit

// What waits to be taken or carried out. Of each signal below the real-time range there is one, however often it was sent; those of
// the range are kept each, in order (POSIX, Signal Generation and Delivery).

extension ProcessTable {
    /// A signal waits from now on. `false` if it is of the real-time range and there is no room for it.
    package mutating func addSignal(_ identity: ProcessIdentity, _ info: SignalInfo) -> Bool {
        guard let process = self[identity] else { return false }
        if process.signals.pending & info.signal.bit != 0 && !info.signal.isQueued { return true }
        let queue = signalQueues[identity] ?? []
        // The others are at most one each.
        guard !info.signal.isQueued || queue.count < Limits.queuedSignals else { return false }
        signalQueues[identity] = queue + [info]
        update(identity) { $0.signals.pending |= info.signal.bit }
        return true
    }

    /// Takes the signal of a set that was sent first of those with the lowest number; `nil` if none of them waits.
    package mutating func takeSignal(_ identity: ProcessIdentity, from set: UInt64) -> SignalInfo? {
        guard let process = self[identity], let signal = Signal.lowest(of: process.signals.pending & set),
            var queue = signalQueues[identity], let index = queue.firstIndex(where: { $0.signal == signal })
        else { return nil }
        let info = queue.remove(at: index)
        signalQueues[identity] = queue.isEmpty ? nil : queue
        if !queue.contains(where: { $0.signal == signal }) { update(identity) { $0.signals.pending &= ~signal.bit } }
        return info
    }

    /// Those of a set do not wait any more.
    package mutating func discardSignals(_ identity: ProcessIdentity, _ set: UInt64) {
        guard let process = self[identity], process.signals.pending & set != 0, let queue = signalQueues[identity] else { return }
        let rest = queue.filter { $0.signal.bit & set == 0 }
        signalQueues[identity] = rest.isEmpty ? nil : rest
        update(identity) { $0.signals.pending &= ~set }
    }

    /// Whether what is noted with each process agrees with what waits; for tests.
    var areSignalsConsistent: Bool {
        for identity in signalQueues.keys where self[identity]?.end != nil || self[identity] == nil { return false }
        return all.allSatisfy { process in
            (signalQueues[process.identity] ?? []).reduce(0) { $0 | $1.signal.bit } == process.signals.pending
        }
    }
}
