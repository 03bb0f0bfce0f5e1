import ABI
import LibOS
import ServerKit

/// A program as its hart runs it.
protocol Guest: AnyObject {
    /// Goes on until something happens. `answer` is what the call came to that it made last, nil if it made none.
    func run(_ answer: Int32?) -> GuestEvent
    /// Begins a handler, above the call that waits: function of its table, with the number of the signal and where it is told more.
    /// `run` goes on with it. `false` if there is no such function.
    func beginHandler(_ function: UInt32, signal: UInt32, information: Address) -> Bool
    /// It is over: lets go of all that it has. Called once, at the end, in no case inside `run`.
    func abandon()
    /// Its state, for `Machine.guest(restoring:)`. Throws `notSupported`.
    func encoded() throws(Errno) -> [UInt8]
    /// Copies bytes of its memory. Throws `badAddress` unless all are there.
    func read(_ address: Address, _ count: Int) throws(Errno) -> [UInt8]
    /// Copies bytes to its memory. Throws `badAddress`, and then has written nothing.
    func write(_ address: Address, _ bytes: ArraySlice<UInt8>) throws(Errno)
}

/// Why a guest stopped running.
enum GuestEvent {
    /// It makes a call; `run` is called again with the answer.
    case call((inout LibOS, inout NativeHost) -> Int32)
    /// It has run for a time slice.
    case sliceOver
    /// Its entry has returned.
    case returned
    /// The handler that was begun last has returned.
    case handlerReturned
    /// It trapped: the number of the signal, and the reason for people.
    case trapped(signal: UInt32, text: [UInt8])
    /// It will not run any more.
    case over
}

/// A hart that runs a program beside a libOS.
final class ProgramHart: Hart {
    private var libOS = LibOS()
    private var guest: (any Guest)?
    private var image: [UInt8] = []
    /// What the call in progress came to; nil while none has been answered since the guest ran last.
    private var answer: Int32?
    /// A call waits for its answer.
    private var isWaiting = false
    private var isImageWhole = false
    private var isEnding = false
    /// Credit taken on each connection: requests and bytes.
    private var credit: [ConnectionID: (requests: Int, bytes: Int)] = [:]
    private var credits: [RequestKey: Int] = [:]

    override init(id: HartID, machine: Machine, stamp: Stamp) { super.init(id: id, machine: machine, stamp: stamp) }

    /// A program that was written down.
    init(id: HartID, machine: Machine, stamp: Stamp, from reader: inout Reader) throws(Errno) {
        super.init(id: id, machine: machine, stamp: stamp)
        libOS = try LibOS(decoding: &reader)
        if try reader.bool() { guest = try machine.guest(restoring: try reader.raw(Int(try reader.u32()))) }
        image = try reader.raw(Int(try reader.u32()))
        answer = try reader.bool() ? try reader.i32() : nil
        isWaiting = try reader.bool()
        isImageWhole = try reader.bool()
        isEnding = try reader.bool()
        for _ in 0..<(try reader.u32()) {
            let connection = try reader.value(ConnectionID.self)
            credit[connection] = (Int(try reader.u32()), Int(try reader.u32()))
        }
        for _ in 0..<(try reader.u32()) {
            let key = try reader.value(RequestKey.self)
            credits[key] = Int(try reader.u32())
        }
    }

    func encodeProgram(into writer: inout Writer) throws(Errno) {
        libOS.encode(into: &writer)
        writer.bool(guest != nil)
        if let guest {
            let bytes = try guest.encoded()
            writer.u32(UInt32(bytes.count))
            writer.raw(bytes)
        }
        writer.u32(UInt32(image.count))
        writer.raw(image)
        writer.bool(answer != nil)
        if let answer { writer.i32(answer) }
        writer.bool(isWaiting)
        writer.bool(isImageWhole)
        writer.bool(isEnding)
        writer.u32(UInt32(credit.count))
        for connection in credit.keys.sorted() {
            let (requests, bytes) = credit[connection] ?? (0, 0)
            writer.value(connection)
            writer.u32(UInt32(requests))
            writer.u32(UInt32(bytes))
        }
        writer.u32(UInt32(credits.count))
        for key in credits.keys.sorted() {
            writer.value(key)
            writer.u32(UInt32(credits[key] ?? 0))
        }
    }

