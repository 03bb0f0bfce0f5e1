import ABI
import FileServer
package import ServerKit

// Files of the image: fetched once, verified, kept.

/// The bytes of a file, in the pieces in which they came.
struct Content {
    /// SHA-256 of the whole, by which it is fetched.
    let hash: [UInt8]
    let size: UInt64
    /// A path that leads to it, for messages.
    let path: [UInt8]
    /// Once verified: the pieces and where each begins.
    var pieces: [[UInt8]] = []
    var starts: [UInt64] = []
    var isComplete: Bool

    init(hash: [UInt8], size: UInt64, path: [UInt8]) {
        self.hash = hash
        self.size = size
        self.path = path
        isComplete = false
    }

    /// At most `count` bytes from `offset` on, without a copy.
    func read(at offset: UInt64, count: Int) -> ByteSlices {
        var slices = ByteSlices()
        guard offset < size else { return slices }
        var left = Int(min(UInt64(count), size - offset))
        var low = 0
        var high = starts.count
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle + 1 } else { high = middle }
        }
        var index = low - 1
        var position = offset
        while left > 0, index >= 0, index < pieces.count {
            let from = Int(position - starts[index])
            let take = min(left, pieces[index].count - from)
            slices.append(pieces[index][from..<from + take])
            left -= take
            position += UInt64(take)
            index += 1
        }
        return slices
    }
}

/// A fetch of a file that is under way.
struct Download {
    var hash = SHA256()
    var pieces: [[UInt8]] = []
    var size: UInt64 = 0
    /// Whether more came than the file has.
    var isTooLong = false
    var waiters: [NetFS.Waiter] = []

    mutating func take(_ piece: [UInt8], of total: UInt64) {
        guard !isTooLong, UInt64(piece.count) <= total - size else {
            isTooLong = true
            pieces = []
            return
        }
        guard !piece.isEmpty else { return }
        hash.update(piece[...])
        size += UInt64(piece.count)
        pieces.append(piece)
    }
}

extension NetFS {
    /// Answers a read, or lets it wait for the file's bytes.
    mutating func read(_ read: ExternalRead, _ key: RequestKey, _ context: inout Context) -> Answer {
        let file = Int(read.file)
        if contents[file].isComplete {
            finish(Waiter(key: key, read: read), &context)
            return .pending
        }
        let waiter = Waiter(key: key, read: read)
        for token in fetches.keys {
            guard case .file(read.file, var download)? = fetches[token] else { continue }
            download.waiters.append(waiter)
            fetches[token] = .file(read.file, download)
            return .pending
        }
        var download = Download()
        download.waiters.append(waiter)
        call(.file(read.file, download), Array("image/".utf8) + hexadecimal(contents[file].hash), &context)
        return .pending
    }

    /// Answers a read whose file is there. The shared offset counts now, in the order of answers.
    private func finish(_ waiter: Waiter, _ context: inout Context) {
        let read = waiter.read
        do throws(Errno) {
            let offset = try read.description.offset(read.position)
            let data = contents[Int(read.file)].read(at: offset, count: read.count)
            read.description.advance(read.position, from: offset, by: data.count)
            context.reply(waiter.key, data)
        } catch {
            context.fail(waiter.key, error)
        }
    }

    package mutating func device(_ message: DeviceMessage, _ context: inout Context) {
        guard message.operation == .fetch, let fetch = fetches[message.token] else { return }
        let isLast = message.error != .operationInProgress
        // Out of the table while it is changed, so that its pieces are not copied.
        fetches[message.token] = nil
        switch fetch {
        case .manifest(var text):
            // Without a bound it could fill the memory.
            if text.count + message.bytes.count <= NetFS.manifestLimit { text += message.bytes }
            if isLast {
                takeManifest(text, message.error, &context)
            } else {
                fetches[message.token] = .manifest(text)
            }
        case .file(let file, var download):
            if message.error == nil || !isLast { download.take(message.bytes, of: contents[Int(file)].size) }
            if isLast {
                take(file, download, message.error, &context)
            } else {
                fetches[message.token] = .file(file, download)
            }
        }
    }

    /// A fetch has ended: keep the bytes if they are the right ones, and answer who waits. After a failure the next read tries again.
    private mutating func take(_ file: UInt32, _ download: Download, _ error: Errno?, _ context: inout Context) {
        var download = download
        let content = contents[Int(file)]
        var failure: StaticString?
        if error != nil {
            failure = "could not be fetched"
        } else if download.isTooLong || download.size != content.size {
            failure = "has another size than the manifest says"
        } else if download.hash.finish() != content.hash {
            failure = "has another hash than the manifest says"
        }
        if let failure {
            let reason = failure.withUTF8Buffer { Array($0) }
            context.log(
                Array("netfs: ".utf8) + content.path + Array(" (image/".utf8) + hexadecimal(content.hash) + Array(") ".utf8) + reason)
            for waiter in download.waiters { context.fail(waiter.key, .ioError) }
            return
        }
        var start: UInt64 = 0
        for piece in download.pieces {
            contents[Int(file)].starts.append(start)
            start += UInt64(piece.count)
        }
        contents[Int(file)].pieces = download.pieces
        contents[Int(file)].isComplete = true
        for waiter in download.waiters { finish(waiter, &context) }
    }
}
