// What the system tells of itself: between the resource manager and servers.

/// What a server has received and sent since its start. Always `requests` = `answers` + `abandoned` + `unanswered`.
///
/// What asks for the counters is not counted by the server that it asks, nor is its answer: asking changes nothing.
package struct Counters: Wire, Equatable, Sendable {
    /// Requests that were accepted.
    package var requests: UInt64 = 0
    /// Replies that were sent.
    package var answers: UInt64 = 0
    /// Requests whose asker was gone before they were answered.
    package var abandoned: UInt64 = 0
    /// Requests that are still to be answered.
    package var unanswered: UInt64 = 0
    package var noticesReceived: UInt64 = 0
    package var noticesSent: UInt64 = 0
    /// Bytes of messages of all kinds, headers included.
    package var bytesReceived: UInt64 = 0
    package var bytesSent: UInt64 = 0

    package init() {}

    package init(from reader: inout Reader) throws(Errno) {
        requests = try reader.u64()
        answers = try reader.u64()
        abandoned = try reader.u64()
        unanswered = try reader.u64()
        noticesReceived = try reader.u64()
        noticesSent = try reader.u64()
        bytesReceived = try reader.u64()
        bytesSent = try reader.u64()
    }

    package func encode(into writer: inout Writer) {
        writer.u64(requests)
        writer.u64(answers)
        writer.u64(abandoned)
        writer.u64(unanswered)
        writer.u64(noticesReceived)
        writer.u64(noticesSent)
        writer.u64(bytesReceived)
        writer.u64(bytesSent)
    }
}

/// What is known of the counters of a server.
package struct CountersReport: Wire, Equatable, Sendable {
    package var counters: Counters
    /// Nanoseconds since the server told them. A server that does not answer in time is reported as it was last seen.
    package var age: Nanoseconds

    package init(counters: Counters, age: Nanoseconds) {
        self.counters = counters
        self.age = age
    }

    package init(from reader: inout Reader) throws(Errno) {
        counters = try reader.value(Counters.self)
        age = try reader.value(Nanoseconds.self)
    }

    package func encode(into writer: inout Writer) {
        writer.value(counters)
        writer.value(age)
    }
}

/// A server, the resource manager included.
package struct ServerStatus: Wire, Equatable, Sendable {
    /// Its module's name.
    package var name: [UInt8]
    /// How often it was started again. Its counters began anew each time.
    package var restarts: UInt32
    /// `nil` for one that does not run, or has told nothing since it does.
    package var report: CountersReport?

    package init(name: [UInt8], restarts: UInt32, report: CountersReport?) {
        self.name = name
        self.restarts = restarts
        self.report = report
    }

    package init(from reader: inout Reader) throws(Errno) {
        name = try reader.bytes(limit: Limits.name)
        restarts = try reader.u32()
        report = try reader.bool() ? try reader.value(CountersReport.self) : nil
    }

    package func encode(into writer: inout Writer) {
        writer.bytes(name)
        writer.u32(restarts)
        writer.bool(report != nil)
        if let report { writer.value(report) }
    }
}

/// The system as a whole.
package struct SystemStatus: Wire, Equatable, Sendable {
    /// How programs wait, in a word for people; empty if nobody said.
    package var wait: [UInt8]
    /// The resource manager, then the drivers in the order of their start; as many as the reply has room for.
    package var servers: [ServerStatus]

    package init(wait: [UInt8], servers: [ServerStatus]) {
        self.wait = wait
        self.servers = servers
    }

    package init(from reader: inout Reader) throws(Errno) {
        wait = try reader.bytes(limit: Limits.name)
        servers = try reader.list(ServerStatus.self)
    }

    package func encode(into writer: inout Writer) {
        writer.bytes(wait)
        writer.list(servers)
    }
}

/// Something that happened while the system came up.
package struct BootStep: Wire, Equatable, Sendable {
    /// Monotonic time.
    package var time: Nanoseconds
    /// What, in words for people, without an end of line.
    package var text: [UInt8]

    package init(time: Nanoseconds, text: [UInt8]) {
        self.time = time
        self.text = text
    }

    package init(from reader: inout Reader) throws(Errno) {
        time = try reader.value(Nanoseconds.self)
        text = try reader.bytes(limit: Limits.bootStepText)
    }

    package func encode(into writer: inout Writer) {
        writer.value(time)
        writer.bytes(text)
    }
}

/// How the system came up.
package struct BootSteps: Wire, Equatable, Sendable {
    /// The first `Limits.bootSteps` of them, in their order.
    package var steps: [BootStep]

    package init(steps: [BootStep]) {
        self.steps = steps
    }

    package init(from reader: inout Reader) throws(Errno) {
        steps = try reader.list(BootStep.self, limit: Limits.bootSteps)
    }

    package func encode(into writer: inout Writer) {
        writer.list(steps)
    }
}
