/// A model of two harts that speak through an arena (web/hart/park): a writer with messages to send, and a reader that sleeps when it has
/// none. Each step is one access to shared memory. Accesses are sequentially consistent, as those of `Atomics` are among themselves; plain
/// stores of a frame count as one step before the position that publishes them.
///
/// A message is as large as `size` units, and the ring holds `capacity`; a message that has no room is written in pieces, and the writer
/// sleeps until the reader has made room, which is what a hart does that has nothing else to do.

/// What both harts share.
struct Shared: Hashable {
    /// Units published and units consumed, counted from the start.
    var tail = 0
    var head = 0
    /// What each published unit belongs to: the message's number.
    var units: [Int] = []
    var isFull = false
    /// Whether the reader's end is open, so that it can be rung.
    var isReaderOpen = false
    var reader = Cell()
    var writer = Cell()
}

/// A hart's cell.
struct Cell: Hashable {
    var wake = 0
    var sleeps = false
    var bell = false
    /// Inside of `Atomics.wait`.
    var isBlocked = false
}

/// Which step of the protocol is left out or moved, to see that the checks notice.
enum Flaw: CaseIterable {
    case none
    /// The writer looks whether the reader sleeps before it counts up.
    case looksBeforeItCounts
    /// The reader takes the count after it has looked at the bells.
    case countsAfterTheBells
    /// The reader does not look at the ring once when it opens its end.
    case doesNotLookAtOpening
    /// The writer does not look for room again after it has said that it waits.
    case doesNotLookAgain
    /// The position is published before the frame is there.
    case publishesEarly
    /// The reader says that it sleeps after it has gone to sleep's door: it checks the count first.
    case saysLateThatItSleeps
    /// The reader makes room without looking whether the writer waits.
    case doesNotTell
}

/// The whole of the model at one moment.
struct State: Hashable {
    var shared = Shared()
    /// The writer: what it does next, and what it knows.
    var writer = Writer()
    var reader = Reader()

    struct Writer: Hashable {
        enum Place: Hashable {
            case room, frame, publish, peer, bell, count, look, notify, full, roomAgain
            case takeCount, takeBell, sleeps, wait, blocked, awake, done
        }
        var place = Place.room
        var message = 0
        /// Units of the present message that are in the ring.
        var written = 0
        /// Units that were written and are not yet published.
        var unpublished = 0
        var sawSleeping = false
        var rung = 0
    }

    struct Reader: Hashable {
        enum Place: Hashable {
            case open, takeCount, takeBell, read, makeRoom, full, writerBell, writerCount, writerLook, writerNotify
            case sleeps, check, wait, blocked, awake, done
        }
        var place = Place.open
        /// Whether it has reason to look into the ring.
        var isDue = false
        var rung = 0
        var sawSleeping = false
        var units: [Int] = []
    }
}

/// The model with its numbers.
struct Model {
    var messages: Int
    var size: Int
    var capacity: Int
    var flaw = Flaw.none

    /// All states that one step leads to.
    func successors(of state: State) -> [State] {
        var result: [State] = []
        if let next = stepOfWriter(state) { result.append(next) }
        if let next = stepOfReader(state) { result.append(next) }
        return result
    }

    func isFinal(_ state: State) -> Bool { state.writer.place == .done && state.reader.place == .done }

    /// Whether the reader got what was sent, whole and in order.
    func isRight(_ state: State) -> Bool {
        state.reader.units == (0..<messages).flatMap { message in Array(repeating: message, count: size) }
    }

    private func notify(_ cell: inout Cell) { cell.isBlocked = false }

    // MARK: The writer

