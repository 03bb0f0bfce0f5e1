import ABI
import FileServer
import ServerKit

extension TmpFS {
    /// What the options of a mount say: `mode=1777,size=N`, in any order, N in bytes or with `k`, `m`, `g`.
    struct Options {
        var mode: UInt16 = 0o1777
        var size = TmpFS.defaultSize

        /// Throws `invalidArgument` for anything else.
        init(_ text: [UInt8]) throws(Errno) {
            if text.isEmpty { return }
            for option in text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
                guard let equals = option.firstIndex(of: UInt8(ascii: "=")) else { throw .invalidArgument }
                let value = option[(equals + 1)...]
                switch Array(option[..<equals]) {
                case Array("mode".utf8):
                    guard let mode = octal(value), mode <= 0o7777 else { throw .invalidArgument }
                    self.mode = UInt16(mode)
                case Array("size".utf8): size = try Options.size(value)
                default: throw .invalidArgument
                }
            }
        }

        private static func size(_ text: ArraySlice<UInt8>) throws(Errno) -> UInt64 {
            var factor: UInt64 = 1
            switch text.last {
            case UInt8(ascii: "k"): factor = 1 << 10
            case UInt8(ascii: "m"): factor = 1 << 20
            case UInt8(ascii: "g"): factor = 1 << 30
            default: break
            }
            guard let number = decimal(factor == 1 ? text : text.dropLast()), number > 0, number <= TmpFS.totalSize / factor else {
                throw .invalidArgument
            }
            return number * factor
        }
    }

    /// Makes a file system whose root belongs to the asker. Throws `invalidArgument` for wrong options, `notEnoughMemory` if all
    /// file systems together could exceed `totalSize`.
    mutating func createFileSystem(_ request: CreateFileSystem, _ context: Context) throws(Errno) -> FileSystemCreated {
        let options = try Options(request.options)
        var promised = options.size
        for tree in files.trees.values { promised += tree.limit }
        if promised > TmpFS.totalSize { throw .notEnoughMemory }
        let tree = files.add { id in
            Tree(
                id, limit: options.size, mode: options.mode, user: request.credentials.user, group: request.credentials.group,
                now: context.realTime)
        }
        return FileSystemCreated(fileSystem: tree.id)
    }
}