    override func receive(_ connection: ConnectionID, _ message: [UInt8]) {
        guard !isOver else { return }
        giveBack(connection, message)
        withHost { libOS, host in
            libOS.turn(host: &host)
            libOS.deliver(connection, message, host: &host)
        }
        goOn()
    }

    override func timerFired() {
        guard !isOver else { return }
        withHost { libOS, host in
            libOS.turn(host: &host)
            libOS.timer(host: &host)
        }
        goOn()
    }

    override func endProgram() { finish() }

    /// After an input: the image may be whole, the waiting call may be done, the program may be over.
    private func goOn() {
        if isEnding { return finish() }
        if isImageWhole {
            isImageWhole = false
            link()
        }
        if isWaiting {
            let result = withHost { libOS, _ in libOS.resume(ThreadID(rawValue: 0)) }
            if isEnding { return finish() }
            settle(result)
        }
    }

    /// Takes what a call came to, at once or after waiting.
    private func settle(_ result: Int32) {
        if result == ProgramABI.handler { return beginHandler() }
        isWaiting = result == ProgramABI.pending || result == ProgramABI.yield
        if !isWaiting { answer = result }
        if result != ProgramABI.pending { machine.makeRunnable(id) }
    }

    /// Lets a handler of the program run, before the call is answered that it is in.
    private func beginHandler() {
        isWaiting = false
        let (function, signal, information) = withHost { libOS, host in
            let function = libOS.handlerBegin(ThreadID(rawValue: 0), host: &host)
            return (function, libOS.handlerSignal(), libOS.handlerInformation())
        }
        guard guest?.beginHandler(function, signal: signal, information: information) == true else {
            let text = [UInt8]("the handler of a signal is no function of the program".utf8)
            withHost { libOS, host in libOS.trap(kind: UInt32(Signal.segmentation.rawValue), text: text, host: &host) }
            // What is left of the program waits for ever.
            isWaiting = true
            return isEnding ? finish() : ()
        }
        machine.makeRunnable(id)
    }

    /// Makes a program of the image, or tells why it is none.
    private func link() {
        let bytes = image
        image = []
        do throws(ImageError) {
            let guest = try machine.guest(of: bytes)
            self.guest = guest
            withHost { libOS, host in libOS.imageResult(nil, reason: [], host: &host) }
            if isEnding { return finish() }
            machine.makeRunnable(id)
        } catch {
            withHost { libOS, host in libOS.imageResult(error.error, reason: error.reason, host: &host) }
            if isEnding { finish() }
        }
    }

    /// Lets the program go on until it waits, has had its time, or ends.
    func run() {
        guard !isOver, let guest else { return }
        if isWaiting {
            // YIELD: back from the event loop.
            withHost { libOS, host in libOS.turn(host: &host) }
            return goOn()
        }
        while true {
            let answer = self.answer
            self.answer = nil
            switch guest.run(answer) {
            case .call(let call):
                let result = withHost(call)
                if isEnding { return finish() }
                if result < 0 { return settle(result) }
                self.answer = result
            case .handlerReturned:
                let result = withHost { libOS, host in
                    libOS.handlerEnd(ThreadID(rawValue: 0), host: &host)
                    return libOS.resume(ThreadID(rawValue: 0))
                }
                return settle(result)
            case .sliceOver:
                return machine.makeRunnable(id)
            case .returned:
                withHost { libOS, host in libOS.returned(host: &host) }
                return isEnding ? finish() : ()
            case .trapped(let signal, let text):
                withHost { libOS, host in libOS.trap(kind: signal, text: text, host: &host) }
                return isEnding ? finish() : ()
            case .over:
                return
            }
        }
    }

