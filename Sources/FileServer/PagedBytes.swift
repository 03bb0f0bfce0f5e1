package import ABI
import ServerKit

// The bytes of a file kept in memory, in pages of 64 KiB. A page that was never written is not there and reads as zeros; a page
// holds bytes up to the last one written in it, and no byte at or beyond the file's size. So holes cost nothing, cutting and
// growing again shows zeros, and appending copies nothing but what is appended.

/// Parts of stored bytes, copied once: into the reply.
package struct ByteSlices: Wire {
    package private(set) var parts: [ArraySlice<UInt8>] = []
    package private(set) var count = 0

    package init() {}

    package mutating func append(_ part: ArraySlice<UInt8>) {
        guard !part.isEmpty else { return }
        parts.append(part)
        count += part.count
    }

    /// Appends `zeros` zero bytes.
    package mutating func append(zeros: Int) {
        var left = zeros
        while left > 0 {
            let take = min(left, PagedBytes.pageSize)
            append(ByteSlices.zeroPage[0..<take])
            left -= take
        }
    }

    package init(from reader: inout Reader) throws(Errno) { append(reader.restSlice()) }

    package func encode(into writer: inout Writer) {
        writer.reserve(count)
        // As buffers, because slices would be appended byte by byte.
        for part in parts { part.withUnsafeBufferPointer { writer.raw($0) } }
    }

    private static let zeroPage = [UInt8](repeating: 0, count: PagedBytes.pageSize)
}

