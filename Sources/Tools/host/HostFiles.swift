package import Glibc

// Whole files and streams of the host.

/// The last error of a host call, for people.
package var hostError: String { String(cString: strerror(errno)) }

/// A file's bytes; nil if it cannot be read.
package func contents(ofFile path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Int(status.st_size))
    while true {
        guard let piece = readAvailable(descriptor, 1 << 20) else { return nil }
        if piece.isEmpty { return bytes }
        bytes += piece
    }
}

/// One read of at most `count` bytes; empty at the end, nil at an error.
package func readAvailable(_ descriptor: Int32, _ count: Int) -> [UInt8]? {
    while true {
        var result = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
            result = read(descriptor, buffer.baseAddress, count)
            length = max(0, result)
        }
        if result >= 0 { return bytes }
        if errno != EINTR { return nil }
    }
}

/// Writes everything; false if nobody takes it any more.
@discardableResult
package func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) -> Bool {
    var start = 0
    while start < bytes.count {
        let count = bytes[start...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if count >= 0 {
            start += count
        } else if errno == EAGAIN {
            var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            _ = poll(&wait, 1, -1)
        } else if errno != EINTR {
            return false
        }
    }
    return true
}

/// A host clock in nanoseconds.
package func hostTime(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// Why something of the host cannot be used.
package struct HostFailure: Error {
    package var text: String

    package init(text: String) { self.text = text }
}
