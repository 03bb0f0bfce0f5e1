import ABI
import FileServer
import ServerKit
import Testing
import TmpFS

/// Advisory locks, from POSIX (fcntl: F_GETLK, F_SETLK, F_SETLKW) and flock(2).
@Suite struct LockTests {
    private let client: Client<TmpFS>
    /// Processes 1 to 3 have the file open for both.
    private let handles: [Handle]

    init() throws {
        client = try Client.tmpfs()
        try client.make("f", "0123456789")
        var handles: [Handle] = []
        for number in 1...3 {
            if number > 1 { client.connect(process(UInt32(number))) }
            handles.append(try client.open("f", [.read, .write], process: process(UInt32(number))))
        }
        self.handles = handles
    }

    private func body(
        _ number: Int, _ kind: LockKind, _ start: Int64, _ length: Int64, _ whence: Whence = .start, action: LockAction = .set,
        scope: LockScope = .process, handle: Handle? = nil
    ) -> SetLock {
        SetLock(
            handle: handle ?? handles[number - 1], scope: scope, action: action, kind: kind, whence: whence, start: start, length: length,
            process: ProcessID(rawValue: Int32(100 + number)))
    }

    /// Sets a lock at once; answers what went wrong.
    private func lock(
        _ number: Int, _ kind: LockKind, _ start: Int64, _ length: Int64, _ whence: Whence = .start, scope: LockScope = .process,
        handle: Handle? = nil
    ) -> Errno? {
        let body = body(number, kind, start, length, whence, scope: scope, handle: handle)
        do throws(Errno) {
            _ = try client.call(.lock, body, as: process(UInt32(number)), LockStatus.self)
            return nil
        } catch { return error }
    }

    private func ask(_ number: Int, _ kind: LockKind, _ start: Int64, _ length: Int64, _ whence: Whence = .start) throws -> LockStatus {
        try client.call(.lock, body(number, kind, start, length, whence, action: .ask), as: process(UInt32(number)), LockStatus.self)
    }

    private func wait(_ number: Int, _ kind: LockKind, _ start: Int64, _ length: Int64, scope: LockScope = .process) -> RequestKey {
        client.begin(.lock, body(number, kind, start, length, action: .wait, scope: scope), as: process(UInt32(number)))
    }

    /// What became of a request that waited: `nil` if it waits still.
    private func outcome(_ key: RequestKey) -> Errno?? { client.take(key).map { $0.error } }

    @Test func manyShareAndOneExcludes() throws {
        #expect(lock(1, .shared, 0, 5) == nil)
        #expect(lock(2, .shared, 3, 5) == nil)
        #expect(lock(3, .exclusive, 4, 1) == .resourceTemporarilyUnavailable)
        #expect(lock(3, .exclusive, 8, 1) == nil)
        #expect(lock(1, .shared, 8, 1) == .resourceTemporarilyUnavailable)
        // One's own are never in the way, and are replaced.
        #expect(lock(1, .exclusive, 0, 3) == nil)
        #expect(lock(2, .shared, 2, 1) == .resourceTemporarilyUnavailable)
        #expect(lock(1, .shared, 0, 3) == nil)
        #expect(lock(2, .shared, 2, 1) == nil)
    }

    @Test func aRangeIsSplitAndJoined() throws {
        #expect(lock(1, .exclusive, 0, 10) == nil)
        #expect(lock(1, .none, 4, 2) == nil)
        #expect(try ask(2, .exclusive, 0, 0) == LockStatus(kind: .exclusive, process: ProcessID(rawValue: 101), start: 0, length: 4))
        #expect(lock(2, .exclusive, 4, 2) == nil)
        #expect(lock(2, .none, 4, 2) == nil)
        #expect(lock(1, .exclusive, 4, 2) == nil)
        #expect(try ask(2, .shared, 5, 1) == LockStatus(kind: .exclusive, process: ProcessID(rawValue: 101), start: 0, length: 10))
        #expect(lock(1, .shared, 2, 3) == nil)
        #expect(try ask(2, .exclusive, 3, 1) == LockStatus(kind: .shared, process: ProcessID(rawValue: 101), start: 2, length: 3))
    }

