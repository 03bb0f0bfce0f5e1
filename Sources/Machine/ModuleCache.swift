import ABI
import Engine
import Wasm

/// Modules that were compiled, by their bytes: most programs are started again and again. Machines of one thread may share one.
package final class ModuleCache {
    /// How many are kept.
    private static let capacity = 16

    /// The one used last at the end.
    private var modules: [(hash: UInt64, module: CompiledModule)] = []

    package init() {}

    /// All that are kept.
    var all: [CompiledModule] { modules.map { $0.module } }

    /// The module of an image.
    func module(_ image: [UInt8]) throws(ImageError) -> CompiledModule {
        if let reason = ModuleCache.whyNone(image) { throw ImageError(error: .execFormatError, reason: Array(reason.utf8)) }
        let hash = ModuleCache.hash(image)
        if let index = modules.firstIndex(where: { $0.hash == hash && $0.module.bytes == image }) {
            let found = modules.remove(at: index)
            modules.append(found)
            return found.module
        }
        let module: CompiledModule
        do throws(ModuleError) { module = try CompiledModule(image) } catch {
            // In the words of a browser's hart, which accepts such modules and refuses them itself.
            let isMemories = error.reason == .unsupported(.multipleMemories)
            let reason = isMemories ? "the module declares more than one memory" : error.description
            throw ImageError(error: .execFormatError, reason: Array(reason.utf8))
        }
        if modules.count == ModuleCache.capacity { modules.removeFirst() }
        modules.append((hash, module))
        return module
    }

    /// Why bytes cannot be a module at all; nil if they can.
    private static func whyNone(_ image: [UInt8]) -> String? {
        guard image.count >= 8, image.starts(with: [0, 0x61, 0x73, 0x6D]) else { return "not a WebAssembly module" }
        return image[6] == 1 ? "a WebAssembly component, not a module" : nil
    }

    /// FNV-1a, 64 bits, over a part: it only narrows the search.
    private static func hash(_ image: [UInt8]) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ UInt64(image.count)
        for byte in image.prefix(4096) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        for byte in image.suffix(4096) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash
    }
}
