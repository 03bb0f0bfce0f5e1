package import ABI
import FileServer
import ServerKit

extension TmpFS: Checkpointable {
    package func encode(into writer: inout Writer) {
        writer.u8(1)
        files.encode(into: &writer)
    }

    package init(decoding reader: inout Reader) throws(Errno) {
        guard try reader.u8() == 1 else { throw .badMessage }
        var descriptions: [Description] = []
        files = try FileSystems(decoding: &reader, descriptions: &descriptions)
    }
}
