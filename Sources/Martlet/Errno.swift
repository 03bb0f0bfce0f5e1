// The one error of the library: the numbers of WASI preview 1, the names of swift-system, the texts of strerror(3).

/// Why a call failed.
///
/// Source: WASI preview 1, type `errno`. Which call fails with what is told at the call.
public enum Errno: UInt16, Error, Sendable {
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

    /// The error of a call's result; a number that this version does not know counts as `ioError`.
    init(code: UInt16) { self = Errno(rawValue: code) ?? .ioError }

    /// What people are told, without the name of what failed: `No such file or directory`.
    public var message: [UInt8] {
        let text: StaticString =
            switch self {
            case .argumentListTooLong: "Argument list too long"
            case .permissionDenied: "Permission denied"
            case .addressInUse: "Address already in use"
            case .addressNotAvailable: "Cannot assign requested address"
            case .addressFamilyNotSupported: "Address family not supported by protocol"
            case .resourceTemporarilyUnavailable: "Resource temporarily unavailable"
            case .alreadyInProgress: "Operation already in progress"
            case .badFileDescriptor: "Bad file descriptor"
            case .badMessage: "Bad message"
            case .resourceBusy: "Device or resource busy"
            case .canceled: "Operation canceled"
            case .noChildProcess: "No child processes"
            case .connectionAbort: "Software caused connection abort"
            case .connectionRefused: "Connection refused"
            case .connectionReset: "Connection reset by peer"
            case .deadlock: "Resource deadlock avoided"
            case .destinationAddressRequired: "Destination address required"
            case .numericalArgumentOutOfDomain: "Numerical argument out of domain"
            case .diskQuotaExceeded: "Disk quota exceeded"
            case .fileExists: "File exists"
            case .badAddress: "Bad address"
            case .fileTooLarge: "File too large"
            case .noRouteToHost: "No route to host"
            case .identifierRemoved: "Identifier removed"
            case .illegalByteSequence: "Invalid or incomplete multibyte or wide character"
            case .operationInProgress: "Operation now in progress"
            case .interrupted: "Interrupted system call"
            case .invalidArgument: "Invalid argument"
            case .ioError: "Input/output error"
            case .socketIsConnected: "Transport endpoint is already connected"
            case .isDirectory: "Is a directory"
            case .tooManySymbolicLinkLevels: "Too many levels of symbolic links"
            case .tooManyOpenFiles: "Too many open files"
            case .tooManyLinks: "Too many links"
            case .messageTooLong: "Message too long"
            case .multiHop: "Multihop attempted"
            case .fileNameTooLong: "File name too long"
            case .networkDown: "Network is down"
            case .networkReset: "Network dropped connection on reset"
            case .networkUnreachable: "Network is unreachable"
            case .tooManyOpenFilesInSystem: "Too many open files in system"
            case .noBufferSpace: "No buffer space available"
            case .operationNotSupportedByDevice: "No such device"
            case .noSuchFileOrDirectory: "No such file or directory"
            case .execFormatError: "Exec format error"
            case .noLocks: "No locks available"
            case .linkSevered: "Link has been severed"
            case .notEnoughMemory: "Cannot allocate memory"
            case .noMessage: "No message of desired type"
            case .protocolNotAvailable: "Protocol not available"
            case .noSpace: "No space left on device"
            case .functionNotImplemented: "Function not implemented"
            case .socketNotConnected: "Transport endpoint is not connected"
            case .notDirectory: "Not a directory"
            case .directoryNotEmpty: "Directory not empty"
            case .notRecoverable: "State not recoverable"
            case .notSocket: "Socket operation on non-socket"
            case .notSupported: "Not supported"
            case .inappropriateIOControl: "Inappropriate ioctl for device"
            case .noSuchAddressOrDevice: "No such device or address"
            case .overflow: "Value too large for defined data type"
            case .previousOwnerDied: "Owner died"
            case .notPermitted: "Operation not permitted"
            case .brokenPipe: "Broken pipe"
            case .protocolError: "Protocol error"
            case .protocolNotSupported: "Protocol not supported"
            case .protocolWrongTypeForSocket: "Protocol wrong type for socket"
            case .resultTooLarge: "Numerical result out of range"
            case .readOnlyFileSystem: "Read-only file system"
            case .illegalSeek: "Illegal seek"
            case .noSuchProcess: "No such process"
            case .staleFileHandle: "Stale file handle"
            case .timedOut: "Connection timed out"
            case .textFileBusy: "Text file busy"
            case .improperLink: "Invalid cross-device link"
            case .notCapable: "Capabilities insufficient"
            }
        return Array(text)
    }
}

/// Throws the error of a call's result.
func check(_ code: UInt16) throws(Errno) {
    if code != 0 { throw Errno(code: code) }
}