    private func stepOfWriter(_ old: State) -> State? {
        var state = old
        switch old.writer.place {
        case .room:
            if old.writer.message == messages {
                state.writer.place = .done
                return state
            }
            let room = capacity - (old.shared.units.count - old.shared.head)
            if room == 0 {
                state.writer.place = .full
            } else {
                state.writer.unpublished = min(room, size - old.writer.written)
                state.writer.place = flaw == .publishesEarly ? .publish : .frame
            }
        case .frame:
            state.shared.units += Array(repeating: old.writer.message, count: old.writer.unpublished)
            state.writer.place = flaw == .publishesEarly ? .peer : .publish
        case .publish:
            state.shared.tail += old.writer.unpublished
            state.writer.written += old.writer.unpublished
            state.writer.place = flaw == .publishesEarly ? .frame : .peer
        case .peer:
            state.writer.unpublished = 0
            state.writer.place = old.shared.isReaderOpen ? .bell : .room
            advance(&state)
        case .bell:
            state.shared.reader.bell = true
            state.writer.place = flaw == .looksBeforeItCounts ? .look : .count
        case .count:
            state.shared.reader.wake += 1
            state.writer.place = flaw == .looksBeforeItCounts ? (old.writer.sawSleeping ? .notify : .room) : .look
            if state.writer.place == .room { advance(&state) }
        case .look:
            state.writer.sawSleeping = old.shared.reader.sleeps
            if flaw == .looksBeforeItCounts {
                state.writer.place = .count
            } else {
                state.writer.place = old.shared.reader.sleeps ? .notify : .room
            }
            if state.writer.place == .room { advance(&state) }
        case .notify:
            notify(&state.shared.reader)
            state.writer.place = .room
            advance(&state)
        case .full:
            state.shared.isFull = true
            state.writer.place = flaw == .doesNotLookAgain ? .takeCount : .roomAgain
        case .roomAgain:
            state.writer.place = capacity > old.shared.units.count - old.shared.head ? .room : .takeCount
        case .takeCount:
            state.writer.rung = old.shared.writer.wake
            state.writer.place = .takeBell
        case .takeBell:
            state.writer.place = old.shared.writer.bell ? .room : .sleeps
            state.shared.writer.bell = false
        case .sleeps:
            state.shared.writer.sleeps = true
            state.writer.place = .wait
        case .wait:
            state.shared.writer.isBlocked = old.shared.writer.wake == old.writer.rung
            state.writer.place = .blocked
        case .blocked:
            guard !old.shared.writer.isBlocked else { return nil }
            state.writer.place = .awake
        case .awake:
            state.shared.writer.sleeps = false
            state.writer.place = .takeCount
        case .done: return nil
        }
        return state
    }

    /// After something was published: on to the next message if this one is whole.
    private func advance(_ state: inout State) {
        guard state.writer.place == .room, state.writer.written == size else { return }
        state.writer.message += 1
        state.writer.written = 0
    }

    // MARK: The reader

    private func stepOfReader(_ old: State) -> State? {
        var state = old
        switch old.reader.place {
        case .open:
            state.shared.isReaderOpen = true
            state.reader.isDue = flaw != .doesNotLookAtOpening
            state.reader.place = state.reader.isDue ? .read : .takeCount
        case .takeCount:
            state.reader.rung = old.shared.reader.wake
            state.reader.place = flaw == .countsAfterTheBells ? afterBells(old) : .takeBell
        case .takeBell:
            state.reader.isDue = old.shared.reader.bell
            state.shared.reader.bell = false
            state.reader.place = flaw == .countsAfterTheBells ? .takeCount : afterBells(state)
        case .read:
            // What is published and not there is read as garbage.
            let units = (old.shared.head..<old.shared.tail).map { $0 < old.shared.units.count ? old.shared.units[$0] : -1 }
            state.reader.units += units
            state.reader.isDue = false
            if state.reader.units.count >= messages * size {
                state.reader.place = .done
            } else {
                state.reader.place = units.isEmpty ? (flaw == .countsAfterTheBells ? .takeBell : .takeCount) : .makeRoom
            }
            if state.reader.place == .done { state.shared.head = old.shared.tail }
        case .makeRoom:
            state.shared.head = state.reader.units.count
            state.reader.place = flaw == .doesNotTell ? .read : .full
        case .full:
            state.reader.place = old.shared.isFull ? .writerBell : .read
            state.shared.isFull = false
        case .writerBell:
            state.shared.writer.bell = true
            state.reader.place = .writerCount
        case .writerCount:
            state.shared.writer.wake += 1
            state.reader.place = .writerLook
        case .writerLook:
            state.reader.place = old.shared.writer.sleeps ? .writerNotify : .read
        case .writerNotify:
            notify(&state.shared.writer)
            state.reader.place = .read
        case .sleeps:
            state.shared.reader.sleeps = true
            state.reader.place = flaw == .saysLateThatItSleeps ? .blocked : .wait
        case .check:
            // Only of a flaw: the count is compared, and only then does it say that it sleeps.
            state.shared.reader.isBlocked = old.shared.reader.wake == old.reader.rung
            state.reader.place = .sleeps
        case .wait:
            state.shared.reader.isBlocked = old.shared.reader.wake == old.reader.rung
            state.reader.place = .blocked
        case .blocked:
            guard !old.shared.reader.isBlocked else { return nil }
            state.reader.place = .awake
        case .awake:
            state.shared.reader.sleeps = false
            state.reader.place = flaw == .countsAfterTheBells ? .takeBell : .takeCount
        case .done: return nil
        }
        return state
    }

    private func afterBells(_ state: State) -> State.Reader.Place {
        if state.reader.isDue { return .read }
        return flaw == .saysLateThatItSleeps ? .check : .sleeps
    }
}
