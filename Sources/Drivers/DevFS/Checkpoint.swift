package import ABI
import FileServer
import ServerKit

extension DevFS: Checkpointable {
    package func encode(into writer: inout Writer) {
        writer.u8(1)
        files.encode(into: &writer)
        random.encode(into: &writer)
        readiness.encode(into: &writer)
        writer.list(page.messages.map { ByteString($0) })
        writer.u32(UInt32(page.waiters.count))
        for waiter in page.waiters {
            writer.value(waiter.key)
            writer.u32(UInt32(waiter.count))
        }
    }

    package init(decoding reader: inout Reader) throws(Errno) {
        guard try reader.u8() == 1 else { throw .badMessage }
        var descriptions: [Description] = []
        files = try FileSystems(decoding: &reader, descriptions: &descriptions)
        random = try RandomGenerator(decoding: &reader)
        readiness = try Readiness(decoding: &reader)
        page.messages = try reader.list(ByteString.self, limit: PageQueue.messageLimit).map { $0.bytes }
        for message in page.messages { page.bytes += message.count }
        for _ in 0..<(try reader.u32()) {
            let key = try reader.value(RequestKey.self)
            let count = try reader.u32()
            guard count <= UInt32(Limits.transfer) else { throw .badMessage }
            page.waiters.append(PageQueue.Waiter(key: key, count: Int(count)))
        }
        for (_, _, description) in files.handles.all where !page.open.contains(where: { $0 === description }) {
            if case .device(.page, _) = description.node.content { page.open.append(description) }
        }
        guard page.messages.isEmpty || page.waiters.isEmpty, page.bytes <= PageQueue.byteLimit else { throw .badMessage }
    }
}
