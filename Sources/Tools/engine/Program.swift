/// A program of WASI preview 1 on the engine, with as much of WASI as compute programs need: arguments, standard output, a clock.
import Engine
import Foundation
import Wasm

/// Runs one program.
struct Program {
    /// What a program asks for with functions that are not here (WASI errno `nosys`).
    private static let notSupported: UInt32 = 52
    /// WASI errno `fault`.
    private static let fault: UInt32 = 21

    private let store = Store()
    private var names: [String] = []
    private let arguments: [String]
    private var memory: MemoryAddress?

    /// Runs the program in a file. `arguments` are the file's path and what the program is given. The result is its exit status, or
    /// 134 after a trap, 1 if it could not be run.
    static func run(_ arguments: [String]) -> Int32 {
        var program = Program(arguments: arguments)
        do {
            return try program.run(Array(try Data(contentsOf: URL(fileURLWithPath: arguments[0]))))
        } catch {
            complain("\(arguments[0]): \(error)")
            return 1
        }
    }

    private init(arguments: [String]) {
        self.arguments = arguments
    }

    private static func complain(_ text: String) {
        FileHandle.standardError.write(Data("engine: \(text)\n".utf8))
    }

    private mutating func run(_ bytes: [UInt8]) throws -> Int32 {
        let module = try CompiledModule(bytes)
        var imports: [Extern] = []
        for wanted in module.module.imports {
            guard case .function(let type) = wanted.kind else { continue }
            imports.append(.function(store.makeHostFunction(module.module.types[Int(type)], number: UInt32(names.count))))
            names.append(wanted.name.description)
        }
        let instance = try store.instantiate(module, imports: imports)
        memory = store.memory(of: instance)
        guard case .function(let start) = store.export("_start", of: instance) ?? store.export("run", of: instance) else {
            Program.complain("there is neither _start nor run")
            return 1
        }
        try store.invoke(start, [])
        while true {
            switch store.run(fuel: .max) {
            case .finished(let results):
                // Of a module that is no program, what its function gives.
                for case .i64(let result) in results { print(result) }
                return 0
            case .outOfFuel: continue
            case .trapped(let trap):
                Program.complain(trap.report)
                return 134
            case .hostCall(let call):
                if let status = try answer(call) { return status }
            }
        }
    }

    /// Performs a call and resumes; the status if the program wants to end.
    private func answer(_ call: HostCall) throws -> Int32? {
        let numbers = call.arguments.map { value -> Int in
            switch value {
            case .i32(let number): Int(number)
            case .i64(let number): Int(truncatingIfNeeded: number)
            default: 0
            }
        }
        let name = names[Int(call.number)]
        if name == "proc_exit" { return Int32(truncatingIfNeeded: numbers[0]) }
        try store.resume([.i32(perform(name, numbers) ?? Program.fault)])
        return nil
    }

    /// The errno of a call; nil if an address that it was given is not in the memory.
    private func perform(_ name: String, _ numbers: [Int]) -> UInt32? {
        switch name {
        case "args_sizes_get":
            let size = arguments.reduce(0) { $0 + $1.utf8.count + 1 }
            return write(UInt32(arguments.count), numbers[0]) && write(UInt32(size), numbers[1]) ? 0 : nil
        case "args_get":
            var place = numbers[1]
            for (index, argument) in arguments.enumerated() {
                let bytes = Array(argument.utf8) + [0]
                guard write(UInt32(place), numbers[0] + 4 * index), write(bytes, place) else { return nil }
                place += bytes.count
            }
            return 0
        case "environ_sizes_get": return write(UInt32(0), numbers[0]) && write(UInt32(0), numbers[1]) ? 0 : nil
        case "environ_get", "fd_close": return 0
        case "clock_time_get":
            let now = UInt64(Date().timeIntervalSince1970 * 1e9)
            return write(withUnsafeBytes(of: now.littleEndian, Array.init), numbers[2]) ? 0 : nil
        case "fd_fdstat_get":
            // A character device with all rights.
            return write([2] + [UInt8](repeating: 0, count: 7) + [UInt8](repeating: 0xFF, count: 16), numbers[1]) ? 0 : nil
        case "fd_write": return writeVectors(numbers)
        default: return Program.notSupported
        }
    }

    private func writeVectors(_ numbers: [Int]) -> UInt32? {
        var total = 0
        for index in 0..<numbers[2] {
            guard let address = read(numbers[1] + 8 * index), let count = read(numbers[1] + 8 * index + 4), let memory,
                let bytes = store.read(memory, at: address, count: count)
            else { return nil }
            (numbers[0] == 2 ? FileHandle.standardError : FileHandle.standardOutput).write(Data(bytes))
            total += count
        }
        return write(UInt32(total), numbers[3]) ? 0 : nil
    }

    private func read(_ address: Int) -> Int? {
        guard let memory, let bytes = store.read(memory, at: address, count: 4) else { return nil }
        return bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    private func write(_ number: UInt32, _ address: Int) -> Bool {
        write(withUnsafeBytes(of: number.littleEndian, Array.init), address)
    }

    private func write(_ bytes: [UInt8], _ address: Int) -> Bool {
        guard let memory else { return false }
        return store.write(bytes[...], to: memory, at: address)
    }
}
