// Between the resource manager and the monitor.

/// What runs in a hart.
package enum HartRole: UInt8, Wire, CaseIterable, Sendable {
    /// A server module; no libOS.
    case server = 1
    /// The libOS and a program.
    case program = 2

    package init(from reader: inout Reader) throws(Errno) {
        guard let value = HartRole(rawValue: try reader.u8()) else { throw .badMessage }
        self = value
    }

    package func encode(into writer: inout Writer) { writer.u8(rawValue) }
}

/// Device calls that a server's hart serves.
package struct DeviceGrant: OptionSet, Identifier {
    package var rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    /// The page's terminal.
    package static let console = DeviceGrant(rawValue: 1 << 0)
    /// Reading files of the site that the page came from.
    package static let fetch = DeviceGrant(rawValue: 1 << 1)
    /// The page's own requests (`machine.run` and its kin).
    package static let page = DeviceGrant(rawValue: 1 << 2)
    /// The block device: every block of it.
    package static let block = DeviceGrant(rawValue: 1 << 3)
}

/// Creates a worker.
package struct CreateHart: Wire, Equatable, Sendable {
    /// Number by which both sides know it.
    package var hart: HartID
    /// Server or program.
    package var role: HartRole
    /// A server's module name, `tty` for `build/tty.wasm`; empty for a program.
    package var module: [UInt8]
    /// Device calls it may make.
    package var grants: DeviceGrant
    /// Its control channel: its connection 0.
    package var channel: ChannelName
    /// What it stamps from the start.
    package var stamp: Stamp
    /// Handed to the server in its start input.
    package var configuration: [UInt8]

    package init(
        hart: HartID, role: HartRole, module: [UInt8], grants: DeviceGrant, channel: ChannelName, stamp: Stamp, configuration: [UInt8]
    ) {
        self.hart = hart
        self.role = role
        self.module = module
        self.grants = grants
        self.channel = channel
        self.stamp = stamp
        self.configuration = configuration
    }

    package init(from reader: inout Reader) throws(Errno) {
        hart = try reader.value(HartID.self)
        role = try reader.value(HartRole.self)
        module = try reader.bytes(limit: Limits.name)
        grants = try reader.value(DeviceGrant.self)
        channel = try reader.value(ChannelName.self)
        stamp = try reader.value(Stamp.self)
        configuration = try reader.bytes()
    }

    package func encode(into writer: inout Writer) {
        writer.value(hart)
        writer.value(role)
        writer.bytes(module)
        writer.value(grants)
        writer.value(channel)
        writer.value(stamp)
        writer.bytes(configuration)
    }
}

/// Ends a worker.
package struct EndHart: Wire, Equatable, Sendable {
    /// Unknown ones count as gone.
    package var hart: HartID

    package init(hart: HartID) {
        self.hart = hart
    }

    package init(from reader: inout Reader) throws(Errno) {
        hart = try reader.value(HartID.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(hart)
    }
}

/// Why a hart is gone.
package enum EndReason: UInt8, Wire, CaseIterable, Sendable {
    /// `endHart` asked for it.
    case ordered = 1
    /// A server trapped.
    case trap = 2
    /// The worker or module could not be loaded, or an error escaped.
    case failed = 3
    /// It did not answer the watchdog.
    case silent = 4

    package init(from reader: inout Reader) throws(Errno) {
        guard let value = EndReason(rawValue: try reader.u8()) else { throw .badMessage }
        self = value
    }

    package func encode(into writer: inout Writer) { writer.u8(rawValue) }
}

/// A hart ended without an order.
package struct HartGone: Wire, Equatable, Sendable {
    /// Which.
    package var hart: HartID
    /// Why.
    package var reason: EndReason
    /// For people.
    package var text: [UInt8]

    package init(hart: HartID, reason: EndReason, text: [UInt8]) {
        self.hart = hart
        self.reason = reason
        self.text = text
    }

    package init(from reader: inout Reader) throws(Errno) {
        hart = try reader.value(HartID.self)
        reason = try reader.value(EndReason.self)
        text = reader.rest()
    }

    package func encode(into writer: inout Writer) {
        writer.value(hart)
        writer.value(reason)
        writer.raw(text)
    }
}
