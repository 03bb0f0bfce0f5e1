// Numbers of WASI preview 1 that the libOS and the library of programs share. (`Errno`, `FileKind`, `Whence`, `OpenFlags` and
// `DescriptionFlags` have them too.)

/// WASI preview 1.
package enum WASI {
    /// `lookupflags`: a symbolic link at the end is followed.
    package static let followLast: UInt32 = 1

    /// `fstflags`: which times are set, and which of them to now.
    package enum SetTimes {
        package static let access: UInt16 = 1 << 0
        package static let accessNow: UInt16 = 1 << 1
        package static let modification: UInt16 = 1 << 2
        package static let modificationNow: UInt16 = 1 << 3
    }

    /// `clockid`.
    package enum Clock {
        package static let real: UInt32 = 0
        package static let monotonic: UInt32 = 1
        /// Processor time of the process.
        package static let process: UInt32 = 2
        /// Processor time of the thread.
        package static let thread: UInt32 = 3
    }

    /// `eventtype`.
    package enum EventKind {
        package static let clock: UInt8 = 0
        package static let read: UInt8 = 1
        package static let write: UInt8 = 2
    }

    /// `eventrwflags`: the other end is gone.
    package static let hangUp: UInt16 = 1

    /// Bytes of `subscription`.
    package static let subscriptionSize: UInt32 = 48
    /// Bytes of `event`.
    package static let eventSize: UInt32 = 32
    /// Bytes of `dirent`, before the name.
    package static let directoryEntrySize: UInt32 = 24
}
