import ABI
import Engine
import ServerKit
import Wasm

/// A server of the image, run by the engine: the same module that a browser's hart runs. What it imports and exports:
/// Sources/ABI/README.md, "The hart and a server module".
final class WasmServer: ServerCode {
    /// Instructions that one input may take as a rule. A server that needs more does not answer its watchdog.
    static let fuelOfInput: Int64 = 2_000_000_000

    /// What a server may import from `martlet_host`; the raw value is the number by which the engine tells the call.
    private enum Import: UInt32, CaseIterable {
        case send, setTimer, log, device, openConnection, closeConnection

        var name: String {
            switch self {
            case .send: "send"
            case .setTimer: "set_timer"
            case .log: "log"
            case .device: "device"
            case .openConnection: "open_connection"
            case .closeConnection: "close_connection"
            }
        }

        var type: FunctionType {
            switch self {
            case .send: FunctionType([.i32, .i32, .i32], to: [.i32])
            case .setTimer: FunctionType([.i64])
            case .log, .openConnection: FunctionType([.i32, .i32])
            case .device: FunctionType([.i32, .i32], to: [.i32])
            case .closeConnection: FunctionType([.i32])
            }
        }
    }

    /// The number of each kind of input.
    private enum Kind: UInt32 {
        case start = 1
        case message, timer, device, connected, disconnected
    }

    private let fuelOfInput: Int64
    private let store: Store
    private let memory: MemoryAddress
    private let inputBuffer: FunctionAddress
    private let inputFunction: FunctionAddress

    /// Links a server and calls its `_initialize`. Throws why it is none.
    init(_ module: CompiledModule, fuelOfInput: Int64 = WasmServer.fuelOfInput) throws(ServerFailure) {
        self.fuelOfInput = fuelOfInput
        let store = Store()
        self.store = store
        var externs: [Extern] = []
        for wanted in module.module.imports {
            guard wanted.module == "martlet_host", let known = Import.allCases.first(where: { wanted.name.description == $0.name }),
                case .function(let type) = wanted.kind, module.module.types[Int(type)] == known.type
            else { throw ServerFailure(text: "unknown import \(wanted.module).\(wanted.name)") }
            externs.append(.function(store.makeHostFunction(known.type, number: known.rawValue)))
        }
        let instance: InstanceAddress
        do throws(InstantiationError) { instance = try store.instantiate(module, imports: externs) } catch {
            throw ServerFailure(text: error.description)
        }
        func function(_ name: Name, _ type: FunctionType) throws(ServerFailure) -> FunctionAddress {
            guard case .function(let function) = store.export(name, of: instance), store.type(of: function) == type else {
                throw ServerFailure(text: "the module exports no function \(name)")
            }
            return function
        }
        guard case .memory(let memory) = store.export("memory", of: instance) else {
            throw ServerFailure(text: "the module exports no memory")
        }
        self.memory = memory
        inputBuffer = try function("input_buffer", WasmServer.bufferType)
        inputFunction = try function("input", WasmServer.inputType)
        _ = try call(try function("_initialize", FunctionType()), []) { _ in .notPermitted }
    }

    private static let bufferType = FunctionType([.i32], to: [.i32])
    private static let inputType = FunctionType([.i32, .i32, .i64, .i32])

    /// A server that was written down. `modules` are some that need not be made again. Throws `badMessage`.
    init(restoring bytes: [UInt8], modules: [CompiledModule]) throws(Errno) {
        fuelOfInput = WasmServer.fuelOfInput
        var reader = Reader(bytes)
        memory = MemoryAddress(try reader.u32())
        inputBuffer = FunctionAddress(try reader.u32())
        inputFunction = FunctionAddress(try reader.u32())
        do { store = try Store(restoring: reader.rest(), modules: modules) } catch { throw .badMessage }
        guard store.hasMemory(memory), store.depth == 0, store.hasFunction(inputBuffer), store.hasFunction(inputFunction),
            store.type(of: inputBuffer) == WasmServer.bufferType, store.type(of: inputFunction) == WasmServer.inputType
        else { throw .badMessage }
    }

    func encoded() throws(Errno) -> [UInt8] {
        var writer = Writer()
        writer.u32(memory.index)
        writer.u32(inputBuffer.index)
        writer.u32(inputFunction.index)
        writer.raw(store.encoded())
        return writer.bytes
    }

