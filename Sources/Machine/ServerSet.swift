package import ABI
import DevFS
import Engine
import NetFS
import Pipe
import ProcFS
import ResourceManager
package import ServerKit
import TTY
import TmpFS
import Wasm

/// Where the servers of a machine come from, by the names of their modules.
package struct ServerSet {
    /// Makes a native server; nil if there is none of that name.
    package var make: (String) -> (any Reactor)?
    /// Makes a native server of what `Checkpointable.encode` wrote. Throws `badMessage`.
    package var restore: (String, inout Reader) throws(Errno) -> any Reactor
    /// The servers that the engine runs. They come before native ones of the same names.
    package var modules: ServerModules?

    /// The system's own servers, natively.
    package static var native: ServerSet {
        ServerSet(
            make: { module in
                switch module {
                case "resmgr": return ResourceManager()
                case "tty": return ServerReactor(TerminalDriver())
                case "pipe": return ServerReactor(PipeDriver())
                case "netfs": return ServerReactor(NetFS())
                case "tmpfs": return ServerReactor(TmpFS())
                case "devfs": return ServerReactor(DevFS())
                case "procfs": return ServerReactor(ProcFS())
                default: return nil
                }
            },
            restore: { module, reader throws(Errno) in
                switch module {
                case "resmgr": return try ResourceManager(decoding: &reader)
                case "tty": return try ServerReactor<TerminalDriver>(decoding: &reader)
                case "pipe": return try ServerReactor<PipeDriver>(decoding: &reader)
                case "netfs": return try ServerReactor<NetFS>(decoding: &reader)
                case "tmpfs": return try ServerReactor<TmpFS>(decoding: &reader)
                case "devfs": return try ServerReactor<DevFS>(decoding: &reader)
                case "procfs": return try ServerReactor<ProcFS>(decoding: &reader)
                default: throw .badMessage
                }
            })
    }

    /// The servers of an image, on the engine.
    package static func image(_ modules: ServerModules) -> ServerSet {
        ServerSet(make: { _ in nil }, restore: { _, _ throws(Errno) in throw .badMessage }, modules: modules)
    }

    /// The code of a server; nil if there is none of that name. Throws why a module is no server.
    func code(of name: String) throws(ServerFailure) -> (any ServerCode)? {
        if let module = try modules?.module(of: name) { return try WasmServer(module) }
        return make(name).map { NativeServer($0) }
    }

    /// The code of a server that was written down. Throws `badMessage`.
    func code(of name: String, isWasm: Bool, restoring bytes: [UInt8]) throws(Errno) -> any ServerCode {
        if isWasm { return try WasmServer(restoring: bytes, modules: modules?.all ?? []) }
        var reader = Reader(bytes)
        let reactor = try restore(name, &reader)
        try reader.finish()
        return NativeServer(reactor)
    }
}

/// The server modules of an image: compiled once. Machines of one thread may share them.
package final class ServerModules {
    private let file: (String) -> [UInt8]?
    private var compiled: [(name: String, module: CompiledModule)] = []

    /// - Parameter file: the files that a static host would serve; that of a server is `NAME.wasm`.
    package init(_ file: @escaping (String) -> [UInt8]?) { self.file = file }

    var all: [CompiledModule] { compiled.map { $0.module } }

    /// The module of a server; nil if there is none of that name. Throws why it is no module.
    func module(of name: String) throws(ServerFailure) -> CompiledModule? {
        if let found = compiled.first(where: { $0.name == name }) { return found.module }
        guard let bytes = file("\(name).wasm") else { return nil }
        do throws(ModuleError) {
            let module = try CompiledModule(bytes)
            compiled.append((name, module))
            return module
        } catch {
            throw ServerFailure(text: error.description)
        }
    }
}
