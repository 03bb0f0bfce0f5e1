import ABI
import Engine
import LibOS
import Wasm

/// A program that is a WebAssembly module, run by the engine.
final class WasmGuest: Guest {
    /// The longest reason that is given for a refusal, in bytes.
    private static let longestReason = 200
    /// Instructions that a start function may take. It runs while the program is linked, and nobody else does.
    private static let startFuel: Int64 = 100_000_000

    private let store: Store
    private let memory: MemoryAddress
    /// By the number that the engine tells: module and name of the import, and what it leads to.
    private let calls: [Import]

    /// A program call that the module imports.
    private struct Import {
        let module: [UInt8]
        let name: [UInt8]
        let entry: ProgramEntry
        let parameters: Int
        let hasResult: Bool
    }
    /// Whether the call that the program waits in has a result.
    private var awaitsResult = false
    /// The same of the calls that handlers interrupted.
    private var interrupted: [Bool] = []
    /// The functions that the program calls by number; nil: it does not export them.
    private let table: TableAddress?
    /// Tells for how many instructions the program runs next.
    private let slice: () -> Int64

    /// Links a module: its imports must be program calls, and it must export `_start` and `memory`.
    init(_ module: CompiledModule, limits: StoreLimits, slice: @escaping () -> Int64) throws(ImageError) {
        self.slice = slice
        let store = Store(limits: limits)
        self.store = store
        var externs: [Extern] = []
        var calls: [Import] = []
        for wanted in module.module.imports {
            let name = "\(wanted.module).\(wanted.name)"
            guard let (entry, signature) = ProgramEntry.find(module: wanted.module.bytes, name: wanted.name.bytes) else {
                throw WasmGuest.refusal("unknown import \(name)")
            }
            guard case .function(let type) = wanted.kind else {
                throw WasmGuest.refusal("import \(name) is a \(WasmGuest.kind(wanted.kind)), not a function")
            }
            let given = FunctionType(
                signature.parameters.map { $0 == .i32 ? .i32 : .i64 }, to: signature.hasResult ? [.i32] : [])
            guard module.module.types[Int(type)] == given else {
                throw WasmGuest.refusal("import \(name) has another type than the function of that name")
            }
            externs.append(.function(store.makeHostFunction(given, number: UInt32(calls.count))))
            calls.append(
                Import(
                    module: wanted.module.bytes, name: wanted.name.bytes, entry: entry, parameters: signature.parameters.count,
                    hasResult: signature.hasResult))
        }
        self.calls = calls
        let instance: InstanceAddress
        do throws(InstantiationError) {
            instance = try store.instantiate(module, imports: externs)
        } catch {
            throw ImageError(
                error: error == .limit ? .notEnoughMemory : .execFormatError, reason: Array(error.description.utf8))
        }
        guard case .function(let start) = store.export("_start", of: instance),
            store.type(of: start) == FunctionType()
        else { throw WasmGuest.refusal("the module exports no function _start") }
        guard case .memory(let memory) = store.export("memory", of: instance) else {
            throw WasmGuest.refusal("the module exports no memory")
        }
        self.memory = memory
        if case .table(let table) = store.export("__indirect_function_table", of: instance) {
            self.table = table
        } else {
            table = nil
        }
        if let function = store.start(of: instance) { try WasmGuest.begin(function, store) }
        do { try store.invoke(start, []) } catch { throw WasmGuest.refusal("there is no room for its stack") }
    }

    /// A program that was written down. `modules` are some that need not be made again. Throws `badMessage`.
    init(
        restoring bytes: [UInt8], limits: StoreLimits, modules: [CompiledModule], slice: @escaping () -> Int64
    ) throws(Errno) {
        self.slice = slice
        var reader = Reader(bytes)
        memory = MemoryAddress(try reader.u32())
        awaitsResult = try reader.bool()
        for _ in 0..<(try reader.u32()) { interrupted.append(try reader.bool()) }
        table = try reader.bool() ? TableAddress(try reader.u32()) : nil
        var calls: [Import] = []
        for _ in 0..<(try reader.u32()) {
            let module = try reader.bytes()
            let name = try reader.bytes()
            guard let (entry, signature) = ProgramEntry.find(module: module, name: name) else { throw .badMessage }
            calls.append(
                Import(
                    module: module, name: name, entry: entry, parameters: signature.parameters.count,
                    hasResult: signature.hasResult))
        }
        self.calls = calls
        do { store = try Store(restoring: reader.rest(), within: limits, modules: modules) } catch { throw .badMessage }
        guard store.hasMemory(memory), store.depth == interrupted.count + 1, table.map({ store.hasTable($0) }) ?? true else {
            throw .badMessage
        }
    }

