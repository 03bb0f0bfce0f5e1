import ABI
import Machine

// What runs on the machine while it is hurt: programs that do something with every driver, and an init that starts them again and again.

/// The programs.
enum Workload {
    /// They do something with every driver, and end whatever befalls them. Path and program. `/bin/writer` is started by `/bin/pipes`.
    static let workers: [(String, Script)] = [
        (
            "/bin/files",
            Script { program in
                let name = "/tmp/f\(try program.processID())"
                let file = try program.open(name, create: true, write: true)
                try program.writeAll(file, [UInt8](repeating: 65, count: 100_000))
                try program.close(file)
                let again = try program.open(name)
                let count = try program.readAll(again).count
                try program.unlink(name)
                return count == 100_000 ? 0 : 2
            }
        ),
        (
            "/bin/pipes",
            Script { program in
                let pipe = try program.pipe()
                let child = try program.spawn("/bin/writer", descriptors: [(1, pipe.write)])
                try program.close(pipe.write)
                let count = try program.readAll(pipe.read).count
                return try program.wait(child).code == 0 && count == 70_000 ? 0 : 2
            }
        ),
        (
            "/bin/writer",
            Script { program in
                try program.writeAll(1, [UInt8](repeating: 66, count: 70_000))
                return 0
            }
        ),
        (
            "/bin/reader",
            Script { program in
                let file = try program.open("/etc/data")
                return try program.readAll(file).count == 300_000 ? 0 : 2
            }
        ),
        (
            "/bin/teller",
            Script { program in
                for name in ["/proc/martlet", "/proc/boot", "/proc/uptime"] {
                    let file = try program.open(name)
                    if try program.readAll(file).isEmpty { return 2 }
                    try program.close(file)
                }
                return 0
            }
        ),
        (
            "/bin/console",
            Script { program in
                let console = try program.open("/dev/console", write: true)
                try program.writeAll(console, Array("a line of a worker\n".utf8))
                try program.sleep(nanoseconds: 3_000_000)
                let zero = try program.open("/dev/zero")
                return try program.read(zero, 1000).count == 1000 ? 0 : 2
            }
        ),
    ]

    /// The status of a worker that met an error of the system, which is no failure of its own.
    static let mishap: UInt32 = 77

    /// A worker for which an error of the system is a status, not the end of the run.
    static func forgiving(_ script: Script) -> Script {
        Script { program in
            do { return try script.run(program) } catch is Errno { return Int32(mishap) }
        }
    }

    /// Starts all workers at once and waits for every one; answers how each ended. Nil: the wait ended and one was missing.
    static func round(_ program: ScriptProgram) throws -> [String: UInt32]? {
        var children: [Int32: String] = [:]
        var ends: [String: UInt32] = [:]
        for (path, _) in workers where path != "/bin/writer" {
            do { children[try program.spawn(path, descriptors: [])] = path } catch is Errno { ends[path] = mishap }
        }
        while !children.isEmpty {
            do {
                let end = try program.wait()
                if let path = children.removeValue(forKey: end.process) { ends[path] = end.kind == 0 ? end.code : 128 + end.code }
            } catch let error as Errno {
                if error == .noChildProcess { return nil }
            }
        }
        return ends
    }
}
