// The Swift faces of the ABI: what the library of programs has to know, which imports nothing of the system.

import ABI
import LibOS

/// The text of `Sources/Martlet/Generated/ErrorNumbers.swift`.
func swiftErrors(_ errors: [DocumentedError]) -> String {
    var text = """
        // Written by `swift run abigen` from Sources/ABI. Not to be edited.

        /// Why a call failed.
        ///
        /// Source: WASI preview 1, type `errno`. Which call fails with what is told at the call.
        public enum Errno: UInt16, Error, CaseIterable, Sendable {

        """
    for error in errors {
        text += "    /// C: \(error.name)\n"
        text += "    case \(error.error) = \(error.error.rawValue)\n"
    }
    return text + "}\n"
}

/// The text of `Sources/ProgramPort/Generated/LinuxErrorTable.swift`.
func swiftLinuxErrors(_ errors: [DocumentedError]) -> String {
    var text = """
        // Written by `swift run abigen` from Sources/ABI. Not to be edited.

        #if !arch(wasm32)

            import Glibc

            extension Port {
                /// Linux's error numbers, indexed by those of WASI. `ENOTCAPABLE` is WASI's alone.
                static let linuxErrors: [Int32] = [
                    0,

        """
    for error in errors where error.error != .notCapable { text += "            \(error.name),\n" }
    return text + """
                ]
            }

        #endif

        """
}

/// The text of `Sources/ProgramPort/Generated/Numbers.swift`.
func swiftNumbers() -> String {
    var text = """
        // Written by `swift run abigen` from Sources/ABI. Not to be edited.

        extension Port {
            /// The numbers of the program ABI.
            package enum Number {

        """
    for group in numberGroups {
        if text.last == "}" || text.hasSuffix("}\n") { text += "\n" }
        text += "        /// \(group.comment)\n        package enum \(group.name) {\n"
        for (name, value) in group.numbers { text += "            package static let \(name): \(group.type) = \(grouped(value))\n" }
        text += "        }\n"
    }
    return text + "    }\n}\n"
}

/// The digits of a number, those of a large one in groups of three.
private func grouped(_ value: UInt64) -> String {
    let digits = Array("\(value)")
    guard digits.count > 6 else { return String(digits) }
    var text = ""
    for (index, digit) in digits.enumerated() {
        if index > 0, (digits.count - index) % 3 == 0 { text += "_" }
        text.append(digit)
    }
    return text
}

/// Some numbers of one kind.
private struct NumberGroup {
    var name: String
    var comment: String
    var type: String
    var numbers: [(String, UInt64)]

    init(_ name: String, _ comment: String, _ type: String, _ numbers: [(String, any BinaryInteger)]) {
        self.name = name
        self.comment = comment
        self.type = type
        self.numbers = []
        for (name, value) in numbers { self.numbers.append((name, NumberGroup.widened(value))) }
    }

    private static func widened(_ value: some BinaryInteger) -> UInt64 { UInt64(value) }
}

private let numberGroups: [NumberGroup] = [
    NumberGroup(
        "Failure", "`Errno`: those that the port itself finds.", "UInt16",
        [
            ("badFileDescriptor", Errno.badFileDescriptor.rawValue), ("ioError", Errno.ioError.rawValue),
            ("isDirectory", Errno.isDirectory.rawValue), ("notSupported", Errno.notSupported.rawValue),
            ("notCapable", Errno.notCapable.rawValue),
        ]),
    NumberGroup(
        "FileKind", "`FileKind`.", "UInt8", FileKind.allCases.map { ("\($0)", $0.rawValue) }),
    NumberGroup(
        "DescriptionFlag", "`DescriptionFlags`.", "UInt16",
        [
            ("append", DescriptionFlags.append.rawValue), ("nonBlocking", DescriptionFlags.nonBlocking.rawValue),
        ]),
    NumberGroup(
        "OpenFlag", "`OpenFlags`.", "UInt16",
        [
            ("create", OpenFlags.create.rawValue), ("directory", OpenFlags.directory.rawValue),
            ("exclusive", OpenFlags.exclusive.rawValue), ("truncate", OpenFlags.truncate.rawValue),
        ]),
    NumberGroup(
        "Rights", "WASI `rights`: what a descriptor is opened for. (`data` tells which of `read` and `write` were asked for.)", "UInt64",
        [
            ("read", openForReading.rawValue), ("write", openForWriting.rawValue), ("readData", Rights.read.rawValue),
            ("writeData", Rights.write.rawValue),
        ]),
    NumberGroup("LookUp", "WASI `lookupflags`.", "UInt32", [("followLast", WASI.followLast)]),
    NumberGroup(
        "SetTimes", "WASI `fstflags`.", "UInt16",
        [
            ("access", WASI.SetTimes.access), ("accessNow", WASI.SetTimes.accessNow), ("modification", WASI.SetTimes.modification),
            ("modificationNow", WASI.SetTimes.modificationNow),
        ]),
    NumberGroup("Clock", "WASI `clockid`.", "Int32", [("real", WASI.Clock.real), ("monotonic", WASI.Clock.monotonic)]),
    NumberGroup(
        "Event", "WASI `eventtype`, `eventrwflags`, and the sizes of `subscription` and `event` in bytes.", "Int",
        [
            ("clock", WASI.EventKind.clock), ("read", WASI.EventKind.read), ("write", WASI.EventKind.write), ("hangUp", WASI.hangUp),
            ("subscriptionSize", WASI.subscriptionSize), ("size", WASI.eventSize),
        ]),
    NumberGroup("DirectoryEntry", "WASI `dirent`: bytes before the name.", "Int", [("size", WASI.directoryEntrySize)]),
    NumberGroup(
        "Whence", "`Whence`.", "UInt8", Whence.allCases.map { ("\($0)", $0.rawValue) }),
    NumberGroup(
        "SpawnFlag", "`SpawnFlags`.", "UInt32",
        [
            ("setGroup", SpawnFlags.setGroup.rawValue), ("newSession", SpawnFlags.newSession.rawValue),
            ("foreground", SpawnFlags.foreground.rawValue), ("controllingTerminal", SpawnFlags.controllingTerminal.rawValue),
        ]),
    NumberGroup(
        "WaitFlag", "`WaitFlags`.", "UInt32",
        [
            ("noHang", WaitFlags.noHang.rawValue), ("stopped", WaitFlags.stopped.rawValue),
            ("continued", WaitFlags.continued.rawValue),
        ]),
    NumberGroup(
        "ChangeKind", "`ChangeKind`: what became of a child, in bits 8 and up of its status.", "UInt32",
        ChangeKind.allCases.map { ("\($0)", $0.rawValue) }),
    NumberGroup("ProcessState", "`ProcessState`.", "UInt8", ProcessState.allCases.map { ("\($0)", $0.rawValue) }),
    NumberGroup("Disposition", "`Disposition`.", "UInt8", Disposition.allCases.map { ("\($0)", $0.rawValue) }),
    NumberGroup("Signal", "`Signal`.", "UInt8", signalNumbers),
    NumberGroup("AttributeAction", "`AttributeAction`.", "UInt8", AttributeAction.allCases.map { ("\($0)", $0.rawValue) }),
    NumberGroup("TerminalCommand", "`TerminalCommand`.", "UInt8", TerminalCommand.allCases.map { ("\($0)", $0.rawValue) }),
    NumberGroup(
        "TerminalFlag", "Flags of `TerminalAttributes` that the library names.", "UInt32",
        [
            ("returnToNewline", TerminalInput.returnToNewline), ("outputControl", TerminalInput.outputControl),
            ("process", TerminalOutput.process), ("newlineToReturnNewline", TerminalOutput.newlineToReturnNewline),
            ("signals", TerminalLocal.signals), ("canonical", TerminalLocal.canonical), ("echo", TerminalLocal.echo),
        ]),
    NumberGroup(
        "Size", "Bytes of encoded values, and the most of names.", "Int",
        [
            ("status", size(of: FileStatus.sample)), ("terminalAttributes", size(of: TerminalAttributes.standard)),
            ("controlCharacters", ControlCharacters.count), ("path", Limits.path),
        ]),
]

