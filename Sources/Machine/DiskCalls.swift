import ABI
import ServerKit

// The way from the servers to the disk and back: a device call is checked and put under way, the scheduler lets one of those under way
// complete at a time, in any order. Also the power switch.

/// A call that is under way.
struct DiskCall: Sendable {
    /// What it does.
    enum Work: Sendable {
        /// Reads so many bytes from an offset on.
        case read(Int, Int)
        /// Writes bytes to an offset. Of its sectors, the open ones have not landed.
        case write(Int, [UInt8], isOpen: [Bool])
        /// Makes durable what landed before this landing.
        case flush(UInt64)
    }

    /// Who is told.
    let hart: HartID
    /// Chosen by the server.
    let token: UInt32
    /// Which call of its kind it is.
    let number: UInt64
    var work: Work

    /// What it does, for whoever makes it fail.
    var operation: DiskOperation {
        switch work {
        case .read(let offset, let count): DiskOperation(kind: .read, number: number, offset: offset, count: count)
        case .write(let offset, let bytes, _): DiskOperation(kind: .write, number: number, offset: offset, count: bytes.count)
        case .flush: DiskOperation(kind: .flush, number: number, offset: 0, count: 0)
        }
    }

    /// The device event that completes it, without bytes.
    func answer(_ error: Errno?) -> DeviceMessage {
        let operation: DeviceOperation =
            switch work {
            case .read: .blockRead
            case .write: .blockWrite
            case .flush: .blockFlush
            }
        return DeviceMessage(operation, token: token, error: error)
    }
}

extension Disk {
    /// How many calls are under way.
    package var callCount: Int { calls.count }

    /// Puts a call under way. Throws what Sources/ABI/README.md, "The block device" names for a call that is refused.
    mutating func begin(_ hart: HartID, _ call: DeviceMessage) throws(Errno) {
        guard calls.count(where: { $0.hart == hart }) < Limits.blockCalls else { throw .resourceTemporarilyUnavailable }
        let blockSize = Int(geometry.blockSize)
        var reader = Reader(call.bytes)
        let work: DiskCall.Work
        let kind: DiskOperation.Kind
        switch call.operation {
        case .blockRead:
            let range = try reader.value(BlockRange.self)
            try reader.finish()
            try geometry.check(range)
            work = .read(Int(range.first) * blockSize, Int(range.count) * blockSize)
            kind = .read
        case .blockWrite:
            let write = try reader.value(BlockWrite.self)
            try geometry.check(write)
            let sectors = write.bytes.count / BlockGeometry.sector
            work = .write(Int(write.first) * blockSize, write.bytes, isOpen: [Bool](repeating: true, count: sectors))
            kind = .write
        default:
            try reader.finish()
            work = .flush(nextLanding)
            kind = .flush
        }
        calls.append(DiskCall(hart: hart, token: call.token, number: counts[Int(kind.rawValue)], work: work))
        counts[Int(kind.rawValue)] += 1
    }
}

extension Machine {
    /// A call to the block device. What is refused, and what the device is like, is answered by an event like all others.
    func blockCall(_ hart: HartID, _ grants: DeviceGrant, _ call: DeviceMessage) {
        do throws(Errno) {
            guard grants.contains(.block) else { throw .notPermitted }
            guard disk != nil else { throw .noSuchAddressOrDevice }
            if call.operation == .blockGeometry {
                guard call.bytes.isEmpty else { throw .badMessage }
                guard let geometry = disk?.geometry else { return }
                due.append(.device(hart, DeviceMessage(.blockGeometry, token: call.token, body: geometry).encoded))
            } else {
                try disk?.begin(hart, call)
            }
        } catch {
            due.append(.device(hart, DeviceMessage(call.operation, token: call.token, error: error).encoded))
        }
    }

    /// Lets one of the calls under way complete, and tells its server.
    func completeDiskCall(_ index: Int) {
        guard let call = disk?.calls[index] else { return }
        let fault = onDiskOperation?(call.operation)
        guard let answer = disk?.complete(index, fault) else { return }
        (harts[call.hart] as? ServerHart)?.input(.device(answer.encoded))
    }

    /// Cuts the power: nothing happens in this machine any more. Answers what its disk holds, of which another machine may start; nil if
    /// it has none. The same machine and seed give the same contents.
    package func powerCut() -> DiskContents? {
        isOff = true
        guard let seed = disk?.chance.number() else { return nil }
        return disk?.contents(afterPowerCut: seed)
    }
}
