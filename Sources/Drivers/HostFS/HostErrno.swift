package import ABI
import Glibc

// Errors of the host as the system tells them.

extension Errno {
    /// The error that a number of the host means (Linux, errno(3)); `ioError` for one that no file operation has.
    ///
    /// A full table of open files is the server's own, never that of the process that asks: `tooManyOpenFilesInSystem`.
    package init(host number: Int32) {
        switch number {
        case EACCES: self = .permissionDenied
        case EAGAIN: self = .resourceTemporarilyUnavailable
        case EBADF: self = .badFileDescriptor
        case EBUSY: self = .resourceBusy
        case EDQUOT: self = .diskQuotaExceeded
        case EEXIST: self = .fileExists
        case EFBIG: self = .fileTooLarge
        case EILSEQ: self = .illegalByteSequence
        case EINTR: self = .interrupted
        case EINVAL: self = .invalidArgument
        case EISDIR: self = .isDirectory
        case ELOOP: self = .tooManySymbolicLinkLevels
        case EMFILE, ENFILE: self = .tooManyOpenFilesInSystem
        case EMLINK: self = .tooManyLinks
        case ENAMETOOLONG: self = .fileNameTooLong
        case ENODEV: self = .operationNotSupportedByDevice
        case ENOENT: self = .noSuchFileOrDirectory
        case ENOMEM: self = .notEnoughMemory
        case ENOSPC: self = .noSpace
        case ENOSYS, EOPNOTSUPP: self = .notSupported
        case ENOTDIR: self = .notDirectory
        case ENOTEMPTY: self = .directoryNotEmpty
        case ENXIO: self = .noSuchAddressOrDevice
        case EOVERFLOW: self = .overflow
        case EPERM: self = .notPermitted
        case EROFS: self = .readOnlyFileSystem
        case ESPIPE: self = .illegalSeek
        case ESTALE: self = .staleFileHandle
        case ETIMEDOUT: self = .timedOut
        case ETXTBSY: self = .textFileBusy
        case EXDEV: self = .improperLink
        default: self = .ioError
        }
    }
}