/// `fd_read`, `fd_seek`, `fd_fdstat_set_flags`, `fd_sync`, `fd_tell`, `fd_readdir`, `fd_filestat_get`, `poll_fd_readwrite` and the
/// path rights.
private let openForReading: Rights = [
    .read, .seek, .setFlags, .sync, .tell, .createDirectory, .createFile, .linkSource, .linkTarget, .open, .readDirectory, .readLink,
    .renameSource, .renameTarget, .pathStatus, .status, .poll,
]

/// `fd_datasync`, `fd_seek`, `fd_fdstat_set_flags`, `fd_sync`, `fd_tell`, `fd_write`, `fd_allocate`, `fd_filestat_…`,
/// `poll_fd_readwrite`.
private let openForWriting: Rights = [
    .dataSync, .seek, .setFlags, .sync, .tell, .write, .allocate, .status, .setSize, .setTimes, .poll,
]

private var signalNumbers: [(String, any BinaryInteger)] {
    [
        ("hangUp", Signal.hangUp.rawValue), ("interrupt", Signal.interrupt.rawValue), ("quit", Signal.quit.rawValue),
        ("kill", Signal.kill.rawValue), ("brokenPipe", Signal.brokenPipe.rawValue), ("terminate", Signal.terminate.rawValue),
        ("child", Signal.child.rawValue),
        ("`continue`", Signal.continue.rawValue), ("stop", Signal.stop.rawValue), ("terminalStop", Signal.terminalStop.rawValue),
        ("terminalInput", Signal.terminalInput.rawValue), ("terminalOutput", Signal.terminalOutput.rawValue),
        ("windowChange", Signal.windowChange.rawValue),
    ]
}

/// Bytes that a value is encoded in.
private func size(of value: some Wire) -> Int {
    var writer = Writer()
    writer.value(value)
    return writer.bytes.count
}

extension FileStatus {
    /// Any status: all have the same size.
    fileprivate static var sample: FileStatus {
        FileStatus(
            device: 0, node: .none, kind: .regular, mode: 0, links: 0, user: .root, group: GroupID(rawValue: 0), size: 0, blocks: 0,
            major: .none, minor: 0, accessTime: .zero, modificationTime: .zero, changeTime: .zero)
    }
}

/// An error and its name in C, which is told in its documentation alone.
struct DocumentedError {
    var error: Errno
    var name: String

    /// All of them, out of the text of `Sources/ABI/Errno.swift`. `nil` if that does not tell exactly one name for each.
    static func all(_ source: [UInt8]) -> [DocumentedError]? {
        var found: [DocumentedError] = []
        var name: String?
        for line in String(decoding: source, as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 3, words[0] == "///", words[1] == "C:" {
                name = String(words[2])
            } else if words.count == 4, words[0] == "case", words[2] == "=", let number = UInt16(words[3]) {
                guard let known = name, let error = Errno(rawValue: number), "\(error)" == words[1] else { return nil }
                found.append(DocumentedError(error: error, name: known))
                name = nil
            }
        }
        return found.map(\.error) == Errno.allCases ? found : nil
    }
}
