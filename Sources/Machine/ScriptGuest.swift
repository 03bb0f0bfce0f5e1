import ABI
import Foundation
import LibOS

/// What a program does on the simulated machine: a function that makes calls. Its result is the exit status.
package struct Script: Sendable {
    let body: @Sendable (ScriptProgram) throws -> Int32

    package init(_ body: @escaping @Sendable (ScriptProgram) throws -> Int32) { self.body = body }

    /// Does it as a part of another script.
    package func run(_ program: ScriptProgram) throws -> Int32 { try body(program) }
}

/// Thrown inside a script when its process is over; it must be let through.
package struct ProcessEnded: Error {}

/// A program that is a script.
///
/// The script runs on a thread of its own, but never at the same time as the machine: the two hand over to each other, so the run
/// depends on the seed alone.
final class ScriptGuest: Guest, @unchecked Sendable {
    private let script: Script
    /// Where a failure of the script itself is told.
    private let complain: (String) -> Void
    private var memory = [UInt8](repeating: 0, count: 1 << 20)
    private var thread: Thread?
    private let toScript = DispatchSemaphore(value: 0)
    private let toMachine = DispatchSemaphore(value: 0)
    /// What the script did last.
    private var event = GuestEvent.over
    private var answer: Int32 = 0
    /// No call is served any more.
    private var isOver = false
    /// The script's thread has left the script.
    private var isUnwound = false

    init(_ script: Script, complain: @escaping (String) -> Void) {
        self.script = script
        self.complain = complain
    }

    // MARK: The machine's side

    func run(_ answer: Int32?) -> GuestEvent {
        if thread == nil { start() }
        self.answer = answer ?? 0
        event = .over
        toScript.signal()
        toMachine.wait()
        return event
    }

    /// A script has no handlers.
    func beginHandler(_ function: UInt32, signal: UInt32, information: Address) -> Bool { false }

    func abandon() {
        isOver = true
        if thread != nil && !isUnwound {
            toScript.signal()
            toMachine.wait()
        }
        // The thread holds what it runs.
        thread = nil
        memory = []
    }

    /// A thread of the host cannot be written down.
    func encoded() throws(Errno) -> [UInt8] { throw .notSupported }

    private func start() {
        let thread = Thread { [self] in
            toScript.wait()
            let program = ScriptProgram(self)
            do {
                try program.exit(try script.body(program))
            } catch is ProcessEnded {
                // Ended from outside: there is nothing left to say.
            } catch {
                complain("a script failed: \(error)")
                _ = try? program.exit(255)
            }
            isUnwound = true
            event = .over
            toMachine.signal()
        }
        self.thread = thread
        thread.start()
    }

    // MARK: The script's side

    /// Makes one call and waits for its answer.
    func call(_ invoke: @escaping (inout LibOS, inout NativeHost) -> Int32) throws -> Int32 {
        if isOver { throw ProcessEnded() }
        event = .call(invoke)
        toMachine.signal()
        toScript.wait()
        if isOver { throw ProcessEnded() }
        return answer
    }

    func read(_ address: Address, _ count: Int) throws(Errno) -> [UInt8] {
        guard Int(address) + count <= memory.count else { throw .badAddress }
        return Array(memory[Int(address)..<Int(address) + count])
    }

    func write(_ address: Address, _ bytes: ArraySlice<UInt8>) throws(Errno) {
        guard Int(address) + bytes.count <= memory.count else { throw .badAddress }
        memory.replaceSubrange(Int(address)..<Int(address) + bytes.count, with: bytes)
    }
}
