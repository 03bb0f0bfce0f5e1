import ABI
import Machine

/// One run under one seed that nothing disturbs, with native servers and with the image's own: both send the same messages at the same
/// times. It compares what two compilers made of every server, byte for byte.
struct AgreementRun {
    let seed: UInt64
    let trace: ((String) -> Void)?

    func failure(_ native: ImageSystem, _ own: ImageSystem) throws(Errno) -> String? {
        let first = try lines(native)
        let second = try lines(own)
        for (line, other) in zip(first, second) where line != other { return "native: \(line); wasm: \(other)" }
        if first.count != second.count { return "\(first.count) messages with native servers, \(second.count) with the image's own" }
        return nil
    }

    /// The trace of a run from the start to the end of the workload.
    private func lines(_ system: ImageSystem) throws(Errno) -> [String] {
        var lines: [String] = []
        let machine = try system.machine(seed: seed, boots: true) { line in
            lines.append(line)
            trace?(line)
        }
        guard ImageSystem.comesUp(machine) else { return ["it does not boot"] }
        _ = Page(machine).works()
        return lines
    }
}
