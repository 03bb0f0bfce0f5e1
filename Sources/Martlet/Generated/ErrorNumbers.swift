// Written by `swift run abigen` from Sources/ABI. Not to be edited.

/// Why a call failed.
///
/// Source: WASI preview 1, type `errno`. Which call fails with what is told at the call.
public enum Errno: UInt16, Error, CaseIterable, Sendable {
    /// C: E2BIG
    case argumentListTooLong = 1
    /// C: EACCES
    case permissionDenied = 2
    /// C: EADDRINUSE
    case addressInUse = 3
    /// C: EADDRNOTAVAIL
    case addressNotAvailable = 4
    /// C: EAFNOSUPPORT
    case addressFamilyNotSupported = 5
    /// C: EAGAIN
    case resourceTemporarilyUnavailable = 6
    /// C: EALREADY
    case alreadyInProgress = 7
    /// C: EBADF
    case badFileDescriptor = 8
    /// C: EBADMSG
    case badMessage = 9
    /// C: EBUSY
    case resourceBusy = 10
    /// C: ECANCELED
    case canceled = 11
    /// C: ECHILD
    case noChildProcess = 12
    /// C: ECONNABORTED
    case connectionAbort = 13
    /// C: ECONNREFUSED
    case connectionRefused = 14
    /// C: ECONNRESET
    case connectionReset = 15
    /// C: EDEADLK
    case deadlock = 16
    /// C: EDESTADDRREQ
    case destinationAddressRequired = 17
    /// C: EDOM
    case numericalArgumentOutOfDomain = 18
    /// C: EDQUOT
    case diskQuotaExceeded = 19
    /// C: EEXIST
    case fileExists = 20
    /// C: EFAULT
    case badAddress = 21
    /// C: EFBIG
    case fileTooLarge = 22
    /// C: EHOSTUNREACH
    case noRouteToHost = 23
    /// C: EIDRM
    case identifierRemoved = 24
    /// C: EILSEQ
    case illegalByteSequence = 25
    /// C: EINPROGRESS
    case operationInProgress = 26
    /// C: EINTR
    case interrupted = 27
    /// C: EINVAL
    case invalidArgument = 28
    /// C: EIO
    case ioError = 29
    /// C: EISCONN
    case socketIsConnected = 30
    /// C: EISDIR
    case isDirectory = 31
    /// C: ELOOP
    case tooManySymbolicLinkLevels = 32
    /// C: EMFILE
    case tooManyOpenFiles = 33
    /// C: EMLINK
    case tooManyLinks = 34
    /// C: EMSGSIZE
    case messageTooLong = 35
    /// C: EMULTIHOP
    case multiHop = 36
    /// C: ENAMETOOLONG
    case fileNameTooLong = 37
    /// C: ENETDOWN
    case networkDown = 38
    /// C: ENETRESET
    case networkReset = 39
    /// C: ENETUNREACH
    case networkUnreachable = 40
    /// C: ENFILE
    case tooManyOpenFilesInSystem = 41
    /// C: ENOBUFS
    case noBufferSpace = 42
    /// C: ENODEV
    case operationNotSupportedByDevice = 43
    /// C: ENOENT
    case noSuchFileOrDirectory = 44
    /// C: ENOEXEC
    case execFormatError = 45
    /// C: ENOLCK
    case noLocks = 46
    /// C: ENOLINK
    case linkSevered = 47
    /// C: ENOMEM
    case notEnoughMemory = 48
    /// C: ENOMSG
    case noMessage = 49
    /// C: ENOPROTOOPT
    case protocolNotAvailable = 50
    /// C: ENOSPC
    case noSpace = 51
    /// C: ENOSYS
    case functionNotImplemented = 52
    /// C: ENOTCONN
    case socketNotConnected = 53
    /// C: ENOTDIR
    case notDirectory = 54
    /// C: ENOTEMPTY
    case directoryNotEmpty = 55
    /// C: ENOTRECOVERABLE
    case notRecoverable = 56
    /// C: ENOTSOCK
    case notSocket = 57
    /// C: ENOTSUP
    case notSupported = 58
    /// C: ENOTTY
    case inappropriateIOControl = 59
    /// C: ENXIO
    case noSuchAddressOrDevice = 60
    /// C: EOVERFLOW
    case overflow = 61
    /// C: EOWNERDEAD
    case previousOwnerDied = 62
    /// C: EPERM
    case notPermitted = 63
    /// C: EPIPE
    case brokenPipe = 64
    /// C: EPROTO
    case protocolError = 65
    /// C: EPROTONOSUPPORT
    case protocolNotSupported = 66
    /// C: EPROTOTYPE
    case protocolWrongTypeForSocket = 67
    /// C: ERANGE
    case resultTooLarge = 68
    /// C: EROFS
    case readOnlyFileSystem = 69
    /// C: ESPIPE
    case illegalSeek = 70
    /// C: ESRCH
    case noSuchProcess = 71
    /// C: ESTALE
    case staleFileHandle = 72
    /// C: ETIMEDOUT
    case timedOut = 73
    /// C: ETXTBSY
    case textFileBusy = 74
    /// C: EXDEV
    case improperLink = 75
    /// C: ENOTCAPABLE
    case notCapable = 76
}