    @Test func rangesCountFromWhereTheySay() throws {
        // Length 0 goes to the end of all files, however long the file is or becomes.
        #expect(lock(1, .exclusive, -2, 0, .end) == nil)
        #expect(try ask(2, .shared, 0, 0) == LockStatus(kind: .exclusive, process: ProcessID(rawValue: 101), start: 8, length: 0))
        #expect(lock(2, .exclusive, .max, 1) == .resourceTemporarilyUnavailable)
        #expect(lock(1, .none, 0, 0) == nil)
        // A negative length: the bytes before.
        #expect(lock(1, .exclusive, 5, -3) == nil)
        #expect(try ask(2, .shared, 0, 0) == LockStatus(kind: .exclusive, process: ProcessID(rawValue: 101), start: 2, length: 3))
        #expect(lock(1, .none, 0, 0) == nil)
        // The offset, here of the description.
        #expect(try client.read(handles[0], 4).count == 4)
        #expect(lock(1, .exclusive, -1, 2, .current) == nil)
        #expect(try ask(2, .shared, 0, 0) == LockStatus(kind: .exclusive, process: ProcessID(rawValue: 101), start: 3, length: 2))
        for (start, length, whence, error) in [
            (-1, 1, Whence.start, Errno.invalidArgument), (-11, 1, .end, .invalidArgument), (1, -2, .start, .invalidArgument),
            (0, -1, .start, .invalidArgument), (.max, 2, .start, .overflow), (.max, 1, .end, .overflow),
            (5, .min, .start, .invalidArgument),
        ] as [(Int64, Int64, Whence, Errno)] {
            #expect(lock(2, .shared, start, length, whence) == error, "\(start) \(length) \(whence)")
        }
        // The last byte that there can be.
        #expect(lock(2, .shared, .max, 1) == nil)
    }

    @Test func theAccessModeCounts() throws {
        let reader = try client.open("f", .read)
        let writer = try client.open("f", .write)
        #expect(lock(1, .exclusive, 0, 1, handle: reader) == .badFileDescriptor)
        #expect(lock(1, .shared, 0, 1, handle: reader) == nil)
        #expect(lock(1, .shared, 0, 1, handle: writer) == .badFileDescriptor)
        #expect(lock(1, .exclusive, 0, 1, handle: writer) == nil)
        // flock(2) asks for no mode.
        #expect(lock(1, .exclusive, 0, 0, scope: .description, handle: reader) == nil)
        #expect(throws: Errno.invalidArgument) { try ask(1, .none, 0, 1) }
        let asked = body(1, .shared, 0, 0, action: .ask, scope: .description)
        #expect(throws: Errno.invalidArgument) { try client.call(.lock, asked, as: process(1), LockStatus.self) }
    }

    @Test func anyCloseOfTheFileGivesAllOfAProcessBack() throws {
        let other = try client.open("f", .read)
        #expect(lock(1, .exclusive, 0, 3) == nil)
        #expect(lock(2, .exclusive, 5, 1) == nil)
        try client.close(other)
        #expect(try ask(3, .exclusive, 0, 3).kind == .none)
        #expect(try ask(3, .exclusive, 5, 1).kind == .exclusive)
    }

    @Test func whoWaitsGetsItWhenItIsFree() throws {
        #expect(lock(1, .exclusive, 0, 10) == nil)
        let second = wait(2, .exclusive, 0, 5)
        let third = wait(3, .shared, 5, 5)
        #expect(outcome(second) == nil)
        #expect(lock(1, .none, 5, 5) == nil)
        #expect(outcome(third) == .some(nil))
        #expect(outcome(second) == nil)
        client.input(.message(.resourceManager, Message.notice(.processGone, ProcessGone(process: process(1)))))
        #expect(outcome(second) == .some(nil))
        #expect(lock(3, .shared, 0, 1) == .resourceTemporarilyUnavailable)
    }

    @Test func aSignalEndsTheWait() throws {
        #expect(lock(1, .exclusive, 0, 1) == nil)
        let waiting = wait(2, .exclusive, 0, 1)
        var cancel = Message.notice(.cancel, Cancel(request: waiting.request))
        var stamp = Writer()
        stamp.value(process(2))
        cancel.replaceSubrange(16..<24, with: stamp.bytes)
        client.input(.message(waiting.connection, cancel))
        #expect(outcome(waiting) == .some(.interrupted))
        #expect(lock(1, .none, 0, 1) == nil)
        #expect(try ask(3, .exclusive, 0, 1).kind == .none)
    }

    @Test func aCircleIsRefused() throws {
        #expect(lock(1, .exclusive, 0, 1) == nil)
        #expect(lock(2, .exclusive, 1, 1) == nil)
        #expect(lock(3, .exclusive, 2, 1) == nil)
        let first = wait(1, .exclusive, 1, 1)
        let second = wait(2, .exclusive, 2, 1)
        let third = wait(3, .shared, 0, 1)
        #expect(outcome(third) == .some(.deadlock))
        // Without a circle it waits.
        #expect(outcome(second) == nil)
        #expect(lock(3, .none, 2, 1) == nil)
        #expect(outcome(second) == .some(nil))
        #expect(outcome(first) == nil)
        #expect(lock(2, .none, 0, 0) == nil)
        #expect(outcome(first) == .some(nil))
    }

    @Test func aCircleThroughTwoFilesIsRefused() throws {
        try client.make("g", "x")
        let other = try client.open("g", [.read, .write], process: process(2))
        let third = try client.open("g", [.read, .write], process: process(1))
        #expect(lock(1, .exclusive, 0, 1) == nil)
        #expect(lock(2, .exclusive, 0, 1, handle: other) == nil)
        let waiting = wait(2, .exclusive, 0, 1)
        let circle = client.begin(.lock, body(1, .exclusive, 0, 1, action: .wait, handle: third), as: process(1))
        #expect(outcome(circle) == .some(.deadlock))
        #expect(outcome(waiting) == nil)
    }

