import ABI
import FileServer

/// A whole system for the simulated machine: the servers, and an image whose programs are scripts.
package struct SimulatedSystem {
    /// Programs by their path in the image.
    package var programs: [String: Script] = [:]
    /// Programs in WebAssembly by their path.
    package var images: [String: [UInt8]] = [:]
    /// Other files by their path.
    package var files: [String: [UInt8]] = [:]

    package init() {}

    /// Makes a machine that will boot this system.
    ///
    /// - Parameters:
    ///   - seed: decides the schedule.
    ///   - memories: WebAssembly memories that the machine has.
    ///   - servers: where its servers come from.
    ///   - trace: called with a line for each message.
    package func machine(
        seed: UInt64, memories: Int = 1000, servers: ServerSet = .native, trace: ((String) -> Void)? = nil
    ) -> Machine {
        var options = Machine.Options()
        options.seed = seed
        options.memories = memories
        options.trace = trace
        var site: [String: [UInt8]] = [:]
        var manifest = "martlet-image 1\n"
        for (path, mode) in [
            ("/", "755"), ("/bin", "755"), ("/dev", "755"), ("/etc", "755"), ("/home", "755"), ("/mnt", "755"),
            ("/proc", "555"), ("/sbin", "755"), ("/tmp", "1777"),
        ] {
            manifest += "d\t\(mode)\t0\t0\t\(path)\n"
        }
        var scripts: [String: Script] = [:]
        var contents = files.map { (path: $0.key, bytes: $0.value, mode: "644") }
        contents += images.map { (path: $0.key, bytes: $0.value, mode: "755") }
        for (path, script) in programs {
            scripts[path] = script
            contents.append((path: path, bytes: Array("script:\(path)".utf8), mode: "755"))
        }
        for file in contents.sorted(by: { $0.path < $1.path }) {
            let hash = String(decoding: hexadecimal(SHA256.digest(file.bytes)), as: UTF8.self)
            site["image/\(hash)"] = file.bytes
            manifest += "f\t\(file.mode)\t0\t0\t\(file.bytes.count)\t\(hash)\t\(file.path)\n"
        }
        let bytes = Array(manifest.utf8)
        site["image/manifest"] = bytes
        let hash = String(decoding: hexadecimal(SHA256.digest(bytes)), as: UTF8.self)
        options.configuration = "manifest=\(hash)\nabi=\(Header.version)\nwait=park\ninit=/sbin/init\n"
        options.site = { [site] in site[$0] }
        return Machine(options, servers: servers, scripts: scripts)
    }
}
