import ABI
import Foundation

// `kernelbench [--json] [--processes N]`: what kernel operations cost with 10 to 10,000 living processes, or with N. resmgr's own core and the real cores of
// pipe and tmpfs are driven by encoded messages, as harts would; monitor and harts are stood in for, and their time does not count.

/// Ends the benchmark: what it measured would not be what it says.
func refuse(_ reason: String) -> Never {
    FileHandle.standardError.write(Data("kernelbench: \(reason)\n".utf8))
    exit(1)
}

/// One operation at every count of processes.
struct Row: Encodable {
    let name: String
    /// In the order of the counts.
    var samples: [Sample] = []

    /// The last count's cost to the first one's.
    var ratio: Double { (samples.last?.median ?? 0) / (samples.first?.median ?? 1) }
}

@main struct Main {
    static func main() {
        var counts = [10, 100, 1000, 10000]
        var isJSON = false
        var rest = CommandLine.arguments.dropFirst()
        while let word = rest.popFirst() {
            switch word {
            case "--json": isJSON = true
            case "--processes":
                guard let count = rest.popFirst().flatMap({ Int($0) }), (10...10000).contains(count) else {
                    refuse("--processes needs a number from 10 to 10000")
                }
                counts = [count]
            default: refuse("usage: kernelbench [--json] [--processes N]")
            }
        }
        let rows = measure(counts)
        if isJSON { showJSON(rows, counts) } else { show(rows, counts) }
    }

    private static func measure(_ counts: [Int]) -> [Row] {
        var floor = Row(name: "floor")
        var rows: [Row] = []
        let population = Population(Surroundings())
        for count in counts {
            floor.samples.append(Floor.sample())
            population.grow(to: count)
            let operations = KernelOperations(population)
            var samples = operations.measure()
            samples.append(("pipe: write and read a byte", ServerOperations.pipe(count)))
            samples.append(("tmpfs: read 4 KiB", ServerOperations.file(count)))
            if rows.isEmpty { rows = samples.map { Row(name: $0.name) } }
            for (index, sample) in samples.enumerated() { rows[index].samples.append(sample.sample) }
        }
        return [floor] + rows
    }

    private static func show(_ rows: [Row], _ counts: [Int]) {
        let width = rows.map(\.name.count).max() ?? 0
        func padded(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }
        print(
            "Nanoseconds of an operation, median (99th percentile) over batches of \(Effort.batch); last: operations a second with "
                + "\(counts.last ?? 0), inputs taken for one.")
        var head = String(repeating: " ", count: width)
        for count in counts { head += padded("\(count)", 18) }
        print(head + padded("ratio", 8) + padded("per second", 12) + padded("inputs", 8))
        for row in rows {
            var line = row.name + String(repeating: " ", count: width - row.name.count)
            for sample in row.samples { line += padded(String(format: "%.0f (%.0f)", sample.median, sample.slowest), 18) }
            line += padded(String(format: "%.2f", row.ratio), 8)
            line += padded(String(format: "%.0f", row.samples.last?.perSecond ?? 0), 12)
            line += padded(String(format: "%.0f", row.samples.last?.inputs ?? 0), 8)
            print(line)
        }
    }

    private static func showJSON(_ rows: [Row], _ counts: [Int]) {
        /// What is printed.
        struct Report: Encodable {
            let processes: [Int]
            let unit: String
            let rows: [Row]
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        guard let data = try? encoder.encode(Report(processes: counts, unit: "nanoseconds", rows: rows)) else { refuse("no JSON") }
        print(String(decoding: data, as: UTF8.self))
    }
}
