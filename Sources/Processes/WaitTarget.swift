package import ABI

/// Which children a wait is for (POSIX, waitpid).
package enum WaitTarget: Equatable, Sendable {
    case any
    case process(ProcessID)
    case group(ProcessGroupID)

    /// Reads the first argument of waitpid. Throws `noChildProcess` for a number that names no group.
    package init(_ target: Int32, callerGroup: ProcessGroupID) throws(Errno) {
        if target > 0 {
            self = .process(ProcessID(rawValue: target))
        } else if target == 0 {
            self = .group(callerGroup)
        } else if target == -1 {
            self = .any
        } else {
            guard target != .min else { throw .noChildProcess }
            self = .group(ProcessGroupID(rawValue: -target))
        }
    }

    /// Whether `child` is meant.
    package func includes(_ child: Process) -> Bool {
        switch self {
        case .any: return true
        case .process(let id): return child.id == id
        case .group(let group): return child.group == group
        }
    }
}

extension WaitTarget: Wire {
    package init(from reader: inout Reader) throws(Errno) {
        switch try reader.u8() {
        case 0: self = .any
        case 1: self = .process(try reader.value(ProcessID.self))
        case 2: self = .group(try reader.value(ProcessGroupID.self))
        default: throw .badMessage
        }
    }

    package func encode(into writer: inout Writer) {
        switch self {
        case .any: writer.u8(0)
        case .process(let id):
            writer.u8(1)
            writer.value(id)
        case .group(let group):
            writer.u8(2)
            writer.value(group)
        }
    }
}