    @Test func aClosedFileIsWaitedForNoMore() throws {
        #expect(lock(1, .exclusive, 0, 1) == nil)
        let waiting = wait(2, .exclusive, 0, 1)
        try client.close(handles[1], as: process(2))
        #expect(outcome(waiting) == .some(.badFileDescriptor))
        #expect(lock(1, .none, 0, 1) == nil)
        #expect(try ask(3, .exclusive, 0, 1).kind == .none)
    }

    @Test func aDescriptionsLockIsOfAllWhoHoldIt() throws {
        #expect(lock(1, .exclusive, 0, 0, scope: .description) == nil)
        let own = try client.open("f", .read)
        #expect(lock(1, .shared, 0, 0, scope: .description, handle: own) == .resourceTemporarilyUnavailable)
        // Those of processes know nothing of it.
        #expect(lock(2, .exclusive, 0, 0) == nil)
        #expect(lock(2, .none, 0, 0) == nil)
        let share = Share(from: process(1), to: process(3), handles: [handles[0]])
        let shared = try client.call(.share, share, ShareResult.self).handles[0]
        try client.close(handles[0])
        #expect(lock(2, .shared, 0, 0, scope: .description) == .resourceTemporarilyUnavailable)
        let waiting = wait(2, .shared, 0, 0, scope: .description)
        try client.close(shared, as: process(3))
        #expect(outcome(waiting) == .some(nil))
        #expect(lock(3, .shared, 0, 0, scope: .description) == nil)
        // Both want it alone: the one that waits has given its own up.
        let alone = wait(2, .exclusive, 0, 0, scope: .description)
        #expect(lock(3, .exclusive, 0, 0, scope: .description) == nil)
        #expect(lock(3, .none, 0, 0, scope: .description) == nil)
        #expect(outcome(alone) == .some(nil))
    }

    @Test func oneOwnerHasSoMany() throws {
        for index in 0..<Int64(Limits.locks) { #expect(lock(1, .shared, 2 * index, 1) == nil) }
        #expect(lock(1, .shared, 10_000, 1) == .noLocks)
        #expect(lock(2, .shared, 10_000, 1) == nil)
        // A hole in one makes two.
        #expect(lock(1, .shared, 0, 3) == nil)
        #expect(lock(1, .none, 0, 0) == nil)
        #expect(lock(1, .shared, 10_000, 1) == nil)
    }

    @Test func devicesAndLostHandlesAreRefused() throws {
        #expect(lock(1, .shared, 0, 1, handle: Handle(index: 900, generation: 1)) == .badFileDescriptor)
        #expect(lock(1, .shared, 0, 1, handle: handles[1]) == .badFileDescriptor)
    }

    @Test func locksAndWhoWaitsAreWrittenDown() throws {
        #expect(lock(1, .exclusive, 0, 3) == nil)
        #expect(lock(2, .shared, 0, 0, scope: .description) == nil)
        let waiting = wait(3, .exclusive, 2, 3)
        var writer = Writer()
        client.reactor.encode(into: &writer)
        var reader = Reader(writer.bytes)
        client.reactor = try ServerReactor<TmpFS>(decoding: &reader)
        try reader.finish()
        #expect(lock(3, .shared, 0, 1) == .resourceTemporarilyUnavailable)
        #expect(lock(3, .exclusive, 0, 0, scope: .description) == .resourceTemporarilyUnavailable)
        #expect(lock(1, .none, 0, 0) == nil)
        #expect(outcome(waiting) == .some(nil))
    }

    /// Random locks on 24 bytes, against a model that knows of each byte who has it and how.
    @Test(arguments: 0..<UInt8(20)) func theyAreWhatAModelSays(seed: UInt8) throws {
        var generator = RandomGenerator(seed: [seed])
        func below(_ end: UInt64) -> Int64 { Int64(generator.number() % end) }
        var model = [[LockKind]](repeating: [.none, .none, .none], count: 24)
        for step in 0..<400 {
            let number = Int(below(3))
            let start = below(24)
            let length = 1 + below(UInt64(24 - start))
            let kind = LockKind.allCases[Int(below(3))]
            let range = Int(start)..<Int(start + length)
            let isFree = range.allSatisfy { byte in
                (0..<3).allSatisfy { other in
                    other == number || kind == .none || model[byte][other] == .none || (kind == .shared && model[byte][other] == .shared)
                }
            }
            let error = lock(number + 1, kind, start, length)
            #expect(error == (isFree ? nil : .resourceTemporarilyUnavailable), "step \(step)")
            if isFree { for byte in range { model[byte][number] = kind } }
            let byte = below(24)
            let first = (0..<3).contains { $0 != number && model[Int(byte)][$0] != .none }
            #expect((try ask(number + 1, .exclusive, byte, 1).kind != .none) == first, "step \(step), byte \(byte)")
        }
    }
}
