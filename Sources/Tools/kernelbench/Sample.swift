import Glibc

// How an operation is timed: in batches, of which the median and the 99th percentile count.

/// What one operation cost.
struct Sample: Encodable {
    /// Nanoseconds of one operation: the median over batches.
    let median: Double
    /// Nanoseconds of one operation: the 99th percentile over batches.
    let slowest: Double
    /// Inputs that the measured part took for one operation.
    let inputs: Double

    /// Operations in a second, at the median.
    var perSecond: Double { 1e9 / median }

    /// - Parameter batches: nanoseconds of one operation, batch by batch; at least one.
    init(_ batches: [Double], inputs: Double) {
        let sorted = batches.sorted()
        median = sorted[sorted.count / 2]
        slowest = sorted[min(sorted.count - 1, sorted.count * 99 / 100)]
        self.inputs = inputs
    }
}

/// What was measured of some parts: the time spent in them, and the inputs that they took.
struct Meter {
    /// Nanoseconds.
    var time: UInt64 = 0
    var inputs = 0

    /// Adds the time since `begin`, in which so many inputs were taken.
    mutating func add(since begin: UInt64, inputs count: Int) {
        time += Meter.now - begin
        inputs += count
    }

    static func + (left: Meter, right: Meter) -> Meter { Meter(time: left.time + right.time, inputs: left.inputs + right.inputs) }

    /// Nanoseconds since some moment.
    static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// How much is measured of each operation.
struct Effort {
    /// Operations of a batch.
    static let batch = 64
    /// Batches before the first one that counts.
    static let warming = 20
    /// Most batches that count.
    static let batches = 1000
    /// Fewest batches that count, however long they take.
    static let fewest = 20
    /// Nanoseconds of measured time after which no further batch begins.
    static let time: UInt64 = 400_000_000

    /// Runs batches of an operation; `meter` reads what was measured up to now.
    static func sample(_ meter: @autoclosure () -> Meter, _ batch: () -> Void) -> Sample {
        for _ in 0..<warming { batch() }
        var times: [Double] = []
        let begin = meter()
        var last = begin
        while times.count < batches && (times.count < fewest || last.time - begin.time < time) {
            batch()
            let now = meter()
            times.append(Double(now.time - last.time) / Double(Effort.batch))
            last = now
        }
        return Sample(times, inputs: Double(last.inputs - begin.inputs) / Double(times.count * Effort.batch))
    }
}