    func encoded() throws(Errno) -> [UInt8] {
        var writer = Writer()
        writer.u32(memory.index)
        writer.bool(awaitsResult)
        writer.u32(UInt32(interrupted.count))
        for awaits in interrupted { writer.bool(awaits) }
        writer.bool(table != nil)
        if let table { writer.u32(table.index) }
        writer.u32(UInt32(calls.count))
        for call in calls {
            writer.bytes(call.module)
            writer.bytes(call.name)
        }
        writer.raw(store.encoded())
        return writer.bytes
    }

    /// Runs the start function to its end.
    private static func begin(_ function: FunctionAddress, _ store: Store) throws(ImageError) {
        do { try store.invoke(function, []) } catch { throw refusal("there is no room for its stack") }
        switch store.run(fuel: startFuel) {
        case .finished: return
        case .trapped(let trap): throw refusal(trap.message)
        case .outOfFuel: throw refusal("its start function does not end")
        case .hostCall: throw refusal("its start function makes calls")
        }
    }

    private static func refusal(_ reason: String) -> ImageError {
        ImageError(error: .execFormatError, reason: Array(reason.utf8.prefix(longestReason)))
    }

    private static func kind(_ kind: Wasm.Import.Kind) -> String {
        switch kind {
        case .function: "function"
        case .table: "table"
        case .memory: "memory"
        case .global: "global"
        case .tag: "tag"
        }
    }

    func run(_ answer: Int32?) -> GuestEvent {
        if let answer {
            do { try store.resume(awaitsResult ? [.i32(UInt32(bitPattern: answer))] : []) } catch { return .over }
        }
        // What is left of a slice is used up before there is another, however many calls are in between.
        switch store.run(fuel: store.fuel > 0 ? 0 : slice()) {
        case .finished:
            guard let awaits = interrupted.popLast() else { return .returned }
            awaitsResult = awaits
            return .handlerReturned
        case .outOfFuel: return .sliceOver
        case .trapped(let trap):
            return .trapped(signal: WasmGuest.signal(of: trap.reason), text: Array(trap.message.utf8))
        case .hostCall(let call):
            // Of a program that was read back, nothing is sure but that it is valid.
            guard call.number < calls.count, call.arguments.count == calls[Int(call.number)].parameters else { return .over }
            let entry = calls[Int(call.number)].entry
            awaitsResult = calls[Int(call.number)].hasResult
            let words = call.arguments.map { value -> UInt64 in
                switch value {
                case .i32(let word): UInt64(word)
                case .i64(let word): word
                default: 0
                }
            }
            return .call { libOS, host in entry.call(&libOS, ThreadID(rawValue: 0), CallArguments(words: words), &host) }
        }
    }

    func beginHandler(_ function: UInt32, signal: UInt32, information: Address) -> Bool {
        guard let table, let handler = store.function(function, in: table) else { return false }
        // C: void (int) and void (int, siginfo_t *, void *).
        let parameters = store.type(of: handler).parameters.count
        guard parameters == 1 || parameters == 3 else { return false }
        let arguments: [Value] = [.i32(signal), .i32(information), .i32(0)]
        do { try store.invoke(handler, Array(arguments.prefix(parameters))) } catch { return false }
        interrupted.append(awaitsResult)
        return true
    }

    func abandon() {}

    func read(_ address: Address, _ count: Int) throws(Errno) -> [UInt8] {
        guard let bytes = store.read(memory, at: Int(address), count: count) else { throw .badAddress }
        return bytes
    }

    func write(_ address: Address, _ bytes: ArraySlice<UInt8>) throws(Errno) {
        guard store.write(bytes, to: memory, at: Int(address)) else { throw .badAddress }
    }

    // MARK: Traps

    /// The number of the signal that a trap would be on hardware.
    private static func signal(of reason: Trap.Reason) -> UInt32 {
        let signal: Signal
        switch reason {
        case .memoryOutOfBounds, .callStackExhausted, .nullExceptionReference, .functionTooLarge: signal = .segmentation
        case .integerDivideByZero, .integerOverflow, .invalidConversion: signal = .arithmetic
        case .unreachable, .tableOutOfBounds, .undefinedElement, .uninitializedElement, .indirectCallTypeMismatch:
            signal = .illegalInstruction
        case .uncaughtException, .exceptionsExhausted: signal = .abort
        }
        return UInt32(signal.rawValue)
    }
}
