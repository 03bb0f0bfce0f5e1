import ABI
import Processes
import ServerKit
import VFS

// What the start configuration adds to the standard system: servers of the machine's own, and mounts of what they have. The lines are
// told in README.md.

extension Boot {
    /// Adds a mount as a line says it: `TYPE NUMBER OPTIONS TARGET`. One on a directory for which the system would make a file system
    /// takes that one's place. Throws `invalidArgument` for a line that is not so, or a target that is not an absolute path of plain
    /// names; `fileNameTooLong`; `resourceBusy` if something else is mounted there.
    mutating func add(mount line: [UInt8]) throws(Errno) {
        let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 3, omittingEmptySubsequences: false).map { Array($0) }
        guard fields.count == 4, !fields[0].isEmpty, !fields[2].isEmpty, let number = Boot.number(fields[1]) else {
            throw .invalidArgument
        }
        let target = fields[3]
        guard target.count < Limits.path, fields[0].count <= Limits.name, fields[2].count <= Limits.name else {
            throw .fileNameTooLong
        }
        guard target.first == UInt8(ascii: "/"), !target.contains(0) else { throw .invalidArgument }
        let dot = UInt8(ascii: ".")
        for name in target.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard !name.isEmpty, Array(name) != [dot], Array(name) != [dot, dot] else { throw .invalidArgument }
            if name.count > Limits.name { throw .fileNameTooLong }
        }
        if let index = mounts.firstIndex(where: { $0.target == target }) {
            guard mounts[index].provided == nil else { throw .resourceBusy }
            mounts.remove(at: index)
        }
        mounts.append(
            BootMount(type: fields[0], target: target, options: fields[2], provided: number, makesTarget: true))
    }

    /// The number of a server's file system, from 1 on.
    private static func number(_ text: [UInt8]) -> FileSystemID? {
        guard !text.isEmpty, text.count <= 9 else { return nil }
        var number: UInt32 = 0
        for digit in text {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
            number = number * 10 + UInt32(digit - UInt8(ascii: "0"))
        }
        return number == 0 ? nil : FileSystemID(rawValue: number)
    }

    /// For the root file system, which cannot be written to: the directories that something is mounted on.
    var directoryLines: [UInt8] {
        var lines: [UInt8] = []
        for mount in mounts where mount.makesTarget { lines += [UInt8]("directory=") + mount.target + "\n" }
        return lines
    }

    /// Whether a mount has to wait for another that it is inside of.
    func isBlocked(_ index: Int) -> Bool {
        mounts[..<index].contains { $0.state != .settled && mounts[index].isInside($0) }
    }
}

extension ResourceManager {
    /// Adds a server by its module's name. Throws `invalidArgument` for a name that is not of lower-case letters, digits and `-`,
    /// `fileExists` if there is one of that name.
    mutating func add(server name: [UInt8]) throws(Errno) {
        let isName = name.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || byte == UInt8(ascii: "-")
        }
        guard isName, !name.isEmpty, name.count <= Limits.name else { throw .invalidArgument }
        if servers.contains(where: { $0.name == name }) { throw .fileExists }
        servers.append(ServerRecord(name: name))
    }
}
