import ABI
import Foundation
import LibOS
import ServerKit

/// What a program does on the simulated machine: a function that makes calls. Its result is the exit status.
package struct Script: Sendable {
    let body: @Sendable (ScriptProgram) throws -> Int32

    package init(_ body: @escaping @Sendable (ScriptProgram) throws -> Int32) { self.body = body }
}

/// Thrown inside a script when its process is over; it must be let through.
package struct ProcessEnded: Error {}

/// A hart that runs a script beside a libOS.
///
/// The script runs on a thread of its own, but never at the same time as the machine: the two hand over to each other, so the run
/// depends on the seed alone.
final class ProgramHart: Hart, @unchecked Sendable {
    private var libOS = LibOS()
    private(set) var memory = [UInt8](repeating: 0, count: 1 << 20)
    private var image: [UInt8] = []
    private var script: Script?
    private var thread: Thread?
    private let toScript = DispatchSemaphore(value: 0)
    private let toMachine = DispatchSemaphore(value: 0)
    /// A call waits for its answer.
    private var isWaiting = false
    private var answer: Int32 = 0
    private var isImageWhole = false
    private var isEnding = false
    /// The script's thread has left the script.
    private var isUnwound = false
    /// Credit taken on each connection: requests and bytes.
    private var credit: [ConnectionID: (requests: Int, bytes: Int)] = [:]
    private var credits: [RequestKey: Int] = [:]

    // MARK: The hart's side

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

    private func settle(_ result: Int32) {
        switch result {
        case ProgramABI.pending: isWaiting = true
        case ProgramABI.yield: machine.makeRunnable(id)
        default:
            isWaiting = false
            answer = result
            machine.makeRunnable(id)
        }
    }

    /// "Compiles and links" the image: its bytes name a script.
    private func link() {
        let text = String(decoding: image, as: UTF8.self)
        image = []
        guard text.hasPrefix("script:"), let script = machine.scripts[String(text.dropFirst(7))] else {
            let reason = Array("not a WebAssembly module".utf8)
            withHost { libOS, host in libOS.imageResult(.execFormatError, reason: reason, host: &host) }
            if isEnding { finish() }
            return
        }
        self.script = script
        withHost { libOS, host in libOS.imageResult(nil, reason: [], host: &host) }
        if isEnding { return finish() }
        machine.makeRunnable(id)
    }

    /// Lets the script go on until it waits or ends.
    func run() {
        guard !isOver, let script else { return }
        if thread == nil {
            let thread = Thread { [self] in
                toScript.wait()
                let program = ScriptProgram(self)
                do {
                    try program.exit(try script.body(program))
                } catch is ProcessEnded {
                    // Ended from outside: there is nothing left to say.
                } catch {
                    machine.log(Array("a script failed: \(error)".utf8))
                    _ = try? program.exit(255)
                }
                isUnwound = true
                toMachine.signal()
            }
            self.thread = thread
            thread.start()
        } else if isWaiting {
            // YIELD: back from the event loop.
            withHost { libOS, host in libOS.turn(host: &host) }
            return goOn()
        }
        toScript.signal()
        toMachine.wait()
        if isEnding { finish() }
    }

    /// The program is over: `last` to every peer, and the script's thread unwinds.
    private func finish() {
        guard !isOver else { return }
        isOver = true
        closeAll(sayingLast: true)
        abandon()
    }

    /// Unwinds the script's thread, if it is in a call.
    func abandon() {
        isOver = true
        deadline = .never
        guard thread != nil, !isUnwound else { return }
        toScript.signal()
        toMachine.wait()
    }

    // MARK: The script's side

    /// Makes one call and waits for its answer.
    func call(_ invoke: (inout LibOS, inout NativeHost) -> Int32) throws -> Int32 {
        if isOver || isEnding { throw ProcessEnded() }
        let result = withHost(invoke)
        if isEnding { throw ProcessEnded() }
        if result != ProgramABI.pending && result != ProgramABI.yield { return result }
        isWaiting = true
        if result == ProgramABI.yield { machine.makeRunnable(id) }
        toMachine.signal()
        toScript.wait()
        if isOver || isEnding { throw ProcessEnded() }
        return answer
    }

    @discardableResult
    private func withHost<Result>(_ body: (inout LibOS, inout NativeHost) -> Result) -> Result {
        var host = NativeHost(hart: self)
        return body(&libOS, &host)
    }

    // MARK: What the host offers

    func read(_ address: UInt32, _ count: Int) throws(Errno) -> [UInt8] {
        guard Int(address) + count <= memory.count else { throw .badAddress }
        return Array(memory[Int(address)..<Int(address) + count])
    }

    func write(_ address: UInt32, _ bytes: ArraySlice<UInt8>) throws(Errno) {
        guard Int(address) + bytes.count <= memory.count else { throw .badAddress }
        memory.replaceSubrange(Int(address)..<Int(address) + bytes.count, with: bytes)
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
        guard let bytes = credits.removeValue(forKey: RequestKey(connection: connection, request: header.request)) else { return }
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
    mutating func log(_ line: [UInt8]) { hart.machine.log(line) }
    mutating func imageBegin(size: UInt64) { hart.beginImage() }
    mutating func imageWrite(_ bytes: [UInt8], from: Int) { hart.appendImage(bytes[from...]) }
    mutating func imageEnd() { hart.endImage() }
    mutating func end() { hart.endProcess() }
}
