/// Every operation that a message can name, in ranges by protocol. The first number of a range opens its protocol; numbers are
/// never reused for another meaning.
///
/// | range | protocol | spoken by → to |
/// |---|---|---|
/// | 0x0001 | every connection | both |
/// | 0x0100 | hart | resmgr → hart |
/// | 0x0200 | program start | resmgr → libOS |
/// | 0x0300 | monitor | resmgr ↔ monitor |
/// | 0x0400 | process | libOS → resmgr |
/// | 0x0500 | path | libOS → resmgr |
/// | 0x0600 | driver management | server ↔ resmgr |
/// | 0x0700 | file system | resmgr → file system |
/// | 0x0800 | file (by handle) | libOS → driver |
/// | 0x0900 | pipe | libOS → pipe |
/// | 0x0A00 | terminal (by handle) | libOS → tty |
package enum Operation: UInt16, CaseIterable, Sendable {
    // Every connection.
    /// Notice `Cancel`: answer that request now, with its result if it took effect, else `interrupted`.
    case cancel = 0x0001
    /// Notice, empty: the sender's process is over; nothing follows on this connection.
    case last = 0x0002
    /// Notice `Ready`: a subscribed condition came true.
    case ready = 0x0003

    // Hart (answered by the hart itself; valid on resmgr's connection alone).
    /// Request `OpenConnection` → `Nothing`.
    case openConnection = 0x0101
    /// Request `CloseConnection` → `Nothing`.
    case closeConnection = 0x0102
    /// Request `SetStamp` → `Nothing`: messages sent after the reply bear the new stamp.
    case setStamp = 0x0103
    /// Request `Nothing` → `Nothing`: abandon the program at once, send `last` on every connection but this one.
    case endProgram = 0x0104

    // Program start.
    /// Request `StartProgram` → `Nothing`: answered once the image is read, compiled and linked; failure text says why not.
    case startProgram = 0x0201
    /// Notice `Nothing`: a signal of disposition `interrupt` is pending and not blocked. One until the next `takeSignal`.
    case signal = 0x0202
    /// Notice `ParentChanged`.
    case parentChanged = 0x0203
    /// Notice `ConnectionLost`: the server at the other end is gone; what is unanswered there fails with `ioError`.
    case connectionLost = 0x0204
    /// Notice `Stopped`: no call returns until the process is continued.
    case stopped = 0x0205

    // Monitor.
    /// Request `CreateHart` → `Nothing`; `resourceTemporarilyUnavailable` when WebAssembly memories or workers run out.
    case createHart = 0x0301
    /// Request `EndHart` → `Nothing`, answered once the hart is gone.
    case endHart = 0x0302
    /// Notice `HartGone`: a hart ended without an order (trap in a server, worker error, watchdog).
    case hartGone = 0x0303
    /// Notice `RawBytes`: a line for the console and the page's log.
    case consoleMessage = 0x0304
    /// Notice `RawBytes`: resmgr cannot go on; the text says why.
    case panic = 0x0305
    /// Notice `Nothing`: init runs; the system is up.
    case booted = 0x0306
    /// Notice `Nothing`: init has ended well; nothing is to run any more.
    case halted = 0x0307

    // Process.
    /// Request `Spawn` → `SpawnResult`; failure text says why an image did not load.
    case spawn = 0x0401
    /// Notice `Exit`: the program is over.
    case exit = 0x0402
    /// Request `Wait` → `WaitResult`. Waits.
    case wait = 0x0403
    /// Request `Kill` → `Nothing`.
    case kill = 0x0404
    /// Request `SetProcessGroup` → `Nothing`.
    case setProcessGroup = 0x0405
    /// Request `OneProcess` → `ProcessRecord`.
    case processStatus = 0x0406
    /// Request `SetDisposition` → `Nothing`.
    case setDisposition = 0x0407
    /// Request `OneProcess` (list those with a greater pid) → `ProcessList`.
    case processes = 0x0408
    /// Request `Connect` → `Connected`.
    case connect = 0x0409
    /// Request `TakeSignal` → `TakenSignal`. Signals whose default action it lets through have been carried out when it is answered.
    case takeSignal = 0x040A
    /// Request `WaitSignal` → `SignalInfo`. Waits. C: sigtimedwait(2).
    case waitSignal = 0x040B
    /// Request `Nothing` → `SignalSet`. C: sigpending(2).
    case pendingSignals = 0x040C
    /// Request `Nothing` → `Nothing`. C: setsid(2).
    case createSession = 0x040D
    /// Request `AlarmTime` → `AlarmTime`, the one before. C: setitimer(2) of ITIMER_REAL.
    case setAlarm = 0x040E

    // Path.
    /// Request `PathRequest` → `PathResult`.
    case path = 0x0501
    /// Request `TwoPaths` → `Nothing`. C: renameat(2).
    case rename = 0x0502
    /// Request `TwoPaths` → `Nothing`. C: linkat(2).
    case link = 0x0503
    /// Request `PathStart` → `RawBytes`, the absolute path of a directory.
    case location = 0x0504
    /// Request `Mount` → `Nothing`. C: mount(2).
    case mount = 0x0505
    /// Request `Unmount` → `Nothing`. C: umount(2).
    case unmount = 0x0506
    /// Request `Nothing` → `MountList`.
    case mounts = 0x0507

    // Driver management.
    /// Request `Register` → `Nothing` (server → resmgr).
    case register = 0x0601
    /// Request `Share` → `ShareResult`: descriptions gain a holder.
    case share = 0x0602
    /// Notice `ProcessGone`: release what it holds (for a process that sent no `last`).
    case processGone = 0x0603
    /// Request `OpenDevice` → `FileOpened`.
    case openDevice = 0x0604
    /// Notice `SignalGroup` (tty → resmgr), followed by one `groupSignaled`.
    case signalGroup = 0x0605
    /// Notice `Drop`: take granted handles back.
    case drop = 0x0606
    /// Notice `ProcessGone` (server → resmgr): that process broke the protocol and is to be ended by `badSystemCall`.
    case fault = 0x0607
    /// Request `Foreground` → `ForegroundGroup`, the one before (resmgr → tty).
    case foreground = 0x0608
    /// Request `SetControllingTerminal` → `SessionTerminal` (resmgr → server of the handle).
    case setControllingTerminal = 0x0609
    /// Notice `GroupSignaled` (resmgr → tty): the oldest `signalGroup` to that group has reached whom it meant.
    case groupSignaled = 0x060A
    /// Request `Nothing` → `Counters` (resmgr → server). Answered by what every server shares, at once.
    case counters = 0x060B
    /// Request `Nothing` → `SystemStatus` (server → resmgr). Answered within `Limits.counters`, whatever the drivers do.
    case systemStatus = 0x060C
    /// Request `Nothing` → `BootSteps` (server → resmgr).
    case bootSteps = 0x060D
    /// Request `BackgroundAccess` → `BackgroundAnswer` (tty → resmgr).
    case backgroundAccess = 0x060E
    /// Notice `RawBytes` (server → resmgr), of at most `Limits.restartRecord` bytes: what the server is to be started with if it ends and
    /// is started again. Each takes the place of the one before.
    case restartRecord = 0x060F

    // File system.
    /// Request `Walk` → `WalkResult`.
    case walk = 0x0701
    /// Request `NodeRename` → `Nothing`.
    case renameNode = 0x0702
    /// Request `NodeLink` → `Nothing`.
    case linkNode = 0x0703
    /// Request `SetMountPoint` → `Nothing`.
    case setMountPoint = 0x0704
    /// Request `CreateFileSystem` → `FileSystemCreated`.
    case createFileSystem = 0x0705
    /// Request `OneFileSystem` → `Nothing`; `resourceBusy` while handles are open in it.
    case destroyFileSystem = 0x0706
    /// Request `Locate` → `RawBytes`, the path from the file system's root.
    case locate = 0x0707
    /// Request `DirectoryHandle` → `FileSystemCreated`: the file system that an open directory is in.
    case fileSystemOf = 0x0708

    // File. All by handle.
    /// Request `Read` → `RawBytes`. May wait. End of file is an empty reply.
    case read = 0x0801
    /// Request `Write` → `Count`. May wait.
    case write = 0x0802
    /// Request `Seek` → `Offset`.
    case seek = 0x0803
    /// Request `OneHandle` → `FileStatus`.
    case status = 0x0804
    /// Request `SetSize` → `Nothing`.
    case setSize = 0x0805
    /// Request `SetTimes` → `Nothing`.
    case setTimes = 0x0806
    /// Request `OneHandle` → `Nothing`.
    case sync = 0x0807
    /// Request `Allocate` → `Nothing`.
    case allocate = 0x0808
    /// Request `ReadDirectory` → `DirectoryEntries`.
    case readDirectory = 0x0809
    /// Request `OneHandle` → `Nothing`.
    case close = 0x080A
    /// Request `SetDescriptionFlags` → `Nothing`.
    case setDescriptionFlags = 0x080B
    /// Request `Poll` → `PollResult`: arms one `ready` notice if nothing asked for holds.
    case poll = 0x080C
    /// Request `SetLock` → `LockStatus`. Waits under `LockAction.wait`.
    case lock = 0x080D

    // Pipe.
    /// Request `CreatePipe` → `PipeEnds`.
    case createPipe = 0x0901

    // Terminal. All by handle.
    /// Request `OneHandle` → `TerminalAttributes`.
    case getTerminalAttributes = 0x0A01
    /// Request `SetTerminalAttributes` → `Nothing`. May wait (drain).
    case setTerminalAttributes = 0x0A02
    /// Request `OneHandle` → `WindowSize`.
    case getWindowSize = 0x0A03
    /// Request `SetWindowSize` → `Nothing`.
    case setWindowSize = 0x0A04
    /// Request `OneHandle` → `ForegroundGroup`.
    case getForegroundGroup = 0x0A05
    /// Request `SetForegroundGroup` → `Nothing`.
    case setForegroundGroup = 0x0A06
    /// Request `ControlTerminal` → `Nothing`. May wait (drain).
    case controlTerminal = 0x0A07
    /// Request `OneHandle` → `TerminalSession`.
    case getTerminalSession = 0x0A08
    /// Request `OneHandle` → `PseudoTerminal`: of a master.
    case getPseudoTerminal = 0x0A09

    /// Whether a request may be repeated to a restarted server without harm: reading it twice is reading it once.
    package var isIdempotent: Bool {
        switch self {
        case .status, .sync, .poll, .readDirectory, .getTerminalAttributes, .setTerminalAttributes, .getWindowSize, .setWindowSize,
            .getTerminalSession, .getPseudoTerminal,
            .getForegroundGroup, .setForegroundGroup, .setSize, .setTimes, .allocate, .setDescriptionFlags, .location, .mounts,
            .processes, .processStatus, .connect, .pendingSignals, .locate, .setStamp, .counters, .systemStatus, .bootSteps:
            return true
        default:
            return false
        }
    }
}