    /// The program is over: `last` to every peer.
    private func finish() {
        guard !isOver else { return }
        isOver = true
        closeAll(sayingLast: true)
        abandon()
    }

    /// Lets go of the program.
    func abandon() {
        isOver = true
        deadline = .never
        guest?.abandon()
        guest = nil
    }

    @discardableResult
    private func withHost<Result>(_ body: (inout LibOS, inout NativeHost) -> Result) -> Result {
        var host = NativeHost(hart: self)
        return body(&libOS, &host)
    }

    // MARK: What the host offers

    func read(_ address: UInt32, _ count: Int) throws(Errno) -> [UInt8] {
        guard let guest else { throw .badAddress }
        return try guest.read(address, count)
    }

    func write(_ address: UInt32, _ bytes: ArraySlice<UInt8>) throws(Errno) {
        guard let guest else { throw .badAddress }
        try guest.write(address, bytes)
    }

    /// Sends for the libOS within its credit.
    func sendWithCredit(_ connection: ConnectionID, _ message: [UInt8]) throws(Errno) {
        var reader = Reader(message)
        guard let header = try? Header(from: &reader) else { throw .badMessage }
        if header.kind == .request {
            let bytes = Int(header.payloadLength) + Int(header.argument)
            let taken = credit[connection] ?? (0, 0)
            guard taken.requests < Limits.credits, taken.bytes + bytes <= Limits.creditBytes else {
                throw .resourceTemporarilyUnavailable
            }
            if let error = send(connection, message) { throw error }
            credit[connection] = (taken.requests + 1, taken.bytes + bytes)
            credits[RequestKey(connection: connection, request: header.request)] = bytes
        } else if let error = send(connection, message) {
            throw error
        }
    }

    private func giveBack(_ connection: ConnectionID, _ message: [UInt8]) {
        var reader = Reader(message)
        guard let header = try? Header(from: &reader), header.kind == .reply else { return }
        guard let bytes = credits.removeValue(forKey: RequestKey(connection: connection, request: header.request)) else {
            machine.strayReplies += 1
            return
        }
        let taken = credit[connection] ?? (1, bytes)
        credit[connection] = (taken.requests - 1, taken.bytes - bytes)
    }

    func beginImage() { image = [] }
    func appendImage(_ bytes: ArraySlice<UInt8>) { image += bytes }
    func endImage() { isImageWhole = true }
    func endProcess() { isEnding = true }
}

/// What the libOS of a simulated process calls.
struct NativeHost: ProgramHost {
    unowned let hart: ProgramHart

    mutating func send(_ connection: ConnectionID, _ message: [UInt8]) throws(Errno) {
        try hart.sendWithCredit(connection, message)
    }

    mutating func readProgram(_ address: Address, count: Int) throws(Errno) -> [UInt8] { try hart.read(address, count) }

    mutating func writeProgram(_ address: Address, _ bytes: [UInt8], _ range: Range<Int>) throws(Errno) {
        try hart.write(address, bytes[range])
    }

    mutating func storeProgram(_ address: Address, _ value: UInt64, size: Int) throws(Errno) {
        var bytes: [UInt8] = []
        for index in 0..<size { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
        try hart.write(address, bytes[...])
    }

    mutating func monotonicTime() -> Nanoseconds { hart.machine.now }
    mutating func realTime() -> Nanoseconds { hart.machine.realTime }
    mutating func clockResolution() -> UInt64 { 1_000 }

    mutating func randomBytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: hart.machine.chance.number()) }
    }

    mutating func setTimer(_ deadline: Nanoseconds) { hart.deadline = deadline }
    mutating func imageBegin(size: UInt64) { hart.beginImage() }
    mutating func imageWrite(_ bytes: [UInt8], from: Int) { hart.appendImage(bytes[from...]) }
    mutating func imageEnd() { hart.endImage() }
    mutating func end() { hart.endProcess() }
}