    func handle(_ input: Input, now: Nanoseconds, _ perform: (Effect) -> Errno?) throws(ServerFailure) {
        let (kind, argument, bytes) = WasmServer.form(of: input)
        if !bytes.isEmpty {
            guard case .i32(let address) = try call(inputBuffer, [.i32(UInt32(bytes.count))], perform).first,
                store.write(bytes[...], to: memory, at: Int(address))
            else { throw ServerFailure(text: "the server gave a buffer outside of its memory") }
        }
        _ = try call(inputFunction, [.i32(kind.rawValue), .i32(argument), .i64(now.rawValue), .i32(UInt32(bytes.count))], perform)
    }

    /// An input as numbers and bytes.
    private static func form(of input: Input) -> (kind: Kind, argument: UInt32, bytes: [UInt8]) {
        var writer = Writer()
        switch input {
        case .start(let start):
            writer.value(start.realTime)
            writer.raw(start.entropy)
            writer.raw(start.configuration)
            return (.start, 0, writer.bytes)
        case .message(let connection, let message): return (.message, connection.rawValue, message)
        case .timer: return (.timer, 0, [])
        case .device(let event): return (.device, 0, event)
        case .connected(let connection, let peer):
            writer.value(peer)
            return (.connected, connection.rawValue, writer.bytes)
        case .disconnected(let connection): return (.disconnected, connection.rawValue, [])
        }
    }

    /// Calls an export and carries out what it calls in turn.
    private func call(
        _ function: FunctionAddress, _ arguments: [Value], _ perform: (Effect) -> Errno?
    ) throws(ServerFailure) -> [Value] {
        do { try store.invoke(function, arguments) } catch { throw ServerFailure(text: "there is no room for its stack") }
        // What the input before did not use is not left to this one.
        var fuel = fuelOfInput - store.fuel
        while true {
            switch store.run(fuel: fuel) {
            case .finished(let results): return results
            case .outOfFuel: throw ServerFailure(isHang: true, text: "it does not come back")
            case .trapped(let trap): throw ServerFailure(text: trap.message)
            case .hostCall(let call):
                let results = try answer(call, perform)
                do { try store.resume(results) } catch { throw ServerFailure(text: "a call with results of other types") }
            }
            fuel = 0
        }
    }

    /// Carries out a call of an import.
    private func answer(_ call: HostCall, _ perform: (Effect) -> Errno?) throws(ServerFailure) -> [Value] {
        func word(_ index: Int) -> UInt32 {
            guard index < call.arguments.count, case .i32(let word) = call.arguments[index] else { return 0 }
            return word
        }
        func bytes(_ pointer: Int, _ count: UInt32) -> [UInt8]? { store.read(memory, at: Int(word(pointer)), count: Int(count)) }
        func status(_ error: Errno?) -> [Value] { [.i32(error.map { UInt32($0.rawValue) } ?? 0)] }
        switch Import(rawValue: call.number) {
        case .send:
            guard let message = bytes(1, word(2)) else { return status(.badAddress) }
            return status(perform(.send(ConnectionID(rawValue: word(0)), message)))
        case .setTimer:
            guard case .i64(let deadline) = call.arguments.first else { return [] }
            _ = perform(.setTimer(Nanoseconds(rawValue: deadline)))
        case .log:
            _ = perform(.log(bytes(0, word(1)) ?? []))
        case .device:
            guard let call = bytes(0, word(1)) else { return status(.badAddress) }
            return status(perform(.device(call)))
        case .openConnection:
            guard let bytes = bytes(1, 16) else { throw ServerFailure(text: "the name of a channel is outside of its memory") }
            var reader = Reader(bytes)
            guard let name = try? reader.value(ChannelName.self) else { throw ServerFailure(text: "a channel without a name") }
            if perform(.openConnection(ConnectionID(rawValue: word(0)), name)) == .notPermitted {
                throw ServerFailure(text: "this server may not open that connection")
            }
        case .closeConnection:
            _ = perform(.closeConnection(ConnectionID(rawValue: word(0))))
        case nil:
            throw ServerFailure(text: "a call that is none of its imports")
        }
        return []
    }
}
