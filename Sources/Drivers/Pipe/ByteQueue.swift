import ABI

/// Bytes first in, first out, kept as the pieces they came in: a piece that fits is moved in and out whole, never copied.
/// Small pieces are joined up to `joined` bytes, so that byte-wise writers do not make a piece of each byte.
struct ByteQueue: Sendable {
    private static let joined = 4096

    private var pieces: [[UInt8]] = []
    /// The first piece not used up.
    private var first = 0
    /// Bytes of the first piece that are used up.
    private var offset = 0
    /// How many bytes there are.
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    /// Appends a whole piece.
    mutating func append(_ bytes: [UInt8]) {
        if join(bytes[...]) { return }
        pieces.append(bytes)
        count += bytes.count
    }

    /// Appends a part of a piece.
    mutating func append(_ bytes: ArraySlice<UInt8>) {
        if join(bytes) { return }
        pieces.append(Array(bytes))
        count += bytes.count
    }

    /// Adds to the last piece if the two are small together, or if there is nothing to add.
    private mutating func join(_ bytes: ArraySlice<UInt8>) -> Bool {
        if bytes.isEmpty { return true }
        guard first < pieces.count, pieces[pieces.count - 1].count + bytes.count <= ByteQueue.joined else { return false }
        pieces[pieces.count - 1].append(contentsOf: bytes)
        count += bytes.count
        return true
    }

    /// Takes up to `limit` bytes from the front.
    mutating func take(_ limit: Int) -> [UInt8] {
        guard limit > 0, count > 0 else { return [] }
        if offset == 0 && pieces[first].count <= limit && (pieces[first].count == limit || first + 1 == pieces.count) {
            let piece = pieces[first]
            count -= piece.count
            dropFirstPiece()
            return piece
        }
        var taken: [UInt8] = []
        taken.reserveCapacity(min(limit, count))
        while taken.count < limit && count > 0 {
            let part = min(limit - taken.count, pieces[first].count - offset)
            taken.append(contentsOf: pieces[first][offset..<offset + part])
            count -= part
            offset += part
            if offset == pieces[first].count { dropFirstPiece() }
        }
        return taken
    }

    private mutating func dropFirstPiece() {
        pieces[first] = []
        offset = 0
        first += 1
        if first == pieces.count {
            pieces.removeAll(keepingCapacity: true)
            first = 0
        } else if first >= 32 {
            pieces.removeFirst(first)
            first = 0
        }
    }

    /// All bytes, which stay.
    var contents: [UInt8] {
        var copy = self
        return copy.take(count)
    }
}
