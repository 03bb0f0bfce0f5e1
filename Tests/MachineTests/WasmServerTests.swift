import ABI
import Engine
import ServerKit
import Testing
import Wasm

@testable import Machine

/// Servers that the engine runs: what they may import, and what becomes of those that break. That the image's own do what native ones
/// do is for the simulation, which compares the traces of both.
@Suite struct WasmServerTests {
    /// A server module. Import 0 is `send`, 1 `device`; `body` is its function `input`, whose parameters are kind, argument, time, length.
    static func module(
        imports: [Import] = [], buffer: Int32 = 1024, exports: [String] = ["memory", "_initialize", "input_buffer", "input"],
        _ body: (inout InstructionWriter) -> Void
    ) throws -> CompiledModule {
        var module = Module()
        module.types = [
            FunctionType([.i32, .i32, .i32], to: [.i32]), FunctionType(), FunctionType([.i32], to: [.i32]),
            FunctionType([.i32, .i32, .i64, .i32]), FunctionType([.i32, .i32], to: [.i32]),
        ]
        module.imports =
            [
                Import(module: "martlet_host", name: "send", .function(type: 0)),
                Import(module: "martlet_host", name: "device", .function(type: 4)),
            ] + imports
        module.memories = [MemoryType(ResizableLimits(minimum: 1))]
        let first = UInt32(module.imports.count)
        func code(_ write: (inout InstructionWriter) -> Void) -> Expression {
            var code = InstructionWriter()
            write(&code)
            code.append(Instruction(.end))
            return code.expression
        }
        module.functions = [
            Function(type: 1, body: code { _ in }), Function(type: 2, body: code { $0.append(.i32Constant(buffer)) }),
            Function(type: 3, body: code(body)),
        ]
        module.exports = [
            Export("memory", .memory(0)), Export("_initialize", .function(first)), Export("input_buffer", .function(first + 1)),
            Export("input", .function(first + 2)),
        ].filter { exports.contains($0.name.description) }
        return try CompiledModule(module.encoded())
    }

    private func failure(_ module: CompiledModule, fuel: Int64 = 1_000_000, _ input: Input = .timer) -> ServerFailure? {
        do throws(ServerFailure) {
            let server = try WasmServer(module, fuelOfInput: fuel)
            try server.handle(input, now: .zero) { _ in nil }
            return nil
        } catch {
            return error
        }
    }

    @Test func anInputComesInAndAMessageGoesOut() throws {
        // Sends the input back on the connection that it came on, and keeps the answer at 8.
        let module = try Self.module { code in
            code.append(.i32Constant(8))
            code.append(Instruction(.localGet, 1))
            code.append(.i32Constant(1024))
            code.append(Instruction(.localGet, 3))
            code.append(Instruction(.call, 0))
            code.append(Instruction(.i32Store, MemoryArgument(alignment: 2, offset: 0)))
        }
        let server = try WasmServer(module)
        var effects: [Effect] = []
        for _ in 0..<2 {
            try server.handle(.message(ConnectionID(rawValue: 7), [1, 2, 3]), now: .zero) {
                effects.append($0)
                return .badFileDescriptor
            }
            #expect(effects.removeFirst() == .send(ConnectionID(rawValue: 7), [1, 2, 3]))
            // Written down and read back it is the same.
            #expect(try WasmServer(restoring: server.encoded(), modules: [module]).encoded() == server.encoded())
        }
        #expect(effects.isEmpty)
    }

    @Test func bytesOutsideOfItsMemoryAreAnError() throws {
        for (pointer, length) in [(65530 as Int32, 7 as Int32), (-1, 1), (0, -1), (65537, 0)] {
            let module = try Self.module { code in
                code.append(.i32Constant(pointer))
                code.append(.i32Constant(length))
                code.append(Instruction(.call, 1))
                // Traps unless the answer is badAddress.
                code.append(.i32Constant(Int32(Errno.badAddress.rawValue)))
                code.append(Instruction(.i32Ne))
                code.append(Instruction(.if, .empty))
                code.append(Instruction(.unreachable))
                code.append(Instruction(.end))
            }
            #expect(failure(module)?.text == nil, "\(pointer) \(length)")
        }
    }

    @Test func aServerThatBreaksIsAFailureWithAReason() throws {
        let trap = failure(try Self.module { $0.append(Instruction(.unreachable)) })
        #expect(trap?.text == "unreachable executed in function 4" && trap?.isHang == false)
        let loop = try Self.module { code in
            code.append(Instruction(.loop, .empty))
            code.append(Instruction(.br, 0))
            code.append(Instruction(.end))
        }
        #expect(failure(loop)?.isHang == true)
        #expect(failure(try Self.module(buffer: -4) { _ in }, .device([1]))?.text == "the server gave a buffer outside of its memory")
        // What needs no buffer does not ask for one.
        #expect(failure(try Self.module(buffer: -4) { _ in })?.text == nil)
    }

    @Test func whatIsNoServerIsRefused() throws {
        for missing in ["memory", "_initialize", "input_buffer", "input"] {
            let exports = ["memory", "_initialize", "input_buffer", "input"].filter { $0 != missing }
            #expect(failure(try Self.module(exports: exports) { _ in })?.text.hasPrefix("the module exports no ") == true)
        }
        for (module, name, type) in [("wasi_snapshot_preview1", "send", 0), ("martlet_host", "copy_in", 0), ("martlet_host", "log", 0)] {
            let wanted = Import(module: Name(module), name: Name(name), .function(type: UInt32(type)))
            #expect(failure(try Self.module(imports: [wanted]) { _ in })?.text == "unknown import \(module).\(name)")
        }
    }

    @Test func theSystemOutlivesAServerThatTraps() throws {
        let broken = try Self.module { $0.append(Instruction(.unreachable)) }.bytes
        var system = SimulatedSystem()
        system.images["/sbin/init"] = SnapshotTests.ticker
        var servers = ServerSet.native
        servers.modules = ServerModules { $0 == "pipe.wasm" ? broken : nil }
        let machine = system.machine(seed: 4, servers: servers)
        #expect(machine.run { machine.console.suffix(7).elementsEqual("tick1\r\n".utf8) }, "init runs")
        #expect(machine.logs.contains { $0.hasPrefix("pipe: it trapped: unreachable executed in function 4") }, "\(machine.logs)")
        #expect(machine.logs.contains { $0.contains("is not started again") }, "\(machine.logs)")
    }
}
