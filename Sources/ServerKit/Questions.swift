package import ABI

// What a server asks of resmgr. (Of others it asks nothing.)

/// Requests that a server has put to resmgr and that are not answered.
struct Questions: Sendable {
    private var last: UInt32 = 0
    private var open = OrderedMap<RequestID, Operation>()

    init() {}

    /// The number of a new request.
    mutating func begin(_ operation: Operation) -> RequestID {
        var id = RequestID(rawValue: last)
        repeat {
            last &+= 1
            id = RequestID(rawValue: last)
        } while open[id] != nil
        open[id] = operation
        return id
    }

    /// Ends a request; `false` if there is none of that number and operation.
    mutating func finish(_ id: RequestID, _ operation: Operation) -> Bool {
        guard open[id] == operation else { return false }
        open[id] = nil
        return true
    }

    func encode(into writer: inout Writer) {
        writer.u32(last)
        writer.u32(UInt32(open.count))
        for id in open.keys {
            guard let operation = open[id] else { continue }
            writer.value(id)
            writer.u16(operation.rawValue)
        }
    }

    init(decoding reader: inout Reader) throws(Errno) {
        last = try reader.u32()
        for _ in 0..<(try reader.u32()) {
            let id = try reader.value(RequestID.self)
            guard let operation = Operation(rawValue: try reader.u16()), open[id] == nil else { throw .badMessage }
            open[id] = operation
        }
    }
}

/// What resmgr answered.
package struct Response: Sendable {
    package let operation: Operation
    private let error: Errno?
    private let body: Reader

    init(_ header: Header, _ body: Reader) {
        operation = header.operation
        error = Errno.decode(header.argument)
        self.body = body
    }

    /// Decodes the whole body. Throws the answer's error, or `badMessage` if it is short or has a tail.
    package func result<T: Wire>(_ type: T.Type) throws(Errno) -> T {
        if let error { throw error }
        var reader = body
        let value = try reader.value(T.self)
        try reader.finish()
        return value
    }
}
