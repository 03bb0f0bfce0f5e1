package import ABI
import FileServer
import ServerKit

// Opens that wait are written down with their handles: what resmgr answers finds them again.

extension ProcFS: Checkpointable {
    package func encode(into writer: inout Writer) {
        writer.u8(1)
        files.encode(into: &writer)
        for inquiry in inquiries {
            writer.bool(inquiry.isUnderWay)
            writer.list(inquiry.asked)
            writer.list(inquiry.next)
        }
    }

    package init(decoding reader: inout Reader) throws(Errno) {
        guard try reader.u8() == 1 else { throw .badMessage }
        var descriptions: [Description] = []
        files = try FileSystems(decoding: &reader, descriptions: &descriptions)
        for index in inquiries.indices {
            let inquiry = Inquiry(
                isUnderWay: try reader.bool(), asked: try reader.list(WaitingOpen.self), next: try reader.list(WaitingOpen.self))
            // Whoever waits, waits for an answer that is under way.
            guard inquiry.isUnderWay || inquiry.asked.isEmpty && inquiry.next.isEmpty else { throw .badMessage }
            inquiries[index] = inquiry
        }
    }
}

extension WaitingOpen: Wire {
    init(from reader: inout Reader) throws(Errno) {
        key = try reader.value(RequestKey.self)
        open = GeneratedOpen(
            file: try reader.u32(), process: try reader.value(ProcessIdentity.self), opened: try reader.value(FileOpened.self))
    }

    func encode(into writer: inout Writer) {
        writer.value(key)
        writer.u32(open.file)
        writer.value(open.process)
        writer.value(open.opened)
    }
}
