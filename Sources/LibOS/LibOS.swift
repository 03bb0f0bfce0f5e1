// The libOS of one process: WASI preview 1 and Martlet's own calls over messages, as a state machine.
//
// Each call of a program is a method. It answers a result at once, or `ProgramABI.pending` when it has sent a request and
// waits for the reply, or `ProgramABI.yield` when its result is there but the hart has to go by its event loop first.
// Whatever a waiting call needs later is a value (`PendingCall`), so the whole state can be encoded between two inputs.

import ABI

/// A thread of the program, as its hart numbers it.
package struct ThreadID: Identifier {
    package var rawValue: Int32
    package init(rawValue: Int32) { self.rawValue = rawValue }
}

/// How far a call came.
enum Outcome {
    /// Finished; the result is 0.
    case done
    /// Requests are under way.
    case waiting(PendingCall)
}

/// What a thread of the program is in.
struct ThreadState: Equatable, Sendable {
    var id: ThreadID
    /// The call that waits, if any.
    var call: PendingCall?
    /// A result that `resume` has not fetched yet.
    var result: Int32?
    /// The waiting call was told to end because of a signal.
    var isInterrupted = false
    /// The waiting call is to be made once more when it is over without a result.
    var isRepeating = false
    /// The interrupted call whose result is there, if it can go on after a handler.
    var restart: PendingCall?
    /// Of `signalSuspend`: the mask from the handler's return on.
    var maskToRestore: UInt64?

    init(id: ThreadID) { self.id = id }
}

/// What the libOS as a whole is in.
enum Phase: Equatable, Sendable {
    /// Nothing was started yet.
    case idle
    /// The image is being read, compiled and linked.
    case loading(ImageLoad)
    case running
    /// The program is over; a line about its trap is on its way to descriptor 2, for no longer than until the deadline.
    case reporting(ProcessEnd, reason: [UInt8], deadline: Nanoseconds)
    case ended
}

/// The libOS of one process.
package struct LibOS: Sendable {
    /// Most threads of a program.
    static let threadLimit = 256
    /// Most requests that may be unanswered or unsent.
    static let requestLimit = 8192

    var phase = Phase.idle
    var table = DescriptorTable()
    var threads: [ThreadState] = []
    var requests: [Request] = []
    var lastRequest: UInt32 = 0
    /// When the hart was last known at its event loop.
    var lastTurn = Nanoseconds.zero
    var startTime = Nanoseconds.zero

    var process = ProcessID(rawValue: 0)
    var parent = ProcessID(rawValue: 0)
    /// The program's path.
    var path: [UInt8] = []
    var arguments: [ByteString] = []
    var environment: [ByteString] = []
    var mask: UInt32 = 0
    /// How this machine's programs wait, for people.
    var wait: [UInt8] = []
    /// Index of the working directory's description; -1 before the start.
    var workingDirectory = -1
    /// Connections whose other end is gone. Their numbers are not used again.
    var lostConnections: [ConnectionID] = []
    /// Index of the root's description; -1 before the start.
    var rootDirectory = -1
    /// Whether the folders of the root have descriptors.
    var areFoldersListed = false

    var signals = SignalState()

    /// The connection to the pipe driver, once known.
    var pipeConnection: ConnectionID?
    /// Whether the program has asked for a record lock: only then a close of one descriptor among several is told to the server.
    var hasLocked = false

    package init() {}
}

extension LibOS {
    /// Runs a call of `thread`: its errors become its result, and if it waits, what for is noted.
    /// - Parameter mayWait: whether YIELD is a possible answer.
    // What is common to all calls stays out of line, since this is compiled once for each of them.
    @inline(__always)
    mutating func call<Host: ProgramHost>(
        _ thread: ThreadID, _ host: inout Host, mayWait: Bool = true,
        _ body: (inout LibOS, inout Host) throws(Errno) -> Outcome
    ) -> Int32 {
        if let refusal = begin(thread, mayWait: mayWait) { return refusal }
        do throws(Errno) {
            return conclude(thread, try body(&self, &host), 0, mayWait: mayWait, &host)
        } catch {
            return conclude(thread, .done, Int32(error.rawValue), mayWait: mayWait, &host)
        }
    }

