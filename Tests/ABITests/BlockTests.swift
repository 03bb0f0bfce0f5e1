import ABI
import Testing

/// What a block device can be like, and what it serves.
@Suite struct BlockTests {
    @Test func aGeometryThatNoDeviceHasIsRefused() {
        for (blockSize, blockCount) in [
            (0, 1), (511, 1), (256, 1), (768, 1), (513, 1), (131_072, 1), (.max, 1), (512, (1 << 53) + 1), (65536, 1 << 47), (512, .max),
        ] as [(UInt32, UInt64)] {
            let geometry = BlockGeometry(blockSize: blockSize, blockCount: blockCount)
            #expect(!geometry.isValid)
            #expect(Sample.decode(BlockGeometry.self, Sample.encode(geometry)) == nil)
        }
    }

    @Test func aBlockIsAPowerOfTwoOfBytes() {
        for (blockSize, blockCount) in [
            (512, 0), (512, 1 << 53), (1024, 9), (4096, 1 << 40), (65536, 1 << 46),
        ] as [(UInt32, UInt64)] {
            let geometry = BlockGeometry(blockSize: blockSize, blockCount: blockCount)
            #expect(Sample.decode(BlockGeometry.self, Sample.encode(geometry)) == geometry)
        }
    }

    @Test func theFirstThingThatIsWrongIsTold() {
        func refusal(_ check: () throws(Errno) -> Void) -> Errno? {
            do throws(Errno) {
                try check()
                return nil
            } catch {
                return error
            }
        }
        let geometry = BlockGeometry(blockSize: 4096, blockCount: 1000)
        for (first, count, error) in [
            (0, 0, Errno.invalidArgument), (999, 1, nil), (744, 256, nil), (745, 256, .noSuchAddressOrDevice), (0, 257, .messageTooLong),
            (5000, 257, .messageTooLong), (1000, 1, .noSuchAddressOrDevice), (UInt64.max, 256, .noSuchAddressOrDevice),
        ] as [(UInt64, UInt32, Errno?)] {
            #expect(refusal { () throws(Errno) in try geometry.check(BlockRange(first: first, count: count)) } == error)
        }
        for (first, count, error) in [
            (999, 4096, nil), (0, 0, .invalidArgument), (5000, 100, .invalidArgument), (1000, 4096, .noSuchAddressOrDevice),
            (0, 257 * 4096, .messageTooLong), (999, 8192, .noSuchAddressOrDevice),
        ] as [(UInt64, Int, Errno?)] {
            let write = BlockWrite(first: first, bytes: [UInt8](repeating: 1, count: count))
            #expect(refusal { () throws(Errno) in try geometry.check(write) } == error)
            let readOnly = BlockGeometry(blockSize: 4096, blockCount: 1000, isWritable: false)
            #expect(refusal { () throws(Errno) in try readOnly.check(write) } == .readOnlyFileSystem)
        }
    }
}
