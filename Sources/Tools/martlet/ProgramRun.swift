import Glibc
import HostSupport

// `martlet run FILE ARGUMENT…`: where the program is in the machine, and what of the host it sees.

/// A program of the host that is to be run.
struct ProgramRun {
    /// Where the current directory is in the machine.
    static let directory = "/mnt/host"
    /// Where the program's own directory is.
    static let programDirectory = "/mnt/program"
    /// Directories of the machine below which another can be mounted without hiding anything of the system.
    private static let open = ["/home/", "/mnt/", "/tmp/"]

    /// Its path in the machine.
    let path: String
    /// What it is called, and its arguments.
    let arguments: [String]

    /// Mounts what the program is to see. Throws if there is no such file, and what `HostMounts.add` does.
    init(_ words: [String], _ mounts: inout HostMounts) throws(HostFailure) {
        let file = words[0]
        guard let resolved = realpath(file, nil) else { throw HostFailure(text: "\(file): \(hostError)") }
        defer { free(resolved) }
        let real = String(cString: resolved)
        var status = stat()
        guard stat(real, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw HostFailure(text: "\(file) is no file") }
        guard let current = currentDirectory() else { throw HostFailure(text: "the current directory: \(hostError)") }
        let (directory, name) = ProgramRun.split(real)
        path = ProgramRun.programDirectory + "/" + name
        arguments = [ProgramRun.split(file).name] + words.dropFirst()
        try mounts.add(current, on: ProgramRun.directory, isReadOnly: false)
        try mounts.add(directory, on: ProgramRun.programDirectory, isReadOnly: true, readersMayExecute: true)
        if ProgramRun.open.contains(where: { current.hasPrefix($0) }), !mounts.isTaken(current), !current.contains("\n") {
            try mounts.add(current, on: current, isReadOnly: false)
        }
    }

    /// The directory of a path, and the name in it.
    private static func split(_ path: String) -> (directory: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let directory = path[..<slash]
        return (directory.isEmpty ? "/" : String(directory), String(path[path.index(after: slash)...]))
    }
}
