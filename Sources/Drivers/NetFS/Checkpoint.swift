package import ABI
import FileServer
import ServerKit

// Of a fetch that is under way, the pieces that came are written down and hashed again when they are read; its completion comes by
// the same token.

extension NetFS: Checkpointable {
    package func encode(into writer: inout Writer) {
        writer.u8(2)
        writer.bytes(manifestHash)
        writer.list(directories.map { ByteString($0) })
        writer.u32(nextToken)
        var waiting: [Description] = []
        for case .file(_, let download) in fetches.values { waiting += download.waiters.map { $0.read.description } }
        files.encode(into: &writer, extra: waiting)
        writer.u32(UInt32(contents.count))
        for content in contents {
            writer.bytes(content.hash)
            writer.u64(content.size)
            writer.bytes(content.path)
            writer.bool(content.isComplete)
            NetFS.encode(content.pieces, into: &writer)
        }
        writer.u32(UInt32(fetches.count))
        for token in fetches.keys {
            writer.u32(token)
            switch fetches[token] {
            case .manifest(let text)?:
                writer.bool(false)
                writer.bytes(text)
            case .file(let file, let download)?:
                writer.bool(true)
                writer.u32(file)
                writer.bool(download.isTooLong)
                NetFS.encode(download.pieces, into: &writer)
                writer.u32(UInt32(download.waiters.count))
                for waiter in download.waiters {
                    writer.value(waiter.key)
                    writer.u32(waiter.read.description.number ?? 0)
                    writer.value(waiter.read.position)
                    writer.u32(UInt32(waiter.read.count))
                }
            case nil: break
            }
        }
    }

    package init(decoding reader: inout Reader) throws(Errno) {
        guard try reader.u8() == 2 else { throw .badMessage }
        manifestHash = try reader.bytes(limit: SHA256.size)
        directories = try reader.list(ByteString.self).map { $0.bytes }
        nextToken = try reader.u32()
        var descriptions: [Description] = []
        files = try FileSystems(decoding: &reader, descriptions: &descriptions)
        for _ in 0..<(try reader.u32()) {
            var content = Content(
                hash: try reader.bytes(limit: SHA256.size), size: try reader.u64(), path: try reader.bytes(limit: Limits.path))
            content.isComplete = try reader.bool()
            var size: UInt64 = 0
            for piece in try NetFS.pieces(from: &reader) {
                content.pieces.append(piece)
                content.starts.append(size)
                size += UInt64(piece.count)
            }
            guard size == (content.isComplete ? content.size : 0) else { throw .badMessage }
            contents.append(content)
        }
        for _ in 0..<(try reader.u32()) {
            let token = try reader.u32()
            guard fetches[token] == nil else { throw .badMessage }
            fetches[token] =
                try reader.bool()
                ? try NetFS.download(from: &reader, contents, descriptions) : .manifest(try reader.bytes(limit: NetFS.manifestLimit))
        }
    }

    private static func download(
        from reader: inout Reader, _ contents: [Content], _ descriptions: [Description]
    ) throws(Errno) -> Fetch {
        let file = try reader.u32()
        guard file < UInt32(contents.count) else { throw .badMessage }
        var download = Download()
        let isTooLong = try reader.bool()
        for piece in try pieces(from: &reader) { download.take(piece, of: contents[Int(file)].size) }
        download.isTooLong = download.isTooLong || isTooLong
        for _ in 0..<(try reader.u32()) {
            let key = try reader.value(RequestKey.self)
            let number = try reader.u32()
            guard number < UInt32(descriptions.count) else { throw .badMessage }
            let position = try reader.value(Position.self)
            let count = try reader.u32()
            guard count <= UInt32(Limits.transfer) else { throw .badMessage }
            download.waiters.append(
                Waiter(
                    key: key,
                    read: ExternalRead(description: descriptions[Int(number)], file: file, position: position, count: Int(count))))
        }
        return .file(file, download)
    }

    private static func encode(_ pieces: [[UInt8]], into writer: inout Writer) {
        writer.u32(UInt32(pieces.count))
        for piece in pieces { writer.bytes(piece) }
    }

    private static func pieces(from reader: inout Reader) throws(Errno) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        for _ in 0..<(try reader.u32()) { pieces.append(try reader.bytes(limit: Int(Int32.max))) }
        return pieces
    }
}
