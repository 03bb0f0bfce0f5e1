// Written by `swift run abigen` from Sources/ABI. Not to be edited.

extension Port {
    /// The numbers of the program ABI.
    package enum Number {
        /// `Errno`: those that the port itself finds.
        package enum Failure {
            package static let badFileDescriptor: UInt16 = 8
            package static let ioError: UInt16 = 29
            package static let isDirectory: UInt16 = 31
            package static let notSupported: UInt16 = 58
            package static let notCapable: UInt16 = 76
        }

        /// `FileKind`.
        package enum FileKind {
            package static let unknown: UInt8 = 0
            package static let blockDevice: UInt8 = 1
            package static let characterDevice: UInt8 = 2
            package static let directory: UInt8 = 3
            package static let regular: UInt8 = 4
            package static let datagramSocket: UInt8 = 5
            package static let streamSocket: UInt8 = 6
            package static let symbolicLink: UInt8 = 7
            package static let pipe: UInt8 = 16
        }

        /// `DescriptionFlags`.
        package enum DescriptionFlag {
            package static let append: UInt16 = 1
            package static let nonBlocking: UInt16 = 4
        }

        /// `OpenFlags`.
        package enum OpenFlag {
            package static let create: UInt16 = 1
            package static let directory: UInt16 = 2
            package static let exclusive: UInt16 = 4
            package static let truncate: UInt16 = 8
        }

        /// WASI `rights`: what a descriptor is opened for. (`data` tells which of `read` and `write` were asked for.)
        package enum Rights {
            package static let read: UInt64 = 136_838_718
            package static let write: UInt64 = 148_898_173
            package static let readData: UInt64 = 2
            package static let writeData: UInt64 = 64
        }

        /// WASI `lookupflags`.
        package enum LookUp {
            package static let followLast: UInt32 = 1
        }

        /// WASI `fstflags`.
        package enum SetTimes {
            package static let access: UInt16 = 1
            package static let accessNow: UInt16 = 2
            package static let modification: UInt16 = 4
            package static let modificationNow: UInt16 = 8
        }

        /// WASI `clockid`.
        package enum Clock {
            package static let real: Int32 = 0
            package static let monotonic: Int32 = 1
        }

        /// WASI `eventtype`, `eventrwflags`, and the sizes of `subscription` and `event` in bytes.
        package enum Event {
            package static let clock: Int = 0
            package static let read: Int = 1
            package static let write: Int = 2
            package static let hangUp: Int = 1
            package static let subscriptionSize: Int = 48
            package static let size: Int = 32
        }

        /// WASI `dirent`: bytes before the name.
        package enum DirectoryEntry {
            package static let size: Int = 24
        }

        /// `Whence`.
        package enum Whence {
            package static let start: UInt8 = 0
            package static let current: UInt8 = 1
            package static let end: UInt8 = 2
        }

        /// `SpawnFlags`.
        package enum SpawnFlag {
            package static let setGroup: UInt32 = 1
            package static let newSession: UInt32 = 2
            package static let foreground: UInt32 = 4
            package static let controllingTerminal: UInt32 = 8
        }

        /// `WaitFlags`.
        package enum WaitFlag {
            package static let noHang: UInt32 = 1
            package static let stopped: UInt32 = 2
            package static let continued: UInt32 = 8
        }

        /// `ChangeKind`: what became of a child, in bits 8 and up of its status.
        package enum ChangeKind {
            package static let exited: UInt32 = 0
            package static let signaled: UInt32 = 1
            package static let stopped: UInt32 = 2
            package static let continued: UInt32 = 3
        }

        /// `ProcessState`.
        package enum ProcessState {
            package static let starting: UInt8 = 1
            package static let running: UInt8 = 2
            package static let ended: UInt8 = 3
            package static let stopped: UInt8 = 4
        }

        /// `Disposition`.
        package enum Disposition {
            package static let standard: UInt8 = 0
            package static let ignore: UInt8 = 1
            package static let interrupt: UInt8 = 2
        }

        /// `Signal`.
        package enum Signal {
            package static let hangUp: UInt8 = 1
            package static let interrupt: UInt8 = 2
            package static let quit: UInt8 = 3
            package static let kill: UInt8 = 9
            package static let brokenPipe: UInt8 = 13
            package static let terminate: UInt8 = 15
            package static let child: UInt8 = 17
            package static let `continue`: UInt8 = 18
            package static let stop: UInt8 = 19
            package static let terminalStop: UInt8 = 20
            package static let terminalInput: UInt8 = 21
            package static let terminalOutput: UInt8 = 22
            package static let windowChange: UInt8 = 28
        }

        /// `AttributeAction`.
        package enum AttributeAction {
            package static let now: UInt8 = 0
            package static let drain: UInt8 = 1
            package static let flush: UInt8 = 2
        }

        /// `TerminalCommand`.
        package enum TerminalCommand {
            package static let drain: UInt8 = 0
            package static let flushInput: UInt8 = 1
            package static let flushOutput: UInt8 = 2
            package static let flushBoth: UInt8 = 3
            package static let holdOutput: UInt8 = 4
            package static let releaseOutput: UInt8 = 5
            package static let stopInput: UInt8 = 6
            package static let startInput: UInt8 = 7
            package static let sendBreak: UInt8 = 8
            package static let unlock: UInt8 = 9
        }

        /// Flags of `TerminalAttributes` that the library names.
        package enum TerminalFlag {
            package static let returnToNewline: UInt32 = 256
            package static let outputControl: UInt32 = 1024
            package static let process: UInt32 = 1
            package static let newlineToReturnNewline: UInt32 = 4
            package static let signals: UInt32 = 1
            package static let canonical: UInt32 = 2
            package static let echo: UInt32 = 8
        }

        /// Bytes of encoded values, and the most of names.
        package enum Size {
            package static let status: Int = 79
            package static let terminalAttributes: Int = 41
            package static let controlCharacters: Int = 17
            package static let path: Int = 4096
        }
    }
}
