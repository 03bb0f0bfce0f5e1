import ABI
import FileServer
import ServerKit

// The page's device: a stream of whole messages. A read takes one, a write sends one.

/// Messages from the page that nobody has read, and reads that wait for one. Never both.
struct PageQueue {
    /// A read that waits.
    struct Waiter {
        var key: RequestKey
        /// Most bytes that it takes.
        var count: Int
    }

    static let messageLimit = 64
    static let byteLimit = 8 << 20

    var messages: [[UInt8]] = []
    var bytes = 0
    var waiters: [Waiter] = []
    /// The descriptions by which it is open.
    var open: [Description] = []

    /// Whether it was waiting.
    @discardableResult
    mutating func forget(_ key: RequestKey) -> Bool {
        let before = waiters.count
        waiters.removeAll { $0.key == key }
        return waiters.count < before
    }
}

extension DevFS {
    /// Handles were released: if the page's device is not open any more, the page is told, and what it sent to those who had it open
    /// is not for those who come next.
    mutating func noticeClosedPage(_ context: inout Context) {
        guard !page.open.isEmpty else { return }
        page.open.removeAll { $0.holders == 0 }
        guard page.open.isEmpty else { return }
        page.messages = []
        page.bytes = 0
        context.device(DeviceMessage(.pageClosed))
    }

    /// One message. Throws `messageTooLong` if it has more than `count` bytes (it stays), `resourceTemporarilyUnavailable`.
    mutating func readPage(_ count: Int, _ description: Description, _ key: RequestKey) throws(Errno) -> Answer {
        guard let message = page.messages.first else {
            if description.flags.contains(.nonBlocking) { throw .resourceTemporarilyUnavailable }
            page.waiters.append(PageQueue.Waiter(key: key, count: count))
            return .pending
        }
        guard message.count <= count else { throw .messageTooLong }
        page.messages.removeFirst()
        page.bytes -= message.count
        return .reply(message)
    }

    /// A message from the page: to who waits longest and has room for it, or into the queue. A full queue refuses it, with a line
    /// in the log: those that are there were asked for earlier, and dropping one of them would leave a hole in the stream.
    mutating func receive(_ message: [UInt8], _ context: inout Context) {
        guard message.count <= Limits.transfer else {
            context.log(Array("devfs: a message from the page is too large and was refused".utf8))
            return
        }
        while !page.waiters.isEmpty {
            let waiter = page.waiters.removeFirst()
            guard message.count <= waiter.count else {
                context.fail(waiter.key, .messageTooLong)
                continue
            }
            context.reply(waiter.key, RawBytes(message))
            return
        }
        guard page.messages.count < PageQueue.messageLimit, page.bytes + message.count <= PageQueue.byteLimit else {
            context.log(Array("devfs: a message from the page was refused, since nobody reads the page's device".utf8))
            return
        }
        page.messages.append(message)
        page.bytes += message.count
        for handle in readiness.handles { readiness.changed(handle, state: [.readable, .writable], &context) }
    }
}
