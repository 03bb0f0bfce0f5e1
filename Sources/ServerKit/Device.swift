package import ABI

/// A device call or event: operation (u16), token (u32), status (u32), bytes.
package struct DeviceMessage: Wire, Equatable, Sendable {
    package var operation: DeviceOperation
    /// Chosen by the server for a call and returned by its completion; 0 otherwise.
    package var token: UInt32
    /// `nil` for success.
    package var error: Errno?
    package var bytes: [UInt8]

    package init(_ operation: DeviceOperation, token: UInt32 = 0, error: Errno? = nil, bytes: [UInt8] = []) {
        self.operation = operation
        self.token = token
        self.error = error
        self.bytes = bytes
    }

    /// A call or event whose bytes are the layout of `body`.
    package init(_ operation: DeviceOperation, token: UInt32 = 0, body: some Wire) {
        var writer = Writer()
        writer.value(body)
        self.init(operation, token: token, bytes: writer.bytes)
    }

    package init(from reader: inout Reader) throws(Errno) {
        guard let operation = DeviceOperation(rawValue: try reader.u16()) else { throw .badMessage }
        self.operation = operation
        token = try reader.u32()
        error = Errno.decode(try reader.u32())
        bytes = reader.rest()
    }

    package func encode(into writer: inout Writer) {
        writer.u16(operation.rawValue)
        writer.u32(token)
        writer.u32(error.map { UInt32($0.rawValue) } ?? 0)
        writer.raw(bytes)
    }

    /// The whole message.
    package var encoded: [UInt8] {
        var writer = Writer(capacity: 16 + bytes.count)
        encode(into: &writer)
        return writer.bytes
    }
}
