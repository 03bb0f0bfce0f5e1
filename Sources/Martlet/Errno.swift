// The one error of the library: the names of swift-system, the texts of strerror(3). Its cases are in `Generated`.

extension Errno {
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
