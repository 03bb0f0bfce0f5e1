import ABI

// What the files say. Lines of `martlet` begin with a name; what follows is its value.

extension ProcFS {
    /// One line `name value` for each: version, wait, transport; then `server NAME` with its counters, resmgr first.
    static func martlet(_ status: SystemStatus) -> [UInt8] {
        var text = Text()
        text.add("version ")
        text.add(SystemIdentity.release)
        text.add("\n")
        if !status.wait.isEmpty {
            text.add("wait ")
            text.add(status.wait)
            text.add("\ntransport ")
            text.add(transport(status.wait))
            text.add("\n")
        }
        for server in status.servers { add(server, to: &text) }
        return text.bytes
    }

    /// What carries messages where programs wait in that way.
    private static func transport(_ wait: [UInt8]) -> StaticString {
        if wait == ByteString("park").bytes { return "rings" }
        if wait == ByteString("native").bytes { return "native" }
        // It is what every browser has.
        return "broadcast"
    }

    private static func add(_ server: ServerStatus, to text: inout Text) {
        text.add("server ")
        text.add(server.name)
        if let report = server.report {
            let counters = report.counters
            text.add(" requests=", counters.requests)
            text.add(" answers=", counters.answers)
            text.add(" abandoned=", counters.abandoned)
            text.add(" unanswered=", counters.unanswered)
            text.add(" notices-received=", counters.noticesReceived)
            text.add(" notices-sent=", counters.noticesSent)
            text.add(" bytes-received=", counters.bytesReceived)
            text.add(" bytes-sent=", counters.bytesSent)
            text.add(" age=", report.age.rawValue / 1_000_000)
        }
        text.add(" restarts=", UInt64(server.restarts))
        text.add("\n")
    }

    /// One line for each step: milliseconds since the monitor's beginning, with three decimals, and what happened.
    static func boot(_ steps: BootSteps) -> [UInt8] {
        var text = Text()
        for step in steps.steps {
            let microseconds = step.time.rawValue / 1000
            text.add(microseconds / 1000)
            text.add(".")
            text.add(microseconds % 1000, digits: 3)
            text.add(" ")
            text.add(step.text)
            text.add("\n")
        }
        return text.bytes
    }

    /// proc(5): type of the system, release, version.
    static var version: [UInt8] {
        var text = Text()
        text.add(SystemIdentity.name)
        text.add(" version ")
        text.add(SystemIdentity.release)
        text.add(" (")
        text.add(SystemIdentity.description)
        text.add(")\n")
        return text.bytes
    }

    /// proc(5): seconds since the start, and seconds that all processors have been idle, each with two decimals. How long they are
    /// idle nobody tells a page: that is 0.
    static func uptime(_ now: Nanoseconds) -> [UInt8] {
        var text = Text()
        let hundredths = now.rawValue / 10_000_000
        text.add(hundredths / 100)
        text.add(".")
        text.add(hundredths % 100, digits: 2)
        text.add(" 0.00\n")
        return text.bytes
    }
}

/// Text under construction, of bytes: `String` would bring Unicode tables into the server.
struct Text {
    private(set) var bytes: [UInt8] = []

    mutating func add(_ text: StaticString) { text.withUTF8Buffer { bytes += $0 } }

    mutating func add(_ text: [UInt8]) { bytes += text }

    /// Decimal digits, with zeros before them up to so many.
    mutating func add(_ number: UInt64, digits: Int = 1) {
        var reversed: [UInt8] = []
        var rest = number
        while rest > 0 || reversed.count < digits {
            reversed.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        }
        bytes += reversed.reversed()
    }

    mutating func add(_ name: StaticString, _ number: UInt64) {
        add(name)
        add(number)
    }
}
