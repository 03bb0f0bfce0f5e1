// Numbers of WASI preview 1 that the libOS and the library of programs share. (`Errno`, `FileKind`, `Whence`, `OpenFlags` and
// `DescriptionFlags` have them too.)

/// WASI preview 1.
package enum WASI {
    /// `lookupflags`: a symbolic link at the end is followed.
    package static let followLast: UInt32 = 1

    /// `fstflags`: which times are set, and which of them to now.
    package enum SetTimes {
        /// The access time is the one given.
        package static let access: UInt16 = 1 << 0
        /// The access time is now.
        package static let accessNow: UInt16 = 1 << 1
        /// The modification time is the one given.
        package static let modification: UInt16 = 1 << 2
        /// The modification time is now.
        package static let modificationNow: UInt16 = 1 << 3
    }

    /// `clockid`.
    package enum Clock {
        /// Time since 1970-01-01 UTC.
        package static let real: UInt32 = 0
        /// Time that never goes back.
        package static let monotonic: UInt32 = 1
        /// Processor time of the process.
        package static let process: UInt32 = 2
        /// Processor time of the thread.
        package static let thread: UInt32 = 3
    }

    /// `eventtype`.
    package enum EventKind {
        /// A clock is due.
        package static let clock: UInt8 = 0
        /// A read would not wait.
        package static let read: UInt8 = 1
        /// A write would not wait.
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
