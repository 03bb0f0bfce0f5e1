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
            for index in linuxErrors.indices where linuxErrors[index] == number { return Code(index) }
            return number == ENOTSUP ? Number.Failure.notSupported : Number.Failure.ioError
        }
    }

#endif
