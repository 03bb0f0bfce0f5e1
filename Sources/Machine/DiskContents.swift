/// The bytes of a disk. Sparse: a page that holds zeros alone takes no memory, so an empty disk of any size costs nothing.
package struct DiskContents: Equatable, Sendable {
    private static let pageSize = 4096
    private static let emptyPage = [UInt8](repeating: 0, count: pageSize)

    /// How many bytes there are.
    package let size: Int
    /// Pages by their number, none of zeros alone. Ordered wherever it is walked.
    private var pages: [Int: [UInt8]] = [:]

    /// Contents of zeros.
    package init(size: Int) {
        precondition(size >= 0, "a size is not negative")
        self.size = size
    }

    /// An image.
    package init(_ image: [UInt8]) {
        size = image.count
        write(image[...], at: 0)
    }

    /// How many pages of 4096 bytes take memory.
    package var pageCount: Int { pages.count }

    /// All bytes: an image of the disk, zeros and all.
    package var bytes: [UInt8] { read(at: 0, count: size) }

    /// Copies `count` bytes from `offset` on, which lie inside.
    package func read(at offset: Int, count: Int) -> [UInt8] {
        precondition(offset >= 0 && count >= 0 && offset <= size - count, "what is read lies inside of the disk")
        var result: [UInt8] = []
        result.reserveCapacity(count)
        var position = offset
        while position < offset + count {
            let start = position % DiskContents.pageSize
            let piece = min(DiskContents.pageSize - start, offset + count - position)
            if let page = pages[position / DiskContents.pageSize] {
                result += page[start..<start + piece]
            } else {
                result += DiskContents.emptyPage[..<piece]
            }
            position += piece
        }
        return result
    }

    /// Puts bytes at `offset`; they lie inside.
    package mutating func write(_ bytes: ArraySlice<UInt8>, at offset: Int) {
        precondition(offset >= 0 && offset <= size - bytes.count, "what is written lies inside of the disk")
        var left = bytes
        var position = offset
        while !left.isEmpty {
            let start = position % DiskContents.pageSize
            let piece = left.prefix(DiskContents.pageSize - start)
            write(piece, page: position / DiskContents.pageSize, at: start)
            position += piece.count
            left = left.dropFirst(piece.count)
        }
    }

    private mutating func write(_ piece: ArraySlice<UInt8>, page: Int, at start: Int) {
        let isEmpty = piece.allSatisfy { $0 == 0 }
        if isEmpty && pages[page] == nil { return }
        pages[page, default: DiskContents.emptyPage].replaceSubrange(start..<start + piece.count, with: piece)
        if isEmpty, pages[page] == DiskContents.emptyPage { pages[page] = nil }
    }

    /// The pages that take memory, ascending: where each begins, and its bytes.
    var stored: [(offset: Int, bytes: [UInt8])] {
        pages.keys.sorted().map { page in
            let offset = page * DiskContents.pageSize
            return (offset, read(at: offset, count: min(DiskContents.pageSize, size - offset)))
        }
    }
}
