package import ABI
import ServerKit

// The state of the driver, written down between two inputs. Version 1: pipes, handles, readiness. Which request waits where is
// in the pipes themselves.

extension PipeDriver: Checkpointable {
    private static let version: UInt8 = 1

    package func encode(into writer: inout Writer) {
        writer.u8(PipeDriver.version)
        pipes.encode(into: &writer) { pipe, writer in pipe.encode(into: &writer) }
        handles.encode(into: &writer) { opening, writer in
            writer.value(opening.pipe)
            writer.u8(opening.end.rawValue)
        }
        readiness.encode(into: &writer)
    }

    package init(decoding reader: inout Reader) throws(Errno) {
        guard try reader.u8() == PipeDriver.version else { throw .badMessage }
        pipes = try SlotTable(capacity: PipeDriver.capacity, decoding: &reader) { reader throws(Errno) in
            try PipeState(decoding: &reader)
        }
        handles = try HandleTable(decoding: &reader) { reader throws(Errno) in
            let pipe = try reader.value(NodeID.self)
            guard let end = PipeState.End(rawValue: try reader.u8()) else { throw .badMessage }
            return Opening(pipe: pipe, end: end)
        }
        readiness = try Readiness(decoding: &reader)
        for number in pipes.numbers {
            guard let pipe = pipes[number.index, number.generation] else { continue }
            for key in pipe.readers.map({ $0.key }) + pipe.writers.map({ $0.key }) {
                waiting[key] = NodeID(index: number.index, generation: number.generation)
            }
        }
    }
}

extension PipeState {
    func encode(into writer: inout Writer) {
        for description in [reading, writing] {
            writer.value(description.flags)
            writer.list(description.handles)
        }
        writer.bytes(buffer.contents)
        writer.u32(UInt32(readers.count))
        for read in readers {
            writer.value(read.key)
            writer.value(read.handle)
            writer.u32(UInt32(read.count))
        }
        writer.u32(UInt32(writers.count))
        for write in writers {
            writer.value(write.key)
            writer.value(write.handle)
            writer.bytes(write.data)
            writer.u32(UInt32(write.written))
        }
        writer.value(accessTime)
        writer.value(modificationTime)
        writer.value(changeTime)
    }

    init(decoding reader: inout Reader) throws(Errno) {
        reading = Description(flags: try reader.value(DescriptionFlags.self), handles: try reader.list(Handle.self))
        writing = Description(flags: try reader.value(DescriptionFlags.self), handles: try reader.list(Handle.self))
        buffer.append(try reader.bytes(limit: Limits.pipe))
        for _ in 0..<(try reader.u32()) {
            let key = try reader.value(RequestKey.self)
            let handle = try reader.value(Handle.self)
            readers.append(WaitingRead(key: key, handle: handle, count: Int(try reader.u32())))
        }
        for _ in 0..<(try reader.u32()) {
            var write = WaitingWrite(
                key: try reader.value(RequestKey.self), handle: try reader.value(Handle.self), data: try reader.bytes())
            write.written = Int(try reader.u32())
            guard write.written < write.data.count else { throw .badMessage }
            writers.append(write)
        }
        accessTime = try reader.value(Nanoseconds.self)
        modificationTime = try reader.value(Nanoseconds.self)
        changeTime = try reader.value(Nanoseconds.self)
        // Readers wait for data alone, writers for room alone.
        guard readers.isEmpty || (buffer.isEmpty && writers.isEmpty) else { throw .badMessage }
    }
}
