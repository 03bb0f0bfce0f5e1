package import ABI
import ServerKit

// What happens next. Of all that may happen (the first device event of each hart, the first message of each queue, a program's next
// time slice, a word of the monitor, the completion of any call to the disk) one thing is drawn by the seed.

extension Machine {
    /// Something that may happen next.
    enum Event {
        case device(HartID, [UInt8])
        case monitor([UInt8])
        case run(HartID)

        /// Events of one owner happen in their order.
        fileprivate var owner: UInt32 {
            switch self {
            case .device(let hart, _): hart.rawValue << 1
            case .run(let hart): hart.rawValue << 1 | 1
            case .monitor: .max
            }
        }
    }

    /// What became of a turn.
    package enum Turn: Equatable, Sendable {
        case worked
        /// Nothing can happen before this time, or (`never`) before something comes from outside.
        case waits(until: Nanoseconds)
        /// resmgr gave up, the system is down, or the power was cut.
        case stopped
    }

    private enum Choice {
        case event(Int)
        case message(Channel, Int)
        case disk
    }

    /// A program has something to go on with.
    func makeRunnable(_ hart: HartID) { due.append(.run(hart)) }

    /// Lets one thing happen, if one can.
    package func turn() -> Turn {
        if panic != nil || isHalted || isOff { return .stopped }
        passTime()
        fireTimers()
        var choices: [Choice] = []
        var seen: [UInt32] = []
        for (index, event) in due.enumerated() where !seen.contains(event.owner) {
            seen.append(event.owner)
            choices.append(.event(index))
        }
        for channel in channelOrder {
            for side in 0..<2 where !channel.queues[side].isEmpty { choices.append(.message(channel, side)) }
        }
        let diskCalls = disk?.callCount ?? 0
        if diskCalls > 0 { choices.append(.disk) }
        guard !choices.isEmpty else { return .waits(until: nextDeadline) }
        switch choices[chance.below(choices.count)] {
        case .event(let index): perform(due.remove(at: index))
        case .message(let channel, let side): deliver(channel, side)
        case .disk: completeDiskCall(chance.below(diskCalls))
        }
        return .worked
    }

    /// Lets one thing happen; virtual time goes on to the next deadline when there is nothing else. `false`: nothing is left that could.
    @discardableResult
    package func step() -> Bool {
        switch turn() {
        case .worked: return true
        case .stopped, .waits(until: .never): return false
        case .waits(let deadline):
            advance(to: deadline)
            fireTimers()
            return true
        }
    }

    /// Steps until `condition` holds. `false` if nothing more can happen or `limit` steps were not enough.
    @discardableResult
    package func run(limit: Int = 1_000_000, until condition: () -> Bool) -> Bool {
        for _ in 0..<limit {
            if condition() { return true }
            if !step() { return condition() }
        }
        return condition()
    }

    private func perform(_ event: Event) {
        switch event {
        case .device(let id, let bytes): (harts[id] as? ServerHart)?.input(.device(bytes))
        case .monitor(let message):
            (harts[Machine.resourceManagerHart] as? ServerHart)?.input(.message(.resourceManager, message))
        case .run(let id): (harts[id] as? ProgramHart)?.run()
        }
    }

    private func deliver(_ channel: Channel, _ side: Int) {
        let message = channel.take(side)
        guard let end = channel.ends[side], let hart = harts[end.hart] else { return }
        hart.arrive(end.connection, message)
    }

    private func fireTimers() {
        for id in hartOrder {
            guard let hart = harts[id], hart.deadline <= now, hart.deadline != .never else { continue }
            hart.deadline = .never
            hart.timerFired()
        }
    }

    private var nextDeadline: Nanoseconds {
        var earliest = Nanoseconds.never
        for id in hartOrder { earliest = min(earliest, harts[id]?.deadline ?? .never) }
        return earliest
    }
}
