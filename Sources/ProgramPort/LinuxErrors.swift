// Linux's error numbers as those of WASI preview 1.

#if !arch(wasm32)

    import Glibc

    extension Port {
        /// The WASI number of the thread's last error.
        static var lastError: Code { translate(errno) }

        /// 0 if `result` is not negative, else the last error.
        static func check<T: SignedInteger>(_ result: T) -> Code { result < 0 ? lastError : 0 }

        /// The WASI number of Linux's `number`; one that WASI does not have is `EIO`.
        static func translate(_ number: Int32) -> Code {
            for index in table.indices where table[index] == number { return Code(index) }
            return number == ENOTSUP ? 58 : 29
        }

        /// Indexed by WASI number.
        private static let table: [Int32] = [
            0, E2BIG, EACCES, EADDRINUSE, EADDRNOTAVAIL, EAFNOSUPPORT, EAGAIN, EALREADY, EBADF, EBADMSG, EBUSY, ECANCELED, ECHILD,
            ECONNABORTED, ECONNREFUSED, ECONNRESET, EDEADLK, EDESTADDRREQ, EDOM, EDQUOT, EEXIST, EFAULT, EFBIG, EHOSTUNREACH, EIDRM,
            EILSEQ, EINPROGRESS, EINTR, EINVAL, EIO, EISCONN, EISDIR, ELOOP, EMFILE, EMLINK, EMSGSIZE, EMULTIHOP, ENAMETOOLONG,
            ENETDOWN, ENETRESET, ENETUNREACH, ENFILE, ENOBUFS, ENODEV, ENOENT, ENOEXEC, ENOLCK, ENOLINK, ENOMEM, ENOMSG,
            ENOPROTOOPT, ENOSPC, ENOSYS, ENOTCONN, ENOTDIR, ENOTEMPTY, ENOTRECOVERABLE, ENOTSOCK, ENOTSUP, ENOTTY, ENXIO, EOVERFLOW,
            EOWNERDEAD, EPERM, EPIPE, EPROTO, EPROTONOSUPPORT, EPROTOTYPE, ERANGE, EROFS, ESPIPE, ESRCH, ESTALE, ETIMEDOUT, ETXTBSY,
            EXDEV,
        ]
    }

#endif
