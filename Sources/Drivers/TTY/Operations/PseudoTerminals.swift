import ABI
import FileServer
import ServerKit

// How pairs come and go, and the file system of their names: `/dev/pts`, where each pair is a device node as long as its master is open.

/// When the driver has to look at a terminal again.
struct TimedTerminal: Comparable, Sendable {
    var deadline: Nanoseconds
    var index: Int

    static func < (left: TimedTerminal, right: TimedTerminal) -> Bool {
        left.deadline == right.deadline ? left.index < right.index : left.deadline < right.deadline
    }
}

extension TerminalDriver {
    /// Handles from this index on are of the file system of names; those below are of terminals.
    static let firstNameHandle: UInt32 = 1 << 16
    /// The minor number of `ptmx` under `MajorNumber.controllingTerminal`.
    static let masterMinor: UInt32 = 2
    /// The group of all terminals (`/etc/group`: `tty`).
    static let group = GroupID(rawValue: 5)

    /// Makes the file system, empty.
    mutating func makeNames(_ now: Nanoseconds) {
        guard files.trees.isEmpty else { return }
        files.add { Tree($0, protection: .names, mode: 0o755, now: now) }
    }

    /// Serves a request to the file system of names.
    mutating func serveNames(_ request: Request, _ context: inout Context) throws(Errno) -> Answer {
        switch request.operation {
        case .createFileSystem, .destroyFileSystem:
            guard request.isFromResourceManager else { throw .notPermitted }
            // There is one set of terminals: a second mount of it could not be told from the first.
            throw .resourceBusy
        default:
            switch try files.request(request, &context) {
            case .answer(let answer): return answer
            case .external, .generated, .device: throw .notSupported
            }
        }
    }

    /// The number by which a pair is named in `/dev/pts`.
    static func number(ofPair index: Int) -> UInt32 { UInt32(index - Limits.consoles) }

    private static func path(_ index: Int) -> [UInt8] { [UInt8(ascii: "/")] + digits(UInt64(number(ofPair: index))) }

    /// Makes a pair that belongs to `user`, locked; answers its index. Throws `resourceTemporarilyUnavailable` when there are
    /// `Limits.pseudoTerminals` (POSIX, posix_openpt: EAGAIN).
    mutating func makePair(_ user: UserID, _ now: Nanoseconds) throws(Errno) -> Int {
        guard let tree = files.trees.first?.value else { throw .ioError }
        guard !unused.isEmpty || terminals.count < Limits.consoles + Limits.pseudoTerminals else {
            throw .resourceTemporarilyUnavailable
        }
        let index = unused.last ?? terminals.count
        var terminal = Terminal(minor: UInt32(index + 1))
        terminal.master = Master()
        terminal.size = WindowSize(rows: 0, columns: 0, width: 0, height: 0)
        (terminal.accessTime, terminal.modificationTime) = (now, now)
        try tree.build(
            TerminalDriver.path(index), .device(.terminal, terminal.minor), mode: 0o620, user: user, group: TerminalDriver.group, now: now)
        if unused.popLast() == nil { terminals.append(terminal) } else { terminals[index] = terminal }
        return index
    }

    /// The name of a pair goes, with its master.
    mutating func removeName(_ index: Int, _ now: Nanoseconds) {
        files.trees.first?.value.remove(TerminalDriver.path(index), now: now)
    }

    /// A pair that nobody names any more leaves its number to another.
    mutating func reuse(_ index: Int) {
        guard terminals[index].isUnused else { return }
        terminals[index].master = nil
        unused.append(index)
    }

    /// The node of a pair in `/dev/pts`; `nil` if its master is closed.
    func name(_ index: Int) -> Node? { files.trees.first?.value.find(TerminalDriver.path(index)) }

    /// `inappropriateIOControl` unless it is a master. C: ptsname(3).
    func getPseudoTerminal(_ request: Request) throws(Errno) -> Answer {
        let body = try request.decode(OneHandle.self)
        let description = try description(body.handle, request)
        guard description.isMaster else { throw .inappropriateIOControl }
        return .body(PseudoTerminal(number: TerminalDriver.number(ofPair: description.terminal)))
    }
}
