// The numbers by which things are known across boundaries. Each is a type of its own, so that none passes for another.

/// A number with a meaning; its wire form is its raw value.
package protocol Identifier: RawRepresentable, Wire, Hashable, Comparable, Sendable where RawValue: FixedWidthInteger & Sendable {
    init(rawValue: RawValue)
}

extension Identifier {
    package init(from reader: inout Reader) throws(Errno) { self.init(rawValue: try reader.integer(RawValue.self)) }
    package func encode(into writer: inout Writer) { writer.integer(rawValue) }
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// C: pid_t. 31 bits, positive, monotonic; not reused while a process, group or session bears it.
package struct ProcessID: Identifier {
    package var rawValue: Int32
    package init(rawValue: Int32) { self.rawValue = rawValue }
    /// The resource manager itself.
    package static let resourceManager = ProcessID(rawValue: 0)
    /// The process that adopts orphans.
    package static let initial = ProcessID(rawValue: 1)
}

/// What a hart stamps on messages: which process speaks. Node in bits 63–52, index in 51–32, generation in 31–0. Zero is nobody.
package struct ProcessIdentity: Identifier {
    package var rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
    package init(node: UInt16, index: UInt32, generation: UInt32) {
        rawValue = UInt64(node & 0xFFF) << 52 | UInt64(index & 0xFFFFF) << 32 | UInt64(generation)
    }
    package var node: UInt16 { UInt16(truncatingIfNeeded: rawValue >> 52) }
    package var index: UInt32 { UInt32(truncatingIfNeeded: rawValue >> 32) & 0xFFFFF }
    package var generation: UInt32 { UInt32(truncatingIfNeeded: rawValue) }
    package static let nobody = ProcessIdentity(rawValue: 0)
}

/// An object that a server granted to one process: index in the low 32 bits, generation (from 1) in the high ones. Not a secret:
/// a server looks it up together with the stamped process.
package struct Handle: Identifier {
    package var rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
    package init(index: UInt32, generation: UInt32) { rawValue = UInt64(generation) << 32 | UInt64(index) }
    package var index: UInt32 { UInt32(truncatingIfNeeded: rawValue) }
    package var generation: UInt32 { UInt32(truncatingIfNeeded: rawValue >> 32) }
    package static let none = Handle(rawValue: 0)
}

/// A file, directory or link inside one file system: index in the low 32 bits, generation (from 1) in the high ones.
package struct NodeID: Identifier {
    package var rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
    package init(index: UInt32, generation: UInt32) { rawValue = UInt64(generation) << 32 | UInt64(index) }
    package var index: UInt32 { UInt32(truncatingIfNeeded: rawValue) }
    package var generation: UInt32 { UInt32(truncatingIfNeeded: rawValue >> 32) }
    package static let none = NodeID(rawValue: 0)
}

/// One file system of a server that keeps several (two `tmpfs` mounts are one server's 1 and 2).
package struct FileSystemID: Identifier {
    package var rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// One end of a channel, as its own hart numbers it. 0 is the resource manager (for the resource manager itself: the monitor).
package struct ConnectionID: Identifier {
    package var rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    package static let resourceManager = ConnectionID(rawValue: 0)
}

/// The sender's number of a request, unique among its unanswered ones on that connection.
package struct RequestID: Identifier {
    package var rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// A worker as resmgr and the monitor number it; never reused.
package struct HartID: Identifier {
    package var rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// A descriptor of a program (C: the int of open(2)).
package struct Descriptor: Identifier {
    package var rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// C: uid_t.
package struct UserID: Identifier {
    package var rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    package static let root = UserID(rawValue: 0)
}

/// C: gid_t.
package struct GroupID: Identifier {
    package var rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// A set of credentials in resmgr's table, as stamped.
package struct CredentialsID: Identifier {
    package var rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// A process group: the pid of its first leader.
package struct ProcessGroupID: Identifier {
    package var rawValue: Int32
    package init(rawValue: Int32) { self.rawValue = rawValue }
    package static let none = ProcessGroupID(rawValue: 0)
}

/// A session: the pid of its leader.
package struct SessionID: Identifier {
    package var rawValue: Int32
    package init(rawValue: Int32) { self.rawValue = rawValue }
    package static let none = SessionID(rawValue: 0)
}

/// Time in nanoseconds: since the machine's start (monotonic) or since 1970-01-01 UTC (real), as the declaration says.
package struct Nanoseconds: Identifier {
    package var rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
    package static let zero = Nanoseconds(rawValue: 0)
    /// Later than every time.
    package static let never = Nanoseconds(rawValue: .max)
    /// The time `interval` after this one, at most `never`.
    package func adding(_ interval: UInt64) -> Nanoseconds {
        let (sum, overflow) = rawValue.addingReportingOverflow(interval)
        return overflow ? .never : Nanoseconds(rawValue: sum)
    }
}

/// The unguessable 128-bit name of a channel, drawn by resmgr.
package struct ChannelName: Wire, Equatable, Sendable {
    package var high: UInt64
    package var low: UInt64
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
    package init(from reader: inout Reader) throws(Errno) {
        high = try reader.u64()
        low = try reader.u64()
    }
    package func encode(into writer: inout Writer) {
        writer.u64(high)
        writer.u64(low)
    }
}