    /// Notes that a thread enters a call. Answers what the call answers if it must not.
    @inline(never)
    private mutating func begin(_ thread: ThreadID, mayWait: Bool) -> Int32? {
        switch phase {
        case .running: break
        case .reporting, .ended: return ProgramABI.pending
        case .idle, .loading: return Int32(Errno.notPermitted.rawValue)
        }
        guard let index = index(of: thread) else {
            guard threads.count < LibOS.threadLimit else { return Int32(Errno.resourceTemporarilyUnavailable.rawValue) }
            threads.append(ThreadState(id: thread))
            return nil
        }
        // A thread is in one call at a time; calls that never wait may come from a signal handler above a waiting one.
        let isInCall = threads[index].call != nil || threads[index].result != nil
        return mayWait && isInCall ? Int32(Errno.resourceBusy.rawValue) : nil
    }

    /// What a call that came so far answers: its result, or that it waits.
    @inline(never)
    private mutating func conclude(
        _ thread: ThreadID, _ outcome: Outcome, _ code: Int32, mayWait: Bool, _ host: inout some ProgramHost
    ) -> Int32 {
        guard isRunning, let index = index(of: thread) else { return ProgramABI.pending }
        var result = code
        if case .waiting(let call) = outcome {
            threads[index].call = call
            threads[index].isInterrupted = false
            if signals.isUnreported || signals.next != nil, call.isInterruptible { interrupt(index, &host) }
            guard let early = threads[index].result else { return ProgramABI.pending }
            // It was over before it waited: an unsent request that a signal ended.
            threads[index].result = nil
            result = early
        }
        guard mayWait else { return result }
        let isHeldBack = isHeldBack
        guard isHeldBack || hasHandler || isAwayTooLong(&host) else { return result }
        threads[index].result = result
        return isHeldBack ? ProgramABI.pending : hasHandler ? ProgramABI.handler : ProgramABI.yield
    }

    var isRunning: Bool {
        if case .running = phase { return true }
        return false
    }

    private mutating func isAwayTooLong(_ host: inout some ProgramHost) -> Bool {
        let now = host.monotonicTime()
        return now.rawValue > lastTurn.rawValue && now.rawValue - lastTurn.rawValue > Limits.yield
    }

    func index(of thread: ThreadID) -> Int? {
        for index in 0..<threads.count where threads[index].id == thread { return index }
        return nil
    }

    /// The waiting call of a thread is over; `resume` fetches the result.
    mutating func finish(_ index: Int, _ result: Int32) {
        let isCutShort = threads[index].isInterrupted && result == Int32(Errno.interrupted.rawValue)
        threads[index].restart = isCutShort ? threads[index].call : nil
        threads[index].call = nil
        threads[index].result = result
        threads[index].isInterrupted = false
        threads[index].isRepeating = false
    }

    /// Goes on with the call that answered PENDING or YIELD, or whose handler returned.
    /// - Returns: its result, or PENDING, or HANDLER; `invalidArgument` if the thread is in no call.
    package mutating func resume(_ thread: ThreadID) -> Int32 {
        guard isRunning else { return ProgramABI.pending }
        guard let index = index(of: thread) else { return Int32(Errno.invalidArgument.rawValue) }
        if let result = threads[index].result {
            if isHeldBack { return ProgramABI.pending }
            if hasHandler { return ProgramABI.handler }
            threads[index].result = nil
            threads[index].restart = nil
            return result
        }
        return threads[index].call == nil ? Int32(Errno.invalidArgument.rawValue) : ProgramABI.pending
    }

    /// The hart has been at its event loop.
    package mutating func turn(host: inout some ProgramHost) { lastTurn = host.monotonicTime() }
}
