import Glibc
import HostFS
import HostSupport

// Which directories of the host the machine gets, and what its configuration says of them.

/// The directories of the host in the machine.
struct HostMounts {
    /// In the order of their numbers, from 1 on.
    private(set) var directories: [HostDirectory] = []
    private var targets: [String] = []

    /// Adds a directory. Throws if there is none at `host`, or if the place in the machine is taken.
    mutating func add(_ host: String, on guest: String, isReadOnly: Bool, readersMayExecute: Bool = false) throws(HostFailure) {
        var status = stat()
        guard stat(host, &status) == 0 else { throw HostFailure(text: "\(host): \(hostError)") }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw HostFailure(text: "\(host) is no directory") }
        guard !isTaken(guest) else { throw HostFailure(text: "two directories are to be mounted on \(guest)") }
        directories.append(HostDirectory(path: host, isReadOnly: isReadOnly, readersMayExecute: readersMayExecute))
        targets.append(guest)
    }

    /// Whether something is mounted there already.
    func isTaken(_ guest: String) -> Bool { targets.contains(guest) }

    /// Lines for the resource manager's configuration.
    var configuration: String {
        if directories.isEmpty { return "" }
        var lines = "server=hostfs\n"
        for (index, target) in targets.enumerated() {
            lines += "mount=hostfs \(index + 1) \(directories[index].isReadOnly ? "ro" : "rw") \(target)\n"
        }
        return lines
    }
}