/// A growable, sparse sequence of bytes.
package final class PagedBytes {
    /// Bytes of a page.
    package static let pageSize = 65536
    /// Largest size of a file (C: OFF_MAX).
    package static let maximum = UInt64(Int64.max)

    private final class Page {
        var bytes: [UInt8] = []
    }

    private var pages = OrderedMap<UInt64, Page>()
    /// Bytes from the start to the end, holes included. At most `maximum`.
    package private(set) var size: UInt64 = 0
    /// Bytes that are really kept.
    package private(set) var stored: UInt64 = 0

    package init() {}

    /// At most `count` bytes from `offset` on; fewer at the end.
    package func read(at offset: UInt64, count: Int) -> ByteSlices {
        var slices = ByteSlices()
        guard offset < size, count > 0 else { return slices }
        var position = offset
        let end = offset + min(UInt64(count), size - offset)
        while position < end {
            let start = Int(position % UInt64(PagedBytes.pageSize))
            let stop = Int(min(UInt64(PagedBytes.pageSize), UInt64(start) + (end - position)))
            let page = pages[position / UInt64(PagedBytes.pageSize)]
            let kept = page?.bytes.count ?? 0
            if let page, start < kept { slices.append(page.bytes[start..<min(stop, kept)]) }
            if stop > max(start, kept) { slices.append(zeros: stop - max(start, kept)) }
            position += UInt64(stop - start)
        }
        return slices
    }

    /// How many bytes more a write of `count` at `offset` would keep. `offset + count` must not exceed `maximum`.
    package func growth(at offset: UInt64, count: UInt64) -> UInt64 {
        var growth: UInt64 = 0
        forEachPage(offset, count) { number, _, stop in
            let kept = pages[number]?.bytes.count ?? 0
            if stop > kept { growth += UInt64(stop - kept) }
            // Nothing that large fits anywhere: counting on to the end of an absurd range would only take time.
            return growth < 1 << 40
        }
        return growth
    }

    /// Puts `data` at `offset`; grows the file if need be. `offset + data.count` must not exceed `maximum`.
    package func write(_ data: ArraySlice<UInt8>, at offset: UInt64) {
        guard !data.isEmpty else { return }
        var taken = data.startIndex
        forEachPage(offset, UInt64(data.count)) { number, start, stop in
            let part = data[taken..<taken + (stop - start)]
            taken += stop - start
            put(part, page: number, at: start)
            return true
        }
        size = max(size, offset + UInt64(data.count))
    }

    private func put(_ part: ArraySlice<UInt8>, page number: UInt64, at start: Int) {
        let page = page(number)
        let before = page.bytes.count
        if start > before { page.bytes.append(contentsOf: repeatElement(0, count: start - before)) }
        let overlap = min(part.count, page.bytes.count - start)
        if overlap > 0 {
            // SAFETY: both ranges lie inside their buffers: `start + overlap` is at most the page's count, `overlap` the part's.
            part.withUnsafeBytes { source in
                page.bytes.withUnsafeMutableBytes { target in
                    guard let from = source.baseAddress, let to = target.baseAddress else { return }
                    (to + start).copyMemory(from: from, byteCount: overlap)
                }
            }
        }
        if overlap < part.count {
            // As a buffer, because a slice would be appended byte by byte.
            part.withUnsafeBufferPointer { page.bytes.append(contentsOf: UnsafeBufferPointer(rebasing: $0[overlap...])) }
        }
        stored += UInt64(page.bytes.count - before)
    }

    /// Keeps every byte of the range, zeros where nothing was written, and grows the file to its end.
    package func allocate(at offset: UInt64, count: UInt64) {
        forEachPage(offset, count) { number, _, stop in
            let page = page(number)
            if stop > page.bytes.count {
                stored += UInt64(stop - page.bytes.count)
                page.bytes.append(contentsOf: repeatElement(0, count: stop - page.bytes.count))
            }
            return true
        }
        size = max(size, offset + count)
    }

    /// Cuts the file or extends it with a hole.
    package func resize(to newSize: UInt64) {
        if newSize < size {
            let last = newSize / UInt64(PagedBytes.pageSize)
            let cut = Int(newSize % UInt64(PagedBytes.pageSize))
            for number in pages.keys.reversed() {
                guard number >= last, let page = pages[number] else { break }
                if number > last || cut == 0 {
                    stored -= UInt64(page.bytes.count)
                    pages[number] = nil
                } else if page.bytes.count > cut {
                    stored -= UInt64(page.bytes.count - cut)
                    page.bytes.removeLast(page.bytes.count - cut)
                }
            }
        }
        size = newSize
    }

    private func page(_ number: UInt64) -> Page {
        if let page = pages[number] { return page }
        let page = Page()
        pages[number] = page
        return page
    }

    /// Calls `body(page number, first byte in it, byte after the last in it)` for each page of a range until it answers `false`.
    private func forEachPage(_ offset: UInt64, _ count: UInt64, _ body: (UInt64, Int, Int) -> Bool) {
        var position = offset
        let end = offset + count
        while position < end {
            let start = Int(position % UInt64(PagedBytes.pageSize))
            let stop = Int(min(UInt64(PagedBytes.pageSize), UInt64(start) + (end - position)))
            guard body(position / UInt64(PagedBytes.pageSize), start, stop) else { return }
            position += UInt64(stop - start)
        }
    }

    package func encode(into writer: inout Writer) {
        writer.u64(size)
        writer.u32(UInt32(pages.count))
        for number in pages.keys {
            writer.u64(number)
            writer.bytes(pages[number]?.bytes ?? [])
        }
    }

    package init(decoding reader: inout Reader) throws(Errno) {
        size = try reader.u64()
        guard size <= PagedBytes.maximum else { throw .badMessage }
        for _ in 0..<(try reader.u32()) {
            let number = try reader.u64()
            let page = Page()
            page.bytes = try reader.bytes(limit: PagedBytes.pageSize)
            // A byte at or beyond the size would come to light when the file grows.
            guard pages[number] == nil, number <= size / UInt64(PagedBytes.pageSize),
                number * UInt64(PagedBytes.pageSize) + UInt64(page.bytes.count) <= size
            else { throw .badMessage }
            stored += UInt64(page.bytes.count)
            pages[number] = page
        }
    }
}
